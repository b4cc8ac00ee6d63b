"""A whole breaking on a small phone: opened, counted, asked, signed on two phones, printed."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from app.clock import today
from tests.browser.conftest import PHONE, Visit, Visitor
from tests.browser.test_pages import barriers
from tests.browser.world import Book, Phone, Village
from tests.journeys.doors import API
from tests.story import a_key

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
SAVED = {"Sen": 340_000, "Đào": 52_000, "Huệ": 8_000}


def dong(amount: str) -> str:
    return f"{amount}\u00a0₫"


@pytest.fixture
def saved(village: Village, book: Book) -> Village:
    """400.000 in the pig, recorded beside the browser: the book is the serving process's."""
    chapter = village.chapter
    lines = [{"member_id": chapter.members[name], "amount": amount, "periods": 1}
             for name, amount in SAVED.items()]  # fmt: skip
    sheet = {"pot_id": chapter.pot, "date": today().isoformat(), "lines": lines}
    headers = {"Authorization": f"Bearer {village.treasurer.token}", "Idempotency-Key": a_key()}
    with httpx2.Client(verify=False, trust_env=False) as client:
        path = f"{book.server.url}{API}/chapters/{chapter.id}/sheets"
        answer = client.post(path, json=sheet, headers=headers)
    assert answer.status_code == 201, answer.text
    return village


def plan(book: Book, village: Village, breaking: str) -> dict[str, Any]:
    """As the API has it, beside the browser."""
    headers = {"Authorization": f"Bearer {village.treasurer.token}"}
    with httpx2.Client(verify=False, trust_env=False) as client:
        answer = client.get(f"{book.server.url}{API}/breakings/{breaking}/plan", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(visit: Visit, phone: Phone, path: str, scripts: bool) -> Visitor:
    """She has signed in and opens a page."""
    visitor = visit(PHONE, scripts=scripts)
    visitor.enter(phone.token)
    visitor.open(path)
    visitor.fits()
    return visitor


def looks(visitor: Visitor) -> None:
    """It fits, and nothing bars anybody from it."""
    visitor.fits()
    assert not visitor.scripts or barriers(visitor) == []


def chooses(page: Page, number: int, choice: str) -> None:
    """A thumb on one of the three beside her name."""
    page.locator(f"#f-r-{number} label", has_text=choice).first.click()


@SCRIPTS
def test_a_whole_breaking(visit: Visit, book: Book, saved: Village, scripts: bool) -> None:
    """From the first page to the slip, by what is pressed there."""
    treasurer = at(visit, saved.treasurer, "/them", scripts)
    page = treasurer.page
    page.locator("main a[href$=mo-lon]").click()
    page.get_by_role("button", name="MỞ LỢN").click()
    expect(page).to_have_url(re.compile(r"/mo-lon/[0-9a-f-]{36}$"))
    path = page.url.removeprefix(treasurer.url)
    looks(treasurer)

    page.get_by_role("link", name="ĐẾM TIỀN", exact=True).click()
    says = page.locator("[data-says]")
    expect(says).to_be_empty()
    page.locator('[name="notes.200000"]').fill("1")
    page.locator('[name="notes.50000"]').fill("3")
    page.locator('button[value="+50000"]').click()
    page.locator('button[value="+2000"]').click()
    expect(page.locator("[data-total]")).to_have_text(dong("402.000"))
    expect(says).to_have_text(f"thừa {dong('2.000')}")
    page.get_by_label("Nhận vào tiền dư").check()
    page.get_by_label("Vì sao lệch?").fill("đếm lại hai lần")
    page.locator('[name="witnesses.0"]').fill("bà Thử")
    page.locator('[name="witnesses.1"]').fill("bà Mẫu")
    looks(treasurer)
    page.get_by_role("button", name="ĐẾM XONG").click()
    expect(page.locator(".stages")).to_contain_text(dong("402.000"))

    head = at(visit, saved.head, "/hom-nay", scripts)  # goes on with it on another phone
    head.page.get_by_role("link", name="đang mổ, mời chị xem").click()
    head.page.get_by_role("link", name="HỎI Ý CÁC CHỊ", exact=True).click()
    sums = {choice: head.page.locator(f'[data-sum="{choice}"]') for choice in ("take", "keep")}
    expect(sums["keep"]).to_have_text(dong("402.000"))
    chooses(head.page, 1, "Lấy")
    head.page.locator("#f-r-1 summary").click()
    head.page.locator('[name="keep-1"]').fill("100k")
    if not scripts:
        head.page.get_by_role("button", name="Tính tổng").last.click()
    expect(sums["take"]).to_have_text(dong("242.000"))
    expect(sums["keep"]).to_have_text(dong("160.000"))
    looks(head)
    head.page.get_by_role("button", name="GHI, XEM LẠI").click()
    expect(head.page).to_have_url(re.compile(r"/ky$"))
    looks(head)
    code = head.page.locator(".sealed .code").inner_text()
    expect(head.page.locator(".share").first).to_contain_text(dong("242.000"))
    head.page.locator(".share summary").first.click()
    expect(head.page.locator(".share").first).to_contain_text("được " + dong("2.000"))
    head.page.get_by_role("button", name="KÝ", exact=True).click()
    expect(head.page.locator(".stages")).to_contain_text("đã ký, còn một người")

    treasurer.open(path)
    page.get_by_role("link", name="XEM VÀ KÝ", exact=True).click()
    expect(page.locator(".sealed .code")).to_have_text(code)
    page.get_by_role("button", name="KÝ, GHI VÀO SỔ").click()
    expect(page.locator("h1")).to_contain_text("Đã mổ")
    looks(treasurer)
    posted = plan(book, saved, path.rpartition("/")[2])
    assert posted["totals"]["payout"] == 242_000 and posted["totals"]["stays"] == 160_000
    first = posted["lines"][0]
    assert sum(int(value) * n for value, n in first["notes"].items()) == first["payout"] == 242_000
    page.get_by_role("link", name="Biên bản").click()
    expect(page.get_by_role("article")).to_contain_text("Bốn trăm lẻ hai nghìn đồng")
    expect(page.get_by_role("article")).to_contain_text(code)
    treasurer.fits()
    treasurer.open(f"{path}/phieu")
    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("article").first).to_contain_text("Hai trăm bốn mươi hai nghìn đồng")
    treasurer.fits()


