"""Is the process up, can it serve, and is this installation sound?"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from app import clock
from app.config import Settings
from app.db import embedded, schema
from app.db.engine import open_database
from app.web.fields import RealDb

router = APIRouter(include_in_schema=False)
Check = tuple[str, bool, str]
WAL_FIXED = (3, 51, 3)


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers; touches nothing."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(db: RealDb) -> Response:
    """Database reached, migrations current, triggers in place."""
    faults = await db.read(schema.faults)
    return JSONResponse({"status": faults or "ready"}, 503 if faults else 200)


def examine(settings: Settings) -> Iterator[Check]:
    """What `solon doctor` prints: name, whether it is a fault, detail."""
    yield "python", False, sys.version.split()[0]
    engine = settings.database_url.split(":", 1)[0]
    yield "database", False, engine
    if engine == "sqlite":
        yield from _sqlite(settings)
    try:
        db = open_database(settings, readonly=True)
        faults = db.read_now(schema.faults)
        db.close()
        yield "schema and triggers", bool(faults), "; ".join(faults) or schema.head()
    except Exception as error:  # whatever it is, it is a line of the report
        yield "schema and triggers", True, f"cannot be read: {type(error).__name__}"
    pepper = settings.data / "pepper"
    mode = stat.S_IMODE(pepper.stat().st_mode)
    yield "pepper", mode != 0o600, f"mode {mode:04o}"
    free = shutil.disk_usage(settings.data).free
    yield "disk", free < 200_000_000, f"{free // 1_000_000} MB free"
    now = datetime.fromtimestamp(clock.now() // 1_000_000, UTC)
    built = datetime.fromtimestamp(os.stat(__file__).st_mtime, UTC)
    yield "clock", now < built, f"{now:%Y-%m-%d %H:%M} UTC, business day {clock.today()}"


def _sqlite(settings: Settings) -> Iterator[Check]:
    fixed = sqlite3.sqlite_version_info >= WAL_FIXED
    why = "" if fixed else "; older than 3.51.3, so exactly one connection writes and checkpoints"
    yield "sqlite", False, f"{sqlite3.sqlite_version}, WAL{why}"
    try:
        connection = embedded.connect(
            settings.database_url.removeprefix("sqlite:///"), readonly=True
        )
    except sqlite3.Error:
        yield "pragmas", True, "no database yet: solon init, or solon demo"
        return
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    names = ", ".join(f"{name}={value}" for name, value in embedded.PRAGMAS.items())
    yield "pragmas", mode != "wal", f"journal_mode={mode}, {names}"
    connection.close()
