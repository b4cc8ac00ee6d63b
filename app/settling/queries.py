"""What a settlement rests on, who waits to be paid, what moved and was not handed over yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from app import clock
from app.access.queries import BELOW, chapter_holding, require, unit_name, units_above
from app.access.rules import May
from app.charter.queries import in_force
from app.db.tx import Tx
from app.errors import Conflict, Invalid, not_found
from app.ledger import balances
from app.ledger.entry import check_not_counted
from app.loans.free import free_cash
from app.loans.queries import debts
from app.models.chapter import Member
from app.settling import rules
from app.settling.rules import Asked, Hers, Leaver, PotSettled
from app.terms import Actor, Leaving, Level, Place


def leaver(db: Tx, chapter_id: str, member_id: str) -> Leaver:
    """A membership of this chapter. Raises NotFound."""
    row = db.row(
        "SELECT m.number, m.id, m.person_id, p.name, m.joined_on, m.left_on, m.left_because,"
        " m.next_of_kin, (SELECT max(e.day) FROM movement v JOIN entry e"
        "  ON e.chapter_id = v.chapter_id AND e.seq = v.seq"
        "  WHERE v.chapter_id = m.chapter_id AND v.member_no = m.number)"
        " FROM member m JOIN person p ON p.id = m.person_id WHERE m.chapter_id = ? AND m.id = ?",
        (chapter_id, member_id),
    )
    if row is None:
        raise not_found()
    number, id, person_id, name, joined, left, because, kin, last = row
    return Leaver(
        number, id, person_id, name, date.fromisoformat(joined),
        date.fromisoformat(left) if left else None, Leaving(because) if because else None, kin,
        date.fromisoformat(last) if last else None,
    )  # fmt: skip


def hers(db: Tx, chapter_id: str, who: Leaver, day: date) -> list[Hers]:
    """What she has in each pot that belongs to members, and what the pot can pay from that day on."""
    rows = db.rows(
        "SELECT p.id, p.name, a.balance FROM account a"
        " JOIN pot p ON p.chapter_id = a.chapter_id AND p.id = a.pot_id"
        " WHERE a.chapter_id = ? AND a.owner_id = ? AND a.kind = 'savings' AND a.balance > 0"
        " ORDER BY p.id",
        (chapter_id, who.member_id),
    )
    owed: Counter[str] = Counter()
    for debt in debts(db, chapter_id, who.member_id, day):
        owed[debt.pot_id] += debt.amount
    return [
        Hers(pot_id, name, savings, _payable(db, chapter_id, pot_id, who, day), owed[pot_id])
        for pot_id, name, savings in rows
    ]


def _payable(db: Tx, chapter_id: str, pot_id: str, who: Leaver, day: date) -> int:
    """Free cash, as far as it is in hand: what waits for those who left before her is theirs."""
    due = _due_before(db, chapter_id, pot_id, who)
    free = free_cash(db, chapter_id, pot_id, day, leaver=who.member_id, due=due)
    return min(free, balances.lowest_cash(db, chapter_id, pot_id, Place.HAND, day))


def _due_before(db: Tx, chapter_id: str, pot_id: str, who: Leaver) -> int:
    """What waits for those who left before her: for all of them, until she has left herself."""
    if who.left_on is None:
        return balances.awaiting(db, chapter_id, pot_id)
    row = db.row(
        "SELECT coalesce(sum(a.balance), 0) FROM account a JOIN member m"
        " ON m.chapter_id = a.chapter_id AND m.id = a.owner_id"
        " WHERE a.chapter_id = ? AND a.pot_id = ? AND a.kind = 'savings'"
        " AND (m.left_on < ? OR (m.left_on = ? AND m.number < ?))",
        (chapter_id, pot_id, who.left_on, who.left_on, who.number),
    )
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaving comes to: what is shown before, and what is posted."""

    leaver: Leaver
    asked: Asked
    pots: list[PotSettled]
    step: int
    payee: str | None
    to_chapter_name: str
    to_pot_id: str | None


