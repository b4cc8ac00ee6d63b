"""What waits is paid, what moved is handed over: a form each."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, money
from app.access.identity import Viewer, Viewing
from app.access.queries import holds, unit_name
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Busy, Invalid, Refusal
from app.ledger.balances import broken_now
from app.settling import actions, moving, queries
from app.settling.api import text
from app.settling.pages import day_typed, form_key
from app.settling.rules import check_left
from app.terms import Actor
from app.web import forms, keys, render
from app.web.book import own_book_only
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
PAYING = ("date", "amount", "reason", "key")
GIVING = ("at", "date", "amount", "reason", "key")


@router.get("/chi-hoi/{chapter_id}/cho-linh")
async def waiting(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """Who left and waits to be paid."""
    found = await db.read(queries.waiters, actor=viewer.actor, chapter_id=chapter_id)
    return render.page(
        request,
        "settling/waiting.html",
        chapter_id=chapter_id,
        waiters=found,
        broken=await db.read(broken_now, chapter_id),
        chapter_name=await db.read(unit_name, chapter_id),
        may_settle=holds(viewer.actor, May.SETTLE_MEMBERS, chapter_id),
    )


@router.get("/hoi-vien/{member_id}/tra")
async def paying(request: Request, db: Db, viewer: Viewing, member_id: PathId) -> Response:
    """How much, and when."""
    return await _pay(request, db, viewer, member_id, {}, None)


@router.post("/hoi-vien/{member_id}/tra")
async def pay(
    request: Request, db: Db, viewer: Viewing, member_id: PathId, typed: Typed
) -> Response:
    """Pay what waits, as far as the cash goes."""
    form = forms.fields(typed, PAYING)
    try:
        answer = await db.write(
            actions.pay_out,
            actor=viewer.actor,
            member_id=member_id,
            day=day_typed(form["date"]),
            amount=_amount(form) if form["amount"].strip() else None,
            ticket=keys.ticket(request, keys.checked(form["key"]), typed),
            reason=text(form["reason"].strip()),
        )
    except Refusal as refusal:
        return await _pay(request, db, viewer, member_id, form, refusal)
    entries = [pot.entry_id for pot in answer.value.pots if pot.entry_id]
    if len(entries) == 1:
        return RedirectResponse(f"/chung-tu/{entries[0]}", 303)
    return RedirectResponse(f"/hoi-vien/{member_id}/roi", 303)


async def _pay(
    request: Request, db: Db, viewer: Viewer, member_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    found = await db.read(_waiter, viewer.actor, member_id)
    who, chapter_id = found
    if refusal is None:
        form = {"date": clock.today().isoformat(), "amount": _digits(who.payable)}
    return render.page(
        request,
        "settling/pay.html",
        forms.status(refusal),
        who=who,
        broken=await db.read(broken_now, chapter_id),
        chapter_id=chapter_id,
        form=form,
        key=form_key(form, refusal),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
        latest=clock.today().isoformat(),
    )


def _waiter(db: Tx, actor: Actor, member_id: str) -> tuple[queries.Waiter, str]:
    chapter_id = queries.opening(db, actor=actor, member_id=member_id).chapter_id
    found = queries.waiter(db, chapter_id, member_id)
    check_left(found.leaver, clock.today())
    return found, chapter_id


@router.get("/chi-hoi/{chapter_id}/giao-tien")
async def giving(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """What moved with members and whose cash is still to be given, or to come."""
    return await _give(request, db, viewer, chapter_id, {}, None)


@router.post("/chi-hoi/{chapter_id}/giao-tien")
async def give(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Propose to hand it over; the receiving chapter signs."""
    form = forms.fields(typed, GIVING)
    try:
        own_book_only(request, "at")
        pot_id, _, to_chapter_id = form["at"].partition(".")
        if not (keys.UUID.fullmatch(pot_id) and keys.UUID.fullmatch(to_chapter_id)):
            raise Invalid("chapter_unknown", "Không tìm thấy chi hội này.", field="at")
        answer = await db.write(
            moving.deliver,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=pot_id,
            to_chapter_id=to_chapter_id,
            day=day_typed(form["date"]),
            amount=_amount(form),
            ticket=keys.ticket(request, keys.checked(form["key"]), typed),
            reason=text(form["reason"].strip()),
        )
    except Refusal as refusal:
        return await _give(request, db, viewer, chapter_id, form, refusal)
    return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)


async def _give(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    found = await db.read(queries.to_hand_over, actor=viewer.actor, chapter_id=chapter_id)
    to_give = [one for one in found if one.amount > 0]
    if refusal is None and to_give:
        form = {"date": clock.today().isoformat(), "amount": _digits(to_give[0].amount)}
    return render.page(
        request,
        "settling/deliver.html",
        forms.status(refusal),
        to_give=to_give,
        to_come=[one for one in found if one.amount < 0],
        chapter_id=chapter_id,
        chapter_name=await db.read(unit_name, chapter_id),
        may_give=holds(viewer.actor, May.HANDLE_CASH, chapter_id),
        form=form,
        key=form_key(form, refusal),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
        latest=clock.today().isoformat(),
    )


def _digits(amount: int) -> str:
    return money.show(amount).partition("\N{NO-BREAK SPACE}")[0]


def _amount(form: dict[str, str]) -> int:
    """The sum as typed; a bare `10` comes back as the question, its suggestion in the field."""
    try:
        if (amount := money.parse(form["amount"])) == 0:
            raise Invalid("money_zero", "Số tiền phải lớn hơn 0.")
        return amount
    except Invalid as refusal:
        suggested = refusal.values.get("suggested")
        if isinstance(suggested, int):
            form["amount"] = _digits(suggested)
        raise Invalid(refusal.code, refusal.text, field="amount", **refusal.values) from None
