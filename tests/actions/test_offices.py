"""Who sits where: filled by one hand where vacant, by two where somebody sits; never rewritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.approvals.actions import Waiting
from app.db.engine import Database
from app.errors import Conflict, Invalid
from app.offices import actions as offices
from app.offices import queries
from app.offices.actions import Appointed
from app.terms import Office, Role
from tests.actions.seats import (
    NEW_PHONE,
    another_commune,
    appoints,
    begins,
    ends,
    lets_in,
    opens,
    sat,
    seat_of,
    sets_pin,
)
from tests.actions.two_hands import asked_of, last_seal, refuses, sealed, signs, state, tables
from tests.story import (
    DAY,
    FOUNDED,
    TODAY,
    Chapter,
    StoryClock,
    a_chapter,
    counted,
    refused,
    sign_in,
)

KEEPERS = (Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER)
ONE_OF_THEM = pytest.mark.parametrize("role", KEEPERS)
TOMORROW = TODAY + DAY


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan")


# A vacant office


@pytest.mark.parametrize("by", ["administrator", "provincial", "leader", "head"])
def test_a_vacant_office_is_filled_by_one_hand(doai: Chapter, by: str) -> None:
    ends(doai, doai.head if by == "leader" else doai.union.leader, Role.TREASURER)
    appointer = doai.head if by == "head" else getattr(doai.union, by)
    made = appoints(doai, appointer, Role.TREASURER)
    assert isinstance(made, Appointed) and lets_in(doai.db, made.enrol_code) == made.person_id
    (office,) = doai.db.write_now(sign_in, made.person_id).offices
    assert (office.role, office.unit_id) == (Role.TREASURER, doai.id)
    assert counted(doai.db, "approval") == 0
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–20/10/2026, Mới 20/10/2026–"


def test_who_appoints_nobody(doai: Chapter) -> None:
    ends(doai, doai.union.leader, Role.TREASURER)
    for officer in (doai.deputy, doai.inspector):
        refused("not_your_office", appoints, doai, officer, Role.TREASURER)
    _, elsewhere = another_commune(doai)
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    for stranger in (elsewhere, trung.head):
        refused("not_found", appoints, doai, stranger, Role.TREASURER)


def test_a_leader_appoints_below_her_unit_and_not_in_it(doai: Chapter) -> None:
    above = doai.union
    for unit, leader in ((above.commune, above.leader), (above.province, above.provincial)):
        refused("not_found", appoints, doai, leader, Role.LEADER, unit=unit)
    refused("not_found", appoints, doai, above.leader, Role.LEADER, unit=above.province)
    appoints(doai, above.leader, Role.INSPECTOR)
    appoints(doai, above.provincial, Role.LEADER, unit=above.commune)
    appoints(doai, above.administrator, Role.LEADER, unit=above.province)


def test_an_office_where_it_can_be_held(doai: Chapter) -> None:
    above, by = doai.union, doai.union.administrator
    for role in (*KEEPERS, Role.INSPECTOR, Role.ADMINISTRATOR):
        refusal = refused("role_not_here", appoints, doai, by, role, unit=above.commune)
        assert isinstance(refusal, Invalid) and refusal.field == "role"
    for role in (Role.LEADER, Role.ADMINISTRATOR):
        refused("role_not_here", appoints, doai, by, role)


def test_from_when(doai: Chapter) -> None:
    """Not before the unit, not later than a season ahead."""
    season = timedelta(days=90)
    early = refused("before_unit", appoints, doai, doai.head, Role.INSPECTOR, on=FOUNDED - DAY)
    assert early.field == "from" and "08/03/2020" in str(early)
    late = refused(
        "too_far_ahead", appoints, doai, doai.head, Role.INSPECTOR, on=TODAY + season + DAY
    )
    assert late.field == "from" and "90" in str(late)
    for on in (FOUNDED, TODAY, TODAY + season):
        assert isinstance(appoints(doai, doai.head, Role.INSPECTOR, on=on), Appointed)


def test_who_can_be_appointed(doai: Chapter) -> None:
    no_phone: dict[str, Any] = {"member_id": doai.members["Lan"]}
    refusal = refused("phone_needed", appoints, doai, doai.head, Role.INSPECTOR, **no_phone)
    assert refusal.field == "person"
    doai.join("Hoa", phone=NEW_PHONE)
    hoa: dict[str, Any] = {"member_id": doai.members["Hoa"]}
    made = appoints(doai, doai.head, Role.INSPECTOR, **hoa)
    assert isinstance(made, Appointed)
    again = refused("office_already", appoints, doai, doai.head, Role.INSPECTOR, **hoa)
    assert isinstance(again, Conflict)
    her: dict[str, Any] = {"person_id": made.person_id}
    refused("office_already", appoints, doai, doai.union.leader, Role.INSPECTOR, **her)


# Where somebody sits


@ONE_OF_THEM
@pytest.mark.parametrize("by", ["administrator", "leader", "head"])
def test_replacing_waits_for_another(doai: Chapter, role: Role, by: str) -> None:
    before = tables(doai.db)
    waits = appoints(doai, doai.head if by == "head" else getattr(doai.union, by), role)
    assert isinstance(waits, Waiting)
    after = tables(doai.db)
    assert {t for t in after if after[t] != before[t]} == {
        "approval",
        "book",
        "trail",
        "trail_text",
    }
    appointers = ["head", "leader", "provincial", "administrator"]
    if by == "head":
        appointers[0] = "deputy"  # who stands in for her
    assert asked_of(doai).split() == [name for name in appointers if name != by]


@ONE_OF_THEM
def test_two_hands_replace_her(doai: Chapter, role: Role) -> None:
    who = sat(doai, role).split()[0]
    waits = appoints(doai, doai.union.leader, role)
    assert sat(doai, role) == f"{who} 08/03/2020–"
    answer = signs(doai.db, doai.union.administrator, waits)
    assert set(answer) == {"office_id", "person_id", "enrol_code"}
    assert lets_in(doai.db, answer["enrol_code"]) == answer["person_id"]
    assert sat(doai, role) == f"{who} 08/03/2020–20/10/2026, Mới 20/10/2026–"
    seal = last_seal(doai.db, doai.id)
    assert (seal["act"], seal["by"]) == ("office_began", doai.union.administrator.person_id)
    assert seal["facts"]["proposed_by"] == doai.union.leader.person_id


def test_codes_and_people_are_not_kept(doai: Chapter) -> None:
    """The code is shown once: no row holds it. Names and phones are in no sealed byte."""
    waits = appoints(doai, doai.union.leader, Role.TREASURER)
    answer = signs(doai.db, doai.head, waits)
    everything = str(tables(doai.db))
    code = answer["enrol_code"]
    assert code not in everything and code.replace("-", "") not in everything
    assert answer["office_id"] in str(tables(doai.db)["approval"])
    assert not any(word in sealed(doai.db) for word in ("Mới", "Nguyễn", NEW_PHONE, "thôi việc"))


def test_who_is_replaced_is_out_at_once(doai: Chapter) -> None:
    token = begins(doai.db, doai.treasurer.person_id)
    waits = appoints(doai, doai.head, Role.TREASURER)
    assert opens(doai.db, token) == doai.treasurer
    signs(doai.db, doai.deputy, waits)
    assert opens(doai.db, token) is None
    assert doai.db.write_now(sign_in, doai.treasurer.person_id).offices == ()


def test_a_refused_replacement_leaves_her_there(doai: Chapter) -> None:
    waits = appoints(doai, doai.union.leader, Role.TREASURER)
    refuses(doai.db, doai.head, waits, "chị ấy còn làm")
    assert state(doai.db, waits) == "refused"
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–"
    assert counted(doai.db, "person") == counted(doai.db, "office") + 1  # and Lan


def test_somebody_else_sits_there_by_now(doai: Chapter) -> None:
    first = appoints(doai, doai.union.leader, Role.TREASURER)
    second = appoints(
        doai, doai.union.leader, Role.TREASURER, name="Nguyễn Thị Hai", phone=NEW_PHONE
    )
    third = appoints(doai, doai.head, Role.TREASURER, name="Nguyễn Thị Ba", phone=NEW_PHONE)
    above = doai.union.provincial
    signs(doai.db, above, second)
    before = tables(doai.db)
    for waits in (first, third):
        assert isinstance(refused("officer_changed", signs, doai.db, above, waits), Conflict)
    assert tables(doai.db) == before and state(doai.db, first) == "waiting"


def test_nobody_sits_there_by_now(doai: Chapter) -> None:
    waits = appoints(doai, doai.union.leader, Role.TREASURER)
    ends(doai, doai.head, Role.TREASURER)
    refused("officer_changed", signs, doai.db, doai.head, waits)
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–20/10/2026"


@ONE_OF_THEM
def test_whoever_emptied_an_office_does_not_fill_it_alone(doai: Chapter, role: Role) -> None:
    who, leader = sat(doai, role).split()[0], doai.union.leader
    ends(doai, leader, role)
    waits = appoints(doai, leader, role)
    assert isinstance(waits, Waiting)
    refused("same_person", signs, doai.db, leader, waits)
    signs(doai.db, doai.union.administrator, waits)
    assert sat(doai, role) == f"{who} 08/03/2020–20/10/2026, Mới 20/10/2026–"


def test_somebody_filled_it_meanwhile(doai: Chapter) -> None:
    ends(doai, doai.union.leader, Role.TREASURER)
    waits = appoints(doai, doai.union.leader, Role.TREASURER)
    appoints(doai, doai.head, Role.TREASURER, name="Nguyễn Thị Hai", phone=NEW_PHONE)
    refused("officer_changed", signs, doai.db, doai.head, waits)
    assert sat(doai, Role.TREASURER).count(",") == 1


# Ending


def test_an_office_ends_and_her_sessions_with_it(doai: Chapter) -> None:
    token = begins(doai.db, doai.deputy.person_id)
    assert opens(doai.db, token) == doai.deputy
    ends(doai, doai.head, Role.DEPUTY)
    assert opens(doai.db, token) is None
    seal = last_seal(doai.db, doai.id)
    assert (seal["act"], seal["by"]) == ("office_ended", doai.head.person_id)
    assert set(seal["texts"]) == {"reason"}


def test_one_of_two_offices_ends(doai: Chapter) -> None:
    person = doai.union.leader.person_id
    sets_pin(doai.db, person)
    appoints(doai, doai.union.provincial, Role.INSPECTOR, person_id=person)
    token = begins(doai.db, person)
    office = next(o.id for o in opens_as(doai, token) if o.role is Role.INSPECTOR)
    doai.db.write_now(offices.end_office, actor=doai.head, office_id=office, on=TODAY, reason="x")
    assert [o.role for o in opens_as(doai, token)] == [Role.LEADER]


def opens_as(doai: Chapter, token: str) -> tuple[Office, ...]:
    actor = opens(doai.db, token)
    assert actor is not None
    return actor.offices


def test_an_office_ends_on_a_day_it_was_held(doai: Chapter) -> None:
    refused("in_future", ends, doai, doai.head, Role.DEPUTY, TOMORROW)
    refusal = refused("before_office", ends, doai, doai.head, Role.DEPUTY, FOUNDED - DAY)
    assert refusal.field == "on" and "08/03/2020" in str(refusal)
    office = seat_of(doai, Role.DEPUTY)
    ends(doai, doai.head, Role.DEPUTY)
    again = {"actor": doai.head, "office_id": office, "on": TODAY, "reason": "x"}
    refused("office_ended", doai.db.write_now, offices.end_office, **again)


def test_who_ends_no_office(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    for officer in (doai.treasurer, doai.deputy, doai.inspector):
        refused("not_your_office", ends, doai, officer, Role.TREASURER)
    for stranger in (trung.head, another_commune(doai)[1]):
        refused("not_found", ends, doai, stranger, Role.TREASURER)


def test_history_stays(doai: Chapter, clock: StoryClock) -> None:
    """
    20/10  the treasurer is replaced by Mới
    21/10  Mới leaves; nobody has the book
    22/10  Hai takes it over
    """
    signs(doai.db, doai.head, appoints(doai, doai.union.leader, Role.TREASURER))
    clock.tell(TOMORROW)
    ends(doai, doai.union.leader, Role.TREASURER)
    clock.tell(TODAY + 2 * DAY)
    appoints(doai, doai.head, Role.TREASURER, name="Nguyễn Thị Hai", phone=NEW_PHONE)
    assert sat(doai, Role.TREASURER) == (
        "treasurer 08/03/2020–20/10/2026, Mới 20/10/2026–21/10/2026, Hai 22/10/2026–"
    )
    told = doai.db.read_now(queries.offices_of_unit, actor=doai.head, unit_id=doai.id)
    assert [o.to_on for o in told if o.role == "treasurer"] == ["2026-10-20", "2026-10-21", None]
