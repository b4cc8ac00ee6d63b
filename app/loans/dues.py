"""What is owed and when: today, in the next days, overdue with its age. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from app.loan_terms import Ageing, LoanState
from app.loans.loan import Loan, accrued, at, claims, days_overdue, growth, in_grace
from app.loans.schedule import NEVER, whole

SOON = 7  # days ahead that a reminder looks
AT_RISK = 30  # PAR30: all that is out of loans later than this


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on a day, in đồng.

    `interest` and `principal` are all of it (a repayment of `total` closes the loan); `due` is the
    part whose day has come (what a set-off at a breaking takes), `overdue` the part that is late,
    `overdue_principal` the principal in it (what a roll-up counts).
    """

    interest: int
    principal: int
    due: int
    overdue: int
    overdue_principal: int
    days_overdue: int

    @property
    def total(self) -> int:
        """The most that can be repaid that day."""
        return self.interest + self.principal


class Due(NamedTuple):
    """A sum expected on a day, in đồng."""

    due_on: date
    principal: int
    interest: int

    @property
    def amount(self) -> int:
        """Both together."""
        return self.principal + self.interest


def owed(loan: Loan, on: date) -> Owed:
    """What is owed on a day."""
    loan = at(loan, on)
    found = claims(loan)
    late = [c for c in found if loan.rows[c.row].due_on < on]
    return Owed(
        interest=sum(c.amount for c in found if c.of_interest),
        principal=sum(c.amount for c in found if not c.of_interest),
        due=sum(c.amount for c in found if c.is_due),
        overdue=sum(c.amount for c in late),
        overdue_principal=sum(c.amount for c in late if not c.of_interest),
        days_overdue=days_overdue(loan),
    )


def dues(loan: Loan, on: date) -> list[Due]:
    """All that is still to come, each sum on its due date, the unpaid ones first.

    Interest of periods to come is what will grow if what is due is paid today and the rest on
    its day.
    """
    if loan.state is not LoanState.RUNNING:
        return []
    loan = at(loan, on)
    owed_now = [row for row in loan.rows if row.ends_on <= on]
    found = [Due(row.due_on, row.principal_left, row.interest_left) for row in owed_now]
    out = loan.principal - sum(row.principal_left for row in owed_now)
    grown, since = loan.grown - sum(growth(loan, r.principal_left, r.ends_on, on)
                                    for r in in_grace(loan)), on  # fmt: skip
    for row in loan.rows[len(owed_now) : -1]:
        interest = row.interest_left
        if not row.fixed:
            grown += growth(loan, out, since, row.ends_on)
            interest = whole(grown, loan.terms.step) - row.interest_paid - row.waived
            grown, since = 0, row.ends_on
        found.append(Due(row.due_on, row.principal_left, interest))
        out -= row.principal_left
    if loan.rows[len(owed_now)].ends_on == NEVER:
        found.append(Due(loan.rows[-1].due_on, 0, accrued(loan)))
    return [due for due in found if due.amount]


def late_and_soon(loan: Loan, on: date, days: int = SOON) -> tuple[list[Due], list[Due]]:
    """The sums that are late, and those of today and the next days."""
    found = dues(loan, on)
    until = on + timedelta(days=days)
    return [due for due in found if due.due_on < on], [
        due for due in found if on <= due.due_on <= until
    ]


def ageing(days: int) -> Ageing:
    """The class of a loan so many days overdue."""
    if days > 90:
        return Ageing.OVER_90
    if days > 30:
        return Ageing.UP_TO_90
    return Ageing.UP_TO_30 if days > 0 else Ageing.ON_TIME


class Aged(NamedTuple):
    """Loans of one age: how many, and the principal that is out of them, in đồng."""

    age: Ageing
    loans: int
    principal: int


def by_age(loans: Iterable[Loan], on: date) -> list[Aged]:
    """All that is out, by the age of each loan's oldest unpaid row; every age, the best first."""
    ages: dict[Ageing, list[int]] = {age: [] for age in Ageing}
    for loan in (at(loan, on) for loan in loans):
        ages[ageing(days_overdue(loan))].append(loan.principal)
    return [Aged(age, len(out), sum(out)) for age, out in ages.items()]


def par30(loans: Iterable[Loan], on: date) -> int:
    """Principal out of loans more than 30 days late, in đồng."""
    today = [at(loan, on) for loan in loans]
    return sum(loan.principal for loan in today if days_overdue(loan) > AT_RISK)
