"""Who is asking: bearer tokens for the API, cookies for the pages; signing in for both."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from starlette.responses import Response

from app import clock, names
from app.access import actions, attempts, cards, keyring, queries, rules
from app.access.actions import EnrolledDevice
from app.access.attempts import Counted
from app.access.pins import Pins
from app.config import Settings
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Busy, Invalid, NotSignedIn
from app.terms import N_, Actor, Level, Role
from app.web.fields import Db

_bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions")
MEMBER_WORD = N_("hội viên")
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
    token_hash = rules.digest(credentials.credentials)
    actor = await db.glance(queries.actor_of_session, token_hash)
    if actor is None:
        raise not_signed_in()
    await _note_use(db, token_hash)
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]
_HOUR = 3_600_000_000
_used: dict[bytes, int] = {}


async def _note_use(db: Database, token_hash: bytes) -> None:
    """Keep a session's last use to the hour, so that reading does not write each time.

    A note that could not be written holds nobody up: the next request writes it.
    """
    now = clock.now()
    if now - _used.get(token_hash, 0) < _HOUR:
        return
    if len(_used) > 10_000:
        _used.clear()
    _used[token_hash] = await db.glance(keyring.last_use, token_hash)
    if now - _used[token_hash] < _HOUR:
        return
    with suppress(Busy):
        await db.write(actions.touch_session, token_hash=token_hash)
        _used[token_hash] = now


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page."""

    actor: Actor
    name: str
    role: Role | None  # None: a member with her card
    role_text: str
    unit_id: str
    chapter_id: str | None
    chapter_name: str | None
    may_record: bool


def _viewer(db: Tx, token_hash: bytes) -> Viewer | None:
    actor = queries.actor_of_session(db, token_hash)
    if actor is None:
        return None
    name = queries.person_name(db, actor.person_id)
    if actor.member is not None:
        chapter_id = actor.member.chapter_id
        return Viewer(actor, name, None, MEMBER_WORD, chapter_id, chapter_id,
                      queries.unit_name(db, chapter_id), may_record=False)  # fmt: skip
    if not actor.offices:
        return None
    offices = queries.my_offices(db, actor.person_id)
    of_chapters = {o.unit_id for o in actor.offices if o.level is Level.CHAPTER}
    shown = next((o for o in offices if o.unit_id in of_chapters), offices[0])
    in_chapter = shown.unit_id in of_chapters
    role = Role(shown.role)
    return Viewer(
        actor=actor,
        name=name,
        role=role,
        role_text=rules.ROLE_WORDS[role],
        unit_id=shown.unit_id,
        chapter_id=shown.unit_id if in_chapter else None,
        chapter_name=shown.unit_name if in_chapter else None,
        may_record=in_chapter and role in rules.May.RECORD_SHEETS.roles,
    )


async def viewing(request: Request, db: Db) -> Viewer:
    """Who is signed in on this page; nobody is sent to sign in."""
    token = request.cookies.get(cookie("solon", request), "")
    token_hash = rules.digest(token)
    viewer = await db.glance(_viewer, token_hash) if token else None
    if viewer is None:
        raise not_signed_in()
    await _note_use(db, token_hash)
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


async def sign_in(
    request: Request, db: Database, device_token: str, pin: str, instead_of: str = ""
) -> tuple[str, str]:
    """A session token and whose it is. Raises NotSignedIn `pin_wrong`, TooMany."""
    known = await db.glance(keyring.known_device, rules.digest(device_token))
    account = known.person_id if known else f"device {device_token}"
    counted = _counted(request, account, device_token)
    await db.write(attempts.count, counted=counted)
    pin_hash = known.pin_hash if known else None
    right = await asyncio.to_thread(_pins(request).matches, pin_hash, pin)
    if known is None or not right:
        raise NotSignedIn(
            "pin_wrong", "Máy này chưa được nhận hoặc mã PIN không đúng.", field="pin"
        )
    token = await db.write(
        actions.begin_session,
        person_id=known.person_id,
        device_id=known.device_id,
        hours=_settings(request).session_hours,
        counted=counted,
        instead_of=instead_of,
    )
    return token, known.person_id


