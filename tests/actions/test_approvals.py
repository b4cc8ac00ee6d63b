"""An act that takes two: it waits, it is signed as it was shown, and then it is done once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.approvals import queries, rules
from app.approvals.actions import Waiting
from app.approvals.kinds import KINDS, Proposal
from app.charter.queries import in_force
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Conflict
from app.ledger.receipts import EntryPosted
from app.terms import Actor
from tests.actions.two_hands import (
    asked,
    asked_before_waiting_was_asked_after,
    last_seal,
    refuses,
    rules_from,
    sealed,
    state,
    tables,
)
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_key, counted, refused

NEVER = "0" * 64
TAKEN_BACK = """
    20/10 sheet Lan 5.000/5, Hoa 1.000/1
    21/10 reversal Lan -5.000/-5
    lợn 1.000 Lan 0/0, Hoa 1.000/1
"""
AS_IT_WAS = """
    20/10 sheet Lan 5.000/5, Hoa 1.000/1
    lợn 6.000 Lan 5.000/5, Hoa 1.000/1
"""


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai")


@pytest.fixture
def old(doai: Chapter, clock: StoryClock) -> EntryPosted:
    """A sheet of yesterday."""
    posted = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    clock.tell(TODAY + DAY)
    return posted


# Waiting


def test_what_waits_is_not_done(doai: Chapter, old: EntryPosted) -> None:
    before, (seq, _) = tables(doai.db), doai.head_now()
    waits = doai.asks_to_reverse(old, "Lan")
    after = tables(doai.db)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"approval", "book", "trail", "trail_text", "stored_reply"}
    assert len(after["approval"]) == 1 and doai.head_now()[0] == seq + 1
    assert state(doai.db, waits) == "waiting"
    doai.holds(AS_IT_WAS)


def test_the_proposal_is_sealed_without_its_words(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old, "Lan", reason="Lan đưa nhầm phong bì")
    seal = last_seal(doai.db, doai.id)
    assert (seal["act"], seal["about"], seal["by"]) == (
        "proposed",
        old.id,
        doai.treasurer.person_id,
    )
    assert seal["facts"] == {
        "approval": waits.approval_id, "kind": "reversal", "fingerprint": waits.fingerprint,
    }  # fmt: skip
    assert set(seal["texts"]) == {"reason"}
    assert "nhầm" in str(tables(doai.db)["trail_text"])
    assert not any(word in sealed(doai.db) for word in ("Lan", "nhầm", "phong"))


def test_it_is_signed_and_done(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old, "Lan")
    answer = doai.signs(doai.head, waits)
    assert (answer["total"], [line["amount"] for line in answer["lines"]]) == (-5_000, [-5_000])
    assert answer["receipt"]["seq"] == doai.head_now()[0]
    assert state(doai.db, waits) == "done"
    assert asked(doai.db, doai.head) == []
    doai.holds(TAKEN_BACK)
    seal = last_seal(doai.db, doai.id)
    assert (seal["act"], seal["by"]) == ("lines_reversed", doai.head.person_id)
    assert seal["facts"]["proposed_by"] == doai.treasurer.person_id
    assert seal["facts"]["approval"] == waits.approval_id


def test_what_was_decided_stays_decided(doai: Chapter, old: EntryPosted) -> None:
    done, gone = doai.asks_to_reverse(old, "Lan"), doai.asks_to_reverse(old, "Hoa")
    doai.signs(doai.head, done)
    refuses(doai.db, doai.head, gone)
    for waits in (done, gone):
        for officer in (doai.head, doai.deputy):
            assert isinstance(refused("decided_already", doai.signs, officer, waits), Conflict)
            refused("decided_already", refuses, doai.db, officer, waits)
        refused("decided_already", refuses, doai.db, doai.treasurer, waits)
    assert (state(doai.db, done), state(doai.db, gone)) == ("done", "refused")
    doai.holds(TAKEN_BACK)


def test_a_key_sent_again_waits_once(doai: Chapter, old: EntryPosted) -> None:
    key = a_key()
    waits = doai.asks_to_reverse(old, "Lan", key=key)
    assert doai.asks_to_reverse(old, "Lan", key=key) == waits
    doai.signs(doai.head, waits)
    assert doai.asks_to_reverse(old, "Lan", key=key) == waits  # answered as it was answered
    assert counted(doai.db, "approval") == 1
    doai.holds(TAKEN_BACK)


def test_the_same_act_waits_once(doai: Chapter, old: EntryPosted) -> None:
    waits = doai.asks_to_reverse(old, "Lan")
    assert doai.asks_to_reverse(old, "Lan") == waits
    assert doai.asks_to_reverse(old, "Hoa") != waits
    assert counted(doai.db, "approval") == 2
    refuses(doai.db, doai.head, waits)
    assert doai.asks_to_reverse(old, "Lan") != waits  # asked for anew


def test_the_same_act_of_another_waits_already(doai: Chapter) -> None:
    waits = rules_from(doai, 2_000)
    refusal = refused("waits_already", rules_from, doai, 2_000, by=doai.deputy)
    assert isinstance(refusal, Conflict)
    assert counted(doai.db, "approval") == 1
    rules_from(doai, 3_000, by=doai.deputy)  # other words are another act
    assert len(asked(doai.db, doai.head)) == 2
    assert asked(doai.db, doai.deputy) == [waits.approval_id]


# What is signed


def test_a_wrong_fingerprint_signs_nothing(doai: Chapter, old: EntryPosted) -> None:
    lans, hoas = doai.asks_to_reverse(old, "Lan"), doai.asks_to_reverse(old, "Hoa")
    before = tables(doai.db)
    for shown in (NEVER, hoas.fingerprint, lans.fingerprint.upper(), ""):
        wrong = replace(lans, fingerprint=shown)
        assert isinstance(refused("fingerprint_changed", doai.signs, doai.head, wrong), Conflict)
    assert tables(doai.db) == before


def test_every_proposal_has_its_own_fingerprint(doai: Chapter, old: EntryPosted) -> None:
    """Asked again after a refusal the words are the same, and yet not what was refused."""
    first = doai.asks_to_reverse(old, "Lan")
    refuses(doai.db, doai.head, first)
    second = doai.asks_to_reverse(old, "Lan")
    assert len(doai.db.read_now(Tx.rows, "SELECT DISTINCT kind, about, payload FROM approval")) == 1
    again = replace(second, fingerprint=first.fingerprint)
    refused("fingerprint_changed", doai.signs, doai.head, again)


def edit(doai: Chapter, waits: Waiting, old: EntryPosted, *, with_fingerprint: bool) -> None:
    """Somebody changes what waits, past the application: all of the sheet instead of Lan's line."""
    payload = {"entry": old.id, "lines": [], "reason": "ghi nhầm"}
    sql = "UPDATE approval SET payload = ? WHERE id = ?"
    doai.db.write_now(Tx.run, sql, (json.dumps(payload, sort_keys=True), waits.approval_id))
    if with_fingerprint:
        forged = rules.fingerprint(
            approval_id=waits.approval_id, chapter_id=doai.id, kind="reversal", payload=payload
        )
        sql = "UPDATE approval SET fingerprint = ? WHERE id = ?"
        doai.db.write_now(Tx.run, sql, (bytes.fromhex(forged), waits.approval_id))


