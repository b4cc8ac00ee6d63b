"""The table of public holidays is carried on before it runs out."""

from __future__ import annotations

from app import clock
from app.loans import holidays


def test_the_table_of_holidays_reaches_beyond_any_loan() -> None:
    """Fails by the calendar alone, years before a loan is refused: then do what it says."""
    assert holidays.lasts(clock.today()), holidays.CARRY_ON
