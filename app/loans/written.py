"""A fact as its row has it, and back. Pure; nothing of a loan is stored but its facts (ADR 13)."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any, NamedTuple

from app.loan_terms import FactKind, LoanPlan
from app.loans.facts import (
    Applied,
    Approved,
    Brought,
    Died,
    Disbursed,
    Fact,
    Recovered,
    Refused,
    Repaid,
    Rescheduled,
    Reversed,
    Waived,
    WrittenOff,
)

ASKED = "0"  # the id of the application; every later fact is named by its number
CLASSES: dict[FactKind, type[Fact]] = {
    FactKind.APPROVED: Approved,
    FactKind.REFUSED: Refused,
    FactKind.DISBURSED: Disbursed,
    FactKind.BROUGHT: Brought,
    FactKind.REPAID: Repaid,
    FactKind.SET_OFF: Repaid,
    FactKind.RESCHEDULED: Rescheduled,
    FactKind.WAIVED: Waived,
    FactKind.WRITTEN_OFF: WrittenOff,
    FactKind.RECOVERED: Recovered,
    FactKind.DIED: Died,
    FactKind.REVERSED: Reversed,
}
_KINDS = {made: kind for kind, made in CLASSES.items() if kind is not FactKind.SET_OFF}


class Columns(NamedTuple):
    """What a row says of a fact beside its number; days and due dates as text."""

    kind: FactKind
    day: str
    amount: int | None
    months: int | None
    plan: LoanPlan | None
    due: str | None
    of_no: int | None


NAMES = " ".join(Columns._fields)


def columns(fact: Fact) -> Columns:
    """The row of a fact. An application is no row of its own: it is the loan's."""
    assert not isinstance(fact, Applied)
    said = {field.name: getattr(fact, field.name) for field in fields(fact)}
    return Columns(
        kind=FactKind.SET_OFF if said.get("set_off") else _KINDS[type(fact)],
        day=fact.day.isoformat(),
        amount=said.get("amount", said.get("outstanding")),
        months=said.get("months"),
        plan=said.get("plan"),
        due=json.dumps([on.isoformat() for on in said["due"]]) if "due" in said else None,
        of_no=int(said["of"]) if "of" in said else None,
    )


def fact(no: int, row: tuple[Any, ...]) -> Fact:
    """The fact of a row, its columns in the order of `NAMES`."""
    kind, day, amount, months, plan, due, of_no = row
    made = CLASSES[FactKind(kind)]
    held = {
        "id": str(no),
        "day": date.fromisoformat(day),
        "amount": amount,
        "outstanding": amount,
        "months": months,
        "plan": LoanPlan(plan) if plan else None,
        "due": tuple(date.fromisoformat(on) for on in json.loads(due or "[]")),
        "of": str(of_no),
        "set_off": kind == FactKind.SET_OFF,
    }
    return made(**{field.name: held[field.name] for field in fields(made)})
