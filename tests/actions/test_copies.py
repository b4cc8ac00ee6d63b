"""Copies of the embedded book: made beside a running server, trusted only when they verify."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app import copies
from app import verify as checks
from app.config import Settings
from app.db.engine import Database, open_database
from app.db.tx import Tx
from tests.story import Chapter, a_chapter, counted, findings


@pytest.fixture
def doai(sqlite_db: Database) -> Chapter:
    chapter = a_chapter(sqlite_db, "Lan Hoa")
    chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    return chapter


@pytest.fixture
def copy(doai: Chapter, sqlite_settings: Settings, tmp_path: Path) -> Path:
    """A copy of the book with one sheet; the book then went on to a second."""
    file = tmp_path / "copies" / "sổ.db"
    file.parent.mkdir()
    copies.backup(sqlite_settings, file)
    doai.sheet("Hoa 2.000/2")
    return file


@pytest.fixture
def closed(doai: Chapter, copy: Path, sqlite_settings: Settings) -> Iterator[Settings]:
    """The server was stopped."""
    doai.db.close()
    yield sqlite_settings
    assert not [*copy.parent.glob("*.part")]
    assert not [*path_of(sqlite_settings).parent.glob("*.part")]


def path_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def opened(settings: Settings, doai: Chapter) -> str:
    """The book as whoever opens it now finds it."""
    with closing(open_database(settings, readonly=True)) as db:
        found = replace(doai, db=db)
        assert found.findings() == []
        return found.book()


FIRST = "20/10 sheet Lan 5.000/5, Hoa 1.000/1\nlợn 6.000 Lan 5.000/5, Hoa 1.000/1"
BOTH = (
    "20/10 sheet Lan 5.000/5, Hoa 1.000/1\n20/10 sheet Hoa 2.000/2\n"
    "lợn 8.000 Lan 5.000/5, Hoa 3.000/3"
)


def at(file: Path) -> Settings:
    return Settings(data=file.parent, database_url=f"sqlite:///{file}", pepper=b"")


# Made


def test_a_copy_is_a_whole_book(doai: Chapter, copy: Path) -> None:
    assert opened(at(copy), doai) == FIRST
    assert doai.book() == BOTH


def test_a_copy_is_one_file_for_its_owner_alone(copy: Path) -> None:
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [file.name for file in copy.parent.iterdir()] == ["sổ.db"]
    assert sqlite3.connect(copy).execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_copy_made_while_people_write_is_whole_too(
    doai: Chapter, sqlite_settings: Settings, tmp_path: Path
) -> None:
    stop, posted = threading.Event(), []

    def write_on() -> None:
        while not stop.is_set():
            posted.append(doai.sheet("Lan 1.000/1, Hoa 1.000/1").receipt.seq)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        files = [tmp_path / f"copy-{n}.db" for n in range(4)]
        for file in files:
            copies.backup(sqlite_settings, file)
    finally:
        stop.set()
        writer.join()
    for file in files:
        with closing(open_database(at(file), readonly=True)) as db:
            books = db.read_now(checks.books)
            assert [findings(db, book) for book in books] == [[], []]
            assert 1 <= counted(db, "entry") <= len(posted) + 1
    assert doai.findings() == []


def test_a_second_copy_takes_the_firsts_place_only_when_it_is_whole(
    doai: Chapter, copy: Path, sqlite_settings: Settings
) -> None:
    doai.db.write_now(Tx.run, "UPDATE account SET balance = balance + 1")
    before = copy.read_bytes()
    with pytest.raises(SystemExit, match="does not verify"):
        copies.backup(sqlite_settings, copy)
    assert copy.read_bytes() == before


def test_there_is_nothing_to_copy_yet(sqlite_settings: Settings, tmp_path: Path) -> None:
    nowhere = replace(sqlite_settings, database_url=f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(SystemExit, match="no book yet"):
        copies.backup(nowhere, tmp_path / "copy.db")
    assert not (tmp_path / "none.db").exists()


# Put in place


def test_a_copy_is_put_in_place_and_the_book_it_replaces_is_kept(
    doai: Chapter, copy: Path, closed: Settings
) -> None:
    copies.restore(closed, copy)
    assert opened(closed, doai) == FIRST
    target = path_of(closed)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert opened(at(target.with_name(f"{target.name}.before-restore")), doai) == BOTH


def test_the_book_goes_on_from_the_copy(doai: Chapter, copy: Path, closed: Settings) -> None:
    copies.restore(closed, copy)
    with closing(open_database(closed)) as db:
        again = replace(doai, db=db)
        again.sheet("Lan 1.000/1")
        again.holds("""
            20/10 sheet Lan 5.000/5, Hoa 1.000/1
            20/10 sheet Lan 1.000/1
            lợn 7.000 Lan 6.000/6, Hoa 1.000/1
        """)


def test_what_a_crash_left_in_the_log_belongs_to_the_old_book(
    doai: Chapter, copy: Path, sqlite_settings: Settings, tmp_path: Path
) -> None:
    """The machine died with the second sheet in the WAL only; the copy must not read it."""
    old, wal = path_of(sqlite_settings), path_of(sqlite_settings).with_name("solon.db-wal")
    died = tmp_path / "died"
    died.mkdir()
    for file in (old, wal):
        (died / file.name).write_bytes(file.read_bytes())
    assert wal.stat().st_size > 0
    settings = at(died / old.name)
    copies.restore(settings, copy)
    assert opened(settings, doai) == FIRST
    assert opened(at(died / f"{old.name}.before-restore"), doai) == BOTH


def test_a_new_machine_begins_with_a_copy(doai: Chapter, copy: Path, tmp_path: Path) -> None:
    new = at(tmp_path / "new" / "solon.db")
    copies.restore(new, copy)
    assert opened(new, doai) == FIRST


# Not trusted


def spoil_balance(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE account SET balance = balance + 1000")


def spoil_trail(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER trail_no_update")
        connection.execute("UPDATE trail SET at = at + 1")


def spoil_triggers(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER movement_no_delete")


def spoil_schema(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")


def spoil_pages(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def spoil_head(file: Path) -> None:
    file.write_bytes(b"a letter, not a book" * 500)


def spoil_all(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_balance, spoil_trail, spoil_triggers, spoil_schema, spoil_pages, spoil_head, spoil_all,
    ],
)  # fmt: skip
def test_a_copy_that_does_not_verify_is_refused(
    doai: Chapter, copy: Path, closed: Settings, spoil: object
) -> None:
    spoil(copy)  # type: ignore[operator]
    with pytest.raises(SystemExit, match="does not verify"):
        copies.restore(closed, copy)
    assert opened(closed, doai) == BOTH
    assert not [*path_of(closed).parent.glob("*.before-restore")]


def test_a_copy_that_is_not_there(closed: Settings, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such file"):
        copies.restore(closed, tmp_path / "none.db")


def test_nothing_is_put_under_a_running_server(
    doai: Chapter, copy: Path, sqlite_settings: Settings
) -> None:
    with pytest.raises(SystemExit, match="another process is writing this book"):
        copies.restore(sqlite_settings, copy)
    assert doai.book() == BOTH


def test_postgresql_has_its_own_tools(house: Settings, copy: Path) -> None:
    served = replace(house, database_url="postgresql+psycopg://localhost/solon")
    for act in (copies.restore, copies.backup):
        with pytest.raises(SystemExit, match="pg_dump"):
            act(served, copy)
