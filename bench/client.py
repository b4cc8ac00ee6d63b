"""The load generator: a process of its own, raw HTTP/1.1 on keep-alive connections.

It reads a job a line (JSON) and answers a line: how many were done in how many seconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections import Counter
from typing import Any

import uvloop

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "


def head(request: dict[str, Any], port: int, length: int) -> bytes:
    """The head of a request, without its key and the blank line."""
    lines = [f"{request['method']} {request['path']} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    if request.get("token"):
        lines.append(f"Authorization: Bearer {request['token']}")
    if length:
        lines += ["Content-Type: application/json", f"Content-Length: {length}"]
    return "\r\n".join(lines).encode() + b"\r\n"


class Load:
    """A fixed number of requests, handed out to whichever connection is free."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.left = int(job["total"])
        self.port = int(job["port"])
        self.answers: Counter[int] = Counter()
        self.times: list[float] = []
        self.lost = 0
        self.parts: list[tuple[bytes, bytes, bool]] = []
        for request in job["requests"]:
            body = json.dumps(request["body"]).encode() if request.get("body") else b""
            self.parts.append((head(request, self.port, len(body)), body, bool(body)))

    def take(self, turn: int) -> bytes | None:
        """The next request, with a fresh key where it writes; None when all are out."""
        if self.left == 0:
            return None
        self.left -= 1
        start, body, keyed = self.parts[turn % len(self.parts)]
        key = b"Idempotency-Key: " + str(uuid.uuid4()).encode() + b"\r\n" if keyed else b""
        return start + key + b"\r\n" + body


class Connection(asyncio.Protocol):
    """Sends, waits for the whole answer, sends the next."""

    def __init__(self, load: Load, turn: int, done: asyncio.Future[None]) -> None:
        self.load, self.turn, self.done = load, turn, done
        self.read = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._next()

    def data_received(self, data: bytes) -> None:
        self.read += data
        end = self.read.find(END_OF_HEAD)
        if end < 0:
            return
        at = self.read.find(LENGTH, 0, end)
        length = int(self.read[at + len(LENGTH) : self.read.index(b"\r", at)])
        if len(self.read) < end + 4 + length:
            return
        self.load.times.append(time.perf_counter() - self.began)
        self.load.answers[int(self.read[9:12])] += 1
        self.read = b""
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.load.lost += 1
            self.done.set_result(None)

    def _next(self) -> None:
        request = self.load.take(self.turn)
        self.turn += 1
        if request is None:
            self.done.set_result(None)
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job."""
    load, loop = Load(job), asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(job["connections"])]
    began = time.monotonic()
    for turn, end in enumerate(ends):
        await loop.create_connection(
            lambda t=turn, e=end: Connection(load, t, e),  # type: ignore[misc]
            "127.0.0.1",
            load.port,
        )
    await asyncio.gather(*ends)
    ended = time.monotonic()
    times = sorted(load.times) or [0.0]
    return {
        "done": load.answers[job["expect"]],
        "refused": {str(s): n for s, n in load.answers.items() if s != job["expect"]},
        "lost": load.lost,
        "began": began,
        "ended": ended,
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
    }


def main() -> None:
    """Jobs on standard input until it ends."""
    for line in sys.stdin:
        print(json.dumps(uvloop.run(run(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
