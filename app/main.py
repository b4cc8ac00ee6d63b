"""create_app(): wires doors, guards and handlers; nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import config, health
from app.access import api as access_api
from app.access import pages as access_pages
from app.access.pins import Pins
from app.charter import api as charter_api
from app.config import Settings
from app.db.engine import Database, open_database
from app.members import api as members_api
from app.members import pages as members_pages
from app.reports import api as reports_api
from app.reports import pages as reports_pages
from app.savings import api as savings_api
from app.savings import pages as savings_pages
from app.savings import receipt_pages
from app.union import api as union_api
from app.web import problems
from app.web.guard import Guard
from app.web.render import STATIC, Static

ROUTERS = (
    savings_api.router,  # routes are tried in order: what is asked most stands first
    reports_api.router,
    access_api.router,
    union_api.router,
    charter_api.router,
    members_api.router,
    access_pages.router,
    members_pages.router,  # before reports: `/hoi-vien/moi` is no member's id
    savings_pages.router,
    receipt_pages.router,
    reports_pages.router,
    health.router,
)


def create_app(settings: Settings | None = None, db: Database | None = None) -> FastAPI:
    """The application on a database; `uvicorn app.main:create_app --factory` serves it too."""
    settings = settings or config.load()
    own = db or open_database(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if db is None:
            own.close()

    app = FastAPI(
        title="Sổ Lợn",
        version="0.1.0",
        description="The money book of Women's Union chapters that save in plastic piggy banks.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.db = own
    app.state.pins = Pins(settings.pepper)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Static(directory=STATIC), name="static")
    app.add_middleware(Guard, body_limit=settings.body_limit)
    problems.install(app)
    return app
