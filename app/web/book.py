"""Which book a request is for: the real one, or on pages the practice copy of whoever looks.

Three kinds of doors. The API and the doorstep (signing in and out) have `RealDb`, always. Pages
have `Db`, which is the copy while its owner practises. Pages that would touch real devices, PINs,
cards or offices have `RealDb` too and stand behind `real_only`: refused while practising.
"""

from __future__ import annotations

from typing import Protocol

from fastapi import Depends, Request

from app.audit import chain
from app.db.engine import Database
from app.errors import Conflict
from app.terms import N_
from app.web import language

FIELD = "so_tap"  # of every form of a page of a practice copy: which copy it was shown for
NO_CODE = N_("TẬP")


class Desk(Protocol):
    """What hands out books: `app.state.desk` (practice/door.py)."""

    async def book(self, request: Request) -> Database:
        """The book a page is for. Raises where it is not the one its form was shown for."""
        ...

    async def refuse_practice(self, request: Request) -> None:
        """Raise where she is practising."""
        ...

    def throw(self, mark: str) -> None:
        """Delete a copy."""
        ...


async def real_book(request: Request) -> Database:
    """The engine the application was made with. Async, or FastAPI would hand it to a thread."""
    db: Database = request.app.state.db
    return db


async def database(request: Request) -> Database:
    """The real book; on pages the practice copy, for whoever practises."""
    if request.scope["path"].startswith("/api/"):
        return await real_book(request)
    desk: Desk = request.app.state.desk
    return await desk.book(request)


async def real_only(request: Request) -> None:
    """For what is never practised."""
    desk: Desk = request.app.state.desk
    await desk.refuse_practice(request)


RealOnly = Depends(real_only)


def own_book_only(request: Request, field: str) -> None:
    """For acts on two chapters' books: a copy holds one. Raises Conflict while practising."""
    if practice(request):
        raise Conflict(
            "one_book_in_practice",
            "Sổ tập chỉ có sổ của chi hội chị, không tập được việc với chi hội khác."
            " Mời chị bỏ sổ tập rồi làm.",
            field=field,
        )


async def typed(request: Request) -> dict[str, list[str]]:
    """A page's form as typed, every value a text; files and other encodings are nothing."""
    form = await request.form(max_files=0, max_fields=2000)
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def practice(request: Request) -> str:
    """The mark of the copy that this page shows; empty for the real book."""
    found: str = getattr(request.state, "practice", "")
    return found


def check_code(request: Request, head: bytes | str) -> str:
    """A head for paper and voice; of a practice copy none that anybody could take for real."""
    if practice(request):
        return language.translations(language.of_request(request)).gettext(NO_CODE)
    return chain.check_code(bytes.fromhex(head) if isinstance(head, str) else head)
