"""What was recorded on the phone without a signal comes in here: the outbox's own door and page."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.access.identity import Owning, Viewing
from app.access.queries import require
from app.access.rules import May
from app.approvals.actions import Waiting
from app.audit.chain import check_code
from app.db.engine import Database
from app.errors import Busy, Conflict, NotFound, NotSignedIn, Refusal, not_found
from app.ledger.receipts import EntryPosted
from app.savings import held, holding, pages, sheet_form
from app.savings.pages import Tried
from app.web import forms, keys, language, render
from app.web.book import FIELD
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False)
ASIDE = (*keys.ASIDE, "person", "at")  # what goes along with a kept sheet and is none of it


@router.get("/tren-may")
async def outbox(request: Request, viewer: Viewing) -> Response:
    """The sheets kept on this phone; the phone itself fills them in."""
    if not (viewer.may_record or viewer.left):
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
    told = _unfit(request, form) or await _decided(request, db, chapter_id, form)
    if told is not None:
        return told
    try:
        tried = await pages.attempt(request, db, viewer, chapter_id, form)
    except Busy as busy:
        return _answer(request, "again", busy)
    return _became(request, tried)


def _became(request: Request, tried: Tried) -> Response:
    """What the phone is told of a sheet it sent."""
    lang = language.of_request(request)
    if tried.posted is not None:
        return JSONResponse(_posted(tried.posted))
    if tried.waits is not None:
        return _waits(request, tried.waits)
    if tried.question:
        return JSONResponse({"state": "ask", "says": tried.question})
    refusals = tried.problems.values()
    for refusal in refusals:
        if refusal.code == "breaking_open":  # nothing to mend: it stays there and is asked again
            return _answer(request, "refused", refusal)
    if any(isinstance(r, Busy) or r.code == "in_progress" for r in refusals):
        return JSONResponse({"state": "again"}, 503)
    return JSONResponse({"state": "fix", "says": " ".join(tried.sentences(lang).values())}, 422)


def _unfit(request: Request, form: dict[str, list[str]]) -> Response | None:
    """What no page would have kept."""
    if FIELD in form:
        exercise = Conflict("other_book", "Phiếu này của sổ tập, không ghi vào sổ thật.")
        return _answer(request, "fix", exercise)
    if not form.get("date", [""])[0].strip():  # the day it arrives is not the day it was taken in
        return _answer(request, "fix", sheet_form.day_unclear())
    return None


async def _decided(
    request: Request, db: Database, chapter_id: str, form: dict[str, list[str]]
) -> Response | None:
    """Handed over once and decided; she came back to office since."""
    key = form.get("key", [""])[0]
    found = await db.read(held.find, chapter_id, key) if keys.UUID.fullmatch(key) else None
    return JSONResponse(_fate(request, found)) if found is not None and found.fate else None


@router.post("/chi-hoi/{chapter_id}/giu")
async def hand_over(
    request: Request, db: RealDb, owner: Owning, chapter_id: PathId, typed: Typed
) -> Response:
    """What an outgoing officer's phone could not send any more: held for review, never posted here.

    Her phone is known by its own secret: nothing else is left to know her by. It asks again here
    what became of it. `at` is when she recorded it, by the phone's clock.
    """
    form = {name: texts for name, texts in typed.items() if name not in ASIDE}
    if typed.get("person", [""])[0] != owner.actor.person_id:
        raise not_found()
    at = typed.get("at", [""])[0]
    try:
        answer = await db.write(
            holding.hand_over,
            actor=owner.actor,
            chapter_id=chapter_id,
            ticket=keys.ticket(
                request,
                keys.checked(typed.get("key", [""])[0]),
                form,
                path=f"/chi-hoi/{chapter_id}/gui",
            ),
            form=form,
            kept_at=int(at) * 1000 if re.fullmatch(r"\d{1,14}", at, re.ASCII) else None,
        )
    except (NotFound, NotSignedIn):
        raise
    except Busy as busy:
        return _answer(request, "again", busy)
    except Refusal as refusal:
        return _answer(request, "refused", refusal)
    if isinstance(answer, held.Held):
        return JSONResponse(_fate(request, answer))
    if isinstance(answer, Waiting):
        return _waits(request, answer)
    return JSONResponse(_posted(answer))


def _waits(request: Request, waiting: Waiting) -> Response:
    says = language.translations(language.of_request(request)).gettext(waiting.waits_for)
    told = {"state": "waits", "approval": waiting.approval_id, "says": says}
    return JSONResponse(told, 202)


def _posted(posted: EntryPosted) -> dict[str, Any]:
    receipt = posted.receipt
    return {"state": "posted", "entry": posted.id, "number": receipt.seq,
            "code": check_code(bytes.fromhex(receipt.head))}  # fmt: skip


def _fate(request: Request, of: held.Held) -> dict[str, Any]:
    """What became of a held sheet, as its phone is told."""
    if of.head is not None:
        return {"state": "posted", "entry": of.entry_id, "number": of.number,
                "code": check_code(of.head), "by": of.decided_by}  # fmt: skip
    say = language.translations(language.of_request(request)).gettext
    if of.fate is None:
        says = say("Chức vụ của chị đã hết. Bảng này chi hội đang giữ để xem lại, chưa vào sổ.")
        return {"state": "held", "says": says}
    says = say("Chị {who} đã xem và không ghi bảng này: {why}")
    return {"state": "dropped", "says": says.format(who=of.decided_by, why=of.reason or "…")}


def _answer(request: Request, state: str, refusal: Refusal) -> Response:
    says: dict[str, Any] = {"says": language.sentence(refusal, language.of_request(request))}
    return JSONResponse({"state": state} | says, forms.status(refusal))
