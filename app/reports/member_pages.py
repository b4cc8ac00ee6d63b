"""A member's book: her officers read it, she herself says of each line whether it is right."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock
from app.access import keyring
from app.access.identity import Viewer, Viewing
from app.access.looking import leave_line
from app.access.queries import holds
from app.access.rules import May
from app.breaking import queries as breakings
from app.breaking.queries import OwnShare
from app.db.tx import Tx
from app.errors import Invalid, not_found
from app.loans import own as loans
from app.loans import words
from app.loans.loan import UNFINISHED
from app.loans.own_pages import reasons
from app.members import queries as members
from app.reports import aloud, queries
from app.savings import confirming
from app.savings.api import text
from app.savings.rules import PERIOD_WORDS
from app.terms import Actor, Membership, Verdict
from app.web import forms, render
from app.web.book import check_code
from app.web.fields import Db, PathId, RealDb, Typed

router = APIRouter(include_in_schema=False)
LINES = 40


@router.get("/chi-hoi/{chapter_id}/hoi-vien/{member_id}")
async def member(
    request: Request, db: Db, real: RealDb, viewer: Viewing, chapter_id: PathId, member_id: PathId,
    sau: str = "",
) -> Response:  # fmt: skip
    """A member's balance and lines for her officers; it leaves a line that she can read.

    Also while they practise: a copy shows her real figures.
    """
    shown = await db.read(members.member, actor=viewer.actor, member_id=member_id)
    if shown.chapter_id != chapter_id:
        raise not_found()
    if viewer.actor.member is not None:
        return RedirectResponse("/so-cua-toi", 303)
    await leave_line(real, viewer.actor, chapter_id, member_id)
    page = await db.read(_page, viewer.actor, shown, sau[:60])
    page["check_code"] = check_code(request, page["head"])
    card = None
    if holds(viewer.actor, May.MAKE_CARDS, chapter_id) and shown.left_on is None:
        card = await db.read(_card, viewer.actor, shown)
    page["may_settle"] = holds(viewer.actor, May.SETTLE_MEMBERS, chapter_id)
    return render.page(
        request, "reports/member.html", page=page, card=card, problems={}, lending=words,
        reasons=reasons(request, page["loans"]),
    )  # fmt: skip


def _card(db: Tx, actor: Actor, shown: members.MemberShown) -> dict[str, Any]:
    """Her card in force, and the instant at which another is asked for."""
    held = keyring.cards_held(db, actor=actor, chapter_id=shown.chapter_id).get(shown.id)
    return {
        "made_on": clock.day_of(held.made_at) if held else None,
        "taken": held.taken if held else False,
        "asked_at": clock.now(),
    }


@router.get("/so-cua-toi")
async def own_book(request: Request, db: Db, viewer: Viewing, sau: str = "") -> Response:
    """A member's own book; whoever keeps books has no such page."""
    if viewer.actor.member is None:
        return RedirectResponse("/hom-nay", 303)
    return await _own(request, db, viewer, sau, None)


@router.post("/so-cua-toi/{line_id}")
async def judge(
    request: Request, db: Db, viewer: Viewing, line_id: PathId, typed: Typed
) -> Response:
    """Her word on a line; then back to the same place."""
    form = forms.fields(typed, ("verdict", "note", "sau"))
    of, sau = viewer.actor.member, form["sau"][:60]
    try:
        if form["verdict"] not in set(Verdict):
            raise Invalid("verdict_unclear", "Mời chị chọn Đúng hoặc Sai.", field="verdict")
        verdict = Verdict(form["verdict"])
        note = text(form["note"].strip(), "note") if verdict is Verdict.WRONG else None
        await db.write(
            confirming.confirm_line,
            actor=viewer.actor,
            member_id=of.member_id if of else "",
            line_id=line_id,
            verdict=verdict,
            note=note,
        )
    except Invalid as refusal:
        return await _own(request, db, viewer, sau, refusal)
    query = f"?{urlencode({'sau': sau})}" if sau else ""
    return RedirectResponse(f"/so-cua-toi{query}#l-{line_id}", 303)


