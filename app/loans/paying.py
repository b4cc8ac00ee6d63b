"""Money goes out to the borrower and comes back: paid out, repaid, recovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.ledger import balances, once
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import Receipt, receipt
from app.loans import pen, queries, rules, telling
from app.loans.facts import Approved, Disbursed, Recovered, Repaid
from app.loans.free import free_cash
from app.loans.kept import Kept, kept
from app.loans.schedule import due_dates
from app.models.loans import LoanRow
from app.terms import Act, Actor, EntryKind, Place


@dataclass(frozen=True, slots=True)
class RowOut:
    """A row of a schedule, in đồng."""

    due_on: date
    principal: int
    interest: int


@dataclass(frozen=True, slots=True)
class PaidOut:
    """The money is hers; `id` is the entry's."""

    id: str
    schedule: list[RowOut]
    outstanding: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class PaidBack:
    """How a repayment settled the loan, in đồng; `id` is the entry's."""

    id: str
    principal: int
    interest: int
    outstanding: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Back:
    """What came back of what was written off: in all, and what is still lost."""

    id: str
    recovered: int
    lost: int
    receipt: Receipt


def disburse(
    db: Tx, *, actor: Actor, loan_id: str, day: date, ticket: Ticket, reason: str | None = None
) -> Answer[PaidOut]:
    """The treasurer hands her the cash; the due dates are told and kept.

    Raises NotAllowed `same_person`, Invalid `before_last`, Conflict `loan_<state>`,
    `breaking_soon`, `beyond_free_cash`, `not_in_hand`, `left_already`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.LEND, unit_id=chapter_id)

    def paying_out() -> PaidOut:
        charter = day_in_order(db, chapter_id, day, reason)
        found = kept(db, chapter_id, loan_id)
        terms = found.applied.terms
        due = due_dates(day, terms.months, terms.plan)
        fact = Disbursed(str(found.next_no), day, due)
        telling.added(found.facts, fact)
        approved = found.last(Approved)
        assert approved is not None  # or nothing could have been added
        rules.check_payer(actor.person_id, approved.by)
        rules.check_belongs(day, found.left_on, day)
        pot = queries.lender(db, chapter_id, found.pot_id)
        rules.check_before_breaking(day, pot.next_breaking_on, charter)
        balances.check_not_broken(db, chapter_id, found.pot_id)
        free = free_cash(db, chapter_id, found.pot_id, day, but=loan_id)
        rules.check_free(terms.amount, free)
        there = balances.lowest_cash(db, chapter_id, found.pot_id, Place.HAND, day)
        rules.check_in_hand(terms.amount, there)
        done = pen.tell(db, actor=actor, of=found, fact=fact, act=Act.LOAN_PAID_OUT,
                        kind=EntryKind.DISBURSEMENT, texts={"reason": reason})  # fmt: skip
        rows = [RowOut(row.due_on, row.principal, row.interest) for row in done.after.plan]
        return PaidOut(_entry(done), rows, done.after.principal, receipt(done.seal))

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=PaidOut, act=paying_out)


def repay(
    db: Tx,
    *,
    actor: Actor,
    loan_id: str,
    day: date,
    amount: int,
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[PaidBack]:
    """Money comes back into hand, any amount of what is owed that day.

    Raises Invalid `overpaid` (with what is `owed`), `before_last`, Conflict `loan_<state>`,
    `reversed_later`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.KEEP_LOANS, unit_id=chapter_id)

    def repaying() -> PaidBack:
        day_in_order(db, chapter_id, day, reason)
        found = kept(db, chapter_id, loan_id)
        return _repay(db, actor, found, day, amount, reason)

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=PaidBack, act=repaying)


def _repay(
    db: Tx, actor: Actor, found: Kept, day: date, amount: int, reason: str | None
) -> PaidBack:
    fact = Repaid(str(found.next_no), day, amount)
    done = pen.tell(db, actor=actor, of=found, fact=fact, act=Act.LOAN_REPAID,
                    kind=EntryKind.REPAYMENT, texts={"reason": reason})  # fmt: skip
    # How her money settled it; told late, the entry also says how later repayments are divided now.
    paid = next(payment for payment in done.after.payments if payment.fact_id == fact.id)
    return PaidBack(
        _entry(done), paid.principal, paid.interest, done.after.principal, receipt(done.seal)
    )


def recover(
    db: Tx,
    *,
    actor: Actor,
    loan_id: str,
    day: date,
    amount: int,
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[Back]:
    """Something of a loan that was written off came back after all.

    Raises Invalid `overpaid`, `before_last`, Conflict `loan_<state>`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.KEEP_LOANS, unit_id=chapter_id)

    def recovering() -> Back:
        day_in_order(db, chapter_id, day, reason)
        found = kept(db, chapter_id, loan_id)
        fact = Recovered(str(found.next_no), day, amount)
        done = pen.tell(db, actor=actor, of=found, fact=fact, act=Act.LOAN_RECOVERED,
                        kind=EntryKind.RECOVERY, texts={"reason": reason})  # fmt: skip
        loan = done.after
        lost = loan.written_off - loan.recovered
        return Back(_entry(done), loan.recovered, lost, receipt(done.seal))

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Back, act=recovering)


def _entry(done: pen.Done) -> str:
    assert done.entry_id is not None  # money moved
    return done.entry_id
