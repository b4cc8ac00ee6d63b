"""What the lists of loan histories answer. Amounts in đồng."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import BaseModel

from app.loans.api_history import HistoryOut, PaymentOut, history_out, payment_out
from app.loans.api_shapes import LoanOut, loan_out
from app.loans.listed import Found, Line
from app.loans.member_history import Borrowed, OfMember
from app.terms import NeedClass


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


def of_member_out(shown: OfMember) -> OfMemberOut:
    """All of a member's loans."""
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
