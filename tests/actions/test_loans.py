"""A loan's life in the book: asked, approved by the second hand, paid out, paid back, taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger.vouchers import voucher
from app.loan_terms import LoanPlan
from app.loans import actions, history, looks, outlook, queries
from app.loans.rules import Asked
from app.loans.words import told
from app.members import actions as members
from app.members.rules import Need
from app.reports import queries as reports
from app.reports.cash_book import cash_book
from app.reports.trial_balance import trial_balance
from app.terms import Actor, BelongsTo, EntryKind, NeedClass, PotKind, Role
from tests.actions.settled import leave
from tests.lent import Lends
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_key, counted, refused

NOV, DEC = date(2026, 11, 20), date(2026, 12, 20)


@pytest.fixture
def doai(db: Database) -> Chapter:
    """A pig whose paper book had 2.000.000 in hand: 1.200.000 are the members'."""
    doai = a_chapter(db, "Lan Hoa Mai", loan_monthly_rate_bp=100, loans_stop_days_before=0)
    Lends(doai).till.opens("Lan 400.000, Hoa 400.000, Mai 400.000", hand=2_000_000)
    return doai


@pytest.fixture
def lends(doai: Chapter) -> Lends:
    return Lends(doai)


def unchanged(lends: Lends, code: str, act: Any, *args: Any, **more: Any) -> Refusal:
    """Refused for this reason, and nothing is written."""
    before = lends.doai.head_now()
    found = refused(code, act, *args, **more)
    assert lends.doai.head_now() == before
    return found


# The whole life


def test_from_asking_to_the_last_dong(lends: Lends, clock: StoryClock) -> None:
    loan = lends.asks("Lan", 900_000, 9)
    lends.loans("Lan applied 0 of 900.000")
    lends.approves(loan, vote=(12, 1))
    lends.loans("Lan approved 0 of 900.000")
    paid = lends.pays_out(loan)
    assert [(row.due_on, row.principal, row.interest) for row in paid.schedule[:2]] == [
        (NOV, 100_000, 9_000), (DEC, 100_000, 8_000)
    ]  # fmt: skip
    lends.till.stands("""
        cash_hand 1.100.000
        loan Lan 900.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)
    clock.tell(NOV)
    back = lends.repays(loan, 109_000)
    assert (back.principal, back.interest, back.outstanding) == (100_000, 9_000, 800_000)
    clock.tell(DEC)
    assert refused("overpaid", lends.repays, loan, 808_001).beside == {"owed": 808_000}
    last = lends.repays(loan, 808_000)
    assert (last.principal, last.interest, last.outstanding) == (800_000, 8_000, 0)
    lends.loans("Lan closed 0 of 900.000")
    lends.till.stands("""
        cash_hand 2.017.000
        interest_income 17.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)


