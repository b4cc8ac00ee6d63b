"""The application in this process on each database in turn, with everybody's doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import clock as the_clock
from app.config import Settings
from app.db.engine import Database, open_database
from app.main import create_app
from tests.conftest import postgres_book, sqlite_book
from tests.journeys.doors import Village, a_village
from tests.story import TODAY, StoryClock


@pytest.fixture
def app(settings: Settings, db: Database) -> FastAPI:
    """The application on a migrated, empty book."""
    return create_app(settings, db)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Requests without a network; what goes wrong inside is answered, not raised."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as found:
        yield found


@pytest.fixture
def village(db: Database, app: FastAPI, client: TestClient) -> Village:
    """Lan, Hoa and Mai of thôn Đoài; the neighbours of thôn Đông are another chapter."""
    return a_village(db, app, client)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """A village that a whole file shares, with a sheet in either book."""
    house = request.getfixturevalue("house")
    if request.param == "sqlite":
        file = request.getfixturevalue("migrated_file")
        book = sqlite_book(house, file, tmp_path_factory.mktemp("village"))
    else:
        book = postgres_book(house, request.getfixturevalue("postgres"))
    with book as settings, the_clock.told_by(StoryClock(TODAY), "story"):
        db = open_database(settings)
        app = create_app(settings, db)
        with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
            village = a_village(db, app, client)
            village.chapter.sheet("Lan 1.000/1, Hoa 1.000/1")
            village.neighbour.sheet("Tư 1.000/1")
            yield village
        db.close()
