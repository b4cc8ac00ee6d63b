"""Who holds and held which office."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app import clock
from app.access.queries import (
    OFFICES,
    HeldOffice,
    has_pin,
    offices_held,
    person_name,
    person_phone,
    require,
    units_above,
)
from app.access.rules import May
from app.approvals.kinds import Proposal
from app.db.tx import Tx
from app.errors import Invalid, Refusal, not_found
from app.offices import rules
from app.terms import Actor, Level, Role


def require_appointing(db: Tx, *, actor: Actor, unit_id: str) -> None:
    """Who may appoint here: a leader below her own unit, never in it. Raises as `require`."""
    below = tuple(
        office for office in actor.offices
        if office.role is not Role.LEADER or office.unit_id != unit_id
    )  # fmt: skip
    require(db, actor=replace(actor, offices=below), may=May.APPOINT, unit_id=unit_id)


def may_appoint(db: Tx, *, actor: Actor, unit_id: str) -> bool:
    """Whether `require_appointing` would let her."""
    try:
        require_appointing(db, actor=actor, unit_id=unit_id)
    except Refusal:
        return False
    return True


def known_person(
    db: Tx, *, actor: Actor, unit_id: str, person_id: str | None, member_id: str | None
) -> str:
    """A member of this chapter, or a person who holds an office in the actor's reach.

    Raises Invalid `person_unknown`, for missing and foreign alike.
    """
    if member_id is not None:
        sql = "SELECT person_id FROM member WHERE chapter_id = ? AND id = ?"
        row = db.row(sql, (unit_id, member_id))
        if row:
            return str(row[0])
    elif person_id is not None:
        sql = "SELECT 1 FROM member WHERE chapter_id = ? AND person_id = ?"
        if db.row(sql, (unit_id, person_id)):
            return person_id
        for (unit,) in db.rows("SELECT unit_id FROM office WHERE person_id = ?", (person_id,)):
            if {o.unit_id for o in actor.offices} & units_above(db, unit).keys():
                return person_id
    raise Invalid("person_unknown", "Không tìm thấy người này trong chi hội.", field="person")


def check_known(db: Tx, *, actor: Actor, unit_id: str, role: Role, person_id: str) -> None:
    """Whether a known person may be given an office by this actor (rules)."""
    held = offices_held(db, person_id)
    here = frozenset(office.role for office in held if office.unit_id == unit_id)
    rules.check_duties(role, here - {role})
    out_of_reach = not all(may_appoint(db, actor=actor, unit_id=o.unit_id) for o in held)
    rules.check_appointee(
        person_phone(db, person_id),
        role in here,
        out_of_reach and not has_pin(db, person_id),
    )


def offices_of_unit(db: Tx, *, actor: Actor, unit_id: str) -> list[HeldOffice]:
    """All offices of a unit, past and present."""
    require(db, actor=actor, may=May.READ_OFFICES, unit_id=unit_id)
    rows = db.rows(f"{OFFICES} WHERE o.unit_id = ? ORDER BY o.from_on, o.id", (unit_id,))
    return [HeldOffice(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Seat:
    """An office row."""

    id: str
    person_id: str
    unit_id: str
    role: Role
    from_on: date
    to_on: date | None


def seat(db: Tx, office_id: str) -> Seat:
    """One office. Raises NotFound."""
    row = db.row(f"{_SEAT} WHERE id = ?", (office_id,))
    if row is None:
        raise not_found()
    return _seat(row)


_SEAT = "SELECT id, person_id, unit_id, role, from_on, to_on FROM office"


def _seat(row: tuple[Any, ...]) -> Seat:
    day = date.fromisoformat
    return Seat(row[0], row[1], row[2], Role(row[3]), day(row[4]), day(row[5]) if row[5] else None)


def sitting(db: Tx, unit_id: str, role: Role) -> str | None:
    """The last office in force (or yet to begin) of this role, if any."""
    found = seats(db, unit_id, role)
    return found[-1].id if found else None


def seats(db: Tx, unit_id: str, role: Role) -> list[Seat]:
    """All offices of this role in force or yet to begin, by their first day."""
    rows = db.rows(
        f"{_SEAT} WHERE unit_id = ? AND role = ? AND (to_on IS NULL OR to_on > ?)"
        " ORDER BY from_on, id",
        (unit_id, role.value, clock.today()),
    )
    return [_seat(row) for row in rows]


def emptied_by(db: Tx, unit_id: str, role: Role) -> str | None:
    """Who ended the last holder's office, where that was somebody else's hand."""
    row = db.row(
        "SELECT ended_by, person_id FROM office WHERE unit_id = ? AND role = ?"
        " AND ended_by IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 1",
        (unit_id, role.value),
    )
    return str(row[0]) if row and row[0] != row[1] else None


def sitting_officers(db: Tx, *, actor: Actor, unit_id: str) -> list[HeldOffice]:
    """Who sits in a unit today or will, for whoever may help them in again."""
    require(db, actor=actor, may=May.RESET_PINS, unit_id=unit_id)
    rows = db.rows(
        f"{OFFICES} WHERE o.unit_id = ? AND (o.to_on IS NULL OR o.to_on > ?)"
        " ORDER BY o.from_on, o.id",
        (unit_id, clock.today()),
    )
    return [HeldOffice(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who may be appointed in her chapter; without a phone no code lets her in."""

    member_id: str
    number: int
    name: str
    has_phone: bool


