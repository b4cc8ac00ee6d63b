"""Cash and leaving, practised: what can be done in a copy stays in it, the rest says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import Settings
from app.db.tx import Tx
from app.terms import Leaving
from tests.actions.settled import in_hand, leave
from tests.journeys.doors import Village, hidden, plain, seen
from tests.journeys.holders import her_card
from tests.journeys.practising import Phone, a_story, copy_of
from tests.story import StoryClock, a_key

LEFT = "SELECT left_because FROM member WHERE id = ?"
ONE_BOOK = "Sổ tập chỉ có sổ của chi hội chị, không tập được việc với chi hội khác."
REAL = ("office", "session", "device", "card", "person")


@pytest.fixture
def own(village: Village, clock: StoryClock, settings: Settings) -> Iterator[Village]:
    """A sheet is in the book, and some of it in the treasurer's hand."""
    for told in a_story(village, settings):
        in_hand(told.chapter, 2_000)
        yield told


@pytest.fixture
def phone(own: Village) -> Phone:
    """The treasurer's, practising."""
    return Phone(own, own.chapter.treasurer)


def all_of(village: Village) -> dict[str, list[tuple[object, ...]]]:
    """The real book, and whatever is real and no chapter's."""
    rows = {
        table: sorted(village.db.read_now(Tx.rows, f"SELECT * FROM {table}"), key=str)
        for table in REAL
    }
    return rows | {"book": [(village.everything(),)]}


def leaves(phone: Phone, name: str, **said: str) -> str:
    """Shown, then confirmed; where it led."""
    path = f"/hoi-vien/{phone.village.chapter.members[name]}/roi"
    form = {"so_tap": phone.mark or "", "date": "2026-10-20"} | said
    shown = phone.client.post(path, data=form | {"do": "check"}).text
    form |= {name: hidden(shown, name) for name in ("key", "shown")}
    answer = phone.client.post(path, data=form | {"do": "leave"})
    assert answer.status_code == 303, plain(answer.text)
    return str(answer.headers["location"])


def test_a_handover_is_not_offered_and_not_done(own: Village, phone: Phone) -> None:
    """It ends a real office and real sessions."""
    path = f"{own.pages}/ban-giao"
    assert f'href="{path}"' in own.browser(own.chapter.treasurer).get(f"{own.pages}/tien").text
    assert f'href="{path}"' not in phone.get(f"{own.pages}/tien").text
    before = all_of(own)
    for answer in (
        phone.get(path),
        phone.client.post(path, data={"so_tap": phone.mark or "", "do": "sign"}),
    ):
        assert answer.status_code == 409 and "không tập được" in seen(answer.text)
    assert all_of(own) == before


def test_she_leaves_in_the_copy_alone(own: Village, phone: Phone) -> None:
    """Paid, and on paper; her real card opens her real book as before."""
    her_card(own.chapter, own.app, "Hoa")
    before = all_of(own)
    slip = phone.get(leaves(phone, "Hoa", reason_code="left"))
    assert "PHIẾU TẬP" in seen(slip.text) and "1.000 ₫" in seen(slip.text)
    assert copy_of(phone).read_now(Tx.row, LEFT, (own.chapter.members["Hoa"],)) == ("left",)
    assert all_of(own) == before


def test_a_death_is_asked_for_in_the_copy_and_waits(own: Village, phone: Phone) -> None:
    before = all_of(own)
    waits = phone.get(leaves(phone, "Lan", reason_code="died", next_of_kin="Nguyễn Văn Chồng"))
    assert "Chờ chi hội trưởng ký" in seen(waits.text)
    assert copy_of(phone).read_now(Tx.row, LEFT, (own.chapter.members["Lan"],)) == (None,)
    assert all_of(own) == before


def test_the_head_practises_signing_a_death_that_waits(own: Village) -> None:
    """The real one still waits, and the real card still opens the real book."""
    her_card(own.chapter, own.app, "Lan")
    waits = leave(own.chapter, "Lan", Leaving.DIED, next_of_kin="Nguyễn Văn Chồng")
    head = Phone(own, own.chapter.head)
    path = f"/ky/{waits.approval_id}"
    before = all_of(own)
    form = {"so_tap": head.mark or "", "fingerprint": hidden(head.get(path).text, "fingerprint")}
    assert head.client.post(f"{path}/ky", data=form).status_code == 303
    assert "Hai người đã ký" in seen(head.get(path).text)
    shelf = own.app.state.desk.shelf
    copy = shelf.find(own.chapter.head.person_id, head.mark or "")
    assert copy.read_now(Tx.row, LEFT, (own.chapter.members["Lan"],)) == ("died",)
    assert all_of(own) == before


def test_nobody_moves_to_another_chapter_in_a_copy(own: Village, phone: Phone) -> None:
    """The other book is not there: not offered, said where it is tried, written nowhere."""
    before, path = all_of(own), f"/hoi-vien/{own.chapter.members['Hoa']}/roi"
    shown = seen(phone.get(path).text)
    assert "Chi hội thôn Đông" not in shown and "thì làm ở sổ thật" in shown
    form = {"so_tap": phone.mark or "", "date": "2026-10-20", "reason_code": "moved",
            "to_chapter_id": own.neighbour.id, "shown": "[]", "key": a_key()}  # fmt: skip
    for do in ("check", "leave"):
        answer = phone.client.post(path, data=form | {"do": do})
        assert answer.status_code == 409 and ONE_BOOK in seen(answer.text)
    assert copy_of(phone).read_now(Tx.row, LEFT, (own.chapter.members["Hoa"],)) == (None,)
    assert all_of(own) == before


def test_who_moved_before_is_shown_and_no_cash_is_given_in_a_copy(own: Village) -> None:
    """Of the other chapter the copy holds the name alone."""
    leave(own.chapter, "Hoa", Leaving.MOVED, to_chapter_id=own.neighbour.id)
    phone, pages = Phone(own, own.chapter.treasurer), own.pages
    slip, giving = f"/hoi-vien/{own.chapter.members['Hoa']}/roi", f"{pages}/giao-tien"
    for path in ("/hom-nay", giving, slip):
        assert "Chi hội thôn Đông" in seen(phone.get(path).text), path
    for path in ("cho-linh", "so-quy", "nhat-ky", "tien"):
        assert phone.get(f"{pages}/{path}").status_code == 200
    (units,) = copy_of(phone).read_now(Tx.rows, "SELECT count(*) FROM book")
    assert units == (1,)
    before = all_of(own)
    form = {"so_tap": phone.mark or "", "at": f"{own.chapter.pot}.{own.neighbour.id}",
            "amount": "1.000", "date": "2026-10-20", "key": a_key()}  # fmt: skip
    answer = phone.client.post(giving, data=form)
    assert answer.status_code == 409 and ONE_BOOK in seen(answer.text)
    assert "XIN KÝ NHẬN" not in answer.text
    assert all_of(own) == before
