"""Lending as the treasurer and the head do it on their phones: page by page, with words and buttons."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from app.charter import actions as charters
from tests.actions.moving_story import opens
from tests.journeys.doors import Caller, Village
from tests.story import DAY, StoryClock, a_charter, a_key
from tests.story import TODAY as DAY_ONE

TODAY = DAY_ONE.isoformat()


@pytest.fixture
def own(village: Village) -> Village:
    """A pig with 2.000.000 in hand, 500.000 of it Lan's."""
    chapter = village.chapter
    chapter.signs(chapter.head, opens(chapter, {"Lan": 500_000}, hand=2_000_000))
    return village


def asks(own: Village, name: str = "Lan", **more: str) -> Any:
    form = {
        "member_id": own.chapter.members[name], "pot_id": own.chapter.pot, "amount": "900k",
        "months": "9", "plan": "monthly", "purpose": "livestock", "date": TODAY, "do": "ask",
    }  # fmt: skip
    return own.browser(own.chapter.treasurer).send(f"{own.pages}/vay/moi", form | more)


def asked(own: Village, name: str = "Lan", **more: str) -> str:
    answer = asks(own, name, **more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def does(browser: Caller, loan: str, viec: str, **more: str) -> Any:
    return browser.send(loan, {"viec": viec, "key": a_key(), "date": TODAY} | more)


def test_from_the_application_to_the_last_repayment(own: Village) -> None:
    treasurer, head = own.browser(own.chapter.treasurer), own.browser(own.chapter.head)
    loan = asked(own, note="mua hai con lợn nái")
    queue = treasurer.get(f"{own.pages}/vay").text
    assert "chưa vay lần nào" in queue and loan in queue
    assert f"{loan}?viec=duyet" not in treasurer.get(loan).text
    assert f"{loan}?viec=duyet" in head.get(loan).text
    assert does(treasurer, loan, "duyet").status_code == 403
    assert does(head, loan, "duyet", yes="12", no="1").status_code == 303
    assert does(treasurer, loan, "trao").headers["location"] == f"{loan}?xong=trao"
    page = treasurer.get(f"{loan}?viec=tra").text
    assert "900.000" in page and "20/11/2026" in page and "mua hai con lợn nái" in page
    too_much = does(treasurer, loan, "tra", amount="900.001")
    assert too_much.status_code == 422 and 'id="p-amount"' in too_much.text
    key = a_key()
    for _ in range(2):  # pressed twice, paid once
        assert does(treasurer, loan, "tra", amount="150k", key=key).status_code == 303
    page = treasurer.get(loan).text
    assert "750.000" in page
    payout, voucher = re.findall(r'href="(/chung-tu/[^"]+)"', page)
    assert "900.000" in treasurer.get(payout).text and "150.000" in treasurer.get(voucher).text
    assert voucher not in own.browser(own.chapter.union.leader).get(loan).text  # not her book
    assert does(treasurer, loan, "tra", amount="750k").status_code == 303
    assert "đã trả xong" in head.get(loan).text


def test_it_is_tried_before_it_is_asked(own: Village) -> None:
    """What stands in the way is said, the plan shown, and nothing is written."""
    seen = asks(own, do="try")
    assert seen.status_code == 200 and "20/11/2026" in seen.text and "100.000" in seen.text
    assert "Hôm nay chưa cho vay được" not in seen.text
    far = asks(own, do="try", amount="3tr")
    assert "Hôm nay chưa cho vay được" in far.text and "2.000.000" in far.text
    assert "Không chị nào đang chờ" in own.browser(own.chapter.head).get(f"{own.pages}/vay").text


def test_a_form_says_all_that_is_missing_at_once(own: Village) -> None:
    answer = asks(own, member_id="", amount="", months="x", plan="", purpose="")
    assert answer.status_code == 422
    for name in ("member_id", "amount", "months", "plan", "purpose"):
        assert f'id="p-{name}"' in answer.text


def test_what_takes_two_waits_for_the_head(own: Village) -> None:
    treasurer, head = own.browser(own.chapter.treasurer), own.browser(own.chapter.head)
    loan = asked(own)
    assert does(head, loan, "duyet").status_code == 303
    assert does(treasurer, loan, "trao").status_code == 303
    assert does(treasurer, loan, "tham", note="lợn lớn nhanh").status_code == 303
    assert "lợn lớn nhanh" in head.get(loan).text
    waits = does(treasurer, loan, "cach-tra", months="6", plan="quarterly", reason="mất mùa")
    assert waits.status_code == 303 and waits.headers["location"].startswith("/ky/")
    again = does(treasurer, loan, "cach-tra", months="3", plan="monthly", reason="mất mùa")
    assert again.status_code == 409
    gone = does(treasurer, loan, "xoa-no", reason="đi xa")
    assert gone.status_code == 303 and gone.headers["location"].startswith("/ky/")
    sign = head.get(gone.headers["location"])
    assert "900.000" in sign.text


def test_late_loans_are_called_out(own: Village, clock: StoryClock) -> None:
    """On the first page and in the list: a week ahead, then late by so many days."""
    loan = asked(own)
    does(own.browser(own.chapter.head), loan, "duyet")
    does(own.browser(own.chapter.treasurer), loan, "trao")
    assert "7 ngày" not in later(own, clock, date(2026, 11, 12), "/hom-nay")
    assert "1 khoản vay đến hạn trong 7 ngày" in later(own, clock, date(2026, 11, 14), "/hom-nay")
    assert "1 khoản vay chậm trả" in later(own, clock, date(2026, 11, 25), "/hom-nay")
    assert "chậm 5 ngày" in later(own, clock, date(2026, 11, 25), f"{own.pages}/vay")


def later(own: Village, clock: StoryClock, day: date, path: str) -> str:
    """A page as the treasurer sees it on a later day; she signs in anew."""
    clock.tell(day)
    own.tokens.clear()
    return own.browser(own.chapter.treasurer).get(path).text


# Taken back


def mistakes(page: str) -> list[str]:
    """Where each `Ghi nhầm?` leads, in the order of the page."""
    return re.findall(r'href="(/vay/[^"]+but_toan=[^"]+)"', unescape(page))


def paid_back(own: Village) -> str:
    """Lan owes 900.000; 150.000 and 50.000 came back today."""
    loan = asked(own)
    does(own.browser(own.chapter.head), loan, "duyet")
    treasurer = own.browser(own.chapter.treasurer)
    does(treasurer, loan, "trao")
    for amount in ("150k", "50k"):
        assert does(treasurer, loan, "tra", amount=amount).status_code == 303
    return loan


def takes_back(own: Village, where: str, **more: str) -> Any:
    loan, _, entry = where.partition("?viec=huy&but_toan=")
    return does(own.browser(own.chapter.treasurer), loan, "huy", entry=entry, **more)


def test_a_mistake_of_today_is_taken_back_by_the_treasurer_alone(own: Village) -> None:
    """Also the first of two repayments; what it rested on stays until the later ones are gone."""
    loan = paid_back(own)
    treasurer, head = own.browser(own.chapter.treasurer), own.browser(own.chapter.head)
    assert mistakes(head.get(loan).text) == []
    first, second = mistakes(treasurer.get(loan).text)  # not the payout: it was paid back on it
    form = treasurer.get(first).text
    assert "Lần trả nợ" in form and "150.000" in form and "chi hội trưởng xem và ký" not in form
    unsaid = takes_back(own, first)
    assert unsaid.status_code == 422 and 'id="p-reason"' in unsaid.text
    key = a_key()
    for _ in range(2):  # pressed twice, taken back once
        done = takes_back(own, first, reason="nhầm chị khác", key=key)
        assert done.headers["location"] == f"{loan}?xong=huy"
    page = treasurer.get(f"{loan}?xong=huy").text
    assert "850.000" in page and "Đã hủy lần ghi nhầm" in page and "150.000" not in page
    gone = takes_back(own, first, reason="lần nữa")
    assert gone.status_code == 409 and "Dòng này đã hủy rồi" in gone.text
    assert takes_back(own, second, reason="nhầm nốt").status_code == 303
    (payout,) = mistakes(treasurer.get(loan).text)
    assert takes_back(own, payout, reason="chưa trao").status_code == 303
    assert f"{loan}?viec=trao" in treasurer.get(loan).text and own.chapter.findings() == []


def test_an_older_mistake_waits_for_the_head(own: Village, clock: StoryClock) -> None:
    loan = paid_back(own)
    clock.tell(DAY_ONE + DAY)
    own.tokens.clear()
    treasurer, head = own.browser(own.chapter.treasurer), own.browser(own.chapter.head)
    first = mistakes(treasurer.get(loan).text)[0]
    assert "chi hội trưởng xem và ký" in treasurer.get(first).text
    waits = takes_back(own, first, reason="nhầm chị khác").headers["location"]
    assert waits.startswith("/ky/")
    page = treasurer.get(loan).text
    assert (
        f'href="{waits}"' in page and "Đang chờ ký để hủy" in page and first not in mistakes(page)
    )
    assert takes_back(own, first, reason="lần nữa").status_code == 409
    sign = head.get(waits).text
    assert "150.000" in sign and "nhầm chị khác" in sign
    (fingerprint,) = re.findall(r'name="fingerprint" value="([^"]+)"', sign)
    assert head.send(f"{waits}/ky", {"fingerprint": fingerprint}).status_code == 303
    assert "850.000" in treasurer.get(loan).text and own.chapter.findings() == []


def test_through_a_loan_only_its_own_money_is_taken_back(own: Village) -> None:
    loan = paid_back(own)
    sheet = own.recorded()["id"]
    before = own.everything()
    for entry in (sheet, "x", a_key()):
        answer = takes_back(own, f"{loan}?viec=huy&but_toan={entry}", reason="thử")
        assert answer.status_code == 404
    (first, _) = mistakes(own.browser(own.chapter.treasurer).get(loan).text)
    entry = first.rpartition("=")[2]
    for who in (own.chapter.head, own.chapter.inspector):
        assert does(own.browser(who), loan, "huy", entry=entry, reason="thử").status_code == 403
    assert own.everything() == before


def test_above_the_commune_a_name_takes_a_purpose(own: Village) -> None:
    loan = asked(own, note="chữa bệnh")
    province = own.browser(own.chapter.union.provincial)
    blind = province.get(loan).text
    assert "Nguyễn Thị Lan" not in blind and "chữa bệnh" not in blind and 'name="purpose"' in blind
    seen = province.get(loan, params={"purpose": "báo cáo 20/10"}).text
    assert "Nguyễn Thị Lan" in seen and "chữa bệnh" in seen and 'name="purpose"' not in seen
    told = own.db.read_now(
        lambda tx: tx.rows("SELECT why FROM record_view WHERE viewer_id = ?",
                           (own.chapter.union.provincial.person_id,))
    )  # fmt: skip
    assert told == [("báo cáo 20/10",)]


# As she types


def weighed(own: Village, name: str = "Lan", **more: str) -> str:
    """What the page's script is told, as text."""
    told = {"member_id": own.chapter.members[name], "pot_id": own.chapter.pot, "date": TODAY,
            "amount": "", "months": "", "plan": "monthly"}  # fmt: skip
    answer = own.browser(own.chapter.treasurer).get(f"{own.pages}/vay/moi/xet", params=told | more)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split()).replace("\xa0", " ")


