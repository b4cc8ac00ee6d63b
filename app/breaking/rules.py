"""The plan of a breaking: facts in, plan out (domain: Breaking the pig 3–9). Pure; amounts in đồng.

Page, API and demo show the same plan, and what is signed is posted: `plan(facts).movements`. Each
step stands in a file of its own: books (reconcile, close, movements), shares, claims (set-off and
decisions), payouts (cash limit), notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.breaking import books, claims, decisions, payouts, shares
from app.breaking.facts import Debt, Facts, Saver
from app.breaking.notes import Wish, hand_out
from app.breaking.plan import Line, Plan, Totals
from app.breaking.reasons import Because, Reason, reason
from app.cash.rules import check_outcome
from app.terms import Decision, SurplusRule

BOX = 0  # the number under which gifts are handed out together; members' begin at 1


def plan(facts: Facts) -> Plan:
    """The same facts always give the same plan, in whatever order they were read.

    Raises Invalid or Conflict for decisions that the savings do not (or no longer) bear out, and
    for one on the difference that does not fit it.
    """
    verdict = facts.verdict
    check_outcome(facts.counted - facts.book, verdict.outcome, verdict.keeper_id)
    decisions.check_decisions(facts)
    surplus = books.surplus(facts)
    share = shares.shares(facts, surplus)
    drafts = [_claimed(facts, saver, share.get(saver.number, 0)) for saver in facts.by_number]
    paid, gifts, less = payouts.limit(
        facts,
        awaiting={d.number: d.take for d in drafts if d.awaiting},
        takes={d.number: d.take for d in drafts if not d.awaiting},
        gives={d.number: d.give for d in drafts},
    )
    home = {saver.number: saver.home for saver in facts.savers}
    wishes = [Wish(number, payout, home[number]) for number, payout in paid.items()]
    handed = hand_out([*wishes, Wish(BOX, sum(gifts.values()), {})], facts.notes)
    shared = _explained_shares(facts, surplus, share)
    lines = tuple(
        Line(
            d.member_id, d.number, d.awaiting, d.savings, d.share, d.set_off, d.take, d.keep,
            d.give, paid[d.number], gifts[d.number], handed.notes[d.number],
            (*shared.get(d.number, ()), *d.why, *less[d.number]),
        )
        for d in drafts
    )  # fmt: skip
    return Plan(
        counted=facts.counted,
        book=facts.book,
        opened=facts.opened,
        surplus=surplus,
        carried=surplus - sum(share.values()),
        lines=lines,
        totals=_totals(lines),
        gift_notes=handed.notes[BOX],
        exchange_needed=handed.exchange,
        movements=(*books.counted(facts), *books.closed(facts), *books.shared(facts, lines)),
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line before anything is paid."""

    member_id: str
    number: int
    awaiting: bool
    savings: int
    share: int
    set_off: tuple[Debt, ...]
    take: int
    keep: int
    give: int
    why: tuple[Reason, ...]


def _claimed(facts: Facts, saver: Saver, share: int) -> _Draft:
    off = claims.set_off(facts, saver, saver.has + share)
    taken = sum(debt.interest + debt.principal for debt in off)
    divided, why = claims.decide(facts, saver, saver.has + share - taken)
    if taken:
        due = sum(debt.interest + debt.principal for debt in saver.debts)
        why.insert(0, reason(Because.SET_OFF, due=due, amount=taken, left=due - taken))
    return _Draft(
        saver.member_id, saver.number, saver.awaiting, saver.has, share, off,
        divided[Decision.TAKE], divided[Decision.KEEP], divided[Decision.GIVE], tuple(why),
    )  # fmt: skip


def _explained_shares(
    facts: Facts, surplus: int, share: Mapping[int, int]
) -> dict[int, list[Reason]]:
    """What came to her, and why so much."""
    by_savings = surplus < 0 or facts.customs.surplus_rule is SurplusRule.BY_SAVINGS
    sharing = [saver for saver in facts.by_number if not saver.awaiting]
    weights = {s.number: s.has if by_savings else s.savings_days for s in sharing}
    whole = sum(weights.values())
    kind = Because.SHARED_BY_SAVINGS if by_savings else Because.SHARED_BY_SAVINGS_DAYS
    found: dict[int, list[Reason]] = {}
    for saver in facts.by_number:
        why = found.setdefault(saver.number, [])
        if saver.opened:
            why.append(reason(Because.OPENED, amount=saver.opened))
        hers = share.get(saver.number, 0)
        divided = {"hers": weights.get(saver.number, 0), "all": whole, "share": abs(hers)}
        if hers > 0:
            why.append(reason(kind, surplus=surplus, **divided))
        elif hers < 0:
            why.append(reason(Because.LOSS_BORNE, loss=-surplus, **divided))
    return found


def _totals(lines: tuple[Line, ...]) -> Totals:
    return Totals(**{name: sum(getattr(line, name) for line in lines) for name in Totals.__slots__})
