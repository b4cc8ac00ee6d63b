"""Loan histories in lists: a chapter's, all below a unit, one member's (contract: Loans, leaders)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from app import names
from app.access.identity import SignedIn
from app.access.looking import leave_line, leave_lines
from app.loan_terms import LoanPurpose, LoanState
from app.loans import lists, member_history
from app.loans.api_history import HistoryOut, PaymentOut, history_out, payment_out
from app.loans.api_shapes import LoanOut, loan_out
from app.loans.found import Found, Line, Wanted
from app.loans.member_history import Borrowed, OfMember
from app.terms import NeedClass
from app.web.fields import AfterId, Day, Db, FromDay, Limit, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["loans"])
Purpose = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


def wanted(
    state: LoanState | None = None,
    need: NeedClass | None = None,
    overdue_days: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    purpose_code: LoanPurpose | None = None,
    officers: bool | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    since: FromDay = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
) -> Wanted:
    """The filters of a list; `overdue_days` at least, `from` and `to` the day it was paid out."""
    return Wanted(state, need, overdue_days, purpose_code, officers, since, until, q)


class VisitedOut(BaseModel):
    date: str
    note: str
    left_poor_list: bool


class ListedOut(LoanOut):
    """A loan of a list with its short history; the whole stands at `GET /loans/{id}`."""

    name: str | None  # type: ignore[assignment]
    chapter_id: str
    chapter_name: str
    need_class: NeedClass
    ended_on: str | None
    repaid: int
    interest_paid: int
    written_off: int
    recovered: int
    reschedules: int
    payments: list[PaymentOut]
    visits: list[VisitedOut]


class TotalsOut(BaseModel):
    """Over all that the filter finds. Amounts in đồng; `overdue` and `par30` are principal."""

    loans: int
    borrowers: int
    lent: int
    repaid: int
    outstanding: int
    written_off: int
    recovered: int
    late: int
    overdue: int
    par30: int
    left_poor_list: int


class ListOut(BaseModel):
    items: list[ListedOut]
    next: str | None
    totals: TotalsOut


class CycleOut(BaseModel):
    starts_on: str
    closed_on: str | None


class BorrowedOut(HistoryOut):
    """A loan of hers, in which chapter and cycle."""

    chapter_id: str
    chapter_name: str
    pot_name: str
    cycle: CycleOut


class OfMemberOut(BaseModel):
    """One member's loans, oldest first, of memberships she came from too."""

    member_id: str
    number: int
    name: str | None
    need_class: NeedClass | None
    items: list[BorrowedOut]
    next: str | None = None


@router.get("/units/{unit_id}/loans")
async def below(
    db: Db, actor: SignedIn, unit_id: PathId, asked: Annotated[Wanted, Depends(wanted)],
    purpose: Purpose = None, after: AfterId = None, limit: Limit = 50,
) -> ListOut:  # fmt: skip
    """Loan histories below a unit, with totals. Above the commune a name takes a purpose."""
    why = names.clean(purpose, longest=200, field="purpose") if purpose else None
    shown, named = await db.read(
        lists.below,
        actor=actor,
        unit_id=unit_id,
        wanted=asked,
        purpose=why,
        after=after,
        limit=limit,
    )
    if named:
        await leave_lines(db, actor, lists.whom(shown), why)
    return list_out(shown, named=named)


@router.get("/members/{member_id}/loans")
async def of_member(
    db: Db, actor: SignedIn, member_id: PathId, purpose: Purpose = None
) -> OfMemberOut:
    """A member's loans across cycles and chapters, each with its history."""
    why = names.clean(purpose, longest=200, field="purpose") if purpose else None
    shown = await db.read(member_history.of_member, actor=actor, member_id=member_id, purpose=why)
    if shown.named:
        await leave_line(db, actor, shown.chapter_id, member_id, why)
    return _of_member(shown)


def list_out(shown: Found, *, named: bool) -> ListOut:
    """A page of a list."""
    return ListOut(
        items=[_listed(line, named=named) for line in shown.lines],
        next=shown.next,
        totals=TotalsOut(**asdict(shown.totals)),
    )


def _listed(line: Line, *, named: bool) -> ListedOut:
    of, loan = line.standing.of, line.standing.loan
    said = loan_out(line.standing).model_dump() | ({} if named else {"name": None})
    return ListedOut(
        **said,
        chapter_id=of.chapter_id,
        chapter_name=line.chapter_name,
        need_class=line.need,
        ended_on=loan.ended_on.isoformat() if loan.ended_on else None,
        repaid=loan.repaid,
        interest_paid=loan.interest,
        written_off=loan.written_off,
        recovered=loan.recovered,
        reschedules=len(loan.old_plans),
        payments=[payment_out(paid, None) for paid in loan.payments],
        visits=[VisitedOut(date=v.on, note=v.note, left_poor_list=v.left_poor_list)
                for v in line.visits],
    )  # fmt: skip


def _of_member(shown: OfMember) -> OfMemberOut:
    return OfMemberOut(
        member_id=shown.member_id,
        number=shown.number,
        name=shown.name,
        need_class=shown.need,
        items=[_borrowed(one) for one in shown.loans],
    )


def _borrowed(one: Borrowed) -> BorrowedOut:
    since, until = one.cycle
    return BorrowedOut(
        **history_out(one.history).model_dump(),
        chapter_id=one.history.of.chapter_id,
        chapter_name=one.chapter_name,
        pot_name=one.pot_name,
        cycle=CycleOut(starts_on=since.isoformat(), closed_on=until.isoformat() if until else None),
    )
