"""The application on a phone: the limits are told as she types, by the server; without it the page is whole."""

from __future__ import annotations

from typing import Any

import httpx2
from playwright.sync_api import expect

from app import clock
from tests.browser.conftest import PHONE, Book, Village, Visit, Visitor
from tests.browser.faulty import cut, faulty
from tests.browser.test_pages import barriers
from tests.browser.world import Phone
from tests.journeys.doors import API
from tests.story import a_key

WEIGHED = "[data-weighed]"


def begun(book: Book, village: Village) -> None:
    """500.000 are in hand, 200.000 of them Sen's."""
    chapter, told = village.chapter, clock.today().isoformat()
    body = {"pot_id": chapter.pot, "date": told, "cash": {"hand": 500_000},
            "savings": [{"member_id": chapter.members["Sen"], "amount": 200_000}]}  # fmt: skip
    with httpx2.Client(verify=False, trust_env=False, base_url=book.server.url + API) as client:

        def post(path: str, phone: Phone, body: dict[str, Any]) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {phone.token}", "Idempotency-Key": a_key()}
            answer = client.post(path, json=body, headers=headers)
            assert answer.is_success, answer.text
            found: dict[str, Any] = answer.json()
            return found

        waits = post(f"/chapters/{chapter.id}/opening-balances", village.treasurer, body)
        post(f"/approvals/{waits['approval_id']}/sign", village.head,
             {"fingerprint": waits["fingerprint"]})  # fmt: skip


def asking(
    visit: Visit, book: Book, village: Village, *, at: str = "", scripts: bool = True
) -> Visitor:
    """The treasurer opens the form for Sen."""
    begun(book, village)
    chapter = village.chapter
    visitor = visit(PHONE, scripts=scripts, at=at)
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{chapter.id}/vay/moi")
    visitor.page.get_by_label("Chị nào xin vay?").select_option(chapter.members["Sen"])
    return visitor


def test_limits_are_told_as_she_types(visit: Visit, book: Book, village: Village) -> None:
    visitor = asking(visit, book, village)
    page, told = visitor.page, visitor.page.locator(WEIGHED)
    expect(told).to_contain_text("vay được nhiều nhất 500.000")
    page.get_by_label("Muốn vay bao nhiêu?").fill("600k")
    expect(told).to_contain_text("cho vay được nhiều nhất 500.000")
    visitor.fits()
    page.get_by_label("Muốn vay bao nhiêu?").fill("300k")
    page.get_by_label("Vay mấy tháng?").fill("3")
    expect(told).to_contain_text("Trả 3 lần, lần đầu 100.000")
    page.get_by_label("Trả thế nào?").select_option("bullet")
    expect(told).to_contain_text("Trả một lần 300.000")
    visitor.fits()
    assert barriers(visitor) == []


def test_without_a_signal_nothing_is_said(visit: Visit, book: Book, village: Village) -> None:
    """What was true of another sum is not left standing; the form stays as it was typed."""
    with faulty(book.server) as line:
        visitor = asking(visit, book, village, at=line.url)
        page, told = visitor.page, visitor.page.locator(WEIGHED)
        expect(told).to_contain_text("nhiều nhất 500.000")
        line.on("GET", "/xet").always(cut)
        page.get_by_label("Muốn vay bao nhiêu?").fill("600k")
        expect(told).to_have_text("")
        expect(page.get_by_label("Muốn vay bao nhiêu?")).to_have_value("600k")


def test_without_scripts_a_button_asks(visit: Visit, book: Book, village: Village) -> None:
    visitor = asking(visit, book, village, scripts=False)
    page = visitor.page
    page.get_by_label("Muốn vay bao nhiêu?").fill("600k")
    page.get_by_label("Vay mấy tháng?").fill("3")
    page.get_by_role("button", name="Xem thử").click()
    expect(page.locator(".note.waits")).to_contain_text("nhiều nhất 500.000")
    page.get_by_label("Muốn vay bao nhiêu?").fill("300k")
    page.get_by_role("button", name="Xem thử").click()
    expect(page.locator(".note.well")).to_contain_text("lần đầu 100.000")
    expect(page.locator(".plan-rows tbody tr")).to_have_count(3)
    visitor.fits()