def test_written_off_and_partly_recovered(lends: Lends, clock: StoryClock) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(NOV)
    lends.repays(loan, 109_000)
    waits = lends.asks_to_write_off(loan)
    lends.loans("Lan running 800.000 of 900.000")
    lends.till.signs(waits)
    lends.loans("Lan written_off 0 of 900.000")
    clock.tell(DEC)
    unchanged(lends, "overpaid", lends.recovers, loan, 800_001)
    back = lends.recovers(loan, 300_000)
    assert (back.recovered, back.lost) == (300_000, 500_000)
    lends.till.stands("""
        cash_hand 1.509.000
        interest_income 9.000
        loan_loss 800.000
        loan_recovered 300.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)
    unchanged(lends, "loan_written_off", lends.repays, loan, 1_000)


def test_a_new_plan_carries_unpaid_interest_and_never_capitalises_it(
    lends: Lends, clock: StoryClock
) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(DEC)
    lends.till.signs(lends.asks_to_reschedule(loan, 6, "quarterly"))
    rows = [(r.due_on, r.principal, r.interest) for r in lends.kept(loan).loan.plan]
    assert rows == [
        (date(2027, 3, 20), 0, 18_000),  # two months of 9.000, brought along and fixed
        (date(2027, 3, 20), 450_000, 27_000),
        (date(2027, 6, 20), 450_000, 13_000),
    ]
    lends.loans("Lan running 900.000 of 900.000")


def test_interest_let_go_has_no_entry(lends: Lends, clock: StoryClock) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(NOV)
    entries = counted(lends.doai.db, "entry")
    unchanged(lends, "overpaid", lends.asks_to_waive, loan, 9_001)
    lends.till.signs(lends.asks_to_waive(loan, 9_000))
    assert counted(lends.doai.db, "entry") == entries
    assert refused("overpaid", lends.repays, loan, 900_001).beside == {"owed": 900_000}


def test_what_was_owed_when_it_was_proposed_must_still_be_owed(
    lends: Lends, clock: StoryClock
) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(NOV)
    waits = lends.asks_to_write_off(loan)
    lends.repays(loan, 109_000)
    unchanged(lends, "loan_changed", lends.till.signs, waits)
    lends.loans("Lan running 800.000 of 900.000")


# Taken back


def test_a_repayment_taken_back_restores_everything(lends: Lends, clock: StoryClock) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    before = lends.till.accounts(), lends.kept(loan).loan
    clock.tell(NOV)
    back = lends.repays(loan, 109_000)
    lends.takes_back(back.id)
    assert (lends.till.accounts(), lends.kept(loan).loan) == before
    lends.loans("Lan running 900.000 of 900.000")
    unchanged(lends, "reversed_already", lends.takes_back, back.id)


def test_under_a_later_repayment_interest_and_principal_change_places(
    lends: Lends, clock: StoryClock
) -> None:
    """Without November's 109.000, December's 108.000 owed 18.000 of interest and not 8.000."""
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(NOV)
    first = lends.repays(loan, 109_000)
    clock.tell(DEC)
    lends.repays(loan, 108_000)
    lends.till.stands("""
        cash_hand 1.317.000
        interest_income 17.000
        loan Lan 700.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)
    lends.takes_back(first.id)
    lends.till.stands("""
        cash_hand 1.208.000
        interest_income 18.000
        loan Lan 810.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)


def test_once_the_cash_was_counted_it_stays_and_the_loan_follows(
    lends: Lends, clock: StoryClock
) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(NOV)
    back = lends.repays(loan, 109_000)
    lends.till.counts("hand", 1_209_000)
    lends.takes_back(back.id)
    lends.loans("Lan running 900.000 of 900.000")
    lends.till.stands("""
        cash_hand 1.209.000
        cash_over 109.000
        loan Lan 900.000
        savings Lan 400.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)


def test_each_act_with_money_is_taken_back_in_turn(lends: Lends) -> None:
    loan = lends.asks("Lan", 500_000)
    lends.approves(loan)
    start = lends.till.accounts()
    out = lends.pays_out(loan)
    lent = lends.till.accounts()
    lost = lends.till.signs(lends.asks_to_write_off(loan))
    (entry,) = [t.entry_id for t in lends.kept(loan).told if t.seq == lost["receipt"]["seq"]]
    recovered = lends.recovers(loan, 100_000)
    unchanged(lends, "later_first", lends.takes_back, entry)
    lends.takes_back(recovered.id)
    lends.takes_back(entry)
    assert lends.till.accounts() == lent
    lends.takes_back(out.id)
    assert lends.till.accounts() == start
    lends.loans("Lan approved 0 of 500.000")
    lends.pays_out(loan)
    lends.loans("Lan running 500.000 of 500.000")


def test_money_told_late_goes_between_the_others(lends: Lends, clock: StoryClock) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(DEC)
    lends.repays(loan, 118_000)  # 18.000 of interest, 100.000 of principal
    told_late = lends.repays(loan, 109_000, on=NOV)
    assert (told_late.principal, told_late.interest) == (100_000, 9_000)
    lends.loans("Lan running 690.000 of 900.000")  # December owed 8.000 only
    lends.till.adds_up()


# Limits and the state of the book


def strict(db: Database, **charter: Any) -> Lends:
    """Lan, Hoa and Mai saved 400.000 each; 2.000.000 in hand."""
    lends = Lends(a_chapter(db, "Lan Hoa Mai", **({"loans_stop_days_before": 0} | charter)))
    lends.till.opens("Lan 400.000, Hoa 400.000, Mai 400.000", hand=2_000_000)
    return lends


