"""Opening the pot, putting cash back, going to the bank: always two signatures."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids, money, names
from app.access.identity import Viewer, Viewing
from app.cash import blanks, moving, rules
from app.cash.api import words
from app.cash.cash_form import NOTE_FIELDS, Reading, figures, note_field
from app.cash.queries import PotCash
from app.errors import Busy, Invalid, Refusal
from app.terms import Kept, Place
from app.web import forms, keys, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
WAYS = {
    "mo": (Place.POT, Place.HAND),
    "cat": (Place.HAND, Place.POT),
    "gui": (Place.HAND, Place.BANK),
    "rut": (Place.BANK, Place.HAND),
}
BANK = "ngan-hang"  # the third choice, until she says which way
SEEN = ("mo", "cat")  # the pot is opened and closed before two witnesses
FIELDS = ("way", "pot_id", "amount", "date", "witness_1", "witness_2", "reason", "key",
          *NOTE_FIELDS)  # fmt: skip
PLACED = {"witnesses": "witness_1", "witnesses.0": "witness_1", "witnesses.1": "witness_2",
          "to": "way"} | {f"notes.{n}": note_field(n) for n in money.NOTES}  # fmt: skip


@router.get("/chi-hoi/{chapter_id}/chuyen")
async def choose(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, viec: str = "", lon: str = ""
) -> Response:
    """Three plain choices for each pot, then the one form."""
    form = dict.fromkeys(FIELDS, "") | {"way": viec, "pot_id": lon}
    form |= {"date": clock.today().isoformat(), "key": ids.new()}
    return await _show(request, db, viewer, chapter_id, form, None)


@router.post("/chi-hoi/{chapter_id}/chuyen")
async def move(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Ask for the second signature; a refused form comes back as it was typed."""
    blank = await db.read(blanks.cash_blank, actor=viewer.actor, chapter_id=chapter_id)
    reading = Reading(typed, FIELDS)
    form = reading.form
    reading.pot("pot_id", [pot.id for pot in blank.pots])
    amount = reading.amount("amount")
    day = reading.day("date", clock.today())
    notes = reading.notes()
    source, target = _way(reading)
    try:
        witnesses = _witnesses(form) if form["way"] in SEEN else []
    except Invalid as refusal:
        reading.problems += refusal.parts
        witnesses = []
    try:
        reading.check()
        answer = await db.write(
            moving.move_cash,
            actor=viewer.actor,
            pot_id=form["pot_id"],
            day=day,
            source=source,
            target=target,
            amount=amount,
            notes=notes,
            witnesses=witnesses,
            ticket=keys.ticket(request, keys.of_form(form["key"]), typed),
            reason=words(form["reason"], "reason"),
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, chapter_id, form, refusal)
    return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)


def _way(reading: Reading) -> tuple[Place, Place]:
    if reading.form["way"] not in WAYS:
        reading.wrong(Invalid("way_needed", "Mời chị chọn gửi vào hay rút ra."), "way")
    return WAYS.get(reading.form["way"], (Place.HAND, Place.BANK))


def _witnesses(form: dict[str, str]) -> list[str]:
    """Two names, cleaned; the book asks for them wherever the pot itself is opened."""
    said = [(name, form[name]) for name in ("witness_1", "witness_2") if form[name].strip()]
    found = [names.clean(text, longest=100, field=name) for name, text in said]
    rules.check_witnesses([names.fold(one) for one in found])
    return found


async def _show(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    blank = await db.read(blanks.cash_blank, actor=viewer.actor, chapter_id=chapter_id)
    pot = next((pot for pot in blank.pots if pot.id == form["pot_id"]), None)
    said = forms.problems(request, refusal)
    if form["way"] == "mo" and pot and not form["amount"] and refusal is None:
        form["amount"] = figures(pot.pot) if pot.pot else ""
    way = form["way"] if form["way"] in WAYS else BANK if form["way"] or refusal else ""
    form["key"] = keys.after(form["key"], refusal)
    problems = {PLACED.get(name, name): sentence for name, sentence in said.items()}
    codes = {part.code for part in (refusal.parts or (refusal,))} if refusal else set()
    return render.page(
        request,
        "cash/move.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        chapter_name=blank.chapter_name,
        pots=blank.pots,
        broken=blank.broken,
        pot=pot if way and (pot is None or _may(pot, way)) else None,
        way=way,
        form=form,
        members=blank.members,
        notes=money.NOTES,
        latest=clock.today().isoformat(),
        ask_reason=bool(form["reason"]) or "reason_needed" in codes,
        count_first=bool(codes & {"notes_differ", "not_there"}),
        unsure=isinstance(refusal, Busy),
        notes_open=any(form[name] for name in NOTE_FIELDS) or "notes" in problems,
        problems=problems,
    )


def _may(pot: PotCash, way: str) -> bool:
    """A pig at home is opened on breaking day, by nobody before."""
    return pot.kept == Kept.CHAPTER or way not in SEEN
