"""What the doors of breaking take and give (contract: Breaking)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.breaking.queries import Planned, Shown
from app.breaking.written import LineShown
from app.cash.api import DifferenceIn, Notes, Witnesses
from app.ledger.entry import LARGEST
from app.mending.api import ReceiptOut
from app.web.fields import Day, Id, In, Words

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
    first_signer: str | None
    counted: int
    book: int
    opened: int
    surplus: int
    carried: int
    lines: list[LineOut]
    totals: dict[str, int]
    gift_notes: dict[str, int]
    exchange_needed: list[ExchangeOut] | None


def breaking_out(shown: Shown) -> BreakingOut:
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


def plan_out(found: Planned) -> PlanOut:
    plan = found.plan
    exchange = None
    if plan.exchange is not None:
        give, get = plan.exchange
        exchange = [ExchangeOut(give=_notes(give), get=_notes(get))]
    return PlanOut(
        fingerprint=found.fingerprint,
        first_signer=found.first_signer,
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
