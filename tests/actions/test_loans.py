"""A loan's life in the book: asked, approved by the second hand, paid out, paid back, taken back."""

from __future__ import annotations

from datetime import date

import pytest

from app.db.engine import Database
from tests.lent import Lends
from tests.story import TODAY, Chapter, StoryClock, a_chapter, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    """A pig whose paper book had 2.000.000 in hand: 1.200.000 are the members'."""
    doai = a_chapter(db, "Lan Hoa Mai", loan_monthly_rate_bp=100, loans_stop_days_before=0)
    Lends(doai).till.opens("Lan 400.000, Hoa 400.000, Mai 400.000", hand=2_000_000, on=TODAY)
    return doai


@pytest.fixture
def lends(doai: Chapter) -> Lends:
    return Lends(doai)


def test_from_asking_to_the_last_dong(lends: Lends, clock: StoryClock) -> None:
    loan = lends.asks("Lan", 900_000, 9)
    lends.loans("Lan applied 0 of 900.000")
    lends.approves(loan, vote=(12, 1))
    lends.loans("Lan approved 0 of 900.000")
    paid = lends.pays_out(loan)
    assert [(row.due_on, row.principal, row.interest) for row in paid.schedule[:2]] == [
        (date(2026, 11, 20), 100_000, 9_000), (date(2026, 12, 20), 100_000, 8_000)
    ]  # fmt: skip
    lends.till.stands("""
        cash_hand 1.100.000
        loan Lan 900.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)
    clock.tell(date(2026, 11, 20))
    back = lends.repays(loan, 109_000)
    assert (back.principal, back.interest, back.outstanding) == (100_000, 9_000, 800_000)
    clock.tell(date(2026, 12, 20))
    assert refused("overpaid", lends.repays, loan, 808_001).beside == {"owed": 808_000}
    last = lends.repays(loan, 808_000)
    assert (last.principal, last.interest, last.outstanding) == (800_000, 8_000, 0)
    lends.loans("Lan closed 0 of 900.000")
    lends.till.stands("""
        cash_hand 2.017.000
        interest_income 17.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)
