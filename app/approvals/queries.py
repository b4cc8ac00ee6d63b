"""What waits, for whom, and what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import clock
from app.access.queries import BELOW, offices_in_force, person_name, root, units_above
from app.approvals import rules
from app.approvals.kinds import KINDS, Proposal, Shown
from app.db.tx import Tx
from app.errors import NotAllowed, Refusal, not_found
from app.terms import Actor, Role


@dataclass(frozen=True, slots=True)
class Approval:
    """A proposed act as it stands. Instants in microseconds."""

    chapter_id: str
    id: str
    kind: str
    about: str
    payload: dict[str, Any]
    fingerprint: str
    beneficiary_id: str | None
    proposed_by: str
    proposed_by_name: str
    proposed_at: int
    state: str
    decided_by_name: str | None
    decided_at: int | None
    result: dict[str, Any] | None
    chapter_name: str


_APPROVAL = (
    "SELECT a.chapter_id, a.id, a.kind, a.about, a.payload, a.fingerprint, a.beneficiary_id,"
    " a.proposed_by, p.name, a.proposed_at, a.state, d.name, a.decided_at, a.result, u.name"
    " FROM approval a JOIN person p ON p.id = a.proposed_by JOIN unit u ON u.id = a.chapter_id"
    " LEFT JOIN person d ON d.id = a.decided_by"
)


def _approval(row: tuple[Any, ...]) -> Approval:
    result = json.loads(row[13]) if row[13] else None
    return Approval(
        chapter_id=row[0],
        id=row[1],
        kind=row[2],
        about=row[3],
        payload=json.loads(row[4]),
        fingerprint=bytes(row[5]).hex(),
        beneficiary_id=row[6],
        proposed_by=row[7],
        proposed_by_name=row[8],
        proposed_at=row[9],
        state=row[10],
        decided_by_name=row[11],
        decided_at=row[12],
        result=result,
        chapter_name=row[14],
    )


def reached(db: Tx, *, actor: Actor, approval_id: str) -> Approval:
    """One in a book within the actor's reach, that she proposed, or that names her. Raises NotFound."""
    row = db.row(f"{_APPROVAL} WHERE a.id = ?", (approval_id,))
    if row is None:
        raise not_found()
    found = _approval(row)
    if not _hers(actor, found) and not roles_towards(db, actor, found.chapter_id):
        raise not_found()
    return found


def named(approval: Approval) -> str | None:
    """Whom it lets sign in her own right."""
    return KINDS[approval.kind].signers.named_in(approval.payload)


def _proposed(actor: Actor, approval: Approval) -> bool:
    return actor.member is None and approval.proposed_by == actor.person_id


def _hers(actor: Actor, approval: Approval) -> bool:
    """She proposed it, or is named in it."""
    of_an_officer = actor.member is None and named(approval) == actor.person_id
    return of_an_officer or _proposed(actor, approval)


def may_read(db: Tx, *, actor: Actor, approval: Approval) -> bool:
    """Whether she may see what is signed, names and amounts too.

    Who proposed it, who may sign it, and the officers of that chapter; a leader above sees that
    something waits, not whose money it is about.
    """
    own = any(office.unit_id == approval.chapter_id for office in actor.offices)
    return own or _proposed(actor, approval) or may_sign(db, actor=actor, approval=approval)


def roles_towards(db: Tx, actor: Actor, chapter_id: str) -> frozenset[Role]:
    """The actor's roles towards a book: in the chapter itself, or above it."""
    own = {o.role for o in actor.offices if o.unit_id == chapter_id}
    above = [o for o in actor.offices if o.role in (Role.LEADER, Role.ADMINISTRATOR)]
    if above:
        units = units_above(db, chapter_id)
        own |= {o.role for o in above if o.unit_id in units}
    return frozenset(own)


def books(approval: Approval) -> list[str]:
    """The books that signing it writes, in the order in which books are opened."""
    return sorted({approval.chapter_id, *KINDS[approval.kind].beside(approval.payload)})


