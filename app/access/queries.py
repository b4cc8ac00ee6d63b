"""Who somebody is, and how far her offices reach."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import SQLModel

from app import clock
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Invalid, NotAllowed, Refusal, not_found
from app.models.chapter import Member
from app.terms import Actor, Level, Membership, Office, Role

_ABOVE = """
    WITH RECURSIVE above (id) AS (
        SELECT :unit
        UNION
        SELECT p.parent_id FROM unit_parent p JOIN above a ON a.id = p.unit_id
        WHERE p.from_on <= :on AND (p.to_on IS NULL OR p.to_on > :on)
    )
    SELECT u.id, u.level FROM above JOIN unit u ON u.id = above.id
"""

# The unit itself and everything below it on a day; for statements that join `below`.
BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT u.id FROM unit u WHERE u.id = :unit
        UNION
        SELECT p.unit_id FROM unit_parent p JOIN below b ON p.parent_id = b.id
        WHERE p.from_on <= :on AND (p.to_on IS NULL OR p.to_on > :on)
    )
"""


def units_above(db: Tx, unit_id: str) -> dict[str, Level]:
    """The unit itself and every unit above it today, with their levels."""
    sql = _ABOVE.replace(":unit", "CAST(:unit AS uuid)") if db.for_update else _ABOVE
    found = db.rows(sql, {"unit": unit_id, "on": clock.today()})
    return {unit: Level(level) for unit, level in found}


def root(db: Tx) -> str:
    """The Union itself, whose book holds what belongs to no chapter."""
    return str(db.rows("SELECT id FROM unit WHERE level = ?", (Level.CENTRAL.value,))[0][0])


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


def reaches(db: Tx, *, actor: Actor, may: May, unit_id: str) -> bool:
    """Whether `require` would let her."""
    try:
        require(db, actor=actor, may=may, unit_id=unit_id)
    except Refusal:
        return False
    return True


def holds(actor: Actor, may: May, unit_id: str) -> bool:
    """Whether an office of hers on this very unit allows it: what a page shows its buttons by."""
    return any(o.unit_id == unit_id and o.role in may.roles for o in actor.offices)


def reach_member(db: Tx, *, actor: Actor, member_id: str) -> str:
    """The chapter of a member whose book the actor may read: her own, or one of her chapter's.

    Raises NotFound.
    """
    if actor.member is not None:
        if actor.member.member_id != member_id:
            raise not_found()
        return actor.member.chapter_id
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return chapter_id


def memberships(db: Tx, actor: Actor) -> list[Membership]:
    """Her own memberships, past ones too, the newest first; a card opens one alone."""
    if actor.member is not None:
        return [actor.member]
    rows = db.rows(
        "SELECT chapter_id, id FROM member WHERE person_id = ? ORDER BY joined_on DESC, id DESC",
        (actor.person_id,),
    )
    return [Membership(*row) for row in rows]


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
    """The actor behind a session token: with the offices in force today, or a member's card.

    A card opens the member's own book and nothing else, whatever offices she holds.
    """
    today = clock.today()
    rows = db.rows(
        "SELECT s.person_id, s.device_id, o.id, o.role, o.unit_id, u.level, s.card_id,"
        " c.chapter_id, c.member_id FROM session s"
        " LEFT JOIN office o ON s.card_id IS NULL AND o.person_id = s.person_id"
        "  AND o.from_on <= ? AND (o.to_on IS NULL OR o.to_on > ?)"
        " LEFT JOIN unit u ON u.id = o.unit_id"
        " LEFT JOIN card c ON c.id = s.card_id AND c.revoked_at IS NULL"
        " LEFT JOIN device d ON d.id = s.device_id"
        " WHERE s.token_hash = ? AND s.revoked_at IS NULL AND s.expires_at > ?"
        " AND d.revoked_at IS NULL",
        (today, today, token_hash, clock.now()),
    )
    if not rows:
        return None
    person_id, device_id = rows[0][:2]
    if rows[0][6]:
        member = Membership(rows[0][7], rows[0][8]) if rows[0][7] else None
        return Actor(person_id, None, (), member) if member else None
    offices = tuple(Office(r[2], Role(r[3]), r[4], Level(r[5])) for r in rows if r[2])
    return Actor(person_id, device_id, offices)


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


OFFICES = (
    "SELECT o.id, o.role, o.unit_id, u.name, o.person_id, p.name, o.from_on, o.to_on FROM office o"
    " JOIN person p ON p.id = o.person_id JOIN unit u ON u.id = o.unit_id"
)


def my_offices(db: Tx, person_id: str) -> list[HeldOffice]:
    """A person's offices in force today."""
    today = clock.today()
    rows = db.rows(
        f"{OFFICES} WHERE o.person_id = ? AND o.from_on <= ? AND (o.to_on IS NULL OR o.to_on > ?)"
        " ORDER BY o.from_on, o.id",
        (person_id, today, today),
    )
    return [HeldOffice(*row) for row in rows]


_HELD = (
    "SELECT o.id, o.role, o.unit_id, u.level FROM office o JOIN unit u ON u.id = o.unit_id"
    " WHERE o.person_id = :person AND (o.to_on IS NULL OR o.to_on > :today)"
)


def offices_held(db: Tx, person_id: str) -> list[Office]:
    """A person's offices in force today or later."""
    rows = db.rows(_HELD, {"person": person_id, "today": clock.today()})
    return [Office(row[0], Role(row[1]), row[2], Level(row[3])) for row in rows]


def offices_in_force(db: Tx, person_id: str) -> list[Office]:
    """A person's offices in force today."""
    rows = db.rows(
        f"{_HELD} AND o.from_on <= :today", {"person": person_id, "today": clock.today()}
    )
    return [Office(row[0], Role(row[1]), row[2], Level(row[3])) for row in rows]


def has_pin(db: Tx, person_id: str) -> bool:
    """Whether she has set the PIN of her devices."""
    sql = "SELECT 1 FROM person WHERE id = ? AND pin_hash IS NOT NULL"
    return db.row(sql, (person_id,)) is not None


def units_of_person(db: Tx, person_id: str) -> list[str]:
    """The units in which a person holds an office today."""
    return list(dict.fromkeys(office.unit_id for office in my_offices(db, person_id)))


def person_name(db: Tx, person_id: str) -> str:
    """A person's name; empty where it was erased."""
    row = db.row("SELECT name FROM person WHERE id = ?", (person_id,))
    return str(row[0]) if row else ""


def person_phone(db: Tx, person_id: str) -> str | None:
    """The number a person's device is let in by."""
    row = db.row("SELECT phone FROM person WHERE id = ?", (person_id,))
    return row[0] if row else None


def unit_name(db: Tx, unit_id: str) -> str:
    """What a unit is called; empty where there is none."""
    row = db.row("SELECT name FROM unit WHERE id = ?", (unit_id,))
    return str(row[0]) if row else ""


def is_empty(db: Tx) -> bool:
    """Whether nobody has begun a book here."""
    return db.row("SELECT 1 FROM unit LIMIT 1") is None
