"""An office ends with sheets on the phone: held for review, never doubled, never under another's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from app.access import devices
from app.charter import actions as charter
from app.db.tx import Tx
from app.terms import Actor, Revoked, Role
from tests.actions.seats import ends
from tests.broken import broken
from tests.journeys.doors import API, Village, hidden, seen
from tests.journeys.holders import quick
from tests.journeys.leaving import HELD, Phone, a_phone_of
from tests.journeys.signing import done, next_morning, sign, waits
from tests.story import DAY, TODAY, StoryClock, a_charter, a_key, counted, sign_in

BOOK = """
    20/10 sheet Lan 5.000/5, Mai 2.000/2
    lợn 7.000 Lan 5.000/5, Mai 2.000/2
"""
WHY = "Mỹ đã ghi trong sổ giấy"


@pytest.fixture
def phone(village: Village) -> Phone:
    """The treasurer's, with whatever the test has it keep."""
    quick(village.app)
    return a_phone_of(village, village.chapter.treasurer)


def office_ends(village: Village) -> None:
    """The head ends the treasurer's office; her sign-ins end with it."""
    ends(village.chapter, village.chapter.head, Role.TREASURER)


def held(village: Village, phone: Phone, key: str = "", **more: Any) -> str:
    """Her office has ended, and the chapter holds this sheet; its key."""
    key = key or a_key()
    office_ends(village)
    assert phone.is_told(key, **more)["state"] == "held"
    return key


def records(village: Village, by: Actor, key: str, **more: str) -> httpx2.Response:
    """She records it under her own name."""
    return village.browser(by).send(f"/bang-giu/{key}/ghi", more)


def drops(village: Village, by: Actor, key: str, why: str = WHY) -> httpx2.Response:
    """She does not."""
    return village.browser(by).send(f"/bang-giu/{key}/bo", {"why": why})


def page(village: Village, by: Actor, key: str) -> str:
    """What she sees of it."""
    answer = village.browser(by).get(f"/bang-giu/{key}")
    assert answer.status_code == 200
    return seen(answer.text)


# Handed over


def test_it_is_held_and_not_posted(village: Village, phone: Phone) -> None:
    """Her phone is not let in any more; the sheet is held once, and sealed, and in no balance."""
    office_ends(village)
    key = a_key()
    sealed = village.chapter.head_now()[0]
    assert phone.sends(key).headers["location"] == "/vao"
    for _ in range(2):
        assert phone.is_told(key) == {"state": "held", "says": HELD}
    assert counted(village.db, "held_sheet") == 1 and counted(village.db, "entry") == 0
    assert village.chapter.head_now()[0] == sealed + 1
    assert village.chapter.findings() == []
    trail = seen(village.browser(village.chapter.head).get(f"{village.pages}/nhat-ky").text)
    assert "7.000 ₫ của 2 chị, ngày 20/10/2026. Đang giữ, chưa vào sổ" in trail


def test_the_sealed_record_holds_no_word_of_it(village: Village, phone: Phone) -> None:
    """Its note lies where it can be erased; the record has the commitment alone."""
    held(village, phone)
    sql = "SELECT content FROM trail WHERE chapter_id = ? AND act = 'sheet_held'"
    ((content,),) = village.db.read_now(Tx.rows, sql, (village.chapter.id,))
    assert "mưa" not in bytes(content).decode("unicode_escape") and b'"form"' in bytes(content)
    village.db.write_now(Tx.run, "UPDATE trail_text SET words = '' WHERE name = 'form'")
    assert village.chapter.findings() == []
    (key,) = village.db.read_now(Tx.rows, "SELECT id FROM held_sheet")[0]
    assert "Các dòng của bảng này đã xóa" in page(village, village.chapter.head, key)
    assert drops(village, village.chapter.head, key).status_code == 303


