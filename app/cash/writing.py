"""How a count and its difference are written: one way for a single place and for a whole pot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app import ids
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.audit import trail
from app.cash import queries, rules
from app.db.tx import Tx
from app.ledger import balances, differences, journal
from app.ledger.balances import Pending
from app.ledger.entry import Entry
from app.ledger.receipts import EntryPosted, Receipt, entry_posted, receipt
from app.models.cash import CashCount
from app.terms import Act, Actor, Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall become of a difference. No keeper named: the treasurer in office."""

    outcome: Outcome
    reason: str | None
    keeper_id: str | None = None
    paid_now: bool = False


CARRIED = Decision(Outcome.CARRIED, None)


@dataclass(frozen=True, slots=True)
class Counted:
    """A count in the book; `difference` is counted less book, below zero a shortage."""

    id: str
    counted: int
    book: int
    difference: int
    receipt: Receipt


def note_count(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str, place: str, day: date,
    notes: Mapping[str, int], counted: int, book: int, entry: Entry | None,
    texts: Mapping[str, str | None],
) -> tuple[Counted, Pending | None]:  # fmt: skip
    """A count of a place (or TOGETHER), sealed; `entry` posts what differs, as pending."""
    kept = {value: number for value, number in notes.items() if number}
    said = {"pot": pot_id, "place": place, "day": day.isoformat(), "notes": kept,
            "counted": counted, "book": book}  # fmt: skip
    difference = counted - book
    if entry is not None:
        posted = journal.post(db, actor=actor, chapter_id=chapter_id, act=Act.CASH_COUNTED,
                              entry=entry, facts=said, texts=texts)  # fmt: skip
        count_id, seal = posted.entry_id, posted.seal
        differences.note(db, chapter_id=chapter_id, seq=seal.seq, id=count_id, pot_id=pot_id,
                         day=day, amount=difference)  # fmt: skip
    else:
        count_id = ids.new()
        seal = trail.seal(db, chapter_id=chapter_id, actor=actor, act=Act.CASH_COUNTED,
                          about=count_id, facts=said, texts=texts)  # fmt: skip
    note_row(db, chapter_id=chapter_id, seq=seal.seq, id=count_id, pot_id=pot_id, place=place,
             day=day, notes=kept, counted=counted, book=book)  # fmt: skip
    pending = balances.pending_one(db, chapter_id, count_id) if difference else None
    return Counted(count_id, counted, book, difference, receipt(seal)), pending


def note_row(
    db: Tx, *, chapter_id: str, seq: int, id: str, pot_id: str, place: str, day: date,
    notes: Mapping[str, int], counted: int, book: int,
) -> None:  # fmt: skip
    """The row of a count that record `seq` sealed."""
    db.insert(CashCount(chapter_id=chapter_id, seq=seq, id=id, pot_id=pot_id, place=place, day=day,
                        notes=json.dumps(notes), counted=counted, book=book))  # fmt: skip


def decide(
    db: Tx, *, actor: Actor, chapter_id: str, found: Pending, day: date, decision: Decision
) -> Waiting | None:
    """What becomes of a difference just found: carried, done at once, or waiting for another hand."""
    if decision.outcome in rules.BY_TWO:
        return propose(db, actor, chapter_id, found, day, decision)
    if decision.outcome is not Outcome.CARRIED:
        post_settlement(db, actor, chapter_id, found, day, decision)
    return None


def propose(
    db: Tx, actor: Actor, chapter_id: str, found: Pending, day: date, decision: Decision
) -> Waiting:
    """A decision that takes two waits; the difference pends meanwhile."""
    return approvals.propose(
        db,
        actor=actor,
        chapter_id=chapter_id,
        kind="difference",
        about=found.id,
        payload={
            "difference": found.id, "pot": found.pot_id, "date": day.isoformat(),
            "amount": found.amount, "outcome": decision.outcome.value, "reason": decision.reason,
        },
        texts={"reason": decision.reason},
    )  # fmt: skip


def post_settlement(
    db: Tx,
    actor: Actor,
    chapter_id: str,
    found: Pending,
    day: date,
    decision: Decision,
    proposal: Proposal | None = None,
) -> EntryPosted:
    """All of what pends is taken up."""
    keeper = queries.keeper(db, chapter_id, decision.keeper_id)
    entry = rules.settlement_entry(found.pot_id, day, found.amount, decision.outcome, keeper,
                                   decision.paid_now)  # fmt: skip
    facts = {"difference": found.seq, "outcome": decision.outcome.value}
    if decision.outcome is Outcome.KEEPER_OWES:
        facts["keeper"] = keeper or ""
    posted = journal.post(
        db, actor=actor, chapter_id=chapter_id, act=Act.DIFFERENCE_SETTLED, entry=entry,
        facts=facts | by_two(proposal), texts={"reason": decision.reason},
    )  # fmt: skip
    differences.settle(db, chapter_id=chapter_id, seq=posted.seal.seq, outcome=decision.outcome,
                       parts=[(found.seq, abs(found.amount))])  # fmt: skip
    return entry_posted(posted, entry)
