"""A loan's history in the JSON of its door: the same figures as the page shows. Amounts in đồng."""

from __future__ import annotations

from pydantic import BaseModel

from app.loan_terms import LoanPlan, LoanPurpose, LoanState
from app.loans.api_shapes import ScheduleRowOut
from app.loans.dues import ageing
from app.loans.history import History, NewPlan, Visit
from app.loans.loan import Payment
from app.loans.schedule import Row


class PlanRowOut(ScheduleRowOut):
    principal_paid: int
    interest_paid: int
    interest_waived: int


class BorrowerOut(BaseModel):
    """Without a name where a leader has not said why she asks; her class in the year she asked."""

    id: str
    number: int
    name: str | None
    need_class: str | None


class SignatureOut(BaseModel):
    act: str
    person_id: str
    name: str
    on: str


class VoteOut(BaseModel):
    yes: int
    no: int


class PaymentOut(BaseModel):
    date: str
    amount: int
    principal: int
    interest: int
    days_late: int
    set_off: bool
    entry_id: str | None


class NewPlanOut(BaseModel):
    date: str
    months: int
    plan: str
    reason: str
    schedule_before: list[PlanRowOut]


class StepOut(BaseModel):
    kind: str
    date: str
    amount: int
    reason: str


class VisitedOut(BaseModel):
    id: str
    date: str
    note: str
    left_poor_list: bool
    by: str


class HistoryOut(BaseModel):
    """A loan as a leader reads it."""

    id: str
    state: LoanState
    member: BorrowerOut
    pot_id: str
    amount: int
    months: int
    plan: LoanPlan
    purpose: LoanPurpose
    guarantor: str | None
    note: str
    of_officer: bool
    applied_on: str
    queue_place: int | None
    out_of_order_reason: str
    vote: VoteOut | None
    approvals: list[SignatureOut]
    approved_on: str | None
    disbursed_on: str | None
    ended_on: str | None
    schedule: list[PlanRowOut]
    payments: list[PaymentOut]
    outstanding: int
    owed_interest: int
    due: int
    overdue: int
    days_overdue: int
    ageing: str
    written_off: int
    recovered: int
    reschedules: list[NewPlanOut]
    steps: list[StepOut]
    visits: list[VisitedOut]
    trail: list[int]


def history_out(of: History) -> HistoryOut:
    """The same figures as the page shows."""
    kept, loan, owed = of.of, of.loan, of.owed
    terms = kept.applied.terms
    return HistoryOut(
        id=kept.id,
        state=loan.state,
        member=BorrowerOut(
            id=kept.member_id,
            number=kept.number,
            name=kept.name if of.named else None,
            need_class=of.need,
        ),
        pot_id=kept.pot_id,
        amount=terms.amount,
        months=terms.months,
        plan=terms.plan,
        purpose=kept.purpose,
        guarantor=of.guarantor,
        note=of.note,
        of_officer=kept.of_officer,
        applied_on=kept.applied.day.isoformat(),
        queue_place=of.place,
        out_of_order_reason=of.out_of_order_reason,
        vote=VoteOut(yes=of.vote[0], no=of.vote[1]) if of.vote else None,
        approvals=[
            SignatureOut(act=s.act, person_id=s.person_id, name=s.name, on=s.on.isoformat())
            for s in of.signatures
        ],
        approved_on=loan.approved_on.isoformat() if loan.approved_on else None,
        disbursed_on=loan.disbursed_on.isoformat() if loan.disbursed_on else None,
        ended_on=loan.ended_on.isoformat() if loan.ended_on else None,
        schedule=[_row(row) for row in loan.plan],
        payments=[payment_out(paid.payment, paid.entry_id) for paid in of.payments],
        outstanding=loan.principal,
        owed_interest=owed.interest,
        due=owed.due,
        overdue=owed.overdue,
        days_overdue=owed.days_overdue,
        ageing=ageing(owed.days_overdue).value,
        written_off=loan.written_off,
        recovered=loan.recovered,
        reschedules=[_new_plan(new) for new in of.new_plans],
        steps=[
            StepOut(kind=s.kind, date=s.on.isoformat(), amount=s.amount, reason=s.reason)
            for s in of.steps
        ],
        visits=[_visit(visit) for visit in of.visits],
        trail=of.trail,
    )


def _new_plan(new: NewPlan) -> NewPlanOut:
    return NewPlanOut(
        date=new.on.isoformat(),
        months=new.months,
        plan=new.plan,
        reason=new.reason,
        schedule_before=[_row(row) for row in new.before],
    )


def _visit(made: Visit) -> VisitedOut:
    return VisitedOut(
        id=made.id,
        date=made.on.isoformat(),
        note=made.note,
        left_poor_list=made.left_poor_list,
        by=made.by,
    )


def _row(row: Row) -> PlanRowOut:
    return PlanRowOut(
        due_on=row.due_on.isoformat(),
        principal=row.principal,
        interest=row.interest,
        principal_paid=row.principal_paid,
        interest_paid=row.interest_paid,
        interest_waived=row.waived,
    )


def payment_out(paid: Payment, entry_id: str | None) -> PaymentOut:
    """A repayment as it settled the loan."""
    return PaymentOut(
        date=paid.day.isoformat(),
        amount=paid.amount,
        principal=paid.principal,
        interest=paid.interest,
        days_late=paid.days_late,
        set_off=paid.set_off,
        entry_id=entry_id,
    )
