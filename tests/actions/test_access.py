"""Who may do what, how far an office reaches, and how people come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.access import actions as access
from app.access import keyring, queries
from app.access.rules import code_digest, digest
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import NotAllowed, NotFound, NotSignedIn
from app.ledger.receipts import EntryPosted
from app.members import actions as members
from app.members import queries as member_queries
from app.members.rules import Correction, Need, NewMember
from app.mending import actions as mending
from app.offices import actions as offices
from app.offices import queries as office_queries
from app.offices.actions import Appointed, Appointee
from app.reports import queries as reports
from app.reports import trail as trail_reports
from app.savings import actions as savings
from app.savings import queries as saving_queries
from app.savings import sheets as saving_sheets
from app.terms import Actor, BelongsTo, Kept, Level, NeedClass, PotKind, Role
from app.union import actions as union
from app.union import queries as union_queries
from tests.story import (
    A_PHONE,
    DAY,
    FOUNDED,
    TODAY,
    Chapter,
    StoryClock,
    a_chapter,
    a_ticket,
    appointed,
    counted,
    refused,
    sign_in,
    tidy,
)

Act = Callable[[Tx, Actor], Any]


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


# Who may do what


class Undone(Exception):
    """Takes an attempt back, so that the next one finds the book as it was."""


def answer(db: Database, act: Act, actor: Actor) -> str:
    """`yes`, or the door's status for the refusal: `403` another office, `404` out of reach."""

    def attempt(tx: Tx) -> None:
        act(tx, actor)
        raise Undone

    try:
        db.write_now(attempt)
    except Undone:
        return "yes"
    except NotAllowed:
        return "403"
    except NotFound:
        return "404"


def acts_on(doai: Chapter, sheet: EntryPosted) -> dict[str, Act]:
    """Everything that needs an office, on one chapter."""
    here, lan = doai.id, doai.members["Lan"]
    new = NewMember(name="Nguyễn Thị Mới", joined_on=TODAY)
    fix = Correction(name="Nguyễn Thị Sửa", given=frozenset({"name"}))
    appointment = {"role": Role.INSPECTOR, "on": TODAY, "who": Appointee(name="A", phone=A_PHONE),
                   "code_hours": 1}  # fmt: skip
    group = {"name": "Tổ 1", "level": Level.GROUP, "from_on": TODAY}
    pot = {"kind": PotKind.PIG, "name": "lợn", "kept": Kept.CHAPTER, "belongs_to": BelongsTo.MEMBER,
           "opened_on": TODAY, "next_breaking_on": None}  # fmt: skip
    one = doai.lines("Lan 1.000/1")
    r, m, s = reports, members, savings
    return {
        "record a sheet": lambda tx, a: s.post_sheet(
            tx, actor=a, chapter_id=here, pot_id=doai.pot, day=TODAY, lines=one,
            ticket=a_ticket(None)),
        "take back": lambda tx, a: mending.reverse(
            tx, actor=a, entry_id=sheet.id, line_ids=(), reason="nhầm", ticket=a_ticket(None)),
        "open a pot": lambda tx, a: s.open_pot(tx, actor=a, chapter_id=here, **pot),
        "enter a member": lambda tx, a: m.join(tx, actor=a, chapter_id=here, new=new),
        "correct a member": lambda tx, a: m.correct(tx, actor=a, member_id=lan, correction=fix),
        "enter a need class": lambda tx, a: m.enter_need_class(
            tx, actor=a, member_id=lan, need=Need(NeedClass.POOR, 2026)),
        "read pots": lambda tx, a: saving_queries.pots(tx, actor=a, chapter_id=here),
        "read sheets": lambda tx, a: saving_sheets.sheets(tx, actor=a, chapter_id=here),
        "read a sheet": lambda tx, a: saving_sheets.sheet(tx, actor=a, entry_id=sheet.id),
        "read members": lambda tx, a: member_queries.members(tx, actor=a, chapter_id=here),
        "read a member": lambda tx, a: member_queries.member(tx, actor=a, member_id=lan),
        "read a balance": lambda tx, a: r.balance(tx, actor=a, member_id=lan),
        "read a statement": lambda tx, a: r.statement(tx, actor=a, member_id=lan),
        "read the trail": lambda tx, a: trail_reports.records(
            tx, actor=a, chapter_id=here, after_seq=0, limit=1),
        "read the head": lambda tx, a: trail_reports.head(tx, actor=a, chapter_id=here),
        "appoint": lambda tx, a: offices.appoint(tx, actor=a, unit_id=here, **appointment),
        "read offices": lambda tx, a: office_queries.offices_of_unit(tx, actor=a, unit_id=here),
        "create a group": lambda tx, a: union.create_unit(tx, actor=a, parent_id=here, **group),
        "read the unit": lambda tx, a: union_queries.unit(tx, actor=a, unit_id=here),
        "move the chapter": lambda tx, a: union.move_unit(
            tx, actor=a, unit_id=here, parent_id=doai.union.province, from_on=TODAY, reason="nhập"),
    }  # fmt: skip


