"""Who is asking: bearer tokens for the API, cookies for the pages; signing in for both."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from starlette.responses import Response

from app import clock, names
from app.access import actions, queries, rules
from app.access.actions import EnrolledDevice
from app.access.pins import Pins
from app.config import Settings
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Invalid, NotSignedIn
from app.terms import Actor, Level, Role
from app.web.fields import Db

_bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions")
DEVICE_DAYS = 400  # browsers keep a cookie no longer


def not_signed_in() -> NotSignedIn:
    """One sentence for no token, an old one and a revoked one."""
    return NotSignedIn("not_signed_in", "Mời chị vào sổ bằng mã PIN.")


async def signed_in(
    db: Db, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    """The actor behind a bearer token."""
    if credentials is None:
        raise not_signed_in()
    actor = await db.glance(queries.actor_of_session, rules.digest(credentials.credentials))
    if actor is None:
        raise not_signed_in()
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page."""

    actor: Actor
    name: str
    role: Role
    role_text: str
    unit_id: str
    chapter_id: str | None
    chapter_name: str | None
    may_record: bool


def _viewer(db: Tx, token_hash: bytes) -> Viewer | None:
    actor = queries.actor_of_session(db, token_hash)
    if actor is None or not actor.offices:
        return None
    offices = queries.my_offices(db, actor.person_id)
    of_chapters = {o.unit_id for o in actor.offices if o.level is Level.CHAPTER}
    shown = next((o for o in offices if o.unit_id in of_chapters), offices[0])
    in_chapter = shown.unit_id in of_chapters
    return Viewer(
        actor=actor,
        name=queries.person_name(db, actor.person_id),
        role=Role(shown.role),
        role_text=rules.ROLE_WORDS[Role(shown.role)],
        unit_id=shown.unit_id,
        chapter_id=shown.unit_id if in_chapter else None,
        chapter_name=shown.unit_name if in_chapter else None,
        may_record=in_chapter and shown.role in rules.May.RECORD_SHEETS.roles,
    )


async def viewing(request: Request, db: Db) -> Viewer:
    """Who is signed in on this page; nobody is sent to sign in."""
    token = request.cookies.get(cookie("solon", request), "")
    viewer = await db.glance(_viewer, rules.digest(token)) if token else None
    if viewer is None:
        raise not_signed_in()
    request.state.viewer = viewer
    return viewer


Viewing = Annotated[Viewer, Depends(viewing)]


def cookie(name: str, request: Request) -> str:
    """`__Host-` where there is TLS; a plain name on loopback, where browsers refuse the other."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def remember(response: Response, request: Request, name: str, value: str, days: int) -> None:
    """Set one of our cookies; 0 days: until the browser closes."""
    response.set_cookie(
        cookie(name, request),
        value,
        max_age=days * 86400 or None,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def forget(response: Response, request: Request, name: str) -> None:
    """Take one of our cookies away."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie(name, request), path="/", secure=secure, httponly=True)


async def sign_in(request: Request, db: Database, device_token: str, pin: str) -> tuple[str, str]:
    """A session token and whose it is. Raises NotSignedIn `pin_wrong`."""
    settings, pins = _settings(request), _pins(request)
    known = await db.glance(queries.known_device, rules.digest(device_token))
    right = await asyncio.to_thread(pins.matches, known.pin_hash if known else None, pin)
    if known is None or not right:
        raise NotSignedIn(
            "pin_wrong", "Máy này chưa được nhận hoặc mã PIN không đúng.", field="pin"
        )
    token = await db.write(
        actions.begin_session,
        person_id=known.person_id,
        device_id=known.device_id,
        hours=settings.session_hours,
    )
    return token, known.person_id


async def enrol(
    request: Request, db: Database, phone: str, enrol_code: str, pin: str, label: str
) -> EnrolledDevice:
    """Let a device in. A person who has a PIN must know it; else this becomes her first."""
    label = names.clean(label, longest=60, field="label")
    number = names.phone(phone)
    rules.check_pin(pin, number, clock.today())
    pins = _pins(request)
    holder = await db.glance(queries.holder_of_code, rules.code_digest(enrol_code))
    known = await asyncio.to_thread(pins.matches, holder.pin_hash if holder else None, pin)
    if holder is None or holder.phone != number or (holder.pin_hash is not None and not known):
        raise actions.wrong_code()
    first = None if holder.pin_hash else await asyncio.to_thread(pins.hash, pin)
    return await db.write(
        actions.enrol_device,
        enrol_code=enrol_code,
        person_id=holder.person_id,
        new_pin_hash=first,
        label=label,
    )


async def set_up(
    request: Request, db: Database, setup_token: str, name: str, phone: str, pin: str
) -> EnrolledDevice:
    """Make the first administrator, with this device."""
    name = names.clean(name, longest=100, field="name")
    number = names.phone(phone)
    rules.check_pin(pin, number, clock.today())
    pin_hash = await asyncio.to_thread(_pins(request).hash, pin)
    return await db.write(
        actions.set_up,
        setup_token=setup_token.strip(),  # copied with the blanks it was printed with
        name=name,
        phone=number,
        pin_hash=pin_hash,
        label="Máy thiết lập",
    )


def same_twice(pin: str, again: str) -> None:
    """A PIN is typed twice on a page."""
    if pin != again:
        raise Invalid("pin_differs", "Hai lần gõ mã PIN chưa giống nhau.", field="pin_again")


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _pins(request: Request) -> Pins:
    pins: Pins = request.app.state.pins
    return pins
