"""Pots and sheets over HTTP (contract: Savings and cash)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import clock, names
from app.access.identity import SignedIn
from app.approvals.actions import Waiting
from app.approvals.api import WaitingOut
from app.mending.api import LineOut, PostedOut, ReceiptOut
from app.savings import actions, confirming, queries
from app.savings import sheets as sheet_reads
from app.savings.rules import Line as SavingLine
from app.terms import BelongsTo, Kept, PotKind, Verdict
from app.web import keys
from app.web.fields import (
    AfterSeq,
    Day,
    Db,
    Dong,
    FromDay,
    Id,
    In,
    Limit,
    Line,
    PathId,
    Small,
    Words,
)
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["savings"])


class PotIn(In):
    kind: PotKind
    name: Line
    kept: Kept
    belongs_to: BelongsTo
    opened_on: Day | None = None
    next_breaking_on: Day | None = None


class MadeOut(BaseModel):
    id: str


class PotOut(BaseModel):
    id: str
    kind: str
    name: str
    kept: str
    belongs_to: str
    opened_on: str
    next_breaking_on: str | None
    cycle_starts_on: str | None


class PotsOut(BaseModel):
    items: list[PotOut]
    next: str | None = None


class LineIn(In):
    member_id: Id
    amount: Dong
    periods: Small


class SheetIn(In):
    pot_id: Id
    date: Day
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=1000)]
    group_id: Id | None = None
    note: Words | None = None
    reason: Words | None = None
    counted: Annotated[bool, Field(strict=True)] = False  # its money was there at the last count


class SheetInListOut(BaseModel):
    id: str
    kind: str
    pot_id: str
    date: str
    total: int
    payers: int
    seq: int
    reversed: bool


class SheetsOut(BaseModel):
    items: list[SheetInListOut]
    next: str | None


class SheetLineOut(LineOut):
    number: int
    name: str
    periods: int
    reversed: bool


class SheetOut(BaseModel):
    id: str
    chapter_id: str
    kind: str
    pot_id: str
    date: str
    total: int
    lines: list[SheetLineOut]
    note: str | None
    reason: str | None
    recorded_at: str
    recorded_by: str
    reverses: int | None
    reversed_by: int | None
    receipt: ReceiptOut


class ConfirmationIn(In):
    line_id: Id
    verdict: Verdict
    note: Words | None = None


class ConfirmedOut(BaseModel):
    line_id: str
    verdict: Verdict


@router.post("/chapters/{chapter_id}/pots", status_code=201)
async def open_pot(db: Db, actor: SignedIn, chapter_id: PathId, body: PotIn) -> MadeOut:
    """A new vessel; `opened_on` (today by default) begins its first cycle."""
    made = await db.write(
        actions.open_pot,
        actor=actor,
        chapter_id=chapter_id,
        kind=body.kind,
        name=names.clean(body.name, longest=100, field="name"),
        kept=body.kept,
        belongs_to=body.belongs_to,
        opened_on=body.opened_on or clock.today(),
        next_breaking_on=body.next_breaking_on,
    )
    return MadeOut(id=made)


@router.get("/chapters/{chapter_id}/pots")
async def pots(db: Db, actor: SignedIn, chapter_id: PathId) -> PotsOut:
    """The chapter's pots."""
    found = await db.read(queries.pots, actor=actor, chapter_id=chapter_id)
    return PotsOut(items=[PotOut(**asdict(pot)) for pot in found])


@router.post(
    "/chapters/{chapter_id}/sheets",
    status_code=201,
    response_model=PostedOut,
    responses={201: REPLAY, 202: {"model": WaitingOut, **REPLAY}},
)
async def post_sheet(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: SheetIn
) -> Response:
    """Record one meeting's collection; one dated before the pot's last count waits for the head."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            actions.post_sheet,
            actor=actor,
            chapter_id=chapter_id,
            pot_id=body.pot_id,
            day=body.date,
            lines=[SavingLine(line.member_id, line.amount, line.periods) for line in body.lines],
            ticket=keys.ticket(request, key, body),
            group_id=body.group_id,
            note=text(body.note, "note"),
            reason=text(body.reason, "reason"),
            counted=body.counted,
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Waiting) else 201)


@router.get("/chapters/{chapter_id}/sheets")
async def sheets(
    db: Db,
    actor: SignedIn,
    chapter_id: PathId,
    from_: FromDay = None,
    to: Day | None = None,
    after: AfterSeq = None,
    limit: Limit = 200,
) -> SheetsOut:
    """Sheets and reversals, newest first; `after` is the `next` of the page before."""
    found = await db.read(
        sheet_reads.sheets,
        actor=actor,
        chapter_id=chapter_id,
        from_on=from_,
        to_on=to,
        before_seq=after,
        limit=limit,
    )
    return SheetsOut(
        items=[SheetInListOut(**asdict(sheet)) for sheet in found],
        next=str(found[-1].seq) if len(found) == limit else None,
    )


@router.get("/sheets/{entry_id}")
async def sheet(db: Db, actor: SignedIn, entry_id: PathId) -> SheetOut:
    """A sheet or reversal with its lines."""
    found = await db.read(sheet_reads.sheet, actor=actor, entry_id=entry_id)
    shown = asdict(found) | {
        "recorded_at": clock.rfc3339(found.recorded_at),
        "receipt": {"seq": found.seq, "head": found.head},
    }
    return SheetOut(**{name: shown[name] for name in SheetOut.model_fields})


@router.post("/members/{member_id}/confirmations", status_code=201)
async def confirm_line(
    db: Db, actor: SignedIn, member_id: PathId, body: ConfirmationIn
) -> ConfirmedOut:
    """A member's word on a line of hers: right or wrong; the last one counts."""
    await db.write(
        confirming.confirm_line,
        actor=actor,
        member_id=member_id,
        line_id=body.line_id,
        verdict=body.verdict,
        note=text(body.note, "note"),
    )
    return ConfirmedOut(line_id=body.line_id, verdict=body.verdict)


def text(value: str | None, field: str) -> str | None:
    """Free text, cleaned; empty is none."""
    return names.clean(value, longest=2000, field=field) if value else None
