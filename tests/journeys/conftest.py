"""The application in this process on each database in turn, with everybody's doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.config import Settings
from app.db.engine import Database
from app.main import create_app
from tests.journeys.doors import Village
from tests.story import a_chapter


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
    chapter = a_chapter(db, "Lan Hoa Mai")
    neighbour = a_chapter(db, "Tư Năm", under=chapter.union, name="Chi hội thôn Đông")
    return Village(db, app, client, chapter, neighbour)
