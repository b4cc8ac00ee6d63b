"""A forgotten PIN and a lock: asked for by one, signed by another, opening nothing old."""

from __future__ import annotations

from typing import Any

import pytest

from app.access import attempts
from app.access.keyring import known_device
from app.access.rules import LOCKS_AT, digest
from app.access.signing import account_subjects
from app.config import Settings
from app.db.engine import Database
from app.db.tx import Tx
from app.offices.actions import Appointed
from app.terms import Role
from tests.actions.seats import (
    another_commune,
    appoints,
    asks_in,
    begins,
    ends,
    enters,
    lets_in,
    opens,
)
from tests.actions.two_hands import asked_of, last_seal, refuses, sealed, signs, state, tables
from tests.story import Chapter, StoryClock, a_chapter, counted, refused

KINDS = pytest.mark.parametrize("kind", ["pin_reset", "unlock"])
REASON = "Bà Hiền quên mã"


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan")


@pytest.fixture
def hien(doai: Chapter) -> Appointed:
    """Inspector of thôn Đoài; not in yet."""
    made = appoints(doai, doai.head, Role.INSPECTOR)
    assert isinstance(made, Appointed)
    return made


def pin_of(doai: Chapter, person_id: str) -> str | None:
    sql = "SELECT pin_hash FROM person WHERE id = ?"
    found: str | None = doai.db.read_now(Tx.rows, sql, (person_id,))[0][0]
    return found


# A new PIN


def test_what_waits_changes_nothing_of_hers(doai: Chapter, hien: Appointed) -> None:
    device, token = enters(doai.db, hien), begins(doai.db, hien.person_id)
    before = tables(doai.db)
    waits = asks_in(doai, doai.treasurer, hien.person_id)
    after = tables(doai.db)
    assert {t for t in after if after[t] != before[t]} == {
        "approval",
        "book",
        "trail",
        "trail_text",
    }
    refuses(doai.db, doai.head, waits)
    assert pin_of(doai, hien.person_id) == "her PIN"
    assert opens(doai.db, token) and known(doai, device.device_token)


def known(doai: Chapter, device_token: str) -> bool:
    return doai.db.read_now(known_device, digest(device_token)) is not None


def test_two_reset_a_pin(doai: Chapter, hien: Appointed) -> None:
    """No PIN, no device, no session of before is left; a new code begins anew."""
    device, token = enters(doai.db, hien), begins(doai.db, hien.person_id)
    waits = asks_in(doai, doai.treasurer, hien.person_id)
    answer = signs(doai.db, doai.head, waits)
    assert set(answer) == {"person_id", "enrol_code"} and answer["person_id"] == hien.person_id
    assert pin_of(doai, hien.person_id) is None
    assert opens(doai.db, token) is None and not known(doai, device.device_token)
    assert lets_in(doai.db, answer["enrol_code"]) == hien.person_id
    seal = last_seal(doai.db, doai.id)
    assert (seal["act"], seal["by"]) == ("pin_reset", doai.head.person_id)
    assert seal["facts"]["proposed_by"] == doai.treasurer.person_id
    new = enters(doai.db, Appointed("", hien.person_id, answer["enrol_code"]), "a new PIN")
    assert known(doai, new.device_token) and pin_of(doai, hien.person_id) == "a new PIN"


def test_others_are_not_touched(doai: Chapter, hien: Appointed) -> None:
    token = begins(doai.db, doai.inspector.person_id)
    signs(doai.db, doai.head, asks_in(doai, doai.treasurer, hien.person_id))
    assert opens(doai.db, token) == doai.inspector


def test_a_code_of_before_is_void(doai: Chapter, hien: Appointed) -> None:
    signs(doai.db, doai.head, asks_in(doai, doai.treasurer, hien.person_id))
    assert lets_in(doai.db, hien.enrol_code) is None
    refused("code_wrong", enters, doai.db, hien)


@KINDS
def test_the_new_code_is_not_kept(doai: Chapter, hien: Appointed, kind: str) -> None:
    waits = asks_in(doai, doai.treasurer, hien.person_id, kind, REASON)
    code = signs(doai.db, doai.head, waits)["enrol_code"]
    everything = str(tables(doai.db))
    assert code not in everything and code.replace("-", "") not in everything
    assert "Hiền" in everything and "Hiền" not in sealed(doai.db)


# A lock


def guesses(doai: Chapter, house: Settings, person_id: str) -> None:
    counted = account_subjects(house.pepper, person_id, None)
    doai.db.write_now(attempts.count, counted=counted)


def locked_out(doai: Chapter, house: Settings, clock: StoryClock, person_id: str) -> None:
    for _ in range(LOCKS_AT):
        guesses(doai, house, person_id)
        clock.wait(minutes=60)
    refused("locked", guesses, doai, house, person_id)


