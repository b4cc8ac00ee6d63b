"""The demo's main chapter breaks its pig every year, whatever day the demo is made on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.access import queries as access
from app.access.rules import digest
from app.breaking import queries
from app.config import Settings
from app.db.engine import Database
from app.db.tx import Tx
from app.demo import story
from app.ledger import verify
from app.terms import Role
from tests.journeys.test_demo_loans import FIRST, looked_at
from tests.story import StoryClock, findings

YEARS = 2


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        (date(2028, 2, 29), date(2027, 10, 20)),  # a leap day
        (date(2027, 2, 6), date(2026, 10, 20)),  # the first day of Tết
        (date(2026, 11, 24), date(2026, 10, 20)),
        (date(2027, 5, 19), date(2027, 3, 8)),  # a day on which pigs are broken
    ],
    ids=str,
)
def test_a_breaking_a_year(
    sqlite_db: Database, sqlite_settings: Settings, tmp_path: Path, clock: StoryClock,
    monkeypatch: pytest.MonkeyPatch, today: date, latest: date,
) -> None:  # fmt: skip
    """Posted with minutes that add up; the running pig has sheets, and periods of its own."""
    clock.tell(today)
    monkeypatch.setattr(story, "YEARS", YEARS)
    settings = replace(sqlite_settings, data=tmp_path)
    said = story.tell(sqlite_db, settings)
    (chapter,) = (one["id"] for one in said["chapters"] if one["name"] == FIRST)
    with looked_at(sqlite_db, settings, said) as demo:
        token = demo.keeper.headers["Authorization"].removeprefix("Bearer ")
        actor = sqlite_db.read_now(access.actor_of_session, digest(token))
        assert actor is not None and Role.TREASURER in {o.role for o in actor.offices}
    rows = sqlite_db.read_now(
        Tx.rows, "SELECT id, day FROM breaking WHERE chapter_id = ? ORDER BY day", (chapter,)
    )
    assert [day for _, day in rows] == [
        latest.replace(year=latest.year - back).isoformat() for back in reversed(range(YEARS))
    ]
    for breaking_id, _ in rows:
        read = sqlite_db.read_now(queries.minutes, actor=actor, breaking_id=breaking_id)
        assert read.first_signer != read.second_signer
        assert [line.payout for line in read.plan.lines if line.payout] == [50_000, 30_000, 100_000]
        for line in read.plan.lines:
            assert line.savings + line.share == line.payout + line.stays
        assert sum(line.share for line in read.plan.lines) + read.plan.carried == read.plan.surplus
    ((starts, planned),) = sqlite_db.read_now(
        Tx.rows, "SELECT c.starts_on, p.next_breaking_on FROM cycle c JOIN pot p"
        " ON p.chapter_id = c.chapter_id AND p.id = c.pot_id"
        " WHERE c.chapter_id = ? AND c.closed_on IS NULL", (chapter,),
    )  # fmt: skip
    assert starts == latest.isoformat() and planned > today.isoformat()
    periods = sqlite_db.read_now(
        Tx.rows, "SELECT periods FROM account WHERE chapter_id = ? AND kind = 'savings'", (chapter,)
    )
    assert len(periods) == 19
    assert all(0 < of <= (today - latest).days + 1 for (of,) in periods)
    books = sqlite_db.read_now(verify.books)
    assert [line for book in books for line in findings(sqlite_db, book)] == []
