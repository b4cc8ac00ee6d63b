"""A member's card from the printed page to her own book, in browsers without JavaScript."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.access import actions as access
from tests.journeys.doors import Caller, Village, beside, hidden, seen, unmade
from tests.story import counted

PIN = "407195"
OTHER = "518306"
OWN = "/so-cua-toi"


@dataclass(frozen=True)
class Card:
    """What is printed on it."""

    id: str
    code: str

    @property
    def door(self) -> str:
        """Where its QR code leads."""
        return f"/the/{self.id}"


def cards(html: str) -> list[Card]:
    """The cards of a page to print, by their QR codes' addresses and strips."""
    ids = re.findall(
        r'nowrap">([0-9a-f-]{18})</span><br><span class="nowrap">([0-9a-f-]{18})<', html
    )
    codes = re.findall(r'<b class="code nowrap">([0-9A-Z]{5}-[0-9A-Z]{5})</b>', html)
    assert len(ids) == len(codes) == html.count('class="qr"')
    return [Card(first + rest, code) for (first, rest), code in zip(ids, codes, strict=True)]


def printed(keeper: Caller, village: Village, *names: str) -> list[Card]:
    """The treasurer ticks members and gets their cards."""
    page = keeper.get(f"{village.pages}/the").text
    form = {"asked_at": hidden(page, "asked_at"),
            "member": [village.chapter.members[name] for name in names]}  # fmt: skip
    answer = keeper.send(f"{village.pages}/the", form)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return cards(answer.text)


@pytest.fixture
def phone(app: FastAPI) -> Iterator[TestClient]:
    """A phone of her family's."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def keeper(village: Village) -> Caller:
    """The treasurer at her pages."""
    return village.browser(village.chapter.treasurer)


@pytest.fixture
def hoa(village: Village, keeper: Caller, phone: TestClient) -> TestClient:
    """Hoa's phone, her own book open."""
    (card,) = printed(keeper, village, "Hoa")
    form = {"first_pin_code": card.code.lower(), "pin": PIN, "pin_again": PIN}
    taken = phone.post(f"{card.door}/ma-pin", data=form)
    assert taken.headers["location"] == f"{card.door}?moi=1"
    opened = phone.post(card.door, data={"pin": PIN})
    assert (opened.status_code, opened.headers["location"]) == (303, OWN)
    return phone


def test_a_card_that_is_looked_at_is_not_used_up(
    village: Village, keeper: Caller, phone: TestClient
) -> None:
    lan, hoa = printed(keeper, village, "Lan", "Hoa")
    before = village.everything()
    assert "first_pin_code" in phone.get(hoa.door).text
    assert "first_pin_code" in phone.get(hoa.door).text
    assert village.everything() == before
    bad = {"first_pin_code": lan.code, "pin": PIN, "pin_again": PIN}
    assert beside(phone.post(f"{hoa.door}/ma-pin", data=bad).text, "first_pin_code")
    differs = {"first_pin_code": hoa.code, "pin": PIN, "pin_again": OTHER}
    assert beside(phone.post(f"{hoa.door}/ma-pin", data=differs).text, "pin_again")


def test_a_stranger_learns_nothing_of_a_card(
    village: Village, keeper: Caller, hoa: TestClient, client: TestClient
) -> None:
    (old,) = printed(keeper, village, "Mai")
    (new,) = printed(keeper, village, "Mai")
    form = {"first_pin_code": new.code, "pin": PIN, "pin_again": PIN}
    assert client.post(f"{new.door}/ma-pin", data=form).status_code == 303
    unknown = Card(str(uuid.uuid4()), "")
    pages = [unmade(client.get(card.door).text).replace(card.id, "")
             for card in (new, old, unknown)]  # fmt: skip
    assert pages[0] == pages[1] == pages[2] and "Mai" not in pages[0]
    wrong = [client.post(card.door, data={"pin": OTHER}) for card in (new, old, unknown)]
    assert {answer.status_code for answer in wrong} == {401}
    assert len({unmade(answer.text).replace(card.id, "") for answer, card in
                zip(wrong, (new, old, unknown), strict=True)}) == 1  # fmt: skip


