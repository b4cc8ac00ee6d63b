"""The charter over HTTP."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from app import clock
from app.access.identity import SignedIn
from app.access.queries import require
from app.access.rules import May
from app.approvals.api import WaitingOut
from app.charter import actions, queries
from app.charter.rules import Charter
from app.db.tx import Tx
from app.terms import Actor
from app.web.fields import Day, Db, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["charter"])


class DatedCharter(Charter):
    """A charter with the day it came into force."""

    in_force_from: Day


@router.put("/chapters/{chapter_id}/charter", status_code=202)
async def change_charter(
    db: Db, actor: SignedIn, chapter_id: PathId, body: DatedCharter
) -> WaitingOut:
    """Propose new rules from a day on; the chapter head signs."""
    charter = Charter(**body.model_dump(exclude={"in_force_from"}))
    made = await db.write(
        actions.propose_charter,
        actor=actor,
        chapter_id=chapter_id,
        charter=actions.cleaned(charter),
        on=body.in_force_from,
    )
    return WaitingOut(**asdict(made))


@router.get("/chapters/{chapter_id}/charter")
async def charter(db: Db, actor: SignedIn, chapter_id: PathId) -> DatedCharter:
    """The charter in force today."""
    return await db.read(_charter, actor, chapter_id)


def _charter(db: Tx, actor: Actor, chapter_id: str) -> DatedCharter:
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    since, found = queries.in_force(db, chapter_id, clock.today())
    return DatedCharter(**found.model_dump(), in_force_from=since)
