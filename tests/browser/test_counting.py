"""Counting with a thumb on a small phone: − and +, typed numbers, the difference at once."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from app.clock import today
from tests.browser.conftest import PHONE, Visit, Visitor
from tests.browser.world import Book, Village
from tests.journeys.doors import API
from tests.story import a_key

RECORD = re.compile(r"/kiem/[0-9a-f-]{36}$")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])


def typed(page: Page, note: int) -> Locator:
    """How many notes of this value."""
    return page.locator(f'[name="notes.{note}"]')


def tap(page: Page, note: int, sign: str = "+") -> None:
    """One more, or one less."""
    page.locator(f'button[value="{sign}{note}"]').click()


def dong(amount: str) -> str:
    return f"{amount}\u00a0₫"


@pytest.fixture
def counted(village: Village, book: Book) -> Village:
    """60.000 in the pig, recorded beside the browser: the book is the serving process's."""
    chapter = village.chapter
    lines = [
        {"member_id": chapter.members[name], "amount": amount, "periods": periods}
        for name, amount, periods in (("Sen", 50_000, 5), ("Đào", 10_000, 1))
    ]
    sheet = {"pot_id": chapter.pot, "date": today().isoformat(), "lines": lines}
    headers = {"Authorization": f"Bearer {village.treasurer.token}", "Idempotency-Key": a_key()}
    with httpx2.Client(verify=False, trust_env=False) as client:
        path = f"{book.server.url}{API}/chapters/{chapter.id}/sheets"
        answer = client.post(path, json=sheet, headers=headers)
    assert answer.status_code == 201, answer.text
    return village


def at_the_table(visit: Visit, village: Village, scripts: bool = True) -> Visitor:
    """From the first page by what is pressed there."""
    visitor = visit(PHONE, scripts=scripts)
    visitor.sign_in(village.treasurer)
    visitor.page.locator("main").get_by_role("link", name="Tiền mặt").click()
    visitor.page.get_by_role("link", name="KIỂM QUỸ", exact=True).click()
    expect(visitor.page.locator("h1")).to_have_text("Kiểm quỹ")
    visitor.fits()
    return visitor


@SCRIPTS
def test_she_counts_with_a_thumb(visit: Visit, counted: Village, scripts: bool) -> None:
    visitor = at_the_table(visit, counted, scripts)
    page = visitor.page
    says, total = page.locator("[data-says]"), page.locator("[data-total]")
    expect(says).to_be_empty()  # blind, until the first note
    expect(page.locator("main")).not_to_contain_text("60.000")
    tap(page, 50000)
    expect(total).to_have_text(dong("50.000"))
    expect(says).to_have_text(f"thiếu {dong('10.000')}")
    typed(page, 1000).fill("12")
    tap(page, 1000, "-")
    expect(typed(page, 1000)).to_have_value("11")
    expect(says).to_have_text(f"thừa {dong('1.000')}")
    tap(page, 1000, "-")
    expect(says).to_have_text("khớp sổ")
    expect(page.locator("[data-differs]")).to_be_hidden()
    page.locator('[name="witnesses.0"]').fill("Nguyễn Thị Sen")
    page.locator('[name="witnesses.1"]').fill("Nguyễn Thị Đào")
    visitor.fits()
    page.get_by_role("button", name="GHI SỔ").click()
    expect(page).to_have_url(RECORD)
    expect(page.get_by_role("article")).to_contain_text("Sáu mươi nghìn đồng")
    visitor.fits()


@SCRIPTS
def test_a_shortage_is_decided_where_it_is_found(
    visit: Visit, counted: Village, scripts: bool
) -> None:
    visitor = at_the_table(visit, counted, scripts)
    page = visitor.page
    typed(page, 10000).fill("4")
    if not scripts:
        page.get_by_role("button", name="Tính tổng").last.click()
    differs = page.locator("[data-differs]")
    expect(differs).to_be_visible()
    shown = differs.locator("label.tick:visible")
    expect(shown).to_have_count(4)
    expect(differs).not_to_contain_text("Nhận vào tiền dư", use_inner_text=True)
    page.get_by_label("Để theo dõi").check()
    page.get_by_label("Vì sao lệch?").fill("đếm lại hai lần")
    page.locator('[name="witnesses.0"]').fill("Nguyễn Thị Sen")
    page.locator('[name="witnesses.1"]').fill("Nguyễn Thị Đào")
    page.get_by_role("button", name="GHI SỔ").click()
    expect(page).to_have_url(RECORD)
    expect(page.locator("main")).to_contain_text(f"Còn {dong('20.000')} chưa xử lý")
    visitor.open("/hom-nay")
    page.get_by_role("link", name="Tiền mặt đang thiếu").click()
    page.get_by_label("Người giữ bù, đã nộp đủ ngay").check()
    page.get_by_label("Vì sao?").fill("chị nộp rồi")
    page.get_by_role("button", name="GHI CÁCH XỬ LÝ").click()
    expect(page).to_have_url(RECORD)
    expect(page.get_by_role("article")).to_contain_text("bù, đã nộp đủ")
    visitor.open("/hom-nay")
    expect(page.get_by_role("link", name="Tiền mặt đang thiếu")).to_have_count(0)


