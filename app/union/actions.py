"""Units begin and move."""

from __future__ import annotations

from datetime import date

from app import clock, ids
from app.access import queries as access
from app.access.rules import May
from app.audit import trail
from app.charter.actions import cleaned, put_in_force
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Conflict, Invalid
from app.models.union import Unit, UnitParent
from app.terms import Act, Actor, Level
from app.union import rules


def create_unit(
    db: Tx,
    *,
    actor: Actor,
    name: str,
    level: Level,
    parent_id: str,
    from_on: date,
    charter: Charter | None = None,
) -> str:
    """A unit under another; a chapter also gets its book and its charter. Returns its id."""
    access.require(db, actor=actor, may=May.CREATE_UNITS, unit_id=parent_id)
    book = access.book_of(db, parent_id)
    trail.open_book(db, book)
    parent_level, parent_from = _stands(db, parent_id)
    rules.check_place(level, parent_level)
    rules.check_dates(level, from_on, parent_from, clock.today())
    if (level is Level.CHAPTER) != (charter is not None):
        raise Invalid(
            "charter_for_chapters", "Chi hội (và chỉ chi hội) cần quy ước.", field="charter"
        )
    charter = cleaned(charter) if charter else None
    unit_id = ids.new()
    db.insert(Unit(id=unit_id, level=level, name=name, from_on=from_on))
    db.insert(UnitParent(unit_id=unit_id, from_on=from_on, parent_id=parent_id))
    facts = {"level": level.value, "parent": parent_id, "from": from_on.isoformat(), "name": name}
    if charter is None:
        trail.seal(
            db, chapter_id=book, actor=actor, act=Act.UNIT_CREATED, about=unit_id, facts=facts
        )
    else:
        trail.begin_book(db, unit_id)
        facts_of_charter = put_in_force(db, chapter_id=unit_id, charter=charter, on=from_on)
        trail.seal(db, chapter_id=unit_id, actor=actor, act=Act.CHAPTER_CREATED, about=unit_id,
                   facts={**facts, "charter": facts_of_charter},
                   texts={"words": charter.words})  # fmt: skip
    return unit_id


def move_unit(
    db: Tx, *, actor: Actor, unit_id: str, parent_id: str, from_on: date, reason: str
) -> None:
    """Put a unit under another parent from a date on; its history stays."""
    access.require(db, actor=actor, may=May.MOVE_UNITS, unit_id=unit_id)
    access.require(db, actor=actor, may=May.MOVE_UNITS, unit_id=parent_id)
    book = access.book_of(db, unit_id)
    trail.open_book(db, book)
    level, _ = _stands(db, unit_id)
    parent_level, parent_from = _stands(db, parent_id)
    rules.check_place(level, parent_level)
    rules.check_dates(level, from_on, parent_from, clock.today())
    sql = "SELECT from_on, parent_id FROM unit_parent WHERE unit_id = ? AND to_on IS NULL"
    since, before = db.rows(sql, (unit_id,))[0]
    if from_on <= date.fromisoformat(since) or level is Level.GROUP:
        raise Conflict("moved_already", "Đơn vị đã đổi cấp trên vào ngày đó hoặc sau đó.")
    db.run(
        "UPDATE unit_parent SET to_on = ? WHERE unit_id = ? AND to_on IS NULL", (from_on, unit_id)
    )
    db.insert(UnitParent(unit_id=unit_id, from_on=from_on, parent_id=parent_id))
    trail.seal(db, chapter_id=book, actor=actor, act=Act.UNIT_MOVED, about=unit_id,
               facts={"before": before, "after": parent_id, "from": from_on.isoformat()},
               texts={"reason": reason})  # fmt: skip


def _stands(db: Tx, unit_id: str) -> tuple[Level, date]:
    level, since = db.rows("SELECT level, from_on FROM unit WHERE id = ?", (unit_id,))[0]
    return Level(level), date.fromisoformat(since)
