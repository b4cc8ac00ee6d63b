"""A member's balance and statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock, ids
from app.access.queries import reach_member
from app.charter.queries import period_in_force
from app.db.tx import Tx
from app.savings.rules import periods_elapsed
from app.terms import N_, Actor, EntryKind, Leaving, Period


@dataclass(frozen=True, slots=True)
class PotBalance:
    """What a member has in one pot, and how far she is in its cycle."""

    pot_id: str
    name: str
    savings: int
    contributed: int
    periods_covered: int
    periods_elapsed: int
    cycle_starts_on: str | None
    next_breaking_on: str | None

    @property
    def fill(self) -> int:
        """How far she is, in percent of what has begun."""
        return (
            min(100 * self.periods_covered // self.periods_elapsed, 100)
            if self.periods_elapsed
            else 0
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's balance as of an instant, with the head of the book it was read from."""

    member_id: str
    chapter_id: str
    savings: int
    contributed: int
    awaiting_collection: int
    loans_outstanding: int
    pots: list[PotBalance]
    period: Period
    as_of: int
    seq: int
    head: str


def balance(db: Tx, *, actor: Actor, member_id: str) -> Balance:
    """A member's balance: a few rows by key, whatever the history. Raises NotFound."""
    chapter_id = reach_member(db, actor=actor, member_id=member_id)
    today = clock.today()
    period = period_in_force(db, chapter_id, today)
    joined, left, because, seq, head, lent = db.rows(
        "SELECT m.joined_on, m.left_on, m.left_because, b.seq, b.head,"
        " (SELECT coalesce(sum(a.balance), 0) FROM loan l JOIN account a"
        "  ON a.chapter_id = l.chapter_id AND a.owner_id = l.id AND a.kind = 'loan'"
        "  WHERE l.chapter_id = m.chapter_id AND l.member_id = m.id) FROM member m"
        " JOIN book b ON b.chapter_id = m.chapter_id WHERE m.chapter_id = ? AND m.id = ?",
        (chapter_id, member_id),
    )[0]
    rows = db.rows(
        "SELECT a.kind, a.balance, a.periods, p.id, p.name, p.next_breaking_on, c.starts_on"
        " FROM account a JOIN pot p ON p.chapter_id = a.chapter_id AND p.id = a.pot_id"
        " LEFT JOIN cycle c ON c.chapter_id = p.chapter_id AND c.pot_id = p.id"
        "  AND c.closed_on IS NULL"
        " WHERE a.chapter_id = ? AND a.owner_id = ? AND a.kind IN ('savings', 'fund') ORDER BY p.id",
        (chapter_id, member_id),
    )
    day = min(today, date.fromisoformat(left)) if left else today
    pots = [
        PotBalance(
            pot_id=pot_id,
            name=name,
            savings=amount if kind == "savings" else 0,
            contributed=amount if kind == "fund" else 0,
            periods_covered=periods,
            periods_elapsed=periods_elapsed(
                period, date.fromisoformat(starts), date.fromisoformat(joined), day
            )
            if starts
            else 0,
            cycle_starts_on=starts,
            next_breaking_on=breaking,
        )
        for kind, amount, periods, pot_id, name, breaking, starts in rows
    ]
    savings = sum(pot.savings for pot in pots)
    return Balance(
        member_id=member_id,
        chapter_id=chapter_id,
        savings=savings,
        contributed=sum(pot.contributed for pot in pots),
        # Who moved took her savings with her; whoever else left has them waiting for her.
        awaiting_collection=savings if left and because != Leaving.MOVED else 0,
        loans_outstanding=int(lent),
        pots=pots,
        period=period,
        as_of=clock.now(),
        seq=seq,
        head=bytes(head).hex(),
    )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a member's book; `amount` is signed, `balance` is hers after it."""

    line_id: str
    entry_id: str
    date: str
    kind: str
    periods: int
    amount: int
    balance: int
    seq: int
    reversed: bool
    verdict: str | None


# Her lines, newest first, each with what she holds after it: today's balance less what came later.
_LINES = (
    "WITH hers AS (SELECT e.day, m.seq, m.line, e.id, e.kind, m.periods,"
    " CASE WHEN c.kind IN ('savings', 'fund') THEN m.amount ELSE -m.amount END AS signed,"
    " EXISTS (SELECT 1 FROM movement r WHERE r.chapter_id = m.chapter_id"
    "  AND r.reverses_seq = m.seq AND r.reverses_line = m.line) AS taken_back,"
    " (SELECT v.verdict FROM confirmation v WHERE v.chapter_id = m.chapter_id"
    "  AND v.entry_seq = m.seq AND v.line = m.line ORDER BY v.seq DESC LIMIT 1) AS verdict"
    " FROM movement m JOIN entry e ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
    " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
    " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
    # Her loans have a history of their own: here stands what changed what she holds.
    " WHERE m.chapter_id = :chapter AND m.member_no = :number"
    "  AND (c.kind IN ('savings', 'fund') OR d.kind IN ('savings', 'fund'))),"
    " running AS (SELECT hers.*, :holds - coalesce(sum(signed) OVER (ORDER BY day DESC,"
    "  seq DESC, line DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after_it"
    " FROM hers)"
    " SELECT day, seq, line, id, kind, periods, signed, after_it, taken_back, verdict"
    " FROM running WHERE 1 = 1"
)


