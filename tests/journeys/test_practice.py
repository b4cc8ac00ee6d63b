"""The practice book: pages work as ever, on a copy; nothing of it ever reaches the real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import IntegrityError
from typing import Any

import pytest
from fastapi import FastAPI

from app import verify as checks
from app.charter import charter_form
from app.config import Settings
from app.db import apart, embedded, schema
from app.db.tx import Tx
from app.errors import Gone
from app.main import create_app
from app.practice.shelf import Shelf
from tests.journeys.doors import Village, hidden, seen
from tests.journeys.holders import PIN, a_phone, her_card, quick
from tests.journeys.practising import BANNER, GONE, Phone, a_story, copies, copy_of
from tests.story import StoryClock, a_charter, counted, refused


@pytest.fixture
def own(village: Village, clock: StoryClock, settings: Settings) -> Iterator[Village]:
    """A sheet is in the book."""
    yield from a_story(village, settings)


@pytest.fixture
def phone(own: Village) -> Phone:
    """The treasurer's, practising."""
    return Phone(own, own.chapter.treasurer)


# What a copy is


def test_the_copy_is_the_chapters_book(phone: Phone, own: Village) -> None:
    """Members and balances, sealed as the real one is, and nothing that does not add up."""
    copy = copy_of(phone)
    for sql in (
        "SELECT number, id, person_id, joined_on FROM member WHERE chapter_id = ? ORDER BY number",
        "SELECT no, kind, owner_id, balance FROM account WHERE chapter_id = ? ORDER BY no",
        "SELECT seq, content, head FROM trail WHERE chapter_id = ? ORDER BY seq",
    ):
        there = own.db.read_now(Tx.rows, sql, (own.chapter.id,))
        assert there and copy.read_now(Tx.rows, sql, (own.chapter.id,)) == there
    phone.records()
    assert copy.read_now(lambda tx: list(checks.verify(tx, own.chapter.id))) == []


def test_the_trail_of_the_copy_names_the_same_hands(phone: Phone, own: Village) -> None:
    """Also of those above the chapter, who founded it."""
    real = seen(own.browser(own.chapter.treasurer).get(f"{own.pages}/nhat-ky").text)
    copy = seen(phone.get(f"{own.pages}/nhat-ky").text)
    for hand in ("Nguyễn Thị leader", "Nguyễn Thị treasurer"):
        assert real.count(hand) > 1 and copy.count(hand) == real.count(hand)