def test_the_head_records_it_under_her_own_name(village: Village, phone: Phone) -> None:
    """On Today, looked at, recorded by all rules; the phone is told by whom."""
    key, head = held(village, phone), village.chapter.head
    today = village.browser(head).get("/hom-nay").text
    assert "1 bảng thu của Nguyễn Thị treasurer đang giữ, chờ xem lại" in seen(today)
    assert f'href="/bang-giu/{key}"' in today
    shown = page(village, head, key)
    for words in ("Bảng thu của Nguyễn Thị treasurer 20/10/2026", "1 Nguyễn Thị Lan 5.000 ₫", "mưa to",
                  "3 Nguyễn Thị Mai 2.000", "7.000 ₫", "Bảy nghìn đồng", "Chưa vào sổ"):  # fmt: skip
        assert words in shown.replace("\N{NO-BREAK SPACE}", " "), words
    slip = records(village, head, key).headers["location"]
    told = phone.is_told(key)
    assert told["state"] == "posted" and told["by"] == "Nguyễn Thị chapter_head"
    assert slip == f"/phieu/{told['entry']}"
    paper = seen(village.browser(head).get(slip).text)
    assert "Người ghi: Nguyễn Thị chapter_head" in paper and told["code"] in paper
    assert f"Đã vào sổ số {told['number']}" in paper
    assert "đang giữ" not in seen(village.browser(head).get("/hom-nay").text)
    assert "đã ghi vào sổ số" in page(village, head, key)
    same = "SELECT r.request, h.request FROM stored_reply r JOIN held_sheet h ON h.id = r.key"
    ((recorded, kept),) = village.db.read_now(Tx.rows, same)
    assert bytes(recorded) == bytes(kept)  # the sheet that her phone would have sent
    village.chapter.holds(BOOK)


def test_recorded_twice_it_is_one_sheet(village: Village, phone: Phone) -> None:
    """A second tap, and her deputy a moment later: told who recorded it."""
    key = held(village, phone)
    records(village, village.chapter.head, key)
    before = village.everything()
    for by in (village.chapter.head, village.chapter.deputy):
        assert records(village, by, key, confirmed="1").headers["location"] == f"/bang-giu/{key}"
        assert "Nguyễn Thị chapter_head đã ghi vào sổ số" in page(village, by, key)
    assert village.everything() == before


def test_what_came_in_before_her_office_ended_is_told_as_such(
    village: Village, phone: Phone
) -> None:
    """Not certain on the phone, certain in the book: its receipt, and nothing is held."""
    key = a_key()
    sent = phone.sends(key).json()
    office_ends(village)
    before = village.everything()
    assert phone.is_told(key) == sent and sent["state"] == "posted"
    assert village.everything() == before and counted(village.db, "held_sheet") == 0


def test_a_used_key_with_another_sheet_is_refused(village: Village, phone: Phone) -> None:
    """In the book, and held: neither takes other money under the same key."""
    posted = a_key()
    phone.sends(posted)
    kept = held(village, phone)
    before = village.everything()
    for key in (posted, kept):
        answer = phone.hands_over(key, **{"amount-1": "6k"})
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert village.everything() == before


def test_dropped_with_a_reason(village: Village, phone: Phone) -> None:
    """The phone is told by whom and why; nobody records it afterwards."""
    key, head = held(village, phone), village.chapter.head
    assert drops(village, head, key, "").status_code == 422
    assert drops(village, head, key).headers["location"] == f"/bang-giu/{key}"
    assert phone.is_told(key) == {
        "state": "dropped", "says": f"Chị Nguyễn Thị chapter_head đã xem và không ghi bảng này: {WHY}",
    }  # fmt: skip
    before = village.everything()
    deputy = village.chapter.deputy
    assert records(village, deputy, key).headers["location"] == f"/bang-giu/{key}"
    again = drops(village, deputy, key)
    assert again.status_code == 409 and WHY in seen(again.text)
    assert village.everything() == before and counted(village.db, "entry") == 0
    trail = seen(village.browser(head).get(f"{village.pages}/nhat-ky").text)
    assert "Không ghi bảng đang giữ của Nguyễn Thị treasurer" in trail and WHY in trail


