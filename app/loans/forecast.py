"""Free cash month by month, and when the next loan can be paid. Pure; amounts in đồng.

What is overdue counts for nothing: nobody can say when it comes. What falls due is taken to be paid
on its day. `spare` is what a pot has beyond its promises today (rules.spare): below zero, what comes
in pays the promises first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.loans.dues import Due, dues
from app.loans.loan import Loan
from app.loans.schedule import add_months

MONTHS = 12


class Month(NamedTuple):
    """A month: what comes in (in the first one from today on), and what is free at its end."""

    month: date
    comes_in: int
    free: int


class When(StrEnum):
    """What can be said of the next loan."""

    NOW = "now"
    ON = "on"
    AFTER_BREAKING = "after_breaking"
    UNKNOWN = "unknown"


class Next(NamedTuple):
    """When the next loan can be paid; `on` is the day, or the breaking's."""

    when: When
    on: date | None


def coming(loans: Iterable[Loan], on: date) -> list[Due]:
    """Every sum that is due today or later, in the order of the days."""
    return sorted(due for loan in loans for due in dues(loan, on) if due.due_on >= on)


def forecast(spare: int, loans: Iterable[Loan], on: date, months: int = MONTHS) -> list[Month]:
    """Free cash by month, this one first."""
    sums, first = coming(loans, on), on.replace(day=1)
    found = []
    for n in range(months):
        month, next_month = add_months(first, n), add_months(first, n + 1)
        comes_in = sum(due.amount for due in sums if month <= due.due_on < next_month)
        spare += comes_in
        found.append(Month(month, comes_in, max(spare, 0)))
    return found


def next_payable(
    spare: int,
    loans: Iterable[Loan],
    on: date,
    amount: int,
    *,
    stops_from: date | None = None,
    breaking_on: date | None = None,
    months: int = MONTHS,
) -> Next:
    """The first day on which so much is free, if what falls due is paid on its day.

    From `stops_from` on nothing is lent until the pig is broken; what it brings nobody knows yet.
    """
    day = _day(spare, coming(loans, on), on, amount, add_months(on.replace(day=1), months))
    stopped = stops_from is not None and (day or on) >= stops_from
    if day is not None and not stopped:
        return Next(When.NOW if day == on else When.ON, day)
    return Next(When.AFTER_BREAKING, breaking_on) if breaking_on else Next(When.UNKNOWN, None)


def _day(spare: int, sums: Sequence[Due], on: date, amount: int, until: date) -> date | None:
    if spare >= amount:
        return on
    for due in sums:
        spare += due.amount
        if spare >= amount:
            return due.due_on if due.due_on < until else None
    return None
