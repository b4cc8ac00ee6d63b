"""What a thief with the database in her hands once got away with, and one reading of one moment."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.terms import BelongsTo
from tests.actions.conftest import Thief
from tests.story import DAY, TODAY, Chapter, a_chapter


@pytest.fixture
def doai(db: Database) -> Chapter:
    chapter = a_chapter(db, "Lan Hoa")
    fund = chapter.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    chapter.sheet("Lan 5.000/5, Hoa 2.000/2", on=TODAY - 7 * DAY)
    chapter.reverse(chapter.sheet("Lan 1.000/1"))
    chapter.sheet("Hoa 9.000/9", pot=fund)
    return chapter


@pytest.mark.parametrize("change", ["debit_no = 77", "credit_no = 77"])
def test_a_movement_of_an_account_that_is_not_there(
    doai: Chapter, thief: Thief, change: str
) -> None:
    thief.drop_triggers()
    thief.change("movement", change, "seq = 10 AND line = 1")
    assert "entry 10: not what was sealed" in doai.findings()


def test_an_account_of_no_known_kind(doai: Chapter, thief: Thief) -> None:
    if thief.postgres:
        thief.run("ALTER TABLE account DROP CONSTRAINT account_kind_known")
    thief.change("account", "kind = 'mattress'", "kind = 'fund'")
    assert doai.findings() != []


def test_an_account_that_was_taken_away(doai: Chapter, thief: Thief) -> None:
    assert thief.run("DELETE FROM account WHERE kind = 'fund'") == 1
    assert doai.findings() != []


def test_an_account_that_changed_hands_is_found(doai: Chapter, thief: Thief) -> None:
    """Lan's savings become Hoa's and the other way round: every sum still fits."""
    lan, hoa = doai.members["Lan"], doai.members["Hoa"]
    thief.change("account", "owner_id = chapter_id", "owner_id = ? AND kind = 'savings'", (lan,))
    thief.change("account", "owner_id = ?", "owner_id = ? AND kind = 'savings'", (lan, hoa))
    thief.change("account", "owner_id = ?", "owner_id = chapter_id", (hoa,))
    assert doai.findings() != []


def test_no_row_is_replaced_through_its_other_key(doai: Chapter, thief: Thief) -> None:
    if thief.postgres:
        return
    with pytest.raises(Exception, match="movement is written once"):
        thief.run(
            "INSERT OR REPLACE INTO movement SELECT chapter_id, seq, 77, debit_no, credit_no,"
            " amount, member_no, periods, reverses_seq, reverses_line FROM movement"
            " WHERE reverses_seq IS NOT NULL"
        )
    with pytest.raises(Exception, match="entry is written once"):
        thief.run(
            "INSERT OR REPLACE INTO entry SELECT chapter_id, seq + 100, id, kind, pot_id, cycle_no,"
            " day FROM entry"
        )


def test_a_glance_sees_one_moment(db: Database) -> None:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from app.db.tx import Tx
    from tests.actions.test_writer import note

    def looks_twice(tx: Tx) -> object:
        sql = "SELECT count(*) FROM setup_token"
        first = tx.row(sql)
        elsewhere.submit(db.write_now, note, b"meanwhile").result()
        return first, tx.row(sql)

    async def ask() -> object:
        return await db.glance(looks_twice)

    with ThreadPoolExecutor(1) as elsewhere:
        assert asyncio.run(ask()) == ((0,), (0,))
