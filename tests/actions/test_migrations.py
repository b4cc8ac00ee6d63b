"""Migrations go up, down and up again on both databases, and say what the models say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from app.config import Settings
from app.db import schema
from app.db.engine import open_database
from app.models import access, breaking, cash, chapter, held, ledger, loans, trail, union
from tests.conftest import Postgres

MODELS = (
    access,
    breaking,
    cash,
    chapter,
    held,
    ledger,
    loans,
    trail,
    union,
)  # imported so that their tables are known
TABLES = set(SQLModel.metadata.tables)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, house: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A database in which nothing was ever made."""
    if request.param == "sqlite":
        settings = replace(house, database_url=f"sqlite:///{tmp_path / 'solon.db'}")
        open_database(settings).close()
        yield settings
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.empty()
    yield replace(house, database_url=url)
    server.drop(url)


def tables(settings: Settings) -> set[str]:
    engine = create_engine(settings.database_url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def faults(settings: Settings) -> list[str]:
    with closing(open_database(settings, readonly=True)) as db:
        return db.read_now(schema.faults)


def test_up_down_and_up_again(empty: Settings) -> None:
    config = schema.alembic_config(empty.database_url)
    schema.migrate(empty.database_url)
    assert tables(empty) == TABLES | {"alembic_version"}
    assert faults(empty) == []
    command.downgrade(config, "base")
    assert tables(empty) == {"alembic_version"}
    assert faults(empty) == [f"migrations: none, needs {schema.head()}"]
    schema.migrate(empty.database_url)
    assert tables(empty) == TABLES | {"alembic_version"}
    assert faults(empty) == []


def test_each_step_can_be_taken_back(empty: Settings) -> None:
    """Up to every revision in turn, one back, and up again."""
    config = schema.alembic_config(empty.database_url)
    script = ScriptDirectory.from_config(config)
    for step in reversed(list(script.walk_revisions())):
        schema.migrate(empty.database_url, step.revision)
        command.downgrade(config, "-1")
        schema.migrate(empty.database_url, step.revision)
    assert faults(empty) == []


def test_the_models_and_the_migrations_are_one(settings: Settings) -> None:
    """`alembic check`: nothing would be generated."""
    command.check(schema.alembic_config(settings.database_url))


def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    schema.migrate(settings.database_url)
    assert faults(settings) == []


def test_there_is_one_newest_revision_and_alembic_agrees() -> None:
    script = ScriptDirectory.from_config(schema.alembic_config(""))
    assert script.get_heads() == [schema.head()]


def test_migrations_are_named_by_when_and_what() -> None:
    names = [file.name for file in (schema.ROOT / "migrations" / "versions").glob("*.py")]
    assert names
    for name in names:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}-\d{4}_[a-z0-9_]+\.py", name)


@pytest.mark.parametrize("table", [*schema.IMMUTABLE])
def test_the_key_that_a_trigger_guards_is_the_tables_key(table: str) -> None:
    keys = SQLModel.metadata.tables[table].primary_key.columns.keys()
    assert " ".join(keys) == schema.IMMUTABLE[table][0]


# The tenant wall


UNIONS_OWN = {
    "unit", "unit_parent", "person", "office", "device", "session", "enrolment", "setup_token",
    "card", "attempt",
}  # fmt: skip


@pytest.mark.parametrize("table", sorted(TABLES - UNIONS_OWN))
def test_every_key_of_a_chapters_table_begins_with_the_chapter(table: str) -> None:
    """What lets the database be distributed later, and keeps one chapter's rows from another's."""
    found = SQLModel.metadata.tables[table]
    assert found.primary_key.columns.keys()[0] == "chapter_id"
    for constraint in found.constraints:
        names = [column.name for column in getattr(constraint, "columns", ())]
        inside = constraint.__visit_name__ == "unique_constraint" or (
            constraint.__visit_name__ == "foreign_key_constraint"
            and constraint.elements[0].column.table.name not in UNIONS_OWN
        )
        assert not inside or names[0] == "chapter_id", (table, names)
    for index in found.indexes:
        assert not index.unique or index.columns.keys()[0] == "chapter_id"
