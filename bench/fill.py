"""History by the hundred thousand, straight into the tables: triggers stay on, seals are real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from app import clock, ids
from app.audit import chain
from app.db import embedded, served
from bench.world import OPENED, Chapter

AMOUNT = 1_000  # đồng a line
AT_ONCE = 20_000  # entries a transaction
Row = tuple[Any, ...]
COLUMNS = {
    "trail": "chapter_id seq prev_seq at act person_id content leaf head",
    "entry": "chapter_id seq id kind pot_id cycle_no day",
    "movement": "chapter_id seq line debit_no credit_no amount member_no periods",
}


class Pen:
    """Writes many rows into either database."""

    def __init__(self, url: str) -> None:
        self.postgres = not url.startswith("sqlite")
        if self.postgres:
            self.connection: Any = served.connect(url.replace("+psycopg", "", 1))
        else:
            self.connection = embedded.connect(url.removeprefix("sqlite:///"))
        self.cursor = self.connection.cursor()

    def run(self, sql: str, params: Row = ()) -> None:
        self.cursor.execute(sql.replace("?", "%s") if self.postgres else sql, params)

    def rows(self, sql: str, params: Row) -> list[Row]:
        self.run(sql, params)
        found: list[Row] = self.cursor.fetchall()
        return found

    def many(self, table: str, rows: list[Row]) -> None:
        columns = COLUMNS[table].split()
        names = ", ".join(columns)
        if self.postgres:
            with self.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" for _ in columns)
            self.cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def close(self) -> None:
        if self.postgres:
            self.cursor.execute("VACUUM ANALYZE")
            self.cursor.execute("CHECKPOINT")
        else:
            self.cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()


def fill(url: str, chapters: list[Chapter], entries: int) -> None:
    """`entries` more entries of a line each, shared among the chapters, days in order."""
    pen = Pen(url)
    try:
        for chapter in chapters:
            share = entries // len(chapters)
            for first in range(0, share, AT_ONCE):
                _part(pen, chapter, first, min(AT_ONCE, share - first), share)
    finally:
        pen.close()


def _part(pen: Pen, chapter: Chapter, first: int, count: int, of: int) -> None:
    """One transaction: records, entries and movements, then what is kept beside them."""
    pen.run("BEGIN")
    seq, head = pen.rows("SELECT seq, head FROM book WHERE chapter_id = ?", (chapter.id,))[0]
    accounts = pen.rows(
        "SELECT a.no, m.number FROM account a LEFT JOIN member m ON m.chapter_id = a.chapter_id"
        " AND m.id = a.owner_id WHERE a.chapter_id = ? AND a.kind IN ('cash_pot', 'savings')",
        (chapter.id,),
    )
    cash = next(no for no, number in accounts if number is None)
    savers = [(no, number) for no, number in accounts if number is not None]
    head = bytes(head)
    trail: list[Row] = []
    entry: list[Row] = []
    movement: list[Row] = []
    per_day: Counter[date] = Counter()
    for n, day in enumerate(_days(first, count, of), first):
        seq += 1
        account, member = savers[n % len(savers)]
        record, rows, head = _entry(chapter, seq, head, day, (cash, account, member))
        trail.append(record)
        entry.append(rows[0])
        movement.append(rows[1])
        per_day[day] += 1
    for table, rows_of in (("trail", trail), ("entry", entry), ("movement", movement)):
        pen.many(table, rows_of)
    pen.run("UPDATE book SET seq = ?, head = ? WHERE chapter_id = ?", (seq, head, chapter.id))
    lines = Counter(row[4] for row in movement)
    for no, times in [(cash, 0), *sorted(lines.items())]:
        pen.run(
            "UPDATE account SET balance = balance + ?, periods = periods + ?"
            " WHERE chapter_id = ? AND no = ?",
            (AMOUNT * (times or count), times, chapter.id, no),
        )
    _totals(pen, chapter, per_day)
    pen.run("COMMIT")


def _days(first: int, count: int, of: int) -> Iterator[date]:
    length = (clock.today() - OPENED).days
    for n in range(first, first + count):
        yield OPENED + timedelta(days=n * length // of)


def _entry(
    chapter: Chapter, seq: int, before: bytes, day: date, numbers: tuple[int, int, int]
) -> tuple[Row, tuple[Row, Row], bytes]:
    """The sealed record, the entry and its one movement, and the head after them."""
    cash, account, member = numbers
    entry_id, at = ids.for_entry(), clock.now()
    sealed = {
        "id": entry_id,
        "kind": "sheet",
        "pot": chapter.pot_id,
        "cycle": 1,
        "day": day.isoformat(),
        "lines": [[1, cash, account, AMOUNT, member, 1, None, None]],
    }
    content = chain.record(
        chapter=chapter.id,
        seq=seq,
        at=at,
        clock=clock.name(),
        by=chapter.treasurer_id,
        device="",
        act="sheet_recorded",
        about=entry_id,
        facts={},
        texts={},
        entry=sealed,
    )
    leaf = chain.leaf(content)
    head = chain.head(before, leaf)
    record = (
        chapter.id,
        seq,
        seq - 1,
        at,
        "sheet_recorded",
        chapter.treasurer_id,
        content,
        leaf,
        head,
    )
    entry = (chapter.id, seq, entry_id, "sheet", chapter.pot_id, 1, day)
    return record, (entry, (chapter.id, seq, 1, cash, account, AMOUNT, member, 1)), head


def _totals(pen: Pen, chapter: Chapter, per_day: Counter[date]) -> None:
    per_month: Counter[date] = Counter()
    for day, times in per_day.items():
        per_month[day.replace(day=1)] += times
    for table, column, times_of in (
        ("day_total", "day", per_day),
        ("month_total", "month", per_month),
    ):
        for on, times in times_of.items():
            for kind, debit, credit in (("cash_pot", times, 0), ("savings", 0, times)):
                pen.run(
                    f"INSERT INTO {table} (chapter_id, pot_id, kind, {column}, flow, debit, credit)"
                    " VALUES (?, ?, ?, ?, 'sheet', ?, ?)"
                    f" ON CONFLICT (chapter_id, pot_id, kind, {column}, flow)"
                    f" DO UPDATE SET debit = {table}.debit + excluded.debit,"
                    f" credit = {table}.credit + excluded.credit",
                    (chapter.id, chapter.pot_id, kind, on, AMOUNT * debit, AMOUNT * credit),
                )
