"""Business days are Viet Nam's, instants are UTC, and another clock never passes for the real one."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from app import clock


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-10-19T16:59:59", date(2026, 10, 19)),
        ("2026-10-19T17:00:00", date(2026, 10, 20)),  # midnight in Ha Noi
        ("2026-10-20T16:59:59", date(2026, 10, 20)),
        ("2026-12-31T17:00:00", date(2027, 1, 1)),
        ("2026-06-30T17:00:00", date(2026, 7, 1)),  # no summer time
    ],
)
def test_the_business_day_of_an_instant(utc: str, day: date) -> None:
    assert clock.day_of(instant(utc)) == day


def test_a_fraction_of_a_second_before_midnight_is_still_today() -> None:
    assert clock.day_of(instant("2026-10-19T17:00:00") - 1) == date(2026, 10, 19)


def test_midnight_begins_the_day() -> None:
    day = date(2026, 10, 20)
    assert clock.midnight(day) == instant("2026-10-19T17:00:00")
    assert clock.day_of(clock.midnight(day)) == day
    assert clock.day_of(clock.midnight(day) - 1) == date(2026, 10, 19)


def test_instants_are_shown_in_utc() -> None:
    assert clock.rfc3339(instant("2026-10-20T02:03:04") + 999_999) == "2026-10-20T02:03:04Z"


def test_the_real_clock_tells_the_systems_time_under_its_own_name() -> None:
    before, now, after = time.time_ns() // 1000, clock.now(), time.time_ns() // 1000
    assert before <= now <= after
    assert clock.name() == "real"


def test_another_clock_is_named_and_leaves_nothing_behind() -> None:
    def inside() -> tuple[int, date, str]:
        with clock.told_by(lambda: instant("2025-10-20T01:00:00"), "demo"):
            return clock.now(), clock.today(), clock.name()

    assert inside() == (instant("2025-10-20T01:00:00"), date(2025, 10, 20), "demo")
    assert clock.name() == "real"


def test_it_is_left_even_when_something_goes_wrong() -> None:
    with pytest.raises(ZeroDivisionError), clock.told_by(lambda: 0, "demo"):
        raise ZeroDivisionError
    assert clock.name() == "real"
