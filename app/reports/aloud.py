"""A member's book as it is read aloud: for whoever has no glasses with her, or never learnt to read.

Vietnamese in any language of the page, because a Vietnamese voice says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import money
from app.loans.own import Mine
from app.reports import queries
from app.reports.queries import Balance, PotBalance, StatementLine
from app.savings.rules import PERIOD_WORDS
from app.terms import EntryKind

LAST = 3


def sentences(
    name: str, found: Balance, lines: Sequence[StatementLine], loans: Sequence[Mine] = ()
) -> list[str]:
    """Whose book, how much, how far she is, what she owes, her last three lines that stand."""
    word = PERIOD_WORDS[found.period]
    standing = [x for x in lines if not x.reversed and x.kind != EntryKind.REVERSAL][:LAST]
    return [
        f"Sổ của chị {name}.",
        f"Chị có {_words(found.savings)}.",
        *([f"Chị đã góp vào quỹ chung {_words(found.contributed)}."] if found.contributed else []),
        *(_periods(pot, word) for pot in found.pots),
        *(_owes(one) for one in loans if one.standing.owed.total),
        *(f"{_day(line.date)}, {_did(line)} {_words(abs(line.amount))}." for line in standing),
    ]


def _did(line: StatementLine) -> str:
    put_in = line.kind in (EntryKind.SHEET, EntryKind.CORRECTION) and line.amount > 0
    said = queries.line_text(line)
    return "góp" if put_in else said[0].lower() + said[1:]


def _owes(one: Mine) -> str:
    owed = one.standing.owed
    late = f" Quá hạn {owed.days_overdue} ngày: {_words(owed.overdue)}." if owed.overdue else ""
    coming = (
        f" {_day(one.next.due_on.isoformat())} trả {_words(one.next.amount)}." if one.next else ""
    )
    return f"Chị còn nợ {_words(owed.total)}.{late}{coming}"


def _words(amount: int) -> str:
    said = money.in_words(amount)
    return said[0].lower() + said[1:]


def _periods(pot: PotBalance, word: str) -> str:
    missing = pot.periods_elapsed - pot.periods_covered
    so_far = f"{pot.name}: đã góp {pot.periods_covered} trên {pot.periods_elapsed} {word}"
    if missing > 0:
        return f"{so_far}, còn thiếu {missing} {word}."
    return f"{so_far}, góp trước {-missing} {word}." if missing else f"{so_far}, đủ."


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"Ngày {day.day} tháng {day.month}"
