"""The living page of all components, in both colour schemes; there only for whoever develops."""

from __future__ import annotations

import re
from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.errors import not_found
from app.web import qr, render

router = APIRouter(include_in_schema=False)
CSS = render.STATIC.joinpath("css", "solon.css")
DAY = date(2026, 11, 23)
MONTH = (31_000, 28_000, 0, 34_000, 12_000, 0, 0, 40_000, -2_000)
BESIDE = """
.themes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); }
.themes > div { padding: 16px; background: var(--paper); color: var(--ink); }
.themes .two { display: block; }
.themes .foot, .themes .dock { position: static; }
.themes .ledger { display: block; overflow-x: auto; }
"""


@router.get("/style")
async def style(request: Request) -> Response:
    """Every component once in each scheme, with invented figures."""
    _developing(request)
    month = [(DAY - timedelta(days=n), MONTH[n % len(MONTH)]) for n in range(30, -1, -1)]
    code = qr.drawn("https://vi.du/phieu/412")
    return render.page(request, "style.html", sample_day=DAY, month=month, code=code)


@router.get("/style.css")
async def schemes(request: Request) -> Response:
    """The colours of solon.css, each scheme as a class, so that both stand on one screen."""
    _developing(request)
    light, dark = re.findall(r":root \{(.*?)\}", CSS.read_text(), re.DOTALL)[:2]
    both = f".light, .dark {{{light}}}\n.dark {{{dark}}}\n.light {{color-scheme: light}}\n.dark {{color-scheme: dark}}\n"
    return Response(both + BESIDE, media_type="text/css")


def _developing(request: Request) -> None:
    if not request.app.state.settings.developing:
        raise not_found()
