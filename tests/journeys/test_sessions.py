"""Signed in: what a session is, where it is seen, and everything that ends it."""

from __future__ import annotations

import re

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.access.rules import digest
from app.db.tx import Tx
from tests.journeys.doors import API, Caller, Village, hidden, problem, seen
from tests.journeys.holders import OTHER, PIN, a_phone, at
from tests.story import DAY, TODAY, StoryClock, a_key

ATTRIBUTES = {"HttpOnly", "SameSite=strict", "Path=/"}


@pytest.fixture
def phone(village: Village, app: FastAPI) -> str:
    """The secret in the treasurer's phone."""
    return a_phone(village.db, app, village.chapter.treasurer, label="Máy chị Thủ")


def on_a_page(app: FastAPI, phone: str, pin: str = PIN, *, tls: bool = False) -> TestClient:
    """A browser whose owner has signed in."""
    browser = at(app, tls=tls)
    answer = browser.post("/vao", data={"device_token": phone, "pin": pin})
    assert answer.headers["location"] == "/hom-nay", answer.text
    return browser


def test_a_strange_phone_is_first_asked_to_add_itself(app: FastAPI, phone: str) -> None:
    """Nobody knows the phone's own long secret: it is not what the first field asks for."""
    door = at(app).get("/vao").text
    assert (
        door.index('href="/may-moi"') < door.index("<details") < door.index('name="device_token"')
    )
    wrong = at(app).post("/vao", data={"device_token": "RJJS5-YGQ7C", "pin": PIN}).text
    assert '<details class="card" open>' in wrong
    known = at(app).get(f"/vao?may={phone}", follow_redirects=True).text
    assert "<details" not in known and "Chào chị" in known


def program(app: FastAPI, phone: str, pin: str = PIN) -> Caller:
    """A program that has signed in."""
    began = at(app).post(f"{API}/sessions", json={"device_token": phone, "pin": pin})
    assert began.status_code == 201, began.text
    return Caller(at(app), {"Authorization": f"Bearer {began.json()['token']}"})


def cookies(answer: httpx2.Response) -> dict[str, set[str]]:
    """Every cookie that is set, with its attributes."""
    told = [line.split("; ") for line in answer.headers.get_list("set-cookie")]
    return {first.partition("=")[0]: set(rest) for first, *rest in told}


