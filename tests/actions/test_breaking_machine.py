"""Random years of a chapter that breaks its pig, beside a plain model.

Sheets, repayments, counts, new members and two signers come in whatever order, also with an old
preview in their hands. The model says of each act whether it must be refused, and what everybody
has afterwards; `solon verify` finds nothing; what was refused left no trace.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
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
from app.config import Settings
from app.db.engine import open_database
from app.db.tx import Tx
from app.errors import Refusal
from tests.broken import Breaks
from tests.lent import Lends
from tests.story import DAY, TODAY, StoryClock, a_chapter

STEP = 1_000
SIGNERS = ("treasurer", "head", "deputy")
VERDICTS = {-1: ("carried", "group_bears"), 0: ("carried",), 1: ("carried", "accepted")}


def divided(steps: int, weights: dict[str, int]) -> dict[str, int]:
    """Whole steps by weight, largest remainder; members are named in the order of the book."""
    whole = sum(weights.values())
    quotas = {name: Fraction(steps * weight, whole) for name, weight in weights.items() if weight}
    given = {name: int(quota) for name, quota in quotas.items()}
    order = [*weights]
    by_rest = sorted(
        quotas, key=lambda n: (given[n] - quotas[n], -weights[n], order.index(n))
    )  # fmt: skip
    for name in by_rest[: steps - sum(given.values())]:
        given[name] += 1
    return given


@dataclass
class Plain:
    """The pot as a child would keep it, and the breaking that goes on."""

    savings: dict[str, int]
    pot: int = 0
    hand: int = 0
    loan: int = 0
    surplus: int = 0
    pending: list[int] = field(default_factory=lambda: [0, 0])  # missing, too much
    open: bool = False
    count: tuple[int, str] | None = None
    takers: frozenset[str] = frozenset()
    version: int = 0  # of everything a signature rests on
    signed: tuple[str, int] | None = None

    @property
    def cash(self) -> int:
        return self.pot + self.hand

    def pends(self, difference: int) -> None:
        self.pending[difference > 0] += abs(difference)

    def stops(self) -> None:
        if self.count is not None:
            difference = self.count[0] - self.cash
            self.pends(difference)
            from_pot = min(-difference, self.pot) if difference < 0 else -difference
            self.pot -= from_pot
            self.hand += difference + from_pot
        self.open = False

    def breaks(self) -> None:
        assert self.count is not None
        counted, verdict = self.count
        difference = counted - self.cash
        if verdict == "carried":
            self.pends(difference)
        else:
            self.surplus += difference
        self.pot, self.hand = 0, counted
        before = dict(self.savings)
        steps = abs(self.surplus) // STEP
        sign = 1 if self.surplus > 0 else -1
        if sum(before.values()):
            steps = steps if sign > 0 else min(steps, sum(v // STEP for v in before.values()))
            for name, part in divided(steps, before).items():
                self.savings[name] += sign * part * STEP
                self.surplus -= sign * part * STEP
        wants = {n: amount if n in self.takers else 0 for n, amount in self.savings.items()}
        paid = {n: want // STEP for n, want in wants.items()}
        if sum(paid.values()) * STEP > self.hand:
            paid = divided(self.hand // STEP, wants)
        for name, part in paid.items():
            self.savings[name] -= part * STEP
            self.hand -= part * STEP
        self.open = False


class Breaking(RuleBasedStateMachine):
    """A chapter with a pig, a loan that is out, and four officers."""

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
        self.doai = a_chapter(db, "Lan Hoa Mai", loans_stop_days_before=0)
        lends = self.lends = Lends(self.doai)
        lends.till.opens("Lan 60.000", hand=63_000)
        self.loan = lends.lent("Hoa", 40_000, 10)
        self.plain = Plain({"Lan": 60_000, "Hoa": 0, "Mai": 0}, hand=23_000, loan=40_000,
                           surplus=3_000)  # fmt: skip
        self.breaks = Breaks(self.doai)
        self.began: date | None = None  # the day on which the cycle began, if by a breaking
        self.previews: list[tuple[str, int]] = []

    # What people do

    @rule(name=st.sampled_from(["Lan", "Hoa", "Mai"]), thousands=st.integers(1, 30))
    def sheet(self, name: str, thousands: int) -> None:
        amount = thousands * 1_000
        if self.tried(self.plain.open, self.doai.sheet, f"{name} {amount}/1"):
            self.plain.savings[name] += amount
            self.plain.pot += amount

    @rule(thousands=st.integers(1, 5))
    def repay(self, thousands: int) -> None:
        amount = min(thousands * 1_000, self.plain.loan)
        if amount and self.tried(self.plain.open, self.lends.repays, self.loan, amount):
            self.plain.loan -= amount
            self.plain.hand += amount

    @rule()
    def count_the_hand(self) -> None:
        self.tried(self.plain.open, self.lends.till.counts, "hand", self.plain.hand)

    @precondition(lambda self: len(self.plain.savings) < 6)
    @rule()
    def join(self) -> None:
        """What is signed rests on who is a member, too."""
        name = f"Chị{len(self.plain.savings)}"
        self.doai.join(name, on=self.today)
        self.plain.savings[name] = 0
        self.plain.version += 1

    @precondition(lambda self: not self.plain.open)
    @rule()
    def open(self) -> None:
        if self.tried(self.began == self.today, self.breaks.opens):
            self.plain.open, self.plain.count = True, None
            self.plain.takers, self.plain.signed = frozenset(), None
            self.previews = []

    @precondition(lambda self: self.plain.open)
    @rule(off=st.sampled_from([-2, -1, 0, 0, 1, 3]), borne=st.booleans())
    def count(self, off: int, borne: bool) -> None:
        counted = max(self.plain.cash + off * 1_000, 0)
        off = (counted > self.plain.cash) - (counted < self.plain.cash)
        verdict = VERDICTS[off][-1 if borne else 0]
        if self.tried(not self.plain.open, self.breaks.counts, counted, verdict):
            self.plain.count, self.plain.signed = (counted, verdict), None
            self.plain.version += 1

    @precondition(lambda self: self.plain.open)
    @rule(takers=st.sets(st.sampled_from(["Lan", "Hoa", "Mai"])))
    def decide(self, takers: set[str]) -> None:
        said = ", ".join(f"{name} -/0/0" for name in sorted(takers)) or "Lan 0/-/0"
        impossible = not self.plain.open or self.plain.count is None
        if self.tried(impossible, self.breaks.decides, said):
            self.plain.takers, self.plain.signed = frozenset(takers), None
            self.plain.version += 1

    @precondition(lambda self: self.plain.open and self.plain.count)
    @rule()
    def look(self) -> None:
        self.previews.append((self.breaks.plan().fingerprint, self.plain.version))

    @precondition(lambda self: self.plain.open and self.previews)
    @rule(data=st.data(), who=st.sampled_from(SIGNERS), lately=st.booleans())
    def sign(self, data: st.DataObject, who: str, lately: bool) -> None:
        shown = self.previews[-1] if lately else data.draw(st.sampled_from(self.previews))
        self.sign_with(shown, who)

    def sign_with(self, shown: tuple[str, int], who: str) -> None:
        plain = self.plain
        first = plain.signed[0] if plain.signed and plain.signed[1] == plain.version else None
        one_side = first is not None and (first == "treasurer") == (who == "treasurer")
        impossible = shown[1] != plain.version or one_side
        by = getattr(self.doai, who)
        if not self.tried(impossible, self.breaks.signs, by, fingerprint=shown[0]):
            return
        if first is None:
            plain.signed = (who, plain.version)
        else:
            plain.breaks()
            self.began = self.today

    @precondition(lambda self: self.plain.open)
    @rule(really=st.booleans())
    def stop(self, really: bool) -> None:
        """Not each time, or nothing else would come to an end."""
        if really and self.tried(False, self.breaks.abandons):
            self.plain.stops()

    @precondition(lambda self: self.breaks.id)
    @rule()
    def too_late_or_twice(self) -> None:
        """What has ended takes nothing more, and nothing is opened twice."""
        if self.plain.open:
            self.tried(True, Breaks(self.doai).opens)
            return
        for act, *args in (
            (self.breaks.counts, 1_000), (self.breaks.decides, "Lan -/0/0"),
            (self.breaks.abandons,), (partial(self.breaks.signs, fingerprint="0" * 64),),
        ):  # fmt: skip
            self.tried(True, act, *args)

    @precondition(lambda self: not self.plain.open)
    @rule(days=st.integers(1, 200))
    def sleep(self, days: int) -> None:
        self.today += days * DAY
        self.clock.tell(self.today)

    @rule(
        days=st.integers(0, 200),
        off=st.sampled_from([-2, -1, 0, 1, 3]),
        borne=st.booleans(),
        takers=st.none() | st.sets(st.sampled_from(["Lan", "Hoa", "Mai"])),
        who=st.sampled_from([*SIGNERS, "nobody"]),
    )
    def go_on_to_the_end(
        self, days: int, off: int, borne: bool, takers: set[str] | None, who: str
    ) -> None:
        """Or random steps would seldom come so far."""
        if not self.plain.open:
            self.sleep(days)
            self.open()
        if self.plain.open and (self.plain.count is None or off):
            self.count(off, borne)
        if self.plain.open and takers is not None:
            self.decide(takers)
        if self.plain.open:
            self.look()
        if who == "nobody":
            self.stop(really=self.plain.open)
            return
        for signer in (who, "head" if who == "treasurer" else "treasurer"):
            if self.plain.open:
                self.sign_with(self.previews[-1], signer)

    def tried(self, impossible: bool, act: Any, *args: Any, **more: Any) -> bool:
        """Whether it was done: exactly when the model says it can be; refused it leaves no trace."""
        before = self.doai.head_now()
        try:
            act(*args, **more)
        except Refusal as refusal:
            assert impossible, refusal.code
            assert self.doai.head_now() == before
            return False
        assert not impossible
        return True

    # How the book stands

    @invariant()
    def every_account_is_what_the_model_says(self) -> None:
        names = {member: name for name, member in self.doai.members.items()}
        sql = "SELECT kind, owner_id, balance FROM account WHERE balance <> 0"
        held = {
            f"{kind} {names[owner]}" if owner in names else kind: balance
            for kind, owner, balance in self.doai.db.read_now(Tx.rows, sql)
        }
        plain = self.plain
        expected = {
            "cash_pot": plain.pot, "cash_hand": plain.hand, "loan": plain.loan,
            "surplus": plain.surplus, "shortage_pending": plain.pending[0],
            "overage_pending": plain.pending[1],
        } | {f"savings {name}": amount for name, amount in plain.savings.items()}  # fmt: skip
        assert held == {kind: amount for kind, amount in expected.items() if amount}

    @invariant()
    def nothing_is_found(self) -> None:
        self.lends.till.adds_up()

    def teardown(self) -> None:
        self.end.close()


def test_random_years_of_breaking(house: Settings, migrated_file: Path) -> None:
    run_state_machine_as_test(
        partial(Breaking, house, migrated_file),
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
    )
