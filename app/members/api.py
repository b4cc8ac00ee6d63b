"""Members over HTTP (contract: Union and chapter)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.errors import Invalid
from app.members import actions, queries
from app.members.rules import Correction, Need, NewMember
from app.terms import NeedClass, Purpose
from app.web.fields import AfterSeq, Day, Db, Id, In, Limit, Line, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["members"])
Number = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Year = Annotated[int, Field(strict=True, ge=1990, le=2200)]


class NeedIn(In):
    need_class: Annotated[NeedClass, Field(alias="class")]
    year: Year
    certificate: Line | None = None


class ConsentIn(In):
    purposes: Annotated[list[Purpose], Field(max_length=20)]
    on: Day


class MemberIn(In):
    name: Line
    number: Number | None = None
    phone: Line | None = None
    group_id: Id | None = None
    person_id: Id | None = None
    joined_on: Day
    need_class: NeedIn | None = None
    consent: ConsentIn
    next_of_kin: Line | None = None


class JoinedOut(BaseModel):
    id: str
    number: int
    person_id: str


class CorrectionIn(In):
    name: Line | None = None
    phone: Line | None = None
    group_id: Id | None = None
    next_of_kin: Line | None = None
    joined_on: Day | None = None


class MemberOut(BaseModel):
    id: str
    chapter_id: str
    number: int
    person_id: str
    name: str
    phone: str | None
    group_id: str | None
    joined_on: str
    left_on: str | None
    next_of_kin: str | None
    savings: int


class MembersOut(BaseModel):
    items: list[MemberOut]
    next: str | None


SearchText = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


@router.post("/chapters/{chapter_id}/members", status_code=201)
async def join(db: Db, actor: SignedIn, chapter_id: PathId, body: MemberIn) -> JoinedOut:
    """Enter a member."""
    new = NewMember(
        name=names.clean(body.name, longest=100, field="name"),
        joined_on=body.joined_on,
        number=body.number,
        phone=names.phone(body.phone) if body.phone else None,
        group_id=body.group_id,
        person_id=body.person_id,
        need=_need(body.need_class) if body.need_class else None,
        purposes=tuple(body.consent.purposes),
        consented_on=body.consent.on,
        next_of_kin=_text(body.next_of_kin, "next_of_kin"),
    )
    made = await db.write(actions.join, actor=actor, chapter_id=chapter_id, new=new)
    return JoinedOut(**asdict(made))


@router.get("/chapters/{chapter_id}/members")
async def members(
    db: Db,
    actor: SignedIn,
    chapter_id: PathId,
    q: SearchText = "",
    on: Day | None = None,
    after: AfterSeq = None,
    limit: Limit = 200,
) -> MembersOut:
    """Members in book order; `q` finds names without marks, or a number."""
    found = await db.read(
        queries.members,
        actor=actor,
        chapter_id=chapter_id,
        q=q,
        on=on,
        after=after or 0,
        limit=limit,
    )
    return MembersOut(
        items=[MemberOut(**asdict(m)) for m in found],
        next=str(found[-1].number) if len(found) == limit else None,
    )


@router.patch("/members/{member_id}")
async def correct(db: Db, actor: SignedIn, member_id: PathId, body: CorrectionIn) -> MemberOut:
    """Put particulars right; what is not named stays."""
    for name in ("name", "joined_on"):
        if name in body.model_fields_set and getattr(body, name) is None:
            raise Invalid("missing", "Thiếu mục này.", field=name)
    correction = Correction(
        name=names.clean(body.name, longest=100, field="name") if body.name is not None else None,
        phone=names.phone(body.phone) if body.phone else None,
        group_id=body.group_id,
        next_of_kin=_text(body.next_of_kin, "next_of_kin"),
        joined_on=body.joined_on,
        given=frozenset(body.model_fields_set),
    )
    await db.write(actions.correct, actor=actor, member_id=member_id, correction=correction)
    return MemberOut(**asdict(await db.read(queries.member, actor=actor, member_id=member_id)))


@router.post("/members/{member_id}/need-classes", status_code=201, response_class=Response)
async def enter_need_class(db: Db, actor: SignedIn, member_id: PathId, body: NeedIn) -> Response:
    """Enter a hardship class."""
    await db.write(actions.enter_need_class, actor=actor, member_id=member_id, need=_need(body))
    return Response(status_code=201)


def _need(body: NeedIn) -> Need:
    return Need(body.need_class, body.year, _text(body.certificate, "certificate"))


def _text(text: str | None, field: str) -> str | None:
    return names.clean(text, longest=200, field=field) if text else None
