"""Any chapter before its breaking, out of a number: thousands of them in seconds.

Sums lie where rules turn (below a step, odd đồng, nothing at all), notes where they do not suffice.
The identity holds before, so that it can be asked for afterwards.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random

from hypothesis import settings

from app import money
from app.breaking.facts import Customs, Debt, Decided, Facts, Saver, Verdict, worth
from app.terms import AccountKind as K
from app.terms import BelongsTo, Decision, Outcome, SurplusRule
from tests.rules.breaking import BOX, DAY, PIG, balanced

# A thousand of each property, 100,000 with `--hypothesis-profile long`.
MANY = settings(max_examples=max(1_000, settings.default.max_examples))  # type: ignore[union-attr]


def a_sum(dice: Random, most: int = 2_000_000) -> int:
    """Nothing, below a step, odd, or whole thousands."""
    sizes = (0, dice.randint(1, 1_500), dice.randint(1, most), dice.randint(1, most // 1000) * 1000)
    return dice.choice((*sizes, sizes[-1], sizes[-1]))


def some_notes(dice: Random, most: int) -> dict[int, int]:
    """Notes of a few values, up to about `most` đồng."""
    values = dice.sample(money.NOTES, dice.randint(1, len(money.NOTES)))
    found = Counter[int]()
    left = most
    for _ in range(dice.randint(0, 80)):
        fitting = [value for value in values if value <= left]
        if not fitting:
            break
        value = dice.choice(fitting)
        number = dice.randint(1, min(9, left // value))
        found[value] += number
        left -= number * value
    return dict(found)


def chapter(seed: int) -> Facts:
    """A chapter in any state a breaking can meet it in."""
    dice = Random(seed)
    charter = Customs(
        dice.choice((1000, 1000, 1000, 500, 2000, 10_000, 1, 200)), dice.choice([*Decision]),
        dice.choice([*SurplusRule]), dice.random() < 0.7,
    )  # fmt: skip
    box_id = dice.choice((BOX, None))
    at_home = dice.random() < 0.3
    savers = tuple(
        _saver(dice, number, at_home, box_id)
        for number in dice.sample(range(1, 60), dice.randint(0, 8))
    )
    held = _held(dice, sum(saver.savings for saver in savers))
    booked = held[K.CASH_POT] + held[K.CASH_HAND]
    pile = some_notes(dice, booked + dice.choice((0, 0, 0, 40_000)))
    facts = Facts(PIG, DAY, pile, held, savers, charter, box_id=box_id)
    return replace(facts, verdict=_verdict(dice, worth(pile) - booked))


def _saver(dice: Random, number: int, at_home: bool, box_id: str | None) -> Saver:
    awaiting = dice.random() < 0.15
    saver = Saver(
        f"m{number}", number, a_sum(dice), a_sum(dice) * dice.randint(0, 365), awaiting,
        some_notes(dice, a_sum(dice, 200_000)) if at_home and not awaiting else {},
        tuple(
            Debt(f"l{number}.{n}", a_sum(dice, 20_000), a_sum(dice))
            for n in range(dice.choice((0, 0, 1, 2)))
        ),
    )  # fmt: skip
    decided = None if awaiting or dice.random() < 0.4 else _decided(dice, saver.has, box_id)
    return replace(saver, decided=decided)


def _decided(dice: Random, savings: int, box_id: str | None) -> Decided:
    """Amounts that may be named, as they fall."""
    take = dice.choice((0, savings, dice.randint(0, savings)))
    give = dice.choice((0, savings - take, dice.randint(0, savings - take))) if box_id else 0
    said: list[int | None] = [take, savings - take - give, give]
    left_open = dice.choice((0, 1, 2, None)) if box_id else dice.choice((0, 1, None))
    if left_open is not None:
        said[left_open] = None
    return Decided(*said)


def _held(dice: Random, savings: int) -> dict[K, int]:
    """Balances by kind; what they come to lies in cash and loans."""
    held = {K.SAVINGS: savings}
    for kind in (K.INTEREST_INCOME, K.CASH_OVER, K.LOAN_RECOVERED, K.CASH_SHORT, K.LOAN_LOSS,
                 K.EXPENSE, K.SURPLUS, K.OVERAGE_PENDING):  # fmt: skip
        if dice.random() < 0.4:
            held[kind] = a_sum(dice, dice.choice((30_000, 3_000_000)))
    if dice.random() < 0.2:
        held[K.SURPLUS] = -a_sum(dice, 50_000)
    costs = (K.CASH_SHORT, K.LOAN_LOSS, K.EXPENSE)
    there = sum(-amount if kind in costs else amount for kind, amount in held.items())
    if there < 0:
        held[K.LOAN_RECOVERED] = held.get(K.LOAN_RECOVERED, 0) - there
        there = 0
    out = dice.choice((0, there, dice.randint(0, there)))
    hand = dice.randint(0, there - out)
    held |= {K.LOAN: out, K.CASH_HAND: hand, K.CASH_POT: there - out - hand}
    assert balanced(held)
    return held


def _verdict(dice: Random, difference: int) -> Verdict:
    fitting = [Outcome.CARRIED]
    if difference < 0:
        fitting += [Outcome.GROUP_BEARS, Outcome.KEEPER_OWES]
    if difference > 0:
        fitting.append(Outcome.ACCEPTED)
    return Verdict(dice.choice(fitting), "keeper", dice.random() < 0.5)


def fund(seed: int) -> Facts:
    """The same year in a pot that is the chapter's own: all of it is the fund's."""
    facts = chapter(seed)
    held = {**facts.held, K.FUND: facts.held[K.SAVINGS] + facts.held.get(K.SURPLUS, 0)}
    for kind in (K.SAVINGS, K.SURPLUS):
        held.pop(kind, None)
    return replace(facts, held=held, savers=(), belongs_to=BelongsTo.FUND)


def can_be_handed_out(sums: list[int], pile: dict[int, int]) -> bool:
    """Whether notes make each of these sums: everything is tried."""
    values = [value for value in money.NOTES if pile.get(value)]

    @cache
    def rest(i: int, left: tuple[int, ...]) -> bool:
        return i == len(sums) or tried(i, 0, sums[i], left)

    def tried(i: int, at: int, needs: int, left: tuple[int, ...]) -> bool:
        if needs == 0:
            return rest(i + 1, left)
        if at == len(values):
            return False
        return any(
            tried(i, at + 1, needs - n * values[at], (*left[:at], left[at] - n, *left[at + 1 :]))
            for n in range(min(left[at], needs // values[at]), -1, -1)
        )

    return rest(0, tuple(pile[value] for value in values))
