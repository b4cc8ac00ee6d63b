"""Reading the table: one line a unit, or one more officer of it. Pure.

Columns by heading, in Vietnamese (accents or not) or English: cấp/level, tên/name, cấp trên/parent,
từ ngày/from, mức góp/minimum, kỳ/period, chức vụ/role, họ tên/person, điện thoại/phone. Commas,
semicolons or tabs part them, so a range copied out of a spreadsheet can be pasted as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app import money, names
from app.charter.rules import LEAST, MOST_PER_PERIOD
from app.errors import Invalid, Refusal
from app.terms import Level, Period, Role

T = TypeVar("T")
MOST = 2000  # lines of one table
_HEADINGS = {
    "level": ("cap", "level"),
    "name": ("ten", "ten don vi", "name"),
    "parent": ("cap tren", "parent"),
    "from": ("tu ngay", "ngay lap", "from"),
    "minimum": ("muc gop", "minimum"),
    "period": ("ky", "ky gop", "period"),
    "role": ("chuc vu", "role"),
    "person": ("ho ten", "ho va ten", "person"),
    "phone": ("dien thoai", "so dien thoai", "phone"),
}
_LEVELS = {"tinh": Level.PROVINCE, "thanh pho": Level.PROVINCE, "huyen": Level.DISTRICT,
           "xa": Level.COMMUNE, "phuong": Level.COMMUNE, "chi hoi": Level.CHAPTER,
           "to": Level.GROUP}  # fmt: skip
_ROLES = {"can bo": Role.LEADER, "can bo hoi": Role.LEADER, "chi hoi truong": Role.CHAPTER_HEAD,
          "chi hoi pho": Role.DEPUTY, "thu quy": Role.TREASURER,
          "ban kiem tra": Role.INSPECTOR}  # fmt: skip
_PERIODS = {"ngay": Period.DAY, "tuan": Period.WEEK, "thang": Period.MONTH, "vu": Period.SEASON}


@dataclass(frozen=True, slots=True)
class Officer:
    """Who is appointed with a unit."""

    role: Role
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, understood; `line` counts from 1 with the heading."""

    line: int
    level: Level
    name: str
    parent: str
    from_on: date
    minimum: int | None
    period: Period
    officer: Officer | None


def read(text: str) -> list[Row]:
    """Understand the whole table. Raises Invalid with every problem, each at `line N`."""
    lines = list(csv.reader(io.StringIO(text.strip("\ufeff")), _Dialect(text)))
    if len(lines) < 2:
        raise Invalid(
            "table_empty", "Bảng cần một dòng tiêu đề và ít nhất một đơn vị.", field="table"
        )
    if len(lines) > MOST + 1:
        raise Invalid(
            "table_long", "Bảng dài quá, nhiều nhất {most} dòng.", field="table", most=MOST
        )
    columns = _columns(lines[0])
    problems: list[Refusal] = []
    rows = []
    for n, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            rows.append(_row(n, {k: cells[i].strip() if i < len(cells) else ""
                                 for k, i in columns.items()}))  # fmt: skip
        except Invalid as problem:
            problems.append(
                Invalid(problem.code, problem.text, field=f"line {n}", **problem.values)
            )
    if problems:
        raise Invalid.every(problems)
    return rows


class _Dialect(csv.excel):
    """Whatever parts the heading parts the rest."""

    def __init__(self, text: str) -> None:
        heading = text.split("\n", 1)[0]
        self.delimiter = max("\t;,", key=heading.count)
        super().__init__()


def _columns(heading: list[str]) -> dict[str, int]:
    folded = [names.fold(cell) for cell in heading]
    found = {
        key: folded.index(word) for key, words in _HEADINGS.items() for word in words
        if word in folded
    }  # fmt: skip
    missing = [key for key in ("level", "name", "parent", "from") if key not in found]
    if missing:
        raise Invalid(
            "columns_missing", "Thiếu cột: {columns}.", field="table",
            columns=", ".join(_HEADINGS[key][0] for key in missing),
        )  # fmt: skip
    return found


def _row(line: int, cells: dict[str, str]) -> Row:
    level = _word(cells["level"], _LEVELS, Level)
    minimum = cells.get("minimum", "")
    person, role = cells.get("person", ""), cells.get("role", "")
    if bool(person) != bool(role):
        raise Invalid("officer_half", "Chức vụ và họ tên phải đi cùng nhau.")
    officer = None
    if person:
        officer = Officer(
            _word(role, _ROLES, Role),
            names.clean(person, longest=100, field="person"),
            names.phone(cells.get("phone", "")),
        )
    return Row(
        line=line,
        level=level,
        name=names.clean(cells["name"], longest=200, field="name"),
        parent=names.clean(cells["parent"], longest=200, field="parent"),
        from_on=_day(cells["from"]),
        minimum=_minimum(minimum) if minimum else None,
        period=_word(cells.get("period", "") or "ngay", _PERIODS, Period),
        officer=officer,
    )


def _minimum(text: str) -> int:
    amount = money.parse(text)
    if not LEAST <= amount <= MOST_PER_PERIOD:
        raise Invalid(
            "minimum_out_of_range", "Mức góp từ {least} đến {most} mỗi kỳ.",
            least=money.show(LEAST), most=money.show(MOST_PER_PERIOD),
        )  # fmt: skip
    return amount


def _word(text: str, words: dict[str, T], kind: Callable[[str], T]) -> T:
    folded = names.fold(text)
    if folded in words:
        return words[folded]
    try:
        return kind(folded.replace(" ", "_"))
    except ValueError:
        raise Invalid("word_unknown", "Không hiểu “{text}”.", text=text[:40]) from None


def _day(text: str) -> date:
    """`dd/MM/yyyy` or `yyyy-MM-dd`."""
    vietnamese = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII)
    try:
        if vietnamese:
            day, month, year = (int(part) for part in vietnamese.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ: “{text}”.", text=text[:20]) from None
