"""Cash book and trial balance over HTTP (contract: Books, trail, leaders)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from app.access.identity import SignedIn
from app.mending.api import ReceiptOut
from app.reports import cash_book as books
from app.reports import trial_balance as trials
from app.terms import Place
from app.web import language
from app.web.fields import UUID_PATTERN, Day, Db, FromDay, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["reports"])
PotId = Annotated[str | None, Query(pattern=UUID_PATTERN)]


class CashLineOut(BaseModel):
    """A line of a pot's cash book; `number` is its voucher's, `balance` the pot's after it."""

    entry_id: str
    pot_id: str
    seq: int
    number: str | None
    recorded_on: str
    date: str
    kind: str
    text: str
    came_in: Annotated[int, Field(serialization_alias="in")]
    went_out: Annotated[int, Field(serialization_alias="out")]
    balance: int
    reversed: bool


class PotBookOut(BaseModel):
    pot_id: str
    name: str
    opening: int
    closing: int


class CashBookOut(BaseModel):
    """`opening` is what was there before `from`, `closing` at the end of `to`; pot after pot."""

    first: Annotated[str, Field(serialization_alias="from")]
    to: str
    place: Place | None
    opening: int
    closing: int
    pots: list[PotBookOut]
    lines: list[CashLineOut]
    receipt: ReceiptOut


@router.get("/chapters/{chapter_id}/cash-book")
async def cash_book(
    request: Request,
    db: Db,
    actor: SignedIn,
    chapter_id: PathId,
    pot_id: PotId = None,
    place: Place | None = None,
    from_: FromDay = None,
    to: Day | None = None,
) -> CashBookOut:
    """What came in and went out of the cash, by day and number, each with what was there after it."""
    found = await db.read(
        books.cash_book,
        actor=actor,
        chapter_id=chapter_id,
        pot_id=pot_id,
        place=place,
        from_on=from_,
        to_on=to,
    )
    lang = language.of_request(request)
    return CashBookOut(
        first=found.over.first.isoformat(),
        to=found.over.last.isoformat(),
        place=found.place,
        opening=sum(pot.opening for pot in found.pots),
        closing=sum(pot.closing for pot in found.pots),
        pots=[PotBookOut(pot_id=pot.pot_id, name=pot.name, opening=pot.opening,
                         closing=pot.closing) for pot in found.pots],
        lines=[_line(pot.pot_id, line, lang) for pot in found.pots for line in pot.lines],
        receipt=ReceiptOut(seq=found.seq, head=found.head),
    )  # fmt: skip


def _line(pot_id: str, line: books.CashLine, lang: str) -> CashLineOut:
    of = line.of
    return CashLineOut(
        entry_id=of.id,
        pot_id=pot_id,
        seq=of.seq,
        number=str(of.voucher) if of.voucher else None,
        recorded_on=of.recorded_on.isoformat(),
        date=of.day.isoformat(),
        kind=of.kind,
        text=language.filled(*of.text, lang),
        came_in=line.came_in,
        went_out=line.went_out,
        balance=line.balance,
        reversed=of.reversed_by is not None,
    )


class AccountOut(BaseModel):
    account: str
    debit: int
    credit: int


class TrialBalanceOut(BaseModel):
    on: str
    accounts: list[AccountOut]
    debit: int
    credit: int


@router.get("/chapters/{chapter_id}/trial-balance")
async def trial_balance(
    db: Db, actor: SignedIn, chapter_id: PathId, on: Day | None = None
) -> TrialBalanceOut:
    """Every account that holds something at the end of a day; debits and credits are equal."""
    day, found = await db.read(trials.trial_balance, actor=actor, chapter_id=chapter_id, on=on)
    return TrialBalanceOut(
        on=day.isoformat(),
        accounts=[
            AccountOut(account=one.account, debit=one.debit, credit=one.credit) for one in found
        ],
        debit=sum(one.debit for one in found),
        credit=sum(one.credit for one in found),
    )
