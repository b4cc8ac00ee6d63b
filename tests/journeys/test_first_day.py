"""The first day of a book, from the setup token to a sheet: as a program and as a browser."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import clock
from app.access import actions as access
from app.db.engine import Database
from app.ledger.verify import books
from app.web import render
from tests.journeys.doors import API, Caller, beside, hidden, problem, seen
from tests.story import a_key, counted, findings

pytestmark = pytest.mark.filterwarnings("error::UserWarning")
ADMIN = {"name": "Trần Thị Quản", "phone": "0900 000 001", "pin": "407195"}
HEAD = {"name": "Lê Thị Đầu", "phone": "0900000002", "pin": "518306"}
KEEPER = {"name": "Phạm Thị Giữ", "phone": "0900000003", "pin": "629417"}
CHARTER = {
    "minimum_per_period": 1000,
    "period": "day",
    "payout_step": 1000,
    "default_decision": "keep",
    "surplus_rule": "by_savings",
    "set_off_debt": False,
    "loan_max_amount": 5_000_000,
    "loan_max_months": 12,
    "loan_savings_multiple": None,
    "loan_monthly_rate_bp": 0,
    "loans_stop_days_before": 30,
    "one_loan_at_a_time": True,
    "backdate_days": 7,
    "cash_limit": 2_000_000,
    "expense_limit": 0,
    "grant_limit": 0,
    "leaver_shares_surplus": False,
    "words": "Mỗi chị mỗi ngày góp ít nhất 1.000 đồng.",
}
RECEIPT = {"seq": int, "head": str}
POSTED = {
    "id": str,
    "total": int,
    "lines": [{"line_id": str, "member_id": str, "amount": int}],
    "receipt": RECEIPT,
}


def shape(value: Any) -> Any:
    """A JSON value with its types in place of its values; a list by its first item."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        assert all(shape(inner) == shape(value[0]) for inner in value)
        return [shape(value[0])] if value else []
    return None if value is None else type(value)


def made(answer: httpx2.Response, status: int = 201) -> Any:
    """What was answered, as JSON."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


# As a program


@pytest.fixture
def api(client: TestClient) -> Caller:
    """A program that is not signed in."""
    return Caller(client)


def set_up(db: Database, api: Caller) -> tuple[str, str]:
    """The administrator's device token and the root unit, as `solon init` begins it."""
    began = asdict(db.write_now(access.initialise))
    assert shape(began) == {"setup_token": str, "root_unit_id": str}
    device = made(api.post(f"{API}/setup", {"setup_token": began["setup_token"]} | ADMIN))
    assert shape(device) == {"person_id": str, "device_token": str}
    return device["device_token"], began["root_unit_id"]


def sign_in(api: Caller, device_token: str, pin: str) -> Caller:
    """Her door to the API."""
    session = made(api.post(f"{API}/sessions", {"device_token": device_token, "pin": pin}))
    assert shape(session) == {
        "token": str,
        "person_id": str,
        "offices": [{"id": str, "role": str, "unit_id": str, "unit_name": str}],
    }
    return Caller(api.client, {"Authorization": f"Bearer {session['token']}"})


def a_chapter(admin: Caller, root: str) -> str:
    """Province, commune and a chapter with its charter; the chapter's id."""
    parent = root
    for level, name in (("province", "Tỉnh Mẫu"), ("commune", "Xã Mẫu"), ("chapter", "Thôn Mẫu")):
        body = {"name": name, "level": level, "parent_id": parent, "from": "2026-01-05"}
        more = {"charter": CHARTER} if level == "chapter" else {}
        unit = made(admin.post(f"{API}/units", body | more))
        assert shape(unit) == {"id": str}
        assert made(admin.get(f"{API}/units/{unit['id']}"), 200) == {
            "id": unit["id"],
            "name": name,
            "level": level,
            "parent_id": parent,
            "from": "2026-01-05",
        }
        children = made(admin.get(f"{API}/units/{parent}/children"), 200)
        assert [child["id"] for child in children["items"]] == [unit["id"]]
        assert children["next"] is None
        parent = unit["id"]
    return parent


def appoint(admin: Caller, unit_id: str, role: str, who: dict[str, str]) -> str:
    """Her enrolment code."""
    person = {"name": who["name"], "phone": who["phone"]}
    body = {"person": person, "role": role, "from": "2026-01-05"}
    office = made(admin.post(f"{API}/units/{unit_id}/offices", body))
    assert shape(office) == {"office_id": str, "person_id": str, "enrol_code": str}
    return str(office["enrol_code"])


def enrol(api: Caller, code: str, who: dict[str, str]) -> Caller:
    """Her phone is let in, and she signs in."""
    body = {"phone": who["phone"], "enrol_code": code, "pin": who["pin"], "label": "điện thoại"}
    device = made(api.post(f"{API}/devices", body))
    assert shape(device) == {"person_id": str, "device_token": str}
    return sign_in(api, device["device_token"], who["pin"])


def join(keeper: Caller, chapter: str, name: str) -> dict[str, Any]:
    """A member as the contract answers it."""
    body = {
        "name": name,
        "joined_on": "2026-10-11",
        "consent": {"purposes": ["savings", "loans"], "on": "2026-10-11"},
        "need_class": {"class": "near_poor", "year": 2026, "certificate": "giấy mẫu"},
    }
    member: dict[str, Any] = made(keeper.post(f"{API}/chapters/{chapter}/members", body))
    assert shape(member) == {"id": str, "number": int, "person_id": str}
    return member


def test_from_setup_to_a_sheet_over_the_api(db: Database, api: Caller) -> None:
    """Ten days after the pig began, Một is up to date and Hai gave half of it."""
    device, root = set_up(db, api)
    admin = sign_in(api, device, ADMIN["pin"])
    chapter = a_chapter(admin, root)
    head = enrol(api, appoint(admin, chapter, "chapter_head", HEAD), HEAD)
    keeper = enrol(api, appoint(head, chapter, "treasurer", KEEPER), KEEPER)
    me = made(keeper.get(f"{API}/me"), 200)
    assert shape(me) == {
        "person_id": str,
        "name": str,
        "offices": [{"id": str, "role": str, "unit_id": str, "unit_name": str}],
    }
    assert me["name"] == KEEPER["name"]
    assert [(o["role"], o["unit_id"]) for o in me["offices"]] == [("treasurer", chapter)]

    one, two = (join(keeper, chapter, f"Hoàng Thị {name}") for name in ("Một", "Hai"))
    assert (one["number"], two["number"]) == (1, 2)
    body = {"kind": "pig", "name": "Lợn nhựa", "kept": "chapter", "belongs_to": "member"}
    pot = made(keeper.post(f"{API}/chapters/{chapter}/pots", body | {"opened_on": "2026-10-11"}))
    assert shape(pot) == {"id": str}

    sheet = {
        "pot_id": pot["id"],
        "date": "2026-10-20",
        "lines": [
            {"member_id": one["id"], "amount": 10_000, "periods": 10},
            {"member_id": two["id"], "amount": 7_000, "periods": 5},
        ],
        "note": "họp tháng mười",
    }
    posted = made(keeper.post(f"{API}/chapters/{chapter}/sheets", sheet, key=a_key()))
    assert shape(posted) == POSTED
    assert posted["total"] == 17_000
    assert [(line["member_id"], line["amount"]) for line in posted["lines"]] == [
        (one["id"], 10_000),
        (two["id"], 7_000),
    ]
    the_member_sees(keeper, two["id"], pot["id"], posted)
    the_chapter_sees(head, chapter, posted)
    the_trail_recomputes(head, chapter, posted["receipt"])

    undo = {"lines": [posted["lines"][1]["line_id"]], "reason": "ghi nhầm"}
    path = f"{API}/entries/{posted['id']}/reversal"
    mended = made(keeper.post(path, undo, key=a_key()))
    assert shape(mended) == POSTED
    assert (mended["total"], mended["lines"][0]["member_id"]) == (-7_000, two["id"])
    assert made(keeper.get(f"{API}/members/{two['id']}/balance"), 200)["savings"] == 0
    the_trail_recomputes(head, chapter, mended["receipt"])
    assert all(findings(db, book) == [] for book in db.read_now(books))

    gone = keeper("DELETE", f"{API}/sessions/current")
    assert (gone.status_code, gone.content) == (204, b"")
    assert keeper.get(f"{API}/me").status_code == 401


