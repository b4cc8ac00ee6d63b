"""Return commits, raise rolls back; who waits together is committed together and answered alone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest

from app.audit import trail
from app.config import Settings
from app.db import embedded
from app.db.embedded import Embedded
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.errors import Busy, Conflict
from app.ledger.receipts import EntryPosted
from app.savings import actions as savings
from tests.story import Chapter, StoryClock, a_chapter, a_ticket, a_union, counted

NOTED = "INSERT INTO setup_token (token_hash, expires_at) VALUES (?, ?)"


def note(db: Tx, name: bytes, value: int = 0) -> int:
    """Any act at all: a row in a table without keys to elsewhere."""
    return db.run(NOTED, (name, value))


def noted(db: Database) -> set[bytes]:
    rows = db.read_now(Tx.rows, "SELECT token_hash FROM setup_token")
    return {bytes(name) for (name,) in rows}


def note_and_fail(db: Tx, name: bytes) -> None:
    note(db, name)
    raise Conflict("no", "Không.")


# One at a time


def test_return_commits(db: Database) -> None:
    assert db.write_now(note, b"one") == 1
    assert noted(db) == {b"one"}


@pytest.mark.parametrize(
    "error", [Conflict("no", "Không."), ValueError("bug"), KeyboardInterrupt()]
)
def test_raise_rolls_back(db: Database, error: BaseException) -> None:
    def fails(tx: Tx) -> None:
        note(tx, b"one")
        raise error

    with pytest.raises(type(error)):
        db.write_now(fails)
    assert noted(db) == set()
    db.write_now(note, b"two")
    assert noted(db) == {b"two"}


def test_a_database_error_rolls_back_all_of_its_action(db: Database) -> None:
    def twice(tx: Tx) -> None:
        note(tx, b"one")
        note(tx, b"two")
        note(tx, b"one")

    with pytest.raises(Exception, match=r"UNIQUE|duplicate key"):
        db.write_now(twice)
    assert noted(db) == set()


def test_what_was_answered_is_there_for_everybody(db: Database, settings: Settings) -> None:
    """The answer comes after the commit: another connection sees it at once."""
    with closing(open_database(settings, readonly=True)) as other:
        for n in range(20):
            db.write_now(note, bytes([n]))
            assert bytes([n]) in noted(other)


# Reading never writes


@pytest.mark.parametrize("door", ["read", "glance"])
def test_a_reading_cannot_write(db: Database, door: str) -> None:
    async def ask() -> None:
        await getattr(db, door)(note, b"one")

    with pytest.raises(Exception, match=r"(?i)read.?only"):
        asyncio.run(ask())
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        db.read_now(note, b"one")
    assert noted(db) == set()


def test_a_reading_sees_one_moment(db: Database) -> None:
    """Whatever is written between its statements."""

    def looks_twice(tx: Tx) -> tuple[Any, Any]:
        sql = "SELECT count(*) FROM setup_token"
        first = tx.row(sql)
        elsewhere.submit(db.write_now, note, b"meanwhile").result()
        return first, tx.row(sql)

    with ThreadPoolExecutor(1) as elsewhere:
        assert db.read_now(looks_twice) == ((0,), (0,))
    assert noted(db) == {b"meanwhile"}


# Many at once


def test_many_at_once_all_land(db: Database) -> None:
    """Sheets of one chapter from many callers: none is lost, none is numbered twice."""
    doai = a_chapter(db, "Lan")
    first, _ = doai.head_now()

    async def everybody() -> list[int]:
        answers = await asyncio.gather(*(db.write(post, doai) for _ in range(60)))
        return [answer.receipt.seq for answer in answers]

    assert sorted(asyncio.run(everybody())) == list(range(first + 1, first + 61))
    assert doai.book().splitlines()[-1] == "lợn 60.000 Lan 60.000/60"
    assert doai.findings() == []


def post(tx: Tx, chapter: Chapter, lines: str = "Lan 1.000/1") -> EntryPosted:
    from app.clock import today

    return savings.post_sheet(
        tx, actor=chapter.treasurer, chapter_id=chapter.id, pot_id=chapter.pot, day=today(),
        lines=chapter.lines(lines), ticket=a_ticket(None),
    ).value  # fmt: skip


def test_read_then_write_loses_nothing(db: Database) -> None:
    """Eight callers count on from what they read under the book's lock."""
    union = a_union(db)
    db.write_now(note, b"counter")

    def count_on(tx: Tx) -> None:
        trail.open_book(tx, union.root)
        (now,) = tx.rows("SELECT expires_at FROM setup_token WHERE token_hash = ?", (b"counter",))[
            0
        ]
        tx.run("UPDATE setup_token SET expires_at = ? WHERE token_hash = ?", (now + 1, b"counter"))

    def caller(_: int) -> None:
        for _ in range(20):
            db.write_now(count_on)

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(caller, range(8)))
    sql = "SELECT expires_at FROM setup_token WHERE token_hash = ?"
    assert db.read_now(Tx.rows, sql, (b"counter",)) == [(160,)]


