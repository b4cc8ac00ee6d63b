"""Leaving, dying, moving: what is paid, what waits, what the other book says of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.access.cards import make_card, take_card
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.db.tx import Tx
from app.members import actions as members
from app.members.rules import Correction
from app.reports import queries as reports
from app.savings.queries import sheet_blank
from app.settling import actions as settling
from app.settling import queries
from app.settling.actions import Settlement
from app.terms import Actor, BelongsTo, Leaving, Purpose
from tests.actions.settled import deliver, in_hand, leave, open_between, pay
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_ticket, counted, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    """Lan has 30.000, Hoa 12.345, Mai 5.000; all of it is in the pig."""
    doai = a_chapter(db, "Lan Hoa Mai")
    doai.sheet("Lan 30.000/30, Hoa 12.345/1, Mai 5.000/5", on=TODAY - 2 * DAY)
    return doai


def left_on(doai: Chapter, name: str) -> str | None:
    sql = "SELECT left_on FROM member WHERE id = ?"
    return doai.db.read_now(Tx.rows, sql, (doai.members[name],))[0][0]


def balance(doai: Chapter, name: str) -> tuple[int, int]:
    """What is hers, and how much of it waits."""
    found = doai.db.read_now(reports.balance, actor=doai.treasurer, member_id=doai.members[name])
    return found.savings, found.awaiting_collection


def waits(doai: Chapter) -> list[tuple[str, int, int]]:
    """Who waits, how much, what could be paid today."""
    found = doai.db.read_now(queries.waiters, actor=doai.head, chapter_id=doai.id)
    return [(w.leaver.name.split()[-1], w.awaiting, w.payable) for w in found]


# She leaves


def test_who_leaves_is_paid_out_of_hand(doai: Chapter) -> None:
    in_hand(doai, 40_000)
    done = leave(doai, "Lan")
    assert (done.claim, done.paid, done.awaiting, done.moved) == (30_000, 30_000, 0, 0)
    assert [(p.pot_id, p.paid) for p in done.pots] == [(doai.pot, 30_000)]
    assert done.receipt.seq == doai.head_now()[0] and done.receipt.head == doai.head_now()[1]
    assert left_on(doai, "Lan") == "2026-10-20" and balance(doai, "Lan") == (0, 0)
    doai.holds("""
        18/10 sheet   Lan 30.000/30, Hoa 12.345/1, Mai 5.000/5
        20/10 payout  Lan -30.000/0
        lợn 17.345    Lan 0/30, Hoa 12.345/1, Mai 5.000/5
    """)


def test_odd_dong_below_a_step_stay_hers(doai: Chapter) -> None:
    in_hand(doai, 40_000)
    done = leave(doai, "Hoa")
    assert (done.paid, done.awaiting) == (12_000, 345)
    assert balance(doai, "Hoa") == (345, 345)
    assert waits(doai) == [("Hoa", 345, 0)]
    assert doai.db.read_now(queries.waiting_count, doai.id) == 0  # nothing that notes could pay
    refused("below_step", pay, doai, "Hoa")


def test_where_hand_is_short_the_rest_waits_in_her_savings(doai: Chapter) -> None:
    in_hand(doai, 10_500)
    done = leave(doai, "Lan")
    assert (done.paid, done.awaiting) == (10_000, 20_000)
    assert balance(doai, "Lan") == (20_000, 20_000)
    assert waits(doai) == [("Lan", 20_000, 0)]
    assert doai.db.read_now(queries.waiting_count, doai.id) == 1
    refused("no_free_cash", pay, doai, "Lan")
    in_hand(doai, 5_000)
    refused("beyond_free_cash", pay, doai, "Lan", 6_000)
    assert pay(doai, "Lan", 2_000).awaiting == 18_000
    assert pay(doai, "Lan").paid == 3_000
    doai.holds("""
        18/10 sheet   Lan 30.000/30, Hoa 12.345/1, Mai 5.000/5
        20/10 payout  Lan -10.000/0
        20/10 payout  Lan -2.000/0
        20/10 payout  Lan -3.000/0
        lợn 32.345    Lan 15.000/30, Hoa 12.345/1, Mai 5.000/5
    """)


def test_sealed_cash_pays_nobody(doai: Chapter) -> None:
    assert leave(doai, "Lan").paid == 0
    assert counted(doai.db, "entry") == 1 and left_on(doai, "Lan")


def test_who_left_before_is_paid_before(doai: Chapter) -> None:
    """Lan waits for 30.000; the 8.000 in hand are hers, not Mai's or Hoa's."""
    leave(doai, "Lan")
    in_hand(doai, 8_000)
    assert leave(doai, "Mai").paid == 0
    refused("no_free_cash", pay, doai, "Mai")
    assert waits(doai) == [("Lan", 30_000, 8_000), ("Mai", 5_000, 0)]
    assert pay(doai, "Lan").paid == 8_000
    in_hand(doai, 25_000)
    assert waits(doai) == [("Lan", 22_000, 22_000), ("Mai", 5_000, 3_000)]
    assert pay(doai, "Mai").paid == 3_000


def test_only_cash_that_stays_until_today_can_be_paid_backdated(
    doai: Chapter, clock: StoryClock
) -> None:
    """What was in hand three days ago and was put back since is not free."""
    clock.tell(TODAY + DAY)
    in_hand(doai, 20_000)
    clock.tell(TODAY + 2 * DAY)
    in_hand(doai, -15_000)
    clock.tell(TODAY + 3 * DAY)
    assert leave(doai, "Lan", on=TODAY + DAY).paid == 5_000
    assert doai.findings() == []


def test_a_fund_is_not_hers_to_take(doai: Chapter) -> None:
    fund = doai.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    doai.sheet("Mai 7.000/7", pot=fund)
    in_hand(doai, 40_000)
    in_hand(doai, 7_000, pot=fund)
    assert leave(doai, "Mai").claim == 5_000


def test_each_pot_is_an_entry_of_its_own(doai: Chapter) -> None:
    second = doai.open_pot(name="heo")
    doai.sheet("Lan 4.000/4", pot=second)
    in_hand(doai, 30_000)
    in_hand(doai, 1_000, pot=second)
    done = leave(doai, "Lan")
    assert [(p.paid, p.awaiting) for p in done.pots] == [(30_000, 0), (1_000, 3_000)]
    assert len({p.entry_id for p in done.pots}) == 2
    assert doai.findings() == []


def test_she_leaves_once_and_not_before_her_last_line(doai: Chapter, clock: StoryClock) -> None:
    refused("in_future", leave, doai, "Lan", on=TODAY + DAY)
    refused("has_lines_after", leave, doai, "Lan", on=TODAY - 3 * DAY)
    leave(doai, "Lan", on=TODAY - 2 * DAY)
    refused("left_already", leave, doai, "Lan")
    clock.tell(TODAY + 8 * DAY)
    refused("reason_needed", leave, doai, "Hoa", on=TODAY)
    assert left_on(doai, "Hoa") is None
    leave(doai, "Hoa", on=TODAY, reason="quên ghi")
    assert left_on(doai, "Hoa") == "2026-10-20"


def test_she_puts_nothing_in_after_her_last_day(doai: Chapter, clock: StoryClock) -> None:
    leave(doai, "Lan")
    clock.tell(TODAY + DAY)
    assert refused("member_unknown", doai.sheet, "Lan 1.000/1")
    blank = doai.db.read_now(sheet_blank, actor=doai.treasurer, chapter_id=doai.id, pot_id=None,
                             day=TODAY + DAY)  # fmt: skip
    assert [m.name.split()[-1] for m in blank.members] == ["Hoa", "Mai"]
    doai.sheet("Lan 1.000/1", on=TODAY)  # her last day still counts
    assert balance(doai, "Lan") == (31_000, 31_000)


def test_what_was_confirmed_is_what_is_posted(doai: Chapter) -> None:
    in_hand(doai, 10_000)
    seen = [(doai.pot, 30_000, 10_000)]
    in_hand(doai, 5_000)
    refused("settlement_changed", leave, doai, "Lan", shown=seen)
    assert leave(doai, "Lan", shown=[(doai.pot, 30_000, 15_000)]).paid == 15_000


def test_the_same_key_settles_once(doai: Chapter) -> None:
    in_hand(doai, 40_000)
    key = "0192f000-0000-7000-8000-000000000001"
    assert leave(doai, "Lan", key=key) == leave(doai, "Lan", key=key)
    assert counted(doai.db, "entry") == 3  # the sheet, the opening of the pig, one payout


def test_counted_cash_stays_as_counted(doai: Chapter) -> None:
    in_hand(doai, 10_000, on=TODAY - DAY)
    count_hand(doai, 10_000)
    refused("counted_since", leave, doai, "Lan", on=TODAY - DAY)
    assert leave(doai, "Lan").paid == 10_000


def count_hand(doai: Chapter, amount: int) -> None:
    from app.cash import actions as cash
    from app.terms import Outcome, Place

    doai.db.write_now(
        cash.count_cash, actor=doai.treasurer, chapter_id=doai.id, pot_id=doai.pot,
        place=Place.HAND, day=TODAY, notes={"1000": amount // 1000},
        witnesses=["Bà Một", "Bà Hai"], decision=cash.Decision(Outcome.CARRIED, None),
        ticket=a_ticket(None),
    )  # fmt: skip


@pytest.mark.parametrize("role", ["head", "deputy", "inspector"])
def test_only_the_treasurer_settles(doai: Chapter, role: str) -> None:
    by: Actor = getattr(doai, role)
    refused("not_your_office", leave, doai, "Lan", by=by)
    leave(doai, "Lan")
    refused("not_your_office", pay, doai, "Lan", by=by)


def test_what_waits_is_paid_to_nobody_who_stays(doai: Chapter) -> None:
    refused("not_left", pay, doai, "Lan")
    in_hand(doai, 40_000)
    leave(doai, "Lan")
    refused("nothing_waits", pay, doai, "Lan")
    refused("before_leaving", pay, doai, "Lan", on=TODAY - DAY)


def test_her_card_opens_her_book_until_she_is_paid(doai: Chapter) -> None:
    made = doai.db.write_now(make_card, actor=doai.head, member_id=doai.members["Lan"])
    doai.db.write_now(take_card, card_id=made.card_id, first_pin_code=made.first_pin_code,
                      pin_hash="hers")  # fmt: skip
    in_hand(doai, 10_000)
    leave(doai, "Lan")
    assert in_force(doai) == 1
    in_hand(doai, 20_000)
    pay(doai, "Lan")
    assert in_force(doai) == 0


def in_force(doai: Chapter) -> int:
    sql = "SELECT count(*) FROM card WHERE revoked_at IS NULL"
    return int(doai.db.read_now(Tx.rows, sql)[0][0])


def test_she_joined_before_she_left(doai: Chapter) -> None:
    doai.join("Sen", on=TODAY - 9 * DAY)
    leave(doai, "Sen", on=TODAY - 5 * DAY)
    late = Correction(joined_on=TODAY, given=frozenset({"joined_on"}))
    refused("left_before", doai.db.write_now, members.correct, actor=doai.treasurer,
            member_id=doai.members["Sen"], correction=late)  # fmt: skip


# She dies


def test_a_death_takes_two_signatures(doai: Chapter) -> None:
    in_hand(doai, 20_000)
    waiting = leave(doai, "Lan", Leaving.DIED, next_of_kin="Trần Văn Con")
    assert isinstance(waiting, Waiting)
    assert left_on(doai, "Lan") is None and balance(doai, "Lan") == (30_000, 0)
    refused("same_person", doai.signs, doai.treasurer, waiting)
    refused("not_signer", doai.signs, doai.inspector, waiting)
    done = doai.signs(doai.head, waiting)
    assert (done["paid"], done["awaiting"]) == (20_000, 10_000)
    assert left_on(doai, "Lan") == "2026-10-20" and doai.findings() == []
    in_hand(doai, 10_000)
    assert pay(doai, "Lan").awaiting == 0
    assert payees(doai) == ["Trần Văn Con", "Trần Văn Con"]


def payees(doai: Chapter) -> list[str]:
    """Who received, in words that can be erased; the record itself does not name them."""
    rows = doai.db.read_now(
        Tx.rows, "SELECT words FROM trail_text WHERE name = 'payee' ORDER BY seq"
    )
    sealed = doai.db.read_now(Tx.rows, "SELECT content FROM trail")
    assert not any("Con" in bytes(content).decode() for (content,) in sealed)
    return [words for (words,) in rows]


def test_a_death_needs_somebody_who_receives(doai: Chapter) -> None:
    refused("next_of_kin_needed", leave, doai, "Lan", Leaving.DIED)
    sen = doai.join("Sen", next_of_kin="Mẹ chị Sen")
    doai.sheet("Sen 1.000/1")
    assert sen and isinstance(leave(doai, "Sen", Leaving.DIED), Waiting)


def test_what_was_signed_is_what_is_posted(doai: Chapter) -> None:
    """More cash came to hand after it was proposed: the figures are others, so it is asked anew."""
    in_hand(doai, 10_000)
    waiting = leave(doai, "Lan", Leaving.DIED, next_of_kin="Con")
    in_hand(doai, 5_000)
    refused("settlement_changed", doai.signs, doai.head, waiting)
    assert left_on(doai, "Lan") is None
    again = leave(doai, "Lan", Leaving.DIED, next_of_kin="Con")
    assert doai.signs(doai.head, again)["paid"] == 15_000
    refused("left_already", doai.signs, doai.head, waiting)


def test_a_line_between_makes_the_death_asked_anew(doai: Chapter, clock: StoryClock) -> None:
    waiting = leave(doai, "Lan", Leaving.DIED, next_of_kin="Con")
    clock.tell(TODAY + DAY)
    doai.sheet("Lan 1.000/1")
    refused("has_lines_after", doai.signs, doai.head, waiting)


# She moves


@pytest.fixture
def dong(doai: Chapter) -> Chapter:
    """The neighbours, with a pig of their own."""
    dong = a_chapter(doai.db, "Tư Năm", under=doai.union, name="Chi hội thôn Đông")
    dong.sheet("Tư 1.000/1")
    return dong


def moves(doai: Chapter, dong: Chapter, name: str = "Lan", **more: Any) -> Settlement:
    done = leave(doai, name, Leaving.MOVED, to_chapter_id=dong.id, **more)
    assert isinstance(done, Settlement)
    dong.members[name] = done.to_member_id or ""
    return done


def test_savings_move_by_mirrored_entries_and_no_cash(doai: Chapter, dong: Chapter) -> None:
    """To the đồng, whatever the step; both books add up, and both say what is still to be given."""
    in_hand(doai, 40_000)
    done = moves(doai, dong, "Hoa")
    assert (done.claim, done.paid, done.moved, done.awaiting) == (12_345, 0, 12_345, 0)
    doai.holds("""
        18/10 sheet     Lan 30.000/30, Hoa 12.345/1, Mai 5.000/5
        20/10 transfer  Hoa -12.345/0
        lợn 47.345      Lan 30.000/30, Hoa 0/1, Mai 5.000/5
    """)
    dong.holds("""
        20/10 sheet     Tư 1.000/1
        20/10 transfer  Hoa 12.345/0
        lợn 1.000       Tư 1.000/1, Hoa 12.345/0
    """)
    assert open_between(doai) == [("Chi hội thôn Đông", 12_345)]
    assert open_between(dong) == [("Chi hội thôn Đoài", -12_345)]


def test_what_the_other_book_does_not_mirror_is_found(doai: Chapter, dong: Chapter) -> None:
    moves(doai, dong)
    sql = "UPDATE account SET balance = balance + 1 WHERE chapter_id = ? AND kind = 'transfer'"
    doai.db.write_now(Tx.run, sql, (dong.id,))
    assert doai.findings() == [f"transfers with {dong.id}: the two books differ by 1"]


def test_she_is_the_same_woman_there(doai: Chapter, dong: Chapter) -> None:
    done = moves(doai, dong)
    sql = (
        "SELECT chapter_id, person_id, number, joined_on, left_on, left_because, moved_from"
        " FROM member WHERE id = ?"
    )
    (here,) = doai.db.read_now(Tx.rows, sql, (done.member_id,))
    (there,) = doai.db.read_now(Tx.rows, sql, (done.to_member_id,))
    assert here[1:2] + here[4:] == (there[1], "2026-10-20", "moved", None)
    assert there[0] == dong.id and there[2:] == (3, "2026-10-20", None, None, done.member_id)
    consent = "SELECT purpose FROM consent WHERE member_id = ?"
    assert doai.db.read_now(Tx.rows, consent, (done.to_member_id,)) == [(Purpose.SAVINGS.value,)]
    dong.sheet("Lan 2.000/1")
    assert dong.findings() == []


def test_two_pots_move_into_the_first_one_there(doai: Chapter, dong: Chapter) -> None:
    second = doai.open_pot(name="heo")
    doai.sheet("Lan 4.000/4", pot=second)
    moves(doai, dong)
    assert open_between(doai) == [("Chi hội thôn Đông", 30_000), ("Chi hội thôn Đông", 4_000)]
    assert open_between(dong) == [("Chi hội thôn Đoài", -34_000)]
    assert doai.findings() == [] and dong.findings() == []


def test_nobody_moves_into_nowhere(doai: Chapter, dong: Chapter) -> None:
    refused("to_chapter_needed", leave, doai, "Lan", Leaving.MOVED)
    for nowhere in (doai.id, doai.union.commune, doai.union.root, doai.pot):
        refused("chapter_unknown", leave, doai, "Lan", Leaving.MOVED, to_chapter_id=nowhere)
    young = a_chapter(doai.db, "", under=doai.union, name="Chi hội mới", pig_from=TODAY)
    refused("no_pot_there", leave, doai, "Lan", Leaving.MOVED, to_chapter_id=young.id,
            on=TODAY - DAY)  # fmt: skip
    moves(doai, dong)
    refused("left_already", leave, doai, "Lan", Leaving.MOVED, to_chapter_id=dong.id)


def test_a_member_there_already_does_not_join_twice(doai: Chapter, dong: Chapter) -> None:
    moves(doai, dong, "Mai")
    person = doai.member("Mai").person_id
    back = dong.db.write_now(members.join, actor=doai.treasurer, chapter_id=doai.id,
                             new=new_member(person))  # fmt: skip
    doai.members["Mai"] = back.id
    refused("member_there", leave, doai, "Mai", Leaving.MOVED, to_chapter_id=dong.id)


def new_member(person: str) -> Any:
    from app.members.rules import NewMember

    return NewMember(name="Nguyễn Thị Mai", joined_on=TODAY, person_id=person)


def test_the_wall_stands_beyond_the_move(doai: Chapter, dong: Chapter) -> None:
    """The treasurer who sent her there can do nothing more to her, or to that book."""
    moves(doai, dong)
    elsewhere = {"actor": doai.treasurer, "member_id": dong.members["Lan"]}
    refused("not_found", doai.db.read_now, reports.balance, **elsewhere)
    refused("not_found", doai.db.write_now, settling.pay_out, **elsewhere, day=TODAY, amount=None,
            ticket=a_ticket(None))  # fmt: skip
    refused("not_found", dong.sheet, "Tư 1.000/1", by=doai.treasurer)
    refused("not_found", leave, dong, "Tư", by=doai.treasurer)
    refused("not_found", deliver, dong, doai, 1_000, by=doai.treasurer)


# The cash follows


def test_the_cash_follows_by_two_hands(doai: Chapter, dong: Chapter) -> None:
    moves(doai, dong)
    refused("not_there", deliver, doai, dong, 30_000)
    in_hand(doai, 40_000)
    refused("beyond_owed", deliver, doai, dong, 30_001)
    waiting = deliver(doai, dong, 20_000)
    assert open_between(doai) == [("Chi hội thôn Đông", 30_000)]
    refused("not_found", doai.signs, doai.head, waiting)
    refused("same_person", doai.signs, doai.treasurer, waiting)
    refused("not_signer", dong.signs, dong.inspector, waiting)
    dong.signs(dong.treasurer, waiting)
    assert open_between(doai) == [("Chi hội thôn Đông", 10_000)]
    assert open_between(dong) == [("Chi hội thôn Đoài", -10_000)]
    assert (cash(doai), cash(dong)) == (20_000, 20_000)
    assert doai.findings() == [] and dong.findings() == []
    dong.signs(dong.head, deliver(doai, dong, 10_000))
    assert open_between(doai) == open_between(dong) == []
    refused("nothing_owed", deliver, doai, dong, 1_000)
    assert doai.findings() == [] and dong.findings() == []


def cash(chapter: Chapter) -> int:
    """In hand."""
    sql = "SELECT sum(balance) FROM account WHERE chapter_id = ? AND kind = 'cash_hand'"
    return int(chapter.db.read_now(Tx.rows, sql, (chapter.id,))[0][0])


def test_who_receives_it_is_owed_nothing_the_other_way(doai: Chapter, dong: Chapter) -> None:
    moves(doai, dong)
    refused("nothing_owed", deliver, dong, doai, 1_000)


def test_the_books_are_asked_again_at_the_signature(doai: Chapter, dong: Chapter) -> None:
    moves(doai, dong)
    in_hand(doai, 30_000)
    first, second = deliver(doai, dong, 30_000), deliver(doai, dong, 30_000)
    dong.signs(dong.head, first)
    refused("nothing_owed", dong.signs, dong.head, second)
    assert cash(dong) == 30_000


def test_who_left_her_office_hands_nothing_over(doai: Chapter, dong: Chapter) -> None:
    """Her office is asked for in the chapter that gives, where she proposed it."""
    moves(doai, dong)
    in_hand(doai, 30_000)
    waiting = deliver(doai, dong, 30_000)
    sql = "UPDATE office SET to_on = ? WHERE person_id = ?"
    doai.db.write_now(Tx.run, sql, (TODAY, doai.treasurer.person_id))
    refused("proposer_left", dong.signs, dong.head, waiting)


def test_a_date_before_either_count_is_refused(doai: Chapter, dong: Chapter) -> None:
    moves(doai, dong, on=TODAY - DAY)
    in_hand(doai, 30_000, on=TODAY - DAY)
    count_hand(dong, 0)
    refused("counted_since", deliver, doai, dong, 1_000, on=TODAY - DAY)


def test_cash_does_not_go_before_she_does(doai: Chapter, dong: Chapter) -> None:
    """Nothing was owed yesterday; and what is owed since is handed over since."""
    in_hand(doai, 40_000, on=TODAY - DAY)
    moves(doai, dong)
    refused("nothing_owed", deliver, doai, dong, 1_000, on=TODAY - DAY)
    assert deliver(doai, dong, 30_000)


def test_where_members_move_both_ways_no_cash_is_lost(doai: Chapter, dong: Chapter) -> None:
    """Năm's 9.000 come from the neighbours' second pig, while their first waits for Lan's 30.000."""
    heo = dong.open_pot(name="heo")
    dong.sheet("Năm 9.000/9", pot=heo)
    in_hand(dong, 9_000, pot=heo)
    in_hand(doai, 40_000)
    moves(doai, dong)
    moves(dong, doai, "Năm")
    assert open_between(doai) == [("Chi hội thôn Đông", 21_000)]
    pig, dong.pot = dong.pot, heo
    doai.signs(doai.head, deliver(dong, doai, 9_000))
    assert cash(doai) == 49_000
    assert open_between(doai) == [("Chi hội thôn Đông", 30_000)]
    assert doai.findings() == dong.findings() == []
    dong.pot = pig
    dong.signs(dong.head, deliver(doai, dong, 30_000))
    assert open_between(doai) == open_between(dong) == []
    assert (cash(doai), cash(dong)) == (19_000, 30_000)
    assert doai.findings() == dong.findings() == []
