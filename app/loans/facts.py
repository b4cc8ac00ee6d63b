"""What can happen to a loan, one fact each, in the order in which the book was told. Pure.

Every fact has an `id` and the business `day` it is dated; amounts are in đồng. A loan is nothing
but the replay of those that stand (loans/life.py, ADR 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.loan_terms import LoanPlan
from app.loans.schedule import Terms


@dataclass(frozen=True, slots=True)
class Applied:
    """She asks; the terms freeze here."""

    id: str
    day: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class Approved:
    """The meeting agreed and the second hand signed."""

    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Refused:
    """The meeting did not agree."""

    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Disbursed:
    """The cash is hers. `due` are the due dates she was told (`schedule.due_dates`)."""

    id: str
    day: date
    due: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """A running loan of a paper book: so much principal is out that day.

    What was paid before filled the rows in order; interest up to that day counts as settled.
    """

    id: str
    day: date
    outstanding: int


@dataclass(frozen=True, slots=True)
class Repaid:
    """Money comes back, into hand, or out of her savings where it is set off."""

    id: str
    day: date
    amount: int
    set_off: bool = False


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """A new plan for what is out, from that day; `due` as in Disbursed."""

    id: str
    day: date
    months: int
    plan: LoanPlan
    due: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Waived:
    """Interest that need not be paid; never principal, never an entry."""

    id: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """All principal still out is lost; interest is let go."""

    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Recovered:
    """Something of what was written off came back after all."""

    id: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Died:
    """The borrower died: no interest from that day on; the plan stays for whoever pays."""

    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Reversed:
    """The fact `of` was a mistake and stands no more, from that day on."""

    id: str
    day: date
    of: str


Fact = (
    Applied | Approved | Refused | Disbursed | Brought | Repaid | Rescheduled | Waived | WrittenOff
    | Recovered | Died | Reversed
)  # fmt: skip
