"""Entries as reports tell them: number, days, what happened, whether it still stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock
from app.access.queries import person_name
from app.db.tx import Tx
from app.ledger.entry import CASH
from app.ledger.vouchers import Voucher, vouchers
from app.mending.queries import names_of
from app.reports import cash_words
from app.reports.cash_words import Facts, Told
from app.terms import AccountKind, EntryKind

_ENTRIES = (
    "SELECT e.seq, e.id, e.kind, e.pot_id, e.day, t.at, d.kind, c.kind, c.owner_id, m.member_no,"
    " m.reverses_seq, (SELECT count(DISTINCT o.member_no) FROM movement o"
    "  WHERE o.chapter_id = e.chapter_id AND o.seq = e.seq),"
    " (SELECT count(*) FROM movement o WHERE o.chapter_id = e.chapter_id AND o.seq = e.seq),"
    " (SELECT count(*) FROM movement r WHERE r.chapter_id = e.chapter_id"
    "  AND r.reverses_seq = e.seq),"
    " (SELECT max(r.seq) FROM movement r WHERE r.chapter_id = e.chapter_id"
    "  AND r.reverses_seq = e.seq)"
    # From the pots on, so that the days are found by `entry_by_day`.
    " FROM pot p JOIN entry e ON e.chapter_id = p.chapter_id AND e.pot_id = p.id"
    " JOIN trail t ON t.chapter_id = e.chapter_id AND t.seq = e.seq"
    " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq AND m.line = 1"
    " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
    " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
    " WHERE p.chapter_id = :chapter"
)
# Entries that say whose they are: one member's, whatever the lines.
OF_SOMEBODY = (EntryKind.PAYOUT, EntryKind.DISBURSEMENT, EntryKind.REPAYMENT, EntryKind.SET_OFF,
               EntryKind.WRITE_OFF, EntryKind.RECOVERY)  # fmt: skip
WITHIN = " AND e.day >= :from_on AND e.day <= :to_on"


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the book; `voucher` where it is a receipt or payment.

    `text` is a sentence to translate with its values; `reversed_by` is set once all of it was
    taken back.
    """

    seq: int
    id: str
    kind: EntryKind
    pot_id: str
    day: date
    recorded_on: date
    voucher: Voucher | None
    text: Told
    members: int
    who: str
    reverses: int | None
    reversed_by: int | None


def happened(db: Tx, chapter_id: str, more: str, params: Mapping[str, Any]) -> dict[int, Happened]:
    """Entries by number; `more` says which (`WITHIN`, or one)."""
    named = {"chapter": chapter_id, **params}
    rows = db.rows(_ENTRIES + more, named)
    texts: dict[int, dict[str, str]] = {}
    for seq, name, words in db.rows(
        "SELECT x.seq, x.name, x.words FROM pot p"
        " JOIN entry e ON e.chapter_id = p.chapter_id AND e.pot_id = p.id"
        "  AND e.kind IN ('expense', 'payout')"
        " JOIN trail_text x ON x.chapter_id = e.chapter_id AND x.seq = e.seq"
        f" WHERE p.chapter_id = :chapter{more}",
        named,
    ):
        texts.setdefault(seq, {})[name] = words
    numbers = vouchers(db, chapter_id, [(row[0], EntryKind(row[2]), date.fromisoformat(row[4]))
                                        for row in rows])  # fmt: skip
    of_somebody = any(row[2] in OF_SOMEBODY for row in rows)
    names = names_of(db, chapter_id) if of_somebody else {}
    return {
        row[0]: _happened(db, row, numbers.get(row[0]), texts.get(row[0], {}), names)
        for row in rows
    }


def _happened(
    db: Tx, row: tuple[Any, ...], voucher: Voucher | None, texts: dict[str, str],
    names: dict[int, str],
) -> Happened:  # fmt: skip
    seq, id, kind, pot_id, day, at, debit, credit, owner, member_no, reverses = row[:11]
    members, lines, taken_back, reversed_by = row[11:]
    who = ""
    if kind == EntryKind.DEBT_PAID:
        who = person_name(db, owner)
    elif kind in OF_SOMEBODY and members == 1:
        who = texts.get("payee") or names.get(member_no, "")
    came_in = debit in CASH and credit not in CASH
    facts = Facts(EntryKind(kind), AccountKind(debit), AccountKind(credit), members, who,
                  texts.get("purpose", ""), reverses, came_in)  # fmt: skip
    return Happened(
        seq=seq,
        id=id,
        kind=EntryKind(kind),
        pot_id=pot_id,
        day=date.fromisoformat(day),
        recorded_on=clock.day_of(at),
        voucher=voucher,
        text=cash_words.told(facts),
        members=members,
        who=who,
        reverses=reverses,
        reversed_by=reversed_by if taken_back == lines else None,
    )