def test_the_charter_limits_what_is_asked_for(db: Database) -> None:
    lends = strict(db, loan_max_amount=700_000, loan_max_months=12, loan_savings_multiple=2)
    every = unchanged(lends, "beyond_amount", lends.asks, "Lan", 900_000, 13)
    assert [(part.field, part.code) for part in every.parts] == [
        ("amount", "beyond_amount"), ("months", "beyond_months"), ("amount", "beyond_multiple")
    ]  # fmt: skip
    unchanged(lends, "not_quarters", lends.asks, "Lan", 600_000, 8, "quarterly")
    unchanged(lends, "months", lends.asks, "Lan", 600_000, 0)
    lends.asks("Lan", 700_000, 12)


def test_her_savings_are_those_of_the_day(db: Database, clock: StoryClock) -> None:
    """She had 400.000 on the 20th, whatever she put in since."""
    lends = strict(db, loan_savings_multiple=1)
    clock.tell(TODAY + DAY)
    lends.till.sheet("Lan 100.000/1")
    unchanged(lends, "beyond_multiple", lends.asks, "Lan", 400_001, on=TODAY)
    lends.asks("Lan", 500_000)


def test_one_loan_at_a_time(lends: Lends) -> None:
    loan = lends.asks("Lan", 100_000)
    unchanged(lends, "one_at_a_time", lends.asks, "Lan", 100_000)
    lends.refuses(loan)
    lends.asks("Lan", 100_000)


def test_where_the_charter_lets_her_she_has_two(db: Database) -> None:
    lends = strict(db, one_loan_at_a_time=False)
    lends.lent("Lan", 100_000)
    lends.lent("Lan", 200_000)
    found = lends.doai.db.read_now(
        reports.balance, actor=lends.doai.treasurer, member_id=lends.doai.members["Lan"]
    )
    assert found.loans_outstanding == 300_000
    _, accounts = lends.doai.db.read_now(
        trial_balance, actor=lends.doai.head, chapter_id=lends.doai.id
    )
    assert ("Assets:Pig1:Loans:M001", 300_000) in [(a.account, a.debit) for a in accounts]


def test_only_free_cash_is_promised(lends: Lends) -> None:
    """1.500.000 of 2.000.000 are promised; 500.000 are left, whoever asks."""
    lends.approves(lends.asks("Lan", 1_500_000))
    late = lends.asks("Hoa", 500_001)
    unchanged(lends, "beyond_free_cash", lends.approves, late)
    lends.refuses(late)
    lends.approves(lends.asks("Hoa", 500_000))
    unchanged(lends, "beyond_free_cash", lends.approves, lends.asks("Mai", 1_000))


def test_who_is_paid_out_uses_her_own_promise(lends: Lends) -> None:
    loan = lends.asks("Lan", 2_000_000)
    lends.approves(loan)
    lends.pays_out(loan)
    lends.loans("Lan running 2.000.000 of 2.000.000")


def test_a_promise_that_is_not_kept_frees_the_cash(lends: Lends) -> None:
    """The head takes the approval back: nobody is paid, nobody else waits for it."""
    loan = lends.asks("Lan", 2_000_000)
    lends.approves(loan)
    hoa = lends.asks("Hoa", 300_000)
    refused("beyond_free_cash", lends.approves, hoa)
    lends.refuses(loan, reason="chị ấy thôi không vay")
    lends.approves(hoa)
    lends.loans("""
        Lan refused 0 of 2.000.000
        Hoa approved 0 of 300.000
    """)


def test_sealed_cash_is_not_free(lends: Lends) -> None:
    lends.till.moves("hand", "pot", 1_700_000)
    unchanged(lends, "beyond_free_cash", lends.approves, lends.asks("Lan", 300_001))


def test_cash_in_the_bank_is_free_but_is_paid_out_of_hand(lends: Lends) -> None:
    lends.till.moves("hand", "bank", 1_700_000)
    loan = lends.asks("Lan", 500_000)
    lends.approves(loan)
    unchanged(lends, "not_in_hand", lends.pays_out, loan)
    lends.till.moves("bank", "hand", 200_000)
    lends.pays_out(loan)
    lends.till.adds_up()


def test_no_loan_in_the_days_before_the_breaking(db: Database) -> None:
    lends = strict(db, loans_stop_days_before=30)
    loan = lends.asks("Lan", 100_000)
    lends.doai.db.write_now(
        Tx.run, "UPDATE pot SET next_breaking_on = ? WHERE id = ?", (TODAY + 30 * DAY, lends.pot)
    )
    unchanged(lends, "breaking_soon", lends.approves, loan)
    lends.doai.db.write_now(
        Tx.run, "UPDATE pot SET next_breaking_on = ? WHERE id = ?", (TODAY + 31 * DAY, lends.pot)
    )
    lends.approves(loan)


