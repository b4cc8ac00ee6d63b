"""Whole đồng: read from what people type, shown in the book, written in words on a receipt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app import money
from app.errors import Invalid


def rows(*table: tuple[int | str, str]) -> list[tuple[str, int | str]]:
    """`(10_000, "10k|10.000")` → `("10k", 10_000), ("10.000", 10_000)`."""
    return [(typed, result) for result, row in table for typed in row.split("|")]


def refusal(text: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        money.parse(text)
    return caught.value


# What is understood

UNDERSTOOD = rows(
    # plain figures
    (1_000, "1000|1.000|1k"),
    (5_000, "5000"),
    (0, "0|0đ|0k"),
    (9_999_999_999_999, "9999999999999"),
    # figures in threes, one kind of separator
    (10_000, "10.000|10,000|10 000|10\u00a0000|10\u202f000"),
    (1_234_567, "1234567|1.234.567|1,234,567|1 234 567"),
    # the name of the money behind them
    (10_000, "10,000đ|10.000 đồng|10.000 ₫|10000vnd|10000 VNĐ|10000d|10000 dong|10k đồng"),
    # below a thousand only with the sign or the code of the bank
    (500, "500 ₫|500₫|500vnd|500 vnđ|0,5k"),
    # thousands
    (10_000, "10k|10K|10 k|10 nghìn|10 ngàn|10nghin|10 ngan"),
    # millions and milliards
    (1_000_000, "1tr|1 triệu|1 TRIỆU|1 trieu"),
    (1_500_000, "1500k|1,5 triệu|1.5 triệu|1,50tr"),
    (2_000_000_000, "2 tỷ|2 tỉ|2ty|2 ti|2000 triệu"),
    # digits close behind a unit are its tenths, hundredths, thousandths
    (1_250_000, "1tr25|1tr250|1,25tr|1.25 triệu"),
    (1_200_000, "1tr2|1tr20|1tr200|1 triệu2|1tr2đ"),
    (2_050_000, "2tr050|2tr05"),
    (1_200_000_000, "1tỷ2"),
    (10_500, "10k5|10k500|10 nghìn 500|10 nghìn 500 đồng"),
    # several units, the larger first
    (1_200_000, "1 triệu 200 nghìn|1tr200k|1 TRIỆU 200 Nghìn|1 trieu 200 nghin đồng"),
    (1_050_000, "1tr 50k|1tr050k"),
    (2_003_400_000, "2 tỷ 3 triệu 400 nghìn đồng"),
    # carelessly spaced
    (1_200_000, "  1200k  |1  triệu   200  nghìn|1triệu200nghìn"),
)


@pytest.mark.parametrize(("typed", "amount"), UNDERSTOOD)
@pytest.mark.parametrize("phone", [partial(normalize, "NFC"), partial(normalize, "NFD"), str.upper])
def test_understood(typed: str, amount: int, phone: Callable[[str], str]) -> None:
    """However the phone writes `triệu`: in one sign a letter, with loose marks, in capitals."""
    assert money.parse(phone(typed)) == amount


# What is asked

ASKED = rows(
    # a number without a unit is rarely đồng, nor is it with the word: ten thousand is "mười đồng"
    (1_000, "1|1đ"),
    (10_000, "10|10 đồng|10Đ|10d"),
    (999_000, "999"),
    # n is nghìn, or ngày
    (10_000, "10n"),
    # the last number stands apart: 200 nghìn, or 200 đồng?
    (1_200_000, "1 triệu 200|1tr 2|1 triệu 200 đồng"),
    (1_050_000, "1tr 050"),
    (10_500, "10 nghìn 5"),
)


@pytest.mark.parametrize(("typed", "suggested"), ASKED)
def test_asked(typed: str, suggested: int) -> None:
    """The refusal is a question; its answer, shown as the book shows it, is taken as typed."""
    asked = refusal(typed)
    assert asked.code == "money_bare"
    assert asked.values["suggested"] == suggested
    assert str(asked) == f"“{typed.lower()}” là {money.show(suggested)} phải không chị?"
    assert money.parse(str(asked.values["shown"])) == suggested


# What is refused

REFUSED = rows(
    ("money_empty", "|   |\u00a0"),
    ("money_negative", "-5k|- 5000|–5k|−1.000 ₫|-"),
    # more than thirteen digits
    ("money_too_large", "10000000000000|10.000.000.000.000|10000 tỷ|9999999999999k"),
    # decimals, or thousands with a digit missing?
    ("money_unclear", "10.5|10,5|10.50|1.0000|1.00.000|1000.000|10,000.50|0.500"),
    ("money_unclear", "1.500k|1,500 triệu|1.500.000k|1 500k"),
    # mixed separators
    ("money_unclear", "1.000,000|1,000.000|1.000 000|1 000.000|1..000|1. 000"),
    # digits and dots that say nothing
    ("money_unclear", "05000|00|05k|5000.|.5tr|5.tr|1tr2050"),
    # units out of order, twice, or too many of the smaller; a number without its unit between
    ("money_unclear", "200k 1tr|1k1k|1tr1tr|1tr 2000k|1,5tr 200k|1tr 2,5k|1,5tr2|10k 20k"),
    ("money_unclear", "k|đ|₫|triệu|10000 10000"),
    # other words and signs
    ("money_unclear", "abc|10kg|10m|2 trăm|mười nghìn|+5k|5k-|1e6|5_000|10$|10đđ|vnd 10000"),
    # digits of other scripts, and what cannot be seen
    ("money_unclear", "１０.０００|١٠٠٠|10²000|5\u200b000|\u202e5000|5000\u202c|\u2067-5k"),
    ("money_unclear", "5000\x00|5000\n|5\t000|5000\x1f|5\u3000000|\ud8005000"),
    ("money_unclear", "9" * 5_000),
)


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_refused(typed: str, why: str) -> None:
    """Never guessed; the sentence says what to do."""
    refused = refusal(typed)
    assert refused.code == why
    assert "Mời chị" in str(refused)


PIECES = [*" .,-0125", "200", "k", "n", "tr", "triệu", "nghìn", "ngàn", "tỷ", "đ", "₫", "vnd"]
LOOKS_LIKE_MONEY = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.one_of(st.text(), LOOKS_LIKE_MONEY))
@example("9" * 10_000)
@example("\udfff")
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    try:
        amount = money.parse(text)
    except Invalid as refused:
        assert str(refused)
    else:
        assert type(amount) is int
        assert 0 <= amount <= money.MOST


# What is shown


@pytest.mark.parametrize(
    ("shown", "amount"),
    rows((0, "0 ₫"), (500, "500 ₫"), (1_000, "1.000 ₫"), (12_480_000, "12.480.000 ₫"))
    + rows((-1, "\u22121 ₫"), (-1_000, "\u22121.000 ₫")),
)
def test_shown(amount: int, shown: str) -> None:
    """Dots, a no-break space, and a minus sign as wide as a figure."""
    assert money.show(amount) == shown.replace(" ", "\u00a0")


@given(st.integers(0, money.MOST))
@example(1_000)
@example(money.MOST)
def test_what_is_shown_can_be_typed(amount: int) -> None:
    assert money.parse(money.show(amount)) == amount


# What is written in words

IN_WORDS = """
0 Không · 5 Năm · 10 Mười · 11 Mười một · 14 Mười bốn · 15 Mười lăm · 20 Hai mươi
21 Hai mươi mốt · 24 Hai mươi bốn · 55 Năm mươi lăm · -21000 Âm hai mươi mốt nghìn
100 Một trăm · 101 Một trăm lẻ một · 105 Một trăm lẻ năm · 110 Một trăm mười
111 Một trăm mười một · 115 Một trăm mười lăm · 431 Bốn trăm ba mươi mốt
1000 Một nghìn · 1005 Một nghìn không trăm lẻ năm · 1050 Một nghìn không trăm năm mươi
10500 Mười nghìn năm trăm · 1200000 Một triệu hai trăm nghìn
1000005 Một triệu không trăm lẻ năm · 1005000 Một triệu không trăm lẻ năm nghìn
2050000 Hai triệu không trăm năm mươi nghìn · 1000000000 Một tỷ
1000000015 Một tỷ không trăm mười lăm · 1015000000 Một tỷ không trăm mười lăm triệu
1005000000000 Một nghìn không trăm lẻ năm tỷ · 1000000000000000 Một triệu tỷ
"""


@pytest.mark.parametrize("case", IN_WORDS.strip().replace("\n", " · ").split(" · "))
def test_in_words(case: str) -> None:
    amount, words = case.split(" ", 1)
    assert money.in_words(int(amount)) == f"{words} đồng"


FIGURES = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
VALUES = {word: value for value, word in enumerate(FIGURES)} | {"mốt": 1, "lăm": 5}
SCALES = {"mươi": 10, "trăm": 100, "nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def heard(words: str) -> int:
    """What somebody hears who has the words read aloud: a unit counts the smaller said before."""
    said: list[int] = []
    for word in words.lower().removesuffix(" đồng").replace("mười", "một mươi").split():
        if unit := SCALES.get(word):
            count = 0
            while said and said[-1] < unit:
                count += said.pop()
            said.append(count * unit)
        elif word != "lẻ":
            said.append(VALUES[word])
    return sum(said)


@given(st.integers(0, 10**15 - 1))
def test_the_words_say_the_amount(amount: int) -> None:
    assert heard(money.in_words(amount)) == amount


def test_no_two_amounts_have_the_same_words() -> None:
    """All small ones, and each figure in each place with a little beside it."""
    amounts = set(range(-20, 20_000))
    for figure, power, beside in product(range(1, 10), range(3, 16), range(-20, 120)):
        amounts.add(figure * 10**power + beside)
    assert len({money.in_words(amount) for amount in amounts}) == len(amounts)