def test_what_is_pressed_is_large_enough(visit: Visit, counted: Village) -> None:
    """Wet hands, a pile of notes: every target 48 px, the sum and the button always in sight."""
    page = at_the_table(visit, counted).page
    pressed = page.locator(".tally button, .tally input, .foot button").filter(visible=True)
    small = "all => all.filter(one => one.offsetHeight < 48 || one.offsetWidth < 48).length"
    assert pressed.count() == 9 * 3 + 1 and pressed.evaluate_all(small) == 0
    record = page.get_by_role("button", name="GHI SỔ")
    expect(record).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-total]")).to_be_in_viewport(ratio=1)
    expect(typed(page, 200)).to_be_hidden()
    page.locator("summary").click()
    tap(page, 200)
    expect(page.locator("[data-total]")).to_have_text(dong("200"))
    expect(record).to_be_in_viewport(ratio=1)


def test_another_day_has_another_sum(visit: Visit, counted: Village) -> None:
    """Yesterday nothing was in the pig: the page asks the book again."""
    page = at_the_table(visit, counted).page
    typed(page, 50000).fill("1")
    expect(page.locator("[data-says]")).to_have_text(f"thiếu {dong('10.000')}")
    before = page.locator("[name=date]").evaluate(
        "one => new Date(one.valueAsNumber - 864e5).toISOString().slice(0, 10)"
    )
    page.locator("[name=date]").fill(before)
    page.locator("[name=date]").blur()
    expect(page.locator("[data-says]")).to_have_text(f"thừa {dong('50.000')}")
    expect(typed(page, 50000)).to_have_value("1")
    expect(page.locator("[data-differs]")).to_contain_text("Nhận vào tiền dư", use_inner_text=True)


# The same script where there are several places, and where amounts are typed


@pytest.fixture
def handing(counted: Village, book: Book) -> Village:
    """20.000 of the 60.000 out of the pig and in the treasurer's hand."""
    move = {"date": today().isoformat(), "from": "pot", "to": "hand", "amount": 20_000}
    with httpx2.Client(base_url=book.server.url, verify=False, trust_env=False) as client:

        def sends(token: str, path: str, said: dict[str, object]) -> dict[str, str]:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": a_key()}
            answer = client.post(f"{API}{path}", json=said, headers=headers)
            assert answer.is_success, answer.text
            found: dict[str, str] = answer.json()
            return found

        path = f"/pots/{counted.chapter.pot}/cash-moves"
        waits = sends(counted.treasurer.token, path, move)
        print_ = {"fingerprint": waits["fingerprint"]}
        sends(counted.head.token, f"/approvals/{waits['approval_id']}/sign", print_)
    return counted


