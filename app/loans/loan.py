"""A loan as it stands on a day: its rows, what it earned, what is owed in which order. Pure.

`at` brings a loan forward to a day, `claims` says what is owed then, in the order in which money
settles it. How facts change a loan stands in loans/life.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from app.loan_terms import LoanState
from app.loans.schedule import NEVER, Row, Terms, elapsed, whole

UNFINISHED = frozenset({LoanState.APPLIED, LoanState.APPROVED, LoanState.RUNNING})


class Payment(NamedTuple):
    """A repayment as it settled the loan; `days_late` is how late its oldest row was then."""

    fact_id: str
    day: date
    amount: int
    principal: int
    interest: int
    days_late: int
    set_off: bool


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as it stands on the day `on`; amounts in đồng.

    `rows` is the plan in force; once paid out its last row stands for the time after the term.
    `principal` is what is out; `lent`, `repaid`, `interest`, `written_off` and `recovered` are
    sums over its life. `grown` is interest of the running period, in `schedule.UNIT`s.
    """

    terms: Terms
    state: LoanState
    on: date
    applied_on: date
    approved_on: date | None = None
    disbursed_on: date | None = None
    ended_on: date | None = None
    died_on: date | None = None
    began_on: date | None = None
    rows: tuple[Row, ...] = ()
    old_plans: tuple[tuple[Row, ...], ...] = ()
    payments: tuple[Payment, ...] = ()
    principal: int = 0
    grown: int = 0
    lent: int = 0
    repaid: int = 0
    interest: int = 0
    written_off: int = 0
    recovered: int = 0

    @property
    def plan(self) -> tuple[Row, ...]:
        """The rows she was told of."""
        return self.rows[:-1]

    @property
    def over(self) -> bool:
        """Whether nothing is asked for or owed any more."""
        return self.state not in UNFINISHED


class Claim(NamedTuple):
    """Part of what is owed: the row it belongs to, interest or principal, đồng, whether due."""

    row: int
    of_interest: bool
    amount: int
    is_due: bool


def at(loan: Loan, on: date) -> Loan:
    """The same loan some days later: periods have ended, interest has grown."""
    if loan.state is not LoanState.RUNNING or on <= loan.on:
        return replace(loan, on=max(on, loan.on))
    rows, grown, since = list(loan.rows), loan.grown, loan.on
    for n, row in enumerate(rows):
        if not row.fixed and since < row.ends_on <= on:
            grown += growth(loan, loan.principal, since, row.ends_on)
            rows[n] = row._replace(interest=whole(grown, loan.terms.step))
            grown, since = 0, row.ends_on
    grown += growth(loan, loan.principal, since, on)
    return replace(loan, rows=tuple(rows), grown=grown, on=on)


def growth(loan: Loan, principal: int, since: date, until: date) -> int:
    """What some principal earns between two days, in UNITs; nothing after a death."""
    if not principal or not loan.terms.rate_bp:
        return 0
    assert loan.began_on is not None
    stop = loan.died_on or until
    since, until = min(since, stop), min(until, stop)
    parts = elapsed(loan.began_on, until) - elapsed(loan.began_on, since)
    return principal * loan.terms.rate_bp * parts


def running_row(loan: Loan) -> int:
    """The row whose period runs."""
    return next(n for n, row in enumerate(loan.rows) if row.ends_on > loan.on and not row.fixed)


def in_grace(loan: Loan) -> list[Row]:
    """Rows whose period ended while a holiday moved their due date on: until then not late."""
    return [row for row in loan.rows if row.ends_on < loan.on <= row.due_on]


def accrued(loan: Loan) -> int:
    """Interest of the running period, neither paid nor waived.

    Principal whose due date a holiday moved counts as paid on its day until the moved day is
    over: the move changes no interest (domain). Who does not pay by then owes it after all.
    """
    spared = sum(growth(loan, r.principal_left, r.ends_on, loan.on) for r in in_grace(loan))
    row = loan.rows[running_row(loan)]
    return whole(loan.grown - spared, loan.terms.step) - row.interest_paid - row.waived


def claims(loan: Loan) -> list[Claim]:
    """What is owed on its day, in the order in which money settles it (domain: Loans).

    Overdue interest (oldest first), interest due, overdue and due principal, interest accrued
    today (what an older plan left first), future principal (next rows first). After the term
    all of it is due.
    """
    if loan.state is not LoanState.RUNNING:
        return []
    rows = list(enumerate(loan.rows))
    ended = [(n, row) for n, row in rows if row.ends_on <= loan.on]
    ahead = rows[len(ended) :]
    found = [Claim(n, True, row.interest_left, True) for n, row in ended]
    found += [Claim(n, False, row.principal_left, True) for n, row in ended]
    found += [Claim(n, True, row.interest_left, False) for n, row in ahead if row.fixed]
    running = running_row(loan)
    found += [Claim(running, True, accrued(loan), loan.rows[running].ends_on == NEVER)]
    found += [Claim(n, False, row.principal_left, False) for n, row in ahead]
    return [claim for claim in found if claim.amount]


def days_overdue(loan: Loan) -> int:
    """Days since its oldest unpaid row was due; interest after the term is of the last row."""
    late = [loan.rows[claim.row].due_on for claim in claims(loan) if claim.is_due]
    return max([0, *((loan.on - due_on).days for due_on in late)])
