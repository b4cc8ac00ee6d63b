"""When a pig may be opened, and when the next one is planned. Pure."""

from __future__ import annotations

from datetime import date

from app.errors import Conflict


def check_opens(
    day: date,
    *,
    holder: str | None,
    cycle_no: int,
    cycle_starts_on: date,
    last_entry_on: date | None,
) -> None:
    """One at a time, once a cycle, and nothing in the pot after its day.

    Raises Conflict `breaking_already_open`, `broken_today`, `entries_after`.
    """
    if holder is not None:
        raise Conflict(
            "breaking_already_open", "Lợn này đang mổ rồi. Mời chị làm tiếp lần đang mở."
        )
    if cycle_no > 1 and day == cycle_starts_on:
        raise Conflict(
            "broken_today", "Lợn này vừa mổ ngày {day} rồi.",
            field="date", day=day.strftime("%d/%m/%Y"),
        )  # fmt: skip
    if last_entry_on is not None and last_entry_on > day:
        raise Conflict(
            "entries_after", "Lợn này đã có việc ghi ngày {day}. Mời chị chọn ngày mổ từ ngày đó.",
            field="date", day=last_entry_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def next_planned(planned: date | None, day: date) -> date | None:
    """The anniversary of the planned day that lies nearest to a year after this one (yearly as a
    rule); none where none was planned.
    """
    if planned is None:
        return None
    year_on = _in_year(day, day.year + 1)
    nearest = (_in_year(planned, year) for year in range(day.year, day.year + 3))
    return min((on for on in nearest if on > day), key=lambda on: abs((on - year_on).days))


def _in_year(day: date, year: int) -> date:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day.replace(
        year=year, day=28 if (day.month, day.day) == (2, 29) and not leap else day.day
    )
