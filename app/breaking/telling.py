"""What changed between the figures that were signed and those that stand, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.breaking.prints import Change
from app.errors import Conflict

LISTED = 5  # changes named; a page shows the plan anew anyway


def fingerprint_changed(found: Sequence[Change] | None) -> Conflict:
    """She signs what she was shown. `found` is what differs from what was signed before."""
    if not found:
        return Conflict(
            "fingerprint_changed", "Số liệu vừa đổi, chưa ghi gì. Mời chị xem lại rồi hãy ký."
        )
    numbers = sorted({change.number for change in found if change.number is not None})
    if numbers:
        return Conflict(
            "fingerprint_changed",
            "Số liệu của hội viên số {numbers} vừa đổi, chưa ghi gì. Mời chị xem lại rồi hãy ký.",
            numbers=", ".join(map(str, numbers[:LISTED]))
            + (", …" if len(numbers) > LISTED else ""),
        )
    return Conflict(
        "fingerprint_changed",
        "Số liệu chung (quy ước, tiền đếm hoặc quỹ) vừa đổi, chưa ghi gì. Mời chị xem lại rồi hãy ký.",
    )
