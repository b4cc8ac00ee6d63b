"""What keeps the practice book and the real one apart: forms, tabs, sessions, doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.config import Settings
from app.db.tx import Tx
from app.main import create_app
from app.web.book import database, real_only
from tests.house.test_doors import SETTINGS, routes_of
from tests.journeys.doors import API, Village, seen
from tests.journeys.holders import PIN, a_phone, at, her_card, quick
from tests.journeys.practising import BANNER, GONE, Phone, a_story, copies, copy_of
from tests.story import StoryClock, a_key


@pytest.fixture
def own(village: Village, clock: StoryClock, settings: Settings) -> Iterator[Village]:
    """A sheet is in the book."""
    yield from a_story(village, settings)


@pytest.fixture
def phone(own: Village) -> Phone:
    """The treasurer's, practising."""
    return Phone(own, own.chapter.treasurer)


# Two tabs


def test_a_real_form_is_not_practised(own: Village) -> None:
    """It was filled in for real: refused with a sentence, and sent again it is recorded for real."""
    phone = Phone(own, own.chapter.treasurer, practising=False)
    form = phone.fills_in("8.000")
    phone.begins()
    before = copy_of(phone).read_now(Tx.rows, "SELECT seq FROM book")
    answer = phone.sends(form)
    assert answer.status_code == 409 and "không phải của sổ tập đang mở" in seen(answer.text)
    assert BANNER in seen(answer.text)
    assert copy_of(phone).read_now(Tx.rows, "SELECT seq FROM book") == before
    phone.throws_away()
    assert phone.sends(form).status_code == 303
    assert "8.000 ₫" in seen(phone.get("/hom-nay").text)


def test_a_form_of_an_older_copy_is_not_taken_by_a_newer_one(phone: Phone, own: Village) -> None:
    form = phone.fills_in()
    phone.begins()
    before = copy_of(phone).read_now(Tx.rows, "SELECT seq FROM book")
    assert phone.sends(form).status_code == 409
    assert copy_of(phone).read_now(Tx.rows, "SELECT seq FROM book") == before
    assert phone.sends(form | {"so_tap": phone.mark or ""}).status_code == 303


# What is never practised


PRACTISED = {
    "/hom-nay", "/them", "/ky", "/ky/{approval_id}", "/ky/{approval_id}/ky",
    "/ky/{approval_id}/tu-choi", "/so-cua-toi", "/so-cua-toi/{line_id}",
    "/chung-tu/{entry_id}", "/phieu/{entry_id}", "/phieu/{entry_id}/huy",
    "/phieu/{entry_id}/tung-chi", "/hoi-vien/{member_id}/roi", "/hoi-vien/{member_id}/tra",
    *(f"/chi-hoi/{{chapter_id}}/{rest}" for rest in (
        "bao-sai", "cho-linh", "giao-tien", "hoi-vien", "hoi-vien/moi", "hoi-vien/{member_id}",
        "nhat-ky", "quy-uoc", "quy-uoc/doi", "so-quy", "thu", "bang-giu", "tien", "kiem",
        "cac-lan-kiem", "tra-bu", "chuyen", "chi", "dau-ky", "lon/moi", "vay",
        "vay/moi", "vay/moi/xet", "vay/du-tinh", "so-vay", "mo-lon")),
    *(f"/mo-lon/{{breaking_id}}{rest}" for rest in (
        "", "/dung", "/dem", "/lon-nha", "/lon-nha/{member_id}", "/y-cac-chi", "/ky", "/bien-ban",
        "/phieu")),
    "/so-cua-toi/mo-lon/{breaking_id}", "/vay-cua-toi", "/vay-cua-toi/moi",
    "/hoi-vien/{member_id}/vay",
    "/kiem/{count_id}", "/kiem/{count_id}/xu-ly", "/vay/{loan_id}",
    "/bang-giu/{held_id}", "/bang-giu/{held_id}/ghi", "/bang-giu/{held_id}/bo",
}  # fmt: skip
ALWAYS_REAL = {
    "/", "/healthz", "/readyz", "/vao", "/vao/nguoi-khac", "/ra", "/may-moi", "/thiet-lap",
    "/the/{card_id}", "/the/{card_id}/ma-pin", "/chi-hoi/{chapter_id}/so-tap", "/so-tap/bo",
    "/khong-mang", "/manifest.webmanifest", "/sw.js", "/style", "/style.css",
    "/tren-may", "/thu-hom-nay",  # what was kept was recorded for real
    "/chi-hoi/{chapter_id}/gui", "/chi-hoi/{chapter_id}/giu", "/static/words.js",
}  # fmt: skip


