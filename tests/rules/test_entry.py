"""Sides of accounts, what a line brought in, and cash that is never below zero."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import money
from app.ledger.entry import Account, Transfer, change, keep_above_zero, signed
from app.terms import AccountKind as K
from tests.story import refused

ASSETS_AND_COSTS = {
    K.CASH_POT, K.CASH_HAND, K.CASH_BANK, K.LOAN, K.RECEIVABLE, K.SHORTAGE_PENDING,
    K.CASH_SHORT, K.LOAN_LOSS, K.EXPENSE,
}  # fmt: skip
CLAIMS_AND_INCOME = {
    K.SAVINGS, K.FUND, K.OVERAGE_PENDING, K.SURPLUS, K.INTEREST_INCOME, K.CASH_OVER,
    K.LOAN_RECOVERED, K.OPENING, K.TRANSFER,
}  # fmt: skip
FIRST = date(2026, 10, 1)


def test_every_kind_has_a_side() -> None:
    assert set(K) == ASSETS_AND_COSTS | CLAIMS_AND_INCOME


@pytest.mark.parametrize("kind", sorted(ASSETS_AND_COSTS))
def test_assets_and_costs_grow_by_debits(kind: K) -> None:
    assert change(kind, 5_000, 2_000) == 3_000


@pytest.mark.parametrize("kind", sorted(CLAIMS_AND_INCOME))
def test_claims_and_income_grow_by_credits(kind: K) -> None:
    assert change(kind, 5_000, 2_000) == -3_000


@pytest.mark.parametrize("place", [K.CASH_POT, K.CASH_HAND, K.CASH_BANK])
def test_a_line_brings_cash_in_or_takes_it_out(place: K) -> None:
    cash, hers = Account("pig", place, "pig"), Account("pig", K.SAVINGS, "lan")
    assert signed(Transfer(cash, hers, 5_000)) == 5_000
    assert signed(Transfer(hers, cash, 5_000)) == -5_000


# Cash at the end of every business day


def test_money_taken_out_must_be_there_on_its_own_day() -> None:
    """
    01/10   took out 3.000    ends with -1.000
    05/10   took in  4.000    ends with  3.000
    """
    refusal = refused(
        "cash_below_zero", keep_above_zero, 3_000, [(date(2026, 10, 5), 4_000)], FIRST
    )
    assert refusal.values == {"day": "01/10/2026", "amount": money.show(1_000)}


def test_money_taken_out_of_the_past_may_be_missing_later() -> None:
    """
    01/10                     ends with  1.000
    05/10   took out 3.000    ends with -2.000
    09/10   took in  4.000    ends with  2.000
    """
    later = [(date(2026, 10, 9), 4_000), (date(2026, 10, 5), -3_000)]
    refusal = refused("cash_below_zero", keep_above_zero, 2_000, later, FIRST)
    assert refusal.values == {"day": "05/10/2026", "amount": money.show(2_000)}


def test_an_empty_pot_is_not_below_zero() -> None:
    keep_above_zero(0, [(date(2026, 10, 5), -4_000)], FIRST)


@given(
    opening=st.integers(-5_000, 5_000),
    days=st.lists(st.tuples(st.integers(1, 30), st.integers(-4_000, 4_000)), max_size=12),
)
def test_it_refuses_exactly_when_some_day_ends_below_zero(
    opening: int, days: list[tuple[int, int]]
) -> None:
    """Against a plain recount from the first day on."""
    changes: dict[int, int] = {}
    for after, changed in days:
        changes[after] = changes.get(after, 0) + changed
    ends, stands = {0: opening}, opening
    for after in sorted(changes):
        stands += changes[after]
        ends[after] = stands
    lowest = min(ends.values())
    later = [(FIRST + timedelta(days=n), changes[n]) for n in sorted(changes, reverse=True)]
    if lowest >= 0:
        keep_above_zero(stands, later, FIRST)
        return
    refusal = refused("cash_below_zero", keep_above_zero, stands, later, FIRST)
    worst = min(n for n, end in ends.items() if end == lowest)
    assert refusal.values == {
        "day": (FIRST + timedelta(days=worst)).strftime("%d/%m/%Y"),
        "amount": money.show(-lowest),
    }
