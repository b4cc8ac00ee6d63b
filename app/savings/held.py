"""Sheets that an outgoing officer's phone handed over: as they stand, and what no longer fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app import clock
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.ledger import balances
from app.models.held import HeldSheet
from app.savings import queries, rules, sheet_form
from app.savings.queries import SheetBlank
from app.savings.sheet_form import Filled
from app.terms import Actor, Fate

Form = Mapping[str, Sequence[str]]
LATELY = 20  # decided ones in the list


@dataclass(frozen=True, slots=True)
class Held:
    """A held sheet, and what became of it; instants in microseconds."""

    chapter_id: str
    id: str
    person_id: str
    who: str
    device: str | None
    received_at: int
    kept_at: int | None
    request: bytes
    form: dict[str, list[str]]  # empty where its words were erased
    fate: Fate | None = None
    decided_by: str | None = None
    decided_at: int | None = None
    reason: str | None = None
    number: int | None = None
    entry_id: str | None = None
    head: bytes | None = None


_HELD = (
    "SELECT h.chapter_id, h.id, h.person_id, p.name, d.label, t.at, h.kept_at, h.request, w.words,"
    " f.fate, fp.name, ft.at, r.words, e.seq, e.id, et.head FROM held_sheet h"
    " JOIN trail t ON t.chapter_id = h.chapter_id AND t.seq = h.seq"
    " JOIN person p ON p.id = h.person_id LEFT JOIN device d ON d.id = t.device_id"
    " LEFT JOIN trail_text w ON w.chapter_id = h.chapter_id AND w.seq = h.seq AND w.name = 'form'"
    " LEFT JOIN held_fate f ON f.chapter_id = h.chapter_id AND f.id = h.id"
    " LEFT JOIN trail ft ON ft.chapter_id = f.chapter_id AND ft.seq = f.seq"
    " LEFT JOIN person fp ON fp.id = ft.person_id"
    " LEFT JOIN trail_text r ON r.chapter_id = f.chapter_id AND r.seq = f.seq AND r.name = 'reason'"
    " LEFT JOIN entry e ON e.chapter_id = f.chapter_id AND e.seq = f.entry_seq"
    " LEFT JOIN trail et ON et.chapter_id = e.chapter_id AND et.seq = e.seq"
    " WHERE h.chapter_id = ?"
)


def find(db: Tx, chapter_id: str, held_id: str) -> Held | None:
    """One of a chapter's, as it stands now."""
    row = db.row(f"{_HELD} AND h.id = ?", (chapter_id, held_id))
    return _held(row) if row else None


def _held(row: tuple[Any, ...]) -> Held:
    (*plain, request, words, fate, by, at, reason, number, entry_id, head) = row
    told = (
        *plain,
        bytes(request),
        json.loads(words) if words else {},
        Fate(fate) if fate else None,
        by,
        at,
        reason or None,
        number,
        entry_id,
        bytes(head) if head else None,
    )
    return Held(*told)


@dataclass(frozen=True, slots=True)
class Kept:
    """A held sheet with what its form comes to; `problems` are what no longer fits, by field."""

    held: Held
    day: date
    blank: SheetBlank
    filled: Filled
    problems: dict[str, Refusal]

    def of(self, name: str) -> str:
        """A field of its form."""
        return self.held.form.get(name, [""])[0]


def listed(db: Tx, *, actor: Actor, chapter_id: str) -> tuple[list[Kept], list[Kept]]:
    """What waits, oldest first, and what was decided lately, newest first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    waits = db.rows(f"{_HELD} AND f.id IS NULL ORDER BY h.seq", (chapter_id,))
    done = db.rows(
        f"{_HELD} AND f.id IS NOT NULL ORDER BY f.seq DESC LIMIT ?", (chapter_id, LATELY)
    )
    return [_kept(db, _held(row)) for row in waits], [_kept(db, _held(row)) for row in done]


def look(db: Tx, *, actor: Actor, held_id: str) -> Kept:
    """One within reach, measured by the rules as they are today. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=HeldSheet, id=held_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    found = find(db, chapter_id, held_id)
    assert found is not None  # rows of this table are never deleted
    return _kept(db, found)


def _kept(db: Tx, held: Held) -> Kept:
    day, blank, filled = read(db, held.chapter_id, held.form)
    kept = Kept(held, day, blank, filled, {})
    return kept if held.fate or not held.form else _measured(db, kept)


def read(db: Tx, chapter_id: str, form: Form) -> tuple[date, SheetBlank, Filled]:
    """What a kept form says, with everybody whom it names."""
    day = sheet_form.day_typed(form.get("date", [""])[0], clock.today())
    pot, group = (form.get(name, [""])[0] for name in ("pot_id", "group_id"))
    numbers = sheet_form.numbers(form)
    blank = queries.blank_of(db, chapter_id, pot, min(day, clock.today()), group, numbers)
    return day, blank, sheet_form.read(blank.rows(), form, blank.minimum)


def _measured(db: Tx, kept: Kept) -> Kept:
    """Tried as if it were recorded now: left members, a closed cycle, another charter show."""
    problems: dict[str, Refusal] = {}
    rows, pot_id, chapter_id = kept.filled.rows, kept.of("pot_id"), kept.held.chapter_id
    try:
        if kept.blank.pot is None or kept.blank.pot.id != pot_id:
            raise queries.pot_unknown()
        balances.open_cycle(db, chapter_id, pot_id, kept.day)
    except Refusal as refusal:
        problems[refusal.field or "pot_id"] = refusal
    try:
        facts = queries.sheet_facts(db, chapter_id, pot_id, kept.day)
        rules.sheet_entry(facts, kept.day, kept.filled.lines, kept.of("reason") or None)
    except Invalid as refusal:
        rows, others = sheet_form.mark(kept.filled, refusal, kept.day)
        problems = others | problems
    return replace(kept, filled=Filled(rows, kept.filled.lines), problems=problems)