def test_limits_are_told_before_she_has_typed_all(own: Village) -> None:
    """Nothing until it is known who asks; then the most; then what stands in the way; then the plan."""
    before = own.everything()
    assert weighed(own, member_id="") == ""
    assert weighed(own) == "Chị ấy vay được nhiều nhất 2.000.000 ₫."
    assert "nhiều nhất 2.000.000 ₫" in weighed(own, amount="2tr1")
    assert weighed(own, amount="10") == "“10” là 10.000 ₫ phải không chị?"
    assert "chia hết cho 3" in weighed(own, months="4", plan="quarterly")
    assert weighed(own, months="6", plan="quarterly").startswith("Chị ấy vay được nhiều nhất")
    assert weighed(own, amount="900k", months="9") == (
        "Đúng quy ước, tiền đang có đủ. Trả 9 lần, lần đầu 100.000 ₫ ngày 20/11/2026. Không lấy lãi."
    )
    assert "Trả một lần 900.000 ₫, ngày 20/07/2027." in weighed(
        own, amount="900k", months="9", plan="bullet"
    )
    assert own.everything() == before


def test_every_limit_is_told_in_words(own: Village) -> None:
    """The charter: 1.500.000, 6 months, twice her savings, one at a time."""
    chapter = own.chapter
    strict = a_charter(loan_max_amount=1_500_000, loan_max_months=6, loan_savings_multiple=2)
    waits = own.db.write_now(charters.propose_charter, actor=chapter.treasurer, charter=strict,
                             chapter_id=chapter.id, on=DAY_ONE)  # fmt: skip
    chapter.signs(chapter.head, waits)
    form = own.browser(chapter.treasurer).get(f"{own.pages}/vay/moi").text
    assert "nhiều nhất 1.500.000" in form and "lâu nhất 6 tháng" in form
    assert weighed(own) == "Chị ấy vay được nhiều nhất 1.000.000 ₫."
    told = weighed(own, amount="1tr6", months="7")
    assert "một lần nhiều nhất 1.500.000 ₫" in told and "lâu nhất 6 tháng" in told
    assert "Đã góp 500.000 ₫; quy ước cho vay nhiều nhất gấp 2 lần, là 1.000.000 ₫" in told
    assert asked(own, amount="900k", months="6")
    assert "Còn một khoản vay chưa xong" in weighed(own)


def test_trying_needs_no_purpose_and_records_nothing(own: Village) -> None:
    before = own.everything()
    seen = asks(own, do="try", purpose="")
    assert seen.status_code == 200 and "Trả 9 lần" in seen.text
    assert asks(own, purpose="").status_code == 422
    assert own.everything() == before
