"""What may stand under what. Pure."""

from __future__ import annotations

from datetime import date

from app.errors import Invalid
from app.terms import Level

ORDER = list(Level)
DISTRICTS_ENDED = date(2025, 7, 1)  # Resolution 203/2025/QH15: two levels of local government


def check_place(level: Level, parent: Level) -> None:
    """A unit stands under a higher one; groups only under chapters and the reverse."""
    lower = ORDER.index(level) > ORDER.index(parent)
    if not lower or (level is Level.GROUP) != (parent is Level.CHAPTER):
        raise Invalid("level_not_under", "Cấp này không đặt dưới đơn vị đó được.", field="level")


def check_dates(level: Level, from_on: date, parent_from: date, today: date) -> None:
    """Not before its parent, not in the future, no district after they ended."""
    if from_on > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="from")
    if from_on < parent_from:
        raise Invalid(
            "before_parent", "Đơn vị cấp trên bắt đầu từ {day}, không thể sớm hơn.",
            field="from", day=parent_from.strftime("%d/%m/%Y"),
        )  # fmt: skip
    if level is Level.DISTRICT and from_on >= DISTRICTS_ENDED:
        raise Invalid("no_districts", "Từ 01/07/2025 không còn cấp huyện.", field="level")


def levels_below(parent: Level, today: date) -> list[Level]:
    """What can be created under a unit from now on, the nearest first."""
    if parent is Level.CHAPTER:
        return [Level.GROUP]
    lower = ORDER[ORDER.index(parent) + 1 : ORDER.index(Level.GROUP)]
    return [level for level in lower if level is not Level.DISTRICT or today < DISTRICTS_ENDED]