async def _own(
    request: Request, db: Db, viewer: Viewer, sau: str, refusal: Invalid | None
) -> Response:
    of = viewer.actor.member
    if of is None:
        raise not_found()
    shown = await db.read(members.member, actor=viewer.actor, member_id=of.member_id)
    page = await db.read(_page, viewer.actor, shown, sau[:60])
    page["check_code"] = check_code(request, page["head"])
    said = " ".join(forms.problems(request, refusal).values())
    problems = {"": said} if said else {}
    status = forms.status(refusal)
    return render.page(
        request, "reports/member.html", status, page=page, card=None, problems=problems,
        lending=words, reasons=reasons(request, page["loans"]),
    )  # fmt: skip


def _page(db: Tx, actor: Actor, shown: members.MemberShown, after: str) -> dict[str, Any]:
    found = queries.balance(db, actor=actor, member_id=shown.id)
    place = queries.place(after)
    lines = queries.statement(db, actor=actor, member_id=shown.id, after=place, limit=LINES)
    since = _year_before(clock.today())
    months = queries.months(db, actor=actor, member_id=shown.id, since=since)
    own = actor.member is not None
    lent = loans.of_member(db, Membership(shown.chapter_id, shown.id))
    share = breakings.latest_share(db, actor=actor, member_id=shown.id)
    path = "/so-cua-toi" if own else f"/chi-hoi/{shown.chapter_id}/hoi-vien/{shown.id}"
    more = len(lines) == LINES
    older = f"{path}?{urlencode({'sau': queries.place_after(lines[-1])})}" if more else None
    return {
        "own": own,
        "path": path,
        "chapter_id": shown.chapter_id,
        "id": shown.id,
        "number": shown.number,
        "name": shown.name,
        "joined_on": shown.joined_on,
        "left_on": shown.left_on,
        "may_settle": False,
        "savings": found.savings,
        "awaiting": found.awaiting_collection,
        "contributed": found.contributed,
        "share": share,
        "share_path": _share_path(share, own, shown.number),
        "pots": [
            {"name": pot.name, "savings": pot.savings, "contributed": pot.contributed,
             "covered": pot.periods_covered, "elapsed": pot.periods_elapsed, "fill": pot.fill,
             "period_word": PERIOD_WORDS[found.period]}
            for pot in found.pots
        ],
        "months": [(f"{month[5:]}/{month[2:4]}", amount) for month, amount in months],
        "loans": [one for one in lent if one.standing.loan.state in UNFINISHED],
        "past_loans": any(one.standing.loan.state not in UNFINISHED for one in lent),
        "lines": [
            {"id": line.line_id, "date": line.date, "text": queries.line_text(line),
             "amount": line.amount, "balance": line.balance, "path": queries.paper(line.kind, line.entry_id),
             "reversed": line.reversed, "verdict": line.verdict}
            for line in lines
        ],
        "aloud": aloud.sentences(shown.name, found, lines, lent),
        "here": after if place else "",
        "older": older,
        "as_of": clock.day_of(found.as_of),
        "number_sealed": found.seq,
        "head": found.head,
        "next_breaking_on": next((p.next_breaking_on for p in found.pots if p.next_breaking_on), None),
    }  # fmt: skip


def _share_path(share: OwnShare | None, own: bool, number: int) -> str:
    """Her slip of the last breaking: on her own page hers alone."""
    if share is None:
        return ""
    path = f"mo-lon/{share.breaking_id}"
    return f"/so-cua-toi/{path}" if own else f"/{path}/phieu?so={number}"


def _year_before(day: date) -> date:
    """The first day of the month eleven months back: twelve months with this one."""
    months = day.year * 12 + day.month - 12
    return date(months // 12, months % 12 + 1, 1)
