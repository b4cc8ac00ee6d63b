"""Vietnamese first, English second: message ids are the Vietnamese sentences."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request

from app.errors import Refusal

OURS = (
    "role",
    "kind",
    "what",
    "verdict",
    "from_place",
    "to_place",
)  # values that are words of ours
LOCALE = Path(__file__).parent.parent / "locale"
# Without its English the book does not start: half-translated pages would be worse.
_CATALOGUES = {
    "vi": gettext.NullTranslations(),
    "en": gettext.translation("solon", LOCALE, ["en"]),
}


def of_request(request: Request) -> str:
    """`vi` or `en`, whichever the request prefers; `vi` where it says neither."""
    best, chosen = 0.0, "vi"
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            q = float(weight or 1)  # how much a language is wished for; no money
        except ValueError:
            continue
        language = tag.strip().lower()[:2]
        if language in ("vi", "en") and q > best:
            best, chosen = q, language
    return chosen


def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of `vi` or `en`; Vietnamese needs none."""
    return _CATALOGUES[language]


def sentence(refusal: Refusal, language: str) -> str:
    """What a refusal says in a language."""
    return filled(refusal.text, refusal.values, language)


def filled(text: str, values: Mapping[str, str | int], language: str) -> str:
    """A sentence with its values; those of OURS, and `word` behind `periods`, are ours too."""
    catalogue, ours = translations(language), dict(values)
    for name in OURS:
        if name in values:
            ours[name] = catalogue.gettext(str(values[name]))
    if "word" in values:
        word = str(values["word"])
        ours["word"] = catalogue.ngettext(word, word, int(values["periods"]))
    if "{lines}" in text:
        return catalogue.ngettext(text, text, int(values["lines"])).format(**ours)
    return catalogue.gettext(text).format(**ours)
