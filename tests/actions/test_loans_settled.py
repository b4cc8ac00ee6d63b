"""Who leaves, moves or dies with a loan: savings less debt, to the đồng."""

from __future__ import annotations

from typing import Any

import pytest

from app.approvals.actions import Waiting
from app.db.engine import Database
from app.loans import free
from app.settling import queries as settling
from app.settling.rules import Asked
from app.terms import Leaving
from tests.actions.moving_story import opens
from tests.actions.settled import leave, pay
from tests.lent import Lends
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, refused

MONTH_ON = TODAY + 31 * DAY  # 20/11/2026


@pytest.fixture
def doai(db: Database) -> Chapter:
    """2.000.000 in hand, 1.200.000 of it savings; Lan borrows 300.000 at 1 % a month."""
    doai = a_chapter(db, "Lan Hoa Mai", loan_monthly_rate_bp=100, loans_stop_days_before=0)
    Lends(doai).till.opens("Lan 400.000, Hoa 400.000, Mai 400.000", hand=2_000_000)
    return doai


def died(doai: Chapter, name: str) -> dict[str, Any]:
    waits: Any = leave(doai, name, Leaving.DIED, next_of_kin="anh Ví Dụ")
    assert isinstance(waits, Waiting)
    return doai.signs(doai.head, waits)


def test_who_leaves_is_paid_savings_less_debt(doai: Chapter, clock: StoryClock) -> None:
    lends = Lends(doai)
    lends.lent("Lan", 300_000, 3)
    clock.tell(MONTH_ON)
    done = leave(doai, "Lan")
    assert (done.set_off, done.owing, done.claim, done.paid) == (303_000, 0, 97_000, 97_000)
    lends.loans("Lan closed 0 of 300.000")
    lends.till.stands("""
        cash_hand 1.603.000
        interest_income 3.000
        savings Hoa 400.000
        savings Mai 400.000
        surplus 800.000
    """)


def test_who_owes_more_than_she_has_leaves_owing_the_rest(doai: Chapter, clock: StoryClock) -> None:
    lends = Lends(doai)
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(MONTH_ON)
    done = leave(doai, "Lan")
    assert (done.set_off, done.owing, done.claim, done.paid) == (400_000, 509_000, 0, 0)
    lends.loans("Lan running 509.000 of 900.000")
    (paid,) = lends.kept(loan).loan.payments
    assert (paid.set_off, paid.interest, paid.principal) == (True, 9_000, 391_000)
    lends.repays(loan, 509_000)
    lends.loans("Lan closed 0 of 900.000")


def test_a_death_ends_interest_and_takes_two_signatures(doai: Chapter, clock: StoryClock) -> None:
    lends = Lends(doai)
    loan = lends.lent("Lan", 900_000, 9)
    clock.tell(MONTH_ON)
    done = died(doai, "Lan")
    assert (done["set_off"], done["owing"], done["paid"]) == (400_000, 509_000, 0)
    clock.tell(MONTH_ON + 300 * DAY)
    assert refused("overpaid", lends.repays, loan, 509_001).beside == {"owed": 509_000}
    lends.loans("Lan running 509.000 of 900.000")


def test_a_death_without_savings_still_ends_interest(doai: Chapter, clock: StoryClock) -> None:
    lends = Lends(doai)
    doai.join("Na")
    loan = lends.lent("Na", 100_000, 10)
    died(doai, "Na")
    clock.tell(MONTH_ON)
    assert refused("overpaid", lends.repays, loan, 100_001).beside == {"owed": 100_000}


def test_only_a_loan_of_the_same_pot_is_set_off(doai: Chapter) -> None:
    """The cash of one pot never pays another's loan."""
    heo = doai.open_pot(name="heo")
    doai.signs(doai.head, opens(doai, {}, pot=heo, hand=500_000))
    other = Lends(doai, heo)
    other.lent("Lan", 200_000, 2)
    done = leave(doai, "Lan")
    assert (done.set_off, done.paid) == (0, 400_000)
    other.loans("Lan running 200.000 of 200.000")


