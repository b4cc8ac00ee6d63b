"""Forms come back filled in, with the reason beside the field."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request

from app.errors import Refusal
from app.web import language
from app.web import problems as faces


def fields(typed: dict[str, list[str]], names: Iterable[str]) -> dict[str, str]:
    """The named fields as typed, empty where missing."""
    return {name: typed.get(name, [""])[0] for name in names}


def problems(request: Request, refusal: Refusal | None) -> dict[str, str]:
    """Field → sentence; a refusal that belongs to no field stands under ''."""
    if refusal is None:
        return {}
    lang = language.of_request(request)
    return {part.field: language.sentence(part, lang) for part in refusal.parts or (refusal,)}


def status(refusal: Refusal | None) -> int:
    """The status of a form shown (again)."""
    if refusal is None:
        return 200
    return faces.STATUS[next(t for t in type(refusal).__mro__ if t in faces.STATUS)]
