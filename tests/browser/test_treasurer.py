"""The treasurer's evening: sign in, fill the sheet, record it, show the slip; on phone and desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.browser.conftest import DESK, PHONE, Records, Village, Visit, Visitor, send_now

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
RECEIPT = re.compile(r"/phieu/[0-9a-f-]{36}$")


def amount(page: Page, number: int) -> Locator:
    """The amount beside a member's number."""
    return page.locator(f"input[name=amount-{number}]")


def row(page: Page, number: int) -> Locator:
    """Her row."""
    return page.locator("[data-row]").filter(has=amount(page, number))


def press(page: Page, value: str) -> Locator:
    """The button that does this, where it is seen."""
    return page.locator(f"button[name=do][value={value}]:visible:not(.unseen)").last


def adds_up_to(page: Page, payers: int, total: str) -> None:
    """The bar at the foot."""
    expect(page.locator("[data-payers]")).to_have_text(str(payers))
    expect(page.locator("[data-total]")).to_have_text(total.replace(" ", "\u00a0"))


def at_the_sheet(visit: Visit, village: Village, size: tuple[int, int], scripts: bool) -> Visitor:
    """Signed in and on the way to record, by the button of the first page."""
    visitor = visit(size, scripts=scripts)
    visitor.sign_in(village.treasurer)
    visitor.page.get_by_role("link", name="THU TIỀN", exact=True).click()
    expect(visitor.page).to_have_url(re.compile(rf"/chi-hoi/{village.chapter.id}/thu$"))
    if scripts:  # a tap before they have come is a tap without them
        expect(visitor.page.locator("[data-find]")).to_be_visible()
    visitor.fits()
    return visitor


@SIZES
def test_an_evening_with_scripts(
    visit: Visit, village: Village, records: Records, size: tuple[int, int]
) -> None:
    """Everybody a thousand, two give more, one is away: the sum runs along as she taps."""
    visitor = at_the_sheet(visit, village, size, scripts=True)
    page = visitor.page
    adds_up_to(page, 0, "0 ₫")
    press(page, "fill").click()
    adds_up_to(page, 12, "12.000 ₫")
    amount(page, 3).fill("5k")
    adds_up_to(page, 12, "16.000 ₫")
    amount(page, 4).click()
    expect(amount(page, 3)).to_have_value("5.000")
    row(page, 4).get_by_role("button", name="2.000").click()
    expect(amount(page, 4)).to_have_value("2.000")
    adds_up_to(page, 12, "17.000 ₫")
    amount(page, 5).click()
    row(page, 5).get_by_role("button", name="Vắng").click()
    expect(amount(page, 5)).to_have_value("")
    adds_up_to(page, 11, "16.000 ₫")
    visitor.fits()
    press(page, "record").click()
    send_now(page)
    expect(page).to_have_url(RECEIPT)
    the_slip_says(visitor, "16.000 ₫", "Mười sáu nghìn đồng", payers=11, away="Mai")
    (sheet,) = records(village)
    assert (sheet["total"], sheet["payers"]) == (16_000, 11)
    page.goto(f"{visitor.url}/hom-nay")
    expect(page.get_by_label("Góp hôm nay")).to_contain_text("11/12")
    visitor.fits()


@SIZES
def test_an_evening_without_scripts(
    visit: Visit, village: Village, records: Records, size: tuple[int, int]
) -> None:
    """The same sheet by buttons alone: fill, change, add up, record."""
    visitor = at_the_sheet(visit, village, size, scripts=False)
    page = visitor.page
    press(page, "fill").click()
    adds_up_to(page, 12, "12.000 ₫")
    amount(page, 3).fill("5k")
    amount(page, 4).fill("2.000")
    amount(page, 5).fill("")
    press(page, "check").click()
    adds_up_to(page, 11, "16.000 ₫")
    expect(amount(page, 3)).to_have_value("5k")
    assert records(village) == []
    visitor.fits()
    press(page, "record").click()
    expect(page).to_have_url(RECEIPT)
    the_slip_says(visitor, "16.000 ₫", "Mười sáu nghìn đồng", payers=11, away="Mai")
    (sheet,) = records(village)
    assert (sheet["total"], sheet["payers"]) == (16_000, 11)


