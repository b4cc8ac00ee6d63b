"""Breakings as the book keeps them, and how far somebody reaches. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.access.queries import chapter_holding
from app.approvals.queries import roles_towards
from app.breaking.steps import Breaking, Told
from app.db.tx import Tx
from app.errors import NotFound, not_found
from app.models.breaking import BreakingRow
from app.terms import Actor, Level, Role, Step


def kept(db: Tx, chapter_id: str, breaking_id: str) -> Breaking:
    """One of a chapter. Raises NotFound."""
    found = all_kept(db, chapter_id, " AND b.id = :breaking", {"breaking": breaking_id})
    if not found:
        raise not_found()
    return found[0]


def all_kept(
    db: Tx, chapter_id: str, more: str = "", params: Mapping[str, Any] | None = None
) -> list[Breaking]:
    """A chapter's breakings in the order in which they were opened; `more` narrows `breaking b`.

    Two statements, however many there are.
    """
    named = {"chapter": chapter_id, **(params or {})}
    rows = db.rows(
        "SELECT b.id, b.seq, b.pot_id, b.cycle_no, b.day FROM breaking b"
        f" WHERE b.chapter_id = :chapter{more} ORDER BY b.seq",
        named,
    )
    steps: dict[str, list[Told]] = {}
    for id, no, seq, kind, payload, by, at in db.rows(
        "SELECT s.breaking_id, s.no, s.seq, s.kind, s.payload, t.person_id, t.at FROM breaking b"
        " JOIN breaking_step s ON s.chapter_id = b.chapter_id AND s.breaking_id = b.id"
        " JOIN trail t ON t.chapter_id = s.chapter_id AND t.seq = s.seq"
        f" WHERE b.chapter_id = :chapter{more} ORDER BY s.breaking_id, s.no",
        named,
    ):
        told = Told(no, seq, Step(kind), json.loads(payload), by, at)
        steps.setdefault(id, []).append(told)
    return [
        replace(
            Breaking(chapter_id, id, seq, pot_id, cycle_no, date.fromisoformat(day)),
            steps=tuple(steps.get(id, ())),
        )
        for id, seq, pot_id, cycle_no, day in rows
    ]


def reached(db: Tx, *, actor: Actor, breaking_id: str) -> str:
    """The chapter of a breaking within reach: her own chapter's, or one of her commune.

    A leader further above reads totals, not what each woman has. Raises NotFound for missing and
    foreign alike.
    """
    try:
        return chapter_holding(db, actor=actor, model=BreakingRow, id=breaking_id)
    except NotFound:
        row = db.row("SELECT chapter_id FROM breaking WHERE id = ?", (breaking_id,))
        commune = tuple(office for office in actor.offices if office.level is Level.COMMUNE)
        near = replace(actor, offices=commune)
        if row is None or Role.LEADER not in roles_towards(db, near, row[0]):
            raise
        return str(row[0])


def texts_of(db: Tx, chapter_id: str, seq: int) -> dict[str, str]:
    """The erasable words of a record: witnesses, reasons."""
    rows = db.rows(
        "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?", (chapter_id, seq)
    )
    return dict(rows)
