"""Counting cash, settling what a count found, taking in what a keeper owes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal
from app.cash import queries, rules, writing
from app.cash.writing import Counted, Decision
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.errors import not_found
from app.ledger import balances, journal, once
from app.ledger.balances import Pending
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import EntryPosted, entry_posted
from app.models.cash import Difference
from app.terms import Act, Actor, Outcome, Place


def count_cash(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    place: Place,
    day: date,
    notes: Mapping[str, int],
    witnesses: Sequence[str],
    decision: Decision,
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[Counted | Waiting]:
    """Count one place of a pot. What differs is posted as pending at once, so that it never hides.

    Its decision follows in the same transaction, or waits for a second signature where the group
    bears it or an overage is accepted. Raises Invalid, Conflict `counted_later`, `counted_since`.
    """
    require(db, actor=actor, may=May.COUNT_CASH, unit_id=chapter_id)

    def counting() -> Counted | Waiting:
        counted, found = _count(db, actor, chapter_id, pot_id, place, day, notes, witnesses, reason,
                                decision)  # fmt: skip
        if found is None:
            return counted
        waits = writing.decide(db, actor=actor, chapter_id=chapter_id, found=found, day=day,
                               decision=decision)  # fmt: skip
        return waits or counted

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=Counted | Waiting,  # type: ignore[arg-type]
        act=counting,
    )


def _count(
    db: Tx, actor: Actor, chapter_id: str, pot_id: str, place: Place, day: date,
    notes: Mapping[str, int], witnesses: Sequence[str], reason: str | None, decision: Decision,
) -> tuple[Counted, Pending | None]:  # fmt: skip
    facts = queries.pot_facts(db, chapter_id, pot_id)
    rules.check_countable(place)
    rules.check_kept_here(facts, place)
    day_in_order(db, chapter_id, day, reason or decision.reason)
    balances.open_cycle(db, chapter_id, pot_id, day)
    rules.check_count_day(day, balances.counted_on(db, chapter_id, pot_id, place))
    counted = rules.sum_of(notes)
    seen = queries.witnesses_named(db, chapter_id, witnesses)
    book = balances.cash_at_end(db, chapter_id, pot_id, place, day)
    difference = counted - book
    if decision.outcome is Outcome.KEEPER_OWES:
        keeper = queries.keeper(db, chapter_id, decision.keeper_id)
        rules.check_outcome(difference, decision.outcome, keeper)
    else:
        rules.check_outcome(difference, decision.outcome, None)
    entry = rules.difference_entry(pot_id, place, day, difference) if difference else None
    texts = {"witnesses": ", ".join(seen), "reason": reason or decision.reason}
    return writing.note_count(
        db, actor=actor, chapter_id=chapter_id, pot_id=pot_id, place=place.value, day=day,
        notes=notes, counted=counted, book=book, entry=entry, texts=texts,
    )  # fmt: skip


def count_by_two(db: Tx, *, actor: Actor, proposal: Proposal, count: Mapping[str, Any]) -> Counted:
    """One place of a handover, once both have signed; what differs pends, with its reason."""
    said = proposal.payload
    counted, _ = _count(
        db, actor, proposal.chapter_id, count["pot"], Place(count["place"]),
        date.fromisoformat(said["date"]), count["notes"], said["witnesses"],
        said["difference_reason"] or said["reason"], Decision(Outcome.CARRIED, None),
    )  # fmt: skip
    return counted


def settle_difference(
    db: Tx, *, actor: Actor, count_id: str, day: date, decision: Decision, ticket: Ticket
) -> Answer[EntryPosted | Waiting]:
    """Decide what was carried until now; all of what still pends.

    Raises Conflict `settled_already`, Invalid `outcome_unfit`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=Difference, id=count_id)
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)

    def settling() -> EntryPosted | Waiting:
        day_in_order(db, chapter_id, day, decision.reason)
        found = balances.pending_one(db, chapter_id, count_id)
        if found is None:
            raise not_found()
        rules.check_still_pends(found.amount)
        rules.check_settled_after(day, date.fromisoformat(found.day))
        keeper = queries.keeper(db, chapter_id, decision.keeper_id)
        rules.check_outcome(found.amount, decision.outcome, keeper)
        if decision.outcome in rules.BY_TWO:
            return writing.propose(db, actor, chapter_id, found, day, decision)
        return writing.post_settlement(db, actor, chapter_id, found, day, decision)

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=EntryPosted | Waiting,  # type: ignore[arg-type]
        act=settling,
    )


def settle_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a difference: the group bears it, or accepts it."""
    said = proposal.payload
    found = balances.pending_one(db, proposal.chapter_id, said["difference"])
    if found is None:
        raise rules.settled_already()
    if (refusal := rules.moved_on(said["amount"], found.amount)) is not None:
        raise refusal
    decision = Decision(Outcome(said["outcome"]), said["reason"])
    day = date.fromisoformat(said["date"])
    posted = writing.post_settlement(db, actor, proposal.chapter_id, found, day, decision, proposal)
    return asdict(posted), {"id": posted.id}


def take_debt(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    person_id: str,
    day: date,
    amount: int,
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[EntryPosted]:
    """Whoever owed a shortage pays into hand. Raises Invalid `overpaid`."""
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)

    def taking() -> EntryPosted:
        queries.pot_facts(db, chapter_id, pot_id)
        day_in_order(db, chapter_id, day, reason)
        owed = queries.owed(db, chapter_id, pot_id, person_id, day)
        entry = rules.debt_entry(pot_id, person_id, day, amount, owed)
        posted = journal.post(db, actor=actor, chapter_id=chapter_id, act=Act.DEBT_PAID,
                              entry=entry, facts={"person": person_id},
                              texts={"reason": reason})  # fmt: skip
        return entry_posted(posted, entry)

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=EntryPosted, act=taking)
