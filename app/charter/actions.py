"""Putting a charter in force: the first with its chapter, later ones by two."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock, names
from app.access.queries import require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal
from app.audit import trail
from app.charter import queries, rules
from app.charter.rules import Charter
from app.db.tx import Tx
from app.models.chapter import CharterRow
from app.terms import Act, Actor


def put_in_force(db: Tx, *, chapter_id: str, charter: Charter, on: date) -> dict[str, Any]:
    """Write a version; returns the facts for the caller's seal (its words go to the texts)."""
    kept = charter.model_dump(mode="json")
    db.insert(CharterRow(chapter_id=chapter_id, in_force_from=on, **kept))
    return {k: v for k, v in kept.items() if k != "words"} | {"in_force_from": on.isoformat()}


def cleaned(charter: Charter) -> Charter:
    """The charter with its words as they are kept."""
    if not charter.words:
        return charter
    words = names.clean(charter.words, longest=20_000, field="charter.words")
    return charter.model_copy(update={"words": words})


def propose_charter(
    db: Tx, *, actor: Actor, chapter_id: str, charter: Charter, on: date
) -> Waiting:
    """Propose new rules from a day on; the chapter head signs.

    Raises Invalid `charter_too_early`; Conflict `charter_already`.
    """
    require(db, actor=actor, may=May.CHANGE_CHARTER, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    _check(db, chapter_id, on)
    return approvals.propose(
        db,
        actor=actor,
        chapter_id=chapter_id,
        kind="charter",
        about=chapter_id,
        payload={
            "charter": charter.model_dump(mode="json"),
            "from": on.isoformat(),
            "before": queries.latest(db, chapter_id)[1].model_dump(mode="json"),
        },
        texts={"words": charter.words},
    )


def set_charter(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a charter."""
    charter, on = (
        Charter(**proposal.payload["charter"]),
        date.fromisoformat(proposal.payload["from"]),
    )
    _check(db, proposal.chapter_id, on)
    _, before = queries.latest(db, proposal.chapter_id)
    rules.check_rests_on(proposal.payload["before"], before)
    after = put_in_force(db, chapter_id=proposal.chapter_id, charter=charter, on=on)
    old = {k: v for k, v in before.model_dump(mode="json").items() if k in after and v != after[k]}
    trail.seal(
        db,
        chapter_id=proposal.chapter_id,
        actor=actor,
        act=Act.CHARTER_SET,
        about=proposal.chapter_id,
        facts={
            "approval": proposal.id,
            "proposed_by": proposal.proposed_by,
            "before": old,
            "after": after,
        },
        texts={"words": charter.words, "words.before": before.words},
    )
    answer = {"in_force_from": on.isoformat()}
    return answer, answer


def _check(db: Tx, chapter_id: str, on: date) -> None:
    latest, _ = queries.latest(db, chapter_id)
    rules.check_in_force_from(on, latest, clock.today())
