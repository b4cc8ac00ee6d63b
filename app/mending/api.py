"""Taking back over HTTP (contract: Savings and cash)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.approvals.actions import Waiting
from app.approvals.api import WaitingOut
from app.mending import actions
from app.web import keys
from app.web.fields import Db, Id, In, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["savings"])


class LineOut(BaseModel):
    line_id: str
    member_id: str
    amount: int


class ReceiptOut(BaseModel):
    seq: int
    head: str


class PostedOut(BaseModel):
    id: str
    total: int
    lines: list[LineOut]
    receipt: ReceiptOut


class ReversalIn(In):
    lines: Annotated[tuple[Id, ...], Field(max_length=1000)] = ()
    reason: Annotated[Words, Field(min_length=1)]


@router.post(
    "/entries/{entry_id}/reversal",
    status_code=201,
    response_model=PostedOut,
    responses={201: REPLAY, 202: {"model": WaitingOut, **REPLAY}},
)
async def reverse(
    request: Request, db: Db, actor: SignedIn, key: Key, entry_id: PathId, body: ReversalIn
) -> Response:
    """Take back an entry, whole or a sheet by lines; an older or counted one waits for the head."""
    reason = names.clean(body.reason, longest=2000, field="reason")
    with keys.running(entry_id, key):
        answer = await db.write(
            actions.reverse,
            actor=actor,
            entry_id=entry_id,
            line_ids=body.lines,
            reason=reason,
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Waiting) else 201)