def test_opened_in_the_form_and_changed(village: Village, phone: Phone) -> None:
    """Lan's amount was wrong: the new sheet settles the held one in the same stroke."""
    key, head = held(village, phone), village.browser(village.chapter.head)
    form = head.get(f"/bang-giu/{key}").text
    assert hidden(form, "held") == key and hidden(form, "amount-3") == "2.000"
    opened = head.send(f"{village.pages}/thu", {
        "held": key, "do": "check", "pot_id": village.chapter.pot, "date": "2026-10-20",
        "amount-1": "5k", "amount-3": "2.000"})  # fmt: skip
    assert opened.status_code == 200 and "phiếu của chị thay cho" in seen(opened.text)
    changed = {"held": hidden(opened.text, "held"), "key": hidden(opened.text, "key"),
               "pot_id": village.chapter.pot, "date": "2026-10-20", "amount-1": "4k",
               "do": "record"}  # fmt: skip
    slip = head.send(f"{village.pages}/thu", changed).headers["location"]
    told = phone.is_told(key)
    assert (told["state"], f"/phieu/{told['entry']}") == ("posted", slip)
    assert counted(village.db, "entry") == 1
    before = village.everything()
    late = village.browser(village.chapter.deputy).send(
        f"{village.pages}/thu", changed | {"key": a_key(), "confirmed": "1"}
    )
    assert late.status_code == 422
    assert f"đã ghi vào sổ số {told['number']} rồi" in seen(late.text)
    assert village.everything() == before


def test_a_held_sheet_of_nowhere_takes_no_sheet_with_it(village: Village, phone: Phone) -> None:
    """Another chapter's, or none: the form is refused, nothing is recorded."""
    key = held(village, phone)
    before = village.everything()
    neighbour = village.neighbour
    form = {"key": a_key(), "pot_id": neighbour.pot, "date": "2026-10-20", "amount-1": "4k",
            "do": "record", "held": key}  # fmt: skip
    answer = village.browser(neighbour.head).send(f"/chi-hoi/{neighbour.id}/thu", form)
    assert answer.status_code == 422 and "Không tìm thấy" in seen(answer.text)
    assert village.everything() == before


def test_what_is_allowed_but_doubtful_is_asked(village: Village, phone: Phone) -> None:
    """That day was collected already: asked first, recorded with the answer."""
    village.chapter.sheet("Hoa 1.000/1")
    key, head = held(village, phone), village.chapter.head
    asked = records(village, head, key)
    assert asked.status_code == 200 and "Chị thu thêm lần nữa ạ?" in seen(asked.text)
    assert hidden(asked.text, "confirmed") == "1" and counted(village.db, "entry") == 1
    assert records(village, head, key, confirmed="1").headers["location"].startswith("/phieu/")
    assert counted(village.db, "entry") == 2


def test_it_comes_late(village: Village, phone: Phone, clock: StoryClock) -> None:
    """Ten days on it needs a reason; one is offered, and it goes in under the first key."""
    office_ends(village)
    clock.tell(TODAY + 10 * DAY)
    village.tokens.clear()
    key, head = a_key(), village.chapter.head
    assert phone.is_told(key)["state"] == "held"
    shown = village.browser(head).get(f"/bang-giu/{key}").text
    reason = hidden(shown, "reason")
    assert "Nguyễn Thị treasurer" in reason
    refused = records(village, head, key)
    assert refused.status_code == 422 and "cần lý do" in seen(refused.text)
    slip = records(village, head, key, reason=reason).headers["location"]
    assert reason in seen(village.browser(head).get(slip).text)
    assert phone.is_told(key)["state"] == "posted"


# What no longer fits


def test_a_charter_changed_meanwhile(village: Village, phone: Phone, clock: StoryClock) -> None:
    """Two thousand for two days was right when she wrote it."""
    asked = village.db.write_now(
        charter.propose_charter, actor=village.chapter.treasurer, chapter_id=village.chapter.id,
        charter=a_charter(minimum_per_period=2_000), on=TODAY + timedelta(days=1),
    )  # fmt: skip
    village.chapter.signs(village.chapter.head, asked)
    next_morning(village, clock)
    key = held(village, phone, date="2026-10-21", **{"periods-3": "2"})
    before = village.everything()
    shown = page(village, village.chapter.head, key)
    assert "Có chỗ không còn khớp sổ" in shown and "Nguyễn Thị Mai: 2.000 ₫ chưa đủ cho 2" in (
        shown.replace("\N{NO-BREAK SPACE}", " ")
    )
    refused = records(village, village.chapter.head, key)
    assert refused.status_code == 422 and "Nguyễn Thị Mai" in seen(refused.text)
    assert village.everything() == before


