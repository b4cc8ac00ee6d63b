"""Joining days, and which hardship class counts."""

from __future__ import annotations

from datetime import date

import pytest

from app.members.rules import Need, check_joining, check_need, need_on
from app.terms import NeedClass
from tests.story import refused

TODAY = date(2026, 10, 20)
FOUNDED = date(2020, 3, 8)


@pytest.mark.parametrize(
    ("joined_on", "problem"),
    [
        (FOUNDED, None),
        (TODAY, None),
        (date(2020, 3, 7), "before_chapter"),
        (date(2026, 10, 21), "in_future"),
    ],
)
def test_joining(joined_on: date, problem: str | None) -> None:
    if problem is None:
        check_joining(joined_on, FOUNDED, TODAY)
    else:
        assert refused(problem, check_joining, joined_on, FOUNDED, TODAY).field == "joined_on"


@pytest.mark.parametrize(
    ("year", "right"), [(1989, False), (1990, True), (2026, True), (2027, False)]
)
def test_a_certificate_carries_its_year(year: int, right: bool) -> None:
    need = Need(NeedClass.POOR, year)
    if right:
        check_need(need, TODAY)
    else:
        assert refused("need_year", check_need, need, TODAY).field == "need_class.year"


@pytest.mark.parametrize(
    ("entered", "year", "counts"),
    [
        ([], 2026, None),
        ([(2024, "poor")], 2026, "poor"),
        ([(2024, "poor"), (2026, "near_poor")], 2025, "poor"),
        ([(2024, "poor"), (2026, "near_poor")], 2026, "near_poor"),
        # entered out of order: the year decides
        ([(2026, "near_poor"), (2024, "poor")], 2026, "near_poor"),
        ([(2026, "near_poor"), (2024, "poor")], 2025, "poor"),
        # none has begun: the one entered first
        ([(2026, "near_poor"), (2025, "poor")], 2020, "near_poor"),
    ],
)
def test_which_class_counts(entered: list[tuple[int, str]], year: int, counts: str | None) -> None:
    assert need_on(entered, year) == counts
