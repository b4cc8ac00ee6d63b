"""PostgreSQL: a small pool of threads, a connection and a transaction each.

READ COMMITTED, with the book's row locked first (audit/trail.py): nothing is lost and nothing
needs SERIALIZABLE's retries. All retries of the product are here.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from psycopg import errors
from psycopg.types.string import TextLoader

from app.db.embedded import unknown
from app.db.tx import Tx
from app.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")

WRITERS = 4
READERS = 4
TRIES = 6
WRITE = "BEGIN"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
PASSING = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)


class Served:
    """A PostgreSQL database."""

    postgres = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        self._open: list[psycopg.Connection[Any]] = []
        self._writers = ThreadPoolExecutor(WRITERS, "writer")
        self._readers = ThreadPoolExecutor(READERS, "reader")

    async def write(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call = lambda: self.write_now(action, *args, **more)  # noqa: E731
        return await asyncio.get_running_loop().run_in_executor(self._writers, call)

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call = lambda: self.read_now(query, *args, **more)  # noqa: E731
        return await asyncio.get_running_loop().run_in_executor(self._readers, call)

    glance = read

    def write_now(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call: Callable[[Tx], T] = lambda tx: action(tx, *args, **more)  # noqa: E731
        return self._retried(WRITE, call)

    def read_now(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call: Callable[[Tx], T] = lambda tx: query(tx, *args, **more)  # noqa: E731
        return self._retried(READ, call)

    def raw(self) -> psycopg.Connection[Any]:
        return connect(self._url)

    def close(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        for connection in self._open:
            connection.close()

    def _retried(self, begin: str, call: Callable[[Tx], T]) -> T:
        for attempt in range(TRIES):
            try:
                return self._once(begin, call)
            except PASSING:
                time.sleep(random.random() * 0.02 * 2**attempt)  # noqa: S311 - spreads retries, no secret
            except psycopg.OperationalError:
                self._drop()
                time.sleep(0.05 * 2**attempt)
        raise Busy("try_again", "Máy đang bận, chưa ghi gì. Mời chị thử lại.")

    def _once(self, begin: str, call: Callable[[Tx], T]) -> T:
        connection = self._connection()
        cursor = connection.cursor()
        cursor.execute(begin.encode())
        try:
            value = call(Tx(cursor, postgres=True))
        except BaseException:
            if not connection.broken:
                cursor.execute(b"ROLLBACK")
            raise
        try:
            cursor.execute(b"COMMIT")
        except psycopg.OperationalError as error:
            if begin != WRITE:
                raise  # a reading is simply read again
            # The answer was lost, perhaps after the commit: only the same key can tell.
            self._drop()
            raise unknown() from error
        return value

    def _connection(self) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] | None = getattr(self._own, "connection", None)
        if connection is None or connection.closed:
            connection = self._own.connection = connect(self._url)
            self._open.append(connection)
        return connection

    def _drop(self) -> None:
        connection: psycopg.Connection[Any] | None = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection on which dates and UUIDs come back as text, as on SQLite."""
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
    for kind in ("uuid", "date"):
        connection.adapters.register_loader(kind, TextLoader)
    connection.execute("SET lock_timeout = '5s'; SET timezone = 'UTC'")
    return connection
