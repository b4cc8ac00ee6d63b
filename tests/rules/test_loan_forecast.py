"""When can the next loan be paid: worked examples, and what must hold of every forecast."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.loans.dues import dues
from app.loans.forecast import Next, When, coming, forecast, next_payable
from app.loans.loan import Loan
from tests.rules.lending import Story, d

START = date(2025, 3, 10)


def a_million_a_month() -> Loan:
    """Without interest: a million on 10/4, 10/5, 10/6/2025."""
    return Story(3_000_000, 3, "monthly", on="10/3/2025").loan


def test_free_cash_by_month() -> None:
    """100.000 now; April, May, June bring a million each; what is late counts for nothing."""
    loan = a_million_a_month()
    assert [(m.month.month, m.comes_in, m.free) for m in forecast(100_000, [loan], START, 4)] == [
        (3, 0, 100_000), (4, 1_000_000, 1_100_000), (5, 1_000_000, 2_100_000),
        (6, 1_000_000, 3_100_000)]  # fmt: skip
    assert [m.free for m in forecast(0, [loan], d("11/5/2025"), 2)] == [0, 1_000_000]


def test_a_sum_due_today_is_still_to_come() -> None:
    assert forecast(0, [a_million_a_month()], d("10/5/2025"), 1)[0].comes_in == 1_000_000


def test_what_comes_in_pays_promises_first() -> None:
    """Half a million is promised and not there: of April's million half is free."""
    loan = a_million_a_month()
    found = forecast(-500_000, [loan], START, 3)
    assert [m.free for m in found] == [0, 500_000, 1_500_000]
    assert next_payable(-500_000, [loan], START, 500_000) == Next(When.ON, d("10/4/2025"))
    assert next_payable(-500_000, [loan], START, 500_001) == Next(When.ON, d("10/5/2025"))


def test_the_next_loan_is_paid_on_the_day_the_money_is_there() -> None:
    loans = [a_million_a_month()]
    assert next_payable(700_000, loans, START, 700_000) == Next(When.NOW, START)
    assert next_payable(700_000, loans, START, 700_001) == Next(When.ON, d("10/4/2025"))
    assert next_payable(700_000, loans, START, 3_700_000) == Next(When.ON, d("10/6/2025"))
    assert next_payable(700_000, loans, START, 3_700_001) == Next(When.UNKNOWN, None)


def test_beyond_the_months_asked_for_nothing_is_said() -> None:
    assert next_payable(0, [a_million_a_month()], START, 1, months=1) == Next(When.UNKNOWN, None)


def test_near_the_breaking_she_waits_for_it() -> None:
    """The pig is broken on 20/4; fourteen days before nothing is lent any more."""
    loans, breaks, stops = [a_million_a_month()], d("20/4/2025"), d("6/4/2025")
    after = Next(When.AFTER_BREAKING, breaks)
    assert next_payable(0, loans, START, 1, breaking_on=breaks, stops_from=stops) == after
    assert next_payable(0, loans, d("6/4/2025"), 0, breaking_on=breaks, stops_from=stops) == after
    assert next_payable(1, loans, d("5/4/2025"), 1, breaking_on=breaks, stops_from=stops) == Next(
        When.NOW, d("5/4/2025"))  # fmt: skip
    # A charter that stops nothing: the money is there before; too much waits for the pig.
    assert next_payable(0, loans, START, 1, breaking_on=breaks).when is When.ON
    assert next_payable(0, loans, START, 9_000_000, breaking_on=breaks) == after


LOANS = st.lists(
    st.builds(
        lambda amount, plan, rate: (
            Story(amount, plan[1], plan[0], rate, on=f"{START:%d/%m/%Y}").loan
        ),
        st.integers(1_000, 9_000_000),
        st.sampled_from([("bullet", 5), ("monthly", 7), ("quarterly", 12)]),
        st.integers(0, 166),
    ),
    max_size=3,
)
SPARE = st.integers(-5_000_000, 5_000_000)
LATER = st.integers(0, 500).map(lambda days: START + timedelta(days=days))


@given(SPARE, LOANS, LATER)
def test_the_last_month_has_all_that_is_to_come(spare: int, loans: list[Loan], on: date) -> None:
    """Nothing is lost between the months, and nothing is free below zero or before it comes."""
    found = forecast(spare, loans, on, 20)
    to_come = sum(due.amount for loan in loans for due in dues(loan, on) if due.due_on >= on)
    assert sum(month.comes_in for month in found) == to_come
    assert found[-1].free == max(spare + to_come, 0)
    assert [m.free for m in found] == sorted(m.free for m in found)
    assert found[0].free >= max(spare, 0)


@given(SPARE, LOANS, LATER, st.integers(1, 9_000_000))
def test_the_day_is_the_first_on_which_it_is_there(
    spare: int, loans: list[Loan], on: date, amount: int
) -> None:
    found = next_payable(spare, loans, on, amount, months=20)

    def by(day: date) -> int:
        return spare + sum(due.amount for due in coming(loans, on) if due.due_on <= day)

    if found.on is None:
        assert by(date.max) < amount
    elif found.when is When.NOW:
        assert spare >= amount
    else:
        assert by(found.on) >= amount > by(found.on - timedelta(days=1))
