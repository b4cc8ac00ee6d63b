"""What each woman does with her money: the common case is one tap, exceptions a tap each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import money
from app.access.identity import Viewer, Viewing
from app.breaking import decide_form, looks, one_by_one, words
from app.breaking.decide_form import PAGE, WHOLE, Row
from app.breaking.looks import Asking
from app.breaking.steps import check_goes_on
from app.errors import Busy, Invalid, Refusal
from app.terms import Decision
from app.web import forms, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
ALL = "all-"
ORDER = (Decision.TAKE, Decision.KEEP, Decision.GIVE)


@dataclass(slots=True)
class _Page:
    """A part of the members: those looked for, or so many from a number on."""

    asking: Asking
    default: Decision
    every: list[Row]
    rows: list[Row]
    q: str
    pages: list[tuple[int, int, int]]  # of each: which, first and last number
    page: int


@router.get("/mo-lon/{breaking_id}/y-cac-chi")
async def asked(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, q: str = "", trang: str = "",
    xong: str = "",
) -> Response:  # fmt: skip
    """As it was said, else as the charter says."""
    page = await _page(db, viewer, breaking_id, q, trang)
    decide_form.told(page.every, page.asking.shown.of.decisions)
    return _show(request, page, None, saved=bool(xong))


@router.post("/mo-lon/{breaking_id}/y-cac-chi")
async def decide(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, typed: Typed
) -> Response:
    """Everybody the same, add up, or record; a refused form comes back as it was typed."""
    said = forms.fields(typed, ("q", "trang", "do"))
    page = await _page(db, viewer, breaking_id, said["q"], said["trang"])
    decide_form.told(page.every, page.asking.shown.of.decisions)
    page.rows = decide_form.typed(page.rows, typed)
    do = said["do"]
    if do.removeprefix(ALL) in set(Decision) and do.startswith(ALL):
        for row in page.rows:
            if not row.split:
                row.choice = Decision(do.removeprefix(ALL))
    if do != "record":
        return _show(request, page, _unclear(page))
    try:
        await db.write(
            one_by_one.decide_of,
            actor=viewer.actor,
            breaking_id=breaking_id,
            of=[row.member_id for row in page.rows],
            lines=decide_form.lines(page.rows, page.default),
        )
    except Refusal as refusal:
        return _show(request, page, decide_form.mark(page.rows, refusal))
    path = f"/mo-lon/{breaking_id}"
    if page.q:
        return RedirectResponse(f"{path}/y-cac-chi?xong=1", 303)
    if page.page < len(page.pages):
        return RedirectResponse(f"{path}/y-cac-chi?trang={page.page + 1}&xong=1", 303)
    return RedirectResponse(f"{path}/ky", 303)


def _unclear(page: _Page) -> Refusal | None:
    try:
        decide_form.lines(page.rows, page.default)
    except Invalid as refusal:
        return refusal
    return None


async def _page(db: Db, viewer: Viewer, breaking_id: str, q: str, trang: str) -> _Page:
    asking = await db.read(looks.asking, actor=viewer.actor, breaking_id=breaking_id)
    check_goes_on(asking.shown.of)
    default = asking.charter.default_decision
    if default is Decision.GIVE and not asking.has_box:
        default = Decision.KEEP
    every = decide_form.rows(asking.plan, asking.names, default)
    size = len(every) if len(every) <= WHOLE else PAGE
    parts = [every[at : at + size] for at in range(0, len(every), size or 1)]
    pages = [(n, part[0].number, part[-1].number) for n, part in enumerate(parts, 1)]
    which = int(trang) if trang.isascii() and trang.isdigit() and len(trang) < 4 else 1
    which = min(max(which, 1), max(len(parts), 1))
    found = [row for row in every if decide_form.matches(row.name, str(row.number), q[:60])]
    rows = found if q.strip() else parts[which - 1] if parts else []
    return _Page(asking, default, every, rows, q.strip()[:60], pages, which)


def _show(
    request: Request, page: _Page, refusal: Refusal | None, *, saved: bool = False
) -> Response:
    lang = language.of_request(request)
    asking = page.asking
    sums, beside = _sums(page)
    return render.page(
        request,
        "breaking/decide.html",
        forms.status(refusal),
        shown=asking.shown,
        path=f"/mo-lon/{asking.shown.of.id}",
        default=page.default.value,
        choices=[c for c in ORDER if c is not Decision.GIVE or asking.has_box],
        has_box=asking.has_box,
        rows=[_row(row, lang) for row in page.rows],
        q=page.q,
        pages=page.pages,
        page=page.page,
        last=not page.q and page.page >= len(page.pages),
        awaiting=[line for line in asking.plan.lines if line.awaiting],
        there=asking.plan.counted + asking.plan.opened,
        sums=sums,
        beside=beside,
        surplus=asking.plan.surplus,
        rule=words.RULE_WORDS[asking.charter.surplus_rule],
        saved=saved,
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )


def _sums(page: _Page) -> tuple[dict[str, int], dict[str, int]]:
    """Take, keep and give of everybody; and of those who are not on this page."""
    shown = {row.member_id for row in page.rows}
    everybody = dict.fromkeys((c.value for c in Decision), 0)
    others = dict(everybody)
    for row in page.every:
        for choice, amount in _divided(row).items():
            everybody[choice] += amount
            others[choice] += 0 if row.member_id in shown else amount
    return everybody, others


def _divided(row: Row) -> dict[str, int]:
    """As the form has it; the rules cut what does not suffice."""
    named = {}
    for choice, text in row.parts.items():
        if choice is not row.choice:
            named[choice.value] = _amount(text)
    return named | {row.choice.value: max(row.claim - sum(named.values()), 0)}


def _amount(text: str) -> int:
    try:
        return money.parse(text) if text.strip() else 0
    except Invalid:
        return 0


def _row(row: Row, lang: str) -> dict[str, Any]:
    line = row.line
    because = [one for one in line.why if one.because not in ("by_default", "no_box", "cash_short",
                                                              "gifts_short", "odd")]  # fmt: skip
    return {
        "number": row.number,
        "name": row.name,
        "line": line,
        "claim": row.claim,
        "choice": row.choice.value,
        "parts": {choice.value: text for choice, text in row.parts.items()},
        "split": row.split,
        "why": [language.filled(*words.told(one), lang) for one in because],
        "problem": language.sentence(row.problem, lang) if row.problem else None,
    }
