"""The check of a chapter's loans: rows against seals, accounts against replays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.audit.trail import Finding
from app.db.tx import Tx
from app.errors import Refusal
from app.loans import pen
from app.loans.kept import Kept, all_kept
from app.loans.pen import Asking
from app.terms import Act

BOOKMARKS = "SELECT loan_id FROM loan_open WHERE chapter_id = ?"


def findings(db: Tx, chapter_id: str) -> Iterator[Finding]:
    """A loan's account is the principal outstanding in its history (domain: always true)."""
    for what in _findings(db, chapter_id):
        yield Finding(chapter_id, what)


def _findings(db: Tx, chapter_id: str) -> Iterator[str]:
    sealed = _sealed(db, chapter_id)
    held: dict[tuple[str, str], int] = {
        (loan_id, pot_id): balance
        for loan_id, pot_id, balance in db.rows(
            "SELECT owner_id, pot_id, balance FROM account WHERE chapter_id = ? AND kind = 'loan'",
            (chapter_id,),
        )
    }
    bookmarks = {row[0] for row in db.rows(BOOKMARKS, (chapter_id,))}
    for of in all_kept(db, chapter_id):
        if sealed.pop((of.id, 0), None) != _asked(of):
            yield f"loan {of.id}: not what was sealed"
        for told in of.told:
            if sealed.pop((of.id, told.no), None) != pen.sealed_fact(told.no, told.fact):
                yield f"loan {of.id} fact {told.no}: not what was sealed"
        yield from _stands(of, held.pop((of.id, of.pot_id), 0), of.id in bookmarks)
    for (loan_id, _), balance in held.items():
        if balance:
            yield f"loan {loan_id}: an account without a loan"
    for loan_id, no in sealed:
        yield f"loan {loan_id} fact {no}: sealed, and gone"


def _stands(of: Kept, balance: int, bookmarked: bool) -> Iterator[str]:
    try:
        loan = of.loan
    except Refusal as refusal:
        yield f"loan {of.id}: its facts do not follow on each other ({refusal.code})"
        return
    if loan.principal != balance:
        yield f"loan {of.id}: its account holds {balance}, its history says {loan.principal}"
    if not loan.over and not bookmarked:
        yield f"loan {of.id}: it is open, and not among the open loans"


def _asked(of: Kept) -> dict[str, Any]:
    """An application as its record should have it."""
    said = Asking(of.member_id, of.pot_id, of.applied.day, of.applied.terms, of.purpose,
                  of.guarantor_id, of.of_officer)  # fmt: skip
    return pen.sealed_asking(of.id, said)


def _sealed(db: Tx, chapter_id: str) -> dict[tuple[str, int], Any]:
    """What the records say of loans: applications under number 0, facts under their own."""
    found: dict[tuple[str, int], Any] = {}
    for act, content in db.rows(
        "SELECT act, content FROM trail WHERE chapter_id = ? ORDER BY seq", (chapter_id,)
    ):
        try:
            facts = json.loads(bytes(content))["facts"]
            asked = [facts] if act == Act.LOAN_ASKED else facts.get("asked", ())
            told = [(facts["loan"], facts["told"])] if "told" in facts else facts.get("loans", ())
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # reported by the trail's own check
        for said in asked:
            found[(said["loan"], 0)] = {k: v for k, v in said.items() if k != "number"}
        for loan_id, rows in told:
            found |= {(loan_id, row[0]): row for row in rows}
    return found
