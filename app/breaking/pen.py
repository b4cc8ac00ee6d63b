"""The only pen of breakings: a row, and step after step; each sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.audit import trail
from app.audit.trail import Seal
from app.breaking.steps import Breaking, canonical, digest
from app.db.tx import Tx
from app.ledger import journal
from app.ledger.entry import Entry
from app.models.breaking import BreakingRow, BreakingStep
from app.terms import Act, Actor, Step

ACTS = {
    Step.OPENED: Act.BREAKING_OPENED,
    Step.COUNTED: Act.BREAKING_COUNTED,
    Step.DECIDED: Act.BREAKING_DECIDED,
    Step.SIGNED: Act.BREAKING_SIGNED,
    Step.POSTED: Act.PIG_BROKEN,
    Step.ABANDONED: Act.BREAKING_ABANDONED,
}


def begin(db: Tx, *, actor: Actor, new: Breaking, texts: Mapping[str, str | None]) -> None:
    """A breaking with its first step; it holds its pot from here on."""
    payload = canonical(opened(new))
    seal = trail.seal(
        db, chapter_id=new.chapter_id, actor=actor, act=Act.BREAKING_OPENED, about=new.id,
        facts=said(new, 1, Step.OPENED, payload) | opened(new), texts=texts,
    )  # fmt: skip
    db.insert(BreakingRow(chapter_id=new.chapter_id, id=new.id, seq=seal.seq, pot_id=new.pot_id,
                          cycle_no=new.cycle_no, day=new.day))  # fmt: skip
    _note(db, new, 1, seal.seq, Step.OPENED, payload)
    journal.hold(db, chapter_id=new.chapter_id, pot_id=new.pot_id, breaking_id=new.id)


def opened(new: Breaking) -> dict[str, Any]:
    """What a record says of the row itself (`check.py` compares)."""
    return {"pot": new.pot_id, "cycle": new.cycle_no, "day": new.day.isoformat()}


def said(of: Breaking, no: int, kind: Step, payload: str) -> dict[str, Any]:
    """What a record says of a step."""
    return {"breaking": of.id, "step": [no, kind.value, digest(payload)]}


def tell(
    db: Tx, *, actor: Actor, of: Breaking, kind: Step, payload: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None, texts: Mapping[str, str | None] | None = None,
) -> Seal:  # fmt: skip
    """One more step that moves no money. `facts` are for whoever reads the trail."""
    text = canonical(payload)
    seal = trail.seal(
        db, chapter_id=of.chapter_id, actor=actor, act=ACTS[kind], about=of.id,
        facts=said(of, of.next_no, kind, text) | dict(facts or {}), texts=texts,
    )  # fmt: skip
    _note(db, of, of.next_no, seal.seq, kind, text)
    return seal


def post(
    db: Tx, *, actor: Actor, of: Breaking, entry: Entry, payload: Mapping[str, Any],
    facts: Mapping[str, Any], texts: Mapping[str, str | None],
) -> tuple[str | None, Seal]:  # fmt: skip
    """The last step with its entry (none where the pot was empty): one cycle closes, the next begins."""
    text = canonical(payload)
    told = said(of, of.next_no, Step.POSTED, text) | dict(facts)
    entry_id = None
    if entry.transfers:
        posted = journal.post(
            db, actor=actor, chapter_id=of.chapter_id, act=Act.PIG_BROKEN, entry=entry, facts=told,
            texts=texts, breaking_id=of.id,
        )  # fmt: skip
        entry_id, seal = posted.entry_id, posted.seal
    else:
        seal = trail.seal(db, chapter_id=of.chapter_id, actor=actor, act=Act.PIG_BROKEN,
                          about=of.id, facts=told, texts=texts)  # fmt: skip
    _note(db, of, of.next_no, seal.seq, Step.POSTED, text)
    journal.begin_next_cycle(db, chapter_id=of.chapter_id, pot_id=of.pot_id, no=of.cycle_no,
                             day=of.day)  # fmt: skip
    return entry_id, seal


def abandon(db: Tx, *, actor: Actor, of: Breaking, reason: str) -> Seal:
    """The pot is free again."""
    seal = tell(db, actor=actor, of=of, kind=Step.ABANDONED, payload={}, texts={"reason": reason})
    journal.hold(db, chapter_id=of.chapter_id, pot_id=of.pot_id, breaking_id=None)
    return seal


def _note(db: Tx, of: Breaking, no: int, seq: int, kind: Step, payload: str) -> None:
    db.insert(BreakingStep(chapter_id=of.chapter_id, breaking_id=of.id, no=no, seq=seq, kind=kind,
                           payload=payload))  # fmt: skip
