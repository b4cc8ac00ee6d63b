"""Founding many units at once over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.access.identity import SignedIn
from app.founding import actions, rules
from app.founding.actions import Founded, Rehearsed
from app.web.fields import Db, In, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["union"])


class TableIn(In):
    """A table as text (commas, semicolons or tabs); `dry_run` only tells what would be done."""

    table: Annotated[str, Field(max_length=500_000)]
    dry_run: Annotated[bool, Field(strict=True)] = True


class FoundedOut(BaseModel):
    line: int
    unit_id: str | None
    name: str
    level: str
    new: bool
    role: str | None
    person: str | None
    enrol_code: str | None


class TableOut(BaseModel):
    dry_run: bool
    items: list[FoundedOut]


@router.post("/units/{unit_id}/founding")
async def found(
    request: Request, db: Db, actor: SignedIn, unit_id: PathId, body: TableIn
) -> TableOut:
    """Create units, chapters and first officers below a unit: all of the table or nothing."""
    rows = rules.read(body.table)
    hours = request.app.state.settings.enrol_hours
    try:
        act = actions.rehearse if body.dry_run else actions.found
        done = await db.write(act, actor=actor, unit_id=unit_id, rows=rows, code_hours=hours)
    except Rehearsed as rehearsed:
        done = rehearsed.founded
    return TableOut(dry_run=body.dry_run, items=[_out(one, body.dry_run) for one in done])


def _out(one: Founded, dry_run: bool) -> FoundedOut:
    return FoundedOut(
        line=one.line,
        unit_id=None if dry_run else one.unit_id,
        name=one.name,
        level=one.level.value,
        new=one.new,
        role=one.role.value if one.role else None,
        person=one.person,
        enrol_code=None if dry_run else one.enrol_code,
    )
