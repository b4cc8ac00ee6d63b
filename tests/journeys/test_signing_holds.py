"""Locks are lifted whole; who signs sees what she signs, then and later."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.terms import Role
from tests.journeys.doors import API, Village, seen
from tests.journeys.signing import (
    OTHER_PIN,
    PHONE,
    PIN,
    appoint,
    done,
    enters,
    next_morning,
    sign,
    signs_in,
    waits,
)
from tests.story import StoryClock, a_key


def test_unlocking_lifts_the_lock_of_her_number(
    village: Village, client: TestClient, clock: StoryClock
) -> None:
    """Ten wrong codes on her number lock enrolling; two persons lift that too."""
    head = village.program(village.chapter.head)
    made = appoint(head, village.chapter.id, Role.INSPECTOR).json()
    for _ in range(10):
        body = {"phone": PHONE, "enrol_code": "AAAAA-AAAAA", "pin": PIN, "label": "máy"}
        client.post(f"{API}/devices", json=body)
        clock.wait(minutes=20)
    path = f"{API}/people/{made['person_id']}/unlock"
    told = waits(village.treasurer.post(path, {"reason": "bị khóa"}))
    enters(client, done(sign(head, told))["enrol_code"])


def test_a_new_pin_lifts_the_lock(village: Village, client: TestClient, clock: StoryClock) -> None:
    """Who forgot her PIN has tried ten times: one pair of signatures is enough."""
    head = village.program(village.chapter.head)
    made = appoint(head, village.chapter.id, Role.INSPECTOR).json()
    device = enters(client, made["enrol_code"])
    for _ in range(10):
        signs_in(client, device, OTHER_PIN)
        clock.wait(minutes=20)
    path = f"{API}/people/{made['person_id']}/pin-reset"
    told = waits(village.treasurer.post(path, {"reason": "quên"}))
    again = enters(client, done(sign(head, told))["enrol_code"], OTHER_PIN)
    assert signs_in(client, again, OTHER_PIN).status_code == 201


def test_the_phone_that_will_be_let_in_is_shown(village: Village) -> None:
    of = village.chapter
    told = waits(appoint(village.program(of.union.leader), of.id, Role.TREASURER))
    page = seen(village.browser(of.head).get(f"/ky/{told['approval_id']}").text)
    assert PHONE in page


def test_what_was_signed_is_still_shown(village: Village, clock: StoryClock) -> None:
    posted = village.recorded("Lan 7.000/7")
    next_morning(village, clock)
    charter = f"{API}/chapters/{village.chapter.id}/charter"
    rules = village.treasurer.get(charter).json()
    rules |= {"minimum_per_period": 2000, "in_force_from": "2026-10-21"}
    path = f"{API}/entries/{posted['id']}/reversal"
    asked = (
        (waits(village.treasurer("PUT", charter, json=rules)), "2.000"),
        (waits(village.treasurer.post(path, {"reason": "nhầm"}, key=a_key())), "7.000"),
    )
    head = village.browser(village.chapter.head)
    for told, word in asked:
        page = f"/ky/{told['approval_id']}"
        assert word in seen(head.get(page).text)
        done(sign(village.program(village.chapter.head), told))
        assert word in seen(head.get(page).text)


@pytest.mark.parametrize("minimum", ["500đ", "0", "0,5k", "200 triệu"])
def test_a_minimum_that_no_charter_may_have(village: Village, minimum: str) -> None:
    union = village.chapter.union
    heading = "cấp;tên;cấp trên;từ ngày;mức góp"
    table = f"{heading}\nChi hội;Thôn Ba;Xã Đồng Tâm;01/08/2025;{minimum}\n"
    path = f"{API}/units/{union.commune}/founding"
    told = {"table": table, "dry_run": True}
    answer = village.program(union.leader).post(path, told)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "line 2"
