"""Public holidays, from a table with its sources: what moves a due date. Pure.

Sources: Labour Code 2019 (45/2019/QH14), art. 112 (which days; Tết is five days, National Day
two, one of them beside it) and 111.3 (a holiday on a weekly rest day is made up on the next
working day); Resolution 80-NQ/TW of 2026 (24 November, from 2026). Which days of Tết, which
neighbour of 2 September and what is swapped for another day, a notice of the Government says year
by year: `NOTICED`. Where none was entered, Tết is its eve and four days with the rest days among
them made up on both sides, and National Day's neighbour follows from the weekday. Lunar dates are
those of Viet Nam (UTC+7), by Meeus' new moons; the `holidays` library agrees (tests/rules).

To carry the table on: add the lunar dates of more years to `TET` and `HUNG_KINGS`, and each
autumn the notice for the coming year to `NOTICED`. Loans keep the due dates they were given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from app.errors import Invalid

DAY = timedelta(days=1)
# The first day of the first lunar month, and the tenth of the third: (month, day).
TET = {
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25),
    2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17),
    2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 2), 2031: (1, 23), 2032: (2, 11),
    2033: (1, 31), 2034: (2, 19), 2035: (2, 8), 2036: (1, 28), 2037: (2, 15), 2038: (2, 4),
    2039: (1, 24), 2040: (2, 12), 2041: (2, 1), 2042: (1, 22), 2043: (2, 10), 2044: (1, 30),
    2045: (2, 17), 2046: (2, 6), 2047: (1, 26), 2048: (2, 14), 2049: (2, 2), 2050: (1, 23),
}  # fmt: skip
HUNG_KINGS = {
    2015: (4, 28), 2016: (4, 16), 2017: (4, 6), 2018: (4, 25), 2019: (4, 14), 2020: (4, 2),
    2021: (4, 21), 2022: (4, 10), 2023: (4, 29), 2024: (4, 18), 2025: (4, 7), 2026: (4, 26),
    2027: (4, 16), 2028: (4, 4), 2029: (4, 23), 2030: (4, 12), 2031: (4, 1), 2032: (4, 19),
    2033: (4, 9), 2034: (4, 28), 2035: (4, 17), 2036: (4, 6), 2037: (4, 24), 2038: (4, 13),
    2039: (4, 3), 2040: (4, 20), 2041: (4, 10), 2042: (4, 29), 2043: (4, 19), 2044: (4, 7),
    2045: (4, 26), 2046: (4, 15), 2047: (4, 4), 2048: (4, 22), 2049: (4, 11), 2050: (4, 1),
}  # fmt: skip
# Spans (first day, last day) as the Government gave them notice: Tết with the rest days around
# it, National Day, and days swapped for another.
NOTICED: dict[int, tuple[tuple[date, date], ...]] = {
    2024: (  # 5015/TB-LĐTBXH of 2023; the swap: 2450/VPCP-KGVX of 2024
        (date(2024, 2, 8), date(2024, 2, 14)),
        (date(2024, 4, 29), date(2024, 4, 29)),
        (date(2024, 8, 31), date(2024, 9, 3)),
    ),
    2025: (  # 6150/TB-BLĐTBXH of 2024, with the swap for 2 May
        (date(2025, 1, 25), date(2025, 2, 2)),
        (date(2025, 5, 2), date(2025, 5, 2)),
        (date(2025, 8, 30), date(2025, 9, 2)),
    ),
    2026: (  # the notice of 2025, with the swap of 31 August; of 2 January: 12729/VPCP-KGVX of 2025
        (date(2026, 1, 1), date(2026, 1, 4)),
        (date(2026, 2, 14), date(2026, 2, 22)),
        (date(2026, 8, 29), date(2026, 9, 2)),
    ),
}
FIRST, LAST = min(TET), max(TET)
YEARS_AHEAD = 5  # longer than chapters lend: below that the table is due to be carried on

CARRY_ON = (
    f"the table of public holidays ends with {LAST}: add the lunar dates of more years to TET and "
    "HUNG_KINGS in app/loans/holidays.py, and the Government's notices since to NOTICED"
)


def lasts(today: date) -> bool:
    """Whether the table reaches beyond any loan paid out today."""
    return today.year + YEARS_AHEAD <= LAST


def rests(day: date) -> bool:
    """Saturday or Sunday: the weekly rest of the State's offices."""
    return day.weekday() >= 5


def is_holiday(day: date) -> bool:
    """Whether a day is off for a public holiday, the days that make up for one included.

    Raises Invalid `beyond_calendar` for years the table does not hold.
    """
    if not FIRST <= day.year <= LAST:
        raise Invalid(
            "beyond_calendar",
            "Sổ có lịch nghỉ lễ từ năm {first} đến năm {last}. Mời chị chọn thời hạn ngắn hơn.",
            field="months", first=FIRST, last=LAST,
        )  # fmt: skip
    return day in days_off(day.year)


def moved(day: date) -> date:
    """A due date on a public holiday moves to the next working day; any other stays."""
    if not is_holiday(day):
        return day
    while rests(day) or is_holiday(day):
        day += DAY
    return day


@cache
def days_off(year: int) -> frozenset[date]:
    """Every day off for a public holiday in a year, the days that make up for one included."""
    off = set(_by_notice(year) if year in NOTICED else _by_habit(year))
    fixed = [(1, 1), HUNG_KINGS[year], (4, 30), (5, 1)] + ([(11, 24)] if year >= 2026 else [])
    holidays = {date(year, *of) for of in fixed}
    if year not in NOTICED:
        holidays.add(date(year, 9, 2))
    off |= holidays
    return frozenset(off | _made_up(sorted(day for day in holidays if rests(day)), off))


def _by_notice(year: int) -> Iterator[date]:
    for first, last in NOTICED[year]:
        yield from (first + n * DAY for n in range((last - first).days + 1))


def _by_habit(year: int) -> set[date]:
    tet = {date(year, *TET[year]) + n * DAY for n in range(-1, 4)}
    # Its Saturday is made up before it, its Sunday after it, as the notices have had it.
    tet |= {_working(day, -DAY, tet) for day in tet if day.weekday() == 5}
    tet |= {_working(day, DAY, tet) for day in tet if day.weekday() == 6}
    day = date(year, 9, 2)
    # Monday, Thursday and Sunday are lengthened forwards, the others backwards.
    national = {day, day + (DAY if day.weekday() in (0, 3, 6) else -DAY)}
    return tet | national


def _made_up(lost: list[date], off: set[date]) -> set[date]:
    """For each holiday on a day of rest the next working day (Labour Code 2019, art. 111.3)."""
    made: set[date] = set()
    for holiday in lost:
        made.add(_working(holiday, DAY, off | made))
    return made


def _working(day: date, step: timedelta, off: set[date]) -> date:
    while rests(day) or day in off:
        day += step
    return day
