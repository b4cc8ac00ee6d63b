"""Taking back and correcting: opposites, and what happens once the cash was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.entry import Account, Entry, Transfer, change
from app.mending.rules import (
    REVERSIBLE,
    Mended,
    Standing,
    StandingLine,
    check_reversible,
    chosen,
    opposites,
    reversal,
    takes_two,
    without_cash,
)
from app.terms import AccountKind as K
from app.terms import EntryKind
from tests.rules.test_saving import refusals
from tests.story import refused

TODAY = date(2026, 10, 20)
PIG = "pig"


# Taking lines back


CASH = Account(PIG, K.CASH_POT, PIG)
LAN = Transfer(CASH, Account(PIG, K.SAVINGS, "lan"), 5_000, 1, 5)
HOA = Transfer(CASH, Account(PIG, K.SAVINGS, "hoa"), 1_000, 2, 1)
STANDING = [StandingLine(1, LAN, False), StandingLine(2, HOA, False)]
LAN_TAKEN_BACK = [StandingLine(1, LAN, True), StandingLine(2, HOA, False)]


def sheet_of(posted: list[StandingLine]) -> Standing:
    return Standing(12, EntryKind.SHEET, PIG, 1, 0, posted, [])


def take_back(
    posted: list[StandingLine],
    *wanted: int,
    counted: bool = False,
    pends: dict[K, list[tuple[int, int]]] | None = None,
) -> Entry:
    return mended(posted, *wanted, counted=counted, pends=pends).entry


def mended(
    posted: list[StandingLine],
    *wanted: int,
    counted: bool = False,
    pends: dict[K, list[tuple[int, int]]] | None = None,
) -> Mended:
    found = sheet_of(posted)
    lines = chosen(found, set(wanted))
    return reversal(
        found,
        opposites(found, lines),
        TODAY,
        lambda _: counted,
        lambda kind: (pends or {}).get(kind, []),
    )


def opposite(transfer: Transfer, line: int) -> Transfer:
    """Every field spelled out: the same amount and member, the other way round."""
    return Transfer(
        debit=transfer.credit,
        credit=transfer.debit,
        amount=transfer.amount,
        member_no=transfer.member_no,
        periods=-transfer.periods,
        reverses=(12, line),
    )


def test_a_whole_sheet_is_taken_back_by_its_opposite_dated_today() -> None:
    entry = take_back(STANDING)
    assert (entry.kind, entry.pot_id, entry.day) == (EntryKind.REVERSAL, PIG, TODAY)
    assert entry.transfers == (opposite(LAN, 1), opposite(HOA, 2))


def test_single_lines() -> None:
    assert take_back(STANDING, 2).transfers == (opposite(HOA, 2),)


def test_a_whole_sheet_means_what_still_stands_of_it() -> None:
    assert take_back(LAN_TAKEN_BACK).transfers == (opposite(HOA, 2),)


def test_each_line_once() -> None:
    assert refusals(take_back, LAN_TAKEN_BACK, 1) == [("", "reversed_already")]
    assert refusals(take_back, LAN_TAKEN_BACK, 1, 2) == [("", "reversed_already")]
    both = [posted._replace(reversed=True) for posted in STANDING]
    assert refusals(take_back, both) == [("", "reversed_already")]


def test_an_unknown_line() -> None:
    assert refusals(take_back, STANDING, 3) == [("lines", "line_unknown")]
    assert refusals(take_back, STANDING, 1, 3) == [("lines", "line_unknown")]


def test_what_was_recorded_before_today_needs_a_second_hand() -> None:
    assert takes_two(TODAY - timedelta(days=1), TODAY, False)
    assert takes_two(TODAY, TODAY, True)  # the cash was counted since
    assert not takes_two(TODAY, TODAY, False)


@pytest.mark.parametrize("kind", sorted(set(EntryKind) - REVERSIBLE - {EntryKind.REVERSAL}))
def test_a_count_and_a_decision_stand(kind: EntryKind) -> None:
    refused("not_reversible", check_reversible, kind, False)


def test_a_reversal_stands() -> None:
    refused("reversal_stands", check_reversible, EntryKind.REVERSAL, False)


@pytest.mark.parametrize("kind", sorted(REVERSIBLE))
def test_only_a_sheet_is_taken_back_by_lines(kind: EntryKind) -> None:
    check_reversible(kind, False)
    if kind is EntryKind.SHEET:
        check_reversible(kind, True)
    else:
        refused("whole_only", check_reversible, kind, True)


# Once the cash was counted


def book(entry: Entry) -> str:
    """`savings lan > cash_over 5.000`: from debit to credit, a transfer a line."""
    said = []
    for t in entry.transfers:
        ends = [a.kind.value + (f" {a.owner_id}" if a.owner_id != PIG else "")
                for a in (t.debit, t.credit)]  # fmt: skip
        said.append(f"{ends[0]} > {ends[1]} {t.amount}")
    return "\n".join(said)


def test_counted_cash_is_not_touched() -> None:
    """Too much was booked, and nothing pends: it was found as an overage nobody booked.

    savings lan > cash_over 5000
    savings hoa > cash_over 1000
    """
    found = mended(STANDING, counted=True)
    assert book(found.entry) == told(test_counted_cash_is_not_touched)
    assert found.takes_up == []
    assert [t.reverses for t in found.entry.transfers] == [(12, 1), (12, 2)]


def test_what_pends_is_taken_up_first() -> None:
    """The count missed 5,500 đ: 5,000 and 500 pend, and this explains all of it.

    savings lan > cash_over 5000
    savings hoa > cash_over 1000
    cash_over > shortage_pending 5500
    """
    found = mended(STANDING, counted=True, pends={K.SHORTAGE_PENDING: [(7, 5_000), (9, 500)]})
    assert book(found.entry) == told(test_what_pends_is_taken_up_first)
    assert found.takes_up == [(7, 5_000), (9, 500)]


def test_no_more_than_the_mistake_is_taken_up() -> None:
    """savings hoa > cash_over 1000
    cash_over > shortage_pending 1000
    """
    found = mended(STANDING, 2, counted=True, pends={K.SHORTAGE_PENDING: [(7, 5_000)]})
    assert book(found.entry) == told(test_no_more_than_the_mistake_is_taken_up)
    assert found.takes_up == [(7, 1_000)]


def test_what_was_forgotten_comes_out_of_an_overage() -> None:
    """cash_short > savings lan 5000
    cash_short > savings hoa 1000
    overage_pending > cash_short 2000
    """
    forgotten = Entry(EntryKind.CORRECTION, PIG, TODAY, (LAN, HOA), EntryKind.SHEET)
    pends = {K.OVERAGE_PENDING: [(7, 2_000)], K.SHORTAGE_PENDING: [(8, 9_000)]}
    found = without_cash(forgotten, lambda kind: pends.get(kind, []))
    assert book(found.entry) == told(test_what_was_forgotten_comes_out_of_an_overage)
    assert found.takes_up == [(7, 2_000)]
    assert (found.entry.kind, found.entry.flow) == (EntryKind.CORRECTION, EntryKind.SHEET)


def test_a_move_that_was_counted_is_not_taken_back() -> None:
    hand = Account(PIG, K.CASH_HAND, PIG)
    move = [StandingLine(1, Transfer(hand, CASH, 5_000), False)]
    found = replace(sheet_of(move), kind=EntryKind.CASH_MOVE)
    assert (
        reversal(found, opposites(found, move), TODAY, lambda _: False, lambda _: [])
        .entry.transfers[0]
        .credit
        == hand
    )
    refused(
        "counted_move", reversal, found, opposites(found, move), TODAY, lambda _: True, lambda _: []
    )


def test_a_correction_taken_back_gives_back_what_it_took_up() -> None:
    found = replace(sheet_of(STANDING), kind=EntryKind.CORRECTION, took_up=[(7, 2_000)])
    back = reversal(found, opposites(found, STANDING), TODAY, lambda _: False, lambda _: [])
    assert back.takes_up == [(7, -2_000)]
    assert back.entry.flow is EntryKind.SHEET


@given(
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=30),
    pending=st.lists(st.tuples(st.integers(1, 99), st.integers(1, 10**9)), max_size=9),
    into=st.booleans(),
)
def test_cash_stays_and_the_sum_is_kept(
    amounts: list[int], pending: list[tuple[int, int]], into: bool
) -> None:
    transfers = tuple(
        Transfer(CASH, Account(PIG, K.SAVINGS, f"w{n}"), amount, n)
        if into
        else Transfer(Account(PIG, K.SAVINGS, f"w{n}"), CASH, amount, n)
        for n, amount in enumerate(amounts)
    )
    found = without_cash(Entry(EntryKind.SHEET, PIG, TODAY, transfers), lambda _: pending)
    changed: Counter[K] = Counter()
    for t in found.entry.transfers:
        changed[t.debit.kind] += change(t.debit.kind, t.amount, 0)
        changed[t.credit.kind] += change(t.credit.kind, 0, t.amount)
    assert changed[K.CASH_POT] == 0
    taken = sum(part for _, part in found.takes_up)
    assert taken == min(sum(amounts), sum(amount for _, amount in pending))
    sign = 1 if into else -1
    assert changed[K.SAVINGS] == sign * sum(amounts)
    if into:
        assert changed[K.CASH_SHORT] == sum(amounts) - taken
        assert changed[K.OVERAGE_PENDING] == -taken
    else:
        assert changed[K.CASH_OVER] == sum(amounts) - taken
        assert changed[K.SHORTAGE_PENDING] == -taken


def told(test: Callable[..., None]) -> str:
    """The book at the end of a test's docstring."""
    lines = (test.__doc__ or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines if " > " in line)
