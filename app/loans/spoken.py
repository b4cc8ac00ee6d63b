"""What the pages of a chapter's loans say, in the reader's language; amounts in đồng."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app import names
from app.loan_terms import Ageing
from app.loans import words
from app.loans.dues import Due, ageing
from app.loans.forecast import Month
from app.loans.outlook import ComingDue, Forecast
from app.loans.words import Told
from app.web import language


@dataclass(frozen=True, slots=True)
class DueShown:
    """One who is late or whose day comes; `reminder` can be sent to her, "" to one who died."""

    id: str
    number: int
    name: str
    called: str
    days: int
    age: Ageing
    overdue: int
    late: list[Due]
    soon: list[Due]
    reminder: str


@dataclass(frozen=True, slots=True)
class PotShown:
    """A pot that lends: what is free, who waits first for it and when she can be paid."""

    name: str
    free: int
    first: str
    amount: int
    says: str
    months: list[Month]
    breaking_on: date | None


def due(one: ComingDue, chapter: str, lang: str) -> DueShown:
    """What is due of a loan, and the words to send her."""
    of, owed = one.standing.of, one.standing.owed
    told = words.reminder(of.name, chapter, one.late, one.soon)
    return DueShown(
        id=of.id,
        number=of.number,
        name=of.name,
        called=names.given(of.name),
        days=owed.days_overdue,
        age=ageing(owed.days_overdue),
        overdue=owed.overdue,
        late=one.late,
        soon=one.soon,
        reminder="" if one.standing.loan.died_on else said(told, lang),
    )


def pot(one: Forecast, lang: str) -> PotShown:
    """What a pot can lend, and when the next one is paid."""
    amount = one.first.applied.terms.amount if one.first else 0
    return PotShown(
        name=one.pot.name,
        free=one.free,
        first=one.first.name if one.first else "",
        amount=amount,
        says=said([words.payable(one.next, amount)], lang) if one.next else "",
        months=one.months,
        breaking_on=one.pot.next_breaking_on,
    )


def said(told: Iterable[Told], lang: str) -> str:
    """Sentences, one after the other."""
    return " ".join(language.filled(text, values, lang) for text, values in told)
