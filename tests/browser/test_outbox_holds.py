"""The outbox under everything that goes wrong around it: what is on the wire, other people, old pages."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.conftest import PHONE, Book, Phone, Records, Village, Visit, Visitor
from tests.browser.faulty import Exchange, Line, answered, cut, faulty, held, late, lost
from tests.browser.test_outbox import phone, ready, record, says, valley
from tests.faults.serving import PIN

__all__ = ["phone"]
SOON = 40_000
STORED = """(change) => new Promise(done => {
    const asked = indexedDB.open('solon', 1);
    asked.onsuccess = () => {
        const deal = asked.result.transaction('outbox', 'readwrite'), box = deal.objectStore('outbox');
        if (change) box.put(change);
        const all = box.getAll();
        deal.oncomplete = () => { asked.result.close(); done(all.result); };
    };
})"""


def stored(visitor: Visitor, change: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What the phone keeps, as it stands there."""
    found: list[dict[str, Any]] = visitor.page.evaluate(STORED, change)
    return found


def filled(visitor: Visitor, village: Village, amount: str = "5k", query: str = "") -> Locator:
    """The sheet with one line; its button."""
    visitor.open(f"/chi-hoi/{village.chapter.id}/thu{query}")
    visitor.page.locator("input[name=amount-1]").fill(amount)
    return visitor.page.locator("button[name=do][value=record]:visible:not(.unseen)").last


def panel(visitor: Visitor, doing: str = "") -> Locator:
    """The sheet as it was kept, or a button of it."""
    return visitor.page.locator("[data-panel]" + (f" [data-do={doing}]" if doing else ""))


def listed(visitor: Visitor, doing: str = "") -> Locator:
    """The list of kept sheets, or a button in it."""
    visitor.open("/tren-may")
    return visitor.page.locator("[data-outbox]" + (f" [data-do={doing}]:visible" if doing else ""))


def slow_and_lost(asked: Exchange) -> None:
    """In the book after a while, and nobody is told."""
    asked.ask()
    time.sleep(2)
    asked.hang_up()


def practises(visitor: Visitor, village: Village) -> None:
    """She begins to practise."""
    visitor.page.evaluate(
        "path => { const form = document.createElement('form'); form.method = 'post';"
        " form.action = path; document.body.append(form); form.submit(); }",
        f"/chi-hoi/{village.chapter.id}/so-tap",
    )
    expect(visitor.page.locator("aside.exercise")).to_be_visible()


def signs_in(page: Page, url: str, who: Phone) -> None:
    """In a tab of its own."""
    page.goto(f"{url}/vao?may={who.device_token}")
    page.locator("input[name=pin]").fill(PIN)
    page.locator('form[action="/vao"] button').click()
    expect(page).to_have_url(re.compile("/hom-nay$"))


def closed(visitor: Visitor) -> None:
    """The browser was closed: what lasts as long as it does is gone."""
    visitor.page.context.clear_cookies()


def later(visitor: Visitor, village: Village) -> None:
    """The head is in, on the treasurer's phone, which keeps a sheet of the treasurer's."""
    valley(visitor, signal=False)
    record(visitor, village)
    closed(visitor)
    valley(visitor, signal=True)
    expect(panel(visitor)).to_contain_text("Mời chị vào sổ lại", timeout=SOON)
    visitor.sign_in(village.head)
    visitor.wrong.clear()


@pytest.fixture
def line(book: Book) -> Iterator[Line]:
    """A bad line."""
    with faulty(book.server) as found:
        yield found


@pytest.fixture
def far(visit: Visit, line: Line, village: Village) -> Visitor:
    """The treasurer's phone at the other end of it."""
    visitor = visit(PHONE, at=line.url)
    visitor.sign_in(village.treasurer)
    ready(visitor.page, village)
    return visitor


# On the wire


def test_nothing_is_taken_back_that_is_on_the_wire(
    far: Visitor, line: Line, village: Village
) -> None:
    go = threading.Event()
    line.on("POST", "/gui").then(held(go))
    filled(far, village).click()
    panel(far, "now").click()
    expect(panel(far)).to_contain_text("Chưa chắc đã vào sổ")
    expect(panel(far, "undo")).to_be_hidden()
    go.set()
    expect(far.page).to_have_url(re.compile("/phieu/"), timeout=SOON)


