"""One key, one act: whoever asks again, however often, gets the answer of the first time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx2
import pytest

from app.db.tx import Tx
from app.savings.actions import post_sheet
from tests.journeys.doors import API, Caller, Village, problem
from tests.story import StoryClock, a_key, counted

REPLAY = "idempotent-replay"


def is_replay(again: httpx2.Response, first: httpx2.Response) -> None:
    """Byte for byte what was answered, and said to be a replay."""
    assert again.status_code == first.status_code == 201, again.text
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers[REPLAY] == "true"


def recorded(caller: Caller, village: Village, key: str, lines: str = "Lan 1.000/1") -> Any:
    """A sheet that was not there before."""
    first = caller.post(village.sheets, village.sheet(lines), key=key)
    assert first.status_code == 201, first.text
    assert REPLAY not in first.headers
    return first


def test_the_same_request_is_the_same_sheet(village: Village) -> None:
    key, treasurer = a_key(), village.treasurer
    first = recorded(treasurer, village, key)
    before = village.everything()
    for _ in range(3):
        is_replay(treasurer.post(village.sheets, village.sheet(), key=key), first)
    assert village.everything() == before


def test_the_same_request_without_a_key_in_common_is_another_sheet(village: Village) -> None:
    first = recorded(village.treasurer, village, a_key())
    second = recorded(village.treasurer, village, a_key())
    assert first.json()["id"] != second.json()["id"]
    assert counted(village.db, "entry") == 2


def spellings(told: dict[str, Any]) -> dict[str, str]:
    """The same sheet, written otherwise."""
    turned = {name: told[name] for name in reversed(told)}
    turned["lines"] = [dict(reversed(line.items())) for line in told["lines"]]
    return {
        "fields turned round": json.dumps(turned),
        "with room": json.dumps(told, indent=4),
        "without room": json.dumps(told, separators=(",", ":")),
        "with what is not said": json.dumps(told | {"note": None, "group_id": None}),
        "with escapes": json.dumps(told).replace("2026", "\\u0032026"),
    }


@pytest.mark.parametrize("how", spellings({"lines": []}))
def test_the_same_request_written_otherwise_is_the_same(lasting: Village, how: str) -> None:
    key, told = a_key(), lasting.sheet("Lan 1.000/1, Hoa 2.000/2")
    first = recorded(lasting.treasurer, lasting, key, "Lan 1.000/1, Hoa 2.000/2")
    headers = {"Content-Type": "application/json", "Idempotency-Key": key.upper()}
    content = spellings(told)[how].encode()
    is_replay(lasting.treasurer("POST", lasting.sheets, content=content, headers=headers), first)


OTHERS: dict[str, Callable[[Village], dict[str, Any]]] = {
    "another amount": lambda v: v.sheet("Lan 2.000/1"),
    "other periods": lambda v: v.sheet("Lan 1.000/0"),
    "another member": lambda v: v.sheet("Hoa 1.000/1"),
    "one more line": lambda v: v.sheet("Lan 1.000/1, Hoa 1.000/1"),
    "another day": lambda v: v.sheet(date="2026-10-19"),
    "a note": lambda v: v.sheet(note="họp"),
    "a reason": lambda v: v.sheet(reason="muộn"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_request_under_a_used_key_is_refused(lasting: Village, what: str) -> None:
    key = a_key()
    first = recorded(lasting.treasurer, lasting, key)
    before = lasting.everything()
    answer = lasting.treasurer.post(lasting.sheets, OTHERS[what](lasting), key=key)
    problem(answer, 422, "key_reused")
    assert REPLAY not in answer.headers
    assert lasting.everything() == before
    is_replay(lasting.treasurer.post(lasting.sheets, lasting.sheet(), key=key), first)


def test_lines_in_another_order_are_another_request(lasting: Village) -> None:
    """Line numbers are on the receipt, so the order of lines means something."""
    key = a_key()
    recorded(lasting.treasurer, lasting, key, "Lan 1.000/1, Hoa 1.000/1")
    told = lasting.sheet("Hoa 1.000/1, Lan 1.000/1")
    problem(lasting.treasurer.post(lasting.sheets, told, key=key), 422, "key_reused")


def test_a_sheets_key_does_not_reverse_it(lasting: Village) -> None:
    """The path is part of the request."""
    key = a_key()
    first = recorded(lasting.treasurer, lasting, key).json()
    path = f"{API}/entries/{first['id']}/reversal"
    problem(lasting.treasurer.post(path, {"reason": "nhầm"}, key=key), 422, "key_reused")


def test_one_sheets_reversal_is_not_anothers(lasting: Village) -> None:
    """The very same body under another path is another request."""
    first, second, key = lasting.recorded(), lasting.recorded(), a_key()
    told = {"reason": "nhầm"}
    paths = [f"{API}/entries/{posted['id']}/reversal" for posted in (first, second)]
    assert lasting.treasurer.post(paths[0], told, key=key).status_code == 201
    problem(lasting.treasurer.post(paths[1], told, key=key), 422, "key_reused")
    assert lasting.treasurer.post(paths[1], told, key=a_key()).status_code == 201


def test_a_reversal_is_done_once(village: Village) -> None:
    posted, key = village.recorded("Lan 1.000/1, Hoa 1.000/1"), a_key()
    path = f"{API}/entries/{posted['id']}/reversal"
    told = {"lines": [posted["lines"][0]["line_id"]], "reason": "nhầm"}
    first = village.treasurer.post(path, told, key=key)
    assert (first.status_code, first.json()["total"]) == (201, -1000)
    is_replay(village.treasurer.post(path, told, key=key), first)
    problem(village.treasurer.post(path, told | {"lines": []}, key=key), 422, "key_reused")
    problem(village.treasurer.post(path, told, key=a_key()), 409, "reversed_already")
    problem(village.treasurer.post(path, told), 400, "key_missing")
    assert counted(village.db, "entry") == 2


def test_a_failure_is_not_frozen(village: Village) -> None:
    """Too little money, a closed pot, another try: the key is still hers until it worked."""
    key, treasurer = a_key(), village.treasurer
    for told, code in (
        (village.sheet("Lan 1.000/2"), "too_little"),
        (village.sheet(date="2026-10-21"), "in_future"),
        (village.sheet(colour="pink"), "invalid"),
    ):
        problem(treasurer.post(village.sheets, told, key=key), 422, code)
    village.db.write_now(Tx.run, "UPDATE cycle SET closed_on = '2026-10-20'")
    problem(treasurer.post(village.sheets, village.sheet(), key=key), 409, "pot_closed")
    village.db.write_now(Tx.run, "UPDATE cycle SET closed_on = NULL")
    first = recorded(treasurer, village, key)
    is_replay(treasurer.post(village.sheets, village.sheet(), key=key), first)
    assert counted(village.db, "entry") == 1


def test_another_officer_gets_the_same_answer(village: Village) -> None:
    """Keys belong to the chapter: the head finishes what the treasurer's phone began."""
    key = a_key()
    first = recorded(village.treasurer, village, key)
    before = village.everything()
    for officer in (village.chapter.head, village.chapter.deputy):
        is_replay(village.program(officer).post(village.sheets, village.sheet(), key=key), first)
    assert village.everything() == before


