"""Refusals have two faces, and every answer carries the headers that keep it safe."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from app.db.embedded import unknown
from app.errors import Busy, TooMany
from tests.journeys.doors import API, PROBLEM, Village, problem, seen
from tests.story import a_key

PRIVATE = "Nguyễn Thị Lan có 5.000 ₫"


class Faulty:
    """A database on which everything goes wrong in one way."""

    def __init__(self, db: Any, error: Exception) -> None:
        self._db = db
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    async def read(self, *_: Any, **__: Any) -> Any:
        """Fails."""
        raise self._error

    write = read


@contextmanager
def going_wrong(village: Village, error: Exception) -> Iterator[None]:
    """For a while nothing can be read or written; people are still known."""
    village.app.state.db = Faulty(village.db, error)
    try:
        yield
    finally:
        village.app.state.db = village.db


def fault() -> Exception:
    """What a driver might say."""
    return ValueError(PRIVATE)


# Every kind of refusal, at the API


REFUSALS: dict[str, tuple[int, str, Callable[[Village], httpx2.Response]]] = {
    "no key": (400, "key_missing", lambda v: v.treasurer.post(v.sheets, v.sheet())),
    "nobody": (401, "not_signed_in", lambda v: v.nobody().get(f"{API}/me")),
    "another office": (
        403, "not_your_office",
        lambda v: v.program(v.chapter.inspector).post(v.sheets, v.sheet(), key=a_key()),
    ),
    "nowhere": (404, "not_found", lambda v: v.treasurer.get(f"{API}/nowhere")),
    "nowhere, and nobody": (404, "not_found", lambda v: v.nobody().get(f"{API}/nowhere")),
    "an id that is none": (404, "not_found", lambda v: v.treasurer.get(f"{API}/members/1")),
    "another method": (405, "method_not_allowed", lambda v: v.treasurer("PUT", v.sheets)),
    "a body too large": (
        413, "too_large", lambda v: v.treasurer("POST", v.sheets, content=b" " * 1_000_001)
    ),
    "not valid": (422, "invalid", lambda v: v.treasurer.post(v.sheets, {}, key=a_key())),
    "beyond the charter": (
        422, "too_little",
        lambda v: v.treasurer.post(v.sheets, v.sheet("Lan 1.000/2"), key=a_key()),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_program_reads_why(lasting: Village, name: str) -> None:
    status, code, ask = REFUSALS[name]
    answer = ask(lasting)
    problem(answer, status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert ("allow" in answer.headers) == (status == 405)
    is_guarded(answer)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (TooMany("too_many", "Thử quá nhiều lần."), 429, "too_many"),
        (Busy("try_again", "Máy đang bận."), 503, "try_again"),
        (unknown(), 503, "unknown_outcome"),
        (fault(), 500, "unexpected"),
    ],
    ids=["too many", "busy", "unknown", "a fault"],
)
def test_a_program_reads_what_went_wrong(
    lasting: Village, error: Exception, status: int, code: str
) -> None:
    with going_wrong(lasting, error):
        for answer in (
            lasting.treasurer.get(f"{API}/chapters/{lasting.chapter.id}/members"),
            lasting.treasurer.post(lasting.sheets, lasting.sheet(), key=a_key()),
        ):
            problem(answer, status, code)
            is_guarded(answer)


# Pages


PAGES: dict[str, tuple[int, Callable[[Village], httpx2.Response]]] = {
    "no form": (
        400,
        lambda v: v.browser(v.chapter.treasurer)(
            "POST", f"{v.pages}/thu", content=b"x", headers={"Content-Type": "multipart/form-data"}
        ),
    ),
    "another office": (403, lambda v: v.browser(v.chapter.inspector).get(f"{v.pages}/thu")),
    "another site": (
        403, lambda v: v.nobody().send("/vao", {}, headers={"Sec-Fetch-Site": "cross-site"})
    ),
    "nowhere": (404, lambda v: v.browser(v.chapter.treasurer).get("/nowhere")),
    "nowhere, and nobody": (404, lambda v: v.nobody().get("/nowhere")),
    "an id that is none": (404, lambda v: v.browser(v.chapter.treasurer).get("/phieu/412")),
    "another method": (405, lambda v: v.nobody()("PUT", "/vao")),
    "no such file": (404, lambda v: v.nobody().get("/static/js/nowhere.js")),
    "out of the folder": (404, lambda v: v.nobody().get("/static/..%2f..%2fconfig.py")),
    "a body too large": (413, lambda v: v.nobody()("POST", "/vao", content=b" " * 1_000_001)),
}  # fmt: skip


def is_error_page(answer: httpx2.Response, status: int) -> None:
    """A page of ours that says what is wrong and leads home."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="vi">' in answer.text
    words = seen(answer.text)
    assert str(status) in words and "{" not in words
    assert re.search(r'<a class="button" href="/(hom-nay|vao)">', answer.text)
    assert answer.headers["cache-control"] == "no-store"
    is_guarded(answer)