def the_slip_says(visitor: Visitor, total: str, words: str, *, payers: int, away: str) -> None:
    """Number, code, everybody who gave, the sum in figures and in words."""
    page, slip = visitor.page, visitor.page.locator("article.slip")
    expect(page.locator("h1")).to_have_text(re.compile(r"Đã vào sổ số \d+"))
    expect(page.locator("h1 .code")).to_have_text(re.compile("^[2-9A-Z]{4}-[2-9A-Z]{4}$"))
    expect(slip).to_contain_text(total.replace(" ", "\u00a0"))
    expect(slip).to_contain_text(words)
    expect(slip.locator("tbody tr")).to_have_count(payers)
    expect(slip).not_to_contain_text(f"Nguyễn Thị {away}")
    visitor.fits()


def test_she_finds_a_name_without_marks(visit: Visit, village: Village) -> None:
    page = at_the_sheet(visit, village, PHONE, scripts=True).page
    search, nobody = page.locator("input[data-find]"), page.locator("[data-none]")
    for typed, found in (
        ("dao", [2]), ("ĐÀO", [2]), ("thi hong", [7]), ("hong thi", [7]), ("12", [12]),
        ("ngoc", [8]), ("", list(range(1, 13))),
    ):  # fmt: skip
        search.fill(typed)
        for number in range(1, 13):
            expect(row(page, number)).to_be_visible(visible=number in found)
        expect(nobody).to_be_hidden()
    search.fill("khong co ai")
    expect(nobody).to_be_visible()
    search.fill("bich")
    search.press("Enter")
    expect(amount(page, 9)).to_be_focused()
    page.keyboard.type("3k")
    search.fill("")
    adds_up_to(page, 1, "3.000 ₫")


@SCRIPTS
def test_two_taps_are_one_sheet(
    visit: Visit, village: Village, records: Records, scripts: bool
) -> None:
    page = at_the_sheet(visit, village, PHONE, scripts).page
    amount(page, 1).fill("10k")
    press(page, "record").dblclick()
    if scripts:
        send_now(page)
    expect(page).to_have_url(RECEIPT)
    expect(page.locator("article.slip")).to_contain_text("10.000\u00a0₫")
    assert len(records(village)) == 1


def test_a_tap_whose_answer_is_late_and_another_are_one_sheet(
    visit: Visit, village: Village, records: Records
) -> None:
    """It is in the book, but the answer does not come: she taps again and gets that receipt."""
    page = at_the_sheet(visit, village, PHONE, scripts=False).page
    late: list[APIResponse] = []

    def answer(route: Route) -> None:
        if late or route.request.method != "POST":
            route.continue_()
        else:
            late.append(route.fetch(max_redirects=0))  # and keeps it

    page.route("**/thu", answer)
    amount(page, 1).fill("10k")
    box = press(page, "record").bounding_box()
    assert box is not None
    thumb = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(*thumb)
    for _ in range(500):
        if late:
            break
        page.wait_for_timeout(20)
    assert [found.status for found in late] == [303]
    assert len(records(village)) == 1
    page.mouse.click(*thumb)
    expect(page).to_have_url(re.compile(late[0].headers["location"] + "$"))
    assert len(records(village)) == 1


def test_going_back_with_the_outbox_shows_that_it_is_in_the_book(
    visit: Visit, village: Village, records: Records
) -> None:
    """She is not sure and goes back: no form to send again, but what became of it."""
    page = at_the_sheet(visit, village, PHONE, scripts=True).page
    amount(page, 1).fill("7k")
    press(page, "record").click()
    send_now(page)
    expect(page).to_have_url(RECEIPT)
    page.go_back(wait_until="commit")
    expect(page.locator("[data-panel]")).to_contain_text("Đã vào sổ số")
    expect(press(page, "record")).to_be_hidden()
    assert len(records(village)) == 1


def test_going_back_and_recording_again_is_the_same_sheet(
    visit: Visit, village: Village, records: Records
) -> None:
    """She is not sure, goes back, finds her sheet as she left it, and taps once more."""
    page = at_the_sheet(visit, village, PHONE, scripts=False).page
    amount(page, 1).fill("7k")
    press(page, "record").click()
    expect(page).to_have_url(RECEIPT)
    receipt = page.url
    page.go_back(wait_until="commit")
    expect(amount(page, 1)).to_have_value(re.compile("^7(k|.000)$"))
    press(page, "record").click()
    expect(page).to_have_url(receipt)
    assert len(records(village)) == 1


