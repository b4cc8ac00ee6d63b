"""A slip on screen and on paper: words, number, code, QR; a roll of 58 mm; each woman's own."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any

import pytest
import segno

from app.audit.chain import check_code
from app.savings.sheets import sheet
from app.savings.slips import shown
from app.terms import EntryKind
from app.web import qr
from tests.journeys.doors import Caller, Village, plain, seen, unmade

ONE = re.compile(r'<article class="slip own-slip".*?</article>', re.DOTALL)
# Where a slip leads on a domain of a usual length.
USUAL = "https://so.hoiphunu.org.vn/phieu/0197a000-1234-7000-8abc-0123456789ab#K7Q2-9DXM"


@pytest.fixture
def keeper(village: Village) -> Caller:
    """The treasurer at her pages."""
    return village.browser(village.chapter.treasurer)


def code_of(posted: dict[str, Any]) -> str:
    return check_code(bytes.fromhex(posted["receipt"]["head"]))


def modules(svg: str) -> list[tuple[int, ...]]:
    """What a QR code's strokes paint: its rows, without the quiet zone of four around them."""
    wide = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    dark = [[0] * wide for _ in range(wide)]
    x = y = 0
    for step, a, b in re.findall(
        r"([Mmh])(-?\d+)(?: ?(-?\d+)(?:\.5)?)?", svg.rsplit(' d="', maxsplit=1)[-1]
    ):
        if step == "h":
            dark[y][x : x + int(a)] = [1] * int(a)
            x += int(a)
        elif step == "M":
            x, y = int(a), int(b)
        else:
            x, y = x + int(a), y + int(b)
    quiet = [row[:4] + row[-4:] for row in dark] + dark[:4] + dark[-4:]
    assert not any(map(any, quiet))
    return [tuple(row[4:-4]) for row in dark[4:-4]]


def own_slips(html: str) -> list[str]:
    return [plain(one) for one in ONE.findall(html)]


# The slip


def test_a_slip_says_number_code_and_the_sum_in_words(village: Village, keeper: Caller) -> None:
    posted = village.recorded("Lan 5.000/5, Hoa 29.000/29")
    page = keeper.get(f"/phieu/{posted['id']}").text
    slip = plain(page[page.index('<article class="slip"') :].partition("</article>")[0])
    for said in ("34.000 ₫", "Ba mươi bốn nghìn đồng", f"số {posted['receipt']['seq']}",
                 code_of(posted), "Phiếu thu tiền góp", "20/10/2026", "Cộng 2 chị"):  # fmt: skip
        assert said in slip, said


def test_its_qr_code_leads_back_to_it(village: Village, keeper: Caller) -> None:
    """On this host, with the check code behind the #, so that the code never leaves the phone."""
    posted = village.recorded()
    for path in ("", "?in=58"):
        page = keeper.get(f"/phieu/{posted['id']}{path}").text
        (drawn,) = re.findall(r'<svg[^>]*class="qr".*?</svg>', page, re.DOTALL)
        link = f"http://testserver/phieu/{posted['id']}#{code_of(posted)}"
        wanted = segno.make_qr(link, error="m")
        assert modules(drawn) == [tuple(row) for row in wanted.matrix]
        assert wanted.error == "M" and 'fill="#fff"' in drawn and 'stroke="#000"' in drawn


def test_a_qr_code_is_small() -> None:
    """Drawn as strokes, not as a picture, and no finer than a cheap printer's dots."""
    drawn = str(qr.drawn(USUAL))
    assert len(drawn) <= 2500
    assert len(modules(drawn)) <= 37


def test_the_code_of_the_book_stands_beside_what_a_paper_may_say(
    village: Village, keeper: Caller
) -> None:
    posted = village.recorded()
    page = keeper.get(f"/phieu/{posted['id']}").text
    assert f'data-code="{code_of(posted)}" hidden' in page
    assert "khác mã trong sổ" not in seen(keeper.get(f"/phieu/{posted['id']}?in=58").text)


def test_what_is_handed_on_names_nobody(village: Village, keeper: Caller) -> None:
    posted = village.recorded("Lan 5.000/5, Hoa 29.000/29")
    page = keeper.get(f"/phieu/{posted['id']}").text
    (button,) = re.findall(r'<button[^>]*data-share="([^"]*)"[^>]*hidden', page)
    link = f"http://testserver/phieu/{posted['id']}#{code_of(posted)}"
    assert unescape(button).splitlines() == [
        "Chi hội thôn Đoài",
        "Phiếu thu tiền góp · 20/10/2026",
        f"Số {posted['receipt']['seq']} · mã {code_of(posted)}",
        "34.000\N{NO-BREAK SPACE}₫ (Ba mươi bốn nghìn đồng)",
        link,
    ]
    undone = {"reason": "ghi nhầm", "key": str(uuid.uuid4())}
    by = keeper.send(f"/phieu/{posted['id']}/huy", undone).headers["location"]
    (button,) = re.findall(r'data-share="([^"]*)"', keeper.get(f"/phieu/{posted['id']}").text)
    assert f"Hủy bằng phiếu số {posted['receipt']['seq'] + 1}" in unescape(button)
    (button,) = re.findall(r'data-share="([^"]*)"', keeper.get(by).text)
    assert "Phiếu hủy · 20/10/2026" in unescape(button)


# On a roll


