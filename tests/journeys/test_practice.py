"""The practice book: pages work as ever, on a copy; nothing of it ever reaches the real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.config import Settings
from app.db.tx import Tx
from app.ledger import verify as ledger
from app.main import create_app
from app.practice.shelf import Shelf
from app.terms import Actor
from app.web.book import database, real_only
from tests.house.test_doors import SETTINGS, routes_of
from tests.journeys.doors import API, Village, hidden, plain, seen
from tests.journeys.holders import PIN, a_phone, at, her_card, quick
from tests.story import StoryClock, a_key

BANNER = "SỔ TẬP không phải tiền thật"
GONE = "Sổ tập này đã bỏ rồi"


class Phone:
    """An officer's browser, signed in; its cookies are kept as a browser keeps them."""

    def __init__(self, village: Village, who: Actor, *, practising: bool = True) -> None:
        self.village = village
        self.client = at(village.app)
        self.client.cookies.set("solon", village.token(who))
        if practising:
            assert self.begins().headers["location"] == "/hom-nay"

    def begins(self) -> httpx2.Response:
        """The one tap."""
        return self.client.post(f"{self.village.pages}/so-tap")

    def throws_away(self) -> httpx2.Response:
        """The other one."""
        return self.client.post("/so-tap/bo")

    def get(self, path: str) -> httpx2.Response:
        """A page."""
        return self.client.get(path)

    @property
    def mark(self) -> str | None:
        """The copy that its cookie names."""
        return self.client.cookies.get("solon_practice")

    def fills_in(self, amount: str = "2.000") -> dict[str, str]:
        """A blank sheet as the phone got it, with an amount for the first member."""
        page = self.get(f"{self.village.pages}/thu").text
        form = {name: hidden(page, name) for name in ("pot_id", "key", "date")}
        if 'name="so_tap"' in page:
            form["so_tap"] = hidden(page, "so_tap")
        return form | {"amount-1": amount, "do": "record", "confirmed": "1"}

    def sends(self, form: dict[str, str]) -> httpx2.Response:
        """The sheet."""
        return self.client.post(f"{self.village.pages}/thu", data=form)

    def records(self, amount: str = "2.000") -> str:
        """A sheet that went in; its receipt."""
        answer = self.sends(self.fills_in(amount))
        assert answer.status_code == 303, plain(answer.text)
        return str(answer.headers["location"])


@pytest.fixture
def own(village: Village, clock: StoryClock, settings: Settings) -> Iterator[Village]:
    """A sheet is in the book, and a copy's folder is left empty behind each test."""
    village.chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    village.neighbour.sheet("Tư 1.000/1")
    yield village
    for file in copies(settings):
        file.unlink()


@pytest.fixture
def phone(own: Village) -> Phone:
    """The treasurer's, practising."""
    return Phone(own, own.chapter.treasurer)


def copies(settings: Settings) -> list[Path]:
    return sorted((settings.data / "practice").glob("*"))


def copy_of(phone: Phone) -> Any:
    shelf: Shelf = phone.village.app.state.desk.shelf
    found = shelf.find(phone.village.chapter.treasurer.person_id, phone.mark or "")
    assert found is not None
    return found


# What a copy is


def test_the_copy_is_the_chapters_book(phone: Phone, own: Village) -> None:
    """Members and balances, sealed as the real one is, and nothing that does not add up."""
    copy = copy_of(phone)
    for sql in (
        "SELECT number, id, person_id, joined_on FROM member WHERE chapter_id = ? ORDER BY number",
        "SELECT no, kind, owner_id, balance FROM account WHERE chapter_id = ? ORDER BY no",
        "SELECT seq, content, head FROM trail WHERE chapter_id = ? ORDER BY seq",
    ):
        there = own.db.read_now(Tx.rows, sql, (own.chapter.id,))
        assert there and copy.read_now(Tx.rows, sql, (own.chapter.id,)) == there
    phone.records()
    assert copy.read_now(lambda tx: list(ledger.verify(tx, own.chapter.id))) == []


