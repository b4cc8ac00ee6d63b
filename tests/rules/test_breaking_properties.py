"""Whatever a chapter has, whatever its women decide: what must hold of any breaking."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import money
from app.breaking import books, exact, words
from app.breaking.facts import Decided, Facts, Saver, Verdict, worth
from app.breaking.notes import Wish, composed, hand_out
from app.breaking.prints import as_data, changes, fingerprint
from app.breaking.rules import plan
from app.breaking.shares import Weight, divide, note_step, payable
from app.errors import Refusal
from app.terms import AccountKind as K
from app.terms import Decision, SurplusRule
from app.web.language import filled
from tests.rules.breaking import adds_up
from tests.rules.broken import MANY, can_be_handed_out, chapter, fund, some_notes

SEEDS = st.integers(0, 10**12)


@MANY
@given(SEEDS)
def test_everything_adds_up_in_shares_claims_notes_and_ledger(seed: int) -> None:
    facts = chapter(seed)
    adds_up(facts, plan(facts))


@MANY
@given(SEEDS)
def test_a_fund_pot_adds_up_too(seed: int) -> None:
    facts = fund(seed)
    made = plan(facts)
    adds_up(facts, made)
    assert (made.lines, made.carried) == ((), made.surplus)


@MANY
@given(SEEDS)
def test_the_order_of_members_and_notes_changes_nothing(seed: int) -> None:
    facts, dice = chapter(seed), Random(seed)
    turned = replace(
        facts,
        savers=tuple(
            replace(saver, debts=saver.debts[::-1])
            for saver in dice.sample(facts.savers, len(facts.savers))
        ),
        notes=dict(dice.sample([*facts.notes.items()], len(facts.notes))),
        held=dict(dice.sample([*facts.held.items()], len(facts.held))),
    )
    assert plan(turned) == plan(facts)
    assert fingerprint(as_data(turned)) == fingerprint(as_data(facts))


@MANY
@given(SEEDS)
def test_every_reason_is_a_whole_sentence_in_both_languages(seed: int) -> None:
    for line in plan(chapter(seed)).lines:
        for why in line.why:
            text, values = words.told(why)
            for language in ("vi", "en"):
                assert "{" not in filled(text, values, language)


# Shares


WEIGHTS = st.lists(st.integers(0, 10**12) | st.integers(0, 9), max_size=40)


@MANY
@given(st.integers(0, 10**6) | st.integers(0, 60), WEIGHTS)
def test_largest_remainder_with_its_ties(steps: int, weights: list[int]) -> None:
    """Told again with fractions: quotas, whole parts, and the rest in the order of the remainders."""
    found = divide(steps, [Weight(n, w) for n, w in enumerate(weights, 1)])
    assert sum(found.values()) == (steps if any(weights) else 0)
    whole = sum(weights) or 1
    quotas = {n: Fraction(steps * w, whole) for n, w in enumerate(weights, 1)}
    up = [n for n in quotas if found[n] > int(quotas[n])]
    down = [n for n in quotas if n not in up and weights[n - 1]]
    assert all(found[n] == int(quotas[n]) + (n in up) for n in quotas)
    rank = {n: (-(quotas[n] - int(quotas[n])), -weights[n - 1], n) for n in quotas}
    assert not up or not down or max(rank[n] for n in up) < min(rank[n] for n in down)


@MANY
@given(SEEDS)
def test_a_surplus_is_shared_whole_and_a_loss_leaves_nobody_below_zero(seed: int) -> None:
    facts = chapter(seed)
    made, step = plan(facts), facts.customs.payout_step
    sharing = [line for line in made.lines if not line.awaiting]
    assert all(line.share == 0 for line in made.lines if line.awaiting)
    assert all(line.share % step == 0 for line in made.lines)
    if made.surplus < 0:
        assert all(-line.savings <= line.share <= 0 for line in sharing)
        assert made.carried > -step or all(line.savings + line.share < step for line in sharing)
        return
    by_days = facts.customs.surplus_rule is SurplusRule.BY_SAVINGS_DAYS
    weights = {s.number: s.savings_days if by_days else s.has for s in facts.savers}
    assert all(line.share >= 0 for line in sharing)
    assert all(line.share == 0 for line in sharing if weights[line.number] == 0)
    if facts.customs.surplus_rule is SurplusRule.KEEP:
        assert made.carried == made.surplus
    elif any(weights[line.number] for line in sharing):
        assert made.carried == made.surplus % step
        ranked = sorted(sharing, key=lambda line: weights[line.number])
        assert [line.share for line in ranked] == sorted(line.share for line in ranked)


@MANY
@given(WEIGHTS, st.lists(st.integers(0, 20), min_size=40, max_size=40), st.integers(0, 300))
def test_bounds_are_kept_and_no_step_is_withheld_that_somebody_could_take(
    weights: list[int], bounds: list[int], steps: int
) -> None:
    taking = [Weight(n, w, bounds[n]) for n, w in enumerate(weights)]
    found = divide(steps, taking)
    assert all(0 <= found[w.number] <= (w.most or 0) for w in taking)
    room = sum(w.most or 0 for w in taking if w.weight)
    assert sum(found.values()) == min(steps, room)


# Set-off and decisions


@MANY
@given(SEEDS)
def test_a_debt_takes_what_is_due_and_no_more_than_she_has(seed: int) -> None:
    facts = chapter(seed)
    made = plan(facts)
    for saver, line in zip(facts.by_number, made.lines, strict=True):
        due = sum(debt.interest + debt.principal for debt in saver.debts)
        most = min(due, line.savings + line.share) if facts.customs.set_off_debt else 0
        assert line.interest + line.principal == most
        taken = {debt.loan_id: debt for debt in line.set_off}
        for debt in saver.debts:
            part = taken.get(debt.loan_id)
            if part and part.principal:
                assert part.interest == debt.interest  # interest first
            assert part is None or (part.interest <= debt.interest
                                    and part.principal <= debt.principal)  # fmt: skip


@MANY
@given(SEEDS)
def test_each_gets_what_she_named_as_far_as_it_goes(seed: int) -> None:
    """Told again from the domain's words, case by case."""
    facts = chapter(seed)
    default = facts.customs.default_decision
    if default is Decision.GIVE and facts.box_id is None:
        default = Decision.KEEP
    for saver, line in zip(facts.by_number, plan(facts).lines, strict=True):
        claim = line.take + line.keep + line.give
        three = {Decision.TAKE: line.take, Decision.KEEP: line.keep, Decision.GIVE: line.give}
        if saver.awaiting:
            assert line.take == claim
        elif saver.decided is None:
            assert three[default] == claim
        else:
            assert three == _said(saver.decided, saver.has, claim, default)