@pytest.mark.parametrize("with_fingerprint", [False, True])
def test_approve_then_edit(doai: Chapter, old: EntryPosted, with_fingerprint: bool) -> None:
    """What changed between showing and signing is not signed, even with a forged fingerprint."""
    shown = doai.asks_to_reverse(old, "Lan")
    edit(doai, shown, old, with_fingerprint=with_fingerprint)
    before = tables(doai.db)
    refused("fingerprint_changed", doai.signs, doai.head, shown)
    assert tables(doai.db) == before
    doai.holds(AS_IT_WAS)


def test_the_stored_fingerprint_alone_signs_nothing_else(doai: Chapter, old: EntryPosted) -> None:
    """The page shows an edited content with the fingerprint of the old one: not signed either."""
    waits = doai.asks_to_reverse(old, "Lan")
    edit(doai, waits, old, with_fingerprint=False)
    (stands,) = doai.db.read_now(queries.waiting, actor=doai.head)
    assert stands.payload["lines"] == [] and stands.fingerprint == waits.fingerprint
    edited = rules.fingerprint(
        approval_id=stands.id, chapter_id=doai.id, kind=stands.kind, payload=stands.payload
    )
    refused("fingerprint_changed", doai.signs, doai.head, replace(waits, fingerprint=edited))
    doai.holds(AS_IT_WAS)


