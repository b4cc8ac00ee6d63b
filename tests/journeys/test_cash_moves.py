"""Moving, spending and opening balances at the doors: pages without scripts, and the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from app.cash import queries
from app.terms import BelongsTo, Kept, Level, PotKind, Role
from app.union import actions as union
from tests.actions.settled import in_hand
from tests.journeys.doors import API, Caller, Village, beside, fields, hidden, plain, problem, seen
from tests.journeys.signing import done, next_morning, sign, waits
from tests.story import FOUNDED, TODAY, StoryClock, a_charter, a_key, appointed

SAW = {"witness_1": "Nguyễn Thị Hoa", "witness_2": "bà Thử"}


@pytest.fixture
def page(village: Village) -> Caller:
    """The treasurer at her pages; ten thousand lie in the pig."""
    village.chapter.sheet("Lan 6.000/6, Hoa 4.000/4")
    return village.browser(village.chapter.treasurer)


def cash(village: Village, pot: str = "") -> str:
    """`pot 0 hand 0 bank 0`, as the book has it."""
    (found,) = [
        one for one in village.db.read_now(queries.cash, actor=village.chapter.treasurer,
                                           chapter_id=village.chapter.id)
        if one.id == (pot or village.chapter.pot)
    ]  # fmt: skip
    return f"pot {found.pot} hand {found.hand} bank {found.bank}"


def signed(village: Village, location: str) -> str:
    """The head opens what waits and presses the button; the page she is led to."""
    head = village.browser(village.chapter.head)
    found = re.search(r"/ky/([0-9a-f-]{36})$", location)
    assert found, location
    shown = head.get(location).text
    form = {"fingerprint": hidden(shown, "fingerprint")}
    assert head.send(f"{location}/ky", form).status_code == 303
    return seen(head.get(location).text)


def move_form(page: Caller, village: Village, way: str, **more: str) -> dict[str, str]:
    """The form as the page gives it out."""
    asked = "ngan-hang" if way in ("gui", "rut") else way
    shown = page.get(f"{village.pages}/chuyen?viec={asked}&lon={village.chapter.pot}").text
    form = {name: hidden(shown, name) for name in ("key", "pot_id", "date")} | {"way": way}
    return form | (SAW if way in ("mo", "cat") else {}) | more


# Moving


def test_three_plain_choices_where_there_is_cash(page: Caller, village: Village) -> None:
    """All of it is in the pig: nothing to put back or to take to the bank."""
    back, bank = "Cất tiền lại vào lợn", "Gửi / rút ngân hàng"
    words = seen(page.get(f"{village.pages}/chuyen").text)
    assert "Trong lợn 10.000 ₫" in words and "Mở lợn lấy tiền ra" in words
    assert back not in words and bank not in words
    in_hand(village.chapter, 10_000)
    words = seen(page.get(f"{village.pages}/chuyen").text)
    assert "Mở lợn lấy tiền ra" not in words
    assert back in words and bank in words
    village.chapter.open_pot(name="lợn mới")
    assert "Chưa có tiền để chuyển." in seen(page.get(f"{village.pages}/chuyen").text)


def test_a_pig_at_home_is_not_opened_here(page: Caller, village: Village) -> None:
    pot = village.chapter.open_pot(kept=Kept.HOME, name="lợn nhà")
    words = seen(page.get(f"{village.pages}/chuyen").text)
    assert words.count("Mở lợn lấy tiền ra") == 1 and "chỉ mở khi mổ lợn" in words
    chooser = page.get(f"{village.pages}/chuyen?viec=mo&lon={pot}").text
    assert 'name="amount"' not in chooser
    form = {"way": "mo", "pot_id": pot, "amount": "1k", "key": a_key(), **SAW}
    assert page.send(f"{village.pages}/chuyen", form).status_code == 422


def test_all_it_should_hold_is_suggested(page: Caller, village: Village) -> None:
    shown = page.get(f"{village.pages}/chuyen?viec=mo&lon={village.chapter.pot}").text
    assert hidden(shown, "amount") == "10.000"
    assert "Trong lợn phải có 10.000 ₫" in seen(shown)


def test_out_of_the_pig_to_the_bank_and_back(page: Caller, village: Village) -> None:
    """Each step waits for the head, and only then the money is elsewhere."""
    steps = [
        ("mo", "10.000", "pot 0 hand 10000 bank 0"),
        ("gui", "7k", "pot 0 hand 3000 bank 7000"),
        ("rut", "2k", "pot 0 hand 5000 bank 5000"),
        ("cat", "5k", "pot 5000 hand 0 bank 5000"),
    ]
    before = "pot 10000 hand 0 bank 0"
    for way, amount, after in steps:
        form = move_form(page, village, way, amount=amount)
        answer = page.send(f"{village.pages}/chuyen", form)
        assert answer.status_code == 303, plain(answer.text)
        assert cash(village) == before
        waiting = seen(page.get(answer.headers["location"]).text)
        assert "Chờ chi hội trưởng" in waiting
        assert "Đã chuyển tiền." in signed(village, answer.headers["location"])
        assert cash(village) == after
        before = after
    assert village.chapter.findings() == []


def test_notes_add_up_or_she_counts_first(page: Caller, village: Village) -> None:
    form = move_form(page, village, "mo") | {"amount": "10.000", "note-5000": "1"}
    before = village.everything()
    answer = page.send(f"{village.pages}/chuyen", form)
    assert answer.status_code == 422
    assert beside(answer.text, "notes") == "Các tờ tiền cộng lại là 5.000 ₫, không phải 10.000 ₫."
    assert f'href="{village.pages}/kiem"' in answer.text
    assert hidden(answer.text, "note-5000") == "1" and hidden(answer.text, "key") == form["key"]
    assert village.everything() == before
    again = page.send(f"{village.pages}/chuyen", form | {"note-5000": "2"})
    assert again.status_code == 303


def test_a_second_tap_asks_once(page: Caller, village: Village) -> None:
    form = move_form(page, village, "mo", amount="10.000")
    one, two = (page.send(f"{village.pages}/chuyen", form) for _ in range(2))
    assert one.status_code == two.status_code == 303
    assert one.headers["location"] == two.headers["location"]
    other = page.send(f"{village.pages}/chuyen", form | {"amount": "9.000"})
    assert other.status_code == 422 and hidden(other.text, "key") != form["key"]


def named(value: object) -> str:
    """A case by what it changes: values may be made anew in each run."""
    return "-".join(value) if isinstance(value, dict) else str(value)


NOT_MOVED = [
    ({"amount": "10"}, "amount", "“10” là 10.000 ₫ phải không chị?"),
    ({"amount": "-5k"}, "amount", "Số tiền không có dấu trừ. Mời chị ghi lại, ví dụ 5k."),
    ({"amount": "abc"}, "amount", "Chưa rõ là bao nhiêu tiền"),
    ({"amount": ""}, "amount", "Chưa có số tiền"),
    ({"amount": "0"}, "amount", "Chưa có số tiền"),
    ({"amount": "10.001"}, "amount", "Chỗ đó chỉ có 10.000 ₫."),
    ({"date": "hôm qua"}, "date", "Ngày chưa rõ"),
    ({"date": "2026-10-21"}, "date", "Ngày này chưa tới."),
    ({"date": "2026-10-01"}, "reason", "Ghi lùi quá 7 ngày thì cần lý do."),
    ({"witness_1": "", "witness_2": ""}, "witness_1", "Cần tên hai người khác nhau."),
    ({"witness_2": ""}, "witness_1", "Cần tên hai người khác nhau."),
    ({"witness_2": " nguyen thi HOA "}, "witness_1", "Cần tên hai người khác nhau."),
    ({"witness_2": "x" * 101}, "witness_2", "100"),
    ({"witness_2": "\u2800"}, "witness_2", "ký tự lạ"),
    ({"note-5000": "hai"}, "note-5000", "Số tờ từ 0 đến"),
    ({"note-5000": "9999999"}, "note-5000", "Số tờ từ 0 đến"),
    ({"note-5000": "1"}, "notes", "Các tờ tiền cộng lại là 5.000 ₫"),
]


@pytest.mark.parametrize(("change", "where", "says"), NOT_MOVED, ids=named)
def test_what_is_not_clear_is_not_moved(
    page: Caller, village: Village, change: dict[str, str], where: str, says: str
) -> None:
    form = move_form(page, village, "mo", amount="10.000") | change
    before = village.everything()
    answer = page.send(f"{village.pages}/chuyen", form)
    assert answer.status_code in (409, 422), plain(answer.text)
    assert says in beside(answer.text, where)
    kept = "10.000" if form["amount"] == "10" else form["amount"]
    assert hidden(answer.text, "amount") == kept
    assert village.everything() == before


@pytest.mark.parametrize(
    "change", [{"way": ""}, {"way": "bay"}, {"pot_id": a_key()}, {"pot_id": "?"}, {"key": ""}]
)
def test_a_broken_form_moves_nothing(
    page: Caller, village: Village, change: dict[str, str]
) -> None:
    form = move_form(page, village, "mo", amount="10.000") | change
    before = village.everything()
    answer = page.send(f"{village.pages}/chuyen", form)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert village.everything() == before
    empty = page.send(f"{village.pages}/chuyen", {})
    assert empty.status_code == 422


# Spending


def with_surplus(village: Village, amount: int = 50_000, **more: Any) -> None:
    """The paper book had more than the members': cash in hand that is nobody's savings."""
    chapter = village.chapter
    body = {
        "pot_id": chapter.pot, "date": "2026-10-20", "cash": {"hand": amount + 6_000},
        "savings": [{"member_id": chapter.members["Lan"], "amount": 6_000}],
    } | more  # fmt: skip
    what = waits(village.treasurer.post(
        f"{API}/chapters/{chapter.id}/opening-balances", body, key=a_key()))  # fmt: skip
    done(sign(village.program(chapter.head), what))


def expense_form(caller: Caller, village: Village, **more: str) -> dict[str, str]:
    shown = caller.get(f"{village.pages}/chi").text
    form = {name: hidden(shown, name) for name in ("key", "date")}
    return form | {"pot_id": village.chapter.pot, "what": "visit", "amount": "20k"} | more


def test_two_sign_above_the_limit(village: Village) -> None:
    """Without a limit of its own a chapter signs everything twice."""
    with_surplus(village)
    page = village.browser(village.chapter.treasurer)
    words = seen(page.get(f"{village.pages}/chi").text)
    assert "Còn được chi 50.000 ₫" in words and "Khoản nào cũng hai người ký." in words
    form = expense_form(page, village, note="Thăm chị Ví Dụ ốm")
    answer = page.send(f"{village.pages}/chi", form)
    assert answer.status_code == 303, plain(answer.text)
    assert cash(village) == "pot 0 hand 56000 bank 0"
    assert "Thăm hỏi" in signed(village, answer.headers["location"])
    assert cash(village) == "pot 0 hand 36000 bank 0"
    assert "Còn được chi 30.000 ₫" in seen(page.get(f"{village.pages}/chi").text)
    assert village.chapter.findings() == []


def limited(village: Village, clock: StoryClock) -> Caller:
    """From tomorrow the treasurer alone pays up to 30.000 ₫."""
    with_surplus(village)
    body = a_charter(expense_limit=30_000).model_dump(mode="json")
    path = f"{API}/chapters/{village.chapter.id}/charter"
    answer = village.treasurer("PUT", path, json=body | {"in_force_from": "2026-10-21"})
    done(sign(village.program(village.chapter.head), waits(answer)))
    next_morning(village, clock)
    return village.browser(village.chapter.treasurer)


def test_the_treasurer_alone_up_to_the_limit(village: Village, clock: StoryClock) -> None:
    page = limited(village, clock)
    assert "Quá 30.000 ₫ thì hai người ký." in seen(page.get(f"{village.pages}/chi").text)
    form = expense_form(page, village, what="other", purpose="Mua lợn mới", amount="30k")
    one, two = (page.send(f"{village.pages}/chi", form) for _ in range(2))
    assert one.status_code == 303, plain(one.text)
    assert re.fullmatch(r"/chung-tu/[0-9a-f-]{36}", one.headers["location"])
    assert one.headers["location"] == two.headers["location"]
    assert cash(village) == "pot 0 hand 26000 bank 0"
    more = expense_form(page, village, amount="20.001", what="prize")
    refused = page.send(f"{village.pages}/chi", more)
    assert refused.status_code == 409
    assert beside(refused.text, "amount") == (
        "Tiền lãi và tiền dư chỉ còn 20.000 ₫; tiền góp của các chị không dùng để chi."
    )


NOT_SPENT = [
    ({"what": ""}, "what", "Chi cho việc gì?"),
    ({"what": "bay"}, "what", "Chi cho việc gì?"),
    ({"what": "other"}, "purpose", "Chi cho việc gì?"),
    ({"what": "other", "purpose": "x" * 201}, "purpose", "200"),
    ({"what": "other", "purpose": "a\x00b"}, "purpose", "ký tự lạ"),
    ({"amount": "20"}, "amount", "“20” là 20.000 ₫ phải không chị?"),
    ({"amount": "10.5"}, "amount", "Chưa rõ"),
    ({"amount": "0"}, "amount", "Chưa có số tiền"),
    ({"amount": "50.001"}, "amount", "tiền góp của các chị không dùng để chi"),
    ({"amount": "57k"}, "amount", "Chỗ đó chỉ có 56.000 ₫."),
    ({"amount": "9" * 13}, "amount", "Chỗ đó chỉ có 56.000 ₫."),
    ({"date": "31/02/2026"}, "date", "Ngày chưa rõ"),
    ({"date": "2026-10-21"}, "date", "Ngày này chưa tới."),
    ({"date": "2026-10-01"}, "reason", "Ghi lùi quá 7 ngày thì cần lý do."),
    ({"note": "x" * 2001}, "note", "2000"),
]


@pytest.mark.parametrize(("change", "where", "says"), NOT_SPENT, ids=named)
def test_what_is_not_clear_is_not_spent(
    village: Village, change: dict[str, str], where: str, says: str
) -> None:
    with_surplus(village)
    page = village.browser(village.chapter.treasurer)
    form = expense_form(page, village) | change
    before = village.everything()
    answer = page.send(f"{village.pages}/chi", form)
    assert answer.status_code in (409, 422), plain(answer.text)
    assert says in beside(answer.text, where)
    assert village.everything() == before


def test_what_two_signed_leads_to_the_slip_that_is_printed(village: Village) -> None:
    with_surplus(village)
    page = village.browser(village.chapter.treasurer)
    sent = page.send(f"{village.pages}/chi", expense_form(page, village))
    waiting = sent.headers["location"]
    assert "/chung-tu/" not in page.get(waiting).text
    signed(village, waiting)
    (slip,) = re.findall(r'href="(/chung-tu/[0-9a-f-]{36})"', page.get(waiting).text)
    assert "Phiếu chi" in seen(page.get(slip).text)


def test_a_broken_form_spends_nothing(village: Village) -> None:
    with_surplus(village)
    page = village.browser(village.chapter.treasurer)
    before = village.everything()
    for change in ({"pot_id": a_key()}, {"pot_id": village.neighbour.pot}, {"key": "?"}):
        answer = page.send(f"{village.pages}/chi", expense_form(page, village) | change)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert page.send(f"{village.pages}/chi", {}).status_code == 422
    assert village.everything() == before


# Opening balances


def opening_form(caller: Caller, village: Village, **more: str) -> dict[str, str]:
    shown = caller.get(f"{village.pages}/dau-ky").text
    form = {name: hidden(shown, name) for name in ("key", "pot_id", "date")}
    return form | {name.replace("amount_", "amount-"): value for name, value in more.items()}


@pytest.mark.parametrize(
    ("hand", "says"),
    [
        ("30k", "Còn dư 12.000 ₫ Phần dư không phải của riêng chị nào: ghi vào tiền dư"),
        ("18k", "Vừa khớp: tiền có bằng tiền các chị đã góp."),
        ("10k", "Còn thiếu 8.000 ₫ Tiền có ít hơn tiền các chị đã góp: phần thiếu để theo dõi"),
    ],
)
def test_a_paper_book_is_added_up_then_signed(village: Village, hand: str, says: str) -> None:
    page = village.browser(village.chapter.treasurer)
    form = opening_form(page, village, cash_hand=hand, amount_1="12k", amount_3="6.000")
    before = village.everything()
    added = page.send(f"{village.pages}/dau-ky", form | {"do": "check"})
    assert added.status_code == 200 and says in seen(added.text), seen(added.text)
    assert "Các chị đã góp 18.000 ₫" in seen(added.text)
    assert hidden(added.text, "amount-1") == "12k"
    assert village.everything() == before
    sent = page.send(f"{village.pages}/dau-ky", form | {"do": "record"})
    assert sent.status_code == 303, plain(sent.text)
    again = page.send(f"{village.pages}/dau-ky", form | {"do": "record"})
    assert again.headers["location"] == sent.headers["location"]
    assert "Đã ghi số dư đầu kỳ." in signed(village, sent.headers["location"])
    assert cash(village) == f"pot 0 hand {hand[:2]}000 bank 0"
    assert village.chapter.findings() == []
    closed = page.get(f"{village.pages}/dau-ky")
    assert closed.status_code == 200 and "Mỗi lợn chỉ ghi một lần." in seen(closed.text)


def test_the_rest_of_a_fund_pot_is_the_fund(village: Village) -> None:
    pot = village.chapter.open_pot(belongs_to=BelongsTo.FUND, name="lợn quỹ")
    page = village.browser(village.chapter.treasurer)
    form = {"pot_id": pot, "date": "2026-10-20", "key": a_key(), "cash_pot": "9k", "do": "check"}
    added = seen(page.send(f"{village.pages}/dau-ky", form).text)
    assert "Phần dư không phải của riêng chị nào: ghi vào quỹ chung." in added
    sent = page.send(f"{village.pages}/dau-ky", form | {"do": "record"})
    signed(village, sent.headers["location"])
    assert cash(village, pot) == "pot 9000 hand 0 bank 0"


NOT_OPENED = [
    ({}, "cash_pot", "Chưa có số nào để ghi."),
    ({"cash_hand": "30"}, "cash_hand", "“30” là 30.000 ₫ phải không chị?"),
    ({"cash_bank": "nhiều"}, "cash_bank", "Chưa rõ"),
    ({"cash_pot": "-1k"}, "cash_pot", "dấu trừ"),
    ({"amount-2": "5"}, "amount-2", "“5” là 5.000 ₫ phải không chị?"),
    ({"amount-3": "abc"}, "amount-3", "Chưa rõ"),
    ({"cash_hand": "9" * 13, "cash_pot": "9" * 13}, "cash_pot", "Số tiền lớn quá."),
    ({"cash_hand": "1k", "date": "x"}, "date", "Ngày chưa rõ"),
    ({"cash_hand": "1k", "date": "2026-10-21"}, "date", "Ngày này chưa tới."),
    ({"cash_hand": "1k", "date": "2026-10-01"}, "reason", "Ghi lùi quá 7 ngày thì cần lý do."),
    ({"cash_hand": "1k", "date": "2025-10-19", "reason": "sổ giấy"}, "date", "Lợn bắt đầu nuôi"),
    ({"cash_hand": "1k", "reason": "x" * 2001}, "reason", "2000"),
]


@pytest.mark.parametrize(("change", "where", "says"), NOT_OPENED, ids=named)
def test_what_is_not_clear_is_not_opened(
    village: Village, change: dict[str, str], where: str, says: str
) -> None:
    page = village.browser(village.chapter.treasurer)
    form = opening_form(page, village) | {"do": "record"} | change
    before = village.everything()
    answer = page.send(f"{village.pages}/dau-ky", form)
    assert answer.status_code in (409, 422), plain(answer.text)
    assert says in beside(answer.text, where)
    assert village.everything() == before


def test_a_broken_form_opens_nothing(village: Village) -> None:
    page = village.browser(village.chapter.treasurer)
    before = village.everything()
    good = {"do": "record", "cash_hand": "5k"}
    for change in ({"pot_id": a_key()}, {"pot_id": village.neighbour.pot}, {"key": ""}):
        form = opening_form(page, village) | good | change
        answer = page.send(f"{village.pages}/dau-ky", form)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert page.send(f"{village.pages}/dau-ky", {}).status_code == 200  # only added up
    assert village.everything() == before


def test_it_is_offered_while_a_pot_has_no_entry(village: Village) -> None:
    page = village.browser(village.chapter.treasurer)
    link = f'href="{village.pages}/dau-ky"'
    assert link in page.get("/hom-nay").text and link in page.get("/them").text
    head = village.browser(village.chapter.head)
    assert link not in head.get("/hom-nay").text and link not in head.get("/them").text
    village.chapter.sheet("Lan 1.000/1")
    assert link not in page.get("/hom-nay").text and link not in page.get("/them").text


def test_after_a_sheet_of_that_day_or_before_nothing_is_opened(
    page: Caller, village: Village
) -> None:
    form = opening_form(page, village, cash_hand="5k", do="record")
    answer = page.send(f"{village.pages}/dau-ky", form)
    assert answer.status_code == 409
    assert "Số dư đầu kỳ phải ghi trước." in beside(answer.text, "date")
    earlier = (TODAY - timedelta(days=1)).isoformat()
    assert page.send(f"{village.pages}/dau-ky", form | {"date": earlier}).status_code == 303


# The API


def moves(village: Village) -> str:
    return f"{API}/pots/{village.chapter.pot}/cash-moves"


def a_move(**more: Any) -> dict[str, Any]:
    return {"date": "2026-10-20", "from": "pot", "to": "hand", "amount": 10_000} | more


def test_a_program_moves_cash_without_witnesses(page: Caller, village: Village) -> None:
    key = a_key()
    one, two = (village.treasurer.post(moves(village), a_move(), key=key) for _ in range(2))
    assert one.json() == waits(two) and two.headers["Idempotent-Replay"] == "true"
    result = done(sign(village.program(village.chapter.head), one.json()))
    assert result["total"] == 10_000 and result["receipt"]["seq"]
    assert cash(village) == "pot 0 hand 10000 bank 0"


def test_two_witnesses_where_any_is_named(page: Caller, village: Village) -> None:
    hoa = village.chapter.members["Hoa"]
    one = village.treasurer.post(moves(village), a_move(witnesses=[hoa]), key=a_key())
    assert fields(problem(one, 422, "witnesses_needed")) == ["witnesses"]
    both = village.treasurer.post(moves(village), a_move(witnesses=[hoa, "bà Thử"]), key=a_key())
    what = waits(both)
    shown = village.program(village.chapter.head).get(f"{API}/approvals").json()["items"]
    assert "Nguyễn Thị Hoa, bà Thử" in repr(shown) and what["approval_id"] in repr(shown)


BAD_MOVES = [
    ({"amount": 0}, 422, "amount"), ({"amount": "10000"}, 422, "amount"),
    ({"amount": 1.5}, 422, "amount"), ({"amount": True}, 422, "amount"),
    ({"amount": 10_001}, 409, "amount"), ({"to": "pot"}, 422, "to"),
    ({"to": "moon"}, 422, "to"), ({"date": "20/10/2026"}, 422, "date"),
    ({"date": "2026-10-21"}, 422, "date"), ({"date": "2026-10-01"}, 422, "reason"),
    ({"notes": {"5000": 1}}, 422, "notes"), ({"notes": {"3000": 1}}, 422, "notes.3000"),
    ({"notes": {"5000": -1}}, 422, "notes.5000"), ({"notes": {"5000": "2"}}, 422, "notes.5000"),
    ({"more": 1}, 422, "more"), ({"from": "bank"}, 409, "amount"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "status", "where"), BAD_MOVES, ids=named)
def test_a_bad_move_is_refused(
    page: Caller, village: Village, change: dict[str, Any], status: int, where: str
) -> None:
    before = village.everything()
    answer = village.treasurer.post(moves(village), a_move(**change), key=a_key())
    assert answer.status_code == status, answer.text
    assert fields(answer.json()) == [where]
    assert village.everything() == before


BAD_EXPENSES = [
    ({"amount": 0}, 422, "amount"), ({"amount": "1"}, 422, "amount"),
    ({"amount": 50_001}, 409, "amount"), ({"amount": 56_001}, 409, "amount"),
    ({"purpose": ""}, 422, "purpose"), ({"purpose": "\u2800"}, 422, "purpose"),
    ({"purpose": "x" * 201}, 422, "purpose"), ({"pot_id": a_key()}, 422, "pot_id"),
    ({"date": "2026-10-21"}, 422, "date"), ({"date": "2026-10-01"}, 422, "reason"),
    ({"kind": "party"}, 422, "kind"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "status", "where"), BAD_EXPENSES, ids=named)
def test_a_bad_expense_is_refused(
    village: Village, change: dict[str, Any], status: int, where: str
) -> None:
    with_surplus(village)
    before = village.everything()
    body = {"pot_id": village.chapter.pot, "date": "2026-10-20", "amount": 1_000,
            "purpose": "Thăm hỏi"} | change  # fmt: skip
    path = f"{API}/chapters/{village.chapter.id}/expenses"
    answer = village.treasurer.post(path, body, key=a_key())
    assert answer.status_code == status, answer.text
    assert fields(answer.json()) == [where]
    assert village.everything() == before


BAD_OPENINGS = [
    ({"cash": {}}, 422, "cash"), ({"cash": {"hand": -1}}, 422, "cash.hand"),
    ({"cash": {"hand": "1"}}, 422, "cash.hand"), ({"cash": {"sock": 1}}, 422, "cash.sock"),
    ({"savings": [{"member_id": a_key(), "amount": 1}]}, 422, "savings.0.member_id"),
    ({"savings": [{"member_id": a_key(), "amount": 0}]}, 422, "savings.0.amount"),
    ({"loans": [{"member_id": a_key(), "outstanding": 1}]}, 422, "loans.0.member_id"),
    ({"pot_id": a_key()}, 422, "pot_id"), ({"date": "2026-10-21"}, 422, "date"),
    ({"date": "2026-10-01"}, 422, "reason"),
    ({"date": "2025-10-19", "reason": "sổ giấy"}, 422, "date"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "status", "where"), BAD_OPENINGS, ids=named)
def test_a_bad_opening_is_refused(
    village: Village, change: dict[str, Any], status: int, where: str
) -> None:
    before = village.everything()
    body = {"pot_id": village.chapter.pot, "date": "2026-10-20", "cash": {"hand": 5_000}} | change
    path = f"{API}/chapters/{village.chapter.id}/opening-balances"
    answer = village.treasurer.post(path, body, key=a_key())
    assert answer.status_code == status, answer.text
    assert fields(answer.json()) == [where]
    assert village.everything() == before


def test_a_member_twice_is_refused(village: Village) -> None:
    lan = {"member_id": village.chapter.members["Lan"], "amount": 1_000}
    body = {"pot_id": village.chapter.pot, "date": "2026-10-20", "cash": {}, "savings": [lan, lan]}
    path = f"{API}/chapters/{village.chapter.id}/opening-balances"
    answer = village.treasurer.post(path, body, key=a_key())
    assert fields(problem(answer, 422, "member_twice")) == ["savings.1.member_id"]


def test_a_donation_box_spends_nothing_that_is_not_there(village: Village) -> None:
    box = village.chapter.open_pot(
        kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng"
    )
    body = {"pot_id": box, "date": "2026-10-20", "amount": 1_000, "purpose": "Thăm hỏi"}
    path = f"{API}/chapters/{village.chapter.id}/expenses"
    problem(village.treasurer.post(path, body, key=a_key()), 409, "not_there")


def test_a_chapter_without_a_pig_is_told_so(village: Village) -> None:
    """No page breaks before the first pot stands."""
    above, db = village.chapter.union, village.db
    bare = db.write_now(union.create_unit, actor=above.leader, name="Chi hội thôn Mới",
                        level=Level.CHAPTER, parent_id=above.commune, from_on=FOUNDED,
                        charter=a_charter())  # fmt: skip
    page = village.browser(db.write_now(appointed, above.leader, bare, Role.TREASURER))
    for path in ("thu", "chuyen", "chi", "dau-ky"):
        shown = page.get(f"/chi-hoi/{bare}/{path}")
        assert shown.status_code == 200 and "Chi hội chưa có lợn nào." in seen(shown.text), path


# What is mended after a count


def counted(village: Village, thousands: int) -> None:
    """Two counted the pig today."""
    body = {"pot_id": village.chapter.pot, "place": "pot", "date": "2026-10-20",
            "notes": {"1000": thousands}, "witnesses": ["bà Thử", "bà Mẫu"]}  # fmt: skip
    path = f"{API}/chapters/{village.chapter.id}/counts"
    answer = village.treasurer.post(path, body, key=a_key())
    assert answer.status_code == 201, answer.text


def test_the_sheet_asks_first_and_then_waits(page: Caller, village: Village) -> None:
    """Dated before the count: was this money in the pig already? Why so late? Then the head signs."""
    counted(village, 12)
    shown = page.get(f"{village.pages}/thu?ngay=2026-10-19").text
    form = {name: hidden(shown, name) for name in ("key", "pot_id", "date")}
    form |= {"amount-3": "2.000", "do": "record"}
    before = village.everything()
    asked = page.send(f"{village.pages}/thu", form)
    assert asked.status_code == 200
    assert "Lợn đã kiểm ngày 20/10/2026: phiếu này không động đến tiền mặt" in seen(asked.text)
    yes = form | {"confirmed": hidden(asked.text, "confirmed")}
    refused = page.send(f"{village.pages}/thu", yes)
    assert refused.status_code == 422 and "cần lý do" in beside(refused.text, "reason")
    assert village.everything() == before
    sent = page.send(f"{village.pages}/thu", yes | {"reason": "Sót phong bì chị Mai"})
    assert sent.status_code == 303, plain(sent.text)
    assert cash(village) == "pot 12000 hand 0 bank 0"
    assert "Đã vào sổ." in signed(village, sent.headers["location"])
    assert cash(village) == "pot 12000 hand 0 bank 0"  # as it was counted
    assert village.chapter.findings() == []


def test_collected_on_the_day_of_the_count_is_not_late(page: Caller, village: Village) -> None:
    """Counted in the morning, collected in the evening: why it is late is asked of the ticked only."""
    counted(village, 12)
    shown = page.get(f"{village.pages}/thu").text
    assert "Tiền này đã ở trong lợn lúc kiểm ngày 20/10/2026" in seen(shown)
    assert "data-if-counted" in shown
    assert "data-if-counted" not in page.get(f"{village.pages}/thu?ngay=2026-10-19").text
    form = {name: hidden(shown, name) for name in ("key", "pot_id", "date")}
    form |= {"amount-3": "2.000", "do": "record"}
    ticked = form | {"counted": "1", "confirmed": "1"}
    refused = page.send(f"{village.pages}/thu", ticked)
    assert refused.status_code == 422 and beside(refused.text, "reason")
    assert "data-if-counted" not in refused.text
    assert page.send(f"{village.pages}/thu", form | {"confirmed": "1"}).status_code == 303
    assert cash(village) == "pot 14000 hand 0 bank 0"


def test_a_program_is_told_that_it_waits(page: Caller, village: Village) -> None:
    counted(village, 12)
    late = village.sheet("Mai 2.000/2", date="2026-10-19")
    problem(village.treasurer.post(village.sheets, late, key=a_key()), 422, "reason_needed")
    key, late = a_key(), late | {"reason": "Sót phong bì"}
    one, two = (village.treasurer.post(village.sheets, late, key=key) for _ in range(2))
    assert waits(one) == waits(two) and two.headers["Idempotent-Replay"] == "true"
    done(sign(village.program(village.chapter.head), one.json()))
    mai = village.chapter.members["Mai"]
    balance = village.treasurer.get(f"{API}/members/{mai}/balance").json()
    assert balance["savings"] == 2_000
    assert village.chapter.findings() == []


def test_a_reversal_after_a_count_waits(village: Village) -> None:
    sheet = village.recorded("Lan 6.000/6, Hoa 4.000/4")
    counted(village, 4)
    body = {"lines": [sheet["lines"][0]["line_id"]], "reason": "Ghi nhầm"}
    path = f"{API}/entries/{sheet['id']}/reversal"
    what = waits(village.treasurer.post(path, body, key=a_key()))
    assert cash(village) == "pot 4000 hand 0 bank 0"
    done(sign(village.program(village.chapter.head), what))
    assert cash(village) == "pot 4000 hand 0 bank 0"
    assert village.chapter.findings() == []
