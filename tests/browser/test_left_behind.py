"""Her office ends while her phone still keeps sheets: held, recorded by the head, told on the phone."""

from __future__ import annotations

import re

import httpx2
from playwright.sync_api import Route, expect

from tests.browser.conftest import PHONE, Book, Village, Visit, Visitor
from tests.browser.test_outbox import SOON, ready, record, valley
from tests.journeys.doors import API


def office_ends(book: Book, village: Village) -> None:
    """The head thanks the treasurer and ends her office."""
    base = f"{book.server.url}{API}"
    headers = {"Authorization": f"Bearer {village.head.token}"}
    with httpx2.Client(verify=False, trust_env=False, headers=headers) as client:
        there = client.get(f"{base}/units/{village.chapter.id}/offices").json()["items"]
        (own,) = (o for o in there if o["role"] == "treasurer")
        end = {"on": own["from"], "reason": "Hết nhiệm kỳ"}
        answer = client.post(f"{base}/offices/{own['id']}/end", json=end)
    assert answer.status_code == 204, answer.text


def in_the_valley(visit: Visit, village: Village) -> Visitor:
    """The treasurer's phone without a signal, with a sheet in it."""
    visitor = visit(PHONE)
    visitor.sign_in(village.treasurer)
    ready(visitor.page, village)
    valley(visitor, signal=False)
    record(visitor, village)
    return visitor


def test_her_sheet_is_held_and_the_head_records_it(
    visit: Visit, book: Book, village: Village
) -> None:
    """Up from the valley her phone is let in no more: it hands over by itself, and says so."""
    hers = in_the_valley(visit, village)
    office_ends(book, village)
    hers.wrong.clear()
    valley(hers, signal=True)
    held = "Bảng này chi hội đang giữ để xem lại, chưa vào sổ"
    expect(hers.page.locator("[data-panel]")).to_contain_text(held, timeout=SOON)
    expect(hers.page.locator("a.unsent")).to_be_hidden()
    hers.open("/hom-nay")  # no PIN opens the book for her: the door itself shows what became of it
    expect(hers.page).to_have_url(re.compile("/vao$"))
    card = hers.page.locator("[data-at-the-door] [data-item]")
    expect(card).to_contain_text(held)
    expect(card).to_contain_text("5.000\u00a0₫")
    expect(card).not_to_contain_text("Sen")
    hers.fits()

    head = visit(PHONE, scripts=False)
    head.enter(village.head.token)
    head.open("/hom-nay")
    head.page.get_by_role("link", name="đang giữ, chờ xem lại").click()
    expect(head.page.locator("article.slip")).to_contain_text("Chưa vào sổ")
    head.page.get_by_role("button", name="GHI DƯỚI TÊN TÔI").click()
    expect(head.page).to_have_url(re.compile("/phieu/"))
    expect(head.page.locator("article.slip")).to_contain_text("Người ghi: Nguyễn Thị chapter_head")
    sheets = in_the_book(book, village)
    assert [sheet["total"] for sheet in sheets] == [5_000]

    hers.open("/vao")
    expect(card).to_contain_text("Chị Nguyễn Thị chapter_head đã xem và ghi vào sổ số")
    expect(card).to_have_attribute("data-state", "well")


def test_what_was_not_certain_is_found_in_the_book(
    visit: Visit, book: Book, village: Village
) -> None:
    """The answer was lost, then her office ended: asked with the same key, it is in the book."""
    hers = visit(PHONE)
    hers.sign_in(village.treasurer)
    ready(hers.page, village)
    lost: list[int] = []

    def loses(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    hers.page.context.route("**/gui", loses)
    record(hers, village)
    expect(hers.page.locator("[data-panel]")).to_contain_text("Chưa chắc đã vào sổ")
    for _ in range(50):
        if lost:
            break
        hers.page.wait_for_timeout(100)
    assert lost == [200]
    office_ends(book, village)
    hers.wrong.clear()
    hers.open("/vao")
    card = hers.page.locator("[data-at-the-door] [data-item]")
    expect(card).to_contain_text("Đã vào sổ số", timeout=SOON)
    assert len(in_the_book(book, village)) == 1
    head = visit(PHONE)
    head.enter(village.head.token)
    head.open(f"/chi-hoi/{village.chapter.id}/bang-giu")
    expect(head.page.locator("main")).to_contain_text("Không có bảng nào đang chờ xem lại")


def test_the_head_does_not_record_it(visit: Visit, book: Book, village: Village) -> None:
    """Told with who and why; the phone keeps its copy."""
    hers = in_the_valley(visit, village)
    office_ends(book, village)
    hers.wrong.clear()
    valley(hers, signal=True)
    expect(hers.page.locator("[data-panel]")).to_contain_text("chi hội đang giữ", timeout=SOON)
    head = visit(PHONE)
    head.enter(village.head.token)
    head.open("/hom-nay")
    head.page.get_by_role("link", name="đang giữ, chờ xem lại").click()
    head.page.get_by_text("Không ghi bảng này").click()
    head.page.locator("input[name=why]").fill("Đã ghi ở sổ giấy")
    head.page.get_by_role("button", name="Không ghi", exact=True).click()
    expect(head.page.locator(".note")).to_contain_text("Đã ghi ở sổ giấy")
    hers.open("/vao")
    card = hers.page.locator("[data-at-the-door] [data-item]")
    expect(card).to_contain_text("đã xem và không ghi bảng này: Đã ghi ở sổ giấy")
    assert in_the_book(book, village) == []


def test_the_head_changes_it_on_her_own_phone(visit: Visit, book: Book, village: Village) -> None:
    """With scripts her change goes through her own outbox, and settles the held one."""
    hers = in_the_valley(visit, village)
    office_ends(book, village)
    hers.wrong.clear()
    valley(hers, signal=True)
    expect(hers.page.locator("[data-panel]")).to_contain_text("chi hội đang giữ", timeout=SOON)
    head = visit(PHONE)
    head.enter(village.head.token)
    head.open("/hom-nay")
    head.page.get_by_role("link", name="đang giữ, chờ xem lại").click()
    head.page.get_by_role("button", name="Sửa rồi ghi").click()
    head.page.locator("input[name=amount-1]").fill("4.000")
    head.page.locator(".foot button[value=record]").click()
    head.page.locator("[data-panel] [data-do=now]").click()
    expect(head.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert [sheet["total"] for sheet in in_the_book(book, village)] == [4_000]
    hers.open("/vao")
    card = hers.page.locator("[data-at-the-door] [data-item]")
    expect(card).to_contain_text("Chị Nguyễn Thị chapter_head đã xem và ghi vào sổ số")


def in_the_book(book: Book, village: Village) -> list[dict[str, int]]:
    """What is in the book, asked by the head: the treasurer is let in no more."""
    path = f"{book.server.url}{API}/chapters/{village.chapter.id}/sheets"
    headers = {"Authorization": f"Bearer {village.head.token}"}
    with httpx2.Client(verify=False, trust_env=False) as client:
        found: list[dict[str, int]] = client.get(path, headers=headers).json()["items"]
    return found
