"""Whole đồng: what people type, what the book shows, what a receipt says in words.

An amount is an `int` of đồng. What can be read in two ways is asked or refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from app.errors import Invalid

NOTES = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200)
MOST = 10**13 - 1  # đồng: thirteen digits; more is a slip of the finger
_LONGEST = 64  # characters of typed text worth reading
_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"  # an amount is never broken over two lines

# Lower case and composed. Without marks too: many keyboards have none.
# The sign and the bank code leave no doubt; "10 đồng" is also how people say 10 nghìn.
_MARK = r"(?: ?(?:(?P<sign>₫|vnđ|vnd)|đồng|dong|đ|d))?"
_FIGURES = re.compile(
    r"(?P<figures>0|[1-9][0-9]{0,2}(?P<dot>[., ])[0-9]{3}(?:(?P=dot)[0-9]{3})*|[1-9][0-9]*)" + _MARK
)
_NUMBER = r"[0-9]+(?:[.,][0-9]{1,2})?"  # three digits behind a dot could be thousands
_SPOKEN = re.compile(
    rf"(?:(?P<billions>{_NUMBER}) ?(?:tỷ|tỉ|ty|ti))?"
    rf"(?: ?(?P<millions>{_NUMBER}) ?(?:triệu|trieu|tr))?"
    rf"(?: ?(?P<thousands>{_NUMBER}) ?(?:nghìn|nghin|ngàn|ngan|k|(?P<n>n)))?"
    rf"(?P<gap> )?(?P<tail>[0-9]{{1,3}})?{_MARK}"
)
_UNITS = {"billions": 10**9, "millions": 10**6, "thousands": 10**3}
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


class _Reading(NamedTuple):
    """An amount in đồng, and whether the text can mean nothing else."""

    amount: int
    sure: bool


def parse(text: str) -> int:
    """The đồng that a person typed: `10k`, `10.000`, `1tr2`, `1 triệu 200 nghìn`, `500 ₫`.

    Raises `Invalid`: `money_empty`, `money_negative`, `money_unclear`, `money_too_large`, or
    `money_bare`, a question whose values carry `suggested` (đồng) for the form to offer.
    """
    typed = _tidy(text)
    if not typed:
        raise Invalid("money_empty", "Chưa có số tiền. Mời chị ghi, ví dụ 10k hoặc 10.000.")
    if typed[0] in ("-", "\N{EN DASH}", _MINUS):
        raise Invalid("money_negative", "Số tiền không có dấu trừ. Mời chị ghi lại, ví dụ 5k.")
    reading = (_figures(typed) or _spoken(typed)) if len(typed) <= _LONGEST else None
    if reading is None:
        raise Invalid(
            "money_unclear",
            "Chưa rõ là bao nhiêu tiền. Mời chị ghi lại, ví dụ 10k, 10.000 hoặc 1tr2.",
        )
    if reading.amount > MOST:
        raise Invalid(
            "money_too_large",
            "Số tiền lớn quá, sổ ghi được nhiều nhất {most}. Mời chị xem có thừa số 0 không.",
            most=show(MOST),
        )
    if not reading.sure:
        raise Invalid(
            "money_bare",
            "“{typed}” là {shown} phải không chị?",
            typed=typed,
            shown=show(reading.amount),
            suggested=reading.amount,
        )
    return reading.amount


def show(amount: int) -> str:
    """`1.000.000 ₫`, with a no-break space; below zero with a true minus sign."""
    sign = _MINUS if amount < 0 else ""
    return f"{sign}{abs(amount):,}".replace(",", ".") + f"{_SPACE}₫"


def in_words(amount: int) -> str:
    """`Một triệu hai trăm nghìn đồng`, as written on a receipt; 0 is `Không đồng`."""
    words = _read(abs(amount), spoken=False) or ["không"]
    sentence = " ".join([*(["âm"] if amount < 0 else []), *words, "đồng"])
    return sentence[0].upper() + sentence[1:]


def _tidy(text: str) -> str:
    """Composed, lower case, single plain spaces; every other character is left to be refused."""
    composed = unicodedata.normalize("NFC", text).lower()
    return re.sub("[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+", " ", composed).strip(" ")


def _figures(typed: str) -> _Reading | None:
    """`5000`, `10.000`, `10,000đ`, `10 000`: one kind of separator, in threes."""
    found = _FIGURES.fullmatch(typed)
    if found is None:
        return None
    amount = int(re.sub("[., ]", "", found["figures"]))
    if 0 < amount < 1000 and not found["sign"]:
        return _Reading(amount * 1000, sure=False)
    return _Reading(amount, sure=True)


def _spoken(typed: str) -> _Reading | None:
    """`10k`, `1tr2`, `1,5 triệu`, `1 triệu 200 nghìn`: numbers with units, the largest first."""
    found = _SPOKEN.fullmatch(typed)
    parts = [(found[name], unit) for name, unit in _UNITS.items() if found[name]] if found else []
    if found is None or not parts:
        return None
    (first, largest), later, smallest = parts[0], parts[1:], parts[-1][1]
    whole, _, decimals = first.replace(",", ".").partition(".")
    tail = found["tail"] or ""
    if re.match("0[0-9]", whole) or (decimals and (later or tail)):
        return None
    if not all(re.fullmatch("[0-9]{1,3}", number) for number, _ in later):
        return None
    rest = _fraction(tail, smallest)
    amount = int(whole) * largest + _fraction(decimals, largest) + rest
    amount += sum(int(number) * unit for number, unit in later)
    # Written apart, "1 triệu 200" may be 200 nghìn or 200 đồng; "10n" may be ten days (ngày).
    either = bool(tail and found["gap"]) and rest != int(tail)
    return _Reading(amount, sure=not either and not found["n"])


def _fraction(digits: str, unit: int) -> int:
    """`25` behind a triệu is 250.000 đồng, `050` is 50.000; no digits are nothing."""
    return int(digits.ljust(3, "0")) * unit // 1000


def _read(number: int, *, spoken: bool) -> list[str]:
    """The words of a number ≥ 0; `spoken` when something larger was said before it."""
    for unit, word in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")):
        if number >= unit:
            above, below = divmod(number, unit)
            return [*_read(above, spoken=spoken), word, *_read(below, spoken=True)]
    return _read_three(number, spoken=spoken) if number else []


def _read_three(number: int, *, spoken: bool) -> list[str]:
    """The words of 1 to 999; behind something larger the hundreds are said even when `không`."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or spoken else []
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("lẻ")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:  # 4 stays "bốn" behind "mươi" too, as printed receipts have it
        words.append(_DIGITS[ones])
    return words
