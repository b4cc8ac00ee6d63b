"""Sheets and reversals as they stand in the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import ids
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals import queries as approvals
from app.charter.queries import in_force
from app.db.tx import Tx
from app.errors import not_found
from app.ledger import balances
from app.ledger.vouchers import voucher
from app.mending.queries import REVERSED_BY
from app.models.ledger import EntryRow
from app.terms import Actor, EntryKind, Period, Place

# A member's line by what it did to what is hers; a correction touches no cash.
_SIGNED = "CASE WHEN c.kind IN ('savings', 'fund') THEN m.amount ELSE -m.amount END"
KINDS = "('sheet', 'reversal', 'correction')"


@dataclass(frozen=True, slots=True)
class SheetInList:
    """A sheet or reversal in a list; a reversal's total is negative."""

    id: str
    kind: str
    pot_id: str
    date: str
    total: int
    payers: int
    seq: int
    reversed: bool


def sheets(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    from_on: date | None = None,
    to_on: date | None = None,
    before_seq: int | None = None,
    limit: int = 200,
) -> list[SheetInList]:
    """Sheets and their reversals, newest first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    more, params = "", {"chapter": chapter_id, "limit": limit}
    for sql, name, value in (
        (" AND e.day >= :from_on", "from_on", from_on),
        (" AND e.day <= :to_on", "to_on", to_on),
        (" AND e.seq < :before", "before", before_seq),
    ):
        if value is not None:
            more, params[name] = more + sql, value
    rows = db.rows(
        "WITH listed AS (SELECT e.* FROM entry e WHERE e.chapter_id = :chapter"
        f" AND e.kind IN {KINDS} AND EXISTS (SELECT 1 FROM movement h WHERE"
        "  h.chapter_id = e.chapter_id AND h.seq = e.seq AND h.member_no IS NOT NULL)"
        f"{more} ORDER BY e.seq DESC LIMIT :limit)"
        f" SELECT e.id, e.kind, e.pot_id, e.day, sum({_SIGNED}), count(DISTINCT m.member_no), e.seq,"
        f" min(CASE WHEN {REVERSED_BY} IS NULL THEN 0 ELSE 1 END)"
        " FROM listed e JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        "  AND m.member_no IS NOT NULL"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " GROUP BY e.id, e.kind, e.pot_id, e.day, e.seq ORDER BY e.seq DESC",
        params,
    )
    return [
        SheetInList(row[0], row[1], row[2], row[3], int(row[4]), row[5], row[6], bool(row[7]))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a sheet; a reversal's amounts are negative."""

    line_id: str
    member_id: str
    number: int
    name: str
    amount: int
    periods: int
    reversed: bool
    waiting: str | None = None  # the reversal that is to be signed


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A sheet or reversal as its receipt shows it."""

    id: str
    chapter_id: str
    chapter_name: str
    kind: str
    pot_id: str
    pot_name: str
    period: Period
    date: str
    total: int
    lines: list[SheetLine]
    note: str | None
    reason: str | None
    recorded_at: int
    recorded_by: str
    signed_by: str | None
    seq: int
    head: str
    reverses: int | None
    reversed_by: int | None
    counted_since: bool
    voucher: str | None


def sheet(db: Tx, *, actor: Actor, entry_id: str) -> SheetShown:
    """A sheet within reach. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=EntryRow, id=entry_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    row = db.row(
        "SELECT e.seq, e.kind, e.pot_id, p.name, e.day, t.at, t.head, u.name"
        " FROM entry e JOIN trail t ON t.chapter_id = e.chapter_id AND t.seq = e.seq"
        " JOIN pot p ON p.chapter_id = e.chapter_id AND p.id = e.pot_id"
        " JOIN unit u ON u.id = e.chapter_id"
        f" WHERE e.chapter_id = ? AND e.id = ? AND e.kind IN {KINDS}",
        (chapter_id, entry_id),
    )
    if row is None:
        raise not_found()
    recorded_by, signed_by = approvals.hands(db, chapter_id, seq := row[0])
    rows = db.rows(
        f"SELECT m.line, b.id, b.number, p.name, {_SIGNED}, m.periods, {REVERSED_BY},"
        " m.reverses_seq FROM movement m"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " JOIN member b ON b.chapter_id = m.chapter_id AND b.number = m.member_no"
        " JOIN person p ON p.id = b.person_id"
        " WHERE m.chapter_id = ? AND m.seq = ? ORDER BY m.line",
        (chapter_id, seq),
    )
    if not rows:
        raise not_found()
    texts = dict(
        db.rows(
            "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?", (chapter_id, seq)
        )
    )
    asked = approvals.taken(db, chapter_id, "reversal")
    lines = [
        SheetLine(line_id := ids.of_line(entry_id, r[0]), r[1], r[2], r[3], r[4], r[5],
                  r[6] is not None, asked.get(line_id))
        for r in rows
    ]  # fmt: skip
    return SheetShown(
        id=entry_id,
        chapter_id=chapter_id,
        chapter_name=row[7],
        kind=row[1],
        pot_id=row[2],
        pot_name=row[3],
        period=in_force(db, chapter_id, date.fromisoformat(row[4]))[1].period,
        date=row[4],
        total=sum(line.amount for line in lines),
        lines=lines,
        note=texts.get("note") or None,
        reason=texts.get("reason") or None,
        recorded_at=row[5],
        recorded_by=recorded_by,
        signed_by=signed_by,
        seq=seq,
        head=bytes(row[6]).hex(),
        reverses=rows[0][7],
        reversed_by=next((r[6] for r in rows if r[6] is not None), None),
        counted_since=balances.counted_after(db, chapter_id, row[2], Place.POT, seq),
        voucher=_number(db, chapter_id, seq, row[1], row[4]),
    )


def _number(db: Tx, chapter_id: str, seq: int, kind: str, day: str) -> str | None:
    found = voucher(db, chapter_id, seq, EntryKind(kind), date.fromisoformat(day))
    return str(found) if found else None


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that its member called wrong, and that still stands."""

    entry_id: str
    number: int
    name: str
    day: str
    amount: int
    note: str | None


def wrong_lines(db: Tx, *, actor: Actor, chapter_id: str) -> list[WrongLine]:
    """What members called wrong and nobody has mended yet, newest first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    rows = db.rows(
        "SELECT e.id, b.number, p.name, e.day, m.amount, c.note FROM confirmation c"
        " JOIN movement m ON m.chapter_id = c.chapter_id AND m.seq = c.entry_seq AND m.line = c.line"
        " JOIN entry e ON e.chapter_id = c.chapter_id AND e.seq = c.entry_seq"
        " JOIN member b ON b.chapter_id = c.chapter_id AND b.id = c.member_id"
        " JOIN person p ON p.id = b.person_id"
        " WHERE c.chapter_id = ? AND c.verdict = 'wrong'"
        " AND c.seq = (SELECT max(l.seq) FROM confirmation l WHERE l.chapter_id = c.chapter_id"
        "  AND l.entry_seq = c.entry_seq AND l.line = c.line)"
        " AND NOT EXISTS (SELECT 1 FROM movement r WHERE r.chapter_id = c.chapter_id"
        "  AND r.reverses_seq = c.entry_seq AND r.reverses_line = c.line)"
        " ORDER BY c.seq DESC LIMIT 100",
        (chapter_id,),
    )
    return [WrongLine(*row) for row in rows]
