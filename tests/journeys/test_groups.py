"""A sheet kept per group (tổ): its women alone, and the book says whose meeting it was."""

from __future__ import annotations

import json

import pytest

from app.db.tx import Tx
from app.terms import Level
from app.union import actions as union
from tests.journeys.doors import Village, problem, seen
from tests.story import FOUNDED, a_key


@pytest.fixture
def group(village: Village) -> str:
    """Tổ 1, with Hoa in it."""
    group_id: str = village.db.write_now(
        union.create_unit, actor=village.chapter.union.leader, name="Tổ 1", level=Level.GROUP,
        parent_id=village.chapter.id, from_on=FOUNDED,
    )  # fmt: skip
    sql = "UPDATE member SET group_id = ? WHERE id = ?"
    village.db.write_now(Tx.run, sql, (group_id, village.chapter.members["Hoa"]))
    return group_id


def test_a_chapter_without_groups_sees_none(village: Village) -> None:
    page = village.browser(village.chapter.treasurer).get(f"{village.pages}/thu")
    assert "Cả chi hội" not in seen(page.text)


def test_only_her_group_is_on_the_sheet(village: Village, group: str) -> None:
    treasurer = village.browser(village.chapter.treasurer)
    whole = treasurer.get(f"{village.pages}/thu")
    assert "Tổ 1" in seen(whole.text) and "Nguyễn Thị Lan" in whole.text
    page = treasurer.get(f"{village.pages}/thu?to={group}")
    assert "Nguyễn Thị Hoa" in page.text and "Nguyễn Thị Lan" not in page.text


def test_the_groups_sheet_is_sealed_as_its_own(village: Village, group: str) -> None:
    """Lan went to another group since the phone kept it: what she gave is not dropped."""
    form = {"do": "record", "key": a_key(), "pot_id": village.chapter.pot, "date": "2026-10-20",
            "group_id": group, "amount-1": "9k", "amount-2": "5k"}  # fmt: skip
    answer = village.browser(village.chapter.treasurer).send(f"{village.pages}/thu", form)
    assert answer.status_code == 303
    village.chapter.holds("""
        20/10 sheet Lan 9.000/9, Hoa 5.000/5
        lợn 14.000 Lan 9.000/9, Hoa 5.000/5
    """)
    path = f"/api/v1/chapters/{village.chapter.id}/trail"
    items = village.treasurer.get(path).json()["items"]
    assert json.loads(items[-1]["record"])["facts"]["group"] == group


def test_another_chapters_group_is_none(village: Village, group: str) -> None:
    """The neighbour asks for it by its id: her own whole sheet, and nothing recorded under it."""
    of = village.neighbour
    treasurer = village.browser(of.treasurer)
    page = treasurer.get(f"/chi-hoi/{of.id}/thu?to={group}")
    assert page.status_code == 200 and "Nguyễn Thị Hoa" not in page.text
    form = {"do": "record", "key": a_key(), "pot_id": of.pot, "date": "2026-10-20",
            "group_id": group, "amount-1": "9k"}  # fmt: skip
    answer = treasurer.send(f"/chi-hoi/{of.id}/thu", form)
    assert answer.status_code == 422
    told = {"pot_id": of.pot, "date": "2026-10-20", "group_id": group,
            "lines": [{"member_id": of.members["Tư"], "amount": 1000, "periods": 1}]}  # fmt: skip
    path = f"/api/v1/chapters/{of.id}/sheets"
    problem(village.program(of.treasurer).post(path, told, key=a_key()), 422, "group_unknown")


def test_who_has_given_is_counted_in_the_group(village: Village, group: str) -> None:
    """Lan gave in the other group: Tổ 1 is not asked whether to collect once more."""
    village.recorded("Lan 1.000/1")
    form = {"do": "record", "key": a_key(), "pot_id": village.chapter.pot, "date": "2026-10-20",
            "group_id": group, "amount-2": "5k"}  # fmt: skip
    answer = village.browser(village.chapter.treasurer).send(f"{village.pages}/thu", form)
    assert answer.status_code == 303
