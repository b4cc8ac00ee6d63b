"""A charter as it is typed: amounts like money, rates like percent, blanks where there is no limit. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from app import money
from app.approvals.words import AMOUNTS
from app.charter.rules import Charter
from app.errors import Invalid, Refusal

OR_NONE = ("loan_max_amount", "loan_max_months", "loan_savings_multiple", "cash_limit")
FLAGS = ("set_off_debt", "one_loan_at_a_time", "leaver_shares_surplus")
CHOICES = ("period", "default_decision", "surplus_rule")
RATE = "loan_monthly_rate_bp"
FIELDS = tuple(Charter.model_fields)
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))? ?%?")


def shown(charter: Charter) -> dict[str, str]:
    """Every field as text, as the form is filled in to begin with."""
    return {name: _text(name, getattr(charter, name)) for name in FIELDS}


def _text(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if name in AMOUNTS:
        return money.show(value)
    if name == RATE:
        whole, rest = divmod(value, 100)
        return f"{whole},{rest:02d}".rstrip("0").rstrip(",")
    return str(value)


def read(form: Mapping[str, str]) -> Charter:
    """The charter that was typed. Raises Invalid with every problem at its field."""
    values: dict[str, Any] = {}
    problems: list[Refusal] = []
    for name in FIELDS:
        try:
            values[name] = _value(name, form.get(name, "").strip())
        except Invalid as problem:
            problems.append(at(problem, name))
    wrong = {problem.field for problem in problems}
    try:
        charter = Charter(**values)
    except ValidationError as error:
        faults = [f for f in error.errors() if f["loc"] and str(f["loc"][0]) not in wrong]
        problems += [_fault(str(f["loc"][0]), f["type"], f.get("ctx", {}), values) for f in faults]
    if problems:
        raise Invalid.every(sorted(problems, key=lambda problem: FIELDS.index(problem.field)))
    return charter


def at(problem: Refusal, name: str) -> Invalid:
    """A refusal of something typed, beside its field."""
    return Invalid(problem.code, problem.text, field=name, **problem.values)


def _value(name: str, text: str) -> Any:
    if name in FLAGS:
        return text == "1"
    if name in CHOICES or name == "words":
        return text
    if not text:
        return None if name in OR_NONE else 0
    if name in AMOUNTS:
        return money.parse(text)
    return percent(text) if name == RATE else _count(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Invalid("number_unclear", "Cần một con số, ví dụ 12.")
    return int(text)


def percent(text: str) -> int:
    """`0,5` → 50 basis points. Raises Invalid `percent_unclear`."""
    found = _PERCENT.fullmatch(text)
    if found is None:
        raise Invalid("percent_unclear", "Lãi ghi theo phần trăm, ví dụ 0,5. Không lãi thì ghi 0.")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _fault(name: str, kind: str, context: Mapping[str, Any], values: Mapping[str, Any]) -> Invalid:
    shows: Callable[[Any], str] = money.show if name in AMOUNTS else str
    if name == RATE:
        return Invalid(
            "beyond_law",
            "Lãi {month} %/tháng là {year} %/năm, quá mức 20 %/năm"
            " (Bộ luật Dân sự 2015, Điều 468).",
            field=name, month=_text(name, values[name]), year=_text(name, 12 * values[name]),
        )  # fmt: skip
    if kind == "greater_than_equal":
        return Invalid("too_small", "Phải từ {ge} trở lên.", field=name, ge=shows(context["ge"]))
    if kind == "less_than_equal":
        return Invalid("too_large", "Nhiều nhất là {le}.", field=name, le=shows(context["le"]))
    if kind == "string_too_long":
        return Invalid("text_too_long", "Dài quá rồi. Mời chị viết gọn lại, nhiều nhất"
                       " {longest} chữ cái.", field=name, longest=context["max_length"])  # fmt: skip
    return Invalid("choice_missing", "Mời chị chọn một trong các mục.", field=name)
