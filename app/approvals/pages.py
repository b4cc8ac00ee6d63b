"""What waits for a signature, exactly what is signed, and signing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, names
from app.access.identity import Viewer, Viewing
from app.access.rules import ROLE_WORDS
from app.approvals import actions, queries, words
from app.approvals.kinds import KINDS, Shown
from app.approvals.queries import Approval
from app.db.tx import Tx
from app.errors import Refusal, not_found
from app.terms import N_, Actor, Role
from app.web import forms, language, render
from app.web.book import NO_CODE, practice
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
LATELY = 20  # decided approvals shown
# What a line of the list says beside its title.
ABOUT = {
    "sheet": N_("phiếu số {value}"),
    "new_officer": "{value}",
    "incoming": "{value}",
    "person": "{value}",
    "from": N_("từ {value}"),
}
PRINTED = ("cash_move", "expense")  # what two signed is a slip that is printed
ABOVE = N_("cán bộ Hội cấp trên")
ABOVE_OR_ADMIN = N_("cán bộ Hội cấp trên hoặc quản trị")


@dataclass(frozen=True, slots=True)
class _Listed:
    """An approval as the list's line."""

    approval: Approval
    pairs: Shown
    awaited: list[tuple[str, Role]]


@dataclass(frozen=True, slots=True)
class _Opened:
    """An approval as its own page shows it."""

    approval: Approval
    pairs: Shown | None  # None: not hers to read
    may_sign: bool
    awaited: list[tuple[str, Role]]


@router.get("/ky")
async def approvals(request: Request, db: Db, viewer: Viewing) -> Response:
    """For me to sign, mine that still wait, and what was decided lately."""
    if viewer.actor.member is not None:
        raise not_found()
    waiting, mine, decided = await db.read(_listed, viewer.actor)
    say = language.translations(language.of_request(request)).gettext
    return render.page(
        request,
        "approvals/list.html",
        waiting=[_line(one, say) for one in waiting],
        mine=[_line(one, say) for one in mine],
        decided=[_line(one, say) for one in decided],
    )


def _listed(db: Tx, actor: Actor) -> tuple[list[_Listed], list[_Listed], list[_Listed]]:
    def still(found: list[Approval]) -> list[_Listed]:
        return [_Listed(a, queries.shown(db, a), queries.awaited(db, a)) for a in found]

    decided = queries.decided(db, actor=actor, limit=LATELY)
    return (
        still(queries.waiting(db, actor=actor)),
        still(queries.proposed_by_me(db, actor=actor)),
        [_Listed(a, [], []) for a in decided],
    )


def _line(one: _Listed, say: words.Say) -> dict[str, Any]:
    found = {label: str(value) for label, value in one.pairs}
    label = next((label for label in ABOUT if label in found), None)
    value = found.get(label or "", "")
    value = words.day(value) if label == "from" else value
    about = say(ABOUT[label]).format(value=value) if label else ""
    return _facts(one.approval, one.awaited, say) | {"about": about}


def _facts(approval: Approval, awaited: list[tuple[str, Role]], say: words.Say) -> dict[str, Any]:
    """What is the same in the list and on the page."""
    return {
        "id": approval.id,
        "kind": approval.kind,
        "title": say(KINDS[approval.kind].title),
        "chapter_id": approval.chapter_id,
        "chapter_name": approval.chapter_name,
        "state": approval.state,
        "proposed_by": approval.proposed_by_name,
        "proposed_at": _moment(approval.proposed_at),
        "decided_by": approval.decided_by_name,
        "decided_at": _moment(approval.decided_at) if approval.decided_at else "",
        "waits_for": _waits_for(approval, awaited, say),
    }


def _waits_for(approval: Approval, awaited: list[tuple[str, Role]], say: words.Say) -> str:
    """Whose turn it is: the chapter's own, or whoever stands above where none of them can."""
    if awaited:
        return say(queries.waits_for(approval, awaited))
    return say("Chờ {who} ký").format(who=say(_above(approval)))


def _above(approval: Approval) -> str:
    signers = KINDS[approval.kind].signers
    admins = Role.ADMINISTRATOR in signers.roles | signers.stand_ins
    return ABOVE_OR_ADMIN if admins else ABOVE


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at // 1_000_000, clock.VIETNAM):%d/%m/%Y %H:%M}"