def test_a_member_who_left_is_not_dropped_without_a_word(village: Village, phone: Phone) -> None:
    """Her line stays on the page and on the form, and holds the sheet back."""
    key = held(village, phone)
    village.db.write_now(
        Tx.run, "UPDATE member SET left_on = '2026-10-19' WHERE id = ?", (village.chapter.members["Mai"],)
    )  # fmt: skip
    before = village.everything()
    shown = page(village, village.chapter.head, key)
    assert "Nguyễn Thị Mai: Ngày 20/10/2026 chị ấy không ở trong chi hội" in shown
    assert records(village, village.chapter.head, key).status_code == 422
    form = {"held": key, "do": "record", "key": a_key(), "pot_id": village.chapter.pot,
            "date": "2026-10-20", "amount-1": "5k", "amount-3": "2.000"}  # fmt: skip
    typed = village.browser(village.chapter.head).send(f"{village.pages}/thu", form)
    assert typed.status_code == 422 and "Nguyễn Thị Mai: Ngày 20/10/2026" in seen(typed.text)
    assert village.everything() == before


def test_a_pig_broken_meanwhile(village: Village, phone: Phone) -> None:
    """Its cycle is closed: said on the page, and refused."""
    key = held(village, phone, date="2026-10-19")
    chapter = village.chapter
    broken(chapter, by=(chapter.head, chapter.deputy))
    before = village.everything()
    assert "Lợn trước đã mổ ngày 20/10/2026" in page(village, village.chapter.head, key)
    refused = records(village, village.chapter.head, key)
    assert refused.status_code in (409, 422) and "Lợn trước đã mổ" in seen(refused.text)
    assert village.everything() == before


# She came back


def comes_back(village: Village, phone: Phone) -> Phone:
    """She is treasurer again, and signed in."""
    leader = village.program(village.chapter.union.leader)
    body = {"person_id": phone.who.person_id, "role": "treasurer", "from": "2026-10-20"}
    answer = leader.post(f"/api/v1/units/{village.chapter.id}/offices", body)
    assert answer.status_code == 201, answer.text
    who = village.db.write_now(sign_in, phone.who.person_id)
    village.tokens.pop(phone.who.person_id, None)
    return Phone(village, who, phone.secret)


def test_she_came_back_and_her_phone_sends_it(village: Village, phone: Phone) -> None:
    """Hers to record again: in the book once, and held no more."""
    key = held(village, phone)
    back = comes_back(village, phone)
    assert "1 bảng thu của Nguyễn Thị treasurer" in seen(
        village.browser(back.who).get("/hom-nay").text
    )
    assert back.is_told(key)["state"] == "held"
    sent = back.sends(key).json()
    assert sent["state"] == "posted"
    assert back.is_told(key)["entry"] == sent["entry"]
    assert "đang giữ" not in seen(village.browser(back.who).get("/hom-nay").text)
    village.chapter.holds(BOOK)


def test_she_came_back_after_it_was_decided(village: Village, phone: Phone) -> None:
    """Dropped, or recorded with a change: her phone is told, and records nothing anew."""
    dropped, changed = held(village, phone), a_key()
    phone.is_told(changed)
    head = village.chapter.head
    drops(village, head, dropped)
    form = {"held": changed, "do": "record", "key": a_key(), "pot_id": village.chapter.pot,
            "date": "2026-10-20", "amount-1": "4k", "confirmed": "1"}  # fmt: skip
    entry = village.browser(head).send(f"{village.pages}/thu", form).headers["location"]
    back = comes_back(village, phone)
    back.sends(
        a_key(), date="2026-10-19"
    )  # her session is in use; else that would be all that changes
    before = village.everything()
    assert back.sends(dropped).json()["state"] == "dropped"
    assert f"/phieu/{back.sends(changed).json()['entry']}" == entry
    assert village.everything() == before and counted(village.db, "entry") == 2


def test_a_held_sheet_that_stood_for_a_held_one(village: Village, phone: Phone) -> None:
    """The deputy opened it, and her office ended with the changed one on her phone: one sheet."""
    first = held(village, phone)
    deputys = a_phone_of(village, village.chapter.deputy)
    ends(village.chapter, village.chapter.head, Role.DEPUTY)
    second = a_key()
    assert deputys.is_told(second, held=first, **{"amount-1": "4k"})["state"] == "held"
    assert "2 bảng thu đang giữ" in seen(village.browser(village.chapter.head).get("/hom-nay").text)
    records(village, village.chapter.head, second)
    assert (
        phone.is_told(first)["entry"]
        == deputys.is_told(second, held=first, **{"amount-1": "4k"})["entry"]
    )
    assert counted(village.db, "entry") == 1