def test_two_lift_a_lock(
    doai: Chapter, hien: Appointed, house: Settings, clock: StoryClock
) -> None:
    """She knows her PIN: her device and her PIN stay, and she may guess again."""
    device, token = enters(doai.db, hien), begins(doai.db, hien.person_id)
    locked_out(doai, house, clock, hien.person_id)
    waits = asks_in(doai, doai.treasurer, hien.person_id, "unlock")
    refused("locked", guesses, doai, house, hien.person_id)
    answer = signs(doai.db, doai.head, waits)
    guesses(doai, house, hien.person_id)
    assert pin_of(doai, hien.person_id) == "her PIN"
    assert known(doai, device.device_token) and opens(doai.db, token)
    assert lets_in(doai.db, answer["enrol_code"]) == hien.person_id
    assert last_seal(doai.db, doai.id)["act"] == "unlocked"


def test_a_lock_of_another_stays(
    doai: Chapter, hien: Appointed, house: Settings, clock: StoryClock
) -> None:
    locked_out(doai, house, clock, doai.deputy.person_id)
    signs(doai.db, doai.head, asks_in(doai, doai.treasurer, hien.person_id, "unlock"))
    refused("locked", guesses, doai, house, doai.deputy.person_id)


# Who asks, who signs


@KINDS
def test_who_may_ask(doai: Chapter, hien: Appointed, kind: str) -> None:
    above = doai.union
    trung = a_chapter(doai.db, "", under=above, name="Chi hội thôn Trung")
    for officer in (doai.inspector, above.administrator):
        refused("not_your_office", asks_in, doai, officer, hien.person_id, kind)
    for stranger in (trung.treasurer, trung.head, another_commune(doai)[1]):
        refused("not_found", asks_in, doai, stranger, hien.person_id, kind)
    for n, officer in enumerate((doai.treasurer, doai.head, doai.deputy, above.leader)):
        asks_in(doai, officer, hien.person_id, kind, f"lý do {n}")
    assert counted(doai.db, "approval") == 4


@KINDS
def test_who_signs(doai: Chapter, hien: Appointed, kind: str) -> None:
    waits = asks_in(doai, doai.treasurer, hien.person_id, kind)
    assert asked_of(doai) == "head deputy"
    refused("same_person", signs, doai.db, doai.treasurer, waits)
    for other in (doai.inspector, doai.union.leader, doai.union.administrator):
        refused("not_signer", signs, doai.db, other, waits)
    signs(doai.db, doai.deputy, waits)
    assert state(doai.db, waits) == "done"


@KINDS
def test_she_does_not_sign_for_herself(doai: Chapter, kind: str) -> None:
    waits = asks_in(doai, doai.treasurer, doai.head.person_id, kind)
    assert asked_of(doai) == "deputy"
    refused("beneficiary", signs, doai.db, doai.head, waits)
    own = asks_in(doai, doai.head, doai.head.person_id, kind, "tự tôi quên")
    refused("same_person", signs, doai.db, doai.head, own)


@KINDS
def test_the_heads_own_where_there_is_no_deputy(doai: Chapter, kind: str) -> None:
    ends(doai, doai.head, Role.DEPUTY)
    waits = asks_in(doai, doai.treasurer, doai.head.person_id, kind)
    assert asked_of(doai) == "leader provincial administrator"
    signs(doai.db, doai.union.leader, waits)


def test_a_leaders_own_pin_is_signed_above(doai: Chapter) -> None:
    above = doai.union
    waits = asks_in(doai, above.provincial, above.leader.person_id)
    assert asked_of(doai) == "administrator"
    signs(doai.db, above.administrator, waits)
    assert last_seal(doai.db, above.root)["act"] == "pin_reset"


def test_nobody_without_an_office_has_a_pin_to_reset(doai: Chapter) -> None:
    sql = "SELECT person_id FROM member WHERE id = ?"
    ((lan,),) = doai.db.read_now(Tx.rows, sql, (doai.members["Lan"],))
    refused("not_found", asks_in, doai, doai.treasurer, lan)
    refused("not_found", asks_in, doai, doai.treasurer, doai.id)


@KINDS
def test_her_offices_elsewhere_are_out_of_a_chapters_reach(doai: Chapter, kind: str) -> None:
    """Her PIN opens the neighbours' book too: only who reaches both may ask."""
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    her: dict[str, Any] = {"person_id": doai.inspector.person_id}
    asks_in(doai, doai.treasurer, doai.inspector.person_id, kind, "trước đó")
    appoints(trung, doai.union.leader, Role.INSPECTOR, **her)
    for officer in (doai.treasurer, doai.head, trung.treasurer, trung.head):
        refused("not_found", asks_in, doai, officer, her["person_id"], kind)
    asks_in(doai, doai.union.leader, her["person_id"], kind)


@KINDS
def test_a_leader_who_inspects_a_chapter_is_out_of_its_reach(doai: Chapter, kind: str) -> None:
    leader = doai.union.leader
    appoints(doai, doai.union.provincial, Role.INSPECTOR, person_id=leader.person_id)
    for officer in (doai.treasurer, doai.head, doai.deputy):
        refused("not_found", asks_in, doai, officer, leader.person_id, kind)
    asks_in(doai, doai.union.provincial, leader.person_id, kind)
    assert asked_of(doai) == "administrator"
