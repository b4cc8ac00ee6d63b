"""Random days of a chapter's cash: whatever is done in whatever order, the identities hold.

Sheets (also of past days), counts that agree or not, decisions, moves, expenses, debts paid and
reversals, by a treasurer and a head who does not always sign. After every step: the pot's identity
worked out anew, nothing below zero, what was counted untouched, what was refused without a trace;
a reversal is the exact opposite.
"""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
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
from app.cash.writing import Counted
from app.config import Settings
from app.db.engine import open_database
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger.receipts import EntryPosted, Receipt
from tests.story import DAY, TODAY, StoryClock, a_chapter
from tests.till import Till

NAMES = ("Lan", "Hoa", "Mai")
PLACES = st.sampled_from(["pot", "pot", "hand"])
AMOUNTS = st.sampled_from([1_000, 2_000, 5_000, 20_000, 90_000])
OFF = st.sampled_from([0, 0, 0, -1_000, -7_000, 500, 12_000])
AGO = st.sampled_from([0, 0, 0, 1, 2])
OUTCOMES = st.sampled_from(["carried", "keeper_owes", "group_bears", "accepted"])
CASH = ("cash_pot", "cash_hand")
Book = Counter[str]


class Cash(RuleBasedStateMachine):
    """A chapter with one pig."""

    def __init__(self, house: Settings, migrated_file: Path) -> None:
        super().__init__()
        self.end = ExitStack()
        folder = Path(mkdtemp())
        self.end.callback(shutil.rmtree, folder)
        shutil.copyfile(migrated_file, folder / "solon.db")
        self.clock = StoryClock(TODAY)
        self.end.enter_context(the_clock.told_by(self.clock, "story"))
        url = f"sqlite:///{folder / 'solon.db'}"
        self.db = open_database(Settings(house.data, url, house.pepper))
        self.end.callback(self.db.close)
        self.doai = a_chapter(self.db, " ".join(NAMES), pig_from=TODAY - 9 * DAY,
                              expense_limit=2_000)  # fmt: skip
        self.till = Till(self.doai)
        self.today = TODAY
        self.entries: list[str] = []
        self.counts: list[Counted] = []
        self.waiting: list[Waiting] = []
        self.till.sheet("Lan 90.000/9, Hoa 90.000/9", on=TODAY - DAY)
        self.till.moves("pot", "hand", 60_000, on=TODAY - DAY)
        self.till.signs(self.till.counts("hand", 80_000, "accepted", on=TODAY - DAY))

    # What people do

    @rule(name=st.sampled_from(NAMES), amount=AMOUNTS, ago=AGO, counted=st.booleans())
    def collect(self, name: str, amount: int, ago: int, counted: bool) -> None:
        before = self.accounts()
        done = self.attempt(self.till.sheet, f"{name} {amount}/1", on=self.today - ago * DAY,
                            reason="mưa bão", counted=counted)  # fmt: skip
        self.keep(done)
        if isinstance(done, EntryPosted):
            hers = f"savings {self.doai.members[name]}"
            assert self.accounts() - before == Counter({"cash_pot": amount, hers: amount})

    @rule(place=PLACES, off=OFF, outcome=OUTCOMES, ago=AGO)
    def count(self, place: str, off: int, outcome: str, ago: int) -> None:
        there = self.accounts()[f"cash_{place}"]
        done = self.attempt(self.till.counts, place, max(there + off, 0), outcome,
                            on=self.today - ago * DAY)  # fmt: skip
        self.keep(done)
        if isinstance(done, Counted):
            self.counts.append(done)

    @precondition(lambda self: any(count.difference for count in self.counts))
    @rule(data=st.data(), outcome=OUTCOMES)
    def settle(self, data: st.DataObject, outcome: str) -> None:
        count = data.draw(st.sampled_from([c for c in self.counts if c.difference]))
        self.keep(self.attempt(self.till.settles, count, outcome))

    @rule(ends=st.permutations(["pot", "hand", "bank"]), amount=AMOUNTS, all_of_it=st.booleans(),
          ago=AGO)  # fmt: skip
    def move(self, ends: list[str], amount: int, all_of_it: bool, ago: int) -> None:
        much = self.accounts()[f"cash_{ends[0]}"] if all_of_it else amount
        on = self.today - ago * DAY
        waits = self.attempt(self.till.asks_to_move, *ends[:2], much, on=on, reason="muộn")
        if waits and not (all_of_it and self.attempt(self.till.signs, waits)):
            self.waiting.append(waits)

    @rule(amount=st.sampled_from([500, 1_000, 3_000]))
    def spend(self, amount: int) -> None:
        self.keep(self.attempt(self.till.spends, amount))

    @rule(amount=st.sampled_from([500, 1_000, 7_000]))
    def pay_debt(self, amount: int) -> None:
        self.keep(self.attempt(self.till.takes_debt, self.doai.treasurer.person_id, amount))

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """Taken back on the spot, every account stands as if it had never been."""
        entry = data.draw(st.sampled_from(self.entries))
        before, counted = self.accounts(), self.counted_since(entry)
        effect = self.effect(entry)
        done = self.attempt(self.doai.reverse, EntryPosted(entry, 0, [], Receipt(0, "")))
        if isinstance(done, Waiting) and (told := self.attempt(self.till.signs, done)):
            done = told
        if done is None or isinstance(done, Waiting):
            return
        changed = Counter(self.accounts())
        changed.subtract(before)
        if not counted:
            assert {k: v for k, v in changed.items() if v} == {
                k: -v for k, v in effect.items() if v
            }
        assert not counted or all(changed[kind] == 0 for kind in self.touched_counted(entry))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def sign(self, data: st.DataObject) -> None:
        waits = data.draw(st.sampled_from(self.waiting))
        told = self.attempt(self.till.signs, waits)
        if told:
            self.waiting.remove(waits)
            self.entries.append(told["id"])

    @rule()
    def sleep(self) -> None:
        self.today += DAY
        self.clock.tell(self.today)

    def keep(self, done: Any) -> None:
        if isinstance(done, Waiting) and done not in self.waiting:
            self.waiting.append(done)
        elif isinstance(done, EntryPosted):
            self.entries.append(done.id)

    def attempt(self, act: Any, *args: Any, **more: Any) -> Any:
        """What is refused leaves no trace; what is done is answered."""
        before = self.rows()
        try:
            return act(*args, **more)
        except Refusal:
            assert self.rows() == before
            return None

    # How the book stands

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            self.db.read_now(Tx.rows, f"SELECT count(*) FROM {table}")[0]
            for table in ("trail", "movement", "cash_count", "difference", "difference_settled",
                          "approval", "stored_reply")
        ] + self.db.read_now(Tx.rows, "SELECT no, balance, periods FROM account")  # fmt: skip

    def accounts(self) -> Book:
        sql = "SELECT kind, owner_id, balance FROM account WHERE pot_id = ?"
        rows = self.db.read_now(Tx.rows, sql, (self.till.pot,))
        return Counter(
            {kind if owner == self.till.pot else f"{kind} {owner}": balance
             for kind, owner, balance in rows if balance}
        )  # fmt: skip

    def effect(self, entry: str) -> Book:
        """What an entry did to each account, on that account's own side."""
        sql = (
            "SELECT m.amount, d.kind, d.owner_id, c.kind, c.owner_id FROM entry e JOIN movement m"
            " ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
            " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
            " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no WHERE e.id = ?"
        )
        done: Book = Counter()
        debit_side = ("cash", "receivable", "shortage", "expense")
        for amount, debit, of_debit, credit, of_credit in self.db.read_now(Tx.rows, sql, (entry,)):
            for kind, owner, sign in ((debit, of_debit, 1), (credit, of_credit, -1)):
                name = kind if owner == self.till.pot else f"{kind} {owner}"
                own = kind.startswith(debit_side) and kind != "cash_over"
                done[name] += amount * sign * (1 if own else -1)
        return done

    def touched_counted(self, entry: str) -> list[str]:
        return [kind for kind in CASH if self.effect(entry)[kind] and self._counted(entry, kind)]

    def counted_since(self, entry: str) -> bool:
        return bool(self.touched_counted(entry))

    def _counted(self, entry: str, kind: str) -> bool:
        sql = (
            "SELECT count(*) FROM cash_count c JOIN entry e ON e.id = ? AND c.seq > e.seq"
            " AND c.day >= e.day WHERE c.place = ?"
        )
        found = self.db.read_now(Tx.rows, sql, (entry, kind.removeprefix("cash_")))
        return bool(found[0][0])

    @invariant()
    def the_pots_identity_holds(self) -> None:
        self.till.adds_up()

    @invariant()
    def what_was_counted_stays(self) -> None:
        self.till.counted_cash_stays()

    def teardown(self) -> None:
        self.end.close()


def test_random_days_of_the_cash(house: Settings, migrated_file: Path) -> None:
    run_state_machine_as_test(
        partial(Cash, house, migrated_file),
        settings=settings(max_examples=80, stateful_step_count=40, deadline=None),
    )
