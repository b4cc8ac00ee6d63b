"""The form of a handover: a table of notes for every place, who takes over. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.cash import count_form
from app.cash.count_form import Filled
from app.cash.handover_rules import Count, Lying
from app.errors import Invalid, Refusal
from app.terms import Kept, Place


@dataclass(frozen=True, slots=True)
class Table:
    """The notes of one place as they were typed; nothing typed: it goes as it lies."""

    lies: Lying
    filled: Filled

    @property
    def name(self) -> str:
        """What its fields begin with."""
        return f"notes-{self.lies.pot_id}-{self.lies.place}"

    @property
    def needed(self) -> bool:
        """Cash in hand is counted."""
        return self.lies.place is Place.HAND and self.lies.book != 0

    @property
    def difference(self) -> int:
        """Counted less book, where it was counted; below zero a shortage."""
        return self.filled.total - self.lies.book if self.filled.entered else 0

    @property
    def problems(self) -> list[Refusal]:
        """What is not clear, each at its field."""
        found: list[Refusal] = []
        for refusal in self.filled.problems:
            value = refusal.field.rpartition(".")[2]
            found.append(
                Invalid(refusal.code, refusal.text, field=f"{self.name}-{value}", **refusal.values)
            )
        return found


def tables(lying: Sequence[Lying], typed: Mapping[str, Sequence[str]]) -> list[Table]:
    """Where notes lie, as they were typed in."""
    found = []
    for one in lying:
        if one.place is Place.BANK or (one.place is Place.POT and one.kept is Kept.HOME):
            continue
        begins = f"notes-{one.pot_id}-{one.place}-"
        rows = {
            f"{count_form.NOTE}{name.removeprefix(begins)}": values
            for name, values in typed.items()
            if name.startswith(begins)
        }
        found.append(Table(one, count_form.read(rows)))
    return found


def counts(of: Sequence[Table]) -> list[Count]:
    """What was counted."""
    return [
        Count(table.lies.pot_id, table.lies.place, table.filled.notes)
        for table in of
        if table.filled.entered
    ]


def unclear(of: Sequence[Table]) -> list[Refusal]:
    """Notes that are none, and cash in hand that nobody counted: each where it is typed."""
    missing = [
        Invalid("hand_uncounted_page", "Mời chị đếm tiền thủ quỹ cầm.", field=table.name)
        for table in of
        if table.needed and not table.filled.entered
    ]
    return [problem for table in of for problem in table.problems] + missing