async def sign_in_with_card(
    request: Request, db: Database, card_id: str, pin: str, instead_of: str = ""
) -> tuple[str, str]:
    """A member's session and whose it is. Raises NotSignedIn `pin_wrong`, TooMany."""
    known = await db.glance(keyring.known_card, card_id)
    counted = _counted(request, f"card {card_id}", "")
    await db.write(attempts.count, counted=counted)
    right = await asyncio.to_thread(_pins(request).matches, known.pin_hash if known else None, pin)
    if known is None or not right:
        raise NotSignedIn("pin_wrong", "Thẻ hoặc mã PIN không đúng.", field="pin")
    token = await db.write(
        actions.begin_session,
        person_id=known.person_id,
        card_id=known.card_id,
        hours=_settings(request).session_hours,
        counted=counted,
        instead_of=instead_of,
    )
    return token, known.person_id


async def take_card(
    request: Request, db: Database, card_id: str, first_pin_code: str, pin: str
) -> None:
    """A member sets the PIN of her card. Raises NotSignedIn `card_wrong`, TooMany."""
    known = await db.glance(keyring.known_card, card_id)
    rules.check_pin(pin, None, clock.today())
    counted = _counted(request, f"take {card_id}", "")
    await db.write(attempts.count, counted=counted)
    if known is not None:  # only now: what is said of her phone number must have been counted
        rules.check_pin(pin, known.phone, clock.today())
    pin_hash = await asyncio.to_thread(_pins(request).hash, pin)
    await db.write(
        cards.take_card,
        card_id=card_id,
        first_pin_code=first_pin_code,
        pin_hash=pin_hash,
        counted=counted,
    )


async def enrol(
    request: Request, db: Database, phone: str, enrol_code: str, pin: str, label: str
) -> EnrolledDevice:
    """Let a device in. A person who has a PIN must know it; else this becomes her first.

    Known and unknown phones are counted and answered alike.
    """
    label = names.clean(label, longest=60, field="label")
    number = names.phone(phone)
    rules.check_pin(pin, number, clock.today())
    counted = _counted(request, f"phone {number}", "")
    await db.write(attempts.count, counted=counted)
    pins = _pins(request)
    holder = await db.glance(keyring.holder_of_code, rules.code_digest(enrol_code))
    known = await asyncio.to_thread(pins.matches, holder.pin_hash if holder else None, pin)
    first = await asyncio.to_thread(pins.hash, pin)
    if holder is None or holder.phone != number or (holder.pin_hash is not None and not known):
        raise actions.wrong_code()
    return await db.write(
        actions.enrol_device,
        enrol_code=enrol_code,
        person_id=holder.person_id,
        new_pin_hash=None if holder.pin_hash else first,
        label=label,
        counted=counted,
    )


async def change_pin(
    request: Request, db: Database, actor: Actor, token: str, old_pin: str, new_pin: str
) -> None:
    """A new PIN for whoever knows the old one; all her other sessions end."""
    pin_hash, phone, card_id = await db.read(keyring.my_pin, rules.digest(token))
    rules.check_pin(new_pin, phone, clock.today())
    counted = _counted(request, f"card {card_id}" if card_id else actor.person_id, "")
    await db.write(attempts.count, counted=counted)
    if not await asyncio.to_thread(_pins(request).matches, pin_hash, old_pin):
        raise Invalid("pin_wrong", "Mã PIN cũ không đúng.", field="old_pin")
    new_hash = await asyncio.to_thread(_pins(request).hash, new_pin)
    await db.write(actions.change_pin, actor=actor, pin_hash=new_hash, token=token, counted=counted)


def account_subjects(pepper: bytes, person_id: str) -> Counted:
    """What an officer's lock is kept under, for whoever lifts it."""
    return attempts.subjects(pepper, account=person_id, device="", address="")


def _counted(request: Request, account: str, device: str) -> Counted:
    address = request.client.host if request.client else ""
    return attempts.subjects(
        _settings(request).pepper, account=account, device=device, address=address
    )


async def set_up(
    request: Request, db: Database, setup_token: str, name: str, phone: str, pin: str
) -> EnrolledDevice:
    """Make an administrator, with this device."""
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
