"""Loan histories to read: a chapter's, all below a leader's unit, one member's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import clock, names
from app.access.identity import Viewing
from app.access.looking import leave_line, leave_lines
from app.access.queries import holds, unit_name
from app.access.rules import May
from app.errors import Invalid
from app.loan_terms import LoanPurpose, LoanState
from app.loans import lists, member_history, words
from app.loans.dues import ageing
from app.loans.found import Found, Wanted
from app.terms import NeedClass
from app.web import forms, keys, render
from app.web.book import RealOnly
from app.web.fields import Db, PathId, RealDb

router = APIRouter(include_in_schema=False)
below_router = APIRouter(include_in_schema=False, dependencies=[RealOnly])
Why = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
LATE = (1, 31, 91)  # the classes of ageing, from the first day of each
FIRST_YEAR = 2004  # the movement began
LINES = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page is asked, as it was typed; what makes no sense filters nothing."""

    typed: dict[str, str]
    after: str | None

    @property
    def wanted(self) -> Wanted:
        """The same for the query."""
        said = self.typed
        year = int(said["nam"]) if said["nam"] else None
        return Wanted(
            state=LoanState(said["state"]) if said["state"] else None,
            need=NeedClass(said["need"]) if said["need"] else None,
            late=int(said["overdue_days"]) if said["overdue_days"] else None,
            purpose=LoanPurpose(said["purpose_code"]) if said["purpose_code"] else None,
            officers=True if said["officers"] else None,
            since=date(year, 1, 1) if year else None,
            until=date(year, 12, 31) if year else None,
            q=said["q"],
        )

    def more(self, after: str | None, purpose: str = "") -> str | None:
        """The query of the next page."""
        if after is None:
            return None
        asked = {name: value for name, value in self.typed.items() if value}
        return urlencode(asked | ({"purpose": purpose} if purpose else {}) | {"sau": after})


def asked(
    state: str = "", need: str = "", overdue_days: str = "", purpose_code: str = "",
    officers: str = "", q: str = "", nam: str = "", sau: str = "",
) -> Filter:  # fmt: skip
    """The filters of a page's address."""
    year = nam if nam.isascii() and nam.isdigit() and len(nam) == 4 else ""
    return Filter(
        {
            "state": _known(state, LoanState),
            "need": _known(need, NeedClass),
            "overdue_days": overdue_days if overdue_days in map(str, LATE) else "",
            "purpose_code": _known(purpose_code, LoanPurpose),
            "officers": "1" if officers else "",
            "q": " ".join(q[:200].split()),
            "nam": year if year and int(year) >= FIRST_YEAR else "",
        },
        sau if keys.UUID.fullmatch(sau) else None,
    )


def _known(text: str, words: type[StrEnum]) -> str:
    return text if text in set(words) else ""


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