def _said(said: Decided, savings: int, claim: int, default: Decision) -> dict[Decision, int]:
    words = {Decision.TAKE: said.take, Decision.KEEP: said.keep, Decision.GIVE: said.give}
    wants = {choice: amount for choice, amount in words.items() if amount is not None}
    if len(wants) == 2:
        (target,) = set(Decision) - wants.keys()
    else:
        assert sum(wants.values()) == savings
        chosen = [choice for choice, amount in wants.items() if amount]
        target = chosen[0] if len(chosen) == 1 else default
    wants[target] = wants.get(target, 0) + claim - sum(wants.values())
    short, wants[target] = max(-wants[target], 0), max(wants[target], 0)
    while short:  # đồng by đồng would do the same
        choice = next(c for c in (Decision.KEEP, Decision.GIVE, Decision.TAKE) if wants[c])
        part = min(short, wants[choice])
        wants[choice] -= part
        short -= part
    return wants


@MANY
@given(SEEDS, st.integers(-2, 2), st.integers(0, 2), st.booleans())
def test_a_decision_that_does_not_fit_is_refused(
    seed: int, off: int, which: int, leave_open: bool
) -> None:
    """Three amounts are taken exactly where they come to her savings, two where they are within."""
    facts = chapter(seed)
    free = [saver for saver in facts.savers if not saver.awaiting]
    if not free:
        return
    her = free[0]
    three: list[int | None] = [0, 0, 0]
    three[which] = her.has + off
    if leave_open:
        three[(which + 1) % 3] = None
    take, keep, give = three
    fits = her.has + off >= 0 and (off <= 0 if leave_open else off == 0)
    fits = fits and (facts.box_id is not None or give == 0)
    others = tuple(replace(s, decided=None) for s in facts.savers if s is not her)
    asked = replace(facts, savers=(*others, replace(her, decided=Decided(take, keep, give))))
    try:
        made = plan(asked)
    except Refusal as refusal:
        assert not fits and refusal.field == f"lines.{her.member_id}"
    else:
        assert fits
        adds_up(asked, made)


# Cash limit