@router.get("/ky/{approval_id}")
async def approval(request: Request, db: Db, viewer: Viewing, approval_id: PathId) -> Response:
    """Exactly what is signed; afterwards, what became of it."""
    return await _show(request, db, viewer, approval_id)


@router.post("/ky/{approval_id}/ky")
async def sign(
    request: Request, db: Db, viewer: Viewing, approval_id: PathId, typed: Typed
) -> Response:
    """Give the second signature; a code in the answer is shown here and never again."""
    form = forms.fields(typed, ("fingerprint",))
    try:
        answer = await db.write(
            actions.sign,
            actor=viewer.actor,
            approval_id=approval_id,
            fingerprint=form["fingerprint"],
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, approval_id, refusal)
    if "enrol_code" in answer:
        return await _show(request, db, viewer, approval_id, code=answer["enrol_code"])
    return RedirectResponse(f"/ky/{approval_id}", 303)


@router.post("/ky/{approval_id}/tu-choi")
async def refuse(
    request: Request, db: Db, viewer: Viewing, approval_id: PathId, typed: Typed
) -> Response:
    """Refuse, or take back one's own proposal."""
    form = forms.fields(typed, ("reason",))
    try:
        reason = names.clean(form["reason"], longest=2000, field="reason")
        await db.write(actions.refuse, actor=viewer.actor, approval_id=approval_id, reason=reason)
    except Refusal as refusal:
        return await _show(request, db, viewer, approval_id, refusal, form)
    return RedirectResponse(f"/ky/{approval_id}", 303)


def _opened(db: Tx, actor: Actor, approval_id: str) -> _Opened:
    found = queries.reached(db, actor=actor, approval_id=approval_id)
    may_read = queries.may_read(db, actor=actor, approval=found)
    pairs = queries.shown(db, found) if may_read else None
    if pairs is not None and found.state != "waiting":  # by now the book has moved on
        pairs = [pair for pair in pairs if pair[0] != "no_longer"]
    waits = found.state == "waiting"
    return _Opened(
        approval=found,
        pairs=pairs,
        may_sign=waits and queries.may_sign(db, actor=actor, approval=found),
        awaited=queries.awaited(db, found) if waits else [],
    )


async def _show(
    request: Request,
    db: Db,
    viewer: Viewer,
    approval_id: str,
    refusal: Refusal | None = None,
    form: dict[str, str] | None = None,
    code: str | None = None,
) -> Response:
    opened = await db.read(_opened, viewer.actor, approval_id)
    lang = language.of_request(request)
    found, say = opened.approval, language.translations(lang).gettext
    pairs = None if opened.pairs is None else words.spoken(opened.pairs, lang)
    said = None if pairs is None else words.told(pairs, found.payload, say)
    about = dict(pairs or [])
    whose = next(
        (about[name] for name in ("new_officer", "incoming", "person") if name in about), ""
    )
    awaited = [(name, say(ROLE_WORDS[role])) for name, role in opened.awaited]
    above = say(_above(found))
    one = _facts(found, opened.awaited, say) | {
        "lines": None if said is None else [asdict(line) for line in said],
        "lost": any(line.trouble for line in said or []),
        "may_sign": opened.may_sign,
        "mine": found.proposed_by == viewer.actor.person_id,
        "awaited": awaited,
        "above": above[:1].upper() + above[1:],
        "done_text": say(words.DONE.get(found.kind, words.DONE_OTHER)),
        "fingerprint": found.fingerprint,
        "check": say(NO_CODE)
        if practice(request)
        else f"{found.fingerprint[:4]}-{found.fingerprint[4:8]}".upper(),
        "sheet_id": found.about if found.kind == "reversal" else None,
        "made_id": (found.result or {}).get("id") if found.kind == "reversal" else None,
        "difference_id": found.about if found.kind == "difference" else None,
        "handover_id": (found.result or {}).get("id") if found.kind == "handover" else None,
        "entry_id": (found.result or {}).get("id") if found.kind in PRINTED else None,
        "leaver_id": found.about if found.kind == "leaving_died" else None,
        "unit_id": found.payload.get("unit"),
    }
    return render.page(
        request,
        "approvals/one.html",
        forms.status(refusal),
        one=one,
        form=form or {},
        problems=forms.problems(request, refusal),
        code=code,
        whose=whose,
        hours=request.app.state.settings.enrol_hours,
    )
