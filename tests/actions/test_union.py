"""The tree: units begin and move with dates, chapters begin with a charter and a book."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.charter import queries as charters
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Conflict, Invalid
from app.terms import Actor, Level, Period
from app.union import actions, queries
from tests.story import (
    DAY,
    FOUNDED,
    LAST_YEAR,
    TODAY,
    Chapter,
    Union,
    a_chapter,
    a_charter,
    a_union,
    counted,
    findings,
    refused,
    tidy,
)

FOUNDING = date(1930, 10, 20)


@pytest.fixture
def above(db: Database) -> Union:
    return a_union(db)


def create(db: Database, by: Actor, name: str, level: Level, under: str, **more: Any) -> str:
    said = {"from_on": FOUNDED} | more
    return db.write_now(
        actions.create_unit, actor=by, name=name, level=level, parent_id=under, **said
    )


def told(db: Database, by: Actor, unit: str, on: date = TODAY) -> str:
    found = db.read_now(
        queries.children, actor=by, unit_id=unit, on=on, after=queries.FIRST, limit=100
    )
    return "\n".join(f"{u.level} {u.name} {u.from_on}" for u in found)


# Beginning


def test_a_tree_grows_from_its_root(db: Database, above: Union) -> None:
    admin = above.administrator
    create(db, admin, "Tỉnh Hoa Lư", Level.PROVINCE, above.root, from_on=FOUNDING)
    assert told(db, admin, above.root) == tidy("""
        province Tỉnh Sông Hồng 2020-03-08
        province Tỉnh Hoa Lư 1930-10-20
    """)
    root = db.read_now(queries.unit, actor=admin, unit_id=above.root)
    assert (root.name, root.level, root.parent_id, root.from_on) == (
        "Hội Liên hiệp Phụ nữ Việt Nam", "central", None, "1930-10-20",
    )  # fmt: skip
    commune = db.read_now(queries.unit, actor=admin, unit_id=above.commune)
    assert commune.parent_id == above.province


def test_children_come_in_pages(db: Database, above: Union) -> None:
    made = [create(db, above.leader, f"Chi hội {n}", Level.CHAPTER, above.commune,
                   charter=a_charter()) for n in range(3)]  # fmt: skip
    asked = {"actor": above.leader, "unit_id": above.commune, "on": TODAY}
    first = db.read_now(queries.children, **asked, after=queries.FIRST, limit=2)
    rest = db.read_now(queries.children, **asked, after=first[-1].id, limit=2)
    assert [u.id for u in [*first, *rest]] == made


@pytest.mark.parametrize(
    ("level", "under", "more", "problem"),
    [
        (Level.PROVINCE, "province", {}, "level_not_under"),
        (Level.GROUP, "commune", {}, "level_not_under"),
        (Level.COMMUNE, "province", {"from_on": FOUNDED - DAY}, "before_parent"),
        (Level.COMMUNE, "province", {"from_on": TODAY + DAY}, "in_future"),
        (Level.DISTRICT, "province", {"from_on": date(2025, 7, 1)}, "no_districts"),
        (Level.CHAPTER, "commune", {}, "charter_for_chapters"),
        (Level.COMMUNE, "province", {"charter": a_charter()}, "charter_for_chapters"),
    ],
)
def test_what_cannot_begin(
    db: Database, above: Union, level: Level, under: str, more: dict[str, Any], problem: str
) -> None:
    parent, units = getattr(above, under), counted(db, "unit")
    refused(problem, create, db, above.administrator, "Đơn vị", level, parent, **more)
    assert counted(db, "unit") == units


def test_a_chapter_begins_with_its_book_and_its_charter(db: Database) -> None:
    doai = a_chapter(db, "", minimum_per_period=5_000, period=Period.MONTH, words="Góp đều.")
    since, charter = db.read_now(charters.in_force, doai.id, TODAY)
    assert since == FOUNDED
    assert charter == a_charter(minimum_per_period=5_000, period=Period.MONTH, words="Góp đều.")
    assert doai.findings() == []


def test_a_group_is_sealed_in_its_chapters_book(db: Database) -> None:
    doai = a_chapter(db, "")
    (before, _), union = doai.head_now(), counted(db, "trail")
    create(db, doai.union.leader, "Tổ 1", Level.GROUP, doai.id)
    assert doai.head_now()[0] == before + 1
    assert counted(db, "trail") == union + 1


def test_units_above_chapters_are_sealed_in_the_unions_book(db: Database, above: Union) -> None:
    before = counted(db, "trail")
    create(db, above.administrator, "Tỉnh Hoa Lư", Level.PROVINCE, above.root)
    (root,) = db.read_now(Tx.rows, "SELECT chapter_id FROM book")[0]
    assert root == above.root
    assert counted(db, "trail") == before + 1
    assert findings(db, root) == []


# Charters in force


def test_which_charter_is_in_force(db: Database) -> None:
    """Versions of 2020, 2023 and next month; a day before the first has the first."""
    doai = a_chapter(db, "")
    for on, minimum in ((date(2023, 1, 1), 2_000), (date(2026, 11, 1), 3_000)):
        another_charter(doai, on, minimum)
    for day, since, minimum in (
        (FOUNDED - DAY, FOUNDED, 1_000),
        (FOUNDED, FOUNDED, 1_000),
        (date(2022, 12, 31), FOUNDED, 1_000),
        (date(2023, 1, 1), date(2023, 1, 1), 2_000),
        (TODAY, date(2023, 1, 1), 2_000),
        (date(2026, 11, 1), date(2026, 11, 1), 3_000),
    ):
        found_since, charter = db.read_now(charters.in_force, doai.id, day)
        assert (found_since, charter.minimum_per_period) == (since, minimum), day


def another_charter(chapter: Chapter, on: date, minimum: int) -> None:
    from app.charter.actions import put_in_force

    charter = a_charter(minimum_per_period=minimum)
    chapter.db.write_now(put_in_force, chapter_id=chapter.id, charter=charter, on=on)


def test_a_unit_without_a_charter(db: Database, above: Union) -> None:
    refused("not_found", db.read_now, charters.in_force, above.commune, TODAY)


def test_the_words_of_a_charter_are_cleaned(db: Database) -> None:
    doai = a_chapter(db, "", words="  Góp   đều. ")
    assert db.read_now(charters.in_force, doai.id, TODAY)[1].words == "Góp đều."
    refused("text_bad_character", a_chapter, db, "", under=doai.union, words="a\u200bb")


# Moving


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan")


def move(chapter: Chapter, to: str, on: date, **more: Any) -> None:
    said = {"actor": chapter.union.administrator, "unit_id": chapter.id, "reason": "nhập xã"}
    chapter.db.write_now(actions.move_unit, **said | {"parent_id": to, "from_on": on} | more)


def another_commune(chapter: Chapter, **more: Any) -> str:
    above = chapter.union
    return create(chapter.db, above.administrator, "Xã Mới", Level.COMMUNE, above.province, **more)


def test_a_chapter_moves_and_its_history_stays(doai: Chapter) -> None:
    db, above, new = doai.db, doai.union, another_commune(doai)
    move(doai, new, LAST_YEAR)
    for unit, on, found in (
        (above.commune, LAST_YEAR - DAY, "chapter Chi hội thôn Đoài 2020-03-08"),
        (above.commune, LAST_YEAR, ""),
        (new, LAST_YEAR - DAY, ""),
        (new, LAST_YEAR, "chapter Chi hội thôn Đoài 2020-03-08"),
    ):
        assert told(db, above.administrator, unit, on) == found
    shown = db.read_now(queries.unit, actor=above.administrator, unit_id=doai.id)
    assert shown.parent_id == new
    assert doai.findings() == []


def test_it_moves_again(doai: Chapter) -> None:
    new, above = another_commune(doai), doai.union
    move(doai, new, date(2025, 7, 1))
    move(doai, above.commune, date(2026, 1, 1))
    sql = "SELECT from_on, to_on, parent_id FROM unit_parent WHERE unit_id = ? ORDER BY from_on"
    assert doai.db.read_now(Tx.rows, sql, (doai.id,)) == [
        ("2020-03-08", "2025-07-01", above.commune),
        ("2025-07-01", "2026-01-01", new),
        ("2026-01-01", None, above.commune),
    ]


@pytest.mark.parametrize("on", [FOUNDED, FOUNDED + DAY])
def test_history_is_not_rewritten(doai: Chapter, on: date) -> None:
    new, newer = another_commune(doai), another_commune(doai)
    move(doai, new, FOUNDED + DAY)
    assert isinstance(refused("moved_already", move, doai, newer, on), Conflict)


def test_where_and_when_it_cannot_move(doai: Chapter) -> None:
    young = another_commune(doai, from_on=TODAY)
    assert isinstance(refused("before_parent", move, doai, young, TODAY - DAY), Invalid)
    refused("in_future", move, doai, young, TODAY + DAY)
    refused("level_not_under", move, doai, doai.id, TODAY)
    refused("not_found", move, doai, "0197a000-0000-7000-8000-000000000000", TODAY)
    assert counted(doai.db, "unit_parent") == 4


def test_a_group_stays_in_its_chapter(doai: Chapter) -> None:
    group = create(doai.db, doai.union.leader, "Tổ 1", Level.GROUP, doai.id)
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    refused("moved_already", move, doai, trung.id, TODAY, unit_id=group)


def test_a_move_is_sealed_where_the_chapter_is(doai: Chapter) -> None:
    before, _ = doai.head_now()
    move(doai, another_commune(doai), TODAY)
    assert doai.head_now()[0] == before + 1
    assert doai.findings() == []
