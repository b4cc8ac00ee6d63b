"""A member's loans across cycles and chapters: one frozen object for the page and the JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import memberships, reach_member, reaches, unit_name
from app.access.rules import May
from app.db.tx import Tx
from app.errors import NotFound
from app.loans import queries
from app.loans.history import History, is_named, told
from app.loans.kept import Kept, of_members
from app.loans.story import Event, story
from app.terms import Actor, Membership, NeedClass


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A loan in a member's history: in which chapter, in which cycle of its pot it was asked for.

    `reads`: whether she who looks may open the loan itself.
    """

    history: History
    chapter_name: str
    pot_name: str
    cycle: tuple[date, date | None]
    reads: bool

    @property
    def story(self) -> list[Event]:
        """What happened to it, day by day."""
        return story(self.history)


@dataclass(frozen=True, slots=True)
class OfMember:
    """A member's loans across cycles and chapters, oldest first; no name where it is not shown."""

    chapter_id: str
    member_id: str
    number: int
    name: str | None
    need: NeedClass | None
    loans: list[Borrowed]

    @property
    def named(self) -> bool:
        """Whether names and free text are in it."""
        return self.name is not None


def of_member(db: Tx, *, actor: Actor, member_id: str, purpose: str | None = None) -> OfMember:
    """A member's loans, also those of memberships she came from. Raises NotFound.

    Her chapter's officers, she herself, and leaders above as in `history`.
    """
    chapter_id, named = _reached_member(db, actor, member_id, purpose)
    number, name = db.rows(
        "SELECT m.number, p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND m.id = ?",
        (chapter_id, member_id),
    )[0]
    found: list[Borrowed] = []
    at: Membership | None = Membership(chapter_id, member_id)
    while at:
        reads = at in memberships(db, actor) or reaches(
            db, actor=actor, may=May.READ_LOANS, unit_id=at.chapter_id
        )
        every = of_members(db, at.chapter_id, [at.member_id])
        found = [*(_borrowed(db, of, named=named, reads=reads) for of in every), *found]
        at = _came_from(db, at)
    today = clock.today()
    need = queries.needs(db, chapter_id, today.year).get(member_id) if named else None
    return OfMember(chapter_id, member_id, number, name if named else None, need, found)


def _reached_member(db: Tx, actor: Actor, member_id: str, purpose: str | None) -> tuple[str, bool]:
    """Her chapter, and whether her name is shown."""
    try:
        if own := next((m for m in memberships(db, actor) if m.member_id == member_id), None):
            return own.chapter_id, True
        return reach_member(db, actor=actor, member_id=member_id), True
    except NotFound:
        row = db.row("SELECT chapter_id FROM member WHERE id = ?", (member_id,))
        if row is None or actor.member is not None:
            raise
        chapter_id = str(row[0])
        if not reaches(db, actor=actor, may=May.READ_LOANS_BELOW, unit_id=chapter_id):
            raise
        return chapter_id, is_named(db, actor, chapter_id, purpose)


def _borrowed(db: Tx, of: Kept, *, named: bool, reads: bool) -> Borrowed:
    pot, since, until = db.rows(
        "SELECT p.name, c.starts_on, c.closed_on FROM pot p"
        " JOIN cycle c ON c.chapter_id = p.chapter_id AND c.pot_id = p.id"
        " WHERE p.chapter_id = ? AND p.id = ? ORDER BY c.starts_on <= ? DESC, c.starts_on DESC",
        (of.chapter_id, of.pot_id, of.applied.day),
    )[0]
    cycle = (date.fromisoformat(since), date.fromisoformat(until) if until else None)
    shown = told(db, of, clock.today(), named=named)
    return Borrowed(shown, unit_name(db, of.chapter_id), pot, cycle, reads)


def _came_from(db: Tx, at: Membership) -> Membership | None:
    row = db.row(
        "SELECT f.chapter_id, f.id FROM member m JOIN member f ON f.id = m.moved_from"
        " WHERE m.chapter_id = ? AND m.id = ?",
        (at.chapter_id, at.member_id),
    )
    return Membership(*row) if row else None


@dataclass(frozen=True, slots=True)
class Sums:
    """What all of her loans come to, in đồng; `worst` is the latest she ever paid, in days."""

    times: int
    lent: int
    repaid: int
    outstanding: int
    lost: int
    recovered: int
    worst: int


def sums(of: OfMember) -> Sums:
    """Over all of her loans that were paid out."""
    paid = [one.history for one in of.loans if one.history.loan.disbursed_on]
    late = [p.payment.days_late for one in paid for p in one.payments]
    return Sums(
        times=len(paid),
        lent=sum(one.loan.lent for one in paid),
        repaid=sum(one.loan.repaid for one in paid),
        outstanding=sum(one.loan.principal for one in paid),
        lost=sum(one.loan.written_off for one in paid),
        recovered=sum(one.loan.recovered for one in paid),
        worst=max([0, *late, *(one.owed.days_overdue for one in paid)]),
    )
