"""Nobody appoints herself alone, nobody inspects her own book, no code reaches into another's."""

from __future__ import annotations

from typing import Any

import pytest

from app.approvals.actions import Waiting
from app.db.engine import Database
from app.errors import Conflict
from app.offices import actions as offices
from app.offices.actions import Appointed
from app.terms import Role
from tests.actions.seats import (
    NEW_PHONE,
    another_commune,
    appoints,
    ends,
    enters,
    lets_in,
    sat,
    sets_pin,
)
from tests.actions.two_hands import asked_of, signs, state
from tests.story import TODAY, Chapter, a_chapter, refused, sign_in

KEEPERS = (Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER)


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan")


# Herself


@pytest.mark.parametrize("role", [*KEEPERS, Role.INSPECTOR])
def test_a_leader_appoints_herself_only_with_another(doai: Chapter, role: Role) -> None:
    """The office is vacant and not by her hand, and still it takes two."""
    leader = doai.union.leader
    sets_pin(doai.db, leader.person_id)
    ends(doai, doai.union.administrator, role)
    waits = appoints(doai, leader, role, person_id=leader.person_id)
    assert isinstance(waits, Waiting)
    refused("same_person", signs, doai.db, leader, waits)
    assert "leader" not in asked_of(doai).split() and len(asked_of(doai).split()) >= 3
    signs(doai.db, doai.union.provincial, waits)
    assert {o.role for o in doai.db.write_now(sign_in, leader.person_id).offices} == {
        Role.LEADER, role,
    }  # fmt: skip


def test_a_head_who_is_a_member_appoints_herself_only_with_another(doai: Chapter) -> None:
    doai.join("Đào", person_id=doai.head.person_id)
    sets_pin(doai.db, doai.head.person_id)
    ends(doai, doai.union.leader, Role.TREASURER)
    waits = appoints(doai, doai.head, Role.TREASURER, member_id=doai.members["Đào"])
    assert isinstance(waits, Waiting)
    signs(doai.db, doai.deputy, waits)
    assert len(doai.db.write_now(sign_in, doai.head.person_id).offices) == 2


def test_an_administrator_makes_herself_a_leader_only_with_another(doai: Chapter) -> None:
    above = doai.union
    me: dict[str, Any] = {"person_id": above.administrator.person_id}
    waits = appoints(doai, above.administrator, Role.LEADER, unit=above.commune, **me)
    assert isinstance(waits, Waiting)
    refused("same_person", signs, doai.db, above.administrator, waits)
    assert state(doai.db, waits) == "waiting"


def test_who_is_appointed_does_not_sign_for_it(doai: Chapter) -> None:
    sets_pin(doai.db, doai.deputy.person_id)
    waits = appoints(doai, doai.head, Role.TREASURER, person_id=doai.deputy.person_id)
    refused("beneficiary", signs, doai.db, doai.deputy, waits)
    signs(doai.db, doai.union.leader, waits)
    assert sat(doai, Role.TREASURER).endswith("deputy 20/10/2026–")


# Her own inspector


@pytest.mark.parametrize("role", KEEPERS)
def test_the_inspector_does_not_keep_the_book(doai: Chapter, role: Role) -> None:
    inspector: dict[str, Any] = {"person_id": doai.inspector.person_id}
    by = doai.union.leader
    sitting = refused("duties_clash", appoints, doai, by, role, **inspector)
    ends(doai, doai.head if role is not Role.CHAPTER_HEAD else doai.union.administrator, role)
    vacant = refused("duties_clash", appoints, doai, by, role, **inspector)
    assert all(isinstance(one, Conflict) and one.field == "role" for one in (sitting, vacant))


@pytest.mark.parametrize("role", KEEPERS)
def test_who_keeps_the_book_does_not_inspect_it(doai: Chapter, role: Role) -> None:
    keeper = {Role.CHAPTER_HEAD: doai.head, Role.DEPUTY: doai.deputy}.get(role, doai.treasurer)
    refused("duties_clash", appoints, doai, doai.union.leader, Role.INSPECTOR,
            person_id=keeper.person_id)  # fmt: skip
    sets_pin(doai.db, keeper.person_id)
    ends(doai, doai.union.administrator, role)
    made = appoints(doai, doai.union.leader, Role.INSPECTOR, person_id=keeper.person_id)
    assert isinstance(made, Appointed)


def test_she_became_inspector_before_it_was_signed(doai: Chapter) -> None:
    doai.join("Hoa", phone=NEW_PHONE)
    hoa: dict[str, Any] = {"member_id": doai.members["Hoa"]}
    waits = appoints(doai, doai.union.leader, Role.TREASURER, **hoa)
    appoints(doai, doai.head, Role.INSPECTOR, **hoa)
    refused("duties_clash", signs, doai.db, doai.head, waits)
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–"


def test_she_inspects_another_chapter(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    her: dict[str, Any] = {"person_id": doai.treasurer.person_id}
    assert isinstance(appoints(trung, doai.union.leader, Role.INSPECTOR, **her), Appointed)


# A code is as strong as every office it opens


def rises(doai: Chapter) -> Appointed:
    """Sen, member of thôn Đoài, was its inspector and now leads Xã Đoàn Kết; she is not in yet."""
    commune, _ = another_commune(doai)
    doai.join("Sen", phone=NEW_PHONE)
    sen = appoints(doai, doai.head, Role.INSPECTOR, member_id=doai.members["Sen"])
    leads = appoints(doai, doai.union.provincial, Role.LEADER, unit=commune,
                     person_id=sen.person_id)  # fmt: skip
    doai.db.write_now(
        offices.end_office, actor=doai.head, office_id=sen.office_id, on=TODAY, reason="lên xã"
    )
    assert isinstance(leads, Appointed) and leads.person_id == sen.person_id
    return leads


def test_a_lower_hand_gives_no_code_to_a_higher_officer(doai: Chapter) -> None:
    """Else the head could set the first PIN of a commune's leader."""
    made = rises(doai)
    sen: dict[str, Any] = {"member_id": doai.members["Sen"]}
    refusal = refused("enrols_elsewhere", appoints, doai, doai.head, Role.INSPECTOR, **sen)
    assert isinstance(refusal, Conflict) and refusal.field == "person"
    refused("enrols_elsewhere", appoints, doai, doai.union.leader, Role.INSPECTOR, **sen)
    refused("enrols_elsewhere", appoints, doai, doai.head, Role.TREASURER, **sen)
    assert lets_in(doai.db, made.enrol_code) == made.person_id  # her own code still stands


def test_once_she_has_a_pin_a_code_alone_opens_nothing(doai: Chapter) -> None:
    made = rises(doai)
    enters(doai.db, made)
    again = appoints(doai, doai.head, Role.INSPECTOR, member_id=doai.members["Sen"])
    assert isinstance(again, Appointed)
    refused("code_wrong", enters, doai.db, again, "the head's guess")
    enters(doai.db, again, pin=None)  # with her own PIN, which the door has asked


def test_who_reaches_all_her_offices_gives_her_a_code(doai: Chapter) -> None:
    made = rises(doai)
    sen: dict[str, Any] = {"member_id": doai.members["Sen"]}
    again = appoints(doai, doai.union.provincial, Role.INSPECTOR, **sen)
    assert lets_in(doai.db, again.enrol_code) == made.person_id
    assert lets_in(doai.db, made.enrol_code) is None  # a new code voids the one before
