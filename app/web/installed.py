"""What lets a phone keep the book's pages: the manifest, the worker, the page without a signal."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web import language, outbox_words, render
from app.web.render import STATIC, static

router = APIRouter(include_in_schema=False)
# What every page of the treasurer needs; with their digests, so that a new one is another URL.
SHELL = (
    "css/solon.css", "css/print.css", "js/here.js", "js/sheet.js", "js/phone.js", "icons/pig.svg",
)  # fmt: skip
COLOURS = {"background_color": "#FFFBF5", "theme_color": "#FFFBF5"}


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """Installed on the first screen, with a shortcut to today's sheet."""
    say = language.translations(language.of_request(request)).gettext
    icons = [
        {"src": static("icons/pig-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/pig-512.png"), "sizes": "512x512", "type": "image/png",
         "purpose": "any maskable"},
        {"src": static("icons/pig.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]  # fmt: skip
    told = {
        "id": "/", "name": say("Sổ Lợn"), "short_name": say("Sổ Lợn"), "start_url": "/hom-nay",
        "scope": "/", "display": "standalone", "lang": language.of_request(request),
        "icons": icons,
        "shortcuts": [{"name": say("Thu hôm nay"), "url": "/thu-hom-nay"}],
    }  # fmt: skip
    return Response(
        json.dumps(told | COLOURS, ensure_ascii=False),
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"},
    )


@router.get("/sw.js")
async def worker(request: Request) -> Response:
    """The worker with the list of its files; a changed file makes it a new worker.

    Browsers ask for it at every page they open: most often the answer is that it is the same.
    """
    text = _worker()
    mark = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/", "ETag": mark}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="text/javascript", headers=headers)


@lru_cache
def _worker() -> str:
    files = [static(name) for name in SHELL]
    return STATIC.joinpath("js/worker.js").read_text().replace('"__FILES__"', json.dumps(files))


@router.get("/static/words.js")
async def words(lang: str = "vi") -> Response:
    """What the phone says of the sheets it keeps; a file of its own, so that it comes once."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    said = outbox_words.script("en" if lang == "en" else "vi")
    return Response(said, media_type="text/javascript", headers=headers)


@router.get("/khong-mang")
async def no_signal(request: Request) -> Response:
    """Shown where a page is neither to be had nor kept; says nothing of anybody."""
    return render.page(request, "no_signal.html")
