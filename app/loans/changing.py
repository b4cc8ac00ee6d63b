"""What two must sign of a running loan: a new plan, interest let go, a debt written off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app import clock
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.audit import trail
from app.charter.queries import day_in_order, in_force
from app.db.tx import Tx
from app.ledger import balances, once
from app.ledger.once import Answer, Ticket
from app.loan_terms import LoanPlan
from app.loans import dues, pen, rules, telling
from app.loans.facts import Fact, Rescheduled, Waived, WrittenOff
from app.loans.kept import Kept, kept
from app.loans.schedule import check_guard, due_dates
from app.models.loans import LoanRow
from app.terms import Act, Actor, EntryKind

Signed = tuple[dict[str, Any], dict[str, Any]]


def reschedule(
    db: Tx, *, actor: Actor, loan_id: str, months: int, plan: LoanPlan, reason: str
) -> Waiting:
    """Propose a new plan for what is out, from today; two signatures.

    Raises Invalid `months`, `not_quarters`, `beyond_months`, `rate_beyond_law`, Conflict
    `loan_<state>`, `only_interest_left`, `waits_already`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.KEEP_LOANS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    found, today = kept(db, chapter_id, loan_id), clock.today()
    due = due_dates(today, months, plan)
    said = {"date": today.isoformat(), "months": months, "plan": plan.value,
            "due": [on.isoformat() for on in due], "reason": reason}  # fmt: skip
    _, charter = in_force(db, chapter_id, today)
    rules.check_months(months, charter)
    out = found.on(today).principal or found.applied.terms.amount
    check_guard(replace(found.applied.terms, amount=out, months=months, plan=plan))
    return _propose(db, actor, found, "reschedule", said)


def waive(db: Tx, *, actor: Actor, loan_id: str, day: date, amount: int, reason: str) -> Waiting:
    """Propose to let interest go, oldest first; never principal, never an entry; two signatures.

    Raises Invalid `overpaid`, `before_last`, Conflict `loan_<state>`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.KEEP_LOANS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    day_in_order(db, chapter_id, day, reason)
    said = {"date": day.isoformat(), "amount": amount, "reason": reason}
    return _propose(db, actor, kept(db, chapter_id, loan_id), "waiver", said)


def write_off(
    db: Tx, *, actor: Actor, loan_id: str, day: date, reason: str, ticket: Ticket
) -> Answer[Waiting]:
    """Propose to give up all principal that is out; two signatures.

    Raises Invalid `before_last`, Conflict `loan_<state>`, `only_interest_left`, `cycle_closed`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.KEEP_LOANS, unit_id=chapter_id)

    def writing_off() -> Waiting:
        day_in_order(db, chapter_id, day, reason)
        found = kept(db, chapter_id, loan_id)
        balances.open_cycle(db, chapter_id, found.pot_id, day)
        return _propose(db, actor, found, "write_off", {"date": day.isoformat(), "reason": reason})

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Waiting, act=writing_off)


def _propose(db: Tx, actor: Actor, found: Kept, kind: str, said: Mapping[str, Any]) -> Waiting:
    """What is signed is kept with what was owed: it must still be so when the second one signs."""
    telling.added(found.facts, _fact(found, kind, said))
    return approvals.propose(
        db,
        actor=actor,
        chapter_id=found.chapter_id,
        kind=kind,
        about=found.id,
        payload={**said, "loan": found.id, "owed": owed_then(found, said)},
        texts={"name": found.name, "reason": said["reason"]},
        beneficiary_id=found.person_id,
    )


def owed_then(found: Kept, said: Mapping[str, Any]) -> list[int]:
    """Principal and interest on the day that is signed, in đồng."""
    owed = dues.owed(found.loan, date.fromisoformat(said["date"]))
    return [owed.principal, owed.interest]


def _fact(found: Kept, kind: str, said: Mapping[str, Any]) -> Fact:
    id, day = str(found.next_no), date.fromisoformat(said["date"])
    if kind == "reschedule":
        due = tuple(date.fromisoformat(on) for on in said["due"])
        return Rescheduled(id, day, said["months"], LoanPlan(said["plan"]), due)
    return Waived(id, day, said["amount"]) if kind == "waiver" else WrittenOff(id, day)


def _signed(
    db: Tx, actor: Actor, proposal: Proposal, kind: str, act: Act, moves: EntryKind | None = None
) -> Signed:
    said = proposal.payload
    found = kept(db, proposal.chapter_id, said["loan"])
    fact = _fact(found, kind, said)
    telling.added(found.facts, fact)
    rules.check_unchanged(owed_then(found, said), said["owed"])
    done = pen.tell(db, actor=actor, of=found, fact=fact, act=act, kind=moves,
                    facts=by_two(proposal), texts={"reason": said["reason"]})  # fmt: skip
    answer = {
        "id": found.id, "state": done.after.state.value, "outstanding": done.after.principal,
        "receipt": {"seq": done.seal.seq, "head": done.seal.head},
    }  # fmt: skip
    return answer, {"id": found.id}


def reschedule_by_two(db: Tx, *, actor: Actor, proposal: Proposal) -> Signed:
    """The second signature on a new plan: with the due dates that were shown."""
    return _signed(db, actor, proposal, "reschedule", Act.LOAN_RESCHEDULED)


def waive_by_two(db: Tx, *, actor: Actor, proposal: Proposal) -> Signed:
    """The second signature on interest let go."""
    return _signed(db, actor, proposal, "waiver", Act.INTEREST_WAIVED)


def write_off_by_two(db: Tx, *, actor: Actor, proposal: Proposal) -> Signed:
    """The second signature on a write-off."""
    return _signed(db, actor, proposal, "write_off", Act.LOAN_WRITTEN_OFF, EntryKind.WRITE_OFF)