def test_a_page_sent_twice_makes_no_second_card(village: Village, keeper: Caller) -> None:
    page = keeper.get(f"{village.pages}/the").text
    one = village.chapter.members["Hoa"]
    form = {"asked_at": hidden(page, "asked_at"), "member": [one]}
    assert len(cards(keeper.send(f"{village.pages}/the", form).text)) == 1
    again = keeper.send(f"{village.pages}/the", form)
    assert again.status_code == 409 and 'class="qr"' not in again.text
    assert counted(village.db, "card") == 1
    single = f"{village.pages}/hoi-vien/{one}/the"
    assert keeper.send(single, {"asked_at": form["asked_at"]}).status_code == 409
    page = keeper.get(f"{village.pages}/hoi-vien/{one}").text
    made = keeper.send(single, {"asked_at": hidden(page, "asked_at")})
    assert len(cards(made.text)) == 1 and counted(village.db, "card") == 2


def test_whose_cards_can_be_made(village: Village, keeper: Caller) -> None:
    nobody = keeper.send(f"{village.pages}/the", {"asked_at": "9"})
    assert nobody.status_code == 422
    stranger = village.neighbour.members["Tư"]
    form = {"asked_at": "9", "member": [stranger]}
    assert keeper.send(f"{village.pages}/the", form).status_code == 404
    assert keeper.get(f"/chi-hoi/{village.neighbour.id}/the").status_code == 404
    inspector = village.browser(village.chapter.inspector)
    assert inspector.get(f"{village.pages}/the").status_code == 403
    shown = inspector.get(f"{village.pages}/hoi-vien/{village.chapter.members['Hoa']}").text
    assert "Làm thẻ" not in shown and counted(village.db, "card") == 0


def test_she_says_what_is_right(village: Village, hoa: TestClient) -> None:
    first = village.recorded("Hoa 5.000/5, Lan 1.000/1")["lines"]
    line = next(x for x in first if x["member_id"] == village.chapter.members["Hoa"])["line_id"]
    lans = next(x for x in first if x["line_id"] != line)["line_id"]
    page = seen(hoa.get(OWN).text)
    assert "5.000 ₫" in page and "Đúng" in page and "Lan" not in page
    for path in ("/", "/hom-nay", f"{village.pages}/hoi-vien/{village.chapter.members['Hoa']}"):
        assert hoa.get(path, follow_redirects=True).url.path == OWN
    back = hoa.post(f"{OWN}/{line}", data={"verdict": "right"})
    assert back.headers["location"] == f"{OWN}#l-{line}"
    assert "✓ đúng" in seen(hoa.get(OWN).text)
    sau = "2026-10-21.9.9"
    told = hoa.post(f"{OWN}/{line}", data={"verdict": "wrong", "note": "Tôi góp 6.000",
                                             "sau": sau})  # fmt: skip
    assert told.headers["location"] == f"{OWN}?sau={sau}#l-{line}"
    assert "chị báo sai" in seen(hoa.get(OWN).text)
    path = f"{village.pages}/hoi-vien/{village.chapter.members['Hoa']}"
    officer = village.browser(village.chapter.head).get(path).text
    assert "chị báo sai" in seen(officer) and OWN not in officer
    keeper = village.browser(village.chapter.treasurer)
    assert keeper.get(OWN).headers["location"] == "/hom-nay"
    before = village.everything()
    assert hoa.post(f"{OWN}/{line}", data={"verdict": "maybe"}).status_code == 422
    assert hoa.post(f"{OWN}/{lans}", data={"verdict": "right"}).status_code == 404
    assert keeper.send(f"{OWN}/{line}", {"verdict": "right"}).status_code == 403
    assert village.everything() == before