def still_reaches(db: Tx, approval: Approval) -> bool:
    """Whether whoever proposed it still holds an office where she proposed it, if in a chapter."""
    held = tuple(offices_in_force(db, approval.proposed_by))
    if approval.chapter_id == root(db):
        return bool(held)
    proposer = Actor(approval.proposed_by, None, held)
    places = KINDS[approval.kind].beside(approval.payload) or (approval.chapter_id,)
    return any(roles_towards(db, proposer, place) for place in places)


def officers(db: Tx, chapter_id: str, but: str = "") -> dict[str, frozenset[Role]]:
    """Who holds which offices in the chapter itself today, by person; without one of them."""
    today = clock.today()
    rows = db.rows(
        "SELECT person_id, role FROM office WHERE unit_id = ? AND from_on <= ?"
        " AND (to_on IS NULL OR to_on > ?)",
        (chapter_id, today, today),
    )
    found: dict[str, frozenset[Role]] = {}
    for person_id, role in rows:
        if person_id != but:
            found[person_id] = found.get(person_id, frozenset()) | {Role(role)}
    return found


def check_signer(db: Tx, *, actor: Actor, approval: Approval) -> None:
    """Raises NotAllowed where her signature is not the one that is needed."""
    rules.check_signer(
        person_id=actor.person_id,
        roles=roles_towards(db, actor, approval.chapter_id),
        signers=KINDS[approval.kind].signers,
        others=officers(db, approval.chapter_id, but=actor.person_id),
        proposed_by=approval.proposed_by,
        beneficiary_id=approval.beneficiary_id,
        named=named(approval),
    )


def waiting(db: Tx, *, actor: Actor) -> list[Approval]:
    """What waits for her signature, oldest first."""
    found = {a.id: a for a in in_reach(db, actor=actor, state="waiting")}
    for row in db.rows(
        f"{_APPROVAL} WHERE a.beneficiary_id = ? AND a.state = 'waiting'", (actor.person_id,)
    ):
        about_her = _approval(row)
        if _hers(actor, about_her):
            found.setdefault(about_her.id, about_her)
    hers = [a for a in found.values() if may_sign(db, actor=actor, approval=a)]
    return sorted(hers, key=lambda a: (a.proposed_at, a.id))


def may_sign(db: Tx, *, actor: Actor, approval: Approval) -> bool:
    """Whether hers is the signature that is needed."""
    try:
        check_signer(db, actor=actor, approval=approval)
    except NotAllowed:
        return False
    return True


def in_reach(db: Tx, *, actor: Actor, state: str) -> list[Approval]:
    """Approvals in the books of her chapters and of the units below hers, oldest first."""
    found: dict[str, Approval] = {}
    for office in actor.offices:
        above = office.role in (Role.LEADER, Role.ADMINISTRATOR)
        rows = db.rows(
            f"{BELOW} {_APPROVAL} JOIN below b ON b.id = a.chapter_id WHERE a.state = :state"
            if above
            else f"{_APPROVAL} WHERE a.chapter_id = :unit AND a.state = :state",
            {"unit": office.unit_id, "state": state, "on": clock.today()},
        )
        found |= {row[1]: _approval(row) for row in rows}
    return sorted(found.values(), key=lambda a: (a.proposed_at, a.id))


def awaited(db: Tx, approval: Approval) -> list[tuple[str, Role]]:
    """Who in the chapter's own offices may sign, by name; nobody: somebody above stands in.

    First whoever is named, with the office that lets her in.
    """
    today = clock.today()
    rows = db.rows(
        "SELECT p.name, o.role, o.person_id FROM office o JOIN person p ON p.id = o.person_id"
        " WHERE o.unit_id = ? AND o.from_on <= ? AND (o.to_on IS NULL OR o.to_on > ?)"
        " ORDER BY o.from_on, o.id",
        (approval.chapter_id, today, today),
    )
    found = []
    herself = named(approval)
    if herself is not None and herself != approval.proposed_by:
        held = offices_in_force(db, herself)
        found += [(person_name(db, herself), office.role) for office in held[:1]]
    concerned = {approval.proposed_by, approval.beneficiary_id, herself}
    roles = KINDS[approval.kind].signers.roles
    return found + [(name, Role(role)) for name, role, who in rows
                    if Role(role) in roles and who not in concerned]  # fmt: skip


