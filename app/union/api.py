"""Units over HTTP (contract: Union and chapter)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app import clock, names
from app.access.identity import SignedIn
from app.charter.rules import Charter
from app.terms import Level
from app.union import actions, queries
from app.web.fields import AfterId, Day, Db, Id, In, Limit, Line, PathId, Words
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["union"])


class UnitIn(In):
    name: Line
    level: Level
    parent_id: Id
    from_on: Annotated[Day, Field(alias="from")]
    charter: Charter | None = None


class MadeOut(BaseModel):
    id: str


class UnitOut(BaseModel):
    id: str
    name: str
    level: str
    parent_id: str | None
    from_on: Annotated[str, Field(serialization_alias="from")]


class UnitsOut(BaseModel):
    items: list[UnitOut]
    next: str | None


class MoveIn(In):
    parent_id: Id
    from_on: Annotated[Day, Field(alias="from")]
    reason: Words


@router.post("/units", status_code=201)
async def create_unit(db: Db, actor: SignedIn, body: UnitIn) -> MadeOut:
    """Create a unit below another; a chapter comes with its charter."""
    made = await db.write(
        actions.create_unit,
        actor=actor,
        name=names.clean(body.name, longest=200, field="name"),
        level=body.level,
        parent_id=body.parent_id,
        from_on=body.from_on,
        charter=body.charter,
    )
    return MadeOut(id=made)


@router.get("/units/{unit_id}")
async def unit(db: Db, actor: SignedIn, unit_id: PathId) -> UnitOut:
    """A unit within reach."""
    return _out(await db.read(queries.unit, actor=actor, unit_id=unit_id))


@router.get("/units/{unit_id}/children")
async def children(
    db: Db,
    actor: SignedIn,
    unit_id: PathId,
    on: Day | None = None,
    after: AfterId = None,
    limit: Limit = 200,
) -> UnitsOut:
    """The units right below, on a day (today by default)."""
    found = await db.read(
        queries.children,
        actor=actor,
        unit_id=unit_id,
        on=on or clock.today(),
        after=after or queries.FIRST,
        limit=limit,
    )
    return UnitsOut(
        items=[_out(u) for u in found], next=found[-1].id if len(found) == limit else None
    )


@router.post("/units/{unit_id}/moves", status_code=201)
async def move_unit(db: Db, actor: SignedIn, unit_id: PathId, body: MoveIn) -> MadeOut:
    """Another parent from a date on."""
    await db.write(
        actions.move_unit,
        actor=actor,
        unit_id=unit_id,
        parent_id=body.parent_id,
        from_on=body.from_on,
        reason=names.clean(body.reason, longest=2000, field="reason"),
    )
    return MadeOut(id=unit_id)


def _out(unit: queries.UnitShown) -> UnitOut:
    return UnitOut(
        id=unit.id, name=unit.name, level=unit.level, parent_id=unit.parent_id, from_on=unit.from_on
    )
