"""Vietnamese first, English second: message ids are the Vietnamese sentences."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request

from app.errors import Refusal

LOCALE = Path(__file__).parent.parent / "locale"


def of_request(request: Request) -> str:
    """`vi` or `en`, whichever the request prefers; `vi` where it says neither."""
    best, chosen = 0.0, "vi"
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            q = float(weight or 1)
        except ValueError:
            continue
        language = tag.strip().lower()[:2]
        if language in ("vi", "en") and q > best:
            best, chosen = q, language
    return chosen


@lru_cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue; Vietnamese needs none."""
    return gettext.translation("solon", LOCALE, [language], fallback=True)


def sentence(refusal: Refusal, language: str) -> str:
    """What a refusal says in a language."""
    return translations(language).gettext(refusal.text).format(**refusal.values)
