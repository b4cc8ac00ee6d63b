"""Breaking a pig on phones: where it begins, how far it is on whatever phone, stopping."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids, names
from app.access.identity import Viewer, Viewing
from app.access.queries import holds
from app.access.rules import May
from app.breaking import actions, looks, words
from app.breaking.looks import Standing
from app.breaking.papers import moment
from app.breaking.steps import STATE_WORDS
from app.cash.api import words as said_words
from app.errors import Busy, Invalid, Refusal
from app.web import forms, keys, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
OPENING = ("pot_id", "date", "reason")


@router.get("/chi-hoi/{chapter_id}/mo-lon")
async def start(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, lon: str = ""
) -> Response:
    """Which pig, on which day; what goes on; what was broken before."""
    form = dict.fromkeys(OPENING, "") | {"pot_id": lon, "date": clock.today().isoformat()}
    return await _start(request, db, viewer, chapter_id, form, None)


@router.post("/chi-hoi/{chapter_id}/mo-lon")
async def open_breaking(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Open it: from here on the pot's other acts wait."""
    form = forms.fields(typed, OPENING)
    try:
        if not keys.UUID.fullmatch(form["pot_id"]):
            raise Invalid("pot_needed", "Mổ con lợn nào? Mời chị chọn.", field="pot_id")
        opened = await db.write(
            actions.open_breaking,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=form["pot_id"],
            day=forms.day(form["date"], clock.today()),
            reason=said_words(form["reason"], "reason"),
        )
    except Refusal as refusal:
        return await _start(request, db, viewer, chapter_id, form, refusal)
    return RedirectResponse(f"/mo-lon/{opened.id}", 303)


async def _start(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    found = await db.read(looks.start, actor=viewer.actor, chapter_id=chapter_id)
    today = clock.today()
    free = [pot for pot in found.pots if pot.held is None]
    if form["pot_id"] not in {pot.id for pot in free}:
        form["pot_id"] = free[0].id if len(free) == 1 else ""
    try:
        late = (today - forms.day(form["date"], today)).days > found.backdate_days
    except Invalid:
        late = False
    return render.page(
        request,
        "breaking/start.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        start=found,
        free=free,
        states=STATE_WORDS,
        may_break=holds(viewer.actor, May.BREAK_PIGS, chapter_id),
        in_chapter=viewer.chapter_id == chapter_id,
        form=form,
        late=late or bool(form["reason"]),
        latest=today.isoformat(),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )


@router.get("/mo-lon/{breaking_id}")
async def breaking(request: Request, db: Db, viewer: Viewing, breaking_id: PathId) -> Response:
    """The step that it has reached, and what comes next."""
    return await _show(request, db, viewer, breaking_id, {}, None)


@router.post("/mo-lon/{breaking_id}/dung")
async def abandon(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, typed: Typed
) -> Response:
    """Stop, with a reason; a count that was made stays."""
    form = forms.fields(typed, ("reason", "key"))
    try:
        await db.write(
            actions.abandon,
            actor=viewer.actor,
            breaking_id=breaking_id,
            reason=names.clean(form["reason"], longest=2000, field="reason"),
            ticket=keys.ticket(request, keys.of_form(form["key"]), typed),
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, breaking_id, form, refusal)
    return RedirectResponse(f"/mo-lon/{breaking_id}", 303)


async def _show(
    request: Request, db: Db, viewer: Viewer, breaking_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    found = await db.read(looks.standing, actor=viewer.actor, breaking_id=breaking_id)
    return render.page(
        request,
        "breaking/breaking.html",
        forms.status(refusal),
        **about(request, found),
        form=form,
        key=keys.after(form.get("key", ""), refusal) if form else ids.new(),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )


def about(request: Request, found: Standing) -> dict[str, object]:
    """What the templates of one breaking read."""
    lang = language.of_request(request)
    plan = found.planned.plan if found.planned else None
    return {
        "now": found,
        "of": found.shown.of,
        "plan": plan,
        "path": f"/mo-lon/{found.shown.of.id}",
        "deeds": [(deed, moment(deed.at)) for deed in found.deeds],
        "last_of": {deed.kind.value: deed for deed in found.deeds},
        "moment": moment,
        "against": language.sentence(found.against, lang) if found.against else "",
        "changed": [language.filled(*one, lang)
                    for one in words.changed(found.changed, found.names)],
        "outcomes": words.OUTCOME_WORDS,
        "said": decided_so_far(found),
    }  # fmt: skip


def decided_so_far(found: Standing) -> int:
    """How many said something of their own."""
    return len(found.shown.of.decisions)
