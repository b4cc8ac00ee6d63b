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
from app.savings import pages, sheet_form
from app.web import forms, language, render
from app.web.book import FIELD
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
    form = typed | {"do": ["record"]}
    # First: whoever else is in on that phone, the sheet stays kept for its own person.
    if form.pop("person", [""])[0] != viewer.actor.person_id:
        other = Conflict("another_person", "Phiếu này do người khác ghi trên máy.")
        return _answer(request, "other", other)
    await db.read(require, actor=viewer.actor, may=May.RECORD_SHEETS, unit_id=chapter_id)
    if (refused := _unfit(form)) is not None:
        return _answer(request, "fix", refused)
    try:
        tried = await pages.attempt(request, db, viewer, chapter_id, form)
    except Busy as busy:
        return _answer(request, "again", busy)
    if tried.posted is not None:
        receipt = tried.posted.receipt
        told = {"state": "posted", "entry": tried.posted.id, "number": receipt.seq,
                "code": check_code(bytes.fromhex(receipt.head))}  # fmt: skip
        return JSONResponse(told)
    if tried.question:
        return JSONResponse({"state": "ask", "says": tried.question})
    refusals = tried.problems.values()
    if any(isinstance(r, Busy) or r.code == "in_progress" for r in refusals):
        return JSONResponse({"state": "again"}, 503)
    says = tried.sentences(language.of_request(request))
    return JSONResponse({"state": "fix", "says": " ".join(says.values())}, 422)


def _unfit(form: dict[str, list[str]]) -> Refusal | None:
    """What no page would have kept."""
    if FIELD in form:
        return Conflict("other_book", "Phiếu này của sổ tập, không ghi vào sổ thật.")
    if not form.get("date", [""])[0].strip():  # the day it arrives is not the day it was taken in
        return sheet_form.day_unclear()
    return None


def _answer(request: Request, state: str, refusal: Refusal) -> Response:
    says: dict[str, Any] = {"says": language.sentence(refusal, language.of_request(request))}
    return JSONResponse({"state": state} | says, forms.status(refusal))
