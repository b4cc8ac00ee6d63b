"""Counts, moves, expenses, opening balances over HTTP (contract: Savings and cash)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.approvals.actions import Waiting
from app.approvals.api import WaitingOut
from app.cash import actions, moving
from app.cash.writing import Decision
from app.ledger.entry import LARGEST
from app.mending.api import PostedOut, ReceiptOut
from app.terms import Outcome, Place
from app.web import keys
from app.web.fields import Day, Db, Dong, Id, In, Line, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["cash"])
BY_TWO: dict[int | str, dict[str, Any]] = {201: REPLAY, 202: {"model": WaitingOut, **REPLAY}}
Whole = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
Notes = Annotated[dict[str, Annotated[int, Field(strict=True)]], Field(max_length=20)]
Witnesses = Annotated[list[Line], Field(max_length=20)]


class DifferenceIn(In):
    decision: Outcome
    keeper_person_id: Id | None = None
    paid_now: Annotated[bool, Field(strict=True)] = False
    reason: Annotated[Words, Field(min_length=1)]


class CountIn(In):
    pot_id: Id
    place: Place
    date: Day
    notes: Notes
    witnesses: Witnesses
    difference: DifferenceIn | None = None
    reason: Words | None = None


class CountOut(BaseModel):
    id: str
    counted: int
    book: int
    difference: int
    receipt: ReceiptOut


class SettlementIn(DifferenceIn):
    date: Day


class DebtIn(In):
    pot_id: Id
    person_id: Id
    date: Day
    amount: Dong
    reason: Words | None = None


class MoveIn(In):
    date: Day
    from_: Annotated[Place, Field(alias="from")]
    to: Place
    amount: Dong
    notes: Notes | None = None
    witnesses: Witnesses = Field(default_factory=list)
    reason: Words | None = None


class ExpenseIn(In):
    pot_id: Id
    date: Day
    amount: Dong
    purpose: Annotated[Line, Field(min_length=1)]
    note: Words | None = None
    reason: Words | None = None


@router.post("/chapters/{chapter_id}/counts", status_code=201, response_model=CountOut,
             responses=BY_TWO)  # fmt: skip
async def count_cash(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: CountIn
) -> Response:
    """Count one place; what differs pends at once, its decision may wait for a second signature."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            actions.count_cash,
            actor=actor,
            chapter_id=chapter_id,
            pot_id=body.pot_id,
            place=body.place,
            day=body.date,
            notes=body.notes,
            witnesses=body.witnesses,
            decision=decision(body.difference),
            ticket=keys.ticket(request, key, body),
            reason=words(body.reason, "reason"),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Waiting) else 201)


@router.post("/counts/{count_id}/settlement", status_code=201, response_model=PostedOut,
             responses=BY_TWO)  # fmt: skip
async def settle(
    request: Request, db: Db, actor: SignedIn, key: Key, count_id: PathId, body: SettlementIn
) -> Response:
    """Decide what was carried until now."""
    with keys.running(count_id, key):
        answer = await db.write(
            actions.settle_difference,
            actor=actor,
            count_id=count_id,
            day=body.date,
            decision=decision(body),
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Waiting) else 201)


@router.post("/chapters/{chapter_id}/receivable-payments", status_code=201,
             response_model=PostedOut, responses={201: REPLAY})  # fmt: skip
async def take_debt(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: DebtIn
) -> Response:
    """Whoever owed a shortage pays it into hand."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            actions.take_debt,
            actor=actor,
            chapter_id=chapter_id,
            pot_id=body.pot_id,
            person_id=body.person_id,
            day=body.date,
            amount=body.amount,
            ticket=keys.ticket(request, key, body),
            reason=words(body.reason, "reason"),
        )
    return keys.reply(answer, 201)


@router.post("/pots/{pot_id}/cash-moves", status_code=202, response_model=WaitingOut,
             responses={202: REPLAY})  # fmt: skip
async def move_cash(
    request: Request, db: Db, actor: SignedIn, key: Key, pot_id: PathId, body: MoveIn
) -> Response:
    """Open a pot, reseal it, go to the bank: always two signatures."""
    with keys.running(pot_id, key):
        answer = await db.write(
            moving.move_cash,
            actor=actor,
            pot_id=pot_id,
            day=body.date,
            source=body.from_,
            target=body.to,
            amount=body.amount,
            notes=body.notes,
            witnesses=body.witnesses,
            ticket=keys.ticket(request, key, body),
            reason=words(body.reason, "reason"),
        )
    return keys.reply(answer, 202)


@router.post("/chapters/{chapter_id}/expenses", status_code=201, response_model=PostedOut,
             responses=BY_TWO)  # fmt: skip
async def spend(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: ExpenseIn
) -> Response:
    """A visit, a celebration, a prize; above the charter's limit it waits for the head."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            moving.spend,
            actor=actor,
            chapter_id=chapter_id,
            pot_id=body.pot_id,
            day=body.date,
            amount=body.amount,
            purpose=names.clean(body.purpose, longest=200, field="purpose"),
            note=words(body.note, "note"),
            ticket=keys.ticket(request, key, body),
            reason=words(body.reason, "reason"),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Waiting) else 201)


def decision(said: DifferenceIn | None) -> Decision:
    """What was decided; nothing said is carried."""
    if said is None:
        return Decision(Outcome.CARRIED, None)
    reason = names.clean(said.reason, longest=2000, field="difference.reason")
    return Decision(said.decision, reason, said.keeper_person_id, said.paid_now)


def words(value: str | None, field: str) -> str | None:
    """Free text, cleaned; empty is none."""
    return names.clean(value, longest=2000, field=field) if value else None
