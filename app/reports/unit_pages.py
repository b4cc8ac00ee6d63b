"""The units below a leader, one board a unit."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.access.identity import Viewer, Viewing
from app.access.queries import reaches, unit_name
from app.access.rules import LEVEL_WORDS, May
from app.approvals import queries as approvals
from app.db.tx import Tx
from app.loans.found import officers_open
from app.reports import today as day_view
from app.terms import Actor, Level
from app.union import queries as union
from app.web import language, render
from app.web.book import RealOnly
from app.web.fields import PathId, RealDb

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])


@dataclass(frozen=True, slots=True)
class _Board:
    """A unit and what stands right below it."""

    unit: union.UnitShown
    rows: list[day_view.UnitRow]
    above: tuple[str, str] | None
    to_sign: int
    of_officers: int | None  # officers' own loans that are open; None where she reads no loans


@router.get("/don-vi/{unit_id}")
async def unit(request: Request, db: RealDb, viewer: Viewing, unit_id: PathId) -> Response:
    """The board of a unit within reach; a chapter has its officers instead."""
    return await board(request, db, viewer, unit_id)


async def board(request: Request, db: RealDb, viewer: Viewer, unit_id: str) -> Response:
    """A unit's board; the leader's own is her first page."""
    found = await db.read(_board, viewer.actor, unit_id, viewer.unit_id)
    if found.unit.level == Level.CHAPTER:
        return RedirectResponse(f"/don-vi/{unit_id}/chuc-vu", 303)
    say = language.translations(language.of_request(request)).gettext
    rows = [
        asdict(row) | {"level_text": say(LEVEL_WORDS[Level(row.level)]), "url": _url(row)}
        for row in found.rows
    ]
    shown = {
        "id": unit_id,
        "name": found.unit.name,
        "level_text": say(LEVEL_WORDS[Level(found.unit.level)]),
        "above": found.above,
        "children": [row for row in rows if row["level"] != Level.CHAPTER],
        "chapters": [row for row in rows if row["level"] == Level.CHAPTER],
    }
    return render.page(request, "reports/units.html", board=shown, to_sign=found.to_sign,
                       of_officers=found.of_officers)  # fmt: skip


def _url(row: day_view.UnitRow) -> str:
    return f"/don-vi/{row.id}/chuc-vu" if row.level == Level.CHAPTER else f"/don-vi/{row.id}"


def _board(db: Tx, actor: Actor, unit_id: str, own: str) -> _Board:
    shown = union.unit(db, actor=actor, unit_id=unit_id)
    above = shown.parent_id if unit_id != own else None
    return _Board(
        unit=shown,
        rows=day_view.units_below(db, actor=actor, unit_id=unit_id),
        above=(above, unit_name(db, above)) if above else None,
        of_officers=_of_officers(db, actor, unit_id),
        to_sign=len(approvals.waiting(db, actor=actor)) if unit_id == own else 0,
    )


def _of_officers(db: Tx, actor: Actor, unit_id: str) -> int | None:
    """What the commune is told of (domain: Loans)."""
    if not reaches(db, actor=actor, may=May.READ_LOANS_BELOW, unit_id=unit_id):
        return None
    return officers_open(db, unit_id)
