"""What lets people in: devices, codes, cards, sessions."""

from __future__ import annotations

from dataclasses import dataclass

from app import clock
from app.access.queries import reaches, require, units_of_person
from app.access.rules import May
from app.db.tx import Tx
from app.errors import not_found
from app.terms import Actor


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device and whose it is."""

    device_id: str
    person_id: str
    person_name: str
    pin_hash: str | None


def known_device(db: Tx, token_hash: bytes) -> KnownDevice | None:
    """The enrolled device with this token."""
    row = db.row(
        "SELECT d.id, p.id, p.name, p.pin_hash FROM device d JOIN person p ON p.id = d.person_id"
        " WHERE d.token_hash = ? AND d.revoked_at IS NULL",
        (token_hash,),
    )
    return KnownDevice(*row) if row else None


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Whom an unused enrolment code lets in."""

    person_id: str
    phone: str | None
    pin_hash: str | None


def holder_of_code(db: Tx, code_hash: bytes) -> CodeHolder | None:
    """The person an unused, unexpired enrolment code was made for."""
    row = db.row(
        "SELECT p.id, p.phone, p.pin_hash FROM enrolment e JOIN person p ON p.id = e.person_id"
        " WHERE e.code_hash = ? AND e.used_at IS NULL AND e.expires_at > ?",
        (code_hash, clock.now()),
    )
    return CodeHolder(*row) if row else None


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card in force and whose it is; `pin_hash` is None until she sets her PIN."""

    card_id: str
    chapter_id: str
    member_id: str
    person_id: str
    person_name: str
    phone: str | None
    pin_hash: str | None


def known_card(db: Tx, card_id: str) -> KnownCard | None:
    """The card with this number, unless it was revoked."""
    row = db.row(
        "SELECT c.id, c.chapter_id, c.member_id, p.id, p.name, p.phone, c.pin_hash FROM card c"
        " JOIN member m ON m.chapter_id = c.chapter_id AND m.id = c.member_id"
        " JOIN person p ON p.id = m.person_id WHERE c.id = ? AND c.revoked_at IS NULL",
        (card_id,),
    )
    return KnownCard(*row) if row else None


@dataclass(frozen=True, slots=True)
class CardHeld:
    """A member's card in force; `made_at` in microseconds, `taken` once she has set her PIN."""

    made_at: int
    taken: bool


def cards_held(db: Tx, *, actor: Actor, chapter_id: str) -> dict[str, CardHeld]:
    """The cards in force of a chapter, by member."""
    require(db, actor=actor, may=May.MAKE_CARDS, unit_id=chapter_id)
    rows = db.rows(
        "SELECT member_id, made_at, pin_hash IS NOT NULL FROM card"
        " WHERE chapter_id = ? AND revoked_at IS NULL",
        (chapter_id,),
    )
    return {member: CardHeld(made_at, bool(taken)) for member, made_at, taken in rows}


@dataclass(frozen=True, slots=True)
class DeviceShown:
    """A device in its owner's list; instants in microseconds."""

    id: str
    label: str
    enrolled_at: int
    last_used_at: int | None
    current: bool


def devices_of(db: Tx, *, actor: Actor, person_id: str) -> list[DeviceShown]:
    """A person's devices in use: her own, or those of an officer within reach."""
    check_reach(db, actor=actor, person_id=person_id)
    rows = db.rows(
        "SELECT d.id, d.label, d.enrolled_at, (SELECT max(s.used_at) FROM session s"
        "  WHERE s.device_id = d.id) FROM device d"
        " WHERE d.person_id = ? AND d.revoked_at IS NULL ORDER BY d.enrolled_at",
        (person_id,),
    )
    return [DeviceShown(row[0], row[1], row[2], row[3], row[0] == actor.device_id) for row in rows]


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A sign-in in its owner's list."""

    id: str
    device: str | None
    began_at: int
    used_at: int
    current: bool


def sessions_of(db: Tx, *, actor: Actor, token_hash: bytes) -> list[SessionShown]:
    """The actor's own sign-ins that still last; a card's session shows only that card's."""
    card: str = "s.card_id IS NULL"
    of: tuple[str, ...] = ()
    if actor.member:
        card = "s.card_id IN (SELECT id FROM card WHERE chapter_id = ? AND member_id = ?)"
        of = (actor.member.chapter_id, actor.member.member_id)
    rows = db.rows(
        "SELECT s.id, d.label, s.began_at, s.used_at, s.token_hash FROM session s"
        " LEFT JOIN device d ON d.id = s.device_id"
        f" WHERE s.person_id = ? AND {card} AND s.revoked_at IS NULL AND s.expires_at > ?"
        " ORDER BY s.used_at DESC, s.id",
        (actor.person_id, *of, clock.now()),
    )
    return [
        SessionShown(row[0], row[1], row[2], row[3], bytes(row[4]) == token_hash) for row in rows
    ]


def last_use(db: Tx, token_hash: bytes) -> int:
    """When a session was last noted as used; never where there is none."""
    row = db.row("SELECT used_at FROM session WHERE token_hash = ?", (token_hash,))
    return int(row[0]) if row else 0


def owner_of_device(db: Tx, device_id: str) -> str:
    """Whose a device is. Raises NotFound."""
    row = db.row("SELECT person_id FROM device WHERE id = ? AND revoked_at IS NULL", (device_id,))
    if row is None:
        raise not_found()
    return str(row[0])


def check_reach(db: Tx, *, actor: Actor, person_id: str) -> None:
    """Herself, or an officer of a unit where the actor may revoke devices. Raises NotFound."""
    if person_id == actor.person_id and actor.member is None:
        return
    units = units_of_person(db, person_id)
    if not any(reaches(db, actor=actor, may=May.REVOKE_DEVICES, unit_id=unit) for unit in units):
        raise not_found()


def my_pin(db: Tx, token_hash: bytes) -> tuple[str | None, str | None, str | None]:
    """The PIN at rest, the phone, and the card of whoever a session belongs to."""
    row = db.row(
        "SELECT CASE WHEN s.card_id IS NULL THEN p.pin_hash ELSE c.pin_hash END, p.phone, s.card_id"
        " FROM session s JOIN person p ON p.id = s.person_id LEFT JOIN card c ON c.id = s.card_id"
        " WHERE s.token_hash = ?",
        (token_hash,),
    )
    if row is None:
        raise not_found()
    return row[0], row[1], row[2]