@SCRIPTS
def test_a_handover_adds_up_as_she_counts(visit: Visit, handing: Village, scripts: bool) -> None:
    """Place by place, all together, and what differs in words at once."""
    visitor = visit(PHONE, scripts=scripts)
    visitor.enter(handing.treasurer.token)
    visitor.open(f"/chi-hoi/{handing.chapter.id}/ban-giao")
    page, foot = visitor.page, visitor.page.locator(".foot")
    hand, pig = (page.locator(f"[id$=-{place}].spot") for place in ("hand", "pot"))

    def counts(place: Locator, note: int, number: str) -> None:
        box = place.locator(f"[name$='-{note}']")
        if not box.is_visible():
            place.locator("summary").click()
        box.fill(number)
        if not scripts:
            page.get_by_role("button", name="Tính tổng").last.click()

    expect(hand).to_contain_text("chưa đếm", use_inner_text=True)
    expect(pig).to_contain_text("giao nguyên", use_inner_text=True)
    expect(hand.locator("summary")).not_to_contain_text("20.000", use_inner_text=True)
    why = page.get_by_label("Vì sao lệch?")
    expect(why).to_be_hidden()
    counts(hand, 5000, "3")
    expect(hand.locator("summary")).to_contain_text(dong("15.000"), use_inner_text=True)
    expect(hand.locator("summary")).to_contain_text(f"thiếu {dong('5.000')}", use_inner_text=True)
    expect(foot).to_contain_text(dong("15.000"))
    expect(foot).to_contain_text(f"thiếu {dong('5.000')}")
    expect(why).to_be_visible()
    counts(pig, 5000, "9")
    expect(pig.locator("summary")).to_contain_text(f"thừa {dong('5.000')}", use_inner_text=True)
    expect(foot).to_contain_text(dong("60.000"))
    expect(foot).to_contain_text("có chỗ lệch")
    counts(pig, 5000, "8")
    counts(hand, 5000, "4")
    expect(foot).to_contain_text("khớp sổ")
    expect(why).to_be_hidden()
    counts(hand, 5000, "")
    expect(hand.locator("summary")).to_contain_text("chưa đếm", use_inner_text=True)
    visitor.fits()


def test_a_running_loan_counts_as_money_there_is(visit: Visit, village: Village) -> None:
    """A box unfolds, its sum runs along with the cash; more boxes keep what she typed."""
    visitor = visit(PHONE)
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{village.chapter.id}/dau-ky")
    page, sums = visitor.page, visitor.page.locator("#sums")
    page.locator("input[name=amount-1]").fill("900k")
    page.get_by_label("Thủ quỹ cầm").fill("300k")
    page.get_by_text("Khoản vay thứ 1").click()
    page.locator("select[name=loan-0-member_id]").select_option(index=1)
    page.locator("input[name=loan-0-outstanding]").fill("600k")
    expect(sums).to_contain_text("Vừa khớp", use_inner_text=True)
    visitor.fits()
    page.get_by_role("button", name="Thêm ô cho khoản vay").click()
    expect(page.get_by_text("Khoản vay thứ 6")).to_be_visible()
    expect(page.locator("input[name=loan-0-outstanding]")).to_have_value("600.000")
    expect(page.locator("#lent")).to_be_focused()
    expect(sums).to_contain_text("Vừa khớp", use_inner_text=True)
    visitor.fits()


def test_a_paper_book_adds_up_as_she_types(visit: Visit, village: Village) -> None:
    """What is not clear yet is no sum; another day keeps what she typed."""
    visitor = visit(PHONE)
    visitor.enter(village.treasurer.token)
    visitor.open(f"/chi-hoi/{village.chapter.id}/dau-ky")
    page, foot = visitor.page, visitor.page.locator(".foot")
    sums, again = page.locator("#sums"), page.locator(".foot [value=check]")
    expect(again).to_be_hidden()
    expect(sums).to_be_hidden()
    page.locator("input[name=amount-1]").fill("1tr2")
    page.get_by_label("Trong lợn").fill("1,5 triệu")
    expect(foot).to_contain_text(dong("1.500.000"))
    expect(foot).to_contain_text(dong("1.200.000"))
    expect(foot).to_contain_text("còn dư", use_inner_text=True)
    expect(sums).to_contain_text(f"Còn dư {dong('300.000')}", use_inner_text=True)
    page.locator("input[name=amount-2]").fill("400k")
    expect(sums).to_contain_text(f"Còn thiếu {dong('100.000')}", use_inner_text=True)
    expect(sums).to_contain_text("phần thiếu để theo dõi", use_inner_text=True)
    page.locator("input[name=amount-2]").fill("300")
    page.locator("input[name=amount-3]").focus()
    expect(page.locator("input[name=amount-2]")).to_have_value("300")  # đồng, or nghìn?
    expect(sums).to_be_hidden()
    expect(again).to_be_visible()
    page.locator("input[name=amount-2]").fill("300k")
    expect(sums).to_contain_text("Vừa khớp", use_inner_text=True)
    expect(page.locator("input[name=amount-1]")).to_have_value("1.200.000")
    before = "one => new Date(one.valueAsNumber - 864e5).toISOString().slice(0, 10)"
    page.locator("[name=date]").fill(page.locator("[name=date]").evaluate(before))
    page.locator("[name=date]").blur()
    expect(page.locator("input[name=amount-2]")).to_have_value("300.000")
    expect(sums).to_contain_text("Vừa khớp", use_inner_text=True)
    visitor.fits()
