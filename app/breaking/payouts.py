"""The cash limit: what of all wishes the notes counted can pay (domain: Breaking 8). Pure; in đồng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.breaking.facts import Facts
from app.breaking.reasons import Because, Reason, reason
from app.breaking.shares import note_step, paid, payable


def limit(
    facts: Facts, awaiting: Mapping[int, int], takes: Mapping[int, int], gives: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int], dict[int, list[Reason]]]:
    """Payouts and gifts in whole steps out of the notes counted, and why they are less.

    Who awaits is paid first; then payouts; gifts use only what is left.
    """
    step = note_step(facts.customs.payout_step)
    there = payable(facts.counted + facts.opened, step)
    payouts: dict[int, int] = {}
    gifts: dict[int, int] = {}
    why: dict[int, list[Reason]] = {}
    rounds = (
        (awaiting, payouts, Because.CASH_SHORT),
        (takes, payouts, Because.CASH_SHORT),
        (gives, gifts, Because.GIFTS_SHORT),
    )
    for wants, into, because in rounds:
        out = paid(wants, there, step)
        into.update(out)
        for number, want in wants.items():
            why.setdefault(number, []).extend(
                _less(want, out[number], step, because, sum(wants.values()), there)
            )
        there -= sum(out.values())
    return payouts, gifts, why


def _less(
    want: int, out: int, step: int, because: Because, wanted: int, there: int
) -> Sequence[Reason]:
    if want - out >= step:
        return [reason(because, wanted=wanted, there=there, stays=want - out)]
    return [reason(Because.ODD, amount=want - out, step=step)] if want > out else []
