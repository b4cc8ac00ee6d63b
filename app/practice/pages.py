"""Beginning to practise, and throwing the copy away: one tap each."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.access.identity import PRACTICE, Viewing, forget, remember
from app.db.tx import Tx
from app.practice import queries
from app.practice.door import Desk
from app.terms import Actor
from app.web.fields import PathId, RealDb

router = APIRouter(include_in_schema=False)


@router.post("/chi-hoi/{chapter_id}/so-tap")
async def begin(request: Request, db: RealDb, viewer: Viewing, chapter_id: PathId) -> Response:
    """A fresh copy of the chapter's book, for this phone until the browser closes."""
    desk: Desk = request.app.state.desk
    rows = await db.read(_rows, viewer.actor, chapter_id)
    person_id = viewer.actor.person_id
    mark = await asyncio.to_thread(desk.shelf.make, rows, person_id=person_id)
    response = RedirectResponse("/hom-nay", 303)
    remember(response, request, PRACTICE, mark, 0)
    return response


def _rows(db: Tx, actor: Actor, chapter_id: str) -> list[queries.Rows]:
    return list(queries.copied(db, actor=actor, chapter_id=chapter_id))


@router.post("/so-tap/bo")
async def throw_away(request: Request, viewer: Viewing) -> Response:
    """Back to the real book; nothing of the exercise stays."""
    desk: Desk = request.app.state.desk
    desk.shelf.throw_all_of(viewer.actor.person_id)
    response = RedirectResponse("/hom-nay", 303)
    forget(response, request, PRACTICE)
    return response
