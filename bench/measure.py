"""The measurements: rounds in which the pairs that are compared run one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from app import clock
from bench import serving, world
from bench.fill import fill
from bench.serving import Helper, Server
from bench.world import MEMBERS, World


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int
    sheets: int
    reads: int
    connections: int
    chapters: int
    sizes: tuple[int, ...]


@dataclass(slots=True)
class Figures:
    """What was measured on one database: per size and name, a number a round."""

    database: str
    rates: dict[int, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    answer_in: dict[int, dict[str, list[tuple[float, float]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def rate(self, size: int, name: str) -> float:
        """Median of the rounds, a second."""
        return median(self.rates[size][name])

    def ratio(self, size: int, name: str, of: str) -> float:
        """Median of the rounds' own ratios."""
        pairs = zip(self.rates[size][name], self.rates[size][of], strict=True)
        return median(a / b for a, b in pairs)

    def growth(self, name: str, small: int, large: int) -> float:
        """Time a request at `large` by the time at `small`."""
        pairs = zip(self.rates[small][name], self.rates[large][name], strict=True)
        return median(a / b for a, b in pairs)


@dataclass(slots=True)
class Stage:
    """A database of one size: the product serving it, the bare driver on a copy."""

    size: int
    world: World
    server: Server
    bare: list[Helper]


@contextmanager
def stage(name: str, folder: Path, size: int, plan: Plan) -> Iterator[Stage]:
    """Make, fill and copy a database, and start what works on it."""
    with ExitStack() as stack:
        data = folder / f"data-{size}"
        data.mkdir()
        if name == "sqlite":
            url, twin = (f"sqlite:///{data / file}" for file in ("solon.db", "twin.db"))
            made = world.make(url, str(data), [MEMBERS] * plan.chapters)
            fill(url, made.chapters, size)
            (data / "twin.db").write_bytes((data / "solon.db").read_bytes())
        else:
            address = stack.enter_context(serving.postgres(data))
            url, twin = (_psycopg(address, database) for database in ("solon", "twin"))
            _create(address, 'CREATE DATABASE "solon"')
            made = world.make(url, str(data), [MEMBERS] * plan.chapters)
            fill(url, made.chapters, size)
            _create(address, 'CREATE DATABASE "twin" TEMPLATE "solon"')
        chapters = [asdict(chapter) for chapter in made.chapters]
        bare = []
        for mine in [chapters, *([] if name == "sqlite" else _shares(chapters))]:
            helper = Helper("bench.bare")
            stack.callback(helper.close)
            helper.tell({"url": twin, "chapters": mine})
            bare.append(helper)
        server = stack.enter_context(serving.solon(url, str(data)))
        yield Stage(size, made, server, bare)


def _shares(chapters: list[Any]) -> list[list[Any]]:
    """What each of four connections works on."""
    return [chapters[n % len(chapters) :: 4] or chapters[:1] for n in range(4)]


def _psycopg(address: str, database: str) -> str:
    return address.format(database).replace("postgresql://", "postgresql+psycopg://", 1)


def _create(address: str, sql: str) -> None:
    with psycopg.connect(address.format("postgres"), autocommit=True) as connection:
        connection.execute(sql.encode())


def measure(name: str, folder: Path, plan: Plan, client: Helper) -> Figures:
    """All rounds on one database; afterwards the product's own check must find nothing."""
    figures = Figures(name)
    with ExitStack() as stack:
        stages = [stack.enter_context(stage(name, folder, size, plan)) for size in plan.sizes]
        for each in stages:
            _round(each, plan, client, Figures(name), part=5)  # to warm up
        for _ in range(plan.rounds):
            for each in stages:
                _round(each, plan, client, figures, part=1)
        found = world.findings(stages[0].world.url, stages[0].world.data)
        if found:
            raise RuntimeError(f"{len(found)} findings, the first: {found[0]}")
    return figures


def _round(at: Stage, plan: Plan, client: Helper, into: Figures, part: int) -> None:
    rates = into.rates[at.size]
    sheets, reads = plan.sheets // part, plan.reads // part
    rates["bare"].append(_bare(at.bare[:1], sheets))
    for name, requests, total, expect in (
        ("sheets", posts(at.world), sheets, 201),
        ("balance", balances(at.world), reads, 200),
        ("empty", [{"method": "GET", "path": "/healthz"}], reads, 200),
    ):
        done = drive(client, at.server, requests, total, expect, plan.connections)
        rates[name].append(total / (done["ended"] - done["began"]))
        into.answer_in[at.size][name].append((done["p50"], done["p99"]))
    if len(at.bare) > 1:
        rates["bare4"].append(_bare(at.bare[1:], sheets))


def _bare(helpers: list[Helper], sheets: int) -> float:
    each = sheets // len(helpers)
    for helper in helpers:
        helper.tell({"total": each})
    told = [helper.hear() for helper in helpers]
    lasted = max(t["ended"] for t in told) - min(t["began"] for t in told)
    return each * len(helpers) / float(lasted)


def drive(
    client: Helper, server: Server, requests: list[Any], total: int, expect: int, connections: int
) -> dict[str, Any]:
    """Have the client send; every single answer must be the one expected."""
    job = {"port": server.port, "connections": connections, "requests": requests}
    client.tell(job | {"total": total, "expect": expect})
    done = client.hear()
    if done["done"] != total:
        raise RuntimeError(f"not all were answered with {expect}: {done}")
    return done


def posts(of: World) -> list[dict[str, Any]]:
    """A sheet of forty lines in each chapter."""
    return [
        {
            "method": "POST",
            "path": f"/api/v1/chapters/{chapter.id}/sheets",
            "token": chapter.token,
            "body": {
                "pot_id": chapter.pot_id,
                "date": clock.today().isoformat(),
                "lines": [
                    {"member_id": member, "amount": world.AMOUNT, "periods": 1}
                    for member in chapter.member_ids
                ],
            },
        }
        for chapter in of.chapters
    ]


def balances(of: World) -> list[dict[str, Any]]:
    """Every member's balance."""
    return [
        {"method": "GET", "path": f"/api/v1/members/{member}/balance", "token": chapter.token}
        for chapter in of.chapters
        for member in chapter.member_ids
    ]
