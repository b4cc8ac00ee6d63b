"""Set-off, decisions, cash limit, in that order (domain: Breaking 6–8). Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app import money
from app.breaking.facts import Debt, Decided, Facts, Saver
from app.breaking.reasons import Because, Reason, reason
from app.breaking.shares import note_step, paid, payable
from app.errors import Conflict, Invalid, Refusal
from app.terms import Decision

CUT_FIRST = (Decision.KEEP, Decision.GIVE, Decision.TAKE)
Divided = dict[Decision, int]


# Set-off


def set_off(facts: Facts, saver: Saver, most: int) -> tuple[Debt, ...]:
    """What of her loans is paid out of her savings: what is due, interest first, loan by loan.

    `most` is savings + share.
    """
    parts = []
    for debt in saver.debts if facts.customs.set_off_debt else ():
        interest = min(debt.interest, most)
        principal = min(debt.principal, most - interest)
        most -= interest + principal
        if interest or principal:
            parts.append(Debt(debt.loan_id, interest, principal))
    return tuple(parts)


# Decisions


def problems(facts: Facts) -> list[Refusal]:
    """What is wrong with the decisions named; the field says whose: `lines.<member id>`."""
    found = [_wrong(saver, facts.box_id) for saver in facts.by_number]
    return [wrong for wrong in found if wrong is not None]


def _wrong(saver: Saver, box_id: str | None) -> Refusal | None:
    said, at = saver.decided, f"lines.{saver.member_id}"
    if said is None:
        return None
    if saver.awaiting:
        return Invalid(
            "awaits_collection", "Chị ấy đã rời chi hội, tiền chờ lĩnh được trả trước.", field=at
        )
    return _wrong_sums(saver.has, said, at) or _without_box(said, box_id, at)


def _wrong_sums(savings: int, said: Decided, at: str) -> Refusal | None:
    named = [amount for amount in said if amount is not None]
    whole = len(named) == len(said)
    if len(named) < len(said) - 1:
        return Invalid("one_open", "Chỉ để trống một trong ba ô: lấy, giữ, ủng hộ.", field=at)
    if min(named) < 0:
        return Invalid("decided_below_zero", "Số tiền không âm.", field=at)
    if sum(named) > savings:
        return Invalid(
            "beyond_savings", "Chị ấy chỉ có {savings} tiền góp.",
            field=at, savings=money.show(savings),
        )  # fmt: skip
    if whole and sum(named) < savings:
        return Invalid(
            "not_all_savings", "Ba số cộng lại phải bằng tiền góp {savings}, hoặc để trống một ô.",
            field=at, savings=money.show(savings),
        )  # fmt: skip
    return None


def _without_box(said: Decided, box_id: str | None, at: str) -> Refusal | None:
    """A gift named, or left open, needs a box that takes it."""
    if said.give == 0 or box_id is not None:
        return None
    return Conflict("no_box", "Chưa có thùng quyên góp đang mở, nên chưa ủng hộ được.", field=at)


def check_decisions(facts: Facts) -> None:
    """Raises every problem at once: Invalid, or Conflict where only the box is missing."""
    found = problems(facts)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Invalid.every(found)


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
    elif rest:
        why.append(reason(Because.REST_ON, choice=falls_on.value, amount=rest))
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


# Cash limit


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
