"""A real browser on a real server: a book with a few chapters, and everybody's phones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, CDPSession, Page, Response, expect

from app.access.pins import Pins
from app.config import Settings
from app.db.engine import open_database
from tests.browser import chromium
from tests.browser.world import Book, Phone, Village, tell
from tests.conftest import sqlite_book
from tests.faults.serving import PIN, Server, serving
from tests.journeys.doors import API

PHONE, DESK = (360, 740), (1280, 800)

expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with chromium.launched() as launched:
        yield launched


@pytest.fixture(scope="package")
def book(
    request: pytest.FixtureRequest,
    house: Settings,
    migrated_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Book]:
    """The book is told on the real clock, then served by a process of its own."""
    recording = sum("village" in item.fixturenames for item in request.session.items)  # type: ignore[attr-defined]
    with sqlite_book(house, migrated_file, tmp_path_factory.mktemp("browser")) as settings:
        db = open_database(settings)
        told = tell(db, Pins(settings.pepper).hash(PIN), recording)
        db.close()
        with serving(settings) as server:
            yield Book(**vars(told), server=server)


@pytest.fixture
def village(book: Book) -> Village:
    """A chapter of the test's own."""
    return book.another()


# What a person sees and does


@dataclass
class Visitor:
    """Somebody before a page."""

    page: Page
    url: str
    scripts: bool
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, kind: str, text: str) -> None:
        # A page that was refused (422) is reported too: that it is one of ours is checked below.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {text}")

    def _answered(self, response: Response) -> None:
        page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not page):
            self.wrong.append(f"{response.status}: {response.url}")
        if not response.url.startswith((self.url, "data:")):
            self.wrong.append(f"from elsewhere: {response.url}")

    def open(self, path: str) -> int:
        """Go to an address; what the server says of it."""
        answer = self.page.goto(self.url + path)
        return answer.status if answer else 0

    def sign_in(self, phone: Phone) -> None:
        """With the phone's secret and the PIN."""
        self.open(f"/vao?may={phone.device_token}")
        self.page.locator("input[name=pin]").fill(PIN)
        self.page.locator('form[action="/vao"] button').click()
        expect(self.page).to_have_url(f"{self.url}/hom-nay")

    def enter(self, token: str) -> None:
        """She has signed in already."""
        until = str(int(time.time()) + 3600)
        for name, value in (("solon", token), ("solon_open", until)):
            self.page.context.add_cookies([{"name": name, "value": value, "url": self.url}])

    def devtools(self) -> CDPSession:
        """The browser's own view of this page."""
        return self.page.context.new_cdp_session(self.page)

    def resize(self, size: tuple[int, int]) -> None:
        """She turns to another screen."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def fits(self) -> None:
        """Nothing has to be pushed sideways to be read."""
        wide = "root => [root.scrollWidth, root.clientWidth]"
        content, screen = self.page.locator("html").evaluate(wide)
        assert content <= screen, f"{self.page.url}: {content} px wide on {screen}"


def send_now(page: Page) -> None:
    """The panel's own button: the ten seconds are waited out where they are what is tested."""
    page.locator("[data-panel] [data-do=now]").click()


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, book: Book) -> Iterator[Visit]:
    """Somebody opens a browser; at the end nothing may have gone wrong in it."""
    visitors: list[Visitor] = []

    def begin(size: tuple[int, int] = PHONE, *, scripts: bool = True, at: str = "") -> Visitor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            java_script_enabled=scripts,
        )
        url = at or book.server.url
        visitors.append(Visitor(context.new_page(), url, scripts))
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.page.context.close()
    assert [said for visitor in visitors for said in visitor.wrong] == []


@dataclass
class Records:
    """What is in a chapter's book, asked beside the browser."""

    server: Server

    def __call__(self, village: Village) -> list[dict[str, Any]]:
        """Its sheets and reversals, newest first."""
        path = f"{self.server.url}{API}/chapters/{village.chapter.id}/sheets"
        headers = {"Authorization": f"Bearer {village.treasurer.token}"}
        with httpx2.Client(verify=False, trust_env=False) as client:
            answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


@pytest.fixture
def records(book: Book) -> Records:
    """The chapter's sheets as the API lists them."""
    return Records(book.server)
