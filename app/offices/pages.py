"""Who holds which office: appointing, letting in again, ending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, names
from app.access import devices, keyring
from app.access.identity import Viewer, Viewing
from app.access.queries import HeldOffice, reaches
from app.access.rules import LEVEL_WORDS, ROLE_WORDS, May
from app.approvals.actions import Waiting
from app.db.tx import Tx
from app.errors import Refusal
from app.offices import actions, office_form, queries, rules
from app.terms import Actor, Level, Role
from app.web import forms, keys, language, render
from app.web.book import RealOnly
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])
KINDS = {"reset": "pin_reset", "unlock": "unlock"}


@dataclass(frozen=True, slots=True)
class _Sits:
    """A sitting officer; `devices` is None where it is not the reader's to help her in again."""

    office: HeldOffice
    devices: list[keyring.DeviceShown] | None


@dataclass(frozen=True, slots=True)
class _Page:
    """What the page rests on."""

    unit: queries.UnitHere
    sits: list[_Sits]
    before: list[HeldOffice]
    may_appoint: bool
    may_go_up: bool
    roles: list[Role]
    candidates: list[queries.Candidate]


@dataclass(slots=True)
class _Refused:
    """The form that was not done, as it was typed; fields of an officer's form end in her id."""

    refusal: Refusal | None = None
    form: dict[str, str] = field(default_factory=dict)
    of: str = ""


@router.get("/don-vi/{unit_id}/chuc-vu")
async def offices(
    request: Request, db: RealDb, viewer: Viewing, unit_id: PathId, xong: str = ""
) -> Response:
    """Officers now and before, with what each may need; `xong` names what was just done."""
    return await _show(request, db, viewer, unit_id, _Refused(), xong)


@router.post("/don-vi/{unit_id}/chuc-vu")
async def appoint(
    request: Request, db: RealDb, viewer: Viewing, unit_id: PathId, typed: Typed
) -> Response:
    """Appoint; the code is shown here and never again. Replacing goes on to the signatures."""
    form = forms.fields(typed, office_form.APPOINT)
    try:
        role, on, who = office_form.read(form)
        made = await db.write(
            actions.appoint,
            actor=viewer.actor,
            unit_id=unit_id,
            role=role,
            on=on,
            who=who,
            code_hours=request.app.state.settings.enrol_hours,
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, unit_id, _Refused(refusal, form))
    if isinstance(made, Waiting):
        return RedirectResponse(f"/ky/{made.approval_id}", 303)
    page = await db.read(_page, viewer.actor, unit_id)
    mine = next(one.office for one in page.sits if one.office.id == made.office_id)
    return render.page(
        request,
        "offices/appointed.html",
        unit_id=unit_id,
        unit_name=page.unit.name,
        whose=mine.person_name,
        role_text=ROLE_WORDS[Role(mine.role)],
        since=mine.from_on,
        code=made.enrol_code,
        hours=request.app.state.settings.enrol_hours,
    )


@router.post("/chuc-vu/{office_id}/thoi")
async def end(
    request: Request, db: RealDb, viewer: Viewing, office_id: PathId, typed: Typed
) -> Response:
    """End an appointment."""
    form = forms.fields(typed, ("on", "reason"))
    unit_id = (await db.read(queries.seat, office_id)).unit_id
    try:
        await db.write(
            actions.end_office,
            actor=viewer.actor,
            office_id=office_id,
            on=office_form.day(form["on"], "on"),
            reason=names.clean(form["reason"], longest=2000, field="reason"),
        )
    except Refusal as refusal:
        return await _show(
            request, db, viewer, unit_id, _Refused(refusal, form, f"end-{office_id}")
        )
    return RedirectResponse(f"/don-vi/{unit_id}/chuc-vu?xong=thoi", 303)


@router.post("/chuc-vu/{office_id}/vao-lai")
async def help_in_again(
    request: Request, db: RealDb, viewer: Viewing, office_id: PathId, typed: Typed
) -> Response:
    """Ask for a new PIN, or for a lock to be lifted: a second person signs."""
    form = forms.fields(typed, ("do", "why"))
    seat = await db.read(queries.seat, office_id)
    try:
        made = await db.write(
            actions.propose_reset,
            actor=viewer.actor,
            person_id=seat.person_id,
            kind=KINDS.get(form["do"], "pin_reset"),
            reason=names.clean(form["why"], longest=2000, field="why"),
            code_hours=request.app.state.settings.enrol_hours,
        )
    except Refusal as refusal:
        again = _Refused(refusal, form, f"in-{office_id}")
        return await _show(request, db, viewer, seat.unit_id, again)
    return RedirectResponse(f"/ky/{made.approval_id}", 303)


