"""Breaking the pig over HTTP (contract: Breaking)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.breaking import actions, papers, queries, signatures
from app.breaking.api_shapes import (
    AbandonIn,
    BreakingOut,
    BrokenOut,
    CountedOut,
    CountIn,
    DecisionsIn,
    OpenedOut,
    OpenIn,
    PlanOut,
    SignedOut,
    SignIn,
    breaking_out,
    plan_out,
)
from app.breaking.signatures import Signed
from app.cash.api import decision, words
from app.web import keys
from app.web.fields import Db, PathId
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["breaking"])


@router.post("/chapters/{chapter_id}/breakings", status_code=201)
async def open_breaking(db: Db, actor: SignedIn, chapter_id: PathId, body: OpenIn) -> OpenedOut:
    """Open a pig: from here on whatever else concerns it waits."""
    opened = await db.write(
        actions.open_breaking,
        actor=actor,
        chapter_id=chapter_id,
        pot_id=body.pot_id,
        day=body.date,
        reason=words(body.reason, "reason"),
    )
    return OpenedOut(id=opened.id, state="open")


@router.get("/breakings/{breaking_id}")
async def breaking(db: Db, actor: SignedIn, breaking_id: PathId) -> BreakingOut:
    """How it stands, on whatever phone."""
    return breaking_out(await db.read(queries.one, actor=actor, breaking_id=breaking_id))


@router.put("/breakings/{breaking_id}/count")
async def count(db: Db, actor: SignedIn, breaking_id: PathId, body: CountIn) -> CountedOut:
    """All cash of the pot, in the pot and in hand together; vessels from home one by one."""
    counted = await db.write(
        actions.count,
        actor=actor,
        breaking_id=breaking_id,
        notes=body.notes,
        witnesses=body.witnesses,
        home=[(vessel.member_id, vessel.notes) for vessel in body.home],
        decision=decision(body.difference),
    )
    return CountedOut.model_validate(counted, from_attributes=True)


@router.put("/breakings/{breaking_id}/decisions")
async def decide(db: Db, actor: SignedIn, breaking_id: PathId, body: DecisionsIn) -> OpenedOut:
    """What each takes, keeps and gives of her savings; one of the three may be null."""
    decided = await db.write(
        actions.decide,
        actor=actor,
        breaking_id=breaking_id,
        lines=[(line.member_id, line.take, line.keep, line.give) for line in body.lines],
    )
    return OpenedOut.model_validate(decided, from_attributes=True)


@router.get("/breakings/{breaking_id}/plan")
async def plan(db: Db, actor: SignedIn, breaking_id: PathId) -> PlanOut:
    """What signing would post; of a posted breaking what was posted."""
    return plan_out(await db.read(queries.plan, actor=actor, breaking_id=breaking_id))


@router.post("/breakings/{breaking_id}/signatures", response_model=BrokenOut,
             responses={200: REPLAY, 202: {"model": SignedOut, **REPLAY}})  # fmt: skip
async def sign(
    request: Request, db: Db, actor: SignedIn, key: Key, breaking_id: PathId, body: SignIn
) -> Response:
    """Two persons sign the same figures; with the second signature it is in the book."""
    with keys.running(breaking_id, key):
        answer = await db.write(
            signatures.sign,
            actor=actor,
            breaking_id=breaking_id,
            fingerprint=body.fingerprint,
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Signed) else 200)


@router.get("/breakings/{breaking_id}/minutes", response_class=Response,
            responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}})  # fmt: skip
async def minutes(request: Request, db: Db, actor: SignedIn, breaking_id: PathId) -> Response:
    """The minutes as one file for a printer: it needs nothing beside it."""
    found = await db.read(queries.minutes, actor=actor, breaking_id=breaking_id)
    return papers.alone(request, found)


@router.post("/breakings/{breaking_id}/abandon", response_model=OpenedOut,
             responses={200: REPLAY})  # fmt: skip
async def abandon(
    request: Request, db: Db, actor: SignedIn, key: Key, breaking_id: PathId, body: AbandonIn
) -> Response:
    """Stop; a count that was made stays, with its difference."""
    with keys.running(breaking_id, key):
        answer = await db.write(
            actions.abandon,
            actor=actor,
            breaking_id=breaking_id,
            reason=names.clean(body.reason, longest=2000, field="reason"),
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 200)
