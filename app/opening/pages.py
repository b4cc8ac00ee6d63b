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
from app.loans import words as words_of_lending
from app.loans.bringing import Running
from app.opening import actions, running_form
from app.terms import N_, Place
from app.web import forms, keys, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("pot_id", "date", "cash_pot", "cash_hand", "cash_bank", "reason", "key", "do", "loans")


@dataclass(frozen=True, slots=True)
class _Filled:
    """The form as it was typed, and what it comes to in đồng."""

    reading: Reading
    blank: OpeningBlank
    cash: dict[Place, int]
    savings: list[tuple[str, int]]  # member's id, đồng
    rows: list[str]  # the field of each line of `savings`
    loans: list[tuple[int, Running]]  # each with its block of the form
    blocks: int

    @property
    def has(self) -> int:
        """Cash and what is out, in đồng."""
        return sum(self.cash.values()) + sum(loan.outstanding for _, loan in self.loans)

    @property
    def rest(self) -> int:
        """Beyond what members have; below zero it is missing."""
        return self.has - sum(amount for _, amount in self.savings)


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
            loans=[loan for _, loan in filled.loans],
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
    blocks = running_form.blocks(typed)
    reading = Reading(typed, (*FIELDS, *rows, *running_form.fields(blocks)))
    reading.day("date", clock.today())
    cash = {place: reading.amount(f"cash_{place}", may_be_empty=True) for place in Place}
    hers = [(row, reading.amount(row, may_be_empty=True)) for row in rows]
    lines = [(row, amount) for row, amount in hers if amount]
    return _Filled(
        reading, blank, cash, [(rows[row], amount) for row, amount in lines],
        [row for row, _ in lines], running_form.read(reading, blocks, set(rows.values())), blocks,
    )  # fmt: skip


def _show(
    request: Request, chapter_id: str, filled: _Filled, refusal: Refusal | None
) -> Response:  # fmt: skip
    form, blank = filled.reading.form, filled.blank
    if len(blank.pots) == 1 and not form["pot_id"]:
        form["pot_id"] = blank.pots[0].id
    form["key"] = keys.after(form["key"], refusal)
    form["loans"] = str(filled.blocks)
    said = forms.problems(request, refusal)
    placed = _places(filled)
    lang = language.of_request(request)
    names = {f"amount-{number}": name for number, _, name in blank.members}
    called = [
        language.filled(N_("Khoản vay thứ {n}"), {"n": n + 1}, lang) for n in range(filled.blocks)
    ]
    names |= {
        running_form.field(n, part): name
        for n, name in enumerate(called)
        for part in running_form.PARTS
    }
    codes = {part.code for part in (refusal.parts or (refusal,))} if refusal else set()
    problems = {placed.get(field, field): sentence for field, sentence in said.items()}
    blocks = [(n, name, _is_open(form, problems, n)) for n, name in enumerate(called)]
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
        has=filled.has,
        blocks=blocks,
        lending=words_of_lending,
        left=filled.rest,
        unsure=isinstance(refusal, Busy),
        problems=problems,
        summed={
            field: f"{names[field]}: {sentence}" if field in names else sentence
            for field, sentence in problems.items()
        },
    )


def _places(filled: _Filled) -> dict[str, str]:
    """Beside which field of the form a refusal of the action stands."""
    hers = {
        f"savings.{n}.{part}": row
        for n, row in enumerate(filled.rows)
        for part in ("member_id", "amount")
    }
    lent = {
        f"loans.{n}.{part}": running_form.field(block, beside)
        for n, (block, _) in enumerate(filled.loans)
        for part, beside in running_form.BESIDE.items()
    }
    return {"cash": "cash_pot"} | hers | lent


def _is_open(form: dict[str, str], problems: dict[str, str], n: int) -> bool:
    """A block of the form is unfolded where something was typed in it, or is amiss."""
    names = {running_form.field(n, part) for part in running_form.PARTS}
    return running_form.is_used(form, n) or bool(names & set(problems))