# The rules are asked twice


def test_what_is_invalid_is_refused_before_anyone_is_asked(
    doai: Chapter, old: EntryPosted, clock: StoryClock
) -> None:
    doai.signs(doai.head, doai.asks_to_reverse(old, "Lan"))
    refused("reversed_already", doai.reverse, old, "Lan")
    refused("charter_too_early", rules_from, doai, 2_000, days=0)
    doai.signs(doai.head, rules_from(doai, 2_000, days=3))
    refused("charter_already", rules_from, doai, 3_000, days=2)
    assert counted(doai.db, "approval") == 2


def test_what_waits_is_not_asked_for_again(doai: Chapter, old: EntryPosted) -> None:
    """In other words or with other lines beside it, it is the same line."""
    waits, before = doai.asks_to_reverse(old, "Lan"), tables(doai.db)
    refused("waits_already", doai.reverse, old, "Lan", reason="nói lại cho rõ")
    refused("waits_already", doai.reverse, old, "Lan", "Hoa")
    refused("waits_already", doai.reverse, old)
    assert tables(doai.db) == before
    refuses(doai.db, doai.head, waits)
    assert doai.asks_to_reverse(old, "Lan", "Hoa") != waits


def test_a_book_that_moved_on_refuses_at_the_signature(
    doai: Chapter, old: EntryPosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_before_waiting_was_asked_after(monkeypatch)
    lans, all_of_it = doai.asks_to_reverse(old, "Lan"), doai.asks_to_reverse(old, "Lan", "Hoa")
    doai.signs(doai.head, lans)
    before = tables(doai.db)
    refused("reversed_already", doai.signs, doai.head, all_of_it)
    assert tables(doai.db) == before
    assert asked(doai.db, doai.head) == [all_of_it.approval_id]
    refuses(doai.db, doai.head, all_of_it)
    doai.holds(TAKEN_BACK)


def test_rules_that_come_too_late_are_not_signed(
    doai: Chapter, old: EntryPosted, clock: StoryClock
) -> None:
    early, late, later = (rules_from(doai, 1_000 * n, days=n) for n in (2, 3, 4))
    doai.signs(doai.head, late)
    refused("charter_already", doai.signs, doai.head, early)
    clock.tell(TODAY + 5 * DAY)
    refused("charter_too_early", doai.signs, doai.head, later)
    assert (state(doai.db, early), state(doai.db, later)) == ("waiting", "waiting")
    _, now = doai.db.read_now(in_force, doai.id, TODAY + 5 * DAY)
    assert now.minimum_per_period == 3_000


def test_an_act_that_breaks_leaves_all_as_it_was(
    doai: Chapter, old: EntryPosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act is done and the power goes before it is said: it waits as before, and is not done."""
    whole = KINDS["reversal"]

    def breaks(db: Tx, /, *, actor: Actor, proposal: Proposal) -> tuple[Any, Any]:
        whole.perform(db, actor=actor, proposal=proposal)
        raise RuntimeError("the power went")

    waits = doai.asks_to_reverse(old, "Lan")
    before = tables(doai.db)
    with monkeypatch.context() as storm:
        storm.setitem(KINDS, "reversal", replace(whole, perform=breaks))
        with pytest.raises(RuntimeError):
            doai.signs(doai.head, waits)
    assert tables(doai.db) == before
    doai.signs(doai.head, waits)
    doai.holds(TAKEN_BACK)
