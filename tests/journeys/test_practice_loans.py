"""Lending, practised: the copy has the loans, what is done with them stays in it, one tap ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import httpx2
import pytest

from app import verify
from app.config import Settings
from app.loans.kept import Kept, all_kept
from tests.journeys.doors import API, Village, plain, seen
from tests.journeys.practising import Phone, copies, copy_of
from tests.lent import Lends
from tests.story import TODAY, StoryClock, a_key, dong

DAY = TODAY.isoformat()


@dataclass
class Lending:
    """A village that lends: Lan's loan runs, Hoa's is agreed to, Mai waits."""

    village: Village
    lan: str
    hoa: str
    mai: str


@pytest.fixture
def own(village: Village, clock: StoryClock, settings: Settings) -> Iterator[Lending]:
    """Since August; the folder of copies is left empty behind each test."""
    lends = Lends(village.chapter)
    clock.tell(date(2026, 8, 20))
    lends.till.opens("Lan 500.000, Hoa 200.000", hand=3_000_000)
    lan = lends.lent("Lan", 900_000, 9)
    clock.tell(TODAY)
    hoa = lends.asks("Hoa", 600_000)
    lends.approves(hoa)
    yield Lending(village, lan, hoa, lends.asks("Mai", 400_000))
    for file in copies(settings):
        file.unlink()


def does(phone: Phone, loan: str, viec: str, **said: str) -> httpx2.Response:
    form = {"so_tap": phone.mark or "", "viec": viec, "date": DAY, "key": a_key()} | said
    return phone.client.post(f"/vay/{loan}", data=form)


def done(phone: Phone, loan: str, viec: str, **said: str) -> str:
    answer = does(phone, loan, viec, **said)
    assert answer.status_code == 303, plain(answer.text)
    return str(answer.headers["location"])


def in_the_copy(phone: Phone) -> dict[str, Kept]:
    loans = copy_of(phone).read_now(all_kept, phone.village.chapter.id)
    return {loan.id: loan for loan in loans}


def test_the_copy_has_every_loan_as_it_stands(own: Lending) -> None:
    """The same page, but for the words that say that it is a copy; whoever is late is late there."""
    village = own.village
    phone = Phone(village, village.chapter.treasurer)
    real = village.db.read_now(all_kept, village.chapter.id)
    assert in_the_copy(phone) == {loan.id: loan for loan in real}
    listed = seen(phone.get(f"{village.pages}/vay").text)
    for name in ("Lan", "Hoa", "Mai"):
        assert f"Nguyễn Thị {name}" in listed
    shown = phone.get(f"/vay/{own.lan}")
    assert shown.status_code == 200 and "SỔ TẬP" in seen(shown.text)
    assert f"{dong(900_000)} ₫" in seen(shown.text)


def test_lending_in_it_touches_nothing_real(own: Lending) -> None:
    """Asked, paid out, paid back, visited, taken back, let go: only the copy knows, and it adds up."""
    village = own.village
    phone, before = Phone(village, village.chapter.treasurer), village.everything()
    form = {"so_tap": phone.mark or "", "member_id": village.chapter.members["Lan"],
            "pot_id": village.chapter.pot, "amount": "100k", "months": "3", "plan": "monthly",
            "purpose": "seed", "date": DAY, "do": "ask"}  # fmt: skip
    one_at_a_time = phone.client.post(f"{village.pages}/vay/moi", data=form)
    assert one_at_a_time.status_code == 409  # Lan's own loan of the copy still runs
    done(phone, own.hoa, "trao")
    done(phone, own.lan, "tra", amount="150k")
    done(phone, own.lan, "tham", note="Lợn lớn nhanh", left_poor_list="1")
    waits = done(phone, own.lan, "xoa-no", reason="đi xa")
    assert "Chờ chi hội trưởng ký" in seen(phone.get(waits).text)
    too_much = does(phone, own.lan, "tra", amount="2tr")
    assert too_much.status_code == 422
    copied = in_the_copy(phone)
    assert copied[own.hoa].state == "running"
    assert copied[own.lan].loan.principal == 750_000
    chapter = village.chapter.id
    assert copy_of(phone).read_now(lambda tx: list(verify.verify(tx, chapter))) == []
    assert village.everything() == before
    answer = village.treasurer.get(f"{API}/chapters/{chapter}/loans").json()
    assert {loan["id"]: loan["outstanding"] for loan in answer["items"]} == {
        own.lan: 900_000, own.hoa: 0, own.mai: 0,
    }  # fmt: skip


def test_the_head_practises_approving(own: Lending) -> None:
    village = own.village
    head, before = Phone(village, village.chapter.head), village.everything()
    done(head, own.mai, "duyet", yes="12", no="1")
    shelf = village.app.state.desk.shelf
    copy = shelf.find(village.chapter.head.person_id, head.mark or "")
    (mai,) = [loan for loan in copy.read_now(all_kept, village.chapter.id) if loan.id == own.mai]
    assert mai.state == "approved"
    assert village.everything() == before


def test_one_tap_throws_its_loans_away(own: Lending, settings: Settings) -> None:
    """From then on the real book is shown again, and a form of the copy is recorded nowhere."""
    village = own.village
    phone = Phone(village, village.chapter.treasurer)
    done(phone, own.lan, "tra", amount="150k")
    assert f"{dong(750_000)} ₫" in seen(phone.get(f"/vay/{own.lan}").text)
    stale, before = phone.mark or "", village.everything()
    assert phone.throws_away().status_code == 303
    assert copies(settings) == []
    form = {"so_tap": stale, "viec": "tra", "date": DAY, "amount": "150k", "key": a_key()}
    refused = phone.client.post(f"/vay/{own.lan}", data=form)
    assert refused.status_code in (409, 410), plain(refused.text)
    assert village.everything() == before
    shown = seen(phone.get(f"/vay/{own.lan}").text)
    assert "SỔ TẬP" not in shown and f"{dong(750_000)} ₫" not in shown