def test_the_box_gives_and_never_lends(lends: Lends) -> None:
    box = lends.doai.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng")
    unchanged(lends, "box_never_lends", lends.asks, "Lan", 100_000, pot=box)


def test_who_is_nobody_or_has_left_does_not_borrow(lends: Lends, clock: StoryClock) -> None:
    unchanged(lends, "member_unknown", lends.asks, a_key(), 100_000)
    unchanged(lends, "pot_unknown", lends.asks, "Lan", 100_000, pot=a_key())
    unchanged(lends, "member_unknown", lends.asks, "Lan", 100_000, guarantor=a_key())
    unchanged(lends, "guarantor_herself", lends.asks, "Lan", 100_000, guarantor="Lan")
    unchanged(lends, "in_future", lends.asks, "Lan", 100_000, on=TODAY + DAY)
    unchanged(lends, "reason_needed", lends.asks, "Lan", 100_000, on=TODAY - 8 * DAY)
    unchanged(lends, "before_joining", lends.asks, "Lan", 100_000, on=date(2025, 10, 19),
              reason="sổ cũ")  # fmt: skip
    young = lends.doai.open_pot(on=TODAY - DAY, name="lợn mới")
    unchanged(lends, "before_opening", lends.asks, "Lan", 100_000, on=TODAY - 2 * DAY, pot=young)
    left = lends.asks("Hoa", 100_000)
    leave(lends.doai, "Hoa")
    unchanged(lends, "left_already", lends.asks, "Hoa", 100_000)
    unchanged(lends, "left_already", lends.approves, left)


def test_days_in_their_order(lends: Lends, clock: StoryClock) -> None:
    loan = lends.asks("Lan", 100_000)
    unchanged(lends, "before_last", lends.approves, loan, on=TODAY - DAY)
    unchanged(lends, "in_future", lends.approves, loan, on=TODAY + DAY)
    lends.approves(loan)
    clock.tell(TODAY + DAY)
    unchanged(lends, "before_last", lends.pays_out, loan, on=TODAY - DAY)
    lends.pays_out(loan)
    unchanged(lends, "before_last", lends.repays, loan, 1_000, on=TODAY)
    unchanged(lends, "in_future", lends.repays, loan, 1_000, on=TODAY + 2 * DAY)
    unchanged(lends, "loan_running", lends.approves, loan)
    unchanged(lends, "loan_running", lends.pays_out, loan)
    unchanged(lends, "loan_running", lends.refuses, loan)


# Two hands


def borrows(doai: Chapter, actor: Actor, name: str) -> None:
    """An officer who is a member too."""
    doai.join(name, person_id=actor.person_id)


def test_never_whoever_asked(lends: Lends, doai: Chapter) -> None:
    loan = lends.asks("Lan", 100_000)
    unchanged(lends, "not_your_office", lends.approves, loan, doai.treasurer)
    unchanged(lends, "not_your_office", lends.approves, loan, doai.inspector)
    unchanged(lends, "not_signer", lends.approves, loan, doai.union.leader)
    lends.approves(loan, doai.deputy)


def test_the_borrower_never_approves_and_a_stand_in_does(lends: Lends, doai: Chapter) -> None:
    borrows(doai, doai.head, "Trưởng")
    loan = lends.asks("Trưởng", 100_000)
    unchanged(lends, "beneficiary", lends.approves, loan, doai.head)
    unchanged(lends, "not_signer", lends.approves, loan, doai.union.leader)
    lends.approves(loan, doai.deputy)


def test_where_nobody_in_the_chapter_can_the_commune_leader_does(
    lends: Lends, doai: Chapter
) -> None:
    borrows(doai, doai.head, "Trưởng")
    sql = "UPDATE office SET to_on = ? WHERE person_id = ?"
    doai.db.write_now(Tx.run, sql, (TODAY, doai.deputy.person_id))
    lends.approves(lends.asks("Trưởng", 100_000), doai.union.leader)


