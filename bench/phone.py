"""A cheap phone on a thin signal: when the sheet can be used, and how long a tap takes to be seen.

The browser slows its own processor and line (not the worker's), so the figures are of this machine
made slower, not of a phone. Medians of the rounds; a tap is what the browser itself measures, from
the finger to the next picture.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import serving, world
from bench.measure import Plan
from bench.world import Chapter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page, Playwright

USUAL, MANY = 60, 300  # members
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 6  # times
SAYS = f"400 kbit/s, 400 ms, processor {SLOWER} times slower, 360×740"
FIRST, LATER, OFFLINE = "usable, nothing kept", "usable, files kept", "offline reload"
AIMS = {f"sheet of {USUAL}: {FIRST}": 3000, f"sheet of {USUAL}: {OFFLINE}": 500}  # milliseconds
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WATCH = """window.taps = [];
new PerformanceObserver(list => taps.push(...list.getEntries().map(one => one.duration)))
    .observe({type: "event", durationThreshold: 16})"""
# Scripts that wait for the page have run, and something of it has been painted.
USABLE = """() => Math.max(performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
    ...performance.getEntriesByType("paint").map(one => one.startTime))"""

# The worker is there, and has the sheet to give again.
KEPT = """path => navigator.serviceWorker.ready
    .then(() => caches.open("pages")).then(pages => pages.match(path)).then(copy => !!copy)"""


@dataclass(frozen=True, slots=True)
class Wait:
    """What she waits for, how many milliseconds, and what is aimed at."""

    what: str
    ms: float
    aim: int | None = None


def missing() -> str:
    """Why this cannot be measured here; empty where it can."""
    if importlib.util.find_spec("playwright") is None:
        return "The phone is not measured: playwright is not installed (`make bench` installs it)."
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if not Path(_chromium(playwright)).exists():
            return "The phone is not measured: there is no Chromium on the path."
    return ""


def measure(folder: Path, plan: Plan) -> list[Wait]:
    """Every page anew in every round."""
    url = f"sqlite:///{folder / 'solon.db'}"
    usual, many = world.make(url, str(folder), [USUAL, MANY]).chapters
    found: dict[str, list[float]] = defaultdict(list)
    with serving.solon(url, str(folder)) as server, _browser() as browser:
        at = f"http://127.0.0.1:{server.port}"
        for _ in range(plan.rounds):
            for chapter, size in ((usual, USUAL), (many, MANY)):
                with _sheet(browser, at, chapter) as (page, tools):
                    steps = (_loads(page, at, chapter), _taps(page), _offline(page, tools))
                    for measured in steps:
                        for what, ms in measured:
                            found[f"sheet of {size}: {what}"].append(ms)
    return [Wait(what, median(times), AIMS.get(what)) for what, times in found.items()]


def _chromium(playwright: Playwright) -> str:
    there = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    return next(there, None) or playwright.chromium.executable_path


@contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(playwright), args=QUIET)
        yield browser
        browser.close()


@contextmanager
def _sheet(browser: Browser, at: str, chapter: Chapter) -> Iterator[tuple[Page, CDPSession]]:
    """A new phone with nothing kept, its treasurer signed in."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", has_touch=True
    )
    context.add_cookies([{"name": "solon", "value": chapter.token, "url": at}])
    context.add_init_script(WATCH)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page, tools
    context.close()


def _loads(page: Page, at: str, chapter: Chapter) -> Iterator[tuple[str, float]]:
    """From the address to a sheet that can be filled in."""
    for what in (FIRST, LATER):
        page.goto("about:blank")
        page.goto(f"{at}/chi-hoi/{chapter.id}/thu", wait_until="load")
        page.locator("[data-find]").wait_for()
        yield what, float(page.evaluate(USABLE))


def _taps(page: Page) -> Iterator[tuple[str, float]]:
    """From the finger to the picture that shows it."""
    acts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("tap a row", page.locator("input[name=amount-5]").tap),
        ("tap a chip", page.locator(".open .chip").nth(2).tap),
        ("type a figure", lambda: page.keyboard.press("7")),
        ("tap “everybody”", page.locator("button[value=fill]").last.tap),
        ("type in the search", lambda: page.locator("[data-find]").press("5")),
    )
    for what, act in acts:
        page.evaluate("taps.length = 0")
        act()
        page.wait_for_timeout(500)  # the browser tells a little later
        yield what, float(page.evaluate("Math.max(0, ...taps)"))


def _offline(page: Page, tools: CDPSession) -> Iterator[tuple[str, float]]:
    """No signal: from the reload to a sheet that can be filled in, out of what the phone keeps."""
    sheet = page.evaluate("location.pathname")
    for _ in range(60):  # after a first visit it takes ten seconds
        if page.evaluate(KEPT, sheet):
            break
        page.wait_for_timeout(500)
    tools.send("Network.emulateNetworkConditions", LINE | {"offline": True})
    page.context.set_offline(True)  # the worker's line
    page.reload(wait_until="load")
    page.locator("[data-find]").wait_for()
    page.locator("aside p.cut").wait_for()  # it says itself that there is no signal
    yield OFFLINE, float(page.evaluate(USABLE))