def test_an_old_page_cannot_take_back_what_is_not_certain(
    far: Visitor, line: Line, village: Village, records: Records
) -> None:
    """Its button was drawn before: what is stored decides, not what the page has in hand."""
    line.on("POST", "/gui").then(slow_and_lost).always(cut)
    filled(far, village).click()
    expect(panel(far, "now")).to_be_visible()
    far.page.evaluate("window.back = document.querySelector('[data-panel] [data-do=undo]')")
    panel(far, "now").click()
    expect(panel(far, "undo")).to_be_hidden()
    far.page.evaluate("back.click()")
    far.page.wait_for_timeout(3_000)
    (item,) = stored(far)
    assert item["unsure"] and len(records(village)) == 1
    far.wrong.clear()


def test_a_second_tap_leaves_it_uncertain(
    far: Visitor, line: Line, village: Village, records: Records
) -> None:
    line.on("POST", "/gui").then(slow_and_lost).always(cut)
    filled(far, village).click()
    expect(panel(far, "now")).to_be_visible()
    far.page.evaluate("window.now = document.querySelector('[data-panel] [data-do=now]')")
    for _ in range(2):
        far.page.evaluate("now.click()")
        far.page.wait_for_timeout(600)
    far.page.wait_for_timeout(2_000)
    assert stored(far)[0]["unsure"] is True and len(records(village)) == 1
    expect(panel(far, "undo")).to_be_hidden()
    far.wrong.clear()


# Other people


def test_another_session_holds_nothing_up(
    phone: Visitor, village: Village, records: Records
) -> None:
    """The head signs in while the treasurer's page is open; the treasurer comes back."""
    filled(phone, village).click()
    expect(panel(phone)).to_be_visible()
    tab = phone.page.context.new_page()
    signs_in(tab, phone.url, village.head)
    tab.close()
    panel(phone, "now").click()
    expect(panel(phone)).to_contain_text("Mời chị vào sổ lại để gửi")
    assert stored(phone)[0]["state"] == "kept"
    phone.wrong.clear()
    phone.sign_in(village.treasurer)
    says(phone, "Đã vào sổ số")
    assert len(records(village)) == 1


def test_what_is_not_certain_is_asked_again_when_she_is_back(
    far: Visitor, line: Line, village: Village, records: Records
) -> None:
    """The inspector, who may not even record, was in for a while."""
    line.on("POST", "/gui").then(lost)
    filled(far, village).click()
    panel(far, "now").click()
    expect(panel(far)).to_contain_text("Chưa chắc đã vào sổ")
    mine = far.page.context.cookies()
    far.enter(village.inspector.token)
    panel(far, "now").click()
    far.page.wait_for_timeout(1_500)
    (item,) = stored(far)
    assert (item["state"], item["unsure"]) == ("kept", True)
    far.page.context.add_cookies(mine)  # type: ignore[arg-type]
    far.wrong.clear()
    far.open("/tren-may")
    says(far, "Đã vào sổ số")
    assert len(records(village)) == 1


def test_taking_back_what_was_mended_brings_the_first_again(
    phone: Visitor, village: Village, records: Records
) -> None:
    later(phone, village)
    listed(phone, "mend").click()
    expect(phone.page.locator("input[name=amount-1]")).to_have_value(re.compile("5"))
    phone.page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    expect(phone.page.locator("a.unsent")).to_have_text("1 dòng chưa gửi")
    panel(phone, "undo").click()
    expect(phone.page.locator("[data-sheet]")).to_be_visible()
    (item,) = stored(phone)
    assert item["who"] == "Nguyễn Thị treasurer" and "replacedBy" not in item
    assert records(village) == []


def test_what_is_mended_with_words_takes_the_firsts_place(
    phone: Visitor, village: Village, records: Records
) -> None:
    later(phone, village)
    listed(phone, "mend").click()
    day = phone.page.locator("#f-date")
    day.fill((date.fromisoformat(day.input_value()) - timedelta(days=1)).isoformat())
    phone.page.locator("input[name=amount-1]").fill("5 nghìn rưỡi 5")
    phone.page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    expect(panel(phone)).to_be_visible()
    panel(phone, "now").click()
    expect(phone.page.locator("#p-amount-1")).to_be_visible()  # the book cannot read it either
    phone.page.locator("input[name=amount-1]").fill("5 nghìn")
    phone.page.locator("button[name=do][value=record]:visible:not(.unseen)").last.click()
    panel(phone, "now").click()
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    closed(phone)
    phone.wrong.clear()
    phone.sign_in(village.treasurer)
    expect(listed(phone, "open")).to_have_count(1)
    phone.page.wait_for_timeout(1_000)
    assert [sheet["total"] for sheet in records(village)] == [5_000]


