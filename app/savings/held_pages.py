"""Reviewing what an outgoing officer's phone handed over: look, record under one's own name, or drop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, names
from app.access.identity import Viewer, Viewing
from app.access.queries import holds, unit_name
from app.access.rules import May
from app.errors import Refusal
from app.ledger.once import Ticket
from app.savings import held, holding, pages, rules
from app.savings.held import Kept
from app.savings.pages import Tried
from app.savings.sheet_form import Row
from app.terms import Fate
from app.web import forms, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)


@router.get("/chi-hoi/{chapter_id}/bang-giu")
async def held_sheets(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """What waits for a look, and what was decided lately."""
    waiting, decided = await db.read(held.listed, actor=viewer.actor, chapter_id=chapter_id)
    return render.page(
        request,
        "savings/held_list.html",
        chapter_name=await db.read(unit_name, chapter_id),
        waiting=[_shown(kept) for kept in waiting],
        decided=[_shown(kept) for kept in decided],
    )


@router.get("/bang-giu/{held_id}")
async def held_sheet(request: Request, db: Db, viewer: Viewing, held_id: PathId) -> Response:
    """One of them, and what no longer fits; afterwards, what became of it."""
    kept = await db.read(held.look, actor=viewer.actor, held_id=held_id)
    return _show(request, viewer, kept)


@router.post("/bang-giu/{held_id}/ghi")
async def record(
    request: Request, db: Db, viewer: Viewing, held_id: PathId, typed: Typed
) -> Response:
    """Record it as it is, under the reviewer's own name and its first key, by all rules."""
    kept = await db.read(held.look, actor=viewer.actor, held_id=held_id)
    if kept.held.fate:  # another was faster: its page says who, and what she did
        return RedirectResponse(f"/bang-giu/{held_id}", 303)
    form = kept.held.form | {"key": [held_id], "do": ["record"]}
    form |= {name: typed[name] for name in ("confirmed", "reason") if any(typed.get(name, []))}
    ticket = Ticket(held_id, kept.held.request)
    tried = await pages.attempt(request, db, viewer, kept.held.chapter_id, form, ticket)
    if tried.posted is not None:
        return RedirectResponse(f"/phieu/{tried.posted.id}", 303)
    kept = await db.read(held.look, actor=viewer.actor, held_id=held_id)  # another may have decided
    return _show(request, viewer, kept, tried=tried, typed=typed)


@router.post("/bang-giu/{held_id}/bo")
async def drop(
    request: Request, db: Db, viewer: Viewing, held_id: PathId, typed: Typed
) -> Response:
    """Not recorded, and why."""
    form = forms.fields(typed, ("why",))
    try:
        reason = names.clean(form["why"], longest=2000, field="why")
        await db.write(holding.drop, actor=viewer.actor, held_id=held_id, reason=reason)
    except Refusal as refusal:
        kept = await db.read(held.look, actor=viewer.actor, held_id=held_id)
        return _show(request, viewer, kept, refusal=refusal, typed=typed)
    return RedirectResponse(f"/bang-giu/{held_id}", 303)


def _show(
    request: Request, viewer: Viewer, kept: Kept, *, tried: Tried | None = None,
    refusal: Refusal | None = None, typed: dict[str, list[str]] | None = None,
) -> Response:  # fmt: skip
    lang = language.of_request(request)
    wrong = forms.problems(request, refusal)
    if tried is not None and not tried.question:
        wrong |= tried.sentences(lang)
    late = (clock.today() - kept.day).days > kept.blank.backdate_days and not kept.of("reason")
    fits_not = {name: language.sentence(p, lang) for name, p in kept.problems.items()}
    if late:
        fits_not.pop("reason", None)  # its field stands right there
    clear = {line.member_id: line.amount for line in kept.filled.lines}
    lines = [
        _line(row, clear.get(row.member_id), lang) for row in kept.filled.rows if row.amount.strip()
    ]
    may = holds(viewer.actor, May.RECORD_SHEETS, kept.held.chapter_id)
    status = forms.status(refusal) if refusal else 422 if wrong else 200
    return render.page(
        request,
        "savings/held.html",
        status,
        sheet=_shown(kept)
        | {
            "lines": lines,
            "fits_not": fits_not,
            "troubled": bool(fits_not) or any(line["problem"] for line in lines),
            "needs_reason": late,
            "question": tried.question if tried else None,
            "may_decide": may and kept.held.fate is None,
            "form": {name: texts[0] for name, texts in kept.held.form.items()},
        },
        problems=wrong,
        form=forms.fields(typed or {}, ("why", "reason")),
    )


def _line(row: Row, amount: int | None, lang: str) -> dict[str, Any]:
    problem = language.sentence(row.problem, lang) if row.problem else None
    return {"number": row.number, "name": row.name, "amount": amount, "typed": row.amount,
            "periods": row.periods, "problem": problem}  # fmt: skip


def _shown(kept: Kept) -> dict[str, Any]:
    """What is the same in the list and on the page."""
    of = kept.held
    pot, group = kept.of("pot_id"), kept.of("group_id")
    return {
        "id": of.id,
        "chapter_id": of.chapter_id,
        "who": of.who,
        "device": of.device,
        "received_at": _moment(of.received_at),
        "kept_at": _moment(of.kept_at) if of.kept_at else None,
        "date": kept.day,
        "pot": next((p.name for p in kept.blank.pots if p.id == pot), ""),
        "group": dict(kept.blank.groups).get(group, ""),
        "note": kept.of("note"),
        "reason": kept.of("reason"),
        "payers": len(kept.filled.lines),
        "total": kept.filled.total,
        "erased": not of.form,
        "period_word": rules.PERIOD_WORDS[kept.blank.period],
        "recorded": of.fate is Fate.RECORDED,
        "dropped": of.fate is Fate.DROPPED,
        "decided_by": of.decided_by,
        "decided_at": _moment(of.decided_at) if of.decided_at else None,
        "why": of.reason,
        "entry_id": of.entry_id,
        "entry_number": of.number,
    }


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at // 1_000_000, clock.VIETNAM):%d/%m/%Y %H:%M}"