# Who may


def test_whoever_keeps_the_book_records_instead(village: Village, phone: Phone) -> None:
    """In office nothing is held: her phone is to sign in."""
    before = village.everything()
    assert phone.hands_over().headers["location"] == "/vao"
    assert village.everything() == before


def test_only_an_outgoing_officers_own_phone(village: Village, phone: Phone) -> None:
    """No secret, a made-up one, an inspector's, the neighbours' treasurer's, another's sheet."""
    inspectors = a_phone_of(village, village.chapter.inspector)
    neighbours = a_phone_of(village, village.neighbour.treasurer)
    for role in (Role.TREASURER, Role.INSPECTOR):
        ends(village.chapter, village.chapter.head, role)
    ends(village.neighbour, village.neighbour.head, Role.TREASURER)
    before = village.everything()
    for secret in ("", "made-up"):
        nobodys = Phone(village, phone.who, secret)
        assert nobodys.hands_over().headers["location"] == "/vao"
    assert inspectors.hands_over().status_code == 404
    assert neighbours.hands_over().status_code == 404
    assert phone.hands_over(chapter=village.neighbour.id).status_code == 404
    assert phone.hands_over(chapter=a_key()).status_code == 404
    assert phone.hands_over(person=village.chapter.head.person_id).status_code == 404
    assert phone.hands_over(headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert phone.hands_over(headers={"Origin": "https://other.example"}).status_code == 403
    assert village.everything() == before


def test_a_phone_that_ended_with_her_office_hands_over(village: Village, phone: Phone) -> None:
    """Ended in that moment, it still has what it has."""
    office_ends(village)
    village.db.write_now(
        devices.end_devices, person_id=phone.who.person_id, why=Revoked.OFFICE_ENDED
    )
    assert phone.is_told(a_key())["state"] == "held"


def lost(village: Village, phone: Phone) -> None:
    own = "SELECT id FROM device WHERE person_id = ?"
    (device,) = village.db.read_now(Tx.rows, own, (phone.who.person_id,))[0]
    village.db.write_now(devices.revoke_device, actor=village.chapter.head, device_id=device)


def pin_reset(village: Village, phone: Phone) -> None:
    head = village.program(village.chapter.head)
    deputy = village.program(village.chapter.deputy)
    path = f"{API}/people/{phone.who.person_id}/pin-reset"
    done(sign(head, waits(deputy.post(path, {"reason": "quên mã"}))))


@pytest.mark.parametrize("ended", [lost, pin_reset])
def test_a_phone_that_ended_otherwise_does_not(
    village: Village, phone: Phone, ended: Callable[[Village, Phone], None]
) -> None:
    """Whoever holds a lost one holds nothing over; nor what ended with the PIN."""
    ended(village, phone)
    office_ends(village)
    before = village.everything()
    assert phone.hands_over().headers["location"] == "/vao"
    assert village.everything() == before


def test_nobody_else_is_told_what_became_of_it(village: Village, phone: Phone) -> None:
    """Not even whoever decides, by her own phone."""
    key = held(village, phone)
    heads = a_phone_of(village, village.chapter.head)
    assert heads.hands_over(key).headers["location"] == "/vao"


def test_thirty_days_and_not_one_more(village: Village, phone: Phone, clock: StoryClock) -> None:
    """What she handed over in time is told for ever."""
    key = held(village, phone)
    clock.tell(TODAY + 30 * DAY)
    assert phone.hands_over().json()["state"] == "held"
    clock.tell(TODAY + 31 * DAY)
    before = village.everything()
    assert phone.hands_over().status_code == 404
    assert phone.is_told(key)["state"] == "held"
    assert village.everything() == before


def test_an_end_dated_back_takes_no_time_away(village: Village, phone: Phone) -> None:
    """She recorded this morning; the office is said to have ended in summer."""
    ends(village.chapter, village.chapter.head, Role.TREASURER, TODAY - 90 * DAY)
    assert phone.is_told(a_key())["state"] == "held"


def test_an_inspector_now(village: Village, phone: Phone) -> None:
    """She has another office, so she is signed in: her phone still hands over, on every page."""
    office_ends(village)
    leader = village.program(village.chapter.union.leader)
    body = {"person_id": phone.who.person_id, "role": "inspector", "from": "2026-10-20"}
    ends(village.chapter, village.chapter.head, Role.INSPECTOR)
    answer = leader.post(f"/api/v1/units/{village.chapter.id}/offices", body)
    assert answer.status_code == 201, answer.text
    village.tokens.pop(phone.who.person_id, None)
    now = village.db.write_now(sign_in, phone.who.person_id)
    key = a_key()
    assert phone.sends(key).status_code == 403
    assert phone.is_told(key)["state"] == "held"
    html = village.browser(now).get("/tren-may").text
    assert "data-left" in html and "js/phone.js" in html
    inspector = village.browser(now)
    assert "GHI DƯỚI TÊN TÔI" not in seen(inspector.get(f"/bang-giu/{key}").text)
    assert inspector.send(f"/bang-giu/{key}/bo", {"why": WHY}).status_code == 403
    assert "đang giữ" not in seen(inspector.get("/hom-nay").text)
    assert counted(village.db, "held_fate") == 0


def test_twenty_wait_and_no_more(village: Village, phone: Phone) -> None:
    """Until some are looked at."""
    first = held(village, phone)
    for _ in range(19):
        assert phone.hands_over().status_code == 200
    full = phone.hands_over()
    assert (full.status_code, full.json()["state"]) == (429, "refused")
    assert "20 bảng" in full.json()["says"] and counted(village.db, "held_sheet") == 20
    assert phone.is_told(first)["state"] == "held"
    drops(village, village.chapter.head, first)
    assert phone.hands_over().status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        {"key": "abc"}, {"date": "hôm qua"}, {"date": ""}, {"amount-1": "500 con gà"},
        {"amount-1": "", "amount-3": ""}, {"amount-99": "1k"}, {"pot_id": a_key()},
        {"group_id": a_key()}, {"role": "administrator"}, {"amount-1": ["1k", "2k"]},
        {"note": "x" * 2001}, {"note": "mưa\u202eto"}, {"amount-01": "1k"}, {"replaces": "x" * 60_001},
    ],
    ids=["key", "day", "no day", "amount", "nobody", "stranger", "pig", "group", "unknown field",
         "twice", "long note", "unseen sign", "number", "too large"],
)  # fmt: skip
def test_what_the_sheets_page_never_made_is_refused(
    village: Village, phone: Phone, more: dict[str, Any]
) -> None:
    """With a sentence, and nothing is changed."""
    office_ends(village)
    before = village.everything()
    answer = phone.hands_over(**more)
    assert (answer.status_code, answer.json()["state"]) == (422, "refused"), answer.text
    assert answer.json()["says"]
    assert village.everything() == before


