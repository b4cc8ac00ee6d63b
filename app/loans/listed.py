"""What a list of loans is asked and what it shows. No logic; amounts in đồng."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.loan_terms import LoanPurpose, LoanState
from app.loans.queries import Standing
from app.terms import NeedClass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; None filters nothing.

    `since`, `until`: the day the money was handed over, where it was not the day she asked.
    `late` are days overdue, at least. `q` is a name without marks, or a number of the book.
    """

    state: LoanState | None = None
    need: NeedClass | None = None
    late: int | None = None
    purpose: LoanPurpose | None = None
    officers: bool | None = None
    since: date | None = None
    until: date | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit to what the loan brought; `note` is empty where names are not shown."""

    on: str
    note: str
    left_poor_list: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A loan of a list, as of today; `need` is her class in the year she asked."""

    standing: Standing
    chapter_name: str
    need: NeedClass
    visits: list[Visited]


@dataclass(frozen=True, slots=True)
class Totals:
    """Over all that the filter finds, not the page alone. Amounts in đồng.

    `lent` what was handed over, `repaid` principal that came back, `overdue` principal whose day
    has passed, `par30` principal out of loans over 30 days late.
    """

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


@dataclass(frozen=True, slots=True)
class Found:
    """A page of loans with the totals of all; `next` is where the next page begins."""

    lines: list[Line]
    next: str | None
    totals: Totals
