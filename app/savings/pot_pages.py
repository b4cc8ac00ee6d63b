"""Opening a pig: the form with which a chapter's book begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids, names
from app.access.identity import Viewer, Viewing
from app.access.queries import require, unit_name
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Busy, Invalid, Refusal
from app.savings import actions, queries
from app.terms import N_, Actor, BelongsTo
from app.web import forms, keys, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("name", "belongs_to", "opened_on", "next_breaking_on", "key")
USUAL = N_("Lợn nhựa chi hội")
WHOSE = {  # in plain words, and what it means on breaking day
    BelongsTo.MEMBER: (
        N_("Tiền của từng chị"),
        N_("Ai góp bao nhiêu là của người ấy, mổ lợn thì nhận lại."),
    ),
    BelongsTo.FUND: (
        N_("Quỹ chung của chi hội"),
        N_("Để chi hội dùng, không chia lại. Sổ vẫn nhớ chị nào góp bao nhiêu."),
    ),
}


@dataclass(frozen=True, slots=True)
class _New:
    """What the form says."""

    name: str
    belongs_to: BelongsTo
    opened_on: date
    next_breaking_on: date | None


@router.get("/chi-hoi/{chapter_id}/lon/moi")
async def new_pig(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """The form, filled in as most chapters will want it; whose money it is they say themselves."""
    form = dict.fromkeys(FIELDS, "") | {"opened_on": clock.today().isoformat(), "key": ids.new()}
    usual = language.translations(language.of_request(request)).gettext(USUAL)
    if not await db.read(_has, viewer.actor, chapter_id, usual):
        form["name"] = usual
    return await _show(request, db, viewer, chapter_id, form, None)


@router.post("/chi-hoi/{chapter_id}/lon/moi")
async def open_pig(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Open it, and on to the first collection."""
    form = forms.fields(typed, FIELDS)
    try:
        new = _read(form)
        pot_id = await db.write(
            actions.open_pig,
            actor=viewer.actor,
            chapter_id=chapter_id,
            name=new.name,
            belongs_to=new.belongs_to,
            opened_on=new.opened_on,
            next_breaking_on=new.next_breaking_on,
            ticket=keys.ticket(request, keys.of_form(form["key"]), typed),
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, chapter_id, form, refusal)
    return RedirectResponse(f"/chi-hoi/{chapter_id}/thu?pot={pot_id}&xong=lon", 303)


def _read(form: Mapping[str, str]) -> _New:
    """Raises Invalid with every problem at once."""
    problems: list[Refusal] = []
    name, days = "", {}
    try:
        name = names.clean(form["name"], longest=100, field="name")
    except Invalid as problem:
        problems.append(problem)
    whose = next((one for one in WHOSE if one == form["belongs_to"]), None)
    if whose is None:
        problems.append(
            Invalid("whose_money", "Tiền trong lợn là của ai? Mời chị chọn.", field="belongs_to")
        )
    for field in ("opened_on", "next_breaking_on"):
        try:
            days[field] = forms.day(form[field], clock.today(), field)
        except Invalid as problem:
            problems.append(problem)
    if problems or whose is None:
        raise Invalid.every(problems)
    breaks = days["next_breaking_on"] if form["next_breaking_on"].strip() else None
    return _New(name, whose, days["opened_on"], breaks)


def _has(db: Tx, actor: Actor, chapter_id: str, name: str) -> bool:
    require(db, actor=actor, may=May.KEEP_POTS, unit_id=chapter_id)
    return queries.has_pot_named(db, chapter_id, name)


async def _show(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    await db.read(require, actor=viewer.actor, may=May.KEEP_POTS, unit_id=chapter_id)
    form["key"] = keys.after(form["key"], refusal)
    return render.page(
        request,
        "savings/pot_new.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        chapter_name=await db.read(unit_name, chapter_id),
        whose=[(one.value, *words) for one, words in WHOSE.items()],
        form=form,
        latest=clock.today().isoformat(),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )
