"""Her own loans as she herself reads them, and what she may ask for. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from app import clock
from app.access.queries import memberships, unit_name
from app.charter.queries import in_force
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Refusal, not_found
from app.ledger import balances
from app.loan_terms import LoanState
from app.loans import dues, queries, rules
from app.loans.dues import Due
from app.loans.kept import of_members
from app.loans.loan import UNFINISHED
from app.loans.queries import Standing
from app.loans.queue import Place
from app.loans.rules import Asked
from app.loans.schedule import Row, planned
from app.terms import Actor, Membership, PotKind


@dataclass(frozen=True, slots=True)
class Mine:
    """A loan of hers today: the next sum that falls due, her place where she still waits."""

    standing: Standing
    next: Due | None
    place: Place | None


def of_member(db: Tx, at: Membership) -> list[Mine]:
    """Her loans in one book: what is open first, then the newest. For doors that let her be seen."""
    today = clock.today()
    found = of_members(db, at.chapter_id, [at.member_id])
    asking = {of.id for of in found if of.state is LoanState.APPLIED}
    waiting = queries.waiting(db, at.chapter_id, today) if asking else []
    places = {of.id: place for place, of in waiting if of.id in asking}
    mine = [
        Mine(now, next((d for d in dues.dues(now.loan, today) if d.due_on >= today), None),
             places.get(of.id))
        for of in reversed(found)
        for now in [queries.standing(of, today)]
    ]  # fmt: skip
    return sorted(mine, key=lambda one: one.standing.loan.state not in UNFINISHED)


@dataclass(frozen=True, slots=True)
class Asking:
    """What she may ask for in one chapter; `most` in đồng where the charter has a limit.

    `blocked`: one loan at a time, and hers is not finished.
    """

    at: Membership
    chapter_name: str
    charter: Charter
    pots: list[tuple[str, str]]  # id, name
    savings: int
    most: int | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """All of her loans, and the chapters in which she may ask."""

    loans: list[Mine]
    asking: list[Asking]


def shelf(db: Tx, *, actor: Actor) -> Shelf:
    """Hers, in every chapter she was in; a card shows its own. Raises NotFound where she is no member."""
    every = memberships(db, actor)
    if not every:
        raise not_found()
    return Shelf(
        loans=[mine for at in every for mine in of_member(db, at)],
        asking=[_asking(db, at) for at in every if _is_in(db, at)],
    )


def asking(db: Tx, *, actor: Actor, member_id: str = "") -> Asking:
    """Where she asks: the chapter of this membership of hers, else her newest. Raises NotFound."""
    for at in memberships(db, actor):
        if member_id in ("", at.member_id) and _is_in(db, at):
            return _asking(db, at)
    raise not_found()


def trial(db: Tx, *, actor: Actor, asked: Asked) -> tuple[Row, ...]:
    """How she would pay it back if it were hers today.

    Raises Invalid (rules.check_limits), Conflict `one_at_a_time`, NotFound.
    """
    found = asking(db, actor=actor, member_id=asked.member_id)
    rules.check_limits(asked, found.charter, found.savings)
    states = queries.states_of(db, found.at.chapter_id, asked.member_id)
    rules.check_one_at_a_time(states, found.charter)
    return planned(rules.terms(asked, found.charter), clock.today())


def _is_in(db: Tx, at: Membership) -> bool:
    sql = "SELECT 1 FROM member WHERE chapter_id = ? AND id = ? AND left_on IS NULL"
    return db.row(sql, (at.chapter_id, at.member_id)) is not None


def _asking(db: Tx, at: Membership) -> Asking:
    today = clock.today()
    _, charter = in_force(db, at.chapter_id, today)
    savings = balances.savings_on(db, at.chapter_id, at.member_id, today)
    times = charter.loan_savings_multiple
    limits = [charter.loan_max_amount, None if times is None else times * savings]
    said = [limit for limit in limits if limit is not None]
    return Asking(
        at=at,
        chapter_name=unit_name(db, at.chapter_id),
        charter=charter,
        pots=[
            (pot.id, pot.name)
            for pot in queries.lenders(db, at.chapter_id)
            if pot.kind is not PotKind.DONATION_BOX
        ],
        savings=savings,
        most=min(said) if said else None,
        blocked=_blocked(queries.states_of(db, at.chapter_id, at.member_id), charter),
    )


def _blocked(states: list[LoanState], charter: Charter) -> bool:
    try:
        rules.check_one_at_a_time(states, charter)
    except Refusal:
        return True
    return False