def is_out(browser: TestClient | Caller, *paths: str) -> None:
    """Every page asks for the PIN."""
    for path in paths or ("/hom-nay", "/may-cua-toi", "/them"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/vao"), path


# The token, the cookie


def test_a_token_is_kept_as_a_hash(village: Village, app: FastAPI, phone: str) -> None:
    """Nothing of it is told by itself, and whoever reads the database cannot use what she reads."""
    tokens = [on_a_page(app, phone).cookies["solon"] for _ in range(2)]
    tokens.append(program(app, phone).headers["Authorization"].removeprefix("Bearer "))
    assert len(set(tokens)) == 3 and all(len(token) >= 43 for token in tokens)
    rows = village.db.read_now(Tx.rows, "SELECT * FROM session")
    rows += village.db.read_now(Tx.rows, "SELECT * FROM device")
    kept = [bytes(v) if isinstance(v, memoryview) else v for row in rows for v in row]
    assert {digest(token) for token in tokens} <= {v for v in kept if isinstance(v, bytes)}
    for secret in (*tokens, phone):
        assert not any(secret.encode() in (v if isinstance(v, bytes) else str(v).encode())
                       for v in kept)  # fmt: skip
    stolen = at(app)
    stolen.cookies.set("solon", digest(tokens[0]).hex())
    is_out(stolen)


def test_the_cookies_over_tls(app: FastAPI, phone: str) -> None:
    answer = at(app, tls=True).post("/vao", data={"device_token": phone, "pin": PIN})
    told = cookies(answer)
    assert told["__Host-solon"] == ATTRIBUTES | {"Secure"}, "until the browser closes"
    kept = {one for one in told["__Host-solon_device"] if not re.match("expires|Max-Age", one)}
    assert kept == ATTRIBUTES | {"Secure"} and len(told) == 3
    # No secret: until when she is in, for what her phone keeps.
    assert told["__Host-solon_open"] == (ATTRIBUTES | {"Secure"}) - {"HttpOnly"}
    on_a_page(app, phone, tls=True).get("/hom-nay").raise_for_status()


def test_the_cookies_on_loopback(app: FastAPI, phone: str) -> None:
    told = cookies(at(app).post("/vao", data={"device_token": phone, "pin": PIN}))
    assert told["solon"] == ATTRIBUTES and told.keys() == {"solon", "solon_open", "solon_device"}
    assert told["solon_device"] > ATTRIBUTES and "Secure" not in told["solon_device"]


def test_over_tls_only_the_host_cookie_counts(app: FastAPI, phone: str) -> None:
    """A neighbouring site can plant `solon`, never `__Host-solon`."""
    token = on_a_page(app, phone).cookies["solon"]
    planted = at(app, tls=True)
    planted.cookies.set("solon", token)
    is_out(planted)


def test_no_cookie_at_the_api_and_no_bearer_at_a_page(
    village: Village, app: FastAPI, phone: str
) -> None:
    browser, caller = on_a_page(app, phone), program(app, phone)
    browser.cookies.set("__Host-solon", browser.cookies["solon"])
    for method, path in (("GET", "/me"), ("GET", "/devices"), ("DELETE", "/sessions")):
        problem(browser.request(method, API + path), 401, "not_signed_in")
    before = village.everything()
    answer = browser.post(
        village.sheets, json=village.sheet(), headers={"Idempotency-Key": a_key()}
    )
    problem(answer, 401, "not_signed_in")
    is_out(caller, "/hom-nay", "/may-cua-toi", f"{village.pages}/thu")
    is_out(caller, "/du-lieu-cua-toi", "/ai-xem")
    assert caller.send("/phien/bo-het", {}).headers["location"] == "/vao"
    assert village.everything() == before
    assert caller.get(f"{API}/me").status_code == browser.get("/hom-nay").status_code == 200


# A new token


def test_signing_in_again_ends_the_token_before(app: FastAPI, phone: str) -> None:
    """Whoever planted or copied the old cookie is out; a wrong PIN changes nothing."""
    browser = on_a_page(app, phone)
    thief = at(app)
    thief.cookies.set("solon", browser.cookies["solon"])
    browser.post("/vao", data={"device_token": phone, "pin": OTHER})
    assert thief.get("/hom-nay").status_code == 200
    browser.post("/vao", data={"device_token": phone, "pin": PIN})
    assert browser.cookies["solon"] != thief.cookies["solon"]
    is_out(thief)
    assert browser.get("/hom-nay").status_code == 200


def test_a_new_pin_ends_every_other_session(village: Village, app: FastAPI, phone: str) -> None:
    here, there, caller = on_a_page(app, phone), on_a_page(app, phone), program(app, phone)
    head = village.browser(village.chapter.head)
    form = {"old_pin": PIN, "pin": OTHER, "pin_again": OTHER}
    assert here.post("/ma-pin", data=form).headers["location"] == "/may-cua-toi?da=ma-pin"
    assert here.get("/hom-nay").status_code == 200
    is_out(there)
    problem(caller.get(f"{API}/me"), 401, "not_signed_in")
    assert head.get("/hom-nay").status_code == 200, "only hers"
    assert at(app).post("/vao", data={"device_token": phone, "pin": PIN}).status_code == 401
    program(app, phone, OTHER)


def test_a_new_pin_over_the_api(village: Village, app: FastAPI, phone: str) -> None:
    here, there = program(app, phone), program(app, phone)
    wrong = here.post(f"{API}/pins", {"old_pin": OTHER, "new_pin": OTHER})
    problem(wrong, 422, "pin_wrong")
    changed = here.post(f"{API}/pins", {"old_pin": PIN, "new_pin": OTHER})
    assert changed.status_code == 204
    problem(there.get(f"{API}/me"), 401, "not_signed_in")
    assert here.get(f"{API}/me").status_code == 200
    program(app, phone, OTHER)


PINS = {
    "12345": "pin_form", "1234567890123": "pin_form", "40719a": "pin_form", "４０７１９５": "pin_form",
    "111111": "pin_trivial", "123456": "pin_trivial", "987654": "pin_trivial",
    "407407": "pin_trivial", "121212": "pin_trivial", "198407": "pin_trivial",
    "735026": "", "912345": "pin_trivial", "5678": "pin_form", "345678": "pin_trivial",
}  # fmt: skip


@pytest.mark.parametrize(("pin", "code"), PINS.items())
def test_what_a_new_pin_must_be(app: FastAPI, phone: str, pin: str, code: str) -> None:
    """Not her phone's figures, no year, nothing repeated; her phone in the story is 0912345678."""
    caller = program(app, phone)
    answer = caller.post(f"{API}/pins", {"old_pin": PIN, "new_pin": pin})
    if not code:
        assert answer.status_code == 204
        return
    said = problem(answer, 422, code)
    assert pin not in said["detail"]
    program(app, phone)


def test_guesses_at_the_old_pin_are_counted(
    village: Village, app: FastAPI, phone: str, clock: StoryClock
) -> None:
    """A borrowed, open phone is no way around the lock."""
    caller = program(app, phone)
    for _ in range(10):
        wrong = {"old_pin": OTHER, "new_pin": "735026"}
        problem(caller.post(f"{API}/pins", wrong), 422, "pin_wrong")
        clock.wait(minutes=3)
    right = {"old_pin": PIN, "new_pin": OTHER}
    problem(caller.post(f"{API}/pins", right), 429, "locked")
    answer = at(app).post(f"{API}/sessions", json={"device_token": phone, "pin": PIN})
    problem(answer, 429, "locked")


# Seen and ended


def test_where_her_book_is_open(
    village: Village, app: FastAPI, phone: str, clock: StoryClock
) -> None:
    """Devices and sessions, with when each was used last, and which one she holds."""
    clock.wait(minutes=60)
    caller = program(app, phone)
    clock.wait(minutes=180)
    here = program(app, a_phone(village.db, app, village.chapter.treasurer, label="Máy tính"))
    devices = {d["label"]: d for d in here.get(f"{API}/devices").json()["items"]}
    assert devices["Máy chị Thủ"]["last_used_at"].startswith("2026-10-20T03")
    assert devices["Máy tính"]["last_used_at"].startswith("2026-10-20T06")
    assert [d["current"] for d in devices.values()] == [False, True]
    sessions = here.get(f"{API}/sessions").json()["items"]
    told = [(s["device"], s["last_used_at"][:13], s["current"]) for s in sessions]
    assert told == [("Máy tính", "2026-10-20T06", True), ("Máy chị Thủ", "2026-10-20T03", False),
                    (None, "2026-10-20T02", False), (None, "2026-10-20T02", False)]  # fmt: skip
    clock.wait(minutes=60)
    caller.get(f"{API}/me")
    again = {d["label"]: d for d in here.get(f"{API}/devices").json()["items"]}
    assert again["Máy chị Thủ"]["last_used_at"].startswith("2026-10-20T07"), "used once more"
    page = seen(on_a_page(app, phone).get("/may-cua-toi").text)
    assert "Máy chị Thủ máy này" in page and "Máy tính" in page and page.count("lúc 14 giờ") >= 2


def test_one_is_ended_or_all(village: Village, app: FastAPI, phone: str) -> None:
    first, second, third = (program(app, phone) for _ in range(3))
    stranger = village.program(village.chapter.head)
    sessions = first.get(f"{API}/sessions").json()["items"]
    (own,) = (s["id"] for s in sessions if s["current"])
    others = [s["id"] for s in second.get(f"{API}/sessions").json()["items"] if s["current"]]
    problem(stranger("DELETE", f"{API}/sessions/{own}"), 404, "not_found")
    assert first("DELETE", f"{API}/sessions/{others[0]}").status_code == 204
    problem(second.get(f"{API}/me"), 401, "not_signed_in")
    problem(first("DELETE", f"{API}/sessions/{others[0]}"), 404, "not_found")
    assert first("DELETE", f"{API}/sessions").status_code == 204
    for caller in (first, third):
        problem(caller.get(f"{API}/me"), 401, "not_signed_in")
    assert stranger.get(f"{API}/me").status_code == 200


@pytest.mark.parametrize("how", ["signed out", "ended", "all ended", "phone given up", "too old"])
def test_a_stolen_cookie_is_worth_nothing_afterwards(
    village: Village, app: FastAPI, phone: str, clock: StoryClock, how: str
) -> None:
    """Nothing is read with it, and nothing written."""
    owner = on_a_page(app, phone)
    thief = at(app)
    thief.cookies.set("solon", owner.cookies["solon"])
    sheet = thief.get(f"{village.pages}/thu")
    assert sheet.status_code == 200
    page = owner.get("/may-cua-toi").text
    (device,) = re.findall(r"/may-cua-toi/([0-9a-f-]{36})/bo", page)
    if how == "too old":
        clock.wait(minutes=12 * 60)
    elif how == "ended":
        own = next(s["id"] for s in Caller(
            at(app), {"Authorization": f"Bearer {owner.cookies['solon']}"}
        ).get(f"{API}/sessions").json()["items"] if s["current"])  # fmt: skip
        owner.post(f"/phien/{own}/bo")
    else:
        owner.post({"signed out": "/ra", "all ended": "/phien/bo-het",
                    "phone given up": f"/may-cua-toi/{device}/bo"}[how])  # fmt: skip
    before = village.everything()
    is_out(thief, "/hom-nay", f"{village.pages}/thu", f"{village.pages}/hoi-vien", "/ma-pin")
    form = {"key": hidden(sheet.text, "key")} if 'name="key"' in sheet.text else {}
    for path in (f"{village.pages}/thu", f"{village.pages}/the", "/phien/bo-het", "/ma-pin"):
        assert thief.post(path, data=form).headers["location"] == "/vao", path
    token = {"Authorization": f"Bearer {thief.cookies['solon']}", "Idempotency-Key": a_key()}
    answer = at(app).post(village.sheets, json=village.sheet(), headers=token)
    problem(answer, 401, "not_signed_in")
    assert village.everything() == before


def test_her_office_ends_and_her_sessions_with_it(
    village: Village, app: FastAPI, phone: str, clock: StoryClock
) -> None:
    """At once; and a phone that is still hers opens nothing any more."""
    clock.tell(TODAY + DAY)
    village.tokens.clear()  # yesterday's sessions are too old; everybody signs in again
    browser, caller = on_a_page(app, phone), program(app, phone)
    (office,) = caller.get(f"{API}/me").json()["offices"]
    ended = village.program(village.chapter.head).post(
        f"{API}/offices/{office['id']}/end", {"on": f"{TODAY + DAY}", "reason": "nghỉ"}
    )
    assert ended.status_code in (200, 204), ended.text
    is_out(browser)
    problem(caller.get(f"{API}/me"), 401, "not_signed_in")
    again = at(app).post("/vao", data={"device_token": phone, "pin": PIN})
    assert again.status_code == 403 and "solon" not in again.cookies
