"""Counting, what becomes of a difference, what the counting form understands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import money
from app.cash import count_form, rules
from app.cash.rules import PotFacts
from app.ledger.entry import Account, Transfer, cash, change, common
from app.terms import AccountKind as K
from app.terms import BelongsTo, EntryKind, Kept, Outcome, Place
from tests.rules.test_saving import refusals
from tests.story import refused

DAY = date(2026, 10, 20)
PIG = "pig"
COUNTS = st.dictionaries(st.sampled_from([str(n) for n in money.NOTES]), st.integers(0, 1_000_000))
DIFFERENCES = st.integers(-(10**12), 10**12).filter(bool)


# Notes


def test_notes_are_added_up() -> None:
    assert rules.sum_of({"500000": 2, "1000": 3, "200": 1, "500": 0}) == 1_003_200
    assert rules.sum_of({}) == 0


@given(COUNTS)
def test_a_sum_is_that_of_its_notes(notes: dict[str, int]) -> None:
    assert rules.sum_of(notes) == sum(int(value) * number for value, number in notes.items())


def test_every_wrong_note_is_told_at_once() -> None:
    wrong = {"500000": 1, "300": 1, "1000": -1, "2000": 1_000_001, "": 1, "1e3": 2}
    assert refusals(rules.sum_of, wrong) == [
        ("notes.300", "note_unknown"), ("notes.1000", "note_count"),
        ("notes.2000", "note_count"), ("notes.", "note_unknown"), ("notes.1e3", "note_unknown"),
    ]  # fmt: skip


# Who, where, when


@pytest.mark.parametrize("witnesses", [[], ["lan"], ["lan", "lan"]])
def test_two_people_count(witnesses: list[str]) -> None:
    assert refused("witnesses_needed", rules.check_witnesses, witnesses).field == "witnesses"
    rules.check_witnesses([*witnesses, "hoa", "mai"])


def test_what_lies_in_a_bank_is_no_notes() -> None:
    refused("bank_not_counted", rules.check_countable, Place.BANK)
    rules.check_countable(Place.POT)
    rules.check_countable(Place.HAND)


def test_a_pig_at_home_is_not_counted() -> None:
    at_home = PotFacts(PIG, Kept.HOME, BelongsTo.MEMBER)
    refused("home_pot", rules.check_kept_here, at_home, Place.POT)
    rules.check_kept_here(at_home, Place.HAND)


def test_counts_come_in_the_order_of_their_days() -> None:
    refused("counted_later", rules.check_count_day, DAY - timedelta(1), DAY)
    rules.check_count_day(DAY, DAY)
    rules.check_count_day(DAY, None)


# Differences


@given(st.sampled_from([Place.POT, Place.HAND]), DIFFERENCES)
def test_a_difference_pends_and_the_cash_is_as_counted(place: Place, difference: int) -> None:
    """Whatever was found, the place holds it afterwards and the rest is kept in sight."""
    entry = rules.difference_entry(PIG, place, DAY, difference)
    (moved,) = entry.transfers
    assert entry.kind is EntryKind.COUNT and moved.amount == abs(difference)
    assert changed(moved, cash(PIG, place)) == difference
    pending = K.SHORTAGE_PENDING if difference < 0 else K.OVERAGE_PENDING
    assert changed(moved, common(PIG, pending)) == abs(difference)


def changed(transfer: Transfer, account: Account) -> int:
    """What a movement does to an account's balance."""
    debit = transfer.amount if transfer.debit == account else 0
    credit = transfer.amount if transfer.credit == account else 0
    return change(account.kind, debit, credit)


FITS = {
    Outcome.KEEPER_OWES: {-1}, Outcome.GROUP_BEARS: {-1}, Outcome.ACCEPTED: {1},
    Outcome.CARRIED: {-1, 1},
}  # fmt: skip


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("difference", [-1, 1])
def test_which_decision_fits(outcome: Outcome, difference: int) -> None:
    if difference in FITS[outcome]:
        rules.check_outcome(difference, outcome, "keeper")
    else:
        found = refused("outcome_unfit", rules.check_outcome, difference, outcome, "keeper")
        assert found.field == "difference.decision"
    rules.check_outcome(0, outcome, None)  # nothing differs, nothing is decided


def test_somebody_has_to_owe_it() -> None:
    refused("keeper_needed", rules.check_outcome, -1, Outcome.KEEPER_OWES, None)


def test_what_takes_two() -> None:
    assert {Outcome.GROUP_BEARS, Outcome.ACCEPTED} == rules.BY_TWO


