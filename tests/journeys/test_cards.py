"""A card from the printer to a family's phone: looked at, taken, lost, and tried by others."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest
import segno
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.terms import Actor
from tests.journeys.doors import API, Caller, Village, beside, hidden, problem, seen
from tests.journeys.holders import (
    OTHER,
    PIN,
    Card,
    a_card,
    a_phone,
    at,
    her_card,
    member_and_inspector,
)
from tests.story import TODAY, StoryClock, a_key, counted

OWN = "/so-cua-toi"
UNKNOWN = Card("0197a000-0000-7000-8000-000000000000", "AAAAA-AAAAA")
PREVIEWS = ("facebookexternalhit/1.1", "WhatsApp/2.23", "Zalo", "Mozilla/5.0")


@pytest.fixture
def keeper(village: Village) -> Caller:
    """The treasurer at her pages."""
    return village.browser(village.chapter.treasurer)


@pytest.fixture
def phone(app: FastAPI) -> TestClient:
    """A phone of somebody's family."""
    return at(app, "10.7.0.1")


def take(phone: TestClient, card: Card, pin: str = PIN) -> httpx2.Response:
    """The code of the strip and a PIN, twice."""
    form = {"first_pin_code": card.code, "pin": pin, "pin_again": pin}
    return phone.post(f"{card.door}/ma-pin", data=form)


# At the printer


