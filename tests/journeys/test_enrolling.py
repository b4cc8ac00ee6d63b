"""How a phone is let in, reported as lost, and how the house is opened again from its own shell."""

from __future__ import annotations

import re
import subprocess
from contextlib import closing
from typing import Any

import pytest
from fastapi import FastAPI

from app.access import actions as access
from app.config import Settings
from app.db.engine import open_database
from app.db.tx import Tx
from app.terms import Role
from tests.faults.serving import solon
from tests.journeys.doors import API, Caller, Village, problem, seen
from tests.journeys.holders import OTHER, PIN, a_phone, at, quick
from tests.story import A_PHONE, StoryClock, a_union, findings, sign_in

UNKNOWN = "0987654321"


@pytest.fixture
def code(village: Village) -> str:
    """A new inspector's code; her number is everybody's in this story."""
    return appointed(village)["enrol_code"]


def appointed(village: Village, phone: str = A_PHONE) -> dict[str, str]:
    told = {"person": {"name": "Nguyễn Thị Kiểm", "phone": phone}, "role": "inspector",
            "from": "2026-10-20"}  # fmt: skip
    made = village.program(village.chapter.head).post(
        f"{API}/units/{village.chapter.id}/offices", told
    )
    assert made.status_code == 201, made.text
    found: dict[str, str] = made.json()
    return found


def enrol(app: FastAPI, code: str, *, phone: str = A_PHONE, pin: str = PIN,
          address: str = "10.0.0.1") -> Any:  # fmt: skip
    body = {"phone": phone, "enrol_code": code, "pin": pin, "label": "Máy mới"}
    return at(app, address).post(f"{API}/devices", json=body)


# Codes


def test_a_code_is_good_once(app: FastAPI, code: str) -> None:
    assert enrol(app, code).status_code == 201
    problem(enrol(app, code), 401, "code_wrong")
    problem(enrol(app, code, pin=OTHER), 401, "code_wrong")


def test_a_code_is_good_for_a_day(app: FastAPI, code: str, clock: StoryClock) -> None:
    clock.wait(minutes=24 * 60)
    problem(enrol(app, code), 401, "code_wrong")


def test_a_code_belongs_to_a_phone(app: FastAPI, code: str) -> None:
    """A code that was read over her shoulder is no use without her number; nor is it used up."""
    problem(enrol(app, code, phone=UNKNOWN), 401, "code_wrong")
    assert enrol(app, code).status_code == 201


def test_a_code_never_replaces_a_pin(village: Village, app: FastAPI) -> None:
    """Whoever can make codes for her cannot become her."""
    made = appointed(village)
    enrol(app, made["enrol_code"])
    told = {"person_id": made["person_id"], "role": "inspector", "from": "2026-10-20"}
    second = village.program(village.neighbour.union.leader).post(
        f"{API}/units/{village.neighbour.id}/offices", told
    )
    assert second.status_code == 201, second.text
    problem(enrol(app, second.json()["enrol_code"], pin=OTHER), 401, "code_wrong")
    assert enrol(app, second.json()["enrol_code"]).status_code == 201


def test_whatever_is_wrong_is_one_answer(village: Village, app: FastAPI, clock: StoryClock) -> None:
    """Used, old, void, another's, never made; a known phone and an unknown one."""
    used, old = appointed(village)["enrol_code"], appointed(village)["enrol_code"]
    enrol(app, used)
    other = appointed(village, "0977000222")["enrol_code"]
    clock.wait(minutes=24 * 60)
    village.tokens.clear()  # yesterday's sessions are too old
    hers = appointed(village)["enrol_code"]
    answers = [
        enrol(app, used, address="10.5.0.1"),
        enrol(app, old, address="10.5.0.2"),
        enrol(app, other, phone="0977000222", address="10.5.0.3"),
        enrol(app, "AAAAA-AAAAA", phone="0977000222", address="10.5.0.4"),
        enrol(app, "AAAAA-AAAAA", phone=UNKNOWN, address="10.5.0.5"),
        enrol(app, hers, phone=UNKNOWN, address="10.5.0.6"),
    ]
    assert {(a.status_code, a.text, tuple(a.headers)) for a in answers} == {
        (401, answers[0].text, tuple(answers[0].headers))
    }
    assert enrol(app, hers, address="10.5.0.7").status_code == 201


def test_known_and_unknown_phones_are_counted_alike(
    village: Village, app: FastAPI, clock: StoryClock, code: str
) -> None:
    """Try after try: the same refusals, the same waits, the same lock at the same moment."""
    pins = quick(app)

    def tried(phone: str, address: str) -> list[tuple[int, str, int]]:
        told = []
        for n in range(40):
            before = pins.looked_at
            answer = enrol(app, "AAAAA-AAAAA", phone=phone, address=address)
            body = re.sub(r"\d+ giây", "giây", answer.text)
            told.append((answer.status_code, body, pins.looked_at - before))
            clock.wait(minutes=3 if n % 3 == 2 else 0)
        return told

    known, unknown = tried(A_PHONE, "10.5.1.1"), tried(UNKNOWN, "10.5.1.2")
    assert known == unknown
    assert [status for status, _, _ in known].count(401) == 10
    assert "locked" in known[-1][1]


