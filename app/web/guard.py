"""What stands before every door: body limit, origin check, headers. Plain ASGI, no buffering."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Malformed, NotAllowed
from app.web import problems

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE = ("GET", "HEAD", "OPTIONS")


class TooLarge(Exception):
    """More bytes than a request may have."""


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, body_limit: int) -> None:
        self.app = app
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        taken, started = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.body_limit:
                raise TooLarge
            return message

        async def sealed(message: Message) -> None:
            nonlocal started
            if taken > self.body_limit:
                return  # whatever the application makes of the cut, ours is the answer
            if message["type"] == "http.response.start":
                started = True
                own = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    own.setdefault(name, value)
            await send(message)

        length = headers.get("content-length", "0")
        refusal: Malformed | NotAllowed | None = None
        if not length.isdigit() or int(length) > self.body_limit:
            refusal = _too_large()
        elif not _from_here(scope, headers):
            refusal = NotAllowed("foreign_origin", "Trang khác không được gửi vào đây.")
        if refusal is None:
            try:
                await self.app(scope, counted, sealed)
            except TooLarge:
                pass
            except Exception as error:
                # It ends here: whatever leaves the application is printed by the server, names
                # and amounts and all.
                fault = problems.unexpected(Request(scope), error)
                if not started:
                    await fault(scope, receive, sealed)
                return
            if taken <= self.body_limit:
                return
            refusal, taken = _too_large(), 0
        status = 403 if isinstance(refusal, NotAllowed) else 413
        await problems.answer(Request(scope), refusal, status)(scope, receive, sealed)


def _too_large() -> Malformed:
    return Malformed("too_large", "Gửi lên quá lớn, chưa ghi gì.")


def _from_here(scope: Scope, headers: Headers) -> bool:
    """Pages carry cookies, so what changes something must come from our own pages.

    The API takes bearer tokens only, which no foreign page can add.
    """
    if scope["method"] in SAFE or scope["path"].startswith("/api/"):
        return True
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False