def test_the_minutes_are_a4_and_whole(visit: Visit, book: Book) -> None:
    """On paper: the table with its head, a column to sign in, nothing to press."""
    visitor = visit(PHONE)
    visitor.enter(book.shown.treasurer.token)
    visitor.open("/mo-lon/{broken}/bien-ban".format(**book.things))
    page = visitor.page
    page.emulate_media(media="print")
    for shown in ("BIÊN BẢN MỔ LỢN", "Ký nhận", "Chi hội trưởng"):
        expect(page.get_by_text(shown, exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="In biên bản")).to_be_hidden()
    expect(page.locator(".nav")).to_be_hidden()
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF") and re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", paper)


def test_what_is_pressed_is_large_enough(visit: Visit, book: Book) -> None:
    """Every target 48 px, the sums and the button always in sight."""
    visitor = visit(PHONE)
    visitor.enter(book.shown.treasurer.token)
    visitor.open("/mo-lon/{asked}/y-cac-chi".format(**book.things))
    pressed = visitor.page.locator(
        ".segments label, .decides summary, .foot button, .everybody button"
    ).filter(visible=True)
    small = "all => all.filter(one => one.offsetHeight < 48 || one.offsetWidth < 48).length"
    assert pressed.count() >= 3 * 4 + 4 and pressed.evaluate_all(small) == 0
    expect(visitor.page.get_by_role("button", name="GHI, XEM LẠI")).to_be_in_viewport(ratio=1)
    expect(visitor.page.locator('[data-sum="take"]')).to_be_in_viewport(ratio=1)
