"""Counting and what follows, told as the pot's accounts; on both databases."""

from __future__ import annotations

import pytest

from app.approvals import queries
from app.approvals.actions import Waiting
from app.cash.writing import Counted
from app.db.engine import Database
from app.ledger.receipts import EntryPosted, Receipt
from app.mending import actions as mending
from app.terms import Outcome
from tests.actions.two_hands import tables
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_key, a_ticket, refused
from tests.till import Till


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai")


@pytest.fixture
def till(doai: Chapter) -> Till:
    found = Till(doai)
    found.sheet("Lan 50.000/5, Hoa 10.000/1")
    return found


def test_a_count_that_agrees_posts_nothing(till: Till) -> None:
    count = till.counts("pot", 60_000)
    assert (count.counted, count.book, count.difference) == (60_000, 60_000, 0)
    till.stands("""
        cash_pot 60.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_a_shortage_pends_until_it_is_settled(till: Till) -> None:
    count = till.counts("pot", 48_000)
    assert count.difference == -12_000
    till.stands("""
        cash_pot 48.000
        savings Lan 50.000
        savings Hoa 10.000
        shortage_pending 12.000
    """)
    till.settles(count, "keeper_owes")
    till.stands("""
        cash_pot 48.000
        receivable treasurer 12.000
        savings Lan 50.000
        savings Hoa 10.000
    """)
    till.takes_debt(till.doai.treasurer.person_id, 5_000)
    refused("overpaid", till.takes_debt, till.doai.treasurer.person_id, 7_001)
    till.takes_debt(till.doai.treasurer.person_id, 7_000)
    till.stands("""
        cash_hand 12.000
        cash_pot 48.000
        savings Lan 50.000
        savings Hoa 10.000
    """)
    refused("settled_already", till.settles, count, "keeper_owes")


def test_a_keeper_who_pays_at_once(till: Till) -> None:
    till.counts("pot", 48_000, "keeper_owes", paid_now=True)
    till.stands("""
        cash_hand 12.000
        cash_pot 48.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_the_group_bears_it_only_with_two_signatures(till: Till) -> None:
    """What was counted pends from the first moment: a difference never hides behind a signature."""
    waits = till.counts("pot", 48_000, "group_bears")
    assert isinstance(waits, Waiting)
    pends = """
        cash_pot 48.000
        savings Lan 50.000
        savings Hoa 10.000
        shortage_pending 12.000
    """
    till.stands(pends)
    refused("same_person", till.signs, waits, by=till.doai.treasurer)
    till.stands(pends)
    till.signs(waits)
    till.stands("""
        cash_pot 48.000
        cash_short 12.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_an_overage_is_accepted_only_with_two_signatures(till: Till) -> None:
    till.signs(till.counts("pot", 61_000, "accepted"))
    till.stands("""
        cash_over 1.000
        cash_pot 61.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_what_was_settled_meanwhile_is_not_settled_twice(till: Till) -> None:
    count = till.counts("pot", 48_000)
    waits = till.settles(count, "group_bears")
    till.settles(count, "keeper_owes")
    refused("settled_already", till.signs, waits)
    till.adds_up()


def test_what_a_correction_made_less_is_asked_for_anew(till: Till, clock: StoryClock) -> None:
    """Part of what was too much got a name since: the head is not told that all is settled."""
    clock.tell(TODAY + DAY)
    waits = till.settles(till.counts("pot", 62_000), "accepted")
    till.signs(till.sheet("Mai 1.000/1", on=TODAY, reason="quên ghi"))
    refused("difference_changed", till.signs, waits)
    head = till.doai.head
    asked = till.doai.db.read_now(queries.reached, actor=head, approval_id=waits.approval_id)
    why = dict(till.doai.db.read_now(queries.shown, asked))["no_longer"]
    assert str(why) == "Tiền chênh nay còn 1.000\u00a0₫, khác lúc xin ký. Mời thủ quỹ xin lại."
    till.adds_up()


@pytest.mark.parametrize(
    ("counted", "decision"),
    [(48_000, "accepted"), (61_000, "keeper_owes"), (61_000, "group_bears")],
)
def test_a_decision_that_does_not_fit(till: Till, counted: int, decision: str) -> None:
    before = tables(till.doai.db)
    refused("outcome_unfit", till.counts, "pot", counted, decision)
    assert tables(till.doai.db) == before


def test_counts_come_in_order(till: Till, clock: StoryClock) -> None:
    clock.tell(TODAY + 2 * DAY)
    till.counts("pot", 60_000)
    refused("counted_later", till.counts, "pot", 60_000, on=TODAY + DAY)
    till.counts("hand", 0, on=TODAY + DAY)  # another place has its own order


def test_the_same_key_counts_once(till: Till) -> None:
    key = a_key()
    once = till.counts("pot", 48_000, key=key)
    assert till.counts("pot", 48_000, key=key) == once
    refused("key_reused", till.counts, "pot", 47_000, key=key)
    till.adds_up()


def test_what_was_counted_stays_as_counted(till: Till, clock: StoryClock) -> None:
    clock.tell(TODAY + DAY)
    till.counts("pot", 60_000)
    till.moves("pot", "hand", 10_000)
    waits = till.asks_to_move("pot", "hand", 1_000, on=TODAY)
    refused("counted_since", till.signs, waits)


# Once the cash was counted, a mistake is mended without it


def test_a_line_too_much_explains_the_shortage(till: Till, clock: StoryClock) -> None:
    """Lan gave 5.000, 50.000 was written; the count missed 45.000."""
    wrong = till.sheet("Mai 50.000/5")
    count = till.counts("pot", 65_000)
    assert count.difference == -45_000
    waits = till.doai.asks_to_reverse(wrong)  # today's, yet counted since
    till.signs(waits)
    till.signs(till.sheet("Mai 5.000/5", counted=True, reason="ghi nhầm một số 0"))
    till.stands("""
        cash_over 5.000
        cash_pot 65.000
        cash_short 5.000
        savings Lan 50.000
        savings Hoa 10.000
        savings Mai 5.000
    """)


def test_a_forgotten_sheet_explains_the_overage(till: Till, clock: StoryClock) -> None:
    clock.tell(TODAY + DAY)
    till.counts("pot", 63_000)
    waits = till.sheet("Mai 3.000/3", on=TODAY, reason="quên ghi")
    assert isinstance(waits, Waiting)
    till.signs(waits)
    till.stands("""
        cash_pot 63.000
        savings Lan 50.000
        savings Hoa 10.000
        savings Mai 3.000
    """)
    refused("reason_needed", till.sheet, "Mai 3.000/3", on=TODAY)


def test_a_correction_can_be_taken_back_exactly(till: Till, clock: StoryClock) -> None:
    clock.tell(TODAY + DAY)
    till.counts("pot", 62_000)
    before = till.accounts()
    said = till.signs(till.sheet("Mai 3.000/3", on=TODAY, reason="quên ghi"))
    till.stands("""
        cash_pot 62.000
        cash_short 1.000
        savings Lan 50.000
        savings Hoa 10.000
        savings Mai 3.000
    """)
    till.doai.reverse(EntryPosted(said["id"], 0, [], Receipt(0, "")))
    assert till.accounts() == before
    till.adds_up()


# Places


def test_a_pot_is_opened_and_resealed(till: Till) -> None:
    till.moves("pot", "hand", 60_000)
    till.moves("hand", "bank", 20_000)
    till.moves("hand", "pot", 30_000)
    till.stands("""
        cash_bank 20.000
        cash_hand 10.000
        cash_pot 30.000
        savings Lan 50.000
        savings Hoa 10.000
    """)
    refused("not_there", till.asks_to_move, "hand", "pot", 10_001)
    refused("same_place", till.asks_to_move, "hand", "hand", 1_000)
    refused("notes_differ", till.asks_to_move, "hand", "pot", 1_000, notes={"500": 1})


def test_an_expense_never_touches_savings(till: Till) -> None:
    till.moves("pot", "hand", 60_000)
    refused("beyond_income", till.spends, 1_000)
    till.signs(till.counts("hand", 61_000, "accepted"))
    waits = till.spends(1_000, "thăm chị ốm")
    assert isinstance(waits, Waiting)  # the charter's limit is 0
    till.signs(waits)
    till.stands("""
        cash_hand 60.000
        cash_over 1.000
        expense 1.000
        savings Lan 50.000
        savings Hoa 10.000
    """)
    refused("beyond_income", till.spends, 1)


def test_an_old_book_is_opened(doai: Chapter, clock: StoryClock) -> None:
    till = Till(doai)
    till.opens("Lan 30.000, Mai 12.500", pot=40_000, hand=5_000, on=TODAY - DAY)
    till.stands("""
        cash_hand 5.000
        cash_pot 40.000
        savings Lan 30.000
        savings Mai 12.500
        surplus 2.500
    """)
    refused("opened_already", till.asks_to_open, "Hoa 1.000", pot=1_000)


def test_an_old_book_that_misses_money(doai: Chapter) -> None:
    till = Till(doai)
    said = till.opens("Lan 30.000", pot=29_000)
    till.stands("""
        cash_pot 29.000
        savings Lan 30.000
        shortage_pending 1.000
    """)
    till.settles(Counted(said["id"], 0, 0, 0, None), Outcome.KEEPER_OWES)  # type: ignore[arg-type]
    till.adds_up()


def test_an_opening_comes_first(till: Till) -> None:
    refused("entries_before", till.asks_to_open, "Lan 30.000", pot=30_000)


def test_nobody_pays_before_she_owes(till: Till, clock: StoryClock) -> None:
    """Found short today and owed since today: yesterday she owed nothing."""
    clock.tell(TODAY + DAY)
    till.counts("pot", 1_000, Outcome.KEEPER_OWES)
    keeper = till.doai.treasurer.person_id
    refused("overpaid", till.takes_debt, keeper, 1_000, on=TODAY)
    clock.tell(TODAY + 3 * DAY)
    till.takes_debt(keeper, 1_000, on=TODAY + 2 * DAY)
    refused("overpaid", till.takes_debt, keeper, 58_001, on=TODAY + DAY)
    till.takes_debt(keeper, 58_000, on=TODAY + DAY)
    till.adds_up()


def test_an_opening_whose_surplus_was_spent_stays(doai: Chapter) -> None:
    """Else the women's savings would have paid for the visit."""
    till = Till(doai)
    opened = till.opens("Lan 1.000", hand=51_000)
    spent = till.signs(till.spends(20_000))
    till.sheet("Lan 50.000/30")
    till.moves("pot", "hand", 50_000)
    refused("spent_since", take_back, doai, opened["id"])
    take_back(doai, spent["id"])
    take_back(doai, opened["id"])
    till.stands("""
        cash_hand 50.000
        savings Lan 50.000
    """)


def take_back(doai: Chapter, entry_id: str) -> None:
    doai.db.write_now(
        mending.reverse, actor=doai.treasurer, entry_id=entry_id, line_ids=(), reason="ghi nhầm",
        ticket=a_ticket(None, entry_id),
    )  # fmt: skip