def test_a_roll_of_58_mm_is_the_slip_alone(village: Village, keeper: Caller) -> None:
    """By its address, so that it needs no script; the paper's size is in the page's own sheet."""
    posted = village.recorded("Lan 5.000/5, Hoa 29.000/29")
    page = keeper.get(f"/phieu/{posted['id']}").text
    assert f'href="/phieu/{posted["id"]}?in=58"' in page and "roll.css" not in page
    roll = keeper.get(f"/phieu/{posted['id']}?in=58").text
    (sheet,) = re.findall(r'href="([^"]*roll\.css[^"]*)"', roll)
    rules = keeper.get(sheet).text
    assert re.search(r"@page \{ size: 58mm \d+mm; margin: \d+mm \d+mm;", rules)
    said = seen(roll)
    for words in ("Thị Lan", "Thị Hoa", "Ba mươi bốn nghìn đồng", code_of(posted)):
        assert words in said
    assert 'action="/phieu/' not in roll
    assert "roll.css" not in keeper.get(f"/phieu/{posted['id']}?in=80").text


# Each woman's own


@pytest.mark.parametrize("paper", ["", "?in=58"])
def test_each_womans_slip_holds_only_her_line(village: Village, keeper: Caller, paper: str) -> None:
    posted = village.recorded("Lan 5.000/5, Hoa 29.000/29, Mai 1.000/1")
    page = keeper.get(f"/phieu/{posted['id']}/tung-chi{paper}").text
    assert ("roll.css" in page) == bool(paper) and 'class="qr"' not in page
    slips = own_slips(page)
    gave = {"Lan": ("5.000 ₫", "Năm nghìn đồng", "5 ngày"),
            "Hoa": ("29.000 ₫", "Hai mươi chín nghìn đồng", "29 ngày"),
            "Mai": ("1.000 ₫", "Một nghìn đồng", "1 ngày")}  # fmt: skip
    assert len(slips) == 3
    for slip, (name, said) in zip(slips, gave.items(), strict=True):
        assert f"Phiếu của chị Nguyễn Thị {name}" in slip
        assert all(words in slip for words in said)
        assert f"Vào sổ số {posted['receipt']['seq']}" in slip and code_of(posted) in slip
        assert "20/10/2026" in slip and "Chi hội thôn Đoài" in slip
        assert not any(f"Thị {other}" in slip for other in gave if other != name)
        assert re.findall(r"[\d.]+ ₫", slip) == [said[0]] and "35.000" not in slip


def test_what_was_taken_back_gets_no_paper(village: Village, keeper: Caller) -> None:
    posted = village.chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    village.chapter.reverse(posted, "Lan")
    (left,) = own_slips(keeper.get(f"/phieu/{posted.id}/tung-chi").text)
    assert "Thị Hoa" in left
    village.chapter.reverse(posted, "Hoa")
    page = keeper.get(f"/phieu/{posted.id}/tung-chi").text
    assert own_slips(page) == [] and "không còn dòng nào để in" in seen(page)


def test_what_is_not_hers_is_not_there(village: Village, keeper: Caller) -> None:
    foreign = village.neighbour.sheet("Tư 1.000/1")
    own = village.recorded()["id"]
    union = village.chapter.union
    for path in ("", "?in=58", "/tung-chi", "/tung-chi?in=58"):
        nowhere = keeper.get(f"/phieu/{uuid.uuid4()}{path}")
        theirs = keeper.get(f"/phieu/{foreign.id}{path}")
        assert (theirs.status_code, unmade(theirs.text)) == (404, unmade(nowhere.text))
        assert village.browser(union.leader).get(f"/phieu/{own}{path}").status_code == 404
        assert village.nobody().get(f"/phieu/{own}{path}").headers["location"] == "/vao"
        assert keeper.get(f"/phieu/{own}{path}").status_code == 200


def test_a_reversals_slip_is_called_so(village: Village, keeper: Caller) -> None:
    posted = village.chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    back = village.chapter.reverse(posted, "Lan")
    found = village.db.read_now(sheet, actor=village.chapter.treasurer, entry_id=back.id)
    assert shown(found, "http://x/", "K7Q2-9DXM")["kind"] == EntryKind.REVERSAL
    (one,) = own_slips(keeper.get(f"/phieu/{back.id}/tung-chi").text)
    assert "Phiếu hủy" in one and "−5.000 ₫" in one and "Âm năm nghìn đồng" in one


def test_lines_and_the_whole_slip_are_two_buttons(village: Village, keeper: Caller) -> None:
    """Nothing ticked takes nothing back; the slip says what is left of it."""
    posted = village.recorded("Lan 5.000/5, Hoa 29.000/29")
    door, why = f"/phieu/{posted['id']}/huy", {"reason": "ghi nhầm"}
    none = keeper.send(door, why | {"key": str(uuid.uuid4()), "what": "lines"})
    assert none.status_code == 422 and "Mời chị chọn dòng ghi nhầm trước." in seen(none.text)
    assert "Chưa hủy gì" in seen(none.text) and "Chưa vào sổ" not in seen(none.text)
    line = {"line": posted["lines"][0]["line_id"], "what": "lines", "key": str(uuid.uuid4())}
    assert keeper.send(door, why | line).status_code == 303
    page = seen(keeper.get(f"/phieu/{posted['id']}").text)
    assert "Đã hủy 1 dòng của phiếu này." in page
    assert page.count("Còn lại 29.000 ₫.") == 2, "on the screen, and on the paper itself"
    assert keeper.send(door, why | {"what": "all", "key": str(uuid.uuid4())}).status_code == 303
    assert "Đã hủy 1 dòng" not in seen(keeper.get(f"/phieu/{posted['id']}").text)
