"""What takes two, as programs ask for it and sign it: 202, then 200, and never by one hand."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app import money
from app.terms import Role
from tests.journeys.doors import API, Caller, Village, fields, problem
from tests.journeys.signing import (
    OTHER_PIN,
    PHONE,
    PIN,
    RULES,
    appoint,
    asked,
    done,
    enters,
    listed,
    next_morning,
    reversal_waits,
    sign,
    signs_in,
    waits,
)
from tests.story import StoryClock, a_key, counted


@pytest.fixture
def head(village: Village) -> Caller:
    """The chapter's head, at the API."""
    return village.program(village.chapter.head)


@pytest.fixture
def deputy(village: Village) -> Caller:
    """The chapter's deputy, at the API."""
    return village.program(village.chapter.deputy)


# An old sheet


def test_an_old_sheet_is_taken_back_by_two(village: Village, clock: StoryClock) -> None:
    sheet = village.recorded("Lan 5.000/5, Hoa 1.000/1")
    next_morning(village, clock)
    head = village.program(village.chapter.head)
    told = reversal_waits(village, sheet, "Lan")
    assert asked(village) == "head deputy"
    (item,) = listed(head)
    assert {name: item[name] for name in ("approval_id", "fingerprint", "kind", "state")} == {
        "approval_id": told["approval_id"], "fingerprint": told["fingerprint"],
        "kind": "reversal", "state": "waiting",
    }  # fmt: skip
    assert item["proposed_by"] == village.chapter.treasurer.person_id
    assert item["chapter_id"] == village.chapter.id
    assert item["proposed_at"].startswith("2026-10-21T02:00:00")
    shown = {pair["label"]: pair["value"] for pair in item["shown"]}
    assert shown["1 · Nguyễn Thị Lan"] == money.show(-5000)
    assert shown["reason"] == "Ghi nhầm phong bì" and "Hoa" not in str(shown)
    result = done(sign(head, told))
    assert result["total"] == -5000
    assert village.treasurer.get(f"{API}/sheets/{result['id']}").json()["total"] == -5000
    assert asked(village) == ""
    assert [one["approval_id"] for one in listed(head, "done")] == [told["approval_id"]]
    assert listed(village.program(village.neighbour.head), "done") == []


def test_who_cannot_sign(village: Village, clock: StoryClock) -> None:
    sheet = village.recorded("Lan 5.000/5")
    next_morning(village, clock)
    told, of = reversal_waits(village, sheet), village.chapter
    before = village.everything()
    problem(sign(village.treasurer, told), 403, "same_person")
    for other in (of.inspector, of.union.leader, of.union.administrator):
        problem(sign(village.program(other), told), 403, "not_signer")
    stranger = village.program(village.neighbour.head)
    foreign = problem(sign(stranger, told), 404, "not_found")
    missing = told | {"approval_id": "0197a000-0000-7000-8000-000000000000"}
    assert problem(sign(stranger, missing), 404, "not_found") == foreign
    problem(sign(village.nobody(), told), 401, "not_signed_in")
    assert village.everything() == before


def test_a_signature_is_under_a_fingerprint(village: Village, clock: StoryClock) -> None:
    sheet = village.recorded("Lan 5.000/5")
    next_morning(village, clock)
    told, head = reversal_waits(village, sheet), village.program(village.chapter.head)
    before = village.everything()
    problem(sign(head, told, fingerprint="0" * 64), 409, "fingerprint_changed")
    for bad in ("", "0" * 63, told["fingerprint"].upper(), 7, None):
        said = problem(sign(head, told, fingerprint=bad), 422, "invalid")
        assert fields(said) == ["fingerprint"]
    assert fields(problem(sign(head, told, pin=PIN), 422, "invalid")) == ["pin"]
    assert village.everything() == before
    done(sign(head, told))
    problem(sign(head, told), 409, "decided_already")
    problem(sign(village.program(village.chapter.deputy), told), 409, "decided_already")
    assert counted(village.db, "entry") == 2


