"""A paper book comes in, the pig is opened, a visit is paid: on a phone, by two pairs of hands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Village, Visit, Visitor
from tests.browser.test_pages import barriers
from tests.browser.world import Phone

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])


def at(visit: Visit, phone: Phone, path: str, scripts: bool) -> Visitor:
    """She has signed in and opens a page."""
    visitor = visit(PHONE, scripts=scripts)
    visitor.enter(phone.token)
    visitor.open(path)
    visitor.fits()
    return visitor


def the_head_signs(visit: Visit, village: Village, treasurer: Visitor) -> None:
    """What waits is opened on her own phone, and signed."""
    expect(treasurer.page).to_have_url(re.compile(r"/ky/[0-9a-f-]{36}$"))
    path = treasurer.page.url.removeprefix(treasurer.url)
    head = at(visit, village.head, path, scripts=False)
    head.page.get_by_role("button", name="KÝ", exact=True).click()
    expect(head.page.locator(".note.well")).to_be_visible()


@SCRIPTS
def test_from_the_paper_book_to_a_visit(visit: Visit, village: Village, scripts: bool) -> None:
    """What was typed in haste is asked; what she sees is what the head signs."""
    pages = f"/chi-hoi/{village.chapter.id}"
    treasurer = at(visit, village.treasurer, "/hom-nay", scripts)
    page = treasurer.page
    page.get_by_role("link", name="Ghi số dư đầu kỳ").click()
    page.get_by_label("Trong lợn").fill("80")
    page.locator("input[name=amount-1]").fill("50k")
    page.get_by_role("button", name="Tính tổng").last.click()
    expect(page.locator("#p-cash_pot")).to_have_text("“80” là 80.000 ₫ phải không chị?")
    treasurer.fits()
    if not scripts:  # else it runs along
        page.get_by_role("button", name="Tính tổng").last.click()
    expect(page.locator("#sums")).to_contain_text("Còn dư", use_inner_text=True)
    treasurer.fits()
    assert not scripts or barriers(treasurer) == []
    page.get_by_role("button", name="XIN CHỮ KÝ").click()
    the_head_signs(visit, village, treasurer)
    treasurer.open(f"{pages}/chuyen")
    page.get_by_role("link", name="Mở lợn lấy tiền ra").click()
    expect(page.get_by_label("Số tiền")).to_have_value("80.000")
    page.get_by_text("Đếm từng tờ").click()
    page.get_by_label("50.000 ₫").fill("1")
    page.get_by_label("Người thứ nhất").fill("Nguyễn Thị Mẫu")
    page.get_by_label("Người thứ hai").fill("bà Thử")
    page.get_by_role("button", name="XIN CHỮ KÝ").click()
    expect(page.get_by_role("link", name="Kiểm quỹ trước")).to_be_visible()
    treasurer.fits()
    assert not scripts or barriers(treasurer) == []
    page.get_by_label("10.000 ₫").fill("3")
    page.get_by_role("button", name="XIN CHỮ KÝ").click()
    the_head_signs(visit, village, treasurer)
    treasurer.open(f"{pages}/chi")
    expect(page.locator(".huge")).to_have_text("30.000 ₫")
    page.get_by_text("Thăm hỏi", exact=True).click()
    page.get_by_label("Số tiền").fill("30.001")
    page.get_by_role("button", name="XIN CHỮ KÝ").click()
    expect(page.locator("#p-amount")).to_contain_text("không dùng để chi")
    treasurer.fits()
    assert not scripts or barriers(treasurer) == []
    page.get_by_label("Số tiền").fill("20k")
    page.get_by_role("button", name="XIN CHỮ KÝ").click()
    the_head_signs(visit, village, treasurer)
    treasurer.open(f"{pages}/chi")
    expect(page.locator(".huge")).to_have_text("10.000 ₫")
