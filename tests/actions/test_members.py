"""Members join, are put right, are found; their needs are entered and never computed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.access.actions import new_office
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Conflict, Invalid
from app.members import actions, queries
from app.members.rules import Correction, Need, NewMember
from app.savings import queries as savings
from app.savings.queries import MemberDue
from app.terms import Actor, Level, NeedClass, Period, Purpose, Role
from app.union import actions as union
from tests.story import (
    A_PHONE,
    DAY,
    FOUNDED,
    LAST_YEAR,
    TODAY,
    Chapter,
    a_chapter,
    counted,
    refused,
    tidy,
)


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


def join(doai: Chapter, name: str = "Nguyễn Thị Mới", **more: Any) -> actions.Joined:
    new = NewMember(**{"name": name, "joined_on": TODAY} | more)
    return doai.db.write_now(actions.join, actor=doai.treasurer, chapter_id=doai.id, new=new)


def told(doai: Chapter, **asked: Any) -> str:
    """The list as a treasurer reads it."""
    found = doai.db.read_now(queries.members, actor=doai.treasurer, chapter_id=doai.id, **asked)
    return "\n".join(f"{m.number} {m.name} {m.joined_on}" for m in found)


# Joining


def test_members_are_numbered_as_they_join(doai: Chapter) -> None:
    assert [join(doai).number, join(doai).number] == [3, 4]


def test_a_number_may_be_kept_from_an_old_book(doai: Chapter) -> None:
    assert join(doai, number=40).number == 40
    assert join(doai).number == 41
    assert join(doai, number=7).number == 7
    refusal = refused("number_taken", join, doai, number=7)
    assert isinstance(refusal, Conflict) and refusal.field == "number"


def test_another_chapter_numbers_its_own(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    assert join(trung).number == 1


def test_equal_names_are_two_women(doai: Chapter) -> None:
    first, second = join(doai), join(doai)
    assert first.person_id != second.person_id
    same = {"actor": doai.treasurer, "chapter_id": doai.id, "name": "NGUYEN THI MOI"}
    assert doai.db.read_now(queries.same_name, **same) == [3, 4]


@pytest.mark.parametrize(
    ("joined_on", "problem"),
    [
        (FOUNDED, None),
        (FOUNDED - DAY, "before_chapter"),
        (TODAY + DAY, "in_future"),
    ],
)
def test_joining_is_dated_freely(doai: Chapter, joined_on: date, problem: str | None) -> None:
    if problem is None:
        join(doai, joined_on=joined_on)
    else:
        assert refused(problem, join, doai, joined_on=joined_on).field == "joined_on"
        assert counted(doai.db, "member") == 2


def test_one_who_comes_back_is_the_same_person_under_a_new_number(doai: Chapter) -> None:
    first = join(doai)
    again = {"person_id": first.person_id}
    refusal = refused("member_already", join, doai, **again)
    assert isinstance(refusal, Conflict) and refusal.field == "person_id"
    doai.db.write_now(Tx.run, "UPDATE member SET left_on = ? WHERE id = ?", (TODAY, first.id))
    second = join(doai, **again)
    assert (second.person_id, second.number) == (first.person_id, 4)


def test_an_officer_may_be_a_member(doai: Chapter) -> None:
    assert join(doai, person_id=doai.head.person_id).person_id == doai.head.person_id


def test_people_of_elsewhere_are_unknown(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    for stranger in (trung.head.person_id, doai.union.leader.person_id, doai.id):
        refusal = refused("person_unknown", join, doai, person_id=stranger)
        assert isinstance(refusal, Invalid) and refusal.field == "person_id"


def test_a_group_of_this_chapter(doai: Chapter) -> None:
    group = a_group(doai)
    made = join(doai, group_id=group)
    member = doai.db.read_now(queries.member, actor=doai.head, member_id=made.id)
    assert member.group_id == group
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    for foreign in (a_group(trung), doai.id):
        assert refused("group_unknown", join, doai, group_id=foreign).field == "group_id"


def a_group(chapter: Chapter) -> str:
    return chapter.db.write_now(
        union.create_unit, actor=chapter.union.leader, name="Tổ 1", level=Level.GROUP,
        parent_id=chapter.id, from_on=FOUNDED,
    )  # fmt: skip


def test_consent_is_kept_per_purpose(doai: Chapter) -> None:
    made = join(doai, consented_on=TODAY - DAY,
                purposes=(Purpose.LOANS, Purpose.SAVINGS, Purpose.LOANS))  # fmt: skip
    sql = "SELECT purpose, given_on FROM consent WHERE member_id = ? ORDER BY purpose"
    yesterday = (TODAY - DAY).isoformat()
    assert doai.db.read_now(Tx.rows, sql, (made.id,)) == [
        ("loans", yesterday), ("savings", yesterday),
    ]  # fmt: skip


# Finding


@pytest.fixture
def many(doai: Chapter) -> Chapter:
    """Names that are found without marks, and days on which they were members."""
    for name, joined in (
        ("Trần Thị Đào", LAST_YEAR), ("Lê Thị Ánh", date(2026, 1, 1)), ("100% Thành_Công", TODAY),
    ):  # fmt: skip
        join(doai, name, joined_on=joined)
    doai.db.write_now(Tx.run, "UPDATE member SET left_on = '2026-06-30' WHERE number = 3")
    return doai


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("dao", "3 Trần Thị Đào 2025-10-20"),
        ("ĐÀO", "3 Trần Thị Đào 2025-10-20"),
        ("thi a", "4 Lê Thị Ánh 2026-01-01"),
        ("4", "4 Lê Thị Ánh 2026-01-01"),
        ("%", "5 100% Thành_Công 2026-10-20"),
        ("h_c", "5 100% Thành_Công 2026-10-20"),
        ("_", "5 100% Thành_Công 2026-10-20"),
        ("!", ""),
        ("99999999999999999999", ""),
        ("' OR 1=1 --", ""),
    ],
)
def test_search(many: Chapter, q: str, found: str) -> None:
    assert told(many, q=q) == found


def test_everybody_in_the_order_of_the_book(many: Chapter) -> None:
    assert told(many) == tidy("""
        1 Nguyễn Thị Lan 2025-10-20
        2 Nguyễn Thị Hoa 2025-10-20
        3 Trần Thị Đào 2025-10-20
        4 Lê Thị Ánh 2026-01-01
        5 100% Thành_Công 2026-10-20
    """)
    assert told(many, after=1, limit=2) == tidy("""
        2 Nguyễn Thị Hoa 2025-10-20
        3 Trần Thị Đào 2025-10-20
    """)


@pytest.mark.parametrize(
    ("on", "numbers"),
    [
        (LAST_YEAR - DAY, []),
        (LAST_YEAR, [1, 2, 3]),
        (date(2026, 6, 30), [1, 2, 3, 4]),  # her last day
        (date(2026, 7, 1), [1, 2, 4]),
        (TODAY, [1, 2, 4, 5]),
    ],
)
def test_members_in_force_on_a_day(many: Chapter, on: date, numbers: list[int]) -> None:
    asked = {"actor": many.treasurer, "chapter_id": many.id, "on": on}
    assert [m.number for m in many.db.read_now(queries.members, **asked)] == numbers


def test_a_member_is_shown_with_her_savings(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5")
    lan = doai.members["Lan"]
    member = doai.db.read_now(queries.member, actor=doai.inspector, member_id=lan)
    assert (member.number, member.name, member.savings) == (1, "Nguyễn Thị Lan", 5_000)


# What is due


def test_who_is_behind(doai: Chapter) -> None:
    """Monday the 19th is the 365th day of the cycle; Mai joined on Sunday."""
    doai.join("Mai", on=TODAY - 2 * DAY)
    doai.sheet("Lan 365.000/365, Hoa 1.000/1", on=TODAY - DAY)
    blank = doai.db.read_now(
        savings.sheet_blank, actor=doai.treasurer, chapter_id=doai.id, pot_id=None, day=TODAY - DAY
    )
    ids = doai.members
    assert blank.members == [
        MemberDue(1, ids["Lan"], "Nguyễn Thị Lan", 365, 365),
        MemberDue(2, ids["Hoa"], "Nguyễn Thị Hoa", 1, 365),
        MemberDue(3, ids["Mai"], "Nguyễn Thị Mai", 0, 2),
    ]
    assert [member.behind for member in blank.members] == [0, 364, 2]
    assert (blank.minimum, blank.period, blank.paid) == (1000, Period.DAY, {1: 365_000, 2: 1_000})


def test_who_gave_that_day_less_what_was_taken_back(doai: Chapter) -> None:
    doai.sheet("Lan 1.000/1")
    doai.sheet("Lan 2.000/2")
    assert paid(doai) == {1: 3_000}
    wrong = doai.sheet("Hoa 1.000/1")
    assert paid(doai) == {1: 3_000, 2: 1_000}
    doai.reverse(wrong)
    assert paid(doai) == {1: 3_000}
    assert paid(doai, TODAY - DAY) == {}


def paid(doai: Chapter, day: date = TODAY) -> dict[int, int]:
    return doai.db.read_now(savings.paid_on, doai.id, doai.pot, day)


# Putting right


def correct(doai: Chapter, who: str, /, by: Actor | None = None, **changes: Any) -> None:
    correction = Correction(**changes, given=frozenset(changes))
    doai.db.write_now(
        actions.correct,
        actor=by or doai.treasurer,
        member_id=doai.members[who],
        correction=correction,
    )


def test_a_name_is_put_right_and_found_under_the_new_one(doai: Chapter) -> None:
    correct(doai, "Lan", name="Nguyễn Thị Đoan", phone="0987654321", next_of_kin="con gái")
    assert told(doai, q="doan") == "1 Nguyễn Thị Đoan 2025-10-20"
    assert told(doai, q="lan") == ""
    lan = doai.members["Lan"]
    member = doai.db.read_now(queries.member, actor=doai.head, member_id=lan)
    assert (member.phone, member.next_of_kin, member.number) == ("0987654321", "con gái", 1)
    keys = doai.db.read_now(
        Tx.rows, "SELECT sort_key FROM person WHERE id = ?", (member.person_id,)
    )
    assert keys[0][0].startswith("d1")


def test_what_is_not_named_stays(doai: Chapter) -> None:
    correct(doai, "Lan", phone="0987654321")
    correct(doai, "Lan", next_of_kin="con gái")
    correct(doai, "Lan", phone=None)
    lan = doai.members["Lan"]
    member = doai.db.read_now(queries.member, actor=doai.head, member_id=lan)
    assert (member.phone, member.next_of_kin) == (None, "con gái")


def test_the_day_she_joined_is_put_right_unless_she_has_lines_before(doai: Chapter) -> None:
    doai.sheet("Lan 1.000/1", on=TODAY - 3 * DAY)
    correct(doai, "Lan", joined_on=TODAY - 3 * DAY)
    correct(doai, "Lan", joined_on=FOUNDED)
    refusal = refused("has_lines_before", correct, doai, "Lan", joined_on=TODAY - 2 * DAY)
    assert isinstance(refusal, Conflict) and refusal.field == "joined_on"
    refused("before_chapter", correct, doai, "Lan", joined_on=FOUNDED - DAY)
    refused("in_future", correct, doai, "Hoa", joined_on=TODAY + DAY)
    assert told(doai, q="1") == "1 Nguyễn Thị Lan 2020-03-08"


def test_a_group_is_put_right(doai: Chapter) -> None:
    group = a_group(doai)
    correct(doai, "Lan", group_id=group)
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    refused("group_unknown", correct, doai, "Lan", group_id=a_group(trung))
    lan = doai.members["Lan"]
    assert doai.db.read_now(queries.member, actor=doai.head, member_id=lan).group_id == group


# Hardship


def needs(doai: Chapter) -> list[tuple[Any, ...]]:
    sql = "SELECT class, year, certificate FROM need_class ORDER BY seq"
    return doai.db.read_now(Tx.rows, sql)


def test_classes_are_entered_with_their_year_and_earlier_ones_stay(doai: Chapter) -> None:
    made = join(doai, need=Need(NeedClass.POOR, 2024, "HN-0042"))
    doai.db.write_now(
        actions.enter_need_class, actor=doai.head, member_id=made.id,
        need=Need(NeedClass.NEAR_POOR, 2026),
    )  # fmt: skip
    assert needs(doai) == [("poor", 2024, "HN-0042"), ("near_poor", 2026, None)]


@pytest.mark.parametrize("year", [1989, 2027])
def test_a_certificate_of_no_possible_year(doai: Chapter, year: int) -> None:
    refused("need_year", join, doai, need=Need(NeedClass.POOR, year))
    refused(
        "need_year", doai.db.write_now, actions.enter_need_class, actor=doai.treasurer,
        member_id=doai.members["Lan"], need=Need(NeedClass.POOR, year),
    )  # fmt: skip
    assert needs(doai) == []
    assert counted(doai.db, "member") == 2


# Whose name and phone it is


def test_an_officers_phone_is_not_her_fellow_officers_to_change(doai: Chapter) -> None:
    """The phone lets her device in: the treasurer must not move an inspector's or the head's."""
    correct(doai, "Lan", phone=A_PHONE)
    office(doai, doai, "Lan")
    refused("identity_held", correct, doai, "Lan", phone="0900000009")
    refused("identity_held", correct, doai, "Lan", name="Nguyễn Thị Khác")
    correct(doai, "Lan", next_of_kin="em gái")  # what is the book's own stays the book's
    correct(doai, "Lan", by=doai.head, phone="0900000009")  # she appoints here


def test_a_member_of_two_chapters_is_not_renamed_by_one(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    correct(doai, "Lan", phone=A_PHONE)
    person = office(doai, trung, "Lan")
    join(trung, person_id=person)
    doai.db.write_now(Tx.run, "UPDATE office SET to_on = ? WHERE person_id = ?", (TODAY, person))
    refused("identity_held", correct, doai, "Lan", name="Nguyễn Thị Đổi")
    left = "UPDATE member SET left_on = ? WHERE chapter_id = ?"
    doai.db.write_now(Tx.run, left, (TODAY, trung.id))
    correct(doai, "Lan", name="Nguyễn Thị Đổi")


def office(doai: Chapter, where: Chapter, name: str) -> str:
    """A member becomes an inspector, here or in another chapter; her person's id."""
    sql = "SELECT person_id FROM member WHERE id = ?"
    person = doai.db.read_now(Tx.rows, sql, (doai.members[name],))[0][0]
    inspector = new_office(person, where.id, Role.INSPECTOR, TODAY)
    doai.db.write_now(Tx.insert, inspector)
    return str(person)
