"""Founding what a table says: every line by the ordinary actions, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from app.access.queries import BELOW, require
from app.access.rules import May
from app.charter.rules import LEAST, Charter
from app.clock import today
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.founding.rules import Row
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.terms import N_, Actor, Level, Role
from app.union import actions as union


@dataclass(frozen=True, slots=True)
class Founded:
    """What one line did: the unit (new or already there), and her code where one was appointed."""

    line: int
    unit_id: str
    name: str
    level: Level
    new: bool
    role: Role | None
    person: str | None
    enrol_code: str | None


class Rehearsed(Exception):
    """All went well and nothing stays: raise rolls back (ADR 2)."""

    def __init__(self, founded: list[Founded]) -> None:
        super().__init__()
        self.founded = founded


def found(db: Tx, *, actor: Actor, unit_id: str, rows: list[Row], code_hours: int) -> list[Founded]:
    """Create every unit and appoint every first officer, below one unit, or nothing at all.

    Raises Invalid with every problem at its `line N`.
    """
    require(db, actor=actor, may=May.CREATE_UNITS, unit_id=unit_id)
    known = _units(db, unit_id)
    done: list[Founded] = []
    problems: list[Refusal] = []
    for row in rows:
        try:
            done.append(_found_one(db, actor, known, row, code_hours))
        except Refusal as problem:
            field = f"line {row.line}"
            problems.append(Invalid(problem.code, problem.text, field=field, **problem.values))
    if problems:
        raise Invalid.every(problems)
    return done


def rehearse(db: Tx, *, actor: Actor, unit_id: str, rows: list[Row], code_hours: int) -> NoReturn:
    """The dry run: do it all, tell what was done, keep nothing. Raises Rehearsed."""
    raise Rehearsed(found(db, actor=actor, unit_id=unit_id, rows=rows, code_hours=code_hours))


def _units(db: Tx, unit_id: str) -> dict[str, list[tuple[str, str]]]:
    """Units here and below by name: (id, parent's name) each."""
    rows = db.rows(
        f"{BELOW} SELECT u.name, u.id, p.name FROM below b JOIN unit u ON u.id = b.id"
        " LEFT JOIN unit_parent x ON x.unit_id = u.id AND x.to_on IS NULL"
        " LEFT JOIN unit p ON p.id = x.parent_id",
        {"unit": unit_id, "on": today()},
    )
    known: dict[str, list[tuple[str, str]]] = {}
    for name, id, parent in rows:
        known.setdefault(name, []).append((id, parent or ""))
    return known


def _found_one(
    db: Tx, actor: Actor, known: dict[str, list[tuple[str, str]]], row: Row, code_hours: int
) -> Founded:
    there = [id for id, parent in known.get(row.name, []) if parent == row.parent]
    if there:
        unit_id = there[0]
    else:
        unit_id = _create(db, actor, known, row)
        known.setdefault(row.name, []).append((unit_id, row.parent))
    code = None
    if row.officer:
        made = offices.appoint(
            db,
            actor=actor,
            unit_id=unit_id,
            role=row.officer.role,
            on=row.from_on,
            who=Appointee(name=row.officer.name, phone=row.officer.phone),
            code_hours=code_hours,
        )
        if not isinstance(made, Appointed):
            raise Invalid("office_taken", "Chức vụ này đang có người giữ.")
        code = made.enrol_code
    return Founded(
        line=row.line,
        unit_id=unit_id,
        name=row.name,
        level=row.level,
        new=not there,
        role=row.officer.role if row.officer else None,
        person=row.officer.name if row.officer else None,
        enrol_code=code,
    )


def _create(db: Tx, actor: Actor, known: dict[str, list[tuple[str, str]]], row: Row) -> str:
    parents = known.get(row.parent, [])
    if len(parents) != 1:
        none, many = N_("Không có cấp trên tên “{name}”."), N_("Có nhiều đơn vị tên “{name}”.")
        raise Invalid("parent_unclear", many if parents else none, name=row.parent)
    charter = None
    if row.level is Level.CHAPTER:
        charter = Charter(
            minimum_per_period=LEAST if row.minimum is None else row.minimum, period=row.period
        )
    return union.create_unit(
        db,
        actor=actor,
        name=row.name,
        level=row.level,
        parent_id=parents[0][0],
        from_on=row.from_on,
        charter=charter,
    )
