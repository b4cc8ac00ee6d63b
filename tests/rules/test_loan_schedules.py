"""Plans: due dates, rows, interest, the guard of the law; checked against QuantLib."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import QuantLib as ql
from hypothesis import given
from hypothesis import strategies as st

from app.loan_terms import LoanPlan
from app.loans import holidays
from app.loans.schedule import (
    MONTH,
    MOST_MONTHS,
    Terms,
    add_months,
    amounts,
    check_guard,
    due_dates,
    elapsed,
    ends,
    parts,
    planned,
    stride,
)
from tests.rules.lending import Story, d
from tests.story import refused

BULLET, MONTHLY, QUARTERLY = LoanPlan.BULLET, LoanPlan.MONTHLY, LoanPlan.QUARTERLY
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
PLANS = st.one_of(
    st.tuples(st.just(BULLET), st.integers(1, 60)),
    st.tuples(st.just(MONTHLY), st.integers(1, 60)),
    st.tuples(st.just(QUARTERLY), st.integers(1, 20).map(lambda n: 3 * n)),
)


# Dates


def test_the_31st_is_clipped_and_comes_back() -> None:
    said = [add_months(d("31/1/2025"), n) for n in range(1, 5)]
    assert said == [d("28/2/2025"), d("31/3/2025"), d("30/4/2025"), d("31/5/2025")]
    assert add_months(d("31/1/2028"), 1) == d("29/2/2028")
    assert add_months(d("30/11/2025"), 3) == d("28/2/2026")


def test_one_row_after_the_months_one_a_month_one_a_quarter() -> None:
    start = d("15/3/2025")
    assert ends(start, 10, BULLET) == [d("15/1/2026")]
    assert ends(start, 3, MONTHLY) == [d("15/4/2025"), d("15/5/2025"), d("15/6/2025")]
    assert ends(start, 6, QUARTERLY) == [d("15/6/2025"), d("15/9/2025")]


@pytest.mark.parametrize("months", [0, -1, MOST_MONTHS + 1])
def test_a_term_has_months(months: int) -> None:
    for plan in LoanPlan:
        assert refused("months", stride, months, plan).field == "months"


def test_quarters_are_three_months() -> None:
    assert refused("not_quarters", stride, 4, QUARTERLY).field == "months"
    assert stride(9, QUARTERLY) == 3


def test_a_holiday_moves_a_due_date_and_nothing_else() -> None:
    """2 February 2025 is the fifth day of Tết; the rows after it keep to the 2nd."""
    start = d("2/12/2024")
    rows = planned(Terms(3_000_000, 4, MONTHLY, 100), start)
    assert [row.due_on for row in rows] == [
        d("2/1/2025"), d("3/2/2025"), d("2/3/2025"), d("2/4/2025")]  # fmt: skip
    assert [row.ends_on for row in rows] == ends(start, 4, MONTHLY)
    assert [row.interest for row in rows] == [30_000, 22_000, 15_000, 7_000]


def test_the_due_dates_she_was_told_stand_whatever_the_table_says() -> None:
    told = (d("11/4/2025"), d("12/5/2025"))
    rows = planned(Terms(2_000_000, 2, MONTHLY), d("10/3/2025"), told)
    assert tuple(row.due_on for row in rows) == told
    assert [row.ends_on for row in rows] == [d("10/4/2025"), d("10/5/2025")]


def test_a_plain_sunday_moves_nothing() -> None:
    sunday = d("16/3/2025")
    assert sunday.weekday() == 6
    assert due_dates(d("16/2/2025"), 1, MONTHLY) == (sunday,)


def test_beyond_the_table_of_holidays_no_date_is_promised() -> None:
    found = refused("beyond_calendar", due_dates, date(holidays.LAST, 6, 1), 12, MONTHLY)
    assert found.field == "months"
    assert len(due_dates(date(holidays.LAST, 6, 1), 6, MONTHLY)) == 6


def quant(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


@given(DAYS, PLANS)
def test_periods_end_where_quantlib_ends_them(start: date, plan: tuple[LoanPlan, int]) -> None:
    kind, months = plan
    tenor = ql.Period(stride(months, kind), ql.Months)
    schedule = ql.Schedule(
        quant(start), quant(add_months(start, months)), tenor, ql.NullCalendar(), ql.Unadjusted,
        ql.Unadjusted, ql.DateGeneration.Forward, False,
    )  # fmt: skip
    assert [quant(day) for day in ends(start, months, kind)] == list(schedule)[1:]


@given(DAYS)
def test_holidays_move_where_quantlib_moves_them(day: date) -> None:
    """A calendar of its own with our days off: only a holiday moves, over rest days too."""
    calendar = ql.BespokeCalendar(f"VN{day.year}")
    calendar.addWeekend(ql.Saturday)
    calendar.addWeekend(ql.Sunday)
    for year in (day.year, day.year + 1):
        for off in holidays.days_off(year):
            calendar.addHoliday(quant(off))
    expected = calendar.adjust(quant(day), ql.Following)
    moved = holidays.moved(day)
    assert quant(moved) == (expected if holidays.is_holiday(day) else quant(day))


# Principal and interest


@pytest.mark.parametrize(
    ("amount", "rows", "step", "expected"),
    [
        (1_000_000, 3, 1000, [333_000, 333_000, 334_000]),
        (1_000_000, 4, 1000, [250_000] * 4),
        (1_234_567, 2, 1000, [617_000, 617_567]),  # odd đồng in the last
        (10_000, 3, 1, [3_333, 3_333, 3_334]),
        (2_500, 3, 1000, [0, 0, 2_500]),  # less than a step a row
        (5_000, 1, 1000, [5_000]),
    ],
)
def test_principal_in_whole_steps(amount: int, rows: int, step: int, expected: list[int]) -> None:
    assert parts(amount, rows, step) == expected


def test_a_monthly_loan_at_one_percent() -> None:
    story = Story(3_000_000, 3, "monthly", 100, on="10/3/2025")
    assert story.rows() == [
        "10/04/2025 1000000 + 30000",
        "10/05/2025 1000000 + 20000",
        "10/06/2025 1000000 + 10000",
    ]


def test_a_quarterly_loan_earns_three_months_a_row() -> None:
    story = Story(2_000_000, 6, "quarterly", 50, on="10/3/2025")
    assert story.rows() == ["10/06/2025 1000000 + 30000", "10/09/2025 1000000 + 15000"]


def test_a_bullet_loan_earns_all_its_months_in_one_row() -> None:
    assert Story(2_000_000, 12, "bullet", 80, on="10/3/2025").rows() == [
        "10/03/2026 2000000 + 192000"
    ]


def test_interest_is_rounded_down_to_the_step() -> None:
    assert amounts(Terms(150_000, 1, BULLET, 99)) == [(150_000, 1_000)]
    assert amounts(Terms(150_000, 1, BULLET, 99, step=1)) == [(150_000, 1_485)]
    assert amounts(Terms(99_000, 1, BULLET, 100)) == [(99_000, 0)]


def test_no_interest_stays_none() -> None:
    assert {interest for _, interest in amounts(Terms(5_000_000, 12, MONTHLY))} == {0}


@given(
    st.integers(1, 10**9), PLANS, st.integers(0, 166), st.sampled_from([1, 100, 1000, 5000])
)  # fmt: skip
def test_rows_sum_to_the_principal(
    amount: int, plan: tuple[LoanPlan, int], rate: int, step: int
) -> None:
    rows = amounts(Terms(amount, plan[1], plan[0], rate, step))
    assert sum(principal for principal, _ in rows) == amount
    assert all(principal % step == 0 and principal >= 0 for principal, _ in rows[:-1])
    assert all(interest % step == 0 for _, interest in rows)


# Where no month's end is clipped: there QuantLib would count days.
@given(
    DAYS.filter(lambda day: day.day <= 28), st.integers(1, 2 * 10**8), PLANS, st.integers(0, 166)
)
def test_interest_is_that_of_an_amortising_bond(
    start: date, amount: int, plan: tuple[LoanPlan, int], rate: int
) -> None:
    """QuantLib's coupons on the same notionals, at the yearly rate, rounded down to the step."""
    kind, months = plan
    terms = Terms(amount, months, kind, rate)
    rows = amounts(terms)
    notionals, owed = [], amount
    for principal, _ in rows:
        notionals.append(float(owed))
        owed -= principal
    schedule = ql.Schedule(
        [quant(start), *(quant(day) for day in ends(start, months, kind))], ql.NullCalendar(),
        ql.Unadjusted, ql.Unadjusted, ql.Period(stride(months, kind), ql.Months),
        ql.DateGeneration.Forward, False, [True] * len(rows),
    )  # fmt: skip
    # Simple counts a month as exactly a twelfth of a year, as the domain does.
    bond = ql.AmortizingFixedRateBond(
        0, notionals, schedule, [rate * 12 / 10_000], ql.SimpleDayCounter()
    )
    coupons = [c for c in map(ql.as_fixed_rate_coupon, bond.cashflows()) if c]
    exact = [round(coupon.amount(), 4) for coupon in coupons]
    assert [interest for _, interest in rows] == [int(x // 1000 * 1000) for x in exact]


# Time inside a month


@given(DAYS, st.integers(0, 4000))
def test_days_are_whole_parts_of_their_month(start: date, days: int) -> None:
    """Nothing is lost in the division, and time adds up day by day."""
    day = start + timedelta(days=days)
    one = elapsed(start, day + timedelta(days=1)) - elapsed(start, day)
    assert one in {MONTH // length for length in (28, 29, 30, 31)}


@given(DAYS, st.integers(0, 240))
def test_a_month_is_a_month_however_long(start: date, months: int) -> None:
    assert elapsed(start, add_months(start, months)) == months * MONTH


# The guard


@pytest.mark.parametrize("plan", [(BULLET, 7), (MONTHLY, 12), (QUARTERLY, 9)])
@pytest.mark.parametrize("amount", [1_000, 1_234_567, 50_000_000])
def test_166_basis_points_a_month_pass_and_167_do_not(
    plan: tuple[LoanPlan, int], amount: int
) -> None:
    check_guard(Terms(amount, plan[1], plan[0], 166))
    found = refused("rate_beyond_law", check_guard, Terms(amount, plan[1], plan[0], 167))
    assert "Điều 468 Bộ luật Dân sự 2015" in str(found)


def test_the_guard_counts_what_is_out_in_each_month() -> None:
    """12 million in twelve months: 12 + 11 + … + 1 are 78 million-months, a fifth of a twelfth."""
    free = Terms(12_000_000, 12, MONTHLY)
    check_guard(free, fees=1_300_000)
    refused("rate_beyond_law", check_guard, free, fees=1_300_001)


def test_fees_count_as_interest() -> None:
    """12 million for a year, paid back at the end: at most 2.4 million in all."""
    free = Terms(12_000_000, 12, BULLET)
    check_guard(free, fees=2_400_000)
    refused("rate_beyond_law", check_guard, free, fees=2_400_001)
    at_one_percent = Terms(12_000_000, 12, BULLET, 100)
    check_guard(at_one_percent, fees=960_000)
    refused("rate_beyond_law", check_guard, at_one_percent, fees=960_001)
