"""Today, a member's page, the trail."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock
from app.access.identity import Viewer, Viewing
from app.access.rules import LEVEL_WORDS
from app.audit.chain import check_code
from app.db.tx import Tx
from app.errors import not_found
from app.members import queries as members
from app.reports import queries, trail
from app.reports import today as day_view
from app.savings.rules import PERIOD_WORDS
from app.terms import Act, Actor, Level
from app.web import keys, language, render
from app.web.fields import Db, PathId

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root() -> Response:
    """Where everybody begins."""
    return RedirectResponse("/hom-nay", 303)


@router.get("/hom-nay")
async def today(request: Request, db: Db, viewer: Viewing) -> Response:
    """The chapter's day, or the units below a leader."""
    if viewer.chapter_id is None:
        return await _units(request, db, viewer)
    found = await db.read(day_view.today, actor=viewer.actor, chapter_id=viewer.chapter_id)
    code = check_code(bytes.fromhex(found.head))
    say = language.translations(language.of_request(request)).gettext
    verified = say("Sổ niêm phong đến số {n} · mã {code}").format(n=found.seq, code=code)
    shown = {name: getattr(found, name) for name in found.__slots__}
    return render.page(request, "reports/today.html", today=shown | {"verified_text": verified})


async def _units(request: Request, db: Db, viewer: Viewer) -> Response:
    rows = await db.read(day_view.units_below, actor=viewer.actor, unit_id=viewer.unit_id)
    name, level = await db.read(_unit_name, viewer.unit_id)
    say = language.translations(language.of_request(request)).gettext
    shown = [asdict(row) | {"level_text": say(LEVEL_WORDS[Level(row.level)])} for row in rows]
    board = {
        "name": name,
        "level_text": say(LEVEL_WORDS[Level(level)]),
        "children": [row for row in shown if row["level"] != Level.CHAPTER],
        "chapters": [row for row in shown if row["level"] == Level.CHAPTER],
    }
    return render.page(request, "reports/units.html", board=board)


def _unit_name(db: Tx, unit_id: str) -> tuple[str, str]:
    name, level = db.rows("SELECT name, level FROM unit WHERE id = ?", (unit_id,))[0]
    return name, level


@router.get("/chi-hoi/{chapter_id}/hoi-vien/{member_id}")
async def member(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, member_id: PathId, sau: str = ""
) -> Response:
    """A member's balance and lines."""
    shown = await db.read(members.member, actor=viewer.actor, member_id=member_id)
    if shown.chapter_id != chapter_id:
        raise not_found()
    page = await db.read(_member_page, viewer.actor, shown, sau[:60])
    word = PERIOD_WORDS[page["period"]]
    page["pots"] = [pot | {"period_word": word} for pot in page["pots"]]
    return render.page(request, "reports/member.html", page=page)


def _member_page(db: Tx, actor: Actor, shown: members.MemberShown, after: str) -> dict[str, Any]:
    found = queries.balance(db, actor=actor, member_id=shown.id)
    lines = queries.statement(
        db, actor=actor, member_id=shown.id, after=queries.place(after), limit=40
    )
    since = _year_before(clock.today())
    months = queries.months(db, actor=actor, member_id=shown.id, since=since)
    path = f"/chi-hoi/{shown.chapter_id}/hoi-vien/{shown.id}"
    older = (
        f"{path}?{urlencode({'sau': queries.place_after(lines[-1])})}" if len(lines) == 40 else None
    )
    return {
        "chapter_id": shown.chapter_id,
        "id": shown.id,
        "number": shown.number,
        "name": shown.name,
        "joined_on": shown.joined_on,
        "left_on": shown.left_on,
        "savings": found.savings,
        "contributed": found.contributed,
        "pots": [
            {"name": pot.name, "savings": pot.savings, "contributed": pot.contributed,
             "covered": pot.periods_covered, "elapsed": pot.periods_elapsed, "fill": pot.fill}
            for pot in found.pots
        ],
        "period": found.period,
        "months": [(f"{month[5:]}/{month[2:4]}", amount) for month, amount in months],
        "lines": [
            {"date": line.date, "text": queries.line_text(line), "amount": line.amount,
             "balance": line.balance, "entry_id": line.entry_id, "reversed": line.reversed}
            for line in lines
        ],
        "older": older,
        "as_of": clock.day_of(found.as_of),
        "number_sealed": found.seq,
        "check_code": check_code(bytes.fromhex(found.head)),
        "next_breaking_on": next((p.next_breaking_on for p in found.pots if p.next_breaking_on), None),
    }  # fmt: skip


def _year_before(day: date) -> date:
    """The first day of the month eleven months back: twelve months with this one."""
    months = day.year * 12 + day.month - 12
    return date(months // 12, months % 12 + 1, 1)


@router.get("/chi-hoi/{chapter_id}/nhat-ky")
async def trail_page(
    request: Request,
    db: Db,
    viewer: Viewing,
    chapter_id: PathId,
    person: str = "",
    day: str = "",
    kind: str = "",
    truoc: str = "",
) -> Response:
    """What was done, newest first, in plain words. A filter that makes no sense filters nothing."""
    person = person if keys.UUID.fullmatch(person) else ""
    act = Act(kind) if kind in set(Act) else None
    on = _day(day)
    before = int(truoc) if truoc.isascii() and truoc.isdigit() and len(truoc) < 16 else None
    found = await db.read(
        trail.page,
        actor=viewer.actor,
        chapter_id=chapter_id,
        person_id=person or None,
        day=on,
        act=act,
        before_seq=before,
    )
    lang = language.of_request(request)
    say = language.translations(lang).gettext
    asked = {
        "person": person,
        "day": on.isoformat() if on else "",
        "kind": act.value if act else "",
    }
    more = urlencode({k: v for k, v in asked.items() if v} | {"truoc": found.older or 0})
    items = [
        {
            "seq": told.seq,
            "at": told.at,
            "who": told.who,
            "device": told.device,
            "sentence": language.filled(trail.SENTENCES[Act(told.act)], told.values, lang),
            "reason": told.reason,
            "code": told.code,
            "entry_id": told.entry_id,
        }
        for told in found.items
    ]
    shown = _Trail(
        chapter_id=chapter_id,
        chapter_name=viewer.chapter_name or "",
        people=found.people,
        kinds=[(kind.value, say(words)) for kind, words in trail.ACTS.items()],
        items=items,
        older=f"/chi-hoi/{chapter_id}/nhat-ky?{more}" if found.older else None,
        head=check_code(bytes.fromhex(found.head)),
        seq=found.seq,
        **asked,
    )
    return render.page(request, "reports/trail.html", trail=shown)


class _Trail:
    """What the trail's template reads; a dict would hide `items` behind its own method."""

    def __init__(self, **shown: object) -> None:
        self.__dict__.update(shown)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
