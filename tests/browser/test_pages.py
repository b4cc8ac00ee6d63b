"""Every page, for everybody, on a phone and a desk: readable without pushing, whole, our own."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.browser.atlas import EVERYBODY, PAGES, pages_of, routes, walk
from tests.browser.conftest import DESK, PHONE, Book, Village, Visit, Visitor, send_now

SMALL = (320, 568)
WHO = pytest.mark.parametrize("who", EVERYBODY)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
BARRIERS = """options => axe.run(document, {resultTypes: ["violations"], ...options}).then(
    found => found.violations.map(one => one.id + ": "
        + one.nodes.slice(0, 3).map(node => node.html + node.failureSummary).join(" | ")))"""
LIGHT: tuple[Literal["light"], dict[str, object]] = ("light", {})
DARK: tuple[Literal["dark"], dict[str, object]] = (
    "dark",
    {"runOnly": ["color-contrast", "link-in-text-block"]},  # what the theme can change
)
# What is shown and ends beyond the screen, beyond its own box, or beyond what hides what sticks out.
CUT = """all => all.filter(one => {
    const words = document.createRange();
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!box.width || style.clipPath !== "none" || one.closest(".sr, .unseen, .skip, svg")) return false;
    if (box.right > innerWidth + 1 || box.left < -1) return true;
    for (const text of one.childNodes) if (text.nodeType === Node.TEXT_NODE && text.data.trim()) {
        words.selectNodeContents(text);
        const written = words.getBoundingClientRect();
        if (written.left < box.left - 2 || written.right > box.right + 2) return true;
    }
    const hides = style.overflowX !== "visible" || one.matches("input");
    return hides && !one.matches("[type=search]") && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map(one => one.outerHTML.slice(0, 200))"""


def test_every_page_of_the_application_is_walked(book: Book) -> None:
    """A new page has to say who sees it."""
    assert routes() == set(PAGES)
    assert all([*pages_of(who, book)] for who in EVERYBODY)


@WHO
def test_every_page_fits(visit: Visit, book: Book, who: str) -> None:
    """The longest name and the largest sum there can be do not push anything off the screen."""
    for visitor in walk(who, visit, book, PHONE):
        for size in (DESK, SMALL, PHONE):
            visitor.resize(size)
            visitor.fits()
            no_sum_is_broken(visitor)


@WHO
def test_no_page_has_a_barrier(visit: Visit, book: Book, who: str) -> None:
    """On a phone and a desk, in both themes: nothing that axe knows of."""
    found = {visitor.page.url: barriers(visitor) for visitor in walk(who, visit, book, PHONE)}
    assert {url: said for url, said in found.items() if said} == {}


def test_no_answer_has_a_barrier(visit: Visit, book: Book, village: Village) -> None:
    """The same for what is shown only when something was pressed."""
    treasurer, leader = visit(PHONE), visit(PHONE)
    treasurer.enter(village.treasurer.token)
    leader.enter(book.leader.token)
    page, pages = treasurer.page, f"/chi-hoi/{village.chapter.id}"
    found = {}

    def look(what: str, visitor: Visitor = treasurer) -> None:
        found[what] = barriers(visitor)

    treasurer.open(f"{pages}/thu")
    page.locator("input[name=amount-2]").click()
    expect(page.locator(".open .chip").first).to_be_visible()
    look("a row in hand")
    page.locator("input[name=amount-1]").fill("10")
    page.locator(".foot button[value=record]").click()
    expect(page.locator("#p-amount-1")).to_be_visible()
    expect(page.locator("[data-find]")).to_be_visible()  # its scripts have come
    look("a sheet with a problem")
    page.locator(".foot button[value=record]").click()
    send_now(page)
    expect(page.locator("article.slip")).to_be_visible()
    treasurer.open(f"{pages}/thu")
    page.locator("button[value=fill]").last.click()
    page.locator(".foot button[value=record]").click()
    send_now(page)
    expect(page.locator("[data-panel] [data-do=yes]")).to_be_visible()
    look("a question")
    treasurer.open(f"{pages}/the")
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.locator("main form button").last.click()
    expect(page.locator(".member-card").first).to_be_visible()
    look("cards")
    leader.open(f"/don-vi/{book.things['commune']}/nhap")
    leader.page.locator("textarea").fill("chẳng có gì")
    leader.page.locator("main form button").last.click()
    expect(leader.page.locator(".problem, .wrong").first).to_be_visible()
    look("a table with faults", leader)
    assert {what: said for what, said in found.items() if said} == {}


def barriers(visitor: Visitor) -> list[str]:
    """What axe finds on this page; afterwards it is as it was."""
    page, found = visitor.page, []
    page.evaluate(AXE)
    for size in (DESK, PHONE):
        visitor.resize(size)
        for scheme, options in DARK, LIGHT:
            page.emulate_media(color_scheme=scheme)
            found += [f"{size} {scheme} {said}" for said in page.evaluate(BARRIERS, options)]
    return found


@WHO
def test_text_twice_as_large_is_not_cut(visit: Visit, book: Book, who: str) -> None:
    """She has set her phone to letters she can read without glasses."""
    cut = {}
    for visitor in walk(who, visit, book, PHONE, letters=2):
        size = visitor.page.locator("html").evaluate("root => getComputedStyle(root).fontSize")
        assert size == "36px"
        visitor.page.locator("details").evaluate_all("all => all.map(one => { one.open = true })")
        for field in visitor.page.locator("input.amount").all()[:1]:
            field.click()
        if said := visitor.page.locator("body *").evaluate_all(CUT):
            cut[visitor.page.url] = said
    assert cut == {}


def no_sum_is_broken(visitor: Visitor) -> None:
    """An amount stands on one line, with its sign."""
    lines = "all => all.filter(one => one.getClientRects().length > 1).map(one => one.textContent)"
    assert visitor.page.locator(".money:visible").evaluate_all(lines) == [], visitor.page.url


def test_what_is_pressed_on_the_sheet_is_large_enough(visit: Visit, book: Book) -> None:
    """Wet hands, a cheap phone: 48 px, and the bar at the foot is always in sight."""
    visitor = visit(PHONE)
    visitor.sign_in(book.shown.treasurer)
    visitor.open(f"/chi-hoi/{book.shown.chapter.id}/thu")
    page = visitor.page
    page.locator("input[name=amount-1]").click()
    pressed = page.locator("main button:visible:not(.unseen), main input.amount:visible")
    small = "all => all.filter(one => one.offsetHeight < 48).map(one => one.outerHTML)"
    assert pressed.count() > 15
    assert pressed.evaluate_all(small) == []
    record = page.get_by_role("button", name="GHI SỔ")
    expect(record).to_be_in_viewport(ratio=1)
    page.locator("input[name=amount-13]").scroll_into_view_if_needed()
    expect(record).to_be_in_viewport(ratio=1)


def test_every_field_has_its_label(visit: Visit, book: Book) -> None:
    """Whoever hears the page instead of seeing it is told what each field is for."""
    visitor = visit(PHONE)
    pages = f"/chi-hoi/{book.shown.chapter.id}"
    for path in ("/vao", "/may-moi", "/thiet-lap"):
        visitor.open(path)
        labelled(visitor)
    visitor.sign_in(book.shown.treasurer)
    for path in (f"{pages}/thu", f"{pages}/hoi-vien", f"{pages}/hoi-vien/moi", f"{pages}/nhat-ky"):
        visitor.open(path)
        labelled(visitor)


def labelled(visitor: Visitor) -> None:
    """Every field has a label, and every id stands once."""
    unnamed = (
        "all => all.filter(one => one.type !== 'hidden' && !one.labels.length"
        " && !one.getAttribute('aria-label')).map(one => one.outerHTML)"
    )
    fields = visitor.page.locator("input, select, textarea")
    assert fields.evaluate_all(unnamed) == [], visitor.page.url
    repeated = "all => all.map(one => one.id).filter((id, n, ids) => ids.indexOf(id) !== n)"
    assert visitor.page.locator("[id]").evaluate_all(repeated) == [], visitor.page.url


def test_the_inspector_is_shown_nothing_to_press(visit: Visit, book: Book) -> None:
    visitor = visit(PHONE)
    visitor.sign_in(book.shown.inspector)
    expect(visitor.page.get_by_role("link", name="THU TIỀN", exact=True)).to_have_count(0)
    expect(visitor.page.get_by_role("link", name="Hội viên", exact=True)).to_be_visible()
    for slip in ("/phieu/{entry_id}", "/phieu/{reversed}"):
        visitor.open(slip.format(**book.things))
        expect(visitor.page.locator("article.slip")).to_be_visible()
        expect(visitor.page.locator('form[action$="/huy"]')).to_have_count(0)


def test_signing_out_and_a_wrong_pin(visit: Visit, book: Book) -> None:
    visitor = visit(PHONE)
    visitor.sign_in(book.shown.inspector)
    visitor.page.locator('form[action="/ra"] button').click()
    expect(visitor.page).to_have_url(f"{visitor.url}/vao")
    visitor.open("/hom-nay")
    expect(visitor.page).to_have_url(f"{visitor.url}/vao")
    visitor.page.locator("input[name=pin]").fill("000111")
    visitor.page.locator('form[action="/vao"] button').click()
    expect(visitor.page.locator("#p-pin")).to_be_visible()
    expect(visitor.page.locator("input[name=pin]")).to_have_value("")
