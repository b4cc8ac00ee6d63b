"""Moving cash, spending it, beginning with a paper book: on both databases, to the đồng."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.approvals import queries as approvals
from app.approvals.actions import Waiting
from app.cash import queries
from app.db.engine import Database
from app.db.tx import Tx
from app.ledger.receipts import EntryPosted, Receipt
from app.opening import actions as opening
from app.terms import BelongsTo, Kept, Place
from tests.actions.moving_story import book, counts, held, holds, move, opens, spend
from tests.actions.two_hands import last_seal, tables
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_key, a_ticket, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    """Six thousand in the pig."""
    chapter = a_chapter(db, expense_limit=3_000)
    chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    return chapter


@pytest.fixture
def paper(db: Database) -> Chapter:
    """A chapter that begins with a paper book: nothing is in it yet."""
    return a_chapter(db, expense_limit=3_000)


def unchanged(chapter: Chapter, code: str, act: object, *args: object, **more: object) -> None:
    """Refused, and every row of every table stands as it stood."""
    before = tables(chapter.db)
    refused(code, act, *args, **more)  # type: ignore[arg-type]
    assert tables(chapter.db) == before


# Moving


def test_nothing_moves_before_two_have_signed(doai: Chapter) -> None:
    before = book(doai)
    waits = move(doai, "pot", "hand", 6_000, notes={"5000": 1, "1000": 1},
                 witnesses=[doai.members["Hoa"], "bà Thử"])  # fmt: skip
    assert book(doai) == before
    refused("same_person", doai.signs, doai.treasurer, waits)
    doai.signs(doai.head, waits)
    holds(doai, """
        20/10 sheet
        cash_pot < savings Lan 5.000
        cash_pot < savings Hoa 1.000
        20/10 cash_move
        cash_hand < cash_pot 6.000
        savings Lan 5.000, savings Hoa 1.000, cash_hand 6.000
    """)  # fmt: skip
    seal = last_seal(doai.db, doai.id)
    assert seal["facts"]["approval"] == waits.approval_id
    assert seal["facts"]["notes"] == {"5000": 1, "1000": 1}


def test_to_the_bank_and_back_into_the_pig(doai: Chapter) -> None:
    for source, target, amount in (("pot", "hand", 6_000), ("hand", "bank", 5_000),
                                   ("bank", "hand", 2_000), ("hand", "pot", 3_000)):  # fmt: skip
        doai.signs(doai.head, move(doai, source, target, amount))
    assert held(doai) == "cash_pot 3.000, savings Lan 5.000, savings Hoa 1.000, cash_bank 3.000"
    assert doai.findings() == []


def test_money_gone_meanwhile_is_not_moved(doai: Chapter) -> None:
    """Two were asked for the same six thousand: the second signature looks again."""
    one, two = move(doai, "pot", "hand", 6_000), move(doai, "pot", "hand", 1_000)
    doai.signs(doai.head, one)
    unchanged(doai, "not_there", doai.signs, doai.head, two)


def test_a_count_meanwhile_closes_the_days_before_it(doai: Chapter, clock: StoryClock) -> None:
    waits = move(doai, "pot", "hand", 6_000)
    clock.tell(TODAY + DAY)
    counts(doai, 6_000)
    unchanged(doai, "counted_since", doai.signs, doai.head, waits)


def test_the_same_key_asks_once(doai: Chapter) -> None:
    key = a_key()
    one = move(doai, "pot", "hand", 6_000, key=key)
    before = tables(doai.db)
    assert move(doai, "pot", "hand", 6_000, key=key) == one
    assert tables(doai.db) == before
    refused("key_reused", move, doai, "pot", "hand", 5_000, key=key)


def test_only_the_treasurer_moves_cash(doai: Chapter) -> None:
    for by in (doai.head, doai.deputy, doai.inspector):
        refused("not_your_office", move, doai, "pot", "hand", 1_000, by=by)
        refused("not_your_office", spend, doai, 1_000, by=by)
        refused("not_your_office", opens, doai, {}, hand=1_000, by=by)


def test_what_is_refused_leaves_nothing_behind(doai: Chapter) -> None:
    unchanged(doai, "not_there", move, doai, "pot", "hand", 6_001)
    unchanged(doai, "same_place", move, doai, "pot", "pot", 1_000)
    unchanged(doai, "notes_differ", move, doai, "pot", "hand", 6_000, notes={"5000": 1})
    unchanged(doai, "witnesses_needed", move, doai, "pot", "hand", 6_000, witnesses=["bà Thử"])
    unchanged(doai, "in_future", move, doai, "pot", "hand", 1_000, on=TODAY + DAY)
    unchanged(doai, "reason_needed", move, doai, "pot", "hand", 1_000, on=TODAY - 8 * DAY)
    yesterday = TODAY - DAY  # nothing lay in the pig then
    doai.signs(doai.head, move(doai, "pot", "hand", 6_000))
    unchanged(doai, "not_there", move, doai, "hand", "pot", 1_000, on=yesterday)


# Spending


def opened(chapter: Chapter) -> None:
    """Six thousand of Lan's in hand, and ten thousand that are nobody's."""
    chapter.signs(chapter.head, opens(chapter, {"Lan": 6_000}, hand=16_000))


def test_up_to_the_limit_the_treasurer_alone(paper: Chapter) -> None:
    opened(paper)
    key = a_key()
    paid = spend(paper, 3_000, key=key)
    assert isinstance(paid, EntryPosted) and spend(paper, 3_000, key=key) == paid
    holds(paper, """
        20/10 opening
        cash_hand < opening 16.000
        opening < savings Lan 6.000
        opening < surplus 10.000
        20/10 expense
        expense < cash_hand 3.000
        cash_hand 13.000, savings Lan 6.000, surplus 10.000, expense 3.000
    """)  # fmt: skip


def test_above_it_two_sign_and_the_book_is_looked_at_again(paper: Chapter) -> None:
    opened(paper)
    one, two = spend(paper, 6_000), spend(paper, 5_000)
    assert isinstance(one, Waiting) and isinstance(two, Waiting)
    assert held(paper) == "cash_hand 16.000, savings Lan 6.000, surplus 10.000"
    paper.signs(paper.head, one)
    assert held(paper) == "cash_hand 10.000, savings Lan 6.000, surplus 10.000, expense 6.000"
    unchanged(paper, "beyond_income", paper.signs, paper.head, two)
    assert paper.findings() == []


def test_savings_are_not_spent(doai: Chapter) -> None:
    doai.signs(doai.head, move(doai, "pot", "hand", 6_000))
    unchanged(doai, "beyond_income", spend, doai, 1_000)


def test_sealed_cash_is_not_spent(paper: Chapter) -> None:
    paper.signs(paper.head, opens(paper, {}, hand=1_000, bank=9_000))
    unchanged(paper, "not_there", spend, paper, 2_000)


def test_a_fund_pot_spends_its_fund(paper: Chapter) -> None:
    fund = paper.open_pot(belongs_to=BelongsTo.FUND, name="lợn quỹ")
    paper.signs(paper.head, opens(paper, {"Lan": 6_000}, pot=fund, hand=8_000))
    spend(paper, 3_000, pot=fund)
    assert held(paper) == "cash_hand 5.000, fund Lan 6.000, fund 2.000, expense 3.000"
    assert paper.findings() == []


# The paper book


def test_a_paper_book_with_more_than_the_members_have(paper: Chapter) -> None:
    """What is left is surplus; the opening account ends at zero."""
    waits = opens(paper, {"Lan": 5_000, "Mai": 2_000}, hand=3_000, bank=6_000)
    assert book(paper) == ""
    paper.signs(paper.head, waits)
    holds(paper, """
        20/10 opening
        cash_bank < opening 6.000
        cash_hand < opening 3.000
        opening < savings Lan 5.000
        opening < savings Mai 2.000
        opening < surplus 2.000
        cash_bank 6.000, cash_hand 3.000, savings Lan 5.000, savings Mai 2.000, surplus 2.000
    """)  # fmt: skip


def test_what_is_missing_pends_until_it_is_settled(paper: Chapter) -> None:
    paper.signs(paper.head, opens(paper, {"Lan": 5_000}, hand=4_000))
    holds(paper, """
        20/10 opening
        cash_hand < opening 4.000
        opening < savings Lan 5.000
        shortage_pending < opening 1.000
        cash_hand 4.000, savings Lan 5.000, shortage_pending 1.000
    """)  # fmt: skip
    (pot,) = paper.db.read_now(queries.cash, actor=paper.treasurer, chapter_id=paper.id)
    assert [one.amount for one in pot.pending] == [-1_000]


def test_once(paper: Chapter) -> None:
    key = a_key()
    one = opens(paper, {"Lan": 5_000}, hand=5_000, key=key)
    assert opens(paper, {"Lan": 5_000}, hand=5_000, key=key) == one
    two = opens(paper, {"Lan": 7_000}, hand=7_000)
    paper.signs(paper.head, one)
    unchanged(paper, "opened_already", paper.signs, paper.head, two)
    unchanged(paper, "opened_already", opens, paper, {"Lan": 1_000}, hand=1_000)


def test_nothing_stands_before_it(doai: Chapter) -> None:
    unchanged(doai, "entries_before", opens, doai, {"Lan": 1_000}, hand=1_000)
    before = opens(doai, {"Lan": 1_000}, hand=1_000, on=TODAY - DAY)
    doai.sheet("Hoa 1.000/1", on=TODAY - DAY)
    unchanged(doai, "entries_before", doai.signs, doai.head, before)


def test_what_was_taken_back_does_not_stand(doai: Chapter) -> None:
    """A sheet of which one line was taken back stands with the other."""
    sheet = doai.sheet("Lan 1.000/1, Hoa 1.000/1", on=TODAY - DAY)
    doai.reverse(sheet, "Lan")
    unchanged(doai, "entries_before", opens, doai, {"Lan": 1_000}, hand=1_000, on=TODAY - DAY)
    doai.reverse(sheet, "Hoa")
    doai.signs(doai.head, opens(doai, {"Lan": 1_000}, hand=1_000, on=TODAY - DAY))
    assert doai.findings() == []


def test_an_opening_that_was_wrong_is_taken_back_and_made_again(
    paper: Chapter, clock: StoryClock
) -> None:
    paper.signs(paper.head, opens(paper, {"Lan": 50_000}, hand=5_000))
    (entry_id,) = paper.db.read_now(Tx.rows, "SELECT id FROM entry WHERE kind = 'opening'")[0]
    entry = EntryPosted(entry_id, 0, [], Receipt(0, ""))
    paper.reverse(entry)
    assert held(paper) == "" and paper.findings() == []
    paper.signs(paper.head, opens(paper, {"Lan": 5_000}, hand=5_000))
    assert held(paper) == "cash_hand 5.000, savings Lan 5.000"
    assert paper.db.read_now(approvals.waiting, actor=paper.head) == []


def test_a_pig_at_home_holds_nothing_here(paper: Chapter) -> None:
    home = paper.open_pot(kept=Kept.HOME, name="ống tre")
    refused("home_pot", paper.db.write_now, opening.open_balances, actor=paper.treasurer,
            chapter_id=paper.id, pot_id=home, day=TODAY, cash={Place.POT: 1_000}, savings=[],
            loans=(), ticket=a_ticket(None))  # fmt: skip
    refused("home_pot", move, paper, "hand", "pot", 1_000, pot=home)


def test_what_a_paper_book_cannot_say(paper: Chapter) -> None:
    unchanged(paper, "nothing_opened", opens, paper, {})
    unchanged(paper, "member_unknown", opens, paper, {a_key(): 1_000})
    unchanged(paper, "too_much", opens, paper, {}, hand=10**13, bank=1)
    unchanged(paper, "reason_needed", opens, paper, {}, hand=1_000, on=TODAY - 8 * DAY)
    early = TODAY - timedelta(days=400)
    unchanged(paper, "before_opening", opens, paper, {}, hand=1_000, on=early, reason="sổ giấy")
