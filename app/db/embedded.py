"""SQLite: one thread owns the only connection that ever writes or checkpoints.

SQLite before 3.51.3 can corrupt a WAL when two connections write or checkpoint at once, and many
Pythons link an older one; a lock file therefore keeps a second writing process out, and readers
open the file read-only. Requests that wait are committed together, with a savepoint each, so one
bad item never fails its neighbours; the answer goes out after the commit.
"""

from __future__ import annotations

import asyncio
import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from app.db.tx import Tx
from app.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")
Job = tuple[Callable[[Tx], Any], "Future[Any] | asyncio.Future[Any]"]

TOGETHER = 256  # requests committed at once, at the most
PRAGMAS = {
    "foreign_keys": 1,
    "synchronous": 2,  # FULL: WAL with NORMAL loses acknowledged rows in a power cut
    "trusted_schema": 0,
    "recursive_triggers": 1,  # or INSERT OR REPLACE walks past the delete triggers
    "busy_timeout": 10_000,
}

sqlite3.register_adapter(date, date.isoformat)


class Embedded:
    """A SQLite file."""

    postgres = False

    def __init__(self, path: str, *, readonly: bool = False) -> None:
        self.path = path
        self._readers = threading.local()
        self._pool = ThreadPoolExecutor(2, "reader")
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        if not readonly:
            self._lock = hold_lock(path)
            ready: Future[None] = Future()
            self._writer = threading.Thread(target=self._run, args=(ready,), name="writer")
            self._writer.start()
            ready.result()

    async def write(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((lambda tx: action(tx, *args, **more), answer))
        return await answer

    def write_now(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        answer: Future[T] = Future()
        self._jobs.put((lambda tx: action(tx, *args, **more), answer))
        return answer.result()

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call = lambda: self.read_now(query, *args, **more)  # noqa: E731
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def glance(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        return self.read_now(query, *args, **more)  # one moment, however many statements

    def read_now(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        cursor = self._reader()
        cursor.execute("BEGIN")  # one snapshot for all its statements
        try:
            return query(Tx(cursor, postgres=False), *args, **more)
        finally:
            cursor.execute("ROLLBACK")

    def raw(self) -> sqlite3.Connection:
        return connect(self.path, readonly=True)

    def close(self) -> None:
        self._pool.shutdown()
        if self._writer:
            self._jobs.put(None)
            self._writer.join()
            self._lock.close()

    def _reader(self) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor | None = getattr(self._readers, "cursor", None)
        if cursor is None:
            cursor = self._readers.cursor = connect(self.path, readonly=True).cursor()
        return cursor

    def _run(self, ready: Future[None]) -> None:
        try:
            connection = connect(self.path)
        except BaseException as error:
            ready.set_exception(error)
            return
        ready.set_result(None)
        while self._commit_together(connection.cursor()):
            pass
        connection.close()

    def _commit_together(self, cursor: sqlite3.Cursor) -> bool:
        """Do every waiting job in one transaction; False when it is time to stop."""
        job = self._jobs.get()
        if job is None:
            return False
        done: list[tuple[Any, Any, BaseException | None]] = []
        try:
            cursor.execute("BEGIN IMMEDIATE")
            while job is not None:
                done.append((job[1], *_attempt(cursor, job[0])))
                if len(done) == TOGETHER or self._jobs.empty():
                    break
                job = self._jobs.get()
            cursor.execute("COMMIT")
        except sqlite3.Error as error:
            waiting = job[1] if job else None
            done = [(answer, None, unknown()) for answer, _, _ in done]
            if waiting and all(answer is not waiting for answer, _, _ in done):
                done.append((waiting, None, unknown()))
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")
            done[-1][2].__cause__ = error  # type: ignore[union-attr]
        _deliver(done)
        return job is not None


def connect(path: str, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection with every pragma set and read back."""
    mode = "ro" if readonly else "rwc"
    uri = f"{Path(path).resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    if not readonly:
        connection.execute("PRAGMA journal_mode = WAL")
    set_pragmas(connection)
    if readonly:
        connection.execute("PRAGMA query_only = 1")
    return connection


def set_pragmas(connection: sqlite3.Connection) -> None:
    """Set every pragma and read it back."""
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        if connection.execute(f"PRAGMA {name}").fetchone()[0] != value:
            raise SystemExit(f"SQLite: PRAGMA {name} không nhận {value} / was not accepted")


def hold_lock(path: str) -> Any:
    """Keep every other writing process out for as long as this one lives."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lock = open(f"{path}.lock", "w")  # noqa: SIM115 - held until close
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(
            f"{path}: một chương trình khác đang ghi sổ này. / another process is writing this book."
        ) from None
    return lock


def unknown() -> Busy:
    """A commit that failed: the same key asked again settles it."""
    return Busy(
        "unknown_outcome", "Chưa chắc đã vào sổ. Mời chị gửi lại, máy sẽ không ghi hai lần."
    )


def _attempt(cursor: sqlite3.Cursor, call: Callable[[Tx], Any]) -> tuple[Any, BaseException | None]:
    cursor.execute("SAVEPOINT item")
    try:
        value = call(Tx(cursor, postgres=False))
    except BaseException as error:
        cursor.execute("ROLLBACK TO item")
        cursor.execute("RELEASE item")
        return None, error
    cursor.execute("RELEASE item")
    return value, None


def _deliver(done: list[tuple[Any, Any, BaseException | None]]) -> None:
    """Answer every caller, waking each event loop once."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any, BaseException | None]]] = {}
    for answer, value, error in done:
        if isinstance(answer, Future):
            _settle([(answer, value, error)])
        else:
            loops.setdefault(answer.get_loop(), []).append((answer, value, error))
    for loop, answers in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: list[tuple[Any, Any, BaseException | None]]) -> None:
    for answer, value, error in answers:
        if answer.cancelled():
            continue
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)
