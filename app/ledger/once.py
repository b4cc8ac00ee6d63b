"""An act is done once however often it is sent: stored replies under the client's key.

The reply is written in the transaction of the act, so there is no moment at which one is there
without the other. Keys belong to the chapter, not to the person, and are kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from app.audit import trail
from app.db.tx import Tx
from app.errors import Invalid

T = TypeVar("T")


class Ticket(NamedTuple):
    """The client's key and a digest of method, path and body."""

    key: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was done, as a value and as the JSON that was stored."""

    value: T
    json: bytes
    replayed: bool


def do_once(
    db: Tx, *, chapter_id: str, ticket: Ticket, kind: type[T], act: Callable[[], T]
) -> Answer[T]:
    """Do `act`, or answer as it was answered when this key came first.

    Call it after the permission, before any rule: a replay must not fail because the book moved
    on. Raises Invalid `key_reused` where the key came with another request.
    """
    trail.open_book(db, chapter_id)
    before = replay(db, chapter_id=chapter_id, ticket=ticket, kind=kind)
    if before is not None:
        return before
    value = act()
    reply = _adapter(kind).dump_json(value)
    db.run(
        "INSERT INTO stored_reply (chapter_id, key, request, reply) VALUES (?, ?, ?, ?)",
        (chapter_id, ticket.key, ticket.request, reply),
    )
    return Answer(value, reply, replayed=False)


def replay(db: Tx, *, chapter_id: str, ticket: Ticket, kind: type[T]) -> Answer[T] | None:
    """As this key was answered, if it ever was. Raises Invalid `key_reused`."""
    sql = "SELECT request, reply FROM stored_reply WHERE chapter_id = ? AND key = ?"
    found = db.row(sql, (chapter_id, ticket.key))
    if found is None:
        return None
    if bytes(found[0]) != ticket.request:
        raise key_reused()
    stored = bytes(found[1])
    return Answer(_adapter(kind).validate_json(stored), stored, replayed=True)


def key_reused() -> Invalid:
    """The key came with something else before."""
    return Invalid(
        "key_reused", "Mã gửi này đã dùng cho việc khác. Mời chị mở lại trang và gửi lại."
    )


def is_known(db: Tx, *, chapter_id: str, key: str) -> bool:
    """Whether a key was answered already: a page then asks nothing before it answers again."""
    sql = "SELECT 1 FROM stored_reply WHERE chapter_id = ? AND key = ?"
    return db.row(sql, (chapter_id, key)) is not None


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)  # made once: building one costs more than a sheet
    return _adapters[kind]