def waits_for(approval: Approval, awaited: list[tuple[str, Role]]) -> str:
    """Whose turn it is: the head's where she is one of them, and nobody is named beside her."""
    by_head = named(approval) is None and any(role is Role.CHAPTER_HEAD for _, role in awaited)
    return rules.WAITS_FOR[by_head]


def decided(db: Tx, *, actor: Actor, limit: int) -> list[Approval]:
    """What was signed or refused lately in the books within reach, newest first."""
    found: dict[str, Approval] = {}
    for office in actor.offices:
        above = office.role in (Role.LEADER, Role.ADMINISTRATOR)
        reach = (
            "JOIN below b ON b.id = a.chapter_id WHERE"
            if above
            else "WHERE a.chapter_id = :unit AND"
        )
        rows = db.rows(
            f"{BELOW if above else ''} {_APPROVAL} {reach} a.state <> 'waiting'"
            " ORDER BY a.decided_at DESC, a.id DESC LIMIT :limit",
            {"unit": office.unit_id, "on": clock.today(), "limit": limit},
        )
        found |= {row[1]: _approval(row) for row in rows}
    return sorted(found.values(), key=lambda a: a.decided_at or 0, reverse=True)[:limit]


def proposed_by_me(db: Tx, *, actor: Actor) -> list[Approval]:
    """What the actor proposed and nobody has signed yet."""
    rows = db.rows(
        f"{_APPROVAL} WHERE a.state = 'waiting' AND a.proposed_by = ? ORDER BY a.proposed_at",
        (actor.person_id,),
    )
    return [_approval(row) for row in rows]


def shown(db: Tx, approval: Approval) -> Shown:
    """What is signed, as label and value."""
    proposal = Proposal(
        approval.id, approval.chapter_id, approval.about, approval.payload, approval.proposed_by
    )
    try:
        return KINDS[approval.kind].shown(db, proposal)
    except Refusal as refusal:  # the book moved on: signing would be refused with this sentence
        return [("no_longer", refusal)]


def same_waiting(db: Tx, chapter_id: str, kind: str, payload: Mapping[str, Any]) -> Approval | None:
    """The very same act, where it waits already."""
    row = db.row(
        f"{_APPROVAL} WHERE a.chapter_id = ? AND a.state = 'waiting' AND a.kind = ?"
        " AND a.payload = ?",
        (chapter_id, kind, json.dumps(payload, sort_keys=True)),
    )
    return _approval(row) if row else None


def taken(db: Tx, chapter_id: str, kind: str) -> dict[str, str]:
    """What the waiting acts of a kind take up in a book: the approval of each."""
    rows = db.rows(
        "SELECT id, payload FROM approval WHERE chapter_id = ? AND state = 'waiting' AND kind = ?"
        " ORDER BY id",
        (chapter_id, kind),
    )
    return {one: id for id, payload in rows for one in KINDS[kind].takes(json.loads(payload))}


def hands(db: Tx, chapter_id: str, seq: int) -> tuple[str, str | None]:
    """Whose a sealed record is, by name: who recorded it (of two: who asked), and who signed."""
    row = db.row(
        "SELECT person_id, content FROM trail WHERE chapter_id = ? AND seq = ?", (chapter_id, seq)
    )
    by, content = row or ("", b"{}")
    asked_by = json.loads(bytes(content)).get("facts", {}).get("proposed_by")
    if asked_by is None:
        return person_name(db, by), None
    return person_name(db, asked_by), person_name(db, by)
