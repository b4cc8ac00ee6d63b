"""Slips and books on paper, handed on, read aloud; each button only where the phone can do it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Book, Phone, Visit, Visitor

INCH = 25.4
POINT = 72 / INCH
# What the page did, kept by the page itself.
A_SHARING_PHONE = "window.handed = []; navigator.share = async (what) => { handed.push(what) }"
NO_SHARING = "navigator.share = undefined"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
A_VOICE = (
    "window.spoken = []; speechSynthesis.getVoices = () => [{lang: 'en-US'}, {lang: 'LANG'}];"
    "speechSynthesis.speak = (told) => spoken.push(told.text);"
    "speechSynthesis.cancel = () => spoken.push('(stop)');"
    "window.SpeechSynthesisUtterance = function (text) { this.text = text }"
)


def at_the_slip(visit: Visit, book: Book, size: tuple[int, int] = PHONE, *first: str) -> Visitor:
    """The slip of the sheet with the longest sums, as the treasurer sees it."""
    visitor = visit(size)
    for script in first:
        visitor.page.add_init_script(script)
    visitor.sign_in(book.shown.treasurer)
    links = visitor.page.locator('a[href^="/phieu/"]')
    visitor.open(links.last.get_attribute("href") or "")
    return visitor


def at_her_book(visit: Visit, book: Book, *first: str, name: str = "Đào") -> Visitor:
    """A member's book before her treasurer."""
    visitor = visit(PHONE)
    for script in first:
        visitor.page.add_init_script(script)
    visitor.sign_in(book.shown.treasurer)
    chapter = book.shown.chapter
    visitor.open(f"/chi-hoi/{chapter.id}/hoi-vien/{chapter.members[name]}")
    return visitor


def pressed(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


# Handed on


def test_a_slip_is_handed_on_by_the_phone(visit: Visit, book: Book) -> None:
    page = at_the_slip(visit, book, PHONE, A_SHARING_PHONE).page
    pressed(page, "Chia sẻ").click()
    page.wait_for_function("handed.length === 1")
    (what,) = page.evaluate("handed")
    code = page.locator(".slip footer .code").text_content() or "?"
    assert re.fullmatch(r"Phiếu số \d+", what["title"]) and what["text"].endswith(f"#{code}")
    assert page.url in what["text"] and "Chi hội thôn Đoài" in what["text"]
    expect(page.locator("[data-said]")).to_be_empty()


def test_she_thinks_better_of_it(visit: Visit, book: Book) -> None:
    """Nothing is copied behind her back."""
    never = "navigator.share = async () => { throw new DOMException('no', 'AbortError') }"
    kept = "window.copied = 0; document.execCommand = () => { copied += 1; return true };"
    page = at_the_slip(visit, book, PHONE, never, NO_CLIPBOARD, kept).page
    pressed(page, "Chia sẻ").click()
    expect(page.locator("[data-said]")).to_be_empty()
    assert page.evaluate("copied") == 0


@pytest.mark.parametrize("clipboard", [True, False], ids=["clipboard", "the old way"])
def test_where_nothing_can_be_handed_on_it_is_copied(
    visit: Visit, book: Book, clipboard: bool
) -> None:
    """And she is told so."""
    into = (
        "window.copied = []; navigator.clipboard.writeText = async (text) => { copied.push(text) }"
        if clipboard
        else f"{NO_CLIPBOARD}; window.copied = []; document.execCommand = () =>"
        " { copied.push(document.activeElement.value); return true }"
    )
    page = at_the_slip(visit, book, PHONE, NO_SHARING, into).page
    pressed(page, "Chia sẻ").click()
    expect(page.locator("[data-said]")).to_have_text(re.compile("^Đã chép"))
    (text,) = page.evaluate("copied")
    assert text == page.locator("[data-share]").get_attribute("data-share")
    assert len(text.splitlines()) == 5 and page.locator("textarea").count() == 0


def test_where_nothing_can_be_copied_she_is_told(visit: Visit, book: Book) -> None:
    fails = f"{NO_CLIPBOARD}; document.execCommand = () => false"
    page = at_the_slip(visit, book, PHONE, NO_SHARING, fails).page
    pressed(page, "Chia sẻ").click()
    expect(page.locator("[data-said]")).to_have_text(re.compile("không chép được"))


def test_without_scripts_nothing_is_offered_that_does_nothing(visit: Visit, book: Book) -> None:
    visitor = visit(PHONE, scripts=False)
    visitor.sign_in(book.shown.treasurer)
    links = visitor.page.locator('a[href^="/phieu/"]')
    visitor.open(links.first.get_attribute("href") or "")
    page = visitor.page
    page.locator("summary", has_text="In phiếu").click()
    for name in ("Chia sẻ", "Khổ A4", "In"):
        expect(pressed(page, name)).to_have_count(0)
    page.get_by_role("link", name="Cuộn 58 mm").click()
    expect(page).to_have_url(re.compile(r"\?in=58$"))
    expect(page.locator("article.slip")).to_be_visible()
    expect(page.locator("button:visible:not(.ghost)")).to_have_count(0)


def test_a_paper_with_another_code_is_noticed(visit: Visit, book: Book) -> None:
    visitor = at_the_slip(visit, book)
    page = visitor.page
    code = page.locator(".slip footer .code").text_content()
    path = page.url.removeprefix(visitor.url)
    note = page.get_by_text("khác mã trong sổ")
    expect(note).to_be_hidden()
    for paper, differs in (("#2222-3333", True), (f"#{code}", False), ("#main", False)):
        visitor.open(path + paper)
        expect(note).to_be_visible(visible=differs)


# Read aloud


@pytest.mark.parametrize("lang", ["vi-VN", "vi_VN", "vi"])
def test_her_book_is_read_aloud(visit: Visit, book: Book, lang: str) -> None:
    """A sentence at a time; pressed again it is quiet."""
    page = at_her_book(visit, book, A_VOICE.replace("LANG", lang)).page
    pressed(page, "Đọc to").click()
    said = page.evaluate("spoken")[1:]
    assert said[0] == "Sổ của chị Nguyễn Thị Đào."
    assert said[1].startswith("Chị có chín mươi tám tỷ bảy trăm")
    assert re.fullmatch(r"lợn: đã góp 0 trên \d+ ngày, còn thiếu \d+ ngày\.", said[2])
    assert re.fullmatch(r"Chị còn nợ .* đồng\. Ngày \d+ tháng \d+ trả .* đồng\.", said[3])
    assert re.fullmatch(r"Ngày \d+ tháng \d+, góp chín mươi tám tỷ .* đồng\.", said[4])
    assert len(said) == 5
    pressed(page, "Thôi đọc").click()
    assert page.evaluate("spoken").count("(stop)") == 2
    expect(pressed(page, "Đọc to")).to_be_visible()


def test_what_was_taken_back_is_not_read(visit: Visit, book: Book) -> None:
    page = at_her_book(visit, book, A_VOICE.replace("LANG", "vi-VN"), name="Cúc").page
    pressed(page, "Đọc to").click()
    said = page.evaluate("spoken")[1:]
    assert said[1] == "Chị có không đồng." and not [one for one in said if "Ngày" in one]


@pytest.mark.parametrize("lang", ["fr-FR", "vie-XX"])
def test_without_a_vietnamese_voice_it_is_not_offered(visit: Visit, book: Book, lang: str) -> None:
    page = at_her_book(visit, book, A_VOICE.replace("LANG", lang)).page
    expect(pressed(page, "In")).to_be_visible()
    expect(pressed(page, "Đọc to")).to_have_count(0)
    late = "speechSynthesis.getVoices = () => [{lang: 'vi-VN'}]; speechSynthesis.onvoiceschanged()"
    page.evaluate(late)  # many phones load their voices after the page
    expect(pressed(page, "Đọc to")).to_be_visible()


# On paper


def pages_of(page: Page, **more: Any) -> list[tuple[int, int]]:
    """The sheets of paper that would come out: width and height in mm."""
    pdf = page.pdf(prefer_css_page_size=True, **more).decode("latin-1")
    boxes = re.findall(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(w) / POINT), round(float(h) / POINT)) for w, h in boxes]


