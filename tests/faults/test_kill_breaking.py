"""The power goes at each step of a breaking: the step is in the book or it is not, never half."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from app import clock
from app.access import actions as access
from app.breaking.kept import all_kept
from app.db.engine import open_database
from app.db.tx import Tx
from tests.faults.serving import API, Server, World, a_world, post, serving, verified
from tests.story import a_key

KILLS = 2  # at each step
WITNESSES = ["Nguyễn Thị Chứng", "Nguyễn Thị Kiến"]
Call = tuple[str, str, dict[str, Any]]  # method, path, body


@dataclass
class Broken:
    """A world whose pig is being broken; `heads` is the head's session."""

    world: World
    server: Server
    heads: str

    def stands(self) -> list[tuple[str, str, int]]:
        """Every breaking with its state and steps, as the file says while nobody serves it."""
        with closing(open_database(self.world.settings, readonly=True)) as db:
            found = db.read_now(all_kept, self.world.chapter.id)
        return [(of.id, of.state, len(of.steps)) for of in found]

    def entries(self) -> list[Any]:
        with closing(open_database(self.world.settings, readonly=True)) as db:
            return db.read_now(Tx.rows, "SELECT kind FROM entry ORDER BY seq")

    def send(self, call: Call, key: str, token: str = "") -> httpx2.Response:
        """Ask; by the treasurer unless another session is told."""
        method, path, body = call
        headers = {"Authorization": f"Bearer {token or self.world.token}", "Idempotency-Key": key}
        with self.world.client(self.server) as client:
            return client.request(method, path, json=body, headers=headers)

    def killed_while(self, call: Call, key: str, token: str = "") -> None:
        """Ask, and cut the power a moment later; then serve again."""

        def ask() -> None:
            try:
                self.send(call, key, token)
            except httpx2.TransportError:
                return  # the answer is lost: what is in the book is looked up

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(random.uniform(0, 0.03))
        self.server.kill()
        asking.join()

    def step(self, call: Call, state: str, *, token: str = "") -> httpx2.Response | None:
        """Do a step under kills: each time it is there whole or not at all, and verifies.

        Asked again with the same key it is there once.
        """
        key, before = a_key(), self.stands()
        for _ in range(KILLS):
            self.killed_while(call, key, token)
            now = self.stands()
            assert now == before or [one[1] for one in now] == [state]
            verified(self.world.settings)
            self.server.start()
            if now != before:
                break
        answer = self.send(call, key, token)
        assert answer.status_code < 300 or answer.json()["code"] == "breaking_already_open"
        assert [one[1] for one in self.stands()] == [state]
        return answer


@pytest.fixture
def broken(settings: Any) -> Iterator[Broken]:
    """Three sheets are in the pig."""
    world = a_world(settings)
    with closing(open_database(world.settings)) as db:
        heads = db.write_now(
            access.begin_session, person_id=world.chapter.head.person_id, device_id=None, hours=12
        )
    workers = 2 if world.settings.database_url.startswith("postgresql") else 1
    with serving(world.settings, workers) as server:
        with world.client(server) as client:
            for _ in range(3):
                assert post(client, world.sheets, world.sheet("Lan", "Hoa")).status_code == 201
        yield Broken(world, server, heads)


def test_killed_at_each_step(broken: Broken) -> None:
    world = broken.world
    told = {"pot_id": world.chapter.pot, "date": clock.today().isoformat()}
    opening = ("POST", f"{API}/chapters/{world.chapter.id}/breakings", told)
    counted = {"notes": {"5000": 1}, "witnesses": WITNESSES}
    broken.step(opening, "open")
    ((first, _, _),) = broken.stands()
    at = f"{API}/breakings/{first}"
    broken.step(("PUT", f"{at}/count", counted), "counted")
    broken.step(("POST", f"{at}/abandon", {"reason": "mưa"}), "abandoned")
    assert [kind for (kind,) in broken.entries()] == ["sheet"] * 3 + ["count"]


def test_killed_at_each_signature(broken: Broken) -> None:
    world = broken.world
    told = {"pot_id": world.chapter.pot, "date": clock.today().isoformat()}
    opened = broken.send(("POST", f"{API}/chapters/{world.chapter.id}/breakings", told), a_key())
    at = f"{API}/breakings/{opened.json()['id']}"
    counted = {"notes": {"5000": 1, "1000": 1}, "witnesses": WITNESSES}
    assert broken.send(("PUT", f"{at}/count", counted), a_key()).status_code == 200
    lan = world.chapter.members["Lan"]
    lines = {"lines": [{"member_id": lan, "take": None, "keep": 0, "give": 0}]}
    broken.step(("PUT", f"{at}/decisions", lines), "decided")
    with world.client(broken.server) as client:
        print_ = {"fingerprint": client.get(f"{at}/plan").json()["fingerprint"]}
    signing: Call = ("POST", f"{at}/signatures", print_)
    first = broken.step(signing, "signed")
    assert first is not None and first.status_code == 202
    second = broken.step(signing, "posted", token=broken.heads)
    assert second is not None and second.json()["state"] == "posted"
    assert [kind for (kind,) in broken.entries()] == ["sheet"] * 3 + ["breaking"]
    with world.client(broken.server) as client:
        assert world.savings(client)[lan] == 0
    verified(world.settings)
