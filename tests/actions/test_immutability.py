"""What is in the book stays as it was written, for whoever has the database and no scruples.

The thief of these tests has switched off everything a session can switch off: foreign keys,
checks and recursive triggers on SQLite, `session_replication_role` on PostgreSQL.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from app.config import Settings
from app.db import schema
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.loans import actions as loans
from app.savings import holding
from tests.actions.conftest import Thief
from tests.broken import Breaks
from tests.conftest import Postgres
from tests.lent import Lends
from tests.outgoing import left_behind
from tests.story import TODAY, Chapter, a_chapter, counted
from tests.till import Till, handed_over_before

TABLES = [*schema.IMMUTABLE]


@pytest.fixture
def doai(db: Database) -> Chapter:
    """A row in every table: a sheet, Lan's word on it, a reversal, a held sheet, a shortage that
    its keeper owes, a loan paid back by mistake and visited, a handover, a breaking."""
    chapter = a_chapter(db, "Lan Hoa")
    posted = chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    chapter.says("Lan", "right", posted)
    chapter.reverse(posted, "Hoa")
    held_id = left_behind(chapter, "Lan 1.000")
    db.write_now(holding.drop, actor=chapter.head, held_id=held_id, reason="đã có")
    till = Till(chapter)
    short, even = till.counts("pot", 4_000, "keeper_owes"), till.counts("hand", 0)
    lends = Lends(chapter, chapter.open_pot(name="heo"))
    lends.till.opens(hand=9_000)
    loan = lends.lent("Lan", 5_000, 1)
    lends.takes_back(lends.repays(loan, 1_000).id)
    db.write_now(loans.visit, actor=chapter.head, loan_id=loan, day=TODAY, note="ổn")
    db.write_now(handed_over_before, chapter, short.id, even.id)
    Breaks(chapter, chapter.open_pot(name="lợn mổ")).opens()
    return chapter


def written_once(thief: Thief, table: str, sql: str, *params: Any) -> None:
    with pytest.raises(Exception, match=f"{table} is written once"):
        thief.run(sql, params)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_changed_or_deleted(doai: Chapter, thief: Thief, table: str) -> None:
    before = counted(doai.db, table)
    assert before > 0
    columns = doai.db.read_now(Tx.rows, *columns_of(thief, table))
    for (column,) in columns:
        written_once(thief, table, f"UPDATE {table} SET {column} = {column}")
    written_once(thief, table, f"DELETE FROM {table}")
    assert counted(doai.db, table) == before
    assert doai.findings() == []


def columns_of(thief: Thief, table: str) -> tuple[str, tuple[str]]:
    if thief.postgres:
        return "SELECT column_name FROM information_schema.columns WHERE table_name = ?", (table,)
    return "SELECT name FROM pragma_table_info(?)", (table,)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_put_in_anothers_place(doai: Chapter, thief: Thief, table: str) -> None:
    """INSERT OR REPLACE deletes without asking the delete trigger; PostgreSQL's form updates."""
    whole = f"{table} SELECT * FROM {table}"
    if not thief.postgres:
        written_once(thief, table, f"INSERT OR REPLACE INTO {whole}")
        written_once(thief, table, f"REPLACE INTO {whole}")
    else:
        key = ", ".join(schema.IMMUTABLE[table][0].split())
        upsert = f"ON CONFLICT ({key}) DO UPDATE SET chapter_id = excluded.chapter_id"
        written_once(thief, table, f"INSERT INTO {whole} {upsert}")
    assert doai.findings() == []


@pytest.mark.parametrize("table", TABLES)
def test_no_table_is_emptied(postgres_db: Database, thief_of_postgres: Thief, table: str) -> None:
    a_chapter(postgres_db).sheet("Lan 1.000/1")
    written_once(thief_of_postgres, table, f"TRUNCATE {table} CASCADE")
    with pytest.raises(Exception, match="is written once"):
        thief_of_postgres.run("TRUNCATE unit CASCADE")


@pytest.fixture
def thief_of_postgres(postgres_settings: Settings) -> Any:
    hands = Thief(postgres_settings)
    yield hands
    hands.close()


def test_the_thief_did_switch_off_what_can_be(thief: Thief) -> None:
    """Or these tests would prove nothing."""
    if thief.postgres:
        role = thief._connection.execute("SHOW session_replication_role").fetchone()[0]
        assert role == "replica"
    else:
        for pragma, value in (("recursive_triggers", 0), ("foreign_keys", 0)):
            assert thief._connection.execute(f"PRAGMA {pragma}").fetchone()[0] == value


# Missing triggers are reported before anything is served


def test_a_sound_database_has_no_fault(db: Database) -> None:
    assert db.read_now(schema.faults) == []


def test_every_dropped_trigger_is_reported_by_name(settings: Settings, thief: Thief) -> None:
    names = schema.trigger_names(postgres=thief.postgres)
    assert len(names) == 48
    thief.drop_triggers()
    assert faults(settings) == [f"trigger missing: {name}" for name in sorted(names)]


def test_one_dropped_trigger_is_enough(settings: Settings, thief: Thief) -> None:
    thief.run(f"DROP TRIGGER movement_no_delete{' ON movement' if thief.postgres else ''}")
    assert faults(settings) == ["trigger missing: movement_no_delete"]


@pytest.mark.parametrize("how", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_trigger_that_sleeps_is_missing(
    postgres_settings: Settings, thief_of_postgres: Thief, how: str
) -> None:
    """Only ENABLE ALWAYS stays awake in every session."""
    thief_of_postgres.run(f"ALTER TABLE trail {how} TRIGGER trail_no_update")
    assert faults(postgres_settings) == ["trigger missing: trail_no_update"]


def test_an_empty_database_is_not_served(postgres: Postgres, house: Settings) -> None:
    url = postgres.empty()
    empty = Settings(data=house.data, database_url=url, pepper=b"")
    assert faults(empty) == ["migrations: none"]
    postgres.drop(url)


def test_an_older_schema_is_not_served(settings: Settings, thief: Thief) -> None:
    thief.change("alembic_version", "version_num = '0000'", "1 = 1")
    assert faults(settings) == [f"migrations: 0000, needs {schema.head()}"]


def faults(settings: Settings) -> list[str]:
    with closing(open_database(settings, readonly=True)) as db:
        return db.read_now(schema.faults)
