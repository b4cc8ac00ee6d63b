"""Every page, for everybody, on a phone and a desk: readable without pushing, whole, our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Book, Phone, Visit, Visitor

SIZES = pytest.mark.parametrize("size", [PHONE, DESK, (320, 568)], ids=["phone", "desk", "small"])


def places(book: Book) -> Iterator[tuple[Phone | None, list[str]]]:
    """Everybody, and where she goes."""
    chapter = book.shown.chapter
    pages, members = f"/chi-hoi/{chapter.id}", chapter.members
    longest = max(members, key=len)
    reading = [
        "/hom-nay",
        f"{pages}/hoi-vien",
        f"{pages}/hoi-vien?q=khong-co",
        f"{pages}/hoi-vien/{members['Đào']}",
        f"{pages}/hoi-vien/{members[longest]}",
        f"{pages}/nhat-ky",
        f"{pages}/nhat-ky?kind=sheet_recorded",
    ]
    yield None, ["/vao", "/may-moi", "/thiet-lap", "/khong-co"]
    yield book.shown.treasurer, [*reading, f"{pages}/thu", f"{pages}/hoi-vien/moi", "/khong-co"]
    yield book.shown.inspector, [*reading, f"{pages}/thu"]
    yield book.leader, ["/hom-nay"]
    yield book.administrator, ["/hom-nay"]


def slips(visitor: Visitor) -> list[str]:
    """The slips that the first page leads to."""
    visitor.open("/hom-nay")
    links = visitor.page.locator('a[href^="/phieu/"]')
    return [links.nth(n).get_attribute("href") or "" for n in range(links.count())]


@SIZES
def test_every_page_fits(visit: Visit, book: Book, size: tuple[int, int]) -> None:
    """The longest name and the largest sum there can be do not push anything off the screen."""
    for phone, paths in places(book):
        visitor = visit(size)
        if phone is not None:
            visitor.sign_in(phone)
        seen_on_the_way = slips(visitor) if phone is book.shown.treasurer else []
        for path in paths + seen_on_the_way:
            visitor.open(path)
            expect(visitor.page.locator("h1")).to_be_visible()
            visitor.fits()
            no_sum_is_broken(visitor)


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
    for slip in slips(visitor):
        visitor.open(slip)
        expect(visitor.page.locator("article.slip")).to_be_visible()
        expect(visitor.page.locator('form[action$="/huy"]')).to_have_count(0)


def test_signing_out_and_a_wrong_pin(visit: Visit, book: Book) -> None:
    visitor = visit(PHONE)
    visitor.sign_in(book.shown.inspector)
    visitor.page.locator('form[action="/ra"] button').click()
    expect(visitor.page).to_have_url(f"{visitor.server.url}/vao")
    visitor.open("/hom-nay")
    expect(visitor.page).to_have_url(f"{visitor.server.url}/vao")
    visitor.page.locator("input[name=pin]").fill("000111")
    visitor.page.locator('form[action="/vao"] button').click()
    expect(visitor.page.locator("#p-pin")).to_be_visible()
    expect(visitor.page.locator("input[name=pin]")).to_have_value("")
