"""Loans as the book keeps them: the application, its facts, where each stands. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.db.tx import Tx
from app.errors import not_found
from app.ledger.entry import Account, cash
from app.loan_terms import LoanPlan, LoanPurpose, LoanState
from app.loans import written
from app.loans.books import Accounts
from app.loans.facts import Applied, Fact
from app.loans.life import replay
from app.loans.loan import Loan
from app.loans.schedule import Terms
from app.terms import Place


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with its number, its record, the entry that moved its money, and who sealed it."""

    no: int
    seq: int
    entry_seq: int | None
    entry_id: str | None
    by: str
    fact: Fact
    vote: tuple[int, int] | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A loan of a member: `number`, `person_id`, `name` are hers, `proposed_by` who asked."""

    chapter_id: str
    id: str
    seq: int
    member_id: str
    number: int
    person_id: str
    name: str
    left_on: date | None
    pot_id: str
    guarantor_id: str | None
    purpose: LoanPurpose
    of_officer: bool
    proposed_by: str
    asked_at: int
    applied: Applied
    told: tuple[Told, ...] = ()

    @property
    def facts(self) -> list[Fact]:
        """All of them, in the order in which they were told."""
        return [self.applied, *(told.fact for told in self.told)]

    @property
    def loan(self) -> Loan:
        """As it stands on the day of its last fact."""
        return replay(self.facts)

    def on(self, day: date) -> Loan:
        """As it stands today, or stood on a day. Not before it was asked for."""
        return replay(self.facts, max(day, self.applied.day))

    @property
    def state(self) -> LoanState:
        """How it stands."""
        return self.loan.state

    @property
    def next_no(self) -> int:
        """The number of the next fact."""
        return len(self.told) + 1

    def accounts(self, money: Account | None = None) -> Accounts:
        """Where it stands in its pot; paid out of and into hand unless told otherwise."""
        return Accounts(self.pot_id, self.id, self.number, money or cash(self.pot_id, Place.HAND))

    def last(self, kind: type[Fact]) -> Told | None:
        """The last fact of a kind, standing or not."""
        return next((t for t in reversed(self.told) if isinstance(t.fact, kind)), None)


_LOAN = (
    "SELECT l.chapter_id, l.id, l.seq, l.member_id, m.number, m.person_id, p.name, m.left_on,"
    " l.pot_id, l.guarantor_id, l.purpose, l.of_officer, t.person_id, t.at, l.applied_on, l.amount,"
    " l.months, l.plan, l.rate_bp, l.step FROM loan l"
    " JOIN member m ON m.chapter_id = l.chapter_id AND m.id = l.member_id"
    " JOIN person p ON p.id = m.person_id"
    " JOIN trail t ON t.chapter_id = l.chapter_id AND t.seq = l.seq"
)
_FACTS = (
    "SELECT f.loan_id, f.no, f.seq, f.entry_seq, e.id, t.person_id, f.vote_yes, f.vote_no, f.place,"
    f" {', '.join(f'f.{name}' for name in written.NAMES.split())} FROM loan l"
    " JOIN loan_fact f ON f.chapter_id = l.chapter_id AND f.loan_id = l.id"
    " JOIN trail t ON t.chapter_id = f.chapter_id AND t.seq = f.seq"
    " LEFT JOIN entry e ON e.chapter_id = f.chapter_id AND e.seq = f.entry_seq"
)


# Those that are not over, and the newest that are.
OPEN = " AND l.id IN (SELECT o.loan_id FROM loan_open o WHERE o.chapter_id = :chapter)"
ENDED = (
    " AND l.id IN (SELECT e.id FROM loan e WHERE e.chapter_id = :chapter AND NOT EXISTS (SELECT 1"
    " FROM loan_open o WHERE o.chapter_id = e.chapter_id AND o.loan_id = e.id)"
    " ORDER BY e.id DESC LIMIT :most)"
)
# So many in the order of their ids, after one of them.
NEXT = (
    " AND l.id IN (SELECT n.id FROM loan n WHERE n.chapter_id = :chapter AND n.id > :after"
    " ORDER BY n.id LIMIT :most)"
)


def kept(db: Tx, chapter_id: str, loan_id: str) -> Kept:
    """One loan of a chapter. Raises NotFound."""
    found = all_kept(db, chapter_id, " AND l.id = :loan", {"loan": loan_id})
    if not found:
        raise not_found()
    return found[0]


def all_kept(
    db: Tx, chapter_id: str, more: str = "", params: Mapping[str, Any] | None = None
) -> list[Kept]:
    """A chapter's loans in the order in which they were asked for; `more` narrows `loan l`."""
    named = {"chapter": chapter_id, **(params or {})}
    return _every(db, f" WHERE l.chapter_id = :chapter{more}", named)


def these(db: Tx, ids: Sequence[str]) -> dict[str, Kept]:
    """Loans by their ids, of whatever chapter. For doors that let all of them be seen."""
    if not ids:
        return {}
    found = _every(db, f" WHERE l.id {db.among('ids')}", {"ids": json.dumps(list(ids))})
    return {of.id: of for of in found}


def _every(db: Tx, where: str, params: Mapping[str, Any]) -> list[Kept]:
    """Two statements, however many loans there are."""
    rows = db.rows(f"{_LOAN}{where} ORDER BY l.seq, l.id", params)
    told: dict[str, list[Told]] = {}
    for row in db.rows(f"{_FACTS}{where} ORDER BY f.loan_id, f.no", params) if rows else ():
        told.setdefault(row[0], []).append(_told(row))
    return [replace(_kept(*row), told=tuple(told.get(row[1], ()))) for row in rows]


def of_members(db: Tx, chapter_id: str, member_ids: Iterable[str]) -> list[Kept]:
    """The loans of some of a chapter's members."""
    return [
        loan
        for member_id in member_ids
        for loan in all_kept(db, chapter_id, " AND l.member_id = :member", {"member": member_id})
    ]


def _kept(chapter_id: str, *row: Any) -> Kept:
    left, (on, amount, months, plan, rate_bp, step) = row[6], row[13:]
    terms = Terms(amount, months, LoanPlan(plan), rate_bp, step)
    return Kept(
        chapter_id=chapter_id,
        id=row[0],
        seq=row[1],
        member_id=row[2],
        number=row[3],
        person_id=row[4],
        name=row[5],
        left_on=date.fromisoformat(left) if left else None,
        pot_id=row[7],
        guarantor_id=row[8],
        purpose=LoanPurpose(row[9]),
        of_officer=bool(row[10]),
        proposed_by=row[11],
        asked_at=row[12],
        applied=Applied(written.ASKED, date.fromisoformat(on), terms),
    )


def _told(row: tuple[Any, ...]) -> Told:
    _, no, seq, entry_seq, entry_id, by, yes, against, place, *columns = row
    vote = None if yes is None else (yes, against)
    return Told(no, seq, entry_seq, entry_id, by, written.fact(no, tuple(columns)), vote, place)
