"""The trial balance: every account as of the end of a day, debits beside credits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import require
from app.access.rules import May
from app.db.tx import Tx
from app.ledger.entry import change
from app.reports import rules
from app.terms import AccountKind, Actor, PotKind


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account that holds something; one of the two is 0."""

    account: str
    debit: int
    credit: int


def trial_balance(
    db: Tx, *, actor: Actor, chapter_id: str, on: date | None = None
) -> tuple[date, list[AccountShown]]:
    """A chapter's accounts at the end of a day (today where none is named), by name.

    Stored balances less what came on later days: nothing before that day is read.
    """
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    day = on or clock.today()
    later = _later(db, chapter_id, day)
    codes = _pot_codes(db, chapter_id)
    members = _member_numbers(db, chapter_id)
    rows = db.rows(
        "SELECT no, pot_id, kind, owner_id, balance FROM account WHERE chapter_id = ? ORDER BY no",
        (chapter_id,),
    )
    held: Counter[str] = Counter()  # a member's loans from a pot bear one name
    for no, pot_id, kind, owner_id, balance in rows:
        owner = None if owner_id == pot_id else rules.owner_code(owner_id, members.get(owner_id))
        name = rules.account_name(AccountKind(kind), codes[pot_id], owner)
        held[name] += change(AccountKind(kind), 1, 0) * balance - later.get(no, 0)
    return day, [
        AccountShown(name, max(debit, 0), max(-debit, 0))
        for name, debit in sorted(held.items())
        if debit
    ]


def _later(db: Tx, chapter_id: str, day: date) -> dict[int, int]:
    """What later days did to each account, debit less credit."""
    sums: dict[int, int] = {}
    for side, sign in (("debit_no", 1), ("credit_no", -1)):
        rows = db.rows(
            f"SELECT m.{side}, sum(m.amount) FROM pot p"
            " JOIN entry e ON e.chapter_id = p.chapter_id AND e.pot_id = p.id AND e.day > ?"
            " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
            f" WHERE p.chapter_id = ? GROUP BY m.{side}",
            (day, chapter_id),
        )
        for no, amount in rows:
            sums[no] = sums.get(no, 0) + sign * int(amount)
    return sums


def _pot_codes(db: Tx, chapter_id: str) -> dict[str, str]:
    # Ids are in the order of making: a pot opened later never renumbers those before it,
    # even where its first day is dated back.
    rows = db.rows("SELECT id, kind FROM pot WHERE chapter_id = ? ORDER BY id", (chapter_id,))
    return {id: rules.pot_code(PotKind(kind), n) for n, (id, kind) in enumerate(rows, 1)}


def _member_numbers(db: Tx, chapter_id: str) -> dict[str, int]:
    """Members' numbers by their own ids, by those of the persons who they are and of their loans."""
    rows = db.rows(
        "SELECT id, person_id, number FROM member WHERE chapter_id = ? ORDER BY number DESC",
        (chapter_id,),
    )
    found = {of: number for id, person_id, number in rows for of in (id, person_id)}
    loans = db.rows("SELECT id, member_id FROM loan WHERE chapter_id = ?", (chapter_id,))
    return found | {loan_id: found[member_id] for loan_id, member_id in loans}
