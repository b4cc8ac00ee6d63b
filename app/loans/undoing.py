"""An entry of a loan is taken back: its fact stands no more, the ledger follows (ADR 13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app.db.tx import Tx
from app.ledger.entry import Transfer
from app.loans import books, pen, telling
from app.loans.facts import Fact, Refused, Reversed
from app.loans.kept import Kept, kept
from app.loans.life import replay
from app.mending.rules import Follow

Numbered = list[tuple[int, Fact]]


def take_back(
    db: Tx, chapter_id: str, seq: int, today: date, opposite: Sequence[Transfer]
) -> Follow:
    """One fact of one loan. Beside the opposite lines the ledger is told how later repayments are
    divided now. Raises what telling.added raises.
    """
    ((loan_id, no),) = _moved_by(db, chapter_id, seq)
    of = kept(db, chapter_id, loan_id)
    fact = Reversed(str(of.next_no), today, str(no))
    after = telling.added(of.facts, fact)
    more = books.transfers(of.accounts(), of.loan, after, less=opposite)
    return _follow(db, [(of, [(of.next_no, fact)])], more)


def take_back_opening(
    db: Tx, chapter_id: str, seq: int, today: date, _opposite: Sequence[Transfer]
) -> Follow:
    """The running loans a paper book brought along: their facts, and nobody waits for one.

    Their money goes back by the opposite lines, where it came from. Raises Conflict `later_first`
    where something happened to one since.
    """
    loans: dict[str, list[int]] = {}
    for loan_id, no in _moved_by(db, chapter_id, seq):
        loans.setdefault(loan_id, []).append(no)
    changed = [
        _unbrought(kept(db, chapter_id, loan_id), numbers, today)
        for loan_id, numbers in loans.items()
    ]
    return _follow(db, changed, ())


def _unbrought(of: Kept, numbers: Sequence[int], today: date) -> tuple[Kept, Numbered]:
    facts = of.facts
    told: list[Fact] = []
    for no, brought in enumerate(reversed(numbers), of.next_no):
        back = Reversed(str(no), today, str(brought))
        telling.added(facts, back)
        facts.append(back)
        told.append(back)
    told.append(Refused(str(of.next_no + len(told)), today))
    return of, [(int(fact.id), fact) for fact in told]


def _moved_by(db: Tx, chapter_id: str, seq: int) -> list[tuple[str, int]]:
    sql = "SELECT loan_id, no FROM loan_fact WHERE chapter_id = ? AND entry_seq = ? ORDER BY no"
    return [(row[0], row[1]) for row in db.rows(sql, (chapter_id, seq))]


def _follow(
    db: Tx, changed: Iterable[tuple[Kept, Numbered]], transfers: tuple[Transfer, ...]
) -> Follow:
    loans = list(changed)

    def note(seq: int) -> None:
        for of, facts in loans:
            pen.note(db, of.chapter_id, of.id, facts, seq=seq, moved=True)
            after = replay([*of.facts, *(fact for _, fact in facts)])
            pen.bookmark(db, of.chapter_id, of.id, of.loan, after)

    said = [[of.id, [pen.sealed_fact(no, fact) for no, fact in facts]] for of, facts in loans]
    return Follow(transfers, {"loans": said} if said else {}, note)
