"""On paper: the minutes that are signed by hand, and a slip for each woman."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.access.identity import Viewing
from app.breaking import papers, queries
from app.errors import not_found
from app.web import render
from app.web.fields import Db, PathId

router = APIRouter(include_in_schema=False)
Paper = Annotated[str, Query(alias="in")]
ROLL = "58"


@router.get("/mo-lon/{breaking_id}/bien-ban")
async def minutes(request: Request, db: Db, viewer: Viewing, breaking_id: PathId) -> Response:
    """For A4 and ink."""
    found = await db.read(queries.minutes, actor=viewer.actor, breaking_id=breaking_id)
    return render.page(request, "breaking/minutes.html", paper=papers.minutes(request, found))


@router.get("/so-cua-toi/mo-lon/{breaking_id}")
async def own_slip(request: Request, db: Db, viewer: Viewing, breaking_id: PathId) -> Response:
    """A member's own slip, with nobody else's figures."""
    found = await db.read(queries.own_minutes, actor=viewer.actor, breaking_id=breaking_id)
    return render.page(request, "breaking/own.html", paper=papers.minutes(request, found))


@router.get("/mo-lon/{breaking_id}/phieu")
async def slips(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, so: str = "", in_: Paper = ""
) -> Response:
    """A slip for each woman, or for one of them, for A4 or a roll."""
    found = await db.read(queries.minutes, actor=viewer.actor, breaking_id=breaking_id)
    paper = papers.minutes(request, found)
    lines = [one for one in paper["lines"] if not so or str(one["number"]) == so]
    if not lines and so:
        raise not_found()
    return render.page(
        request, "breaking/slips.html", paper=paper, lines=lines, so=so, roll=in_ == ROLL
    )
