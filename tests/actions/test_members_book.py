"""A member's own book: what she has, line by line, and the head it was read from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.db.engine import Database
from app.db.tx import Tx
from app.reports import queries
from app.reports.queries import Balance, StatementLine
from app.terms import BelongsTo, Period
from tests.story import DAY, LAST_YEAR, TODAY, Chapter, a_chapter, dong, tidy
from tests.till import Till


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


def balance(doai: Chapter, name: str) -> Balance:
    asked = {"actor": doai.inspector, "member_id": doai.members[name]}
    return doai.db.read_now(queries.balance, **asked)


def statement(doai: Chapter, name: str, **asked: Any) -> list[StatementLine]:
    said = {"actor": doai.inspector, "member_id": doai.members[name]} | asked
    return doai.db.read_now(queries.statement, **said)


def told(doai: Chapter, name: str, **asked: Any) -> str:
    """`20/10 sheet 5.000 = 7.000`: newest first, with what she has after it."""
    return "\n".join(
        f"{date.fromisoformat(line.date):%d/%m} {line.kind} {dong(line.amount)}"
        f" = {dong(line.balance)}{' (taken back)' if line.reversed else ''}"
        for line in statement(doai, name, **asked)
    )


def test_what_she_has_and_how_far_she_is(doai: Chapter) -> None:
    """The 20th is the 366th day of the cycle; she covered 306 of them."""
    fund = doai.open_pot(belongs_to=BelongsTo.FUND, name="quỹ", on=TODAY - DAY)
    doai.sheet("Lan 300.000/300, Hoa 1.000/1")
    doai.sheet("Lan 6.500/6")
    doai.sheet("Lan 9.000/9", pot=fund)
    found = balance(doai, "Lan")
    assert (found.savings, found.contributed) == (306_500, 9_000)
    assert [(p.name, p.savings, p.contributed, p.periods_covered, p.periods_elapsed)
            for p in found.pots] == [("lợn", 306_500, 0, 306, 366), ("quỹ", 0, 9_000, 9, 2)]  # fmt: skip
    assert (found.seq, found.head) == doai.head_now()


def test_who_never_gave_has_nothing(doai: Chapter) -> None:
    found = balance(doai, "Hoa")
    assert (found.savings, found.contributed, found.pots) == (0, 0, [])


def test_periods_of_one_who_left_stand_still(doai: Chapter) -> None:
    doai.sheet("Lan 1.000/1", on=TODAY - 5 * DAY)
    sql = "UPDATE member SET left_on = ? WHERE id = ?"
    doai.db.write_now(Tx.run, sql, (LAST_YEAR + 9 * DAY, doai.members["Lan"]))
    assert balance(doai, "Lan").pots[0].periods_elapsed == 10


def test_periods_are_the_charters(db: Database) -> None:
    doai = a_chapter(db, "Lan", minimum_per_period=30_000, period=Period.MONTH)
    doai.sheet("Lan 30.000/1")
    (pot,) = balance(doai, "Lan").pots
    assert (pot.periods_covered, pot.periods_elapsed) == (1, 13)


def test_line_by_line(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5, Hoa 1.000/1", on=TODAY - 3 * DAY)
    wrong = doai.sheet("Hoa 9.000/9, Lan 2.000/2")
    doai.reverse(wrong, "Lan")
    doai.sheet("Lan 1.000/1", on=TODAY - DAY)
    assert told(doai, "Lan") == tidy("""
        20/10 reversal -2.000 = 6.000
        20/10 sheet 2.000 = 8.000 (taken back)
        19/10 sheet 1.000 = 6.000
        17/10 sheet 5.000 = 5.000
    """)
    assert told(doai, "Hoa") == tidy("""
        20/10 sheet 9.000 = 10.000
        17/10 sheet 1.000 = 1.000
    """)


def test_a_span_of_days_keeps_the_running_balance(doai: Chapter) -> None:
    for ago in (3, 2, 1, 0):
        doai.sheet("Lan 1.000/1", on=TODAY - ago * DAY)
    assert told(doai, "Lan", from_on=TODAY - 2 * DAY, to_on=TODAY - DAY) == tidy("""
        19/10 sheet 1.000 = 3.000
        18/10 sheet 1.000 = 2.000
    """)


def test_pages_of_a_statement_join_without_a_gap(doai: Chapter) -> None:
    for ago in (3, 0, 1, 0, 2):
        doai.sheet("Lan 1.000/1, Hoa 1.000/1", on=TODAY - ago * DAY)
    whole, pages, after = statement(doai, "Lan"), [], None
    while page := statement(doai, "Lan", limit=2, after=after):
        pages += page
        after = queries.place(queries.place_after(page[-1]))
    assert pages == whole
    assert len(whole) == 5


def test_a_line_is_named_as_in_the_receipt(doai: Chapter) -> None:
    posted = doai.sheet("Hoa 1.000/1, Lan 1.000/1")
    (line,) = statement(doai, "Lan")
    assert (line.line_id, line.entry_id, line.seq) == (
        posted.lines[1].line_id, posted.id, posted.receipt.seq,
    )  # fmt: skip


def test_month_by_month(doai: Chapter) -> None:
    reason = {"reason": "mưa bão"}
    doai.sheet("Lan 5.000/5", on=date(2026, 8, 31), **reason)
    doai.sheet("Lan 2.000/2", on=date(2026, 9, 1), **reason)
    doai.reverse(doai.sheet("Lan 9.000/9"))
    doai.sheet("Lan 1.000/1")
    asked = {"actor": doai.head, "member_id": doai.members["Lan"], "since": date(2026, 9, 1)}
    found = doai.db.read_now(queries.months, **asked)
    assert found == [("2026-09", 2_000), ("2026-10", 1_000)]


def test_only_deposits_are_saved(doai: Chapter) -> None:
    """What an old book brought along is hers, but was not put in this month."""
    till = Till(doai)
    till.opens("Lan 50.000, Hoa 1.000", pot=51_000)
    doai.reverse(doai.sheet("Lan 9.000/9"))
    doai.sheet("Lan 1.000/1")
    asked = {"actor": doai.head, "member_id": doai.members["Lan"], "since": date(2026, 9, 1)}
    assert doai.db.read_now(queries.months, **asked) == [("2026-10", 1_000)]
    assert [queries.line_text(line) for line in statement(doai, "Lan")] == [
        "Góp tiền", "Hủy dòng ghi nhầm", "Góp tiền", "Số dư từ sổ cũ",
    ]  # fmt: skip


def test_a_correction_is_saved_and_told(doai: Chapter) -> None:
    till = Till(doai)
    till.sheet("Lan 5.000/5")
    till.counts("pot", 5_000)
    till.signs(till.sheet("Lan 2.000/2", on=TODAY - DAY, reason="sót"))
    asked = {"actor": doai.head, "member_id": doai.members["Lan"], "since": date(2026, 9, 1)}
    assert doai.db.read_now(queries.months, **asked) == [("2026-10", 7_000)]
    told = [queries.line_text(line) for line in statement(doai, "Lan")]
    assert told == ["Góp tiền", "Góp tiền, ghi thêm sau khi kiểm"]


@pytest.mark.parametrize(("because", "waits"), [("left", 5_000), ("died", 5_000), ("moved", 0)])
def test_savings_of_who_left_wait_for_her(doai: Chapter, because: str, waits: int) -> None:
    doai.sheet("Lan 5.000/5")
    assert balance(doai, "Lan").awaiting_collection == 0
    sql = "UPDATE member SET left_on = ?, left_because = ? WHERE id = ?"
    doai.db.write_now(Tx.run, sql, (TODAY, because, doai.members["Lan"]))
    assert balance(doai, "Lan").awaiting_collection == waits
