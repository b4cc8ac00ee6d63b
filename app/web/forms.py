"""Forms come back filled in, with the reason beside the field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from starlette.requests import Request

from app import ids
from app.errors import Invalid, Refusal
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


def day(text: str, today: date, field: str = "date") -> date:
    """A date field; empty is today."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else today
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field=field) from None


def next_key(key: str, refusal: Refusal | None) -> str:
    """A ₫ form keeps its key, so that sending it again settles it; a used-up one is renewed."""
    used_up = refusal is not None and refusal.code in ("key_reused", "key_form")
    return ids.new() if used_up or not key else key
