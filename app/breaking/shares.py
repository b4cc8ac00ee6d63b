"""Dividing whole steps by weight: a surplus, a loss, cash that does not suffice. Pure.

Largest remainder (Hamilton): each gets the whole steps of her quota, the steps left over go to the
largest remainders; ties to the larger weight, then to the lower number (domain: Breaking).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import lcm
from typing import NamedTuple

from app.breaking.facts import Facts, Saver
from app.terms import BelongsTo, SurplusRule

PAYABLE = (200, 500)  # every multiple of one of these can be put together of notes
LEFT_OVER = (100, 300)  # the only hundreds, besides odd đồng, that no notes make


class Weight(NamedTuple):
    """One who takes part: her number, her weight, and the most steps she can get or bear."""

    number: int
    weight: int
    most: int | None = None


def divide(steps: int, weights: Sequence[Weight]) -> dict[int, int]:
    """Number → whole steps. Who has no weight gets none; where `most` bounds, fewer are given.

    A step that would go beyond her `most` goes to the next in the same order, round by round;
    what nobody can take is not given.
    """
    taking = [w for w in weights if w.weight > 0]
    whole = sum(w.weight for w in taking)
    given = {w.number: 0 for w in weights}
    for w in taking:
        given[w.number] = _at_most(w, steps * w.weight // whole)
    left = steps - sum(given.values())
    order = sorted(taking, key=lambda w: (-(steps * w.weight % whole), -w.weight, w.number))
    while left and (
        able := [w for w in order if _at_most(w, given[w.number] + 1) > given[w.number]]
    ):
        for w in able[:left]:
            given[w.number] += 1
        left -= len(able[:left])
    return given


def _at_most(w: Weight, steps: int) -> int:
    return steps if w.most is None else min(steps, w.most)


def shares(facts: Facts, surplus: int) -> dict[int, int]:
    """Number → her share of the surplus in đồng; below zero her part of a loss.

    A loss is borne by savings on its absolute amount, whatever the rule, and takes nobody below
    zero. Who awaits collection neither gets nor bears. What is not shared is carried.
    """
    step = facts.customs.payout_step
    bearing = [saver for saver in facts.by_number if not saver.awaiting]
    if facts.belongs_to is BelongsTo.FUND:
        return {}
    if surplus < 0:
        losses = divide(-surplus // step, [Weight(s.number, s.has, s.has // step) for s in bearing])
        return {number: -steps * step for number, steps in losses.items()}
    if facts.customs.surplus_rule is SurplusRule.KEEP:
        return {}
    gains = divide(surplus // step, [Weight(s.number, weight(facts, s)) for s in bearing])
    return {number: steps * step for number, steps in gains.items()}


def weight(facts: Facts, saver: Saver) -> int:
    """What she shares a surplus by: đồng, or đồng × days."""
    by_days = facts.customs.surplus_rule is SurplusRule.BY_SAVINGS_DAYS
    return saver.savings_days if by_days else saver.has


def paid(wants: Mapping[int, int], there: int, step: int) -> dict[int, int]:
    """Number → what of her wish is paid, in whole steps, out of `there` đồng in notes.

    Where it does not suffice it is shared by what each wants; nobody gets more than that.
    """
    weights = [Weight(number, want, want // step) for number, want in sorted(wants.items())]
    return {number: steps * step for number, steps in divide(there // step, weights).items()}


def note_step(payout_step: int) -> int:
    """The least multiple of the charter's step that notes can pay (there are no 100 đ notes)."""
    return min(lcm(payout_step, note) for note in PAYABLE)


def payable(cash: int, step: int) -> int:
    """The most of some notes that whole steps can take, so that the rest can be notes too."""
    most = cash // step * step
    while cash - most in LEFT_OVER:
        most -= step
    return max(most, 0)
