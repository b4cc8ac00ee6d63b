"""A key is a promise: the same key and words give the same answer, and nothing is done twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Invalid
from app.ledger.once import Ticket, do_once
from app.ledger.receipts import EntryPosted
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_key, counted, refused

KEY = "0197a000-0000-4000-8000-000000000001"


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai")


def test_a_second_tap_gets_the_same_receipt(doai: Chapter) -> None:
    first = doai.ask("Lan 1.000/1, Hoa 2.000/2", key=KEY)
    second = doai.ask("Lan 1.000/1, Hoa 2.000/2", key=KEY)
    assert (first.replayed, second.replayed) == (False, True)
    assert second.json == first.json
    assert second.value == first.value
    doai.holds("""
        20/10 sheet Lan 1.000/1, Hoa 2.000/2
        lợn 3.000 Lan 1.000/1, Hoa 2.000/2
    """)


def test_the_stored_answer_is_what_was_answered(doai: Chapter) -> None:
    answer = doai.ask("Lan 1.000/1", key=KEY)
    assert json.loads(answer.json) == {
        "id": answer.value.id,
        "total": 1_000,
        "lines": [
            {
                "line_id": answer.value.lines[0].line_id,
                "member_id": doai.members["Lan"],
                "amount": 1_000,
            }
        ],
        "receipt": {"seq": answer.value.receipt.seq, "head": answer.value.receipt.head},
    }


def test_a_replay_does_not_fail_because_the_book_moved_on(doai: Chapter, clock: StoryClock) -> None:
    """The phone was off for a month; by now the pig is broken and Lan has left."""
    first = doai.ask("Lan 1.000/1", on=TODAY, key=KEY)
    clock.tell(TODAY + 30 * DAY)
    doai.db.write_now(Tx.run, "UPDATE cycle SET closed_on = ?", (TODAY + DAY,))
    doai.db.write_now(Tx.run, "UPDATE member SET left_on = ?", (TODAY + DAY,))
    assert doai.ask("Lan 1.000/1", on=TODAY, key=KEY).json == first.json


def test_the_same_key_with_other_words(doai: Chapter) -> None:
    doai.ask("Lan 1.000/1", key=KEY)
    assert isinstance(refused("key_reused", doai.ask, "Lan 2.000/2", key=KEY), Invalid)
    assert isinstance(
        refused("key_reused", doai.reverse, doai.sheet("Hoa 1.000/1"), key=KEY), Invalid
    )
    assert counted(doai.db, "entry") == 2


def test_another_key_is_another_act(doai: Chapter) -> None:
    doai.ask("Lan 1.000/1", key=a_key())
    doai.ask("Lan 1.000/1", key=a_key())
    assert counted(doai.db, "entry") == 2


def test_keys_belong_to_the_chapter_and_not_to_the_person(doai: Chapter) -> None:
    first = doai.ask("Lan 1.000/1", key=KEY)
    replay = doai.ask("Lan 1.000/1", key=KEY, by=doai.head)
    assert replay.replayed and replay.json == first.json
    refused("not_your_office", doai.ask, "Lan 1.000/1", key=KEY, by=doai.inspector)


def test_another_chapters_same_key_is_its_own(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    first, second = doai.ask("Lan 1.000/1", key=KEY), trung.ask("Cúc 1.000/1", key=KEY)
    assert not second.replayed
    assert first.value.id != second.value.id
    refused("not_found", doai.ask, "Lan 1.000/1", key=KEY, by=trung.treasurer)


def test_a_failure_is_not_frozen(doai: Chapter, clock: StoryClock) -> None:
    refused("in_future", doai.ask, "Lan 1.000/1", on=TODAY + DAY, key=KEY)
    refused("too_little", doai.ask, "Lan 500/0", key=KEY)
    assert counted(doai.db, "stored_reply") == 0
    clock.tell(TODAY + DAY)
    assert not doai.ask("Lan 1.000/1", on=TODAY + DAY, key=KEY).replayed
    doai.holds("""
        21/10 sheet Lan 1.000/1
        lợn 1.000 Lan 1.000/1
    """)


def test_a_reversal_is_taken_back_once_too(doai: Chapter) -> None:
    posted = doai.sheet("Lan 1.000/1, Hoa 1.000/1")
    first = doai.reverse(posted, "Lan", key=KEY)
    assert doai.reverse(posted, "Lan", key=KEY) == first
    doai.holds("""
        20/10 sheet Lan 1.000/1, Hoa 1.000/1
        20/10 reversal Lan -1.000/-1
        lợn 1.000 Lan 0/0, Hoa 1.000/1
    """)


def test_the_reply_and_the_posting_are_of_one_transaction(doai: Chapter) -> None:
    """The machine stops after the answer was stored, before the commit: neither is there."""

    def stops(db: Tx, **more: Any) -> None:
        from app.savings.actions import post_sheet

        post_sheet(db, **more)
        assert db.row("SELECT 1 FROM entry") and db.row("SELECT 1 FROM stored_reply")
        raise OSError("the plug was pulled")

    sheet = {
        "actor": doai.treasurer,
        "chapter_id": doai.id,
        "pot_id": doai.pot,
        "day": TODAY,
        "lines": doai.lines("Lan 1.000/1"),
        "ticket": Ticket(KEY, b"sheet"),
    }
    with pytest.raises(OSError, match="plug"):
        doai.db.write_now(stops, **sheet)
    assert counted(doai.db, "entry") == counted(doai.db, "stored_reply") == 0


def test_what_fails_while_it_is_stored_was_never_done(doai: Chapter) -> None:
    """A reply that cannot be stored (its key is taken by a writer that knew no `do_once`)."""

    def twice(db: Tx) -> None:
        def act() -> EntryPosted:
            db.run(
                "INSERT INTO stored_reply (chapter_id, key, request, reply) VALUES (?, ?, ?, ?)",
                (doai.id, KEY, b"", b""),
            )
            return EntryPosted("", 0, [], None)  # type: ignore[arg-type]

        do_once(db, chapter_id=doai.id, ticket=Ticket(KEY, b""), kind=EntryPosted, act=act)

    with pytest.raises(Exception, match=r"written once|duplicate key|UNIQUE"):
        doai.db.write_now(twice)
    assert counted(doai.db, "stored_reply") == 0


def test_stored_answers_are_kept_for_ever(doai: Chapter) -> None:
    doai.ask("Lan 1.000/1", key=KEY)
    for sql in ("DELETE FROM stored_reply", "UPDATE stored_reply SET reply = request"):
        with pytest.raises(Exception, match="stored_reply is written once"):
            doai.db.write_now(Tx.run, sql)
