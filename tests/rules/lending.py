"""A small vocabulary for stories about one loan: facts told day by day, and what comes of them."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from app.ledger.entry import Transfer, cash
from app.loan_terms import LoanPlan
from app.loans import dues
from app.loans.books import Accounts, transfers
from app.loans.dues import Owed
from app.loans.facts import (
    Applied,
    Approved,
    Disbursed,
    Fact,
    Repaid,
    Rescheduled,
    Reversed,
)
from app.loans.life import replay
from app.loans.loan import Loan
from app.loans.schedule import Terms, due_dates
from app.loans.telling import added
from app.terms import Place

PIG = "pig"
ACCOUNTS = Accounts(PIG, "loan", 7, cash(PIG, Place.HAND))


def d(day: str) -> date:
    """`5/3/2025`, as people write it."""
    dd, mm, year = day.split("/")
    return date(int(year), int(mm), int(dd))


class Story:
    """One loan, told fact by fact through `telling.added`, with the ledger it leaves."""

    def __init__(
        self, amount: int, months: int, plan: str, rate_bp: int = 0, *, on: str, step: int = 1000
    ) -> None:
        self.ids = map(str, itertools.count(1))
        self.facts: list[Fact] = []
        self.ledger: dict[str, int] = {}
        terms = Terms(amount, months, LoanPlan(plan), rate_bp, step)
        day = d(on)
        self.facts += [Applied("asked", day, terms), Approved("agreed", day)]
        self.tell(Disbursed("paid out", day, due_dates(day, months, terms.plan)))

    @property
    def loan(self) -> Loan:
        return replay(self.facts)

    def tell(self, fact: Fact) -> tuple[Transfer, ...]:
        """Add a fact; the ledger follows by the difference. Returns what it was told."""
        before = replay(self.facts)
        after = added(self.facts, fact)
        self.facts.append(fact)
        told = transfers(ACCOUNTS, before, after)
        for transfer in told:
            self._move(transfer.debit.kind.value, transfer.amount)
            self._move(transfer.credit.kind.value, -transfer.amount)
        return told

    def _move(self, kind: str, amount: int) -> None:
        self.ledger[kind] = self.ledger.get(kind, 0) + amount

    def pay(self, on: str, amount: int, **more: Any) -> tuple[int, int]:
        """(principal, interest) of what she pays."""
        before = self.loan
        self.tell(Repaid(next(self.ids), d(on), amount, **more))
        after = self.loan
        return after.repaid - before.repaid, after.interest - before.interest

    def take_back(self, fact_id: str, on: str) -> None:
        self.tell(Reversed(f"{fact_id} back", d(on), fact_id))

    def reschedule(self, on: str, months: int, plan: str) -> None:
        day, kind = d(on), LoanPlan(plan)
        self.tell(Rescheduled(next(self.ids), day, months, kind, due_dates(day, months, kind)))

    def owed(self, on: str) -> Owed:
        return dues.owed(self.loan, d(on))

    def rows(self) -> list[str]:
        """`05/04/2025 100000 + 12000`: due date, principal, interest."""
        return [f"{r.due_on:%d/%m/%Y} {r.principal} + {r.interest}" for r in self.loan.plan]
