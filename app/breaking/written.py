"""A plan as it is kept with the posted breaking, and as pages and programs read it. Pure.

One shape for what will be and what was: a plan that is only shown goes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.breaking.plan import Line, Plan
from app.breaking.reasons import Because, Reason


@dataclass(frozen=True, slots=True)
class LineShown:
    """What becomes of one member's savings, in đồng; `notes` by value make up `payout`.

    `stays` is hers in the next cycle; `set_off` went to her loans, `interest` of it as interest.
    """

    member_id: str
    number: int
    awaiting: bool
    savings: int
    share: int
    set_off: int
    interest: int
    take: int
    keep: int
    give: int
    payout: int
    gift: int
    stays: int
    notes: Mapping[int, int]
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The plan of a breaking; `exchange` are notes to give and to get before notes are handed out."""

    counted: int
    book: int
    opened: int
    surplus: int
    carried: int
    lines: tuple[LineShown, ...]
    totals: Mapping[str, int]
    gift_notes: Mapping[int, int]
    exchange: tuple[Mapping[int, int], Mapping[int, int]] | None

    @property
    def difference(self) -> int:
        """Below zero a shortage."""
        return self.counted - self.book


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan in plain words and whole numbers."""
    exchange = plan.exchange_needed
    return {
        "counted": plan.counted,
        "book": plan.book,
        "opened": plan.opened,
        "surplus": plan.surplus,
        "carried": plan.carried,
        "lines": [_line_data(line) for line in plan.lines],
        "totals": asdict(plan.totals),
        "gift_notes": _notes_data(plan.gift_notes),
        "exchange": None if exchange is None else [_notes_data(exchange.give),
                                                   _notes_data(exchange.get)],
    }  # fmt: skip


def _line_data(line: Line) -> dict[str, Any]:
    return {
        "member": line.member_id,
        "number": line.number,
        "awaiting": line.awaiting,
        "savings": line.savings,
        "share": line.share,
        "set_off": line.interest + line.principal,
        "interest": line.interest,
        "take": line.take,
        "keep": line.keep,
        "give": line.give,
        "payout": line.payout,
        "gift": line.gift,
        "stays": line.stays,
        "notes": _notes_data(line.notes),
        "why": [[because.value, values] for because, values in line.why],
    }


def _notes_data(notes: Mapping[int, int]) -> dict[str, int]:
    return {str(value): number for value, number in notes.items() if number}


def read(data: Mapping[str, Any]) -> PlanShown:
    """A plan out of its data."""
    exchange = data["exchange"]
    return PlanShown(
        counted=data["counted"],
        book=data["book"],
        opened=data["opened"],
        surplus=data["surplus"],
        carried=data["carried"],
        lines=tuple(_line(line) for line in data["lines"]),
        totals=data["totals"],
        gift_notes=_notes(data["gift_notes"]),
        exchange=None if exchange is None else (_notes(exchange[0]), _notes(exchange[1])),
    )


def _line(data: Mapping[str, Any]) -> LineShown:
    return LineShown(
        member_id=data["member"],
        notes=_notes(data["notes"]),
        why=tuple(Reason(Because(code), values) for code, values in data["why"]),
        **{name: data[name] for name in _FIGURES},
    )


_FIGURES = ("number", "awaiting", "savings", "share", "set_off", "interest", "take", "keep", "give",
            "payout", "gift", "stays")  # fmt: skip


def _notes(data: Mapping[str, int]) -> dict[int, int]:
    return {int(value): number for value, number in sorted(data.items(), key=lambda n: -int(n[0]))}
