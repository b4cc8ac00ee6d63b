"""Whose hands: who is asked, who may sign or refuse, and that it is never one hand twice."""

from __future__ import annotations

import pytest

from app.approvals import queries
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import NotFound
from app.ledger.receipts import EntryPosted
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.terms import Actor, Level, Role
from app.union import actions as union
from tests.actions.two_hands import (
    asked,
    asked_of,
    last_seal,
    refuses,
    rules_from,
    sealed,
    signs,
    state,
    tables,
)
from tests.story import (
    DAY,
    FOUNDED,
    TODAY,
    Chapter,
    StoryClock,
    a_chapter,
    appointed,
    counted,
    refused,
    sign_in,
)

TAKEN_BACK = """
    20/10 sheet Lan 5.000/5
    21/10 reversal Lan -5.000/-5
    lợn 0 Lan 0/0
"""


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan")


@pytest.fixture
def old(doai: Chapter, clock: StoryClock) -> EntryPosted:
    """A sheet of yesterday."""
    posted = doai.sheet("Lan 5.000/5")
    clock.tell(TODAY + DAY)
    return posted


def leaves(doai: Chapter, *roles: Role) -> None:
    """These offices of the chapter are vacant from today."""
    for role in roles:
        sql = "SELECT id FROM office WHERE unit_id = ? AND role = ? AND to_on IS NULL"
        (office,) = doai.db.read_now(Tx.rows, sql, (doai.id, role.value))[0]
        doai.db.write_now(
            offices.end_office, actor=doai.union.leader, office_id=office, on=TODAY + DAY,
            reason="thôi việc",
        )  # fmt: skip


def takes_over(doai: Chapter, person_id: str, role: Role) -> Actor:
    """Somebody known gets one more office of the chapter, and signs in."""
    made = doai.db.write_now(
        offices.appoint, actor=doai.union.administrator, unit_id=doai.id, role=role,
        on=TODAY + DAY, who=Appointee(person_id=person_id), code_hours=24,
    )  # fmt: skip
    assert isinstance(made, Appointed)
    return doai.db.write_now(sign_in, person_id)


# Who is asked


def test_the_treasurers_correction_waits_for_head_or_deputy(
    doai: Chapter, old: EntryPosted
) -> None:
    waits = doai.asks_to_reverse(old)
    assert asked_of(doai) == "head deputy"
    for other in (
        doai.inspector,
        doai.union.leader,
        doai.union.provincial,
        doai.union.administrator,
    ):
        refused("not_signer", doai.signs, other, waits)
        refused("not_signer", refuses, doai.db, other, waits)
    refused("same_person", doai.signs, doai.treasurer, waits)
    assert state(doai.db, waits) == "waiting"
    doai.signs(doai.deputy, waits)
    doai.holds(TAKEN_BACK)


def test_what_the_head_proposes_waits_for_her_deputy(doai: Chapter) -> None:
    waits = rules_from(doai, 2_000, by=doai.head)
    assert asked_of(doai) == "deputy"
    refused("same_person", signs, doai.db, doai.head, waits)
    refused("not_signer", signs, doai.db, doai.treasurer, waits)
    signs(doai.db, doai.deputy, waits)


def test_where_the_head_is_away_her_deputy_signs(doai: Chapter, old: EntryPosted) -> None:
    leaves(doai, Role.CHAPTER_HEAD)
    waits = doai.asks_to_reverse(old)
    assert asked_of(doai) == "deputy"
    refused("not_signer", doai.signs, doai.union.leader, waits)
    doai.signs(doai.deputy, waits)
    doai.holds(TAKEN_BACK)


def test_where_head_and_deputy_are_away_a_leader_signs(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old)
    leaves(doai, Role.CHAPTER_HEAD, Role.DEPUTY)
    assert asked_of(doai) == "leader provincial"
    refused("not_signer", doai.signs, doai.inspector, waits)
    refused("not_signer", doai.signs, doai.union.administrator, waits)
    doai.signs(doai.union.leader, waits)
    doai.holds(TAKEN_BACK)


def test_an_office_that_ended_signs_nothing_more(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old)
    leaves(doai, Role.CHAPTER_HEAD)
    gone = doai.db.write_now(sign_in, doai.head.person_id)
    assert isinstance(refused("not_found", doai.signs, gone, waits), NotFound)
    assert asked(doai.db, gone) == []


# Never one hand twice


def test_a_head_who_keeps_the_book_too(doai: Chapter, old: EntryPosted) -> None:
    """She proposes as treasurer and may not sign as head; her deputy does."""
    leaves(doai, Role.TREASURER)
    both = takes_over(doai, doai.head.person_id, Role.TREASURER)
    assert {office.role for office in both.offices} == {Role.CHAPTER_HEAD, Role.TREASURER}
    waits = doai.asks_to_reverse(old, by=both)
    refused("same_person", doai.signs, both, waits)
    assert asked(doai.db, both) == []
    refused("not_signer", doai.signs, doai.union.leader, waits)
    doai.signs(doai.deputy, waits)
    doai.holds(TAKEN_BACK)


