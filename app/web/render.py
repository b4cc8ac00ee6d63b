"""Pages: templates with the product's words and figures."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from app import clock, money
from app.web import language, outbox_words
from app.web.book import FIELD, practice

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"
# Every form that is sent, on the page as it goes out: one that a template forgot to mark would be
# refused. Words of people are escaped, so none of them is taken for a form.
_FORM = re.compile(r'(<form\b[^>]*\bmethod="post"[^>]*>)')


def page(request: Request, template: str, code: int = 200, /, **context: Any) -> HTMLResponse:
    """A template as an answer; `viewer` is who is signed in (access.identity puts it there)."""
    lang = language.of_request(request)
    viewer = getattr(request.state, "viewer", None)
    copy = practice(request)
    html = (
        _environment(lang)
        .get_template(template)
        .render(viewer=viewer, lang=lang, practice=copy, **context)
    )
    if copy:
        html = _FORM.sub(rf'\1<input type="hidden" name="{FIELD}" value="{copy}">', html)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    if copy:
        headers["Solon-Practice"] = "1"
    elif viewer and viewer.may_record:
        headers["Solon-Keep"] = "1"  # her phone may keep it for when there is no signal
    return HTMLResponse(html, code, headers=headers)


def show_day(day: date | str) -> str:
    """dd/MM/yyyy."""
    return (date.fromisoformat(day) if isinstance(day, str) else day).strftime("%d/%m/%Y")


def _made_ms() -> int:
    return clock.now() // 1000


def _made_at() -> str:
    """When a page was made; a kept page says so."""
    return f"{datetime.fromtimestamp(clock.now() // 1_000_000, clock.VIETNAM):%H:%M %d/%m}"


class Static(StaticFiles):
    """Our own files: their URL carries their digest, so a browser may keep them for ever."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        """As ever, and cached."""
        response = super().file_response(*args, **more)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@lru_cache
def static(name: str) -> str:
    """The URL of a static file, with its content's digest so that it may be cached for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@lru_cache
def _environment(lang: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(language.translations(lang), newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(money=money.show, day=show_day, words=money.in_words)
    environment.globals.update(static=static, made_at=_made_at, made_ms=_made_ms)
    environment.globals.update(words=lambda: outbox_words.url(lang))
    return environment