# The door of a phone nobody can sign in on


def test_the_sign_in_page_works_on_for_her(village: Village, phone: Phone) -> None:
    """It runs the outbox there, says whose sheets they are, and names no member."""
    client = village.client
    headers = {"Cookie": f"solon_device={phone.secret}"}
    assert "data-at-the-door" not in client.get("/vao", headers=headers).text
    office_ends(village)
    door = client.get("/vao", headers=headers).text
    assert "Máy này còn giữ phiếu của chị Nguyễn Thị treasurer" in door and "js/phone.js" in door
    assert f'data-person="{phone.who.person_id}"' in door and "data-lines" not in door
    assert "data-at-the-door" not in client.get("/vao").text


def test_the_list_tells_what_was_decided(village: Village, phone: Phone) -> None:
    """Waiting first, then what was decided lately and by whom."""
    key, head = held(village, phone), village.browser(village.chapter.head)
    others = [a_key(), a_key()]
    for other in others:
        phone.is_told(other)
    records(village, village.chapter.head, key)
    drops(village, village.chapter.deputy, others[0])
    said = seen(head.get(f"{village.pages}/bang-giu").text)
    assert "máy gửi lúc 20/10/2026" in said
    assert "Nguyễn Thị chapter_head đã ghi vào sổ số" in said
    assert "Nguyễn Thị deputy đã xem, không ghi" in said
    assert "Đã xem gần đây" in said