def test_who_may_do_what(doai: Chapter) -> None:
    """What is out of reach is answered as if it were not there (404, like what is missing)."""
    sheet = doai.sheet("Lan 1.000/1")
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    above = doai.union
    officers = (doai.treasurer, doai.head, doai.deputy, doai.inspector)
    leaders = (above.leader, above.provincial, above.administrator)
    strangers = (trung.treasurer, other_commune(doai), Actor(trung.treasurer.person_id, None))
    told = "\n".join(
        " | ".join(
            [name, *(" ".join(answer(doai.db, act, actor) for actor in group)
                     for group in (officers, leaders, strangers))]
        )
        for name, act in acts_on(doai, sheet).items()
    )  # fmt: skip
    assert (
        told
        == tidy("""
        record a sheet     | yes yes yes 403 | 403 403 403 | 404 404 404
        take back          | yes 403 403 403 | 404 404 404 | 404 404 404
        open a pot         | yes yes yes 403 | 403 403 403 | 404 404 404
        enter a member     | yes yes yes 403 | 403 403 403 | 404 404 404
        correct a member   | yes yes yes 403 | 404 404 404 | 404 404 404
        enter a need class | yes yes yes 403 | 404 404 404 | 404 404 404
        read pots          | yes yes yes yes | 403 403 403 | 404 404 404
        read sheets        | yes yes yes yes | 403 403 403 | 404 404 404
        read a sheet       | yes yes yes yes | 404 404 404 | 404 404 404
        read members       | yes yes yes yes | 403 403 403 | 404 404 404
        read a member      | yes yes yes yes | 404 404 404 | 404 404 404
        read a balance     | yes yes yes yes | 404 404 404 | 404 404 404
        read a statement   | yes yes yes yes | 404 404 404 | 404 404 404
        read the trail     | yes yes yes yes | yes yes 403 | 404 404 404
        read the head      | yes yes yes yes | yes yes 403 | 404 404 404
        appoint            | 403 yes 403 403 | yes yes yes | 404 404 404
        read offices       | 403 yes yes 403 | yes yes yes | 404 404 404
        create a group     | 403 403 403 403 | yes yes yes | 404 404 404
        read the unit      | 403 403 403 403 | yes yes yes | 404 404 404
        move the chapter   | 403 403 403 403 | 403 403 yes | 404 404 404
    """)
    )  # treasurer head deputy inspector | commune province admin | other chapter, commune, nobody


def other_commune(doai: Chapter) -> Actor:
    """A leader of a commune that has nothing to do with the chapter."""
    commune = doai.db.write_now(
        union.create_unit, actor=doai.union.provincial, name="Xã Đoàn Kết", level=Level.COMMUNE,
        parent_id=doai.union.province, from_on=FOUNDED,
    )  # fmt: skip
    return doai.db.write_now(appointed, doai.union.provincial, commune, Role.LEADER)