def test_whoever_may_not_record_gets_no_replay(village: Village) -> None:
    key = a_key()
    recorded(village.treasurer, village, key)
    for actor, status, code in (
        (village.chapter.inspector, 403, "not_your_office"),
        (village.chapter.union.leader, 403, "not_your_office"),
        (village.chapter.union.administrator, 403, "not_your_office"),
        (village.neighbour.treasurer, 404, "not_found"),
    ):
        answer = village.program(actor).post(village.sheets, village.sheet(), key=key)
        problem(answer, status, code)
        assert REPLAY not in answer.headers
    problem(village.nobody().post(village.sheets, village.sheet(), key=key), 401, "not_signed_in")


def test_a_key_belongs_to_one_chapter(village: Village) -> None:
    """Two chapters whose phones drew the same key do not meet."""
    key = a_key()
    first = recorded(village.treasurer, village, key)
    told = {
        "pot_id": village.neighbour.pot,
        "date": "2026-10-20",
        "lines": [{"member_id": village.neighbour.members["Tư"], "amount": 1000, "periods": 1}],
    }
    path = f"{API}/chapters/{village.neighbour.id}/sheets"
    other = village.program(village.neighbour.treasurer).post(path, told, key=key)
    assert other.status_code == 201 and REPLAY not in other.headers
    assert other.json()["id"] != first.json()["id"]


def test_an_answer_is_kept_whatever_happens_to_the_book(
    village: Village, clock: StoryClock
) -> None:
    """The pig is broken, she has left, years go by: asking again still gets the same receipt."""
    key = a_key()
    first = recorded(village.treasurer, village, key)
    village.db.write_now(Tx.run, "UPDATE cycle SET closed_on = '2026-10-20'")
    village.db.write_now(Tx.run, "UPDATE member SET left_on = '2026-10-20'")
    clock.tell(date(2036, 10, 20))
    village.tokens.clear()
    is_replay(village.treasurer.post(village.sheets, village.sheet(), key=key), first)


