"""Whoever leaves or dies pays what she owes out of her savings first (domain: Breaking)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.trail import Seal
from app.db.tx import Tx
from app.ledger.entry import Account
from app.loan_terms import LoanState
from app.loans import dues, pen
from app.loans.facts import Died, Repaid
from app.loans.kept import Kept, kept, of_members
from app.terms import AccountKind, Act, Actor, EntryKind


@dataclass(frozen=True, slots=True)
class Debt:
    """What a member owes on one loan on a day, all of it, in đồng."""

    loan_id: str
    pot_id: str
    amount: int


def debts(db: Tx, chapter_id: str, member_id: str, day: date) -> list[Debt]:
    """Her loans that run, in the order in which she asked for them. A day before her last line
    on one of them owes what it owed after that line.
    """
    return [
        Debt(of.id, of.pot_id, dues.owed(of.loan, day).total)
        for of in _running(db, chapter_id, member_id)
    ]


def _running(db: Tx, chapter_id: str, member_id: str) -> list[Kept]:
    found = of_members(db, chapter_id, [member_id])
    return [of for of in found if of.state is LoanState.RUNNING]


def note_death(
    db: Tx, *, actor: Actor, chapter_id: str, member_id: str, day: date, facts: Mapping[str, Any]
) -> Seal | None:
    """From her death on her loans earn no interest; the last seal. Raises Invalid `before_last`."""
    seal = None
    for of in _running(db, chapter_id, member_id):
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