def test_several_cards_on_one_page(village: Village, keeper: Caller) -> None:
    """Each with a QR code of its own address, in the order of the book, none to be kept anywhere."""
    page = keeper.get(f"{village.pages}/the").text
    names = ("Lan", "Hoa", "Mai")
    form = {"asked_at": hidden(page, "asked_at"),
            "member": [village.chapter.members[name] for name in names]}  # fmt: skip
    sheet = keeper.send(f"{village.pages}/the", form)
    assert sheet.headers["cache-control"] == "no-store"
    halves = re.findall(r'nowrap">([0-9a-f-]{18})<', sheet.text)
    ids = ["".join(pair) for pair in zip(halves[::2], halves[1::2], strict=True)]
    assert len(set(ids)) == 3 and [seen(sheet.text).count(name) for name in names] == [1, 1, 1]
    for card_id in ids:
        code = segno.make_qr(f"http://testserver/the/{card_id}", error="m")
        drawn = re.search(r' d="([^"]+)"', code.svg_inline(omitsize=True, light="#fff"))
        assert drawn and sheet.text.count(drawn[1]) >= 1
    codes = set(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", seen(sheet.text)))
    assert len(codes) == 3
    last = TODAY + timedelta(days=14)
    assert seen(sheet.text).count(f"đến {last:%d/%m/%Y}") == 3
    for path in (f"{village.pages}/the", f"{village.pages}/nhat-ky", "/hom-nay"):
        again = keeper.get(path).text
        assert not any(secret in again for secret in (*codes, *ids)), path


def test_cards_over_the_api(village: Village, app: FastAPI) -> None:
    path = f"{API}/members/{village.chapter.members['Lan']}/card"
    made = village.program(village.chapter.head).post(path, key=a_key())
    assert made.status_code == 201 and list(made.json()) == ["card_id", "first_pin_code"]
    card = Card(*made.json().values())
    pin = {"first_pin_code": card.code, "pin": PIN}
    nobody = at(app)
    assert nobody.post(f"{API}/cards/{card.id}/pin", json=pin).status_code == 204
    problem(nobody.post(f"{API}/cards/{card.id}/pin", json=pin), 401, "card_wrong")
    session = nobody.post(f"{API}/sessions", json={"card_id": card.id, "pin": PIN})
    assert session.status_code == 201 and session.json()["offices"] == []
    problem(village.program(village.chapter.inspector).post(path), 403, "not_your_office")
    problem(village.program(village.neighbour.treasurer).post(path), 404, "not_found")
    assert counted(village.db, "card") == 1


def test_a_form_sent_twice_leaves_the_paper_good(
    village: Village, keeper: Caller, phone: TestClient
) -> None:
    page = keeper.get(f"{village.pages}/the").text
    form = {"asked_at": hidden(page, "asked_at"), "member": [village.chapter.members["Lan"]]}
    paper = keeper.send(f"{village.pages}/the", form)
    assert keeper.send(f"{village.pages}/the", form).status_code == 409
    assert keeper.send(f"{village.pages}/the", form | {"asked_at": ""}).status_code == 409
    halves = re.findall(r'nowrap">([0-9a-f-]{18})<', paper.text)
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", seen(paper.text))
    assert code
    assert take(phone, Card("".join(halves), code[0])).status_code == 303


# On its way


@pytest.mark.parametrize("agent", PREVIEWS)
def test_a_link_preview_uses_up_nothing(
    village: Village, app: FastAPI, phone: TestClient, agent: str
) -> None:
    """She sends the link to her daughter: the messenger opens it first, again and again."""
    card = a_card(village.chapter, "Lan")
    before = village.everything()
    messenger = at(app, "203.0.113.9")
    for method in ("GET", "HEAD", "GET"):
        messenger.request(method, card.door, headers={"User-Agent": agent})
        messenger.request(method, f"{card.door}?moi=1")
        messenger.request(method, f"{card.door}/ma-pin")
    assert village.everything() == before
    assert take(phone, card).headers["location"] == f"{card.door}?moi=1"


def test_whatever_is_wrong_with_it_is_one_answer(
    village: Village, app: FastAPI, clock: StoryClock
) -> None:
    """Taken, void, another's code, old, and a number nobody printed: nothing to tell them apart."""
    used, void, other, late = (a_card(village.chapter, n) for n in ("Lan", "Hoa", "Mai", "Hoa"))
    take(at(app, "10.7.1.0"), used)
    cards = [used, void, Card(other.id, late.code), Card(UNKNOWN.id, used.code)]
    answers = [take(at(app, f"10.7.1.{n}"), card, OTHER) for n, card in enumerate(cards)]
    clock.wait(minutes=14 * 24 * 60)
    answers.append(take(at(app, "10.7.2.0"), late, OTHER))
    assert {answer.status_code for answer in answers} == {401}
    ids = [*(card.id for card in cards), late.id]
    pages = {re.sub(f'{one}|(?:value|data-made)="[^"]*"', "", answer.text)
             for one, answer in zip(ids, answers, strict=True)}  # fmt: skip
    assert len(pages) == 1
    assert beside(answers[0].text, "first_pin_code")


@pytest.mark.parametrize("pin", ["1111111", "123456", "198019", "12345", "abcdef", "１２３４５６"])
def test_a_pin_that_a_neighbour_would_try(village: Village, phone: TestClient, pin: str) -> None:
    card = a_card(village.chapter, "Lan")
    answer = take(phone, card, pin)
    assert answer.status_code == 422 and beside(answer.text, "pin")
    assert f'value="{pin}"' not in answer.text
    assert take(phone, card).status_code == 303, "the strip is still good"


# In her hands


def test_a_card_opens_nothing_but_her_own_book(village: Village, app: FastAPI) -> None:
    """Not even to an officer: her card leaves her office at home."""
    member_and_inspector(village.chapter, "Sen")
    sen = village.chapter.members["Sen"]
    card = her_card(village.chapter, app, "Sen")
    entry = village.recorded("Sen 5.000/5, Hoa 1.000/1")["id"]
    began = at(app).post(f"{API}/sessions", json={"card_id": card.id, "pin": PIN}).json()
    assert began["offices"] == []
    program = Caller(village.client, {"Authorization": f"Bearer {began['token']}"})
    browser = Caller(village.client, {"Cookie": f"solon={began['token']}"})
    assert program.get(f"{API}/members/{sen}/balance").json()["savings"] == 5000
    hoa = village.chapter.members["Hoa"]
    chapter = f"{API}/chapters/{village.chapter.id}"
    for path in (
        f"{API}/members/{hoa}/balance", f"{API}/members/{hoa}/statement", f"{API}/members/{hoa}",
        f"{chapter}/members", f"{chapter}/sheets", f"{chapter}/pots", f"{chapter}/trail",
        f"{API}/sheets/{entry}", f"{API}/units/{village.chapter.id}/offices",
    ):  # fmt: skip
        problem(program.get(path), 404, "not_found")
    before = village.everything()
    problem(program.post(village.sheets, village.sheet(), key=a_key()), 404, "not_found")
    problem(program.post(f"{API}/members/{sen}/card"), 404, "not_found")
    for path in (f"{village.pages}/the", f"{village.pages}/hoi-vien", f"{village.pages}/thu"):
        assert browser.get(path).status_code in (303, 404), path
    assert village.everything() == before


def test_her_cards_pin_opens_no_phone(village: Village, app: FastAPI) -> None:
    """An officer who is a member: two PINs, each good for its own door only."""
    made = member_and_inspector(village.chapter, "Sen")
    phone = a_phone(village.db, app, Actor(made.person_id, None), PIN)
    card = her_card(village.chapter, app, "Sen", OTHER)

    def door(**keys: str) -> httpx2.Response:
        return at(app).post(f"{API}/sessions", json=keys)

    problem(door(device_token=phone, pin=OTHER), 401, "pin_wrong")
    problem(door(card_id=card.id, pin=PIN), 401, "pin_wrong")
    assert door(device_token=phone, pin=PIN).json()["offices"] != []
    assert door(card_id=card.id, pin=OTHER).json()["offices"] == []


def test_a_lost_card(village: Village, app: FastAPI) -> None:
    """A new one ends the old, and closes her book wherever the old one had opened it."""
    old = her_card(village.chapter, app, "Lan")
    phone = at(app)
    assert phone.post(old.door, data={"pin": PIN}).headers["location"] == OWN
    assert phone.get(OWN).status_code == 200
    new = her_card(village.chapter, app, "Lan", OTHER)
    assert phone.get(OWN).headers["location"] == "/vao"
    assert phone.post(old.door, data={"pin": PIN}).status_code == 401
    assert phone.post(new.door, data={"pin": OTHER}).headers["location"] == OWN