def test_the_copy_holds_no_neighbour_and_no_secret(
    own: Village, app: FastAPI, settings: Settings
) -> None:
    """In the real book there are all of these."""
    pins = quick(app)
    a_phone(own.db, app, own.chapter.treasurer)
    her_card(own.chapter, app, "Lan")
    own.recorded()
    copy = copy_of(Phone(own, own.chapter.treasurer))
    books = copy.read_now(Tx.rows, "SELECT chapter_id FROM book")
    assert books == [(own.chapter.id,)]
    for table in ("session", "enrolment", "setup_token", "attempt", "card", "stored_reply"):
        assert copy.read_now(Tx.rows, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert copy.read_now(Tx.rows, "SELECT 1 FROM person WHERE pin_hash IS NOT NULL") == []
    (file,) = copies(settings)
    content = file.read_bytes()
    assert pins.hash(PIN).encode() not in content
    for given, absent in (("Lan", False), ("Tư", True)):
        assert (f"Nguyễn Thị {given}".encode() not in content) is absent
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_device_of_a_copy_opens_anything(own: Village, app: FastAPI) -> None:
    """Labels go along for the trail, tokens do not."""
    quick(app)
    a_phone(own.db, app, own.chapter.treasurer)
    own.db.write_now(
        Tx.run, "UPDATE session SET device_id = (SELECT d.id FROM device d"
        " WHERE d.person_id = session.person_id) WHERE person_id = ?",
        (own.chapter.treasurer.person_id,),
    )  # fmt: skip
    own_phone = Phone(own, own.chapter.treasurer, practising=False)
    own_phone.records()
    own_phone.begins()
    copy = copy_of(own_phone)
    (here,) = copy.read_now(Tx.rows, "SELECT id, label, token_hash FROM device")
    sql = "SELECT id, label, token_hash FROM device WHERE id = ?"
    (there,) = own.db.read_now(Tx.rows, sql, (here[0],))
    assert here[:2] == there[:2] and bytes(here[2]) != bytes(there[2])


def test_each_has_her_own_and_only_one(own: Village, phone: Phone, settings: Settings) -> None:
    """The head's exercise is not the treasurer's; beginning again begins afresh."""
    head = Phone(own, own.chapter.head)
    phone.records("9.000")
    assert "9.000 ₫" not in seen(head.get("/hom-nay").text)
    assert len(copies(settings)) == 2
    first = phone.mark
    phone.begins()
    assert phone.mark != first and len(copies(settings)) == 2
    assert "9.000 ₫" not in seen(phone.get("/hom-nay").text)


# Practising


def test_nothing_that_is_practised_is_real(phone: Phone, own: Village) -> None:
    """A sheet, its reversal, a new member, another charter: all work, none of it is in the book."""
    before = own.everything()
    receipt = phone.records("7.000")
    page = phone.get(receipt).text
    taken = phone.client.post(
        f"{receipt}/huy",
        data={"reason": "để tập", "key": hidden(page, "key"), "so_tap": hidden(page, "so_tap")},
    )
    assert taken.headers["location"].startswith("/phieu/")
    page = phone.get(f"{own.pages}/hoi-vien/moi").text
    joined = phone.client.post(
        f"{own.pages}/hoi-vien/moi",
        data={"name": "Hoàng Thị Tập", "joined_on": "2026-10-20", "so_tap": hidden(page, "so_tap")},
    )
    assert "Hoàng Thị Tập" in phone.get(joined.headers["location"]).text
    assert own.everything() == before
    assert (
        "Hoàng Thị Tập" not in own.browser(own.chapter.treasurer).get(f"{own.pages}/hoi-vien").text
    )


PAGES = ("/hom-nay", "/them", "/ky", "{}/thu", "{}/hoi-vien", "{}/hoi-vien/moi", "{}/hoi-vien/{lan}",
         "{}/nhat-ky", "{}/quy-uoc", "{}/quy-uoc/doi", "{}/bao-sai", "{}/so-quy", "/phieu/{sheet}",
         "/chung-tu/{sheet}")  # fmt: skip
CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")


def test_every_page_says_that_it_is_not_real(phone: Phone, own: Village) -> None:
    """Band, title and paper; every form names its copy; no code that could be taken for real."""
    entry = phone.records()
    for pattern in PAGES:
        path = pattern.format(own.pages, lan=own.chapter.members["Lan"], sheet=entry[7:])
        html = phone.get(path).text
        assert BANNER in seen(html) and '<aside class="exercise" aria-label' in html, path
        assert "<title>SỔ TẬP · " in html and '<html lang="vi" class="practice">' in html, path
        sent = re.findall(r'<form\b[^>]*method="post"[^>]*>(.{0,70})', html)
        mark = f'<input type="hidden" name="so_tap" value="{phone.mark}">'
        assert sent and all(more.startswith(mark[:70]) for more in sent), path
        assert not CODE.search(seen(html)), path
    slip = seen(phone.get(entry).text)
    assert "PHIẾU TẬP không phải tiền thật" in slip and "mã TẬP" in slip
    assert BANNER in seen(phone.get("/phieu/" + "0" * 8 + entry[15:]).text)  # an error too


def test_a_second_signature_is_waited_for_without_a_real_code(phone: Phone, own: Village) -> None:
    """What two would read to each other must not be taken for the real proposal."""
    page = phone.get(f"{own.pages}/quy-uoc/doi").text
    form = charter_form.shown(a_charter()) | {"minimum_per_period": "2.000",
                                              "in_force_from": "2026-10-21"}  # fmt: skip
    asked = phone.client.post(
        f"{own.pages}/quy-uoc/doi", data=form | {"so_tap": hidden(page, "so_tap")}
    )
    waits = seen(phone.get(asked.headers["location"]).text)
    assert BANNER in waits and "Mã kiểm nội dung TẬP" in waits
    assert counted(own.db, "approval") == 0


def test_the_real_book_says_nothing_of_it(own: Village) -> None:
    """But a way in, on the one page, for whoever records sheets."""
    real = Phone(own, own.chapter.treasurer, practising=False)
    html = real.get(real.records()).text
    assert "TẬP" not in seen(html) and "so_tap" not in html and CODE.search(seen(html))
    assert "Mở sổ tập" in seen(real.get("/them").text)
    inspector = own.browser(own.chapter.inspector)
    assert "sổ tập" not in seen(inspector.get("/them").text).lower()


# Throwing away


def test_one_tap_throws_it_away(phone: Phone, own: Village, settings: Settings) -> None:
    before = own.everything()
    phone.records()
    answer = phone.throws_away()
    assert answer.headers["location"] == "/hom-nay" and phone.mark is None
    assert copies(settings) == []
    assert BANNER not in seen(phone.get("/hom-nay").text)
    assert own.everything() == before


def test_the_cookie_ends_with_the_browser_and_no_script_reads_it(own: Village) -> None:
    said = Phone(own, own.chapter.treasurer, practising=False).begins().headers["set-cookie"]
    assert said.startswith("solon_practice=")
    assert "HttpOnly" in said and "SameSite=strict" in said
    assert "Max-Age" not in said and "expires" not in said.lower()


def test_an_old_copy_is_deleted(
    phone: Phone, own: Village, settings: Settings, clock: StoryClock
) -> None:
    """After a week, when the application starts or somebody begins to practise."""
    (old,) = copies(settings)
    clock.wait(minutes=6 * 24 * 60)
    create_app(settings, own.db)
    assert old.exists()
    clock.wait(minutes=25 * 60)
    create_app(settings, own.db)
    assert not old.exists()


def test_beginning_sweeps_up_what_others_left(
    phone: Phone, own: Village, settings: Settings, clock: StoryClock
) -> None:
    clock.wait(minutes=8 * 24 * 60)
    head = own.chapter.head
    own.tokens.clear()  # by then they have signed in anew
    Phone(own, head)
    (left,) = copies(settings)
    assert left.name.startswith(head.person_id)


def test_a_copy_that_is_gone_leads_back(phone: Phone, own: Village, settings: Settings) -> None:
    """With a sentence, and with the cookie gone: the next page is the real book's."""
    for file in copies(settings):
        file.unlink()
    answer = phone.get("/hom-nay")
    assert answer.status_code == 409 and GONE in seen(answer.text)
    assert BANNER not in seen(answer.text) and phone.mark is None
    assert phone.get("/hom-nay").status_code == 200


def test_what_is_sent_to_a_copy_that_is_gone_is_recorded_nowhere(
    phone: Phone, own: Village, settings: Settings
) -> None:
    """With the cookie still there, and when it is gone as well."""
    before, form = own.everything(), phone.fills_in()
    for file in copies(settings):
        file.unlink()
    for _ in range(2):
        answer = phone.sends(form)
        assert answer.status_code == 409 and GONE in seen(answer.text)
        assert phone.mark is None
    assert own.everything() == before


def test_a_copy_of_an_older_schema_is_gone(phone: Phone, settings: Settings) -> None:
    """The application was renewed meanwhile: a sentence, not a fault."""
    (file,) = copies(settings)
    file.rename(file.with_name(file.name.replace(schema.head(), "0001")))
    assert GONE in seen(phone.get("/hom-nay").text)


def test_a_copy_can_vanish_between_two_statements(phone: Phone, settings: Settings) -> None:
    """It is found, and gone when it is opened: refused, and not begun anew as an empty file."""
    copy = copy_of(phone)
    copy.file.unlink()
    for ask in (copy.read_now, copy.write_now):
        with pytest.raises(Gone):
            ask(Tx.rows, "SELECT 1")
    assert copies(settings) == []


def test_a_copy_held_by_another_tab_may_be_tried_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No fault of the machine: the same sheet sent again goes in."""
    form, other = phone.fills_in(), copy_of(phone).raw()
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setitem(embedded.PRAGMAS, "busy_timeout", 0)
    assert phone.sends(form).status_code == 503
    other.close()
    assert phone.sends(form).status_code == 303


def test_a_copy_that_is_not_whole_never_appears(tmp_path: Path, migrated_file: Path) -> None:
    """A row that refers to one which was left behind."""
    row = [("device", ("id", "person_id", "token_hash", "label", "enrolled_at"),
            [("a", "nobody", b"", "máy", 1)])]  # fmt: skip
    with pytest.raises(IntegrityError):
        apart.make(tmp_path / "copy.db", row, migrated_file)
    assert list(tmp_path.iterdir()) == []


def test_one_copy_at_a_time_is_made_for_a_person(tmp_path: Path, migrated_file: Path) -> None:
    """However often she taps: building a file must not take the machine from everybody else."""
    shelf = Shelf(tmp_path / "practice")

    def slowly() -> Iterator[Any]:
        refused("copying", shelf.make, [], person_id="lan")
        yield from ()

    shelf.make(slowly(), person_id="lan")  # type: ignore[arg-type]
    assert shelf.make([], person_id="lan")


def test_whose_record_is_read_in_a_copy_is_told_all_the_same(own: Village) -> None:
    """A copy shows her real figures, so the line she can read is left in the real book."""
    before = counted(own.db, "record_view")
    deputy = Phone(own, own.chapter.deputy)
    assert deputy.get(f"{own.pages}/hoi-vien/{own.chapter.members['Hoa']}").status_code == 200
    assert counted(own.db, "record_view") == before + 1


def test_a_form_without_its_cookie_is_refused(phone: Phone, own: Village) -> None:
    """Thrown away in another tab: the page still open must not become real."""
    before, form = own.everything(), phone.fills_in()
    phone.throws_away()
    answer = phone.sends(form)
    assert answer.status_code == 409 and GONE in seen(answer.text)
    assert own.everything() == before
