"""What is counted at a handover, what goes as it lies, and who may sign for whom."""

from __future__ import annotations

import pytest

from app.cash.handover_rules import (
    Count,
    Handed,
    Lying,
    check_explained,
    check_first,
    check_incoming,
    check_last_day,
    check_second,
    check_unchanged,
    handed,
    signs_herself,
)
from app.terms import Kept, Place
from tests.story import TODAY, refused


def lies(pot: int, hand: int, bank: int = 0, *, id: str = "pig", kept: Kept = Kept.CHAPTER,
         later: int = 0) -> list[Lying]:  # fmt: skip
    """A pot's cash by place; `later` came into its hand after the day."""
    sums = {Place.POT: pot, Place.HAND: hand, Place.BANK: bank}
    return [
        Lying(id, f"lợn {id}", kept, place, sum_, sum_ - (later if place is Place.HAND else 0))
        for place, sum_ in sums.items()
    ]


def counts(*said: tuple[Place, dict[str, int]], pot: str = "pig") -> list[Count]:
    return [Count(pot, place, notes) for place, notes in said]


def shown(over: list[Handed]) -> list[str]:
    return [
        f"{one.place} {one.book} "
        + ("as it lies" if one.counted is None else f"{one.counted} {one.difference:+}")
        for one in over
    ]


def test_a_sealed_pot_goes_as_it_lies() -> None:
    over = handed(lies(60_000, 5_000, 20_000), counts((Place.HAND, {"5000": 1})))
    assert shown(over) == ["pot 60000 as it lies", "hand 5000 5000 +0", "bank 20000 as it lies"]


def test_a_pot_may_be_counted_too() -> None:
    said = counts((Place.POT, {"50000": 1}), (Place.HAND, {"5000": 1, "1000": 1}))
    assert shown(handed(lies(60_000, 5_000), said)) == [
        "pot 60000 50000 -10000",
        "hand 5000 6000 +1000",
    ]


def test_cash_in_hand_is_always_counted() -> None:
    found = refused("hand_uncounted", handed, lies(60_000, 5_000), [])
    assert "5.000" in str(found)
    assert handed(lies(60_000, 0), [])  # where there is none, there is nothing to count


def test_money_the_book_knows_nothing_of_is_counted() -> None:
    assert shown(handed(lies(0, 0), counts((Place.HAND, {"1000": 1})))) == ["hand 0 1000 +1000"]


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (counts((Place.HAND, {"300": 1})), "note_unknown", "counts.0.notes.300"),
        (counts((Place.HAND, {"1000": -1})), "note_count", "counts.0.notes.1000"),
        (counts((Place.BANK, {})), "bank_not_counted", "counts.0.place"),
        (counts((Place.HAND, {}), (Place.HAND, {})), "counted_twice", "counts.1.place"),
        (counts((Place.HAND, {}), pot="box"), "pot_unknown", "counts.0.pot_id"),
    ],
)
def test_what_is_no_count(said: list[Count], code: str, field: str) -> None:
    found = refused(code, handed, lies(1_000, 0), said)
    assert [part.field for part in found.parts] == [field]


def test_every_problem_at_once() -> None:
    said = [*counts((Place.BANK, {})), *counts((Place.HAND, {}), pot="box")]
    found = refused("bank_not_counted", handed, lies(1_000, 5_000), said)
    assert [part.code for part in found.parts] == [
        "bank_not_counted",
        "pot_unknown",
        "hand_uncounted",
    ]


def test_a_pig_at_home_is_not_opened_for_it() -> None:
    refused("home_pot", handed, lies(0, 0, kept=Kept.HOME), counts((Place.POT, {"1000": 1})))


def test_a_difference_has_a_reason() -> None:
    over = handed(lies(0, 5_000), counts((Place.HAND, {"1000": 1})))
    refused("difference_reason_needed", check_explained, over, None)
    check_explained(over, "chưa rõ")
    check_explained(handed(lies(0, 5_000), counts((Place.HAND, {"5000": 1}))), None)


def test_nothing_moved_after_its_day() -> None:
    check_last_day(TODAY, lies(1_000, 5_000))
    refused("moved_since", check_last_day, TODAY, lies(1_000, 5_000, later=1_000))


def test_whoever_signs_for_one_who_will_not_says_why() -> None:
    check_first("treasurer", "treasurer", None)
    check_first("head", "treasurer", "chị ấy vắng")
    refused("stand_in_reason_needed", check_first, "head", "treasurer", None)


def test_two_women() -> None:
    refused("same_treasurer", check_incoming, "she", "she")
    check_incoming("she", "another")
    check_incoming("she", None)
    refused("outgoing_signs", check_second, "she", "she")
    check_second("another", "she")


@pytest.mark.parametrize(
    ("holds", "outgoing", "head", "herself"),
    [
        (True, True, False, "her"),
        (True, False, True, "her"),
        (True, False, False, None),  # a deputy in the treasurer's place
        (False, True, False, None),  # she cannot sign in
    ],
)
def test_when_the_new_treasurer_signs_herself(
    holds: bool, outgoing: bool, head: bool, herself: str | None
) -> None:
    said = signs_herself("her", holds_office=holds, first_is_outgoing=outgoing, first_is_head=head)
    assert said == herself


def figures(hand: int = 5_000, pending: int = 0) -> dict[str, object]:
    return {"places": [["pig", "hand", hand]], "pending": [["pig", pending]] if pending else [],
            "debts": []}  # fmt: skip


def test_the_book_stands_as_it_was_counted() -> None:
    names = {"pig": "lợn"}
    check_unchanged(figures(), figures(), names)
    found = refused("figures_changed", check_unchanged, figures(), figures(7_000), names)
    assert "lợn" in str(found) and "7.000" in str(found)
    gone = figures() | {"places": []}
    assert "0" in str(refused("figures_changed", check_unchanged, figures(), gone, names))
    refused("figures_changed", check_unchanged, figures(), figures(pending=-1_000), names)
