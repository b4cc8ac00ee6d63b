"""The bare driver: the rows of a sheet as the product writes them, and nothing else.

The same schema, triggers, constraints and durability; a transaction a sheet, set-wise statements,
everything that can be known beforehand made beforehand. What is left besides the statements is
the record's bytes and two hashes, without which the book would not verify. A process of its own:
it reads a job a line (JSON) and answers a line.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from hashlib import sha256
from typing import Any

from app import clock, ids
from app.db import embedded, served

Row = tuple[Any, ...]
AMOUNT = 5_000  # đồng a line


class Sheets:
    """Sheets of one chapter, prepared."""

    def __init__(self, cursor: Any, mark: str, chapter: dict[str, Any]) -> None:
        self.chapter, self.pot = str(chapter["id"]), str(chapter["pot_id"])
        self.person, self.day = str(chapter["treasurer_id"]), clock.today()
        cursor.execute(
            "SELECT a.no, m.number, m.id FROM account a LEFT JOIN member m"
            " ON m.chapter_id = a.chapter_id AND m.id = a.owner_id"
            f" WHERE a.chapter_id = {mark} ORDER BY m.number",
            (self.chapter,),
        )
        found: list[Row] = cursor.fetchall()
        self.cash = int(next(row[0] for row in found if row[1] is None))
        savers = [row for row in found if row[1] is not None]
        self.accounts = [int(row[0]) for row in savers]
        self.members = [int(row[1]) for row in savers]
        self.total = AMOUNT * len(savers)
        lines = [
            [n, self.cash, row[0], AMOUNT, row[1], 1, None, None] for n, row in enumerate(savers, 1)
        ]
        self.sealed = json.dumps(lines, separators=(",", ":"))
        self.reply = ",".join(
            f'{{"line_id":"@{n:04x}","member_id":"{row[2]}","amount":{AMOUNT}}}'
            for n, row in enumerate(savers, 1)
        )

    def record(self, seq: int, at: int, entry_id: str) -> bytes:
        """The bytes that are sealed."""
        entry = (
            f'{{"cycle":1,"day":"{self.day}","id":"{entry_id}","kind":"sheet",'
            f'"lines":{self.sealed},"pot":"{self.pot}"}}'
        )
        return (
            f'{{"about":"{entry_id}","act":"sheet_recorded","at":{at},"by":"{self.person}",'
            f'"chapter":"{self.chapter}","clock":"real","device":"","entry":{entry},'
            f'"facts":{{}},"seq":{seq},"texts":{{}},"v":1}}'
        ).encode("ascii")

    def answer(self, entry_id: str, seq: int, head: bytes) -> bytes:
        """The stored reply."""
        lines = self.reply.replace("@", entry_id[:32])
        return (
            f'{{"id":"{entry_id}","total":{self.total},"lines":[{lines}],'
            f'"receipt":{{"seq":{seq},"head":"{head.hex()}"}}}}'
        ).encode()

    @property
    def month(self) -> date:
        return self.day.replace(day=1)


BOOK = "SELECT seq, head FROM book WHERE chapter_id = ?"
KEEP_BOOK = "UPDATE book SET seq = ?, head = ? WHERE chapter_id = ?"
TRAIL = (
    "INSERT INTO trail (chapter_id, seq, prev_seq, at, act, person_id, device_id, content, leaf,"
    " head) VALUES (?, ?, ?, ?, 'sheet_recorded', ?, NULL, ?, ?, ?)"
)
ENTRY = (
    "INSERT INTO entry (chapter_id, seq, id, kind, pot_id, cycle_no, day)"
    " VALUES (?, ?, ?, 'sheet', ?, 1, ?)"
)
REPLY = "INSERT INTO stored_reply (chapter_id, key, request, reply) VALUES (?, ?, ?, ?)"
TOTAL = (
    "INSERT INTO {table} (chapter_id, pot_id, kind, {on}, flow, debit, credit)"
    " VALUES (?, ?, 'cash_pot', ?, 'sheet', ?, 0), (?, ?, 'savings', ?, 'sheet', 0, ?)"
    " ON CONFLICT (chapter_id, pot_id, kind, {on}, flow) DO UPDATE SET"
    " debit = {table}.debit + excluded.debit, credit = {table}.credit + excluded.credit"
)
DAY, MONTH = (TOTAL.format(table=f"{on}_total", on=on) for on in ("day", "month"))
COLUMNS = "chapter_id, seq, line, debit_no, credit_no, amount, member_no, periods"
MOVEMENT = f"INSERT INTO movement ({COLUMNS}) VALUES (?, ?, ?, ?, ?, {AMOUNT}, ?, 1)"
ACCOUNT = "UPDATE account SET balance = balance + ?, periods = periods + ? WHERE chapter_id = ? AND no = ?"
MANY_MOVEMENTS = (
    f"INSERT INTO movement ({COLUMNS}) SELECT %s, %s, v.line, %s, v.no, {AMOUNT}, v.member, 1"
    " FROM unnest(%s::int[], %s::int[], %s::int[]) AS v (line, no, member)"
)
MANY_ACCOUNTS = (
    "UPDATE account AS a SET balance = a.balance + v.more, periods = a.periods + v.times"
    " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS v (more, times, no)"
    " WHERE a.chapter_id = %s AND a.no = v.no"
)


class Pen:
    """One connection of the driver."""

    def __init__(self, job: dict[str, Any]) -> None:
        url = str(job["url"])
        self.postgres = not url.startswith("sqlite")
        connection: Any = (
            served.connect(url.replace("+psycopg", "", 1))
            if self.postgres
            else embedded.connect(url.removeprefix("sqlite:///"))
        )
        self.cursor = connection.cursor()
        mark = "%s" if self.postgres else "?"
        self.sheets = [Sheets(self.cursor, mark, chapter) for chapter in job["chapters"]]
        self.sql = {sql: sql.replace("?", mark) for sql in
                    (KEEP_BOOK, TRAIL, ENTRY, REPLY, DAY, MONTH)}  # fmt: skip
        self.begin = "BEGIN" if self.postgres else "BEGIN IMMEDIATE"
        self.book = BOOK.replace("?", mark) + (" FOR UPDATE" if self.postgres else "")

    def post(self, s: Sheets, entry_id: str, key: str) -> None:
        """One sheet, one transaction."""
        run, sql = self.cursor.execute, self.sql
        run(self.begin)
        run(self.book, (s.chapter,))
        before, head = self.cursor.fetchone()
        seq, at = before + 1, clock.now()
        content = s.record(seq, at, entry_id)
        leaf = sha256(b"\x00" + content).digest()
        head = sha256(b"\x01" + head + leaf).digest()
        run(sql[TRAIL], (s.chapter, seq, before, at, s.person, content, leaf, head))
        run(sql[KEEP_BOOK], (seq, head, s.chapter))
        run(sql[ENTRY], (s.chapter, seq, entry_id, s.pot, s.day))
        self._lines(s, seq)
        total = (s.chapter, s.pot)
        run(sql[DAY], (*total, s.day, s.total, *total, s.day, s.total))
        run(sql[MONTH], (*total, s.month, s.total, *total, s.month, s.total))
        run(sql[REPLY], (s.chapter, key, leaf, s.answer(entry_id, seq, head)))
        run("COMMIT")

    def _lines(self, s: Sheets, seq: int) -> None:
        count = len(s.accounts)
        if self.postgres:
            numbers = list(range(1, count + 1))
            self.cursor.execute(
                MANY_MOVEMENTS, (s.chapter, seq, s.cash, numbers, s.accounts, s.members)
            )
            more, times = [s.total] + [AMOUNT] * count, [0] + [1] * count
            self.cursor.execute(MANY_ACCOUNTS, (more, times, [s.cash, *s.accounts], s.chapter))
            return
        each = enumerate(zip(s.accounts, s.members, strict=True), 1)
        self.cursor.executemany(MOVEMENT, [(s.chapter, seq, n, s.cash, *both) for n, both in each])
        changes = [(s.total, 0, s.chapter, s.cash)]
        changes += [(AMOUNT, 1, s.chapter, no) for no in s.accounts]
        self.cursor.executemany(ACCOUNT, changes)


def main() -> None:
    """The first line says where; each line after it is a number of sheets to write."""
    pen = Pen(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        count = int(json.loads(line)["total"])
        names = [(ids.for_entry(), ids.new()) for _ in range(count)]
        began = time.monotonic()
        for n, (entry_id, key) in enumerate(names):
            pen.post(pen.sheets[n % len(pen.sheets)], entry_id, key)
        print(json.dumps({"done": count, "began": began, "ended": time.monotonic()}), flush=True)


if __name__ == "__main__":
    main()
