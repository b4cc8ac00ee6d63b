"""A pig from home after another, the members page by page: what was told of others stays.

A count and a list of decisions replace what was told before, as a program sends them. On phones
several hands do it at once: each act reads what stands, in the locked book, and adds its part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.access.queries import require
from app.access.rules import May
from app.audit import trail
from app.breaking import actions, kept, steps
from app.breaking.actions import CountedTogether
from app.breaking.gather import Decisions
from app.breaking.steps import Breaking
from app.cash.writing import Decision
from app.db.tx import Tx
from app.terms import Actor


def count_common(
    db: Tx, *, actor: Actor, breaking_id: str, notes: Mapping[str, int], witnesses: Sequence[str],
    decision: Decision,
) -> CountedTogether:  # fmt: skip
    """Pot and hand together, in place of an earlier count; pigs opened since stay counted."""
    before = _locked(db, actor, breaking_id).count
    return actions.count(
        db, actor=actor, breaking_id=breaking_id, notes=notes, witnesses=witnesses,
        home=list(before.home.items()) if before else (), decision=decision,
    )  # fmt: skip


def count_vessel(
    db: Tx, *, actor: Actor, breaking_id: str, member_id: str, notes: Mapping[str, int] | None
) -> CountedTogether:
    """What she brought from home, beside what was counted already; None: it was not opened yet.

    Raises Conflict `not_counted`, and what actions.count raises.
    """
    found = _locked(db, actor, breaking_id)
    count = steps.check_counted(found)
    texts = kept.texts_of(db, found.chapter_id, count.seq)
    home = dict(count.home)
    home.pop(member_id, None)
    vessels = [*home.items(), *([] if notes is None else [(member_id, notes)])]
    return actions.count(
        db,
        actor=actor,
        breaking_id=breaking_id,
        notes=count.notes,
        witnesses=[name for name in texts.get("witnesses", "").split(", ") if name],
        home=vessels,
        decision=Decision(count.outcome, texts.get("reason"), count.keeper_id, count.paid_now),
    )


def decide_of(
    db: Tx, *, actor: Actor, breaking_id: str, of: Collection[str], lines: Decisions
) -> bool:
    """What those `of` one page say; whoever of them has no line takes the charter's default.

    Whether anything is another now: where not, nothing is written and a signature stands.
    """
    found = _locked(db, actor, breaking_id)
    steps.check_counted(found)
    before = {line[0]: line for line in found.decisions}
    said = {who: line for who, line in before.items() if who not in of}
    said |= {line[0]: line for line in lines}
    if said == before:
        return False
    actions.decide(db, actor=actor, breaking_id=breaking_id, lines=list(said.values()))
    return True


def _locked(db: Tx, actor: Actor, breaking_id: str) -> Breaking:
    chapter_id = kept.reached(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    found = kept.kept(db, chapter_id, breaking_id)
    steps.check_goes_on(found)
    return found
