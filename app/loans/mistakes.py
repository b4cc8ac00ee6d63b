"""Which money of a loan can be taken back where it was told by mistake, and by how many hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock, ids
from app.access.queries import holds
from app.access.rules import May
from app.approvals.queries import taken
from app.db.tx import Tx
from app.errors import Refusal, not_found
from app.loans import books, telling
from app.loans.facts import Fact, Reversed, WrittenOff
from app.loans.kept import Kept
from app.loans.telling import FACT_WORDS
from app.mending import queries as mending
from app.mending.rules import Standing, takes_two
from app.terms import Actor


@dataclass(frozen=True, slots=True)
class Mistake:
    """An entry that can be taken back: `what` is a message id; `waiting` the approval that asks."""

    entry_id: str
    what: str
    on: date
    amount: int
    by_two: bool
    waiting: str | None


def mistakes(db: Tx, *, actor: Actor, of: Kept) -> dict[str, Mistake]:
    """By the entry's id; none for whoever may not take anything back.

    What a paper book brought along goes back with its opening, what was set off with the leaver.
    """
    if not holds(actor, May.REVERSE, of.chapter_id):
        return {}
    asked = {ids.entry_and_line(line)[0]: id
             for line, id in taken(db, of.chapter_id, "reversal").items()}  # fmt: skip
    found = {}
    for told in of.told:
        if told.entry_id and _stands(of, told.fact):
            entry = mending.standing(db, of.chapter_id, told.entry_id)
            if entry is not None and entry.kind in books.MONEY:
                found[told.entry_id] = Mistake(
                    told.entry_id, FACT_WORDS[type(told.fact)], told.fact.day, _moved(of, told.fact),
                    _by_two(db, of.chapter_id, entry), asked.get(told.entry_id),
                )  # fmt: skip
    return found


def check_of(db: Tx, loan_id: str, entry_id: str) -> None:
    """Whether an entry moved this loan's money, standing or not. Raises NotFound."""
    sql = (
        "SELECT 1 FROM loan_fact f JOIN entry e ON e.chapter_id = f.chapter_id AND e.seq = f.entry_seq"
        " WHERE f.loan_id = ? AND e.id = ?"
    )
    if db.row(sql, (loan_id, entry_id)) is None:
        raise not_found()


def _stands(of: Kept, fact: Fact) -> bool:
    """Whether it stands and nothing rests on it (telling.added)."""
    try:
        telling.added(of.facts, Reversed(str(of.next_no), clock.today(), fact.id))
    except Refusal:
        return False
    return True


def _moved(of: Kept, fact: Fact) -> int:
    if isinstance(fact, WrittenOff):
        return of.loan.written_off
    return int(getattr(fact, "amount", of.applied.terms.amount))


def _by_two(db: Tx, chapter_id: str, entry: Standing) -> bool:
    counted = mending.counted_since(db, chapter_id, entry)
    return takes_two(clock.day_of(entry.recorded_at), clock.today(), counted)
