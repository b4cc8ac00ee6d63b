"""One transaction (or one reading), as actions and queries see it.

SQL is written as SQL that both databases accept: `:name` marks, `ON CONFLICT`, no casts. Dates
and UUIDs come back as text on both. Rows of a sheet go out set-wise: the driver's `executemany`
on SQLite, one statement over `unnest` on PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

Params = Mapping[str, Any] | Sequence[Any]
_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]


class Cursor(Protocol):
    """What both drivers' cursors have."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...
    def executemany(self, sql: Any, rows: Any, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


class Tx:
    """Statements of one transaction; `books` are the books it has locked (audit/trail.py)."""

    __slots__ = ("_cursor", "_postgres", "books")

    def __init__(self, cursor: Cursor, *, postgres: bool) -> None:
        self._cursor = cursor
        self._postgres = postgres
        self.books: dict[str, tuple[int, bytes]] = {}

    @property
    def for_update(self) -> str:
        """The row lock a book is opened with; SQLite's one writer needs none."""
        return " FOR UPDATE" if self._postgres else ""

    def among(self, name: str) -> str:
        """`IN` the ids of a parameter that is a JSON list: as many as there are, one statement."""
        if self._postgres:
            listed = f"json_array_elements_text(CAST(:{name} AS json)) AS one (id)"
            return f"IN (SELECT CAST(one.id AS uuid) FROM {listed})"
        return f"IN (SELECT value FROM json_each(:{name}))"

    def run(self, sql: str, params: Params = ()) -> int:
        """Execute; how many rows it touched."""
        self._cursor.execute(_native(sql) if self._postgres else sql, params)
        return self._cursor.rowcount

    def rows(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        self._cursor.execute(_native(sql) if self._postgres else sql, params)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def row(self, sql: str, params: Params = ()) -> tuple[Any, ...] | None:
        """The first row, or None."""
        self._cursor.execute(_native(sql) if self._postgres else sql, params)
        found: tuple[Any, ...] | None = self._cursor.fetchone()
        return found

    def insert(self, *rows: SQLModel) -> None:
        """Write new rows, one statement each."""
        for row in rows:
            table = _table(type(row))
            names = [column.key for column in table.columns]
            values = [getattr(row, _attribute(type(row), name)) for name in names]
            self.run(_insert_sql(type(row), tuple(names)), values)

    def insert_rows(self, model: type[SQLModel], columns: str, rows: list[tuple[Any, ...]]) -> None:
        """Write many new rows of the space-separated columns."""
        if self._postgres:
            names = tuple(columns.split())
            into = f"INSERT INTO {_table(model).name} ({', '.join(names)})"
            self._many(f"{into} SELECT * FROM unnest({_arrays(model, names)})", rows)
        else:
            self._cursor.executemany(_insert_sql(model, tuple(columns.split())), rows)

    def add_to_rows(
        self, model: type[SQLModel], keys: str, sums: str, rows: list[tuple[Any, ...]]
    ) -> None:
        """Add to existing rows: each row is the amounts to add, then the key."""
        names, adding = tuple(keys.split()), tuple(sums.split())
        table = _table(model).name
        if self._postgres:
            every = adding + names
            add = ", ".join(f"{name} = t.{name} + v.{name}" for name in adding)
            match = " AND ".join(f"t.{name} = v.{name}" for name in names)
            source = f"unnest({_arrays(model, every)}) AS v ({', '.join(every)})"
            self._many(f"UPDATE {table} AS t SET {add} FROM {source} WHERE {match}", rows)
        else:
            add = ", ".join(f"{name} = {name} + ?" for name in adding)
            match = " AND ".join(f"{name} = ?" for name in names)
            self._cursor.executemany(f"UPDATE {table} SET {add} WHERE {match}", rows)

    def tally_rows(
        self, model: type[SQLModel], keys: str, sums: str, rows: list[tuple[Any, ...]]
    ) -> None:
        """Add to rows that may not be there yet: each row is the key, then the amounts to add."""
        names, adding = tuple(keys.split()), tuple(sums.split())
        table, every = _table(model).name, names + adding
        add = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in adding)
        meet = f"ON CONFLICT ({', '.join(names)}) DO UPDATE SET {add}"
        if self._postgres:
            into = f"INSERT INTO {table} ({', '.join(every)})"
            self._many(f"{into} SELECT * FROM unnest({_arrays(model, every)}) {meet}", rows)
        else:
            self._cursor.executemany(f"{_insert_sql(model, every)} {meet}", rows)

    def _many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        self._cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@lru_cache(maxsize=512)
def _attribute(model: type[SQLModel], column: str) -> str:
    """The field behind a column whose name is a reserved word in Python or SQL."""
    fields = model.model_fields
    if column in fields:
        return column
    return next(name for name in fields if model.__mapper__.c[name].name == column)  # type: ignore[attr-defined]


@lru_cache(maxsize=512)
def _insert_sql(model: type[SQLModel], names: tuple[str, ...]) -> str:
    marks = ", ".join("?" for _ in names)
    return f"INSERT INTO {_table(model).name} ({', '.join(names)}) VALUES ({marks})"


@lru_cache(maxsize=512)
def _arrays(model: type[SQLModel], names: tuple[str, ...]) -> str:
    types = (_table(model).columns[name].type.compile(dialect=_POSTGRES) for name in names)
    return ", ".join(f"%s::{kind}[]" for kind in types)


@lru_cache(maxsize=1024)
def _native(sql: str) -> str:
    """psycopg's marks for ours."""
    sql = sql.replace("%", "%%")
    return re.sub(r":([a-z_]+)", r"%(\1)s", sql).replace("?", "%s")
