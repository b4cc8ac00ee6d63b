"""Migrations, and the triggers that make the book immutable: made, dropped, checked.

A row of the ledger or the trail is written once. Triggers refuse UPDATE and DELETE; on SQLite a
BEFORE INSERT trigger also refuses an existing key, or INSERT OR REPLACE would walk past them;
on PostgreSQL TRUNCATE has its own trigger, and all are ENABLE ALWAYS, or
`session_replication_role = replica` would switch them off. Alembic's batch mode re-creates
SQLite tables without their triggers, so they are looked for at every start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.db.tx import Tx

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).parent.parent.parent
POSTGRES_KINDS = ("update", "delete", "truncate")
SQLITE_KINDS = ("update", "delete", "again")
Tables = Mapping[str, tuple[str, ...]]
# Every immutable table with each of its unique keys: a row is replaced through any of them.
IMMUTABLE: Tables = {
    "trail": ("chapter_id seq",),
    "entry": ("chapter_id seq", "chapter_id id"),
    "movement": ("chapter_id seq line", "chapter_id reverses_seq reverses_line"),
    "stored_reply": ("chapter_id key",),
    "confirmation": ("chapter_id seq",),
    "held_sheet": ("chapter_id id",),
    "held_fate": ("chapter_id id",),
    "cash_count": ("chapter_id seq", "chapter_id id"),
    "difference": ("chapter_id seq", "chapter_id id"),
    "difference_settled": ("chapter_id difference_seq seq",),
    "handover": ("chapter_id seq", "chapter_id id"),
    "loan": ("chapter_id id",),
    "loan_fact": ("chapter_id loan_id no", "chapter_id loan_id of_no"),
    "loan_visit": ("chapter_id seq", "chapter_id id"),
    "breaking": ("chapter_id id",),
    "breaking_step": ("chapter_id breaking_id no", "chapter_id seq"),
}


# Alembic is imported where it is needed: a server whose schema is current starts without it.
def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision."""
    from alembic import command

    command.upgrade(alembic_config(url), revision)


@lru_cache
def head() -> str:
    """The newest revision: the one that no other comes after. Read from the files themselves."""
    text = "".join(file.read_text() for file in (ROOT / "migrations" / "versions").glob("*.py"))
    made = set(re.findall(r'^revision = "(\w+)"', text, re.MULTILINE))
    (newest,) = made - set(re.findall(r'^down_revision = "(\w+)"', text, re.MULTILINE))
    return str(newest)


def trigger_names(*, postgres: bool) -> set[str]:
    """Every trigger there must be."""
    kinds = POSTGRES_KINDS if postgres else SQLITE_KINDS
    return {f"{table}_no_{kind}" for table in IMMUTABLE for kind in kinds}


def create_triggers(tables: Tables, *, postgres: bool) -> list[str]:
    """The statements that make them. A migration names its own tables, so it never changes."""
    return _postgres_triggers(tables) if postgres else _sqlite_triggers(tables)


def drop_triggers(tables: Tables, *, postgres: bool) -> list[str]:
    """The statements that drop them."""
    kinds = POSTGRES_KINDS if postgres else SQLITE_KINDS
    on = " ON {table}" if postgres else ""
    return [
        f"DROP TRIGGER {table}_no_{kind}{on.format(table=table)}"
        for table in tables
        for kind in kinds
    ]


def _sqlite_triggers(tables: Tables) -> list[str]:
    made = []
    for table, keys in tables.items():
        same = " OR EXISTS ".join(
            f"(SELECT 1 FROM {table} WHERE "
            + " AND ".join(f"{column} = NEW.{column}" for column in key.split())
            + ")"
            for key in keys
        )
        stop = f"SELECT RAISE(ABORT, '{table} is written once');"
        for kind in ("update", "delete"):
            made.append(
                f"CREATE TRIGGER {table}_no_{kind} BEFORE {kind.upper()} ON {table} BEGIN {stop} END"
            )
        made.append(
            f"CREATE TRIGGER {table}_no_again BEFORE INSERT ON {table}"
            f" WHEN EXISTS {same} BEGIN {stop} END"
        )
    return made


def _postgres_triggers(tables: Tables) -> list[str]:
    made = [
        "CREATE OR REPLACE FUNCTION solon_immutable() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$"
    ]
    for table in tables:
        for kind in POSTGRES_KINDS:
            name, each = f"{table}_no_{kind}", "STATEMENT" if kind == "truncate" else "ROW"
            made.append(
                f"CREATE TRIGGER {name} BEFORE {kind.upper()} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION solon_immutable()"
            )
            made.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return made


def faults(db: Tx) -> list[str]:
    """What keeps this database from being served: old migrations, missing triggers."""
    postgres = bool(db.for_update)
    there = "SELECT 1 FROM information_schema.tables WHERE table_name = 'alembic_version'"
    if not postgres:
        there = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    if db.row(there) is None:
        return ["migrations: none"]
    row = db.row("SELECT version_num FROM alembic_version")
    if row is None or row[0] != head():
        return [f"migrations: {row[0] if row else 'none'}, needs {head()}"]
    sql = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"
    if not postgres:
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    missing = trigger_names(postgres=postgres) - {name for (name,) in db.rows(sql)}
    return [f"trigger missing: {name}" for name in sorted(missing)]
