"""Which book a page gets, and that what was typed on a page of one book never lands in another."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from app.access.identity import PRACTICE, cookie, forget, viewing
from app.db.engine import Database
from app.errors import Conflict, Refusal
from app.practice.shelf import Shelf, thrown_away
from app.web import problems
from app.web.book import FIELD, typed
from app.web.guard import SAFE


class Desk:
    """Hands out the real book, or the copy that a phone's cookie names."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder)
        self.shelf.sweep()

    async def book(self, request: Request) -> Database:
        """The book of a page; for a form only where it was shown for that very book.

        Two tabs share one cookie: a form of the real book must not be practised, and one of a
        practice page must not become real. So a practice page's forms name their copy, and the
        name must be the cookie's.
        """
        copy = await self._copy(request)
        if request.method not in SAFE:
            (shown_for, *_) = (await typed(request)).get(FIELD, [""])
            if shown_for and copy is None:
                raise thrown_away()
            if copy is not None and shown_for != request.state.practice:
                raise Conflict(
                    "other_book",
                    "Trang vừa gửi không phải của sổ tập đang mở, chưa ghi gì vào đâu cả."
                    " Muốn ghi vào sổ thật, mời chị bỏ sổ tập trước.",
                )
        real: Database = request.app.state.db
        return copy or real

    async def refuse_practice(self, request: Request) -> None:
        """Real devices, PINs, cards and offices are never practised on."""
        if await self._copy(request) is not None:
            raise Conflict(
                "not_in_practice",
                "Việc này không tập được, vì chạm đến máy, mã PIN, thẻ hay chức vụ thật."
                " Mời chị bỏ sổ tập rồi làm.",
            )

    def throw(self, mark: str) -> None:
        """Delete a copy."""
        self.shelf.throw(mark)

    async def _copy(self, request: Request) -> Database | None:
        """Her copy, and note on the request that it is one; None where she does not practise.

        Who she is is asked of the real book: a session that ended there practises no more.
        """
        mark = request.cookies.get(cookie(PRACTICE, request), "")
        if not mark:
            return None
        viewer = await viewing(request, request.app.state.db)
        found = None
        if viewer.actor.member is None:
            found = self.shelf.find(viewer.actor.person_id, mark)
        if found is None:
            raise thrown_away()
        request.state.practice = mark
        return found


async def gone(request: Request, error: Exception) -> Response:
    """The sentence that it is gone, on a page of the real book, without the cookie."""
    assert isinstance(error, Refusal)
    request.state.practice = ""
    response = problems.answer(request, error)
    forget(response, request, PRACTICE)
    return response
