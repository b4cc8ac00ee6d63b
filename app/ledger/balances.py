"""How accounts stand: now, at the end of a day, at their lowest. Reads by key, whatever the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from app.db.tx import Tx
from app.errors import Conflict, Invalid
from app.ledger.entry import CASH_IN, Account, change
from app.models.cash import TOGETHER
from app.terms import AccountKind, Place


def balance(db: Tx, chapter_id: str, pot_id: str, kind: AccountKind) -> int:
    """What a pot's accounts of a kind hold together now, in đồng."""
    row = db.row(
        "SELECT coalesce(sum(balance), 0) FROM account"
        " WHERE chapter_id = ? AND pot_id = ? AND kind = ?",
        (chapter_id, pot_id, kind.value),
    )
    return int(row[0]) if row else 0


def held(db: Tx, chapter_id: str, pot_id: str) -> dict[AccountKind, int]:
    """A pot's balances by kind of account."""
    rows = db.rows(
        "SELECT kind, sum(balance) FROM account WHERE chapter_id = ? AND pot_id = ? GROUP BY kind",
        (chapter_id, pot_id),
    )
    return {AccountKind(kind): int(total) for kind, total in rows}


def days_after(
    db: Tx, chapter_id: str, pot_id: str, kind: AccountKind, day: date
) -> tuple[int, list[tuple[date, int]]]:
    """What a pot's accounts of a kind hold now, and what changed it on each day after `day`.

    Newest first; changes are debit − credit.
    """
    later = db.rows(
        "SELECT day, sum(debit - credit) FROM day_total WHERE chapter_id = ? AND pot_id = ?"
        " AND kind = ? AND day > ? GROUP BY day ORDER BY day DESC",
        (chapter_id, pot_id, kind.value, day),
    )
    changes = [(date.fromisoformat(on), int(changed)) for on, changed in later]
    return balance(db, chapter_id, pot_id, kind), changes


def cash_at_end(db: Tx, chapter_id: str, pot_id: str, place: Place, day: date) -> int:
    """The cash the book says was in a place at the end of a business day."""
    now, changes = days_after(db, chapter_id, pot_id, CASH_IN[place], day)
    return now - sum(changed for _, changed in changes)


def lowest_cash(db: Tx, chapter_id: str, pot_id: str, place: Place, day: date) -> int:
    """The least cash at the end of `day` or any day after it: what may leave on that day."""
    return lowest(db, chapter_id, pot_id, (CASH_IN[place],), day)


def lowest(db: Tx, chapter_id: str, pot_id: str, kinds: Iterable[AccountKind], day: date) -> int:
    """The least that a pot's accounts of some kinds held together at the end of `day` or later."""
    then, later = 0, Counter[date]()
    for kind in kinds:
        held, changes = days_after(db, chapter_id, pot_id, kind, day)
        then += held
        later.update(dict(changes))
    return _lowest(then, [later[on] for on in sorted(later, reverse=True)])


def _lowest(now: int, changes: list[int]) -> int:
    lowest = now
    for changed in changes:
        now -= changed
        lowest = min(lowest, now)
    return lowest


def lowest_owned(db: Tx, chapter_id: str, account: Account, day: date) -> int:
    """The least that an account holds at the end of `day` or any day after it: what may be taken
    off it on that day. Of an account of one owner no day totals are kept: the entries are read,
    those after `day` alone.
    """
    pot_id, kind, owner_id = account
    row = db.row(
        "SELECT no, balance FROM account"
        " WHERE chapter_id = ? AND pot_id = ? AND kind = ? AND owner_id = ?",
        (chapter_id, pot_id, kind.value, owner_id),
    )
    if row is None:
        return 0
    no, now = row
    later = db.rows(
        "SELECT sum(CASE WHEN m.debit_no = ? THEN m.amount ELSE 0 END),"
        " sum(CASE WHEN m.credit_no = ? THEN m.amount ELSE 0 END)"
        " FROM entry e JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        " WHERE e.chapter_id = ? AND e.pot_id = ? AND e.day > ? AND ? IN (m.debit_no, m.credit_no)"
        " GROUP BY e.day ORDER BY e.day DESC",
        (no, no, chapter_id, pot_id, day, no),
    )
    return _lowest(int(now), [change(kind, int(debit), int(credit)) for debit, credit in later])


