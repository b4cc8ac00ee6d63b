"""Today, what members called wrong, the rest of the pages, the trail."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.access.identity import Viewing
from app.access.queries import memberships, unit_name
from app.access.rules import May
from app.approvals import queries as approvals
from app.cash.blanks import begins
from app.reports import today as day_view
from app.reports import trail, trail_words
from app.reports.unit_pages import board
from app.savings import sheets
from app.terms import Act
from app.web import keys, language, render
from app.web.book import check_code
from app.web.fields import Db, PathId

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root() -> Response:
    """Where everybody begins."""
    return RedirectResponse("/hom-nay", 303)


@router.get("/hom-nay")
async def today(request: Request, db: Db, viewer: Viewing) -> Response:
    """The chapter's day, or the units below a leader; a member goes on to her own book."""
    if viewer.actor.member is not None:
        return RedirectResponse("/so-cua-toi", 303)
    if viewer.chapter_id is None:
        return await board(request, db, viewer, viewer.unit_id)
    found = await db.read(day_view.today, actor=viewer.actor, chapter_id=viewer.chapter_id)
    code = check_code(request, found.head)
    say = language.translations(language.of_request(request)).gettext
    verified = say("Sổ niêm phong đến số {n} · mã {code}").format(n=found.seq, code=code)
    shown = {name: getattr(found, name) for name in found.__slots__}
    more = {"verified_text": verified, "has_days": any(sum for _, sum in found.days)}
    return render.page(request, "reports/today.html", today=shown | more)


@router.get("/chi-hoi/{chapter_id}/bao-sai")
async def called_wrong(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """Lines that their members called wrong and nobody has mended yet."""
    lines = await db.read(sheets.wrong_lines, actor=viewer.actor, chapter_id=chapter_id)
    name = await db.read(unit_name, chapter_id)
    return render.page(request, "reports/wrong.html", chapter_name=name, lines=lines)


@router.get("/them")
async def more(request: Request, db: Db, viewer: Viewing) -> Response:
    """Everything that is not pressed every day."""
    if viewer.actor.member is not None:
        return RedirectResponse("/so-cua-toi", 303)
    to_sign = len(await db.read(approvals.waiting, actor=viewer.actor))
    helps = viewer.role in May.RESET_PINS.roles | May.READ_OFFICES.roles
    chapter_id = viewer.chapter_id
    fresh = chapter_id is not None and await db.read(begins, chapter_id=chapter_id)
    own = bool(await db.read(memberships, viewer.actor))
    return render.page(
        request, "reports/more.html", to_sign=to_sign, helps=helps, begins=fresh, own=own
    )


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
            "sentence": language.filled(trail_words.SENTENCES[Act(told.act)], told.values, lang),
            "reason": told.reason,
            "code": check_code(request, told.head),
            "paper": told.paper,
        }
        for told in found.items
    ]
    shown = _Trail(
        chapter_id=chapter_id,
        chapter_name=viewer.chapter_name or "",
        people=found.people,
        kinds=[(kind.value, say(words)) for kind, words in trail_words.ACTS.items()],
        items=items,
        older=f"/chi-hoi/{chapter_id}/nhat-ky?{more}" if found.older else None,
        head=check_code(request, found.head),
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
