"""Leaving, paying what waits, handing over what moved, over HTTP (contract: Union and chapter)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.approvals.actions import Waiting
from app.approvals.api import WaitingOut
from app.mending.api import ReceiptOut
from app.settling import actions, moving
from app.settling.rules import Asked
from app.terms import Leaving
from app.web import keys
from app.web.fields import Day, Db, Dong, Id, In, Line, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["settling"])
BY_TWO: dict[int | str, dict[str, Any]] = {201: REPLAY, 202: {"model": WaitingOut, **REPLAY}}


class LeaveIn(In):
    date: Day
    reason_code: Leaving
    to_chapter_id: Id | None = None
    next_of_kin: Annotated[Line, Field(min_length=1)] | None = None
    reason: Words | None = None


class SettledPotOut(BaseModel):
    pot_id: str
    claim: int
    paid: int
    moved: int
    awaiting: int
    entry_id: str | None
    set_off: int
    owing: int


class SettlementOut(BaseModel):
    member_id: str
    date: str
    reason_code: Leaving
    claim: int
    paid: int
    moved: int
    awaiting: int
    pots: list[SettledPotOut]
    to_member_id: str | None
    receipt: ReceiptOut
    set_off: int
    owing: int


class PayoutIn(In):
    date: Day
    amount: Dong | None = None
    reason: Words | None = None


class DeliveryIn(In):
    pot_id: Id
    to_chapter_id: Id
    date: Day
    amount: Dong
    reason: Words | None = None


@router.post("/members/{member_id}/leave", status_code=201, response_model=SettlementOut,
             responses=BY_TWO)  # fmt: skip
async def leave(
    request: Request, db: Db, actor: SignedIn, key: Key, member_id: PathId, body: LeaveIn
) -> Response:
    """Her membership ends and is settled; a death waits for the second signature."""
    asked = Asked(body.date, body.reason_code, body.to_chapter_id, kin(body.next_of_kin),
                  text(body.reason))  # fmt: skip
    with keys.running(member_id, key):
        answer = await db.write(
            actions.leave,
            actor=actor,
            member_id=member_id,
            asked=asked,
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Waiting) else 201)


@router.post("/members/{member_id}/payouts", status_code=201, response_model=SettlementOut,
             responses={201: REPLAY})  # fmt: skip
async def pay_out(
    request: Request, db: Db, actor: SignedIn, key: Key, member_id: PathId, body: PayoutIn
) -> Response:
    """Pay what waits for whoever left; without an amount, all that can be paid."""
    with keys.running(member_id, key):
        answer = await db.write(
            actions.pay_out,
            actor=actor,
            member_id=member_id,
            day=body.date,
            amount=body.amount,
            ticket=keys.ticket(request, key, body),
            reason=text(body.reason),
        )
    return keys.reply(answer, 201)


@router.post("/chapters/{chapter_id}/transfers", status_code=202, response_model=WaitingOut,
             responses={202: REPLAY})  # fmt: skip
async def deliver(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: DeliveryIn
) -> Response:
    """Hand over the cash of savings that moved: whoever receives it signs."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            moving.deliver,
            actor=actor,
            chapter_id=chapter_id,
            pot_id=body.pot_id,
            to_chapter_id=body.to_chapter_id,
            day=body.date,
            amount=body.amount,
            ticket=keys.ticket(request, key, body),
            reason=text(body.reason),
        )
    return keys.reply(answer, 202)


def kin(value: str | None) -> str | None:
    """Whoever receives it in her place."""
    return names.clean(value, longest=200, field="next_of_kin") if value else None


def text(value: str | None) -> str | None:
    """A reason, cleaned; empty is none."""
    return names.clean(value, longest=2000, field="reason") if value else None
