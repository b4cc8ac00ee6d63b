"""What may stand under what, and from when."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Invalid
from app.terms import Level
from app.union.rules import check_dates, check_place
from tests.story import refused, tidy

TODAY = date(2026, 10, 20)
FOUNDED = date(1930, 10, 20)


def test_what_stands_under_what() -> None:
    def stands(level: Level, parent: Level) -> bool:
        try:
            check_place(level, parent)
        except Invalid as refusal:
            assert (refusal.code, refusal.field) == ("level_not_under", "level")
            return False
        return True

    table = "\n".join(
        f"{level}: {' '.join(parent for parent in Level if stands(level, parent)) or 'nothing'}"
        for level in Level
    )
    assert table == tidy("""
        central: nothing
        province: central
        district: central province
        commune: central province district
        chapter: central province district commune
        group: chapter
    """)


@pytest.mark.parametrize(
    ("level", "from_on", "parent_from", "problem"),
    [
        (Level.COMMUNE, FOUNDED, FOUNDED, None),
        (Level.COMMUNE, TODAY, FOUNDED, None),
        (Level.COMMUNE, date(2026, 10, 21), FOUNDED, ("from", "in_future")),
        (Level.COMMUNE, date(1930, 10, 19), FOUNDED, ("from", "before_parent")),
        (Level.DISTRICT, date(2025, 6, 30), FOUNDED, None),
        (Level.DISTRICT, date(2025, 7, 1), FOUNDED, ("level", "no_districts")),
        (Level.COMMUNE, date(2025, 7, 1), FOUNDED, None),
    ],
)
def test_from_when(
    level: Level, from_on: date, parent_from: date, problem: tuple[str, str] | None
) -> None:
    if problem is None:
        check_dates(level, from_on, parent_from, TODAY)
    else:
        field, code = problem
        refusal = refused(code, check_dates, level, from_on, parent_from, TODAY)
        assert refusal.field == field
