"""Names, short texts and phone numbers: kept clean, found without marks, sorted the Vietnamese way.

Folds and sort keys are computed here and stored, because no database sorts Vietnamese alike.
"""

from __future__ import annotations

import re
import unicodedata

from app.errors import Invalid

# Where an alphabet letter stands among those of the same base: a ă â → a0 a1 a2. All Vietnamese
# letters follow their base directly, so base and digit compare as the alphabet does.
_FAMILIES = ("aăâ", "dđ", "eê", "oôơ", "uư", *"bcfghijklmnpqrstvwxyz")
_KEYS = {letter: f"{family[0]}{i}" for family in _FAMILIES for i, letter in enumerate(family)}
_KEYS |= {figure: f"A{figure}" for figure in "0123456789"}  # before the letters

_TONES = {  # ngang, without a mark, is 0
    "\N{COMBINING GRAVE ACCENT}": "1",  # huyền
    "\N{COMBINING HOOK ABOVE}": "2",  # hỏi
    "\N{COMBINING TILDE}": "3",  # ngã
    "\N{COMBINING ACUTE ACCENT}": "4",  # sắc
    "\N{COMBINING DOT BELOW}": "5",  # nặng
}

# Letters and symbols by their category, but nothing is seen of them: a name of these looks empty.
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"


def fold(name: str) -> str:
    """Lower case, no marks, đ→d, single spaces: `Nguyễn  Thị Đức` → `nguyen thi duc`."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
    plain = "".join(c for c in apart if not unicodedata.combining(c)).replace("đ", "d")
    return " ".join(unicodedata.normalize("NFC", plain).split())


def like(wanted: str) -> str:
    """The pattern by which a folded name is found: `LIKE ? ESCAPE '!'`."""
    text = fold(wanted)
    for mark in "!%_":
        text = text.replace(mark, f"!{mark}")
    return f"%{text}%"


def sort_key(name: str) -> str:
    """ASCII that compares byte by byte as Vietnamese lists do: `Lê An` → `a0n00l0e10`.

    Given name (the last word) first, then the others in their order. A word is two characters
    a letter (base and place among ă, â …) and a closing tone digit. Digits come before letters,
    so An stands before Anh, and tones only decide between words of equal letters. The tone
    belongs to the word: hoà and hòa are one.
    """
    words = [key for word in name.split() if (key := _word_key(word))]
    return "".join(words[-1:] + words[:-1])


def given(name: str) -> str:
    """What she is called by, the last word: `Nguyễn Thị Lan` → `Lan`."""
    return name.rsplit(maxsplit=1)[-1]


def clean(text: str, *, longest: int, field: str) -> str:
    """The text as kept: NFC, single spaces, at most `longest` characters, all of them visible.

    Tabs and line ends count as spaces. Raises `Invalid` on `field`: `text_empty`,
    `text_too_long`, `text_bad_character`.
    """
    kept = re.sub("[\t\r\n]", " ", unicodedata.normalize("NFC", text))
    if any(_unseen(c) for c in kept):
        raise Invalid(
            "text_bad_character",
            "Có ký tự lạ không nhìn thấy được. Mời chị xóa đi rồi gõ lại.",
            field=field,
        )
    kept = " ".join(kept.split())
    if not kept:
        raise Invalid("text_empty", "Chỗ này còn trống. Mời chị ghi vào.", field=field)
    if len(kept) > longest:
        raise Invalid(
            "text_too_long",
            "Dài quá rồi. Mời chị viết gọn lại, nhiều nhất {longest} chữ cái.",
            field=field,
            longest=longest,
        )
    return kept


def phone(text: str) -> str:
    """A Vietnamese number as `0` and nine digits: `+84 912 345 678` → `0912345678`."""
    digits = re.sub("[ \N{NO-BREAK SPACE}.\N{NON-BREAKING HYPHEN}\N{EN DASH}-]", "", text)
    found = re.fullmatch(r"(?:\+84|0084|84|0)([1-9][0-9]{8})", digits)
    if found is None:
        raise Invalid(
            "phone_unclear",
            "Số điện thoại chưa đúng. Mời chị ghi đủ 10 số, ví dụ 0912 345 678.",
            field="phone",
        )
    return "0" + found[1]


def _word_key(word: str) -> str:
    """`Đức` → `d1u1c04`: two characters a letter, then the tone digit; `""` without letters."""
    apart = unicodedata.normalize("NFD", word.lower())
    tones = "".join(_TONES.get(c, "") for c in apart)
    letters = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES))
    key = "".join(_letter_key(c) for c in letters)
    return key and key + (tones or "0")


def _letter_key(letter: str) -> str:
    """Vietnamese, else its base letter (ü → u), else behind z by code point; signs are nothing."""
    base = unicodedata.normalize("NFD", letter)[0]
    strange = f"~{ord(letter):06x}" if letter.isalnum() else ""
    return _KEYS.get(letter) or _KEYS.get(base) or strange


def _unseen(c: str) -> bool:
    """Control, bidi, zero-width, private, surrogate, unassigned; line and paragraph separators."""
    category = unicodedata.category(c)
    return category[0] == "C" or category in ("Zl", "Zp") or c in _BLANKS