def test_of_a_question_to_another_she_sees_whose_it_is(phone: Visitor, village: Village) -> None:
    record(phone, village)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    record(phone, village)
    expect(panel(phone)).to_contain_text("Hôm nay đã thu của 1 chị rồi. Chị thu thêm lần nữa ạ?")
    expect(phone.page.locator("a.unsent")).to_have_text("1 dòng chưa gửi, chờ chị xem")
    closed(phone)
    phone.sign_in(village.head)
    expect(phone.page.locator("a.unsent")).to_have_text("1 dòng chưa gửi")
    expect(listed(phone)).to_contain_text("Phiếu của chị Nguyễn Thị treasurer, chị ấy vào sổ")
    item = phone.page.locator("[data-item][data-state=waits]")
    expect(item.locator("[data-do]:visible")).to_have_count(1)
    expect(item.locator("[data-do=share]")).to_be_visible()


def test_what_was_recorded_without_a_pin_waits_for_her_word(
    phone: Visitor, village: Village, records: Records
) -> None:
    closed(phone)
    valley(phone, signal=False)
    record(phone, village, "5.000.000", at_once=False)
    expect(panel(phone)).to_contain_text("Ghi lúc chưa vào sổ bằng mã PIN")
    valley(phone, signal=True)
    phone.wrong.clear()
    phone.sign_in(village.treasurer)
    expect(listed(phone, "mine")).to_be_visible()
    phone.page.wait_for_timeout(1_500)
    assert records(village) == []
    phone.page.locator("[data-do=mine]:visible").click()
    expect(phone.page.locator("[data-outbox]")).to_contain_text("Đã vào sổ số", timeout=SOON)
    assert len(records(village)) == 1


# Sums, days and clocks


@pytest.mark.parametrize(
    ("typed", "total"), [("1tr2", "1.200.000"), ("5 000", "5.000"), ("20 ngàn", "20.000")]
)
def test_sums_as_people_write_them_are_kept(
    phone: Visitor, village: Village, typed: str, total: str
) -> None:
    valley(phone, signal=False)
    record(phone, village, typed, at_once=False)
    expect(panel(phone)).to_contain_text(f"{total}\u00a0₫")
    phone.wrong.clear()


def test_what_is_no_sum_is_said_beside_it(phone: Visitor, village: Village) -> None:
    button = filled(phone, village, "abc")
    valley(phone, signal=False)
    button.click()
    expect(phone.page.locator("#p-amount-1")).to_contain_text("máy chưa hiểu")
    expect(phone.page.locator("input[name=amount-1]")).to_be_focused()
    phone.page.locator("input[name=amount-1]").fill("")
    button.click()
    expect(phone.page.locator("#p-amount-1")).to_contain_text("chưa có ai góp")


def test_what_only_the_book_can_read_is_kept_and_comes_back_to_its_row(
    phone: Visitor, village: Village, records: Records
) -> None:
    button = filled(phone, village, "5 nghìn rưỡi 5")
    valley(phone, signal=False)
    button.click()
    expect(panel(phone)).to_contain_text("Đã lưu trên máy, có mạng sẽ tự gửi")
    phone.wrong.clear()
    valley(phone, signal=True)
    panel(phone, "now").click()
    expect(phone.page.locator("#p-amount-1")).to_be_visible(timeout=SOON)
    expect(phone.page.locator("input[name=amount-1]")).to_have_value("5 nghìn rưỡi 5")
    assert records(village) == []
    phone.wrong.clear()


def test_a_page_of_yesterday_records_today(
    phone: Visitor, village: Village, records: Records
) -> None:
    today = phone.page.evaluate(
        """async path => {
            const pages = await caches.open('pages'), found = await pages.match(path), text = await found.text();
            const [, day] = text.match(/type="date" value="([^"]+)"/);
            const before = new Date(Date.parse(day) - 86400000).toISOString().slice(0, 10);
            await pages.put(path, new Response(text.replaceAll(day, before), {headers: found.headers}));
            return day;
        }""",
        f"/chi-hoi/{village.chapter.id}/thu",
    )
    valley(phone, signal=False)
    button = filled(phone, village)
    expect(phone.page.locator("#f-date")).to_have_value(today)
    expect(phone.page.locator("[data-tell]")).to_contain_text("Ngày thu đã đổi thành hôm nay")
    button.click()
    panel(phone, "now").click()
    phone.wrong.clear()
    valley(phone, signal=True)
    says(phone, "Đã vào sổ số")
    assert [sheet["date"] for sheet in records(village)] == [today]


