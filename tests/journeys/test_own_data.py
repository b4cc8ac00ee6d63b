"""All that is held on me, and who looked at it."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI

from app.reports import records
from app.terms import Actor
from tests.journeys.doors import API, Caller, Village, problem
from tests.journeys.holders import PIN, a_phone, at, her_card, member_and_inspector, quick


def with_her_card(village: Village, app: FastAPI, name: str) -> Caller:
    card = her_card(village.chapter, app, name)
    answer = at(app).post(f"{API}/sessions", json={"card_id": card.id, "pin": PIN})
    return Caller(at(app), {"Authorization": f"Bearer {answer.json()['token']}"})


def views(her: Caller) -> list[Any]:
    found: list[Any] = her.get(f"{API}/me/views").json()["items"]
    return found


def test_her_own_look_as_an_officer_is_not_shown_to_her(village: Village, app: FastAPI) -> None:
    quick(app)
    made = member_and_inspector(village.chapter, "Sen")
    phone = a_phone(village.db, app, Actor(made.person_id, None))
    session = at(app).post(f"{API}/sessions", json={"device_token": phone, "pin": PIN}).json()
    as_inspector = Caller(at(app), {"Authorization": f"Bearer {session['token']}"})
    for name in ("Sen", "Lan"):
        member = f"{API}/members/{village.chapter.members[name]}"
        assert as_inspector.get(member).status_code == 200
    assert views(with_her_card(village, app, "Sen")) == []
    assert len(views(with_her_card(village, app, "Lan"))) == 1


def test_an_empty_correction_is_no_way_to_look(village: Village) -> None:
    """It would answer with the whole record and leave no line."""
    path = f"{API}/members/{village.chapter.members['Lan']}"
    answer = village.program(village.chapter.head)("PATCH", path, json={})
    problem(answer, 422, "nothing_to_correct")


def test_all_data_means_her_lines_and_her_words_too(village: Village, app: FastAPI) -> None:
    lines = village.recorded("Lan 5.000/5, Hoa 7.000/7")["lines"]
    her = with_her_card(village, app, "Lan")
    told = {"line_id": lines[0]["line_id"], "verdict": "wrong", "note": "tôi góp 6.000"}
    lan = village.chapter.members["Lan"]
    assert her.post(f"{API}/members/{lan}/confirmations", told).status_code in (200, 201, 204)
    (membership,) = her.get(f"{API}/me/data").json()["memberships"]
    assert membership["lines"] == [
        {"line_id": lines[0]["line_id"], "date": "2026-10-20", "kind": "sheet", "amount": 5000,
         "periods": 5},
    ]  # fmt: skip
    assert membership["words"] == [told]
    assert [card["revoked_at"] for card in membership["cards"]] == [None]
    assert lines[1]["line_id"] not in json.dumps(membership)


def test_all_data_means_past_offices_and_sign_ins(village: Village) -> None:
    made = member_and_inspector(village.chapter, "Sen")
    end = f"{API}/offices/{made.office_id}/end"
    told = {"on": "2026-10-20", "reason": "nghỉ"}
    assert village.program(village.chapter.head).post(end, told).status_code == 204
    found = village.db.read_now(records.my_data, actor=Actor(made.person_id, None))
    assert [(o["role"], o["to"]) for o in found["offices"]] == [("inspector", "2026-10-20")]
    of_the_head = village.program(village.chapter.head).get(f"{API}/me/data").json()
    assert len(of_the_head["sign_ins"]) == 2  # when the story began, and here
