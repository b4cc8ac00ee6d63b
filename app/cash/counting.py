"""What the counting pages show: where to count, what a difference became, every count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import chapter_holding, require, unit_name
from app.access.rules import May
from app.approvals import queries as approvals
from app.cash import queries
from app.cash.rules import as_it_pends
from app.charter.queries import in_force
from app.db.tx import Tx
from app.ledger import balances
from app.models.cash import Difference
from app.terms import Actor, Kept, Place


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a pot where notes lie."""

    pot_id: str
    pot_name: str
    place: Place


@dataclass(frozen=True, slots=True)
class CountBlank:
    """What an empty counting form rests on. `book` is the đồng that should be there that day."""

    chapter_name: str
    spots: list[Spot]
    spot: Spot | None
    book: int
    counted_on: date | None
    people: list[tuple[str, str]]  # who may have counted or kept it: person, name
    treasurer: str | None
    backdate_days: int


def count_blank(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str, place: str, day: date
) -> CountBlank:
    """The place asked for, else the chapter's first."""
    require(db, actor=actor, may=May.COUNT_CASH, unit_id=chapter_id)
    pots = db.rows("SELECT id, name, kept FROM pot WHERE chapter_id = ? ORDER BY id", (chapter_id,))
    spots = [
        Spot(id, name, where)
        for id, name, kept in pots
        for where in (Place.POT, Place.HAND)
        if not (kept == Kept.HOME and where is Place.POT)
    ]
    asked = [s for s in spots if s.pot_id == pot_id and s.place.value == place]
    spot = next(iter(asked or [s for s in spots if s.pot_id == pot_id] or spots), None)
    at = (chapter_id, spot.pot_id, spot.place) if spot else None
    return CountBlank(
        chapter_name=unit_name(db, chapter_id),
        spots=spots,
        spot=spot,
        book=balances.cash_at_end(db, *at, day) if at else 0,
        counted_on=balances.counted_on(db, *at) if at else None,
        people=people(db, chapter_id),
        treasurer=treasurer(db, chapter_id),
        backdate_days=in_force(db, chapter_id, clock.today())[1].backdate_days,
    )


def people(db: Tx, chapter_id: str) -> list[tuple[str, str]]:
    """Members and officers of today, by name."""
    sql = (
        "SELECT p.id, p.name FROM person p WHERE p.id IN ("
        "SELECT person_id FROM member WHERE chapter_id = :chapter AND left_on IS NULL"
        " UNION SELECT person_id FROM office WHERE unit_id = :chapter AND from_on <= :today"
        "  AND (to_on IS NULL OR to_on > :today)) ORDER BY p.sort_key, p.id"
    )
    return [
        (row[0], row[1]) for row in db.rows(sql, {"chapter": chapter_id, "today": clock.today()})
    ]


def treasurer(db: Tx, chapter_id: str) -> str | None:
    """The name of who keeps the cash where nobody else is said to."""
    keeper = queries.keeper(db, chapter_id, None)
    return dict(people(db, chapter_id)).get(keeper) if keeper else None


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a part of a difference; `amount` above zero, in đồng."""

    seq: int
    outcome: str
    amount: int
    day: str
    by: str
    reason: str | None
    keeper: str | None
    paid: bool


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """A difference from the count (or the old book) that found it to what became of it."""

    id: str
    seq: int
    chapter_id: str
    chapter_name: str
    pot_name: str
    place: str | None  # None: it came with the old book
    day: str
    amount: int
    pends: int
    steps: list[Step]
    waiting: str | None  # the approval that would settle it


def difference(db: Tx, *, actor: Actor, id: str) -> DifferenceShown:
    """A difference within reach. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=Difference, id=id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    row = db.rows(
        "SELECT d.seq, p.name, c.place, d.day, d.amount FROM difference d"
        " JOIN pot p ON p.chapter_id = d.chapter_id AND p.id = d.pot_id"
        " LEFT JOIN cash_count c ON c.chapter_id = d.chapter_id AND c.id = d.id"
        " WHERE d.chapter_id = ? AND d.id = ?",
        (chapter_id, id),
    )[0]
    pends = balances.pending_one(db, chapter_id, id)
    left = pends.amount if pends else 0
    return DifferenceShown(
        id=id,
        seq=row[0],
        chapter_id=chapter_id,
        chapter_name=unit_name(db, chapter_id),
        pot_name=row[1],
        place=row[2],
        day=row[3],
        amount=row[4],
        pends=left,
        steps=_steps(db, chapter_id, row[0]),
        waiting=approvals.taken(db, chapter_id, "difference").get(as_it_pends(id, left)),
    )


def _steps(db: Tx, chapter_id: str, difference_seq: int) -> list[Step]:
    rows = db.rows(
        "SELECT s.seq, s.outcome, s.amount, e.day, p.name, x.words, k.name,"
        " (SELECT count(*) FROM movement n WHERE n.chapter_id = s.chapter_id AND n.seq = s.seq)"
        " FROM difference_settled s"
        " JOIN entry e ON e.chapter_id = s.chapter_id AND e.seq = s.seq"
        " JOIN trail t ON t.chapter_id = s.chapter_id AND t.seq = s.seq"
        " LEFT JOIN person p ON p.id = t.person_id"
        " LEFT JOIN trail_text x ON x.chapter_id = s.chapter_id AND x.seq = s.seq"
        "  AND x.name = 'reason'"
        " LEFT JOIN movement m ON m.chapter_id = s.chapter_id AND m.seq = s.seq AND m.line = 1"
        "  AND s.outcome = 'keeper_owes'"
        " LEFT JOIN account a ON a.chapter_id = m.chapter_id AND a.no = m.debit_no"
        " LEFT JOIN person k ON k.id = a.owner_id"
        " WHERE s.chapter_id = ? AND s.difference_seq = ? ORDER BY s.seq",
        (chapter_id, difference_seq),
    )
    return [
        Step(
            seq, outcome, amount, day, by or "", reason or None, keeper, bool(keeper) and lines > 1
        )
        for seq, outcome, amount, day, by, reason, keeper, lines in rows
    ]


@dataclass(frozen=True, slots=True)
class CountListed:
    """A count as a line of the list; `pends` in đồng, below zero a shortage."""

    id: str
    seq: int
    pot_name: str
    place: str
    day: str
    counted: int
    difference: int
    pends: int


def counts(db: Tx, *, actor: Actor, chapter_id: str, limit: int = 200) -> list[CountListed]:
    """A chapter's counts, newest first: one a month makes this sixteen years."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    open_ = {one.id: one.amount for one in balances.pending(db, chapter_id)}
    rows = db.rows(
        "SELECT c.id, c.seq, p.name, c.place, c.day, c.counted, c.book FROM cash_count c"
        " JOIN pot p ON p.chapter_id = c.chapter_id AND p.id = c.pot_id"
        " WHERE c.chapter_id = ? ORDER BY c.seq DESC LIMIT ?",
        (chapter_id, limit),
    )
    return [
        CountListed(id, seq, pot, place, day, counted, counted - book, open_.get(id, 0))
        for id, seq, pot, place, day, counted, book in rows
    ]
