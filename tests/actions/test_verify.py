"""Every stored figure is recomputed: one that was falsified is found, and clean books are silent."""

from __future__ import annotations

from typing import Any

import pytest

from app import verify as checks
from app.db.engine import Database
from app.db.tx import Tx
from app.terms import BelongsTo
from tests.actions.conftest import Thief
from tests.broken import broken
from tests.story import DAY, TODAY, Chapter, a_chapter, a_union, findings


@pytest.fixture
def doai(db: Database) -> Chapter:
    """
    13/10 Lan 5.000/5   Hoa 2.000/2
    20/10 Lan 1.000/1
    20/10 Lan -1.000/-1, taken back
    20/10 Hoa 9.000/9 into the fund
    """
    chapter = a_chapter(db, "Lan Hoa")
    fund = chapter.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    chapter.sheet("Lan 5.000/5, Hoa 2.000/2", on=TODAY - 7 * DAY)
    chapter.reverse(chapter.sheet("Lan 1.000/1"))
    chapter.sheet("Hoa 9.000/9", pot=fund)
    return chapter


# Clean books


def test_clean_books_are_silent(doai: Chapter) -> None:
    assert doai.findings() == []
    assert findings(doai.db, doai.union.root) == []


def test_an_empty_chapter_is_clean(db: Database) -> None:
    assert a_chapter(db, "").findings() == []


