"""A bad line between the browser and the server: a proxy that does to a request what a test tells.

    with faulty(book.server) as line:
        line.on("POST", "/thu").then(lost, passed)    # the first is lost on its way back
        visitor = visit(at=line.url)
        …
        line.on("POST", "/thu").then(*swapped())      # the second arrives before the first
        line.on("GET").always(answered(503))
        line.cut()                                    # no signal at all, until line.mend()
        assert line.sent("POST", "/thu") == 1         # what the server was asked, and how often

Rules are asked newest first; the first that still has something to do for a request decides, what
nobody has a rule for passes. Every request has a connection of its own, so a fault never touches a
neighbour. A fault is a function that is given an `Exchange`: what was asked, and both ends of the
line. `rule.met(n)` waits until so many requests have met the rule and it is done with them.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.faults.serving import Server

PATIENCE = 30.0  # seconds that anybody waits before a test is wrong
END_OF_HEAD = b"\r\n\r\n"
RESET = struct.pack("ii", 1, 0)  # linger for no time: the other end sees a reset


@dataclass
class Exchange:
    """One request on its way."""

    method: str
    path: str
    request: bytes
    browser: socket.socket
    server: tuple[str, int]
    sent: int = 0  # how often the server was asked

    def ask(self) -> bytes:
        """The server's whole answer."""
        self.sent += 1
        with socket.create_connection(self.server, timeout=PATIENCE) as wire:
            wire.sendall(self.request)
            return b"".join(iter(lambda: wire.recv(65536), b""))

    def tell(self, answer: bytes) -> None:
        """The browser gets this."""
        self.browser.sendall(answer)

    def hang_up(self) -> None:
        """The browser finds the line dead."""
        self.browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


Fault = Callable[[Exchange], None]


def passed(asked: Exchange) -> None:
    """Nothing happens to it."""
    asked.tell(asked.ask())


def cut(asked: Exchange) -> None:
    """It never reaches the server."""
    asked.hang_up()


def lost(asked: Exchange) -> None:
    """The server has answered, and the browser never hears of it."""
    asked.ask()
    asked.hang_up()


def halved(asked: Exchange) -> None:
    """The answer stops in the middle."""
    answer = asked.ask()
    asked.tell(answer[: len(answer) // 2])
    asked.hang_up()


def twice(asked: Exchange) -> None:
    """The server is asked the same again behind it; the browser gets the first answer."""
    first = asked.ask()
    asked.ask()
    asked.tell(first)


def doubled(asked: Exchange) -> None:
    """The server is asked the same twice at once; the browser gets one of the answers."""
    answers: list[bytes] = []
    both = [threading.Thread(target=lambda: answers.append(asked.ask())) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(PATIENCE)
    asked.tell(answers[0])


def late(seconds: float) -> Fault:
    """It takes so long to reach the server."""

    def wait(asked: Exchange) -> None:
        time.sleep(seconds)
        passed(asked)

    return wait


def held(until: threading.Event) -> Fault:
    """The server has answered; the browser hears of it when the test says so."""

    def hold(asked: Exchange) -> None:
        answer = asked.ask()
        assert until.wait(PATIENCE)
        asked.tell(answer)

    return hold


def swapped() -> tuple[Fault, Fault]:
    """Two requests, of which the second reaches the server first."""
    arrived = threading.Event()

    def first(asked: Exchange) -> None:
        assert arrived.wait(PATIENCE)
        passed(asked)

    def second(asked: Exchange) -> None:
        try:
            passed(asked)
        finally:
            arrived.set()

    return first, second


def answered(status: int, body: str = "", content_type: str = "text/plain") -> Fault:
    """Somebody between answers (401, 503 …); the server is not asked."""
    said = body.encode()
    head = (
        f"HTTP/1.1 {status} Said\r\nContent-Type: {content_type}; charset=utf-8\r\n"
        f"Content-Length: {len(said)}\r\nConnection: close\r\n\r\n"
    )
    return lambda asked: asked.tell(head.encode() + said)


@dataclass
class Rule:
    """What happens to requests of a kind."""

    method: str
    path: str  # the end of it, without its query
    faults: list[Fault] = field(default_factory=list)
    lasting: Fault | None = None
    done: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def then(self, *faults: Fault) -> Rule:
        """To the next, and the next …; whatever comes later passes."""
        self.faults += faults
        return self

    def always(self, fault: Fault) -> Rule:
        """To each of them, once those named before are used up."""
        self.lasting = fault
        return self

    def takes(self, asked: Exchange) -> Fault | None:
        """What is to be done with this one; None: not this rule's."""
        path = asked.path.partition("?")[0]
        if asked.method != self.method or not path.endswith(self.path):
            return None
        return self.faults.pop(0) if self.faults else self.lasting

    def finished(self) -> None:
        """One more was dealt with."""
        with self.changed:
            self.done += 1
            self.changed.notify_all()

    def met(self, times: int = 1) -> None:
        """Come back when so many were dealt with."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.done >= times, PATIENCE), f"met {self.done}"


class Line:
    """The proxy."""

    def __init__(self, server: Server) -> None:
        self.server = ("127.0.0.1", server.port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.rules: list[Rule] = []
        self.seen: list[Exchange] = []  # all that was asked, in order
        self.dead = False
        self.lock = threading.Lock()

    def on(self, method: str, path: str = "") -> Rule:
        """A new rule for requests with this method whose path ends so."""
        self.rules.insert(0, Rule(method, path))
        return self.rules[0]

    def cut(self) -> None:
        """No signal."""
        self.dead = True

    def mend(self) -> None:
        """It is there again."""
        self.dead = False

    def sent(self, method: str, path: str = "") -> int:
        """How often the server was asked this."""
        return sum(one.sent for one in self.seen
                   if one.method == method and one.path.partition("?")[0].endswith(path))  # fmt: skip

    def listen(self) -> None:
        """Until it is closed."""
        with suppress(OSError):
            while True:
                browser, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser, suppress(OSError):  # either end may go away whenever it likes
            browser.settimeout(PATIENCE)
            asked = received(browser, self.server)
            if asked is None:
                return
            fault, rule = self._decide(asked)
            try:
                fault(asked)
            finally:
                if rule:
                    rule.finished()

    def _decide(self, asked: Exchange) -> tuple[Fault, Rule | None]:
        with self.lock:
            self.seen.append(asked)
            if self.dead:
                return cut, None
            for rule in self.rules:
                if fault := rule.takes(asked):
                    return fault, rule
        return passed, None


def received(browser: socket.socket, server: tuple[str, int]) -> Exchange | None:
    """A whole request, made to be the last on its connection; None where none comes."""
    data = b""
    while END_OF_HEAD not in data:
        part = browser.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(END_OF_HEAD)
    lines = head.split(b"\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in lines[1:])
    while len(body) < int(fields.get(b"content-length", b"0")):
        body += browser.recv(65536)
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    request = b"\r\n".join([*kept, b"Connection: close"]) + END_OF_HEAD + body
    method, path, _ = lines[0].decode().split(" ")
    return Exchange(method, path, request, browser, server)


@contextmanager
def faulty(server: Server) -> Iterator[Line]:
    """A line to this server."""
    line = Line(server)
    threading.Thread(target=line.listen, daemon=True).start()
    try:
        yield line
    finally:
        line.listener.shutdown(socket.SHUT_RDWR)
        line.listener.close()
