"""The chapter's rules in plain words, and asking for new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock
from app.access.identity import Viewer, Viewing
from app.access.queries import require, unit_name
from app.access.rules import May
from app.approvals import queries as approvals
from app.approvals import words
from app.charter import actions, charter_form, queries
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.terms import Actor
from app.web import forms, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
DAY = "in_force_from"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the page rests on."""

    chapter_name: str
    versions: list[tuple[date, Charter]]
    in_force: date
    waiting: list[str]
    may_change: bool


@router.get("/chi-hoi/{chapter_id}/quy-uoc")
async def charter(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, tu: str = ""
) -> Response:
    """The version in force, or the one that began on the day asked for."""
    found = await db.read(_charter, viewer.actor, chapter_id)
    by_day = {since.isoformat(): rules for since, rules in found.versions}
    since = tu if tu in by_day else found.in_force.isoformat()
    return render.page(
        request,
        "charter/rules.html",
        chapter_id=chapter_id,
        chapter_name=found.chapter_name,
        since=since,
        in_force=found.in_force.isoformat(),
        today=clock.today().isoformat(),
        versions=list(by_day),
        charter=by_day[since],
        period_text=words.PERIODS[by_day[since].period],
        decision_text=words.DECISIONS[by_day[since].default_decision],
        surplus_text=words.SURPLUS[by_day[since].surplus_rule],
        percent=words.percent,
        waiting=found.waiting,
        may_change=found.may_change,
    )


def _charter(db: Tx, actor: Actor, chapter_id: str) -> _Read:
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    since, _ = queries.in_force(db, chapter_id, clock.today())
    waiting = approvals.in_reach(db, actor=actor, state="waiting")
    changes = May.CHANGE_CHARTER.roles
    return _Read(
        chapter_name=unit_name(db, chapter_id),
        versions=queries.versions(db, chapter_id),
        in_force=since,
        waiting=[a.id for a in waiting if a.kind == "charter" and a.chapter_id == chapter_id],
        may_change=any(o.unit_id == chapter_id and o.role in changes for o in actor.offices),
    )


@router.get("/chi-hoi/{chapter_id}/quy-uoc/doi")
async def change_form(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """The rules in force, to be changed where they should be."""
    now = await db.read(_to_change, viewer.actor, chapter_id)
    form = charter_form.shown(now) | {DAY: clock.today().isoformat()}
    return await _form(request, db, viewer, chapter_id, form, None)


@router.post("/chi-hoi/{chapter_id}/quy-uoc/doi")
async def change(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Propose; the chapter head signs."""
    form = forms.fields(typed, (*charter_form.FIELDS, DAY))
    try:
        on = _day(form[DAY])
        rules = actions.cleaned(charter_form.read(form))
        made = await db.write(
            actions.propose_charter,
            actor=viewer.actor,
            chapter_id=chapter_id,
            charter=rules,
            on=on,
        )
    except Refusal as refusal:
        return await _form(request, db, viewer, chapter_id, form, refusal)
    return RedirectResponse(f"/ky/{made.approval_id}", 303)


def _to_change(db: Tx, actor: Actor, chapter_id: str) -> Charter:
    require(db, actor=actor, may=May.CHANGE_CHARTER, unit_id=chapter_id)
    return queries.in_force(db, chapter_id, clock.today())[1]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field=DAY) from None


async def _form(
    request: Request,
    db: Db,
    viewer: Viewer,
    chapter_id: str,
    form: dict[str, str],
    refusal: Refusal | None,
) -> Response:
    await db.read(_to_change, viewer.actor, chapter_id)  # asks whether she may
    say = language.translations(language.of_request(request)).gettext
    problems = {
        name.removeprefix("charter."): text
        for name, text in forms.problems(request, refusal).items()
    }
    return render.page(
        request,
        "charter/change.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        chapter_name=await db.read(unit_name, chapter_id),
        form=form,
        problems=problems,
        labels={name: say(text) for name, text in words.CHARTER.items()},
        choices=_choices(say),
        today=clock.today().isoformat(),
    )


def _choices(say: words.Say) -> dict[str, list[tuple[Any, str]]]:
    return {
        "period": [(k.value, say(v)) for k, v in words.PERIODS.items()],
        "default_decision": [(k.value, say(v)) for k, v in words.DECISIONS.items()],
        "surplus_rule": [(k.value, say(v)) for k, v in words.SURPLUS.items()],
    }
