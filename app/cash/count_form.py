"""The counting form: read the notes that were typed, and what was decided about a difference. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app import money
from app.cash import rules
from app.errors import Invalid, Refusal
from app.terms import N_, Outcome

NOTE = "notes."
STEP = re.compile(r"([+-])(\d{3,6})")  # what the − and + beside a row send without a script
SMALL = frozenset({500, 200})  # legal, hardly used: folded away

# A decision as the page asks it, in one question: what becomes of it, and whether it is paid now.
CHOICES = {
    "keeper_paid": (Outcome.KEEPER_OWES, True),
    "keeper_owes": (Outcome.KEEPER_OWES, False),
    "group_bears": (Outcome.GROUP_BEARS, False),
    "accepted": (Outcome.ACCEPTED, False),
    "carried": (Outcome.CARRIED, False),
}
CHOICE_WORDS = {
    "keeper_paid": N_("Người giữ bù, đã nộp đủ ngay"),
    "keeper_owes": N_("Người giữ bù, nộp sau"),
    "group_bears": N_("Chi hội cùng chịu (hai người ký)"),
    "accepted": N_("Nhận vào tiền dư (hai người ký)"),
    "carried": N_("Để theo dõi, tìm tiếp"),
}
SHORT = ("keeper_paid", "keeper_owes", "group_bears", "carried")
OVER = ("accepted", "carried")


@dataclass(frozen=True, slots=True)
class Row:
    """Notes of one value: how many as typed, what they come to in đồng."""

    value: int
    typed: str
    number: int
    problem: Refusal | None = None

    @property
    def sum(self) -> int:
        """What was understood."""
        return self.value * self.number

    @property
    def folded(self) -> bool:
        """Out of sight until somebody has such notes."""
        return self.value in SMALL


@dataclass(frozen=True, slots=True)
class Filled:
    """Every row, and problems of notes that there are no rows for."""

    rows: list[Row]
    strange: list[Refusal]

    @property
    def total(self) -> int:
        """The sum of what was understood, in đồng."""
        return sum(row.sum for row in self.rows)

    @property
    def entered(self) -> bool:
        """Whether anything was typed at all."""
        return any(row.typed.strip() for row in self.rows)

    @property
    def problems(self) -> list[Refusal]:
        """All that is not clear."""
        return [row.problem for row in self.rows if row.problem] + self.strange

    @property
    def notes(self) -> dict[str, int]:
        """What is counted: value as text to number of notes."""
        return {str(row.value): row.number for row in self.rows if row.number}


def read(typed: Mapping[str, Sequence[str]]) -> Filled:
    """Understand every row; an empty one is no notes."""
    said = {
        name.removeprefix(NOTE): values[0]
        for name, values in typed.items()
        if name.startswith(NOTE) and values
    }
    known = {str(value) for value in money.NOTES}
    strange = [p for value in said if value not in known and (p := _problem(value, -1))]
    return Filled([_row(value, said.get(str(value), "")) for value in money.NOTES], strange)


def step(filled: Filled, do: str) -> Filled:
    """One note more or less, where a − or + was pressed; what was not understood stays as typed."""
    found = STEP.fullmatch(do)
    if found is None:
        return filled
    by, value = (1 if found[1] == "+" else -1), int(found[2])
    return replace(filled, rows=[_stepped(r, by) if r.value == value else r for r in filled.rows])


def decided(choice: str, field: str = "decision") -> tuple[Outcome, bool]:
    """The outcome and whether it is paid now. Raises Invalid `outcome_needed`."""
    if choice not in CHOICES:
        raise Invalid("outcome_needed", "Mời chị chọn cách xử lý.", field=field)
    return CHOICES[choice]


def _row(value: int, typed: str) -> Row:
    shown = typed.strip()[:12]
    if not shown:
        return Row(value, "", 0)
    number = int(shown) if shown.isascii() and shown.isdigit() else -1
    problem = _problem(str(value), number)
    return Row(value, shown, 0 if problem else number, problem)


def _problem(value: str, number: int) -> Refusal | None:
    try:
        rules.sum_of({value: number})
    except Invalid as refusal:
        return refusal
    return None


def _stepped(row: Row, by: int) -> Row:
    if row.problem:
        return row
    number = min(max(row.number + by, 0), rules.MOST_NOTES)
    return replace(row, typed=str(number) if number else "", number=number)
