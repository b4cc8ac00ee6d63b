"""Running loans of a paper book: each is told with its old terms, then what is still out (ADR 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app import ids
from app.approvals.queries import officers
from app.charter.queries import in_force
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans import pen, queries, rules, written
from app.loans.facts import Applied, Approved, Brought, Disbursed, Fact
from app.loans.life import replay
from app.loans.pen import Asking
from app.loans.schedule import Terms, check_guard, due_dates

MONTHS = 12  # where neither the paper nor the charter says how long


@dataclass(frozen=True, slots=True)
class Running:
    """A loan as the paper has it; what it does not say is filled in.

    No amount: what is still out. No day: it was paid out on the day of the opening. No rate or
    months: the charter's.
    """

    member_id: str
    outstanding: int
    amount: int | None = None
    months: int | None = None
    plan: LoanPlan = LoanPlan.BULLET
    purpose: LoanPurpose = LoanPurpose.OTHER
    disbursed_on: date | None = None
    monthly_rate_bp: int | None = None
    guarantor_id: str | None = None


def payload(running: Running) -> dict[str, Any]:
    """What two sign of it."""
    said = asdict(running)
    return said | {"disbursed_on": running.disbursed_on and running.disbursed_on.isoformat()}


def of_payload(said: dict[str, Any]) -> Running:
    """Back from what was signed."""
    on = said["disbursed_on"]
    return Running(**said | {
        "plan": LoanPlan(said["plan"]), "purpose": LoanPurpose(said["purpose"]),
        "disbursed_on": date.fromisoformat(on) if on else None,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bringing:
    """A loan ready to be written: whose (her number), its application and its facts."""

    loan_id: str
    number: int
    asked: Asking
    facts: tuple[Fact, ...]
    outstanding: int


def read(
    db: Tx, chapter_id: str, pot_id: str, day: date, loans: Sequence[Running]
) -> list[Bringing]:
    """What these loans come to on the day of the opening. Raises Invalid with every problem."""
    problems: list[Refusal] = []
    found = []
    if loans:
        rules.check_lends(queries.lender(db, chapter_id, pot_id).kind)
    for n, running in enumerate(loans):
        try:
            found.append(_read(db, chapter_id, pot_id, day, running))
        except Refusal as problem:
            problems.append(_beside(problem, n))
    if problems:
        raise Invalid.every(problems)
    return found


def _beside(problem: Refusal, n: int) -> Invalid:
    """The same refusal beside its own line."""
    field = f"loans.{n}.{problem.field or 'outstanding'}"
    return Invalid(problem.code, problem.text, field=field, **problem.values)


def _read(db: Tx, chapter_id: str, pot_id: str, day: date, running: Running) -> Bringing:
    who = queries.borrower(db, chapter_id, running.member_id)
    if running.guarantor_id is not None:
        queries.borrower(db, chapter_id, running.guarantor_id, "guarantor_id")
    rules.check_guarantor(running.member_id, running.guarantor_id)
    since = running.disbursed_on or day
    if since > day:
        raise Invalid(
            "paid_out_later", "Trao tiền ngày {day}, sau ngày của số dư.",
            field="disbursed_on", day=since.strftime("%d/%m/%Y"),
        )  # fmt: skip
    _, charter = in_force(db, chapter_id, since)
    rate = running.monthly_rate_bp
    terms = Terms(
        running.amount or running.outstanding,
        charter.loan_max_months or MONTHS if running.months is None else running.months,
        running.plan,
        charter.loan_monthly_rate_bp if rate is None else rate,
        charter.payout_step,
    )
    check_guard(terms)
    due = due_dates(since, terms.months, terms.plan)
    facts = (Approved("1", since), Disbursed("2", since, due),
             Brought("3", day, running.outstanding))  # fmt: skip
    loan = replay([Applied(written.ASKED, since, terms), *facts])
    asked = Asking(
        who.member_id, pot_id, since, terms, running.purpose, running.guarantor_id,
        rules.is_an_officers(who.person_id, officers(db, chapter_id)),
    )  # fmt: skip
    return Bringing(ids.new(), who.number, asked, facts, loan.principal)


def sealed(loans: Sequence[Bringing]) -> dict[str, Any]:
    """What the record of the opening says of them."""
    if not loans:
        return {}
    return {
        "asked": [pen.sealed_asking(one.loan_id, one.asked) for one in loans],
        "loans": [
            [one.loan_id, [pen.sealed_fact(int(fact.id), fact) for fact in one.facts]]
            for one in loans
        ],
    }


def write(db: Tx, chapter_id: str, seq: int, loans: Sequence[Bringing]) -> None:
    """Their rows, under the number of the opening entry."""
    for one in loans:
        pen.ask(db, chapter_id, seq, one.loan_id, one.asked)
        numbered = [(int(fact.id), fact) for fact in one.facts]
        pen.note(db, chapter_id, one.loan_id, numbered, seq=seq, moved=True)
