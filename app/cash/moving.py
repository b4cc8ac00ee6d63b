"""Moving cash between places, and spending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.cash import queries, rules
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.ledger import balances, journal, once
from app.ledger.entry import Entry
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import EntryPosted, entry_posted
from app.models.chapter import Pot
from app.terms import Act, Actor, Place


def move_cash(
    db: Tx,
    *,
    actor: Actor,
    pot_id: str,
    day: date,
    source: Place,
    target: Place,
    amount: int,
    notes: Mapping[str, int] | None,
    witnesses: Sequence[str],
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[Waiting]:
    """Propose to open a pot, to reseal it, or to go to the bank: always two signatures.

    Raises Invalid `same_place`, `notes_differ`, Conflict `not_there`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=Pot, id=pot_id)
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)

    def moving() -> Waiting:
        day_in_order(db, chapter_id, day, reason)
        seen = queries.witnesses_named(db, chapter_id, witnesses) if witnesses else []
        said = {
            "pot": pot_id, "date": day.isoformat(), "from": source.value, "to": target.value,
            "amount": amount, "notes": dict(notes) if notes is not None else None,
            "witnesses": seen, "reason": reason,
        }  # fmt: skip
        balances.open_cycle(db, chapter_id, pot_id, day)
        _move(db, chapter_id, said)
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind="cash_move",
            about=pot_id,
            payload=said | {"key": ticket.key},
            texts={"witnesses": ", ".join(seen), "reason": reason},
        )

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Waiting, act=moving)


def _move(db: Tx, chapter_id: str, said: Mapping[str, Any]) -> Entry:
    """The entry that was proposed, checked against the book as it stands now."""
    facts = queries.pot_facts(db, chapter_id, said["pot"])
    source, target = Place(said["from"]), Place(said["to"])
    for place in (source, target):
        rules.check_kept_here(facts, place)
    day = date.fromisoformat(said["date"])
    there = balances.lowest_cash(db, chapter_id, said["pot"], source, day)
    return rules.move_entry(said["pot"], day, source, target, said["amount"], there, said["notes"])


def move_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a move of cash."""
    said = proposal.payload
    entry = _move(db, proposal.chapter_id, said)
    facts: dict[str, Any] = {"from": said["from"], "to": said["to"], "notes": said["notes"]}
    posted = journal.post(
        db, actor=actor, chapter_id=proposal.chapter_id, act=Act.CASH_MOVED, entry=entry,
        facts=facts | by_two(proposal),
        texts={"witnesses": ", ".join(said["witnesses"]), "reason": said["reason"]},
    )  # fmt: skip
    return asdict(entry_posted(posted, entry)), {"id": posted.entry_id}


def spend(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    day: date,
    amount: int,
    purpose: str,
    note: str | None,
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[EntryPosted | Waiting]:
    """A visit, a celebration, a prize; above the charter's limit it takes two signatures.

    Raises Conflict `beyond_income`, `not_there`.
    """
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)

    def spending() -> EntryPosted | Waiting:
        said = {"pot": pot_id, "date": day.isoformat(), "amount": amount, "purpose": purpose,
                "note": note, "reason": reason}  # fmt: skip
        charter = day_in_order(db, chapter_id, day, reason)
        entry = _expense(db, chapter_id, said)
        if amount <= charter.expense_limit:
            return _post_expense(db, actor, chapter_id, entry, said, None)
        balances.open_cycle(db, chapter_id, pot_id, day)
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind="expense",
            about=pot_id,
            payload=said | {"key": ticket.key},
            texts={"purpose": purpose, "note": note, "reason": reason},
        )

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=EntryPosted | Waiting,  # type: ignore[arg-type]
        act=spending,
    )


def _expense(db: Tx, chapter_id: str, said: Mapping[str, Any]) -> Entry:
    facts = queries.pot_facts(db, chapter_id, said["pot"])
    day = date.fromisoformat(said["date"])
    there = balances.lowest_cash(db, chapter_id, facts.pot_id, Place.HAND, day)
    allowed = rules.allowed_expense(facts, balances.held(db, chapter_id, facts.pot_id))
    return rules.expense_entry(facts, day, said["amount"], there, allowed)


def spend_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on an expense above the limit."""
    entry = _expense(db, proposal.chapter_id, proposal.payload)
    posted = _post_expense(db, actor, proposal.chapter_id, entry, proposal.payload, proposal)
    return asdict(posted), {"id": posted.id}


def _post_expense(
    db: Tx, actor: Actor, chapter_id: str, entry: Entry, said: Mapping[str, Any],
    proposal: Proposal | None,
) -> EntryPosted:  # fmt: skip
    texts = {name: said[name] for name in ("purpose", "note", "reason")}
    posted = journal.post(db, actor=actor, chapter_id=chapter_id, act=Act.EXPENSE_PAID,
                          entry=entry, facts=by_two(proposal), texts=texts)  # fmt: skip
    return entry_posted(posted, entry)