def test_it_is_refused_or_taken_back(village: Village, clock: StoryClock) -> None:
    sheet = village.recorded("Lan 5.000/5, Hoa 1.000/1")
    next_morning(village, clock)
    head = village.program(village.chapter.head)
    for by, name in ((head, "Lan"), (village.treasurer, "Hoa")):
        told = reversal_waits(village, sheet, name)
        path = f"{API}/approvals/{told['approval_id']}/refuse"
        assert fields(problem(by.post(path, {"reason": ""}), 422, "invalid")) == ["reason"]
        answer = by.post(path, {"reason": "chưa rõ"})
        assert (answer.status_code, answer.json()) == (200, {"state": "refused"})
        problem(by.post(path, {"reason": "chưa rõ"}), 409, "decided_already")
        problem(sign(head, told), 409, "decided_already")
    assert len(listed(head, "refused")) == 2 and counted(village.db, "entry") == 1


def test_a_key_sent_again_answers_again(village: Village, clock: StoryClock) -> None:
    sheet = village.recorded("Lan 5.000/5")
    next_morning(village, clock)
    path, key = f"{API}/entries/{sheet['id']}/reversal", a_key()
    first = village.treasurer.post(path, {"reason": "nhầm"}, key=key)
    again = village.treasurer.post(path, {"reason": "nhầm"}, key=key)
    assert waits(first) == waits(again) and again.content == first.content
    assert again.headers["idempotent-replay"] == "true"
    assert "idempotent-replay" not in first.headers
    assert counted(village.db, "approval") == 1


def test_what_is_not_valid_is_refused_before_it_waits(village: Village, clock: StoryClock) -> None:
    sheet = village.recorded("Lan 5.000/5")
    next_morning(village, clock)
    done(sign(village.program(village.chapter.head), reversal_waits(village, sheet)))
    path = f"{API}/entries/{sheet['id']}/reversal"
    answer = village.treasurer.post(path, {"reason": "nhầm"}, key=a_key())
    problem(answer, 409, "reversed_already")
    charter = f"{API}/chapters/{village.chapter.id}/charter"
    too_early = village.treasurer("PUT", charter, json=RULES | {"in_force_from": "2026-10-19"})
    problem(too_early, 422, "charter_too_early")
    above_the_law = village.treasurer("PUT", charter, json=RULES | {"loan_monthly_rate_bp": 167})
    assert fields(problem(above_the_law, 422, "invalid")) == ["loan_monthly_rate_bp"]
    assert counted(village.db, "approval") == 1


# The charter


def test_a_charter_is_in_force_once_two_have_signed(
    village: Village, head: Caller, clock: StoryClock
) -> None:
    path = f"{API}/chapters/{village.chapter.id}/charter"
    before = head.get(path).json()
    told = waits(village.treasurer("PUT", path, json=RULES))
    assert head.get(path).json() == before
    (item,) = listed(head)
    shown = {pair["label"]: pair["value"] for pair in item["shown"]}
    assert shown["charter.minimum_per_period"] == "1000 → 2000"
    changed = {name for name, value in RULES.items() if value != before[name]}
    assert {label.removeprefix("charter.") for label in shown} == (
        changed - {"in_force_from"} | {"from"}
    )
    assert done(sign(head, told)) == {"in_force_from": "2026-10-21"}
    assert head.get(path).json() == before  # from tomorrow
    next_morning(village, clock)
    now = village.program(village.chapter.inspector).get(path).json()
    assert now == RULES
    waits(village.treasurer("PUT", path, json=now | {"in_force_from": "2026-10-22"}))


def test_what_the_head_proposes_her_deputy_signs(
    village: Village, head: Caller, deputy: Caller
) -> None:
    told = waits(head("PUT", f"{API}/chapters/{village.chapter.id}/charter", json=RULES))
    assert asked(village) == "deputy"
    problem(sign(head, told), 403, "same_person")
    done(sign(deputy, told))


# Officers


