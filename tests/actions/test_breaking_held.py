"""While a pig is being broken its money waits; stopping keeps the count; what is closed stays closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.approvals import queries as approvals
from app.db.engine import Database
from app.loans import free
from app.loans.kept import all_kept
from app.opening import actions as opening
from app.terms import Place
from tests.actions.settled import leave
from tests.actions.two_hands import refuses, signs
from tests.broken import Breaks, broken
from tests.lent import Lends
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_ticket, refused


@pytest.fixture
def lends(db: Database) -> Lends:
    """100.000 in hand, 50.000 in the pig; Lan has a loan of 30.000, Hoa's of 20.000 is approved."""
    doai = a_chapter(db, "Lan Hoa Mai", loans_stop_days_before=0, loan_monthly_rate_bp=100)
    found = Lends(doai)
    found.till.opens("Lan 80.000", hand=130_000)
    doai.sheet("Hoa 50.000/50")
    found.lent("Lan", 30_000, 1)
    found.approves(found.asks("Hoa", 20_000, 1))
    found.asks("Mai", 1_000, 1)
    return found


def loan_of(lends: Lends, state: str) -> str:
    found = lends.doai.db.read_now(all_kept, lends.doai.id)
    return next(of.id for of in found if of.state == state)


ACTS: dict[str, Callable[[Lends], object]] = {
    "sheet": lambda x: x.doai.sheet("Lan 1.000/1"),
    "count": lambda x: x.till.counts("hand", 100_000),
    "expense": lambda x: x.till.spends(1_000),
    "cash move": lambda x: x.till.asks_to_move("pot", "hand", 1_000),
    "repayment": lambda x: x.repays(loan_of(x, "running"), 1_000),
    "write-off": lambda x: x.asks_to_write_off(loan_of(x, "running")),
    "disbursement": lambda x: x.pays_out(loan_of(x, "approved")),
    "approval": lambda x: x.approves(loan_of(x, "applied")),
    "leaving": lambda x: leave(x.doai, "Hoa"),
}


@pytest.mark.parametrize("act", ACTS)
def test_everything_of_its_pot_waits(lends: Lends, act: str) -> None:
    breaks = Breaks(lends.doai)
    breaks.opens()
    assert lends.doai.db.read_now(free.free_cash, lends.doai.id, lends.pot, TODAY) == 0
    said = refused("breaking_open", ACTS[act], lends)
    assert "đang mổ" in str(said)
    breaks.abandons()
    if act != "expense":  # there is no income to spend
        ACTS[act](lends)
    assert lends.doai.db.read_now(free.free_cash, lends.doai.id, lends.pot, TODAY) > 0
    assert lends.doai.findings() == []


def test_another_pot_goes_on(lends: Lends) -> None:
    other = lends.doai.open_pot(name="heo")
    Breaks(lends.doai).opens()
    lends.doai.sheet("Lan 1.000/1", pot=other)


def test_she_may_ask_for_a_loan_meanwhile(lends: Lends) -> None:
    """That is what the queue is for."""
    lends.refuses(loan_of(lends, "applied"))
    Breaks(lends.doai).opens()
    lends.asks("Mai", 5_000, 1)


def test_what_was_asked_before_waits_for_its_signature(lends: Lends) -> None:
    """A move, a write-off, a waiver, a new plan: refused while it is open, and still to be signed."""
    doai, loan = lends.doai, loan_of(lends, "running")
    waiting = [
        lends.till.asks_to_move("pot", "hand", 1_000),
        lends.asks_to_reschedule(loan, 2),
    ]
    breaks = Breaks(doai)
    breaks.opens()
    for waits in waiting:
        refused("breaking_open", signs, doai.db, doai.head, waits)
    breaks.abandons()
    for waits in waiting:
        signs(doai.db, doai.head, waits)
    assert doai.findings() == []


def test_an_old_book_comes_before_or_after(db: Database) -> None:
    doai = a_chapter(db, "Lan")
    breaks = Breaks(doai)
    breaks.opens()
    refused(
        "breaking_open", db.write_now, opening.open_balances, actor=doai.treasurer,
        chapter_id=doai.id, pot_id=doai.pot, day=TODAY, cash={Place.POT: 1_000}, savings=[],
        loans=(), ticket=a_ticket(None, "x"),
    )  # fmt: skip


# Stopping


@pytest.fixture
def doai(db: Database) -> Chapter:
    """In the pig 6.000, in hand 4.000."""
    chapter = a_chapter(db, "Lan Hoa")
    breaks = Breaks(chapter)
    breaks.till.opens(hand=4_000)
    chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    return chapter


