"""Moves, expenses and opening balances: what may be written, from plain facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cash.cash_form import NOTE_FIELDS, Reading
from app.cash.rules import (
    OpeningLine,
    PotFacts,
    allowed_expense,
    check_opens,
    check_witnesses,
    expense_entry,
    move_entry,
    opening_entry,
)
from app.ledger.entry import LARGEST, Entry, change
from app.terms import AccountKind as K
from app.terms import BelongsTo, EntryKind, Kept, Place
from tests.story import refused

TODAY = date(2026, 10, 20)
PIG = "pig"
HERS = PotFacts(PIG, Kept.CHAPTER, BelongsTo.MEMBER)
FUND = PotFacts(PIG, Kept.CHAPTER, BelongsTo.FUND)


def book(entry: Entry) -> str:
    """`savings lan < opening 5000`: debit from credit, a transfer a line."""
    said = []
    for t in entry.transfers:
        ends = [a.kind.value + (f" {a.owner_id}" if a.owner_id != PIG else "")
                for a in (t.debit, t.credit)]  # fmt: skip
        said.append(f"{ends[0]} < {ends[1]} {t.amount}")
    return "\n".join(said)


def told(test: Callable[..., None]) -> str:
    """The book at the end of a test's docstring."""
    lines = (test.__doc__ or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines if " < " in line)


# Moves


def test_a_pig_is_opened() -> None:
    """cash_hand < cash_pot 6000"""
    entry = move_entry(PIG, TODAY, Place.POT, Place.HAND, 6_000, 6_000, None)
    assert book(entry) == told(test_a_pig_is_opened)
    assert (entry.kind, entry.day) == (EntryKind.CASH_MOVE, TODAY)


def test_nothing_leaves_a_place_that_is_not_there() -> None:
    found = refused("not_there", move_entry, PIG, TODAY, Place.HAND, Place.BANK, 6_001, 6_000, None)
    assert found.field == "amount"
    found = refused("not_there", move_entry, PIG, TODAY, Place.HAND, Place.BANK, 1, -5, None)
    assert str(found) == "Chỗ đó chỉ có 0\N{NO-BREAK SPACE}₫."


@pytest.mark.parametrize("place", Place)
def test_from_a_place_to_itself_is_no_move(place: Place) -> None:
    refused("same_place", move_entry, PIG, TODAY, place, place, 1, 9, None)


def test_notes_add_up_to_what_is_moved() -> None:
    notes = {"5000": 1, "1000": 1}
    move_entry(PIG, TODAY, Place.POT, Place.HAND, 6_000, 9_000, notes)
    refused("notes_differ", move_entry, PIG, TODAY, Place.POT, Place.HAND, 5_000, 9_000, notes)
    refused("notes_differ", move_entry, PIG, TODAY, Place.POT, Place.HAND, 5_000, 9_000, {})
    refused("note_unknown", move_entry, PIG, TODAY, Place.POT, Place.HAND, 3, 9, {"3": 1})


def test_two_people_are_two() -> None:
    check_witnesses(["hoa", "mai"])
    for too_few in ([], ["hoa"], ["hoa", "hoa"]):
        refused("witnesses_needed", check_witnesses, too_few)


# Expenses


def test_an_expense_is_paid_out_of_hand() -> None:
    """expense < cash_hand 2000"""
    entry = expense_entry(HERS, TODAY, 2_000, 5_000, 2_000)
    assert book(entry) == told(test_an_expense_is_paid_out_of_hand)
    assert entry.kind is EntryKind.EXPENSE


def test_savings_are_never_spent() -> None:
    refused("beyond_income", expense_entry, HERS, TODAY, 2_001, 5_000, 2_000)
    refused("beyond_income", expense_entry, HERS, TODAY, 1, 5_000, -7_000)
    refused("not_there", expense_entry, HERS, TODAY, 5_001, 5_000, 9_000)


