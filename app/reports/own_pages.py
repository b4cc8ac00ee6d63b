"""What a member may know about herself: who opened her record, and all that is held on her."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import clock
from app.access.identity import Viewing
from app.reports import records
from app.web import render
from app.web.book import RealOnly
from app.web.fields import RealDb

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])


@router.get("/ai-xem")
async def views(request: Request, db: RealDb, viewer: Viewing) -> Response:
    """Who opened my record, by the hour."""
    found = await db.read(records.my_views, actor=viewer.actor)
    rows = [
        {"who": v.name, "why": v.why, "at": (clock.day_of(v.at).isoformat(), clock.hour_of(v.at))}
        for v in found
    ]
    return render.page(request, "reports/views.html", rows=rows)


@router.get("/du-lieu-cua-toi")
async def my_data(db: RealDb, viewer: Viewing) -> Response:
    """All data held on me, as a file."""
    found = await db.read(records.my_data, actor=viewer.actor)
    return Response(
        json.dumps(found, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="so-lon-cua-toi.json"',
            "Cache-Control": "no-store",
        },
    )
