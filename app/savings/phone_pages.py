"""What was recorded on the phone without a signal comes in here: the outbox's own door and page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.access.identity import Viewing
from app.access.queries import require
from app.access.rules import May
from app.audit.chain import check_code
from app.errors import Busy, Conflict, Refusal, not_found
from app.savings import pages
from app.web import forms, language, render
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False)


@router.get("/tren-may")
async def outbox(request: Request, viewer: Viewing) -> Response:
    """The sheets kept on this phone; the phone itself fills them in."""
    if not viewer.may_record:
        raise not_found()
    return render.page(request, "savings/outbox.html", chapter_id=viewer.chapter_id)


@router.get("/thu-hom-nay")
async def collect_today(viewer: Viewing) -> Response:
    """The installed book's shortcut: whose sheet it is depends on who opens it."""
    if not viewer.may_record:
        raise not_found()
    return RedirectResponse(f"/chi-hoi/{viewer.chapter_id}/thu", 303)


@router.post("/chi-hoi/{chapter_id}/gui")
async def send(
    request: Request, db: RealDb, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """A sheet of the outbox, as the page's form: posted, asked about, to be mended, or again.

    `person` is who recorded it on the phone: nothing is posted under another's name. What is kept
    there was recorded for real, so it goes into the real book also while she practises.
    """
    await db.read(require, actor=viewer.actor, may=May.RECORD_SHEETS, unit_id=chapter_id)
    form = typed | {"do": ["record"]}
    if form.pop("person", [""])[0] != viewer.actor.person_id:
        other = Conflict("another_person", "Phiếu này do người khác ghi trên máy.")
        return _answer(request, "other", other)
    try:
        tried = await pages.attempt(request, db, viewer, chapter_id, form)
    except Busy as busy:
        return _answer(request, "again", busy)
    return _became(request, tried)


def _became(request: Request, tried: pages.Tried) -> Response:
    lang = language.of_request(request)
    if tried.posted is not None:
        receipt = tried.posted.receipt
        told = {"state": "posted", "entry": tried.posted.id, "number": receipt.seq,
                "code": check_code(bytes.fromhex(receipt.head))}  # fmt: skip
        return JSONResponse(told)
    if tried.waits is not None:
        waits = language.translations(lang).gettext(tried.waits.waits_for)
        told = {"state": "waits", "approval": tried.waits.approval_id, "says": waits}
        return JSONResponse(told, 202)
    if tried.question:
        return JSONResponse({"state": "ask", "says": tried.question})
    refusals = tried.problems.values()
    if any(isinstance(r, Busy) or r.code == "in_progress" for r in refusals):
        return JSONResponse({"state": "again"}, 503)
    return JSONResponse({"state": "fix", "says": " ".join(tried.sentences(lang).values())}, 422)


def _answer(request: Request, state: str, refusal: Refusal) -> Response:
    says: dict[str, Any] = {"says": language.sentence(refusal, language.of_request(request))}
    return JSONResponse({"state": state} | says, forms.status(refusal))
