"""Random months of a lending chapter, beside a plain model of the whole life of every loan.

Loans are asked for, approved, paid out, paid back (also told late), let off, written off,
recovered and taken back in whatever order. After every step each loan, every account and the cash
are what the model says that lives its loans day by day from the start, without whatever was taken
back; `solon verify` finds nothing; what was refused left no trace.
"""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

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
from app.loans.schedule import Terms, due_dates, ends
from tests.lent import Lends
from tests.rules.test_loan_model import Model
from tests.story import DAY, TODAY, StoryClock, a_chapter

NAMES = ("Lan", "Hoa", "Mai", "Na")
HAND = 3_000_000
AMOUNTS = st.sampled_from([100_000, 300_000, 701_000, 1_500_000])
PLANS = st.sampled_from([("monthly", 3), ("monthly", 1), ("bullet", 2), ("quarterly", 6)])
PARTS = st.integers(1, 110)  # percent of what is owed


@dataclass
class Act:
    """Something that happened to a loan; `entry` where money moved."""

    day: date
    what: str
    amount: int
    entry: str = ""


@dataclass
class Plain:
    """A loan lived anew, day by day, each time somebody looks."""

    terms: Terms
    start: date
    entry: str
    acts: list[Act] = field(default_factory=list)

    def stands(self, today: date) -> Counter[str]:
        """What is out, what it earned, what was lost, what came back; what is owed."""
        model, paid, lost = Model(self.terms, self.start), 0, 0
        recovered = 0
        for act in sorted(self.acts, key=lambda act: act.day):
            model.live_until(act.day)
            if act.what == "lost":
                lost = model.out
            elif act.what == "recovered":
                recovered += act.amount
            else:
                model.pay(act.amount, only_interest=act.what == "waived")
                paid += act.amount if act.what == "paid" else 0
        model.live_until(today)
        interest = paid - (self.terms.amount - model.out)
        return Counter({
            "loan": model.out - lost, "interest_income": interest, "loan_loss": lost,
            "loan_recovered": recovered, "owed": 0 if lost else model.total(),
            "cash_hand": paid + recovered - self.terms.amount,
        })  # fmt: skip


class Lending(RuleBasedStateMachine):
    """A chapter with one pig and much in hand."""

    def __init__(self, house: Settings, migrated_file: Path) -> None:
        super().__init__()
        self.end = ExitStack()
        folder = Path(mkdtemp())
        self.end.callback(shutil.rmtree, folder)
        shutil.copyfile(migrated_file, folder / "solon.db")
        self.clock, self.today = StoryClock(TODAY), TODAY
        self.end.enter_context(the_clock.told_by(self.clock, "story"))
        db = open_database(Settings(house.data, f"sqlite:///{folder / 'solon.db'}", house.pepper))
        self.end.callback(db.close)
        doai = a_chapter(db, " ".join(NAMES), loan_monthly_rate_bp=120, loans_stop_days_before=0,
                         one_loan_at_a_time=False)  # fmt: skip
        self.lends = Lends(doai)
        self.lends.till.opens("Lan 400.000", hand=HAND)
        self.asked: list[str] = []
        self.agreed: list[str] = []
        self.out: dict[str, Plain] = {}
        for name, months in (("Lan", 3), ("Hoa", 6)):  # so that the first steps find something
            loan = self.lends.asks(name, 900_000, months)
            self.lends.approves(loan, out_of_order_reason="họp quyết")
            paid = self.lends.pays_out(loan)
            self.out[loan] = Plain(self.lends.kept(loan).applied.terms, TODAY, paid.id)

    # What people do

    @rule(name=st.sampled_from(NAMES), amount=AMOUNTS, plan=PLANS)
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
        told = due_dates(self.today, terms.months, terms.plan)
        if list(told) != ends(self.today, terms.months, terms.plan):
            return  # a holiday moves a day: those have worked examples of their own
        paid = self.attempt(self.lends.pays_out, loan)
        if paid:
            self.agreed.remove(loan)
            self.out[loan] = Plain(terms, self.today, paid.id)

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
        cash = HAND + sum(life["cash_hand"] for life in lives.values())
        expected = Counter(
            {"cash_hand": cash, "savings": 400_000, "surplus": HAND - 400_000}
            | {kind: every[kind] for kind in ("interest_income", "loan_loss", "loan_recovered")}
            | {f"loan {loan}": life["loan"] for loan, life in lives.items()}
        )
        assert held == Counter({kind: sum_ for kind, sum_ in expected.items() if sum_})

    @invariant()
    def nothing_is_found(self) -> None:
        self.lends.till.adds_up()

    def teardown(self) -> None:
        self.end.close()


def test_random_months_of_lending(house: Settings, migrated_file: Path) -> None:
    run_state_machine_as_test(
        partial(Lending, house, migrated_file),
        settings=settings(max_examples=40, stateful_step_count=40, deadline=None),
    )
