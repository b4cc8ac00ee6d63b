"""The answer never arrives: the client went away, or the commit failed. The same key settles it."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import struct
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest
from starlette.testclient import TestClient

from app.config import Settings
from app.db import embedded, served
from app.db.engine import open_database
from app.main import create_app
from tests.conftest import driver_url
from tests.faults.serving import Server, World, post, verified
from tests.journeys.doors import API, Village, a_village, hidden, problem, seen
from tests.story import StoryClock, a_key, counted

REPLAY = "idempotent-replay"
TRIES = 400


# The client goes away


def sent(world: World, server: Server, key: str, *, part: float = 1.0) -> socket.socket:
    """A sheet's request written to a socket, whole or cut off; nobody reads the answer."""
    body = json.dumps(world.sheet("Lan")).encode()
    head = (
        f"POST {world.sheets} HTTP/1.1\r\nHost: {urlsplit(server.url).netloc}\r\n"
        f"Authorization: Bearer {world.token}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    open_socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    open_socket.sendall(head + body[: int(len(body) * part)])
    return open_socket


def slammed(open_socket: socket.socket) -> None:
    """Closed with a reset, as when a phone loses its network."""
    open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    open_socket.close()


def settled(world: World, server: Server, key: str) -> httpx2.Response:
    """Ask with the same key until it is not at work any more."""
    with world.client(server) as client:
        for _ in range(TRIES):
            answer = post(client, world.sheets, world.sheet("Lan"), key)
            if answer.status_code != 409:
                break
    assert answer.status_code == 201, answer.text
    return answer


def test_half_a_request_records_nothing(world: World, server: Server) -> None:
    for part in (0.0, 0.5, 0.99):
        for close in (socket.socket.close, slammed):
            close(sent(world, server, a_key(), part=part))
    with world.client(server) as client:
        assert world.every_sheet(client) == []
        key = a_key()
        slammed(sent(world, server, key, part=0.5))
        answer = post(client, world.sheets, world.sheet("Lan"), key)
        assert answer.status_code == 201 and REPLAY not in answer.headers
        assert len(world.every_sheet(client)) == 1


def test_whoever_goes_away_after_asking_settles_it_by_asking_again(
    world: World, server: Server
) -> None:
    """Recorded or not when she left: asked again, each key is one sheet."""
    keys = [a_key() for _ in range(12)]
    for n, key in enumerate(keys):
        (socket.socket.close, slammed)[n % 2](sent(world, server, key))
    ids = {settled(world, server, key).json()["id"] for key in keys}
    assert len(ids) == len(keys)
    for key in keys:
        assert settled(world, server, key).headers[REPLAY] == "true"
    with world.client(server) as client:
        assert {sheet["id"] for sheet in world.every_sheet(client)} == ids
        assert world.savings(client)[world.chapter.members["Lan"]] == 1000 * len(keys)
    verified(world.settings)


def test_a_client_that_never_reads_its_answer_holds_nobody_up(world: World, server: Server) -> None:
    silent = [sent(world, server, a_key()) for _ in range(8)]
    try:
        assert settled(world, server, a_key()).status_code == 201
    finally:
        for open_socket in silent:
            open_socket.close()


# The commit fails


class Plan:
    """What happens at the next commits: `before` it is done, or `after`, the answer is lost."""

    def __init__(self) -> None:
        self.fails: list[str] = []
        self.of_readings = False  # PostgreSQL commits what it only read, too

    def commit(self, execute: Any, error: Exception) -> Any:
        """Commit, or don't, and say that it went wrong."""
        when = self.fails.pop(0) if self.fails else ""
        if when != "before":
            done = execute()
            if not when:
                return done
        raise error


def tremble_on_sqlite(plan: Plan, patch: pytest.MonkeyPatch) -> None:
    """Every connection opened from now on commits as planned."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *params: Any) -> Any:  # type: ignore[override]
            run = partial(super().execute, sql, *params)
            error = sqlite3.OperationalError("disk I/O error")
            return plan.commit(run, error) if sql == "COMMIT" else run()

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    connect = sqlite3.connect
    patch.setattr(embedded.sqlite3, "connect", partial(connect, factory=Connection))


def tremble_on_postgres(plan: Plan, patch: pytest.MonkeyPatch) -> None:
    """The same; the connection is lost with the answer."""

    class Cursor(psycopg.Cursor[Any]):
        reading = False

        def execute(self, query: Any, *params: Any, **more: Any) -> Any:
            run = partial(super().execute, query, *params, **more)
            if query != b"COMMIT":
                self.reading = self.reading or (type(query) is bytes and b"READ ONLY" in query)
                return run()
            error = psycopg.OperationalError("server closed the connection unexpectedly")
            return plan.commit(run, error) if self.reading == plan.of_readings else run()

    connect = served.connect

    def trembling(url: str) -> psycopg.Connection[Any]:
        connection = connect(url)
        connection.cursor_factory = Cursor
        return connection

    patch.setattr(served, "connect", trembling)


@pytest.fixture
def plan() -> Plan:
    """Nothing fails until a test says so."""
    return Plan()


@pytest.fixture
def village(
    settings: Settings, clock: StoryClock, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Village]:
    """A village on a database whose commits can fail."""
    if settings.database_url.startswith("sqlite"):
        tremble_on_sqlite(plan, monkeypatch)
    else:
        tremble_on_postgres(plan, monkeypatch)
    db = open_database(settings)
    app = create_app(settings, db)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield a_village(db, app, client)
    db.close()


WHEN = pytest.mark.parametrize("when", ["before", "after"])


@WHEN
def test_a_failed_commit_is_unknown_until_asked_again(
    village: Village, plan: Plan, when: str
) -> None:
    key = a_key()
    plan.fails = [when]
    answer = village.treasurer.post(village.sheets, village.sheet(), key=key)
    problem(answer, 503, "unknown_outcome")
    assert plan.fails == []
    again = village.treasurer.post(village.sheets, village.sheet(), key=key)
    assert again.status_code == 201
    assert (again.headers.get(REPLAY) == "true") == (when == "after")
    assert counted(village.db, "entry") == counted(village.db, "stored_reply") == 1
    balance = f"{API}/members/{village.chapter.members['Lan']}/balance"
    assert village.treasurer.get(balance).json()["savings"] == 1000
    assert village.chapter.findings() == []


@WHEN
def test_a_commit_that_fails_twice_is_asked_about_thrice(
    village: Village, plan: Plan, when: str
) -> None:
    key = a_key()
    plan.fails = [when, when]
    statuses = [
        village.treasurer.post(village.sheets, village.sheet(), key=key).status_code
        for _ in range(3)
    ]
    assert statuses[0] == 503 and statuses[-1] == 201
    assert counted(village.db, "entry") == 1
    assert village.chapter.findings() == []


@WHEN
def test_a_failed_reversal_is_settled_the_same_way(village: Village, plan: Plan, when: str) -> None:
    posted, key = village.recorded(), a_key()
    path = f"{API}/entries/{posted['id']}/reversal"
    plan.fails = [when]
    problem(village.treasurer.post(path, {"reason": "nhầm"}, key=key), 503, "unknown_outcome")
    again = village.treasurer.post(path, {"reason": "nhầm"}, key=key)
    assert (again.status_code, again.json()["total"]) == (201, -1000)
    assert counted(village.db, "entry") == 2
    assert village.chapter.findings() == []


@WHEN
def test_on_paper_it_says_that_nobody_knows_yet(village: Village, plan: Plan, when: str) -> None:
    """The form keeps its key and never claims that nothing was recorded; sent again, it settles."""
    page = village.browser(village.chapter.treasurer)
    html = page.get(f"{village.pages}/thu").text
    form = {"do": "record", "amount-1": "1k", "note": "họp"}
    form |= {name: hidden(html, name) for name in ("key", "pot_id", "date")}
    plan.fails = [when]
    answer = page.send(f"{village.pages}/thu", form)
    assert answer.status_code == 503
    words = seen(answer.text)
    assert "Chưa chắc đã vào sổ" in words and "Chưa vào sổ" not in words
    assert hidden(answer.text, "key") == form["key"]
    assert (hidden(answer.text, "amount-1"), hidden(answer.text, "note")) == ("1k", "họp")
    again = page.send(f"{village.pages}/thu", form)
    assert again.status_code == 303
    assert "1.000 ₫" in seen(page.get(again.headers["location"]).text)
    assert counted(village.db, "entry") == 1


@WHEN
def test_taking_back_on_paper_says_the_same(village: Village, plan: Plan, when: str) -> None:
    receipt = f"/phieu/{village.recorded()['id']}"
    page = village.browser(village.chapter.treasurer)
    form = {"reason": "ghi nhầm", "key": hidden(page.get(receipt).text, "key")}
    plan.fails = [when]
    answer = page.send(f"{receipt}/huy", form)
    assert answer.status_code == 503
    words = seen(answer.text)
    assert "Chưa chắc đã vào sổ" in words and "Chưa vào sổ" not in words
    if when == "before":
        assert hidden(answer.text, "key") == form["key"]
        assert hidden(answer.text, "reason") == "ghi nhầm"
    assert page.send(f"{receipt}/huy", form).status_code == 303
    assert counted(village.db, "entry") == 2
    assert village.chapter.findings() == []


@WHEN
def test_neighbours_in_one_commit_all_settle(village: Village, plan: Plan, when: str) -> None:
    """On SQLite whoever waits is committed together: when that fails, each asks for herself."""
    keys = [a_key() for _ in range(6)]

    async def story() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(village.app)
        headers = {"Authorization": f"Bearer {village.token(village.chapter.treasurer)}"}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers
        ) as client:
            return await asyncio.gather(
                *(
                    client.post(
                        village.sheets, json=village.sheet(), headers={"Idempotency-Key": key}
                    )
                    for key in keys
                )
            )

    plan.fails = [when, when]
    answers = asyncio.run(story())
    assert plan.fails.count(when) < 2
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert any(answer.status_code == 503 for answer in answers)
    plan.fails = []
    ids = {
        village.treasurer.post(village.sheets, village.sheet(), key=key).json()["id"]
        for key in keys
    }
    assert len(ids) == len(keys) == counted(village.db, "entry")
    for answer in answers:
        assert answer.status_code == 503 or answer.json()["id"] in ids
    assert village.chapter.findings() == []


def test_a_reading_whose_end_was_lost_is_read_again(
    postgres_settings: Settings, clock: StoryClock, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was to be recorded, so nothing is unknown, and nobody is told so."""
    tremble_on_postgres(plan, monkeypatch)
    db = open_database(postgres_settings)
    app = create_app(postgres_settings, db)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        village = a_village(db, app, client)
        plan.fails, plan.of_readings = ["after", "before"], True
        answer = village.treasurer.get(f"{API}/chapters/{village.chapter.id}/members")
        assert answer.status_code == 200, answer.text
        assert plan.fails == []
    db.close()


def test_connections_that_were_lost_are_opened_again(
    postgres_settings: Settings, clock: StoryClock
) -> None:
    """The server was restarted between two sheets: nobody is shown an error."""
    db = open_database(postgres_settings)
    app = create_app(postgres_settings, db)
    everybody_out = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        village = a_village(db, app, client)
        treasurer = village.treasurer
        for n in range(1, 4):
            with psycopg.connect(driver_url(postgres_settings.database_url)) as admin:
                (gone,) = admin.execute(everybody_out).fetchone() or (0,)
            assert gone >= 1
            answer = treasurer.post(village.sheets, village.sheet(), key=a_key())
            assert answer.status_code == 201, answer.text
            assert counted(db, "entry") == n
        assert village.chapter.findings() == []
    db.close()
