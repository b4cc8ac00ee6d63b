"""Who opened whose record, and what a woman may know of herself (Law 91/2025/QH15)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.access import looking
from app.access import queries as access
from app.access.cards import make_card, take_card
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import NotFound
from app.members.rules import Need
from app.reports import records
from app.reports import today as day_view
from app.savings import confirming, sheets
from app.terms import Actor, Membership, NeedClass, Purpose, Verdict
from tests.journeys.holders import member_and_inspector
from tests.story import LAST_YEAR, Chapter, StoryClock, a_chapter, counted, refused, sign_in


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


def with_card(doai: Chapter, name: str) -> Actor:
    """She herself, with her card in hand."""
    member_id = doai.members[name]
    made = doai.db.write_now(make_card, actor=doai.treasurer, member_id=member_id)
    doai.db.write_now(
        take_card, card_id=made.card_id, first_pin_code=made.first_pin_code, pin_hash="hers"
    )
    sql = "SELECT person_id FROM member WHERE id = ?"
    person_id = doai.db.read_now(Tx.rows, sql, (member_id,))[0][0]
    return Actor(person_id, None, (), Membership(doai.id, member_id))


def look(doai: Chapter, by: Actor, name: str) -> None:
    """Somebody opens a record, through whatever door: what the doors do behind the read."""
    member_id = doai.members[name]
    if not looking.is_daily_work(by, doai.id):
        doai.db.write_now(looking.note_view, actor=by, chapter_id=doai.id, member_id=member_id)


def views(doai: Chapter, name: str) -> list[tuple[str, int]]:
    """Who looked at her, and at which hour; newest first."""
    found = doai.db.read_now(records.my_views, actor=with_card(doai, name))
    return [(view.name.removeprefix("Nguyễn Thị "), view.at // looking.HOUR % 24) for view in found]


# Who looked


def test_a_look_leaves_a_line_to_the_hour(doai: Chapter, clock: StoryClock) -> None:
    """At nine (02:00 UTC) the head and the inspector, at noon the head once more."""
    for by in (doai.head, doai.inspector, doai.head):
        look(doai, by, "Lan")
    clock.wait(minutes=180)
    look(doai, doai.head, "Lan")
    told = views(doai, "Lan")
    assert told[0] == ("chapter_head", 5)
    assert sorted(told[1:]) == [("chapter_head", 2), ("inspector", 2)]
    assert views(doai, "Hoa") == []


def test_daily_work_and_her_own_visits_leave_none(doai: Chapter) -> None:
    look(doai, doai.treasurer, "Lan")
    look(doai, with_card(doai, "Lan"), "Lan")
    assert views(doai, "Lan") == [] and counted(doai.db, "record_view") == 0


def test_a_treasurer_of_elsewhere_is_no_treasurer_here(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    assert not looking.is_daily_work(trung.treasurer, doai.id)
    assert looking.is_daily_work(doai.treasurer, doai.id)
    for by in (doai.head, doai.deputy, doai.inspector):
        assert not looking.is_daily_work(by, doai.id)


def test_an_officer_reads_who_looked_at_her(doai: Chapter) -> None:
    """Sen is an inspector too: with her phone she sees the head's visit, and not her own."""
    made = member_and_inspector(doai, "Sen")
    sen = doai.db.write_now(sign_in, made.person_id)
    look(doai, sen, "Sen")
    look(doai, doai.head, "Sen")
    look(doai, doai.head, "Lan")
    told = [view.name for view in doai.db.read_now(records.my_views, actor=sen)]
    assert told == ["Nguyễn Thị chapter_head"]


# All that is held


def of_lan(doai: Chapter) -> Chapter:
    """Lan, with everything a book may hold on a member."""
    doai.join(
        "Sen", phone="0977000444", next_of_kin="chồng, anh Sung",
        purposes=(Purpose.SAVINGS, Purpose.CONTACT), consented_on=LAST_YEAR,
        need=Need(NeedClass.NEAR_POOR, 2026, "CN-17"),
    )  # fmt: skip
    doai.sheet("Sen 5.000/5, Hoa 7.000/7")
    look(doai, doai.head, "Sen")
    look(doai, doai.head, "Hoa")
    return doai


def data(doai: Chapter, actor: Actor) -> dict[str, Any]:
    return doai.db.read_now(records.my_data, actor=actor)


def test_all_that_the_book_holds_on_her(doai: Chapter) -> None:
    of_lan(doai)
    sen = with_card(doai, "Sen")
    found = data(doai, sen)
    assert found["person"] == {"id": sen.person_id, "name": "Nguyễn Thị Sen", "phone": "0977000444"}
    (held,) = found["memberships"]
    assert held["chapter"] == "Chi hội thôn Đoài" and held["member_id"] == doai.members["Sen"]
    assert (held["number"], held["joined_on"], held["left_on"]) == (3, f"{LAST_YEAR}", None)
    assert held["next_of_kin"] == "chồng, anh Sung" and held["savings"] == 5000
    assert [one["purpose"] for one in held["consents"]] == ["contact", "savings"]
    assert {str(one["on"]) for one in held["consents"]} == {f"{LAST_YEAR}"}
    assert held["need_classes"] == [{"class": "near_poor", "year": 2026, "certificate": "CN-17"}]
    assert [view["who"] for view in found["views"]] == ["Nguyễn Thị chapter_head"]


