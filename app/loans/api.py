"""Loans over HTTP: asked for, decided, paid out, paid back (contract: Loans and welfare)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from app import names
from app.access.identity import SignedIn
from app.access.looking import leave_line
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans import actions, history, lists, outlook, queries, words
from app.loans.api_history import HistoryOut, history_out
from app.loans.api_lists import ListOut, list_out
from app.loans.api_shapes import (
    ForecastsOut,
    Months,
    PlaceOut,
    QueueOut,
    StandsOut,
    VisitOut,
    forecast_out,
    needed,
    text,
)
from app.loans.forecast import MONTHS
from app.loans.list_api import wanted
from app.loans.listed import Wanted
from app.loans.rules import Asked
from app.web import language
from app.web.fields import AfterId, Day, Db, Dong, Id, In, Limit, PathId, Words
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["loans"])
Ahead = Annotated[int, Query(ge=1, le=36)]
Voters = Annotated[int, Field(strict=True, ge=0, le=100_000)]


class LoanIn(In):
    member_id: Id
    pot_id: Id
    date: Day
    amount: Dong
    months: Months
    plan: LoanPlan
    purpose: LoanPurpose
    guarantor_id: Id | None = None
    note: Words | None = None
    reason: Words | None = None


class VoteIn(In):
    yes: Voters
    no: Voters


class DecisionIn(In):
    on: Day | None = None
    vote: VoteIn | None = None
    out_of_order_reason: Words | None = None


class RefusalIn(DecisionIn):
    reason: Words | None = None


class VisitIn(In):
    date: Day
    note: Annotated[Words, Field(min_length=1)]
    left_poor_list: Annotated[bool, Field(strict=True)] = False


@router.post("/chapters/{chapter_id}/loans", status_code=201)
async def apply(db: Db, actor: SignedIn, chapter_id: PathId, body: LoanIn) -> StandsOut:
    """She asks, or the treasurer writes it down for her; the terms freeze."""
    made = await db.write(
        actions.apply,
        actor=actor,
        chapter_id=chapter_id,
        pot_id=body.pot_id,
        day=body.date,
        asked=Asked(body.member_id, body.amount, body.months, body.plan, body.guarantor_id),
        purpose=body.purpose,
        note=text(body.note, "note"),
        reason=text(body.reason, "reason"),
    )
    return StandsOut(**asdict(made))


@router.get("/chapters/{chapter_id}/loans")
async def loans(
    db: Db,
    actor: SignedIn,
    chapter_id: PathId,
    asked: Annotated[Wanted, Depends(wanted)],
    after: AfterId = None,
    limit: Limit = 200,
) -> ListOut:
    """A chapter's loans as of today, in the order of their making, with totals."""
    found = await db.read(
        lists.of_chapter, actor=actor, chapter_id=chapter_id, wanted=asked, after=after, limit=limit
    )
    return list_out(found, named=True)


@router.get("/chapters/{chapter_id}/loans/queue")
async def queue(request: Request, db: Db, actor: SignedIn, chapter_id: PathId) -> QueueOut:
    """Who waits, in the order of need; each place explained."""
    found = await db.read(queries.queue_of, actor=actor, chapter_id=chapter_id)
    lang = language.of_request(request)
    return QueueOut(
        items=[
            PlaceOut(
                loan_id=of.id,
                member_id=of.member_id,
                place=place.place,
                reasons=[language.filled(*words.told(reason), lang) for reason in place.reasons],
            )
            for place, of in found
        ]
    )


@router.get("/chapters/{chapter_id}/loans/forecast")
async def forecast(
    db: Db, actor: SignedIn, chapter_id: PathId, pot_id: Id | None = None, months: Ahead = MONTHS
) -> ForecastsOut:
    """Free cash by month and pot: when can the next loan be paid?"""
    found = await db.read(
        outlook.forecasts, actor=actor, chapter_id=chapter_id, pot_id=pot_id, months=months
    )
    return ForecastsOut(items=[forecast_out(one) for one in found])


@router.post("/loans/{loan_id}/approval")
async def approve(db: Db, actor: SignedIn, loan_id: PathId, body: DecisionIn) -> StandsOut:
    """The second hand, after the meeting."""
    made = await db.write(
        actions.approve,
        actor=actor,
        loan_id=loan_id,
        on=body.on,
        vote=vote(body.vote),
        out_of_order_reason=text(body.out_of_order_reason, "out_of_order_reason"),
    )
    return StandsOut(**asdict(made))


@router.post("/loans/{loan_id}/refusal")
async def refuse(db: Db, actor: SignedIn, loan_id: PathId, body: RefusalIn) -> StandsOut:
    """The meeting did not agree; or what it agreed to is not paid out after all."""
    made = await db.write(
        actions.refuse,
        actor=actor,
        loan_id=loan_id,
        on=body.on,
        vote=vote(body.vote),
        reason=text(body.reason or body.out_of_order_reason, "reason"),
    )
    return StandsOut(**asdict(made))


@router.post("/loans/{loan_id}/visits", status_code=201)
async def visit(db: Db, actor: SignedIn, loan_id: PathId, body: VisitIn) -> VisitOut:
    """Somebody looked what the loan brought."""
    visit_id = await db.write(
        actions.visit,
        actor=actor,
        loan_id=loan_id,
        day=body.date,
        note=needed(body.note, "note"),
        left_poor_list=body.left_poor_list,
    )
    return VisitOut(id=visit_id)


Purpose = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


@router.get("/loans/{loan_id}")
async def loan(db: Db, actor: SignedIn, loan_id: PathId, purpose: Purpose = None) -> HistoryOut:
    """A loan's history. Leaders above the commune say why they want to see her name."""
    why = names.clean(purpose, longest=200, field="purpose") if purpose else None
    found = await db.read(history.history, actor=actor, loan_id=loan_id, purpose=why)
    if found.named:
        await leave_line(db, actor, found.of.chapter_id, found.of.member_id, why)
    return history_out(found)


def vote(said: VoteIn | None) -> tuple[int, int] | None:
    """Hands for and against, where the meeting voted."""
    return (said.yes, said.no) if said else None
