"""What the paper book had: cash, and a line for each member, as of a day; two signatures."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids
from app.access.identity import Viewer, Viewing
from app.cash import blanks
from app.cash.api import words
from app.cash.blanks import OpeningBlank
from app.cash.cash_form import Reading
from app.errors import Busy, Refusal
from app.opening import actions
from app.terms import Place
from app.web import forms, keys, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("pot_id", "date", "cash_pot", "cash_hand", "cash_bank", "reason", "key", "do")


@dataclass(frozen=True, slots=True)
class _Filled:
    """The form as it was typed, and what it comes to in đồng."""

    reading: Reading
    blank: OpeningBlank
    cash: dict[Place, int]
    savings: list[tuple[str, int]]  # member's id, đồng
    rows: list[str]  # the field of each line of `savings`

    @property
    def rest(self) -> int:
        """Beyond what members have; below zero it is missing."""
        return sum(self.cash.values()) - sum(amount for _, amount in self.savings)


@router.get("/chi-hoi/{chapter_id}/dau-ky")
async def blank_opening(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, lon: str = ""
) -> Response:
    """An empty paper book."""
    typed = {"pot_id": [lon], "date": [clock.today().isoformat()], "key": [ids.new()]}
    filled = await _read(db, viewer, chapter_id, typed)
    return _show(request, chapter_id, filled, None)


@router.post("/chi-hoi/{chapter_id}/dau-ky")
async def open_balances(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Add up, or ask for the second signature."""
    filled = await _read(db, viewer, chapter_id, typed)
    reading, form = filled.reading, filled.reading.form
    try:
        reading.check()
        if form["do"] != "record":
            return _show(request, chapter_id, filled, None)
        reading.pot("pot_id", [pot.id for pot in filled.blank.pots])
        reading.check()
        answer = await db.write(
            actions.open_balances,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=form["pot_id"],
            day=reading.day("date", clock.today()),
            cash=filled.cash,
            savings=filled.savings,
            loans=(),
            ticket=keys.ticket(request, keys.of_form(form["key"]), typed),
            reason=words(form["reason"], "reason"),
        )
    except Refusal as refusal:
        return _show(request, chapter_id, filled, refusal)
    return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)


async def _read(db: Db, viewer: Viewer, chapter_id: str, typed: dict[str, list[str]]) -> _Filled:
    """The members are those of the day, so the day is read first."""
    day = Reading(typed, FIELDS).day("date", clock.today())
    blank = await db.read(
        blanks.opening_blank, actor=viewer.actor, chapter_id=chapter_id,
        day=min(day, clock.today()),
    )  # fmt: skip
    rows = {f"amount-{number}": member_id for number, member_id, _ in blank.members}
    reading = Reading(typed, (*FIELDS, *rows))
    reading.day("date", clock.today())
    cash = {place: reading.amount(f"cash_{place}", may_be_empty=True) for place in Place}
    hers = [(row, reading.amount(row, may_be_empty=True)) for row in rows]
    lines = [(row, amount) for row, amount in hers if amount]
    return _Filled(
        reading, blank, cash, [(rows[row], amount) for row, amount in lines],
        [row for row, _ in lines],
    )  # fmt: skip


def _show(
    request: Request, chapter_id: str, filled: _Filled, refusal: Refusal | None
) -> Response:  # fmt: skip
    form, blank = filled.reading.form, filled.blank
    if len(blank.pots) == 1 and not form["pot_id"]:
        form["pot_id"] = blank.pots[0].id
    form["key"] = keys.after(form["key"], refusal)
    placed = {"cash": "cash_pot"} | {
        f"savings.{n}.{part}": row for n, row in enumerate(filled.rows)
        for part in ("member_id", "amount")
    }  # fmt: skip
    said = forms.problems(request, refusal)
    names = {f"amount-{number}": name for number, _, name in blank.members}
    codes = {part.code for part in (refusal.parts or (refusal,))} if refusal else set()
    problems = {placed.get(field, field): sentence for field, sentence in said.items()}
    return render.page(
        request,
        "cash/opening.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        chapter_name=blank.chapter_name,
        pots=blank.pots,
        has_pots=blank.has_pots,
        choices=[(pot.id, pot.name) for pot in blank.pots],
        pot=next((pot for pot in blank.pots if pot.id == form["pot_id"]), None),
        members=blank.members,
        form=form,
        latest=clock.today().isoformat(),
        ask_reason=bool(form["reason"]) or "reason_needed" in codes,
        added=form["do"] == "check",
        hers=sum(amount for _, amount in filled.savings),
        cash=sum(filled.cash.values()),
        left=filled.rest,
        unsure=isinstance(refusal, Busy),
        problems=problems,
        summed={
            field: f"{names[field]}: {sentence}" if field in names else sentence
            for field, sentence in problems.items()
        },
    )
