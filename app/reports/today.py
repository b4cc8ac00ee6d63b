"""What stands on the first page: a chapter's day, or the units below a leader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app import clock
from app.access.queries import holds, require
from app.access.rules import May
from app.approvals import queries as approvals
from app.cash.blanks import begins
from app.charter.queries import in_force
from app.db.tx import Tx
from app.ledger import balances
from app.ledger.balances import Pending
from app.loans import outlook as loans
from app.savings import queries as savings
from app.savings import sheets
from app.savings.rules import periods_elapsed
from app.settling import queries as settling
from app.terms import Actor

MONTH = 31
SOON = 14  # days before a breaking at which the first page leads to it
Days = list[tuple[date, int]]  # a month of them, today last
# Pot by pot, in this order, so that the key leads to the days: what lies further back is not read.
DAYS = (
    "SELECT t.day, sum(t.credit - t.debit) FROM pot p CROSS JOIN day_total t WHERE p.chapter_id = ?"
    " AND t.chapter_id = p.chapter_id AND t.pot_id = p.id AND t.kind IN ('savings', 'fund')"
    " AND t.day BETWEEN ? AND ? AND t.flow = 'sheet' GROUP BY t.day"
)
# Those totals net a reversal on its own day; a sheet's money counts on the sheet's.
TAKEN_BACK = (
    "SELECT e.day, o.day,"
    " sum(CASE WHEN c.kind IN ('savings', 'fund') THEN m.amount ELSE -m.amount END) FROM entry e"
    " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq AND m.member_no IS NOT NULL"
    " JOIN entry o ON o.chapter_id = m.chapter_id AND o.seq = m.reverses_seq"
    "  AND o.kind IN ('sheet', 'correction') AND o.day <> e.day"
    " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
    " WHERE e.chapter_id = ? AND e.kind = 'reversal' AND e.day BETWEEN ? AND ?"
    " GROUP BY e.day, o.day"
)


@dataclass(frozen=True, slots=True)
class PotToday:
    """A pot; `fill` is how full the cycle's planned savings make it, in percent."""

    id: str
    name: str
    kept_total: int
    fill: int
    next_breaking_on: str | None


@dataclass(frozen=True, slots=True)
class RecentSheet:
    """A sheet on the first page."""

    entry_id: str
    number: int
    date: str
    payers: int
    total: int
    reversed: bool


@dataclass(frozen=True, slots=True)
class Today:
    """A chapter's day. Amounts in đồng."""

    chapter_id: str
    chapter_name: str
    date: date
    members: int
    payers_today: int
    collected_today: int
    pots: list[PotToday]
    sheets: list[RecentSheet]
    behind: int
    to_sign: int
    called_wrong: int
    held: list[tuple[str, str, str]]  # sheets of outgoing officers: id, whose, her name
    awaiting: int  # who left and was not paid yet
    between: list[settling.Between]
    broken: list[balances.Broken]  # pigs that are being broken
    breaks_soon: list[PotToday]  # whose day is near, or past
    loans_due: int  # loans with a day within a week, and nothing late
    loans_late: int
    cash: int
    pending: list[Pending]  # differences that counts found and nobody settled yet
    begins: bool  # a pot has no entry yet: a paper book may be taken over
    days: Days
    seq: int
    head: str


