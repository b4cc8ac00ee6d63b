"""Eight at once on one book: nothing is lost, and nobody sees an error that a retry would mend."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from app.config import Settings
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.errors import Conflict
from app.ledger.once import Answer
from app.ledger.receipts import EntryPosted
from app.mending import actions as mending
from app.reports.queries import balance
from app.savings import actions as savings
from tests.faults.serving import Server, World, at_once, post, verified
from tests.journeys.doors import API
from tests.story import TODAY, Chapter, a_chapter, a_ticket

WRITERS = 8
SHEETS = 25  # of each
LINES = "Lan 1.000/1, Hoa 2.000/1"


@pytest.fixture
def engines(db: Database, settings: Settings) -> Iterator[list[Database]]:
    """Whoever writes: one engine on SQLite, on PostgreSQL two that do not know of each other."""
    more = [open_database(settings)] if db.postgres else []
    yield [db, *more]
    for other in more:
        other.close()


def record(chapter: Chapter, db: Database, lines: str = LINES) -> Answer[EntryPosted]:
    """A sheet through this engine."""
    return db.write_now(
        savings.post_sheet,
        actor=chapter.treasurer,
        chapter_id=chapter.id,
        pot_id=chapter.pot,
        day=TODAY,
        lines=chapter.lines(lines),
        ticket=a_ticket(None, lines),
    )


def test_eight_writers_lose_nothing(engines: list[Database]) -> None:
    chapter = a_chapter(engines[0], "Lan Hoa Mai")
    before, _ = chapter.head_now()
    posted: list[Answer[EntryPosted]] = []

    def write(db: Database) -> None:
        posted.extend(record(chapter, db) for _ in range(SHEETS))

    at_once([partial(write, engines[n % len(engines)]) for n in range(WRITERS)])
    count = WRITERS * SHEETS
    numbers = sorted(answer.value.receipt.seq for answer in posted)
    assert numbers == list(range(before + 1, before + count + 1)), "a number for each, no gap"
    assert len({answer.value.id for answer in posted}) == count
    assert balances(chapter) == {"Lan": 1000 * count, "Hoa": 2000 * count}
    assert chapter.head_now()[0] == before + count
    assert chapter.findings() == []


def balances(chapter: Chapter) -> dict[str, int]:
    """What is stored of each who gave."""
    names = {member_id: name for name, member_id in chapter.members.items()}
    sql = "SELECT owner_id, balance FROM account WHERE chapter_id = ? AND kind = 'savings'"
    return {names[owner]: held for owner, held in chapter.db.read_now(Tx.rows, sql, (chapter.id,))}


def test_writers_of_two_chapters_do_not_mix(engines: list[Database]) -> None:
    first = a_chapter(engines[0], "Lan Hoa")
    second = a_chapter(engines[0], "Lan Hoa", under=first.union, name="Chi hội thôn Đông")

    def write(chapter: Chapter, db: Database) -> None:
        for _ in range(SHEETS):
            record(chapter, db)

    works = [
        partial(write, chapter, engines[n % len(engines)])
        for n, chapter in enumerate([first, second] * (WRITERS // 2))
    ]
    at_once(works)
    count = SHEETS * WRITERS // 2
    for chapter in (first, second):
        assert balances(chapter) == {"Lan": 1000 * count, "Hoa": 2000 * count}
        assert chapter.findings() == []


def test_taking_back_and_recording_at_once(engines: list[Database]) -> None:
    """Of eight who take the same line back, one does; and her balance is never below zero."""
    chapter = a_chapter(engines[0], "Lan Hoa Mai")
    sheets = [record(chapter, engines[0]).value for _ in range(WRITERS)]
    done: list[str] = []

    def take_back(db: Database) -> None:
        for sheet in sheets:
            try:
                db.write_now(
                    mending.reverse,
                    actor=chapter.treasurer,
                    entry_id=sheet.id,
                    line_ids=[],
                    reason="nhầm",
                    ticket=a_ticket(None, sheet.id),
                )
                done.append(sheet.id)
            except Conflict as refusal:
                assert refusal.code == "reversed_already"

    def write(db: Database) -> None:
        for _ in range(SHEETS):
            record(chapter, db)

    works: list[Callable[[], None]] = [
        partial((take_back, write)[n % 2], engines[n // 2 % len(engines)]) for n in range(WRITERS)
    ]
    at_once(works)
    assert sorted(done) == sorted(sheet.id for sheet in sheets)
    count = SHEETS * WRITERS // 2
    assert balances(chapter) == {"Lan": 1000 * count, "Hoa": 2000 * count}
    assert chapter.findings() == []


def test_a_glance_is_of_one_moment(db: Database) -> None:
    """Somebody records between two statements of a reading: it sees the book before, all of it."""
    chapter = a_chapter(db, "Lan Hoa Mai")
    chapter.sheet("Lan 1.000/1")

    def interrupted(tx: Tx) -> tuple[int, int]:
        seq = "SELECT seq FROM book WHERE chapter_id = ?"
        first = tx.rows(seq, (chapter.id,))[0][0]
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(chapter.sheet, "Lan 1.000/1").result()
        return first, tx.rows(seq, (chapter.id,))[0][0]

    for reading in (db.glance, db.read):
        first, second = asyncio.run(_awaited(reading, interrupted))
        assert first == second


async def _awaited(
    reading: Callable[..., object], query: Callable[[Tx], tuple[int, int]]
) -> object:
    return await reading(query)  # type: ignore[misc]


def test_a_balance_belongs_to_its_receipt_while_others_write(engines: list[Database]) -> None:
    """A thousand a sheet: what she has is told by the number of the seal it was read at."""
    chapter = a_chapter(engines[0], "Lan Hoa Mai")
    before, _ = chapter.head_now()
    lan, finished = chapter.members["Lan"], threading.Event()

    def write(db: Database) -> None:
        for _ in range(SHEETS):
            record(chapter, db, "Lan 1.000/1")

    async def look() -> int:
        looks = 0
        while not finished.is_set() or not looks:
            found = await engines[0].glance(balance, actor=chapter.treasurer, member_id=lan)
            assert found.savings == 1000 * (found.seq - before)
            looks += 1
        return looks

    reader = ThreadPoolExecutor(1)
    looking = reader.submit(asyncio.run, look())
    at_once([partial(write, engines[n % len(engines)]) for n in range(WRITERS)])
    finished.set()
    assert looking.result() >= 1
    reader.shutdown()


def test_eight_clients_of_a_real_server(world: World, server: Server) -> None:
    """Over HTTP, while a ninth keeps asking what Lan has."""
    finished = threading.Event()

    def write() -> None:
        with world.client(server) as client:
            for _ in range(SHEETS):
                answer = post(client, world.sheets, world.sheet("Lan", "Hoa"))
                assert answer.status_code == 201, answer.text

    def look() -> None:
        path = f"{API}/members/{world.chapter.members['Lan']}/balance"
        with world.client(server) as client:
            while not finished.is_set():
                found = client.get(path).json()
                assert found["savings"] == 1000 * (found["receipt"]["seq"] - world.before)

    reader = ThreadPoolExecutor(1)
    looking = reader.submit(look)
    try:
        at_once([write] * WRITERS)
    finally:
        finished.set()
    looking.result()
    count = WRITERS * SHEETS
    with world.client(server) as client:
        assert len(world.every_sheet(client)) == count
        savings_of = world.savings(client)
    members = world.chapter.members
    assert savings_of == {
        members["Lan"]: 1000 * count,
        members["Hoa"]: 1000 * count,
        members["Mai"]: 0,
    }
    verified(world.settings)