def test_an_officers_own_loan_is_flagged(lends: Lends, doai: Chapter) -> None:
    borrows(doai, doai.treasurer, "Quỹ")
    assert lends.kept(lends.asks("Quỹ", 100_000)).of_officer
    assert not lends.kept(lends.asks("Lan", 100_000)).of_officer


def test_a_member_asks_for_herself_alone(lends: Lends, doai: Chapter) -> None:
    loan = lends.asks("Lan", 100_000, by=doai.member("Lan"))
    assert lends.kept(loan).proposed_by == doai.member("Lan").person_id
    unchanged(lends, "not_found", lends.asks, "Hoa", 100_000, by=doai.member("Lan"))
    unchanged(lends, "not_found", lends.approves, loan, doai.member("Lan"))
    lends.approves(loan)


def test_whoever_approved_does_not_pay_out(lends: Lends, doai: Chapter) -> None:
    loan = lends.asks("Lan", 100_000)
    lends.approves(loan, doai.deputy)
    sql = "UPDATE office SET role = 'treasurer' WHERE person_id = ? AND role = 'deputy'"
    doai.db.write_now(Tx.run, sql, (doai.deputy.person_id,))
    turned = Actor(doai.deputy.person_id, None, tuple(
        type(o)(o.id, Role.TREASURER, o.unit_id, o.level) for o in doai.deputy.offices
    ))  # fmt: skip
    unchanged(lends, "same_person", lends.pays_out, loan, by=turned)


def test_a_lost_vote_approves_nothing(lends: Lends) -> None:
    loan = lends.asks("Lan", 100_000)
    unchanged(lends, "vote_lost", lends.approves, loan, vote=(5, 5))


# The queue


def in_need(doai: Chapter, name: str, need: NeedClass) -> None:
    doai.db.write_now(members.enter_need_class, actor=doai.treasurer,
                      member_id=doai.members[name], need=Need(need, 2026))  # fmt: skip


def test_need_first_and_each_place_says_why(lends: Lends, doai: Chapter, clock: StoryClock) -> None:
    lends.asks("Lan", 300_000)
    clock.tell(TODAY + 3 * DAY)
    in_need(doai, "Mai", NeedClass.POOR)
    hoa, mai = lends.asks("Hoa", 200_000), lends.asks("Mai", 400_000)
    found = doai.db.read_now(queries.queue_of, actor=doai.inspector, chapter_id=doai.id)
    said = [
        (of.name.split()[-1], [text.format(**values) for text, values in map(told, place.reasons)])
        for place, of in found
    ]
    assert said == [
        ("Mai", ["hộ nghèo", "mới xin vay", "chưa vay lần nào"]),
        ("Lan", ["không thuộc diện khó khăn", "chờ 3 ngày", "chưa vay lần nào"]),
        ("Hoa", ["không thuộc diện khó khăn", "mới xin vay", "chưa vay lần nào"]),
    ]
    unchanged(lends, "out_of_order", lends.approves, hoa)
    lends.approves(mai)
    lends.approves(hoa, out_of_order_reason="con chị ốm nặng")
    shown = doai.db.read_now(history.history, actor=doai.head, loan_id=hoa)
    assert (shown.place, shown.out_of_order_reason) == (2, "con chị ốm nặng")


# What others read


def test_the_history_as_the_leader_sees_it(lends: Lends, doai: Chapter, clock: StoryClock) -> None:
    loan = lends.asks("Lan", 900_000, 9, note="mua hai con lợn nái")
    lends.approves(loan, vote=(12, 1))
    lends.pays_out(loan)
    clock.tell(NOV + 10 * DAY)
    lends.repays(loan, 109_000)
    doai.db.write_now(actions.visit, actor=doai.head, loan_id=loan, day=NOV, note="lợn đẻ 9 con",
                      left_poor_list=True)  # fmt: skip
    shown = doai.db.read_now(history.history, actor=doai.union.leader, loan_id=loan)
    assert shown.named and shown.of.name == "Nguyễn Thị Lan"
    assert (shown.note, shown.vote, shown.place) == ("mua hai con lợn nái", (12, 1), 1)
    assert [(s.act, s.on) for s in shown.signatures] == [("proposed", TODAY), ("approved", TODAY)]
    (paid,) = shown.payments
    assert (paid.payment.interest, paid.payment.principal, paid.payment.days_late) == (
        9_000, 100_000, 10
    )  # fmt: skip
    assert [(v.note, v.left_poor_list) for v in shown.visits] == [("lợn đẻ 9 con", True)]
    assert len(shown.trail) == 5


