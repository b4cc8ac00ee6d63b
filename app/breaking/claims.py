"""Set-off, then what each does with her claim (domain: Breaking 6–7). Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Mapping

from app.breaking.facts import Debt, Decided, Facts, Saver
from app.breaking.reasons import Because, Reason, reason
from app.terms import Decision

CUT_FIRST = (Decision.KEEP, Decision.GIVE, Decision.TAKE)
Divided = dict[Decision, int]


# Set-off


def set_off(facts: Facts, saver: Saver, most: int) -> tuple[Debt, ...]:
    """What of her loans is paid out of her savings: what is due, interest first, loan by loan.

    `most` is savings + share. Loans go by their ids, which is the order in which they were made.
    """
    parts = []
    hers = sorted(saver.debts, key=lambda debt: debt.loan_id)  # parts of one loan keep their order
    for debt in hers if facts.customs.set_off_debt else ():
        interest = min(debt.interest, most)
        principal = min(debt.principal, most - interest)
        most -= interest + principal
        if interest or principal:
            parts.append(Debt(debt.loan_id, interest, principal))
    return tuple(parts)


# Decisions


def decide(facts: Facts, saver: Saver, claim: int) -> tuple[Divided, list[Reason]]:
    """claim = take + keep + give, with why.

    One left open takes the rest, share and set-off included; where all are named these fall on
    her only non-zero choice, else on the charter's default; where nothing is named the default
    takes all. A shortfall cuts keep, then give, then take. Who awaits is paid all of it.
    """
    if saver.awaiting:
        return _all(Decision.TAKE, claim), [reason(Because.AWAITS, amount=claim)]
    named = _named(saver.decided)
    left_open = [choice for choice, amount in named.items() if amount is None]
    chosen = left_open if len(left_open) == 1 else [c for c, amount in named.items() if amount]
    falls_on, why = (chosen[0], []) if len(chosen) == 1 else _default(facts)
    divided = {choice: amount or 0 for choice, amount in named.items()}
    rest = claim - sum(divided.values())
    if saver.decided is None:
        why.append(reason(Because.BY_DEFAULT, choice=falls_on.value, amount=rest))
    else:
        why = [*why, reason(Because.REST_ON, choice=falls_on.value, amount=rest)] if rest else []
    divided[falls_on] += rest
    return divided, why + _cut(divided, falls_on)


def _all(choice: Decision, claim: int) -> Divided:
    return {each: claim if each is choice else 0 for each in Decision}


def _default(facts: Facts) -> tuple[Decision, list[Reason]]:
    """The charter's choice; giving without a box would be taking from her, so she keeps it."""
    if facts.customs.default_decision is Decision.GIVE and facts.box_id is None:
        return Decision.KEEP, [reason(Because.NO_BOX)]
    return facts.customs.default_decision, []


def _named(said: Decided | None) -> Mapping[Decision, int | None]:
    return {choice: getattr(said, choice.value) if said else None for choice in Decision}


def _cut(divided: Divided, falls_on: Decision) -> list[Reason]:
    """Bring what fell below zero up again, out of the others."""
    short = total = max(-divided[falls_on], 0)
    divided[falls_on] += short
    cuts: dict[str, int | str] = {}
    for choice in CUT_FIRST:
        cut = min(short, divided[choice])
        divided[choice] -= cut
        short -= cut
        cuts[choice.value] = cut
    return [reason(Because.CUT, short=total, **cuts)] if total else []
