"""The only clock: instants in UTC, business days of Asia/Ho_Chi_Minh."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

# Viet Nam has kept UTC+7 without summer time since 1975; a fixed offset needs no zone files.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

REAL = "real"
_source: Callable[[], int] | None = None
_name = REAL


def now() -> int:
    """Microseconds since 1970-01-01 UTC."""
    return _source() if _source else time.time_ns() // 1000


def today() -> date:
    """The business day."""
    return day_of(now())


def day_of(at: int) -> date:
    """The business day of an instant in microseconds."""
    return datetime.fromtimestamp(at // 1_000_000, VIETNAM).date()


def hour_of(at: int) -> int:
    """The hour of the business day of an instant in microseconds."""
    return datetime.fromtimestamp(at // 1_000_000, VIETNAM).hour


def midnight(day: date) -> int:
    """The instant, in microseconds, at which a business day begins."""
    start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    return int(start.timestamp()) * 1_000_000


def rfc3339(at: int) -> str:
    """An instant as the contract shows it."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def name() -> str:
    """`real`, or the name under which another clock's times are sealed."""
    return _name


@contextmanager
def told_by(source: Callable[[], int], called: str) -> Iterator[None]:
    """Take the time from `source` in this whole process: the demo's clock, or a test's."""
    global _source, _name
    before = _source, _name
    _source, _name = source, called
    try:
        yield
    finally:
        _source, _name = before
