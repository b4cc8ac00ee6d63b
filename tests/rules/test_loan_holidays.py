"""The table of public holidays: against the law, the notices and an independent library."""

from __future__ import annotations

from datetime import date, timedelta

import holidays as library
import pytest

from app.loans import holidays
from app.loans.holidays import FIRST, LAST, days_off, is_holiday, lasts, moved
from tests.rules.lending import d
from tests.story import refused

YEARS = range(FIRST, LAST + 1)


@pytest.mark.parametrize("year", YEARS)
def test_the_lunar_days_are_those_of_viet_nam(year: int) -> None:
    """The `holidays` library keeps the Vietnamese calendar (UTC+7), not the Chinese one."""
    named = library.Vietnam(years=year, observed=False, language="en_US")
    assert named.get_named("Lunar New Year", lookup="exact") == [date(year, *holidays.TET[year])]
    kings = named.get_named("Hung Kings' Commemoration Day", lookup="exact")
    both_at_once = date(year, *holidays.HUNG_KINGS[year])
    assert kings == [both_at_once] or "Hung Kings" in named[both_at_once]


def test_tet_2030_is_the_vietnamese_one() -> None:
    """The Chinese new year is a day later."""
    assert date(2030, *holidays.TET[2030]) == d("2/2/2030")


@pytest.mark.parametrize("year", YEARS)
def test_every_holiday_of_the_law_is_a_day_off(year: int) -> None:
    off = days_off(year)
    assert {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)} <= off
    assert (date(year, 11, 24) in off) == (year >= 2026)
    assert {date(year, 9, 1), date(year, 9, 3)} & off
    tet = date(year, *holidays.TET[year])
    assert {tet + timedelta(days=n) for n in (-1, 0, 1, 2)} <= off


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_noticed_years_agree_with_the_library(year: int) -> None:
    """On working days; the notices name the rest days around them as well.

    The library has not heard of 2 January 2026 (12729/VPCP-KGVX).
    """
    unheard = {d("2/1/2026")} if year == 2026 else set()
    theirs = unheard | {day for day in library.Vietnam(years=year) if day.weekday() < 5}
    assert {day for day in days_off(year) if day.weekday() < 5} == theirs


@pytest.mark.parametrize("year", [y for y in YEARS if y >= 2021 and y not in holidays.NOTICED])
def test_where_no_notice_was_entered_the_habit_is_the_librarys(year: int) -> None:
    assert days_off(year) == set(library.Vietnam(years=year))


def test_tet_over_a_weekend_is_made_up_on_both_sides() -> None:
    """2027: Friday 5 to Tuesday 9 February; Thursday before and Wednesday after."""
    off = sorted(day for day in days_off(2027) if day.month == 2)
    assert (off[0], off[-1], len(off)) == (d("4/2/2027"), d("10/2/2027"), 7)


def test_a_holiday_on_a_rest_day_is_made_up() -> None:
    """The kings' day of 2026 is a Sunday: Monday is off (Labour Code 2019, art. 111.3)."""
    assert d("27/4/2026") in days_off(2026)
    assert moved(d("26/4/2026")) == d("28/4/2026")


def test_two_holidays_on_one_weekend_take_two_days() -> None:
    """30 April 2022 is a Saturday, 1 May a Sunday."""
    assert {d("2/5/2022"), d("3/5/2022")} <= days_off(2022)
    assert moved(d("30/4/2022")) == d("4/5/2022")


@pytest.mark.parametrize(
    ("day", "to"),
    [
        ("1/1/2027", "4/1/2027"),  # Friday: over the weekend
        ("1/1/2026", "5/1/2026"),  # the 2nd was swapped for a Saturday
        ("17/2/2026", "23/2/2026"),  # Tết, by the notice until Sunday the 22nd
        ("2/9/2026", "3/9/2026"),
        ("24/11/2026", "25/11/2026"),
        ("25/11/2026", "25/11/2026"),
        ("22/11/2026", "22/11/2026"),  # a plain Sunday stays
    ],
)
def test_where_a_due_date_goes(day: str, to: str) -> None:
    assert moved(d(day)) == d(to)


def test_outside_the_table_nothing_is_guessed() -> None:
    for year in (FIRST - 1, LAST + 1):
        refused("beyond_calendar", is_holiday, date(year, 6, 1))


def test_the_table_lasts_until_it_does_not() -> None:
    assert lasts(date(LAST - holidays.YEARS_AHEAD, 12, 31))
    assert not lasts(date(LAST - holidays.YEARS_AHEAD + 1, 1, 1))
