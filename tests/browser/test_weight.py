"""What a page weighs over a thin signal, and that it stands still once it is seen."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from app.web.render import STATIC, static
from tests.browser.conftest import PHONE, Book, Village, Visit, Visitor
from tests.browser.faulty import Exchange, Line, faulty, late

FIRST, LATER, SCRIPTS = 40_000, 10_000, 20_000  # bytes
WATCH = """window.shifts = [];
new PerformanceObserver(list => shifts.push(
    ...list.getEntries().map(one => [one.value, ...one.sources.map(({node}) => node?.outerHTML)])))
    .observe({type: "layout-shift", buffered: true})"""
CROWDS = pytest.mark.parametrize("crowd", ["sixty", "three_hundred"])


def at_the_sheet_of(village: Village, visit: Visit, at: str = "") -> tuple[Visitor, str]:
    """The treasurer, and where her sheet is."""
    visitor = visit(PHONE, at=at)
    visitor.enter(village.treasurer.token)
    return visitor, f"/chi-hoi/{village.chapter.id}/thu"


def weighed(line: Line) -> Callable[[Visitor], int]:
    """Ask it for the bytes that came over the line since it was asked last, the worker's too."""
    came: list[int] = []

    def weigh(asked: Exchange) -> None:
        answer = asked.ask()
        came.append(len(answer))
        asked.tell(answer)

    line.on("GET").always(weigh)

    def ask(visitor: Visitor) -> int:
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.wait_for_timeout(1_500)  # the worker fetches without the page
        total = sum(came)
        came.clear()
        return total

    return ask


def test_the_sheet_of_sixty_weighs_little(visit: Visit, book: Book) -> None:
    with faulty(book.server) as line:
        bytes_since = weighed(line)
        visitor, path = at_the_sheet_of(book.sixty, visit, line.url)
        visitor.open(path)
        assert visitor.page.locator("[data-row]").count() == 60
        first = bytes_since(visitor)
        visitor.open("/hom-nay")
        bytes_since(visitor)
        visitor.open(path)
        later = bytes_since(visitor)
    print(f"first load {first} bytes, later {later}")
    assert 5_000 < first <= FIRST
    assert 1_000 < later <= LATER


def test_all_scripts_together_weigh_little(book: Book) -> None:
    total = 0
    with httpx2.Client(verify=False, trust_env=False) as client:
        for file in sorted(STATIC.glob("js/*.js")):
            url = f"{book.server.url}{static(f'js/{file.name}')}"
            with client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
                assert (
                    answer.headers.get("content-encoding") == "gzip" or file.stat().st_size < 1000
                )
                total += sum(map(len, answer.iter_raw()))
    print(f"scripts {total} bytes")
    assert 0 < total <= SCRIPTS


@CROWDS
def test_the_sheet_stands_still(visit: Visit, book: Book, crowd: str) -> None:
    """Nothing moves under a thumb that is already on its way; not when it is all there either."""
    with faulty(book.server) as line:
        line.on("GET", ".js").always(late(0.5))  # the page is seen before its scripts come
        visitor, path = at_the_sheet_of(getattr(book, crowd), visit, line.url)
        visitor.page.add_init_script(WATCH)
        for _ in range(2):  # without anything kept, and with
            visitor.open(path)
            stands_still(visitor)


def stands_still(visitor: Visitor) -> None:
    """Also a while after everything has come."""
    page = visitor.page
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    painted = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(painted)
    assert page.evaluate("shifts") == []
