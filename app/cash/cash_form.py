"""Cash as people type it: amounts, days and notes of a form, every problem beside its field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app import money
from app.cash import rules
from app.errors import Invalid, Refusal


class Reading:
    """A form read field by field: what is not clear is gathered, so that all of it is said at once.

    `form` is what is written back; a bare `10` comes back as its suggestion.
    """

    def __init__(self, typed: Mapping[str, Sequence[str]], fields: Iterable[str]) -> None:
        self.form = {name: typed.get(name, [""])[0] for name in fields}
        self.problems: list[Refusal] = []

    def wrong(self, refusal: Refusal, name: str) -> None:
        """Say this beside a field."""
        refusal.field = name
        self.problems.append(refusal)

    def amount(self, name: str, *, may_be_empty: bool = False) -> int:
        """The đồng of a field; 0 where nothing stands, or what stands is not clear."""
        if may_be_empty and not self.form[name].strip():
            return 0
        try:
            amount = money.parse(self.form[name])
            if not amount and not may_be_empty:
                amount = money.parse("")
        except Invalid as refusal:
            suggested = refusal.values.get("suggested")
            if isinstance(suggested, int):
                self.form[name] = figures(suggested)
            self.wrong(refusal, name)
            return 0
        return amount

    def day(self, name: str, today: date) -> date:
        """A date field; empty is today."""
        if not self.form[name].strip():
            return today
        try:
            return date.fromisoformat(self.form[name].strip())
        except ValueError:
            self.wrong(Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại."), name)
            return today

    def pot(self, name: str, known: Iterable[str]) -> str:
        """One of the pots that the form offered."""
        if self.form[name] not in known:
            self.wrong(Invalid("pot_unknown", "Chi hội không có lợn này."), name)
        return self.form[name]

    def notes(self) -> dict[str, int] | None:
        """Notes by value; None where none was counted."""
        found = {}
        for name in (note_field(value) for value in money.NOTES):
            typed = self.form[name].strip()
            if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 8):
                self.wrong(
                    Invalid("note_count", "Số tờ từ 0 đến {most}.", most=rules.MOST_NOTES), name
                )
            elif typed:
                found[name.removeprefix("note-")] = int(typed)
        return found or None

    def check(self) -> None:
        """Raises Invalid with everything that is not clear."""
        if self.problems:
            raise Invalid.every(self.problems)


def note_field(value: int | str) -> str:
    """The field in which the notes of a value are counted."""
    return f"note-{value}"


NOTE_FIELDS = tuple(map(note_field, money.NOTES))


def figures(amount: int) -> str:
    """`1.200.000`: as it stands in a field."""
    return money.show(amount).partition("\N{NO-BREAK SPACE}")[0]
