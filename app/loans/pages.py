"""Pages of lending: the application, and one loan from first to last."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from app import clock, names
from app.access.identity import Viewer, Viewing
from app.access.looking import leave_line
from app.access.queries import holds, require, unit_name
from app.access.rules import May
from app.errors import Busy, Invalid, NotAllowed, NotFound, Refusal
from app.ledger.balances import broken_now
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans import actions, doing, dues, history, looks, mistakes, words
from app.loans.api_shapes import text
from app.loans.doing import amount, months, plan
from app.loans.dues import ageing
from app.loans.looks import Trial
from app.loans.rules import Asked
from app.loans.story import story
from app.web import forms, keys, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
ASKING = ("member_id", "pot_id", "amount", "months", "plan", "purpose", "guarantor_id", "date",
          "note", "reason")  # fmt: skip
Short = Annotated[str, Query(max_length=60)]
Why = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


@router.get("/chi-hoi/{chapter_id}/vay/moi")
async def blank(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, hv: str = ""
) -> Response:
    """The application, with the charter's limits and what the pot can lend."""
    form = dict.fromkeys(ASKING, "") | {"member_id": hv, "plan": LoanPlan.MONTHLY.value}
    form["date"] = clock.today().isoformat()
    return await _asking(request, db, viewer, chapter_id, form, None, None)


