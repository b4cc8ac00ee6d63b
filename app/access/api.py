"""Access over HTTP (contract: Access)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import clock
from app.access import actions, cards, devices, keyring, queries, rules, signing
from app.access.identity import SignedIn
from app.errors import Invalid
from app.web.fields import Db, Id, In, Line, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["access"])
Pin = Annotated[str, Field(max_length=20)]
Token = Annotated[str, Field(max_length=200)]


class SetupIn(In):
    setup_token: Token
    name: Line
    phone: Line
    pin: Pin


class DeviceOut(BaseModel):
    person_id: str
    device_token: str


class EnrolIn(In):
    phone: Line
    enrol_code: Line
    pin: Pin
    label: Line


class SessionIn(In):
    """An officer's device or a member's card: exactly one of the two."""

    device_token: Token | None = None
    card_id: Id | None = None
    pin: Pin


class OfficeOut(BaseModel):
    id: str
    role: str
    unit_id: str
    unit_name: str


class SessionOut(BaseModel):
    token: str
    person_id: str
    offices: list[OfficeOut]


class MeOut(BaseModel):
    person_id: str
    name: str
    offices: list[OfficeOut]


class PinsIn(In):
    old_pin: Pin
    new_pin: Pin


class DeviceShownOut(BaseModel):
    id: str
    label: str
    enrolled_at: str
    last_used_at: str | None
    current: bool


class DevicesOut(BaseModel):
    items: list[DeviceShownOut]
    next: str | None = None


class SessionShownOut(BaseModel):
    id: str
    device: str | None
    began_at: str
    last_used_at: str
    current: bool


class SessionsOut(BaseModel):
    items: list[SessionShownOut]
    next: str | None = None


class CardOut(BaseModel):
    card_id: str
    first_pin_code: str


class CardPinIn(In):
    first_pin_code: Line
    pin: Pin


@router.post("/setup", status_code=201)
async def set_up(request: Request, db: Db, body: SetupIn) -> DeviceOut:
    """Make the first administrator with the one-time token of `solon init`."""
    made = await signing.set_up(request, db, body.setup_token, body.name, body.phone, body.pin)
    return DeviceOut(person_id=made.person_id, device_token=made.device_token)


@router.post("/devices", status_code=201)
async def enrol(request: Request, db: Db, body: EnrolIn) -> DeviceOut:
    """Let a device in with a single-use code."""
    made = await signing.enrol(request, db, body.phone, body.enrol_code, body.pin, body.label)
    return DeviceOut(person_id=made.person_id, device_token=made.device_token)


@router.post("/sessions", status_code=201)
async def begin_session(request: Request, db: Db, body: SessionIn) -> SessionOut:
    """Sign in with a device and its PIN, or with a member's card and its PIN."""
    if (body.device_token is None) == (body.card_id is None):
        raise Invalid(
            "one_way_in", "Cần đúng một trong hai: device_token, card_id.", field="device_token"
        )
    if body.card_id is not None:
        token, person_id = await signing.sign_in_with_card(request, db, body.card_id, body.pin)
        return SessionOut(token=token, person_id=person_id, offices=[])
    token, person_id = await signing.sign_in(request, db, body.device_token or "", body.pin)
    offices = await db.read(queries.my_offices, person_id)
    return SessionOut(token=token, person_id=person_id, offices=[_office(o) for o in offices])


@router.delete("/sessions/current", status_code=204)
async def end_session(request: Request, db: Db, _: SignedIn) -> Response:
    """Sign out."""
    await db.write(actions.end_session, token=_token(request))
    return Response(status_code=204)


@router.get("/me")
async def me(db: Db, actor: SignedIn) -> MeOut:
    """Myself and my offices."""
    name = await db.read(queries.person_name, actor.person_id)
    offices = await db.read(queries.my_offices, actor.person_id)
    return MeOut(person_id=actor.person_id, name=name, offices=[_office(o) for o in offices])


@router.get("/sessions")
async def sessions(request: Request, db: Db, actor: SignedIn) -> SessionsOut:
    """My sign-ins that still last."""
    token_hash = rules.digest(_token(request))
    found = await db.read(keyring.sessions_of, actor=actor, token_hash=token_hash)
    return SessionsOut(
        items=[
            SessionShownOut(
                id=s.id,
                device=s.device,
                began_at=clock.rfc3339(s.began_at),
                last_used_at=clock.rfc3339(s.used_at),
                current=s.current,
            )
            for s in found
        ]
    )


@router.delete("/sessions/{session_id}", status_code=204)
async def revoke_session(db: Db, actor: SignedIn, session_id: PathId) -> Response:
    """End one of my sign-ins."""
    await db.write(devices.revoke_session, actor=actor, session_id=session_id)
    return Response(status_code=204)


@router.delete("/sessions", status_code=204)
async def revoke_sessions(db: Db, actor: SignedIn) -> Response:
    """End all of my sign-ins, this one too."""
    await db.write(devices.revoke_sessions, actor=actor)
    return Response(status_code=204)


@router.get("/devices")
async def my_devices(db: Db, actor: SignedIn) -> DevicesOut:
    """My devices in use; a member's card has none."""
    if actor.member is not None:
        return DevicesOut(items=[])
    found = await db.read(keyring.devices_of, actor=actor, person_id=actor.person_id)
    return DevicesOut(
        items=[
            DeviceShownOut(
                id=d.id,
                label=d.label,
                enrolled_at=clock.rfc3339(d.enrolled_at),
                last_used_at=clock.rfc3339(d.last_used_at) if d.last_used_at else None,
                current=d.current,
            )
            for d in found
        ]
    )


@router.delete("/devices/{device_id}", status_code=204)
async def revoke_device(db: Db, actor: SignedIn, device_id: PathId) -> Response:
    """End a device of mine, or report a fellow officer's as lost."""
    await db.write(devices.revoke_device, actor=actor, device_id=device_id)
    return Response(status_code=204)


@router.post("/pins", status_code=204)
async def change_pin(request: Request, db: Db, actor: SignedIn, body: PinsIn) -> Response:
    """A new PIN; all my other sessions end."""
    token = _token(request)
    await signing.change_pin(request, db, actor, token, body.old_pin, body.new_pin)
    return Response(status_code=204)


@router.post("/members/{member_id}/card", status_code=201)
async def make_card(db: Db, actor: SignedIn, member_id: PathId) -> CardOut:
    """A new card for a member; the one before is void."""
    made = await db.write(cards.make_card, actor=actor, member_id=member_id)
    return CardOut(card_id=made.card_id, first_pin_code=made.first_pin_code)


@router.post("/cards/{card_id}/pin", status_code=204)
async def take_card(request: Request, db: Db, card_id: PathId, body: CardPinIn) -> Response:
    """The member sets her card's PIN, once."""
    await signing.take_card(request, db, card_id, body.first_pin_code, body.pin)
    return Response(status_code=204)


def _token(request: Request) -> str:
    return request.headers["authorization"].partition(" ")[2].strip()


def _office(office: queries.HeldOffice) -> OfficeOut:
    return OfficeOut(
        id=office.id, role=office.role, unit_id=office.unit_id, unit_name=office.unit_name
    )
