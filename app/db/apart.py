"""A small SQLite file that stands apart from the book: opened for each transaction, then let go.

Nothing stays open between two requests, so nothing has to be counted, closed or kept from another
serving process, and deleting the file is all there is to throwing it away. It keeps a rollback
journal instead of a WAL: SQLite's own file locks are then enough for several connections
(`embedded.py` says why a WAL needs one writer). That is slow, and quick enough for one person.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from app.db import schema
from app.db.embedded import set_pragmas, unknown
from app.db.tx import Tx
from app.errors import Gone

P = ParamSpec("P")
T = TypeVar("T")
Rows = tuple[str, Sequence[str], Iterable[Sequence[Any]]]  # table, columns, rows


class Apart:
    """The face of a database, on a file that may be deleted at any moment."""

    postgres = False

    def __init__(self, file: Path, gone: Callable[[], Gone]) -> None:
        self.file = file
        self._gone = gone

    async def write(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call = lambda: self.write_now(action, *args, **more)  # noqa: E731
        return await asyncio.to_thread(call)

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        call = lambda: self.read_now(query, *args, **more)  # noqa: E731
        return await asyncio.to_thread(call)

    glance = read

    def write_now(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        connection = self.raw()
        try:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            value = action(Tx(cursor, postgres=False), *args, **more)
            cursor.execute("COMMIT")
        except sqlite3.OperationalError as error:  # no room, or another tab holds it for too long
            raise unknown() from error
        finally:
            connection.close()  # rolls back what was not committed
        return value

    def read_now(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        connection = self.raw()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA query_only = 1")
            cursor.execute("BEGIN")
            return query(Tx(cursor, postgres=False), *args, **more)
        finally:
            connection.close()

    def raw(self) -> sqlite3.Connection:
        try:
            return _connect(self.file, "rw")
        except sqlite3.OperationalError as error:
            self._missing(error)

    def close(self) -> None:
        """Nothing is open."""

    def _missing(self, error: sqlite3.OperationalError) -> NoReturn:
        if self.file.exists():
            raise error
        raise self._gone() from None


def blank(file: Path) -> None:
    """An empty file at the newest schema; it appears only when it is whole."""
    with _draft(file) as draft:
        schema.migrate(f"sqlite:///{draft}")


def make(file: Path, rows: Iterable[Rows], of: Path) -> None:
    """A new file with these rows, begun as a copy of the blank one; it appears when it is whole.

    Whatever refers to a row that was not brought along fails the commit, and nothing appears.
    """
    with _draft(file) as draft:
        draft.write_bytes(of.read_bytes())
        connection = _connect(draft, "rw")
        try:
            connection.execute("BEGIN")
            connection.execute("PRAGMA defer_foreign_keys = 1")
            for table, columns, values in rows:
                names = ", ".join(f'"{name}"' for name in columns)
                marks = ", ".join("?" for _ in columns)
                connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
            connection.execute("COMMIT")
        finally:
            connection.close()


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    draft = file.with_name(f"{file.name}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        os.replace(draft, file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    set_pragmas(connection)
    return connection
