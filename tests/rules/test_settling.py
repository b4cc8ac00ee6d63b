"""What a leaver is paid, what waits, what moves: worked examples, each a line of a book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.ledger.entry import Entry
from app.settling import rules
from app.settling.rules import Asked, Hers, Leaver, PotSettled
from app.terms import Leaving
from tests.story import refused

DAY = date(2026, 10, 20)
LAN = Leaver(3, "lan", "person", "Lan", date(2025, 10, 20), None, None, None, date(2026, 10, 18))
OTHER = "other"


def settled(*pots: tuple[int, int, int], step: int = 1000) -> list[tuple[int, int]]:
    """(savings, payable, owed) of each pot → (paid, awaiting)."""
    hers = [Hers(str(n), "lợn", *pot) for n, pot in enumerate(pots)]
    return [(pot.paid, pot.awaiting) for pot in rules.settle(hers, step)]


def told(*entries: Entry) -> list[str]:
    """`payout lợn: savings lan 5000 → cash_hand`, debit first."""
    return [
        f"{e.kind} {e.pot_id}: {t.debit.kind} {t.debit.owner_id} {t.amount} {t.credit.kind}"
        f" {t.credit.owner_id}"
        for e in entries
        for t in e.transfers
    ]


# How much


@pytest.mark.parametrize(
    ("pot", "expected"),
    [
        ((30_000, 50_000, 0), (30_000, 0)),  # enough in hand
        ((30_000, 12_000, 0), (12_000, 18_000)),  # hand short
        ((30_000, 50_000, 20_000), (10_000, 0)),  # her debt comes first
        ((30_000, 50_000, 30_000), (0, 0)),
        ((30_000, 50_000, 90_000), (0, 0)),  # and takes no more than she has
        ((30_000, 7_500, 20_000), (7_000, 3_000)),
        ((30_000, -5, 0), (0, 30_000)),
        ((12_345, 50_000, 0), (12_000, 345)),  # odd đồng stay hers
        ((12_345, 11_999, 0), (11_000, 1_345)),
        ((999, 50_000, 0), (0, 999)),
    ],
)
def test_free_cash_pays_in_whole_steps(
    pot: tuple[int, int, int], expected: tuple[int, int]
) -> None:
    assert settled(pot) == [expected]


def test_what_is_set_off_and_what_is_still_owed_are_told() -> None:
    hers = [Hers("a", "lợn", 30_000, 0, 45_000), Hers("b", "heo", 5_000, 9_000, 1_500)]
    assert [(pot.set_off, pot.owing, pot.claim) for pot in rules.settle(hers, 1000)] == [
        (30_000, 15_000, 0), (1_500, 0, 3_500)
    ]  # fmt: skip
    paid = rules.pay(hers, 1000, 2_000)
    assert [(pot.paid, pot.set_off) for pot in paid] == [(0, 30_000), (2_000, 1_500)]


def test_each_pot_pays_its_own() -> None:
    """The cash of one pot never pays for another."""
    assert settled((30_000, 0, 0), (5_000, 90_000, 0)) == [(0, 30_000), (5_000, 0)]


def test_the_charter_says_the_step() -> None:
    assert settled((12_345, 50_000, 0), step=500) == [(12_000, 345)]
    assert settled((12_345, 50_000, 0), step=1) == [(12_345, 0)]


# Later


TWO = [Hers("a", "lợn", 10_000, 4_000), Hers("b", "heo", 5_000, 9_000)]


def paid(amount: int | None) -> list[tuple[int, int]]:
    return [(pot.paid, pot.awaiting) for pot in rules.pay(TWO, 1000, amount)]


def test_what_waits_is_paid_as_far_as_cash_goes() -> None:
    assert paid(None) == [(4_000, 6_000), (5_000, 0)]


def test_a_part_is_taken_pot_by_pot() -> None:
    assert paid(6_000) == [(4_000, 6_000), (2_000, 3_000)]
    assert paid(1_000) == [(1_000, 9_000), (0, 5_000)]


def test_no_more_than_there_is_and_only_whole_steps() -> None:
    assert refused("beyond_free_cash", paid, 10_000).values["most"] == "9.000\N{NO-BREAK SPACE}₫"
    refused("not_whole", paid, 1_500)


def test_nothing_to_pay_says_why() -> None:
    refused("nothing_waits", rules.pay, [], 1000, None)
    refused("below_step", rules.pay, [Hers("a", "lợn", 345, 9_000)], 1000, None)
    refused("no_free_cash", rules.pay, [Hers("a", "lợn", 5_000, 0)], 1000, None)


# Whether she may


LEFT = Asked(DAY, Leaving.LEFT)
MOVED = Asked(DAY, Leaving.MOVED, to_chapter_id=OTHER)
DIED = Asked(DAY, Leaving.DIED)
SOME = [Hers("a", "lợn", 5_000)]


def test_the_last_day_lies_after_her_last_line() -> None:
    rules.check_leaving(LAN, replace(LEFT, day=date(2026, 10, 18)), SOME)
    refused("has_lines_after", rules.check_leaving, LAN, replace(LEFT, day=date(2026, 10, 17)), [])
    unseen = replace(LAN, last_line_on=None)
    refused("before_joining", rules.check_leaving, unseen, replace(LEFT, day=date(2025, 1, 1)), [])


def test_one_leaves_once() -> None:
    gone = replace(LAN, left_on=DAY)
    assert (
        refused("left_already", rules.check_leaving, gone, LEFT, []).values["day"] == "20/10/2026"
    )


def test_where_she_moves_to_is_named_and_only_then() -> None:
    rules.check_leaving(LAN, MOVED, SOME)
    refused("to_chapter_needed", rules.check_leaving, LAN, replace(MOVED, to_chapter_id=None), [])
    refused("to_chapter_unfit", rules.check_leaving, LAN, replace(LEFT, to_chapter_id=OTHER), [])


def test_a_death_needs_somebody_to_pay_unless_nothing_is_hers() -> None:
    refused("next_of_kin_needed", rules.check_leaving, LAN, DIED, SOME)
    rules.check_leaving(LAN, DIED, [])
    rules.check_leaving(LAN, replace(DIED, next_of_kin="Con gái"), SOME)
    rules.check_leaving(replace(LAN, next_of_kin="Chồng"), DIED, SOME)


def test_the_next_of_kin_named_last_is_paid_and_only_for_the_dead() -> None:
    known = replace(LAN, next_of_kin="Chồng")
    assert rules.payee(known, DIED) == "Chồng"
    assert rules.payee(known, replace(DIED, next_of_kin="Con gái")) == "Con gái"
    assert rules.payee(known, replace(LEFT, next_of_kin="Con gái")) is None


def test_what_waits_is_paid_to_whoever_left_and_not_before() -> None:
    refused("not_left", rules.check_left, LAN, DAY)
    refused("before_leaving", rules.check_left, replace(LAN, left_on=DAY), date(2026, 10, 19))


def test_what_was_shown_is_what_is_posted() -> None:
    stands = [PotSettled("a", "lợn", 5_000, 2_000)]
    rules.check_as_shown(stands, [("a", 5_000, 2_000)])
    for other in ([("a", 5_000, 3_000)], [("a", 6_000, 2_000)], []):
        refused("settlement_changed", rules.check_as_shown, stands, other)


# The books


def test_the_book_of_a_payout() -> None:
    entry = rules.payout_entry(LAN, PotSettled("lợn", "lợn", 30_000, 12_000), DAY)
    assert told(entry) == ["payout lợn: savings lan 12000 cash_hand lợn"]
    assert entry.transfers[0].member_no == 3


def test_the_books_of_a_move_mirror_each_other() -> None:
    out = rules.moved_out(LAN, PotSettled("lợn", "lợn", 12_345, 0), DAY, "there")
    into = rules.moved_in("heo", DAY, "here", "lan mới", 7, 12_345)
    assert told(out, into) == [
        "transfer lợn: savings lan 12345 transfer there",
        "transfer heo: transfer here 12345 savings lan mới",
    ]


def test_the_books_of_cash_handed_over() -> None:
    """Two pots there wait for it: the older one is filled first."""
    given = rules.given("lợn", DAY, 9_000, "there")
    into = rules.received([("heo", 5_000), ("mới", 20_000)], DAY, 9_000, "here")
    assert told(given, *into) == [
        "transfer lợn: transfer there 9000 cash_hand lợn",
        "transfer heo: cash_hand heo 5000 transfer here",
        "transfer mới: cash_hand mới 4000 transfer here",
    ]


def test_all_of_it_comes_in_where_less_is_waited_for() -> None:
    """Members moved both ways: the first pot takes in what nobody waits for, and owes it back."""
    into = rules.received([("heo", -5_000), ("mới", 2_000)], DAY, 9_000, "here")
    assert told(*into) == [
        "transfer heo: cash_hand heo 7000 transfer here",
        "transfer mới: cash_hand mới 2000 transfer here",
    ]
    assert told(*rules.received([("heo", 5_000)], DAY, 9_000, "here")) == [
        "transfer heo: cash_hand heo 9000 transfer here"
    ]


def test_no_more_is_handed_over_than_moved() -> None:
    rules.check_owed(5_000, 5_000, DAY)
    refused("beyond_owed", rules.check_owed, 5_001, 5_000, DAY)
    refused("nothing_owed", rules.check_owed, 1, 0, DAY)
    refused("nothing_owed", rules.check_owed, 1, -5_000, DAY)
