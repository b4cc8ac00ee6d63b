"""Offices over HTTP (contract: Access)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from app import names
from app.access.api import OfficeOut
from app.access.identity import SignedIn
from app.approvals.actions import Waiting
from app.approvals.api import WaitingOut
from app.errors import Invalid
from app.offices import actions, queries
from app.offices.actions import Appointee
from app.terms import Role
from app.web.fields import Day, Db, Id, In, Line, PathId, Words
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["offices"])


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


class EndIn(In):
    on: Day
    reason: Annotated[Words, Field(min_length=1)]


class ReasonIn(In):
    reason: Annotated[Words, Field(min_length=1)]


@router.post(
    "/units/{unit_id}/offices",
    status_code=201,
    response_model=AppointedOut,
    responses={202: {"model": WaitingOut}},
)
async def appoint(
    request: Request, db: Db, actor: SignedIn, unit_id: PathId, body: AppointIn
) -> AppointedOut | WaitingOut:
    """Appoint to a vacant office; replacing a sitting chapter officer waits for a second hand."""
    made = await db.write(
        actions.appoint,
        actor=actor,
        unit_id=unit_id,
        role=body.role,
        on=body.from_on,
        who=_appointee(body),
        code_hours=request.app.state.settings.enrol_hours,
    )
    if isinstance(made, Waiting):
        return Response(  # type: ignore[return-value]
            WaitingOut(**asdict(made)).model_dump_json(), 202, media_type="application/json"
        )
    return AppointedOut(**asdict(made))


def _appointee(body: AppointIn) -> Appointee:
    who = [w for w in (body.person, body.person_id, body.member_id) if w is not None]
    if len(who) != 1:
        raise Invalid(
            "one_person", "Cần đúng một trong ba: person, person_id, member_id.", field="person"
        )
    if body.person is None:
        return Appointee(person_id=body.person_id, member_id=body.member_id)
    name = names.clean(body.person.name, longest=100, field="person.name")
    return Appointee(name=name, phone=names.phone(body.person.phone))


@router.get("/units/{unit_id}/offices")
async def offices(db: Db, actor: SignedIn, unit_id: PathId) -> OfficesOut:
    """All offices of a unit, past and present."""
    held = await db.read(queries.offices_of_unit, actor=actor, unit_id=unit_id)
    return OfficesOut(items=[HeldOfficeOut(**asdict(office)) for office in held])


@router.post("/offices/{office_id}/end", status_code=204)
async def end_office(db: Db, actor: SignedIn, office_id: PathId, body: EndIn) -> Response:
    """End an appointment; whoever has no office left is signed out at once."""
    reason = names.clean(body.reason, longest=2000, field="reason")
    await db.write(actions.end_office, actor=actor, office_id=office_id, on=body.on, reason=reason)
    return Response(status_code=204)


@router.post("/people/{person_id}/pin-reset", status_code=202)
async def reset_pin(
    request: Request, db: Db, actor: SignedIn, person_id: PathId, body: ReasonIn
) -> WaitingOut:
    """Propose to reset an officer's PIN; the second signature answers a new enrolment code."""
    return await _propose(request, db, actor, person_id, "pin_reset", body.reason)


@router.post("/people/{person_id}/unlock", status_code=202)
async def unlock(
    request: Request, db: Db, actor: SignedIn, person_id: PathId, body: ReasonIn
) -> WaitingOut:
    """Propose to lift an officer's lock; the second signature answers a new enrolment code."""
    return await _propose(request, db, actor, person_id, "unlock", body.reason)


async def _propose(
    request: Request, db: Db, actor: SignedIn, person_id: str, kind: str, reason: str
) -> WaitingOut:
    made = await db.write(
        actions.propose_reset,
        actor=actor,
        person_id=person_id,
        kind=kind,
        reason=names.clean(reason, longest=2000, field="reason"),
        code_hours=request.app.state.settings.enrol_hours,
    )
    return WaitingOut(**asdict(made))
