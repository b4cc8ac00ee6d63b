"""A voucher as paper: A4, half of it (A5), or a roll of 58 mm."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app import clock
from app.access.identity import Viewing
from app.ledger.vouchers import Series
from app.reports import vouchers
from app.reports.vouchers import Slip
from app.terms import N_, EntryKind
from app.web import language, qr, render
from app.web.book import check_code
from app.web.fields import Db, PathId

router = APIRouter(include_in_schema=False)
PAPERS = ("a5", "58")
TITLES = {Series.RECEIPT: N_("Phiếu thu"), Series.PAYMENT: N_("Phiếu chi"), None: N_("Chứng từ")}


@router.get("/chung-tu/{entry_id}")
async def voucher(
    request: Request,
    db: Db,
    viewer: Viewing,
    entry_id: PathId,
    in_: Annotated[str, Query(alias="in")] = "",
) -> Response:
    """Any entry as the slip that treasurers know; `?in=a5`, `?in=58` for smaller paper."""
    found = await db.read(vouchers.slip, actor=viewer.actor, entry_id=entry_id)
    shown = _shown(request, found)
    paper = in_ if in_ in PAPERS else ""
    return render.page(request, "reports/voucher.html", slip=shown, paper=paper)


def _shown(request: Request, found: Slip) -> dict[str, Any]:
    of, lang = found.of, language.of_request(request)
    code = check_code(request, found.head)
    # As on a sheet's slip: the code stays behind the `#`, and the page tells where they differ.
    link = f"{request.base_url}chung-tu/{of.id}#{code}"
    recorded = datetime.fromtimestamp(found.recorded_at // 1_000_000, clock.VIETNAM)
    series = of.voucher.series if of.voucher else None
    return {
        "id": of.id,
        "chapter_id": found.chapter_id,
        "units": found.units,
        "title": TITLES[series],
        "series": series.value if series else "",
        "number": str(of.voucher) if of.voucher else "",
        "year": of.day.year,
        "seq": of.seq,
        "day": of.day,
        "kind": of.kind.value,
        "is_sheet": of.kind is EntryKind.SHEET,
        "members": of.members,
        "pot_name": found.pot_name,
        "who": found.who,
        "text": found.purpose or language.filled(*of.text, lang),
        "note": found.note,
        "reason": found.reason,
        "amount": found.amount,
        "reversed_by": of.reversed_by,
        "recorded_by": found.recorded_by,
        "signed_by": found.signed_by,
        "recorded_at": f"{recorded:%d/%m/%Y %H:%M}",
        "check_code": code,
        "link": link,
        "qr": qr.drawn(link),
    }