def test_her_book_is_prepared_to_be_read_handed_on_and_printed(
    village: Village, hoa: TestClient
) -> None:
    """Read aloud and printed also by her treasurer, who sits beside her; handed on by herself alone."""
    for lines in ("Hoa 5.000/5", "Hoa 2.000/2", "Hoa 1.000/0", "Hoa 3.000/3, Lan 9.000/9"):
        posted = village.recorded(lines)
    village.chapter.reverse(village.chapter.sheet("Hoa 4.000/4"), "Hoa")
    officer = village.browser(village.chapter.treasurer)
    theirs = officer.get(f"{village.pages}/hoi-vien/{village.chapter.members['Hoa']}").text
    own = hoa.get(OWN, headers={"Accept-Language": "en"}).text
    for page in (own, theirs):
        (told,) = re.findall(r'<button[^>]*data-read="([^"]*)"[^>]*hidden', page)
        assert told.splitlines() == [
            "Sổ của chị Nguyễn Thị Hoa.",
            "Chị có mười một nghìn đồng.",
            "lợn: đã góp 10 trên 366 ngày, còn thiếu 356 ngày.",
            "Ngày 20 tháng 10, góp ba nghìn đồng.",
            "Ngày 20 tháng 10, góp một nghìn đồng.",
            "Ngày 20 tháng 10, góp hai nghìn đồng.",
        ]
        assert re.search(r"<button[^>]*data-paper hidden", page) and 'class="paper-head"' in page
    assert "data-share" not in theirs
    (given,) = re.findall(r'<button[^>]*data-share="([^"]*)"[^>]*hidden', own)
    assert "Hoa" in given and "11.000\N{NO-BREAK SPACE}₫ (Mười một nghìn đồng)" in given
    assert "Lan" not in given and posted["id"] not in given


@pytest.mark.parametrize(
    "sau", ["x", "2026-13-01.1.1", "1.2.3.4", "2026-01-01.99999999999999999999.1"]
)
def test_a_place_that_makes_no_sense_is_the_beginning(
    village: Village, hoa: TestClient, sau: str
) -> None:
    village.recorded("Hoa 5.000/5")
    assert "+5.000 ₫" in seen(hoa.get(OWN, params={"sau": sau}).text)


def test_she_sees_who_looked(village: Village, keeper: Caller, hoa: TestClient) -> None:
    path = f"{village.pages}/hoi-vien/{village.chapter.members['Hoa']}"
    keeper.get(path)
    assert "Chưa ai mở" in seen(hoa.get("/ai-xem").text)
    village.browser(village.chapter.inspector).get(path)
    village.browser(village.chapter.inspector).get(path)
    assert seen(hoa.get("/ai-xem").text).count("20/10/2026 lúc 9 giờ") == 1
    file = hoa.get("/du-lieu-cua-toi")
    assert file.headers["content-disposition"].startswith("attachment")
    data = json.loads(file.text)
    assert data["person"]["name"].endswith("Hoa") and len(data["views"]) == 1


def test_her_pin_and_where_her_book_is_open(
    village: Village, hoa: TestClient, app: FastAPI
) -> None:
    here = hoa.cookies["solon"]
    with TestClient(app, follow_redirects=False) as other:
        other.cookies.set("solon", here)
        assert other.get(OWN).status_code == 200
        bad = {"old_pin": OTHER, "pin": OTHER, "pin_again": OTHER}
        assert beside(hoa.post("/ma-pin", data=bad).text, "old_pin")
        differs = {"old_pin": PIN, "pin": OTHER, "pin_again": PIN}
        assert beside(hoa.post("/ma-pin", data=differs).text, "pin_again")
        good = {"old_pin": PIN, "pin": OTHER, "pin_again": OTHER}
        assert hoa.post("/ma-pin", data=good).headers["location"] == "/may-cua-toi?da=ma-pin"
        page = seen(hoa.get("/may-cua-toi?da=ma-pin").text)
        assert "Đã đổi mã PIN" in page and "chỗ này" in page and "Máy của chị" not in page
        assert hoa.post("/phien/bo-het").headers["location"] == "/vao"
        assert other.get(OWN).headers["location"] == "/vao"


def test_an_officers_devices(village: Village) -> None:
    here = village.browser(village.chapter.treasurer)
    person = village.chapter.treasurer.person_id
    token = village.db.write_now(access.begin_session, person_id=person, hours=1)
    there = Caller(village.client, {"Cookie": f"solon={token}"})
    page = here.get("/may-cua-toi").text
    assert "chỗ này" in seen(page)
    sessions = re.findall(r'action="/phien/([0-9a-f-]{36})/bo"', page)
    assert there.get("/may-cua-toi").status_code == 200
    for one in sessions:
        ended = here.send(f"/phien/{one}/bo", {})
        assert ended.headers["location"] == "/may-cua-toi?da=phien"
    assert there.get("/may-cua-toi").headers["location"] == "/vao"
    assert here.get("/may-cua-toi").status_code == 200