def needs(dependant: Any) -> set[Any]:
    return {dependant.call}.union(*(needs(inner) for inner in dependant.dependencies), set())


def test_every_page_is_practised_or_refused_or_real() -> None:
    """A new page: say which. What is refused has the real book behind its refusal."""
    app = create_app(SETTINGS, db=object())  # type: ignore[arg-type]
    for route in routes_of(app):
        asked = needs(route.dependant)
        if route.path.startswith("/api/"):
            assert real_only not in asked, route.path
        elif route.path in PRACTISED:
            assert database in asked and real_only not in asked, route.path
        elif route.path in ALWAYS_REAL:
            assert not {database, real_only} & asked, route.path
        else:
            assert real_only in asked and database not in asked, route.path


REFUSED = ("/may-cua-toi", "/ma-pin", "/ai-xem", "/du-lieu-cua-toi", "/chi-hoi/{}/the",
           "/don-vi/{}/chuc-vu", "/don-vi/{}")  # fmt: skip
SENT = ("/ma-pin", "/phien/bo-het", "/may-cua-toi/{}/bo", "/phien/{}/bo", "/chuc-vu/{}/thoi",
        "/chuc-vu/{}/vao-lai", "/may/{}/mat", "/don-vi/{}/chuc-vu", "/don-vi/{}/moi",
        "/don-vi/{}/nhap", "/chi-hoi/{}/the", "/chi-hoi/{}/hoi-vien/{}/the")  # fmt: skip


def test_devices_pins_cards_and_offices_are_refused(phone: Phone, own: Village) -> None:
    before, seen_before = own.everything(), copy_of(phone).file.read_bytes()
    sent = {"so_tap": phone.mark, "old_pin": PIN, "pin": "518306", "pin_again": "518306"}
    answers = [phone.get(path.format(own.chapter.id)) for path in REFUSED]
    for path in SENT:
        answers.append(phone.client.post(path.format(own.chapter.id, own.chapter.id), data=sent))
    for answer in answers:
        assert answer.status_code == 409, answer.url
        assert "không tập được" in seen(answer.text) and BANNER in seen(answer.text)
    assert own.everything() == before and copy_of(phone).file.read_bytes() == seen_before


def test_what_answers_a_code_is_not_in_the_copy(own: Village) -> None:
    """A PIN's reset that waits is signed for real or not at all; a reversal can be practised."""
    head, treasurer = own.chapter.head, own.program(own.chapter.treasurer)
    for path in (f"{API}/people/{own.chapter.inspector.person_id}/pin-reset",):
        assert treasurer.post(path, {"reason": "quên"}).status_code == 202
    phone = Phone(own, head)
    real = own.browser(head)
    assert "Đặt lại mã PIN" in seen(real.get("/ky").text)
    assert "Đặt lại mã PIN" not in seen(phone.get("/ky").text)


def test_signing_out_is_real(phone: Phone, own: Village, settings: Settings) -> None:
    """The session ends in the real book, and with it the exercise."""
    token = phone.client.cookies["solon"]
    assert phone.client.post("/ra", data={"so_tap": phone.mark}).headers["location"] == "/vao"
    assert phone.mark is None and copies(settings) == []
    assert at(own.app).get("/hom-nay", headers={"Cookie": f"solon={token}"}).status_code == 303


@pytest.mark.parametrize("mark", ["*", "?", "../../pepper", ""])
def test_a_cookie_of_another_form_throws_nothing_away(
    phone: Phone, own: Village, settings: Settings, mark: str
) -> None:
    """Signing out asks nobody who she is, so the cookie's word must be one copy's name."""
    stranger = at(own.app)
    stranger.cookies.set("solon_practice", mark)
    assert stranger.post("/ra").status_code == 303
    assert len(copies(settings)) == 1 and (settings.data / "pepper").exists()


def test_a_session_that_ended_practises_no_more(phone: Phone, own: Village) -> None:
    """Ended on another phone, or by others: the copy asks the real book who she is."""
    mark, treasurer = phone.mark, own.program(own.chapter.treasurer)
    assert treasurer("DELETE", f"{API}/sessions").status_code == 204
    answer = phone.get("/hom-nay")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vao")
    assert mark == phone.mark