@router.post("/may/{device_id}/mat")
async def lost(db: RealDb, viewer: Viewing, device_id: PathId, typed: Typed) -> Response:
    """Report a lost phone: it is out of the book at once."""
    await db.write(devices.revoke_device, actor=viewer.actor, device_id=device_id)
    unit_id = typed.get("unit", [""])[0]
    if not keys.UUID.fullmatch(unit_id):
        return RedirectResponse("/hom-nay", 303)
    return RedirectResponse(f"/don-vi/{unit_id}/chuc-vu?xong=may", 303)


def _page(db: Tx, actor: Actor, unit_id: str) -> _Page:
    try:
        held = queries.offices_of_unit(db, actor=actor, unit_id=unit_id)
    except Refusal:  # a treasurer sees who sits, so that she can help them in again
        held = queries.sitting_officers(db, actor=actor, unit_id=unit_id)
    today = clock.today().isoformat()
    order = list(Role)
    sits = sorted(
        (o for o in held if o.to_on is None or o.to_on > today),
        key=lambda o: order.index(Role(o.role)),
    )
    unit = queries.unit_here(db, unit_id)
    may_appoint = queries.may_appoint(db, actor=actor, unit_id=unit_id)
    return _Page(
        unit=unit,
        sits=[_Sits(o, _devices(db, actor, o.person_id)) for o in sits],
        before=[o for o in reversed(held) if o not in sits],
        may_appoint=may_appoint,
        may_go_up=unit.above_id is not None
        and reaches(db, actor=actor, may=May.READ_UNITS, unit_id=unit.above_id),
        roles=rules.roles_of(unit.level) if may_appoint else [],
        candidates=queries.candidates(db, actor=actor, unit_id=unit_id)
        if may_appoint and unit.level is Level.CHAPTER
        else [],
    )


def _devices(db: Tx, actor: Actor, person_id: str) -> list[keyring.DeviceShown] | None:
    try:
        return keyring.devices_of(db, actor=actor, person_id=person_id)
    except Refusal:
        return None


async def _show(
    request: Request, db: RealDb, viewer: Viewer, unit_id: str, refused: _Refused, done: str = ""
) -> Response:
    page = await db.read(_page, viewer.actor, unit_id)
    say = language.translations(language.of_request(request)).gettext
    problems = forms.problems(request, refused.refusal)
    if "person" in problems:
        problems["member_id"] = problems.pop("person")
    if refused.of:
        of = refused.of.partition("-")[2]
        problems = {f"{name}-{of}" if name else "": text for name, text in problems.items()}
    sitting = {o.office.role: o.office.person_name for o in page.sits}
    roles = [(role.value, say(ROLE_WORDS[role]), role in rules.ONE_AT_A_TIME and sitting.get(role))
             for role in page.roles]  # fmt: skip
    vacant = next((value for value, _, sits in roles if not sits and value not in sitting), "")
    form = {"role": vacant, "from": clock.today().isoformat(), "member_id": "", "name": "",
            "phone": "", "on": clock.today().isoformat(), "reason": "", "why": ""}  # fmt: skip
    return render.page(
        request,
        "offices/list.html",
        forms.status(refused.refusal),
        unit=page.unit,
        level_text=LEVEL_WORDS[page.unit.level],
        sits=[_sits(one, viewer) for one in page.sits],
        before=page.before,
        role_words={role.value: words for role, words in ROLE_WORDS.items()},
        may_appoint=page.may_appoint,
        may_go_up=page.may_go_up,
        roles=roles,
        candidates=page.candidates,
        form=form if refused.of else form | refused.form,
        typed=form | refused.form,
        refused=refused.of,
        problems=problems,
        done=done,
        today=clock.today().isoformat(),
    )


def _sits(one: _Sits, viewer: Viewer) -> dict[str, Any]:
    """A sitting officer as her card shows her; instants become days."""
    return {
        "office": one.office,
        "me": one.office.person_id == viewer.actor.person_id,
        "may_help": one.devices is not None,
        "devices": [
            {"id": d.id, "label": d.label, "since": _on(d.enrolled_at),
             "used": _on(d.last_used_at) if d.last_used_at else None}
            for d in one.devices or []
        ],
    }  # fmt: skip


def _on(at: int) -> str:
    return f"{datetime.fromtimestamp(at // 1_000_000, clock.VIETNAM):%d/%m/%Y}"
