"""What is out, what falls due, what is late, when the next loan can be paid: a chapter's loans today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import require
from app.access.rules import May
from app.charter.queries import in_force
from app.db.tx import Tx
from app.loan_terms import LoanState
from app.loans import dues, forecast, rules
from app.loans.dues import Aged, Due
from app.loans.forecast import MONTHS, Month, Next
from app.loans.free import spare
from app.loans.kept import Kept
from app.loans.queries import Lender, Standing, lender, lenders, opened, running, waiting
from app.loans.queue import Place
from app.terms import Actor, PotKind


@dataclass(frozen=True, slots=True)
class ComingDue:
    """What is due of one loan: what is late, and what falls due in the next days."""

    standing: Standing
    late: list[Due]
    soon: list[Due]


def coming_due(db: Tx, *, actor: Actor, chapter_id: str) -> list[ComingDue]:
    """Who is late and whose day comes within a week, the longest late first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    today = clock.today()
    return due_of(running(db, chapter_id, today), today)


def due_of(out: Iterable[Standing], today: date) -> list[ComingDue]:
    """The same of loans that were read already."""
    found = []
    for one in out:
        late, soon = dues.late_and_soon(one.loan, today)
        if late or soon:
            found.append(ComingDue(one, late, soon))
    return sorted(found, key=_longest_late)


def _longest_late(due: ComingDue) -> tuple[int, date, str]:
    first = min(one.due_on for one in (*due.late, *due.soon))
    return -due.standing.owed.days_overdue, first, due.standing.of.id


@dataclass(frozen=True, slots=True)
class Book:
    """All that is out today, by age; `par30` as domain and dues have it. Amounts in đồng."""

    ages: list[Aged]
    par30: int

    @property
    def count(self) -> int:
        """How many loans are out."""
        return sum(aged.loans for aged in self.ages)

    @property
    def principal(self) -> int:
        """The principal that is out."""
        return sum(aged.principal for aged in self.ages)

    @property
    def per_hundred(self) -> int:
        """PAR30 of every 100 đồng that are out, rounded down."""
        return 100 * self.par30 // self.principal if self.principal else 0


def book_of(out: Sequence[Standing], today: date) -> Book:
    """Loans that were read already, by age."""
    loans = [one.loan for one in out]
    return Book(dues.by_age(loans, today), dues.par30(loans, today))


def par30(db: Tx, *, actor: Actor, chapter_id: str) -> int:
    """Principal out of loans over 30 days late, in đồng."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    today = clock.today()
    return dues.par30([one.loan for one in running(db, chapter_id, today)], today)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A pot's free cash by the end of each month from this one on; `spare` is today's, below zero
    what its promises lack. `first` waits first for its money, `next` says when she can be paid.
    """

    pot: Lender
    spare: int
    months: list[Month]
    first: Kept | None
    next: Next | None

    @property
    def free(self) -> int:
        """Free cash today, in đồng."""
        return max(self.spare, 0)


def forecasts(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str | None = None, months: int = MONTHS
) -> list[Forecast]:
    """Every pot that lends, or one of them: when can the next loan be paid?

    Raises Invalid `pot_unknown`.
    """
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    pots = lenders(db, chapter_id) if pot_id is None else [lender(db, chapter_id, pot_id)]
    found = opened(db, chapter_id, clock.today())
    queue = waiting(db, chapter_id, clock.today(), found)
    out = [one for one in found if one.loan.state is LoanState.RUNNING]
    return [
        foreseen(db, chapter_id, pot, queue, out, months)
        for pot in pots
        if pot.kind is not PotKind.DONATION_BOX
    ]


def foreseen(
    db: Tx, chapter_id: str, pot: Lender, queue: Iterable[tuple[Place, Kept]],
    out: Iterable[Standing], months: int = MONTHS,
) -> Forecast:  # fmt: skip
    """One pot, its queue and its loans read already."""
    today = clock.today()
    _, charter = in_force(db, chapter_id, today)
    here = spare(db, chapter_id, pot.id, today)
    loans = [one.loan for one in out if one.of.pot_id == pot.id]
    first = next((of for _, of in queue if of.pot_id == pot.id), None)
    when = None if first is None else forecast.next_payable(
        here, loans, today, first.applied.terms.amount, months=months,
        breaking_on=pot.next_breaking_on, stops_from=rules.stops_from(pot.next_breaking_on, charter),
    )  # fmt: skip
    return Forecast(pot, here, forecast.forecast(here, loans, today, months), first, when)
