"""Cash book, vouchers and trial balance at the doors: the JSON of programs, the pages of officers."""

from __future__ import annotations

import re

import pytest

from app.db.tx import Tx
from tests.journeys.doors import API, Caller, Village, fields, problem, seen
from tests.story import DAY, TODAY, StoryClock, a_key
from tests.till import Till


@pytest.fixture
def till(village: Village) -> Till:
    """A sheet of two, the pot opened, surplus found and a little of it spent, all today."""
    found = Till(village.chapter)
    found.sheet("Lan 50.000/50, Hoa 10.000/10", on=TODAY - DAY)
    found.moves("pot", "hand", 20_000)
    found.signs(found.counts("hand", 25_000, "accepted"))
    return found


@pytest.fixture
def spent(till: Till) -> str:
    """The id of an expense, above the limit of 0 and so by two."""
    done = till.signs(till.spends(2_000, "hoa 20/10"))
    return str(done["id"])


@pytest.fixture
def keeper(village: Village) -> Caller:
    return village.browser(village.chapter.treasurer)


def entries(village: Village) -> dict[str, str]:
    """The last entry of each kind."""
    return dict(village.db.read_now(Tx.rows, "SELECT kind, id FROM entry ORDER BY seq"))


def test_the_cash_book_as_json(village: Village, spent: str) -> None:
    ask = f"{API}/chapters/{village.chapter.id}/cash-book"
    answer = village.treasurer.get(ask, params={"pot_id": village.chapter.pot, "place": "hand"})
    assert answer.status_code == 200, answer.text
    book = answer.json()
    assert (book["from"], book["to"], book["place"]) == ("2026-10-01", "2026-10-20", "hand")
    assert (book["opening"], book["closing"]) == (0, 23_000)
    assert [(line["text"], line["in"], line["out"], line["balance"]) for line in book["lines"]] == [
        ("Mở ra, lấy tiền lên tay", 20_000, 0, 20_000),
        ("Kiểm quỹ thấy thừa", 5_000, 0, 25_000),
        ("Chi: hoa 20/10", 0, 2_000, 23_000),
    ]
    last = book["lines"][-1]
    assert (last["entry_id"], last["number"], last["date"]) == (spent, "PC 1/2026", "2026-10-20")
    whole = village.treasurer.get(ask, params={"from": "2026-10-20"}).json()
    assert (whole["opening"], whole["closing"], len(whole["lines"])) == (60_000, 63_000, 2)
    assert whole["pots"] == [{"pot_id": village.chapter.pot, "name": "lợn", "opening": 60_000,
                              "closing": 63_000}]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "status", "code", "field"),
    [
        ({"from": "2026-10-20", "to": "2026-10-01"}, 422, "period_turned", "to"),
        ({"place": "gầm giường"}, 422, "invalid", "place"),
        ({"from": "20/10/2026"}, 422, "invalid", "from"),
        ({"pot_id": "lợn"}, 422, "invalid", "pot_id"),
    ],
)
def test_what_is_not_understood_is_said(
    village: Village, asked: dict[str, str], status: int, code: str, field: str
) -> None:
    ask = f"{API}/chapters/{village.chapter.id}/cash-book"
    said = problem(village.treasurer.get(ask, params=asked), status, code)
    assert [name.split(".")[-1] for name in fields(said)] == [field]


def test_a_pot_of_the_neighbours_is_nowhere(village: Village) -> None:
    ask = f"{API}/chapters/{village.chapter.id}/cash-book"
    problem(village.treasurer.get(ask, params={"pot_id": village.neighbour.pot}), 404, "not_found")


def test_the_trial_balance_as_json(village: Village, spent: str) -> None:
    ask = f"{API}/chapters/{village.chapter.id}/trial-balance"
    found = village.treasurer.get(ask).json()
    assert found["on"] == "2026-10-20" and found["debit"] == found["credit"] == 65_000
    assert {"account": "Expenses:Pig1:Activities", "debit": 2_000, "credit": 0} in found["accounts"]
    before = village.treasurer.get(ask, params={"on": "2026-10-19"}).json()
    assert before["accounts"] == [
        {"account": "Assets:Pig1:Cash:Pot", "debit": 60_000, "credit": 0},
        {"account": "Liabilities:Pig1:Savings:M001", "debit": 0, "credit": 50_000},
        {"account": "Liabilities:Pig1:Savings:M002", "debit": 0, "credit": 10_000},
    ]


def test_the_cash_book_as_a_page(village: Village, spent: str, keeper: Caller) -> None:
    page = keeper.get(f"{village.pages}/so-quy")
    words = seen(page.text)
    assert page.status_code == 200 and "63.000 ₫" in words.replace("\N{NO-BREAK SPACE}", " ")
    for said in ("Thu tiền góp của 2 chị", "Chi: hoa 20/10", "PC 1/2026", "từ 01/10/2026"):
        assert said in words
    assert "lấy tiền lên tay" not in words  # in all cash together a move is no line
    assert "lấy tiền lên tay" in seen(keeper.get(f"{village.pages}/so-quy?place=hand").text)
    assert f'href="/chung-tu/{spent}"' in page.text
    assert "Tháng sau" not in words
    before = keeper.get(f"{village.pages}/so-quy?from=2026-09-01&to=2026-09-30").text
    assert "Những ngày này không có thu chi." in seen(before) and "Tháng sau" in seen(before)


