"""The power goes, again and again, while sheets are being recorded: nothing is lost or doubled."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field

import httpx2

from app.config import Settings
from tests.faults.serving import Server, World, a_world, post, serving, verified, verifying
from tests.story import a_key

NAMES = "Lan Hoa Mai"
CLIENTS = 4
MOST = 60  # sheets of one client in one round, so that it ends whatever happens


@dataclass
class Ledger:
    """What the clients know: what they sent, and what was answered."""

    settled: dict[str, str] = field(default_factory=dict)  # key → the sheet's id
    asked: set[str] = field(default_factory=set)
    lock: threading.Condition = field(default_factory=threading.Condition)

    @property
    def unsettled(self) -> set[str]:
        """Keys whose answer was lost."""
        return self.asked - self.settled.keys()

    def answered(self, key: str, answer: httpx2.Response) -> None:
        """An acknowledged sheet: from now on it must always be there."""
        assert answer.status_code == 201, answer.text
        with self.lock:
            assert self.settled.setdefault(key, answer.json()["id"]) == answer.json()["id"]
            self.lock.notify_all()

    def wait_for(self, count: int) -> None:
        """Until so many are settled, or whoever could settle them has stopped."""
        with self.lock:
            self.lock.wait_for(lambda: len(self.settled) >= count, timeout=30)


def load(world: World, server: Server, known: Ledger) -> None:
    """One client: a sheet after the other until the server is gone."""
    with world.client(server) as client:
        for _ in range(MOST):
            key = a_key()
            known.asked.add(key)
            try:
                answer = post(client, world.sheets, world.sheet(*NAMES.split()), key)
            except httpx2.TransportError:
                return
            known.answered(key, answer)


def loaded_and_killed(
    world: World, server: Server, known: Ledger, after: int, pause: float
) -> None:
    """Kill the server a moment after so many more answers, with requests on their way."""
    target = len(known.settled) + after
    clients = [threading.Thread(target=load, args=(world, server, known)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    known.wait_for(target)
    time.sleep(pause)
    server.kill()
    for client in clients:
        client.join()
    assert len(known.settled) >= target


def everything_is_there_once(world: World, server: Server, known: Ledger) -> None:
    """Every acknowledged sheet, each key's one sheet, and not a đồng more."""
    told = world.sheet(*NAMES.split())
    with world.client(server) as client:
        listed = {sheet["id"] for sheet in world.every_sheet(client)}
        assert set(known.settled.values()) <= listed, "an acknowledged sheet is gone"
        lost = known.unsettled
        assert len(listed) - len(known.settled) <= len(lost)
        for key in sorted(lost):
            answer = post(client, world.sheets, told, key)
            known.answered(key, answer)
            replayed = answer.headers.get("idempotent-replay") == "true"
            assert replayed == (answer.json()["id"] in listed)
        for key in random.sample(sorted(known.settled), min(3, len(known.settled))):
            answer = post(client, world.sheets, told, key)
            assert answer.headers["idempotent-replay"] == "true"
            known.answered(key, answer)
        ids = [sheet["id"] for sheet in world.every_sheet(client)]
        assert len(ids) == len(set(ids)) == len(known.asked)
        assert set(ids) == set(known.settled.values())
        assert set(world.savings(client).values()) == {1000 * len(known.asked)}


def test_killed_again_and_again(sqlite_settings: Settings, kills: int) -> None:
    chance = random.Random()
    world, known = a_world(sqlite_settings, NAMES), Ledger()
    left_open = 0
    with serving(world.settings) as server:
        for _ in range(kills):
            loaded_and_killed(
                world, server, known, after=chance.randint(1, 25), pause=chance.uniform(0, 0.02)
            )
            left_open += len(known.unsettled)
            server.start()
            with verifying(world.settings):
                everything_is_there_once(world, server, known)
    assert left_open > 0, "no kill met a request on its way: these kills prove nothing"
    verified(world.settings)
