"""The slip of a sheet, and taking back what was recorded by mistake."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids, names
from app.access.identity import Viewer, Viewing
from app.access.rules import May
from app.approvals.actions import Waiting
from app.errors import Busy, Invalid, Refusal
from app.mending import actions as mending
from app.mending.rules import REVERSIBLE, takes_two
from app.savings import sheets, slips
from app.web import forms, keys, render
from app.web.book import check_code
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
Paper = Annotated[str, Query(alias="in")]
ROLL = "58"


@router.get("/phieu/{entry_id}")
async def receipt(
    request: Request, db: Db, viewer: Viewing, entry_id: PathId, in_: Paper = ""
) -> Response:
    """The slip of a sheet or reversal; `?in=58` is the slip alone, as a roll of 58 mm prints it."""
    found = await db.read(sheets.sheet, actor=viewer.actor, entry_id=entry_id)
    if in_ != ROLL:
        return _receipt(request, viewer, found, {}, None)
    shown = slips.shown(found, str(request.base_url), check_code(request, found.head))
    return render.page(request, "savings/roll.html", receipt=shown)


@router.get("/phieu/{entry_id}/tung-chi")
async def each(
    request: Request, db: Db, viewer: Viewing, entry_id: PathId, in_: Paper = ""
) -> Response:
    """A slip for each woman with her own line alone, for A4 or for a roll."""
    found = await db.read(sheets.sheet, actor=viewer.actor, entry_id=entry_id)
    shown = slips.shown(found, str(request.base_url), check_code(request, found.head))
    return render.page(
        request, "savings/each.html", receipt=shown, each=slips.each(found), roll=in_ == ROLL
    )


@router.post("/phieu/{entry_id}/huy")
async def take_back(
    request: Request, db: Db, viewer: Viewing, entry_id: PathId, typed: Typed
) -> Response:
    """Reverse the ticked lines, or the whole sheet."""
    form = forms.fields(typed, ("reason", "key")) | {"line": typed.get("line", [])}
    try:
        lines = [] if typed.get("what") == ["all"] else [str(line) for line in form["line"]]
        if typed.get("what") == ["lines"] and not lines:
            raise Invalid("line_needed", "Mời chị chọn dòng ghi nhầm trước.", field="line")
        if not all(keys.UUID.fullmatch(line) for line in lines):
            raise Invalid("line_unknown", "Phiếu không có dòng này.", field="lines")
        reason = names.clean(str(form["reason"]), longest=2000, field="reason")
        answer = await db.write(
            mending.reverse,
            actor=viewer.actor,
            entry_id=entry_id,
            line_ids=lines,
            reason=reason,
            ticket=keys.ticket(request, keys.checked(str(form["key"])), typed),
        )
    except Refusal as refusal:
        found = await db.read(sheets.sheet, actor=viewer.actor, entry_id=entry_id)
        return _receipt(request, viewer, found, form, refusal)
    if isinstance(answer.value, Waiting):
        return RedirectResponse(f"/ky/{answer.value.approval_id}", 303)
    return RedirectResponse(f"/phieu/{answer.value.id}", 303)


def _receipt(
    request: Request,
    viewer: Viewer,
    found: sheets.SheetShown,
    form: dict[str, Any],
    refusal: Refusal | None,
) -> Response:
    shown = slips.shown(found, str(request.base_url), check_code(request, found.head))
    standing = [line for line in found.lines if not line.reversed]
    waiting = dict.fromkeys(line.waiting for line in standing if line.waiting)
    return render.page(
        request,
        "savings/receipt.html",
        forms.status(refusal),
        form=form,
        key=_key(form, refusal),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
        receipt=shown
        | {
            "may_reverse": viewer.role in May.REVERSE.roles
            and any(not line.waiting for line in standing)
            and found.kind in REVERSIBLE,
            "waiting": [
                (id, [f"{one.number} · {one.name}" for one in standing if one.waiting == id])
                for id in waiting
            ],
            "takes_two": takes_two(
                clock.day_of(found.recorded_at), clock.today(), found.counted_since
            ),
        },
    )


def _key(form: dict[str, Any], refusal: Refusal | None) -> str:
    """The form keeps its key, so that sending it again settles it; a used-up one is renewed."""
    if refusal is None or refusal.code in ("key_reused", "key_form"):
        return ids.new()
    return str(form["key"])
