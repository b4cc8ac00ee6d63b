"""Pages and files go gzipped over a thin signal; what carries a code goes as it is.

Compression tells lengths: who can make her browser ask our pages again and again with words of
his in them, and watches the wire, reads a secret off the sizes (BREACH). Here he cannot: the
cookies are SameSite=Strict, so what another site makes her browser ask is asked by nobody, and
no page writes a lasting secret beside what was typed (a sheet's key is fresh each time). Codes
and PINs that are shown once stand only in answers to a POST that no browser may keep: those are
not compressed, so that nobody has to think of this when the next such page is made. The API
answers programs, small and fast, and is left alone.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1000  # bytes; below, it is one packet in any case
LEVEL = 6  # of 9; more costs time and saves no hundred bytes


class Packing:
    """Wraps the application, inside of the guard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
        elif "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await IdentityResponder(self.app, SMALLEST)(scope, receive, send)  # says Vary
        else:
            await _Packed(self.app, scope["method"])(scope, receive, send)


class _Packed(GZipResponder):
    """One answer."""

    def __init__(self, app: ASGIApp, method: str) -> None:
        super().__init__(app, SMALLEST, LEVEL)
        self.method = method

    async def send_with_compression(self, message: Message) -> None:
        """As ever, unless it may carry a code."""
        if message["type"] == "http.response.start":
            keeping = Headers(raw=message["headers"]).get("cache-control", "")
            if self.method == "POST" and "no-store" in keeping:
                self.exclude_content_types = ("text/*",)
        await super().send_with_compression(message)
