"""Idempotency keys at the doors (ledger/once.py keeps the replies)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from app import ids
from app.errors import Conflict, Invalid, Malformed, Refusal
from app.ledger.once import Answer, Ticket

T = TypeVar("T")
REPLAY = {"headers": {"Idempotent-Replay": {"schema": {"type": "string"}, "required": False}}}
ASIDE = ("do", "confirmed", "key")  # of a page's form: buttons and what carries the key
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_running: set[tuple[str, str]] = set()


async def key_of_header(
    idempotency_key: Annotated[str | None, Header(description="A UUID made by the client")] = None,
) -> str:
    """The client's key; calls that move money need one."""
    if idempotency_key is None:
        raise Malformed(
            "key_missing", "Thiếu Idempotency-Key: một UUID do máy gửi tạo cho mỗi lần ghi."
        )
    return checked(idempotency_key)


def checked(key: str) -> str:
    """A key in canonical form."""
    key = key.lower()
    if not UUID.fullmatch(key):
        raise Invalid("key_form", "Idempotency-Key phải là một UUID.", field="Idempotency-Key")
    return key


Key = Annotated[str, Depends(key_of_header)]


def of_form(key: str) -> str:
    """The key that a page's form carries; without one, sent twice it would be done twice."""
    if not UUID.fullmatch(key):
        raise Invalid("key_missing", "Trang chưa tải xong. Mời chị xem lại rồi ghi.")
    return key


def after(key: str, refusal: Refusal | None) -> str:
    """A refused form keeps its key, so that sending it again settles it; a used-up one is renewed."""
    used_up = refusal is not None and refusal.code == "key_reused"
    return key if UUID.fullmatch(key) and not used_up else ids.new()


def ticket(
    request: Request, key: str, body: BaseModel | dict[str, list[str]], path: str = ""
) -> Ticket:
    """The key with a digest of method, path and what the body means (not how it is spaced).

    A page's form counts as it was typed: what the page makes of it (how many days an amount
    covers) changes once the first sending is in the book. `path` stands for the door it was
    meant for, where it came through another.
    """
    if isinstance(body, BaseModel):
        means = body.model_dump_json()
    else:
        means = json.dumps({k: v for k, v in body.items() if k not in ASIDE}, sort_keys=True)
    said = f"{request.method} {path or request.url.path}\n{means}"
    return Ticket(key, hashlib.sha256(said.encode()).digest())


@contextmanager
def running(chapter_id: str, key: str) -> Iterator[None]:
    """Refuse the same key while its first request is still at work."""
    at = (chapter_id, key)
    if at in _running:
        raise Conflict("in_progress", "Đang ghi, chưa xong. Mời chị đợi rồi hỏi lại.")
    _running.add(at)
    try:
        yield
    finally:
        _running.discard(at)


def reply(answer: Answer[T], status: int) -> Response:
    """The stored bytes, the same every time; `status` is what the door gives this kind of answer."""
    headers = {"Idempotent-Replay": "true"} if answer.replayed else None
    return Response(answer.json, status, headers=headers, media_type="application/json")
