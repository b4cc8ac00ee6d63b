"""Free cash: what a pot can pay out, in the one place that says so (domain: Ledger)."""

from __future__ import annotations

from datetime import date

from app.db.tx import Tx
from app.ledger import balances
from app.loans import rules
from app.terms import AccountKind

FROM = (AccountKind.CASH_HAND, AccountKind.CASH_BANK)  # never sealed cash
# Facts that were not taken back.
STANDS = (
    "NOT EXISTS (SELECT 1 FROM loan_fact r WHERE r.chapter_id = f.chapter_id"
    " AND r.loan_id = f.loan_id AND r.of_no = f.no)"
)
PROMISED = (
    "SELECT coalesce(sum(l.amount), 0) FROM loan_open o"
    " JOIN loan l ON l.chapter_id = o.chapter_id AND l.id = o.loan_id"
    " JOIN member m ON m.chapter_id = l.chapter_id AND m.id = l.member_id AND m.left_on IS NULL"
    f" WHERE o.chapter_id = ? AND l.pot_id = ? AND l.id <> ? AND l.member_id <> ?"
    f" AND EXISTS (SELECT 1 FROM loan_fact f"
    f"  WHERE f.chapter_id = l.chapter_id AND f.loan_id = l.id AND f.kind = 'approved' AND {STANDS})"
    f" AND NOT EXISTS (SELECT 1 FROM loan_fact f WHERE f.chapter_id = l.chapter_id"
    f"  AND f.loan_id = l.id AND f.kind = 'disbursed' AND {STANDS})"
)
NOBODY = "00000000-0000-0000-0000-000000000000"


def promised(db: Tx, chapter_id: str, pot_id: str, but: str = NOBODY, leaver: str = NOBODY) -> int:
    """Loans that were approved and not yet paid, of those who are still here.

    Without one of them, and without those of a member who leaves now: whoever has left is paid none.
    """
    row = db.row(PROMISED, (chapter_id, pot_id, but, leaver))
    return int(row[0]) if row else 0


def spare(
    db: Tx, chapter_id: str, pot_id: str, day: date, *, but: str = NOBODY, leaver: str = NOBODY,
    due: int | None = None,
) -> int:  # fmt: skip
    """What a pot has beyond its promises from a day on, in đồng; below zero, what it lacks."""
    return rules.spare(*_held(db, chapter_id, pot_id, day, but, leaver, due))


def free_cash(
    db: Tx, chapter_id: str, pot_id: str, day: date, *, but: str = NOBODY, leaver: str = NOBODY,
    due: int | None = None,
) -> int:  # fmt: skip
    """What a pot can pay out on a day, in đồng.

    `but` is the loan that is paid out now, `leaver` who leaves now, `due` what goes to leavers
    first (all of it, unless one of them is paid now).
    """
    is_broken = balances.held_by(db, chapter_id, pot_id) is not None
    return rules.free_cash(
        *_held(db, chapter_id, pot_id, day, but, leaver, due), breaking_open=is_broken
    )


def _held(
    db: Tx, chapter_id: str, pot_id: str, day: date, but: str, leaver: str, due: int | None
) -> tuple[int, int, int]:
    """Cash at its lowest, promises, sums due to leavers."""
    lowest = balances.lowest(db, chapter_id, pot_id, FROM, day)
    if due is None:
        due = balances.awaiting(db, chapter_id, pot_id)
    return lowest, promised(db, chapter_id, pot_id, but, leaver), due