@pytest.mark.parametrize(
    "query", ["pot_id=x&place=y&from=z&to=w", "from=0001-01-01", "to=9999-12-31", "from=2026-10-32"]
)
def test_a_filter_that_makes_no_sense_filters_nothing(
    village: Village, spent: str, keeper: Caller, query: str
) -> None:
    page = keeper.get(f"{village.pages}/so-quy?{query}")
    assert page.status_code == 200 and "Chi: hoa 20/10" in seen(page.text)


def test_turned_days_are_told_beside_their_field(village: Village, keeper: Caller) -> None:
    page = keeper.get(f"{village.pages}/so-quy?from=2026-10-20&to=2026-10-01").text
    assert "Ngày cuối phải sau ngày đầu." in seen(page) and 'value="2026-10-01"' in page


def test_a_payment_slip(village: Village, spent: str, keeper: Caller) -> None:
    for paper in ("", "?in=a5", "?in=58", "?in=xyz"):
        page = keeper.get(f"/chung-tu/{spent}{paper}")
        words = seen(page.text)
        assert page.status_code == 200
        for said in (
            "Phiếu chi", "PC 1/2026", "Quyển 2026", "Tỉnh Sông Hồng", "Chi hội thôn Đoài",
            "Lý do hoa 20/10", "Hai nghìn đồng", "Đã nhận đủ số tiền", "Người nhận tiền",
            "Chi hội trưởng", "Thủ quỹ", "chứng từ gốc",
        ):  # fmt: skip
            assert said in words, said
        assert 'class="qr"' in page.text and f"chung-tu/{spent}#" not in words


def test_a_sheet_has_a_receipt_with_the_same_number(village: Village, keeper: Caller) -> None:
    posted = village.recorded("Lan 5.000/5, Hoa 1.000/1")
    slip = seen(keeper.get(f"/phieu/{posted['id']}").text)
    assert (
        "Số PT 1/2026" in slip
        and f"/chung-tu/{posted['id']}" in keeper.get(f"/phieu/{posted['id']}").text
    )
    words = seen(keeper.get(f"/chung-tu/{posted['id']}").text)
    for said in ("Phiếu thu", "PT 1/2026", "2 chị, theo bảng kê", "1 bảng kê", "Sáu nghìn đồng"):
        assert said in words
    path = f"{API}/entries/{posted['id']}/reversal"
    assert village.treasurer.post(path, {"reason": "nhầm"}, key=a_key()).status_code == 201
    words = seen(keeper.get(f"/chung-tu/{posted['id']}").text)
    assert "PT 1/2026" in words and "Đã hủy" in words


def test_what_is_no_receipt_shows_the_books_own_number(
    village: Village, till: Till, keeper: Caller
) -> None:
    for kind in ("count", "settlement", "cash_move"):
        words = seen(keeper.get(f"/chung-tu/{entries(village)[kind]}").text)
        assert (
            "Chứng từ số" in words
            and not re.search(r"\b(PT|PC) \d", words)
            and "Đã nhận đủ" not in words
        )


def test_a_voucher_of_the_neighbours_is_nowhere(village: Village, keeper: Caller) -> None:
    theirs = village.neighbour.sheet("Tư 1.000/1")
    assert keeper.get(f"/chung-tu/{theirs.id}").status_code == 404


def test_her_book_tells_every_line(village: Village, keeper: Caller) -> None:
    """An opening balance is told as one, leads officers to its voucher, and is no saving."""
    Till(village.chapter).opens("Lan 5.000", pot=5_000)
    lan = village.chapter.members["Lan"]
    said = village.treasurer.get(f"{API}/members/{lan}/statement").json()["items"]
    assert [(line["text"], line["amount"]) for line in said] == [("Số dư từ sổ cũ", 5_000)]
    page = keeper.get(f"{village.pages}/hoi-vien/{lan}").text
    assert "Số dư từ sổ cũ" in seen(page) and f'href="/chung-tu/{said[0]["entry_id"]}"' in page
    assert "Góp theo tháng" not in seen(page)


# Who asked, who signed


def test_two_names_where_two_signed(village: Village, spent: str, keeper: Caller) -> None:
    """Whoever asked recorded it; the second hand is named beside her, not in her place."""
    page = seen(keeper.get(f"/chung-tu/{spent}").text)
    assert "Người ghi: Nguyễn Thị treasurer Người ký: Nguyễn Thị chapter_head" in page
    sheet = seen(keeper.get(f"/chung-tu/{entries(village)['sheet']}").text)
    assert "Người ghi: Nguyễn Thị treasurer" in sheet and "Người ký" not in sheet


def test_a_reversal_by_two_names_both(village: Village, keeper: Caller, clock: StoryClock) -> None:
    of = village.chapter
    old = of.sheet("Lan 5.000/5", on=TODAY - DAY)
    clock.tell(TODAY + DAY)
    village.tokens.clear()
    made = of.signs(of.head, of.asks_to_reverse(old))
    page = seen(village.browser(of.treasurer).get(f"/phieu/{made['id']}").text)
    assert "Người ghi: Nguyễn Thị treasurer Người ký: Nguyễn Thị chapter_head" in page


def test_the_journal_says_from_where_to_where(village: Village, till: Till, keeper: Caller) -> None:
    path = f"{village.pages}/nhat-ky"
    page = seen(keeper.get(path).text)
    assert "Chuyển 20.000 ₫: trong lợn → tiền thủ quỹ cầm, ngày 20/10/2026" in page
    english = seen(keeper.get(path, headers={"Accept-Language": "en"}).text)
    assert "20.000 ₫ moved: in the pig → cash in the treasurer's hand, 20/10/2026" in english
