"""My phones, where my book is open, my PIN."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock
from app.access import devices, keyring, rules, signing
from app.access.identity import Viewer, Viewing, cookie, forget
from app.db.tx import Tx
from app.errors import Refusal
from app.terms import N_, Actor
from app.web import forms, language, render
from app.web.book import RealOnly
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])
PINS = ("old_pin", "pin", "pin_again")
DONE = {
    "ma-pin": N_("Đã đổi mã PIN. Sổ ở những nơi khác đã đóng, muốn mở phải dùng mã mới."),
    "may": N_("Đã bỏ máy. Máy đó không mở sổ được nữa."),
    "phien": N_("Đã đóng sổ ở nơi đó."),
}


@router.get("/may-cua-toi")
async def mine(request: Request, db: RealDb, viewer: Viewing, da: str = "") -> Response:
    """My devices and my sign-ins that last; a member with her card has only sign-ins."""
    found = await db.read(_mine, viewer.actor, rules.digest(_token(request)))
    say = language.translations(language.of_request(request)).gettext
    done = say(DONE[da]) if da in DONE else None
    return render.page(request, "access/devices.html", done=done, **found)


def _mine(db: Tx, actor: Actor, token_hash: bytes) -> dict[str, list[dict[str, Any]]]:
    held = []
    if actor.member is None:
        held = keyring.devices_of(db, actor=actor, person_id=actor.person_id)
    sessions = keyring.sessions_of(db, actor=actor, token_hash=token_hash)
    return {
        "devices": [
            {"id": d.id, "label": d.label, "current": d.current, "enrolled": _moment(d.enrolled_at),
             "used": _moment(d.last_used_at) if d.last_used_at else None}
            for d in held
        ],
        "sessions": [
            {"id": s.id, "label": s.device, "current": s.current, "began": _moment(s.began_at),
             "used": _moment(s.used_at)}
            for s in sessions
        ],
    }  # fmt: skip


def _moment(at: int) -> tuple[str, int]:
    """Day and hour: a last use is kept no finer."""
    return clock.day_of(at).isoformat(), clock.hour_of(at)


@router.post("/may-cua-toi/{device_id}/bo")
async def end_device(request: Request, db: RealDb, viewer: Viewing, device_id: PathId) -> Response:
    """A device opens the book no more; my own in hand is forgotten here too."""
    await db.write(devices.revoke_device, actor=viewer.actor, device_id=device_id)
    if device_id != viewer.actor.device_id:
        return RedirectResponse("/may-cua-toi?da=may", 303)
    response = RedirectResponse("/vao", 303)
    forget(response, request, "solon")
    forget(response, request, "solon_device")
    return response


@router.post("/phien/{session_id}/bo")
async def end_session(db: RealDb, viewer: Viewing, session_id: PathId) -> Response:
    """Close one of my sign-ins; where it was this one, the next page asks for the PIN."""
    await db.write(devices.revoke_session, actor=viewer.actor, session_id=session_id)
    return RedirectResponse("/may-cua-toi?da=phien", 303)


@router.post("/phien/bo-het")
async def end_sessions(request: Request, db: RealDb, viewer: Viewing) -> Response:
    """Close all of my sign-ins, this one too."""
    await db.write(devices.revoke_sessions, actor=viewer.actor)
    response = RedirectResponse("/vao", 303)
    forget(response, request, "solon")
    return response


@router.get("/ma-pin")
async def pin_form(request: Request, viewer: Viewing) -> Response:
    """The old PIN and the new one, twice."""
    return _pin_page(request, viewer, None)


@router.post("/ma-pin")
async def change_pin(request: Request, db: RealDb, viewer: Viewing, typed: Typed) -> Response:
    """A new PIN; this sign-in stays, all my others end."""
    form = forms.fields(typed, PINS)
    try:
        signing.same_twice(form["pin"], form["pin_again"])
        await signing.change_pin(
            request, db, viewer.actor, _token(request), form["old_pin"], form["pin"]
        )
    except Refusal as refusal:
        return _pin_page(request, viewer, refusal)
    return RedirectResponse("/may-cua-toi?da=ma-pin", 303)


def _pin_page(request: Request, viewer: Viewer, refusal: Refusal | None) -> Response:
    return render.page(
        request,
        "access/pin.html",
        forms.status(refusal),
        of_card=viewer.actor.member is not None,
        problems=forms.problems(request, refusal),
    )


def _token(request: Request) -> str:
    return request.cookies.get(cookie("solon", request), "")
