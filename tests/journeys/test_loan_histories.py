"""Loan histories as leaders and officers read them: below a unit, of a chapter, of one member."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app import clock as the_clock
from app.access import actions as access
from app.db.tx import Tx
from app.loans.kept import all_kept
from app.terms import Leaving
from tests.actions.moving_story import opens
from tests.actions.settled import leave
from tests.journeys.doors import API, Caller, Village, problem
from tests.journeys.holders import a_card, member_and_inspector
from tests.lent import Lends
from tests.story import Chapter


@pytest.fixture
def own(village: Village) -> Village:
    """Lan borrows in thôn Đoài for an illness, Tư in thôn Đông; both are out."""
    for chapter, name in ((village.chapter, "Lan"), (village.neighbour, "Tư")):
        chapter.signs(chapter.head, opens(chapter, {name: 500_000}, hand=2_000_000))
        lends = Lends(chapter)
        loan = lends.lent(name, 900_000, 9, purpose="health", note="chữa bệnh")
        lends.repays(loan, 100_000)
    return village


def views(own: Village) -> list[tuple[str, str | None]]:
    """Whose records were opened, and why."""
    rows = own.db.read_now(
        Tx.rows,
        "SELECT p.name, v.why FROM record_view v"
        " JOIN member m ON m.chapter_id = v.chapter_id AND m.id = v.member_id"
        " JOIN person p ON p.id = m.person_id ORDER BY p.name",
    )
    return [(name, why) for name, why in rows]


def below(own: Village, **asked: Any) -> Any:
    return leader(own).get(f"{API}/units/{own.chapter.union.commune}/loans", params=asked)


def leader(own: Village) -> Caller:
    return own.program(own.chapter.union.leader)


def test_the_commune_reads_names_and_it_is_written_down(own: Village) -> None:
    said = below(own).json()
    assert {one["name"] for one in said["items"]} == {"Nguyễn Thị Lan", "Nguyễn Thị Tư"}
    assert [one["payments"][0]["amount"] for one in said["items"]] == [100_000, 100_000]
    assert said["totals"] | {"left_poor_list": 0} == {
        "loans": 2, "borrowers": 2, "lent": 1_800_000, "repaid": 200_000, "outstanding": 1_600_000,
        "written_off": 0, "recovered": 0, "late": 0, "overdue": 0, "par30": 0, "left_poor_list": 0,
    }  # fmt: skip
    assert views(own) == [("Nguyễn Thị Lan", None), ("Nguyễn Thị Tư", None)]
    assert [one["chapter_name"] for one in below(own, q="tu").json()["items"]] == [
        "Chi hội thôn Đông"
    ]


def test_above_the_commune_a_name_takes_a_purpose(own: Village) -> None:
    province = own.program(own.chapter.union.provincial)
    path = f"{API}/units/{own.chapter.union.province}/loans"
    blind = province.get(path)
    assert blind.json()["totals"]["loans"] == 2
    assert {one["name"] for one in blind.json()["items"]} == {None}
    assert "Nguyễn Thị" not in blind.text and views(own) == []
    problem(province.get(path, params={"q": "lan"}), 422, "purpose_needed")
    seen = province.get(path, params={"q": "lan", "purpose": "báo cáo 20/10"}).json()
    assert [one["name"] for one in seen["items"]] == ["Nguyễn Thị Lan"]
    assert views(own) == [("Nguyễn Thị Lan", "báo cáo 20/10")]


def test_filters_and_pages_of_the_leaders_list(own: Village) -> None:
    for asked, loans in (
        ({"purpose_code": "health"}, 2), ({"purpose_code": "seed"}, 0), ({"state": "running"}, 2),
        ({"state": "closed"}, 0), ({"need": "poor"}, 0), ({"officers": "true"}, 0),
        ({"overdue_days": 1}, 0), ({"from": "2026-10-20", "to": "2026-10-20"}, 2),
        ({"from": "2026-10-21"}, 0),
    ):  # fmt: skip
        said = below(own, **asked).json()
        assert (len(said["items"]), said["totals"]["loans"]) == (loans, loans), asked
    first = below(own, limit=1).json()
    second = below(own, limit=1, after=first["next"]).json()
    assert first["items"][0]["id"] < second["items"][0]["id"] and second["next"] is None
    assert first["totals"] == second["totals"]


@pytest.mark.parametrize(
    "asked",
    [{"state": "lost"}, {"need": "rich"}, {"overdue_days": 0}, {"purpose_code": "party"},
     {"officers": "some"}, {"from": "hôm qua"}, {"after": "x"}, {"limit": 201}, {"q": "x" * 201},
     {"purpose": "x" * 201}],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused(own: Village, asked: dict[str, Any]) -> None:
    assert below(own, **asked).status_code == 422


def test_an_officers_own_loan_is_flagged_to_the_commune(own: Village) -> None:
    member_and_inspector(own.chapter, "Na")
    Lends(own.chapter).lent("Na", 100_000, 1)
    (flagged,) = below(own, officers="true").json()["items"]
    assert (flagged["name"], flagged["of_officer"]) == ("Nguyễn Thị Na", True)
    today = own.browser(own.chapter.union.leader).get("/hom-nay").text
    assert "1 khoản vay của cán bộ chi hội" in today
    assert f"/don-vi/{own.chapter.union.commune}/vay?officers=1" in today
    above = own.browser(own.chapter.union.administrator).get("/hom-nay").text
    assert "khoản vay của cán bộ" not in above


def moved(own: Village) -> tuple[Chapter, str]:
    """Lan pays back and goes to thôn Đông; there she borrows again. Her membership there."""
    lends = Lends(own.chapter)
    (loan,) = [of.id for of in own.db.read_now(all_kept, own.chapter.id)]
    lends.repays(loan, 800_000)
    leave(own.chapter, "Lan", Leaving.MOVED, to_chapter_id=own.neighbour.id)
    sql = "SELECT id FROM member WHERE moved_from = ?"
    new = own.db.read_now(Tx.rows, sql, (own.chapter.members["Lan"],))[0][0]
    own.neighbour.members["Lan"] = new
    Lends(own.neighbour).lent("Lan", 300_000, 3)
    return own.neighbour, new


def test_a_members_history_follows_her_into_another_chapter(own: Village) -> None:
    neighbour, new = moved(own)
    for who in (neighbour.treasurer, own.chapter.union.leader):
        said = own.program(who).get(f"{API}/members/{new}/loans").json()
        assert [(one["chapter_name"], one["amount"], one["state"]) for one in said["items"]] == [
            ("Chi hội thôn Đoài", 900_000, "closed"), ("Chi hội thôn Đông", 300_000, "running")
        ]  # fmt: skip
        assert said["items"][0]["payments"][1]["amount"] == 800_000
        assert said["items"][0]["cycle"]["closed_on"] is None
    assert ("Nguyễn Thị Lan", None) in views(own)  # the leader's look
    province = own.program(own.chapter.union.provincial).get(f"{API}/members/{new}/loans")
    assert province.json()["name"] is None and "Nguyễn Thị Lan" not in province.text
    assert "chữa bệnh" not in province.text
    problem(own.treasurer.get(f"{API}/members/{new}/loans"), 404, "not_found")


def test_her_history_page_leads_only_where_she_may_look(own: Village) -> None:
    neighbour, new = moved(own)
    page = own.browser(neighbour.treasurer).get(f"/hoi-vien/{new}/vay")
    assert page.status_code == 200
    old, fresh = (
        next(of.id for of in own.db.read_now(all_kept, chapter.id)
             if of.member_id == chapter.members["Lan"])
        for chapter in (own.chapter, neighbour)
    )  # fmt: skip
    assert f"/vay/{fresh}" in page.text and f"/vay/{old}" not in page.text
    assert "Chi hội thôn Đoài" in page.text and "900.000" in page.text
    seen = own.browser(own.chapter.union.leader).get(f"/hoi-vien/{new}/vay").text
    assert f"/vay/{old}" in seen


def test_the_chapters_history_is_filtered_with_totals_above(own: Village) -> None:
    head = own.browser(own.chapter.head)
    page = f"{own.pages}/so-vay"
    shown = head.get(page).text
    assert "Nguyễn Thị Lan" in shown and "900.000" in shown and "800.000" in shown
    assert "Nguyễn Thị Tư" not in shown
    for asked in ("q=lan", "state=running", "purpose_code=health", f"nam={the_clock.today().year}"):
        assert "Nguyễn Thị Lan" in head.get(f"{page}?{asked}").text, asked
    for asked in ("q=hoa", "state=closed", "purpose_code=seed", "nam=2025", "officers=1",
                  "overdue_days=1", "need=poor"):  # fmt: skip
        assert "Nguyễn Thị Lan" not in head.get(f"{page}?{asked}").text, asked
    # a filter that makes no sense filters nothing
    assert "Nguyễn Thị Lan" in head.get(f"{page}?state=x&nam=99999&overdue_days=x&sau=x").text


def test_the_leaders_page_asks_why_before_it_shows_a_name(own: Village) -> None:
    union = own.chapter.union
    commune = own.browser(union.leader).get(f"/don-vi/{union.commune}/vay").text
    assert "Nguyễn Thị Lan" in commune and "Chi hội thôn Đông" in commune
    province = own.browser(union.provincial)
    blind = province.get(f"/don-vi/{union.province}/vay").text
    assert (
        not re.search("Nguyễn Thị (Lan|Tư)", blind)
        and 'name="purpose"' in blind
        and "1.800.000" in blind
    )
    seen = province.get(f"/don-vi/{union.province}/vay", params={"purpose": "báo cáo"}).text
    assert "Nguyễn Thị Lan" in seen
    assert sorted(views(own), key=str) == [
        ("Nguyễn Thị Lan", "báo cáo"), ("Nguyễn Thị Lan", None),
        ("Nguyễn Thị Tư", "báo cáo"), ("Nguyễn Thị Tư", None),
    ]  # fmt: skip
    asks = province.get(f"/don-vi/{union.province}/vay", params={"q": "lan"})
    assert asks.status_code == 422 and not re.search("Nguyễn Thị (Lan|Tư)", asks.text)


def test_a_member_reads_her_own_history_page(own: Village) -> None:
    member, card = own.chapter.member("Lan"), a_card(own.chapter, "Lan")
    token = own.db.write_now(
        access.begin_session, person_id=member.person_id, card_id=card.id, hours=1
    )
    lan = Caller(own.client, {"Cookie": f"solon={token}"})
    assert "900.000" in lan.get(f"/hoi-vien/{own.chapter.members['Lan']}/vay").text
    assert lan.get(f"/hoi-vien/{own.chapter.members['Hoa']}/vay").status_code == 404
    assert views(own) == []
