"""What somebody with the database in her hands changes of a breaking is found."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.db.tx import Tx
from tests.actions.conftest import Thief
from tests.broken import Breaks, broken
from tests.lent import Lends
from tests.story import TODAY, Chapter, StoryClock, a_chapter


@pytest.fixture
def doai(db: Database) -> Chapter:
    """The pig was broken with a share, and is open again in another pot."""
    chapter = a_chapter(db, "Lan Hoa")
    chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    first = Breaks(chapter)
    first.opens()
    first.counts(9_000, "accepted")
    first.breaks()
    Breaks(chapter, chapter.open_pot(name="heo")).opens()
    return chapter


@pytest.mark.parametrize(
    ("table", "change", "where", "found"),
    [
        ("breaking", "day = '2026-10-19'", "cycle_no = 1 AND EXISTS (SELECT 1 FROM breaking_step s"
         " WHERE s.breaking_id = breaking.id AND s.no > 1)", "not what was sealed"),
        ("breaking_step", "payload = '{}'", "no = 1", "step 1: not what was sealed"),
        ("breaking_step", "kind = 'decided'", "no = 3", "step 3: not what was sealed"),
        ("breaking_step", "kind = 'abandoned'", "no = 4", "step 4: not what was sealed"),
        ("breaking_step", "no = 9", "no = 4", "step 4: sealed, and gone"),
        ("cycle", "breaking_id = NULL", "breaking_id IS NOT NULL", "its pot says otherwise"),
        ("cycle", "breaking_id = chapter_id", "breaking_id IS NULL AND closed_on IS NULL",
         "holds a pot, and is gone"),
        ("cycle", "closed_on = '2026-10-21'", "closed_on IS NOT NULL", "did not close on its day"),
        ("cycle", "closed_on = '2026-10-20', breaking_id = NULL", "breaking_id IS NOT NULL",
         "closed without a breaking"),
    ],
)  # fmt: skip
def test_what_was_changed_is_found(
    doai: Chapter, thief: Thief, table: str, change: str, where: str, found: str
) -> None:
    thief.drop_triggers()
    thief.change(table, change, where)
    assert any(found in what for what in doai.findings()), doai.findings()


def test_income_that_nobody_closed_is_found(doai: Chapter, thief: Thief) -> None:
    thief.drop_triggers()
    closed = "debit_no IN (SELECT no FROM account WHERE kind = 'cash_over')"
    assert thief.run(f"DELETE FROM movement WHERE {closed}") == 1
    assert any("cash_over was not closed, 3000 is left" in what for what in doai.findings())


def test_a_step_that_is_gone_is_found(doai: Chapter, thief: Thief) -> None:
    thief.drop_triggers()
    thief.run("DELETE FROM breaking_step WHERE no = 4")
    found = doai.findings()
    assert any("step 4: sealed, and gone" in what for what in found)
    assert any("its pot says otherwise" in what for what in found)


def test_a_breaking_that_is_gone_is_found(doai: Chapter, thief: Thief) -> None:
    thief.drop_triggers()
    thief.run("DELETE FROM breaking_step")
    thief.run("DELETE FROM breaking")
    found = doai.findings()
    assert any("sealed, and gone" in what for what in found)
    assert any("closed without a breaking" in what for what in found)


def test_a_closed_cycle_is_one_of_a_breaking(doai: Chapter) -> None:
    """And the database itself lets one pot have one open cycle, held by one breaking."""
    assert doai.findings() == []
    with pytest.raises(Exception, match=r"cycle_one_open|UNIQUE"):
        doai.db.write_now(Tx.run, "UPDATE cycle SET closed_on = NULL")
    with pytest.raises(Exception, match="cycle_closed_is_free"):
        doai.db.write_now(
            Tx.run, "UPDATE cycle SET closed_on = ? WHERE breaking_id IS NOT NULL", (TODAY,)
        )


def test_interest_of_set_offs_is_all_that_may_be_left(db: Database, clock: StoryClock) -> None:
    clock.tell(TODAY.replace(month=7, day=19))
    doai = a_chapter(db, "Lan", loans_stop_days_before=0, loan_monthly_rate_bp=100,
                     set_off_debt=True)  # fmt: skip
    lends = Lends(doai)
    doai.sheet("Lan 200.000/100")
    lends.till.moves("pot", "hand", 200_000)
    loan = lends.lent("Lan", 100_000, 3, "bullet")
    clock.tell(TODAY.replace(month=8))
    lends.repays(loan, 1_000)
    clock.tell(TODAY)
    broken(doai)
    lends.till.stands("""
        cash_hand 101.000
        interest_income 2.000
        savings Lan 99.000
    """)
