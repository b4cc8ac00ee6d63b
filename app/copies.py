"""Copies of the embedded database: made while serving, trusted only when they verify."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from app import verify as checks
from app.config import Settings
from app.db import schema
from app.db.embedded import connect, hold_lock
from app.db.tx import Tx


def backup(settings: Settings, file: Path) -> None:
    """Write a verified copy; the file appears only when it is whole."""
    source = _path(settings)
    if not source.exists():
        sys.exit(f"{source}: chưa có sổ / no book yet")
    draft = file.with_name(f"{file.name}.part")
    draft.unlink(missing_ok=True)
    reading, writing = connect(str(source), readonly=True), sqlite3.connect(draft)
    os.chmod(draft, 0o600)
    reading.backup(writing, pages=2000)
    writing.execute("PRAGMA journal_mode = DELETE")
    writing.close()
    reading.close()
    _verified(draft)
    _sync(draft)
    os.replace(draft, file)


def restore(settings: Settings, file: Path) -> None:
    """Put a copy that verifies in place; the book it replaces is kept beside it."""
    if not file.exists():
        sys.exit(f"{file}: không có tệp này / no such file")
    _verified(file)
    target = _path(settings)
    lock = hold_lock(str(target))
    draft = target.with_name(f"{target.name}.part")
    draft.write_bytes(file.read_bytes())
    os.chmod(draft, 0o600)
    _sync(draft)
    if target.exists():
        # What is still in the old book's WAL belongs to the old book.
        old = connect(str(target))
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        old.close()
        os.replace(target, target.with_name(f"{target.name}.before-restore"))
    for rest in ("-wal", "-shm"):
        target.with_name(target.name + rest).unlink(missing_ok=True)
    os.replace(draft, target)
    lock.close()


def _path(settings: Settings) -> Path:
    if not settings.database_url.startswith("sqlite:///"):
        sys.exit("Chỉ cho SQLite; PostgreSQL có pg_dump / only for SQLite; PostgreSQL has pg_dump")
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _verified(file: Path) -> None:
    """Exit with a sentence unless file, schema and every book are whole."""
    faults = _faults(file)
    if faults:
        sys.exit("\n".join([f"{file}: không dùng được / does not verify", *faults[:20]]))


def _faults(file: Path) -> list[str]:
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            return [str(whole)]
        db = Tx(connection.cursor(), postgres=False)
        found = schema.faults(db)
        if not found:
            for book in checks.books(db):
                found += [f"{f.chapter_id}: {f.what}" for f in checks.verify(db, book)]
        connection.close()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
