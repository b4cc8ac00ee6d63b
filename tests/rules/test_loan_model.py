"""A loan against a plain model that lives day by day and knows fractions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.loan_terms import LoanPlan
from app.loans.dues import owed
from app.loans.facts import Applied, Approved, Disbursed, Fact, Repaid, Waived
from app.loans.life import replay
from app.loans.schedule import Terms, add_months, amounts, ends
from app.loans.telling import added

DAY = timedelta(days=1)


class Model:
    """Each morning a row may fall due; each day earns its share of a month; money goes by rank."""

    def __init__(self, terms: Terms, start: date, brought: int = 0) -> None:
        self.terms, self.start, self.today = terms, start, start
        self.brought = [brought]  # of an older plan: falls due with the first row, never grows
        self.falls_due = dict(
            zip(ends(start, terms.months, terms.plan), amounts(terms), strict=True)
        )
        self.ahead = [principal for principal, _ in amounts(terms)]
        self.due_interest: list[int] = []
        self.due_principal: list[int] = []
        self.earned = Fraction(0)
        self.settled = 0  # of what is earned: paid or waived

    @property
    def out(self) -> int:
        return sum(self.ahead) + sum(self.due_principal)

    @property
    def accrued(self) -> int:
        return int(self.earned) // self.terms.step * self.terms.step - self.settled

    def live_until(self, day: date) -> None:
        while self.today < day:
            month = 0
            while add_months(self.start, month + 1) <= self.today:
                month += 1
            long = (add_months(self.start, month + 1) - add_months(self.start, month)).days
            self.earned += Fraction(self.out * self.terms.rate_bp, 10_000 * long)
            self.today += DAY
            if self.today in self.falls_due:
                self.due_interest += [*self.brought, self.accrued]
                self.brought = []
                self.due_principal.append(self.ahead.pop(0))
                self.earned, self.settled = Fraction(0), 0

    def total(self) -> int:
        return self.out + self.interest

    @property
    def interest(self) -> int:
        return sum(self.due_interest) + sum(self.brought) + self.accrued

    def planned_anew(self, months: int, plan: LoanPlan) -> Model:
        """From today: what is out by another plan, what it earned and nobody paid brought along."""
        terms = replace(self.terms, amount=self.out, months=months, plan=plan)
        return Model(terms, self.today, self.interest)

    def pay(self, amount: int, *, only_interest: bool = False) -> None:
        left = self._from(self.due_interest, amount)
        if not only_interest:
            left = self._from(self.due_principal, left)
        left = self._from(self.brought, left)
        part = min(left, self.accrued)
        self.settled += part
        if not only_interest:
            self._from(self.ahead, left - part)

    def _from(self, pile: list[int], amount: int) -> int:
        for n, there in enumerate(pile):
            part = min(there, amount)
            pile[n] -= part
            amount -= part
        return amount


STEPS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["pay", "pay", "waive"]), st.integers(1, 100)),
    max_size=8,
)


@given(
    st.dates(date(2019, 1, 1), date(2024, 12, 31)),
    st.sampled_from([("bullet", 5), ("monthly", 7), ("quarterly", 9)]),
    st.integers(1, 30_000_000), st.integers(0, 166), st.sampled_from([1, 1000]), STEPS,
)  # fmt: skip
def test_a_loan_lives_as_the_plain_model_does(
    start: date, plan: tuple[str, int], amount: int, rate: int, step: int,
    steps: list[tuple[int, str, int]],
) -> None:  # fmt: skip
    terms = Terms(amount, plan[1], LoanPlan(plan[0]), rate, step)
    model, day = Model(terms, start), start
    # Due on the very day, holidays or not: how a holiday moves it has examples of its own.
    due = tuple(ends(start, terms.months, terms.plan))
    facts: list[Fact] = [
        Applied("asked", start, terms), Approved("agreed", start), Disbursed("out", start, due)
    ]  # fmt: skip
    for n, (days, what, percent) in enumerate(steps):
        day += timedelta(days=days)
        model.live_until(day)
        interest = sum(model.due_interest) + model.accrued
        most = model.total() if what == "pay" else interest
        sum_ = -(-most * percent // 100)
        if not sum_:
            continue
        fact = Repaid(str(n), day, sum_) if what == "pay" else Waived(str(n), day, sum_)
        added(facts, fact)
        facts.append(fact)
        model.pay(sum_, only_interest=what == "waive")
        loan = replay(facts, day)
        now = owed(loan, day)
        assert (loan.principal, now.total) == (model.out, model.total())
        if not now.total:
            return
    for later in (1, 30, 200):
        model.live_until(day + timedelta(days=later))
        now = owed(replay(facts), model.today)
        over = model.today >= due[-1]
        due_now = sum(model.due_interest) + sum(model.due_principal)
        assert now.interest == sum(model.due_interest) + model.accrued
        assert now.principal == model.out
        assert now.due == due_now + (model.accrued if over else 0)
