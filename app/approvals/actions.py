"""Proposing, signing, refusing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import clock, ids
from app.approvals import queries, rules
from app.approvals.kinds import KINDS, Proposal
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict
from app.models.approvals import ApprovalRow
from app.terms import Act, Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act that waits for a second person."""

    approval_id: str
    fingerprint: str
    waits_for: str


def propose(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    kind: str,
    about: str,
    payload: Mapping[str, Any],
    texts: Mapping[str, str | None],
    beneficiary_id: str | None = None,
) -> Waiting:
    """Let an act wait for its second signature; the caller has opened the book and checked it.

    Proposed again in the same words it is the same proposal; another's is refused, and so is what
    takes up anything that a waiting one takes up (Kind.takes): Conflict `waits_already`.

    The payload is kept as it is shown and signed; its free text also goes to the sealed record's
    erasable texts.
    """
    before = queries.same_waiting(db, chapter_id, kind, payload)
    if before is not None:
        rules.check_not_anothers(before.proposed_by, actor.person_id)
        return Waiting(before.id, before.fingerprint, _waits_for(db, actor, before.id))
    rules.check_free(KINDS[kind].takes(payload), queries.taken(db, chapter_id, kind))
    approval_id = ids.new()
    print_ = rules.fingerprint(
        approval_id=approval_id, chapter_id=chapter_id, kind=kind, payload=payload
    )
    db.insert(
        ApprovalRow(
            chapter_id=chapter_id,
            id=approval_id,
            kind=kind,
            about=about,
            payload=json.dumps(payload, sort_keys=True),
            fingerprint=bytes.fromhex(print_),
            beneficiary_id=beneficiary_id,
            proposed_by=actor.person_id,
            proposed_at=clock.now(),
            state="waiting",
        )
    )
    trail.seal(db, chapter_id=chapter_id, actor=actor, act=Act.PROPOSED, about=about,
               facts={"approval": approval_id, "kind": kind, "fingerprint": print_},
               texts=texts)  # fmt: skip
    return Waiting(approval_id, print_, _waits_for(db, actor, approval_id))


def _waits_for(db: Tx, actor: Actor, approval_id: str) -> str:
    found = queries.reached(db, actor=actor, approval_id=approval_id)
    return queries.waits_for(found, queries.awaited(db, found))


def sign(db: Tx, *, actor: Actor, approval_id: str, fingerprint: str) -> dict[str, Any]:
    """Give the second signature: the act is done now, once. Returns the act's answer.

    Raises NotFound, NotAllowed (rules.check_signer), Conflict `decided_already`,
    `fingerprint_changed`, and whatever the act itself refuses by now.
    """
    found = queries.reached(db, actor=actor, approval_id=approval_id)
    for book in queries.books(found):
        trail.open_book(db, book)
    found = queries.reached(db, actor=actor, approval_id=approval_id)  # as it stands now
    queries.check_signer(db, actor=actor, approval=found)
    if found.state != "waiting":
        raise decided()
    stands = rules.fingerprint(
        approval_id=found.id, chapter_id=found.chapter_id, kind=found.kind, payload=found.payload
    )
    rules.check_proposer(queries.still_reaches(db, found))
    rules.check_same(fingerprint, stands)
    rules.check_same(found.fingerprint, stands)
    proposal = Proposal(found.id, found.chapter_id, found.about, found.payload, found.proposed_by)
    answer, kept = KINDS[found.kind].perform(db, actor=actor, proposal=proposal)
    _decide(db, actor, found, "done", json.dumps(kept))
    return answer


def refuse(db: Tx, *, actor: Actor, approval_id: str, reason: str) -> None:
    """Refuse, or take back one's own proposal: nothing is done."""
    found = queries.reached(db, actor=actor, approval_id=approval_id)
    trail.open_book(db, found.chapter_id)
    found = queries.reached(db, actor=actor, approval_id=approval_id)
    if found.proposed_by != actor.person_id:
        queries.check_signer(db, actor=actor, approval=found)
    if found.state != "waiting":
        raise decided()
    _decide(db, actor, found, "refused", None)
    trail.seal(db, chapter_id=found.chapter_id, actor=actor, act=Act.REFUSED, about=found.about,
               facts={"approval": found.id, "kind": found.kind},
               texts={"reason": reason})  # fmt: skip


def decided() -> Conflict:
    """Somebody was faster."""
    return Conflict("decided_already", "Việc này đã có người quyết định rồi.")


def _decide(db: Tx, actor: Actor, found: queries.Approval, state: str, result: str | None) -> None:
    db.run(
        "UPDATE approval SET state = ?, decided_by = ?, decided_at = ?, result = ?"
        " WHERE chapter_id = ? AND id = ? AND state = 'waiting'",
        (state, actor.person_id, clock.now(), result, found.chapter_id, found.id),
    )