def test_above_the_commune_a_name_takes_a_purpose(lends: Lends, doai: Chapter) -> None:
    loan = lends.lent("Lan", 100_000, note="chữa bệnh cho con Lan")
    read = lambda **more: doai.db.read_now(  # noqa: E731
        history.history, actor=doai.union.provincial, loan_id=loan, **more
    )
    blind = read()
    assert (blind.named, blind.note, blind.need, blind.guarantor) == (False, "", None, None)
    assert read(purpose="báo cáo 20/10").note == "chữa bệnh cho con Lan"


def test_who_may_look(lends: Lends, doai: Chapter) -> None:
    loan = lends.lent("Lan", 100_000)
    for actor in (doai.inspector, doai.treasurer, doai.member("Lan"), doai.union.leader):
        doai.db.read_now(history.history, actor=actor, loan_id=loan)
    for actor in (doai.member("Hoa"), doai.union.administrator):
        refused("not_found", doai.db.read_now, history.history, actor=actor, loan_id=loan)


def test_a_visit_comes_after_the_money(lends: Lends, doai: Chapter) -> None:
    loan = lends.asks("Lan", 100_000)
    visit = {"actor": doai.treasurer, "loan_id": loan, "note": "ổn"}
    unchanged(lends, "loan_applied", doai.db.write_now, actions.visit, day=TODAY, **visit)
    lends.approves(loan)
    lends.pays_out(loan)
    unchanged(lends, "before_paid_out", doai.db.write_now, actions.visit, day=TODAY - DAY, **visit)
    unchanged(lends, "in_future", doai.db.write_now, actions.visit, day=TODAY + DAY, **visit)
    doai.db.write_now(actions.visit, day=TODAY, **visit)


def test_the_cash_book_names_her_and_numbers_the_slips(lends: Lends, doai: Chapter) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    lends.repays(loan, 100_000)
    (book,) = doai.db.read_now(cash_book, actor=doai.inspector, chapter_id=doai.id).pots
    lines = [
        (line.of.text[0].format(**line.of.text[1]), line.came_in, line.went_out,
         str(line.of.voucher))
        for line in book.lines[1:]
    ]  # fmt: skip
    assert lines == [
        ("Cho Nguyễn Thị Lan vay", 0, 900_000, "PC 1/2026"),
        ("Nguyễn Thị Lan trả nợ", 100_000, 0, "PT 1/2026"),
    ]
    assert doai.db.read_now(voucher, doai.id, 1, EntryKind.WRITE_OFF, TODAY) is None


def test_her_book_shows_what_she_holds_and_what_she_owes(lends: Lends, doai: Chapter) -> None:
    lends.repays(lends.lent("Lan", 900_000, 9), 100_000)
    mine = {"actor": doai.member("Lan"), "member_id": doai.members["Lan"]}
    found = doai.db.read_now(reports.balance, **mine)
    assert (found.savings, found.loans_outstanding) == (400_000, 800_000)
    lines = doai.db.read_now(reports.statement, **mine)
    assert [(line.kind, line.amount, line.balance) for line in lines] == [
        ("opening", 400_000, 400_000)
    ]


def test_what_is_due_and_what_is_late(lends: Lends, doai: Chapter, clock: StoryClock) -> None:
    late = lends.lent("Lan", 300_000, 3)
    clock.tell(NOV - 7 * DAY)
    (one,) = doai.db.read_now(outlook.coming_due, actor=doai.head, chapter_id=doai.id)
    assert (one.late, [due.amount for due in one.soon]) == ([], [103_000])
    clock.tell(NOV + 31 * DAY)
    (one,) = doai.db.read_now(outlook.coming_due, actor=doai.head, chapter_id=doai.id)
    assert one.standing.of.id == late and one.standing.owed.days_overdue == 31
    assert doai.db.read_now(outlook.par30, actor=doai.head, chapter_id=doai.id) == 300_000


def test_when_can_the_next_loan_be_paid(lends: Lends, doai: Chapter) -> None:
    lends.lent("Lan", 1_800_000, 3)
    (seen,) = doai.db.read_now(outlook.forecasts, actor=doai.head, chapter_id=doai.id,
                               pot_id=lends.pot, months=4)  # fmt: skip
    assert seen.free == 200_000
    assert [month.free for month in seen.months] == [200_000, 818_000, 1_430_000, 2_036_000]


