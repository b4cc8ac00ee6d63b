"""Access over HTTP (contract: Access)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import names
from app.access import actions, identity, queries
from app.access.identity import SignedIn
from app.errors import Invalid
from app.terms import Role
from app.web.fields import Day, Db, Id, In, Line, PathId
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
    device_token: Token
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


class PersonIn(In):
    name: Line
    phone: Line


class AppointIn(In):
    """A new person, or one already known by her id or membership: exactly one of the three."""

    person: PersonIn | None = None
    person_id: Id | None = None
    member_id: Id | None = None
    role: Role
    from_on: Annotated[Day, Field(alias="from")]


class AppointedOut(BaseModel):
    office_id: str
    person_id: str
    enrol_code: str


class HeldOfficeOut(OfficeOut):
    person_id: str
    person_name: str
    from_on: Annotated[str, Field(serialization_alias="from")]
    to_on: Annotated[str | None, Field(serialization_alias="to")]


class OfficesOut(BaseModel):
    items: list[HeldOfficeOut]
    next: str | None = None


@router.post("/setup", status_code=201)
async def set_up(request: Request, db: Db, body: SetupIn) -> DeviceOut:
    """Make the first administrator with the one-time token of `solon init`."""
    made = await identity.set_up(request, db, body.setup_token, body.name, body.phone, body.pin)
    return DeviceOut(person_id=made.person_id, device_token=made.device_token)


@router.post("/devices", status_code=201)
async def enrol(request: Request, db: Db, body: EnrolIn) -> DeviceOut:
    """Let a device in with a single-use code."""
    made = await identity.enrol(request, db, body.phone, body.enrol_code, body.pin, body.label)
    return DeviceOut(person_id=made.person_id, device_token=made.device_token)


@router.post("/sessions", status_code=201)
async def begin_session(request: Request, db: Db, body: SessionIn) -> SessionOut:
    """Sign in with a device and its PIN."""
    token, person_id = await identity.sign_in(request, db, body.device_token, body.pin)
    offices = await db.read(queries.my_offices, person_id)
    return SessionOut(token=token, person_id=person_id, offices=[_office(o) for o in offices])


@router.delete("/sessions/current", status_code=204)
async def end_session(request: Request, db: Db, _: SignedIn) -> Response:
    """Sign out."""
    token = request.headers["authorization"].partition(" ")[2].strip()
    await db.write(actions.end_session, token=token)
    return Response(status_code=204)


@router.get("/me")
async def me(db: Db, actor: SignedIn) -> MeOut:
    """Myself and my offices."""
    name = await db.read(queries.person_name, actor.person_id)
    offices = await db.read(queries.my_offices, actor.person_id)
    return MeOut(person_id=actor.person_id, name=name, offices=[_office(o) for o in offices])


@router.post("/units/{unit_id}/offices", status_code=201)
async def appoint(
    request: Request, db: Db, actor: SignedIn, unit_id: PathId, body: AppointIn
) -> AppointedOut:
    """Appoint to a vacant office; the code lets the person's device in."""
    who = [w for w in (body.person, body.person_id, body.member_id) if w is not None]
    if len(who) != 1:
        raise Invalid(
            "one_person", "Cần đúng một trong ba: person, person_id, member_id.", field="person"
        )
    made = await db.write(
        actions.appoint,
        actor=actor,
        unit_id=unit_id,
        role=body.role,
        on=body.from_on,
        name=names.clean(body.person.name, longest=100, field="person.name")
        if body.person
        else None,
        phone=names.phone(body.person.phone) if body.person else None,
        person_id=body.person_id,
        member_id=body.member_id,
        code_hours=request.app.state.settings.enrol_hours,
    )
    return AppointedOut(
        office_id=made.office_id, person_id=made.person_id, enrol_code=made.enrol_code
    )


@router.get("/units/{unit_id}/offices")
async def offices(db: Db, actor: SignedIn, unit_id: PathId) -> OfficesOut:
    """All offices of a unit, past and present."""
    held = await db.read(queries.offices_of_unit, actor=actor, unit_id=unit_id)
    return OfficesOut(
        items=[
            HeldOfficeOut(
                **_office(o).model_dump(),
                person_id=o.person_id,
                person_name=o.person_name,
                from_on=o.from_on,
                to_on=o.to_on,
            )
            for o in held
        ]
    )


def _office(office: queries.HeldOffice) -> OfficeOut:
    return OfficeOut(
        id=office.id, role=office.role, unit_id=office.unit_id, unit_name=office.unit_name
    )
