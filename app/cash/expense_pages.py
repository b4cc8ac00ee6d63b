"""Spending: a visit, a celebration, a prize, out of what is nobody's savings."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids, names
from app.access.identity import Viewer, Viewing
from app.approvals.actions import Waiting
from app.cash import blanks, moving
from app.cash.api import words
from app.cash.cash_form import Reading
from app.errors import Busy, Invalid, Refusal
from app.terms import N_
from app.web import forms, keys, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("pot_id", "what", "purpose", "amount", "date", "note", "reason", "key")
# What chapters spend on; in the book it stands in these words.
PURPOSES = {
    "visit": N_("Thăm hỏi"),
    "party": N_("Liên hoan"),
    "prize": N_("Giải thưởng lợn béo"),
}
OTHER = "other"


@router.get("/chi-hoi/{chapter_id}/chi")
async def blank_expense(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, lon: str = ""
) -> Response:
    """What may be spent, and the form."""
    form = dict.fromkeys(FIELDS, "") | {"pot_id": lon, "key": ids.new()}
    form["date"] = clock.today().isoformat()
    return await _show(request, db, viewer, chapter_id, form, None)


@router.post("/chi-hoi/{chapter_id}/chi")
async def spend(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Pay it, or ask for the second signature above the charter's limit."""
    blank = await db.read(blanks.cash_blank, actor=viewer.actor, chapter_id=chapter_id)
    reading = Reading(typed, FIELDS)
    form = reading.form
    pot_id = reading.pot("pot_id", [pot.id for pot in blank.pots])
    purpose = _purpose(reading)
    amount, day = reading.amount("amount"), reading.day("date", clock.today())
    try:
        reading.check()
        answer = await db.write(
            moving.spend,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=pot_id,
            day=day,
            amount=amount,
            purpose=purpose,
            note=words(form["note"], "note"),
            ticket=keys.ticket(request, keys.of_form(form["key"]), typed),
            reason=words(form["reason"], "reason"),
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, chapter_id, form, refusal)
    if isinstance(answer.value, Waiting):
        return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)
    return RedirectResponse(f"/chung-tu/{answer.value.id}", 303)


def _purpose(reading: Reading) -> str:
    """The chip, or her own words."""
    what, said = reading.form["what"], reading.form["purpose"]
    if what in PURPOSES:
        return PURPOSES[what]
    if what != OTHER or not said.strip():
        reading.wrong(
            Invalid("purpose_needed", "Chi cho việc gì? Mời chị chọn hoặc ghi."),
            "purpose" if what == OTHER else "what",
        )
        return ""
    try:
        return names.clean(said, longest=200, field="purpose")
    except Invalid as refusal:
        reading.wrong(refusal, "purpose")
        return ""


async def _show(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    blank = await db.read(blanks.cash_blank, actor=viewer.actor, chapter_id=chapter_id)
    if len(blank.pots) == 1 and refusal is None:
        form["pot_id"] = blank.pots[0].id
    form["key"] = keys.after(form["key"], refusal)
    codes = {part.code for part in (refusal.parts or (refusal,))} if refusal else set()
    return render.page(
        request,
        "cash/expense.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        chapter_name=blank.chapter_name,
        pots=blank.pots,
        broken=blank.broken,
        limit=blank.expense_limit,
        purposes=[*PURPOSES.items(), (OTHER, N_("Việc khác"))],
        other=OTHER,
        form=form,
        latest=clock.today().isoformat(),
        ask_reason=bool(form["reason"]) or "reason_needed" in codes,
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )
