"""Leaving, paying what waits and handing over, through the doors."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.actions.settled import in_hand, leave
from tests.journeys.doors import API, Caller, Village, beside, fields, hidden, problem, seen
from tests.story import TODAY, a_key

DAY = TODAY.isoformat()


@pytest.fixture
def own(village: Village) -> Village:
    """Lan has 30.000 and Hoa 12.345; 20.000 of it are in hand."""
    village.chapter.sheet("Lan 30.000/30, Hoa 12.345/1")
    village.neighbour.sheet("Tư 1.000/1")
    in_hand(village.chapter, 20_000)
    return village


def at(own: Village, name: str, what: str) -> str:
    return f"{API}/members/{own.chapter.members[name]}/{what}"


def page(own: Village, name: str, what: str = "roi") -> str:
    return f"/hoi-vien/{own.chapter.members[name]}/{what}"


def browser(own: Village) -> Caller:
    return own.browser(own.chapter.treasurer)


# For programs


def test_the_settlement(own: Village) -> None:
    key = a_key()
    body = {"date": DAY, "reason_code": "left"}
    answer = own.treasurer.post(at(own, "Lan", "leave"), body, key=key)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    entry = said["pots"][0].pop("entry_id")
    assert said.pop("receipt").keys() == {"seq", "head"} and entry
    assert said == {
        "member_id": own.chapter.members["Lan"], "date": DAY, "reason_code": "left",
        "claim": 30_000, "paid": 20_000, "moved": 0, "awaiting": 10_000, "to_member_id": None,
        "set_off": 0, "owing": 0,
        "pots": [{"pot_id": own.chapter.pot, "claim": 30_000, "paid": 20_000, "moved": 0,
                  "awaiting": 10_000, "set_off": 0, "owing": 0}],
    }  # fmt: skip
    again = own.treasurer.post(at(own, "Lan", "leave"), body, key=key)
    assert again.content == answer.content and again.headers["idempotent-replay"] == "true"
    held = own.treasurer.get(at(own, "Lan", "balance")).json()
    assert (held["savings"], held["awaiting_collection"]) == (10_000, 10_000)
    statement = own.treasurer.get(at(own, "Lan", "statement")).json()["items"]
    assert [(line["kind"], line["amount"], line["balance"]) for line in statement] == [
        ("payout", -20_000, 10_000), ("sheet", 30_000, 30_000),
    ]  # fmt: skip


def test_what_waits_is_paid(own: Village) -> None:
    leave(own.chapter, "Lan")
    in_hand(own.chapter, 8_000)
    path = at(own, "Lan", "payouts")
    half = own.treasurer.post(path, {"date": DAY, "amount": 3_000}, key=a_key())
    assert half.status_code == 201 and half.json()["awaiting"] == 7_000
    said = problem(
        own.treasurer.post(path, {"date": DAY, "amount": 6_000}, key=a_key()),
        409, "beyond_free_cash",
    )  # fmt: skip
    assert fields(said) == ["amount"]
    problem(own.treasurer.post(path, {"date": DAY, "amount": 1_500}, key=a_key()), 422, "not_whole")
    rest = own.treasurer.post(path, {"date": DAY}, key=a_key()).json()
    assert (rest["paid"], rest["awaiting"]) == (5_000, 2_000)


def test_a_death_waits_and_is_signed(own: Village) -> None:
    path, body = at(own, "Lan", "leave"), {"date": DAY, "reason_code": "died"}
    said = problem(own.treasurer.post(path, body, key=a_key()), 422, "next_of_kin_needed")
    assert fields(said) == ["next_of_kin"]
    waits = own.treasurer.post(path, body | {"next_of_kin": "Trần Văn Con"}, key=a_key())
    assert waits.status_code == 202
    head = own.program(own.chapter.head)
    (item,) = head.get(f"{API}/approvals").json()["items"]
    assert {line["label"]: line["value"] for line in item["shown"]} == {
        "member": "1 · Nguyễn Thị Lan", "died_on": DAY, "savings": "30.000\N{NO-BREAK SPACE}₫",
        "paid_now": "20.000\N{NO-BREAK SPACE}₫", "awaiting": "10.000\N{NO-BREAK SPACE}₫",
        "next_of_kin": "Trần Văn Con",
    }  # fmt: skip
    done = head.post(f"{API}/approvals/{item['approval_id']}/sign",
                     {"fingerprint": waits.json()["fingerprint"]})  # fmt: skip
    assert done.status_code == 200 and done.json()["result"]["paid"] == 20_000


def test_she_moves_and_the_cash_follows(own: Village) -> None:
    there = own.neighbour
    moved = own.treasurer.post(
        at(own, "Hoa", "leave"),
        {"date": DAY, "reason_code": "moved", "to_chapter_id": there.id}, key=a_key(),
    ).json()  # fmt: skip
    assert (moved["moved"], moved["paid"], moved["awaiting"]) == (12_345, 0, 0)
    program = own.program(there.treasurer)
    held = program.get(f"{API}/members/{moved['to_member_id']}/balance").json()
    assert held["savings"] == 12_345
    given = own.treasurer.post(
        f"{API}/chapters/{own.chapter.id}/transfers",
        {"pot_id": own.chapter.pot, "to_chapter_id": there.id, "date": DAY, "amount": 12_345},
        key=a_key(),
    )  # fmt: skip
    assert given.status_code == 202, given.text
    said = given.json()
    program = own.program(there.head)
    assert program.get(f"{API}/approvals").json()["items"][0]["kind"] == "delivery"
    signed = program.post(f"{API}/approvals/{said['approval_id']}/sign",
                          {"fingerprint": said["fingerprint"]})  # fmt: skip
    assert signed.status_code == 200 and signed.json()["result"]["total"] == 12_345
    assert own.chapter.findings() == there.findings() == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"date": "2026-10-21", "reason_code": "left"}, "in_future"),
        ({"date": "2026-10-19", "reason_code": "left"}, "has_lines_after"),
        ({"date": DAY, "reason_code": "moved"}, "to_chapter_needed"),
        ({"date": DAY, "reason_code": "moved", "to_chapter_id": a_key()}, "chapter_unknown"),
        ({"date": DAY, "reason_code": "left", "to_chapter_id": a_key()}, "chapter_unknown"),
        ({"date": DAY, "reason_code": "gone"}, "invalid"),
        ({"date": DAY, "reason_code": "left", "amount": 1}, "invalid"),
        ({"reason_code": "left"}, "invalid"),
    ],
)
def test_what_is_not_valid_changes_nothing(own: Village, body: dict[str, Any], code: str) -> None:
    before = own.everything()
    answer = own.treasurer.post(at(own, "Lan", "leave"), body, key=a_key())
    problem(answer, 409 if code == "has_lines_after" else 422, code)
    assert own.everything() == before


# For people


def shows(own: Village, **form: str) -> str:
    """What is shown before it is confirmed."""
    answer = browser(own).send(page(own, "Lan"), {"do": "check", "date": DAY} | form)
    assert answer.status_code == 200, seen(answer.text)
    return answer.text


def confirm(html: str) -> dict[str, str]:
    """The form of the second page, as a browser sends it."""
    names = ("reason_code", "date", "to_chapter_id", "next_of_kin", "reason", "key", "shown")
    return {"do": "leave"} | {name: hidden(html, name) for name in names}


def test_it_is_shown_and_confirmed_and_stands_on_paper(own: Village) -> None:
    before = own.everything()
    blank = seen(browser(own).get(page(own, "Lan")).text)
    assert "30.000 ₫" in blank and "XEM TRƯỚC" in blank
    html = shows(own, reason_code="left")
    assert "Trả ngay cho chị ấy 20.000 ₫" in seen(html)
    assert "Chờ lĩnh, vẫn là của chị ấy 10.000 ₫" in seen(html)
    assert own.everything() == before
    done = browser(own).send(page(own, "Lan"), confirm(html))
    assert (done.status_code, done.headers["location"]) == (303, page(own, "Lan"))
    slip = seen(browser(own).get(page(own, "Lan")).text)
    assert "Giấy thanh toán" in slip and "Còn chờ lĩnh 10.000 ₫" in slip and "Người nhận" in slip
    again = browser(own).send(page(own, "Lan"), confirm(html))
    assert again.status_code == 303 and own.chapter.findings() == []
    assert "Trả tiền mặt" in seen(own.browser(own.chapter.inspector).get(page(own, "Lan")).text)


def test_who_is_gone_is_listed_and_not_counted(own: Village) -> None:
    """Mai left yesterday; Lan leaves today, and her last day is still hers, as on Today."""
    path = f"/chi-hoi/{own.chapter.id}/hoi-vien"
    leave(own.chapter, "Mai", on=TODAY - timedelta(1))
    leave(own.chapter, "Lan")
    told = seen(browser(own).get(path).text)
    assert "Hội viên 2 chị" in told and "Nguyễn Thị Mai đã rời chi hội" in told
    assert "Hội viên 1 chị" in seen(browser(own).get(f"{path}?q=mai").text), "whom she looked for"


def test_who_is_behind_is_one_tap_away(own: Village) -> None:
    """The sheet says beside each name how much is missing; the list of members does not."""
    link = r'href="/chi-hoi/[^"]+/(thu|hoi-vien)">[^<]*chị còn thiếu tiền góp'
    for who, page in ((own.chapter.treasurer, "thu"), (own.chapter.inspector, "hoi-vien")):
        found = re.search(link, own.browser(who).get("/hom-nay").text)
        assert found and found[1] == page


def test_figures_that_changed_meanwhile_are_shown_anew(own: Village) -> None:
    html = shows(own, reason_code="left")
    in_hand(own.chapter, 5_000)
    answer = browser(own).send(page(own, "Lan"), confirm(html))
    assert answer.status_code == 409 and "số liệu vừa đổi" in seen(answer.text)
    assert "Trả ngay cho chị ấy 25.000 ₫" in seen(answer.text)
    assert browser(own).send(page(own, "Lan"), confirm(answer.text)).status_code == 303


def test_a_refused_form_comes_back_as_it_was(own: Village) -> None:
    form = {"do": "check", "reason_code": "moved", "date": "2026-10-19", "reason": "theo chồng"}
    answer = browser(own).send(page(own, "Lan"), form)
    assert answer.status_code == 409 and "20/10/2026" in beside(answer.text, "date")
    assert 'value="moved" checked' in answer.text and 'value="theo chồng"' in answer.text
    for wrong, field in (({"reason_code": ""}, "reason_code"), ({"date": "mai"}, "date"),
                         ({"date": DAY}, "to_chapter_id"),
                         ({"date": DAY, "to_chapter_id": "x"}, "to_chapter_id"),
                         ({"date": DAY, "reason_code": "died"}, "next_of_kin")):  # fmt: skip
        answer = browser(own).send(page(own, "Lan"), form | wrong)
        assert answer.status_code == 422 and beside(answer.text, field)
    html = shows(own, reason_code="left")
    for broken in ("", "[]", "[1]", '[["a", 1]]', "null"):
        answer = browser(own).send(page(own, "Lan"), confirm(html) | {"shown": broken})
        assert answer.status_code == 409


def test_a_death_goes_to_be_signed(own: Village) -> None:
    html = shows(own, reason_code="died", next_of_kin="Trần Văn Con")
    assert "Người nhận: Trần Văn Con" in seen(html) and "XIN KÝ" in seen(html)
    done = browser(own).send(page(own, "Lan"), confirm(html))
    assert done.status_code == 303 and done.headers["location"].startswith("/ky/")
    shown = seen(own.browser(own.chapter.head).get(done.headers["location"]).text)
    assert "Mất ngày 20/10/2026" in shown and "Trả ngay bằng tiền mặt 20.000 ₫" in shown


def test_who_waits_is_seen_and_paid(own: Village) -> None:
    leave(own.chapter, "Lan")
    today = seen(browser(own).get("/hom-nay").text)
    assert "1 chị chờ lĩnh" in today
    way = f'href="{own.pages}/chuyen"'
    assert way in browser(own).get(f"{own.pages}/cho-linh").text  # no cash: where it comes from
    in_hand(own.chapter, 4_000)
    assert way not in browser(own).get(f"{own.pages}/cho-linh").text
    found = seen(browser(own).get(f"{own.pages}/cho-linh").text)
    assert "Nguyễn Thị Lan" in found and "10.000 ₫" in found and "trả được ngay 4.000 ₫" in found
    html = browser(own).get(page(own, "Lan", "tra")).text
    form = {"key": hidden(html, "key"), "date": DAY, "amount": "10k"}
    answer = browser(own).send(page(own, "Lan", "tra"), form)
    assert answer.status_code == 409 and "4.000" in beside(answer.text, "amount")
    assert hidden(answer.text, "key") == form["key"]
    bare = browser(own).send(page(own, "Lan", "tra"), form | {"amount": "4"})
    assert bare.status_code == 422 and 'value="4.000"' in bare.text
    for amount in ("abc", "-5k", "0", "1.500"):
        wrong = browser(own).send(page(own, "Lan", "tra"), form | {"amount": amount})
        assert wrong.status_code == 422 and beside(wrong.text, "amount")
    done = browser(own).send(page(own, "Lan", "tra"), form | {"amount": "4.000"})
    assert done.status_code == 303 and re.match("/chung-tu/[0-9a-f-]{36}$",
                                                done.headers["location"])  # fmt: skip
    assert "Chưa trả được" in seen(browser(own).get(page(own, "Lan", "tra")).text)


def test_who_left_is_marked_in_the_list_and_on_her_page(own: Village) -> None:
    leave(own.chapter, "Lan")
    found = seen(browser(own).get(f"{own.pages}/hoi-vien?q=lan").text)
    assert "Nguyễn Thị Lan đã rời chi hội" in found
    hers = browser(own).get(f"{own.pages}/hoi-vien/{own.chapter.members['Lan']}").text
    assert "rời ngày 20/10/2026" in seen(hers) and "Nhận tiền về" in seen(hers)
    assert f'href="{page(own, "Lan")}"' in hers and "Chị rời chi hội" not in seen(hers)
    stays = browser(own).get(f"{own.pages}/hoi-vien/{own.chapter.members['Hoa']}").text
    assert "Chị rời chi hội" in seen(stays)
    inspector = own.browser(own.chapter.inspector)
    other = inspector.get(f"{own.pages}/hoi-vien/{own.chapter.members['Hoa']}")
    assert "Chị rời chi hội" not in seen(other.text)


def test_both_chapters_see_what_moved_until_it_is_handed_over(own: Village) -> None:
    there = own.neighbour
    html = shows(own, reason_code="moved", to_chapter_id=there.id)
    assert "Chuyển sang Chi hội thôn Đông 30.000 ₫" in seen(html)
    assert browser(own).send(page(own, "Lan"), confirm(html)).status_code == 303
    theirs = own.browser(there.treasurer)
    assert "Còn giao 30.000 ₫ cho Chi hội thôn Đông" in seen(browser(own).get("/hom-nay").text)
    assert "Chờ nhận 30.000 ₫ của Chi hội thôn Đoài" in seen(theirs.get("/hom-nay").text)
    path = f"{own.pages}/giao-tien"
    html = browser(own).get(path).text
    form = {"key": hidden(html, "key"), "date": DAY, "amount": "30k",
            "at": f"{own.chapter.pot}.{there.id}"}  # fmt: skip
    for wrong in ({"amount": "0"}, {"amount": "x"}, {"at": ""}, {"at": "a.b"}, {"date": "mai"}):
        refused = browser(own).send(path, form | wrong)
        assert refused.status_code == 422 and beside(refused.text, next(iter(wrong)))
    short = browser(own).send(path, form)
    assert short.status_code == 409 and "20.000" in beside(short.text, "amount")
    asked = browser(own).send(path, form | {"amount": "20k"})
    assert asked.status_code == 303
    to_sign = asked.headers["location"]
    assert "Chi hội nhận Chi hội thôn Đông" in seen(browser(own).get(to_sign).text)
    html = theirs.get(to_sign).text
    print_ = {"fingerprint": hidden(html, "fingerprint")}
    assert theirs.send(f"{to_sign}/ky", print_).status_code == 303
    assert "Đã giao tiền" in seen(theirs.get(to_sign).text)
    assert "Còn giao 10.000 ₫" in seen(browser(own).get("/hom-nay").text)
    coming = seen(theirs.get(f"/chi-hoi/{there.id}/giao-tien").text)
    assert "Chờ nhận Chi hội thôn Đoài lợn 10.000 ₫" in coming and "XIN KÝ NHẬN" not in coming
    assert own.browser(own.chapter.inspector).get(path).status_code == 200


def test_the_trail_tells_it_in_plain_words(own: Village) -> None:
    leave(own.chapter, "Lan")
    told = seen(browser(own).get(f"{own.pages}/nhat-ky?kind=paid_out").text)
    assert "Trả 20.000 ₫ cho hội viên số 1: Nguyễn Thị Lan" in told
    told = seen(browser(own).get(f"{own.pages}/nhat-ky?kind=member_left").text)
    assert "Hội viên số 1 rời chi hội: Nguyễn Thị Lan" in told
