"""A chapter's loans on one page: who is reminded, who waits; and when the next one can be paid."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import clock
from app.access.identity import Viewing
from app.access.queries import holds, unit_name
from app.access.rules import May
from app.loans import looks, outlook, spoken, words
from app.web import language, render
from app.web.fields import Db, PathId

router = APIRouter(include_in_schema=False)


@router.get("/chi-hoi/{chapter_id}/vay")
async def loans(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """Who is late or due within a week, who waits in which order and why, and every loan."""
    board = await db.read(looks.board, actor=viewer.actor, chapter_id=chapter_id)
    lang = language.of_request(request)
    return render.page(
        request,
        "loans/loans.html",
        chapter_id=chapter_id,
        board=board,
        pots=[spoken.pot(pot, lang) for pot in board.pots],
        waiting=[
            (place.place, of, [language.filled(*words.told(why), lang) for why in place.reasons])
            for place, of in board.waiting
        ],
        soon=[spoken.due(one, board.chapter_name, lang) for one in board.soon],
        overdue=[spoken.due(one, board.chapter_name, lang) for one in board.late],
        loans=board.loans,
        broken=board.broken,
        today=clock.today(),
        lending=words,
        may_ask=holds(viewer.actor, May.LEND, chapter_id),
    )


@router.get("/chi-hoi/{chapter_id}/vay/du-tinh")
async def forecast(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """Free cash for the twelve months to come, and when the first who waits can be paid."""
    found = await db.read(outlook.forecasts, actor=viewer.actor, chapter_id=chapter_id)
    lang = language.of_request(request)
    return render.page(
        request,
        "loans/forecast.html",
        chapter_id=chapter_id,
        chapter_name=await db.read(unit_name, chapter_id),
        pots=[spoken.pot(one, lang) for one in found],
        today=clock.today(),
        may_ask=holds(viewer.actor, May.LEND, chapter_id),
    )
