"""Names, short texts and phone numbers: kept clean, found without marks, sorted as lists are."""

from __future__ import annotations

import random
import unicodedata
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app import names
from app.errors import Invalid

NAMES = st.text(alphabet="aàáạăằâấdđeéêệiìoóôộơợuúưựyỷ bcghklmnt", max_size=30)


# Found without marks


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Nguyễn Thị Đức", "nguyen thi duc"),
        ("ĐẶNG THÙY TRÂM", "dang thuy tram"),
        ("Ưng Hoàng Phước", "ung hoang phuoc"),
        ("  Lê \t Thị\u00a0 Hoa ", "le thi hoa"),
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("H'Hen Niê", "h'hen nie"),
        ("Lan 2", "lan 2"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_fold(name: str, folded: str, form: Literal["NFC", "NFD"]) -> None:
    assert names.fold(unicodedata.normalize(form, name)) == folded


@given(st.one_of(st.text(), NAMES))
@example("İSTANBUL Σ ß ﬁ")
@example("ᾼ\u0345")
def test_folding_twice_changes_nothing(name: str) -> None:
    assert names.fold(names.fold(name)) == names.fold(name)


@given(NAMES)
def test_a_folded_vietnamese_name_is_plain(name: str) -> None:
    folded = names.fold(name)
    assert folded.isascii()
    assert folded == folded.lower().strip()


# Sorted as a Vietnamese list is


@pytest.mark.parametrize(
    "in_order",
    [
        # the alphabet, with f j w z where Latin has them
        ", ".join("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"),
        # six tones; letters before tones; a short word before a longer; every d before every đ
        "ma, mà, mả, mã, má, mạ",
        "mà, mạ, mai, mài, mang, măng, mân",
        "An, Án, Anh, Ánh, Ăn, Ân",
        "Dung, Dũng, Dương, Đào, Đức",
        # figures first, other scripts last
        "1, 2, A, Z, 文",
        # the given name with its tone, then family and middle names
        "Trần Thị Ái, Lê An, Nguyễn Thị An, Bùi Ngọc Ánh, Vũ Thị Bích, Phạm Thị Dung, Lê Thị Dũng",
        "Hồ Thị Đào, Trần Minh Đức, Đặng Thị Hoa, Lê Thị Hoa, Lê Thúy Hoa, An Thị Hòa",
        "An Thị Hòa, Ngô Thị Oanh, Đỗ Thị Ơn, Cao Thị Uyên, Bế Thị Ước, Âu Thị Yến",
    ],
)
def test_order(in_order: str) -> None:
    """By the bytes of the key, as both databases sort, whatever the order before."""
    listed = in_order.split(", ")
    shuffled = random.Random(412).sample(listed, len(listed))
    assert sorted(shuffled, key=lambda name: names.sort_key(name).encode("ascii")) == listed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lê Thị Hoà", "Lê Thị Hòa"),  # where the tone mark is put is a matter of school
        ("LÊ THỊ HOA", "Lê Thị Hoa"),
        ("Lê  Thị Hoa ", "Lê Thị Hoa"),
        ("H'Hen Niê", "HHen Niê"),
        ("Lê Thị Hoa -", "Lê Thị Hoa"),
        ("Müller", "Muller"),
        (unicodedata.normalize("NFD", "Trần Thị Ước"), "Trần Thị Ước"),
    ],
)
def test_same_place(one: str, other: str) -> None:
    assert names.sort_key(one) == names.sort_key(other)


def test_the_key_as_it_is_stored() -> None:
    """Two characters a letter and a tone digit a word: stored keys must not change unnoticed."""
    assert names.sort_key("Lê An") == "a0n00l0e10"
    assert names.sort_key("Trần Minh Đức") == "d1u1c04t0r0a2n01m0i0n0h00"
    assert names.sort_key("") == ""


@given(st.text())
@example("\ud800")
def test_any_name_has_an_ascii_key(name: str) -> None:
    assert names.sort_key(name).isascii()


