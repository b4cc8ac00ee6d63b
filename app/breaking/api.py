"""Breaking the pig over HTTP (contract: Breaking)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.breaking import actions, posting, queries
from app.breaking.posting import Signed
from app.breaking.queries import Planned, Shown
from app.breaking.written import LineShown
from app.cash.api import DifferenceIn, Notes, Witnesses, decision, words
from app.ledger.entry import LARGEST
from app.mending.api import ReceiptOut
from app.web import keys
from app.web.fields import Day, Db, Id, In, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["breaking"])
State = Literal["open", "counted", "decided", "signed", "posted", "abandoned"]
Amount = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]


class OpenIn(In):
    pot_id: Id
    date: Day
    reason: Words | None = None


class OpenedOut(BaseModel):
    id: str
    state: State


class HomeIn(In):
    member_id: Id
    notes: Notes


class CountIn(In):
    notes: Notes
    witnesses: Witnesses
    home: Annotated[tuple[HomeIn, ...], Field(max_length=1000)] = ()
    difference: DifferenceIn | None = None


class CountedOut(BaseModel):
    counted: int
    book: int
    difference: int
    state: State


class DecidedIn(In):
    member_id: Id
    take: Amount | None
    keep: Amount | None
    give: Amount | None


class DecisionsIn(In):
    lines: Annotated[tuple[DecidedIn, ...], Field(max_length=2000)]


class AbandonIn(In):
    reason: Annotated[Words, Field(min_length=1)]


class SignIn(In):
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SignedOut(BaseModel):
    state: Literal["signed"]
    fingerprint: str


class BrokenOut(BaseModel):
    state: Literal["posted"]
    entry_id: str | None
    receipt: ReceiptOut


class VesselOut(BaseModel):
    member_id: str
    notes: dict[str, int]


class CountShownOut(BaseModel):
    notes: dict[str, int]
    home: list[VesselOut]
    counted: int
    book: int
    difference: int
    decision: str
    keeper_person_id: str | None
    paid_now: bool
    witnesses: str
    reason: str | None


class BreakingOut(BaseModel):
    id: str
    state: State
    chapter_id: str
    pot_id: str
    date: str
    count: CountShownOut | None
    first_signer: str | None
    trail: list[int]


class WhyOut(BaseModel):
    because: str
    values: dict[str, int | str]


class LineOut(BaseModel):
    member_id: str
    number: int
    awaiting: bool
    savings: int
    share: int
    set_off: int
    take: int
    keep: int
    give: int
    payout: int
    gift: int
    stays: int
    notes: dict[str, int]
    why: list[WhyOut]


class ExchangeOut(BaseModel):
    give: dict[str, int]
    get: dict[str, int]


class PlanOut(BaseModel):
    fingerprint: str
    counted: int
    book: int
    opened: int
    surplus: int
    carried: int
    lines: list[LineOut]
    totals: dict[str, int]
    gift_notes: dict[str, int]
    exchange_needed: list[ExchangeOut] | None


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
    return _out(await db.read(queries.one, actor=actor, breaking_id=breaking_id))


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
    return _plan(await db.read(queries.plan, actor=actor, breaking_id=breaking_id))


@router.post("/breakings/{breaking_id}/signatures", response_model=BrokenOut,
             responses={200: REPLAY, 202: {"model": SignedOut, **REPLAY}})  # fmt: skip
async def sign(
    request: Request, db: Db, actor: SignedIn, key: Key, breaking_id: PathId, body: SignIn
) -> Response:
    """Two persons sign the same figures; with the second signature it is in the book."""
    with keys.running(breaking_id, key):
        answer = await db.write(
            posting.sign,
            actor=actor,
            breaking_id=breaking_id,
            fingerprint=body.fingerprint,
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202 if isinstance(answer.value, Signed) else 200)


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


def _out(shown: Shown) -> BreakingOut:
    of, count = shown.of, shown.count
    return BreakingOut(
        id=of.id,
        state=shown.state,
        chapter_id=of.chapter_id,
        pot_id=of.pot_id,
        date=of.day.isoformat(),
        count=None if count is None else CountShownOut(
            notes=dict(count.notes),
            home=[VesselOut(member_id=member, notes=dict(notes))
                  for member, notes in count.home.items()],
            counted=count.counted,
            book=count.book,
            difference=count.difference,
            decision=count.outcome.value,
            keeper_person_id=count.keeper_id,
            paid_now=count.paid_now,
            witnesses=shown.witnesses,
            reason=shown.reason,
        ),
        first_signer=shown.first_signer,
        trail=[told.seq for told in of.steps],
    )  # fmt: skip


def _plan(found: Planned) -> PlanOut:
    plan = found.plan
    exchange = None
    if plan.exchange is not None:
        give, get = plan.exchange
        exchange = [ExchangeOut(give=_notes(give), get=_notes(get))]
    return PlanOut(
        fingerprint=found.fingerprint,
        counted=plan.counted,
        book=plan.book,
        opened=plan.opened,
        surplus=plan.surplus,
        carried=plan.carried,
        lines=[_line(line) for line in plan.lines],
        totals=dict(plan.totals),
        gift_notes=_notes(plan.gift_notes),
        exchange_needed=exchange,
    )


def _line(line: LineShown) -> LineOut:
    figures: dict[str, Any] = {
        name: getattr(line, name) for name in LineOut.model_fields if name not in ("notes", "why")
    }
    why = [WhyOut(because=because.value, values=values) for because, values in line.why]
    return LineOut(**figures, notes=_notes(line.notes), why=why)


def _notes(notes: Mapping[int, int]) -> dict[str, int]:
    return {str(value): number for value, number in notes.items()}
