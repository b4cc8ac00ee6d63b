"""The cash book as a page: of each pot or one, of all cash or one place, for some days; to print."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app import clock
from app.access.identity import Viewing
from app.errors import Invalid
from app.reports import cash_book as books
from app.reports import rules
from app.reports.cash_book import CashBook, PotBook
from app.reports.rules import Period
from app.savings import queries as savings
from app.terms import N_, Place
from app.web import forms, keys, language, render
from app.web.book import check_code
from app.web.fields import Db, PathId

router = APIRouter(include_in_schema=False)
PLACES = {
    Place.POT: N_("Trong lợn"),
    Place.HAND: N_("Trên tay thủ quỹ"),
    Place.BANK: N_("Ở ngân hàng"),
}
WIDE, TALL = 336, 84  # of the drawn balance


@router.get("/chi-hoi/{chapter_id}/so-quy")
async def cash_book(
    request: Request,
    db: Db,
    viewer: Viewing,
    chapter_id: PathId,
    pot_id: str = "",
    place: str = "",
    from_: Annotated[str, Query(alias="from")] = "",
    to: str = "",
) -> Response:
    """A filter that makes no sense filters nothing; turned days are told beside their field."""
    where = Place(place) if place in set(Place) else None
    asked: dict[str, Any] = {
        "actor": viewer.actor,
        "chapter_id": chapter_id,
        "pot_id": pot_id if keys.UUID.fullmatch(pot_id) else None,
        "place": where,
    }
    refusal = None
    try:
        found = await db.read(books.cash_book, **asked, from_on=_day(from_), to_on=_day(to))
    except Invalid as turned:
        refusal = turned
        found = await db.read(books.cash_book, **asked)
    pots = await db.read(savings.pots, actor=viewer.actor, chapter_id=chapter_id)
    lang = language.of_request(request)
    shown = _shown(found, lang) | {
        "check_code": check_code(request, found.head),
        "form": {"pot_id": asked["pot_id"] or "", "place": where.value if where else "",
                 "from": found.over.first.isoformat(), "to": found.over.last.isoformat()},
        "choices": [(pot.id, pot.name) for pot in pots],
        "places": [(one.value, words) for one, words in PLACES.items()],
        "place_text": PLACES[where] if where else N_("Tất cả tiền mặt"),
        "months": _months(found, asked["pot_id"], where),
    }  # fmt: skip
    if refusal is not None:
        shown["form"] |= {"from": from_[:10], "to": to[:10]}
    return render.page(
        request, "reports/cash_book.html", book=shown, problems=forms.problems(request, refusal)
    )


def _shown(found: CashBook, lang: str) -> dict[str, Any]:
    return {
        "chapter_id": found.chapter_id,
        "chapter_name": found.chapter_name,
        "first": found.over.first,
        "last": found.over.last,
        "seq": found.seq,
        "pots": [_pot(pot, found.over, lang) for pot in found.pots],
    }


def _pot(pot: PotBook, over: Period, lang: str) -> dict[str, Any]:
    until = Period(over.first, max(over.first, min(over.last, clock.today())))
    return {
        "id": pot.pot_id,
        "name": pot.name,
        "opening": pot.opening,
        "closing": pot.closing,
        "came_in": pot.came_in,
        "went_out": pot.went_out,
        "ends": pot.ends,
        "most": max([pot.opening, *(balance for _, balance in pot.ends)]),
        "path": rules.steps(pot.opening, pot.ends, until, WIDE, TALL),
        "until": until.last,
        "lines": [
            {
                "id": line.of.id,
                "recorded_on": line.of.recorded_on,
                "day": line.of.day,
                "number": str(line.of.voucher) if line.of.voucher else str(line.of.seq),
                "text": language.filled(*line.of.text, lang),
                "came_in": line.came_in,
                "went_out": line.went_out,
                "balance": line.balance,
                "reversed_by": line.of.reversed_by,
            }
            for line in pot.lines
        ],
    }


def _months(found: CashBook, pot_id: str | None, place: Place | None) -> list[str | None]:
    """Where the month before and the month behind are."""
    path = f"/chi-hoi/{found.chapter_id}/so-quy"
    chosen = {"pot_id": pot_id, "place": place.value if place else None}
    return [
        f"{path}?{urlencode({k: v for k, v in chosen.items() if v} | {'from': of.first, 'to': of.last})}"
        if of
        else None
        for of in rules.months_beside(found.over, clock.today())
    ]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == len("YYYY-MM-DD") else None
    except ValueError:
        return None
    # Neither before there were books nor where the calendar ends: both have a month beside them.
    return found if found and 1900 <= found.year < 3000 else None
