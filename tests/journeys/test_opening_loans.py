"""A paper book with loans that run is copied on the page, without any script."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.doors import API, Village, beside, hidden, plain, seen
from tests.journeys.test_cash_moves import opening_form, signed
from tests.story import dong


def path(village: Village) -> str:
    return f"{village.pages}/dau-ky"


def lan(village: Village, **more: str) -> dict[str, str]:
    """Lan borrowed 900.000 for nine months on 20/7 and owes two thirds of it."""
    said = {"member_id": village.chapter.members["Lan"], "outstanding": "600k", "amount": "900k",
            "disbursed_on": "2026-07-20", "months": "9", "plan": "monthly", "rate": "0,5",
            "purpose": "livestock"}  # fmt: skip
    return {f"loan-0-{part}": value for part, value in (said | more).items()}


def filled_in(village: Village, **more: str) -> dict[str, str]:
    page = village.browser(village.chapter.treasurer)
    return opening_form(page, village, cash_hand="300k", amount_2="500k") | more


def listed(village: Village) -> list[dict[str, Any]]:
    answer = village.treasurer.get(f"{API}/chapters/{village.chapter.id}/loans")
    return list(answer.json()["items"])


def test_an_old_book_brings_its_loans(village: Village) -> None:
    """One told in full; of another only who and how much, the rest as the charter says."""
    page = village.browser(village.chapter.treasurer)
    mai = {"loan-2-member_id": village.chapter.members["Mai"], "loan-2-outstanding": "250.000"}
    form = filled_in(village) | lan(village) | mai
    before = village.everything()
    added = page.send(path(village), form | {"do": "check"})
    words = seen(added.text)
    assert f"Tiền có, cả tiền đang cho vay {dong(1_150_000)} ₫" in words
    assert f"Còn dư {dong(650_000)} ₫" in words
    for name in lan(village):
        if not name.endswith(("member_id", "plan", "purpose")):
            assert hidden(added.text, name) == form[name]
    for value in (form["loan-0-member_id"], "monthly", "livestock"):
        assert f'<option value="{value}" selected>' in added.text
    assert village.everything() == before
    sent = page.send(path(village), form | {"do": "record"})
    assert sent.status_code == 303, plain(sent.text)
    asked = seen(village.browser(village.chapter.head).get(sent.headers["location"]).text)
    assert "Nguyễn Thị Lan" in asked and f"{dong(600_000)} ₫" in asked
    signed(village, sent.headers["location"])
    loans = {loan["name"].split()[-1]: loan for loan in listed(village)}
    assert {
        name: [loan[key] for key in ("state", "outstanding", "amount", "months", "plan", "purpose",
                                     "disbursed_on")]
        for name, loan in loans.items()
    } == {
        "Lan": ["running", 600_000, 900_000, 9, "monthly", "livestock", "2026-07-20"],
        "Mai": ["running", 250_000, 250_000, 12, "bullet", "other", "2026-10-20"],
    }  # fmt: skip
    assert village.chapter.findings() == []


def test_more_blocks_are_there_at_a_tap(village: Village) -> None:
    """Three, then six; what was typed stays; nobody gets thousands of them."""
    page = village.browser(village.chapter.treasurer)
    shown = page.get(path(village)).text
    assert shown.count('<details class="card"') == 3 and 'name="loan-3-outstanding"' not in shown
    form = filled_in(village, loans=hidden(shown, "loans")) | lan(village)
    before = village.everything()
    more = page.send(path(village), form | {"do": "more"}).text
    assert (
        more.count('<details class="card"') == 6 and more.count('<details class="card" open') == 1
    )
    assert hidden(more, "loan-0-outstanding") == "600k" and hidden(more, "cash_hand") == "300k"
    for said in ("9999", "10000", "-1", "x", "٣"):
        again = page.send(path(village), form | {"loans": said, "do": "check"}).text
        assert 3 <= again.count('<details class="card"') <= 100
    assert village.everything() == before
    form |= {"loans": "6", "do": "record"} | {
        name.replace("loan-0", "loan-5"): value for name, value in lan(village).items()
    }
    form |= {"loan-5-member_id": village.chapter.members["Hoa"]}
    signed(village, page.send(path(village), form).headers["location"])
    assert [loan["outstanding"] for loan in listed(village)] == [600_000, 600_000]


UNCLEAR = [
    ({"member_id": ""}, "member_id", "Mời chị chọn."),
    ({"member_id": "Lan"}, "member_id", "không có hội viên này"),
    ({"outstanding": ""}, "outstanding", "số tiền"),
    ({"outstanding": "0"}, "outstanding", "số tiền"),
    ({"outstanding": "600"}, "outstanding", "“600” là 600.000 ₫ phải không chị?"),
    ({"outstanding": "nhiều"}, "outstanding", "Chưa rõ"),
    ({"outstanding": "900.001"}, "outstanding", "nhiều nhất là số đã vay"),
    ({"amount": "0"}, "amount", "số tiền"),
    ({"amount": "-1k"}, "amount", "dấu trừ"),
    ({"disbursed_on": "hôm qua"}, "disbursed_on", "Ngày chưa rõ"),
    ({"disbursed_on": "2026-10-21"}, "disbursed_on", "sau ngày của số dư"),
    ({"months": "chín"}, "months", "Mấy tháng?"),
    ({"months": "0"}, "months", "từ 1 đến 600 tháng"),
    ({"months": "601"}, "months", "từ 1 đến 600 tháng"),
    ({"months": "8", "plan": "quarterly"}, "months", "chia hết cho 3"),
    ({"plan": "weekly"}, "plan", "Trả thế nào?"),
    ({"purpose": "gambling"}, "purpose", "Vay làm gì?"),
    ({"rate": "nửa"}, "rate", "phần trăm"),
    ({"rate": "1,67"}, "rate", "Điều 468"),
    (
        {"guarantor_id": "01900000-0000-7000-8000-000000000000"},
        "guarantor_id",
        "không có hội viên này",
    ),
]


@pytest.mark.parametrize(
    ("change", "where", "says"),
    UNCLEAR,
    ids=[f"{where} {n}" for n, (_, where, _) in enumerate(UNCLEAR)],
)
def test_what_is_not_clear_is_said_beside_it(
    village: Village, change: dict[str, str], where: str, says: str
) -> None:
    page = village.browser(village.chapter.treasurer)
    form = filled_in(village) | lan(village, **change) | {"do": "record"}
    before = village.everything()
    answer = page.send(path(village), form)
    assert answer.status_code == 422, plain(answer.text)
    assert says in beside(answer.text, f"loan-0-{where}")
    assert "Khoản vay thứ 1: " in seen(answer.text)
    assert hidden(answer.text, "cash_hand") == "300k"
    assert village.everything() == before


def test_nobody_vouches_for_herself_nor_comes_from_elsewhere(village: Village) -> None:
    page = village.browser(village.chapter.treasurer)
    before = village.everything()
    hers = village.chapter.members["Lan"]
    strange = next(iter(village.neighbour.members.values()))
    for change, where, says in (
        ({"guarantor_id": hers}, "guarantor_id", "Người bảo lãnh phải là người khác."),
        ({"member_id": strange}, "member_id", "không có hội viên này"),
    ):
        form = filled_in(village) | lan(village, **change) | {"do": "record"}
        answer = page.send(path(village), form)
        assert answer.status_code == 422 and says in beside(answer.text, f"loan-0-{where}")
    assert village.everything() == before