def plan(db: Tx, *, chapter_id: str, member_id: str, asked: Asked) -> Plan:
    """The settlement as the book stands. Raises what the rules raise."""
    who = leaver(db, chapter_id, member_id)
    found = hers(db, chapter_id, who, asked.day)
    rules.check_leaving(who, asked, found)
    _, charter = in_force(db, chapter_id, asked.day)
    pots = rules.settle(found, charter.payout_step)
    if asked.to_chapter_id is not None:
        pots = [replace(pot, paid=0) for pot in pots]
    for pot in pots:
        balances.open_cycle(db, chapter_id, pot.pot_id, asked.day)
        if pot.paid:
            counted = balances.counted_on(db, chapter_id, pot.pot_id, Place.HAND)
            check_not_counted(asked.day, counted)
    there = (
        _pot_there(db, asked.to_chapter_id, who.person_id, asked.day)
        if asked.to_chapter_id
        else None
    )
    return Plan(
        leaver=who,
        asked=asked,
        pots=pots,
        step=charter.payout_step,
        payee=rules.payee(who, asked),
        to_chapter_name=unit_name(db, asked.to_chapter_id) if asked.to_chapter_id else "",
        to_pot_id=there,
    )


def check_other(db: Tx, chapter_id: str, other_id: str) -> None:
    """Another chapter that keeps a book. Raises Invalid `chapter_unknown`."""
    sql = "SELECT 1 FROM book b JOIN unit u ON u.id = b.chapter_id WHERE u.id = ? AND u.level = ?"
    if other_id == chapter_id or not db.row(sql, (other_id, Level.CHAPTER.value)):
        raise Invalid("chapter_unknown", "Không tìm thấy chi hội này.", field="to_chapter_id")


def _pot_there(db: Tx, chapter_id: str, person_id: str, day: date) -> str:
    """The pot of another chapter that takes her savings in."""
    since = db.rows("SELECT from_on FROM unit WHERE id = ?", (chapter_id,))[0][0]
    if day.isoformat() < since:
        raise Conflict(
            "no_chapter_then", "Ngày ấy chưa có chi hội mới. Mời chị chọn từ ngày {day}.",
            field="date", day=f"{date.fromisoformat(since):%d/%m/%Y}",
        )  # fmt: skip
    sql = "SELECT 1 FROM member WHERE chapter_id = ? AND person_id = ? AND left_on IS NULL"
    if db.row(sql, (chapter_id, person_id)):
        raise Conflict(
            "member_there", "Chị ấy đã là hội viên của chi hội ấy rồi.", field="to_chapter_id"
        )
    row = db.row(
        "SELECT p.id FROM pot p JOIN cycle c ON c.chapter_id = p.chapter_id AND c.pot_id = p.id"
        " WHERE p.chapter_id = ? AND p.kept = 'chapter' AND p.belongs_to = 'member'"
        " AND c.closed_on IS NULL AND c.starts_on <= ? ORDER BY p.id LIMIT 1",
        (chapter_id, day),
    )
    if row is None:
        raise Conflict(
            "no_pot_there",
            "Chi hội ấy chưa có lợn chung nhận tiền ngày đó. Mời chị hỏi thủ quỹ bên ấy, hoặc trả tiền"
            " mặt cho chị ấy mang theo.",
            field="to_chapter_id",
        )  # fmt: skip
    return str(row[0])


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first page of leaving shows."""

    chapter_id: str
    leaver: Leaver
    pots: list[Hers]
    chapters: list[tuple[str, str]]


def opening(db: Tx, *, actor: Actor, member_id: str) -> Opening:
    """Her savings as they stand, and the chapters of the commune that she may move to."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.SETTLE_MEMBERS, unit_id=chapter_id)
    who = leaver(db, chapter_id, member_id)
    return Opening(chapter_id, who, hers(db, chapter_id, who, clock.today()),
                   _neighbours(db, chapter_id))  # fmt: skip


def _neighbours(db: Tx, chapter_id: str) -> list[tuple[str, str]]:
    """Chapters of the same commune that keep a book, by name."""
    above = {level: unit for unit, level in units_above(db, chapter_id).items()}
    rows = db.rows(
        f"{BELOW} SELECT u.id, u.name FROM below b JOIN unit u ON u.id = b.id"
        " JOIN book k ON k.chapter_id = u.id WHERE u.level = 'chapter' AND u.id <> :own"
        " ORDER BY u.name, u.id",
        {"unit": above.get(Level.COMMUNE, chapter_id), "on": clock.today(), "own": chapter_id},
    )
    return [(row[0], row[1]) for row in rows]


