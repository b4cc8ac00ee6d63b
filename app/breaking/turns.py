"""Whose signature is next: the first that still counts, and whether somebody may give hers. Reads."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.queries import offices_in_force, person_name
from app.approvals.queries import officers, roles_towards
from app.breaking import hands
from app.breaking.steps import Breaking, Told
from app.db.tx import Tx
from app.errors import NotAllowed
from app.terms import Actor, Role


def first_that_counts(
    db: Tx, of: Breaking, fingerprint: str
) -> tuple[Told, frozenset[Role]] | None:
    """The first signature, where it is on these figures and whoever gave it is still in office."""
    signed = of.signed
    if signed is None or signed.payload["fingerprint"] != fingerprint:
        return None
    roles = _roles_now(db, of, signed)
    return (signed, roles) if roles else None


def check_hand(
    db: Tx, actor: Actor, of: Breaking, first: tuple[Told, frozenset[Role]] | None
) -> None:
    """Whether she may sign next. Raises NotAllowed `same_person`, `not_signer`."""
    roles = roles_towards(db, actor, of.chapter_id)
    if first is None:
        hands.check_first(roles)
        return
    hands.check_second(
        person_id=actor.person_id, roles=roles, first_id=first[0].by, first_roles=first[1],
        others=officers(db, of.chapter_id, but=actor.person_id),
    )  # fmt: skip


def _roles_now(db: Tx, of: Breaking, signed: Told) -> frozenset[Role]:
    """Whoever was put out of office since has signed nothing."""
    she = Actor(signed.by, None, tuple(offices_in_force(db, signed.by)))
    return roles_towards(db, she, of.chapter_id) & hands.FIRST


@dataclass(frozen=True, slots=True)
class Turn:
    """`first` is who signed these figures already; `awaited` who can sign next, else somebody above."""

    first: Told | None
    first_name: str | None
    may: bool
    awaited: list[tuple[str, Role]]


def turn(db: Tx, *, actor: Actor, of: Breaking, fingerprint: str) -> Turn:
    """As a page shows it; signing asks the same rules."""
    first = first_that_counts(db, of, fingerprint)
    return Turn(
        first=first[0] if first else None,
        first_name=person_name(db, first[0].by) if first else None,
        may=_may(db, actor, of, first),
        awaited=_awaited(db, of, first),
    )


def _may(
    db: Tx, actor: Actor, of: Breaking, first: tuple[Told, frozenset[Role]] | None
) -> bool:  # fmt: skip
    try:
        check_hand(db, actor, of, first)
    except NotAllowed:
        return False
    return True


def _awaited(
    db: Tx, of: Breaking, first: tuple[Told, frozenset[Role]] | None
) -> list[tuple[str, Role]]:
    """By name, the head before her deputy."""
    wanted: tuple[Role, ...] = (Role.TREASURER, Role.CHAPTER_HEAD, Role.DEPUTY)
    if first is not None:
        by_treasurer = Role.TREASURER in first[1]
        wanted = (Role.CHAPTER_HEAD, Role.DEPUTY) if by_treasurer else (Role.TREASURER,)
    held = officers(db, of.chapter_id, but=first[0].by if first else "")
    return [
        (person_name(db, person_id), role)
        for role in wanted
        for person_id, roles in held.items()
        if role in roles
    ]
