"""Random days of a chapter against a few lines of plain Python that keep the same book.

The model knows nothing of accounts or seals: a sheet adds to a woman's sum, a reversal takes off.
"""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

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
from app.ledger.receipts import EntryPosted, PostedLine, Receipt
from app.terms import BelongsTo, Kept
from tests.story import DAY, TODAY, StoryClock, a_chapter, a_key

NAMES = ("Lan", "Hoa", "Mai")
PIG_FROM = TODAY - timedelta(days=12)
MAI_JOINED = TODAY - timedelta(days=3)
STRANGER = "0197a000-0000-7000-8000-000000000000"

AMOUNTS = st.sampled_from([1_000, 5_000, 2_500, 100_000])
RIGHT = st.tuples(st.sampled_from(NAMES), AMOUNTS, st.sampled_from([1, 1, 0]))
ANY = st.tuples(
    st.sampled_from([*NAMES, *NAMES, STRANGER]),
    st.one_of(AMOUNTS, st.sampled_from([999, 0])),
    st.sampled_from([1, 1, 0, 2, 5]),
)
LINES = st.one_of(
    *[st.lists(RIGHT, min_size=1, max_size=3, unique_by=lambda line: line[0])] * 3,
    st.lists(ANY, min_size=1, max_size=4),
)
AGO = st.sampled_from([0, 0, 0, 0, 0, 1, 1, 3, 7, 8, 12, 13, -1])


@dataclass
class Written:
    """An entry as the model keeps it: who, đồng (negative: taken out), periods."""

    posted: EntryPosted
    pot: str
    day: date
    recorded: date
    lines: list[tuple[str, int, int]]
    reversal: bool = False
    gone: set[int] = field(default_factory=set)
    asked: set[frozenset[int]] = field(default_factory=set)  # lines that wait for the head