def preview(db: Tx, *, actor: Actor, member_id: str, asked: Asked) -> Plan:
    """The plan for whoever may confirm it."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.SETTLE_MEMBERS, unit_id=chapter_id)
    if asked.to_chapter_id is not None:
        check_other(db, chapter_id, asked.to_chapter_id)
    return plan(db, chapter_id=chapter_id, member_id=member_id, asked=asked)


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who left and was not paid all of it; `payable` could be paid today."""

    leaver: Leaver
    awaiting: int
    payable: int
    whole: bool  # at least one step of it: odd đồng below it stay hers and wait for nothing


def waiters(db: Tx, *, actor: Actor, chapter_id: str) -> list[Waiter]:
    """Who waits to be paid, in the order in which they left."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    rows = db.rows(
        "SELECT m.id FROM member m JOIN account a ON a.chapter_id = m.chapter_id"
        " AND a.owner_id = m.id AND a.kind = 'savings' AND a.balance > 0"
        " WHERE m.chapter_id = ? AND m.left_on IS NOT NULL"
        " GROUP BY m.id, m.left_on, m.number ORDER BY m.left_on, m.number",
        (chapter_id,),
    )
    return [waiter(db, chapter_id, row[0]) for row in rows]


def waiter(db: Tx, chapter_id: str, member_id: str) -> Waiter:
    """How one of them stands today."""
    who, today = leaver(db, chapter_id, member_id), clock.today()
    step = in_force(db, chapter_id, today)[1].payout_step
    pots = rules.settle(hers(db, chapter_id, who, today), step)
    return Waiter(who, sum(pot.claim for pot in pots), sum(pot.paid for pot in pots),
                  any(pot.claim >= step for pot in pots))  # fmt: skip


def waiting_count(db: Tx, chapter_id: str) -> int:
    """How many wait for a sum that can be paid in notes."""
    step = in_force(db, chapter_id, clock.today())[1].payout_step
    row = db.row(
        "SELECT count(DISTINCT m.id) FROM member m JOIN account a ON a.chapter_id = m.chapter_id"
        " AND a.owner_id = m.id AND a.kind = 'savings' AND a.balance >= ?"
        " WHERE m.chapter_id = ? AND m.left_on IS NOT NULL",
        (step, chapter_id),
    )
    return row[0] if row else 0


@dataclass(frozen=True, slots=True)
class Between:
    """What moved with members between two chapters' pigs and whose cash was not handed over."""

    pot_id: str
    pot_name: str
    chapter_id: str
    chapter_name: str
    amount: int  # above zero to be given, below zero to come


def between(db: Tx, chapter_id: str) -> list[Between]:
    """Pot by pot, what is to be given to other chapters and what is to come from them."""
    names: dict[str, str] = dict(
        db.rows("SELECT id, name FROM pot WHERE chapter_id = ?", (chapter_id,))
    )
    return [
        Between(pot_id, names[pot_id], other, unit_name(db, other), amount)
        for pot_id, other, amount in balances.transfers(db, chapter_id)
    ]


def to_hand_over(db: Tx, *, actor: Actor, chapter_id: str) -> list[Between]:
    """The same for a page."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return between(db, chapter_id)


def owed(db: Tx, chapter_id: str, pot_id: str, other_id: str, day: date) -> int:
    """What a pot owes another chapter from a day on: the cash does not go before she does."""
    return balances.lowest_owned(db, chapter_id, rules.between(pot_id, other_id), day)


def expected(db: Tx, chapter_id: str, other_id: str) -> list[tuple[str, int]]:
    """Every pot that has to do with another chapter, with what it waits for from there (below
    zero: what it owes itself)."""
    rows = db.rows(
        "SELECT pot_id, -balance FROM account WHERE chapter_id = ? AND owner_id = ?"
        " AND kind = 'transfer' ORDER BY no",
        (chapter_id, other_id),
    )
    return [(row[0], row[1]) for row in rows]
