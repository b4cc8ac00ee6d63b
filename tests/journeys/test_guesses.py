"""Guesses through every door count together; what is revoked meanwhile stays revoked."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from fastapi import FastAPI

from app.access import devices, keyring
from app.access.rules import digest
from app.terms import Actor
from tests.journeys.doors import API, Village, problem
from tests.journeys.holders import (
    OTHER,
    PIN,
    WRONG,
    QuickPins,
    a_card,
    a_phone,
    at,
    member_and_inspector,
    quick,
)
from tests.story import StoryClock


def sign_in(app: FastAPI, phone: str, pin: str = PIN, address: str = "10.0.0.1") -> httpx2.Response:
    return at(app, address).post(f"{API}/sessions", json={"device_token": phone, "pin": pin})


def test_mistakes_spread_over_a_day_do_not_close_an_address(
    village: Village, app: FastAPI, clock: StoryClock
) -> None:
    """A mobile carrier or a proxy is one address: a mistake each five minutes is no attack."""
    quick(app)
    phone = a_phone(village.db, app, village.chapter.treasurer)
    for n in range(160):
        problem(sign_in(app, f"somebody's {n}"), 401, "pin_wrong")
        clock.wait(minutes=5)
        assert sign_in(app, phone).status_code == 201, n


def test_one_household_of_ipv6_is_one_address(village: Village, app: FastAPI) -> None:
    """A subscriber holds a /64: 2^64 addresses, each would have tries of its own."""
    pins = quick(app)
    for n in range(200):
        sign_in(app, f"no {n}", WRONG, f"2001:db8:1:2::{n:x}")
    assert pins.looked_at <= 150


class AtHers(QuickPins):
    """Counts the looks at a PIN that is really there."""

    def matches(self, pin_hash: str | None, pin: str) -> bool:
        """A guess at nobody's PIN tells nothing."""
        right = super().matches(pin_hash, pin)
        self.looked_at -= pin_hash is None
        return right


def test_ten_guesses_at_one_persons_pin_through_all_doors(
    village: Village, app: FastAPI, clock: StoryClock
) -> None:
    """With an unused code, enrolling tells whether the PIN is right: not ten more guesses."""
    pins = app.state.pins = AtHers()
    made = member_and_inspector(village.chapter, "Sen", phone="0977000111")
    phone = a_phone(village.db, app, Actor(made.person_id, None))
    told = {"phone": "0977000111", "enrol_code": made.enrol_code, "pin": WRONG, "label": "máy"}
    for _ in range(30):
        sign_in(app, phone, WRONG)
        at(app).post(f"{API}/devices", json=told)
        clock.wait(minutes=2 * 24)
    assert pins.looked_at == 10


@pytest.mark.parametrize("n", range(4))
def test_a_lock_is_called_a_lock(village: Village, app: FastAPI, clock: StoryClock, n: int) -> None:
    """Whatever the order of the hashes, never "wait some seconds" for what only two can lift."""
    quick(app)
    phone = a_phone(village.db, app, village.chapter.treasurer)
    for _ in range(10):
        problem(sign_in(app, phone, WRONG), 401, "pin_wrong")
        clock.wait(minutes=2)
    problem(sign_in(app, phone), 429, "locked")


def test_a_card_does_not_tell_whose_phone_it_knows(village: Village, app: FastAPI) -> None:
    """Whoever sees an untaken card's number and knows Sen's phone does not learn whether it fits."""
    village.chapter.join("Sen", phone="0977456888")
    answers = set()
    for card in (a_card(village.chapter, "Sen"), a_card(village.chapter, "Lan")):
        told = {"first_pin_code": "AAAAA-AAAAA", "pin": "977456"}
        answers.add(at(app).post(f"{API}/cards/{card.id}/pin", json=told).text)
    assert len(answers) == 1


def test_her_own_phone_number_is_no_pin_of_her_card(village: Village, app: FastAPI) -> None:
    village.chapter.join("Sen", phone="0977456888")
    card = a_card(village.chapter, "Sen")
    door = f"{API}/cards/{card.id}/pin"
    told = {"first_pin_code": card.code, "pin": "977456"}
    problem(at(app).post(door, json=told), 422, "pin_trivial")
    assert at(app).post(door, json=told | {"pin": PIN}).status_code == 204


# While the PIN is being hashed


class Meanwhile(QuickPins):
    """Something happens while the PIN is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.act: Callable[[], object] = lambda: None

    def matches(self, pin_hash: str | None, pin: str) -> bool:
        """As ever, and then it happens."""
        right = super().matches(pin_hash, pin)
        act, self.act = self.act, lambda: None
        act()
        return right


@pytest.fixture
def meanwhile(app: FastAPI) -> Meanwhile:
    pins = app.state.pins = Meanwhile()
    return pins


def test_a_phone_reported_lost_while_it_signs_in(
    village: Village, app: FastAPI, meanwhile: Meanwhile
) -> None:
    phone = a_phone(village.db, app, village.chapter.head)
    known = village.db.read_now(keyring.known_device, digest(phone))
    assert known is not None
    meanwhile.act = lambda: village.db.write_now(
        devices.revoke_device, actor=village.chapter.treasurer, device_id=known.device_id
    )
    problem(sign_in(app, phone), 401, "pin_wrong")


def test_the_old_pin_while_a_new_one_is_set(
    village: Village, app: FastAPI, meanwhile: Meanwhile
) -> None:
    phone = a_phone(village.db, app, village.chapter.head)
    hers = sign_in(app, phone).json()["token"]
    bearer = {"Authorization": f"Bearer {hers}"}
    new = {"old_pin": PIN, "new_pin": OTHER}
    meanwhile.act = lambda: at(app).post(f"{API}/pins", json=new, headers=bearer)
    problem(sign_in(app, phone), 401, "pin_wrong")
    assert sign_in(app, phone, OTHER).status_code == 201


def test_two_new_pins_at_once(village: Village, app: FastAPI, meanwhile: Meanwhile) -> None:
    """The slower one changes nothing: the PIN it was checked against is no more."""
    phone = a_phone(village.db, app, village.chapter.head)
    bearer = {"Authorization": f"Bearer {sign_in(app, phone).json()['token']}"}
    new = {"old_pin": PIN, "new_pin": OTHER}
    meanwhile.act = lambda: at(app).post(f"{API}/pins", json=new, headers=bearer)
    slower = at(app).post(f"{API}/pins", json=new | {"new_pin": "604928"}, headers=bearer)
    problem(slower, 409, "pin_changed")
    assert sign_in(app, phone, OTHER).status_code == 201
