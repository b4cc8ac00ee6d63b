"""A loan told from first to last: what happened on which day, as its page reads. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.loan_terms import LoanState
from app.loans.facts import Brought
from app.loans.history import History


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day; which fields are filled depends on the kind.

    Kinds: applied approved brought disbursed repaid waived rescheduled written_off recovered
    refused died visited closed. Amounts in đồng; `words` is what somebody wrote, `by` who it was.
    """

    kind: str
    on: date
    amount: int | None = None
    principal: int = 0
    interest: int = 0
    days_late: int = 0
    set_off: bool = False
    months: int = 0
    plan: str = ""
    vote: tuple[int, int] | None = None
    place: int | None = None
    words: str = ""
    by: str = ""
    good: bool = False
    entry_id: str | None = None


def story(of: History) -> list[Event]:
    """Everything that stands, the application first; what came on one day in its natural order."""
    names = {signature.act: signature for signature in of.signatures}
    loan, kept = of.loan, of.of
    brought = next((t for t in kept.told if isinstance(t.fact, Brought)), None)
    terms = kept.applied.terms
    events = [Event("applied", kept.applied.day, terms.amount, months=terms.months,
                    plan=terms.plan.value, words=of.note, place=of.place,
                    by=names["proposed"].name)]  # fmt: skip
    if brought and isinstance(brought.fact, Brought):
        events = [
            Event("brought", brought.fact.day, brought.fact.outstanding,
                  entry_id=brought.entry_id, by=names["proposed"].name)
        ]  # fmt: skip
    elif approved := names.get("approved"):
        events.append(
            Event("approved", approved.on, vote=of.vote, by=approved.name,
                  words=of.out_of_order_reason)
        )  # fmt: skip
    if loan.disbursed_on and not brought:
        events.append(Event("disbursed", loan.disbursed_on, loan.lent, entry_id=of.paid_out))
    events += sorted(_since(of), key=lambda event: event.on)
    if loan.state is LoanState.CLOSED and loan.ended_on:
        last = max([i for i, event in enumerate(events) if event.on <= loan.ended_on], default=0)
        events.insert(last + 1, Event("closed", loan.ended_on, good=True))
    return events


def _since(of: History) -> list[Event]:
    """Money, new plans and visits since the money was hers."""
    events = [
        Event("repaid", paid.payment.day, paid.payment.amount, paid.payment.principal,
              paid.payment.interest, paid.payment.days_late, paid.payment.set_off,
              entry_id=paid.entry_id)
        for paid in of.payments
    ]  # fmt: skip
    events += [
        Event("rescheduled", new.on, months=new.months, plan=new.plan, words=new.reason)
        for new in of.new_plans
    ]
    events += [
        Event(step.kind, step.on, step.amount or None, words=step.reason, entry_id=step.entry_id)
        for step in of.steps
    ]
    events += [
        Event("visited", visit.on, words=visit.note, by=visit.by, good=visit.left_poor_list)
        for visit in of.visits
    ]
    return events
