"""What moves or changes a loan's money, over HTTP (contract: Loans and welfare)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from app.access.identity import SignedIn
from app.approvals.api import WaitingOut
from app.loan_terms import LoanPlan
from app.loans import changing, paying
from app.loans.api_shapes import BackOut, Months, PaidBackOut, PaidOutOut, needed, text
from app.web import keys
from app.web.fields import Day, Db, Dong, In, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["loans"])
Reason = Annotated[Words, Field(min_length=1)]
ONCE: dict[int | str, dict[str, Any]] = {201: REPLAY}


class DisbursementIn(In):
    date: Day
    reason: Words | None = None


class AmountIn(In):
    date: Day
    amount: Dong
    reason: Words | None = None


class RescheduleIn(In):
    months: Months
    plan: LoanPlan
    reason: Reason


class WaiverIn(In):
    date: Day
    amount: Dong
    reason: Reason


class WriteOffIn(In):
    date: Day
    reason: Reason


@router.post("/loans/{loan_id}/disbursement", status_code=201, response_model=PaidOutOut,
             responses=ONCE)  # fmt: skip
async def disburse(
    request: Request, db: Db, actor: SignedIn, key: Key, loan_id: PathId, body: DisbursementIn
) -> Response:
    """The treasurer hands her the cash; the due dates are told and kept."""
    with keys.running(loan_id, key):
        answer = await db.write(
            paying.disburse,
            actor=actor,
            loan_id=loan_id,
            day=body.date,
            ticket=keys.ticket(request, key, body),
            reason=text(body.reason, "reason"),
        )
    return keys.reply(answer, 201)


@router.post("/loans/{loan_id}/repayments", status_code=201, response_model=PaidBackOut,
             responses=ONCE)  # fmt: skip
async def repay(
    request: Request, db: Db, actor: SignedIn, key: Key, loan_id: PathId, body: AmountIn
) -> Response:
    """Money comes back into hand; too much is refused with what is owed."""
    with keys.running(loan_id, key):
        answer = await db.write(
            paying.repay,
            actor=actor,
            loan_id=loan_id,
            day=body.date,
            amount=body.amount,
            ticket=keys.ticket(request, key, body),
            reason=text(body.reason, "reason"),
        )
    return keys.reply(answer, 201)


@router.post("/loans/{loan_id}/recoveries", status_code=201, response_model=BackOut,
             responses=ONCE)  # fmt: skip
async def recover(
    request: Request, db: Db, actor: SignedIn, key: Key, loan_id: PathId, body: AmountIn
) -> Response:
    """Something of what was written off came back."""
    with keys.running(loan_id, key):
        answer = await db.write(
            paying.recover,
            actor=actor,
            loan_id=loan_id,
            day=body.date,
            amount=body.amount,
            ticket=keys.ticket(request, key, body),
            reason=text(body.reason, "reason"),
        )
    return keys.reply(answer, 201)


@router.post("/loans/{loan_id}/reschedules", status_code=202)
async def reschedule(db: Db, actor: SignedIn, loan_id: PathId, body: RescheduleIn) -> WaitingOut:
    """Propose a new plan for what is out, from today."""
    waits = await db.write(
        changing.reschedule,
        actor=actor,
        loan_id=loan_id,
        months=body.months,
        plan=body.plan,
        reason=needed(body.reason),
    )
    return WaitingOut(**asdict(waits))


@router.post("/loans/{loan_id}/waivers", status_code=202)
async def waive(db: Db, actor: SignedIn, loan_id: PathId, body: WaiverIn) -> WaitingOut:
    """Propose to let interest go."""
    waits = await db.write(
        changing.waive,
        actor=actor,
        loan_id=loan_id,
        day=body.date,
        amount=body.amount,
        reason=needed(body.reason),
    )
    return WaitingOut(**asdict(waits))


@router.post("/loans/{loan_id}/write-off", status_code=202, response_model=WaitingOut,
             responses={202: REPLAY})  # fmt: skip
async def write_off(
    request: Request, db: Db, actor: SignedIn, key: Key, loan_id: PathId, body: WriteOffIn
) -> Response:
    """Propose to give up what is out."""
    with keys.running(loan_id, key):
        answer = await db.write(
            changing.write_off,
            actor=actor,
            loan_id=loan_id,
            day=body.date,
            reason=needed(body.reason),
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202)