def test_a_page_with_a_query_is_another_page(phone: Visitor, village: Village) -> None:
    sheet = f"/chi-hoi/{village.chapter.id}/thu"
    phone.open(f"{sheet}?ngay=2026-07-01")
    asked_for = phone.page.locator("#f-date").input_value()
    phone.page.wait_for_timeout(500)
    valley(phone, signal=False)
    phone.open(sheet)
    assert phone.page.locator("#f-date").input_value() != asked_for
    phone.open(f"{sheet}?ngay=2026-07-01")
    expect(phone.page.locator("h1")).to_have_text("Không có mạng")
    phone.wrong.clear()


def test_a_clock_that_ran_ahead(phone: Visitor, village: Village, records: Records) -> None:
    """Kept for a day a year ahead: the clock was wrong, not the sheet."""
    valley(phone, signal=False)
    record(phone, village, at_once=False)
    expect(panel(phone)).to_be_visible()
    (item,) = stored(phone)
    stored(phone, item | {"sendAfter": item["sendAfter"] + 400 * 86_400_000})
    valley(phone, signal=True)
    phone.wrong.clear()
    says(phone, "Đã vào sổ số")
    assert len(records(village)) == 1


# Phones that cannot do all of it


FAILS = {
    "the store does not open": "indexedDB.open = () => { const asked = {};"
    " setTimeout(() => asked.onerror({})); return asked; }",
    "there is no room": "const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put ="
    " function (item) { const asked = put.call(this, item); this.transaction.abort(); return asked; }",
}


@pytest.mark.parametrize("fault", FAILS.values(), ids=FAILS)
def test_a_phone_that_cannot_keep_sends_it_straight(
    phone: Visitor, village: Village, records: Records, fault: str
) -> None:
    phone.page.context.add_init_script(fault)
    button = filled(phone, village)
    valley(phone, signal=False)
    button.click()
    expect(phone.page.locator("[data-tell]")).to_contain_text("Chưa ghi gì")
    valley(phone, signal=True)
    button.click()
    expect(phone.page).to_have_url(re.compile("/phieu/"))
    assert len(records(village)) == 1
    phone.wrong.clear()


def test_a_broken_record_is_in_nobodys_way(
    phone: Visitor, village: Village, records: Records
) -> None:
    stored(phone, {"key": "broken", "at": 1})
    record(phone, village)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert len(records(village)) == 1


def test_an_older_browser_sends_too(phone: Visitor, village: Village, records: Records) -> None:
    phone.page.context.add_init_script("delete AbortSignal.timeout")
    record(phone, village)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)
    assert len(records(village)) == 1


@pytest.mark.parametrize("status", [400, 413])
def test_what_the_book_cannot_take_is_not_asked_for_ever(
    far: Visitor, line: Line, village: Village, status: int
) -> None:
    line.on("POST", "/gui").always(answered(status, "no"))
    record(far, village)
    expect(panel(far)).to_contain_text("không đọc được phiếu này")
    assert stored(far)[0]["state"] == "fix"
    far.wrong.clear()


# Practising


def test_typed_while_practising_never_becomes_real(
    far: Visitor, line: Line, village: Village, records: Records
) -> None:
    """The practice page is slow, and the worker shows the kept one of the real book."""
    practises(far, village)
    line.on("GET", "/thu").then(late(9))
    filled(far, village, "9.000").click()
    expect(far.page.locator("aside.exercise")).to_have_count(0)
    far.page.wait_for_timeout(1_000)
    assert stored(far) == [] and records(village) == []


def test_only_the_real_book_ends_practising(phone: Visitor, village: Village) -> None:
    practises(phone, village)
    phone.open("/tren-may")
    phone.page.wait_for_timeout(500)
    valley(phone, signal=False)
    filled(phone, village, "7k").click()
    expect(phone.page.locator("aside p.cut")).to_contain_text("Chị đang tập ghi sổ")
    assert stored(phone) == []
    valley(phone, signal=True)
    phone.wrong.clear()
    phone.open("/hom-nay")
    phone.page.locator("aside.exercise button").click()
    expect(phone.page.locator("aside.exercise")).to_have_count(0)
    record(phone, village)
    expect(phone.page).to_have_url(re.compile("/phieu/"), timeout=SOON)


# Kept pages


def nobody_is_named(visitor: Visitor, village: Village, page: str) -> None:
    """In the valley, whoever holds the phone."""
    valley(visitor, signal=False)
    visitor.open(f"/chi-hoi/{village.chapter.id}/{page}")
    expect(visitor.page.locator("h1")).to_have_text("Không có mạng")
    assert "Sen" not in visitor.page.content()
    visitor.wrong.clear()