def test_one_that_fails_never_fails_its_neighbours(db: Database) -> None:
    async def everybody() -> list[Any]:
        acts: list[Any] = []
        for n in range(40):
            act: Callable[..., Any] = note_and_fail if n % 3 == 0 else note
            acts.append(db.write(act, bytes([n])))
        return await asyncio.gather(*acts, return_exceptions=True)

    answers = asyncio.run(everybody())
    assert [isinstance(answer, Conflict) for answer in answers] == [n % 3 == 0 for n in range(40)]
    assert noted(db) == {bytes([n]) for n in range(40) if n % 3}


def test_a_refused_sheet_among_others(db: Database) -> None:
    doai = a_chapter(db, "Lan Hoa")

    async def everybody() -> list[Any]:
        sheets = ["Lan 1.000/1", "Lan 500/0", "Hoa 2.000/2", "Ai 1.000/1", "Lan 3.000/3"]
        acts = (db.write(post, doai, lines) for lines in sheets)
        return await asyncio.gather(*acts, return_exceptions=True)

    answers = asyncio.run(everybody())
    assert [getattr(answer, "code", "posted") for answer in answers] == [
        "posted", "too_little", "posted", "member_unknown", "posted",
    ]  # fmt: skip
    assert doai.book().splitlines()[-1] == "lợn 6.000 Lan 4.000/4, Hoa 2.000/2"
    assert doai.findings() == []


# PostgreSQL's passing troubles


@pytest.mark.parametrize("trouble", ["40001", "40P01", "55P03"])
def test_a_passing_trouble_is_tried_again(postgres_db: Database, trouble: str) -> None:
    tries = []

    def unlucky_twice(tx: Tx) -> str:
        tries.append(note(tx, b"one"))
        if len(tries) < 3:
            raise psycopg.errors.lookup(trouble)
        return "done"

    assert postgres_db.write_now(unlucky_twice) == "done"
    assert len(tries) == 3
    assert noted(postgres_db) == {b"one"}


def test_another_trouble_is_not(postgres_db: Database) -> None:
    tries = []

    def wrong(tx: Tx) -> None:
        tries.append(1)
        tx.run("SELECT nothing FROM nowhere")

    with pytest.raises(psycopg.errors.UndefinedTable):
        postgres_db.write_now(wrong)
    assert len(tries) == 1


# SQLite's one writer


def test_who_waits_together_is_committed_together(sqlite_db: Embedded) -> None:
    """While one is at work the others wait; then all of them stand in one transaction."""
    first_began, go_on = threading.Event(), threading.Event()
    depths: list[int] = []

    def first(tx: Tx) -> None:
        first_began.set()
        assert go_on.wait(10)

    def next_one(tx: Tx, name: bytes) -> None:
        depths.append(sqlite_db.read_now(Tx.rows, "SELECT count(*) FROM setup_token")[0][0])
        note(tx, name)

    async def everybody() -> None:
        begun = asyncio.ensure_future(sqlite_db.write(first))
        await asyncio.to_thread(first_began.wait)
        waiting = [asyncio.ensure_future(sqlite_db.write(next_one, bytes([n]))) for n in range(9)]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(begun, *waiting)

    asyncio.run(everybody())
    assert depths == [0] * 9  # nobody else saw one of them before all were committed
    assert len(noted(sqlite_db)) == 9


