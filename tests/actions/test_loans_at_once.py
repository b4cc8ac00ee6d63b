"""Two heads, the last free cash, the same instant: one is promised it, the other is told so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from app.db.engine import Database
from app.errors import Refusal
from app.loans import actions, free
from app.terms import Actor
from tests.lent import Lends
from tests.story import TODAY, a_chapter, a_key


def at_once(*acts: object) -> list[str]:
    """What each is told."""
    start = threading.Barrier(len(acts))

    def run(act: object) -> str:
        start.wait(60)
        try:
            act()  # type: ignore[operator]
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as hands:
        return sorted(hands.map(run, acts))


def lending(db: Database) -> Lends:
    doai = a_chapter(db, "Lan Hoa", loans_stop_days_before=0)
    lends = Lends(doai)
    lends.till.opens(hand=500_000)
    return lends


def test_the_last_free_cash_is_promised_once(db: Database) -> None:
    lends = lending(db)
    doai = lends.doai

    def approve(by: Actor, loan: str) -> object:
        return lambda: db.write_now(
            actions.approve, actor=by, loan_id=loan, out_of_order_reason="họp quyết"
        )

    for _ in range(5):
        lan, hoa = lends.asks("Lan", 500_000), lends.asks("Hoa", 500_000)
        told = at_once(approve(doai.head, lan), approve(doai.deputy, hoa))
        assert told == ["beyond_free_cash", "done"]
        assert db.read_now(free.promised, doai.id, lends.pot) == 500_000
        assert db.read_now(free.free_cash, doai.id, lends.pot, TODAY) == 0
        for loan in (lan, hoa):
            lends.refuses(loan)
    assert doai.findings() == []


def test_a_loan_is_paid_out_once(db: Database) -> None:
    """Two taps, each with a key of its own."""
    lends = lending(db)
    loan = lends.asks("Lan", 200_000)
    lends.approves(loan)
    told = at_once(*(lambda: lends.pays_out(loan, key=a_key()) for _ in range(2)))
    assert told == ["done", "loan_running"]
    lends.loans("Lan running 200.000 of 200.000")
