"""Without a pointer: every stop is seen, and a sheet comes into the book by keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import DESK, Records, Village, Visit, Visitor
from tests.browser.world import Book
from tests.faults.serving import PIN

RECEIPT = re.compile(r"/phieu/[0-9a-f-]{36}$")
# Where she is: in sight, not under anything, and with a ring around it or around its box.
HIDDEN = """() => {
    const here = document.activeElement, box = here.getBoundingClientRect();
    const ring = one => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const wrong = [];
    if (here === document.body) wrong.push("nowhere");
    if (!box.width || box.bottom > innerHeight || box.top < 0) wrong.push("out of sight");
    if (!at || !(here.contains(at) || at.contains(here))) wrong.push("covered");
    if (!ring(here) && !here.closest(".find:focus-within")) wrong.push("no ring");
    if (here.closest(".find") && !ring(here.closest(".find"))) wrong.push("no ring");
    return wrong.map(what => what + ": " + here.outerHTML.slice(0, 120));
}"""


def go_to(visitor: Visitor, wanted: Locator, key: str = "Tab") -> int:
    """Press until she is there; how many stops it took, each of them seen."""
    page = visitor.page
    for stops in range(1, 150):
        page.keyboard.press(key)
        assert page.evaluate(HIDDEN) == [], page.url
        if wanted.evaluate("one => one === document.activeElement"):
            return stops
    raise AssertionError(f"never came to {wanted}")


def go_to_send_now(visitor: Visitor) -> Locator:
    """The panel has her; its button is on the way."""
    panel = visitor.page.locator("[data-panel]")
    expect(panel.locator("[data-title]")).to_be_focused()
    button = panel.locator("[data-do=now]")
    go_to(visitor, button)
    return button


def send_now_by_keys(visitor: Visitor) -> None:
    go_to_send_now(visitor)
    visitor.page.keyboard.press("Enter")


def test_an_evening_by_keys_alone(visit: Visit, village: Village, records: Records) -> None:
    """From the PIN to the slip: names found, amounts typed and chosen, one row passed over."""
    visitor = visit()
    page = visitor.page
    visitor.open(f"/vao?may={village.treasurer.device_token}")
    go_to(visitor, page.locator("input[name=pin]"))
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visitor.url}/hom-nay")
    go_to(visitor, page.get_by_role("link", name="THU TIỀN", exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/thu$"))
    go_to(visitor, page.locator("input[name=amount-1]"))
    page.keyboard.type("5k")
    go_to(visitor, page.locator("input[name=amount-2]"))
    go_to(visitor, page.locator(".open .chip", has_text="2k"))
    page.keyboard.press("Space")
    go_to(visitor, page.locator("input[name=amount-4]"))
    page.keyboard.type("3k")
    go_to(visitor, page.locator("[data-find]"), "Shift+Tab")
    page.keyboard.type("oanh")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=amount-12]")).to_be_focused()
    page.keyboard.type("1k")
    go_to(visitor, page.locator(".foot button[value=record]"))
    expect(page.locator("[data-total]")).to_have_text("11.000\u00a0₫")
    page.keyboard.press("Enter")
    send_now_by_keys(visitor)
    expect(page).to_have_url(RECEIPT)
    (sheet,) = records(village)
    assert (sheet["total"], sheet["payers"]) == (11_000, 4)


@pytest.mark.parametrize("path", ["/chi-hoi/{}/the", "/chi-hoi/{}/chi", "/chi-hoi/{}/lon/moi"])
def test_no_field_is_reached_under_the_button_that_stays(
    visit: Visit, book: Book, path: str
) -> None:
    """A list longer than the screen, and short forms: down to the button, every stop in sight."""
    visitor = visit()
    visitor.enter(book.sixty.treasurer.token)
    visitor.open(path.format(book.sixty.chapter.id))
    go_to(visitor, visitor.page.locator("main form button.big"))


def test_a_card_drawn_anew_keeps_her_place(visit: Visit, village: Village) -> None:
    """A signal that comes and goes draws the panel again while she is on its button."""
    visitor = visit()
    page = visitor.page
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{village.chapter.id}/thu")
    go_to(visitor, page.locator("input[name=amount-1]"))
    page.keyboard.type("5k")
    go_to(visitor, page.locator(".foot button[value=record]"))
    page.keyboard.press("Enter")
    button = go_to_send_now(visitor)
    page.evaluate("() => { document.querySelector('[data-panel] [data-item]').dataset.old = '1' }")
    page.evaluate("() => solon.show()")
    expect(page.locator("[data-panel] [data-old]")).to_have_count(0)
    expect(button).to_be_focused()


def test_a_line_is_taken_back_by_keys_alone(
    visit: Visit, village: Village, records: Records
) -> None:
    visitor = visit(DESK)
    page = visitor.page
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{village.chapter.id}/thu")
    go_to(visitor, page.locator("input[name=amount-1]"))
    page.keyboard.type("5k")
    go_to(visitor, page.locator(".foot button[value=record]"))
    page.keyboard.press("Enter")
    send_now_by_keys(visitor)
    expect(page).to_have_url(RECEIPT)
    receipt = page.url
    go_to(visitor, page.locator("summary", has_text="Ghi nhầm?"))
    page.keyboard.press("Enter")
    go_to(visitor, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    go_to(visitor, page.locator("#f-reason"))
    page.keyboard.type("Ghi nhầm")
    go_to(visitor, page.locator('form[action$="/huy"] button[value="lines"]'))
    page.keyboard.press("Enter")
    expect(page).to_have_url(RECEIPT)
    expect(page).not_to_have_url(receipt)
    assert [sheet["total"] for sheet in records(village)] == [-5000, 5000]
