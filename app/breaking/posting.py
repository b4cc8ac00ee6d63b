"""A breaking goes into the book: one entry, the count, the loans, the next cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app import ids
from app.access.cards import end_cards
from app.breaking import gather, kept, pen, steps
from app.breaking.books import Purpose
from app.breaking.opening import next_planned
from app.breaking.plan import Plan
from app.breaking.steps import Breaking, Told
from app.breaking.written import plan_data
from app.cash import writing
from app.db.tx import Tx
from app.ledger import differences
from app.ledger.entry import Entry, Transfer
from app.ledger.receipts import Receipt, receipt
from app.loans import setting_off
from app.loans.setting_off import Joined
from app.models.cash import TOGETHER
from app.terms import AccountKind, Actor, EntryKind, Outcome


@dataclass(frozen=True, slots=True)
class Broken:
    """It is in the book; `entry_id` of its one entry, where money moved."""

    state: Literal["posted"]
    entry_id: str | None
    receipt: Receipt


def post(
    db: Tx, *, actor: Actor, of: Breaking, first: Told, plan: Plan, fingerprint: str
) -> Broken:
    """The plan that both have signed, with everything that hangs on it, in one transaction."""
    count = steps.check_counted(of)
    joined = _set_off(db, of, plan)
    entry = Entry(EntryKind.BREAKING, of.pot_id, of.day, tuple(_transfers(plan, joined)))
    said: dict[str, Any] = {"fingerprint": fingerprint, "proposed_by": first.by}
    told = {"paid": plan.totals.payout, "day": of.day.isoformat(), **said, **joined.facts}
    entry_id, seal = pen.post(
        db, actor=actor, of=of, entry=entry, payload={**said, "plan": plan_data(plan)},
        facts=told, texts=kept.texts_of(db, of.chapter_id, count.seq),
    )  # fmt: skip
    joined.note(seal.seq)
    count_id = entry_id or ids.new()
    writing.note_row(
        db, chapter_id=of.chapter_id, seq=seal.seq, id=count_id, pot_id=of.pot_id, place=TOGETHER,
        day=of.day, notes=count.notes, counted=count.counted, book=count.book,
    )  # fmt: skip
    if any(_pends(t) for t in entry.transfers):
        differences.note(db, chapter_id=of.chapter_id, seq=seal.seq, id=count_id, pot_id=of.pot_id,
                         day=of.day, amount=count.difference)  # fmt: skip
        if count.outcome is not Outcome.CARRIED:
            differences.settle(db, chapter_id=of.chapter_id, seq=seal.seq, outcome=count.outcome,
                               parts=[(seal.seq, abs(count.difference))])  # fmt: skip
    _end_cards(db, of, plan)
    _plan_next(db, of)
    return Broken("posted", entry_id, receipt(seal))


def _pends(transfer: Transfer) -> bool:
    """Whether the count found a difference: what a donation box holds too much is a gift."""
    return (
        transfer.debit.kind is AccountKind.SHORTAGE_PENDING
        or transfer.credit.kind is AccountKind.OVERAGE_PENDING
    )


def _set_off(db: Tx, of: Breaking, plan: Plan) -> Joined:
    """The loans take what the plan takes for them, each as its own history divides it."""
    amounts: dict[str, int] = {}
    for line in plan.lines:
        for debt in line.set_off:
            part = debt.interest + debt.principal
            amounts[debt.loan_id] = amounts.get(debt.loan_id, 0) + part
    loans = {loan.id: loan for loan in gather.running_kept(db, of)} if amounts else {}
    return setting_off.join(db, loans=loans, amounts=amounts, day=of.day)


def _transfers(plan: Plan, joined: Joined) -> Iterator[Transfer]:
    """The plan's movements; where something is set off, as the loans are told of it."""
    by_member: Mapping[str, list[tuple[Transfer, ...]]] = _by_member(plan, joined)
    for purpose, transfer in plan.movements:
        if purpose is not Purpose.SET_OFF:
            yield transfer
        elif parts := by_member.get(transfer.debit.owner_id):
            yield from (t for part in parts for t in part)
            parts.clear()


def _by_member(plan: Plan, joined: Joined) -> dict[str, list[tuple[Transfer, ...]]]:
    return {
        line.member_id: [joined.transfers[loan] for loan in dict.fromkeys(d.loan_id for d in line.set_off)]
        for line in plan.lines
        if line.set_off
    }  # fmt: skip


def _end_cards(db: Tx, of: Breaking, plan: Plan) -> None:
    """Whoever left reads her own book for as long as a đồng in it is hers."""
    for line in plan.lines:
        if line.awaiting and line.payout and not line.stays:
            rows = db.rows(
                "SELECT 1 FROM account WHERE chapter_id = ? AND owner_id = ? AND kind = 'savings'"
                " AND balance > 0",
                (of.chapter_id, line.member_id),
            )
            if not rows:
                end_cards(db, of.chapter_id, line.member_id)


def _plan_next(db: Tx, of: Breaking) -> None:
    """The next breaking is planned a year on."""
    row = db.rows(
        "SELECT next_breaking_on FROM pot WHERE chapter_id = ? AND id = ?",
        (of.chapter_id, of.pot_id),
    )[0]
    planned = gather.as_day(row[0])
    db.run(
        "UPDATE pot SET next_breaking_on = ? WHERE chapter_id = ? AND id = ?",
        (next_planned(planned, of.day), of.chapter_id, of.pot_id),
    )