def leaves(visitor: Visitor) -> None:
    """Out."""
    visitor.page.locator("form.leave button").click()
    expect(visitor.page).to_have_url(re.compile("/vao$"))


def test_of_those_who_do_not_record_nothing_is_kept(phone: Visitor, village: Village) -> None:
    leaves(phone)
    phone.sign_in(village.inspector)
    phone.open(f"/chi-hoi/{village.chapter.id}/hoi-vien")
    phone.page.wait_for_timeout(500)
    nobody_is_named(phone, village, "hoi-vien")


def test_the_next_who_signs_in_finds_no_pages(phone: Visitor, village: Village) -> None:
    closed(phone)
    phone.sign_in(village.inspector)
    nobody_is_named(phone, village, "thu")


def test_going_out_of_practice_takes_the_pages_away(phone: Visitor, village: Village) -> None:
    practises(phone, village)
    leaves(phone)
    assert phone.page.evaluate("caches.has('pages')") is False


def test_a_session_that_ended_takes_the_pages_away(phone: Visitor, village: Village) -> None:
    """Also in a tab that stands open: a page that leads to the door is not kept as one of hers."""
    closed(phone)
    phone.open("/hom-nay")
    expect(phone.page).to_have_url(re.compile("/vao$"))
    nobody_is_named(phone, village, "thu")


def test_without_a_signal_nobody_goes_out(phone: Visitor, village: Village) -> None:
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.accept()

    phone.page.on("dialog", hear)
    valley(phone, signal=False)
    record(phone, village, at_once=False)
    phone.open("/hom-nay")
    phone.page.locator("form.leave button").click()
    phone.page.wait_for_timeout(500)
    assert [text.split()[0] for text in heard] == ["Còn", "Chưa"]  # her lines, then no signal
    expect(phone.page).to_have_url(re.compile("/hom-nay$"))
    phone.open(f"/chi-hoi/{village.chapter.id}/thu")
    expect(phone.page.locator("input[name=amount-1]")).to_be_visible()
    phone.wrong.clear()
    valley(phone, signal=True)
    phone.open("/hom-nay")
    leaves(phone)
    expect(phone.page.locator("[data-unsent]")).to_contain_text("1 dòng chưa gửi")
    phone.wrong.clear()


def test_an_update_leaves_no_page_without_its_scripts(phone: Visitor, village: Village) -> None:
    """Pages of the version before are made anew; what they named goes only then."""
    sheet = f"/chi-hoi/{village.chapter.id}/thu"
    phone.page.evaluate(
        """async () => {
            const pages = await caches.open('pages'), shell = await caches.open('shell');
            for (const key of await pages.keys()) {
                const found = await pages.match(key), text = await found.text();
                await pages.put(key, new Response(text.replace(/phone\\.js\\?v=\\w+/g, 'phone.js?v=0'), {headers: found.headers}));
            }
            await shell.put('/static/js/phone.js?v=0', new Response('window.before = 1'));
        }"""
    )
    phone.page.context.route("**/thu", lambda route: route.abort())
    phone.open("/hom-nay")
    phone.page.wait_for_timeout(1_500)
    valley(phone, signal=False)
    phone.open(sheet)
    assert phone.page.evaluate("window.before") == 1  # not yet renewed: it still has its own
    valley(phone, signal=True)
    phone.page.context.unroute("**/thu")
    phone.open("/hom-nay")
    phone.page.wait_for_timeout(1_500)
    valley(phone, signal=False)
    phone.open(sheet)
    assert phone.page.evaluate("!!window.outbox && !window.before")
    old = phone.page.evaluate("caches.match('/static/js/phone.js?v=0').then(found => !!found)")
    assert old is False
    phone.wrong.clear()


def test_the_sheet_is_kept_at_once(visit: Visit, village: Village) -> None:
    """Her first page is the sheet, and the signal goes."""
    visitor = visit(PHONE)
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{village.chapter.id}/thu")
    started = time.monotonic()
    ready(visitor.page, village)
    assert time.monotonic() - started < 6


def test_with_a_signal_it_says_so_quietly(phone: Visitor, village: Village) -> None:
    filled(phone, village).click()
    expect(panel(phone)).to_contain_text(re.compile(r"Sẽ vào sổ sau \d+ giây"))
    expect(panel(phone).locator("[data-state=quiet]")).to_be_visible()