def test_every_book_is_listed(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    listed = doai.db.read_now(checks.books)
    assert listed == sorted([doai.union.root, doai.id, trung.id])


def test_a_union_without_chapters_has_its_own_book(db: Database) -> None:
    union = a_union(db)
    assert db.read_now(checks.books) == [union.root]
    assert findings(db, union.root) == []


def test_findings_name_their_book(doai: Chapter, thief: Thief) -> None:
    thief.change("account", "balance = 1", "kind = 'fund'")
    found = doai.db.read_now(lambda tx: list(checks.verify(tx, doai.id)))
    assert {finding.chapter_id for finding in found} == {doai.id}
    assert findings(doai.db, doai.union.root) == []


# Falsified figures


@pytest.mark.parametrize(
    ("table", "change", "where", "found"),
    [
        ("account", "balance = balance + 1000", "no = 2",
         "account 2 (savings): balance 6000, recomputed 5000"),
        ("account", "balance = balance - 1000", "no = 1",
         "account 1 (cash_pot): balance 6000, recomputed 7000"),
        ("account", "balance = 0", "kind = 'fund'", "account 5 (fund): balance 0, recomputed 9000"),
        ("account", "periods = periods + 1", "no = 2",
         "account 2 (savings): periods 6, recomputed 5"),
        ("account", "periods = 0", "kind = 'fund'", "account 5 (fund): periods 0, recomputed 9"),
        ("day_total", "debit = debit + 1", "kind = 'cash_pot' AND day = '2026-10-13'",
         "day_total cash_pot 2026-10-13: not the sum of its movements"),
        ("day_total", "credit = 0", "kind = 'savings' AND day = '2026-10-20'",
         "day_total savings 2026-10-20: not the sum of its movements"),
        ("day_total", "day = '2026-10-14'", "kind = 'savings' AND day = '2026-10-13'",
         "day_total savings 2026-10-14: not the sum of its movements"),
        ("month_total", "debit = debit + 1", "kind = 'savings'",
         "month_total savings 2026-10-01: not the sum of its movements"),
        ("month_total", "credit = credit - 1", "kind = 'fund'",
         "month_total fund 2026-10-01: not the sum of its movements"),
        ("movement", "amount = amount + 1000", "seq = 10 AND line = 1",
         "account 2 (savings): balance 5000, recomputed 6000"),
        ("movement", "amount = amount + 1000", "seq = 10 AND line = 1",
         "entry 10: not what was sealed"),
        ("movement", "periods = 1", "seq = 10 AND line = 1", "entry 10: not what was sealed"),
        ("movement", "member_no = 1", "seq = 10 AND line = 2", "entry 10: not what was sealed"),
        ("movement", "credit_no = 2", "seq = 10 AND line = 2", "entry 10: not what was sealed"),
        ("movement", "reverses_seq = 10", "reverses_seq IS NOT NULL",
         "entry 12: not what was sealed"),
        ("entry", "day = '2026-10-14'", "seq = 10", "entry 10: not what was sealed"),
        ("entry", "kind = 'reversal'", "seq = 10", "entry 10: not what was sealed"),
        ("entry", "id = chapter_id", "seq = 10", "entry 10: not what was sealed"),
        ("entry", "cycle_no = 2", "seq = 10", "entry 10: not what was sealed"),
    ],
)  # fmt: skip
def test_a_falsified_figure_is_found(
    doai: Chapter, thief: Thief, table: str, change: str, where: str, found: str
) -> None:
    thief.drop_triggers()
    thief.change(table, change, f"chapter_id = ? AND {where}", (doai.id,))
    assert found in doai.findings()


@pytest.mark.parametrize("table", ["movement", "entry", "day_total", "month_total"])
def test_rows_that_were_taken_away_are_found(doai: Chapter, thief: Thief, table: str) -> None:
    thief.drop_triggers()
    where = "seq = 10" if table in ("movement", "entry") else "kind = 'fund'"
    assert thief.run(f"DELETE FROM {table} WHERE chapter_id = ? AND {where}", (doai.id,)) > 0
    assert doai.findings() != []


@pytest.mark.parametrize("table", ["entry", "day_total", "month_total"])
def test_rows_that_were_put_in_are_found(doai: Chapter, thief: Thief, table: str) -> None:
    columns = {
        "entry": "chapter_id, 1, chapter_id, kind, pot_id, cycle_no, day",
        "day_total": "chapter_id, pot_id, 'loan', day, flow, 1, 1",
        "month_total": "chapter_id, pot_id, 'loan', month, flow, 1, 1",
    }
    where = "seq = 10" if table == "entry" else "kind = 'fund'"
    thief.run(f"INSERT INTO {table} SELECT {columns[table]} FROM {table} WHERE {where}")
    found = {
        "entry": "entry 1: not what was sealed",
        "day_total": "day_total loan 2026-10-20: not the sum of its movements",
        "month_total": "month_total loan 2026-10-01: not the sum of its movements",
    }
    assert doai.findings() == [found[table]]


def test_an_entry_without_a_record_is_found(doai: Chapter, thief: Thief) -> None:
    thief.run(
        "INSERT INTO entry SELECT chapter_id, 99, chapter_id, kind, pot_id, cycle_no, day"
        " FROM entry WHERE seq = 10"
    )
    assert doai.findings() == ["entry 99: never sealed"]


def test_one_false_figure_does_not_hide_another(doai: Chapter, thief: Thief) -> None:
    thief.change("account", "balance = 1, periods = 2", "kind = 'fund'")
    thief.change("month_total", "debit = 3", "kind = 'fund'")
    assert doai.findings() == [
        "account 5 (fund): balance 1, recomputed 9000",
        "account 5 (fund): periods 2, recomputed 9",
        "month_total fund 2026-10-01: not the sum of its movements",
    ]


# What must always be true, whatever was written


def test_a_day_that_ended_below_zero_is_found(doai: Chapter, thief: Thief) -> None:
    """What was taken back on the 20th is moved before the money came."""
    thief.drop_triggers()
    thief.change("entry", "day = '2026-10-12'", "kind = 'reversal'")
    found = doai.findings()
    assert "account 1 (cash_pot): below zero at the end of 2026-10-12" in found
    assert "account 2 (savings): below zero at the end of 2026-10-12" in found


def test_a_movement_between_two_pots_is_found(doai: Chapter, thief: Thief) -> None:
    thief.drop_triggers()
    thief.change("movement", "credit_no = 5", "seq = 10 AND line = 1")
    found = doai.findings()
    assert "entry 10 line 1: between two pots" in found
    assert f"pot {doai.pot}: debits and credits differ by 5000" in found


def test_an_opening_account_that_is_not_empty_is_found(doai: Chapter, thief: Thief) -> None:
    thief.change("account", "kind = 'opening', balance = 9000", "kind = 'fund'")
    fund = doai.db.read_now(Tx.rows, "SELECT pot_id FROM account WHERE kind = 'opening'")[0][0]
    assert f"pot {fund}: the opening account holds 9000" in doai.findings()


def test_periods_count_in_the_open_cycle_only(doai: Chapter, thief: Thief) -> None:
    """A new pig begins: what was covered of the old one counts no more."""
    broken(doai)
    assert doai.findings() == []
    thief.change("account", "periods = 5", "no = 2")
    assert doai.findings() == ["account 2 (savings): periods 5, recomputed 0"]
    thief.change("account", "periods = 0", "no = 2")
    doai.sheet("Lan 3.000/3")
    assert doai.findings() == []


def test_verify_only_reads(doai: Chapter) -> None:
    before: list[Any] = doai.db.read_now(Tx.rows, "SELECT * FROM account ORDER BY no")
    doai.findings()
    assert doai.db.read_now(Tx.rows, "SELECT * FROM account ORDER BY no") == before
