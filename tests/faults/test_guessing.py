"""Somebody guesses at a PIN: at once, from everywhere, while the clock is set back or the power fails."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import date
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from app.access.rules import ADDRESS_TRIES
from app.config import Settings
from app.db.engine import Database
from app.main import create_app
from tests.journeys.doors import API, problem
from tests.journeys.holders import PIN, WRONG, QuickPins, a_card, a_phone, at, her_card, quick
from tests.story import A_PHONE, DAY, TODAY, Chapter, StoryClock, a_chapter, counted

GUESSES = 10_000
ADDRESSES = 100  # from which they come, so that no address is what stops them
LOOKED_AT = 10
Body = dict[str, Any]


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


@pytest.fixture
def app(settings: Settings, db: Database) -> FastAPI:
    return create_app(settings, db)


@pytest.fixture
def pins(app: FastAPI) -> QuickPins:
    return quick(app)


@pytest.fixture
def phone(doai: Chapter, app: FastAPI, pins: QuickPins) -> str:
    """The treasurer's phone."""
    return a_phone(doai.db, app, doai.treasurer)


async def _at_once(app: FastAPI, path: str, bodies: list[Body]) -> Counter[int]:
    doors = [
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(
                app, client=(f"10.1.0.{n}", 50_000), raise_app_exceptions=False
            ),
            base_url="http://testserver",
        )
        for n in range(ADDRESSES)
    ]
    sent = (doors[n % ADDRESSES].post(path, json=body) for n, body in enumerate(bodies))
    return Counter(answer.status_code for answer in await asyncio.gather(*sent))


def at_once(app: FastAPI, path: str, bodies: list[Body]) -> Counter[int]:
    """All of them side by side, from many addresses; how they were answered."""
    return asyncio.run(_at_once(app, path, bodies))


def guess(app: FastAPI, phone: str, pin: str = WRONG, *, address: str = "10.0.0.1") -> Any:
    """A try at the API."""
    return at(app, address).post(f"{API}/sessions", json={"device_token": phone, "pin": pin})


def seconds_to_wait(answer: Any) -> int:
    """How long the refusal says she has to wait."""
    said = re.search(r"đợi (\d+) giây", problem(answer, 429, "too_many")["detail"])
    assert said
    return int(said[1])


def wrong_times(app: FastAPI, clock: StoryClock, phone: str, times: int, **more: Any) -> None:
    """Wrong PINs that are all looked at, because somebody has patience."""
    for _ in range(times):
        problem(guess(app, phone, **more), 401, "pin_wrong")
        clock.wait(minutes=2)


# At once