def _counted_as(place: Place) -> tuple[str, str]:
    """A count of this place alone, and one of pot and hand together. Nobody counts a bank."""
    return (place.value, TOGETHER if place is not Place.BANK else place.value)


def counted_on(db: Tx, chapter_id: str, pot_id: str, place: Place) -> date | None:
    """The day of the latest count of a place, alone or together with the other."""
    row = db.row(
        "SELECT max(day) FROM cash_count WHERE chapter_id = ? AND pot_id = ? AND place IN (?, ?)",
        (chapter_id, pot_id, *_counted_as(place)),
    )
    return date.fromisoformat(row[0]) if row and row[0] else None


def counted_after(db: Tx, chapter_id: str, pot_id: str, place: Place, seq: int) -> bool:
    """Whether a place was counted with the cash of the entry of this number: a count of an earlier
    day, told later, saw nothing of it.
    """
    row = db.row(
        "SELECT 1 FROM cash_count c JOIN entry e ON e.chapter_id = c.chapter_id AND e.seq = ?"
        " WHERE c.chapter_id = ? AND c.pot_id = ? AND c.place IN (?, ?) AND c.seq > e.seq"
        " AND c.day >= e.day",
        (seq, chapter_id, pot_id, *_counted_as(place)),
    )
    return row is not None


def awaiting(db: Tx, chapter_id: str, pot_id: str) -> int:
    """Savings of those who left and were not yet paid, in đồng: theirs before anybody else's."""
    row = db.row(
        "SELECT coalesce(sum(a.balance), 0) FROM account a JOIN member m"
        " ON m.chapter_id = a.chapter_id AND m.id = a.owner_id AND m.left_on IS NOT NULL"
        " WHERE a.chapter_id = ? AND a.pot_id = ? AND a.kind = 'savings'",
        (chapter_id, pot_id),
    )
    return int(row[0]) if row else 0


def savings_on(db: Tx, chapter_id: str, member_id: str, day: date) -> int:
    """A member's savings in all pots at the end of a day, in đồng."""
    row = db.row(
        "SELECT coalesce(sum(a.balance), 0) - (SELECT coalesce(sum("
        "   CASE WHEN c.kind = 'savings' AND c.owner_id = :member THEN v.amount ELSE 0 END"
        "   - CASE WHEN d.kind = 'savings' AND d.owner_id = :member THEN v.amount ELSE 0 END), 0)"
        "  FROM member m JOIN movement v ON v.chapter_id = m.chapter_id AND v.member_no = m.number"
        "  JOIN entry e ON e.chapter_id = v.chapter_id AND e.seq = v.seq AND e.day > :day"
        "  JOIN account c ON c.chapter_id = v.chapter_id AND c.no = v.credit_no"
        "  JOIN account d ON d.chapter_id = v.chapter_id AND d.no = v.debit_no"
        "  WHERE m.chapter_id = :chapter AND m.id = :member)"
        " FROM account a WHERE a.chapter_id = :chapter AND a.owner_id = :member"
        " AND a.kind = 'savings'",
        {"chapter": chapter_id, "member": member_id, "day": day},
    )
    return int(row[0]) if row else 0


def transfers(db: Tx, chapter_id: str) -> list[tuple[str, str, int]]:
    """(pot, other chapter, đồng) of what moved with members and whose cash was not handed over.

    Above zero it is owed to the other chapter, below zero it is still to come from there.
    """
    rows = db.rows(
        "SELECT pot_id, owner_id, balance FROM account WHERE chapter_id = ? AND kind = 'transfer'"
        " AND balance <> 0 ORDER BY no",
        (chapter_id,),
    )
    return [(pot_id, other, balance) for pot_id, other, balance in rows]