def test_a_trivial_first_pin_uses_up_nothing(app: FastAPI, code: str) -> None:
    for pin in ("111111", "123456", "345678", "198611"):
        problem(enrol(app, code, pin=pin), 422, "pin_trivial")
    assert enrol(app, code).status_code == 201


# A lost phone


def test_another_officer_reports_a_lost_phone(village: Village, app: FastAPI) -> None:
    """One press: the phone and whatever was open on it end at once; the trail says who did it."""
    chapter = village.chapter
    lost = a_phone(village.db, app, chapter.head, label="Máy chị Trưởng")
    kept = a_phone(village.db, app, chapter.head, label="Máy ở nhà")
    finder, owner = (at(app).post(f"{API}/sessions", json={"device_token": one, "pin": PIN})
                     .json()["token"] for one in (lost, kept))  # fmt: skip
    treasurer = village.browser(chapter.treasurer)
    offices = f"/don-vi/{chapter.id}/chuc-vu"
    page = treasurer.get(offices).text
    assert "Máy chị Trưởng" in seen(page)
    form = re.search(r'action="(/may/[^"]*/mat)"(?:(?!</form>).)*Máy chị Trưởng', page, re.S)
    assert form
    before, _ = chapter.head_now()
    assert treasurer.send(form[1], {"unit": chapter.id}).headers["location"].startswith(offices)
    found = Caller(at(app), {"Authorization": f"Bearer {finder}"})
    problem(found.get(f"{API}/me"), 401, "not_signed_in")
    answer = at(app).post(f"{API}/sessions", json={"device_token": lost, "pin": PIN})
    problem(answer, 401, "pin_wrong")
    hers = Caller(at(app), {"Authorization": f"Bearer {owner}"})
    assert hers.get(f"{API}/me").status_code == 200, "her other phone goes on"
    sql = "SELECT act, person_id FROM trail WHERE chapter_id = ? AND seq > ?"
    told = village.db.read_now(Tx.rows, sql, (chapter.id, before))
    assert told == [("device_revoked", chapter.treasurer.person_id)]


def test_who_cannot_report_it(village: Village, app: FastAPI) -> None:
    chapter = village.chapter
    phone = a_phone(village.db, app, chapter.head)
    owner = at(app).post(f"{API}/sessions", json={"device_token": phone, "pin": PIN}).json()
    hers = Caller(at(app), {"Authorization": f"Bearer {owner['token']}"})
    (device,) = hers.get(f"{API}/devices").json()["items"]
    path = f"{API}/devices/{device['id']}"
    for stranger in (chapter.inspector, village.neighbour.head, village.neighbour.treasurer):
        problem(village.program(stranger)("DELETE", path), 404, "not_found")
    assert hers.get(f"{API}/me").status_code == 200
    assert village.program(chapter.union.leader)("DELETE", path).status_code == 204
    problem(hers.get(f"{API}/me"), 401, "not_signed_in")


# The server's own shell


def run(settings: Settings, *command: str) -> str:
    """A `solon` command to its end; what it printed."""
    process = solon(settings, *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 0, wrong
    return said


def test_the_only_administrator_is_lost(settings: Settings, clock: StoryClock) -> None:
    """`solon rescue` prints a token; the Union's trail says so, and somebody else is let in."""
    with closing(open_database(settings)) as db:
        union = a_union(db)
    said = run(settings, "rescue")
    token = re.search(r"^ +(\S{43})$", said, re.M)
    assert token
    with closing(open_database(settings)) as db:
        sql = "SELECT act, content FROM trail WHERE chapter_id = ? ORDER BY seq DESC LIMIT 1"
        act, content = db.read_now(Tx.rows, sql, (union.root,))[0]
        assert act == "rescue_begun" and token[1] not in bytes(content).decode()
        assert findings(db, union.root) == []
        made = db.write_now(
            access.set_up, setup_token=token[1], name="Nguyễn Thị Khác", phone=UNKNOWN,
            pin_hash="hers", label="máy",
        )  # fmt: skip
        (office,) = db.write_now(sign_in, made.person_id).offices
        assert (office.role, office.unit_id) == (Role.ADMINISTRATOR, union.root)


def test_the_token_of_a_rescue_makes_an_administrator(village: Village, app: FastAPI) -> None:
    token = village.db.write_now(access.rescue)
    body = {"setup_token": token, "name": "Nguyễn Thị Khác", "phone": "0977000333", "pin": PIN}
    made = at(app).post(f"{API}/setup", json=body)
    assert made.status_code == 201
    device = made.json()["device_token"]
    began = at(app).post(f"{API}/sessions", json={"device_token": device, "pin": PIN}).json()
    assert [office["role"] for office in began["offices"]] == ["administrator"]
    problem(at(app).post(f"{API}/setup", json=body), 401, "setup_token_wrong")