@SCRIPTS
def test_enter_adds_up_and_never_records(
    visit: Visit, village: Village, records: Records, scripts: bool
) -> None:
    page = at_the_sheet(visit, village, PHONE, scripts).page
    amount(page, 1).fill("4k")
    amount(page, 1).press("Enter")
    adds_up_to(page, 1, "4.000 ₫")
    expect(page).to_have_url(re.compile("/thu$"))
    assert records(village) == []


def test_a_bare_ten_is_asked_and_what_is_mended_is_recorded(
    visit: Visit, village: Village, records: Records
) -> None:
    """The page asks at once what the server would ask; what it can read it writes out."""
    visitor = at_the_sheet(visit, village, PHONE, scripts=True)
    page = visitor.page
    expect(page.locator("[data-unsure]")).to_be_hidden()
    amount(page, 1).fill("10")
    amount(page, 2).fill("1tr2")
    amount(page, 3).fill("2k")
    adds_up_to(page, 3, "1.202.000 ₫")
    expect(page.locator("[data-unsure]")).to_be_visible()
    press(page, "record").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#p-amount-1")).to_contain_text("10.000")
    expect(amount(page, 1)).to_have_value("10.000")
    expect(amount(page, 2)).to_have_value("1.200.000")
    visitor.fits()
    press(page, "record").click()
    expect(page).to_have_url(RECEIPT)
    (sheet,) = records(village)
    assert sheet["total"] == 1_212_000


@SCRIPTS
def test_a_line_is_taken_back_on_the_slip(
    visit: Visit, village: Village, records: Records, scripts: bool
) -> None:
    """A wrong line, mended the same evening; the slip it was on says so."""
    visitor = at_the_sheet(visit, village, PHONE, scripts)
    page = visitor.page
    amount(page, 1).fill("1k")
    amount(page, 2).fill("2k")
    press(page, "record").click()
    if scripts:
        send_now(page)
    expect(page).to_have_url(RECEIPT)
    receipt = page.url
    page.get_by_text("Ghi nhầm?").click()
    page.get_by_role("checkbox", name="Nguyễn Thị Đào").check()
    page.locator("#f-reason").fill("Ghi nhầm tên")
    page.locator('form[action$="/huy"] button[value="lines"]').dblclick()
    expect(page).to_have_url(RECEIPT)
    expect(page).not_to_have_url(receipt)
    expect(page.locator("article.slip")).to_contain_text("Ghi nhầm tên")
    expect(page.locator("article.slip")).to_contain_text("−2.000\u00a0₫")
    visitor.fits()
    page.goto(receipt)
    expect(page.locator("article.slip tr.off")).to_contain_text("Nguyễn Thị Đào")
    assert [sheet["total"] for sheet in records(village)] == [-2000, 3000]


def test_the_notes_in_her_hand_against_the_sheet(visit: Visit, village: Village) -> None:
    """Counted if she wishes, never sent."""
    page = at_the_sheet(visit, village, PHONE, scripts=True).page
    amount(page, 1).fill("25k")
    page.get_by_text("Đếm tiền giấy").click()
    says = page.locator("[data-notes-says]")
    page.locator("[data-note='20000']").fill("1")
    expect(says).to_have_text("Thiếu 5.000\u00a0₫ so với phiếu")
    page.locator("[data-note='5000']").fill("1")
    expect(says).to_have_text("Vừa khớp phiếu")
    page.locator("[data-note='1000']").fill("2")
    expect(says).to_have_text("Thừa 2.000\u00a0₫ so với phiếu")
    page.locator("[data-note='1000']").fill("0")
    amount(page, 2).fill("abc")
    expect(says).to_have_text("Còn dòng chưa rõ số tiền")  # it may not fit at all


def test_a_large_amount_is_seen_whole(visit: Visit, village: Village) -> None:
    page = at_the_sheet(visit, village, PHONE, scripts=True).page
    amount(page, 1).fill("50.000.000")
    seen = "box => [box.scrollWidth, box.clientWidth]"
    needs, has = amount(page, 1).evaluate(seen)
    assert needs <= has
