"""What was asked for stands where it was asked: a line, a difference, until it is signed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.doors import API, Caller, Village, hidden, plain, problem, seen
from tests.journeys.signing import done, next_morning, reversal_waits, sign, waits
from tests.story import StoryClock, a_key

SHORT = {"50000": 1, "5000": 1}  # 5.000 less than the book


@pytest.fixture
def sheet(village: Village, clock: StoryClock) -> dict[str, Any]:
    """Yesterday's, of Lan and Hoa: only two can take it back."""
    found = village.recorded("Lan 50.000/5, Hoa 10.000/1")
    next_morning(village, clock)
    return found


def lines_offered(html: str) -> list[str]:
    """Whose lines may be ticked."""
    found = re.findall(r'name="line".*?<span>(.*?)</span>', html, re.S)
    return [plain(name) for name in found]


def asks(village: Village, sheet: dict[str, Any], *names: str, key: str = "") -> Any:
    wanted = {village.chapter.members[name] for name in names}
    lines = [one["line_id"] for one in sheet["lines"] if one["member_id"] in wanted]
    body = {"lines": lines, "reason": "nói lại cho rõ"}
    return village.treasurer.post(f"{API}/entries/{sheet['id']}/reversal", body, key=key or a_key())


def test_a_sheet_says_which_lines_wait(village: Village, sheet: dict[str, Any]) -> None:
    browser = village.browser(village.chapter.treasurer)
    path = f"/phieu/{sheet['id']}"
    assert lines_offered(browser.get(path).text) == ["1 · Nguyễn Thị Lan", "2 · Nguyễn Thị Hoa"]
    waiting = reversal_waits(village, sheet, "Lan")
    page = browser.get(path).text
    assert "Đang chờ ký để hủy: 1 · Nguyễn Thị Lan" in seen(page)
    assert f'href="/ky/{waiting["approval_id"]}"' in page
    assert lines_offered(page) == ["2 · Nguyễn Thị Hoa"] and "Xin hủy cả phiếu" not in seen(page)
    also = reversal_waits(village, sheet, "Hoa")
    page = browser.get(path).text
    assert "Xin hủy" not in seen(page) and f'href="/ky/{also["approval_id"]}"' in page
    done(sign(village.program(village.chapter.head), waiting))
    assert "Đang chờ ký để hủy: 2 · Nguyễn Thị Hoa" in seen(browser.get(path).text)


def test_a_line_is_asked_for_once(village: Village, sheet: dict[str, Any]) -> None:
    key = a_key()
    first = asks(village, sheet, "Lan", key=key)
    waits(first)
    before = village.everything()
    for again in (("Lan", "Hoa"), ()):
        said = problem(asks(village, sheet, *again), 409, "waits_already")
        assert said["detail"] == "Việc này đã có người xin rồi, đang chờ ký."
    replay = asks(village, sheet, "Lan", key=key)
    assert replay.content == first.content and replay.headers["idempotent-replay"] == "true"
    assert village.everything() == before


def test_a_page_of_before_is_told_that_it_waits(village: Village, sheet: dict[str, Any]) -> None:
    browser = village.browser(village.chapter.treasurer)
    path = f"/phieu/{sheet['id']}"
    key = hidden(browser.get(path).text, "key")
    asked = waits(asks(village, sheet, "Lan"))
    answer = browser.send(f"{path}/huy", {"key": key, "what": "all", "reason": "nhầm"})
    assert answer.status_code == 409
    assert "Việc này đã có người xin rồi, đang chờ ký." in seen(answer.text)
    assert f'href="/ky/{asked["approval_id"]}"' in answer.text


# A difference


def short(village: Village) -> str:
    """The pig holds less than the book; what becomes of it is open."""
    body = {"pot_id": village.chapter.pot, "place": "pot", "date": "2026-10-21", "notes": SHORT,
            "witnesses": ["Bà Chứng", "Bà Kiến"]}  # fmt: skip
    answer = village.treasurer.post(
        f"{API}/chapters/{village.chapter.id}/counts", body, key=a_key()
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def settles(village: Village, count: str, reason: str, key: str = "") -> Any:
    body = {"date": "2026-10-21", "decision": "group_bears", "reason": reason}
    path = f"{API}/counts/{count}/settlement"
    return village.treasurer.post(path, body, key=key or a_key())


def test_a_difference_says_that_its_decision_waits(village: Village, sheet: dict[str, Any]) -> None:
    count = short(village)
    people = village.chapter
    browsers: list[Caller] = [village.browser(who) for who in (people.treasurer, people.inspector)]
    offer = f'href="/kiem/{count}/xu-ly"'
    assert all(offer in one.get(f"{village.pages}/tien").text for one in browsers)
    asked = waits(settles(village, count, "họp bàn"))
    for one in browsers:
        page = one.get(f"{village.pages}/tien").text
        assert offer not in page and "Đang chờ ký" in seen(page)
        assert f'href="/ky/{asked["approval_id"]}"' in page
    settling = browsers[0].get(f"/kiem/{count}/xu-ly").text
    assert "Đang chờ chữ ký thứ hai" in seen(settling) and "GHI CÁCH XỬ LÝ" not in settling
    done(sign(village.program(people.head), asked))
    assert "Đang chờ ký" not in seen(browsers[0].get(f"{village.pages}/tien").text)


def test_a_difference_is_asked_for_once(village: Village, sheet: dict[str, Any]) -> None:
    count, key = short(village), a_key()
    first = settles(village, count, "họp bàn", key)
    waits(first)
    before = village.everything()
    problem(settles(village, count, "họp bàn lại"), 409, "waits_already")
    replay = settles(village, count, "họp bàn", key)
    assert replay.content == first.content and replay.headers["idempotent-replay"] == "true"
    browser = village.browser(village.chapter.treasurer)
    typed = {"key": a_key(), "decision": "group_bears", "reason": "khác", "date": "2026-10-21"}
    answer = browser.send(f"/kiem/{count}/xu-ly", typed)
    assert answer.status_code == 409
    assert "Việc này đã có người xin rồi, đang chờ ký." in seen(answer.text)
    assert "GHI CÁCH XỬ LÝ" not in seen(answer.text)
    assert village.everything() == before
