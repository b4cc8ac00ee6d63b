"""Which office may do what, where an office can be held, and PINs a neighbour would try first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.access.rules import May, Term, check_pin, code_digest, digest, left_lately
from app.terms import Role
from tests.story import refused, tidy

TODAY = date(2026, 10, 20)
PHONE = "0912345678"


@pytest.mark.parametrize("pin", ["481790", "580213", "907356", "4820917", "739205184620"])
def test_a_pin_nobody_would_guess(pin: str) -> None:
    check_pin(pin, PHONE, TODAY)


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "48209",  # five digits
        "7392051846207",  # thirteen
        "48 209",
        "48209a",
        "-48209",
        "４８２０９１",  # wide digits
        "٤٨٢٠٩١",  # another script's
        "48209\n",
    ],
)
def test_a_pin_is_six_to_twelve_digits(pin: str) -> None:
    assert refused("pin_form", check_pin, pin, PHONE, TODAY).field == "pin"


@pytest.mark.parametrize(
    ("why", "pins"),
    [
        ("one digit over and over", "000000 111111 9999999"),
        ("upwards", "123456 234567 0123456 567890 890123"),
        ("downwards", "654321 987654 210987 0987654"),
        ("a half twice", "123123 472472 48214821"),
        ("two digits only", "121212 112112 900009 788887"),
        ("begins with a year", "195027 198512 202612"),
        ("ends with a year", "271950 121985 122026 301975"),
        ("out of her phone", "912345 091234 345678"),
        ("out of her phone, written +84", "849123 84912345678"),
    ],
)
def test_a_pin_a_neighbour_would_try_first(why: str, pins: str) -> None:
    for pin in pins.split():
        assert refused("pin_trivial", check_pin, pin, PHONE, TODAY).field == "pin", (why, pin)


@pytest.mark.parametrize(
    ("pin", "why_not"),
    [
        ("191527", "nobody living was born in 1915"),
        ("204027", "2040 is yet to come"),
        ("482719", "19 alone is no year"),
    ],
)
def test_what_is_no_year(pin: str, why_not: str) -> None:
    check_pin(pin, PHONE, TODAY)


def test_without_a_phone_only_the_rest_counts() -> None:
    check_pin("091248", None, TODAY)
    refused("pin_trivial", check_pin, "123456", None, TODAY)


def test_codes_are_typed_as_people_type() -> None:
    same = {code_digest(typed) for typed in ("K7Q2A-9DXMB", "k7q2a9dxmb", " k7q2a 9dxmb ")}
    assert same == {digest("K7Q2A9DXMB")}
    assert code_digest("K7Q2A-9DXMC") not in same


def test_who_may_do_what() -> None:
    """The contract's column `who`, in one table. A change here is a change of the contract."""
    table = "\n".join(
        f"{may.value[0]}: {' '.join(sorted(role.value for role in may.roles))}" for may in May
    )
    assert table == tidy("""
        read_book: chapter_head deputy inspector treasurer
        read_trail: chapter_head deputy inspector leader treasurer
        record_sheets: chapter_head deputy treasurer
        reverse: treasurer
        count_cash: chapter_head deputy treasurer
        break_pigs: chapter_head deputy treasurer
        sign_breakings: chapter_head deputy leader treasurer
        read_breaking: chapter_head deputy inspector leader treasurer
        handle_cash: treasurer
        hand_over: chapter_head deputy treasurer
        settle_members: treasurer
        read_loans: chapter_head deputy inspector leader treasurer
        read_loans_below: leader
        lend: treasurer
        keep_loans: chapter_head deputy treasurer
        decide_loans: chapter_head deputy leader
        keep_members: chapter_head deputy treasurer
        keep_pots: chapter_head deputy treasurer
        appoint: administrator chapter_head leader
        create_units: administrator leader
        read_units: administrator leader
        read_offices: administrator chapter_head deputy leader
        move_units: administrator
        reset_pins: chapter_head deputy leader treasurer
        revoke_devices: chapter_head deputy leader treasurer
        make_cards: chapter_head deputy treasurer
        change_charter: chapter_head deputy treasurer
    """)


GONE = date(2026, 10, 1)
TREASURER = Term(Role.TREASURER, date(2020, 3, 8), GONE, GONE)


@pytest.mark.parametrize(
    ("terms", "day", "lately"),
    [
        ([TREASURER], GONE, True),
        ([TREASURER], GONE + timedelta(days=30), True),
        ([TREASURER], GONE + timedelta(days=31), False),
        ([TREASURER], GONE - timedelta(days=1), False),
        ([TREASURER._replace(to_on=None, done_on=None)], GONE, False),
        ([TREASURER._replace(role=Role.INSPECTOR)], GONE, False),
        ([TREASURER._replace(done_on=GONE + timedelta(days=9))], GONE + timedelta(days=39), True),
        ([TREASURER, Term(Role.DEPUTY, GONE, None, None)], GONE, False),
        ([TREASURER, Term(Role.INSPECTOR, GONE, None, None)], GONE, True),
        ([TREASURER, Term(Role.DEPUTY, GONE + timedelta(days=5), None, None)], GONE, True),
        ([Term(Role.DEPUTY, GONE, GONE, GONE)], GONE, True),
        ([], GONE, False),
    ],
    ids=["that day", "30 days", "31 days", "not yet", "in office", "inspector", "dated back",
         "deputy now", "inspector now", "again soon", "for an hour", "never"],
)  # fmt: skip
def test_who_kept_the_book_until_lately(terms: list[Term], day: date, lately: bool) -> None:
    assert left_lately(terms, day) is lately