def candidates(db: Tx, *, actor: Actor, unit_id: str) -> list[Candidate]:
    """The members of a chapter, for its own officers and the commune's leader; nobody else."""
    near = any(o.role is Role.LEADER and o.level is Level.COMMUNE for o in actor.offices)
    if not near and not any(o.unit_id == unit_id for o in actor.offices):
        return []
    require(db, actor=actor, may=May.APPOINT, unit_id=unit_id)
    rows = db.rows(
        "SELECT m.id, m.number, p.name, p.phone FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND m.left_on IS NULL ORDER BY m.number",
        (unit_id,),
    )
    return [Candidate(row[0], row[1], row[2], row[3] is not None) for row in rows]


@dataclass(frozen=True, slots=True)
class UnitHere:
    """The unit whose offices are shown; `above` is the unit it stands under."""

    id: str
    name: str
    level: Level
    above_id: str | None
    above_name: str | None


def unit_here(db: Tx, unit_id: str) -> UnitHere:
    """A unit that the page was allowed to show."""
    today = clock.today()
    row = db.rows(
        "SELECT u.id, u.name, u.level, a.id, a.name FROM unit u LEFT JOIN unit_parent p"
        " ON p.unit_id = u.id AND p.from_on <= ? AND (p.to_on IS NULL OR p.to_on > ?)"
        " LEFT JOIN unit a ON a.id = p.parent_id WHERE u.id = ?",
        (today, today, unit_id),
    )[0]
    return UnitHere(row[0], row[1], Level(row[2]), row[3], row[4])


def unit_began(db: Tx, unit_id: str) -> date:
    """A unit's first day."""
    return date.fromisoformat(db.rows("SELECT from_on FROM unit WHERE id = ?", (unit_id,))[0][0])


def replace_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """Who is to be replaced by whom."""
    said = proposal.payload
    new = said["name"] or person_name(db, said["person"])
    phone = said["phone"] or person_phone(db, said["person"]) or ""
    lines = [("role", said["role"]), ("new_officer", new), ("phone", phone), ("from", said["from"])]
    if said["replaces"]:
        old = seat(db, said["replaces"])
        lines.insert(1, ("sitting_officer", person_name(db, old.person_id)))
    return lines


def reset_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """For whom, and why."""
    name = person_name(db, proposal.payload["person"])
    return [("person", name), ("reason", proposal.payload["reason"])]
