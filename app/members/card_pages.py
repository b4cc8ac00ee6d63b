"""Making members' cards: chosen, made, and shown once on a page to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import clock
from app.access import cards, keyring
from app.access.cards import CardMade
from app.access.identity import Viewer, Viewing
from app.db.tx import Tx
from app.errors import Conflict, Invalid, Refusal, not_found
from app.members import queries
from app.members.queries import MemberShown
from app.terms import Actor
from app.web import forms, qr, render
from app.web.book import RealOnly
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])


@dataclass(frozen=True, slots=True)
class _Chapter:
    """Whom cards can be made for: members in force today, and the cards they hold."""

    id: str
    name: str
    members: list[MemberShown]
    held: dict[str, keyring.CardHeld]


def _chapter(db: Tx, actor: Actor, chapter_id: str) -> _Chapter:
    held = keyring.cards_held(db, actor=actor, chapter_id=chapter_id)
    members = queries.members(db, actor=actor, chapter_id=chapter_id, on=clock.today(), limit=2000)
    return _Chapter(chapter_id, queries.chapter_name(db, chapter_id), members, held)


@router.get("/chi-hoi/{chapter_id}/the")
async def choose(
    request: Request, db: RealDb, viewer: Viewing, chapter_id: PathId, chon: str = ""
) -> Response:
    """Tick who gets a card; `chon=chua` has ticked whoever has none."""
    chapter = await db.read(_chapter, viewer.actor, chapter_id)
    chosen = [m.id for m in chapter.members if m.id not in chapter.held] if chon else []
    return _choose_page(request, chapter, chosen, None)


@router.post("/chi-hoi/{chapter_id}/the")
async def make_several(
    request: Request, db: RealDb, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Cards for all who were ticked."""
    return await _make(request, db, viewer, chapter_id, typed, typed.get("member", []))


@router.post("/chi-hoi/{chapter_id}/hoi-vien/{member_id}/the")
async def make_one(
    request: Request,
    db: RealDb,
    viewer: Viewing,
    chapter_id: PathId,
    member_id: PathId,
    typed: Typed,
) -> Response:
    """A card for one member."""
    return await _make(request, db, viewer, chapter_id, typed, [member_id])


async def _make(
    request: Request,
    db: RealDb,
    viewer: Viewer,
    chapter_id: str,
    typed: dict[str, list[str]],
    wanted: Sequence[str],
) -> Response:
    """Answers with the cards themselves: their codes are kept nowhere, so no page can show them again."""
    chapter = await db.read(_chapter, viewer.actor, chapter_id)
    chosen = [m for m in chapter.members if m.id in set(wanted)]
    if len(chosen) != len(set(wanted)):
        raise not_found()
    ids = [m.id for m in chosen]
    try:
        if not ids:
            raise Invalid("nobody_chosen", "Chưa chọn chị nào.", field="member")
        made = await db.write(
            cards.make_cards,
            actor=viewer.actor,
            chapter_id=chapter_id,
            member_ids=ids,
            asked_at=_asked_at(typed),
        )
    except (Invalid, Conflict) as refusal:
        again = await db.read(_chapter, viewer.actor, chapter_id)
        return _choose_page(request, again, ids, refusal)
    base = str(request.base_url)
    return render.page(
        request,
        "members/cards.html",
        chapter_id=chapter_id,
        chapter_name=chapter.name,
        cards=[_card(m, one, base) for m, one in zip(chosen, made, strict=True)],
        days=cards.CODE_DAYS,
        last_day=clock.today() + timedelta(days=cards.CODE_DAYS),
    )


def _asked_at(typed: dict[str, list[str]]) -> int:
    """When the form was shown; one that does not say counts as older than any card."""
    said = forms.fields(typed, ("asked_at",))["asked_at"]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0


def _card(member: MemberShown, made: CardMade, base: str) -> dict[str, Any]:
    url = f"{base}the/{made.card_id}"
    return {
        "name": member.name,
        "number": member.number,
        "address": f"{url.partition('://')[2].partition('/')[0]}/the/",
        "card_id": made.card_id,
        "code": made.first_pin_code,
        "qr": qr.drawn(url),
    }


def _choose_page(
    request: Request, chapter: _Chapter, chosen: Sequence[str], refusal: Refusal | None
) -> Response:
    rows = [
        {
            "id": m.id,
            "number": m.number,
            "name": m.name,
            "made_on": clock.day_of(held.made_at) if (held := chapter.held.get(m.id)) else None,
            "taken": held.taken if held else False,
            "chosen": m.id in set(chosen),
        }
        for m in chapter.members
    ]
    return render.page(
        request,
        "members/choose_cards.html",
        forms.status(refusal),
        chapter_id=chapter.id,
        chapter_name=chapter.name,
        rows=rows,
        without=sum(1 for row in rows if row["made_on"] is None),
        asked_at=clock.now(),
        problems=forms.problems(request, refusal),
    )