@router.post("/chi-hoi/{chapter_id}/vay/moi")
async def ask(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Try it out (`do=try`), or write the application down."""
    await db.read(require, actor=viewer.actor, may=May.LEND, unit_id=chapter_id)
    form = forms.fields(typed, ASKING)
    try:
        trying = typed.get("do", [""])[0] == "try"
        asked, day = _asked(form, trying), forms.day(form["date"], clock.today())
        pot_id = _one_of(form, "pot_id")
        if trying:
            trial = await db.read(looks.trial, actor=viewer.actor, chapter_id=chapter_id,
                                  pot_id=pot_id, asked=asked, day=day)  # fmt: skip
            return await _asking(request, db, viewer, chapter_id, form, None, trial)
        made = await db.write(
            actions.apply,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=pot_id,
            day=day,
            asked=asked,
            purpose=LoanPurpose(form["purpose"]),
            note=text(form["note"], "note"),
            reason=text(form["reason"], "reason"),
        )
    except Refusal as refusal:
        return await _asking(request, db, viewer, chapter_id, form, refusal, None)
    return RedirectResponse(f"/vay/{made.id}?xong=xin", 303)


@router.get("/chi-hoi/{chapter_id}/vay/moi/xet")
async def weigh(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId,
    member_id: Short = "", pot_id: Short = "", amount: Short = "", months: Short = "",
    plan: Short = "", date: Short = "",
) -> Response:  # fmt: skip
    """The limits as she types: a piece of the application, asked for by its script (weigh.js)."""
    form = dict.fromkeys(ASKING, "") | {
        "member_id": member_id, "pot_id": pot_id, "amount": amount, "months": months, "plan": plan,
        "date": date,
    }  # fmt: skip
    await db.read(require, actor=viewer.actor, may=May.LEND, unit_id=chapter_id)
    found: Trial | None = None
    unclear: list[Refusal] = []
    try:
        asking = doing.half_asked(form)
        if asking is not None:
            found = await db.read(looks.trial, actor=viewer.actor, chapter_id=chapter_id,
                                  pot_id=pot_id, asked=asking.asked, whole=asking.whole,
                                  day=forms.day(date, clock.today()))  # fmt: skip
    except Invalid as refusal:
        unclear = list(refusal.parts or (refusal,))
    lang = language.of_request(request)
    return render.page(
        request,
        "loans/weighed.html",
        trial=found,
        against=[language.sentence(one, lang) for one in (found.against if found else ())],
        unclear=[language.sentence(one, lang) for one in unclear],
    )


def _asked(form: dict[str, str], trying: bool) -> Asked:
    """What she asks for; everything that is not clear is said at once. Trying needs no purpose."""
    found: dict[str, int] = {}
    problems: list[Refusal] = []
    for name, read in (("amount", amount), ("months", months)):
        try:
            found[name] = read(form, name)
        except Invalid as refusal:
            problems.append(refusal)
    if form["purpose"] not in set(LoanPurpose) and not trying:
        problems.append(Invalid("purpose_needed", "Vay làm gì? Mời chị chọn.", field="purpose"))
    for name in ("member_id", "pot_id", "guarantor_id"):
        try:
            if form[name] or name != "guarantor_id":
                _one_of(form, name)
        except Invalid as refusal:
            problems.append(refusal)
    try:
        plan(form)
    except Invalid as refusal:
        problems.append(refusal)
    if problems:
        raise Invalid.every(problems)
    return Asked(form["member_id"], found["amount"], found["months"], plan(form),
                 form["guarantor_id"] or None)  # fmt: skip


def _one_of(form: dict[str, str], name: str) -> str:
    if not keys.UUID.fullmatch(form[name]):
        raise Invalid("not_chosen", "Mời chị chọn.", field=name)
    return form[name]


async def _asking(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None, trial: Trial | None,
) -> Response:  # fmt: skip
    found = await db.read(looks.asking_blank, actor=viewer.actor, chapter_id=chapter_id)
    if len(found.free) == 1:
        form["pot_id"] = found.free[0][0].id
    lang = language.of_request(request)
    codes = {part.code for part in (refusal.parts or (refusal,))} if refusal else set()
    return render.page(
        request,
        "loans/ask.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        blank=found,
        form=form,
        trial=trial,
        unclear=[],
        against=[language.sentence(one, lang) for one in trial.against] if trial else [],
        lending=words,
        latest=clock.today().isoformat(),
        ask_reason=bool(form["reason"]) or "reason_needed" in codes,
        problems=forms.problems(request, refusal),
    )


@router.get("/vay/{loan_id}")
async def loan(
    request: Request, db: Db, viewer: Viewing, loan_id: PathId,
    viec: str = "", xong: str = "", but_toan: str = "", purpose: Why = "",
) -> Response:  # fmt: skip
    """A loan from the application to the last repayment, and what may be done with it now."""
    form = doing.blank(viec, but_toan)
    return await _loan(request, db, viewer, loan_id, form, None, done=xong, purpose=purpose)


@router.post("/vay/{loan_id}")
async def act(request: Request, db: Db, viewer: Viewing, loan_id: PathId, typed: Typed) -> Response:
    """Decide, pay out, take back, visit, or ask for what takes two: `viec` says which."""
    form = forms.fields(typed, doing.FIELDS)
    try:
        where = await doing.done(request, db, viewer.actor, loan_id, form, typed)
    except (NotFound, NotAllowed):  # not hers to do: she did not open the record
        raise
    except Refusal as refusal:
        return await _loan(request, db, viewer, loan_id, form, refusal)
    return RedirectResponse(where, 303)


async def _loan(
    request: Request, db: Db, viewer: Viewer, loan_id: str, form: dict[str, str],
    refusal: Refusal | None, done: str = "", purpose: str = "",
) -> Response:  # fmt: skip
    why = names.clean(purpose, longest=200, field="purpose") if purpose.strip() else None
    found = await db.read(history.history, actor=viewer.actor, loan_id=loan_id, purpose=why)
    kept = found.of
    if found.named and refusal is None:  # a form shown again is the look that was written down
        await leave_line(db, viewer.actor, kept.chapter_id, kept.member_id, why)
    offered = await db.read(looks.offered, actor=viewer.actor, of=found)
    wrong = await db.read(mistakes.mistakes, actor=viewer.actor, of=kept)
    mends = form["viec"] == "huy" and form["entry"] in wrong
    form["key"] = keys.after(form["key"], refusal)
    return render.page(
        request,
        "loans/loan.html",
        forms.status(refusal),
        of=found,
        story=story(found),
        offered=offered,
        mistakes=wrong,
        chosen=form["viec"] if form["viec"] in offered or mends else "",
        form=form,
        done=done,
        lending=words,
        age=ageing(found.owed.days_overdue),
        latest=clock.today().isoformat(),
        next_due=next(
            (due for due in dues.dues(found.loan, clock.today()) if due.due_on >= clock.today()),
            None,
        ),
        chapter_name=await db.read(unit_name, kept.chapter_id),
        purpose=why or "",
        broken=[
            one for one in await db.read(broken_now, kept.chapter_id) if one.pot_id == kept.pot_id
        ],
        reads_book=holds(viewer.actor, May.READ_BOOK, kept.chapter_id),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )
