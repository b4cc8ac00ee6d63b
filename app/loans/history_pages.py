"""Loan histories to read: a chapter's, all below a leader's unit, one member's."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import clock, names
from app.access.identity import Viewing
from app.access.looking import leave_line, leave_lines
from app.access.queries import holds, unit_name
from app.access.rules import May
from app.errors import Invalid
from app.loans import lists, member_history, words
from app.loans.asked_for import FIRST_YEAR, LATE, Filter, asked
from app.loans.dues import ageing
from app.loans.listed import Found
from app.web import forms, render
from app.web.book import RealOnly
from app.web.fields import Db, PathId, RealDb

router = APIRouter(include_in_schema=False)
below_router = APIRouter(include_in_schema=False, dependencies=[RealOnly])
Why = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
LINES = 50


Asked = Annotated[Filter, Depends(asked)]


@router.get("/chi-hoi/{chapter_id}/so-vay")
async def of_chapter(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, by: Asked
) -> Response:
    """All loans of a chapter, the newest first, with totals of what was filtered."""
    shown = await db.read(
        lists.of_chapter, actor=viewer.actor, chapter_id=chapter_id, wanted=by.wanted,
        after=by.after, limit=LINES, newest_first=True,
    )  # fmt: skip
    name = await db.read(unit_name, chapter_id)
    back = f"/chi-hoi/{chapter_id}/vay"
    return _list(request, shown, by, name=name, path=f"/chi-hoi/{chapter_id}/so-vay", back_to=back)


@below_router.get("/don-vi/{unit_id}/vay")
async def below(
    request: Request, db: RealDb, viewer: Viewing, unit_id: PathId, by: Asked, purpose: Why = ""
) -> Response:
    """All loans below a leader's unit; above the commune a name takes a purpose, which is written
    into each record that it opened.
    """
    why = names.clean(purpose, longest=200, field="purpose") if purpose.strip() else None
    refusal = None
    try:
        shown, named = await db.read(
            lists.below, actor=viewer.actor, unit_id=unit_id, wanted=by.wanted, purpose=why,
            after=by.after, limit=LINES, newest_first=True,
        )  # fmt: skip
    except Invalid as told:
        refusal, without = told, Filter(by.typed | {"q": ""}, None)
        shown, named = await db.read(
            lists.below, actor=viewer.actor, unit_id=unit_id, wanted=without.wanted,
            limit=LINES, newest_first=True,
        )  # fmt: skip
    if named:
        await leave_lines(db, viewer.actor, lists.whom(shown), why)
    name = await db.read(unit_name, unit_id)
    back = "/hom-nay" if unit_id == viewer.unit_id else f"/don-vi/{unit_id}"
    return _list(request, shown, by, name=name, path=f"/don-vi/{unit_id}/vay", back_to=back,
                 named=named, below=True, purpose=why or "", refusal=refusal)  # fmt: skip


def _list(
    request: Request, shown: Found, by: Filter, *, refusal: Invalid | None = None,
    named: bool = True, below: bool = False, purpose: str = "", **more: Any,
) -> Response:  # fmt: skip
    today = clock.today()
    return render.page(
        request,
        "loans/history.html",
        forms.status(refusal),
        lines=shown.lines,
        totals=shown.totals,
        older=by.more(shown.next, purpose),
        form=by.typed,
        filtered=any(by.typed.values()),
        years=range(today.year, max(FIRST_YEAR, today.year - 11), -1),
        late_from=LATE,
        named=named,
        below=below,
        purpose=purpose,
        ageing=ageing,
        lending=words,
        problems=forms.problems(request, refusal),
        **more,
    )


@router.get("/hoi-vien/{member_id}/vay")
async def of_member(
    request: Request, db: Db, real: RealDb, viewer: Viewing, member_id: PathId, purpose: Why = ""
) -> Response:
    """All of a member's loans, across cycles and chapters."""
    why = names.clean(purpose, longest=200, field="purpose") if purpose.strip() else None
    shown = await db.read(
        member_history.of_member, actor=viewer.actor, member_id=member_id, purpose=why
    )
    if shown.named:
        await leave_line(real, viewer.actor, shown.chapter_id, member_id, why)
    return render.page(
        request,
        "loans/member_history.html",
        of=shown,
        totals=member_history.sums(shown),
        ageing=ageing,
        lending=words,
        reads_book=holds(viewer.actor, May.READ_BOOK, shown.chapter_id),
    )
