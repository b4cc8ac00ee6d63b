"""Half a year of a chapter that begins with its exercise book in July, told day by day.

    year = PaperYear(db, clock)
    year.july(); year.august(); …

Whatever happens happens through `on`: after each step every identity of the book is looked at.
Debts, a shortage, an overage, another treasurer, a death: what one month leaves, the next takes up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from app import clock
from app.approvals.actions import Waiting
from app.cash import handing_over
from app.cash.handover_rules import Count
from app.cash.writing import Counted
from app.db.engine import Database
from app.offices.actions import Appointed, Appointee
from app.terms import Actor, Leaving, Place
from tests.actions.seats import NEW_PHONE, enters
from tests.actions.settled import leave, pay
from tests.story import StoryClock, a_chapter, a_ticket, sign_in
from tests.till import WITNESSES, Till, notes

T = TypeVar("T")
YEAR = 2026
KIN = "Trần Văn Con"


@dataclass
class PaperYear:
    """Lan, Hoa and Mai, and who keeps their cash; `made` holds what is printed."""

    db: Database
    hours: StoryClock
    made: dict[str, str] = field(default_factory=dict)
    steps: int = 0

    def __post_init__(self) -> None:
        self.hours.tell(date(YEAR, 7, 1))
        self.doai = a_chapter(self.db, "Lan Hoa", pig_from=date(YEAR, 7, 1), expense_limit=10_000)
        self.doai.join("Mai", phone=NEW_PHONE)
        self.till = Till(self.doai)
        self.first: Actor = self.doai.treasurer

    def on(self, day: int, month: int, act: Callable[[], T]) -> T:
        """Something is done on a day; afterwards everything still adds up."""
        self.hours.tell(date(YEAR, month, day), minutes=self.steps + 9 * 60)
        done = act()
        self.till.adds_up()
        self.till.counted_cash_stays()
        self.steps += 1
        return done

    def july(self) -> None:
        """Opened from paper: 7.000 more in the box than is anybody's. The count finds all there."""
        till = self.till
        self.on(1, 7, lambda: till.opens(
            "Lan 180.000, Hoa 150.500, Mai 95.000", pot=400_000, hand=32_500
        ))  # fmt: skip
        self.on(12, 7, lambda: till.sheet("Lan 12.000/12, Hoa 12.000/12, Mai 12.000/12"))
        self.on(26, 7, lambda: till.sheet("Lan 14.000/14, Hoa 15.000/14, Mai 14.000/14"))
        self.on(31, 7, lambda: self.counted(pot=479_000, hand=32_500))

    def august(self) -> None:
        """The count finds 4.000 too little; nobody can say why, and it is carried."""
        till = self.till
        self.on(16, 8, lambda: till.sheet("Lan 21.000/21, Hoa 20.500/20"))
        (self.short,) = self.on(31, 8, lambda: self.counted(pot=516_500))
        self.made["count"] = self.short.id

    def september(self) -> None:
        """She who kept the box owes it, and pays a part; then there is 6.000 too much, and it is
        accepted.
        """
        till = self.till
        self.on(13, 9, lambda: till.settles(self.short, "keeper_owes"))
        paid = self.on(20, 9, lambda: till.takes_debt(self.first.person_id, 1_500))
        self.made["receipt"] = paid.id
        self.on(27, 9, lambda: till.sheet("Mai 63.000/63, Lan 28.000/28"))
        waits = self.on(30, 9, lambda: till.counts("pot", 613_500, "accepted"))
        self.on(30, 9, lambda: till.signs(waits))
        self.on(30, 9, lambda: self.counted(hand=34_000))

    def october(self) -> None:
        """The box is opened for a visit; a member takes the cash over, by two signatures."""
        till = self.till
        self.on(11, 10, lambda: till.moves("pot", "hand", 50_000))
        waits = self.on(11, 10, lambda: till.spends(12_000, "thăm ốm"))
        self.made["payment"] = self.on(11, 10, lambda: till.signs(waits))["id"]
        self.on(18, 10, lambda: till.sheet("Lan 21.000/21, Hoa 60.000/60"))
        passed = self.on(18, 10, lambda: self.hands_over(pot=644_500, hand=72_000))
        over = self.on(18, 10, lambda: till.signs(passed))
        self.made["handover"] = over["id"]
        self.doai.treasurer = self.on(18, 10, lambda: self.comes_in(over))
        self.on(25, 10, lambda: till.sheet("Mai 21.000/21"))
        self.on(31, 10, lambda: self.counted(pot=665_500, hand=72_000))

    def november(self) -> None:
        """Hoa dies: her son is paid what is in hand, and the rest a week later."""
        till = self.till
        self.on(8, 11, lambda: till.sheet("Lan 22.000/22, Hoa 21.500/21, Mai 14.000/14"))
        waits = self.on(15, 11, lambda: leave(
            self.doai, "Hoa", Leaving.DIED, next_of_kin=KIN
        ))  # fmt: skip
        self.died = self.on(15, 11, lambda: till.signs(waits))
        self.made["payout"] = self.died["pots"][0]["entry_id"]
        self.on(21, 11, lambda: till.takes_debt(self.first.person_id, 2_500))
        self.on(22, 11, lambda: till.moves("pot", "hand", 250_000))
        self.rest = self.on(22, 11, lambda: pay(self.doai, "Hoa"))
        self.on(29, 11, lambda: till.sheet("Lan 21.000/21, Mai 35.000/35"))
        self.on(30, 11, lambda: self.counted(pot=529_000, hand=45_500))

    def whole(self) -> PaperYear:
        """All of it."""
        for month in (self.july, self.august, self.september, self.october, self.november):
            month()
        return self

    # What takes more than a line

    def counted(self, **found: int) -> list[Counted]:
        """This much is found; what differs is carried."""
        return [self.till.counts(place, amount) for place, amount in found.items()]

    def hands_over(self, **found: int) -> Waiting:
        """The first treasurer counts all she holds and signs; Mai shall keep it."""
        waits: Waiting = self.db.write_now(
            handing_over.hand_over, actor=self.first, chapter_id=self.doai.id, day=clock.today(),
            outgoing_id=None, incoming=Appointee(member_id=self.doai.members["Mai"]),
            counts=[Count(self.doai.pot, Place(at), notes(sum_)) for at, sum_ in found.items()],
            witnesses=WITNESSES, difference_reason=None, reason=None, code_hours=24,
            ticket=a_ticket(None, found),
        ).value  # fmt: skip
        return waits

    def comes_in(self, over: dict[str, Any]) -> Actor:
        """She lets her phone in by the code she was handed."""
        enters(self.db, Appointed("", over["person_id"], over["enrol_code"]))
        return self.db.write_now(sign_in, over["person_id"])
