"""What the empty forms of cash show: what lies where, who belongs here, which book begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import require, unit_name
from app.access.rules import May
from app.cash import queries
from app.cash.queries import PotCash
from app.charter.queries import in_force
from app.db.tx import Tx
from app.ledger import balances
from app.ledger.balances import Broken
from app.terms import Actor


@dataclass(frozen=True, slots=True)
class CashBlank:
    """For moving and spending. `expense_limit` in đồng: above it two persons sign."""

    chapter_name: str
    pots: list[PotCash]
    expense_limit: int
    members: list[str]  # their names, to choose witnesses from
    broken: list[Broken]


def cash_blank(db: Tx, *, actor: Actor, chapter_id: str) -> CashBlank:
    """Every pot's cash, for whoever may move it."""
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)
    _, charter = in_force(db, chapter_id, clock.today())
    return CashBlank(
        chapter_name=unit_name(db, chapter_id),
        pots=queries.cash(db, actor=actor, chapter_id=chapter_id),
        expense_limit=charter.expense_limit,
        members=[name for _, _, name in _members(db, chapter_id, clock.today())],
        broken=balances.broken_now(db, chapter_id),
    )


@dataclass(frozen=True, slots=True)
class OpeningBlank:
    """For the opening balances: pots that have none yet, members in book order."""

    chapter_name: str
    pots: list[PotCash]
    has_pots: bool  # at all
    members: list[tuple[int, str, str]]  # number, id, name


def opening_blank(db: Tx, *, actor: Actor, chapter_id: str, day: date) -> OpeningBlank:
    """Whoever left before the day has no line; who joined later may have saved on paper."""
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)
    pots = queries.cash(db, actor=actor, chapter_id=chapter_id)
    return OpeningBlank(
        chapter_name=unit_name(db, chapter_id),
        pots=[pot for pot in pots if not queries.stands(db, chapter_id, pot.id)[1]],
        has_pots=bool(pots),
        members=_members(db, chapter_id, day),
    )


def begins(db: Tx, *, chapter_id: str) -> bool:
    """Whether some pot has no entry yet, so that a paper book may be taken over."""
    row = db.row(
        "SELECT 1 FROM pot p WHERE p.chapter_id = ? AND NOT EXISTS (SELECT 1 FROM entry e"
        " WHERE e.chapter_id = p.chapter_id AND e.pot_id = p.id)",
        (chapter_id,),
    )
    return row is not None


def _members(db: Tx, chapter_id: str, day: date) -> list[tuple[int, str, str]]:
    rows = db.rows(
        "SELECT m.number, m.id, p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND (m.left_on IS NULL OR m.left_on >= ?) ORDER BY m.number",
        (chapter_id, day),
    )
    return [(row[0], row[1], row[2]) for row in rows]
