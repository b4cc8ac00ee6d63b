"""The cash book (sổ quỹ): what came in and went out of a pot's cash, with what was there after it.

Reading it never grows with history: what was there before comes from the totals by month and day,
lines are read for the days asked for alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import require, unit_name
from app.access.rules import May
from app.db.tx import Tx
from app.errors import not_found
from app.reports import rules
from app.reports.entries import WITHIN, Happened, happened
from app.reports.rules import Period
from app.terms import AccountKind, Actor, Place


@dataclass(frozen=True, slots=True)
class CashLine:
    """What an entry did to the cash, in đồng; `balance` is what was there after it."""

    of: Happened
    came_in: int
    went_out: int
    balance: int


@dataclass(frozen=True, slots=True)
class PotBook:
    """One pot's part: lines by day, then by number in the book."""

    pot_id: str
    name: str
    opening: int
    lines: list[CashLine]

    @property
    def came_in(self) -> int:
        """All that came in."""
        return sum(line.came_in for line in self.lines)

    @property
    def went_out(self) -> int:
        """All that went out."""
        return sum(line.went_out for line in self.lines)

    @property
    def closing(self) -> int:
        """What was there at the end of the last day."""
        return self.opening + self.came_in - self.went_out

    @property
    def ends(self) -> list[tuple[date, int]]:
        """What was there at the end of each day on which it changed."""
        return list({line.of.day: line.balance for line in self.lines}.items())


@dataclass(frozen=True, slots=True)
class CashBook:
    """A cash book as read at one number and head of the book. No place: all cash together."""

    chapter_id: str
    chapter_name: str
    place: Place | None
    over: Period
    pots: list[PotBook]
    seq: int
    head: str


def cash_book(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str | None = None,
    place: Place | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> CashBook:
    """The cash book of a chapter: of one pot or of each, in one place or of all cash together.

    In all cash together a move between places is no line. By default the month so far. Raises
    NotFound for a pot of another chapter, Invalid `period_turned`.
    """
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    over = rules.period(from_on, to_on, clock.today())
    kinds = rules.kinds_in(place)
    told = happened(db, chapter_id, WITHIN, {"from_on": over.first, "to_on": over.last})
    changed = _changed(db, chapter_id, kinds, over)
    pots = db.rows("SELECT id, name FROM pot WHERE chapter_id = ? ORDER BY id", (chapter_id,))
    if pot_id is not None:
        pots = [(id, name) for id, name in pots if id == pot_id]
        if not pots:
            raise not_found()
    seq, head = db.rows("SELECT seq, head FROM book WHERE chapter_id = ?", (chapter_id,))[0]
    return CashBook(
        chapter_id=chapter_id,
        chapter_name=unit_name(db, chapter_id),
        place=place,
        over=over,
        pots=[
            _pot_book(id, name, held_before(db, chapter_id, id, kinds, over.first),
                      changed[id], told)
            for id, name in pots
        ],
        seq=seq,
        head=bytes(head).hex(),
    )  # fmt: skip


def held_before(
    db: Tx, chapter_id: str, pot_id: str, kinds: tuple[AccountKind, ...], day: date
) -> int:
    """What these accounts of a pot held at the end of the day before: whole months, then days."""
    month = day.replace(day=1)
    held = 0
    for kind in kinds:
        of = (chapter_id, pot_id, kind.value)
        for sql, params in (
            ("month_total WHERE chapter_id = ? AND pot_id = ? AND kind = ? AND month < ?",
             (*of, month)),
            ("day_total WHERE chapter_id = ? AND pot_id = ? AND kind = ? AND day >= ? AND day < ?",
             (*of, month, day)),
        ):  # fmt: skip
            row = db.row(f"SELECT coalesce(sum(debit - credit), 0) FROM {sql}", params)
            held += int(row[0]) if row else 0
    return held


def _changed(
    db: Tx, chapter_id: str, kinds: tuple[AccountKind, ...], over: Period
) -> dict[str, list[tuple[int, int, int]]]:
    """By pot: (number, in, out) of each entry that changed this cash, by day then number."""
    cash = ", ".join(f"'{kind.value}'" for kind in kinds)
    rows = db.rows(
        "SELECT d.pot_id, e.seq,"
        f" sum(CASE WHEN d.kind IN ({cash}) THEN m.amount ELSE 0 END),"
        f" sum(CASE WHEN c.kind IN ({cash}) THEN m.amount ELSE 0 END)"
        " FROM pot p JOIN entry e ON e.chapter_id = p.chapter_id AND e.pot_id = p.id"
        " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        f" WHERE p.chapter_id = :chapter AND (d.kind IN ({cash})) <> (c.kind IN ({cash})){WITHIN}"
        " GROUP BY d.pot_id, e.day, e.seq ORDER BY e.day, e.seq",
        {"chapter": chapter_id, "from_on": over.first, "to_on": over.last},
    )
    found = defaultdict(list)
    for pot_id, seq, came_in, went_out in rows:
        found[pot_id].append((seq, int(came_in), int(went_out)))
    return found


def _pot_book(
    id: str, name: str, opening: int, changed: list[tuple[int, int, int]],
    told: dict[int, Happened],
) -> PotBook:  # fmt: skip
    lines, balance = [], opening
    for seq, came_in, went_out in changed:
        balance += came_in - went_out
        lines.append(CashLine(told[seq], came_in, went_out, balance))
    return PotBook(id, name, opening, lines)
