"""One entry as a voucher (chứng từ): receipt, payment slip, or the book's own record of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals.queries import hands
from app.db.tx import Tx
from app.errors import not_found
from app.ledger.entry import CASH
from app.models.ledger import EntryRow
from app.reports.entries import Happened, happened
from app.terms import Actor, EntryKind, Level


@dataclass(frozen=True, slots=True)
class Slip:
    """A voucher as its page shows it; `amount` in đồng.

    `units` are the chapter and those above it on that day, from the top. `who` paid or was paid:
    empty where the book does not say, and then it is written by hand.
    """

    of: Happened
    chapter_id: str
    units: list[str]
    pot_name: str
    amount: int
    who: str
    purpose: str
    note: str
    reason: str
    recorded_at: int
    recorded_by: str
    signed_by: str | None
    head: str


def slip(db: Tx, *, actor: Actor, entry_id: str) -> Slip:
    """An entry within reach. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=EntryRow, id=entry_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    row = db.row(
        "SELECT e.seq, p.name, t.at, t.head FROM entry e"
        " JOIN pot p ON p.chapter_id = e.chapter_id AND p.id = e.pot_id"
        " JOIN trail t ON t.chapter_id = e.chapter_id AND t.seq = e.seq"
        " WHERE e.chapter_id = ? AND e.id = ?",
        (chapter_id, entry_id),
    )
    if row is None:
        raise not_found()
    seq, pot_name, at, head = row
    recorded_by, signed_by = hands(db, chapter_id, seq)
    of = happened(db, chapter_id, " AND e.seq = :seq", {"seq": seq})[seq]
    texts = dict(
        db.rows(
            "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?", (chapter_id, seq)
        )
    )
    return Slip(
        of=of,
        chapter_id=chapter_id,
        units=_units(db, chapter_id, of.day),
        pot_name=pot_name,
        amount=_amount(db, chapter_id, seq),
        who=texts.get("payee") or _payer(db, chapter_id, of),
        purpose=texts.get("purpose", ""),
        note=texts.get("note", ""),
        reason=texts.get("reason", ""),
        recorded_at=at,
        recorded_by=recorded_by,
        signed_by=signed_by,
        head=bytes(head).hex(),
    )


def _payer(db: Tx, chapter_id: str, of: Happened) -> str:
    """Who a receipt is from: of a sheet the one woman in it; many stand in its list."""
    if of.kind is not EntryKind.SHEET or of.members != 1:
        return of.who
    row = db.row(
        "SELECT p.name FROM movement m"
        " JOIN member b ON b.chapter_id = m.chapter_id AND b.number = m.member_no"
        " JOIN person p ON p.id = b.person_id WHERE m.chapter_id = ? AND m.seq = ?",
        (chapter_id, of.seq),
    )
    return str(row[0]) if row else ""


def _amount(db: Tx, chapter_id: str, seq: int) -> int:
    """What the cash changed by; where it stayed, what the members' lines or all lines come to."""
    rows = db.rows(
        "SELECT m.amount, d.kind, c.kind, m.member_no FROM movement m"
        " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " WHERE m.chapter_id = ? AND m.seq = ?",
        (chapter_id, seq),
    )
    cash = sum(amount * ((debit in CASH) - (credit in CASH))
               for amount, debit, credit, _ in rows)  # fmt: skip
    hers = sum(amount for amount, _, _, member_no in rows if member_no)
    return int(abs(cash) or hers or sum(row[0] for row in rows))


def _units(db: Tx, unit_id: str, day: date) -> list[str]:
    """The names of a unit and those above it on a day, from the top; the Union's root goes unsaid."""
    found = []
    for _ in Level:
        row = db.row(
            "SELECT u.name, u.level, p.parent_id FROM unit u LEFT JOIN unit_parent p"
            " ON p.unit_id = u.id AND p.from_on <= ? AND (p.to_on IS NULL OR p.to_on > ?)"
            " WHERE u.id = ?",
            (day, day, unit_id),
        )
        if row is None or row[1] == Level.CENTRAL:
            break
        found.append(str(row[0]))
        if row[2] is None:
            break
        unit_id = row[2]
    return found[::-1]