def open_cycle(
    db: Tx, chapter_id: str, pot_id: str, day: date, breaking_id: str | None = None
) -> int:
    """The number of the open cycle that `day` lies in: nothing enters a closed one.

    While a breaking holds it, only that breaking itself (`breaking_id`) may write: Conflict
    `breaking_open`.
    """
    sql = (
        "SELECT no, starts_on, breaking_id FROM cycle"
        " WHERE chapter_id = ? AND pot_id = ? AND closed_on IS NULL"
    )
    found = db.row(sql, (chapter_id, pot_id))
    if found is None:
        raise Conflict("pot_closed", "Lợn này đã đóng, không ghi thêm được.")
    begins = date.fromisoformat(found[1])
    if day >= begins:
        if found[2] != breaking_id:
            raise breaking_open()
        return int(found[0])
    shown = begins.strftime("%d/%m/%Y")
    if found[0] == 1:
        raise Invalid(
            "before_opening", "Lợn bắt đầu nuôi từ {day}, chưa nhận tiền trước ngày đó.",
            field="date", day=shown,
        )  # fmt: skip
    raise Conflict(
        "cycle_closed", "Lợn trước đã mổ ngày {day}, không ghi thêm được. Ghi vào lợn mới?",
        field="date", day=shown,
    )  # fmt: skip


def breaking_open() -> Conflict:
    """Whatever comes now waits until two have signed; a sheet stays on its phone until then."""
    return Conflict(
        "breaking_open", "Lợn này đang mổ, chưa ghi gì. Chờ hai người ký xong rồi mời chị ghi lại."
    )


def held_by(db: Tx, chapter_id: str, pot_id: str) -> str | None:
    """The breaking that is open on a pot."""
    row = db.row(
        "SELECT breaking_id FROM cycle WHERE chapter_id = ? AND pot_id = ? AND closed_on IS NULL",
        (chapter_id, pot_id),
    )
    return row[0] if row else None


class Broken(NamedTuple):
    """A breaking that goes on, and the pot that waits for it."""

    id: str
    pot_id: str
    pot_name: str


def broken_now(db: Tx, chapter_id: str) -> list[Broken]:
    """What is being broken in a chapter: its pages say so beside what waits."""
    rows = db.rows(
        "SELECT c.breaking_id, p.id, p.name FROM cycle c JOIN pot p ON p.chapter_id = c.chapter_id"
        " AND p.id = c.pot_id WHERE c.chapter_id = ? AND c.closed_on IS NULL"
        " AND c.breaking_id IS NOT NULL ORDER BY p.id",
        (chapter_id,),
    )
    return [Broken(*row) for row in rows]


def check_not_broken(db: Tx, chapter_id: str, pot_id: str) -> None:
    """Nothing is decided about a pot's money while it is being counted. Raises `breaking_open`."""
    if held_by(db, chapter_id, pot_id) is not None:
        raise breaking_open()


class Pending(NamedTuple):
    """A difference of which `amount` đồng still pend; below zero a shortage."""

    seq: int
    id: str
    pot_id: str
    day: str
    amount: int


_PENDING = (
    "SELECT d.seq, d.id, d.pot_id, d.day, d.amount, coalesce((SELECT sum(s.amount)"
    "  FROM difference_settled s WHERE s.chapter_id = d.chapter_id"
    "  AND s.difference_seq = d.seq), 0) FROM difference d WHERE d.chapter_id = ?"
)


def pending(db: Tx, chapter_id: str, pot_id: str | None = None) -> list[Pending]:
    """What still pends in a chapter or one pot of it, oldest first."""
    of_pot = " AND d.pot_id = ?" if pot_id else ""
    rows = db.rows(f"{_PENDING}{of_pot} ORDER BY d.seq",
                   (chapter_id, pot_id) if pot_id else (chapter_id,))  # fmt: skip
    found = [_pending(row) for row in rows]
    return [one for one in found if one.amount]


def pending_one(db: Tx, chapter_id: str, id: str) -> Pending | None:
    """What still pends of one difference; None where there never was one."""
    row = db.row(f"{_PENDING} AND d.id = ?", (chapter_id, id))
    return _pending(row) if row else None


def _pending(row: tuple[Any, ...]) -> Pending:
    seq, id, pot_id, day, amount, settled = row
    return Pending(seq, id, pot_id, day, _rest(amount, int(settled)))


def _rest(amount: int, settled: int) -> int:
    return amount + settled if amount < 0 else amount - settled


def taken_by(db: Tx, chapter_id: str, seq: int) -> list[tuple[int, int]]:
    """Which differences an entry took up, and how much of each."""
    rows = db.rows(
        "SELECT difference_seq, amount FROM difference_settled WHERE chapter_id = ? AND seq = ?",
        (chapter_id, seq),
    )
    return [(row[0], row[1]) for row in rows]