def test_whoever_signs_in_stands_before_the_real_book(
    phone: Phone, own: Village, app: FastAPI, settings: Settings
) -> None:
    """Another officer, or a member with her card, on the same phone."""
    quick(app)
    card = her_card(own.chapter, app, "Lan")
    assert phone.client.post(card.door, data={"pin": PIN}).headers["location"] == "/so-cua-toi"
    assert phone.mark is None and copies(settings) == []
    assert BANNER not in seen(phone.get("/so-cua-toi").text)


def test_an_officer_who_signs_in_anew_is_in_the_real_book(
    phone: Phone, own: Village, app: FastAPI, settings: Settings
) -> None:
    quick(app)
    secret = a_phone(own.db, app, own.chapter.head)
    answer = phone.client.post("/vao", data={"device_token": secret, "pin": PIN})
    assert answer.headers["location"] == "/hom-nay"
    assert phone.mark is None and copies(settings) == []


def test_a_card_never_opens_a_copy(phone: Phone, own: Village, app: FastAPI) -> None:
    """Not even of the officer whose card it is: a card opens one woman's real book."""
    quick(app)
    copy, mark, lan = copy_of(phone).file, phone.mark, own.chapter.member("Lan")
    copy.rename(copy.with_name(lan.person_id + copy.name[36:]))
    browser, card = at(app), her_card(own.chapter, app, "Lan")
    browser.post(card.door, data={"pin": PIN})
    assert browser.get("/so-cua-toi").status_code == 200
    browser.cookies.set("solon_practice", mark or "")
    assert GONE in seen(browser.get("/so-cua-toi").text)


# Who may


def test_nobody_reaches_the_copy_of_another(phone: Phone, own: Village) -> None:
    """The cookie names a copy, it does not open one."""
    for who in (own.neighbour.treasurer, own.chapter.head, own.chapter.union.leader):
        other = Phone(own, who, practising=False)
        other.client.cookies.set("solon_practice", phone.mark or "")
        answer = other.get("/hom-nay")
        assert answer.status_code == 409 and GONE in seen(answer.text)
    for strange in ("../../solon", "a" * 400):
        hers = Phone(own, own.chapter.treasurer, practising=False)
        hers.client.cookies.set("solon_practice", strange)
        assert hers.get("/hom-nay").status_code == 409


def test_only_whoever_records_sheets_practises(own: Village, settings: Settings) -> None:
    for who, status in ((own.chapter.inspector, 403), (own.chapter.union.leader, 403),
                        (own.neighbour.treasurer, 404)):  # fmt: skip
        answer = Phone(own, who, practising=False).begins()
        assert answer.status_code == status and "set-cookie" not in answer.headers
    assert copies(settings) == []


def test_a_copy_shows_nothing_of_the_neighbour(own: Village) -> None:
    """Who practises on Đoài finds nothing of Đông, and the neighbour's practice none of Đoài."""
    phone = Phone(own, own.chapter.treasurer)
    assert phone.get(f"/chi-hoi/{own.neighbour.id}/hoi-vien").status_code == 404


def test_the_api_does_not_know_the_cookie(phone: Phone, own: Village) -> None:
    """A program records for real, whatever its cookies say."""
    headers = {"Authorization": f"Bearer {own.token(own.chapter.treasurer)}",
               "Cookie": f"solon_practice={phone.mark}", "Idempotency-Key": a_key()}  # fmt: skip
    before, (seq, _) = (
        copy_of(phone).read_now(Tx.rows, "SELECT seq FROM book"),
        own.chapter.head_now(),
    )
    answer = own.client.post(own.sheets, json=own.sheet("Mai 3.000/3"), headers=headers)
    assert answer.status_code == 201 and own.chapter.head_now()[0] == seq + 1
    assert copy_of(phone).read_now(Tx.rows, "SELECT seq FROM book") == before


def test_another_serving_process_has_the_same_copy(
    phone: Phone, own: Village, settings: Settings
) -> None:
    """Nothing is held open between requests, so nobody is kept out."""
    phone.records("6.000")
    beside = create_app(settings, own.db)
    client = TestClient(beside, follow_redirects=False)
    client.cookies.update(phone.client.cookies)
    page = seen(client.get("/hom-nay").text)
    assert BANNER in page and "6.000 ₫" in page
