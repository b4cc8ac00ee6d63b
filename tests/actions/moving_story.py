"""Words for stories in which cash moves, is spent, counted, or comes out of a paper book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app import clock
from app.approvals.actions import Waiting
from app.cash import actions as counting
from app.cash import moving
from app.cash.writing import Counted, Decision
from app.db.tx import Tx
from app.ledger.receipts import EntryPosted
from app.loans.bringing import Running
from app.opening import actions as opening
from app.terms import Outcome, Place
from tests.story import Chapter, a_ticket, dong, tidy

_BOOK = (
    "SELECT e.day, e.kind, d.kind, d.owner_id, c.kind, c.owner_id, m.amount, e.seq FROM entry e"
    " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
    " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
    " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
    " WHERE e.chapter_id = ? ORDER BY e.seq, m.line"
)


def book(chapter: Chapter, pot: str = "") -> str:
    """Every entry, a movement a line (debit from credit), then what every account holds."""
    names = {id: name for name, id in chapter.members.items()}

    def account(kind: str, owner: str) -> str:
        return f"{kind} {names[owner]}" if owner in names else kind

    entries: dict[int, list[str]] = {}
    for day, kind, debit, d, credit, c, amount, seq in _rows(chapter, _BOOK):
        lines = entries.setdefault(seq, [f"{date.fromisoformat(day):%d/%m} {kind}"])
        lines.append(f"{account(debit, d)} < {account(credit, c)} {dong(amount)}")
    held = [
        f"{account(kind, owner)} {dong(balance)}"
        for kind, owner, balance in _rows(
            chapter, "SELECT kind, owner_id, balance FROM account WHERE chapter_id = ? ORDER BY no"
        )
        if balance
    ]
    return "\n".join([*(line for lines in entries.values() for line in lines), ", ".join(held)])


def holds(chapter: Chapter, expected: str) -> None:
    """The book is exactly this text, and everything stored beside it adds up."""
    assert book(chapter) == tidy(expected)
    assert chapter.findings() == []


def held(chapter: Chapter) -> str:
    """What every account holds: the last line of the book."""
    return book(chapter).rpartition("\n")[2]


def _rows(chapter: Chapter, sql: str) -> Any:
    return chapter.db.read_now(Tx.rows, sql, (chapter.id,))


def move(chapter: Chapter, source: str, target: str, amount: int, *, on: date | None = None,
         notes: Mapping[str, int] | None = None, witnesses: Sequence[str] = (),
         key: str | None = None, **more: Any) -> Waiting:  # fmt: skip
    """The treasurer asks to move cash."""
    day = on or clock.today()
    return chapter.db.write_now(
        moving.move_cash, actor=more.pop("by", chapter.treasurer),
        pot_id=more.pop("pot", chapter.pot), day=day,
        source=Place(source), target=Place(target), amount=amount, notes=notes,
        witnesses=witnesses, ticket=a_ticket(key, source, target, amount), **more,
    ).value  # fmt: skip


def spend(chapter: Chapter, amount: int, *, on: date | None = None, key: str | None = None,
          **more: Any) -> EntryPosted | Waiting:  # fmt: skip
    """The treasurer pays for a visit."""
    return chapter.db.write_now(
        moving.spend, actor=more.pop("by", chapter.treasurer), chapter_id=chapter.id,
        pot_id=more.pop("pot", chapter.pot), day=on or clock.today(), amount=amount,
        purpose="Thăm hỏi", note=None, ticket=a_ticket(key, amount), **more,
    ).value  # fmt: skip


def opens(chapter: Chapter, savings: Mapping[str, int], *, on: date | None = None,
          key: str | None = None, pot: str = "", by: Any = None, reason: str | None = None,
          loans: Sequence[Running] = (), **cash: int) -> Waiting:  # fmt: skip
    """The treasurer brings the paper book: `opens(doai, {"Lan": 5_000}, hand=6_000)`."""
    lines = [(chapter.members.get(name, name), amount) for name, amount in savings.items()]
    return chapter.db.write_now(
        opening.open_balances, actor=by or chapter.treasurer, chapter_id=chapter.id,
        pot_id=pot or chapter.pot, day=on or clock.today(),
        cash={Place(place): amount for place, amount in cash.items()}, savings=lines, loans=loans,
        reason=reason, ticket=a_ticket(key, lines, cash),
    ).value  # fmt: skip


def counts(
    chapter: Chapter, counted: int, *, place: str = "pot", on: date | None = None
) -> Counted:
    """Two count a place of the pig; a difference is carried."""
    answer = chapter.db.write_now(
        counting.count_cash, actor=chapter.treasurer, chapter_id=chapter.id, pot_id=chapter.pot,
        place=Place(place), day=on or clock.today(), notes={"1000": counted // 1000},
        witnesses=["bà Thử", "bà Mẫu"], decision=Decision(Outcome.CARRIED, None),
        ticket=a_ticket(None, counted),
    ).value  # fmt: skip
    assert isinstance(answer, Counted)
    return answer
