"""A chapter's first pig, opened on a phone without scripts; the second; what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.savings import queries
from app.savings.queries import PotShown
from app.terms import Kept, Level, PotKind, Role
from app.union import actions as union
from tests.journeys.doors import Caller, Village, beside, hidden, seen
from tests.story import FOUNDED, TODAY, a_charter, appointed

EMPTY = "Chi hội chưa có lợn nào"


class Keeper:
    """The treasurer of a chapter without a pig, at her pages."""

    def __init__(self, village: Village) -> None:
        above, db = village.chapter.union, village.db
        self.village = village
        self.chapter = db.write_now(
            union.create_unit, actor=above.leader, name="Chi hội thôn Mới", level=Level.CHAPTER,
            parent_id=above.commune, from_on=FOUNDED, charter=a_charter(),
        )  # fmt: skip
        self.actor = db.write_now(appointed, above.leader, self.chapter, Role.TREASURER)
        self.page = village.browser(self.actor)
        self.pages = f"/chi-hoi/{self.chapter}"
        self.path = f"{self.pages}/lon/moi"

    def as_(self, role: Role) -> Caller:
        """Another officer of her chapter."""
        above = self.village.chapter.union
        return self.village.browser(
            self.village.db.write_now(appointed, above.leader, self.chapter, role)
        )

    def blank(self, **more: Any) -> dict[str, Any]:
        """The form as it came, filled in."""
        html = self.page.get(self.path).text
        came = {name: hidden(html, name) for name in ("name", "opened_on", "key")}
        return came | {"belongs_to": "member", "next_breaking_on": ""} | more

    def pots(self) -> list[PotShown]:
        """What the book has."""
        return self.village.db.read_now(queries.pots, actor=self.actor, chapter_id=self.chapter)


@pytest.fixture
def keeper(village: Village) -> Keeper:
    """A chapter founded, nothing in its book."""
    return Keeper(village)


def test_the_first_pig_and_the_first_collection(keeper: Keeper) -> None:
    page = keeper.page
    assert f'href="{keeper.path}"' in page.get(f"{keeper.pages}/thu").text
    assert f'href="{keeper.path}"' in page.get("/them").text
    form = keeper.blank(next_breaking_on="2027-10-20")
    assert (form["name"], form["opened_on"]) == ("Lợn nhựa chi hội", TODAY.isoformat())
    answer = page.send(keeper.path, form)
    (pot,) = keeper.pots()
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{keeper.pages}/thu?pot={pot.id}&xong=lon"
    assert (pot.kind, pot.kept, pot.belongs_to) == (PotKind.PIG, Kept.CHAPTER, "member")
    assert (pot.opened_on, pot.next_breaking_on) == (TODAY.isoformat(), "2027-10-20")
    assert pot.cycle_starts_on == pot.opened_on
    told = seen(page.get(answer.headers["location"]).text)
    assert "Đã ghi “Lợn nhựa chi hội” vào sổ. Giờ chị ghi tên các chị góp tiền." in told
    assert (
        page.send(f"{keeper.pages}/hoi-vien/moi", {"name": "Nguyễn Thị Ví Dụ"}).status_code == 303
    )
    sheet = page.get(answer.headers["location"]).text
    assert "Giờ chị thu tiền vào lợn này được rồi." in seen(sheet)
    lines = {name: hidden(sheet, name) for name in ("key", "pot_id", "date")}
    lines |= {"amount-1": "5k", "do": "record", "confirmed": "1"}
    assert page.send(f"{keeper.pages}/thu", lines).headers["location"].startswith("/phieu/")
    assert "Đã ghi “" not in seen(page.get(f"{keeper.pages}/thu").text)


def test_a_second_tap_opens_no_second_pig(keeper: Keeper) -> None:
    form = keeper.blank()
    first = keeper.page.send(keeper.path, form)
    before = keeper.village.everything()
    again = keeper.page.send(keeper.path, form)
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    assert keeper.village.everything() == before and len(keeper.pots()) == 1
    other = keeper.page.send(keeper.path, form | {"name": "Lợn khác"})
    assert other.status_code == 422 and "đã dùng cho việc khác" in seen(other.text)
    assert hidden(other.text, "key") != form["key"] and len(keeper.pots()) == 1


def test_a_pig_of_the_same_name_is_asked_for_another(keeper: Keeper) -> None:
    keeper.page.send(keeper.path, keeper.blank())
    form = keeper.blank()
    assert form["name"] == "", "the usual name is taken"
    again = keeper.page.send(keeper.path, form | {"name": "LỢN nhựa chi hội"})
    assert again.status_code == 422 and "đã có lợn tên này" in beside(again.text, "name")
    fund = form | {"name": "Lợn quỹ", "belongs_to": "fund"}
    assert keeper.page.send(keeper.path, fund).status_code == 303
    assert [(pot.name, pot.belongs_to) for pot in keeper.pots()] == [
        ("Lợn nhựa chi hội", "member"), ("Lợn quỹ", "fund"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "bad", "said"),
    [
        ("name", "  ", ""),
        ("name", "a" * 101, ""),
        ("name", "lợn\u202e", "ký tự lạ"),
        ("belongs_to", "", "là của ai?"),
        ("belongs_to", "nobody", "là của ai?"),
        ("opened_on", "mai", "chưa rõ"),
        ("opened_on", "2026-10-21", "chưa tới"),
        ("opened_on", "0001-01-01", "chưa nuôi lợn trước ngày đó"),
        ("next_breaking_on", "ba mươi Tết", "chưa rõ"),
        ("next_breaking_on", "2026-10-20", "sau ngày nuôi"),
    ],
)
def test_what_is_not_clear_is_said_beside_its_field(
    keeper: Keeper, field: str, bad: str, said: str
) -> None:
    """Nothing is recorded, and the form comes back as it was typed."""
    typed = {"name": "Lợn thử", "next_breaking_on": "2027-01-31"}
    form = keeper.blank(**typed) | {field: bad}
    before = keeper.village.everything()
    answer = keeper.page.send(keeper.path, form)
    assert answer.status_code == 422 and said in beside(answer.text, field)
    assert keeper.village.everything() == before
    for name in {"name", "opened_on", "next_breaking_on", "key"} - {field}:
        assert hidden(answer.text, name) == form[name], name
    if field != "belongs_to":
        assert re.search(r'value="member" checked', answer.text)
        mended = answer.text
        form = {name: hidden(mended, name) for name in ("opened_on", "next_breaking_on", "key")}
        good = {"name": "Lợn thử", "belongs_to": "member", "opened_on": "2026-10-20",
                "next_breaking_on": "2027-01-31"}  # fmt: skip
        assert keeper.page.send(keeper.path, form | good).status_code == 303


def test_everything_that_is_wrong_is_said_at_once(keeper: Keeper) -> None:
    bad = {"name": "", "belongs_to": "", "opened_on": "x", "next_breaking_on": "y"}
    answer = keeper.page.send(keeper.path, keeper.blank() | bad)
    assert all(beside(answer.text, name) for name in bad)


@pytest.mark.parametrize("key", ["", "x", "01a20f55-a07d-783b-a42c-5bb46e50ad230"])
def test_without_its_key_nothing_is_opened(keeper: Keeper, key: str) -> None:
    answer = keeper.page.send(keeper.path, keeper.blank() | {"key": key})
    assert answer.status_code == 422 and "Trang chưa tải xong" in seen(answer.text)
    assert keeper.pots() == []


@pytest.mark.parametrize("path", ["thu", "tien", "chuyen", "chi", "dau-ky", "kiem"])
def test_wherever_a_pig_is_missing_she_is_shown_how(keeper: Keeper, path: str) -> None:
    shown = keeper.page.get(f"{keeper.pages}/{path}").text
    assert EMPTY in seen(shown) and f'href="{keeper.path}"' in shown


def test_today_shows_whoever_may_and_nobody_else(keeper: Keeper) -> None:
    """On Hôm nay once there is a member, and on Tiền mặt."""
    for name in ("Nguyễn Thị Ví Dụ", "Trần Thị Ví Dụ"):
        keeper.page.send(f"{keeper.pages}/hoi-vien/moi", {"name": name})
    officers = {role: keeper.as_(role) for role in (Role.CHAPTER_HEAD, Role.DEPUTY, Role.INSPECTOR)}
    for role, page in officers.items():
        for path in ("/hom-nay", f"{keeper.pages}/tien", "/them"):
            shown = page.get(path).text
            assert (f'href="{keeper.path}"' in shown) is (role is not Role.INSPECTOR), (role, path)
            assert EMPTY in seen(shown) or path == "/them"
    head, inspector = officers[Role.CHAPTER_HEAD], officers[Role.INSPECTOR]
    form = keeper.blank()
    assert inspector.send(keeper.path, form).status_code == 403 and keeper.pots() == []
    assert head.send(keeper.path, form).status_code == 303 and len(keeper.pots()) == 1
