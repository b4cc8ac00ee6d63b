"""One sheet from sixteen phones at once, all with one key: one sheet."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import httpx2

from tests.faults.serving import PIN, Server, World, at_once, post, verified
from tests.journeys.doors import API
from tests.story import A_PHONE, a_key

CLIENTS = 16
ROUNDS = 5
TRIES = 200


class Asked(NamedTuple):
    """Whose money she sent, what she was answered at once, and in the end."""

    name: str
    first: httpx2.Response
    last: httpx2.Response


def send(world: World, server: Server, key: str, name: str, begin: threading.Barrier) -> Asked:
    """Ask when everybody is connected, and again for as long as it is at work elsewhere."""
    with world.client(server) as client:
        client.get("/healthz")
        begin.wait()
        first = last = post(client, world.sheets, world.sheet(name), key)
        for _ in range(TRIES):
            if last.status_code != 409:
                break
            assert last.json()["code"] == "in_progress"
            last = post(client, world.sheets, world.sheet(name), key)
        return Asked(name, first, last)


def all_at_once(world: World, server: Server, key: str, names: Sequence[str]) -> list[Asked]:
    """Everybody's answers."""
    begin, answers = threading.Barrier(len(names)), list[Asked]()

    def ask(name: str) -> None:
        answers.append(send(world, server, key, name, begin))

    at_once([partial(ask, name) for name in names])
    assert len(answers) == len(names)
    return answers


def test_one_key_is_one_sheet(world: World, server: Server) -> None:
    for n in range(1, ROUNDS + 1):
        answers = all_at_once(world, server, a_key(), ["Lan"] * CLIENTS)
        assert {asked.first.status_code for asked in answers} <= {201, 409}
        assert [asked.last.status_code for asked in answers] == [201] * CLIENTS
        assert len({asked.last.content for asked in answers}) == 1
        fresh = [a for a in answers if "idempotent-replay" not in a.last.headers]
        assert len(fresh) == 1, "exactly one of them recorded it"
        with world.client(server) as client:
            assert len(world.every_sheet(client)) == n
            assert world.savings(client)[world.chapter.members["Lan"]] == 1000 * n
    verified(world.settings)


def test_one_key_with_two_stories_is_one_of_them(world: World, server: Server) -> None:
    """Half send Lan's money, half Hoa's: whichever came first stands, the others are told."""
    answers = all_at_once(world, server, a_key(), ["Lan", "Hoa"] * (CLIENTS // 2))
    recorded = {asked.name for asked in answers if asked.last.status_code == 201}
    assert len(recorded) == 1
    for asked in answers:
        if asked.name not in recorded:
            assert (asked.last.status_code, asked.last.json()["code"]) == (422, "key_reused")
    with world.client(server) as client:
        assert len(world.every_sheet(client)) == 1


def test_one_code_lets_one_phone_in(world: World, server: Server) -> None:
    """Single-use also when two read it over her shoulder and are as quick as she is."""
    told = {"phone": A_PHONE, "enrol_code": world.code, "pin": PIN, "label": "điện thoại"}
    statuses: list[int] = []

    def enrol() -> None:
        with world.client(server) as client:
            statuses.append(client.post(f"{API}/devices", json=told).status_code)

    at_once([enrol] * CLIENTS)
    assert statuses.count(201) == 1 and set(statuses) <= {201, 401, 429}
    verified(world.settings)
