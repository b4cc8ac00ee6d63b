"""Who counted: two people, by a member's id or by any name; on both databases."""

from __future__ import annotations

import pytest

from app import ids
from app.cash import queries
from app.db.engine import Database
from app.errors import Invalid
from tests.story import FAMILY, Chapter, a_chapter, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


def named(doai: Chapter, *witnesses: str) -> list[str]:
    return doai.db.read_now(queries.witnesses_named, doai.id, witnesses)


def test_members_are_named(doai: Chapter) -> None:
    assert named(doai, doai.members["Lan"], "Bà Chứng") == [f"{FAMILY} Lan", "Bà Chứng"]


def test_a_name_as_long_as_an_id_is_a_name(doai: Chapter) -> None:
    """PostgreSQL takes nothing but an id for one."""
    long = "Nguyễn Thị Chứng Kiến Dài Bằng Mã Số"
    assert len(long) == len(doai.id)
    assert named(doai, long, "Bà Chứng") == [long, "Bà Chứng"]


def test_two_members_of_one_name_are_two(doai: Chapter) -> None:
    first = doai.members["Lan"]
    second = doai.join("Lan")
    assert named(doai, first, second) == [f"{FAMILY} Lan"] * 2


def test_marks_tell_names_apart(doai: Chapter) -> None:
    assert named(doai, "Nguyễn Thị Hoa", "Nguyễn Thị Hòa") == ["Nguyễn Thị Hoa", "Nguyễn Thị Hòa"]


@pytest.mark.parametrize("twice", ["Lan, Lan", "Lan, Nguyễn Thị Lan", "Bà Chứng, bà chứng"])
def test_one_person_is_not_two(doai: Chapter, twice: str) -> None:
    both = [doai.members.get(name, name) for name in twice.split(", ")]
    refused("witnesses_needed", named, doai, *both)
    refused("witnesses_needed", named, doai, both[0])


def test_an_id_of_nobody_here_is_no_name(doai: Chapter) -> None:
    other = a_chapter(doai.db, "Tư", under=doai.union, name="Chi hội thôn Đông")
    for nobody in (other.members["Tư"], ids.new()):
        found = refused("witness_unknown", named, doai, "Bà Chứng", nobody)
        assert found.field == "witnesses.1"


def test_what_no_name_can_be(doai: Chapter) -> None:
    with pytest.raises(Invalid) as caught:
        named(doai, "Bà Chứng", "\u202e")
    assert caught.value.field == "witnesses.1"