class Chapter(RuleBasedStateMachine):
    """A chapter with a pig of its members, a fund, and a pig at home."""

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
        self.doai = a_chapter(self.db, "Lan Hoa", pig_from=PIG_FROM)
        self.doai.join("Mai", on=MAI_JOINED)
        fund = self.doai.open_pot(on=PIG_FROM, belongs_to=BelongsTo.FUND, name="quỹ")
        home = self.doai.open_pot(on=PIG_FROM, kept=Kept.HOME, name="ở nhà")
        self.pots = {"pig": self.doai.pot, "fund": fund, "home": home}
        self.today = TODAY
        self.book: list[Written] = []
        self.last_sheet: tuple[object, ...] | None = None

    # What people do

    @rule(pot=st.sampled_from(["pig", "pig", "fund", "home"]), ago=AGO, lines=LINES,
          reason=st.booleans())  # fmt: skip
    def post(self, pot: str, ago: int, lines: list[tuple[str, int, int]], reason: bool) -> None:
        day, key = self.today - ago * DAY, a_key()
        text = ", ".join(f"{name} {amount}/{periods}" for name, amount, periods in lines)
        more = {"reason": "mưa bão"} if reason else {}
        ask = partial(self.doai.sheet, text, on=day, pot=self.pots[pot], key=key, **more)
        right = (
            pot != "home"
            and ago >= 0
            and (ago <= 7 or reason)
            and day >= PIG_FROM
            and len({name for name, *_ in lines}) == len(lines)
            and all(self.line_is_right(day, *line) for line in lines)
        )
        posted = self.attempt(right, ask)
        if posted:
            self.book.append(Written(posted, pot, day, self.today, lines))
            self.last_sheet = (ask, posted)

    def line_is_right(self, day: date, name: str, amount: int, periods: int) -> bool:
        return (
            name in NAMES
            and not (name == "Mai" and day < MAI_JOINED)
            and amount >= max(1_000, 1_000 * periods)
        )

    @precondition(lambda self: self.book)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        written = data.draw(st.sampled_from(self.book))
        names = [name for name, *_ in written.lines]
        chosen = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
        wanted = {n for n, name in enumerate(names) if name in chosen}
        standing = set(range(len(names))) - written.gone
        taken = wanted or standing
        waits_already = any(taken & asked for asked in written.asked - {frozenset(taken)})
        right = not written.reversal and bool(taken) and not taken & written.gone
        right = right and not waits_already
        answer = self.attempt(right, partial(self.doai.reverse, written.posted, *chosen))
        if isinstance(answer, Waiting):
            assert written.recorded != self.today
            written.asked.add(frozenset(taken))
            answer = self.signed(answer) if data.draw(st.booleans()) else None
        if answer:
            written.gone |= taken
            written.asked.discard(frozenset(taken))
            opposite = [
                (name, -amount, -periods)
                for n, (name, amount, periods) in enumerate(written.lines)
                if n in taken
            ]
            self.book.append(Written(answer, written.pot, self.today, self.today, opposite, True))

    def signed(self, waits: Waiting) -> EntryPosted:
        """The head signs what waited."""
        told = self.doai.signs(self.doai.head, waits)
        lines = [PostedLine(**line) for line in told["lines"]]
        return EntryPosted(told["id"], told["total"], lines, Receipt(**told["receipt"]))

    @precondition(lambda self: self.last_sheet)
    @rule()
    def tap_again(self) -> None:
        """The same key: the same receipt, and nothing more in the book."""
        assert self.last_sheet is not None
        ask, posted = self.last_sheet
        assert ask() == posted  # type: ignore[operator]

    @rule()
    def sleep(self) -> None:
        self.today += DAY
        self.clock.tell(self.today)

    def attempt(self, right: bool, act: object) -> EntryPosted | Waiting | None:
        """The book must refuse exactly what the model finds wrong."""
        try:
            posted: EntryPosted | Waiting = act()  # type: ignore[operator]
        except Refusal as refusal:
            assert not right, refusal.code
            return None
        assert right
        return posted

    # What must always be so

    @invariant()
    def balances_are_the_models(self) -> None:
        expected: Counter[tuple[str, str]] = Counter()
        covered: Counter[tuple[str, str]] = Counter()
        for written in self.book:
            for name, amount, periods in written.lines:
                expected[written.pot, name] += amount
                expected[written.pot, "cash"] += amount
                covered[written.pot, name] += periods
        pots = {pot_id: pot for pot, pot_id in self.pots.items()}
        names = {member_id: name for name, member_id in self.doai.members.items()}
        sql = "SELECT pot_id, kind, owner_id, balance, periods FROM account"
        rows = self.db.read_now(Tx.rows, sql)
        stored = {(pots[pot], names.get(owner, "cash")): (balance, periods)
                  for pot, _, owner, balance, periods in rows}  # fmt: skip
        assert stored == {at: (expected[at], covered[at]) for at in expected}

    @invariant()
    def totals_are_the_models(self) -> None:
        into: Counter[tuple[str, str]] = Counter()
        out: Counter[tuple[str, str]] = Counter()
        for written in self.book:
            for _, amount, _ in written.lines:
                at = (self.pots[written.pot], written.day.isoformat())
                (into if amount > 0 else out)[at] += abs(amount)
        sql = "SELECT pot_id, day, debit, credit FROM day_total WHERE kind = 'cash_pot'"
        rows = self.db.read_now(Tx.rows, sql)
        days = into.keys() | out.keys()
        assert {(pot, day): (debit, credit) for pot, day, debit, credit in rows} == {
            at: (into[at], out[at]) for at in days
        }

    def teardown(self) -> None:
        with self.end:
            assert self.doai.findings() == []


def test_random_days_of_a_chapter(house: Settings, migrated_file: Path) -> None:
    run_state_machine_as_test(
        partial(Chapter, house, migrated_file),
        settings=settings(max_examples=50, stateful_step_count=30, deadline=None),
    )
