"""A member's book and the trail over HTTP (contract: Union and chapter; Books, trail, leaders)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from app import clock
from app.access.identity import SignedIn
from app.access.looking import leave_line
from app.access.queries import reach_member
from app.db.tx import Tx
from app.members import queries as members
from app.members.api import MemberOut
from app.mending.api import ReceiptOut
from app.reports import queries, records, trail
from app.terms import Actor
from app.web.fields import Day, Db, FromDay, Limit, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["reports"])


class PotBalanceOut(BaseModel):
    pot_id: str
    savings: int
    contributed: int
    periods_covered: int
    periods_elapsed: int


class BalanceOut(BaseModel):
    member_id: str
    savings: int
    contributed: int
    awaiting_collection: int
    loans_outstanding: int
    pots: list[PotBalanceOut]
    as_of: str
    receipt: ReceiptOut


class StatementLineOut(BaseModel):
    line_id: str
    entry_id: str
    date: str
    kind: str
    text: str
    amount: int
    balance: int
    verdict: str | None


class StatementOut(BaseModel):
    items: list[StatementLineOut]
    next: str | None


class RecordOut(BaseModel):
    """A sealed record: its bytes as sealed (ASCII JSON), its leaf and the head after it, in hex."""

    seq: int
    at: str
    act: str
    record: str
    leaf: str
    head: str


class TrailOut(BaseModel):
    items: list[RecordOut]
    next: str | None


@router.get("/members/{member_id}/balance", response_model=BalanceOut)
async def balance(db: Db, actor: SignedIn, member_id: PathId) -> Response:
    """What a member has, and the head of the book it was read from."""
    found = await db.glance(queries.balance, actor=actor, member_id=member_id)
    await leave_line(db, actor, found.chapter_id, member_id)
    shown = BalanceOut(
        member_id=found.member_id,
        savings=found.savings,
        contributed=found.contributed,
        awaiting_collection=found.awaiting_collection,
        loans_outstanding=found.loans_outstanding,
        pots=[
            PotBalanceOut(
                pot_id=pot.pot_id,
                savings=pot.savings,
                contributed=pot.contributed,
                periods_covered=pot.periods_covered,
                periods_elapsed=pot.periods_elapsed,
            )
            for pot in found.pots
        ],
        as_of=clock.rfc3339(found.as_of),
        receipt=ReceiptOut(seq=found.seq, head=found.head),
    )
    # The most asked of all: encoded once, not checked against its own model again.
    return Response(shown.model_dump_json(), media_type="application/json")


Place = Annotated[
    str | None, Query(alias="after", pattern=r"^\d{4}-(0[1-9]|1[0-2])-[0-2]\d\.\d{1,15}\.\d{1,5}$")
]


@router.get("/members/{member_id}/statement")
async def statement(
    db: Db,
    actor: SignedIn,
    member_id: PathId,
    from_: FromDay = None,
    to: Day | None = None,
    after: Place = None,
    limit: Limit = 200,
) -> StatementOut:
    """A member's lines, newest first, each with the balance after it."""
    found = await db.read(
        queries.statement,
        actor=actor,
        member_id=member_id,
        from_on=from_,
        to_on=to,
        after=queries.place(after),
        limit=limit,
    )
    await leave_line(db, actor, await db.glance(_chapter, actor, member_id), member_id)
    return StatementOut(
        items=[
            StatementLineOut(
                line_id=line.line_id,
                entry_id=line.entry_id,
                date=line.date,
                kind=line.kind,
                text=queries.line_text(line),
                amount=line.amount,
                balance=line.balance,
                verdict=line.verdict,
            )
            for line in found
        ],
        next=queries.place_after(found[-1]) if len(found) == limit else None,
    )


class ViewOut(BaseModel):
    who: str
    at: str
    why: str | None


class ViewsOut(BaseModel):
    items: list[ViewOut]
    next: str | None = None


@router.get("/me/data")
async def my_data(db: Db, actor: SignedIn) -> dict[str, Any]:
    """All data held on me."""
    return await db.read(records.my_data, actor=actor)


@router.get("/me/views")
async def my_views(db: Db, actor: SignedIn) -> ViewsOut:
    """Who opened my record."""
    found = await db.read(records.my_views, actor=actor)
    return ViewsOut(items=[ViewOut(who=v.name, at=clock.rfc3339(v.at), why=v.why) for v in found])


@router.get("/members/{member_id}")
async def member(db: Db, actor: SignedIn, member_id: PathId) -> MemberOut:
    """One member."""
    found = await db.read(members.member, actor=actor, member_id=member_id)
    await leave_line(db, actor, found.chapter_id, member_id)
    return MemberOut(**asdict(found))


class HeadOut(BaseModel):
    seq: int
    head: str


@router.get("/chapters/{chapter_id}/trail")
async def sealed_records(
    db: Db,
    actor: SignedIn,
    chapter_id: PathId,
    after_seq: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Limit = 200,
) -> TrailOut:
    """Sealed records in order, for whoever recomputes the chain."""
    found = await db.read(
        trail.records, actor=actor, chapter_id=chapter_id, after_seq=after_seq, limit=limit
    )
    return TrailOut(
        items=[RecordOut(**asdict(record)) for record in found],
        next=str(found[-1].seq) if len(found) == limit else None,
    )


@router.get("/chapters/{chapter_id}/trail/head")
async def trail_head(db: Db, actor: SignedIn, chapter_id: PathId) -> HeadOut:
    """The number and head of the last sealed record."""
    seq, head = await db.read(trail.head, actor=actor, chapter_id=chapter_id)
    return HeadOut(seq=seq, head=head)


def _chapter(db: Tx, actor: Actor, member_id: str) -> str:
    return reach_member(db, actor=actor, member_id=member_id)
