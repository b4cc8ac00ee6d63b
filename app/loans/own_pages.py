"""Her own loans, and asking for one herself: with her card, or as an officer who is a member too."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock
from app.access.identity import Viewer, Viewing
from app.errors import Invalid, Refusal
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans import actions, own, words
from app.loans.api_shapes import text
from app.loans.doing import amount, months, plan
from app.loans.rules import Asked
from app.loans.schedule import Row
from app.web import forms, keys, language, render
from app.web.fields import Db, Typed

router = APIRouter(include_in_schema=False)
ASKING = ("so", "pot_id", "amount", "months", "plan", "purpose", "note")


@router.get("/vay-cua-toi")
async def mine(request: Request, db: Db, viewer: Viewing) -> Response:
    """What she owes and when, what she waits for, what she paid back; the way to ask."""
    shelf = await db.read(own.shelf, actor=viewer.actor)
    return render.page(
        request, "loans/own.html", shelf=shelf, lending=words, reasons=reasons(request, shelf.loans)
    )


def reasons(request: Request, loans: list[own.Mine]) -> dict[str, list[str]]:
    """Why each of those who wait stands where she stands, in the reader's language."""
    lang = language.of_request(request)
    return {
        one.standing.of.id: [language.filled(*words.told(why), lang) for why in one.place.reasons]
        for one in loans
        if one.place
    }


@router.get("/vay-cua-toi/moi")
async def blank(request: Request, db: Db, viewer: Viewing, so: str = "") -> Response:
    """The application, with what the charter lets her ask for. `so`: which membership."""
    so = so if keys.UUID.fullmatch(so) else ""
    form = dict.fromkeys(ASKING, "") | {"so": so, "plan": LoanPlan.MONTHLY.value}
    return await _form(request, db, viewer, form, None, ())


@router.post("/vay-cua-toi/moi")
async def ask(request: Request, db: Db, viewer: Viewing, typed: Typed) -> Response:
    """Look how it would be paid back (`do=try`), or ask: from now on she stands in the queue."""
    form = forms.fields(typed, ASKING)
    form["so"] = form["so"] if keys.UUID.fullmatch(form["so"]) else ""
    hers = await db.read(own.asking, actor=viewer.actor, member_id=form["so"])
    if len(hers.pots) == 1:
        form["pot_id"] = hers.pots[0][0]
    try:
        asked = _asked(form, hers.at.member_id)
        if typed.get("do", [""])[0] == "try":
            rows = await db.read(own.trial, actor=viewer.actor, asked=asked)
            return await _form(request, db, viewer, form, None, rows)
        made = await db.write(
            actions.apply,
            actor=viewer.actor,
            chapter_id=hers.at.chapter_id,
            pot_id=form["pot_id"],
            day=clock.today(),
            asked=asked,
            purpose=LoanPurpose(form["purpose"]),
            note=text(form["note"].strip(), "note"),
        )
    except Refusal as refusal:
        return await _form(request, db, viewer, form, refusal, ())
    return RedirectResponse(f"/vay/{made.id}?xong=xin", 303)


def _asked(form: dict[str, str], member_id: str) -> Asked:
    """What she asks for; everything that is not clear is said at once."""
    problems: list[Refusal] = []
    sums = {"amount": 0, "months": 0}
    for name, read in (("amount", amount), ("months", months)):
        try:
            sums[name] = read(form, name)
        except Invalid as refusal:
            problems.append(refusal)
    if form["purpose"] not in set(LoanPurpose):
        problems.append(Invalid("purpose_needed", "Vay làm gì? Mời chị chọn.", field="purpose"))
    if not keys.UUID.fullmatch(form["pot_id"]):
        problems.append(Invalid("not_chosen", "Mời chị chọn.", field="pot_id"))
    chosen = LoanPlan.MONTHLY
    try:
        chosen = plan(form)
    except Invalid as refusal:
        problems.append(refusal)
    if problems:
        raise Invalid.every(problems)
    return Asked(member_id, sums["amount"], sums["months"], chosen)


async def _form(
    request: Request, db: Db, viewer: Viewer, form: dict[str, str], refusal: Refusal | None,
    rows: tuple[Row, ...],
) -> Response:  # fmt: skip
    hers = await db.read(own.asking, actor=viewer.actor, member_id=form["so"])
    return render.page(
        request,
        "loans/own_ask.html",
        forms.status(refusal),
        hers=hers,
        form=form | {"so": hers.at.member_id},
        rows=rows,
        lending=words,
        problems=forms.problems(request, refusal),
    )
