"""A real browser on a real server: a book with a few chapters, and everybody's phones."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Playwright, Response, expect, sync_playwright

from app import clock, ids
from app.access import actions as access
from app.access.pins import Pins
from app.access.rules import digest
from app.config import Settings
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.models.access import Device
from app.terms import Actor
from tests.conftest import sqlite_book
from tests.faults.serving import PIN, Server, serving
from tests.journeys.doors import API
from tests.story import Chapter, a_chapter

NAMES = "Sen Đào Huệ Cúc Mai Lan Hồng Ngọc Bích Thảo Yến Oanh"
CHAPTERS = 30  # one for each test that records something
PHONE, DESK = (360, 740), (1280, 800)
ON_PATH = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

expect.set_options(timeout=20_000)


# The browser


def chromium(playwright: Playwright) -> str:
    """One on the path, else Playwright's own, else the system's packages; never none."""
    own = Path(playwright.chromium.executable_path)
    for look in (lambda: None, download, install):
        look()
        found = next(filter(None, map(shutil.which, ON_PATH)), None)
        if found or own.exists():
            return found or str(own)
    pytest.fail(
        "These tests need a Chromium: none on the path, Playwright could not download its own,"
        " and apt-get could not install one. Install chromium and run them again."
    )


def download() -> None:
    """Playwright's own download."""
    attempt(sys.executable, "-m", "playwright", "install", "chromium")


def install() -> None:
    """The system's package, where we may."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempt("apt-get", "update", "--quiet")
        attempt("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium")


def attempt(*command: str) -> None:
    """Whatever comes of it, what counts is whether there is a browser afterwards."""
    subprocess.run(command, capture_output=True, timeout=900, check=False)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(playwright),
            args=[*QUIET],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield launched
        launched.close()


# The book


@dataclass
class Phone:
    """Somebody's phone: the secret it keeps, and a token to ask the API with."""

    device_token: str
    token: str


@dataclass
class Village:
    """A chapter with the phones of its officers."""

    chapter: Chapter
    treasurer: Phone
    inspector: Phone
    deputy: Phone


@dataclass
class Book:
    """Chapters to take from, and the leaders above them."""

    server: Server
    fresh: list[Village]
    shown: Village  # with sheets in it, and the longest names and largest sums there are
    leader: Phone
    administrator: Phone
    taken: int = field(default=0)

    def another(self) -> Village:
        """A chapter nobody has recorded anything in."""
        self.taken += 1
        assert self.taken <= len(self.fresh), "make more chapters"
        return self.fresh[self.taken - 1]


@pytest.fixture(scope="package")
def book(
    house: Settings, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Book]:
    """The book is told on the real clock, then served by a process of its own."""
    with sqlite_book(house, migrated_file, tmp_path_factory.mktemp("browser")) as settings:
        db = open_database(settings)
        told = tell(db, Pins(settings.pepper).hash(PIN))
        db.close()
        with serving(settings) as server:
            yield Book(server, *told)


def tell(db: Database, pin_hash: str) -> tuple[list[Village], Village, Phone, Phone]:
    """All of it, before anybody serves it."""

    def phone(actor: Actor) -> Phone:
        return db.write_now(a_phone, actor, pin_hash)

    def village(name: str, names: str, **more: Any) -> Village:
        chapter = a_chapter(db, names, name=name, **more)
        officers = (chapter.treasurer, chapter.inspector, chapter.deputy)
        return Village(chapter, *map(phone, officers))

    shown = village("Chi hội thôn Đoài", NAMES + " Nghiêng" + "nghiêng" * 6)
    union = shown.chapter.union
    shown.chapter.sheet("Sen 1.000/1, Đào 98.765.432.000/0, Huệ 5.000/5", on=clock.today())
    wrong = shown.chapter.sheet("Cúc 2.000/2, Mai 1.000/1", on=clock.today())
    shown.chapter.reverse(wrong, "Cúc")
    fresh = [village(f"Chi hội thôn {n}", NAMES, under=union) for n in range(1, CHAPTERS + 1)]
    return fresh, shown, phone(union.leader), phone(union.administrator)


def a_phone(tx: Tx, actor: Actor, pin_hash: str) -> Phone:
    """Her phone is enrolled, with the PIN of these tests."""
    secret = secrets.token_urlsafe(32)
    tx.run("UPDATE person SET pin_hash = ? WHERE id = ?", (pin_hash, actor.person_id))
    device = Device(id=ids.new(), person_id=actor.person_id, token_hash=digest(secret),
                    label="điện thoại", enrolled_at=clock.now())  # fmt: skip
    tx.insert(device)
    token = access.begin_session(tx, person_id=actor.person_id, device_id=device.id, hours=12)
    return Phone(secret, token)


@pytest.fixture
def village(book: Book) -> Village:
    """A chapter of the test's own."""
    return book.another()


# What a person sees and does


@dataclass
class Visitor:
    """Somebody before a page."""

    page: Page
    server: Server
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
        if not response.url.startswith((self.server.url, "data:")):
            self.wrong.append(f"from elsewhere: {response.url}")

    def open(self, path: str) -> None:
        """Go to an address."""
        self.page.goto(self.server.url + path)

    def sign_in(self, phone: Phone) -> None:
        """With the phone's secret and the PIN."""
        self.open(f"/vao?may={phone.device_token}")
        self.page.locator("input[name=pin]").fill(PIN)
        self.page.locator('form[action="/vao"] button').click()
        expect(self.page).to_have_url(f"{self.server.url}/hom-nay")

    def fits(self) -> None:
        """Nothing has to be pushed sideways to be read."""
        wide = "root => [root.scrollWidth, root.clientWidth]"
        content, screen = self.page.locator("html").evaluate(wide)
        assert content <= screen, f"{self.page.url}: {content} px wide on {screen}"


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, book: Book) -> Iterator[Visit]:
    """Somebody opens a browser; at the end nothing may have gone wrong in it."""
    visitors: list[Visitor] = []

    def begin(size: tuple[int, int] = PHONE, *, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            java_script_enabled=scripts,
        )
        visitors.append(Visitor(context.new_page(), book.server, scripts))
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
