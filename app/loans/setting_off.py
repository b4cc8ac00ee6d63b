"""Whoever leaves or dies pays what she owes out of her savings first (domain: Breaking)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.trail import Seal
from app.db.tx import Tx
from app.ledger.entry import Account, Transfer
from app.loans import books, pen, telling
from app.loans.facts import Died, Fact, Repaid
from app.loans.kept import Kept, kept
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


@dataclass(frozen=True, slots=True)
class Joined:
    """Set-offs that join a common entry: their transfers by loan, what its record says, their rows.

    `note` writes the rows under the number of that record.
    """

    transfers: Mapping[str, tuple[Transfer, ...]]
    facts: Mapping[str, Any]
    note: Callable[[int], None]


def join(db: Tx, *, loans: Mapping[str, Kept], amounts: Mapping[str, int], day: date) -> Joined:
    """`amounts` by loan out of its borrower's savings in the pot it came from; nothing is written yet.

    Raises what telling.added raises.
    """
    told: list[tuple[Kept, Fact]] = []
    moved: dict[str, tuple[Transfer, ...]] = {}
    for loan_id, amount in amounts.items():
        of = loans[loan_id]
        paid = Repaid(str(of.next_no), day, amount, set_off=True)
        hers = Account(of.pot_id, AccountKind.SAVINGS, of.member_id)
        after = telling.added(of.facts, paid)
        moved[loan_id] = books.transfers(of.accounts(hers), of.loan, after)
        told.append((of, paid))

    def note(seq: int) -> None:
        for of, fact in told:
            pen.note(db, of.chapter_id, of.id, [(of.next_no, fact)], seq=seq, moved=True)

    said = [[of.id, [pen.sealed_fact(of.next_no, fact)]] for of, fact in told]
    return Joined(moved, {"loans": said} if said else {}, note)
