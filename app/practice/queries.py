"""What a chapter's copy holds: its own rows, and just the rows of the Union they rest on.

No secret goes along: neither PINs nor tokens, codes or sessions. Who somebody is is always asked
of the real book, so a copy has no use for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import SQLModel

from app.access.queries import require
from app.access.rules import May
from app.db.tx import Tx
from app.terms import Actor

Rows = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
# Of a chapter, but not of its bookkeeping: cards open real books, replies answer real requests,
# and who looked at whose record concerns the record, not the copy.
LEFT_OUT = {"card", "stored_reply", "record_view"}
# What waits for a signature and answers no code: the rest is not practised.
KINDS = ("reversal", "charter", "correction", "difference", "cash_move", "expense", "opening",
         "leaving_died", "reschedule", "waiver", "write_off")  # fmt: skip
# Where members moved to or came from: another chapter's name, and nothing else of it.
OTHERS = "SELECT owner_id FROM account WHERE chapter_id = :chapter AND kind = 'transfer'"
DEVICES = "SELECT device_id FROM trail WHERE chapter_id = :chapter"
PEOPLE = f"""
    SELECT person_id FROM member WHERE chapter_id = :chapter
    UNION SELECT person_id FROM trail WHERE chapter_id = :chapter
    UNION SELECT person_id FROM office WHERE unit_id = :chapter
    UNION SELECT proposed_by FROM approval WHERE chapter_id = :chapter
    UNION SELECT decided_by FROM approval WHERE chapter_id = :chapter
    UNION SELECT person_id FROM device WHERE id IN ({DEVICES})
"""


def copied(db: Tx, *, actor: Actor, chapter_id: str) -> Iterator[Rows]:
    """Every row of a copy, table by table. Raises NotAllowed, NotFound."""
    require(db, actor=actor, may=May.RECORD_SHEETS, unit_id=chapter_id)
    yield from _units(db, chapter_id)
    yield _of_union(db, "person", f"id IN ({PEOPLE})", chapter_id, pin_hash=None)
    yield _of_union(db, "office", "unit_id = :chapter", chapter_id)
    yield _devices(db, chapter_id)
    for table in SQLModel.metadata.sorted_tables:
        if "chapter_id" in table.columns and table.name not in LEFT_OUT:
            columns = [column.name for column in table.columns]
            names = ", ".join(f'"{name}"' for name in columns)
            only = f" AND kind IN {KINDS}" if table.name == "approval" else ""
            sql = f"SELECT {names} FROM {table.name} WHERE chapter_id = :chapter{only}"
            yield table.name, columns, db.rows(sql, {"chapter": chapter_id})


def _of_union(db: Tx, name: str, where: str, chapter_id: str, **instead: Any) -> Rows:
    """Rows of a table without chapters; `instead` stands in place of what is not told."""
    columns = [column.name for column in SQLModel.metadata.tables[name].columns]
    sql = f"SELECT {', '.join(columns)} FROM {name} WHERE {where}"
    rows = [
        [instead.get(column, value) for column, value in zip(columns, row, strict=True)]
        for row in db.rows(sql, {"chapter": chapter_id})
    ]
    return name, columns, rows


def _devices(db: Tx, chapter_id: str) -> Rows:
    """The devices whose labels the trail shows; no token opens one of these."""
    name, columns, rows = _of_union(db, "device", f"id IN ({DEVICES})", chapter_id)
    at, own = columns.index("token_hash"), columns.index("id")
    for row in rows:
        row[at] = row[own].encode()  # type: ignore[index]
    return name, columns, rows


def _units(db: Tx, chapter_id: str) -> Iterator[Rows]:
    """The chapter, its groups, and everything that ever stood above it."""
    parents = "SELECT unit_id, from_on, to_on, parent_id FROM unit_parent WHERE"
    under = db.rows(f"{parents} parent_id = ?", (chapter_id,))
    known, waiting = {chapter_id, *(row[0] for row in under)}, [chapter_id]
    links = [*under]
    while waiting:
        above = db.rows(f"{parents} unit_id = ?", (waiting.pop(),))
        links += above
        waiting += {row[3] for row in above} - known
        known |= {row[3] for row in above}
    known |= {row[0] for row in db.rows(OTHERS, {"chapter": chapter_id})}
    units = [
        row
        for unit in sorted(known)
        for row in db.rows("SELECT id, level, name, from_on FROM unit WHERE id = ?", (unit,))
    ]
    yield "unit", ("id", "level", "name", "from_on"), units
    yield "unit_parent", ("unit_id", "from_on", "to_on", "parent_id"), links
