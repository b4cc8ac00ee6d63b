"""Who somebody is, and how far her offices reach."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import SQLModel

from app import clock
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Invalid, NotAllowed, not_found
from app.terms import Actor, Level, Office, Role

_ABOVE = """
    WITH RECURSIVE above (id) AS (
        SELECT :unit
        UNION
        SELECT p.parent_id FROM unit_parent p JOIN above a ON a.id = p.unit_id
        WHERE p.from_on <= :on AND (p.to_on IS NULL OR p.to_on > :on)
    )
    SELECT u.id, u.level FROM above JOIN unit u ON u.id = above.id
"""


def units_above(db: Tx, unit_id: str) -> dict[str, Level]:
    """The unit itself and every unit above it today, with their levels."""
    sql = _ABOVE.replace(":unit", "CAST(:unit AS uuid)") if db.for_update else _ABOVE
    found = db.rows(sql, {"unit": unit_id, "on": clock.today()})
    return {unit: Level(level) for unit, level in found}


def book_of(db: Tx, unit_id: str) -> str:
    """The book an act on a unit is sealed in: its chapter's, else the Union's."""
    levels = {level: unit for unit, level in units_above(db, unit_id).items()}
    return levels.get(Level.CHAPTER) or levels[Level.CENTRAL]


def require(db: Tx, *, actor: Actor, may: May, unit_id: str) -> Office:
    """The office under which the actor may do this on the unit.

    Raises NotFound where the unit is out of her reach, NotAllowed where it needs another office.
    """
    own = [office for office in actor.offices if office.unit_id == unit_id]
    reaching = own
    if not any(office.role in may.roles for office in own):
        above = [o for o in actor.offices if o.role in (Role.LEADER, Role.ADMINISTRATOR)]
        units = units_above(db, unit_id) if above else {}
        reaching = own + [office for office in above if office.unit_id in units]
    for office in reaching:
        if office.role in may.roles:
            return office
    if reaching:
        raise NotAllowed("not_your_office", "Việc này cần người giữ chức vụ khác làm.")
    raise not_found()


def check_group(db: Tx, chapter_id: str, group_id: str | None) -> None:
    """A group (tổ) right below this chapter, or none. Raises Invalid `group_unknown`."""
    if group_id is None:
        return
    sql = "SELECT 1 FROM unit_parent WHERE unit_id = ? AND parent_id = ? AND to_on IS NULL"
    if not db.row(sql, (group_id, chapter_id)):
        raise Invalid("group_unknown", "Chi hội không có tổ này.", field="group_id")


def chapter_holding(db: Tx, *, actor: Actor, model: type[SQLModel], id: str) -> str:
    """In which of her chapters a thing is. Raises NotFound for missing and foreign alike."""
    for chapter_id in dict.fromkeys(o.unit_id for o in actor.offices if o.level is Level.CHAPTER):
        sql = f"SELECT 1 FROM {model.__tablename__} WHERE chapter_id = ? AND id = ?"
        if db.row(sql, (chapter_id, id)):
            return chapter_id
    raise not_found()


def actor_of_session(db: Tx, token_hash: bytes) -> Actor | None:
    """The actor behind a session token, with the offices in force today."""
    today = clock.today()
    rows = db.rows(
        "SELECT s.person_id, s.device_id, o.id, o.role, o.unit_id, u.level FROM session s"
        " LEFT JOIN office o ON o.person_id = s.person_id AND o.from_on <= ?"
        "  AND (o.to_on IS NULL OR o.to_on > ?)"
        " LEFT JOIN unit u ON u.id = o.unit_id"
        " WHERE s.token_hash = ? AND s.revoked_at IS NULL AND s.expires_at > ?",
        (today, today, token_hash, clock.now()),
    )
    if not rows:
        return None
    offices = tuple(Office(r[2], Role(r[3]), r[4], Level(r[5])) for r in rows if r[2])
    return Actor(rows[0][0], rows[0][1], offices)


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
class HeldOffice:
    """An office as its unit's list shows it."""

    id: str
    role: str
    unit_id: str
    unit_name: str
    person_id: str
    person_name: str
    from_on: str
    to_on: str | None


_OFFICES = (
    "SELECT o.id, o.role, o.unit_id, u.name, o.person_id, p.name, o.from_on, o.to_on FROM office o"
    " JOIN person p ON p.id = o.person_id JOIN unit u ON u.id = o.unit_id"
)


def offices_of_unit(db: Tx, *, actor: Actor, unit_id: str) -> list[HeldOffice]:
    """All offices of a unit, past and present."""
    require(db, actor=actor, may=May.READ_OFFICES, unit_id=unit_id)
    rows = db.rows(f"{_OFFICES} WHERE o.unit_id = ? ORDER BY o.from_on, o.id", (unit_id,))
    return [HeldOffice(*row) for row in rows]


def my_offices(db: Tx, person_id: str) -> list[HeldOffice]:
    """A person's offices in force today."""
    today = clock.today()
    rows = db.rows(
        f"{_OFFICES} WHERE o.person_id = ? AND o.from_on <= ? AND (o.to_on IS NULL OR o.to_on > ?)"
        " ORDER BY o.from_on, o.id",
        (person_id, today, today),
    )
    return [HeldOffice(*row) for row in rows]


def person_name(db: Tx, person_id: str) -> str:
    """A person's name; empty where it was erased."""
    row = db.row("SELECT name FROM person WHERE id = ?", (person_id,))
    return str(row[0]) if row else ""


def is_empty(db: Tx) -> bool:
    """Whether nobody has begun a book here."""
    return db.row("SELECT 1 FROM unit LIMIT 1") is None
