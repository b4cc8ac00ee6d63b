"""The cash at a glance; settling what a count left open; taking in what a keeper owes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, money, names
from app.access.identity import Viewer, Viewing
from app.access.queries import holds, person_name, require, unit_name
from app.access.rules import May
from app.approvals.actions import Waiting
from app.cash import actions, count_form, counting, queries
from app.cash.api import words
from app.cash.counting import DifferenceShown
from app.cash.writing import Decision
from app.db.tx import Tx
from app.errors import Busy, Invalid, Refusal, not_found
from app.ledger.balances import broken_now
from app.terms import Actor
from app.web import forms, keys, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
SETTLE_FIELDS = ("decision", "keeper_person_id", "reason", "date", "key")
DEBT_FIELDS = ("pot_id", "person_id", "amount", "date", "reason", "key")


@router.get("/chi-hoi/{chapter_id}/tien")
async def cash(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, xong: str = ""
) -> Response:
    """Every pot's cash by place, what pends, who owes; buttons by her office."""
    pots = await db.read(queries.cash, actor=viewer.actor, chapter_id=chapter_id)
    return render.page(
        request,
        "cash/cash.html",
        chapter_id=chapter_id,
        chapter_name=await db.read(unit_name, chapter_id),
        today=clock.today(),
        pots=pots,
        broken=await db.read(broken_now, chapter_id),
        paid=xong == "tra",
        may={
            may.value[0]: holds(viewer.actor, may, chapter_id)
            for may in (
                May.COUNT_CASH,
                May.HANDLE_CASH,
                May.READ_BOOK,
                May.HAND_OVER,
                May.KEEP_POTS,
            )
        },
    )


# What pends


@router.get("/kiem/{count_id}/xu-ly")
async def settle_form(request: Request, db: Db, viewer: Viewing, count_id: PathId) -> Response:
    """A difference, what became of it so far, and the decision on the rest."""
    found = await db.read(counting.difference, actor=viewer.actor, id=count_id)
    return await _settle(request, db, viewer, found, {}, None)


@router.post("/kiem/{count_id}/xu-ly")
async def settle(
    request: Request, db: Db, viewer: Viewing, count_id: PathId, typed: Typed
) -> Response:
    """Decide on all that still pends."""
    form = forms.fields(typed, SETTLE_FIELDS)
    found = await db.read(counting.difference, actor=viewer.actor, id=count_id)
    try:
        await db.read(require, actor=viewer.actor, may=May.HANDLE_CASH, unit_id=found.chapter_id)
        answer = await db.write(
            actions.settle_difference,
            actor=viewer.actor,
            count_id=count_id,
            day=forms.day(form["date"], clock.today()),
            decision=_decision(form),
            ticket=keys.ticket(request, keys.checked(form["key"]), typed),
        )
    except Refusal as refusal:
        return await _settle(request, db, viewer, found, form, refusal)
    if isinstance(answer.value, Waiting):
        return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)
    page = f"/kiem/{count_id}" if found.place else f"/chi-hoi/{found.chapter_id}/tien"
    return RedirectResponse(page, 303)


def _decision(form: dict[str, str]) -> Decision:
    """What she decided, with everything that is missing at once. Raises Invalid."""
    problems: list[Refusal] = []
    outcome, paid_now, reason = None, False, ""
    try:
        outcome, paid_now = count_form.decided(form["decision"])
    except Invalid as refusal:
        problems.append(refusal)
    try:
        reason = names.clean(form["reason"], longest=2000, field="reason")
    except Invalid as refusal:
        problems.append(refusal)
    if problems or outcome is None:
        raise Invalid.every(problems)
    return Decision(outcome, reason, form["keeper_person_id"] or None, paid_now)


