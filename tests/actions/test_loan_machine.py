"""Random months of a lending chapter, beside a plain model of the whole life of every loan.

Loans of all three plans are asked for, approved, paid out, paid back (also told late), given a new
plan, let off, written off, recovered and taken back in whatever order; some members leave, and
what they owe is set off. After every step each loan, every account and the cash
are what the model says that lives its loans day by day from the start, without whatever was taken
back; `solon verify` finds nothing; what was refused left no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app import clock as the_clock
from app.approvals.actions import Waiting
from app.config import Settings
from app.db.engine import open_database
from app.db.tx import Tx
from app.errors import Refusal
from app.loan_terms import LoanPlan
from app.loans.schedule import Terms, due_dates, ends
from tests.actions.settled import leave
from tests.conftest import postgres_book, sqlite_book
from tests.lent import Lends
from tests.rules.test_loan_model import Model
from tests.story import DAY, TODAY, StoryClock, a_chapter

HAND = 4_000_000
SAVED = {"Lan": 400_000, "Hoa": 300_000, "Mai": 200_000, "Na": 100_000}
STAYING = 2  # the others may leave
AMOUNTS = st.sampled_from([100_000, 300_000, 701_000, 1_500_000])
PLANS = st.sampled_from(
    [("monthly", 3), ("monthly", 1), ("bullet", 2), ("quarterly", 6), ("quarterly", 3)]
)
PARTS = st.integers(1, 110)  # percent of what is owed


@dataclass
class Act:
    """Something that happened to a loan; `entry` where money moved that may be taken back."""

    day: date
    what: str
    amount: int
    entry: str = ""
    plan: tuple[str, int] = ("", 0)


@dataclass
class Plain:
    """A loan lived anew, day by day, each time somebody looks."""

    whose: str
    terms: Terms
    start: date
    entry: str
    acts: list[Act] = field(default_factory=list)

    def stands(self, today: date) -> Counter[str]:
        """What is out, what it earned, what was lost, what came back; what is owed."""
        model, paid, lost = Model(self.terms, self.start), 0, 0
        recovered = set_off = 0
        for act in sorted(self.acts, key=lambda act: act.day):
            model.live_until(act.day)
            if act.what == "lost":
                lost = model.out
            elif act.what == "recovered":
                recovered += act.amount
            elif act.what == "planned":
                model = model.planned_anew(act.plan[1], LoanPlan(act.plan[0]))
            else:
                model.pay(act.amount, only_interest=act.what == "waived")
                paid += act.amount if act.what == "paid" else 0
                set_off += act.amount if act.what == "set off" else 0
        model.live_until(today)
        interest = paid + set_off - (self.terms.amount - model.out)
        return Counter({
            "loan": model.out - lost, "interest_income": interest, "loan_loss": lost,
            "loan_recovered": recovered, "owed": 0 if lost else model.total(),
            "cash_hand": paid + recovered - self.terms.amount, "savings": -set_off,
        })  # fmt: skip


class Lending(RuleBasedStateMachine):
    """A chapter with one pig and much in hand."""

    def __init__(self, fresh: Callable[[], AbstractContextManager[Settings]]) -> None:
        super().__init__()
        self.end = ExitStack()
        self.clock, self.today = StoryClock(TODAY), TODAY
        self.end.enter_context(the_clock.told_by(self.clock, "story"))
        db = open_database(self.end.enter_context(fresh()))
        self.end.callback(db.close)
        doai = a_chapter(db, " ".join(SAVED), loan_monthly_rate_bp=120, loans_stop_days_before=0,
                         one_loan_at_a_time=False)  # fmt: skip
        self.lends = Lends(doai)
        self.lends.till.opens(", ".join(f"{n} {has}" for n, has in SAVED.items()), hand=HAND)
        self.asked: list[str] = []
        self.agreed: list[str] = []
        self.gone: dict[str, int] = {}  # who left: what she was paid
        self.out: dict[str, Plain] = {}
        # So that the first steps find something: one of each plan.
        for name, plan, months in (
            ("Lan", "monthly", 3),
            ("Hoa", "quarterly", 6),
            ("Na", "bullet", 2),
        ):
            loan = self.lends.asks(name, 700_000, months, plan)
            self.lends.approves(loan, out_of_order_reason="họp quyết")
            self.is_out(loan, self.lends.pays_out(loan).id)

    def is_out(self, loan: str, entry: str) -> None:
        of = self.lends.kept(loan)
        self.out[loan] = Plain(of.name.split()[-1], of.applied.terms, self.today, entry)

    # What people do

    @rule(name=st.sampled_from(sorted(SAVED)), amount=AMOUNTS, plan=PLANS)
    def ask(self, name: str, amount: int, plan: tuple[str, int]) -> None:
        loan = self.attempt(self.lends.asks, name, amount, plan[1], plan[0])
        self.asked += [loan] if loan else []

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), agree=st.booleans())
    def decide(self, data: st.DataObject, agree: bool) -> None:
        loan = data.draw(st.sampled_from(self.asked))
        if not agree:
            self.lends.refuses(loan)
        elif self.attempt(self.lends.approves, loan, out_of_order_reason="họp quyết") is None:
            return
        else:
            self.agreed.append(loan)
        self.asked.remove(loan)

    @precondition(lambda self: self.agreed)
    @rule(data=st.data())
    def pay_out(self, data: st.DataObject) -> None:
        loan = data.draw(st.sampled_from(self.agreed))
        terms = self.lends.kept(loan).applied.terms
        if self.meets_a_holiday(terms.months, terms.plan):
            return
        paid = self.attempt(self.lends.pays_out, loan)
        if paid:
            self.agreed.remove(loan)
            self.is_out(loan, paid.id)

    def meets_a_holiday(self, months: int, plan: LoanPlan) -> bool:
        """Which moves a day: those have worked examples of their own."""
        return list(due_dates(self.today, months, plan)) != ends(self.today, months, plan)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), percent=PARTS, ago=st.sampled_from([0, 0, 0, 3, 20]))
    def repay(self, data: st.DataObject, percent: int, ago: int) -> None:
        loan, plain = self.draw(data)
        owed = plain.stands(self.today)["owed"]
        amount, day = max(owed * percent // 100, 1), self.today - ago * DAY
        done = self.attempt(self.lends.repays, loan, amount, on=day)
        if done:
            plain.acts.append(Act(day, "paid", amount, done.id))
        assert done or ago or amount > owed

    @precondition(lambda self: self.out)
    @rule(data=st.data(), amount=st.sampled_from([1_000, 2_000, 9_000]))
    def waive(self, data: st.DataObject, amount: int) -> None:
        loan, plain = self.draw(data)
        if waits := self.attempt(self.lends.asks_to_waive, loan, amount):
            self.lends.till.signs(waits)
            plain.acts.append(Act(self.today, "waived", amount))

    @precondition(lambda self: self.out)
    @rule(data=st.data(), plan=PLANS)
    def plan_anew(self, data: st.DataObject, plan: tuple[str, int]) -> None:
        loan, plain = self.draw(data)
        if self.meets_a_holiday(plan[1], LoanPlan(plan[0])):
            return
        if waits := self.attempt(self.lends.asks_to_reschedule, loan, plan[1], plan[0]):
            self.lends.till.signs(waits)
            plain.acts.append(Act(self.today, "planned", 0, plan=plan))

    @precondition(lambda self: len(self.gone) < len(SAVED) - STAYING)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """Her savings go to what she owes, loan by loan as she asked; the rest is hers."""
        name = data.draw(st.sampled_from(sorted(set(SAVED) - set(self.gone))))
        done = leave(self.lends.doai, name)
        left = SAVED[name]
        for plain in (self.out[loan] for loan in sorted(self.out)):
            part = min(plain.stands(self.today)["owed"], left) if plain.whose == name else 0
            if part:
                plain.acts.append(Act(self.today, "set off", part))
            left -= part
        assert (done.set_off, done.claim) == (SAVED[name] - left, left)
        assert done.paid + done.awaiting == left
        self.gone[name] = done.paid

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def write_off(self, data: st.DataObject) -> None:
        loan, plain = self.draw(data)
        if waits := self.attempt(self.lends.asks_to_write_off, loan):
            self.lends.till.signs(waits)
            entry = self.lends.kept(loan).told[-1].entry_id or ""
            plain.acts.append(Act(self.today, "lost", 0, entry))

    @precondition(lambda self: self.out)
    @rule(data=st.data(), amount=st.sampled_from([1_000, 50_000, 400_000]))
    def recover(self, data: st.DataObject, amount: int) -> None:
        loan, plain = self.draw(data)
        if done := self.attempt(self.lends.recovers, loan, amount):
            plain.acts.append(Act(self.today, "recovered", amount, done.id))

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        loan, plain = self.draw(data)
        entries = [plain.entry, *(act.entry for act in plain.acts if act.entry)]
        entry = data.draw(st.sampled_from(entries))
        done = self.attempt(self.lends.asks_to_take_back, entry)
        if isinstance(done, Waiting):
            done = self.attempt(self.lends.till.signs, done)
        if not done:
            return
        if entry == plain.entry:
            del self.out[loan]
            self.agreed.append(loan)
        plain.acts = [act for act in plain.acts if act.entry != entry]

    @precondition(lambda self: self.out)
    @rule(data=st.data(), days=st.integers(1, 40), percent=st.integers(1, 40))
    def months_go_by(self, data: st.DataObject, days: int, percent: int) -> None:
        """Two repayments with time between: the first may be taken back under the second."""
        for _ in range(2):
            self.sleep(days)
            self.repay(data, percent, 0)

    @rule(days=st.integers(1, 40))
    def sleep(self, days: int) -> None:
        self.today += days * DAY
        self.clock.tell(self.today)

    def draw(self, data: st.DataObject) -> tuple[str, Plain]:
        return data.draw(st.sampled_from(sorted(self.out.items(), key=lambda item: item[0])))

    def attempt(self, act: Any, *args: Any, **more: Any) -> Any:
        """What is refused leaves no trace; what is done is answered."""
        before = self.lends.doai.head_now()
        try:
            return act(*args, **more) or "done"
        except Refusal:
            assert self.lends.doai.head_now() == before
            return None

    # How the book stands

    @invariant()
    def every_account_is_what_the_model_says(self) -> None:
        lives = {loan: plain.stands(self.today) for loan, plain in self.out.items()}
        every: Counter[str] = sum(lives.values(), Counter())
        sql = "SELECT kind, owner_id, balance FROM account WHERE balance <> 0"
        held: Counter[str] = Counter()
        for kind, owner, balance in self.lends.doai.db.read_now(Tx.rows, sql):
            held[f"{kind} {owner}" if kind == "loan" else kind] += balance
        saved, paid = sum(SAVED.values()), sum(self.gone.values())
        cash = HAND + sum(life["cash_hand"] for life in lives.values()) - paid
        savings = saved + sum(life["savings"] for life in lives.values()) - paid
        expected = Counter(
            {"cash_hand": cash, "savings": savings, "surplus": HAND - saved}
            | {kind: every[kind] for kind in ("interest_income", "loan_loss", "loan_recovered")}
            | {f"loan {loan}": life["loan"] for loan, life in lives.items()}
        )
        assert held == Counter({kind: sum_ for kind, sum_ in expected.items() if sum_})

    @invariant()
    def nothing_is_found(self) -> None:
        self.lends.till.adds_up()

    def teardown(self) -> None:
        self.end.close()


@pytest.mark.parametrize(("book", "examples"), [("sqlite", 40), ("postgres", 10)])
def test_random_months_of_lending(
    request: pytest.FixtureRequest, house: Settings, tmp_path_factory: pytest.TempPathFactory,
    book: str, examples: int,
) -> None:  # fmt: skip
    """Fewer on PostgreSQL: the life of a loan is the same, only the rows lie elsewhere."""

    def fresh() -> AbstractContextManager[Settings]:
        if book == "postgres":
            return postgres_book(house, request.getfixturevalue("postgres"))
        file = request.getfixturevalue("migrated_file")
        return sqlite_book(house, file, tmp_path_factory.mktemp("machine"))

    run_state_machine_as_test(
        partial(Lending, fresh),
        settings=settings(max_examples=examples, stateful_step_count=40, deadline=None),
    )
