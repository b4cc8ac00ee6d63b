"""Two reviewers of a held sheet at the same instant, and its own phone: one decides, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db.engine import Database
from app.errors import Refusal
from app.ledger.once import Ticket
from app.savings import held, holding
from app.terms import Actor
from tests.outgoing import an_outgoing, left_behind
from tests.story import TODAY, Chapter, a_chapter, a_key, counted, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


def records(doai: Chapter, by: Actor, held_id: str, key: str = "") -> None:
    """As it is, under its first key; or changed, under a new one."""
    found = doai.db.read_now(held.find, doai.id, held_id)
    assert found is not None
    ticket = Ticket(key or held_id, b"changed" if key else found.request)
    doai.db.write_now(
        holding.record, actor=by, chapter_id=doai.id, pot_id=doai.pot, day=TODAY,
        lines=doai.lines("Lan 5.000/5"), ticket=ticket, held_id=held_id,
    )  # fmt: skip


def drops(doai: Chapter, by: Actor, held_id: str) -> None:
    doai.db.write_now(holding.drop, actor=by, held_id=held_id, reason="đã có")


def at_once(*acts: Callable[[], None]) -> list[str]:
    """What each is told."""
    start = threading.Barrier(len(acts))

    def act(one: Callable[[], None]) -> str:
        start.wait(60)
        try:
            one()
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as all_of_them:
        return sorted(all_of_them.map(act, acts))


def test_one_records_and_one_drops(doai: Chapter) -> None:
    outgoing = an_outgoing(doai)
    for _ in range(5):
        key = left_behind(doai, "Lan 5.000", by=outgoing)
        before = counted(doai.db, "entry")
        told = at_once(
            lambda key=key: records(doai, doai.head, key),  # type: ignore[misc]
            lambda key=key: drops(doai, doai.deputy, key),  # type: ignore[misc]
        )
        assert told == ["done", "held_decided"]
        found = doai.db.read_now(held.find, doai.id, key)
        assert found is not None and found.fate is not None
        recorded = counted(doai.db, "entry") - before
        assert recorded == (1 if found.fate == "recorded" else 0)
    assert counted(doai.db, "held_fate") == 5
    assert doai.findings() == []


def test_both_record_what_they_changed(doai: Chapter) -> None:
    """Each under a key of her own: still one sheet."""
    outgoing = an_outgoing(doai)
    for n in range(1, 6):
        key = left_behind(doai, "Lan 5.000", by=outgoing)
        told = at_once(
            lambda key=key: records(doai, doai.head, key, a_key()),  # type: ignore[misc]
            lambda key=key: records(doai, doai.deputy, key, a_key()),  # type: ignore[misc]
        )
        assert told == ["done", "held_decided"]
        assert counted(doai.db, "entry") == n
    assert doai.findings() == []


def test_both_record_it_as_it_is(doai: Chapter) -> None:
    """The second finds the first one's sheet under the same key: the same receipt, one entry."""
    key = left_behind(doai, "Lan 5.000")
    assert at_once(
        lambda: records(doai, doai.head, key), lambda: records(doai, doai.deputy, key)
    ) == ["done", "done"]
    assert counted(doai.db, "entry") == 1 and counted(doai.db, "held_fate") == 1


def test_its_phone_asks_twice_at_once(doai: Chapter) -> None:
    """Held once."""
    outgoing, key = an_outgoing(doai), a_key()
    told = at_once(*[lambda: left_behind(doai, "Lan 5.000", by=outgoing, key=key) and None] * 2)
    assert told == ["done", "done"] and counted(doai.db, "held_sheet") == 1


def test_what_is_refused_settles_nothing(doai: Chapter) -> None:
    """Recording and settling are one transaction."""
    key = left_behind(doai, "Lan 5.000")
    refused(
        "too_little", doai.db.write_now, holding.record, actor=doai.head, chapter_id=doai.id,
        pot_id=doai.pot, day=TODAY, lines=doai.lines("Lan 5.000/50"),
        ticket=Ticket(key, b""), held_id=key,
    )  # fmt: skip
    assert counted(doai.db, "held_fate") == 0 and counted(doai.db, "stored_reply") == 0
    refused("not_your_office", records, doai, doai.inspector, key)
    refused("not_your_office", drops, doai, doai.inspector, key)
    refused("not_found", drops, doai, doai.union.leader, key)
    assert counted(doai.db, "held_fate") == 0
