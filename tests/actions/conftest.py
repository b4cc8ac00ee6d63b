"""Somebody who has the database in her hands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from app.config import Settings
from app.db.schema import IMMUTABLE, drop_triggers
from tests.conftest import driver_url


class Thief:
    """Writes past the application, and past whatever the database lets her switch off."""

    def __init__(self, settings: Settings) -> None:
        self.postgres = settings.database_url.startswith("postgresql")
        if self.postgres:
            self._connection: Any = psycopg.connect(
                driver_url(settings.database_url), autocommit=True
            )
            self.run("SET session_replication_role = replica")
        else:
            self._connection = sqlite3.connect(
                settings.database_url.removeprefix("sqlite:///"), isolation_level=None
            )
            for pragma in ("foreign_keys = 0", "recursive_triggers = 0"):
                self.run(f"PRAGMA {pragma}")
            self.run("PRAGMA ignore_check_constraints = 1")

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """A statement; how many rows it touched."""
        marks = sql.replace("?", "%s") if self.postgres else sql
        return int(self._connection.execute(marks, params).rowcount)

    def drop_triggers(self) -> None:
        """Take the locks off the tables that are written once."""
        for statement in drop_triggers(IMMUTABLE, postgres=self.postgres):
            self.run(statement)

    def change(self, table: str, change: str, where: str, params: Sequence[Any] = ()) -> None:
        """Falsify at least one row."""
        assert self.run(f"UPDATE {table} SET {change} WHERE {where}", params) > 0

    def close(self) -> None:
        """Gone, without a trace in the application."""
        self._connection.close()


@pytest.fixture
def thief(settings: Settings) -> Iterator[Thief]:
    """A thief at the database of this test."""
    hands = Thief(settings)
    yield hands
    hands.close()
