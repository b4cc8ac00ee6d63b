"""UUIDv7: in order of time, and lines named after their entry."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock, ids

NINE = clock.midnight(date(2026, 10, 20)) + 9 * 3_600_000_000


@pytest.mark.parametrize("make", [ids.new, ids.for_entry])
def test_an_id_is_a_uuid_of_version_7(make: object) -> None:
    with clock.told_by(lambda: NINE, "story"):
        made = uuid.UUID(make())  # type: ignore[operator]
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == NINE // 1000


def test_ids_are_written_in_the_canonical_way() -> None:
    for made in (ids.new(), ids.for_entry()):
        assert made == str(uuid.UUID(made))


@pytest.mark.parametrize("make", [ids.new, ids.for_entry])
def test_no_two_of_one_moment_are_the_same(make: object) -> None:
    with clock.told_by(lambda: NINE, "story"):
        made = {make() for _ in range(2_000)}  # type: ignore[operator]
    assert len(made) == 2_000


@given(st.lists(st.integers(NINE, NINE + 10**15), min_size=2, max_size=5, unique=True))
def test_ids_sort_by_the_time_they_were_made(moments: list[int]) -> None:
    def at(moment: int) -> str:
        with clock.told_by(lambda: moment, "story"):
            return ids.new()

    apart = sorted({moment // 1000: moment for moment in moments}.values())
    made = [at(moment) for moment in apart]
    assert made == sorted(made)


@given(st.integers(1, ids.LINES))
def test_a_line_is_named_after_its_entry(line: int) -> None:
    entry_id = ids.for_entry()
    line_id = ids.of_line(entry_id, line)
    assert str(uuid.UUID(line_id)) == line_id
    assert line_id != entry_id
    assert ids.entry_and_line(line_id) == (entry_id, line)


def test_lines_sort_as_they_stand() -> None:
    entry_id = ids.for_entry()
    named = [ids.of_line(entry_id, line) for line in (1, 9, 10, 255, 256, 1000)]
    assert named == sorted(named)