def test_a_second_phone_needs_the_pin_she_has(db: Database, api: Caller) -> None:
    """A code read over her shoulder lets nobody in, and changes no PIN."""
    device, root = set_up(db, api)
    admin = sign_in(api, device, ADMIN["pin"])
    chapter = a_chapter(admin, root)
    keeper = enrol(api, appoint(admin, chapter, "treasurer", KEEPER), KEEPER)
    person = made(keeper.get(f"{API}/me"), 200)["person_id"]
    body = {"person_id": person, "role": "deputy", "from": "2026-10-20"}
    code = made(admin.post(f"{API}/units/{chapter}/offices", body))["enrol_code"]
    told = {"phone": KEEPER["phone"], "enrol_code": code, "pin": HEAD["pin"], "label": "máy khác"}
    before = counted(db, "device")
    for more in ({}, {"phone": HEAD["phone"], "pin": KEEPER["pin"]}):
        problem(api.post(f"{API}/devices", told | more), 401, "code_wrong")
    assert counted(db, "device") == before
    second = made(
        api.post(f"{API}/devices", told | {"pin": KEEPER["pin"], "enrol_code": f" {code.lower()} "})
    )
    assert second["person_id"] == person
    assert sign_in(api, second["device_token"], KEEPER["pin"]).get(f"{API}/me").status_code == 200


def the_member_sees(keeper: Caller, member: str, pot: str, posted: dict[str, Any]) -> None:
    """Balance and statement are exactly the contract's."""
    balance = made(keeper.get(f"{API}/members/{member}/balance"), 200)
    as_of = balance.pop("as_of")
    assert re.fullmatch(r"2026-10-20T\d\d:\d\d:\d\dZ", as_of)
    assert balance == {
        "member_id": member,
        "savings": 7_000,
        "contributed": 0,
        "awaiting_collection": 0,
        "loans_outstanding": 0,
        "pots": [
            {
                "pot_id": pot,
                "savings": 7_000,
                "contributed": 0,
                "periods_covered": 5,
                "periods_elapsed": 10,
            }
        ],
        "receipt": posted["receipt"],
    }
    statement = made(keeper.get(f"{API}/members/{member}/statement"), 200)
    (line,) = statement["items"]
    assert line.pop("text")
    assert line == {
        "line_id": posted["lines"][1]["line_id"],
        "entry_id": posted["id"],
        "date": "2026-10-20",
        "kind": "sheet",
        "amount": 7_000,
        "balance": 7_000,
        "verdict": None,
    }
    assert statement["next"] is None


def the_chapter_sees(head: Caller, chapter: str, posted: dict[str, Any]) -> None:
    """Charter, pots, members and sheets of a chapter, each as it was told."""
    charter = made(head.get(f"{API}/chapters/{chapter}/charter"), 200)
    assert charter == CHARTER | {"in_force_from": "2026-01-05"}
    (pot,) = made(head.get(f"{API}/chapters/{chapter}/pots"), 200)["items"]
    assert (pot["kind"], pot["opened_on"], pot["cycle_starts_on"]) == (
        "pig",
        "2026-10-11",
        "2026-10-11",
    )
    found = made(head.get(f"{API}/chapters/{chapter}/members", params={"q": "hoang thi HAI"}), 200)
    assert [(m["number"], m["name"], m["savings"]) for m in found["items"]] == [
        (2, "Hoàng Thị Hai", 7_000)
    ]
    (listed,) = made(head.get(f"{API}/chapters/{chapter}/sheets"), 200)["items"]
    assert (listed["id"], listed["total"], listed["payers"]) == (posted["id"], 17_000, 2)
    sheet = made(head.get(f"{API}/sheets/{posted['id']}"), 200)
    assert [line["amount"] for line in sheet["lines"]] == [10_000, 7_000]
    assert (sheet["note"], sheet["recorded_by"]) == ("họp tháng mười", KEEPER["name"])
    assert sheet["receipt"] == posted["receipt"]


