"""The cash book, the trial balance and the voucher numbers of a chapter, as text."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.db.tx import Tx
from app.reports import cash_book as books
from app.reports import trial_balance as trials
from app.reports import vouchers
from app.reports.cash_book import CashBook
from app.web import language
from tests.story import Chapter, dong


def cash_book(doai: Chapter, **asked: Any) -> CashBook:
    return doai.db.read_now(books.cash_book, actor=doai.inspector, chapter_id=doai.id, **asked)


def told(doai: Chapter, **asked: Any) -> str:
    """`13/10 PT 1/2026 Thu tiền góp của 2 chị +6.000 = 6.000`, pot after pot."""
    found = []
    for pot in cash_book(doai, **asked).pots:
        found.append(f"{pot.name} {dong(pot.opening)}")
        for line in pot.lines:
            of = line.of
            change = f"+{dong(line.came_in)} " if line.came_in else ""
            change += f"-{dong(line.went_out)} " if line.went_out else ""
            late = f" ({of.recorded_on:%d/%m})" if of.recorded_on != of.day else ""
            found.append(
                f"{of.day:%d/%m}{late} {of.voucher or 'số'} {language.filled(*of.text, 'vi')}"
                f" {change}= {dong(line.balance)}{' (hủy)' if of.reversed_by else ''}"
            )
        found.append(f"= {dong(pot.closing)}")
    return "\n".join(found)


def balance_of(doai: Chapter, on: date | None = None) -> str:
    """`Assets:Pig1:Cash:Pot 6.000 0`, and the two sums."""
    asked = {"actor": doai.inspector, "chapter_id": doai.id, "on": on}
    _, accounts = doai.db.read_now(trials.trial_balance, **asked)
    sums = (sum(one.debit for one in accounts), sum(one.credit for one in accounts))
    assert sums[0] == sums[1]
    lines = [f"{one.account} {dong(one.debit)} {dong(one.credit)}" for one in accounts]
    return "\n".join([*lines, f"= {dong(sums[0])}"])


def numbers(doai: Chapter) -> list[str]:
    """Every voucher number in the order of recording, as each slip shows it alone."""
    found = []
    for (entry_id,) in doai.db.read_now(Tx.rows, "SELECT id FROM entry ORDER BY seq"):
        shown = doai.db.read_now(vouchers.slip, actor=doai.inspector, entry_id=entry_id)
        found.append(str(shown.of.voucher or "-"))
    return found
