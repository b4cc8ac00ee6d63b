"""Whoever leaves or dies pays what she owes out of her savings first (domain: Breaking)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.audit.trail import Seal
from app.db.tx import Tx
from app.ledger.entry import Account
from app.loans import pen
from app.loans.facts import Died, Repaid
from app.loans.kept import kept
from app.loans.queries import debts, running_of
from app.terms import AccountKind, Act, Actor, EntryKind


def note_death(
    db: Tx, *, actor: Actor, chapter_id: str, member_id: str, day: date, facts: Mapping[str, Any]
) -> Seal | None:
    """From her death on her loans earn no interest; the last seal. Raises Invalid `before_last`."""
    seal = None
    for of in running_of(db, chapter_id, member_id):
        died = Died(str(of.next_no), day)
        seal = pen.tell(db, actor=actor, of=of, fact=died, act=Act.BORROWER_DIED, facts=facts).seal
    return seal


def set_off(
    db: Tx, *, actor: Actor, chapter_id: str, member_id: str, pot_id: str, amount: int, day: date,
    facts: Mapping[str, Any],
) -> Seal | None:  # fmt: skip
    """`amount` of her savings in a pot goes to her loans from it, loan by loan; the last seal.

    Raises Invalid `before_last`.
    """
    hers = Account(pot_id, AccountKind.SAVINGS, member_id)
    seal = None
    for debt in debts(db, chapter_id, member_id, day):
        part = min(debt.amount, amount) if debt.pot_id == pot_id else 0
        if part:
            of = kept(db, chapter_id, debt.loan_id)
            paid = Repaid(str(of.next_no), day, part, set_off=True)
            seal = pen.tell(
                db, actor=actor, of=of, fact=paid, act=Act.DEBT_SET_OFF, kind=EntryKind.SET_OFF,
                money=hers, facts=facts,
            ).seal  # fmt: skip
            amount -= part
    return seal
