"""Due dates, the rows of a plan, interest by days, the guard of the law. Pure; amounts in đồng."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.errors import Invalid
from app.loan_terms import LoanPlan
from app.loans import holidays

# Time runs in parts of a month: the least number that 28, 29, 30 and 31 all divide, so that days
# inside a month are whole parts of it and interest needs no fraction.
MONTH = 377_580
UNIT = 10_000 * MONTH  # interest grows in đồng × basis points × parts; this many are one đồng
MOST_MONTHS = 600
QUARTER = 3
NEVER = date.max


@dataclass(frozen=True, slots=True)
class Terms:
    """What was asked for and froze then: đồng, months, basis points a month, the step in đồng."""

    amount: int
    months: int
    plan: LoanPlan
    rate_bp: int = 0
    step: int = 1000


class Row(NamedTuple):
    """A row of a plan, in đồng.

    Its period ends on `ends_on`; `due_on` is that day, moved off a public holiday. `interest` is
    what was planned, from the end of the period on what really grew; `fixed` interest was brought
    from an older plan and never changes.
    """

    ends_on: date
    due_on: date
    principal: int
    interest: int
    principal_paid: int = 0
    interest_paid: int = 0
    waived: int = 0
    fixed: bool = False

    @property
    def principal_left(self) -> int:
        """What of its principal was not paid yet."""
        return self.principal - self.principal_paid

    @property
    def interest_left(self) -> int:
        """What of its interest was neither paid nor waived."""
        return self.interest - self.interest_paid - self.waived


def add_months(start: date, months: int) -> date:
    """The same day some months on, clipped to the month's end; counted from `start`: no drift."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def elapsed(start: date, day: date) -> int:
    """Parts of a month from `start` to `day`: whole months, then days inside the running one."""
    months = (day.year - start.year) * 12 + day.month - start.month
    if add_months(start, months) > day:
        months -= 1
    begins, ends = add_months(start, months), add_months(start, months + 1)
    return months * MONTH + MONTH * (day - begins).days // (ends - begins).days


def whole(grown: int, step: int) -> int:
    """Grown interest in đồng, rounded down to the step."""
    return grown // UNIT // step * step


def stride(months: int, plan: LoanPlan) -> int:
    """Months of one row. Raises Invalid `months`, `not_quarters`."""
    if not 1 <= months <= MOST_MONTHS:
        raise Invalid(
            "months", "Thời hạn vay từ 1 đến {most} tháng.", field="months", most=MOST_MONTHS
        )
    if plan is LoanPlan.QUARTERLY and months % QUARTER:
        raise Invalid(
            "not_quarters", "Trả theo quý thì số tháng phải chia hết cho 3.", field="months"
        )
    return {LoanPlan.BULLET: months, LoanPlan.MONTHLY: 1, LoanPlan.QUARTERLY: QUARTER}[plan]


def ends(start: date, months: int, plan: LoanPlan) -> list[date]:
    """The last day of each row's period."""
    each = stride(months, plan)
    return [add_months(start, n) for n in range(each, months + 1, each)]


def due_dates(start: date, months: int, plan: LoanPlan) -> tuple[date, ...]:
    """When each row is due: kept with the loan, whatever the table of holidays says later.

    Raises Invalid `beyond_calendar`, `months`, `not_quarters`.
    """
    return tuple(holidays.moved(day) for day in ends(start, months, plan))


def parts(amount: int, rows: int, step: int) -> list[int]:
    """Principal in whole steps, the odd part in the last row; they sum to the amount."""
    each = amount // rows // step * step
    return [each] * (rows - 1) + [amount - each * (rows - 1)]


def amounts(terms: Terms) -> list[tuple[int, int]]:
    """(principal, interest) of each row as long as all is paid on its day."""
    each = stride(terms.months, terms.plan)
    owed, rows = terms.amount, []
    for principal in parts(terms.amount, terms.months // each, terms.step):
        rows.append((principal, whole(owed * terms.rate_bp * each * MONTH, terms.step)))
        owed -= principal
    return rows


def planned(terms: Terms, start: date, due: Sequence[date] | None = None) -> tuple[Row, ...]:
    """The rows of a plan that begins on `start`; `due` are the due dates it was given."""
    due = due_dates(start, terms.months, terms.plan) if due is None else due
    periods = ends(start, terms.months, terms.plan)
    return tuple(
        Row(ends_on, due_on, principal, interest)
        for ends_on, due_on, (principal, interest) in zip(periods, due, amounts(terms), strict=True)
    )


def check_guard(terms: Terms, fees: int = 0) -> None:
    """At most 20 % a year: Civil Code 2015, article 468.

    planned interest and fees × 12 ≤ 20 % × Σ of principal outstanding in each month, where a month
    is 1/12 year and interest is not rounded: without fees at most 166 basis points a month.
    Raises Invalid `rate_beyond_law`.
    """
    each = stride(terms.months, terms.plan)
    owed, held = terms.amount, 0
    for principal in parts(terms.amount, terms.months // each, terms.step):
        held += owed * each
        owed -= principal
    cost = held * terms.rate_bp + fees * 10_000  # in ten-thousandths of a đồng
    if cost * 12 * 100 > 20 * held * 10_000:
        raise Invalid(
            "rate_beyond_law",
            "Lãi và phí của khoản vay này quá 20% một năm, trái Điều 468 Bộ luật Dân sự 2015. "
            "Mời chị giảm lãi.",
            field="amount",
        )