def test_the_copy_holds_no_neighbour_and_no_secret(phone: Phone, settings: Settings) -> None:
    copy, own = copy_of(phone), phone.village
    books = copy.read_now(Tx.rows, "SELECT chapter_id FROM book")
    assert books == [(own.chapter.id,)]
    for table in ("session", "enrolment", "setup_token", "attempt", "card", "stored_reply"):
        assert copy.read_now(Tx.rows, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert copy.read_now(Tx.rows, "SELECT 1 FROM person WHERE pin_hash IS NOT NULL") == []
    (file,) = copies(settings)
    content = file.read_bytes()
    for given, absent in (("Lan", False), ("Tư", True)):
        assert (f"Nguyễn Thị {given}".encode() not in content) is absent
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_device_of_a_copy_opens_anything(own: Village, app: FastAPI) -> None:
    """Labels go along for the trail, tokens do not."""
    quick(app)
    a_phone(own.db, app, own.chapter.treasurer)
    own.db.write_now(
        Tx.run, "UPDATE session SET device_id = (SELECT d.id FROM device d"
        " WHERE d.person_id = session.person_id) WHERE person_id = ?",
        (own.chapter.treasurer.person_id,),
    )  # fmt: skip
    own_phone = Phone(own, own.chapter.treasurer, practising=False)
    own_phone.records()
    own_phone.begins()
    copy = copy_of(own_phone)
    (here,) = copy.read_now(Tx.rows, "SELECT id, label, token_hash FROM device")
    sql = "SELECT id, label, token_hash FROM device WHERE id = ?"
    (there,) = own.db.read_now(Tx.rows, sql, (here[0],))
    assert here[:2] == there[:2] and bytes(here[2]) != bytes(there[2])


def test_each_has_her_own_and_only_one(own: Village, phone: Phone, settings: Settings) -> None:
    """The head's exercise is not the treasurer's; beginning again begins afresh."""
    head = Phone(own, own.chapter.head)
    phone.records("9.000")
    assert "9.000 ₫" not in seen(head.get("/hom-nay").text)
    assert len(copies(settings)) == 2
    first = phone.mark
    phone.begins()
    assert phone.mark != first and len(copies(settings)) == 2
    assert "9.000 ₫" not in seen(phone.get("/hom-nay").text)


# Practising


def test_nothing_that_is_practised_is_real(phone: Phone, own: Village) -> None:
    """A sheet, its reversal, a new member, another charter: all work, none of it is in the book."""
    before = own.everything()
    receipt = phone.records("7.000")
    page = phone.get(receipt).text
    taken = phone.client.post(
        f"{receipt}/huy",
        data={"reason": "để tập", "key": hidden(page, "key"), "so_tap": hidden(page, "so_tap")},
    )
    assert taken.headers["location"].startswith("/phieu/")
    page = phone.get(f"{own.pages}/hoi-vien/moi").text
    joined = phone.client.post(
        f"{own.pages}/hoi-vien/moi",
        data={"name": "Hoàng Thị Tập", "joined_on": "2026-10-20", "so_tap": hidden(page, "so_tap")},
    )
    assert "Hoàng Thị Tập" in phone.get(joined.headers["location"]).text
    assert own.everything() == before
    assert (
        "Hoàng Thị Tập" not in own.browser(own.chapter.treasurer).get(f"{own.pages}/hoi-vien").text
    )


PAGES = ("/hom-nay", "/them", "/ky", "{}/thu", "{}/hoi-vien", "{}/hoi-vien/moi", "{}/hoi-vien/{lan}",
         "{}/nhat-ky", "{}/quy-uoc", "{}/quy-uoc/doi", "{}/bao-sai", "/phieu/{sheet}")  # fmt: skip
CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")


def test_every_page_says_that_it_is_not_real(phone: Phone, own: Village) -> None:
    """Band, title and paper; every form names its copy; no code that could be taken for real."""
    entry = phone.records()
    for pattern in PAGES:
        path = pattern.format(own.pages, lan=own.chapter.members["Lan"], sheet=entry[7:])
        html = phone.get(path).text
        assert BANNER in seen(html), path
        assert "<title>SỔ TẬP · " in html and '<html lang="vi" class="practice">' in html, path
        sent = re.findall(r'<form\b[^>]*method="post"[^>]*>(.{0,70})', html)
        mark = f'<input type="hidden" name="so_tap" value="{phone.mark}">'
        assert sent and all(more.startswith(mark[:70]) for more in sent), path
        assert not CODE.search(seen(html)), path
    slip = seen(phone.get(entry).text)
    assert "PHIẾU TẬP không phải tiền thật" in slip and "mã TẬP" in slip
    assert BANNER in seen(phone.get("/phieu/" + "0" * 8 + entry[15:]).text)  # an error too


def test_the_real_book_says_nothing_of_it(own: Village) -> None:
    """But a way in, on the one page, for whoever records sheets."""
    real = Phone(own, own.chapter.treasurer, practising=False)
    html = real.get(real.records()).text
    assert "TẬP" not in seen(html) and "so_tap" not in html and CODE.search(seen(html))
    assert "Mở sổ tập" in seen(real.get("/them").text)
    inspector = own.browser(own.chapter.inspector)
    assert "sổ tập" not in seen(inspector.get("/them").text).lower()


# Throwing away


def test_one_tap_throws_it_away(phone: Phone, own: Village, settings: Settings) -> None:
    before = own.everything()
    phone.records()
    answer = phone.throws_away()
    assert answer.headers["location"] == "/hom-nay" and phone.mark is None
    assert copies(settings) == []
    assert BANNER not in seen(phone.get("/hom-nay").text)
    assert own.everything() == before


def test_an_old_copy_is_deleted(
    phone: Phone, own: Village, settings: Settings, clock: StoryClock
) -> None:
    """After a week, when the application starts or somebody begins to practise."""
    (old,) = copies(settings)
    clock.wait(minutes=6 * 24 * 60)
    create_app(settings, own.db)
    assert old.exists()
    clock.wait(minutes=25 * 60)
    create_app(settings, own.db)
    assert not old.exists()


def test_a_copy_that_is_gone_leads_back(phone: Phone, own: Village, settings: Settings) -> None:
    """With a sentence, and with the cookie gone: the next page is the real book's."""
    for file in copies(settings):
        file.unlink()
    answer = phone.get("/hom-nay")
    assert answer.status_code == 409 and GONE in seen(answer.text)
    assert BANNER not in seen(answer.text) and phone.mark is None
    assert phone.get("/hom-nay").status_code == 200


def test_what_is_sent_to_a_copy_that_is_gone_is_recorded_nowhere(
    phone: Phone, own: Village, settings: Settings
) -> None:
    """With the cookie still there, and when it is gone as well."""
    before, form = own.everything(), phone.fills_in()
    for file in copies(settings):
        file.unlink()
    for _ in range(2):
        answer = phone.sends(form)
        assert answer.status_code == 409 and GONE in seen(answer.text)
        assert phone.mark is None
    assert own.everything() == before


def test_a_form_without_its_cookie_is_refused(phone: Phone, own: Village) -> None:
    """Thrown away in another tab: the page still open must not become real."""
    before, form = own.everything(), phone.fills_in()
    phone.throws_away()
    answer = phone.sends(form)
    assert answer.status_code == 409 and GONE in seen(answer.text)
    assert own.everything() == before


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
    "/phieu/{entry_id}", "/phieu/{entry_id}/huy",
    *(f"/chi-hoi/{{chapter_id}}/{rest}" for rest in (
        "bao-sai", "hoi-vien", "hoi-vien/moi", "hoi-vien/{member_id}", "nhat-ky", "quy-uoc",
        "quy-uoc/doi", "thu")),
}  # fmt: skip
ALWAYS_REAL = {
    "/", "/healthz", "/readyz", "/vao", "/vao/nguoi-khac", "/ra", "/may-moi", "/thiet-lap",
    "/the/{card_id}", "/the/{card_id}/ma-pin", "/chi-hoi/{chapter_id}/so-tap", "/so-tap/bo",
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


# Who may


def test_nobody_reaches_the_copy_of_another(phone: Phone, own: Village) -> None:
    """The cookie names a copy, it does not open one."""
    for who in (own.neighbour.treasurer, own.chapter.head, own.chapter.union.leader):
        other = Phone(own, who, practising=False)
        other.client.cookies.set("solon_practice", phone.mark or "")
        answer = other.get("/hom-nay")
        assert answer.status_code == 409 and GONE in seen(answer.text)
    strange = Phone(own, own.chapter.treasurer, practising=False)
    strange.client.cookies.set("solon_practice", "../../solon")
    assert strange.get("/hom-nay").status_code == 409


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