def printed(page: Page, width: int) -> None:
    """As the printer lays it out, on paper this many mm wide between its margins."""
    page.set_viewport_size({"width": round(width / INCH * 96), "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")


def nothing_is_cut(page: Page, least: float = 9) -> None:
    """Inside the paper, in letters of nine points and more, black on white, with nothing to press."""
    root = "root => [root.scrollWidth, root.clientWidth]"
    content, paper = page.locator("html").evaluate(root)
    assert content <= paper, page.url
    faults = page.locator("main :visible").evaluate_all(
        """(all, least) => all.flatMap(one => {
            const box = one.getBoundingClientRect(), css = getComputedStyle(one);
            const words = [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
            const sr = one.closest('.sr');
            const small = words && !sr && !one.closest('svg') && parseFloat(css.fontSize) * .75 < least;
            const light = words && !sr && !/^rgb\\((\\d|[0-7]\\d), /.test(css.color);
            const out = !sr && (box.right > innerWidth + .5 || box.left < -.5);
            return small || light || out ? [one.outerHTML.slice(0, 120) + css.fontSize + css.color] : [];
        })""",
        least,
    )
    assert faults == []
    expect(
        page.locator(
            "button:visible, details:visible, nav:visible, .top:visible, .on-screen:visible"
        )
    ).to_have_count(0)


@pytest.mark.parametrize("path", ["?in=58", "/tung-chi?in=58"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_roll_is_one_paper_58_mm_wide(
    visit: Visit, book: Book, path: str, size: tuple[int, int]
) -> None:
    """As long as what stands on it; the printer's head writes 48 mm of the 58."""
    visitor = at_the_slip(visit, book, size)
    page = visitor.page
    visitor.open(page.url.removeprefix(visitor.url) + path)
    ((wide, long),) = pages_of(page)
    assert wide == 58 and long != 210
    box = page.locator("[data-roll]").bounding_box()
    assert box
    tall = box["height"] * INCH / 96
    assert tall <= long <= max(60, tall * 1.02 + 8)
    printed(page, 48)
    nothing_is_cut(page)
    for one in page.locator("article.slip").all():
        box = one.bounding_box()
        assert box and box["width"] <= 48 / INCH * 96 + 0.5
    code = page.locator(".qr")
    if "tung-chi" not in path:
        box = code.bounding_box()
        assert box and box["width"] >= 30 / INCH * 96  # a dot and more for each module at 203 dpi


def test_a_roll_without_scripts_is_58_mm_wide_too(visit: Visit, book: Book) -> None:
    visitor = visit(PHONE, scripts=False)
    visitor.sign_in(book.shown.treasurer)
    link = visitor.page.locator('a[href^="/phieu/"]').last.get_attribute("href") or ""
    visitor.open(f"{link}?in=58")
    assert set(pages_of(visitor.page)) == {(58, 210)}


@pytest.mark.parametrize("path", ["", "/tung-chi"])
def test_a_slip_on_a4(visit: Visit, book: Book, path: str) -> None:
    visitor = at_the_slip(visit, book)
    page = visitor.page
    visitor.open(page.url.removeprefix(visitor.url) + path)
    assert pages_of(page) == [(210, 297)]
    printed(page, 182)
    nothing_is_cut(page)
    expect(page.locator("article.slip").first).to_be_visible()
    expect(page.locator("details, .done")).to_have_count(0 if path else 3)
    expect(page.locator("details:visible, .done:visible")).to_have_count(0)


def test_her_book_on_a4(visit: Visit, book: Book) -> None:
    """Her name on top of every sheet of paper, whatever is on it."""
    page = at_her_book(visit, book).page
    head = page.locator(".paper-head")
    expect(head).to_be_hidden()
    assert pages_of(page) == [(210, 297)]
    printed(page, 182)
    nothing_is_cut(page)
    expect(head).to_contain_text("Nguyễn Thị Đào")
    assert head.evaluate("one => getComputedStyle(one).display") == "table-header-group"
    assert head.evaluate("one => getComputedStyle(one).breakInside") == "avoid"


def test_each_paper_button_prints(visit: Visit, book: Book) -> None:
    counts = "window.printed = 0; window.print = () => { printed += 1 }"
    visitor = at_the_slip(visit, book, PHONE, counts)
    page = visitor.page
    path = page.url.removeprefix(visitor.url)
    page.locator("summary", has_text="In phiếu").click()
    pressed(page, "Khổ A4").click()
    assert page.evaluate("printed") == 1
    for more in ("?in=58", "/tung-chi", "/tung-chi?in=58"):
        visitor.open(path + more)
        pressed(page, "In").click()
        assert page.evaluate("printed") == 1
        visitor.fits()


# All of it


def test_every_place_of_these_fits_and_is_ours(visit: Visit, book: Book) -> None:
    """Also the smallest phone there is."""
    for phone in (book.shown.treasurer, book.shown.inspector):
        visitor = looking(visit, phone)
        links = visitor.page.locator('a[href^="/phieu/"]')
        for path in [links.nth(n).get_attribute("href") for n in range(links.count())]:
            for more in ("", "?in=58", "/tung-chi", "/tung-chi?in=58"):
                visitor.open(f"{path}{more}")
                expect(visitor.page.locator("h1")).to_be_visible()
                visitor.fits()


def looking(visit: Visit, phone: Phone) -> Visitor:
    visitor = visit((320, 568))
    visitor.sign_in(phone)
    return visitor


@pytest.mark.parametrize(
    ("paper", "sheet", "width"), [("", (210, 297), 182), ("?in=a5", (210, 148), 190)]
)
def test_a_voucher_is_one_sheet(
    visit: Visit, book: Book, paper: str, sheet: tuple[int, int], width: int
) -> None:
    visitor = at_the_slip(visit, book)
    page = visitor.page
    visitor.open(page.url.removeprefix(visitor.url).replace("phieu", "chung-tu") + paper)
    assert pages_of(page) == [sheet]
    printed(page, width)
    nothing_is_cut(page)
    expect(page.locator(".signatures p")).to_have_count(3)


def test_a_voucher_on_a_roll_is_one_paper(visit: Visit, book: Book) -> None:
    visitor = at_the_slip(visit, book)
    page = visitor.page
    visitor.open(page.url.removeprefix(visitor.url).replace("phieu", "chung-tu") + "?in=58")
    ((wide, _),) = pages_of(page)
    assert wide == 58
    printed(page, 48)
    nothing_is_cut(page)


def test_the_cash_book_on_a4(visit: Visit, book: Book) -> None:
    """As treasurers rule it, with a place to sign."""
    visitor = at_the_slip(visit, book)
    visitor.open(f"/chi-hoi/{book.shown.chapter.id}/so-quy")
    page = visitor.page
    expect(page.locator(".signatures")).to_be_hidden()
    printed(page, 182)
    nothing_is_cut(page)
    expect(page.locator(".ledger thead").first).to_be_visible()
    expect(page.locator(".signatures")).to_be_visible()
