"""What members may name: amounts of their savings, one of three left open. Pure; in đồng."""

from __future__ import annotations

from app import money
from app.breaking.facts import Decided, Facts, Saver
from app.errors import Conflict, Invalid, Refusal


def problems(facts: Facts) -> list[Refusal]:
    """What is wrong with the decisions named; the field says whose: `lines.<member id>`."""
    found = [_wrong(saver, facts.box_id) for saver in facts.by_number]
    return [wrong for wrong in found if wrong is not None]


def _wrong(saver: Saver, box_id: str | None) -> Refusal | None:
    said, at = saver.decided, f"lines.{saver.member_id}"
    if said is None:
        return None
    if saver.awaiting:
        return Invalid(
            "awaits_collection", "Chị ấy đã rời chi hội, tiền chờ lĩnh được trả trước.", field=at
        )
    return _wrong_sums(saver.has, said, at) or _without_box(said, box_id, at)


def _wrong_sums(savings: int, said: Decided, at: str) -> Refusal | None:
    named = [amount for amount in said if amount is not None]
    whole = len(named) == len(said)
    if len(named) < len(said) - 1:
        return Invalid("one_open", "Chỉ để trống một trong ba ô: lấy, giữ, ủng hộ.", field=at)
    if min(named) < 0:
        return Invalid("decided_below_zero", "Số tiền không âm.", field=at)
    if sum(named) > savings:
        return Invalid(
            "beyond_savings", "Chị ấy chỉ có {savings} tiền góp.",
            field=at, savings=money.show(savings),
        )  # fmt: skip
    if whole and sum(named) < savings:
        return Invalid(
            "not_all_savings", "Ba số cộng lại phải bằng tiền góp {savings}, hoặc để trống một ô.",
            field=at, savings=money.show(savings),
        )  # fmt: skip
    return None


def _without_box(said: Decided, box_id: str | None, at: str) -> Refusal | None:
    """A gift named, or left open, needs a box that takes it."""
    if said.give == 0 or box_id is not None:
        return None
    return Conflict("no_box", "Chưa có thùng quyên góp đang mở, nên chưa ủng hộ được.", field=at)


def check_decisions(facts: Facts) -> None:
    """Raises every problem at once: Invalid, or Conflict where only the box is missing."""
    found = problems(facts)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Invalid.every(found)
