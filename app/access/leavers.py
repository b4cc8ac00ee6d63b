"""Officers who left: for a while their own phone may still hand over the sheets it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access import rules
from app.access.queries import offices_in_force
from app.access.rules import Term
from app.db.tx import Tx
from app.errors import not_found
from app.terms import N_, Actor, Level, Role

ASK = {True: N_("chi hội trưởng"), False: N_("cán bộ Hội cấp trên")}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose phone it is."""

    actor: Actor
    name: str


def owner(db: Tx, token_hash: bytes) -> Owner | None:
    """The person of a device in use, or of one that ended with her office.

    One reported lost, or ended with a PIN, is nobody's any more. No office goes with it: a phone
    alone opens nothing.
    """
    row = db.row(
        "SELECT d.person_id, d.id, p.name FROM device d JOIN person p ON p.id = d.person_id"
        " WHERE d.token_hash = ? AND (d.revoked_at IS NULL OR d.revoked_why = 'office_ended')",
        (token_hash,),
    )
    return Owner(Actor(row[0], row[1]), row[2]) if row else None


def who_left(db: Tx, token_hash: bytes) -> Owner | None:
    """The owner of a device, where she kept a book until lately."""
    found = owner(db, token_hash)
    return found if found and has_left(db, found.actor.person_id) else None


@dataclass(frozen=True, slots=True)
class Ended:
    """The last office of whoever holds none any more; `ask` is whom she may turn to."""

    role: Role
    on: date
    ask: str


def office_ended(db: Tx, token_hash: bytes) -> Ended | None:
    """Why a phone that the book knows opens it no more: told to that phone alone, without a name."""
    found = owner(db, token_hash)
    if found is None or offices_in_force(db, found.actor.person_id):
        return None
    row = db.row(
        "SELECT o.role, o.to_on, u.level FROM office o JOIN unit u ON u.id = o.unit_id"
        " WHERE o.person_id = ? AND o.to_on <= ? AND o.to_on > o.from_on"
        " ORDER BY o.to_on DESC, o.id DESC LIMIT 1",
        (found.actor.person_id, clock.today()),
    )
    if row is None:
        return None
    role = Role(row[0])
    below_head = row[2] == Level.CHAPTER and role is not Role.CHAPTER_HEAD
    return Ended(role, date.fromisoformat(row[1]), ASK[below_head])


def require_left(db: Tx, *, actor: Actor, chapter_id: str) -> None:
    """She kept this chapter's book until lately, and does no more.

    Raises NotFound; NotSignedIn where she still keeps it, for then she records it herself.
    """
    terms = _terms(db, actor.person_id).get(chapter_id, [])
    if rules.keeps_book(terms, clock.today()):
        raise rules.not_signed_in()
    if not rules.left_lately(terms, clock.today()):
        raise not_found()


def has_left(db: Tx, person_id: str) -> bool:
    """Whether there is any chapter whose book she kept until lately."""
    today = clock.today()
    return any(rules.left_lately(terms, today) for terms in _terms(db, person_id).values())


def _terms(db: Tx, person_id: str) -> dict[str, list[Term]]:
    """Her offices in chapters, past ones too."""
    rows = db.rows(
        "SELECT o.unit_id, o.role, o.from_on, o.to_on, o.ended_at FROM office o"
        " JOIN unit u ON u.id = o.unit_id WHERE o.person_id = ? AND u.level = 'chapter'",
        (person_id,),
    )
    found: dict[str, list[Term]] = {}
    for unit_id, role, from_on, to_on, ended_at in rows:
        to = date.fromisoformat(to_on) if to_on else None
        # An end that was dated back takes no time away from her phone.
        done = max(to, clock.day_of(ended_at)) if to and ended_at else to
        term = Term(Role(role), date.fromisoformat(from_on), to, done)
        found.setdefault(unit_id, []).append(term)
    return found
