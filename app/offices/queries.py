"""Who holds and held which office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import OFFICES, HeldOffice, require
from app.access.rules import May
from app.db.tx import Tx
from app.errors import not_found
from app.terms import Actor, Role


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
    row = db.row(
        "SELECT id, person_id, unit_id, role, from_on, to_on FROM office WHERE id = ?", (office_id,)
    )
    if row is None:
        raise not_found()
    day = date.fromisoformat
    return Seat(row[0], row[1], row[2], Role(row[3]), day(row[4]), day(row[5]) if row[5] else None)


def sitting(db: Tx, unit_id: str, role: Role) -> str | None:
    """The office in force (or yet to begin) of this role, if any."""
    row = db.row(
        "SELECT id FROM office WHERE unit_id = ? AND role = ? AND (to_on IS NULL OR to_on > ?)",
        (unit_id, role.value, clock.today()),
    )
    return str(row[0]) if row else None


def emptied_by(db: Tx, unit_id: str, role: Role) -> str | None:
    """Who ended the last holder's office, where that was somebody else's hand."""
    row = db.row(
        "SELECT ended_by, person_id FROM office WHERE unit_id = ? AND role = ?"
        " AND ended_by IS NOT NULL ORDER BY to_on DESC, id DESC LIMIT 1",
        (unit_id, role.value),
    )
    return str(row[0]) if row and row[0] != row[1] else None