def test_and_nothing_on_anybody_else(doai: Chapter) -> None:
    """No other member's name, number or money; only who opened her own record."""
    of_lan(doai)
    told = repr(data(doai, with_card(doai, "Sen")))
    others = {doai.members[name] for name in ("Lan", "Hoa")} | {"Hoa", "Lan", "'savings': 7000"}
    assert [one for one in others if one in told] == []
    assert "offices" not in data(doai, with_card(doai, "Sen")), "a card knows no office"


def test_a_card_tells_of_its_own_book_only(doai: Chapter) -> None:
    """Sen moved in from thôn Trung: the card of one book is no key to the other."""
    person = doai.join("Sen") and with_card(doai, "Sen").person_id
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    doai.db.write_now(
        Tx.run,
        "INSERT INTO member (chapter_id, number, id, person_id, joined_on) VALUES (?, ?, ?, ?, ?)",
        (trung.id, 1, "0197a000-0000-7000-8000-000000000001", person, date(2026, 1, 1)),
    )
    (held,) = data(doai, with_card(doai, "Sen"))["memberships"]
    assert held["chapter_id"] == doai.id
    both = data(doai, Actor(str(person), None))["memberships"]
    assert {one["chapter_id"] for one in both} == {doai.id, trung.id}


def test_an_officers_own_data(doai: Chapter) -> None:
    found = data(doai, doai.treasurer)
    assert found["memberships"] == [] and found["devices"] == []
    assert [(one["role"], one["unit"]) for one in found["offices"]] == [
        ("treasurer", "Chi hội thôn Đoài")
    ]
    with pytest.raises(NotFound):
        data(doai, Actor("0197a000-0000-7000-8000-000000000000", None))


# Her word on a line


def says(doai: Chapter, name: str, entry: Any, verdict: Verdict, note: str | None = None) -> None:
    """She says of her line whether it is right."""
    (line,) = (one for one in entry.lines if one.member_id == doai.members[name])
    doai.db.write_now(
        confirming.confirm_line, actor=with_card(doai, name), member_id=doai.members[name],
        line_id=line.line_id, verdict=verdict, note=note,
    )  # fmt: skip


def test_a_wrong_reaches_the_head_and_the_inspector_too(doai: Chapter) -> None:
    """Not only her who may have made the mistake, or worse."""
    entry = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    says(doai, "Hoa", entry, Verdict.RIGHT)
    says(doai, "Lan", entry, Verdict.WRONG, "tôi góp 6.000")
    for by in (doai.head, doai.deputy, doai.inspector, doai.treasurer):
        (told,) = doai.db.read_now(sheets.wrong_lines, actor=by, chapter_id=doai.id)
        assert (told.name, told.amount, told.note) == ("Nguyễn Thị Lan", 5000, "tôi góp 6.000")
        shown = doai.db.read_now(day_view.today, actor=by, chapter_id=doai.id)
        assert shown.called_wrong == 1
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    of = {"actor": trung.head, "chapter_id": doai.id}
    refused("not_found", doai.db.read_now, sheets.wrong_lines, **of)


def test_her_last_word_counts_and_a_mended_line_is_quiet(doai: Chapter) -> None:
    def wrong() -> int:
        return len(doai.db.read_now(sheets.wrong_lines, actor=doai.head, chapter_id=doai.id))

    entry = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    before, _ = doai.head_now()
    for verdict, told in ((Verdict.WRONG, 1), (Verdict.RIGHT, 0), (Verdict.WRONG, 1)):
        says(doai, "Lan", entry, verdict)
        assert wrong() == told
    sql = "SELECT count(*) FROM trail WHERE chapter_id = ? AND seq > ? AND act = 'line_confirmed'"
    assert doai.db.read_now(Tx.rows, sql, (doai.id, before)) == [(3,)], "every word is sealed"
    doai.reverse(entry, "Lan")
    assert wrong() == 0 and doai.findings() == []


def test_only_she_says_it(doai: Chapter) -> None:
    entry = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    lans, hoas = (line.line_id for line in entry.lines)
    told = {"verdict": Verdict.RIGHT, "note": None, "member_id": doai.members["Lan"]}
    say = confirming.confirm_line
    for by in (doai.treasurer, doai.head):
        refused("not_your_office", doai.db.write_now, say, actor=by, line_id=lans, **told)
    lan, hoa = with_card(doai, "Lan"), with_card(doai, "Hoa")
    refused("not_found", doai.db.write_now, say, actor=hoa, line_id=lans, **told)
    refused("not_found", doai.db.write_now, say, actor=lan, line_id=hoas, **told)
    assert counted(doai.db, "confirmation") == 0
    assert doai.db.read_now(access.person_name, lan.person_id).endswith("Lan")
