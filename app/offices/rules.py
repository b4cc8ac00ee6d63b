"""When an appointment takes two signatures. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from app.errors import Conflict, Invalid
from app.terms import Level, Role

# A chapter has one head, one deputy and one treasurer at a time.
ONE_AT_A_TIME = frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER})
AHEAD = timedelta(days=90)  # appointments are decided a season ahead at most


def check_role_fits(role: Role, level: Level) -> None:
    """Chapter offices in chapters, leaders above, administrators at the root only."""
    if not _fits(role, level):
        raise Invalid("role_not_here", "Cấp này không có chức vụ đó.", field="role")


def _fits(role: Role, level: Level) -> bool:
    return {
        Role.ADMINISTRATOR: level is Level.CENTRAL,
        Role.LEADER: level not in (Level.CHAPTER, Level.GROUP),
    }.get(role, level is Level.CHAPTER)


def takes_two(
    role: Role, *, sitting: bool, emptied_by: str | None, actor_id: str, appointee_id: str | None
) -> bool:
    """Replacing a sitting chapter officer takes two; so does filling an office one has emptied.

    Otherwise one hand could end the treasurer's office and put her own woman in it. Nobody
    appoints herself alone.
    """
    if appointee_id == actor_id:
        return True
    return role in ONE_AT_A_TIME and (sitting or emptied_by == actor_id)


def check_duties(role: Role, held: frozenset[Role]) -> None:
    """Whoever keeps the book does not inspect it (ADR 7). Raises Conflict `duties_clash`.

    `held` are her offices in the same unit.
    """
    keeps = (held | {role}) & ONE_AT_A_TIME
    if keeps and Role.INSPECTOR in held | {role}:
        raise Conflict(
            "duties_clash", "Người giữ sổ không tự kiểm tra sổ của mình. Mời chị chọn người khác.",
            field="role",
        )  # fmt: skip


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


def check_from(on: date, unit_began: date, today: date) -> None:
    """An office is no older than its unit, and begins soon."""
    if on > today + AHEAD:
        raise Invalid(
            "too_far_ahead", "Ngày này xa quá, bổ nhiệm trước nhiều nhất {days} ngày.",
            field="from", days=AHEAD.days,
        )  # fmt: skip
    if on < unit_began:
        raise Invalid(
            "before_unit", "Đơn vị bắt đầu từ {day}, chức vụ không thể sớm hơn.",
            field="from", day=unit_began.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_appointee(phone: str | None, holds_already: bool, enrols_elsewhere: bool) -> None:
    """She needs a phone number to let her device in, and holds an office once.

    Whoever has no PIN yet and an office out of the appointer's reach gets no code from her: with
    it, a lower appointer could set the first PIN of a higher officer.
    """
    if phone is None:
        raise Invalid(
            "phone_needed", "Chị ấy chưa có số điện thoại trong sổ. Mời chị ghi số trước.",
            field="person",
        )  # fmt: skip
    if holds_already:
        raise Conflict("office_already", "Chị ấy đang giữ chức vụ này rồi.", field="person")
    if enrols_elsewhere:
        raise Conflict(
            "enrols_elsewhere",
            "Chị ấy chưa vào máy lần nào cho chức vụ khác đang giữ. Mời chị ấy vào máy trước đã.",
            field="person",
        )


def changed_meanwhile() -> Conflict:
    """Somebody else sits there now than when this was proposed."""
    return Conflict(
        "officer_changed", "Người giữ chức vụ này đã đổi từ khi xin ký. Mời chị xin lại."
    )
