"""What a membership needs. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.errors import Invalid
from app.terms import NeedClass, Purpose


@dataclass(frozen=True, slots=True)
class Need:
    """A hardship class with its year and certificate."""

    need_class: NeedClass
    year: int
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class NewMember:
    """What the book is told of a woman who joins; `person_id` where she is known already."""

    name: str
    joined_on: date
    number: int | None = None
    phone: str | None = None
    group_id: str | None = None
    person_id: str | None = None
    need: Need | None = None
    purposes: tuple[Purpose, ...] = ()
    consented_on: date | None = None
    next_of_kin: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What to put right; None leaves a thing as it is. Her number never changes."""

    name: str | None = None
    phone: str | None = None
    group_id: str | None = None
    next_of_kin: str | None = None
    joined_on: date | None = None
    given: frozenset[str] = field(default_factory=frozenset)


def check_something(correction: Correction) -> None:
    """An empty correction would only be a look that leaves no line."""
    if not correction.given:
        raise Invalid("nothing_to_correct", "Chưa có mục nào để sửa.", field="name")


def check_joining(joined_on: date, chapter_from: date, today: date) -> None:
    """Joins are dated freely, from the chapter's first day to today."""
    if joined_on > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="joined_on")
    if joined_on < chapter_from:
        raise Invalid(
            "before_chapter", "Chi hội lập ngày {day}, không thể vào trước ngày đó.",
            field="joined_on", day=chapter_from.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_need(need: Need, today: date) -> None:
    """A class carries the year of its certificate, which has begun."""
    if not 1990 <= need.year <= today.year:
        raise Invalid(
            "need_year", "Năm của sổ hộ nghèo phải từ 1990 đến năm nay.", field="need_class.year"
        )


def need_on(classes: list[tuple[int, str]], year: int) -> str | None:
    """The class that counts in a year: the latest whose year is not later, else the earliest.

    `classes` are (year, class) in the order they were entered.
    """
    if not classes:
        return None
    begun = [pair for pair in classes if pair[0] <= year]
    return max(begun, key=lambda pair: pair[0])[1] if begun else classes[0][1]
