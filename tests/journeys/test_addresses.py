"""Where a guess comes from: what the server believes of it, with and without a proxy in front.

Asked of the real server, as `solon serve` starts it: the application itself knows no header.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from app.access.attempts import subjects
from app.config import Settings
from app.db.engine import open_database
from app.db.tx import Tx
from tests.faults.serving import PIN, Server, World, a_world, serving
from tests.journeys.doors import API

HERE = "127.0.0.1"
PROXY = "203.0.113.80"  # stands elsewhere
SPOOFED = (
    {"X-Forwarded-For": "198.51.100.{n}"},
    {"X-Forwarded-For": "198.51.100.{n}, 127.0.0.1"},
    {"Forwarded": "for=198.51.100.{n};proto=https"},
    {"X-Real-IP": "198.51.100.{n}"},
    {"X-Client-IP": "198.51.100.{n}", "CF-Connecting-IP": "198.51.100.{n}"},
)


@pytest.fixture
def book(sqlite_settings: Settings) -> World:
    """Told on the real clock; nobody serves it yet."""
    return a_world(sqlite_settings, "Lan")


def guesses(server: Server, headers: dict[str, str], times: int = 4) -> list[int]:
    """Each with a phone of its own, so that only the address is counted twice."""
    answers = []
    for n in range(times):
        sent = {name: value.format(n=n) for name, value in headers.items()}
        answers.append(
            ask(server, "/sessions", {"device_token": f"no {n} {sent}", "pin": PIN}, sent)
        )
    return [answer.status_code for answer in answers]


def ask(server: Server, path: str, body: Any, headers: dict[str, str]) -> httpx2.Response:
    with httpx2.Client(base_url=server.url, verify=False, trust_env=False, timeout=60) as client:
        return client.post(API + path, json=body, headers=headers)


def counted_at(settings: Settings, address: str) -> int:
    """How many wrong guesses stand against an address, read beside the server."""
    ((_, subject),) = subjects(settings.pepper, account="", device="", address=address)
    db = open_database(settings, readonly=True)
    try:
        sql = "SELECT tries FROM attempt WHERE subject = ?"
        return int((db.read_now(Tx.row, sql, (subject,)) or (0,))[0])
    finally:
        db.close()


@pytest.fixture
def served(
    book: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """The server with `SOLON_TRUSTED_PROXIES` as the test says; the platform's own word is none."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    monkeypatch.setenv("SOLON_TRUSTED_PROXIES", request.param)
    with serving(book.settings) as server:
        yield server


def trusting(proxies: str) -> pytest.MarkDecorator:
    """The operator named these."""
    return pytest.mark.parametrize("served", [proxies], indirect=True)


@pytest.mark.parametrize("served", ["", PROXY, f"{PROXY},10.0.0.0/8"], indirect=True)
def test_a_stranger_is_not_believed(book: World, served: Server) -> None:
    """Whatever she says of where she is: every guess stands against where she really is."""
    told = 0
    for headers in SPOOFED:
        assert guesses(served, headers) == [401] * 4
        told += 4
        assert counted_at(book.settings, HERE) == told, headers
    for n in range(4):
        assert counted_at(book.settings, f"198.51.100.{n}") == 0


@trusting(HERE)
def test_the_operators_proxy_is_believed(book: World, served: Server) -> None:
    """Each of its visitors is counted where she is, and none where the proxy is."""
    assert guesses(served, {"X-Forwarded-For": "198.51.100.{n}"}) == [401] * 4
    assert [counted_at(book.settings, f"198.51.100.{n}") for n in range(4)] == [1] * 4
    assert counted_at(book.settings, HERE) == 0
    assert guesses(served, {}, times=2) == [401, 401]
    assert counted_at(book.settings, HERE) == 2, "without a word of the proxy"


@trusting(f"{PROXY}, {HERE}")
def test_what_the_proxy_added_counts_and_not_what_came_with_it(book: World, served: Server) -> None:
    """A visitor sends a header of her own; the proxy writes her real address behind it."""
    assert guesses(served, {"X-Forwarded-For": "192.0.2.{n}, 198.51.100.7"}) == [401] * 4
    assert counted_at(book.settings, "198.51.100.7") == 4
    assert [counted_at(book.settings, f"192.0.2.{n}") for n in range(4)] == [0] * 4
    # through two proxies that the operator named
    assert (
        guesses(served, {"X-Forwarded-For": f"192.0.2.{{n}}, 198.51.100.8, {PROXY}"}) == [401] * 4
    )
    assert counted_at(book.settings, "198.51.100.8") == 4


@trusting(HERE)
def test_a_proxy_with_tls_makes_host_cookies(book: World, served: Server) -> None:
    told = cookie_names(book, served)
    assert told == {"__Host-solon", "__Host-solon_open", "__Host-solon_device"}


@trusting("")
def test_nobody_else_says_that_there_is_tls(book: World, served: Server) -> None:
    """Or a stranger's header would decide what our cookies are called."""
    assert cookie_names(book, served) == {"solon", "solon_open", "solon_device"}


def cookie_names(book: World, server: Server) -> set[str]:
    """What she gets who signs in, where somebody says that she came over TLS."""
    enrolled = ask(server, "/devices", {
        "phone": "0912345678", "enrol_code": book.code, "pin": PIN, "label": "máy",
    }, {})  # fmt: skip
    assert enrolled.status_code == 201, enrolled.text
    form = {"device_token": enrolled.json()["device_token"], "pin": PIN}
    headers = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https"}
    with httpx2.Client(base_url=server.url, verify=False, trust_env=False) as client:
        answer = client.post("/vao", data=form, headers=headers)
    assert answer.status_code == 303, answer.text
    return {line.partition("=")[0] for line in answer.headers.get_list("set-cookie")}
