"""A woman's own loans on her own page: with her card, and as an officer who is a member too."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any

import pytest

from app.access import actions as access
from app.db.tx import Tx
from app.members import actions as members
from app.members.rules import NewMember
from tests.actions.moving_story import opens
from tests.journeys.doors import Caller, Village, beside, seen
from tests.journeys.holders import a_card
from tests.lent import Lends
from tests.story import TODAY, StoryClock

NOBODY = "01900000-0000-7000-8000-000000000000"  # a well-formed id of nothing


@pytest.fixture
def own(village: Village) -> Village:
    """A pig with 2.000.000 in hand, 500.000 of it Lan's."""
    chapter = village.chapter
    chapter.signs(chapter.head, opens(chapter, {"Lan": 500_000}, hand=2_000_000))
    return village


def with_card(own: Village, name: str) -> Caller:
    """She, come in with her card."""
    member, card = own.chapter.member(name), a_card(own.chapter, name)
    token = own.db.write_now(
        access.begin_session, person_id=member.person_id, card_id=card.id, hours=1
    )
    return Caller(own.client, {"Cookie": f"solon={token}"})


def form(own: Village, **more: str) -> dict[str, str]:
    return {
        "pot_id": own.chapter.pot, "amount": "900k", "months": "9", "plan": "monthly",
        "purpose": "livestock", "note": "mua hai con lợn nái", "do": "ask",
    } | more  # fmt: skip


def test_she_asks_by_herself_and_the_officers_find_her_in_the_queue(own: Village) -> None:
    lan = with_card(own, "Lan")
    assert "/vay-cua-toi/moi" in lan.get("/vay-cua-toi").text
    tried = lan.send("/vay-cua-toi/moi", form(own, do="try"))
    assert tried.status_code == 200 and "20/11/2026" in tried.text and "100.000" in tried.text
    assert "Chị chưa vay lần nào" in lan.get("/vay-cua-toi").text  # a look writes nothing
    asked = lan.send("/vay-cua-toi/moi", form(own))
    assert asked.status_code == 303, asked.text
    loan = asked.headers["location"].partition("?")[0]
    assert "mua hai con lợn nái" in lan.get(loan).text
    mine = seen(lan.get("/vay-cua-toi").text)
    assert "Chị đứng thứ 1 trong hàng chờ" in mine and "chưa vay lần nào" in mine
    for officer in (own.chapter.treasurer, own.chapter.head):
        assert loan in own.browser(officer).get(f"{own.pages}/vay").text
    again = lan.send("/vay-cua-toi/moi", form(own))
    assert again.status_code == 409
    assert "chưa xong" in lan.get("/vay-cua-toi/moi").text


def test_her_book_says_what_she_owes_and_when(own: Village, clock: StoryClock) -> None:
    loan = Lends(own.chapter).lent("Lan", 900_000, 9)
    clock.tell(date(2026, 11, 25))  # five days late with the first hundred thousand
    for path in ("/so-cua-toi", "/vay-cua-toi"):
        hers = with_card(own, "Lan").get(path).text
        words = seen(hers)
        assert f"/vay/{loan}" in hers
        assert "Còn nợ hôm nay" in words and "900.000 ₫" in words
        assert "Đã quá hạn 100.000 ₫, chậm 5 ngày" in words
        assert "Lần trả tới 20/12/2026 100.000 ₫" in words
        assert "/vay-cua-toi" in hers
    read_out = unescape(with_card(own, "Lan").get("/so-cua-toi").text)
    assert "Chị còn nợ chín trăm nghìn đồng. Quá hạn 5 ngày: một trăm nghìn đồng." in read_out
    assert "Ngày 20 tháng 12 trả một trăm nghìn đồng." in read_out
    own.tokens.clear()
    page = f"{own.pages}/hoi-vien/{own.chapter.members['Lan']}"
    assert f"/vay/{loan}" in own.browser(own.chapter.treasurer).get(page).text
    hoa = with_card(own, "Hoa")
    assert loan not in hoa.get("/vay-cua-toi").text and hoa.get(f"/vay/{loan}").status_code == 404


def test_what_she_paid_back_steps_aside(own: Village) -> None:
    lends = Lends(own.chapter)
    loan = lends.lent("Lan", 100_000, 1)
    lends.repays(loan, 100_000)
    lan = with_card(own, "Lan")
    assert f"/vay/{loan}" not in lan.get("/so-cua-toi").text
    assert "Trả xong ngày 20/10/2026" in seen(lan.get("/vay-cua-toi").text)


def test_an_officer_who_is_a_member_has_her_own_loans_too(own: Village) -> None:
    """The head saves in the chapter like everybody: she asks herself, and never decides herself."""
    chapter = own.chapter
    head = own.browser(chapter.head)
    assert head.get("/vay-cua-toi").status_code == 404  # no member yet
    assert "/vay-cua-toi" not in head.get("/them").text
    person = chapter.head.person_id
    name = own.db.read_now(Tx.rows, "SELECT name FROM person WHERE id = ?", (person,))[0][0]
    joined = own.db.write_now(
        members.join, actor=chapter.treasurer, chapter_id=chapter.id,
        new=NewMember(name=name, joined_on=TODAY, person_id=person),
    )  # fmt: skip
    assert "/vay-cua-toi" in head.get("/them").text
    asked = head.send("/vay-cua-toi/moi", form(own, so=joined.id))
    assert asked.status_code == 303, asked.text
    loan = asked.headers["location"].partition("?")[0]
    page = head.get(loan).text
    assert "khoản vay của cán bộ chi hội" in page and "viec=duyet" not in page
    assert f"{loan}?viec=duyet" in own.browser(chapter.deputy).get(loan).text
    assert loan in head.get("/vay-cua-toi").text


BAD: list[tuple[dict[str, str], str]] = [
    ({"amount": ""}, "amount"),
    ({"amount": "0"}, "amount"),
    ({"months": "0"}, "months"),
    ({"months": "mười"}, "months"),
    ({"plan": "quarterly", "months": "4"}, "months"),
    ({"plan": ""}, "plan"),
    ({"purpose": ""}, "purpose"),
    ({"pot_id": NOBODY}, "pot_id"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
def test_what_her_form_refuses_is_said_beside_the_field(
    own: Village, change: dict[str, str], field: str
) -> None:
    second = own.chapter.open_pot(name="lợn thứ hai")  # so that she has to choose
    assert second
    lan = with_card(own, "Lan")
    before = own.everything()
    answer = lan.send("/vay-cua-toi/moi", form(own, **change))
    assert answer.status_code == 422, answer.text
    assert beside(answer.text, field)
    assert own.everything() == before


def test_she_asks_for_nobody_else(own: Village) -> None:
    lan = with_card(own, "Lan")
    before = own.everything()
    for other in (own.chapter.members["Hoa"], NOBODY):
        answer: Any = lan.send("/vay-cua-toi/moi", form(own, so=other))
        assert answer.status_code == 404
    assert own.everything() == before
