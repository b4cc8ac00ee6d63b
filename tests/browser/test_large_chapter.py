"""A chapter of three hundred: the same evening, only longer."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Book, Records, Visit, send_now


def test_three_hundred_are_found_filled_and_recorded(
    visit: Visit, book: Book, records: Records
) -> None:
    village = book.three_hundred
    visitor = visit(PHONE)
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{village.chapter.id}/thu")
    page, rows = visitor.page, visitor.page.locator("[data-row]")
    payers, total = page.locator("[data-payers]"), page.locator("[data-total]")
    expect(rows).to_have_count(300)
    search = page.locator("input[data-find]")
    search.fill("cam mai")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    search.press("Enter")
    expect(page.locator("input[name=amount-300]")).to_be_focused()
    page.keyboard.type("7k")
    search.fill("")
    expect(page.locator("[data-row]:visible")).to_have_count(300)
    page.locator("button[name=do][value=fill]").click()
    expect(payers).to_have_text("300")
    expect(total).to_have_text("306.000\u00a0₫")
    page.locator("input[name=amount-150]").click()
    page.locator(".open").get_by_role("button", name="Vắng").click()
    expect(payers).to_have_text("299")
    visitor.fits()
    page.locator(".foot button[value=record]").click()
    send_now(page)
    expect(page).to_have_url(re.compile(r"/phieu/[0-9a-f-]{36}$"))
    expect(page.locator("article.slip tbody tr")).to_have_count(299)
    sheet = records(village)[0]
    assert (sheet["total"], sheet["payers"]) == (305_000, 299)
