"""Reading the tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import require
from app.access.rules import May
from app.db.tx import Tx
from app.terms import Actor

FIRST = "00000000-0000-0000-0000-000000000000"  # before every id


@dataclass(frozen=True, slots=True)
class UnitShown:
    """A unit and where it stands."""

    id: str
    name: str
    level: str
    parent_id: str | None
    from_on: str


_UNIT = (
    "SELECT u.id, u.name, u.level, p.parent_id, u.from_on FROM unit u"
    " LEFT JOIN unit_parent p ON p.unit_id = u.id AND p.from_on <= :on"
    "  AND (p.to_on IS NULL OR p.to_on > :on)"
)


def unit(db: Tx, *, actor: Actor, unit_id: str) -> UnitShown:
    """One unit within reach."""
    require(db, actor=actor, may=May.READ_UNITS, unit_id=unit_id)
    row = db.rows(f"{_UNIT} WHERE u.id = :id", {"id": unit_id, "on": clock.today()})[0]
    return UnitShown(*row)


def children(
    db: Tx, *, actor: Actor, unit_id: str, on: date, after: str, limit: int
) -> list[UnitShown]:
    """The units right below one on a day, by id."""
    require(db, actor=actor, may=May.READ_UNITS, unit_id=unit_id)
    rows = db.rows(
        f"{_UNIT} WHERE p.parent_id = :id AND u.id > :after ORDER BY u.id LIMIT :limit",
        {"id": unit_id, "on": on, "after": after, "limit": limit},
    )
    return [UnitShown(*row) for row in rows]