def test_never_more_than_the_limit_at_once(
    sqlite_db: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "TOGETHER", 3)
    seen: list[int] = []

    def looks(tx: Tx, name: bytes) -> None:
        seen.append(sqlite_db.read_now(Tx.rows, "SELECT count(*) FROM setup_token")[0][0])
        note(tx, name)

    async def everybody() -> None:
        await asyncio.gather(*(sqlite_db.write(looks, bytes([n])) for n in range(10)))

    asyncio.run(everybody())
    assert seen == sorted(seen) and max(seen) >= 6
    assert len(noted(sqlite_db)) == 10


def test_a_commit_that_fails_leaves_it_open_for_all_of_them(sqlite_db: Embedded) -> None:
    """Nobody is told that it failed: only the same key can tell (and nothing is there)."""

    def bad(tx: Tx) -> None:
        note(tx, b"bad")
        tx.run("PRAGMA defer_foreign_keys = 1")
        tx.run("INSERT INTO enrolment (code_hash, person_id, expires_at) VALUES (?, ?, 0)",
               (b"code", "nobody"))  # fmt: skip

    with pytest.raises(Busy) as caught:
        sqlite_db.write_now(bad)
    assert caught.value.code == "unknown_outcome"
    assert noted(sqlite_db) == set()
    sqlite_db.write_now(note, b"good")
    assert noted(sqlite_db) == {b"good"}


def test_what_waits_when_it_closes_is_still_done(
    sqlite_settings: Settings, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty wait behind a slow one when the server is told to stop."""
    began, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        began.set()
        assert go_on.wait(10)

    async def everybody(db: Embedded) -> None:
        asked = [asyncio.ensure_future(db.write(slow))]
        await asyncio.to_thread(began.wait, 10)
        asked += [asyncio.ensure_future(db.write(note, bytes([n]))) for n in range(20)]
        await asyncio.sleep(0)
        assert db._writer is not None
        finish = db._writer.join
        monkeypatch.setattr(db._writer, "join", lambda: (go_on.set(), finish()))
        await asyncio.wait_for(asyncio.gather(asyncio.to_thread(db.close), *asked), 60)

    db = Embedded(sqlite_settings.database_url.removeprefix("sqlite:///"))
    with closing(db):
        asyncio.run(everybody(db))
    with closing(open_database(sqlite_settings, readonly=True)) as again:
        assert len(noted(again)) == 20


def test_a_second_writer_is_kept_out(sqlite_db: Database, sqlite_settings: Settings) -> None:
    with pytest.raises(SystemExit, match="another process is writing this book"):
        open_database(sqlite_settings).close()
    assert counted(sqlite_db, "unit") == 0


ANOTHER_PROCESS = """
import sys
from pathlib import Path
from app.config import Settings
from app.db.engine import open_database
url = sys.argv[1]
open_database(Settings(Path("."), url, b""), readonly="readonly" in sys.argv).close()
"""


def test_a_second_process_is_kept_out_and_a_reading_one_is_not(
    sqlite_db: Database, sqlite_settings: Settings
) -> None:
    command = [sys.executable, "-c", ANOTHER_PROCESS, sqlite_settings.database_url]
    writing = subprocess.run(command, check=False, capture_output=True, text=True)
    reading = subprocess.run([*command, "readonly"], check=False, capture_output=True, text=True)
    assert (writing.returncode, "đang ghi sổ này" in writing.stderr) == (1, True)
    assert (reading.returncode, reading.stderr) == (0, "")


def test_the_pragmas_hold_on_every_connection(sqlite_db: Embedded) -> None:
    def pragmas(tx: Tx) -> dict[str, Any]:
        names = (*embedded.PRAGMAS, "query_only", "journal_mode")
        return {name: tx.rows(f"PRAGMA {name}")[0][0] for name in names}

    kept = dict(embedded.PRAGMAS) | {"journal_mode": "wal"}
    assert sqlite_db.write_now(pragmas) == kept | {"query_only": 0}
    assert sqlite_db.read_now(pragmas) == kept | {"query_only": 1}
    assert (kept["synchronous"], kept["foreign_keys"], kept["recursive_triggers"]) == (2, 1, 1)


def test_an_unknown_engine_is_refused_with_a_sentence(house: Settings) -> None:
    for url in ("mysql://localhost/solon", "postgresql://localhost/solon", "solon.db"):
        with pytest.raises(SystemExit, match="DATABASE_URL"):
            open_database(Settings(data=house.data, database_url=url, pepper=b""))