def statement(
    db: Tx,
    *,
    actor: Actor,
    member_id: str,
    from_on: date | None = None,
    to_on: date | None = None,
    after: tuple[date, int, int] | None = None,
    limit: int = 200,
) -> list[StatementLine]:
    """A member's savings and contributions, newest first by day then number.

    `after` is the (day, seq, line) of the last line of the page before.
    """
    chapter_id = reach_member(db, actor=actor, member_id=member_id)
    number, holds = db.rows(
        "SELECT m.number, (SELECT coalesce(sum(a.balance), 0) FROM account a WHERE"
        " a.chapter_id = m.chapter_id AND a.owner_id = m.id AND a.kind IN ('savings', 'fund'))"
        " FROM member m WHERE m.chapter_id = ? AND m.id = ?",
        (chapter_id, member_id),
    )[0]
    more, params = "", {"chapter": chapter_id, "number": number, "holds": holds, "limit": limit}
    if from_on:
        more, params["from_on"] = f"{more} AND day >= :from_on", from_on
    if to_on:
        more, params["to_on"] = f"{more} AND day <= :to_on", to_on
    if after:
        more += " AND (day, seq, line) < (:after_day, :after_seq, :after_line)"
        params |= {"after_day": after[0], "after_seq": after[1], "after_line": after[2]}
    order = " ORDER BY day DESC, seq DESC, line DESC LIMIT :limit"
    return [_statement_line(row) for row in db.rows(_LINES + more + order, params)]


def _statement_line(row: tuple[Any, ...]) -> StatementLine:
    day, seq, line, entry_id, kind, periods, signed, holds_then, taken_back, verdict = row
    return StatementLine(
        line_id=ids.of_line(entry_id, line),
        entry_id=entry_id,
        date=day,
        kind=kind,
        periods=periods,
        amount=signed,
        balance=int(holds_then),
        seq=seq,
        reversed=bool(taken_back),
        verdict=verdict,
    )


DEPOSITS = "('sheet', 'correction')"


def months(db: Tx, *, actor: Actor, member_id: str, since: date) -> list[tuple[str, int]]:
    """What a member put in, by calendar month (`YYYY-MM`), net of reversals.

    Deposits alone (flow `sheet`): no opening balance, payout or transfer.
    """
    chapter_id = reach_member(db, actor=actor, member_id=member_id)
    rows = db.rows(
        "SELECT e.day, CASE WHEN c.kind IN ('savings', 'fund') THEN m.amount ELSE -m.amount END"
        " FROM member b JOIN movement m ON m.chapter_id = b.chapter_id AND m.member_no = b.number"
        " JOIN entry e ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " LEFT JOIN entry o ON o.chapter_id = m.chapter_id AND o.seq = m.reverses_seq"
        " WHERE b.chapter_id = ? AND b.id = ? AND e.day >= ?"
        f" AND coalesce(o.kind, e.kind) IN {DEPOSITS}",
        (chapter_id, member_id, since),
    )
    sums: dict[str, int] = {}
    for day, amount in rows:
        sums[day[:7]] = sums.get(day[:7], 0) + amount
    return sorted(sums.items())


def place_after(line: StatementLine) -> str:
    """The cursor of a statement's next page."""
    return f"{line.date}.{line.seq}.{int(line.line_id[32:], 16)}"


def place(cursor: str | None) -> tuple[date, int, int] | None:
    """Back from a cursor; what is none of ours begins at the top."""
    parts = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.(\d{1,15})\.(\d{1,5})", cursor or "", re.ASCII)
    if parts is None:
        return None
    try:
        return date.fromisoformat(parts[1]), int(parts[2]), int(parts[3])
    except ValueError:
        return None


_WORDS = {
    EntryKind.REVERSAL: (N_("Hủy dòng ghi nhầm"), N_("Hủy dòng ghi nhầm")),
    EntryKind.CORRECTION: (N_("Góp tiền, ghi thêm sau khi kiểm"), N_("Ghi bớt sau khi kiểm")),
    EntryKind.OPENING: (N_("Số dư từ sổ cũ"), N_("Số dư từ sổ cũ")),
    EntryKind.PAYOUT: (N_("Nhận tiền về"), N_("Nhận tiền về")),
    EntryKind.SET_OFF: (N_("Trừ vào nợ"), N_("Trừ vào nợ")),
    EntryKind.TRANSFER: (N_("Từ sổ khác chuyển đến"), N_("Chuyển sang sổ khác")),
    EntryKind.BREAKING: (N_("Mổ lợn: phần của chị"), N_("Mổ lợn: lấy ra, ủng hộ hoặc trừ nợ")),
}


def line_text(line: StatementLine) -> str:
    """A line in words, by whether it brought in or took out."""
    came_in, went_out = _WORDS.get(EntryKind(line.kind), (N_("Góp tiền"), N_("Lấy ra")))
    return came_in if line.amount > 0 else went_out


def paper(kind: str, entry_id: str) -> str:
    """Where officers see the whole entry: a sheet's slip, else the voucher."""
    listed = (EntryKind.SHEET, EntryKind.REVERSAL, EntryKind.CORRECTION)
    return f"/{'phieu' if kind in listed else 'chung-tu'}/{entry_id}"
