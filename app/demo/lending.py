"""Who borrowed of the pig, and how it came back (the cases stand in `borrowers`).

Every day is told back from the day on which the demo is made, and at each meeting people do what
is due then: so whatever day that is, the book is as old as it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.borrowers import CASES, Case, Happens, What
from app.demo.by_two import open_pig, sign, there, ticket
from app.demo.cast import Story, Told
from app.loans import actions, changing, dues, paying
from app.loans.free import free_cash
from app.loans.kept import Kept, kept
from app.loans.rules import Asked
from app.loans.schedule import add_months
from app.terms import Actor, Place

STEP = 100_000
AFTER = timedelta(days=30)  # before that the pig holds too little for anybody


@dataclass
class Borrower:
    """A case as far as it was told."""

    case: Case
    asks_on: date
    paid_on: date
    waits: bool = False  # for the meeting's word
    loan_id: str = ""
    rows_left: int = 0
    told: int = 0  # of what happens later


def book(story: Story, chapter: Told) -> Callable[[date], None]:
    """What the chapter's meetings decide about loans, one after another."""
    every = [_begins(story, case) for case in CASES]
    borrowers = [one for one in every if one.asks_on >= chapter.since + AFTER]

    def meeting(day: date) -> None:
        for one in borrowers:
            if one.loan_id:
                _goes_on(story, chapter, one, day)
        for one in borrowers:
            if not one.loan_id and day >= one.asks_on:
                _asks(story, chapter, one, day)
            elif one.waits and day >= one.paid_on:
                _is_lent(story, chapter, one, day)

    return meeting


def _begins(story: Story, case: Case) -> Borrower:
    months, days = case.ago
    paid_on = add_months(story.end - timedelta(days=days), -months)
    return Borrower(case, paid_on - timedelta(days=case.waits), paid_on, rows_left=case.rows)


def _of(story: Story, chapter: Told, one: Borrower) -> Kept:
    return story.db.read_now(kept, chapter.id, one.loan_id)


def _asks(story: Story, chapter: Told, one: Borrower, day: date) -> None:
    """At most half of what the pig holds by then."""
    case = one.case
    holds = sum(there(story, chapter, place, day) for place in (Place.POT, Place.HAND))
    amount = min(case.amount, holds // 2 // STEP * STEP)
    asked = Asked(chapter.members[case.who], amount, case.months, case.plan)
    one.loan_id = story.db.write_now(
        actions.apply, actor=chapter.treasurer, chapter_id=chapter.id, pot_id=chapter.pot_id,
        day=day, asked=asked, purpose=case.purpose, note=case.note,
    ).id  # fmt: skip
    one.waits = not case.never_decided


def _is_lent(story: Story, chapter: Told, one: Borrower, day: date) -> None:
    """The meeting votes, the pig is opened for what is not in hand, the head (of her own loan the
    deputy) approves, the treasurer pays.
    """
    case = one.case
    one.waits = False
    short = _of(story, chapter, one).applied.terms.amount - story.db.read_now(
        free_cash, chapter.id, chapter.pot_id, day
    )
    if short > 0:
        open_pig(story, chapter, day, short)
    story.db.write_now(
        actions.approve, actor=_second(chapter, case), loan_id=one.loan_id, on=day,
        vote=(len(chapter.members) - case.against, case.against),
        out_of_order_reason=case.first_because,
    )  # fmt: skip
    if not case.not_fetched:
        story.db.write_now(
            paying.disburse, actor=chapter.treasurer, loan_id=one.loan_id, day=day,
            ticket=ticket(one.loan_id),
        )  # fmt: skip


def _second(chapter: Told, case: Case) -> Actor:
    if case.who:
        return chapter.head
    assert chapter.deputy is not None
    return chapter.deputy


def _goes_on(story: Story, chapter: Told, one: Borrower, day: date) -> None:
    """What happens to her loan at this meeting; else she pays what is due, as long as she can."""
    later = one.case.then[one.told :]
    if later and day >= story.end - timedelta(days=later[0].ago):
        one.told += 1
        _happens(story, chapter, one, later[0], day)
    elif one.rows_left and pays(story, chapter, one.loan_id, day):
        one.rows_left -= 1


def pays(story: Story, chapter: Told, loan_id: str, day: date) -> int:
    """She brings what is due of her loan, in đồng; nothing where nothing is."""
    due = dues.owed(story.db.read_now(kept, chapter.id, loan_id).on(day), day).due
    if due:
        _brings(story, chapter, loan_id, day, due)
    return due


def _brings(story: Story, chapter: Told, loan_id: str, day: date, amount: int) -> None:
    story.db.write_now(
        paying.repay, actor=chapter.treasurer, loan_id=loan_id, day=day, amount=amount,
        ticket=ticket((loan_id, day)),
    )  # fmt: skip


def _happens(story: Story, chapter: Told, one: Borrower, said: Happens, day: date) -> None:
    db, loan_id = story.db, one.loan_id
    loan = _of(story, chapter, one).on(day)
    match said.what:
        case What.VISIT | What.LEFT_POOR_LIST:
            db.write_now(actions.visit, actor=chapter.head, loan_id=loan_id, day=day, note=said.words,
                         left_poor_list=said.what is What.LEFT_POOR_LIST)  # fmt: skip
        case What.PAYS_ALL:
            _brings(story, chapter, loan_id, day, dues.owed(loan, day).total)
        case What.NEW_PLAN:
            waits = db.write_now(changing.reschedule, actor=chapter.treasurer, loan_id=loan_id,
                                 months=said.months, plan=said.plan, reason=said.words)  # fmt: skip
            sign(story, chapter, waits)
            one.rows_left = said.months
        case What.WAIVED:
            waits = db.write_now(changing.waive, actor=chapter.treasurer, loan_id=loan_id, day=day,
                                 amount=dues.owed(loan, day).interest, reason=said.words)  # fmt: skip
            sign(story, chapter, waits)
        case What.WRITTEN_OFF:
            waits = db.write_now(changing.write_off, actor=chapter.treasurer, loan_id=loan_id, day=day,
                                 reason=said.words, ticket=ticket(loan_id)).value  # fmt: skip
            sign(story, chapter, waits)
        case What.RECOVERED:
            db.write_now(paying.recover, actor=chapter.treasurer, loan_id=loan_id, day=day,
                         amount=loan.written_off // 3 // STEP * STEP, ticket=ticket((loan_id, day)))  # fmt: skip