def test_ten_thousand_at_once_are_ten_at_the_most(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    """Among them is the right one: whoever tries all numbers must not come to it."""
    bodies = [{"device_token": phone, "pin": f"{n + 100_000}"} for n in range(GUESSES - 1)]
    answers = at_once(app, f"{API}/sessions", [*bodies, {"device_token": phone, "pin": PIN}])
    assert answers.keys() == {401, 429} and answers.total() == GUESSES
    assert 1 <= answers[401] == pins.looked_at <= LOOKED_AT
    for _ in range(LOOKED_AT):  # and ten is the end of it, whatever her patience
        clock.wait(minutes=60 * 24)
        at_once(app, f"{API}/sessions", bodies[:20])
    assert pins.looked_at == LOOKED_AT
    problem(guess(app, phone, PIN), 429, "locked")


@pytest.mark.parametrize("door", ["a card", "a card's first PIN", "a phone that is let in"])
def test_every_door_counts_at_once(
    app: FastAPI, pins: QuickPins, doai: Chapter, clock: StoryClock, door: str
) -> None:
    card, new = her_card(doai, app, "Lan"), a_card(doai, "Hoa")
    path, body = {
        "a card": ("/sessions", {"card_id": card.id}),
        "a card's first PIN": (f"/cards/{new.id}/pin", {"first_pin_code": "AAAAA-AAAAA"}),
        "a phone that is let in": (
            "/devices", {"phone": A_PHONE, "enrol_code": "AAAAA-AAAAA", "label": "máy"}
        ),
    }[door]  # fmt: skip
    answers: Counter[int] = Counter()
    for _ in range(LOOKED_AT + 2):
        answers += at_once(app, API + path, [body | {"pin": WRONG}] * 100)
        clock.wait(minutes=60 * 24)
    assert answers == {401: LOOKED_AT, 429: 100 * (LOOKED_AT + 2) - LOOKED_AT}


# Counted before it is looked at


def test_a_crash_on_the_way_is_counted(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    """Or whoever makes the server run out of memory may guess for ever."""
    pins.broken = True
    for _ in range(LOOKED_AT):
        problem(guess(app, phone), 500, "unexpected")
        clock.wait(minutes=2)
    pins.broken = False
    clock.wait(minutes=5)
    problem(guess(app, phone, PIN), 429, "locked")
    assert pins.looked_at == LOOKED_AT


def test_what_may_not_be_looked_at_is_not_counted(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    """Impatience makes no lock: only what was looked at counts."""
    wrong_times(app, clock, phone, 2)
    problem(guess(app, phone), 401, "pin_wrong")
    for _ in range(50):
        assert seconds_to_wait(guess(app, phone, PIN)) == 1
    clock.wait(minutes=1)
    assert guess(app, phone, PIN).status_code == 201


# Waits that grow, and the lock


def test_waits_double_and_ten_lock(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    waits = []
    for n in range(LOOKED_AT):
        problem(guess(app, phone), 401, "pin_wrong")
        again = guess(app, phone) if 2 <= n < LOOKED_AT - 1 else None
        waits += [seconds_to_wait(again)] if again is not None else []
        clock.wait(minutes=2)
    assert waits == [1, 2, 4, 8, 16, 32, 64]
    for year in (2026, 2027, 2036):
        clock.tell(date(year, 12, 31))
        problem(guess(app, phone, PIN), 429, "locked")
    assert pins.looked_at == LOOKED_AT


def test_a_wait_lasts_as_long_as_it_says(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    wrong_times(app, clock, phone, 8)
    problem(guess(app, phone), 401, "pin_wrong")
    clock.wait(minutes=1)
    assert seconds_to_wait(guess(app, phone, PIN)) <= 4
    clock.wait(minutes=1)
    assert guess(app, phone, PIN).status_code == 201


def test_another_address_or_phone_is_no_new_beginning(
    app: FastAPI, pins: QuickPins, doai: Chapter, phone: str, clock: StoryClock
) -> None:
    other = a_phone(doai.db, app, doai.treasurer)
    for n in range(LOOKED_AT):
        wrong_times(app, clock, (phone, other)[n % 2], 1, address=f"10.2.0.{n}")
    problem(guess(app, phone, PIN, address="10.3.0.1"), 429, "locked")
    problem(guess(app, other, PIN, address="10.3.0.2"), 429, "locked")
    # nobody else is kept out
    heads = a_phone(doai.db, app, doai.head)
    assert guess(app, heads, PIN, address="10.2.0.1").status_code == 201


@pytest.mark.parametrize("spelled", ["+84912345678", "0912 345 678", "84 912.345.678"])
def test_a_phone_spelled_otherwise_is_the_same_account(
    app: FastAPI, pins: QuickPins, doai: Chapter, spelled: str
) -> None:
    def enrol(phone: str) -> Any:
        body = {"phone": phone, "enrol_code": "AAAAA-AAAAA", "pin": WRONG, "label": "máy"}
        return at(app).post(f"{API}/devices", json=body)

    for _ in range(3):
        problem(enrol(A_PHONE), 401, "code_wrong")
    problem(enrol(spelled), 429, "too_many")
    problem(enrol("0987654321"), 401, "code_wrong")


# A success, and a meeting


def test_a_success_makes_a_new_beginning(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    """Of her account and her phone: three more mistakes are looked at, one after another."""
    for _ in range(5):
        for _ in range(2):
            problem(guess(app, phone), 401, "pin_wrong")
        assert guess(app, phone, PIN).status_code == 201
    assert pins.looked_at == 15
    for _ in range(3):
        problem(guess(app, phone), 401, "pin_wrong")


def test_signing_in_uses_up_nothing_of_an_address(
    app: FastAPI, pins: QuickPins, phone: str
) -> None:
    for _ in range(ADDRESS_TRIES + 10):
        assert guess(app, phone, PIN).status_code == 201


def test_a_meeting_behind_one_router(app: FastAPI, pins: QuickPins, doai: Chapter) -> None:
    """Forty women open their books from one address; each types her PIN wrong twice."""
    women = [f"Số{n}" for n in range(40)]
    doors = {name: doai.join(name) and her_card(doai, app, name).door for name in women}
    router = at(app, "10.9.9.9")
    for name in women:
        for _ in range(2):
            assert router.post(doors[name], data={"pin": WRONG}).status_code == 401, name
        assert router.post(doors[name], data={"pin": PIN}).status_code == 303, name


def test_one_address_does_not_go_from_door_to_door(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock
) -> None:
    """Every guess at another account: 150 are looked at, then the address waits a quarter hour."""
    answers = Counter(guess(app, f"nobody's {n}").status_code for n in range(ADDRESS_TRIES + 30))
    assert answers == {401: ADDRESS_TRIES, 429: 30} and pins.looked_at == ADDRESS_TRIES
    problem(guess(app, phone, PIN), 429, "too_many")
    assert guess(app, phone, PIN, address="10.0.0.2").status_code == 201
    clock.wait(minutes=14)
    problem(guess(app, phone, PIN), 429, "too_many")
    clock.wait(minutes=2)
    assert guess(app, phone, PIN).status_code == 201


# The clock


@pytest.mark.parametrize("back", [TODAY - DAY, date(2020, 1, 1), date(1971, 1, 1)])
def test_the_clock_set_back_lets_nothing_through(
    app: FastAPI, pins: QuickPins, phone: str, clock: StoryClock, back: date
) -> None:
    wrong_times(app, clock, phone, 3)
    problem(guess(app, phone), 401, "pin_wrong")
    clock.tell(back)
    for _ in range(20):
        problem(guess(app, phone, PIN), 429, "too_many")
        clock.wait(minutes=3)
    assert pins.looked_at == 4
    clock.tell(TODAY, minutes=10 * 60)
    assert guess(app, phone, PIN).status_code == 201


def test_the_clock_set_back_keeps_an_address_waiting(
    app: FastAPI, pins: QuickPins, clock: StoryClock
) -> None:
    for n in range(ADDRESS_TRIES):
        guess(app, f"nobody's {n}")
    for back in (TODAY - DAY, date(2020, 1, 1)):
        clock.tell(back)
        problem(guess(app, "another"), 429, "too_many")
    assert pins.looked_at == ADDRESS_TRIES


def test_guesses_are_kept_without_whom_and_where(
    app: FastAPI, pins: QuickPins, doai: Chapter, phone: str
) -> None:
    """One row each for account, phone and address; none after a success but the address's."""
    guess(app, phone)
    assert counted(doai.db, "attempt") == 3
    guess(app, phone, PIN)
    assert counted(doai.db, "attempt") == 1
