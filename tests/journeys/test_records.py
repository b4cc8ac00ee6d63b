"""A woman asks who has read her book, takes her own data home, and says "sai"."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.journeys.doors import API, Caller, Village, problem, seen
from tests.journeys.holders import PIN, at, her_card, member_and_inspector
from tests.story import StoryClock, counted

OWN = "/so-cua-toi"


@pytest.fixture
def lan(village: Village, app: FastAPI) -> TestClient:
    """Lan's phone, her own book open; her token opens the API as well."""
    phone = at(app)
    card = her_card(village.chapter, app, "Lan")
    assert phone.post(card.door, data={"pin": PIN}).headers["location"] == OWN
    return phone


def program(app: FastAPI, phone: TestClient) -> Caller:
    """The same sign-in, as a program."""
    return Caller(at(app), {"Authorization": f"Bearer {phone.cookies['solon']}"})


def looks(village: Village, by: Any, path: str, name: str = "Lan") -> None:
    """An officer opens a member's record at the API."""
    path = f"{API}/members/{village.chapter.members[name]}{path}"
    assert village.program(by).get(path).status_code == 200


def who_looked(caller: Caller) -> list[str]:
    found = caller.get(f"{API}/me/views").json()
    assert list(found) == ["items", "next"]
    return [one["who"].removeprefix("Nguyễn Thị ") for one in found["items"]]


# Who looked


@pytest.mark.parametrize("path", ["", "/balance", "/statement"])
def test_every_door_to_her_record_leaves_a_line(
    village: Village, app: FastAPI, lan: TestClient, path: str
) -> None:
    herself = program(app, lan)
    for by in (village.chapter.treasurer, village.chapter.head, village.chapter.inspector):
        looks(village, by, path)
    looks(village, village.chapter.head, path, "Hoa")
    herself.get(f"{API}/members/{village.chapter.members['Lan']}{path}")
    assert sorted(who_looked(herself)) == ["chapter_head", "inspector"]


def test_her_page_of_visits(village: Village, lan: TestClient, clock: StoryClock) -> None:
    """On whichever door the officers came; an hour is one line, a later hour another."""
    assert "Chưa ai mở" in seen(lan.get("/ai-xem").text)
    record = f"{village.pages}/hoi-vien/{village.chapter.members['Lan']}"
    head = village.browser(village.chapter.head)
    for path in (record, record):
        assert head.get(path).status_code == 200
    looks(village, village.chapter.head, "/statement")
    clock.wait(minutes=120)
    assert head.get(record).status_code == 200
    page = seen(lan.get("/ai-xem").text)
    assert page.count("Nguyễn Thị chapter_head") == 2
    assert "20/10/2026 lúc 9 giờ" in page and "20/10/2026 lúc 11 giờ" in page


def test_who_may_not_read_leaves_no_line(village: Village, app: FastAPI, lan: TestClient) -> None:
    """A refused look has shown nothing; and nobody learns by it that there is such a member."""
    path = f"{API}/members/{village.chapter.members['Lan']}/balance"
    for by in (village.neighbour.head, village.chapter.union.leader):
        problem(village.program(by).get(path), 404, "not_found")
    assert who_looked(program(app, lan)) == [] and counted(village.db, "record_view") == 0


def test_visits_are_hers_alone_to_read(village: Village, app: FastAPI, lan: TestClient) -> None:
    looks(village, village.chapter.head, "/balance")
    hoa = at(app)
    hoa.post(her_card(village.chapter, app, "Hoa").door, data={"pin": PIN})
    assert who_looked(program(app, hoa)) == []
    for by in (village.chapter.head, village.chapter.treasurer):
        assert who_looked(village.program(by)) == []
    problem(village.nobody().get(f"{API}/me/views"), 401, "not_signed_in")


# All that is held


def test_she_takes_her_data_home(village: Village, app: FastAPI, lan: TestClient) -> None:
    """The file of the page is what the API answers; whoever else is in the book is not in it."""
    village.recorded("Lan 5.000/5, Hoa 7.000/7")
    looks(village, village.chapter.inspector, "/balance")
    looks(village, village.chapter.head, "/balance", "Hoa")
    file = lan.get("/du-lieu-cua-toi")
    assert "attachment" in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    told = json.loads(file.text)
    assert told == program(app, lan).get(f"{API}/me/data").json()
    assert told["person"]["name"] == "Nguyễn Thị Lan"
    assert [one["savings"] for one in told["memberships"]] == [5000]
    assert [one["who"] for one in told["views"]] == ["Nguyễn Thị inspector"]
    for other in ("Hoa", "Mai", '"savings": 7000', village.chapter.members["Hoa"]):
        assert other not in file.text, other


def test_an_officers_data_are_her_own(village: Village, app: FastAPI) -> None:
    made = member_and_inspector(village.chapter, "Sen")
    told = village.program(village.chapter.head).get(f"{API}/me/data").json()
    assert told["person"]["id"] == village.chapter.head.person_id != made.person_id
    assert [one["role"] for one in told["offices"]] == ["chapter_head"]
    for other in ("Sen", "Lan", "treasurer"):
        assert other not in json.dumps(told), other


@pytest.mark.parametrize("path", ["/ai-xem", "/du-lieu-cua-toi"])
def test_both_pages_are_for_whoever_is_signed_in(village: Village, path: str) -> None:
    answer = village.nobody().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/vao")
    for by in (village.chapter.inspector, village.chapter.union.leader):
        assert village.browser(by).get(path).status_code == 200


def test_the_ways_there(village: Village, lan: TestClient) -> None:
    """A member finds both pages from her book without knowing their addresses."""
    pages = lan.get(OWN).text + lan.get("/may-cua-toi").text
    for path in ("/ai-xem", "/du-lieu-cua-toi"):
        assert f'href="{path}"' in pages, path


# "Sai"


def test_a_wrong_is_on_the_heads_first_page(
    village: Village, app: FastAPI, lan: TestClient
) -> None:
    """Said on her phone or by a program; with her words, and a way to the sheet."""
    lines = village.recorded("Lan 5.000/5")["lines"]
    entry = village.recorded("Hoa 1.000/1, Lan 2.000/2")
    head = village.browser(village.chapter.head)
    assert "báo sai" not in seen(head.get("/hom-nay").text)
    told = lan.post(
        f"{OWN}/{lines[0]['line_id']}", data={"verdict": "wrong", "note": "Tôi góp 6.000"}
    )
    assert told.status_code == 303
    for by in (village.chapter.head, village.chapter.deputy, village.chapter.treasurer):
        page = village.browser(by).get("/hom-nay").text
        assert "1 chị báo sai" in seen(page) and f'{village.pages}/bao-sai"' in page
    page = head.get(f"{village.pages}/bao-sai").text
    assert "Nguyễn Thị Lan" in seen(page) and "Tôi góp 6.000" in seen(page)
    assert 'href="/phieu/' in page and "5.000 ₫" in seen(page)
    line = next(x["line_id"] for x in entry["lines"] if x["amount"] == 2000)
    path = f"{API}/members/{village.chapter.members['Lan']}/confirmations"
    said = program(app, lan).post(path, {"line_id": line, "verdict": "wrong"})
    assert said.status_code in (201, 204), said.text
    assert seen(head.get(f"{village.pages}/bao-sai").text).count("Nguyễn Thị Lan") == 2
    assert "1 chị báo sai" in seen(head.get("/hom-nay").text), "one woman, two lines"
    neighbours = village.browser(village.neighbour.head)
    assert "báo sai" not in seen(neighbours.get("/hom-nay").text)
    assert neighbours.get(f"{village.pages}/bao-sai").status_code == 404
