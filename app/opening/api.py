"""Opening balances over HTTP (contract: Savings and cash)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from app.access.identity import SignedIn
from app.approvals.api import WaitingOut
from app.cash.api import Whole, words
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans.api_shapes import Months
from app.loans.bringing import Running
from app.opening import actions
from app.terms import Place
from app.web import keys
from app.web.fields import Day, Db, Dong, Id, In, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["cash"])


class CashIn(In):
    pot: Whole = 0
    hand: Whole = 0
    bank: Whole = 0


class HersIn(In):
    member_id: Id
    amount: Dong


class RunningIn(In):
    """A running loan; what the paper does not say is filled in (loans/bringing.py)."""

    member_id: Id
    outstanding: Dong
    amount: Dong | None = None
    months: Months | None = None
    plan: LoanPlan = LoanPlan.BULLET
    purpose: LoanPurpose = LoanPurpose.OTHER
    disbursed_on: Day | None = None
    monthly_rate_bp: Annotated[int, Field(strict=True, ge=0, le=166)] | None = None
    guarantor_id: Id | None = None


class OpeningIn(In):
    pot_id: Id
    date: Day
    cash: CashIn
    savings: Annotated[list[HersIn], Field(max_length=1000)] = Field(default_factory=list)
    loans: Annotated[list[RunningIn], Field(max_length=1000)] = Field(default_factory=list)
    reason: Words | None = None


@router.post("/chapters/{chapter_id}/opening-balances", status_code=202, response_model=WaitingOut,
             responses={202: REPLAY})  # fmt: skip
async def open_balances(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: OpeningIn
) -> Response:
    """What the paper book had as of a day; always two signatures."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            actions.open_balances,
            actor=actor,
            chapter_id=chapter_id,
            pot_id=body.pot_id,
            day=body.date,
            cash={Place.POT: body.cash.pot, Place.HAND: body.cash.hand, Place.BANK: body.cash.bank},
            savings=[(line.member_id, line.amount) for line in body.savings],
            loans=[Running(**dict(loan)) for loan in body.loans],
            ticket=keys.ticket(request, key, body),
            reason=words(body.reason, "reason"),
        )
    return keys.reply(answer, 202)
