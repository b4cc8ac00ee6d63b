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
from app.loans import queries, rules
from app.loans.free import free_cash
from app.loans.history import History
from app.loans.kept import Kept
from app.loans.queries import ComingDue, Lender, Standing
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
DECIDES = ("duyet", "khong-duyet")


@dataclass(frozen=True, slots=True)
class Board:
    """A chapter's lending at a glance; `free` is each pot's free cash in đồng."""

    chapter_name: str
    free: list[tuple[Lender, int]]
    waiting: list[tuple[Place, Kept]]
    coming: list[ComingDue]
    loans: list[Standing]
    broken: list[Broken]


def board(db: Tx, *, actor: Actor, chapter_id: str) -> Board:
    """Who waits, whose day comes, and every loan, the newest first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return Board(
        chapter_name=unit_name(db, chapter_id),
        free=_free(db, chapter_id),
        waiting=queries.waiting(db, chapter_id, clock.today()),
        coming=queries.coming_due(db, actor=actor, chapter_id=chapter_id),
        loans=queries.loans(db, actor=actor, chapter_id=chapter_id)[::-1],
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
    """What an application would come to: why it cannot be lent today, and its plan if it were."""

    against: list[Refusal]
    rows: tuple[Row, ...]

    @property
    def interest(self) -> int:
        """All of the planned interest, in đồng."""
        return sum(row.interest for row in self.rows)


def trial(db: Tx, *, actor: Actor, chapter_id: str, pot_id: str, asked: Asked, day: date) -> Trial:
    """The same rules as the application and the paying out, before anything is written."""
    against = queries.standing_in_the_way(
        db, actor=actor, chapter_id=chapter_id, pot_id=pot_id, asked=asked, day=day
    )
    terms = rules.terms(asked, in_force(db, chapter_id, day)[1])
    try:
        return Trial(against, planned(terms, day))
    except Refusal:  # said among the reasons already
        return Trial(against, ())


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
            may[act] = queries.decides(db, actor, kept)
    return [act for act in may if may[act]]
