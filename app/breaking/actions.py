"""Opening a pig, counting it, saying what becomes of whose money, stopping. Nothing is posted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app import ids
from app.access.queries import require
from app.access.rules import May
from app.approvals.actions import Waiting
from app.audit import trail
from app.breaking import gather, kept, opening, pen, said, steps
from app.breaking.gather import Decisions
from app.breaking.steps import Breaking
from app.cash import queries as cash
from app.cash import rules as counting
from app.cash import writing
from app.cash.together import together_entry
from app.cash.writing import Decision
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.ledger import balances, once
from app.ledger.once import Answer, Ticket
from app.models.cash import TOGETHER
from app.terms import AccountKind, Actor, Outcome, Place, Step

CARRIED = Decision(Outcome.CARRIED, None)


@dataclass(frozen=True, slots=True)
class Opened:
    """A breaking and how it stands."""

    id: str
    state: str


@dataclass(frozen=True, slots=True)
class CountedTogether:
    """A count; `difference` is counted less book, below zero a shortage."""

    counted: int
    book: int
    difference: int
    state: str


def open_breaking(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str, day: date, reason: str | None = None
) -> Opened:
    """From here on the pot waits. Raises Invalid `pot_unknown`, Conflict `breaking_already_open`,
    `entries_after`, `counted_later`, `broken_today`.
    """
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    cash.pot_facts(db, chapter_id, pot_id)
    day_in_order(db, chapter_id, day, reason)
    holder = balances.held_by(db, chapter_id, pot_id)
    cycle_no = balances.open_cycle(db, chapter_id, pot_id, day, holder)
    opening.check_opens(
        day,
        holder=holder,
        cycle_no=cycle_no,
        cycle_starts_on=gather.cycle_starts_on(db, chapter_id, pot_id),
        last_entry_on=gather.last_day(db, chapter_id, pot_id),
    )
    for place in (Place.POT, Place.HAND):
        counting.check_count_day(day, balances.counted_on(db, chapter_id, pot_id, place))
    new = Breaking(chapter_id, ids.new(), 0, pot_id, cycle_no, day)
    pen.begin(db, actor=actor, new=new, texts={"reason": reason})
    return Opened(new.id, "open")


def _going_on(db: Tx, actor: Actor, breaking_id: str) -> Breaking:
    """A breaking of her chapter in an open book. Raises NotFound, NotAllowed, and what
    steps.check_goes_on raises.
    """
    chapter_id = kept.reached(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    found = kept.kept(db, chapter_id, breaking_id)
    steps.check_goes_on(found)
    return found


def count(
    db: Tx,
    *,
    actor: Actor,
    breaking_id: str,
    notes: Mapping[str, int],
    witnesses: Sequence[str],
    home: Sequence[tuple[str, Mapping[str, int]]] = (),
    decision: Decision = CARRIED,
) -> CountedTogether:
    """Count pot and hand together, and what came from home one by one; in place of an earlier count.

    Raises Invalid with every unknown note, `witnesses_needed`, `outcome_unfit`, `not_from_home`.
    """
    found = _going_on(db, actor, breaking_id)
    chapter_id = found.chapter_id
    counted = counting.sum_of(notes)
    vessels = said.vessels(db, found, home)
    seen = cash.witnesses_named(db, chapter_id, witnesses)
    held = balances.held(db, chapter_id, found.pot_id)
    book = held.get(AccountKind.CASH_POT, 0) + held.get(AccountKind.CASH_HAND, 0)
    keeper = None
    if decision.outcome is Outcome.KEEPER_OWES:
        keeper = cash.keeper(db, chapter_id, decision.keeper_id)
    counting.check_outcome(counted - book, decision.outcome, keeper)
    payload = {
        "notes": {value: number for value, number in notes.items() if number},
        "home": vessels,
        "counted": counted,
        "book": book,
        "difference": {"outcome": decision.outcome.value, "keeper": keeper,
                       "paid_now": decision.paid_now},
    }  # fmt: skip
    pen.tell(
        db, actor=actor, of=found, kind=Step.COUNTED, payload=payload,
        facts={"counted": counted, "book": book},
        texts={"witnesses": ", ".join(seen), "reason": decision.reason},
    )  # fmt: skip
    now = kept.kept(db, chapter_id, breaking_id)
    return CountedTogether(counted, book, counted - book, now.state)


def decide(db: Tx, *, actor: Actor, breaking_id: str, lines: Decisions) -> Opened:
    """What each woman takes, keeps and gives; whoever is not named takes the charter's default.

    Raises Conflict `not_counted`, and Invalid with every line that does not fit her savings.
    """
    found = _going_on(db, actor, breaking_id)
    steps.check_counted(found)
    said.check_decisions(db, found, lines)
    pen.tell(db, actor=actor, of=found, kind=Step.DECIDED,
             payload={"lines": [list(line) for line in lines]},
             facts={"lines": len(lines)})  # fmt: skip
    return Opened(found.id, kept.kept(db, found.chapter_id, breaking_id).state)


def abandon(
    db: Tx, *, actor: Actor, breaking_id: str, reason: str, ticket: Ticket
) -> Answer[Opened]:
    """Stop; a count that was made stands as that day's count, with its difference and decision."""
    chapter_id = kept.reached(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=chapter_id)

    def stopping() -> Opened:
        found = kept.kept(db, chapter_id, breaking_id)
        steps.check_goes_on(found)
        pen.abandon(db, actor=actor, of=found, reason=reason)
        if found.count is not None:
            _keep_count(db, actor, found, found.count)
        return Opened(found.id, Step.ABANDONED.value)

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Opened, act=stopping)


def _keep_count(db: Tx, actor: Actor, of: Breaking, said: steps.Counted) -> Waiting | None:
    """The notes go back to where they lay; what differed pends, or is decided as it was said."""
    words = kept.texts_of(db, of.chapter_id, said.seq)
    pot = cash.pot_facts(db, of.chapter_id, of.pot_id)
    in_pot = balances.balance(db, of.chapter_id, of.pot_id, AccountKind.CASH_POT)
    entry = together_entry(pot, of.day, said.difference, in_pot) if said.difference else None
    _, pending = writing.note_count(
        db, actor=actor, chapter_id=of.chapter_id, pot_id=of.pot_id, place=TOGETHER, day=of.day,
        notes=said.notes, counted=said.counted, book=said.book, entry=entry, texts=words,
    )  # fmt: skip
    if pending is None:
        return None
    decision = Decision(said.outcome, words.get("reason"), said.keeper_id, said.paid_now)
    return writing.decide(db, actor=actor, chapter_id=of.chapter_id, found=pending, day=of.day,
                          decision=decision)  # fmt: skip
