"""A loan is asked for, decided by the second hand, and looked after when the money is at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock, ids
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals.queries import officers
from app.audit import trail
from app.charter.queries import day_in_order, in_force
from app.db.tx import Tx
from app.ledger import balances
from app.loan_terms import LoanPurpose, LoanState
from app.loans import pen, queries, rules, telling
from app.loans.deciding import check_decides
from app.loans.facts import Approved, Refused, Reversed
from app.loans.free import free_cash
from app.loans.kept import Kept, kept
from app.loans.life import unfit
from app.loans.pen import Asking
from app.loans.queue import check_turn, passed_over
from app.loans.rules import Asked
from app.models.loans import LoanRow
from app.terms import Act, Actor

Vote = tuple[int, int]  # yes, no


@dataclass(frozen=True, slots=True)
class Stands:
    """A loan and how it stands now."""

    id: str
    state: LoanState


def apply(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    day: date,
    asked: Asked,
    purpose: LoanPurpose,
    note: str | None = None,
    reason: str | None = None,
) -> Stands:
    """She asks, or the treasurer writes it down for her; the terms freeze.

    Raises Invalid (rules.check_limits, `pot_unknown`, `member_unknown`, `before_joining`,
    `in_future`, `reason_needed`), Conflict `one_at_a_time`, `left_already`, `cycle_closed`.
    """
    if not queries.is_own(db, actor, chapter_id, asked.member_id):
        require(db, actor=actor, may=May.LEND, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    pot = queries.lender(db, chapter_id, pot_id)
    who = queries.borrower(db, chapter_id, asked.member_id)
    if asked.guarantor_id is not None:
        queries.borrower(db, chapter_id, asked.guarantor_id, "guarantor_id")
    charter = day_in_order(db, chapter_id, day, reason)
    rules.check_belongs(who.joined_on, who.left_on, day)
    rules.check_lends(pot.kind)
    # She may ask while the pig is broken: that is what the queue is for.
    holder = balances.held_by(db, chapter_id, pot_id)
    balances.open_cycle(db, chapter_id, pot_id, day, holder)
    savings = balances.savings_on(db, chapter_id, who.member_id, day)
    rules.check_limits(asked, charter, savings)
    rules.check_one_at_a_time(queries.states_of(db, chapter_id, who.member_id), charter)
    said = Asking(
        who.member_id, pot_id, day, rules.terms(asked, charter), purpose, asked.guarantor_id,
        rules.is_an_officers(who.person_id, officers(db, chapter_id)),
    )  # fmt: skip
    loan_id = ids.new()
    seal = trail.seal(
        db, chapter_id=chapter_id, actor=actor, act=Act.LOAN_ASKED, about=loan_id,
        facts={"number": who.number} | pen.sealed_asking(loan_id, said),
        texts={"name": who.name, "note": note, "reason": reason},
    )  # fmt: skip
    pen.ask(db, chapter_id, seal.seq, loan_id, said)
    return Stands(loan_id, LoanState.APPLIED)


def _decided_by(db: Tx, actor: Actor, loan_id: str) -> Kept:
    """The loan in an open book, once it is known that she may decide about it."""
    chapter_id = queries.reached(db, actor=actor, loan_id=loan_id)
    require(db, actor=actor, may=May.DECIDE_LOANS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    found = kept(db, chapter_id, loan_id)
    check_decides(db, actor, found)
    return found


def approve(
    db: Tx,
    *,
    actor: Actor,
    loan_id: str,
    on: date | None = None,
    vote: Vote | None = None,
    out_of_order_reason: str | None = None,
) -> Stands:
    """The second hand, after the meeting; from now on the cash is promised.

    Without a day it is the application's, and the cash is looked at as it is today. Raises
    NotAllowed (rules.check_approver), Invalid `out_of_order`, `vote_lost`, `in_future`,
    `before_last`, Conflict `loan_<state>`, `breaking_soon`, `beyond_free_cash`, `left_already`.
    """
    found = _decided_by(db, actor, loan_id)
    day, since = on or found.applied.day, on or clock.today()
    rules.check_decided_on(day, clock.today())
    rules.check_vote(vote)
    if found.state is not LoanState.APPLIED:
        raise unfit(found.state)
    fact = Approved(str(found.next_no), day)
    telling.added(found.facts, fact)
    rules.check_belongs(day, found.left_on, day)
    _, charter = in_force(db, found.chapter_id, day)
    pot = queries.lender(db, found.chapter_id, found.pot_id)
    rules.check_before_breaking(since, pot.next_breaking_on, charter)
    places = [place for place, _ in queries.waiting(db, found.chapter_id, since)]
    passed = passed_over(places, loan_id)
    check_turn(passed, out_of_order_reason)
    balances.check_not_broken(db, found.chapter_id, found.pot_id)
    free = free_cash(db, found.chapter_id, found.pot_id, since)
    rules.check_free(found.applied.terms.amount, free)
    place = next(place.place for place in places if place.applicant.loan_id == loan_id)
    pen.tell(
        db, actor=actor, of=found, fact=fact, act=Act.LOAN_APPROVED,
        facts={"passed": [over.applicant.loan_id for over in passed]}, vote=vote, place=place,
        texts={"reason": out_of_order_reason if passed else None},
    )  # fmt: skip
    return Stands(loan_id, LoanState.APPROVED)


def refuse(
    db: Tx,
    *,
    actor: Actor,
    loan_id: str,
    on: date | None = None,
    vote: Vote | None = None,
    reason: str | None = None,
) -> Stands:
    """The meeting did not agree; or what it agreed to is not paid out after all.

    Raises NotAllowed, Invalid `in_future`, `before_last`, Conflict `loan_<state>`.
    """
    found = _decided_by(db, actor, loan_id)
    day = on or max(found.applied.day, found.loan.on)
    rules.check_decided_on(day, clock.today())
    if found.state is LoanState.APPROVED:
        approved = found.last(Approved)
        assert approved is not None
        taken_back = Reversed(str(found.next_no), day, approved.fact.id)
        pen.tell(db, actor=actor, of=found, fact=taken_back, act=Act.LOAN_REFUSED)
        found = kept(db, found.chapter_id, loan_id)
    pen.tell(
        db, actor=actor, of=found, fact=Refused(str(found.next_no), day), act=Act.LOAN_REFUSED,
        vote=vote, texts={"reason": reason},
    )  # fmt: skip
    return Stands(loan_id, LoanState.REFUSED)


def visit(
    db: Tx, *, actor: Actor, loan_id: str, day: date, note: str, left_poor_list: bool = False
) -> str:
    """Somebody looked what it brought; the visit's id.

    Raises Invalid `in_future`, `before_paid_out`, Conflict `loan_<state>`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.KEEP_LOANS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    found = kept(db, chapter_id, loan_id)
    rules.check_visit(day, found.loan, clock.today())
    visit_id, _ = pen.visit(
        db, actor=actor, of=found, day=day, words=note, left_poor_list=left_poor_list
    )
    return visit_id