def test_an_officer_is_replaced_by_two(village: Village, client: TestClient, head: Caller) -> None:
    of = village.chapter
    leader = village.program(of.union.leader)
    told = waits(appoint(leader, of.id, Role.TREASURER))
    assert asked(village) == "head provincial administrator"
    assert village.treasurer.get(village.sheets).status_code == 200
    result = done(sign(head, told))
    assert set(result) == {"office_id", "person_id", "enrol_code"}
    problem(village.treasurer.get(village.sheets), 401, "not_signed_in")
    session = signs_in(client, enters(client, result["enrol_code"])).json()
    assert [o["role"] for o in session["offices"]] == ["treasurer"]
    bearer = {"Authorization": f"Bearer {session['token']}"}
    assert client.get(village.sheets, headers=bearer).status_code == 200
    held = leader.get(f"{API}/units/{of.id}/offices").json()["items"]
    sat = [(o["person_id"], o["from"], o["to"]) for o in held if o["role"] == "treasurer"]
    assert sat == [
        (of.treasurer.person_id, "2020-03-08", "2026-10-20"),
        (result["person_id"], "2026-10-20", None),
    ]
    assert result["enrol_code"] not in leader.get(f"{API}/approvals?state=done").text


def test_a_forgotten_pin(village: Village, client: TestClient, head: Caller) -> None:
    """Her old PIN, device and session end; a new code and a PIN of her own begin anew."""
    made = appoint(head, village.chapter.id, Role.INSPECTOR).json()
    device = enters(client, made["enrol_code"])
    bearer = {"Authorization": f"Bearer {signs_in(client, device).json()['token']}"}
    path = f"{API}/people/{made['person_id']}/pin-reset"
    told = waits(village.treasurer.post(path, {"reason": "quên"}))
    assert client.get(f"{API}/me", headers=bearer).status_code == 200
    assert asked(village) == "head deputy"
    code = done(sign(head, told))["enrol_code"]
    problem(client.get(f"{API}/me", headers=bearer), 401, "not_signed_in")
    problem(signs_in(client, device), 401, "pin_wrong")
    again = enters(client, code, OTHER_PIN)
    problem(signs_in(client, again), 401, "pin_wrong")
    assert signs_in(client, again, OTHER_PIN).status_code == 201
    problem(signs_in(client, device, OTHER_PIN), 401, "pin_wrong")  # the old phone stays out
    body = {"phone": PHONE, "enrol_code": code, "pin": OTHER_PIN, "label": "máy hai"}
    problem(client.post(f"{API}/devices", json=body), 401, "code_wrong")  # a code is good once


def test_a_lock(village: Village, client: TestClient, head: Caller, clock: StoryClock) -> None:
    made = appoint(head, village.chapter.id, Role.INSPECTOR).json()
    device = enters(client, made["enrol_code"])
    for _ in range(10):
        problem(signs_in(client, device, OTHER_PIN), 401, "pin_wrong")
        clock.wait(minutes=20)
    problem(signs_in(client, device), 429, "locked")
    path = f"{API}/people/{made['person_id']}/unlock"
    told = waits(village.treasurer.post(path, {"reason": "cháu nghịch máy"}))
    problem(signs_in(client, device), 429, "locked")
    result = done(sign(head, told))
    assert set(result) == {"person_id", "enrol_code"}
    assert signs_in(client, device).status_code == 201


def test_what_is_not_hers_to_ask(village: Village) -> None:
    of = village.chapter
    before = village.everything()
    stranger, inspector = village.program(village.neighbour.head), village.program(of.inspector)
    for what in ("pin-reset", "unlock"):
        path = f"{API}/people/{of.deputy.person_id}/{what}"
        problem(stranger.post(path, {"reason": "x"}), 404, "not_found")
        problem(inspector.post(path, {"reason": "x"}), 403, "not_your_office")
    charter = f"{API}/chapters/{of.id}/charter"
    problem(stranger("PUT", charter, json=RULES), 404, "not_found")
    problem(inspector("PUT", charter, json=RULES), 403, "not_your_office")
    problem(appoint(stranger, of.id, Role.TREASURER), 404, "not_found")
    problem(appoint(inspector, of.id, Role.TREASURER), 403, "not_your_office")
    assert village.everything() == before
