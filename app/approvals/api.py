"""Second signatures over HTTP (contract: HTTP, ✍)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from app import clock, names
from app.access.identity import SignedIn
from app.approvals import actions, queries, words
from app.db.tx import Tx
from app.terms import Actor
from app.web import language
from app.web.fields import AfterId, Db, In, Limit, PathId, Words
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["approvals"])


class WaitingOut(BaseModel):
    """An act that waits for its second signature."""

    approval_id: str
    fingerprint: str
    waits_for: str


class ShownOut(BaseModel):
    label: str
    value: str


class ApprovalOut(BaseModel):
    approval_id: str
    chapter_id: str
    kind: str
    fingerprint: str
    state: str
    proposed_by: str
    proposed_at: str
    shown: list[ShownOut]


class ApprovalsOut(BaseModel):
    items: list[ApprovalOut]
    next: str | None


class SignIn(In):
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class DoneOut(BaseModel):
    state: Literal["done"] = "done"
    result: dict[str, Any]


class RefusalIn(In):
    reason: Annotated[Words, Field(min_length=1)]


class RefusedOut(BaseModel):
    state: Literal["refused"] = "refused"


@router.get("/approvals")
async def approvals(
    request: Request,
    db: Db,
    actor: SignedIn,
    state: Annotated[Literal["waiting", "done", "refused"], Query()] = "waiting",
    after: AfterId = None,
    limit: Limit = 200,
) -> ApprovalsOut:
    """What waits for my signature; or what was done or refused in the books I reach."""
    return await db.read(_listed, actor, state, after, limit, language.of_request(request))


def _listed(
    db: Tx, actor: Actor, state: str, after: str | None, limit: int, lang: str
) -> ApprovalsOut:
    found = (
        queries.waiting(db, actor=actor)
        if state == "waiting"
        else queries.in_reach(db, actor=actor, state=state)
    )
    page = [a for a in found if after is None or a.id > after][: limit + 1]
    items = [
        ApprovalOut(
            approval_id=a.id,
            chapter_id=a.chapter_id,
            kind=a.kind,
            fingerprint=a.fingerprint,
            state=a.state,
            proposed_by=a.proposed_by,
            proposed_at=clock.rfc3339(a.proposed_at),
            shown=[ShownOut(label=label, value=value) for label, value in _shown(db, a, lang)],
        )
        for a in page[:limit]
    ]
    return ApprovalsOut(items=items, next=items[-1].approval_id if len(page) > limit else None)


def _shown(db: Tx, approval: queries.Approval, lang: str) -> list[tuple[str, str]]:
    return words.spoken(queries.shown(db, approval), lang) if approval.state == "waiting" else []


@router.post("/approvals/{approval_id}/sign")
async def sign(db: Db, actor: SignedIn, approval_id: PathId, body: SignIn) -> DoneOut:
    """Give the second signature: the act is done now."""
    result = await db.write(
        actions.sign, actor=actor, approval_id=approval_id, fingerprint=body.fingerprint
    )
    return DoneOut(result=result)


@router.post("/approvals/{approval_id}/refuse")
async def refuse(db: Db, actor: SignedIn, approval_id: PathId, body: RefusalIn) -> RefusedOut:
    """Refuse, or take back one's own proposal."""
    reason = names.clean(body.reason, longest=2000, field="reason")
    await db.write(actions.refuse, actor=actor, approval_id=approval_id, reason=reason)
    return RefusedOut()
