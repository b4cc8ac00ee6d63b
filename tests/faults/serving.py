"""A real server in a process of its own, as an operator starts it, and clients that load it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from app import clock
from app.access import actions as access
from app.access.pins import Pins
from app.config import Settings
from app.db.engine import open_database
from app.db.tx import Tx
from app.offices import actions as offices
from app.offices.actions import Appointee
from app.terms import Role
from tests.journeys.doors import API
from tests.story import A_PHONE, Chapter, a_chapter, a_key

ROOT = Path(__file__).parents[2]
PIN = "407195"
SOLON = (sys.executable, "-c", "from app.cli import main; main()")
PATIENCE = 60  # seconds before a server that does not begin is given up


def solon(settings: Settings, *command: str, **more: Any) -> subprocess.Popen[str]:
    """Begin a `solon` command on these settings."""
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "SOLON_DATA": str(settings.data),
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen([*SOLON, *command], cwd=ROOT, env=environment, text=True, **more)


def verified(settings: Settings) -> None:
    """`solon verify` finds nothing."""
    with verifying(settings):
        pass


@contextmanager
def verifying(settings: Settings) -> Iterator[None]:
    """`solon verify` runs beside all this, and finds nothing."""
    pipe = subprocess.PIPE
    process = solon(settings, "verify", stdout=pipe, stderr=pipe)
    try:
        yield
    finally:
        said, progress = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, ""), said + progress


@dataclass
class Server:
    """`solon serve`, which can be stopped, and killed."""

    settings: Settings
    workers: int = 1
    port: int = 0
    process: subprocess.Popen[str] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = Path(f"{self.settings.data / 'served'}-{id(self)}.log")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Come back when it is ready."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with self.log.open("a") as log:
            self.process = solon(
                self.settings, "serve", "--port", str(self.port), "--workers", str(self.workers),
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        given_up = time.monotonic() + PATIENCE
        while not self._ready():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < given_up, f"not ready: {self.log.read_text()}"
            time.sleep(0.05)

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """As when the power goes: nothing is finished."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator stops it; whatever is left is killed."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def serving(settings: Settings, workers: int = 1) -> Iterator[Server]:
    """A server for as long as this lasts."""
    server = Server(settings, workers)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@dataclass
class World:
    """A chapter on the real clock, and what its treasurer needs to send sheets."""

    settings: Settings
    chapter: Chapter
    token: str
    code: str  # lets one phone in, of an inspector who has her PIN already
    before: int  # the number of the last seal before any sheet

    @property
    def sheets(self) -> str:
        """Where sheets are sent."""
        return f"{API}/chapters/{self.chapter.id}/sheets"

    def sheet(self, *names: str) -> dict[str, Any]:
        """A thousand of each."""
        lines = [
            {"member_id": self.chapter.members[name], "amount": 1000, "periods": 1}
            for name in names
        ]
        return {"pot_id": self.chapter.pot, "date": clock.today().isoformat(), "lines": lines}

    def client(self, server: Server) -> httpx2.Client:
        """The treasurer's program. No TLS on loopback, so no certificates to load."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx2.Client(
            base_url=server.url, headers=headers, timeout=60, verify=False, trust_env=False
        )

    def every_sheet(self, client: httpx2.Client) -> list[dict[str, Any]]:
        """The list of sheets, page by page to its end."""
        found: list[dict[str, Any]] = []
        params: dict[str, str] = {}
        while True:
            answer = client.get(self.sheets, params=params)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["items"]
            assert len(found) <= 100_000
            if page["next"] is None:
                return found
            params = {"after": page["next"]}

    def savings(self, client: httpx2.Client) -> dict[str, int]:
        """What everybody has."""
        answer = client.get(f"{API}/chapters/{self.chapter.id}/members")
        return {member["id"]: member["savings"] for member in answer.json()["items"]}


def a_world(settings: Settings, names: str = "Lan Hoa Mai") -> World:
    """Through the actions, on the real clock; nothing holds the database afterwards."""
    with closing(open_database(settings)) as db:
        chapter = a_chapter(db, names)
        token = db.write_now(
            access.begin_session, person_id=chapter.treasurer.person_id, device_id=None, hours=12
        )
        inspector = db.write_now(
            offices.appoint, actor=chapter.head, unit_id=chapter.id, role=Role.INSPECTOR,
            on=clock.today(), who=Appointee(name="Trần Thị Kiểm", phone=A_PHONE), code_hours=1,
        )  # fmt: skip
        pin_hash = Pins(settings.pepper).hash(PIN)
        db.write_now(
            Tx.run, "UPDATE person SET pin_hash = ? WHERE id = ?", (pin_hash, inspector.person_id)
        )
        before, _ = chapter.head_now()
    return World(settings, chapter, token, inspector.enrol_code, before)


def post(
    client: httpx2.Client, path: str, told: dict[str, Any], key: str | None = None
) -> httpx2.Response:
    """Send a sheet under a key."""
    return client.post(path, json=told, headers={"Idempotency-Key": key or a_key()})


def at_once(works: Sequence[Callable[[], None]]) -> None:
    """All of them side by side, begun together; the first thing that goes wrong is raised."""
    barrier = threading.Barrier(len(works))
    wrong: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
