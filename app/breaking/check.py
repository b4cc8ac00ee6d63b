"""The check of a chapter's breakings: rows against seals, states against what the pots hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.audit.trail import Finding
from app.breaking import pen
from app.breaking.kept import all_kept
from app.breaking.steps import ENDS, Breaking, canonical, digest
from app.db.tx import Tx
from app.terms import Step

Sealed = dict[tuple[str, int], tuple[int, list[Any]]]  # breaking, step: record, what it says


def findings(db: Tx, chapter_id: str) -> Iterator[Finding]:
    """Each step is what was sealed; a pot is held by the one breaking that goes on, if any; a
    posted one closed its cycle on its day.
    """
    for what in _findings(db, chapter_id):
        yield Finding(chapter_id, what)


def _findings(db: Tx, chapter_id: str) -> Iterator[str]:
    rows, steps = _sealed(db, chapter_id)
    cycles = {
        (pot_id, no): (closed_on, held_by)
        for pot_id, no, closed_on, held_by in db.rows(
            "SELECT pot_id, no, closed_on, breaking_id FROM cycle WHERE chapter_id = ?",
            (chapter_id,),
        )
    }
    holding = {held_by for _, held_by in cycles.values() if held_by}
    closing = set()
    for of in all_kept(db, chapter_id):
        if rows.pop(of.id, None) != pen.opened(of):
            yield f"breaking {of.id}: not what was sealed"
        yield from _steps(of, steps)
        closed_on, held_by = cycles.get((of.pot_id, of.cycle_no), (None, None))
        if (of.state not in ENDS) != (held_by == of.id):
            yield f"breaking {of.id}: it is {of.state}, and its pot says otherwise"
        holding.discard(of.id)
        if of.state == Step.POSTED:
            closing.add((of.pot_id, of.cycle_no))
            if closed_on != of.day.isoformat():
                yield f"breaking {of.id}: posted, and its cycle did not close on its day"
    for breaking_id in holding:
        yield f"breaking {breaking_id}: holds a pot, and is gone"
    for at, (closed_on, _) in cycles.items():
        if closed_on and at not in closing:
            yield f"pot {at[0]}: cycle {at[1]} closed without a breaking"
    for breaking_id in rows:
        yield f"breaking {breaking_id}: sealed, and gone"
    for breaking_id, no in steps:
        yield f"breaking {breaking_id} step {no}: sealed, and gone"


def _steps(of: Breaking, sealed: Sealed) -> Iterator[str]:
    for n, told in enumerate(of.steps, 1):
        stands = (told.seq, [told.no, told.kind.value, digest(canonical(told.payload))])
        if sealed.pop((of.id, told.no), None) != stands or told.no != n:
            yield f"breaking {of.id} step {told.no}: not what was sealed"
    if any(told.kind in ENDS for told in of.steps[:-1]) or not of.steps:
        yield f"breaking {of.id}: its steps do not follow on each other"


def _sealed(db: Tx, chapter_id: str) -> tuple[dict[str, Any], Sealed]:
    """What the records say: of each breaking its row, and every step under its number."""
    rows: dict[str, Any] = {}
    steps: Sealed = {}
    acts = ", ".join(f"'{act.value}'" for act in pen.ACTS.values())
    for seq, content in db.rows(
        f"SELECT seq, content FROM trail WHERE chapter_id = ? AND act IN ({acts}) ORDER BY seq",
        (chapter_id,),
    ):
        try:
            facts = json.loads(bytes(content))["facts"]
            breaking_id, step = facts["breaking"], facts["step"]
            if step[1] == Step.OPENED:
                rows[breaking_id] = {name: facts[name] for name in ("pot", "cycle", "day")}
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # reported by the trail's own check
        steps[(breaking_id, step[0])] = (seq, step)
    return rows, steps