def keepers(
    request: Request, treasurer: str | None, people: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Who may have to make good, the treasurer first."""
    say = language.translations(language.of_request(request)).gettext
    first = say("Thủ quỹ: {name}").format(name=treasurer) if treasurer else say("Chọn một người")
    return [("", first), *people]


async def settling(
    request: Request, db: Db, viewer: Viewer, found: DifferenceShown, form: dict[str, str],
    refusal: Refusal | None,
) -> dict[str, Any]:  # fmt: skip
    """What the form needs, on the record of a count and on its own page; None where it is not hers."""
    may = holds(viewer.actor, May.HANDLE_CASH, found.chapter_id)
    if not (may and found.pends) or (found.waiting and not isinstance(refusal, Busy)):
        return {"settle": None}
    say = language.translations(language.of_request(request)).gettext
    fit = count_form.SHORT if found.pends < 0 else count_form.OVER
    treasurer = await db.read(counting.treasurer, found.chapter_id)
    people = await db.read(counting.people, found.chapter_id)
    return {
        "settle": {
            "id": found.id,
            "form": form | {"date": form.get("date") or clock.today().isoformat()},
            "key": forms.next_key(form.get("key", ""), refusal),
            "problems": _said(request, refusal),
            "choices": [(c, say(count_form.CHOICE_WORDS[c])) for c in fit if c != "carried"],
            "keepers": keepers(request, treasurer, people) if found.pends < 0 else [],
            "earliest": found.day,
            "latest": clock.today().isoformat(),
        }
    }


async def _settle(
    request: Request, db: Db, viewer: Viewer, found: DifferenceShown, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    more = await settling(request, db, viewer, found, form, refusal)
    return render.page(
        request,
        "cash/settle.html",
        forms.status(refusal),
        what=found,
        problems=_said(request, refusal),
        unsure=isinstance(refusal, Busy),
        **more,
    )


def _said(request: Request, refusal: Refusal | None) -> dict[str, str]:
    said = forms.problems(request, refusal)
    return {name.removeprefix("difference."): sentence for name, sentence in said.items()}


# Who owes


@router.get("/chi-hoi/{chapter_id}/tra-bu")
async def debt_form(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, pot: str = "", nguoi: str = ""
) -> Response:
    """She pays what she owes: all of it, unless another amount is typed."""
    asked = {"pot_id": pot, "person_id": nguoi}
    return await _debt(request, db, viewer, chapter_id, asked, None)


@router.post("/chi-hoi/{chapter_id}/tra-bu")
async def take_debt(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Into hand with it."""
    form = forms.fields(typed, DEBT_FIELDS)
    try:
        await db.read(require, actor=viewer.actor, may=May.HANDLE_CASH, unit_id=chapter_id)
        await db.write(
            actions.take_debt,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=_id(form["pot_id"]),
            person_id=_id(form["person_id"]),
            day=forms.day(form["date"], clock.today()),
            amount=_amount(form["amount"]),
            ticket=keys.ticket(request, keys.checked(form["key"]), typed),
            reason=words(form["reason"], "reason"),
        )
    except Refusal as refusal:
        return await _debt(request, db, viewer, chapter_id, form, refusal)
    return RedirectResponse(f"/chi-hoi/{chapter_id}/tien?xong=tra", 303)


def _id(typed: str) -> str:
    if not keys.UUID.fullmatch(typed):
        raise not_found()
    return typed


def _amount(typed: str) -> int:
    try:
        amount = money.parse(typed)
    except Invalid as refusal:
        refusal.field = "amount"
        raise Invalid.every([refusal]) from None
    if amount < 1:
        raise Invalid("amount_needed", "Mời chị ghi số tiền đã nhận.", field="amount")
    return amount


async def _debt(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    asked = (_id(form["pot_id"]), _id(form["person_id"]))
    owes = await db.read(_owes, viewer.actor, chapter_id, *asked)
    if refusal is not None and "suggested" in refusal.values:  # a bare `10` is asked back
        form = form | {"amount": money.show(int(refusal.values["suggested"]))}
    return render.page(
        request,
        "cash/debt.html",
        forms.status(refusal),
        chapter_id=chapter_id,
        owes=owes,
        form={"amount": money.show(owes["amount"]), "reason": "",
              "date": clock.today().isoformat()} | form,
        key=forms.next_key(form.get("key", ""), refusal),
        latest=clock.today().isoformat(),
        problems=forms.problems(request, refusal),
        unsure=isinstance(refusal, Busy),
    )  # fmt: skip


def _owes(db: Tx, actor: Actor, chapter_id: str, pot_id: str, person_id: str) -> dict[str, Any]:
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)
    pots = {pot.id: pot for pot in queries.cash(db, actor=actor, chapter_id=chapter_id)}
    if pot_id not in pots:
        raise not_found()
    owed = queries.owed(db, chapter_id, pot_id, person_id, clock.today())
    known = any(debt.person_id == person_id for debt in pots[pot_id].debts)
    return {
        "amount": owed,
        "name": person_name(db, person_id) if known else "",
        "pot_id": pot_id,
        "person_id": person_id,
        "pot_name": pots[pot_id].name,
        "chapter_name": unit_name(db, chapter_id),
    }