def test_foreign_and_missing_are_the_same_answer(doai: Chapter) -> None:
    sheet = doai.sheet("Lan 1.000/1")
    stranger = other_commune(doai)

    def asked(entry_id: str, actor: Actor) -> tuple[str, str]:
        read, sheet_of = doai.db.read_now, saving_sheets.sheet
        refusal = refused("not_found", read, sheet_of, actor=actor, entry_id=entry_id)
        return type(refusal).__name__, str(refusal)

    missing = "0197a000-0000-7000-8000-000000000000"
    assert asked(sheet.id, stranger) == asked(missing, stranger) == asked(missing, doai.treasurer)


def test_an_office_ends_and_its_reach_with_it(doai: Chapter, clock: StoryClock) -> None:
    person = doai.treasurer.person_id
    doai.sheet("Lan 1.000/1", by=doai.db.write_now(sign_in, person))
    sql = "UPDATE office SET to_on = ? WHERE person_id = ?"
    doai.db.write_now(Tx.run, sql, (TODAY + DAY, person))
    assert doai.db.write_now(sign_in, person).offices  # to the last day
    clock.tell(TODAY + DAY)
    later = doai.db.write_now(sign_in, person)
    assert later.offices == ()
    refused("not_found", doai.sheet, "Lan 1.000/1", by=later)


def test_an_office_begins_on_its_day(doai: Chapter, clock: StoryClock) -> None:
    made = appoint(doai, Role.INSPECTOR, on=TODAY + DAY)
    assert doai.db.write_now(sign_in, made.person_id).offices == ()
    clock.tell(TODAY + DAY)
    (office,) = doai.db.write_now(sign_in, made.person_id).offices
    assert (office.id, office.role, office.unit_id) == (made.office_id, Role.INSPECTOR, doai.id)


def test_two_offices_reach_as_far_as_each(doai: Chapter) -> None:
    """The commune's leader is also the chapter's inspector: she reads the book and the unit."""
    person = doai.union.leader.person_id
    by = doai.union.administrator
    appoint(doai, Role.INSPECTOR, by=by, person_id=person, name=None)
    both = doai.db.write_now(sign_in, person)
    doai.db.read_now(saving_queries.pots, actor=both, chapter_id=doai.id)
    doai.db.read_now(union_queries.unit, actor=both, unit_id=doai.id)
    refused("not_your_office", doai.sheet, "Lan 1.000/1", by=both)


def test_a_leaders_reach_follows_the_tree(doai: Chapter) -> None:
    stranger = other_commune(doai)
    (office,) = stranger.offices
    refused("not_found", read_unit, doai, stranger)
    doai.db.write_now(
        union.move_unit, actor=doai.union.administrator, unit_id=doai.id,
        parent_id=office.unit_id, from_on=TODAY, reason="nhập xã",
    )  # fmt: skip
    read_unit(doai, stranger)
    refused("not_found", read_unit, doai, doai.union.leader)
    read_unit(doai, doai.union.provincial)


def read_unit(doai: Chapter, actor: Actor) -> None:
    doai.db.read_now(union_queries.unit, actor=actor, unit_id=doai.id)


# Appointing


def appoint(
    doai: Chapter, role: Role, *, by: Actor | None = None, unit: str = "", on: date = TODAY,
    **who: Any,
) -> Appointed | Waiting:  # fmt: skip
    more = {"name": "Nguyễn Thị Mới", "phone": A_PHONE} | who
    return doai.db.write_now(
        offices.appoint, actor=by or doai.union.leader, unit_id=unit or doai.id, role=role, on=on,
        code_hours=24, who=Appointee(**more),
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER])
def test_a_sitting_officer_is_replaced_by_two_signatures(doai: Chapter, role: Role) -> None:
    assert isinstance(appoint(doai, role), Waiting)
    sql = "UPDATE office SET to_on = ? WHERE unit_id = ? AND role = ?"
    doai.db.write_now(Tx.run, sql, (TODAY, doai.id, role.value))
    assert isinstance(appoint(doai, role), Appointed)
    assert isinstance(appoint(doai, role, name="Nguyễn Thị Khác"), Waiting)


