"""The cash passes from one treasurer to the next; on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.access import actions as access
from app.access import queries as access_queries
from app.access.queries import offices_in_force
from app.approvals import queries as approvals
from app.approvals.actions import Waiting
from app.cash import handing_over, handovers
from app.cash.handover_rules import Count
from app.db.engine import Database
from app.db.tx import Tx
from app.offices.actions import Appointee
from app.terms import Actor, Place, Role
from tests.actions.seats import (
    NEW_PHONE,
    another_commune,
    appoints,
    begins,
    ends,
    enters,
    lets_in,
    opens,
    sat,
    sets_pin,
)
from tests.actions.two_hands import asked, last_seal, refuses, state, tables
from tests.story import (
    DAY,
    TODAY,
    Chapter,
    StoryClock,
    a_chapter,
    a_key,
    a_ticket,
    refused,
    sign_in,
)
from tests.till import WITNESSES, Till, notes

NEW = Appointee(name="Nguyễn Thị Mới", phone=NEW_PHONE)


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai")


@pytest.fixture
def till(doai: Chapter) -> Till:
    """50.000 sealed in the pig, 10.000 in hand."""
    found = Till(doai)
    found.sheet("Lan 50.000/5, Hoa 10.000/1")
    found.moves("pot", "hand", 10_000)
    return found


def hands_over(
    till: Till, hand: int = 10_000, *, pot: int | None = None, by: Actor | None = None,
    to: Appointee = NEW, key: str | None = None, **more: Any,
) -> Waiting:  # fmt: skip
    """This much is counted in hand (and in the pot), and the first signature is given."""
    counts = [Count(till.pot, Place.HAND, notes(hand))]
    if pot is not None:
        counts.append(Count(till.pot, Place.POT, notes(pot)))
    said: dict[str, Any] = {"day": TODAY, "outgoing_id": None, "witnesses": WITNESSES,
                            "difference_reason": None, "reason": None} | more  # fmt: skip
    answer = till.doai.db.write_now(
        handing_over.hand_over, actor=by or till.doai.treasurer, chapter_id=till.doai.id,
        incoming=to, counts=counts, code_hours=24, ticket=a_ticket(key, hand, pot, to, more), **said,
    )  # fmt: skip
    return answer.value


def record(doai: Chapter, made: dict[str, Any], by: Actor | None = None) -> handovers.HandoverShown:
    return doai.db.read_now(handovers.handover, actor=by or doai.inspector, handover_id=made["id"])


def deputy_with_pin(doai: Chapter) -> Actor:
    """She has been in before."""
    sets_pin(doai.db, doai.deputy.person_id)
    return doai.deputy


def an_officer_of_elsewhere(doai: Chapter) -> tuple[str, str]:
    """A member here who leads a commune far away; her membership and herself."""
    commune, _ = another_commune(doai)
    member = doai.join("Xa", phone=NEW_PHONE)
    person = doai.member("Xa").person_id
    sets_pin(doai.db, person)
    office = access.new_office(person, commune, Role.LEADER, TODAY)
    doai.db.write_now(lambda tx: tx.insert(office))
    return member, person


# Both sign


def test_counted_signed_and_handed_on(till: Till, doai: Chapter) -> None:
    before = till.accounts()
    made = till.signs(hands_over(till, to=NEW))
    assert till.accounts() == before
    till.adds_up()
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–20/10/2026, Mới 20/10/2026–"
    assert lets_in(doai.db, made["enrol_code"]) == made["person_id"]
    found = record(doai, made)
    assert (found.outgoing, found.first_by, found.first_instead) == (
        "Nguyễn Thị treasurer", "Nguyễn Thị treasurer", False
    )  # fmt: skip
    assert (found.incoming, found.second_by, found.second_instead) == (
        "Nguyễn Thị Mới", "Nguyễn Thị chapter_head", True
    )  # fmt: skip
    assert [(p.place, p.book, p.counted) for p in found.places] == [
        (Place.POT, 50_000, None), (Place.HAND, 10_000, 10_000)
    ]  # fmt: skip
    assert (found.total, found.counted, found.pending, found.debts) == (60_000, 10_000, [], [])
    assert found.witnesses == ", ".join(WITNESSES)


def test_nothing_happens_before_the_second_signature(till: Till, doai: Chapter) -> None:
    hands_over(till, 9_000, difference_reason="chưa rõ")
    till.stands("""
        cash_hand 10.000
        cash_pot 50.000
        savings Lan 50.000
        savings Hoa 10.000
    """)
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–"
    assert doai.db.read_now(Tx.rows, "SELECT count(*) FROM cash_count") == [(0,)]


def test_what_is_sealed_of_it(till: Till, doai: Chapter) -> None:
    waits = hands_over(till)
    made = till.signs(waits)
    said = last_seal(doai.db, doai.id)
    assert (said["act"], said["about"], said["by"]) == (
        "handed_over", made["id"], doai.head.person_id
    )  # fmt: skip
    facts = said["facts"]
    assert facts["approval"] == waits.approval_id
    assert facts["proposed_by"] == facts["outgoing"] == doai.treasurer.person_id
    assert facts["incoming"] == made["person_id"]
    assert facts["counts"] == [count["id"] for count in made["counts"]]
    acts = doai.db.read_now(
        Tx.rows, "SELECT act FROM trail WHERE chapter_id = ? ORDER BY seq DESC LIMIT 4", (doai.id,)
    )
    assert [row[0] for row in acts] == [
        "handed_over",
        "office_began",
        "office_ended",
        "cash_counted",
    ]


def test_the_code_is_never_kept(till: Till, doai: Chapter) -> None:
    code = till.signs(hands_over(till))["enrol_code"]
    everything = repr(tables(doai.db))
    assert code not in everything and code.replace("-", "") not in everything


def test_what_differs_pends_with_its_reason(till: Till, doai: Chapter) -> None:
    refused("difference_reason_needed", hands_over, till, 9_000)
    made = till.signs(hands_over(till, 9_000, pot=52_000, difference_reason="đếm lại hai lần"))
    till.stands("""
        cash_hand 9.000
        cash_pot 52.000
        overage_pending 2.000
        savings Lan 50.000
        savings Hoa 10.000
        shortage_pending 1.000
    """)
    found = record(doai, made)
    assert sorted(found.pending) == [("lợn", -1_000), ("lợn", 2_000)]
    assert found.difference_reason == "đếm lại hai lần"


def test_what_was_open_before_is_handed_over_too(till: Till, doai: Chapter) -> None:
    till.settles(till.counts("hand", 8_000), "keeper_owes")
    till.counts("pot", 49_000)
    found = record(doai, till.signs(hands_over(till, 8_000)))
    assert found.pending == [("lợn", -1_000)]
    assert found.debts == [("lợn", "Nguyễn Thị treasurer", 2_000)]


# Who signs


def test_the_head_for_one_who_will_not(till: Till, doai: Chapter) -> None:
    refused("stand_in_reason_needed", hands_over, till, by=doai.head)
    waits = hands_over(till, by=doai.head, reason="Chị ấy bỏ đi")
    refused("same_person", till.signs, waits)
    refused("not_signer", till.signs, waits, by=doai.inspector)
    made = till.signs(waits, by=doai.deputy)
    found = record(doai, made)
    assert (found.first_by, found.first_instead) == ("Nguyễn Thị chapter_head", True)
    assert found.reason == "Chị ấy bỏ đi"


def test_the_new_one_signs_herself(till: Till, doai: Chapter) -> None:
    """And gets no code: she is in already."""
    deputy = deputy_with_pin(doai)
    waits = hands_over(till, to=Appointee(person_id=deputy.person_id))
    assert waits.waits_for == "Chờ người thứ hai ký"
    assert asked(doai.db, deputy) == asked(doai.db, doai.head) == [waits.approval_id]
    made = till.signs(waits, by=deputy)
    assert "enrol_code" not in made
    found = record(doai, made)
    assert (found.second_by, found.second_instead) == ("Nguyễn Thị deputy", False)


def test_an_officer_of_elsewhere_finds_it_and_signs(till: Till, doai: Chapter) -> None:
    """A member here who keeps the book of another chapter, far away."""
    member, person = an_officer_of_elsewhere(doai)
    waits = hands_over(till, to=Appointee(member_id=member))
    far = doai.db.write_now(sign_in, person)
    assert asked(doai.db, far) == [waits.approval_id]
    seen = doai.db.read_now(approvals.reached, actor=far, approval_id=waits.approval_id)
    assert doai.db.read_now(approvals.may_read, actor=far, approval=seen)
    assert "enrol_code" not in till.signs(waits, by=far)
    assert sat(doai, Role.TREASURER).endswith("Xa 20/10/2026–")


def test_where_she_will_not_the_head_signs(till: Till, doai: Chapter) -> None:
    deputy = deputy_with_pin(doai)
    waits = hands_over(till, to=Appointee(person_id=deputy.person_id))
    found = record(doai, till.signs(waits))
    assert (found.second_by, found.second_instead) == ("Nguyễn Thị chapter_head", True)


def test_a_deputy_and_whoever_she_brings_along_do_not_put_a_treasurer_out(
    till: Till, doai: Chapter
) -> None:
    """In the treasurer's place, the deputy needs the head; her candidate's hand is not enough."""
    member, person = an_officer_of_elsewhere(doai)
    waits = hands_over(till, by=doai.deputy, to=Appointee(member_id=member), reason="chị ấy vắng")
    far = doai.db.write_now(sign_in, person)
    assert asked(doai.db, far) == []
    refused("not_found", till.signs, waits, by=far)
    till.signs(waits)


def test_nobody_takes_over_by_her_own_hand_alone(till: Till, doai: Chapter) -> None:
    head = doai.head
    sets_pin(doai.db, head.person_id)
    waits = hands_over(till, by=head, to=Appointee(person_id=head.person_id), reason="vắng")
    refused("same_person", till.signs, waits)
    till.signs(waits, by=doai.deputy)
    assert {o.role for o in doai.db.read_now(offices_in_force, head.person_id)} == {
        Role.CHAPTER_HEAD, Role.TREASURER
    }  # fmt: skip


def test_who_hands_over_does_not_sign_for_who_takes_over(till: Till, doai: Chapter) -> None:
    """The deputy is the treasurer too, as small chapters have it."""
    deputy = deputy_with_pin(doai)
    till.signs(hands_over(till, to=Appointee(person_id=deputy.person_id)))
    both = doai.db.write_now(sign_in, deputy.person_id)
    waits = hands_over(till, by=doai.head, reason="chị ấy không chịu")
    before = tables(doai.db)
    refused("outgoing_signs", till.signs, waits, by=both)
    assert tables(doai.db) == before


def test_inspectors_and_those_without_a_phone_do_not_keep_cash(till: Till, doai: Chapter) -> None:
    inspector = Appointee(person_id=doai.inspector.person_id)
    refused("duties_clash", hands_over, till, to=inspector)
    refused("phone_needed", hands_over, till, to=Appointee(member_id=doai.members["Lan"]))
    refused("person_unknown", hands_over, till, to=Appointee(member_id=a_key()))
    refused("same_treasurer", hands_over, till,
            to=Appointee(person_id=doai.treasurer.person_id))  # fmt: skip


def test_only_keepers_hand_over(till: Till, doai: Chapter) -> None:
    for other in (doai.inspector, doai.union.leader):
        refused("not_your_office", hands_over, till, by=other, reason="thử")
    refused("not_treasurer", hands_over, till, outgoing_id=doai.deputy.person_id)


def test_where_nobody_keeps_the_cash_there_is_nobody_to_take_it_from(
    till: Till, doai: Chapter
) -> None:
    ends(doai, doai.head, Role.TREASURER)
    refused("no_treasurer", hands_over, till, by=doai.head, reason="thử")


# What moved meanwhile


def test_figures_that_changed_are_refused_and_said(till: Till, doai: Chapter) -> None:
    waits = hands_over(till)
    till.sheet("Mai 3.000/3")
    before = tables(doai.db)
    found = refused("figures_changed", till.signs, waits)
    assert "53.000" in str(found)
    assert tables(doai.db) == before
    seen = doai.db.read_now(approvals.reached, actor=doai.head, approval_id=waits.approval_id)
    assert "53.000" in str(dict(doai.db.read_now(approvals.shown, seen))["no_longer"])
    refuses(doai.db, doai.treasurer, waits)
    till.signs(hands_over(till, 10_000))


def test_what_was_written_back_and_taken_back_finds_no_shortage(
    till: Till, doai: Chapter, clock: StoryClock
) -> None:
    """Counted 50.000 in the pig; a mistaken sheet of that day is taken back on the next.

    The book holds 50.000 again, but by its day of the count it would be 53.000.
    """
    waits = hands_over(till, pot=50_000)
    clock.tell(TODAY + DAY)
    doai.reverse(till.sheet("Mai 3.000/3", on=TODAY))
    seen = doai.db.read_now(approvals.reached, actor=doai.head, approval_id=waits.approval_id)
    assert "no_longer" in dict(doai.db.read_now(approvals.shown, seen))
    refused("moved_since", till.signs, waits)


def test_a_difference_settled_meanwhile_is_a_change(till: Till) -> None:
    count = till.counts("hand", 9_000)
    waits = hands_over(till, 9_000)
    till.settles(count, "keeper_owes")
    refused("figures_changed", till.signs, waits)


def test_a_treasurer_replaced_meanwhile(till: Till, doai: Chapter) -> None:
    waits = hands_over(till)
    other = appoints(doai, doai.union.leader, Role.TREASURER, name="Nguyễn Thị Khác",
                     phone="0987000222")  # fmt: skip
    doai.signs(doai.head, other)
    refused("proposer_left", till.signs, waits)
    by_head = hands_over(till, by=doai.head, reason="thử")  # now of the other one
    again = appoints(doai, doai.union.leader, Role.TREASURER, name="Nguyễn Thị Nữa",
                     phone="0987000333")  # fmt: skip
    doai.signs(doai.head, again)
    refused("officer_changed", till.signs, by_head, by=doai.deputy)


def test_whoever_sits_already_takes_nothing_over(till: Till, doai: Chapter) -> None:
    """Chosen from next week on, she is told so."""
    deputy = deputy_with_pin(doai)
    waits = appoints(doai, doai.union.leader, Role.TREASURER, person_id=deputy.person_id,
                     on=TODAY + 7 * DAY)  # fmt: skip
    doai.signs(doai.head, waits)
    refused("office_already", hands_over, till, to=Appointee(person_id=deputy.person_id))


def test_two_handovers_at_once_are_one(till: Till) -> None:
    one, two = hands_over(till), hands_over(till, to=replace(NEW, name="Nguyễn Thị Khác"))
    till.signs(one)
    refused("proposer_left", till.signs, two)


def test_the_day_it_is_written_for_is_the_last(till: Till, clock: StoryClock) -> None:
    clock.tell(TODAY + DAY)
    till.sheet("Mai 3.000/3")
    refused("moved_since", hands_over, till, day=TODAY)
    refused("in_future", hands_over, till, day=TODAY + 2 * DAY)
    till.signs(hands_over(till, 10_000, day=TODAY + DAY))


def test_what_it_needs(till: Till) -> None:
    refused("witnesses_needed", hands_over, till, witnesses=WITNESSES[:1])


# Once, and out that moment


def test_the_same_key_asks_once(till: Till) -> None:
    key = a_key()
    assert hands_over(till, key=key) == hands_over(till, key=key)
    refused("key_reused", hands_over, till, 9_000, key=key, difference_reason="khác")


def test_it_is_signed_once(till: Till, doai: Chapter) -> None:
    waits = hands_over(till)
    till.signs(waits)
    refused("decided_already", till.signs, waits, by=doai.deputy)
    assert state(doai.db, waits) == "done"
    assert doai.db.read_now(Tx.rows, "SELECT count(*) FROM handover") == [(1,)]


def test_she_is_out_that_moment(till: Till, doai: Chapter) -> None:
    """Sessions and devices of the first treasurer; what a card of hers opened goes on."""
    she = doai.treasurer.person_id
    code = doai.db.write_now(access.issue_code, person_id=she, hours=1)
    enters(doai.db, _appointed(she, code))
    token = begins(doai.db, she)
    waits = hands_over(till)
    assert opens(doai.db, token)
    till.signs(waits)
    assert opens(doai.db, token) is None
    assert _devices(doai, she) == [False]
    assert doai.db.read_now(access_queries.my_offices, she) == []


def test_who_holds_another_office_keeps_her_phone(till: Till, doai: Chapter) -> None:
    she = doai.treasurer.person_id
    code = doai.db.write_now(access.issue_code, person_id=she, hours=1)
    enters(doai.db, _appointed(she, code))
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    appoints(trung, doai.union.leader, Role.INSPECTOR, person_id=she)
    token = begins(doai.db, she)
    till.signs(hands_over(till))
    assert opens(doai.db, token) is None
    assert _devices(doai, she) == [True]


def _appointed(person_id: str, code: str) -> Any:
    return type("Made", (), {"person_id": person_id, "enrol_code": code})()


def _devices(doai: Chapter, person_id: str) -> list[bool]:
    """Which of her devices still count."""
    sql = "SELECT revoked_at FROM device WHERE person_id = ?"
    return [row[0] is None for row in doai.db.read_now(Tx.rows, sql, (person_id,))]


# Who reads it


def test_the_record_is_the_chapters_own(till: Till, doai: Chapter) -> None:
    made = till.signs(hands_over(till))
    for reader in (doai.head, doai.deputy, doai.inspector):
        assert record(doai, made, reader).id == made["id"]
    neighbour = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Đông")
    for other in (neighbour.head, doai.union.leader, doai.member("Lan")):
        refused("not_found", record, doai, made, other)


def test_what_is_signed_says_everything(till: Till, doai: Chapter) -> None:
    waits = hands_over(till, 9_000, by=doai.head, reason="vắng", difference_reason="chưa rõ")
    seen = doai.db.read_now(approvals.reached, actor=doai.deputy, approval_id=waits.approval_id)
    said = [
        f"{label}: {value}".replace("\N{NO-BREAK SPACE}", " ")
        for label, value in doai.db.read_now(approvals.shown, seen)
    ]
    assert said == [
        "outgoing: Nguyễn Thị treasurer",
        "instead: Nguyễn Thị chapter_head",
        "incoming: Nguyễn Thị Mới",
        f"phone: {NEW_PHONE}",
        "from_day: 2026-10-20",
        "counted.hand.lợn: 9.000 ₫",
        "notes: 1 × 5.000 ₫ · 2 × 2.000 ₫",
        "book: 10.000 ₫",
        "difference: −1.000 ₫",
        "as_it_lies.pot.lợn: 50.000 ₫",
        f"witnesses: {', '.join(WITNESSES)}",
        "difference_reason: chưa rõ",
        "reason: vắng",
    ]