def test_who_moves_takes_along_what_is_left(doai: Chapter) -> None:
    lends = Lends(doai)
    lends.lent("Lan", 300_000, 3)
    trung = a_chapter(doai.db, "Bưởi", under=doai.union, name="Chi hội thôn Trung")
    done = leave(doai, "Lan", Leaving.MOVED, to_chapter_id=trung.id)
    assert (done.set_off, done.moved) == (300_000, 100_000)
    assert doai.findings() == [] and trung.findings() == []


def test_who_moves_with_nothing_left_moves_no_money(doai: Chapter) -> None:
    lends = Lends(doai)
    lends.lent("Lan", 400_000, 4)
    trung = a_chapter(doai.db, "Bưởi", under=doai.union, name="Chi hội thôn Trung")
    done = leave(doai, "Lan", Leaving.MOVED, to_chapter_id=trung.id)
    assert (done.set_off, done.moved, done.owing) == (400_000, 0, 0)
    assert doai.findings() == [] and trung.findings() == []


def test_what_was_promised_to_a_borrower_pays_no_leaver(doai: Chapter) -> None:
    """1.900.000 of the 2.000.000 in hand are approved for Hoa."""
    lends = Lends(doai)
    lends.approves(lends.asks("Hoa", 1_900_000))
    done = leave(doai, "Lan")
    assert (done.paid, done.awaiting) == (100_000, 300_000)
    refused("no_free_cash", pay, doai, "Lan")


def test_her_own_promise_keeps_nobody_from_paying_her(doai: Chapter) -> None:
    """1.900.000 are approved for Lan herself: leaving, she is paid her 400.000, as was shown before."""
    lends = Lends(doai)
    lends.approves(lends.asks("Lan", 1_900_000))
    lan = doai.members["Lan"]
    shown = doai.db.read_now(
        settling.preview, actor=doai.treasurer, member_id=lan, asked=Asked(TODAY, Leaving.LEFT)
    )
    assert [pot.paid for pot in shown.pots] == [400_000]
    assert (
        doai.db.read_now(settling.opening, actor=doai.treasurer, member_id=lan).pots[0].payable
        == 2_000_000
    )
    done = leave(doai, "Lan")
    assert (done.paid, done.awaiting) == (400_000, 0)


@pytest.mark.parametrize("because", [Leaving.LEFT, Leaving.DIED])
def test_whoever_is_gone_is_promised_nothing(doai: Chapter, because: Leaving) -> None:
    """Hoa's 1.900.000 were approved; she is paid her savings, and the rest can be lent again."""
    lends = Lends(doai)
    lends.approves(lends.asks("Hoa", 1_900_000))
    assert doai.db.read_now(free.free_cash, doai.id, lends.pot, TODAY) == 100_000
    if because is Leaving.DIED:
        died(doai, "Hoa")
    else:
        leave(doai, "Hoa")
    assert doai.db.read_now(free.promised, doai.id, lends.pot) == 0
    assert doai.db.read_now(free.free_cash, doai.id, lends.pot, TODAY) == 1_600_000


def test_a_repayment_taken_back_later_is_set_off_before_the_rest_is_paid(doai: Chapter) -> None:
    """Lan had paid 100.000 of her 300.000 and left; 200.000 wait for her. The payment was wrong."""
    lends = Lends(doai)
    loan = lends.lent("Lan", 300_000, 3)
    back = lends.repays(loan, 100_000)
    lends.approves(lends.asks("Hoa", 1_700_000))
    done = leave(doai, "Lan")
    assert (done.set_off, done.claim, done.paid, done.awaiting) == (
        200_000,
        200_000,
        100_000,
        100_000,
    )
    lends.takes_back(back.id)
    lends.loans("""
        Lan running 100.000 of 300.000
        Hoa approved 0 of 1.700.000
    """)
    (waits,) = doai.db.read_now(settling.waiters, actor=doai.head, chapter_id=doai.id)
    assert (waits.awaiting, waits.payable) == (0, 0)
