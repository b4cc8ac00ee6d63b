"""What the pages of lending show: who waits, what is due, the form's limits, what may be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import holds, require, unit_name
from app.access.rules import May
from app.charter.queries import in_force
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger import balances
from app.ledger.balances import Broken
from app.loan_terms import LoanState
from app.loans import outlook, queries, rules
from app.loans.deciding import decides
from app.loans.free import free_cash
from app.loans.history import History
from app.loans.kept import Kept
from app.loans.outlook import Book, ComingDue, Forecast
from app.loans.queries import Lender, Standing
from app.loans.queue import Place
from app.loans.rules import Asked
from app.loans.schedule import Row, planned
from app.terms import Actor, PotKind

S = LoanState
# What each state lets be done, in the order in which a page offers it.
NEXT = {
    S.APPLIED: ("duyet", "khong-duyet"),
    S.APPROVED: ("trao", "khong-duyet"),
    S.RUNNING: ("tra", "tham", "cach-tra", "mien-lai", "xoa-no"),
    S.WRITTEN_OFF: ("thu-lai", "tham"),
    S.CLOSED: ("tham",),
}
LATELY = 20  # loans that are over, on the page of loans
DECIDES = ("duyet", "khong-duyet")


@dataclass(frozen=True, slots=True)
class Board:
    """A chapter's lending at a glance; `pots` are those that lend, each with its free cash and when
    the first in its queue can be paid.
    """

    chapter_name: str
    pots: list[Forecast]
    waiting: list[tuple[Place, Kept]]
    book: Book
    coming: list[ComingDue]
    loans: list[Standing]
    ended: list[Standing]
    broken: list[Broken]

    @property
    def soon(self) -> list[ComingDue]:
        """Whose day comes within a week, the nearest first."""
        found = [one for one in self.coming if one.soon]
        return sorted(found, key=lambda one: one.soon[0].due_on)

    @property
    def late(self) -> list[ComingDue]:
        """Who is late, the longest first."""
        return [one for one in self.coming if one.late]


def board(db: Tx, *, actor: Actor, chapter_id: str) -> Board:
    """Who waits, whose day comes, every loan that is not over, and those that ended lately."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    today = clock.today()
    found = queries.opened(db, chapter_id, today)
    out = [one for one in found if one.loan.state is S.RUNNING]
    queue = queries.waiting(db, chapter_id, today, found)
    return Board(
        chapter_name=unit_name(db, chapter_id),
        pots=[
            outlook.foreseen(db, chapter_id, pot, queue, out)
            for pot in queries.lenders(db, chapter_id)
            if pot.kind is not PotKind.DONATION_BOX
        ],
        waiting=queue,
        book=outlook.book_of(out, today),
        coming=outlook.due_of(out, today),
        loans=[one for one in found[::-1] if one.loan.state is not S.APPLIED],
        ended=queries.ended(db, chapter_id, today, LATELY),
        broken=balances.broken_now(db, chapter_id),
    )


def _free(db: Tx, chapter_id: str) -> list[tuple[Lender, int]]:
    today = clock.today()
    return [
        (pot, free_cash(db, chapter_id, pot.id, today))
        for pot in queries.lenders(db, chapter_id)
        if pot.kind is not PotKind.DONATION_BOX
    ]


@dataclass(frozen=True, slots=True)
class AskingBlank:
    """The application before it is typed: the charter's limits, pots with their free cash, members."""

    chapter_name: str
    charter: Charter
    free: list[tuple[Lender, int]]
    members: list[tuple[str, str]]  # id, number and name


def asking_blank(db: Tx, *, actor: Actor, chapter_id: str) -> AskingBlank:
    """For the treasurer, who writes an application down."""
    require(db, actor=actor, may=May.LEND, unit_id=chapter_id)
    rows = db.rows(
        "SELECT m.id, m.number, p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND m.left_on IS NULL ORDER BY m.number",
        (chapter_id,),
    )
    return AskingBlank(
        chapter_name=unit_name(db, chapter_id),
        charter=in_force(db, chapter_id, clock.today())[1],
        free=_free(db, chapter_id),
        members=[(id, f"{number} · {name}") for id, number, name in rows],
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """What an application would come to: why it cannot be lent that day, the most that could be,
    and its plan if it were. `whole`: amount and months were told.
    """

    against: list[Refusal]
    most: int
    rows: tuple[Row, ...]
    whole: bool

    @property
    def interest(self) -> int:
        """All of the planned interest, in đồng."""
        return sum(row.interest for row in self.rows)


def trial(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str, asked: Asked, day: date,
    whole: bool = True,
) -> Trial:  # fmt: skip
    """The same rules as the application and the paying out, before anything is written."""
    on = queries.ground(db, actor=actor, chapter_id=chapter_id, pot_id=pot_id,
                        member_id=asked.member_id, day=day)  # fmt: skip
    against = queries.standing_in_the_way(on, asked, day)
    try:
        rows = planned(rules.terms(asked, on.charter), day) if whole else ()
    except Refusal:  # said among the reasons already
        rows = ()
    return Trial(against, on.most, rows, whole)


def offered(db: Tx, *, actor: Actor, of: History) -> list[str]:
    """What she may do with a loan now, first what is done most."""
    kept, state = of.of, of.loan.state
    may = {act: holds(actor, May.KEEP_LOANS, kept.chapter_id) for act in NEXT.get(state, ())}
    if "trao" in may:
        may["trao"] = holds(actor, May.LEND, kept.chapter_id)
    if "mien-lai" in may:
        may["mien-lai"] &= bool(of.owed.interest)
    for act in DECIDES:
        if act in may:
            may[act] = decides(db, actor, kept)
    return [act for act in may if may[act]]