@MANY
@given(SEEDS)
def test_whoever_awaits_comes_first_and_nothing_is_withheld(seed: int) -> None:
    facts = chapter(seed)
    made, step = plan(facts), note_step(facts.customs.payout_step)
    there = payable(facts.counted + facts.opened, step)
    turns = (
        [(line.take, line.payout) for line in made.lines if line.awaiting],
        [(line.take, line.payout) for line in made.lines if not line.awaiting],
        [(line.give, line.gift) for line in made.lines],
    )
    for turn in turns:
        whole = sum(want // step * step for want, _ in turn)
        out = sum(paid for _, paid in turn)
        assert all(paid % step == 0 for _, paid in turn)
        assert out == min(whole, there)
        if out < whole:  # by wish: nobody is a step behind whoever wants less
            ranked = [paid for _, paid in sorted(turn)]
            assert ranked == sorted(ranked)
        there -= out


# Notes


@MANY
@given(SEEDS, st.integers(1, 4), st.booleans())
def test_an_exchange_is_needed_exactly_where_nothing_else_does(
    seed: int, number: int, possible: bool
) -> None:
    """Compared with trying everything, on piles small enough for it."""
    dice = Random(seed)
    pile = dict.fromkeys(dice.sample(money.NOTES, dice.randint(1, 6)), 0)
    pile = {value: dice.choice((0, 1, 1, 2, 3, 4)) for value in pile}
    sums = [0] * number
    if possible:
        for value, n in pile.items():
            for _ in range(n):
                sums[dice.randrange(number)] += value
        sums = [sum_ // 1000 * 1000 for sum_ in sums]
    else:
        sums = [dice.randint(0, worth(pile) // 1000 // number) * 1000 for _ in sums]
    if sum(sums) > payable(worth(pile), 1000):
        return
    common, owns = Counter(pile), [Counter[int]() for _ in sums]
    for value in common:  # whose they were does not matter
        for own in dice.sample(owns, dice.choice((0, 0, number))):
            own[value] = dice.randint(0, common[value])
            common[value] -= own[value]
    wishes = [Wish(n, sum_, owns[n]) for n, sum_ in enumerate(sums)]
    found = hand_out(wishes, common)
    assert [worth(found.notes[n]) for n in range(number)] == sums
    assert (found.exchange is None) == can_be_handed_out(sums, pile)


@MANY
@given(SEEDS)
def test_where_the_search_gives_up_an_exchange_still_does(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "LOOKS", 0)
        facts = chapter(seed)
        adds_up(facts, plan(facts))


@MANY
@given(st.integers(0, 10**7))
def test_any_hundreds_but_one_and_three_are_notes(hundreds: int) -> None:
    if hundreds not in (1, 3):
        assert worth(composed(hundreds * 100)) == hundreds * 100


@MANY
@given(SEEDS)
def test_whoever_takes_just_what_her_pig_held_gets_its_notes(seed: int) -> None:
    """Where all take all of whole thousands, everybody goes home with her own."""
    dice = Random(seed)
    homes = [some_notes(dice, 200_000) for _ in range(dice.randint(1, 6))]
    homes = [home for home in homes if worth(home) % 1000 == 0]
    common = some_notes(dice, 300_000)
    wishes = [Wish(n, worth(home), home) for n, home in enumerate(homes)]
    found = hand_out(wishes, common)
    assert found.exchange is None
    assert [Counter(found.notes[n]) for n in range(len(homes))] == [+Counter(h) for h in homes]


# The next year


@MANY
@given(SEEDS)
def test_broken_again_at_once_nothing_is_left_to_share_but_what_was_set_off(seed: int) -> None:
    facts = chapter(seed)
    made = plan(facts)
    held = books.after(facts.held, (m.transfer for m in made.movements), facts.pot_id)
    again = replace(
        facts, held=held, notes=composed(held.get(K.CASH_HAND, 0) // 1000 * 1000),
        savers=tuple(Saver(line.member_id, line.number, line.stays) for line in made.lines),
        customs=replace(facts.customs, default_decision=Decision.KEEP), verdict=Verdict(),
    )  # fmt: skip
    then = plan(again)
    adds_up(again, then)
    assert then.surplus == made.carried + made.totals.interest


@MANY
@given(SEEDS, SEEDS)
def test_two_looks_have_one_fingerprint_exactly_where_nothing_changed(one: int, two: int) -> None:
    facts, dice = chapter(one), Random(two)
    other = dice.choice((facts, _touched(facts, dice), chapter(two)))
    before, after = as_data(facts), as_data(other)
    assert (changes(before, after) == []) == (fingerprint(before) == fingerprint(after))
    assert (before == after) == (fingerprint(before) == fingerprint(after))
    turned = [change._replace(before=change.after, after=change.before)
              for change in changes(after, before)]  # fmt: skip
    assert turned == changes(before, after)


def _touched(facts: Facts, dice: Random) -> Facts:
    """One figure another."""
    if not facts.savers:
        return replace(facts, box_id="another")
    first, *others = facts.savers
    touched = dice.choice(
        (
            replace(first, savings=first.savings + 1),
            replace(first, awaiting=not first.awaiting),
            replace(first, decided=Decided(None, dice.randint(0, 1), 0)),
            replace(first, home={**first.home, 1000: first.home.get(1000, 0) + 1}),
        )
    )
    return replace(facts, savers=(touched, *others))


def test_the_work_for_three_hundred_members_is_bounded() -> None:
    """By sums looked at, not by time, so that every machine finds the same plan."""
    dice, looked = Random(1), 0
    sums = [dice.randint(20, 900) * 1000 for _ in range(300)]
    spend = exact._Looks.spend

    def counting(looks: exact._Looks, number: int) -> bool:
        nonlocal looked
        looked += number
        return spend(looks, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact._Looks, "spend", counting)
        for least in money.NOTES[:9]:
            pile = {v: sum(sums) // 9 // v for v in money.NOTES if v >= least}
            pile[500_000] = pile.get(500_000, 0) + 1 + sum(sums) // 500_000
            looked = 0
            made = hand_out([Wish(n, sum_, {}) for n, sum_ in enumerate(sums)], pile)
            assert sum(worth(notes) for notes in made.notes.values()) == sum(sums)
            assert looked <= 2 * (exact.LOOKS + len(sums))
