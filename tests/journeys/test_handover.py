"""The cash is handed over at the doors: over the API, and on a phone without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from app.access.rules import digest
from app.db.tx import Tx
from app.terms import Actor, Role
from tests.actions.seats import sat
from tests.journeys.doors import API, Village, beside, fields, hidden, plain, problem, seen
from tests.journeys.holders import a_phone
from tests.journeys.signing import done, enters, sign, signs_in, waits
from tests.story import a_key
from tests.till import WITNESSES, Till

PHONE = "0987000111"
NEW = {"person": {"name": "Nguyễn Thị Mới", "phone": PHONE}}


@pytest.fixture
def told(village: Village) -> Village:
    """50.000 in the pig, 10.000 in hand."""
    till = Till(village.chapter)
    till.sheet("Lan 50.000/5, Hoa 10.000/1")
    till.moves("pot", "hand", 10_000)
    return village


def body(village: Village, **more: Any) -> dict[str, Any]:
    counts = [{"pot_id": village.chapter.pot, "place": "hand", "notes": {"10000": 1}}]
    return {"date": "2026-10-20", "incoming": NEW, "counts": counts,
            "witnesses": list(WITNESSES)} | more  # fmt: skip


def path(village: Village) -> str:
    return f"{API}/chapters/{village.chapter.id}/handover"


def rows(village: Village, table: str) -> int:
    return int(village.db.read_now(Tx.rows, f"SELECT count(*) FROM {table}")[0][0])


# The API


def test_from_hand_to_hand(told: Village) -> None:
    """Proposed, signed; the old one is out with her next request, the new one comes in."""
    what = waits(told.treasurer.post(path(told), body(told), key=a_key()))
    assert told.treasurer.get(f"{API}/me").status_code == 200
    made = done(sign(told.program(told.chapter.head), what))
    problem(told.treasurer.get(f"{API}/me"), 401, "not_signed_in")
    problem(told.treasurer.post(told.sheets, told.sheet(), key=a_key()), 401, "not_signed_in")
    device = enters(told.client, made["enrol_code"])
    token = signs_in(told.client, device).json()["token"]
    mine = told.client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert [office["role"] for office in mine["offices"]] == ["treasurer"]
    assert [(c["counted"], c["difference"]) for c in made["counts"]] == [(10_000, 0)]


def test_the_same_key_is_answered_the_same(told: Village) -> None:
    key = a_key()
    first = told.treasurer.post(path(told), body(told), key=key)
    again = told.treasurer.post(path(told), body(told), key=key)
    assert again.headers["idempotent-replay"] == "true"
    assert first.json() == again.json() and rows(told, "approval") == 2  # the move, and this


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"incoming": {}}, "one_person", "incoming"),
        ({"incoming": NEW | {"person_id": a_key()}}, "one_person", "incoming"),
        ({"incoming": {"person_id": a_key()}}, "person_unknown", "person"),
        ({"incoming": {"person": {"name": "Nguyễn Thị Mới", "phone": "12"}}}, "phone_unclear", "phone"),
        ({"incoming": {"person": {"name": " ", "phone": PHONE}}}, "text_empty",
         "incoming.person.name"),
        ({"outgoing_person_id": a_key()}, "not_treasurer", "outgoing_person_id"),
        ({"counts": []}, "hand_uncounted", "counts"),
        ({"counts": [{"pot_id": a_key(), "place": "hand", "notes": {}}]}, "pot_unknown",
         "counts.0.pot_id"),
        ({"witnesses": ["Nguyễn Thị Chứng"]}, "witnesses_needed", "witnesses"),
        ({"date": "2026-10-21"}, "in_future", "date"),
        ({"date": "2026-10-19"}, "moved_since", "date"),
    ],
)  # fmt: skip
def test_what_is_refused(told: Village, more: dict[str, Any], code: str, field: str) -> None:
    before = told.everything()
    answer = told.treasurer.post(path(told), body(told, **more), key=a_key())
    said = answer.json()
    assert said["code"] == code, said
    assert field in fields(said) or answer.status_code == 409
    assert told.everything() == before


def test_a_difference_needs_its_reason(told: Village) -> None:
    counts = [{"pot_id": told.chapter.pot, "place": "hand", "notes": {"5000": 1}}]
    answer = told.treasurer.post(path(told), body(told, counts=counts), key=a_key())
    assert fields(problem(answer, 422, "difference_reason_needed")) == ["difference_reason"]


def test_figures_that_changed(told: Village) -> None:
    what = waits(told.treasurer.post(path(told), body(told), key=a_key()))
    told.recorded("Mai 1.000/1")
    problem(sign(told.program(told.chapter.head), what), 409, "figures_changed")
    assert rows(told, "handover") == 0


# Pages


def form(village: Village, by: Actor | None = None, **typed: str) -> dict[str, str]:
    """The blank page filled in."""
    html = village.browser(by or village.chapter.treasurer).get(f"{village.pages}/ban-giao").text
    return {
        "key": hidden(html, "key"), "name": "Nguyễn Thị Mới", "phone": PHONE, "date": "2026-10-20",
        "witnesses.0": WITNESSES[0], "witnesses.1": WITNESSES[1],
        note(village, "hand", 10_000): "1", "do": "sign",
    } | typed  # fmt: skip


def note(village: Village, place: str, value: int) -> str:
    return f"notes-{village.chapter.pot}-{place}-{value}"


def sends(village: Village, form: dict[str, str], by: Actor | None = None) -> Any:
    return village.browser(by or village.chapter.treasurer).send(f"{village.pages}/ban-giao", form)


def test_what_is_in_her_hand_is_not_shown_before_she_counted(told: Village) -> None:
    html = told.browser(told.chapter.treasurer).get(f"{told.pages}/ban-giao").text
    assert "50.000 ₫" in seen(html) and "giao nguyên" in seen(html)
    # Only the note of that value says it.
    assert seen(html).count("10.000 ₫") == 2 and "chưa đếm" in seen(html)


def test_adding_up_says_the_difference_at_once_and_keeps_all(told: Village) -> None:
    before = told.everything()
    typed = form(told, do="add") | {note(told, "hand", 10_000): "", note(told, "hand", 5_000): "1"}
    answer = sends(told, typed)
    assert answer.status_code == 200
    assert "thiếu 5.000 ₫" in seen(answer.text)
    assert 'value="Nguyễn Thị Mới"' in answer.text
    assert hidden(answer.text, "key") == typed["key"]
    assert told.everything() == before


def test_signed_on_two_phones_and_printed(told: Village) -> None:
    answer = sends(told, form(told))
    assert answer.status_code == 303
    waiting = answer.headers["location"]
    head = told.browser(told.chapter.head)
    shown = seen(head.get(waiting).text)
    for words in ("Bàn giao quỹ", "Nguyễn Thị treasurer", "Nguyễn Thị Mới", "10.000 ₫",
                  "lợn, tiền thủ quỹ cầm: đếm được", "lợn, trong lợn: không đếm, giao theo sổ",
                  "Nguyễn Thị Chứng"):  # fmt: skip
        assert words in shown, words
    html = head.get(waiting).text
    code = head.send(f"{waiting}/ky", {"fingerprint": hidden(html, "fingerprint")})
    assert "Đã bàn giao quỹ." in seen(code.text)
    assert "Mã vào máy của chị Nguyễn Thị Mới" in seen(code.text)
    old = told.browser(told.chapter.treasurer).get("/hom-nay")
    assert (old.status_code, old.headers["location"]) == (303, "/vao")
    ((made,),) = told.db.read_now(Tx.rows, "SELECT id FROM handover")
    assert f"/ban-giao/{made}" in code.text
    paper = seen(head.get(f"/ban-giao/{made}").text)
    for words in ("BIÊN BẢN BÀN GIAO QUỸ", "ngày 20/10/2026", "Nguyễn Thị chapter_head ký thay",
                  "Mười nghìn đồng", "Sáu mươi nghìn đồng", "giao nguyên, chưa mở",
                  "Không có khoản thừa, thiếu hay nợ nào.", "Ký thay người nhận"):  # fmt: skip
        assert words in paper, words
    assert sat(told.chapter, Role.TREASURER).endswith("Mới 20/10/2026–")


def test_her_phone_says_why_it_opens_the_book_no_more(told: Village, app: FastAPI) -> None:
    """The day and whom to ask, to her phone alone, and nothing to any other."""
    why = "Chị đã thôi làm thủ quỹ từ ngày 20/10/2026."
    secret = a_phone(told.db, app, told.chapter.treasurer)
    lost = a_phone(told.db, app, told.chapter.treasurer)
    deputys = a_phone(told.db, app, told.chapter.deputy)

    def door(of: str) -> str:
        return told.client.get("/vao", headers={"Cookie": f"solon_device={of}"}).text

    # Another office that she has ended while she keeps one.
    sql = (
        "INSERT INTO office (id, person_id, unit_id, role, from_on, to_on)"
        " VALUES (?, ?, ?, 'inspector', '2021-03-08', '2022-03-08')"
    )
    of = (a_key(), told.chapter.deputy.person_id, told.chapter.id)
    told.db.write_now(Tx.run, sql, of)
    sql = "UPDATE device SET revoked_at = 1, revoked_why = 'reported' WHERE token_hash = ?"
    told.db.write_now(Tx.run, sql, (digest(lost),))
    assert "Chị đã thôi" not in door(secret)
    what = waits(told.treasurer.post(path(told), body(told), key=a_key()))
    done(sign(told.program(told.chapter.head), what))
    page = seen(door(secret))
    assert why in page and "mời chị hỏi chi hội trưởng" in page
    assert "Sổ chưa biết máy này" not in page
    for other in (lost, deputys, "somebody's", ""):
        assert "Chị đã thôi" not in door(other)
    by_link = told.client.get("/vao", params={"may": secret}).text  # typed in on another phone
    assert "Chị đã thôi" not in by_link


def test_the_same_page_sent_twice_is_one(told: Village) -> None:
    typed = form(told)
    first, again = sends(told, typed), sends(told, typed)
    assert first.headers["location"] == again.headers["location"]


def test_every_problem_stands_beside_its_field(told: Village) -> None:
    before = told.everything()
    typed = form(told) | {"name": "", "phone": "", "witnesses.1": "",
                          note(told, "hand", 10_000): ""}  # fmt: skip
    answer = sends(told, typed)
    assert answer.status_code == 422
    assert beside(answer.text, "person_id") == "Ai nhận quỹ? Mời chị chọn."
    assert beside(answer.text, "witnesses.1") == "Cần tên hai người khác nhau."
    assert beside(answer.text, f"notes-{told.chapter.pot}-hand")
    assert f'value="{WITNESSES[0]}"' in answer.text
    assert told.everything() == before


@pytest.mark.parametrize("typed", ["-1", "x", "1.5", "99999999", "१"])
def test_notes_that_are_none(told: Village, typed: str) -> None:
    name = note(told, "hand", 10_000)
    answer = sends(told, form(told) | {name: typed})
    assert answer.status_code == 422 and beside(answer.text, name)


def test_odd_forms_are_never_a_500(told: Village) -> None:
    for odd in ({"person_id": "?"}, {"person_id": told.neighbour.members["Tư"], "name": "", "phone": ""},
                {"date": "hôm qua"}, {"key": ""}, {"key": "?"}, {"do": "x"},
                {note(told, "bank", 1_000): "1"}, {f"notes-{a_key()}-hand-1000": "1"},
                {note(told, "hand", 300): "1"}, {"witnesses.0": "\u202e"}, {"reason": "x" * 3000}):  # fmt: skip
        answer = sends(told, form(told) | odd)
        assert answer.status_code in (200, 303, 422), (odd, plain(answer.text))


def test_the_head_says_why_she_signs_in_her_place(told: Village) -> None:
    head = told.chapter.head
    answer = sends(told, form(told, head), head)
    assert answer.status_code == 422
    assert beside(answer.text, "reason") == "Chị ký thay thủ quỹ. Mời chị ghi vì sao."
    assert sends(told, form(told, head, reason="Chị ấy bỏ đi"), head).status_code == 303
    blank = told.browser(head).get(f"{told.pages}/ban-giao").text
    assert "đang chờ ký" in seen(blank) and "Chị ký thay thủ quỹ" in seen(blank)


def test_without_a_treasurer_there_is_nothing_to_hand_over(told: Village) -> None:
    sql = "UPDATE office SET to_on = from_on WHERE role = 'treasurer' AND unit_id = ?"
    told.db.write_now(Tx.run, sql, (told.chapter.id,))
    html = told.browser(told.chapter.head).get(f"{told.pages}/ban-giao").text
    assert "Chi hội chưa có thủ quỹ" in seen(html)


def test_a_copy_to_practise_on_hands_nothing_over(told: Village) -> None:
    browser = told.browser(told.chapter.treasurer)
    mark = browser.send(f"{told.pages}/so-tap", {}).cookies["solon_practice"]
    told.client.cookies.clear()
    cookies = {"Cookie": f"{browser.headers['Cookie']}; solon_practice={mark}"}
    answer = told.client.get(f"{told.pages}/ban-giao", headers=cookies)
    assert answer.status_code == 409
