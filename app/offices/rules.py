"""When an appointment takes two signatures. Pure."""

from __future__ import annotations

from datetime import date

from app.errors import Conflict, Invalid
from app.terms import Level, Role

# A chapter has one head, one deputy and one treasurer at a time.
ONE_AT_A_TIME = frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER})


def check_role_fits(role: Role, level: Level) -> None:
    """Chapter offices in chapters, leaders above, administrators at the root only."""
    if not _fits(role, level):
        raise Invalid("role_not_here", "Cấp này không có chức vụ đó.", field="role")


def _fits(role: Role, level: Level) -> bool:
    return {
        Role.ADMINISTRATOR: level is Level.CENTRAL,
        Role.LEADER: level not in (Level.CHAPTER, Level.GROUP),
    }.get(role, level is Level.CHAPTER)


def takes_two(role: Role, sitting: bool, emptied_by: str | None, actor_id: str) -> bool:
    """Replacing a sitting chapter officer takes two; so does filling an office one has emptied.

    Otherwise one hand could end the treasurer's office and put her own woman in it.
    """
    return role in ONE_AT_A_TIME and (sitting or emptied_by == actor_id)


def check_end(on: date, from_on: date, today: date) -> None:
    """An office ends between its first day and today; it does not end in the future."""
    if on > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="on")
    if on < from_on:
        raise Invalid(
            "before_office", "Chức vụ bắt đầu ngày {day}, không thể thôi trước ngày đó.",
            field="on", day=from_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def already_ended() -> Conflict:
    """Nobody holds it any more."""
    return Conflict("office_ended", "Chức vụ này đã thôi rồi.")


def roles_of(level: Level) -> list[Role]:
    """The offices that a unit of this level has."""
    return [role for role in Role if _fits(role, level)]


def check_from(on: date, unit_began: date) -> None:
    """An office is no older than its unit."""
    if on < unit_began:
        raise Invalid(
            "before_unit", "Đơn vị bắt đầu từ {day}, chức vụ không thể sớm hơn.",
            field="from", day=unit_began.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_appointee(phone: str | None, holds_already: bool) -> None:
    """She needs a phone number to let her device in, and holds an office once."""
    if phone is None:
        raise Invalid(
            "phone_needed", "Chị ấy chưa có số điện thoại trong sổ. Mời chị ghi số trước.",
            field="person",
        )  # fmt: skip
    if holds_already:
        raise Conflict("office_already", "Chị ấy đang giữ chức vụ này rồi.", field="person")


def changed_meanwhile() -> Conflict:
    """Somebody else sits there now than when this was proposed."""
    return Conflict(
        "officer_changed", "Người giữ chức vụ này đã đổi từ khi xin ký. Mời chị xin lại."
    )
