"""Real servers that are loaded, killed and asked again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import Settings
from tests.faults.serving import Server, World, a_world, serving

KILLS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/faults --kills 200` kills more often."""
    parser.addoption("--kills", type=int, default=KILLS, help="how often a server is killed")


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    """How often; a run of all tests does not know the option and takes the usual number."""
    return int(pytestconfig.getoption("--kills", KILLS))


@pytest.fixture
def world(settings: Settings) -> World:
    """A chapter on each database in turn, and nobody serving it yet."""
    return a_world(settings)


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    """A server on that chapter: on PostgreSQL two processes, on SQLite the one there may be."""
    workers = 2 if world.settings.database_url.startswith("postgresql") else 1
    with serving(world.settings, workers) as started:
        yield started