@pytest.mark.parametrize("name", PAGES)
def test_a_person_reads_why(lasting: Village, name: str) -> None:
    status, ask = PAGES[name]
    is_error_page(ask(lasting), status)


@pytest.mark.parametrize(
    ("error", "status"),
    [(unknown(), 503), (Busy("try_again", "Máy đang bận."), 503), (fault(), 500)],
    ids=["unknown", "busy", "a fault"],
)
def test_a_person_reads_what_went_wrong(lasting: Village, error: Exception, status: int) -> None:
    with going_wrong(lasting, error):
        is_error_page(lasting.browser(lasting.chapter.treasurer).get("/hom-nay"), status)


def test_a_person_who_is_not_signed_in_is_led_to_the_door(lasting: Village) -> None:
    for path in ("/hom-nay", f"{lasting.pages}/thu", f"{lasting.pages}/hoi-vien", "/phieu/412"):
        answer = lasting.nobody().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/vao")
        is_guarded(answer)
    answer = lasting.nobody().send(f"{lasting.pages}/thu", {"do": "record"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/vao")


def test_english_is_for_whoever_asks_for_it(lasting: Village) -> None:
    for said, lang in (
        ("", "vi"), ("vi", "vi"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("fr", "vi"),
        ("fr, en;q=0.5", "en"), ("vi;q=0.4, en;q=0.6", "en"), ("vi, en;q=0.9", "vi"),
        ("en;q=x", "vi"), ("en;q=0", "vi"), ("*", "vi"), ("," * 5000, "vi"),
        ("en;q=nan", "vi"), ("EN", "en"),
    ):  # fmt: skip
        page = lasting.nobody().get("/nowhere", headers={"Accept-Language": said})
        assert f'<html lang="{lang}">' in page.text, said
        assert "Accept-Language" in page.headers["vary"]
        told = lasting.nobody().get(f"{API}/nowhere", headers={"Accept-Language": said}).json()
        assert (told["title"] == "Không tìm thấy") == (lang == "vi"), said


# What nobody is told


def test_a_fault_is_told_without_names_and_amounts(
    lasting: Village, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages of drivers can hold them: neither the answer nor the log repeats one."""
    caplog.set_level(logging.DEBUG)
    with going_wrong(lasting, fault()):
        told = lasting.treasurer.get(f"{API}/chapters/{lasting.chapter.id}/members")
        shown = lasting.browser(lasting.chapter.treasurer).get("/hom-nay")
    assert told.status_code == shown.status_code == 500
    ours = [record.getMessage() for record in caplog.records if record.name == "solon"]
    assert len(ours) == 2 and all("ValueError" in line and "test_problems" in line for line in ours)
    assert PRIVATE not in told.text + shown.text + caplog.text


def test_a_fault_does_not_reach_the_servers_log(lasting: Village) -> None:
    """An error that leaves the application is printed by the server, message and all."""
    with (
        going_wrong(lasting, fault()),
        TestClient(lasting.app, raise_server_exceptions=True) as client,
    ):
        headers = lasting.treasurer.headers
        answer = client.get(f"{API}/chapters/{lasting.chapter.id}/members", headers=headers)
    problem(answer, 500, "unexpected")


# Headers


HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def is_guarded(answer: httpx2.Response) -> None:
    """The headers are there, once, and the policy lets in nothing but our own files."""
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value], name
    (policy,) = answer.headers.get_list("content-security-policy")
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert POLICY.items() <= parts.items()
    for name, sources in parts.items():
        allowed = {"'self'", "'none'"} | ({"data:"} if name == "img-src" else set())
        assert set(sources.split()) <= allowed, name
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers


KINDS: dict[str, tuple[int, Callable[[Village], httpx2.Response]]] = {
    "a page": (200, lambda v: v.browser(v.chapter.treasurer).get("/hom-nay")),
    "a form": (200, lambda v: v.nobody().get("/vao")),
    "a form that came back": (401, lambda v: v.nobody().send("/vao", {"pin": "1"})),
    "a redirect": (303, lambda v: v.nobody().get("/")),
    "JSON": (200, lambda v: v.treasurer.get(f"{API}/me")),
    "a replay or a record": (
        201, lambda v: v.treasurer.post(v.sheets, v.sheet(), key=a_key())
    ),
    "nothing": (
        204, lambda v: v.program(v.chapter.deputy)("DELETE", f"{API}/sessions/current")
    ),
    "the description": (200, lambda v: v.nobody().get("/api/openapi.json")),
    "a style sheet": (200, lambda v: v.nobody().get("/static/css/solon.css")),
    "a script": (200, lambda v: v.nobody().get("/static/js/sheet.js")),
    "an icon": (200, lambda v: v.nobody().get("/static/icons/pig.svg")),
    "a file not changed": (304, lambda v: v.nobody().get(
        "/static/js/sheet.js",
        headers={"If-None-Match": v.nobody().get("/static/js/sheet.js").headers["etag"]},
    )),
    "health": (200, lambda v: v.nobody().get("/healthz")),
    "readiness": (200, lambda v: v.nobody().get("/readyz")),
    "no slash too many": (307, lambda v: v.nobody().get("/hom-nay/")),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_every_answer_is_guarded(lasting: Village, name: str) -> None:
    status, ask = KINDS[name]
    answer = ask(lasting)
    assert answer.status_code == status, answer.text
    is_guarded(answer)


def test_what_is_private_is_kept_nowhere(lasting: Village) -> None:
    """Pages with names are not stored; a half-typed sheet may be, for going back, in her browser."""
    page = lasting.browser(lasting.chapter.treasurer)
    for path in ("/hom-nay", f"{lasting.pages}/hoi-vien", f"{lasting.pages}/nhat-ky"):
        assert page.get(path).headers["cache-control"] == "no-store"
    assert page.get(f"{lasting.pages}/thu").headers["cache-control"] == "private, no-cache"


def test_nothing_inline_that_the_policy_forbids(lasting: Village) -> None:
    """No style attribute, no handler, no inline script, nothing from elsewhere, on any page."""
    page = lasting.browser(lasting.chapter.treasurer)
    lan = lasting.chapter.members["Lan"]
    sheet = lasting.treasurer.get(lasting.sheets).json()["items"][-1]["id"]
    for path in (
        "/vao", "/may-moi", "/thiet-lap", "/hom-nay", "/nowhere", f"{lasting.pages}/thu",
        f"{lasting.pages}/hoi-vien", f"{lasting.pages}/hoi-vien/moi", f"{lasting.pages}/nhat-ky",
        f"{lasting.pages}/hoi-vien/{lan}", f"/phieu/{sheet}",
    ):  # fmt: skip
        html = page.get(path).text
        assert not re.search(r"<[^>]+\s(style|on\w+)\s*=", html), path
        assert not re.search(r"<style|<script(?![^>]*\ssrc=)|javascript:", html), path
        assert not re.search(r'(src|href|action)="(https?:)?//', html), path


def test_the_api_describes_itself_as_json(lasting: Village) -> None:
    answer = lasting.nobody().get("/api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert lasting.nobody().get("/api/nowhere").headers["content-type"] == PROBLEM
    assert lasting.nobody().get("/docs").status_code == 404
    assert lasting.nobody().get("/redoc").status_code == 404