@pytest.mark.parametrize(
    ("held", "member", "fund"),
    [
        ({}, 0, 0),
        ({K.SAVINGS: 9_000, K.CASH_HAND: 9_000}, 0, 0),
        ({K.SURPLUS: 5_000}, 5_000, 5_000),
        ({K.INTEREST_INCOME: 1_000, K.CASH_OVER: 200, K.LOAN_RECOVERED: 30}, 1_230, 1_230),
        ({K.SURPLUS: 5_000, K.EXPENSE: 4_000}, 1_000, 1_000),
        ({K.SURPLUS: 100, K.CASH_SHORT: 300, K.LOAN_LOSS: 4}, -204, -204),
        ({K.FUND: 7_000, K.EXPENSE: 2_000}, -2_000, 5_000),
        ({K.SURPLUS: 5, K.OVERAGE_PENDING: 900, K.SHORTAGE_PENDING: 800}, 5, 5),
    ],
)
def test_income_and_surplus_less_costs(held: dict[K, int], member: int, fund: int) -> None:
    """What pends is nobody's yet; the fund is spent only where the pot is a fund's."""
    assert allowed_expense(HERS, held) == member
    assert allowed_expense(FUND, held) == fund


# Opening balances


def opening(facts: PotFacts, hand: int, *lines: OpeningLine) -> tuple[Entry, int]:
    return opening_entry(facts, TODAY, {Place.POT: 0, Place.HAND: hand}, lines)


LAN, HOA = OpeningLine(1, "lan", 5_000), OpeningLine(2, "hoa", 1_000)


def test_what_is_left_is_surplus() -> None:
    """cash_hand < opening 9000
    opening < savings lan 5000
    opening < savings hoa 1000
    opening < surplus 3000
    """
    entry, missing = opening(HERS, 9_000, LAN, HOA)
    assert (book(entry), missing) == (told(test_what_is_left_is_surplus), 0)
    assert [t.member_no for t in entry.transfers] == [None, 1, 2, None]


def test_in_a_fund_pot_it_is_the_fund() -> None:
    """cash_hand < opening 9000
    opening < fund lan 5000
    opening < fund 4000
    """
    entry, _ = opening(FUND, 9_000, LAN)
    assert book(entry) == told(test_in_a_fund_pot_it_is_the_fund)


def test_what_is_missing_pends() -> None:
    """cash_hand < opening 4000
    opening < savings lan 5000
    shortage_pending < opening 1000
    """
    entry, missing = opening(HERS, 4_000, LAN)
    assert (book(entry), missing) == (told(test_what_is_missing_pends), -1_000)


def test_a_paper_book_that_says_nothing() -> None:
    refused("nothing_opened", opening, HERS, 0)
    refused("too_much", opening, HERS, LARGEST + 1)
    refused("too_much", opening, HERS, 0, *(OpeningLine(n, f"w{n}", LARGEST) for n in (1, 2)))


def test_once_and_before_anything_else() -> None:
    check_opens(False, False)
    refused("opened_already", check_opens, False, True)
    refused("opened_already", check_opens, True, True)
    refused("entries_before", check_opens, True, False)


@given(
    cash=st.lists(st.integers(0, 10**9), min_size=3, max_size=3),
    hers=st.lists(st.integers(1, 10**9), min_size=1, max_size=30),
    facts=st.sampled_from([HERS, FUND]),
)
def test_the_opening_account_ends_at_zero(
    cash: list[int], hers: list[int], facts: PotFacts
) -> None:
    lines = [OpeningLine(n, f"w{n}", amount) for n, amount in enumerate(hers, 1)]
    entry, missing = opening_entry(facts, TODAY, dict(zip(Place, cash, strict=True)), lines)
    opened = 0
    for t in entry.transfers:
        opened += change(K.OPENING, t.amount, 0) if t.debit.kind is K.OPENING else 0
        opened += change(K.OPENING, 0, t.amount) if t.credit.kind is K.OPENING else 0
    assert opened == 0
    assert missing == min(sum(cash) - sum(hers), 0)


# The form


def test_every_problem_is_said_at_once() -> None:
    """A bare number comes back as its suggestion; empty notes were not counted."""
    typed = {"amount": ["10"], "date": ["mai"], "note-500": ["x"], "note-1000": ["3"]}
    reading = Reading(typed, ("amount", "date", *NOTE_FIELDS))
    assert (reading.amount("amount"), reading.day("date", TODAY)) == (0, TODAY)
    assert reading.notes() == {"1000": 3}
    assert reading.form["amount"] == "10.000"
    found = refused("money_bare", reading.check)
    assert [part.field for part in found.parts] == ["amount", "date", "note-500"]


def test_nothing_is_nothing_only_where_it_may_be() -> None:
    reading = Reading({}, ("amount", *NOTE_FIELDS))
    assert reading.amount("amount", may_be_empty=True) == 0 and reading.notes() is None
    reading.check()
    reading.amount("amount")
    refused("money_empty", reading.check)
