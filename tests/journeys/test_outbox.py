"""The outbox's door: a sheet comes in once, under its own person's name, or says why not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from app.charter import actions as charter
from app.db.tx import Tx
from app.terms import Actor
from tests.broken import Breaks, broken
from tests.journeys.doors import Village, hidden, seen
from tests.journeys.signing import next_morning
from tests.story import TODAY, StoryClock, a_charter, a_key, counted


def sends(
    village: Village, by: Actor | None = None, *, key: str = "", **more: Any
) -> httpx2.Response:
    """The phone sends what it kept."""
    who = by or village.chapter.treasurer
    told = {"key": key or a_key(), "person": village.chapter.treasurer.person_id,
            "pot_id": village.chapter.pot, "date": "2026-10-20", "amount-1": "5k"}  # fmt: skip
    return village.browser(who).send(f"{village.pages}/gui", told | more)


def test_it_is_in_the_book_with_number_and_code(village: Village) -> None:
    answer = sends(village)
    told = answer.json()
    assert (answer.status_code, told["state"]) == (200, "posted")
    slip = seen(village.browser(village.chapter.treasurer).get(f"/phieu/{told['entry']}").text)
    assert f"Đã vào sổ số {told['number']}" in slip and told["code"] in slip
    village.chapter.holds("""
        20/10 sheet Lan 5.000/5
        lợn 5.000 Lan 5.000/5
    """)


def test_sent_again_it_is_the_same_sheet(village: Village) -> None:
    key = a_key()
    first = sends(village, key=key).json()
    before = village.everything()
    assert sends(village, key=key).json() == first
    assert village.everything() == before


def test_a_used_key_with_other_money_is_refused(village: Village) -> None:
    key = a_key()
    sends(village, key=key)
    answer = sends(village, key=key, confirmed="1", **{"amount-1": "6k"})
    assert (answer.status_code, answer.json()["state"]) == (422, "fix")
    assert counted(village.db, "entry") == 1


def test_what_is_allowed_but_doubtful_is_asked_on_the_phone(village: Village) -> None:
    """A second sheet of a day: not dropped, not recorded, but asked."""
    sends(village)
    key = a_key()
    told = sends(village, key=key).json()
    assert told["state"] == "ask" and "Hôm nay đã thu của 1 chị rồi" in told["says"]
    assert counted(village.db, "entry") == 1
    assert sends(village, key=key, confirmed="1").json()["state"] == "posted"
    assert counted(village.db, "entry") == 2


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"amount-1": "500"}, "Nguyễn Thị Lan"),
        ({"amount-1": "10"}, "10.000"),
        ({"amount-1": ""}, "chưa có ai góp"),
        ({"date": "2026-10-21"}, "chưa tới"),
        ({"date": "2026-10-01"}, "lý do"),
        ({"amount-99": "1k"}, "không có hội viên này"),
        ({"pot_id": "01a15709-0000-7000-8000-000000000000"}, ""),
    ],
    ids=["too little", "unclear", "nobody", "tomorrow", "too old", "a stranger", "another pig"],
)
def test_what_must_be_mended_says_so(village: Village, more: dict[str, str], says: str) -> None:
    before = village.everything()
    answer = sends(village, **more)
    told = answer.json()
    assert (answer.status_code, told["state"]) == (422, "fix")
    assert says in told["says"] and told["says"]
    assert village.everything() == before


def test_nothing_is_posted_under_anothers_name(village: Village) -> None:
    """The deputy is signed in on the treasurer's phone: her outbox is not the deputy's."""
    before = village.everything()
    answer = sends(village, village.chapter.deputy)
    assert (answer.status_code, answer.json()["state"]) == (409, "other")
    assert sends(village, person="").json()["state"] == "other"
    assert village.everything() == before


def test_an_office_ended_with_unsent_lines(village: Village) -> None:
    """Nothing comes in, and it is told as signing in anew, which she cannot."""
    sql = "UPDATE session SET revoked_at = 1 WHERE person_id = ?"
    village.db.write_now(lambda tx: tx.run(sql, (village.chapter.treasurer.person_id,)))
    answer = sends(village)
    assert (answer.status_code, answer.headers["location"]) == (303, "/vao")
    assert counted(village.db, "entry") == 0


def test_a_charter_changed_meanwhile(village: Village, clock: StoryClock) -> None:
    """5.000 ₫ for five days was right when she wrote it; now two thousand a day is the rule."""
    waits = village.db.write_now(
        charter.propose_charter, actor=village.chapter.treasurer, chapter_id=village.chapter.id,
        charter=a_charter(minimum_per_period=2_000), on=TODAY + timedelta(days=1),
    )  # fmt: skip
    village.chapter.signs(village.chapter.head, waits)
    next_morning(village, clock)
    answer = sends(village, date="2026-10-21", **{"amount-1": "5k", "periods-1": "5"})
    assert (answer.status_code, answer.json()["state"]) == (422, "fix")
    assert "10.000" in answer.json()["says"].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("goes_on", "says"),
    [
        (True, "Lợn trước đã mổ ngày 20/10/2026, không ghi thêm được. Ghi vào lợn mới?"),
        (False, "Lợn này đã đóng, không ghi thêm được."),
    ],
    ids=["a new pig", "no pig any more"],
)
def test_the_pig_was_broken_meanwhile(village: Village, goes_on: bool, says: str) -> None:
    """Yesterday's sheet comes after the breaking: refused with its reason, as often as it is sent,
    and back in the form as she wrote it; into the new pig it goes when she says so."""
    _broken(village, TODAY, goes_on)
    before = village.everything()
    kept = {"date": "2026-10-19", "amount-1": "5k", "periods-1": "1", "note": "trời mưa"}
    key = a_key()
    for confirmed in ({}, {"confirmed": "1"}, {}):
        answer = sends(village, key=key, **kept, **confirmed)
        assert (answer.status_code, answer.json()) == (422, {"state": "fix", "says": says})
    told = {"pot_id": village.chapter.pot, "key": key, **kept}
    treasurer = village.browser(village.chapter.treasurer)
    posted = treasurer.send(f"{village.pages}/thu", told | {"do": "record"})
    assert posted.status_code == 422 and says in seen(posted.text)
    form = treasurer.send(f"{village.pages}/thu", told | {"do": "check", "replaces": key})
    assert form.status_code == 200 and f'data-replaces="{key}"' in form.text
    for name in ("date", "amount-1", "periods-1", "note"):
        assert hidden(form.text, name) == kept[name]
    assert village.everything() == before
    mended = sends(village, **kept | {"date": "2026-10-20"}, replaces=key).json()
    if goes_on:
        assert mended["state"] == "posted"
        village.chapter.holds("""
            20/10 sheet Lan 5.000/1
            lợn 5.000 Lan 5.000/1
        """)
    else:
        assert mended["says"] == says and village.everything() == before


def test_what_was_in_the_book_before_the_breaking_is_told_again(village: Village) -> None:
    """The answer was lost, then the pig was broken: asked again she hears that it is in the book."""
    key = a_key()
    first = sends(village, key=key, date="2026-10-19").json()
    assert first["state"] == "posted"
    _broken(village, TODAY, goes_on=True)
    before = village.everything()
    assert sends(village, key=key, date="2026-10-19").json() == first
    assert village.everything() == before


def _broken(village: Village, on: date, goes_on: bool) -> None:
    """The pig is broken; or its pot is closed for good, which nobody can yet (so by SQL)."""
    if goes_on:
        broken(village.chapter, on=on)
        return
    sql = "UPDATE cycle SET closed_on = ? WHERE chapter_id = ?"
    village.db.write_now(Tx.run, sql, (on, village.chapter.id))


def test_a_pig_that_is_being_broken(village: Village) -> None:
    """The sheet stays on the phone and is asked again: refused for now, then into the new pig."""
    breaks = Breaks(village.chapter)
    breaks.opens()
    before, key = village.everything(), a_key()
    for _ in range(2):
        answer = sends(village, key=key)
        assert answer.status_code == 409 and answer.json() == {
            "state": "refused",
            "says": "Lợn này đang mổ, chưa ghi gì. Chờ hai người ký xong rồi mời chị ghi lại.",
        }
    assert village.everything() == before
    breaks.counts(0)
    breaks.breaks()
    assert sends(village, key=key).json()["state"] == "posted"


def test_the_pages_a_phone_keeps(village: Village) -> None:
    """The manifest, the worker and the page without a signal name nobody."""
    door = village.nobody()
    manifest = door.get("/manifest.webmanifest").json()
    assert manifest["start_url"] == "/hom-nay" and manifest["shortcuts"][0]["url"] == "/thu-hom-nay"
    for icon in manifest["icons"]:
        assert door.get(icon["src"]).status_code == 200
    worker = door.get("/sw.js")
    assert worker.headers["cache-control"] == "no-cache" and "__FILES__" not in worker.text
    treasurer = village.browser(village.chapter.treasurer)
    assert treasurer.get("/thu-hom-nay").headers["location"] == f"{village.pages}/thu"
    assert "Không có mạng" in seen(door.get("/khong-mang").text)


@pytest.mark.parametrize("more", [{"date": ""}, {"so_tap": a_key()}], ids=["no day", "practice"])
def test_what_no_page_would_have_kept_is_refused(village: Village, more: dict[str, str]) -> None:
    """The day it arrives is not the day it was taken in; an exercise is no money."""
    before = village.everything()
    assert sends(village, **more).json()["state"] == "fix"
    assert village.everything() == before


def test_whoever_else_is_in_is_told_so_before_her_office_is_asked(village: Village) -> None:
    """The inspector may not record; the sheet is the treasurer's all the same, and waits."""
    answer = sends(village, village.chapter.inspector)
    assert (answer.status_code, answer.json()["state"]) == (409, "other")


def test_the_worker_is_sent_once(village: Village) -> None:
    first = village.nobody().get("/sw.js")
    mark = {"If-None-Match": first.headers["etag"]}
    assert village.nobody().get("/sw.js", headers=mark).status_code == 304