def today(db: Tx, *, actor: Actor, chapter_id: str) -> Today:
    """The day at a glance, from maintained totals."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    day = clock.today()
    _, charter = in_force(db, chapter_id, day)
    pots = savings.pots(db, actor=actor, chapter_id=chapter_id)
    fed = [pot for pot in pots if pot.cycle_starts_on]
    first = savings.members_due(db, chapter_id, fed[0], charter.period, day) if fed else []
    recent = sheets.sheets(db, actor=actor, chapter_id=chapter_id, limit=8)
    name, seq, head = db.rows(
        "SELECT u.name, b.seq, b.head FROM unit u JOIN book b ON b.chapter_id = u.id WHERE u.id = ?",
        (chapter_id,),
    )[0]
    members = db.rows(
        "SELECT count(*) FROM member WHERE chapter_id = ? AND joined_on <= ?"
        " AND (left_on IS NULL OR left_on >= ?)",
        (chapter_id, day, day),
    )[0][0]
    days = _days(db, chapter_id, day)
    coming = loans.coming_due(db, actor=actor, chapter_id=chapter_id)
    may_record = holds(actor, May.RECORD_SHEETS, chapter_id)
    shown = [_pot(db, chapter_id, pot, members, day) for pot in pots]
    broken = balances.broken_now(db, chapter_id)
    held = {one.pot_id for one in broken}
    wrong = sheets.wrong_lines(db, actor=actor, chapter_id=chapter_id)
    return Today(
        chapter_id=chapter_id,
        chapter_name=name,
        date=day,
        members=members,
        payers_today=_payers(db, chapter_id, day),
        collected_today=days[-1][1],
        pots=shown,
        sheets=[RecentSheet(s.id, s.seq, s.date, s.payers, s.total, s.reversed) for s in recent],
        behind=sum(1 for member in first if member.behind),
        to_sign=len(approvals.waiting(db, actor=actor)),
        called_wrong=len({line.number for line in wrong}),
        held=savings.held_waiting(db, chapter_id) if may_record else [],
        awaiting=settling.waiting_count(db, chapter_id),
        between=settling.between(db, chapter_id),
        broken=broken,
        breaks_soon=[pot for pot in shown if _soon(pot, day) and pot.id not in held],
        loans_due=sum(1 for due in coming if not due.late),
        loans_late=sum(1 for due in coming if due.late),
        cash=_cash(db, chapter_id),
        pending=balances.pending(db, chapter_id),
        begins=begins(db, chapter_id=chapter_id),
        days=days,
        seq=seq,
        head=bytes(head).hex(),
    )


def _pot(db: Tx, chapter_id: str, pot: savings.PotShown, members: int, day: date) -> PotToday:
    kept, covered = db.rows(
        "SELECT coalesce(sum(CASE WHEN kind IN ('savings', 'fund') THEN balance END), 0),"
        " coalesce(sum(periods), 0) FROM account WHERE chapter_id = ? AND pot_id = ?",
        (chapter_id, pot.id),
    )[0]
    return PotToday(
        id=pot.id,
        name=pot.name,
        kept_total=int(kept),
        fill=_fill(db, chapter_id, pot, members, int(covered), day),
        next_breaking_on=pot.next_breaking_on,
    )


def _soon(pot: PotToday, day: date) -> bool:
    """Whether the pig is to be broken within SOON days, or should have been."""
    return pot.next_breaking_on is not None and (
        date.fromisoformat(pot.next_breaking_on) <= day + timedelta(days=SOON)
    )


def _fill(
    db: Tx, chapter_id: str, pot: savings.PotShown, members: int, covered: int, day: date
) -> int:
    """Periods covered against those of the whole cycle (a year where no breaking is planned)."""
    starts = date.fromisoformat(pot.cycle_starts_on or pot.opened_on)
    ends = (
        date.fromisoformat(pot.next_breaking_on)
        if pot.next_breaking_on
        else max(day, starts.replace(year=starts.year + 1, day=min(starts.day, 28)))
    )
    _, charter = in_force(db, chapter_id, day)
    planned = periods_elapsed(charter.period, starts, starts, ends) * members
    return min(100 * covered // planned, 100) if planned else 0


def _days(db: Tx, chapter_id: str, last: date) -> Days:
    """What was put in for each of the last 31 days, net of what was taken back of it."""
    days = [last - timedelta(days=back) for back in range(MONTH - 1, -1, -1)]
    within = (chapter_id, days[0], last)
    sums = {day: int(total) for day, total in db.rows(DAYS, within)}
    for on, given_on, amount in db.rows(TAKEN_BACK, within):
        sums[on] = sums.get(on, 0) - int(amount)
        sums[given_on] = sums.get(given_on, 0) + int(amount)
    return [(day, sums.get(day.isoformat(), 0)) for day in days]


def _cash(db: Tx, chapter_id: str) -> int:
    """All of the chapter's money that is not lent: in pots, in hand, in a bank."""
    row = db.row(
        "SELECT coalesce(sum(balance), 0) FROM account WHERE chapter_id = ? AND kind IN"
        " ('cash_pot', 'cash_hand', 'cash_bank')",
        (chapter_id,),
    )
    return int(row[0]) if row else 0


def _payers(db: Tx, chapter_id: str, day: date) -> int:
    return sum(
        len(savings.paid_on(db, chapter_id, pot_id, day))
        for (pot_id,) in db.rows("SELECT id FROM pot WHERE chapter_id = ?", (chapter_id,))
    )


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit below a leader's, with what its chapters hold. `saved` in đồng."""

    id: str
    name: str
    level: str
    chapters: int
    members: int
    saved: int
    last_sheet_on: str | None


_BELOW = """
    WITH RECURSIVE below (child, id) AS (
        SELECT p.unit_id, p.unit_id FROM unit_parent p
        WHERE p.parent_id = :unit AND p.from_on <= :on AND (p.to_on IS NULL OR p.to_on > :on)
        UNION ALL
        SELECT b.child, p.unit_id FROM unit_parent p JOIN below b ON p.parent_id = b.id
        WHERE p.from_on <= :on AND (p.to_on IS NULL OR p.to_on > :on)
    )
    SELECT c.id, c.name, c.level, count(u.id),
        coalesce(sum((SELECT count(*) FROM member m WHERE m.chapter_id = u.id
            AND m.joined_on <= :on AND (m.left_on IS NULL OR m.left_on >= :on))), 0),
        coalesce(sum((SELECT sum(t.credit - t.debit) FROM month_total t
            WHERE t.chapter_id = u.id AND t.kind IN ('savings', 'fund'))), 0),
        max((SELECT max(e.day) FROM entry e WHERE e.chapter_id = u.id AND e.kind = 'sheet'))
    FROM below b JOIN unit c ON c.id = b.child
    LEFT JOIN unit u ON u.id = b.id AND u.level = 'chapter'
    GROUP BY c.id, c.name, c.level ORDER BY c.name, c.id
"""


def units_below(db: Tx, *, actor: Actor, unit_id: str) -> list[UnitRow]:
    """The units right below, each with the sums of its chapters; no member's name or amount."""
    require(db, actor=actor, may=May.READ_UNITS, unit_id=unit_id)
    rows = db.rows(_BELOW, {"unit": unit_id, "on": clock.today()})
    return [
        UnitRow(id, name, level, chapters, int(members), int(saved), last)
        for id, name, level, chapters, members, saved, last in rows
    ]
