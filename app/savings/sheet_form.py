"""The treasurer's sheet as a form: read what was typed, add it up, say what is not clear. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app import money, names
from app.errors import Invalid, Refusal
from app.savings.rules import Line, not_a_member_then, suggested_periods


@dataclass(frozen=True, slots=True)
class Row:
    """A member's row; `amount` and `periods` as typed, `behind` in periods, `paid` that day in đồng."""

    number: int
    member_id: str
    name: str
    behind: int
    paid: int = 0
    amount: str = ""
    periods: str = ""
    problem: Refusal | None = None

    @property
    def folded(self) -> str:
        """The name without marks, for the search."""
        return names.fold(self.name)


@dataclass(frozen=True, slots=True)
class Filled:
    """The rows as they stand, with the lines they come to (empty amounts are absent members)."""

    rows: list[Row]
    lines: list[Line]

    @property
    def total(self) -> int:
        """The sum of what was understood, in đồng."""
        return sum(line.amount for line in self.lines)

    @property
    def problems(self) -> list[Row]:
        """Rows that need another look."""
        return [row for row in self.rows if row.problem is not None]


def read(rows: Sequence[Row], typed: Mapping[str, Sequence[str]], minimum: int) -> Filled:
    """Understand every row; a bare `10` comes back as the question and its suggestion."""
    read_rows = [_read_row(row, typed) for row in rows]
    done: list[Row] = []
    lines: list[Line] = []
    for row in read_rows:
        if not row.amount.strip() or row.problem:
            done.append(row)
            continue
        try:
            line = _line(row, minimum)
        except Invalid as refusal:
            suggested = refusal.values.get("suggested")
            amount = _digits(suggested) if isinstance(suggested, int) else row.amount
            done.append(replace(row, amount=amount, problem=refusal))
            continue
        done.append(row)
        lines.append(line)
    return Filled(done, lines)


def fill(filled: Filled, minimum: int) -> list[Row]:
    """Everybody who has nothing yet: the minimum."""
    shown = _digits(minimum)
    return [row if row.amount.strip() else replace(row, amount=shown) for row in filled.rows]


def mark(filled: Filled, refusal: Refusal, day: date) -> tuple[list[Row], dict[str, Refusal]]:
    """Put the rule's problems beside their rows; what belongs to no row is returned by field.

    Whoever has a row is of this chapter: where the rules do not know her, she had left by then.
    """
    of_line = {f"lines.{n}": line.member_id for n, line in enumerate(filled.lines)}
    beside: dict[str, Refusal] = {}
    others: dict[str, Refusal] = {}
    for part in refusal.parts or (refusal,):
        member_id = of_line.get(part.field.rpartition(".")[0])
        if member_id:
            left = part.code == "member_unknown"
            beside[member_id] = not_a_member_then(day, "lines") if left else part
        else:
            others[part.field] = part
    rows = [replace(row, problem=beside.get(row.member_id, row.problem)) for row in filled.rows]
    return rows, others


def numbers(typed: Mapping[str, Sequence[str]]) -> set[int]:
    """The members a form has an amount for, by their numbers in the book."""
    named = (re.fullmatch(r"amount-([1-9]\d{0,6})", name, re.ASCII) for name in typed)
    return {int(n[1]) for n in named if n and any(text.strip() for text in typed[n[0]])}


FIELDS = ("pot_id", "group_id", "date", "note", "reason", "replaces", "held", "counted")
_FIELD = re.compile(rf"(?:{'|'.join(FIELDS)}|(?:amount|periods)-[1-9]\d{{0,6}})", re.ASCII)


def check_kept(form: Mapping[str, Sequence[str]], largest: int) -> None:
    """A form as the sheet's page sends it: its fields, each once, short, and a day."""
    sizes = [len(name) + len(text) for name, texts in form.items() for text in texts]
    whole = all(_FIELD.fullmatch(name) and len(texts) == 1 for name, texts in form.items())
    if not whole or sum(sizes) > largest or not form.get("date"):
        raise Invalid("form_unclear", "Bảng này máy không đọc được, chưa giữ và chưa ghi gì.")
    for name in ("note", "reason"):
        if text := form.get(name):
            names.clean(text[0], longest=2000, field=name)


def day_typed(text: str, today: date) -> date:
    """The date field; empty is today."""
    if not text.strip():
        return today
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise day_unclear() from None


def day_unclear() -> Invalid:
    """No day, or none that can be read."""
    return Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field="date")


def _read_row(row: Row, typed: Mapping[str, Sequence[str]]) -> Row:
    amount = typed.get(f"amount-{row.number}", [""])[0][:60]
    periods = typed.get(f"periods-{row.number}", [""])[0][:20]
    return replace(row, amount=amount, periods=periods)


def _line(row: Row, minimum: int) -> Line:
    amount = money.parse(row.amount)
    text = row.periods.strip()
    if not text:
        return Line(row.member_id, amount, suggested_periods(amount, minimum, row.behind))
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise Invalid(
            "periods_unclear", "Số kỳ là một số nguyên, ví dụ 7. Để trống thì máy tự tính."
        )
    return Line(row.member_id, amount, int(text))


def _digits(amount: int) -> str:
    return money.show(amount).partition("\N{NO-BREAK SPACE}")[0]