def test_inspectors_may_be_several(doai: Chapter) -> None:
    appoint(doai, Role.INSPECTOR)
    appoint(doai, Role.INSPECTOR)


def test_nobody_is_taken_for_another_by_her_phone(doai: Chapter) -> None:
    """A mother and a daughter share a phone; they stay two people."""
    first, second = appoint(doai, Role.INSPECTOR), appoint(doai, Role.INSPECTOR)
    assert first.person_id != second.person_id


def test_a_leader_appoints_below_her_own_unit(doai: Chapter) -> None:
    above = doai.union
    refused("not_found", appoint, doai, Role.LEADER, unit=above.commune)
    refused("not_found", appoint, doai, Role.LEADER, unit=above.province)
    appoint(doai, Role.LEADER, by=above.provincial, unit=above.commune)
    appoint(doai, Role.ADMINISTRATOR, by=above.administrator, unit=above.root)
    refused("role_not_here", appoint, doai, Role.ADMINISTRATOR, unit=above.commune,
            by=above.administrator)  # fmt: skip


def test_a_head_appoints_in_her_own_chapter(doai: Chapter) -> None:
    appoint(doai, Role.INSPECTOR, by=doai.head)
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    refused("not_found", appoint, doai, Role.INSPECTOR, by=doai.head, unit=trung.id)


def test_a_member_is_appointed_as_the_person_she_is(doai: Chapter) -> None:
    lan = doai.members["Lan"]
    refused("phone_needed", appoint, doai, Role.INSPECTOR, name=None, member_id=lan)
    phone = Correction(phone=A_PHONE, given=frozenset({"phone"}))
    doai.db.write_now(members.correct, actor=doai.treasurer, member_id=lan, correction=phone)
    made = appoint(doai, Role.INSPECTOR, name=None, member_id=lan)
    sql = "SELECT person_id FROM member WHERE id = ?"
    assert doai.db.read_now(Tx.rows, sql, (lan,)) == [(made.person_id,)]
    refused("office_already", appoint, doai, Role.INSPECTOR, name=None, person_id=made.person_id)


