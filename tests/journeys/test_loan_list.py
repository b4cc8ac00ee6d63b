"""The chapter's loans on one page: who is reminded in which words, how old it is, when the next is paid."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from app.terms import Leaving
from tests.actions.moving_story import opens
from tests.actions.settled import leave
from tests.journeys.doors import API, Village
from tests.lent import Lends
from tests.story import StoryClock

TEXT = re.compile(r'<p class="to-send">(.*?)</p>', re.DOTALL)


@pytest.fixture
def own(village: Village) -> Village:
    """A pig with 2.000.000 in hand, 500.000 of it Lan's."""
    chapter = village.chapter
    chapter.signs(chapter.head, opens(chapter, {"Lan": 500_000}, hand=2_000_000))
    return village


@pytest.fixture
def lends(own: Village) -> Lends:
    return Lends(own.chapter)


def seen(own: Village, path: str = "/vay") -> str:
    """The page as the head sees it; she signs in anew."""
    own.tokens.clear()
    return unescape(own.browser(own.chapter.head).get(f"{own.pages}{path}").text)


def reminders(own: Village) -> list[str]:
    return TEXT.findall(seen(own))


def test_a_reminder_is_of_her_loan_alone(own: Village, lends: Lends, clock: StoryClock) -> None:
    """From 13/10/2026 in four parts: a week before, then late, and on the way to the next."""
    lends.lent("Lan", 400_000, 4)
    clock.tell(date(2026, 11, 12))
    assert reminders(own) == []
    clock.tell(date(2026, 11, 14))
    (soon,) = reminders(own)
    assert soon.startswith("Chào chị Lan. ") and "20/11/2026" in soon and "100.000" in soon
    clock.tell(date(2026, 12, 18))
    (late,) = reminders(own)
    assert "100.000\N{NO-BREAK SPACE}₫ tiền vay đến kỳ từ ngày 20/11/2026" in late
    assert "Kỳ tới là ngày 20/12/2026: 100.000\N{NO-BREAK SPACE}₫." in late
    lends.lent("Mai", 200_000, 1)
    clock.tell(date(2027, 1, 20))
    told = reminders(own)
    assert len(told) == 2
    for name, other in (("Lan", "Mai"), ("Mai", "Lan")):
        (hers,) = [text for text in told if f"chị {name}" in text]
        assert other not in hers


def test_what_can_be_shared_is_what_is_read(own: Village, lends: Lends, clock: StoryClock) -> None:
    """The button hands on the very words; without scripts they stand there to be copied."""
    lends.lent("Lan", 400_000, 4)
    clock.tell(date(2026, 11, 20))
    page = seen(own)
    (text,) = TEXT.findall(page)
    assert f'data-share="{text}"' in page and "share.js" in page


def test_nobody_writes_to_one_who_died(own: Village, lends: Lends, clock: StoryClock) -> None:
    lends.lent("Lan", 900_000, 2)
    clock.tell(date(2026, 11, 14))
    assert len(reminders(own)) == 1
    dies(own)
    clock.tell(date(2027, 1, 30))
    page = seen(own)
    assert "Nguyễn Thị Lan" in page and TEXT.findall(page) == []


def dies(own: Village) -> None:
    waits = leave(own.chapter, "Lan", Leaving.DIED, next_of_kin="anh Ví Dụ")
    own.chapter.signs(own.chapter.head, waits)


def test_what_is_out_by_age_and_in_words(own: Village, lends: Lends, clock: StoryClock) -> None:
    """300.000 of 500.000 are out with one who is 31 days late: 60 of every 100 đồng."""
    lends.lent("Lan", 300_000, 1, "bullet")
    lends.lent("Mai", 200_000, 9, "bullet")
    assert "Không khoản nào chậm quá 30 ngày" in seen(own)
    clock.tell(date(2026, 12, 20))
    assert "Không khoản nào chậm quá 30 ngày" in seen(own)
    clock.tell(date(2026, 12, 21))
    page = seen(own)
    assert "thì 60 đồng nằm ở các khoản chậm quá 30 ngày: 300.000" in page
    ages = re.findall(r"</svg>([^<]*)</th><td>(.*?)</td>", page)
    assert ages == [
        ("đúng hạn", "1 khoản"), ("chậm đến 30 ngày", "—"), ("chậm 31–90 ngày", "1 khoản"),
        ("chậm hơn 90 ngày", "—")]  # fmt: skip


def test_when_the_first_who_waits_can_be_paid(own: Village, lends: Lends) -> None:
    """1.900.000 are out; 500.000 are free again when five of its parts came back."""
    lends.lent("Lan", 1_900_000, 19)
    lends.asks("Mai", 100_000)
    assert "Trao được 100.000" in seen(own)
    lends.approves(lends.asks("Hoa", 50_000))
    for path in ("/vay", "/vay/du-tinh"):
        page = seen(own, path)
        assert "Chị Nguyễn Thị Mai đứng đầu hàng chờ." in page
        assert "Khoảng ngày 20/11/2026 sẽ đủ 100.000" in page
    rows = re.findall(
        r'<th scope="row">(\d\d/\d{4})</th>.*?<b>(.*?)</b>', seen(own, "/vay/du-tinh")
    )
    assert len(rows) == 12 and rows[0][0] == "10/2026"
    assert "50.000" in rows[0][1] and "150.000" in rows[1][1] and "1.150.000" in rows[11][1]


def test_the_forecast_as_json(own: Village, lends: Lends) -> None:
    lends.lent("Lan", 1_900_000, 19)
    first = lends.asks("Mai", 150_000)
    inspector = own.program(own.chapter.inspector)
    answer = inspector.get(f"{API}/chapters/{own.chapter.id}/loans/forecast", params={"months": 2})
    assert answer.status_code == 200
    (pot,) = answer.json()["items"]
    assert pot == {
        "pot_id": own.chapter.pot, "free": 100_000,
        "months": [{"month": "2026-10", "comes_in": 0, "free": 100_000},
                   {"month": "2026-11", "comes_in": 100_000, "free": 200_000}],
        "next": {"loan_id": first, "amount": 150_000, "when": "on", "on": "2026-11-20"},
    }  # fmt: skip