def test_what_stands_in_the_way_is_told_while_she_types(lends: Lends, doai: Chapter) -> None:
    asked = Asked(doai.members["Lan"], 2_000_001, 3, LoanPlan.MONTHLY)
    found = doai.db.read_now(looks.trial, actor=doai.treasurer, chapter_id=doai.id,
                             pot_id=lends.pot, asked=asked, day=TODAY)  # fmt: skip
    assert [refusal.code for refusal in found.against] == ["beyond_free_cash"]
    assert (found.most, len(found.rows)) == (2_000_000, 3)


def test_a_second_tap_is_answered_as_the_first(lends: Lends) -> None:
    loan = lends.asks("Lan", 500_000)
    lends.approves(loan)
    out, back = a_key(), a_key()
    assert lends.pays_out(loan, key=out) == lends.pays_out(loan, key=out)
    assert lends.repays(loan, 100_000, key=back) == lends.repays(loan, 100_000, key=back)
    lends.loans("Lan running 400.000 of 500.000")


# verify


@pytest.mark.parametrize(
    ("table", "change", "where", "finding"),
    [
        ("loan", "amount = amount + 1000", "amount = 900000", "not what was sealed"),
        ("loan_fact", "amount = 50000", "kind = 'repaid'", "fact 3: not what was sealed"),
        ("loan_fact", "day = '2026-10-19'", "kind = 'repaid'", "fact 3: not what was sealed"),
        ("account", "balance = balance - 1", "kind = 'loan'", "its account holds"),
    ],
)
def test_verify_sees_what_was_falsified(
    lends: Lends, thief: Any, table: str, change: str, where: str, finding: str
) -> None:
    loan = lends.lent("Lan", 900_000, 9)
    lends.repays(loan, 100_000)
    lends.till.adds_up()
    if table != "account":
        thief.drop_triggers()
    thief.change(table, change, where)
    assert any(finding in found for found in lends.doai.findings())


def test_verify_misses_a_fact_that_is_gone(lends: Lends, thief: Any) -> None:
    lends.repays(lends.lent("Lan", 900_000, 9), 100_000)
    thief.drop_triggers()
    assert thief.run("DELETE FROM loan_fact WHERE kind = 'repaid'") == 1
    found = lends.doai.findings()
    assert any("fact 3: sealed, and gone" in what for what in found)
    assert any("its account holds 800000, its history says 900000" in what for what in found)


# Which are open: a bookmark for reading


def bookmarked(lends: Lends) -> set[str]:
    rows = lends.doai.db.read_now(
        Tx.rows, "SELECT loan_id FROM loan_open WHERE chapter_id = ?", (lends.doai.id,)
    )
    return {row[0] for row in rows}


def test_the_open_loans_are_those_that_are_not_over(lends: Lends) -> None:
    """Asked, refused; asked, lent, paid back, taken back; written off and taken back."""
    refused_one, loan = lends.asks("Hoa", 100_000), lends.asks("Lan", 300_000)
    assert bookmarked(lends) == {refused_one, loan}
    lends.refuses(refused_one)
    lends.approves(loan)
    lends.pays_out(loan)
    assert bookmarked(lends) == {loan}
    back = lends.repays(loan, 300_000)
    assert bookmarked(lends) == set()
    lends.takes_back(back.id)
    assert bookmarked(lends) == {loan}
    lends.till.signs(lends.asks_to_write_off(loan))
    assert bookmarked(lends) == set()
    lost = next(t.entry_id for t in lends.kept(loan).told[::-1] if t.entry_id)
    lends.takes_back(lost)
    assert bookmarked(lends) == {loan}
    lends.loans("""
        Hoa refused 0 of 100.000
        Lan running 300.000 of 300.000
    """)


def test_a_loan_that_left_the_open_ones_is_found(lends: Lends) -> None:
    loan = lends.lent("Lan", 300_000)
    lends.doai.db.write_now(Tx.run, "DELETE FROM loan_open WHERE loan_id = ?", (loan,))
    (found,) = lends.doai.findings()
    assert found.endswith(f"loan {loan}: it is open, and not among the open loans")
