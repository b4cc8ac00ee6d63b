"""Memory and cold start, beside the smallest application on the same framework."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import serving, world
from bench.measure import Plan, balances, drive, posts
from bench.serving import Helper, Server

Start = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True, slots=True)
class Footprint:
    """Seconds to the first answer; resident megabytes after a few requests and after the load."""

    name: str
    started_in: float
    warm: float
    loaded: float


def measure(folder: Path, plan: Plan, client: Helper) -> list[Footprint]:
    """The product and the smallest application, started in turns."""
    url = f"sqlite:///{folder / 'solon.db'}"
    made = world.make(url, str(folder), [world.MEMBERS])
    own = [(posts(made), plan.sheets, 201), (balances(made), plan.reads, 200)]
    note = {"method": "POST", "path": "/notes", "body": {"words": "x" * 100}}
    other = [([note], plan.sheets, 200), ([{"method": "GET", "path": "/notes"}], plan.reads, 200)]
    starts: list[tuple[str, Start, list[Any]]] = [
        ("solon serve", lambda: serving.solon(url, str(folder)), own),
        ("bare FastAPI + SQLModel", lambda: serving.bare_app(folder), other),
    ]
    times: dict[str, list[float]] = {name: [] for name, _, _ in starts}
    for _ in range(plan.rounds):
        for name, start, _ in starts:
            with start() as server:
                times[name].append(server.started_in)
    return [
        Footprint(name, median(times[name]), *_memory(start, load, plan, client))
        for name, start, load in starts
    ]


def _memory(start: Start, load: list[Any], plan: Plan, client: Helper) -> tuple[float, float]:
    with start() as server:
        found = []
        for part in (20, 1):
            for requests, total, expect in load:
                drive(client, server, requests, max(total // part, 20), expect, plan.connections)
            found.append(server.memory())
    return found[0], found[1]
