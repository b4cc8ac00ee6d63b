"""The bad line does what it is told, and the server behind it keeps one sheet a key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2
import pytest

from app import clock
from tests.browser.conftest import Book, Records, Village, Visit, Visitor
from tests.browser.faulty import (
    Fault,
    Line,
    answered,
    cut,
    doubled,
    faulty,
    halved,
    held,
    late,
    lost,
    passed,
    swapped,
    twice,
)
from tests.journeys.doors import API
from tests.story import a_key

NO_ANSWER = (httpx2.ReadError, httpx2.RemoteProtocolError)


@pytest.fixture
def line(book: Book) -> Iterator[Line]:
    """A line to the server, in order until a test says otherwise."""
    with faulty(book.server) as found:
        yield found


@dataclass
class Sender:
    """The treasurer's program at the other end of the line."""

    line: Line
    village: Village

    def __call__(self, key: str, amount: int = 5000) -> httpx2.Response:
        """A sheet of one line under this key."""
        chapter = self.village.chapter
        told = {"member_id": chapter.members["Sen"], "amount": amount, "periods": 1}
        sheet = {"pot_id": chapter.pot, "date": clock.today().isoformat(), "lines": [told]}
        headers = {"Authorization": f"Bearer {self.village.treasurer.token}",
                   "Idempotency-Key": key}  # fmt: skip
        with httpx2.Client(verify=False, trust_env=False, timeout=60) as client:
            return client.post(f"{self.line.url}{API}/chapters/{chapter.id}/sheets",
                               json=sheet, headers=headers)  # fmt: skip


@pytest.fixture
def send(line: Line, village: Village) -> Sender:
    """Sheets over the line."""
    return Sender(line, village)


def test_what_nobody_has_a_rule_for_passes(line: Line, send: Sender, records: Records) -> None:
    assert send(a_key()).status_code == 201
    assert line.sent("POST", "/sheets") == 1
    assert len(records(send.village)) == 1


def test_a_request_that_is_cut_is_not_in_the_book(
    line: Line, send: Sender, records: Records
) -> None:
    line.on("POST", "/sheets").then(cut)
    with pytest.raises(NO_ANSWER):
        send(a_key())
    assert line.sent("POST", "/sheets") == 0
    assert records(send.village) == []


@pytest.mark.parametrize("fault", [lost, halved])
def test_an_answer_that_is_lost_is_given_again(
    line: Line, send: Sender, records: Records, fault: Fault
) -> None:
    """It is in the book; asked again with the same key, the server gives the same receipt."""
    line.on("POST", "/sheets").then(fault)
    key = a_key()
    with pytest.raises(NO_ANSWER):
        send(key)
    (sheet,) = records(send.village)
    again = send(key)
    assert again.status_code == 201
    assert again.json()["id"] == sheet["id"]
    assert send(key).content == again.content
    assert len(records(send.village)) == 1
    assert line.sent("POST", "/sheets") == 3


@pytest.mark.parametrize("fault", [twice, doubled])
def test_a_request_that_arrives_twice_is_one_sheet(
    line: Line, send: Sender, records: Records, fault: Fault
) -> None:
    """Of two at once either may be told that the other is still at work."""
    line.on("POST", "/sheets").then(fault)
    key = a_key()
    answer = send(key)
    if fault is doubled and answer.status_code == 409:
        assert answer.json()["code"] == "in_progress"
        answer = send(key)
    assert answer.status_code == 201
    assert line.seen[0].sent == 2
    (sheet,) = records(send.village)
    assert sheet["id"] == answer.json()["id"]


def test_the_same_key_with_another_sheet_is_refused(
    line: Line, send: Sender, records: Records
) -> None:
    """The first answer is lost, and what comes under its key is not what was sent."""
    line.on("POST", "/sheets").then(lost)
    key = a_key()
    with pytest.raises(NO_ANSWER):
        send(key)
    other = send(key, 9000)
    assert other.status_code == 422
    assert other.json()["code"] == "key_reused"
    assert [sheet["total"] for sheet in records(send.village)] == [5000]


def test_two_sheets_arrive_in_the_other_order(line: Line, send: Sender, records: Records) -> None:
    rule = line.on("POST", "/sheets").then(*swapped())
    first = beside(lambda: send(a_key(), 1000))
    until(lambda: len(line.seen) == 1)
    assert send(a_key(), 2000).status_code == 201
    first.join()
    rule.met(2)
    assert [sheet["total"] for sheet in records(send.village)] == [1000, 2000]  # newest first


def test_an_answer_is_held_until_it_is_let_go(line: Line, send: Sender, records: Records) -> None:
    go, heard = threading.Event(), threading.Event()
    line.on("POST", "/sheets").then(held(go))
    waiting = beside(lambda: (send(a_key()), heard.set()))
    until(lambda: len(records(send.village)) == 1)
    assert not heard.is_set()
    go.set()
    waiting.join()
    assert heard.is_set()


def test_somebody_between_answers(line: Line, send: Sender, records: Records) -> None:
    """A rule is used up, then the next; the server hears only of the last."""
    line.on("POST", "/sheets").then(answered(401), answered(503, "Bận"), late(0.01))
    key = a_key()
    answers = [send(key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 503, 201]
    assert answers[1].text == "Bận"
    assert line.sent("POST", "/sheets") == 1
    assert len(records(send.village)) == 1


def test_a_rule_is_for_its_own_requests(line: Line, send: Sender) -> None:
    """The newest that has something to do decides; others go by."""
    line.on("POST", "/sheets").always(answered(503))
    line.on("POST", "/sheets").then(passed)
    line.on("GET", "/sheets").always(cut)
    assert [send(a_key()).status_code for _ in range(3)] == [201, 503, 503]


def test_a_browser_on_a_dead_line_and_on_a_mended_one(line: Line, visit: Visit) -> None:
    """It does not try again by itself: what a test counts is what the page did."""
    visitor = visit(at=line.url)
    visitor.open("/vao")
    line.cut()
    assert asked(visitor) == 0
    line.mend()
    assert line.sent("GET", "/may-moi") == 0
    line.on("GET", "/may-moi").then(lost)
    assert (asked(visitor), asked(visitor)) == (0, 200)
    assert line.sent("GET", "/may-moi") == 2


def asked(visitor: Visitor) -> int:
    """What a script of the page is told; 0: no answer."""
    ask = "fetch('/may-moi').then(answer => answer.status, () => 0)"
    return int(visitor.page.evaluate(ask))


def beside(work: Callable[[], object]) -> threading.Thread:
    """Begun, and not waited for."""
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def until(true: Callable[[], bool]) -> None:
    """Come back when it is."""
    tries = threading.Event()
    for _ in range(1500):
        if true():
            return
        tries.wait(0.02)
    pytest.fail("it never came to that")