def test_people_of_elsewhere_are_unknown(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    outside = other_commune(doai)
    for who in (
        {"member_id": trung.members["Cúc"]},
        {"person_id": outside.person_id},  # an officer, out of the leader's reach
        {"person_id": doai.id},
        {},
    ):
        refusal = refused("person_unknown", appoint, doai, Role.INSPECTOR, name=None, **who)
        assert refusal.field == "person"
    # one of her own commune is known to the leader, though not to the chapter's head
    officer = {"person_id": trung.treasurer.person_id}
    appoint(doai, Role.INSPECTOR, name=None, **officer)
    refused("person_unknown", appoint, doai, Role.INSPECTOR, name=None, by=doai.head,
            person_id=trung.deputy.person_id)  # fmt: skip


# Setting up


def set_up(db: Database, token: str) -> access.EnrolledDevice:
    return db.write_now(
        access.set_up, setup_token=token, name="Nguyễn Thị Quản", phone=A_PHONE,
        pin_hash="hash", label="máy",
    )  # fmt: skip


def test_the_first_administrator(db: Database) -> None:
    made = db.write_now(access.initialise)
    device = set_up(db, made.setup_token)
    (office,) = db.write_now(sign_in, device.person_id).offices
    assert (office.role, office.unit_id, office.level) == (
        Role.ADMINISTRATOR, made.root_unit_id, Level.CENTRAL,
    )  # fmt: skip
    known = db.read_now(keyring.known_device, digest(device.device_token))
    assert known is not None and known.person_id == device.person_id
    assert known.pin_hash == "hash"


def test_a_setup_token_is_good_once(db: Database) -> None:
    token = db.write_now(access.initialise).setup_token
    set_up(db, token)
    assert isinstance(refused("setup_token_wrong", set_up, db, token), NotSignedIn)
    assert counted(db, "office") == 1


@pytest.mark.parametrize(("minutes", "good"), [(29, True), (30, False), (3000, False)])
def test_a_setup_token_is_good_for_half_an_hour(
    db: Database, clock: StoryClock, minutes: int, good: bool
) -> None:
    token = db.write_now(access.initialise).setup_token
    clock.wait(minutes=minutes)
    if good:
        set_up(db, token)
    else:
        refused("setup_token_wrong", set_up, db, token)


def test_a_wrong_setup_token(db: Database) -> None:
    refused("setup_token_wrong", set_up, db, "before anything is there")
    db.write_now(access.initialise)
    refused("setup_token_wrong", set_up, db, "wrong")
    assert counted(db, "person") == 0


def test_only_an_empty_database_is_begun(db: Database) -> None:
    set_up(db, db.write_now(access.initialise).setup_token)
    refused("not_empty", db.write_now, access.initialise)


def test_tokens_and_codes_are_kept_as_hashes_only(doai: Chapter) -> None:
    made = appoint(doai, Role.INSPECTOR)
    device = enrol(doai, made)
    token = doai.db.write_now(
        access.begin_session, person_id=made.person_id, device_id=None, hours=1
    )
    columns = {"setup_token": "token_hash", "enrolment": "code_hash", "device": "token_hash",
               "session": "token_hash"}  # fmt: skip
    stored = b"".join(
        bytes(value)
        for table, column in columns.items()
        for (value,) in doai.db.read_now(Tx.rows, f"SELECT {column} FROM {table}")
    )
    for secret in (doai.union.setup_token, made.enrol_code, device.device_token, token):
        assert secret.encode() not in stored
        assert secret.replace("-", "").encode() not in stored


# Letting a device in


def enrol(
    doai: Chapter, made: Appointed, *, code: str = "", pin: str | None = "hash"
) -> access.EnrolledDevice:
    return doai.db.write_now(
        access.enrol_device, enrol_code=code or made.enrol_code, person_id=made.person_id,
        new_pin_hash=pin, label="máy của chị",
    )  # fmt: skip


def pin_of(doai: Chapter, person_id: str) -> Any:
    return doai.db.read_now(Tx.rows, "SELECT pin_hash FROM person WHERE id = ?", (person_id,))[0][0]


def test_a_code_lets_one_device_in(doai: Chapter) -> None:
    made = appoint(doai, Role.INSPECTOR)
    holder = doai.db.read_now(keyring.holder_of_code, code_digest(made.enrol_code))
    assert holder == keyring.CodeHolder(made.person_id, A_PHONE, None)
    device = enrol(doai, made)
    assert device.person_id == made.person_id
    assert pin_of(doai, made.person_id) == "hash"
    assert doai.db.read_now(keyring.holder_of_code, code_digest(made.enrol_code)) is None
    assert isinstance(refused("code_wrong", enrol, doai, made, pin=None), NotSignedIn)
    assert counted(doai.db, "device") == 2


def test_a_code_is_typed_as_people_type(doai: Chapter) -> None:
    made = appoint(doai, Role.INSPECTOR)
    enrol(doai, made, code=made.enrol_code.lower().replace("-", " "))


@pytest.mark.parametrize(("hours", "good"), [(23, True), (24, False), (240, False)])
def test_a_code_is_good_for_its_hours(
    doai: Chapter, clock: StoryClock, hours: int, good: bool
) -> None:
    made = appoint(doai, Role.INSPECTOR)
    clock.wait(minutes=hours * 60)
    held = doai.db.read_now(keyring.holder_of_code, code_digest(made.enrol_code))
    assert (held is not None) is good
    if good:
        enrol(doai, made)
    else:
        refused("code_wrong", enrol, doai, made)


def test_a_code_is_hers_alone(doai: Chapter) -> None:
    made, other = appoint(doai, Role.INSPECTOR), appoint(doai, Role.INSPECTOR)
    refused("code_wrong", enrol, doai, made, code=other.enrol_code)
    refused("code_wrong", enrol, doai, made, code="wrong")
    enrol(doai, made)


def test_enrolling_never_replaces_a_pin(doai: Chapter) -> None:
    """Two officers with codes for one phone: who comes second cannot take the PIN over."""
    first = appoint(doai, Role.INSPECTOR)
    enrol(doai, first, pin="hers")
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    second = appoint(trung, Role.INSPECTOR, name=None, person_id=first.person_id)
    refused("code_wrong", enrol, doai, second, pin="another's")
    assert pin_of(doai, first.person_id) == "hers"
    enrol(doai, second, pin=None)  # she knows her PIN: a second device, the same PIN
    assert pin_of(doai, first.person_id) == "hers"
    assert counted(doai.db, "device") == 3


def test_a_new_code_voids_the_one_before(doai: Chapter) -> None:
    """Who kept an old code cannot set the first PIN of somebody who since rose higher."""
    first = appoint(doai, Role.INSPECTOR, by=doai.head)
    above = appoint(doai, Role.LEADER, name=None, person_id=first.person_id,
                    by=doai.union.provincial, unit=doai.union.commune)  # fmt: skip
    refused("code_wrong", enrol, doai, first, pin="the head's")
    enrol(doai, above, pin="hers")


def test_a_person_without_an_office_has_no_device(doai: Chapter) -> None:
    person = doai.db.write_now(access.add_person, name="Nguyễn Thị Không", phone=A_PHONE)
    refused("code_wrong", enrol, doai, Appointed("", person, "AAAAA-AAAAA"))


def test_a_revoked_device_is_unknown(doai: Chapter) -> None:
    device = enrol(doai, appoint(doai, Role.INSPECTOR))
    assert doai.db.read_now(keyring.known_device, digest(device.device_token))
    assert doai.db.read_now(keyring.known_device, digest("another")) is None
    doai.db.write_now(Tx.run, "UPDATE device SET revoked_at = 1")
    assert doai.db.read_now(keyring.known_device, digest(device.device_token)) is None


# Sessions


def begin(doai: Chapter, hours: int = 12) -> str:
    person = doai.treasurer.person_id
    return doai.db.write_now(access.begin_session, person_id=person, device_id=None, hours=hours)


def actor_of(doai: Chapter, token: str) -> Actor | None:
    return doai.db.read_now(queries.actor_of_session, digest(token))


def test_a_session_stands_for_a_person_and_her_offices(doai: Chapter) -> None:
    assert actor_of(doai, begin(doai)) == doai.treasurer
    assert actor_of(doai, "a guess") is None


def test_signing_out_ends_one_session(doai: Chapter) -> None:
    one, other = begin(doai), begin(doai)
    doai.db.write_now(access.end_session, token=one)
    assert actor_of(doai, one) is None
    assert actor_of(doai, other) is not None


def test_a_session_does_not_last_for_ever(doai: Chapter, clock: StoryClock) -> None:
    token = begin(doai, hours=12)
    clock.wait(minutes=12 * 60 - 1)
    assert actor_of(doai, token) is not None
    clock.wait(minutes=1)
    assert actor_of(doai, token) is None


def test_names_are_shown_with_offices(doai: Chapter) -> None:
    held = doai.db.read_now(queries.my_offices, doai.treasurer.person_id)
    assert [(o.role, o.unit_name, o.person_name) for o in held] == [
        ("treasurer", "Chi hội thôn Đoài", "Nguyễn Thị treasurer")
    ]
    assert doai.db.read_now(queries.person_name, doai.id) == ""


def test_a_lost_setup_token_is_made_anew_until_somebody_used_one(db: Database) -> None:
    lost = db.write_now(access.initialise)
    again = db.write_now(access.initialise)
    assert again.root_unit_id == lost.root_unit_id
    refused("setup_token_wrong", set_up, db, lost.setup_token)
    set_up(db, again.setup_token)
    refused("not_empty", db.write_now, access.initialise)
