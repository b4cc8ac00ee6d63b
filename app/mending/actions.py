"""Mending what was recorded by mistake: a visible reversal, once, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app import clock
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal
from app.db.tx import Tx
from app.ledger import differences, journal, once
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import EntryPosted, entry_posted
from app.mending import queries, rules
from app.mending.rules import Mended, Standing
from app.models.ledger import EntryRow
from app.terms import Act, Actor


def reverse(
    db: Tx,
    *,
    actor: Actor,
    entry_id: str,
    line_ids: Sequence[str],
    reason: str,
    ticket: Ticket,
) -> Answer[EntryPosted | Waiting]:
    """Take back an entry, or some lines of a sheet, by the opposite movements; each line once.

    What was not recorded today, or whose cash was counted since, waits for the chapter head's
    signature. Raises Conflict `reversed_already`, `not_reversible`, `cycle_closed`, `below_zero`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=EntryRow, id=entry_id)
    require(db, actor=actor, may=May.REVERSE, unit_id=chapter_id)

    def take_back() -> EntryPosted | Waiting:
        found, mended = queries.opposite(db, chapter_id, entry_id, line_ids)
        counted = queries.counted_since(db, chapter_id, found)
        if not rules.takes_two(clock.day_of(found.recorded_at), clock.today(), counted):
            return _post(db, actor, chapter_id, found, mended, reason)
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind="reversal",
            about=entry_id,
            payload={
                "entry": entry_id,
                "lines": queries.line_ids(entry_id, mended),
                "reason": reason,
            },
            texts={"reason": reason},
        )

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=EntryPosted | Waiting,  # type: ignore[arg-type]
        act=take_back,
    )


def reverse_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a reversal."""
    said = proposal.payload
    chapter_id, entry_id = proposal.chapter_id, said["entry"]
    found = queries.standing(db, chapter_id, entry_id)
    whole = found is not None and found.kind not in rules.BY_LINES
    found, mended = queries.opposite(db, chapter_id, entry_id, () if whole else said["lines"])
    posted = _post(db, actor, chapter_id, found, mended, said["reason"], proposal)
    return asdict(posted), {"id": posted.id}


def _post(
    db: Tx,
    actor: Actor,
    chapter_id: str,
    found: Standing,
    mended: Mended,
    reason: str,
    proposal: Proposal | None = None,
) -> EntryPosted:
    both = {"approval": proposal.id, "proposed_by": proposal.proposed_by} if proposal else {}
    posted = journal.post(
        db,
        actor=actor,
        chapter_id=chapter_id,
        act=Act.LINES_REVERSED,
        entry=mended.entry,
        facts={"reverses": found.seq} | both | dict(mended.follow.facts),
        texts={"reason": reason},
    )
    differences.settle(db, chapter_id=chapter_id, seq=posted.seal.seq, outcome=None,
                       parts=mended.takes_up)  # fmt: skip
    if mended.follow.note is not None:
        mended.follow.note(posted.seal.seq)
    return entry_posted(posted, mended.entry)