@pytest.mark.parametrize(
    ("pending", "outcome", "paid", "expected"),
    [
        (-12_000, Outcome.KEEPER_OWES, False, ["receivable < shortage_pending"]),
        (-12_000, Outcome.KEEPER_OWES, True,
         ["receivable < shortage_pending", "cash_hand < receivable"]),
        (-12_000, Outcome.GROUP_BEARS, False, ["cash_short < shortage_pending"]),
        (12_000, Outcome.ACCEPTED, False, ["overage_pending < cash_over"]),
    ],
)  # fmt: skip
def test_what_a_decision_books(
    pending: int, outcome: Outcome, paid: bool, expected: list[str]
) -> None:
    entry = rules.settlement_entry(PIG, DAY, pending, outcome, "keeper", paid)
    assert entry.kind is EntryKind.SETTLEMENT
    assert [f"{t.debit.kind} < {t.credit.kind}" for t in entry.transfers] == expected
    assert {t.amount for t in entry.transfers} == {12_000}
    owed = [a for t in entry.transfers for a in (t.debit, t.credit) if a.kind is K.RECEIVABLE]
    assert {account.owner_id for account in owed} <= {"keeper"}


def test_to_carry_on_settles_nothing() -> None:
    refused("outcome_needed", rules.settlement_entry, PIG, DAY, -1, Outcome.CARRIED, None, False)


def test_a_difference_is_settled_once_and_not_before_it_was_found() -> None:
    refused("settled_already", rules.check_still_pends, 0)
    rules.check_still_pends(-1)
    refused("before_count", rules.check_settled_after, DAY - timedelta(1), DAY)
    rules.check_settled_after(DAY, DAY)
    assert rules.moved_on(-20_000, -20_000) is None
    for left, code in ((0, "settled_already"), (-13_000, "difference_changed")):
        refusal = rules.moved_on(-20_000, left)
        assert refusal is not None and refusal.code == code


def test_a_debt_is_paid_into_hand_and_never_overpaid() -> None:
    (paid,) = rules.debt_entry(PIG, "keeper", DAY, 5_000, 5_000).transfers
    assert (paid.debit, paid.credit) == (
        cash(PIG, Place.HAND),
        Account(PIG, K.RECEIVABLE, "keeper"),
    )
    assert refused("overpaid", rules.debt_entry, PIG, "keeper", DAY, 5_001, 5_000).field == "amount"


# The form


def typed(**notes: str) -> dict[str, list[str]]:
    return {f"notes.{name.removeprefix('n')}": [text] for name, text in notes.items()}


def test_the_form_adds_up_what_it_understands() -> None:
    filled = count_form.read(typed(n500000="2", n1000=" 3 ", n200="", n5000="0"))
    assert (filled.total, filled.problems, filled.entered) == (1_003_000, [], True)
    assert filled.notes == {"500000": 2, "1000": 3}
    assert not count_form.read(typed(n500000=" ")).entered


@pytest.mark.parametrize("text", ["-1", "1,5", "hai", "1000001", "٣", "1e3", "0x1", "9" * 30])
def test_the_form_asks_where_it_does_not_understand(text: str) -> None:
    filled = count_form.read(typed(n500000=text, n1000="1"))
    assert [problem.field for problem in filled.problems] == ["notes.500000"]
    assert filled.total == 1_000 and filled.rows[0].typed == text[:12]


def test_the_form_has_no_other_notes() -> None:
    (problem,) = count_form.read(typed(n300="1")).problems
    assert (problem.code, problem.field) == ("note_unknown", "notes.300")


def test_a_step_is_one_note() -> None:
    filled = count_form.read(typed(n1000="2", n2000="hai"))
    assert count_form.step(filled, "+1000").notes == {"1000": 3}
    assert count_form.step(filled, "-1000").notes == {"1000": 1}
    assert count_form.step(filled, "-500").notes == {"1000": 2}  # never below nothing
    assert count_form.step(filled, "+2000").rows == filled.rows  # not understood, not touched
    for nothing in ("record", "", "+300", "+1000000", "++1000"):
        assert count_form.step(filled, nothing).rows == filled.rows


def test_one_question_has_every_decision() -> None:
    assert {outcome for outcome, _ in count_form.CHOICES.values()} == set(Outcome)
    assert count_form.CHOICES.keys() == count_form.CHOICE_WORDS.keys()
    assert {*count_form.SHORT, *count_form.OVER} == count_form.CHOICES.keys()
    for of, sign in ((count_form.SHORT, -1), (count_form.OVER, 1)):
        for choice in of:
            rules.check_outcome(sign, count_form.decided(choice)[0], "keeper")
    refused("outcome_needed", count_form.decided, "")
    refused("outcome_needed", count_form.decided, "corrected")