def test_calls_without_money_take_a_key_and_think_nothing_of_it(village: Village) -> None:
    key, path = a_key(), f"{API}/chapters/{village.chapter.id}/members"
    told = {"name": "Hoàng Thị Một", "joined_on": "2026-10-20",
            "consent": {"purposes": [], "on": "2026-10-20"}}  # fmt: skip
    numbers = [village.treasurer.post(path, told, key=key).json()["number"] for _ in range(2)]
    assert numbers == [4, 5]
    assert village.treasurer.get(path, headers={"Idempotency-Key": "no UUID"}).status_code == 200


def test_no_token_and_no_code_is_ever_stored(village: Village) -> None:
    """An enrolment code that could be replayed would not be single-use."""
    key = a_key()
    told = {"person": {"name": "Ai Đó", "phone": "0900000009"}, "role": "inspector",
            "from": "2026-10-20"}  # fmt: skip
    path = f"{API}/units/{village.chapter.id}/offices"
    leader = village.program(village.chapter.union.leader)
    codes = {leader.post(path, told, key=key).json()["enrol_code"] for _ in range(2)}
    assert len(codes) == 2
    assert counted(village.db, "stored_reply") == 0


# While it runs


class Held:
    """The database, but the first that is to be written (or so many) waits at the gate."""

    def __init__(self, db: Any, holds: int) -> None:
        self._db = db
        self._holds = holds
        self.waiting = asyncio.Semaphore(0)
        self.gate = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    async def write(self, *what: Any, **more: Any) -> Any:
        """Say that somebody waits; go on when the gate opens."""
        if self._holds and what[0] is post_sheet:
            self._holds -= 1
            self.waiting.release()
            await self.gate.wait()
        return await self._db.write(*what, **more)


@asynccontextmanager
async def requests(
    village: Village, holds: int = 1
) -> AsyncIterator[tuple[Held, Callable[..., Any]]]:
    """Send sheets side by side, with the database held."""
    held = village.app.state.db = Held(village.db, holds)
    transport = httpx2.ASGITransport(village.app)
    headers = {"Authorization": f"Bearer {village.token(village.chapter.treasurer)}"}
    try:
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers
        ) as client:

            async def send(key: str, lines: str = "Lan 1.000/1") -> httpx2.Response:
                told = village.sheet(lines)
                return await client.post(
                    village.sheets, json=told, headers={"Idempotency-Key": key}
                )

            yield held, send
    finally:
        village.app.state.db = village.db


def test_the_same_key_while_the_first_is_at_work_is_told_to_wait(village: Village) -> None:
    async def story() -> None:
        key = a_key()
        async with requests(village) as (held, send):
            first = asyncio.create_task(send(key))
            await held.waiting.acquire()
            for lines in ("Lan 1.000/1", "Lan 2.000/2"):
                problem(await send(key, lines), 409, "in_progress")
            held.gate.set()
            answer = await first
            is_replay(await send(key), answer)

    asyncio.run(story())
    assert counted(village.db, "entry") == 1


def test_another_key_does_not_wait_for_the_first(village: Village) -> None:
    async def story() -> None:
        async with requests(village, holds=2) as (held, send):
            both = [asyncio.create_task(send(a_key())) for _ in range(2)]
            for _ in both:
                await held.waiting.acquire()
            held.gate.set()
            assert [(await one).status_code for one in both] == [201, 201]

    asyncio.run(story())
    assert counted(village.db, "entry") == 2


def test_a_key_is_free_again_after_a_refusal(village: Village) -> None:
    async def story() -> None:
        key = a_key()
        async with requests(village) as (held, send):
            first = asyncio.create_task(send(key, "Lan 1.000/2"))
            await held.waiting.acquire()
            held.gate.set()
            problem(await first, 422, "too_little")
            assert (await send(key)).status_code == 201

    asyncio.run(story())


def test_a_key_is_free_again_after_the_client_went_away(village: Village) -> None:
    """She closed the page while it ran; her phone asks again later."""

    async def story() -> None:
        key = a_key()
        async with requests(village) as (held, send):
            first = asyncio.create_task(send(key))
            await held.waiting.acquire()
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            held.gate.set()
            assert (await send(key)).status_code == 201

    asyncio.run(story())
    assert counted(village.db, "entry") == 1
