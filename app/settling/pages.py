"""A member leaves: asked, shown, confirmed; her settlement on paper."""

from __future__ import annotations

import json
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids
from app.access.identity import Viewer, Viewing
from app.access.queries import holds
from app.access.rules import May
from app.approvals.actions import Waiting
from app.errors import Busy, Invalid, Refusal
from app.settling import actions, queries, shown
from app.settling.actions import Shown
from app.settling.api import kin, text
from app.settling.rules import Asked
from app.terms import N_, Leaving
from app.web import forms, keys, render
from app.web.book import check_code, own_book_only
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("reason_code", "date", "to_chapter_id", "next_of_kin", "reason", "key", "shown", "do")
BECAUSE = {
    Leaving.LEFT: N_("Thôi không góp nữa"),
    Leaving.MOVED: N_("Chuyển sang chi hội khác"),
    Leaving.DIED: N_("Qua đời"),
}


@router.get("/hoi-vien/{member_id}/roi")
async def leaving(request: Request, db: Db, viewer: Viewing, member_id: PathId) -> Response:
    """The form, for whoever settles; the settlement, once she has left."""
    found = await db.read(shown.slip, actor=viewer.actor, member_id=member_id)
    if found is None:
        return await _ask(request, db, viewer, member_id, {}, None)
    return render.page(
        request,
        "settling/slip.html",
        slip=found,
        because=BECAUSE[found.leaver.because or Leaving.LEFT],
        check_code=check_code(request, found.head),
        may_settle=holds(viewer.actor, May.SETTLE_MEMBERS, found.chapter_id),
    )


@router.post("/hoi-vien/{member_id}/roi")
async def leave(
    request: Request, db: Db, viewer: Viewing, member_id: PathId, typed: Typed
) -> Response:
    """Show what it comes to; then, confirmed, do just that."""
    form = forms.fields(typed, FIELDS)
    try:
        asked = _asked(form)
        if asked.to_chapter_id is not None:
            own_book_only(request, "to_chapter_id")
        if form["do"] != "leave":
            return await _confirm(request, db, viewer, member_id, form, asked, None)
        answer = await db.write(
            actions.leave,
            actor=viewer.actor,
            member_id=member_id,
            asked=asked,
            ticket=keys.ticket(request, keys.checked(form["key"]), typed),
            shown=_shown(form["shown"]),
        )
    except Busy as refusal:
        return await _confirm(request, db, viewer, member_id, form, asked, refusal)
    except Refusal as refusal:
        if refusal.code == "settlement_changed":
            return await _confirm(request, db, viewer, member_id, form, asked, refusal)
        return await _ask(request, db, viewer, member_id, form, refusal)
    if isinstance(answer.value, Waiting):
        return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)
    return RedirectResponse(f"/hoi-vien/{member_id}/roi", 303)


def _asked(form: dict[str, str]) -> Asked:
    if form["reason_code"] not in set(Leaving):
        raise Invalid("because_unclear", "Vì sao chị ấy rời chi hội?", field="reason_code")
    because, to = Leaving(form["reason_code"]), form["to_chapter_id"]
    if because is Leaving.MOVED and to and not keys.UUID.fullmatch(to):
        raise Invalid("chapter_unknown", "Không tìm thấy chi hội này.", field="to_chapter_id")
    return Asked(
        day=day_typed(form["date"]),
        because=because,
        to_chapter_id=(to or None) if because is Leaving.MOVED else None,
        next_of_kin=kin(form["next_of_kin"].strip()),
        reason=text(form["reason"].strip()),
    )


def day_typed(typed: str) -> date:
    """The date field; empty is today."""
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else clock.today()
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field="date") from None


def _shown(said: str) -> Shown:
    """The figures of the page that was confirmed; what makes no sense matches nothing."""
    try:
        return [(str(pot), int(claim), int(paid)) for pot, claim, paid in json.loads(said)]
    except (ValueError, TypeError):
        return [("", 0, 0)]


async def _ask(
    request: Request, db: Db, viewer: Viewer, member_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    found = await db.read(queries.opening, actor=viewer.actor, member_id=member_id)
    if refusal is None:
        form = {"date": clock.today().isoformat(), "next_of_kin": found.leaver.next_of_kin or ""}
    return render.page(
        request,
        "settling/leave.html",
        forms.status(refusal),
        found=found,
        form=form,
        problems=forms.problems(request, refusal),
        because=BECAUSE,
        latest=clock.today().isoformat(),
        total=sum(pot.savings for pot in found.pots),
    )


async def _confirm(
    request: Request, db: Db, viewer: Viewer, member_id: str, form: dict[str, str], asked: Asked,
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    plan = await db.read(queries.preview, actor=viewer.actor, member_id=member_id, asked=asked)
    figures = [(pot.pot_id, pot.claim, pot.paid) for pot in plan.pots]
    return render.page(
        request,
        "settling/confirm.html",
        forms.status(refusal),
        plan=plan,
        form=form | {"date": asked.day.isoformat()},
        shown=json.dumps(figures),
        key=form_key(form, refusal),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
        because=BECAUSE[asked.because],
        claim=sum(pot.claim for pot in plan.pots),
        paid=sum(pot.paid for pot in plan.pots),
        set_off=sum(pot.set_off for pot in plan.pots),
    )


def form_key(form: dict[str, str], refusal: Refusal | None) -> str:
    """The form keeps its key, so that sending it again settles it; a used-up one is renewed."""
    used_up = refusal is None or refusal.code in ("key_reused", "key_form")
    return ids.new() if used_up or not form.get("key") else form["key"]
