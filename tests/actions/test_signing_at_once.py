"""Two approvers at the same instant: one is done, the other is told so, the act happened once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.approvals import queries
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Refusal
from app.terms import Actor
from tests.actions.two_hands import state
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, counted


def both_at_once(doai: Chapter, waits: Waiting) -> list[str]:
    """Head and deputy sign at the same instant: what each is told."""
    start = threading.Barrier(2)

    def sign(by: Actor) -> str:
        start.wait(60)
        try:
            doai.signs(by, waits)
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as two:
        return sorted(two.map(sign, (doai.head, doai.deputy)))


def test_two_sign_at_the_same_instant(db: Database, clock: StoryClock) -> None:
    doai = a_chapter(db, "Lan")
    sheets = [doai.sheet("Lan 5.000/5") for _ in range(5)]
    clock.tell(TODAY + DAY)
    for sheet in sheets:
        waits = doai.asks_to_reverse(sheet)
        assert both_at_once(doai, waits) == ["decided_already", "done"]
        assert state(doai.db, waits) == "done"
    assert counted(doai.db, "entry") == 10
    assert doai.book().splitlines()[-1] == "lợn 0 Lan 0/0"
    assert doai.findings() == []


def test_both_have_looked_before_either_signs(
    postgres_db: Database, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections saw it waiting; whoever comes second looks again behind the lock."""
    doai = a_chapter(postgres_db, "Lan")
    posted = doai.sheet("Lan 5.000/5")
    clock.tell(TODAY + DAY)
    waits, meet, looked = doai.asks_to_reverse(posted), threading.Barrier(2), threading.local()
    reached = queries.reached

    def together(db: Tx, **more: Any) -> queries.Approval:
        found = reached(db, **more)
        if not getattr(looked, "once", False):
            looked.once = True
            meet.wait(60)
        return found

    monkeypatch.setattr(queries, "reached", together)
    assert both_at_once(doai, waits) == ["decided_already", "done"]
    assert counted(doai.db, "entry") == 2
    assert doai.findings() == []