def the_trail_recomputes(head: Caller, chapter: str, receipt: dict[str, Any]) -> None:
    """Whoever holds the records comes to the head on the receipt, with nothing but SHA-256."""
    path = f"{API}/chapters/{chapter}/trail"
    records = made(head.get(path), 200)["items"]
    assert shape(records) == [
        {"seq": int, "at": str, "act": str, "record": str, "leaf": str, "head": str}
    ]
    chained = hashlib.sha256(f"solon/1 {chapter}".encode()).digest()
    for n, record in enumerate(records, 1):
        leaf = hashlib.sha256(b"\x00" + record["record"].encode()).digest()
        chained = hashlib.sha256(b"\x01" + chained + leaf).digest()
        assert (record["seq"], record["leaf"], record["head"]) == (n, leaf.hex(), chained.hex())
        assert json.loads(record["record"])["act"] == record["act"]
    assert {"seq": len(records), "head": chained.hex()} == receipt
    assert made(head.get(f"{path}/head"), 200) == receipt
    after = made(head.get(path, params={"after_seq": receipt["seq"] - 1}), 200)
    assert [record["seq"] for record in after["items"]] == [receipt["seq"]]


# As a browser without JavaScript


class Browser:
    """Keeps cookies, sends forms, follows nothing by itself."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def open(self, path: str, status: int = 200) -> str:
        """A page's HTML."""
        answer = self.client.get(path)
        assert answer.status_code == status, seen(answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return str(answer.text)

    def send(self, path: str, form: dict[str, Any], status: int = 200) -> str:
        """A form that comes back as a page."""
        answer = self.client.post(path, data=form)
        assert answer.status_code == status, seen(answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return str(answer.text)

    def done(self, path: str, form: dict[str, Any]) -> str:
        """A form that was accepted; where it leads."""
        answer = self.client.post(path, data=form)
        assert answer.status_code == 303, seen(answer.text)
        return str(answer.headers["location"])

    def cookie(self, name: str) -> str:
        """What it keeps under a name."""
        return str(self.client.cookies[name])


@pytest.fixture
def browser(app: FastAPI) -> Iterator[Browser]:
    """A phone nobody knows yet."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield Browser(client)


@pytest.fixture
def set_up_book(db: Database, browser: Browser) -> str:
    """The administrator came in through the pages; the root unit's id."""
    began = db.write_now(access.initialise)
    form = ADMIN | {"setup_token": began.setup_token, "pin_again": ADMIN["pin"]}
    assert browser.done("/thiet-lap", form) == "/vao"
    assert browser.done("/vao", {"device_token": browser.cookie("solon_device"),
                                 "pin": ADMIN["pin"]}) == "/hom-nay"  # fmt: skip
    return began.root_unit_id


@pytest.fixture
def keepers_phone(set_up_book: str, api: Caller, browser: Browser, app: FastAPI) -> Iterator[Phone]:
    """The treasurer's own phone, signed in, with a pig but no member in her chapter yet."""
    admin = sign_in(api, browser.cookie("solon_device"), ADMIN["pin"])
    chapter = a_chapter(admin, set_up_book)
    code = appoint(admin, chapter, "treasurer", KEEPER)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        phone = Phone(client, chapter)
        form = {"phone": KEEPER["phone"], "enrol_code": code, "label": "Điện thoại",
                "pin": KEEPER["pin"], "pin_again": KEEPER["pin"]}  # fmt: skip
        assert phone.done("/may-moi", form) == "/vao"
        device = phone.cookie("solon_device")
        assert phone.done("/vao", {"device_token": device, "pin": KEEPER["pin"]}) == "/hom-nay"
        keeper = sign_in(api, device, KEEPER["pin"])
        body = {"kind": "pig", "name": "Lợn nhựa", "kept": "chapter", "belongs_to": "member"}
        made(keeper.post(f"{API}/chapters/{chapter}/pots", body | {"opened_on": "2026-10-01"}))
        yield phone


class Phone(Browser):
    """The treasurer's browser, which knows her chapter's pages."""

    def __init__(self, client: TestClient, chapter: str) -> None:
        super().__init__(client)
        self.chapter = chapter
        self.pages = f"/chi-hoi/{chapter}"
        self.thu = f"{self.pages}/thu"

    def add(self, name: str, **more: str) -> str:
        """A member by the form; where it leads."""
        return self.done(
            f"{self.pages}/hoi-vien/moi", {"name": name, "consent": ["savings"]} | more
        )

    def blank(self) -> dict[str, str]:
        """The sheet's hidden and dated fields as they came."""
        html = self.open(self.thu)
        return {name: hidden(html, name) for name in ("key", "pot_id", "date")}


def test_setting_up_in_a_browser(db: Database, browser: Browser) -> None:
    began = db.write_now(access.initialise)
    browser.open("/thiet-lap")
    form = ADMIN | {"setup_token": began.setup_token, "pin_again": ADMIN["pin"]}
    again = browser.send("/thiet-lap", form | {"pin_again": "111222"}, 422)
    assert beside(again, "pin_again")
    assert (hidden(again, "name"), hidden(again, "phone")) == (ADMIN["name"], ADMIN["phone"])
    assert ADMIN["pin"] not in again and "111222" not in again
    wrong = browser.send("/thiet-lap", form | {"setup_token": "đoán"}, 401)
    assert beside(wrong, "setup_token")
    for field, bad in (("name", "  "), ("phone", "12"), ("pin", "123456")):
        more = {"pin_again": bad} if field == "pin" else {}
        assert beside(browser.send("/thiet-lap", form | {field: bad} | more, 422), field)
    assert browser.done("/thiet-lap", form) == "/vao"
    assert ADMIN["name"] in seen(browser.open("/vao"))
    assert beside(browser.send("/thiet-lap", form, 401), "setup_token"), "the token works once"


def test_signing_in_in_a_browser(set_up_book: str, browser: Browser) -> None:
    assert set_up_book
    assert "Hội Liên hiệp Phụ nữ Việt Nam" in seen(browser.open("/hom-nay"))
    assert browser.done("/ra", {}) == "/vao"
    assert browser.client.get("/hom-nay").headers["location"] == "/vao"
    device = browser.cookie("solon_device")
    wrong = browser.send("/vao", {"device_token": device, "pin": "000111"}, 401)
    assert beside(wrong, "pin") and hidden(wrong, "device_token") == device
    assert "000111" not in wrong and ADMIN["name"] in seen(wrong)
    assert browser.done("/vao", {"device_token": device, "pin": ADMIN["pin"]}) == "/hom-nay"
    assert browser.done("/vao/nguoi-khac", {}) == "/vao"
    assert ADMIN["name"] not in seen(browser.open("/vao"))
    assert ADMIN["name"] in seen(browser.open(f"/vao?may={device}"))


def test_a_session_that_was_ended_stays_ended(set_up_book: str, browser: Browser) -> None:
    assert set_up_book
    token = browser.cookie("solon")
    browser.done("/ra", {})
    stolen = browser.client.get("/hom-nay", headers={"Cookie": f"solon={token}"})
    assert (stolen.status_code, stolen.headers["location"]) == (303, "/vao")


def test_a_new_phone_in_a_browser(set_up_book: str, api: Caller, browser: Browser) -> None:
    admin = sign_in(api, browser.cookie("solon_device"), ADMIN["pin"])
    code = appoint(admin, a_chapter(admin, set_up_book), "treasurer", KEEPER)
    browser.open("/may-moi")
    form = {"phone": KEEPER["phone"], "enrol_code": code, "label": "Điện thoại",
            "pin": KEEPER["pin"], "pin_again": KEEPER["pin"]}  # fmt: skip
    for field, bad, status in (
        ("enrol_code", "AAAAA-AAAAA", 401),
        ("phone", "12", 422),
        ("label", "", 422),
        ("pin_again", "407195", 422),
    ):
        again = browser.send("/may-moi", form | {field: bad}, status)
        assert beside(again, field)
        kept = {"phone", "enrol_code", "label"} - {field}
        assert all(hidden(again, name) == form[name] for name in kept)
        assert KEEPER["pin"] not in again
    assert beside(browser.send("/may-moi", form | {"phone": ADMIN["phone"]}, 401), "enrol_code")
    assert browser.done("/may-moi", form) == "/vao"
    assert beside(browser.send("/may-moi", form, 401), "enrol_code"), "the code works once"


def test_a_member_by_the_form(keepers_phone: Phone) -> None:
    phone = keepers_phone
    path = f"{phone.pages}/hoi-vien/moi"
    assert path in phone.open("/hom-nay")
    form = {"name": " ", "number": "tám", "phone": "1", "joined_on": "mai", "need_class": "poor",
            "need_year": "x", "next_of_kin": "Chồng", "consent": ["savings", "loans"]}  # fmt: skip
    again = phone.send(path, form, 422)
    assert all(beside(again, name) for name in ("name", "number", "phone", "joined_on"))
    assert (hidden(again, "number"), hidden(again, "next_of_kin")) == ("tám", "Chồng")
    assert len(re.findall(r'name="consent" value="(?:savings|loans)" checked', again)) == 2
    leads = phone.add("Hoàng  Thị Một", number="12", next_of_kin="Chồng")
    assert re.fullmatch(rf"{phone.pages}/hoi-vien/[0-9a-f-]{{36}}", leads)
    shown = seen(phone.open(leads))
    assert "Hoàng Thị Một" in shown and "Số 12" in shown
    assert beside(phone.send(path, {"name": "Ai Đó", "number": "12"}, 409), "number")


def test_an_equal_name_is_asked_about_once(keepers_phone: Phone) -> None:
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    path = f"{phone.pages}/hoi-vien/moi"
    asked = phone.send(path, {"name": "hoàng thị một"})
    assert "số 1" in seen(asked) and hidden(asked, "confirmed") == "1"
    assert len(re.findall(r"hoi-vien/[0-9a-f-]{36}", phone.open(f"{phone.pages}/hoi-vien"))) == 1
    phone.add("hoàng thị một", confirmed="1")
    assert len(re.findall(r"hoi-vien/[0-9a-f-]{36}", phone.open(f"{phone.pages}/hoi-vien"))) == 2


def test_a_sheet_by_the_form(keepers_phone: Phone, db: Database) -> None:
    """Filled, changed, added up, recorded, shown, and taken back."""
    phone = keepers_phone
    for name in ("Một", "Hai", "Ba"):
        phone.add(f"Hoàng Thị {name}")
    sheet = phone.blank()
    filled = phone.send(phone.thu, sheet | {"do": "fill", "amount-2": "5k"})
    assert [hidden(filled, f"amount-{n}") for n in (1, 2, 3)] == ["1.000", "5k", "1.000"]
    assert hidden(filled, "key") == sheet["key"]
    assert "3 chị 7.000 ₫" in seen(filled)
    amounts = {"amount-1": "2.000", "amount-2": "5k", "amount-3": ""}
    checked = phone.send(phone.thu, sheet | amounts | {"do": "check"})
    assert "2 chị 7.000 ₫" in seen(checked)
    assert counted(db, "entry") == 0, "adding up records nothing"
    receipt = phone.done(phone.thu, sheet | amounts | {"do": "record", "note": "họp"})
    assert counted(db, "entry") == 1
    shown = seen(phone.open(receipt))
    assert "7.000 ₫" in shown and "Bảy nghìn đồng" in shown and "Hoàng Thị Hai" in shown
    assert "Hoàng Thị Ba" not in shown and "họp" in shown
    mend(phone, receipt)


def test_a_second_tap_gets_the_same_receipt(keepers_phone: Phone, db: Database) -> None:
    """The answer was lost on the way and the browser sends the very same form again.

    By then she is no longer behind and the day has a sheet: neither may make it another one.
    """
    phone = keepers_phone
    phone.add("Hoàng Thị Một", joined_on="2026-10-18")
    sheet = phone.blank() | {"do": "record", "amount-1": "10k"}
    receipt = phone.done(phone.thu, sheet)
    assert phone.done(phone.thu, sheet) == receipt
    assert phone.done(phone.thu, sheet | {"confirmed": "1"}) == receipt
    assert counted(db, "entry") == 1


def mend(phone: Phone, receipt: str) -> None:
    """She takes one line back: first without a reason, then with one."""
    html = phone.open(receipt)
    lines = re.findall(r'name="line" value="([^"]+)"', html)
    form = {"key": hidden(html, "key"), "line": lines[:1]}
    again = phone.send(f"{receipt}/huy", form, 422)
    assert beside(again, "reason") and len(re.findall(r'name="line"[^>]* checked', again)) == 1
    undone = phone.done(f"{receipt}/huy", form | {"reason": "Ghi nhầm tên"})
    assert phone.done(f"{receipt}/huy", form | {"reason": "Ghi nhầm tên"}) == undone
    shown = seen(phone.open(undone))
    assert "Ghi nhầm tên" in shown and "−2.000 ₫" in shown
    assert len(re.findall(r'name="line"', phone.open(receipt))) == 1
    assert "đã hủy" in seen(phone.open(receipt))
    trail = seen(phone.open(f"{phone.pages}/nhat-ky"))
    assert "Ghi nhầm tên" in trail and "Thu 7.000 ₫ của 2 chị" in trail


UNCLEAR = [
    ("10", "", "10.000"),
    ("500", "1", "500.000"),
    ("abc", "", "abc"),
    ("-5k", "", "-5k"),
    ("1.500k", "", "1.500k"),
    ("10.5", "", "10.5"),
    ("5k", "7", "5k"),
    ("5k", "bảy", "5k"),
]


def test_an_unclear_amount_is_asked_beside_its_row(keepers_phone: Phone, db: Database) -> None:
    """Everything she typed is still there; a bare number comes back as what it probably means."""
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    phone.add("Hoàng Thị Hai")
    sheet = phone.blank() | {"do": "record", "amount-1": "3k", "note": "họp"}
    for amount, periods, stands in UNCLEAR:
        again = phone.send(phone.thu, sheet | {"amount-2": amount, "periods-2": periods}, 422)
        assert beside(again, "amount-2"), amount
        assert hidden(again, "amount-2") == stands
        assert (hidden(again, "amount-1"), hidden(again, "note")) == ("3k", "họp")
        assert hidden(again, "key") == sheet["key"]
    assert counted(db, "entry") == 0


def test_a_bare_ten_is_ten_thousand_once_she_agrees(keepers_phone: Phone) -> None:
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    sheet = phone.blank() | {"do": "record"}
    again = phone.send(phone.thu, sheet | {"amount-1": "10"}, 422)
    assert "10.000 ₫" in beside(again, "amount-1")
    receipt = phone.done(phone.thu, sheet | {"amount-1": hidden(again, "amount-1")})
    assert "10.000 ₫" in seen(phone.open(receipt))


def test_too_little_for_the_days_says_how_many_it_is_enough_for(keepers_phone: Phone) -> None:
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    sheet = phone.blank() | {"do": "record", "amount-1": "5k", "periods-1": "7"}
    said = beside(phone.send(phone.thu, sheet, 422), "amount-1")
    assert all(words in said for words in ("5.000 ₫", "7 ngày", "7.000 ₫", "5 ngày"))


def test_many_faults_are_told_by_the_first_few(keepers_phone: Phone, db: Database) -> None:
    """The summary leads to the first five; each of the others stands beside its row."""
    phone = keepers_phone
    for name in ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy"):
        phone.add(f"Hoàng Thị {name}")
    typed = {f"amount-{n}": "abc" for n in range(1, 8)}
    again = phone.send(phone.thu, phone.blank() | {"do": "record"} | typed, 422)
    assert "Còn 2 chỗ nữa, đánh dấu ở dưới." in seen(again)
    assert again.count('href="#f-amount-') == 5 and again.count('class="problem"') == 7
    assert counted(db, "entry") == 0


def test_an_empty_sheet_is_refused(keepers_phone: Phone, db: Database) -> None:
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    again = phone.send(phone.thu, phone.blank() | {"do": "record"}, 422)
    assert 'role="alert"' in again
    assert counted(db, "entry") == 0


def test_a_second_sheet_of_the_day_is_asked_about_first(keepers_phone: Phone, db: Database) -> None:
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    first = phone.done(phone.thu, phone.blank() | {"do": "record", "amount-1": "1k"})
    sheet = phone.blank() | {"do": "record", "amount-1": "2k"}
    asked = phone.send(phone.thu, sheet)
    assert 'id="question"' in asked and hidden(asked, "confirmed") == "1"
    assert hidden(asked, "amount-1") == "2k"
    assert f"ngày {render.show_day(clock.today())} đã góp 1.000 ₫" in seen(asked), (
        "who gave is told"
    )
    assert counted(db, "entry") == 1
    second = phone.done(phone.thu, sheet | {"confirmed": "1"})
    assert second != first and counted(db, "entry") == 2


def test_a_key_used_for_another_sheet_asks_with_a_new_key(
    keepers_phone: Phone, db: Database
) -> None:
    """She went back in the browser and changed an amount: nothing is guessed, nothing is lost."""
    phone = keepers_phone
    phone.add("Hoàng Thị Một")
    sheet = phone.blank() | {"do": "record", "confirmed": "1"}
    phone.done(phone.thu, sheet | {"amount-1": "1k"})
    again = phone.send(phone.thu, sheet | {"amount-1": "2k"}, 422)
    assert 'role="alert"' in again
    assert hidden(again, "key") != sheet["key"] and hidden(again, "amount-1") == "2k"
    assert counted(db, "entry") == 1


def test_a_late_sheet_asks_why(keepers_phone: Phone) -> None:
    phone = keepers_phone
    phone.add("Hoàng Thị Một", joined_on="2026-10-01")
    late = phone.blank() | {"do": "record", "amount-1": "1k", "date": "2026-10-12"}
    assert beside(phone.send(phone.thu, late, 422), "reason")
    receipt = phone.done(phone.thu, late | {"reason": "chiều ấy mưa bão"})
    assert "chiều ấy mưa bão" in seen(phone.open(receipt))


def test_money_of_somebody_who_had_not_joined_is_not_dropped(
    keepers_phone: Phone, db: Database
) -> None:
    """She filled today's list, then put the date back to a day before Hai joined, or far too far."""
    phone = keepers_phone
    phone.add("Hoàng Thị Một", joined_on="2026-10-10")
    phone.add("Hoàng Thị Hai", joined_on="2026-10-19")
    sheet = phone.blank() | {"do": "record", "amount-1": "1k", "amount-2": "2k"}
    for day in ("2026-10-18", "2006-10-20"):
        again = phone.send(phone.thu, sheet | {"date": day}, 422)
        assert 'role="alert"' in again
        assert (hidden(again, "amount-1"), hidden(again, "amount-2")) == ("1k", "2k")
        assert hidden(again, "key") == sheet["key"]
        assert counted(db, "entry") == 0
    assert "3.000 ₫" in seen(phone.open(phone.done(phone.thu, sheet | {"date": "2026-10-19"})))


@pytest.mark.parametrize(
    ("base", "prefix"), [("http://testserver", ""), ("https://testserver", "__Host-")]
)
def test_cookies_are_out_of_reach(db: Database, app: FastAPI, base: str, prefix: str) -> None:
    """HttpOnly and SameSite=Strict always; over TLS also Secure and bound to the host."""
    token = db.write_now(access.initialise).setup_token
    form = ADMIN | {"setup_token": token, "pin_again": ADMIN["pin"]}
    with TestClient(app, base_url=base, follow_redirects=False) as client:
        kept = client.post("/thiet-lap", data=form).headers["set-cookie"]
        device = re.match(rf"{prefix}solon_device=([^;]+);", kept)
        assert device, kept
        session = client.post("/vao", data={"device_token": device[1], "pin": ADMIN["pin"]})
        cookies = [kept, *session.headers.get_list("set-cookie")]
        assert [one.partition("=")[0] for one in cookies] == [
            f"{prefix}solon_device",
            f"{prefix}solon",
            f"{prefix}solon_open",
            f"{prefix}solon_device",
        ]
        for one in cookies:
            parts = {part.strip().lower() for part in one.split(";")}
            assert {"samesite=strict", "path=/"} <= parts
            assert ("httponly" in parts) == ("solon_open=" not in one)  # only a time, for scripts
            assert ("secure" in parts) == bool(prefix) and not any("domain" in p for p in parts)
        assert client.get("/hom-nay").status_code == 200
