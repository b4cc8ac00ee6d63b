"""The valley: recorded without a signal, answers lost, tabs, other people; never a double, never a loss."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from datetime import date

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from app import clock
from tests.browser.conftest import PHONE, Book, Records, Village, Visit, Visitor, send_now
from tests.browser.faulty import Fault, answered, cut, doubled, faulty, late, lost
from tests.story import DAY

SOON = 40_000  # ms: the outbox asks again every fifteen seconds


@pytest.fixture
def phone(visit: Visit, village: Village) -> Visitor:
    """The treasurer's phone, at today's page, with everything it needs kept."""
    visitor = visit(PHONE)
    visitor.sign_in(village.treasurer)
    ready(visitor.page, village)
    return visitor


def ready(page: Page, village: Village) -> None:
    """The chapter is on the phone after one visit."""
    sheet = f"/chi-hoi/{village.chapter.id}/thu"
    for _ in range(100):
        kept = page.evaluate(
            "path => caches.open('pages').then(c => c.match(path)).then(found => !!found"
            " && !!navigator.serviceWorker.controller)",
            sheet,
        )
        if kept:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the sheet is not kept")


def valley(visitor: Visitor, *, signal: bool) -> None:
    """Down into the valley, or up again."""
    visitor.page.context.set_offline(not signal)


def record(visitor: Visitor, village: Village, amount: str = "5k", *, at_once: bool = True) -> None:
    """A sheet of one line."""
    page = visitor.page
    visitor.open(f"/chi-hoi/{village.chapter.id}/thu")
    page.locator("input[name=amount-1]").fill(amount)
    page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    expect(page.locator("[data-panel]")).to_be_visible()
    if at_once:
        send_now(page)


def to_the_list(visitor: Visitor) -> None:
    """The page she leaves may just be going to the slip by itself."""
    try:
        visitor.open("/tren-may")
    except Error:
        visitor.open("/tren-may")


def says(visitor: Visitor, text: str) -> None:
    """What the list of kept sheets says."""
    to_the_list(visitor)
    expect(visitor.page.locator("[data-outbox]")).to_contain_text(text, timeout=SOON)


def test_recorded_in_the_valley(phone: Visitor, village: Village, records: Records) -> None:
    """Kept through a reload and another tab; sent by itself when there is a signal."""
    valley(phone, signal=False)
    record(phone, village)
    expect(phone.page.locator("[data-panel]")).to_contain_text("Đã lưu trên máy, có mạng sẽ tự gửi")
    phone.page.reload()
    expect(phone.page.locator("a.unsent")).to_have_text("1 dòng chưa gửi")
    phone.open("/hom-nay")
    expect(phone.page.locator("p.cut")).to_contain_text("Không có mạng")
    other_tab = phone.page.context.new_page()
    other_tab.goto(f"{phone.url}/tren-may")
    expect(other_tab.locator("[data-outbox]")).to_contain_text("5.000\u00a0₫")
    other_tab.close()
    assert records(village) == []
    phone.wrong.clear()  # the browser's own words about the missing network
    valley(phone, signal=True)
    says(phone, "Đã vào sổ số")
    code = phone.page.locator("[data-word] .nowrap")  # read aloud: never over two lines
    expect(code).to_have_text(re.compile("^[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    expect(phone.page.locator("a.unsent")).to_be_hidden()
    (sheet,) = records(village)
    assert sheet["total"] == 5_000


def test_several_sheets_come_in_once_each(
    phone: Visitor, village: Village, records: Records
) -> None:
    """Three kept in the valley; two tabs wake up at once."""
    valley(phone, signal=False)
    for amount in ("1k", "2k", "3k"):
        record(phone, village, amount)
    expect(phone.page.locator("a.unsent")).to_have_text("3 dòng chưa gửi")
    second = phone.page.context.new_page()
    second.goto(f"{phone.url}/hom-nay")
    phone.wrong.clear()
    valley(phone, signal=True)
    second.goto(f"{phone.url}/tren-may")
    to_the_list(phone)
    for _ in range(2):  # the second and the third of a day are asked about
        phone.page.locator("[data-do=yes]:visible").first.click(timeout=SOON)
        phone.page.wait_for_timeout(300)
    expect(phone.page.locator("[data-state=well]")).to_have_count(3, timeout=SOON)
    assert sorted(sheet["total"] for sheet in records(village)) == [1_000, 2_000, 3_000]


def test_the_answer_is_lost_after_it_was_recorded(
    phone: Visitor, village: Village, records: Records
) -> None:
    """ "Not certain" is what it says, it asks again with the same key, and there is one sheet."""
    lost: list[int] = []

    def loses(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    phone.page.context.route("**/gui", loses)
    record(phone, village)
    expect(phone.page.locator("[data-panel]")).to_contain_text(
        "Chưa chắc đã vào sổ, máy đang hỏi lại"
    )
    for _ in range(50):
        if lost:
            break
        phone.page.wait_for_timeout(100)
    assert lost == [200] and len(records(village)) == 1
    phone.wrong.clear()
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert len(records(village)) == 1


def test_signed_out_in_between(phone: Visitor, village: Village, records: Records) -> None:
    """A 401 clears nothing: she signs in again and it is sent."""
    valley(phone, signal=False)
    record(phone, village)
    phone.wrong.clear()
    phone.page.context.clear_cookies(name="solon")
    valley(phone, signal=True)
    expect(phone.page.locator("[data-panel]")).to_contain_text(
        "Mời chị vào sổ lại để gửi", timeout=SOON
    )
    assert records(village) == []
    phone.wrong.clear()  # nor does the chapter hold it: her office goes on
    phone.sign_in(village.treasurer)
    says(phone, "Đã vào sổ số")
    assert len(records(village)) == 1


def test_another_officer_on_the_same_phone(
    phone: Visitor, village: Village, records: Records
) -> None:
    """Her sheet waits for her; the deputy sees it and may record it under her own name."""
    valley(phone, signal=False)
    record(phone, village)
    phone.wrong.clear()
    phone.page.context.clear_cookies()
    valley(phone, signal=True)
    expect(phone.page.locator("[data-panel]")).to_contain_text("Mời chị vào sổ lại", timeout=SOON)
    phone.wrong.clear()
    phone.sign_in(village.head)
    says(phone, "Chị Nguyễn Thị treasurer ghi trên máy này, chưa gửi")
    phone.page.wait_for_timeout(1_500)
    assert records(village) == []
    phone.page.locator("[data-do=mend]:visible").click()
    expect(phone.page.locator("input[name=amount-1]")).to_have_value(re.compile("5"))
    phone.page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    send_now(phone.page)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert len(records(village)) == 1
    phone.open("/tren-may")
    expect(phone.page.locator("[data-item]")).to_have_count(1)
    expect(phone.page.locator("a.unsent")).to_be_hidden()


def test_ten_seconds_to_think_again(phone: Visitor, village: Village, records: Records) -> None:
    """What is taken back is never sent; what is not goes by itself, when they are over and not before."""
    record(phone, village, at_once=False)
    expect(phone.page.locator("[data-panel]")).to_contain_text("Sẽ vào sổ sau")
    phone.page.locator("[data-panel] [data-do=undo]").click()
    expect(phone.page.locator("input[name=amount-1]")).to_be_visible()
    expect(phone.page.locator("input[name=amount-1]")).to_have_value("5.000")
    expect(phone.page.locator("a.unsent")).to_be_hidden()
    began = time.monotonic()
    record(phone, village, "7k", at_once=False)
    while time.monotonic() < began + 9:
        assert records(village) == []
        phone.page.wait_for_timeout(500)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert time.monotonic() >= began + 10
    phone.page.wait_for_timeout(1_000)
    assert [sheet["total"] for sheet in records(village)] == [7_000]
    expect(phone.page.locator("a.unsent")).to_be_hidden()


def test_what_the_book_refuses_is_mended(
    phone: Visitor, village: Village, records: Records
) -> None:
    """Too little for a day: it says so, goes back into the form, and the mended one takes its place."""
    phone.open(f"/chi-hoi/{village.chapter.id}/thu")
    phone.page.locator("input[name=amount-1]").fill("1.000")
    phone.page.locator("input[name=periods-1]").fill("3")
    phone.page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    send_now(phone.page)
    phone.wrong.clear()
    expect(phone.page.locator("[data-panel]")).to_contain_text("Chưa vào sổ", timeout=SOON)
    phone.wrong.clear()
    phone.page.locator("[data-panel] [data-do=mend]").click()
    expect(phone.page.get_by_role("alert")).to_be_visible()
    phone.page.locator("input[name=amount-1]").fill("3.000")
    phone.page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    send_now(phone.page)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert [sheet["total"] for sheet in records(village)] == [3_000]
    phone.open("/tren-may")
    expect(phone.page.locator("[data-state=wrong]")).to_have_count(0)


def test_the_pig_was_broken_meanwhile(
    phone: Visitor, book: Book, village: Village, records: Records
) -> None:
    """Yesterday's sheet, kept in the valley: it says why, is still there after a reload, and goes
    back into her form as she wrote it; with today's date it is in the new pig, once."""
    page, today = phone.page, clock.today()
    kept, here = (
        page.locator(f"[data-item]:has-text('{day:%d/%m/%Y}')") for day in (today - DAY, today)
    )
    valley(phone, signal=False)
    phone.open(f"/chi-hoi/{village.chapter.id}/thu")
    page.locator("input[name=date]").fill((today - DAY).isoformat())
    page.locator("input[name=amount-2]").fill("5k")
    page.locator("input[name=note]").fill("trời mưa")
    record_button(page).click()
    expect(page.locator("[data-panel]")).to_contain_text("Đã lưu trên máy, có mạng sẽ tự gửi")
    break_the_pig(book, village, today)
    phone.wrong.clear()
    valley(phone, signal=True)
    why = f"Lợn trước đã mổ ngày {today:%d/%m/%Y}, không ghi thêm được. Ghi vào lợn mới?"
    send_now(page)
    expect(page.locator("[data-panel]")).to_contain_text(why, timeout=SOON)
    assert records(village) == []
    for _ in range(2):  # and again: nothing that was refused goes away by itself
        says(phone, why)
        expect(kept).to_contain_text("5.000\u00a0₫")
        expect(page.locator("a.unsent")).to_have_text("1 dòng chưa gửi, chờ chị xem")
    phone.wrong.clear()  # the browser's own words about the refusal (422)
    page.locator("[data-do=mend]:visible").click()
    expect(page.get_by_role("alert")).to_contain_text(why)
    for name, value in (("amount-2", "5.000"), ("note", "trời mưa"), ("date", f"{today - DAY}")):
        expect(page.locator(f"input[name={name}]")).to_have_value(value)
    page.locator("input[name=date]").fill(today.isoformat())
    record_button(page).click()
    send_now(page)
    expect(page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    (sheet,) = records(village)
    assert (sheet["total"], sheet["date"]) == (5_000, today.isoformat())
    says(phone, "Đã vào sổ số")
    expect(kept).to_have_count(0)
    expect(here).to_have_count(1)


def record_button(page: Page) -> Locator:
    """ "Ghi sổ", where it is seen."""
    return page.locator("button[name=do][value=record]:visible:not(.unseen)").last


def break_the_pig(book: Book, village: Village, on: date) -> None:
    """What a breaking will do to the cycles (by SQL until there is one), under a running server."""
    settings = book.server.settings
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as file, file:
        told = (on.isoformat(), village.chapter.id)
        file.execute("UPDATE cycle SET closed_on = ? WHERE chapter_id = ?", told)
        file.execute(
            "INSERT INTO cycle (chapter_id, pot_id, no, starts_on)"
            " SELECT chapter_id, pot_id, no + 1, closed_on FROM cycle WHERE chapter_id = ?",
            told[1:],
        )


def test_a_new_version_with_a_full_outbox(
    phone: Visitor, village: Village, records: Records
) -> None:
    """The worker and its files are replaced; what she recorded is not touched."""
    valley(phone, signal=False)
    record(phone, village)
    phone.wrong.clear()
    phone.page.evaluate(
        "() => caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))"
        ".then(() => navigator.serviceWorker.getRegistration()).then(one => one.unregister())"
    )
    valley(phone, signal=True)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    says(phone, "Đã vào sổ số")
    assert len(records(village)) == 1


def test_signing_out_takes_the_kept_pages_away(phone: Visitor, village: Village) -> None:
    """A family's phone: whoever holds it next finds no names, and no way in."""
    phone.page.locator("form.leave button").click()
    expect(phone.page).to_have_url(re.compile("/vao$"))
    assert phone.page.evaluate("caches.has('pages')") is False
    valley(phone, signal=False)
    phone.open("/hom-nay")
    expect(phone.page.locator("h1")).to_have_text("Không có mạng")
    phone.wrong.clear()


# The same, on a bad line (faulty.py)


@pytest.mark.parametrize(
    "fault",
    [lost, doubled, late(2), answered(503), cut],
    ids=["lost", "doubled", "late", "refused", "cut"],
)
def test_on_a_bad_line_it_is_one_sheet(
    visit: Visit, book: Book, village: Village, records: Records, fault: Fault
) -> None:
    """Lost, doubled, late, refused in between, cut: asked again until the book has answered."""
    with faulty(book.server) as line:
        visitor = visit(PHONE, at=line.url)
        visitor.sign_in(village.treasurer)
        ready(visitor.page, village)
        line.on("POST", "/gui").then(fault)
        record(visitor, village)
        expect(visitor.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
        visitor.wrong.clear()
        assert len(records(village)) == 1