def test_a_head_who_keeps_the_book_too_and_has_no_deputy(doai: Chapter, old: EntryPosted) -> None:
    leaves(doai, Role.TREASURER, Role.DEPUTY)
    both = takes_over(doai, doai.head.person_id, Role.TREASURER)
    waits = doai.asks_to_reverse(old, by=both)
    refused("same_person", doai.signs, both, waits)
    doai.signs(doai.union.leader, waits)
    doai.holds(TAKEN_BACK)


def test_a_treasurer_who_is_the_deputy_too(doai: Chapter, old: EntryPosted) -> None:
    leaves(doai, Role.DEPUTY)
    both = takes_over(doai, doai.treasurer.person_id, Role.DEPUTY)
    waits = doai.asks_to_reverse(old, by=both)
    for again in (both, doai.treasurer, doai.db.write_now(sign_in, both.person_id)):
        refused("same_person", doai.signs, again, waits)  # whatever session, whatever office
    doai.signs(doai.head, waits)
    doai.holds(TAKEN_BACK)


def test_a_treasurer_who_is_the_communes_leader_too(doai: Chapter, old: EntryPosted) -> None:
    leaves(doai, Role.TREASURER, Role.CHAPTER_HEAD, Role.DEPUTY)
    both = takes_over(doai, doai.union.leader.person_id, Role.TREASURER)
    waits = doai.asks_to_reverse(old, by=both)
    refused("same_person", doai.signs, both, waits)
    doai.signs(doai.union.provincial, waits)
    doai.holds(TAKEN_BACK)


def test_the_database_refuses_one_person_as_both(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old)
    sql = "UPDATE approval SET state = 'done', decided_by = ? WHERE id = ?"
    with pytest.raises(Exception, match="approval_two_persons"):
        doai.db.write_now(Tx.run, sql, (doai.treasurer.person_id, waits.approval_id))
    assert state(doai.db, waits) == "waiting"
    assert doai.db.write_now(Tx.run, sql, (doai.head.person_id, waits.approval_id)) == 1


# Refusing


def test_the_head_refuses(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old)
    refuses(doai.db, doai.head, waits, "Lan nói đã góp thật")
    assert (state(doai.db, waits), asked_of(doai)) == ("refused", "")
    seal = last_seal(doai.db, doai.id)
    assert (seal["act"], seal["by"], seal["about"]) == ("refused", doai.head.person_id, old.id)
    assert set(seal["texts"]) == {"reason"} and "góp thật" not in sealed(doai.db)
    assert counted(doai.db, "entry") == 1


def test_she_takes_back_what_she_proposed(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old)
    refuses(doai.db, doai.treasurer, waits, "tìm ra rồi")
    assert state(doai.db, waits) == "refused"
    assert last_seal(doai.db, doai.id)["by"] == doai.treasurer.person_id
    refused("decided_already", doai.signs, doai.head, waits)
    doai.holds("""
        20/10 sheet Lan 5.000/5
        lợn 5.000 Lan 5.000/5
    """)


def test_she_takes_it_back_though_her_office_has_ended(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old)
    leaves(doai, Role.TREASURER)
    refuses(doai.db, doai.db.write_now(sign_in, doai.treasurer.person_id), waits)
    assert state(doai.db, waits) == "refused"


# Another chapter's


def test_another_chapters_is_not_there(doai: Chapter, old: EntryPosted) -> None:
    """Foreign and missing are one answer: to sign, to refuse, to look."""
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    waits, before = doai.asks_to_reverse(old), tables(doai.db)
    missing = Waiting("0197a000-0000-7000-8000-000000000000", waits.fingerprint, "")
    told = set()
    for stranger in (trung.head, trung.deputy, trung.treasurer):
        for there in (waits, missing):
            told.add(str(refused("not_found", doai.signs, stranger, there)))
            told.add(str(refused("not_found", refuses, doai.db, stranger, there)))
            told.add(str(refused("not_found", doai.db.read_now, queries.reached, actor=stranger,
                                 approval_id=there.approval_id)))  # fmt: skip
        assert asked(doai.db, stranger) == []
        for of in ("waiting", "done", "refused"):
            assert doai.db.read_now(queries.in_reach, actor=stranger, state=of) == []
        assert doai.db.read_now(queries.decided, actor=stranger, limit=9) == []
    assert len(told) == 1
    assert tables(doai.db) == before


def other_commune(tx: Tx, doai: Chapter) -> Actor:
    """A leader of a commune that has nothing to do with the chapter."""
    commune = union.create_unit(
        tx, actor=doai.union.provincial, name="Xã Đoàn Kết", level=Level.COMMUNE,
        parent_id=doai.union.province, from_on=FOUNDED,
    )  # fmt: skip
    return appointed(tx, doai.union.provincial, commune, Role.LEADER)


def test_a_leader_of_elsewhere_stands_in_for_nobody(doai: Chapter, old: EntryPosted) -> None:
    stranger = doai.db.write_now(other_commune, doai)
    waits = doai.asks_to_reverse(old)
    leaves(doai, Role.CHAPTER_HEAD, Role.DEPUTY)
    refused("not_found", doai.signs, stranger, waits)
    assert asked(doai.db, stranger) == []