def test_stopped_before_the_count_nothing_happened(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    assert breaks.abandons().state == "abandoned"
    breaks.till.stands("""
        cash_hand 4.000
        cash_pot 6.000
        savings Lan 5.000
        savings Hoa 1.000
        surplus 4.000
    """)
    refused("breaking_abandoned", breaks.counts, 10_000)
    refused("breaking_abandoned", breaks.plan)
    refused("breaking_abandoned", breaks.abandons)
    doai.sheet("Lan 1.000/1")


def test_the_count_stays_with_its_difference(doai: Chapter, clock: StoryClock) -> None:
    """3.000 less than 10.000, in the pig first; from then on it is counted cash."""
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(7_000)
    breaks.signs(doai.treasurer)
    breaks.abandons(by=doai.head)
    breaks.till.stands("""
        cash_hand 4.000
        cash_pot 3.000
        savings Lan 5.000
        savings Hoa 1.000
        shortage_pending 3.000
        surplus 4.000
    """)
    clock.tell(TODAY + DAY)
    said = refused("reason_needed", doai.sheet, "Lan 1.000/1", on=TODAY - DAY)
    assert "đã kiểm" in str(said)  # a correction, as after any count
    refused("counted_later", breaks.till.counts, "hand", 4_000, on=TODAY - DAY)
    breaks.till.counted_cash_stays()


def test_what_is_missing_beyond_the_pig_is_missing_in_hand(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(1_000)
    breaks.abandons()
    breaks.till.stands("""
        cash_hand 1.000
        savings Lan 5.000
        savings Hoa 1.000
        shortage_pending 9.000
        surplus 4.000
    """)


def test_what_was_decided_about_it_is_done_or_waits(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(9_000, "keeper_owes")
    breaks.abandons()
    assert "receivable treasurer 1.000" in breaks.till.accounts()
    breaks.opens()
    breaks.counts(8_000, "group_bears")
    breaks.abandons()
    assert "shortage_pending 1.000" in breaks.till.accounts()
    (waits,) = doai.db.read_now(approvals.waiting, actor=doai.head)
    assert waits.kind == "difference"
    breaks.opens()
    breaks.counts(8_500)
    breaks.abandons()
    breaks.till.stands("""
        cash_hand 4.000
        cash_pot 4.500
        overage_pending 500
        receivable treasurer 1.000
        savings Lan 5.000
        savings Hoa 1.000
        shortage_pending 1.000
        surplus 4.000
    """)


def test_a_key_is_stopped_once(doai: Chapter) -> None:
    breaks, key = Breaks(doai), "0197a000-0000-7000-8000-00000000000a"
    breaks.opens()
    breaks.counts(7_000)
    assert breaks.abandons(key=key) == breaks.abandons(key=key)
    assert doai.db.read_now(lambda tx: tx.rows("SELECT count(*) FROM cash_count")) == [(1,)]


# What is closed stays closed


def test_nothing_of_a_closed_cycle_is_taken_back(doai: Chapter, clock: StoryClock) -> None:
    posted = doai.sheet("Lan 2.000/2")
    clock.tell(TODAY + DAY)
    waits = doai.asks_to_reverse(posted, "Lan")
    done = broken(doai, on=TODAY + DAY)
    said = refused("cycle_closed", doai.reverse, posted)
    assert "đã mổ" in str(said)
    refused("cycle_closed", signs, doai.db, doai.head, waits)
    sql = "SELECT id FROM entry WHERE kind = 'breaking'"
    ((entry_id,),) = doai.db.read_now(lambda tx: tx.rows(sql))
    lends = Lends(doai)
    refused("not_reversible", lends.asks_to_take_back, entry_id)
    assert done.state() == "posted" and doai.findings() == []


def test_what_was_asked_of_the_old_cycle_is_refused(doai: Chapter, clock: StoryClock) -> None:
    """A move and a difference, proposed before the breaking and dated before it."""
    till = Breaks(doai).till
    short = till.counts("hand", 3_000)
    move = till.asks_to_move("pot", "hand", 1_000)
    difference = till.settles(short, "group_bears")
    clock.tell(TODAY + DAY)
    broken(doai, on=TODAY + DAY)
    refused("not_there", signs, doai.db, doai.head, move)
    refused("cycle_closed", signs, doai.db, doai.head, difference)
    refuses(doai.db, doai.head, difference)
    till.signs(till.settles(short, "group_bears"))
    assert doai.findings() == []
