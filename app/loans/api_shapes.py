"""What the doors of loans answer, and how a history is said in them. Amounts in đồng."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from app import names
from app.ledger.entry import LARGEST
from app.loan_terms import LoanPlan, LoanPurpose, LoanState
from app.loans.dues import ageing
from app.loans.forecast import When
from app.loans.outlook import Forecast
from app.loans.queries import Standing
from app.mending.api import ReceiptOut

Months = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]


def text(value: str | None, field: str) -> str | None:
    """Free text, cleaned; empty is none."""
    return names.clean(value, longest=2000, field=field) if value else None


def needed(value: str, field: str = "reason") -> str:
    """Free text that must say something."""
    return names.clean(value, longest=2000, field=field)


class StandsOut(BaseModel):
    id: str
    state: LoanState


class ScheduleRowOut(BaseModel):
    due_on: str
    principal: int
    interest: int


class PaidOutOut(BaseModel):
    id: str
    schedule: list[ScheduleRowOut]
    outstanding: int
    receipt: ReceiptOut


class PaidBackOut(BaseModel):
    id: str
    principal: int
    interest: int
    outstanding: int
    receipt: ReceiptOut


class BackOut(BaseModel):
    id: str
    recovered: int
    lost: int
    receipt: ReceiptOut


class VisitOut(BaseModel):
    id: str


class PlaceOut(BaseModel):
    loan_id: str
    member_id: str
    place: int
    reasons: list[str]


class QueueOut(BaseModel):
    items: list[PlaceOut]
    next: str | None = None


class LoanOut(BaseModel):
    """A loan of a list, as of today."""

    id: str
    state: LoanState
    member_id: str
    number: int
    name: str
    pot_id: str
    amount: int
    months: int
    plan: LoanPlan
    purpose: LoanPurpose
    applied_on: str
    disbursed_on: str | None
    outstanding: int
    owed_interest: int
    due: int
    overdue: int
    days_overdue: int
    ageing: str
    of_officer: bool


class MonthOut(BaseModel):
    """What comes in in a month, and what is free at its end."""

    month: str
    comes_in: int
    free: int


class NextOut(BaseModel):
    """The first who waits for a pot's money; `when`: now, on, after_breaking, unknown."""

    loan_id: str
    amount: int
    when: When
    on: str | None


class ForecastOut(BaseModel):
    pot_id: str
    free: int
    months: list[MonthOut]
    next: NextOut | None


class ForecastsOut(BaseModel):
    items: list[ForecastOut]


def forecast_out(one: Forecast) -> ForecastOut:
    """A pot's free cash by month."""
    told = None
    if one.first and one.next:
        on = one.next.on.isoformat() if one.next.on else None
        told = NextOut(loan_id=one.first.id, amount=one.first.applied.terms.amount,
                       when=one.next.when, on=on)  # fmt: skip
    return ForecastOut(
        pot_id=one.pot.id,
        free=one.free,
        months=[
            MonthOut(month=f"{m.month:%Y-%m}", comes_in=m.comes_in, free=m.free) for m in one.months
        ],
        next=told,
    )


def loan_out(one: Standing) -> LoanOut:
    """A loan of a list."""
    of, loan, owed = one.of, one.loan, one.owed
    terms = of.applied.terms
    return LoanOut(
        id=of.id,
        state=loan.state,
        member_id=of.member_id,
        number=of.number,
        name=of.name,
        pot_id=of.pot_id,
        amount=terms.amount,
        months=terms.months,
        plan=terms.plan,
        purpose=of.purpose,
        applied_on=of.applied.day.isoformat(),
        disbursed_on=loan.disbursed_on.isoformat() if loan.disbursed_on else None,
        outstanding=loan.principal,
        owed_interest=owed.interest,
        due=owed.due,
        overdue=owed.overdue,
        days_overdue=owed.days_overdue,
        ageing=ageing(owed.days_overdue).value,
        of_officer=of.of_officer,
    )