# Kept clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa"),
        ("  Nguyễn   Thị Hoa ", "Nguyễn Thị Hoa"),
        ("Nguyễn\u00a0Thị\u3000Hoa", "Nguyễn Thị Hoa"),
        ("mua thuốc\r\ncho con\t\n", "mua thuốc cho con"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hoà"), "Nguyễn Thị Hoà"),
        ("H'Hen Niê (tổ 2) – 50%", "H'Hen Niê (tổ 2) – 50%"),
        ("tặng chị 🐷", "tặng chị 🐷"),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert names.clean(typed, longest=40, field="name") == kept


NOT_KEPT = {
    "text_empty": ["", "   ", "\n", "\u00a0"],
    "text_too_long": ["12345678901", "x" * 5_000],
    "text_bad_character": [
        *("Hoa\x00", "Hoa\x1fLan", "Hoa\x7f", "Hoa\x85", "Hoa\u2028Lan", "Hoa\u2029Lan"),  # control
        *("\u202eaoH", "\u2066Hoa\u2069", "\u200fHoa"),  # direction of writing
        *("Hoa\u200b", "Hoa\u200d", "\ufeffHoa", "Ho\u00ada"),  # no width
        *("Hoa\ue000", "Hoa\U000f0000", "Hoa\ud83d", "Hoa\uffff"),  # private, half, nobody's
        *("\u3164", "\u2800", "Hoa\u034f"),  # letters and signs that look like nothing
    ],
}


@pytest.mark.parametrize(
    ("typed", "why"), [(typed, why) for why, row in NOT_KEPT.items() for typed in row]
)
def test_not_kept(typed: str, why: str) -> None:
    """Empty, too long, or with characters that nobody sees: two names could look like one."""
    with pytest.raises(Invalid) as refused:
        names.clean(typed, longest=10, field="purpose")
    assert (refused.value.code, refused.value.field) == (why, "purpose")
    assert "Mời chị" in str(refused.value)


def test_the_length_is_counted_as_kept() -> None:
    """Loose marks and spaces around do not count; the sentence names the limit."""
    assert names.clean(" " + unicodedata.normalize("NFD", "Hoà") + " ", longest=3, field="name")
    with pytest.raises(Invalid, match="nhiều nhất 2 chữ cái"):
        names.clean("Hoà", longest=2, field="name")


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        kept = names.clean(text, longest=1000, field="name")
    except Invalid:
        return
    assert names.clean(kept, longest=1000, field="name") == kept
    assert kept == kept.strip() != ""
    assert unicodedata.is_normalized("NFC", kept)


# Phone numbers


@pytest.mark.parametrize(
    "typed",
    [
        *("0912345678", " 0912 345 678 ", "0912.345.678", "0912-345-678"),
        *("0912\u2011345\u2013678", "0912\u00a0345\u00a0678"),
        *("+84912345678", "+84 912 345 678", "0084 912 345 678", "84912345678", "84 912.345-678"),
    ],
)
def test_phone(typed: str) -> None:
    assert names.phone(typed) == "0912345678"


def test_a_number_may_look_like_the_country_code() -> None:
    assert names.phone("0849123456") == "0849123456"
    assert names.phone("84849123456") == "0849123456"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "abc", "0912345678a", "0912 345 678 / 0987 654 321"),
        "912345678",  # a spreadsheet ate the 0, or a figure is missing: not for us to say
        *("091234567", "09123456789", "0012345678", "+84091234567"),
        *("+85512345678", "++84912345678", "+0912345678"),
        *("０９１２３４５６７８", "091234567٨"),
        *("\u202a0912345678\u202c", "0912345678\n", "0912345678\x00"),
    ],
)
def test_phone_unclear(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.phone(typed)
    assert (refused.value.code, refused.value.field) == ("phone_unclear", "phone")
    assert "ví dụ" in str(refused.value)


@given(st.text(alphabet="0123456789+-. 84", max_size=20))
def test_a_phone_number_once_read_stays(text: str) -> None:
    try:
        read = names.phone(text)
    except Invalid:
        return
    assert names.phone(read) == read
    assert (len(read), read[0]) == (10, "0")
