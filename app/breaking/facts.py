"""All that the plan of a breaking rests on, and its fingerprint. Pure; amounts in đồng.

Two persons sign the same facts: `as_data` lists them by hand, `fingerprint` is their hash and
`changes` says what became another figure between two looks. Signatures and the trail's head are no
facts: a signature may not change what it signs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.terms import AccountKind, BelongsTo, Decision, Outcome, PotKind, SurplusRule

VERSION = 1
Notes = Mapping[int, int]  # value of a note → how many


@dataclass(frozen=True, slots=True)
class Customs:
    """What the charter says about breaking; `payout_step` in đồng."""

    payout_step: int = 1000
    default_decision: Decision = Decision.KEEP
    surplus_rule: SurplusRule = SurplusRule.BY_SAVINGS
    set_off_debt: bool = False


class Debt(NamedTuple):
    """What is due on a loan by the breaking's day; of a set-off, the part that was taken."""

    loan_id: str
    interest: int
    principal: int


class Decided(NamedTuple):
    """What she does with her savings (before share and set-off); one may be open (None)."""

    take: int | None
    keep: int | None
    give: int | None


@dataclass(frozen=True, slots=True)
class Saver:
    """One whose savings lie in this pot, or who is a member.

    `savings` is her balance before the breaking, without what is in her pig at `home`;
    `savings_days` the sum of her balances at the end of each business day from the cycle's start
    to the day before. Who left and was not paid yet is `awaiting`.
    """

    member_id: str
    number: int
    savings: int = 0
    savings_days: int = 0
    awaiting: bool = False
    home: Notes = field(default_factory=dict)
    debts: tuple[Debt, ...] = ()
    decided: Decided | None = None

    @property
    def opened(self) -> int:
        """What her pig at home held: one deposit of the cycle."""
        return worth(self.home)

    @property
    def has(self) -> int:
        """Her savings before shares."""
        return self.savings + self.opened


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the difference that the count finds."""

    outcome: Outcome = Outcome.CARRIED
    keeper_id: str | None = None
    paid_now: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A pot before it is broken.

    `notes` are those counted, in the pot and in hand together, without the vessels at home;
    `held` the pot's balances by kind; `box_id` the open donation box, if there is one.
    """

    pot_id: str
    day: date
    notes: Notes
    held: Mapping[AccountKind, int]
    savers: tuple[Saver, ...]
    customs: Customs = field(default_factory=Customs)
    verdict: Verdict = field(default_factory=Verdict)
    kind: PotKind = PotKind.PIG
    belongs_to: BelongsTo = BelongsTo.MEMBER
    box_id: str | None = None

    @property
    def counted(self) -> int:
        """What was counted, without the vessels at home."""
        return worth(self.notes)

    @property
    def book(self) -> int:
        """What should have been there, in the pot and in hand."""
        return self.held.get(AccountKind.CASH_POT, 0) + self.held.get(AccountKind.CASH_HAND, 0)

    @property
    def opened(self) -> int:
        """What the vessels at home held."""
        return sum(saver.opened for saver in self.savers)

    @property
    def by_number(self) -> list[Saver]:
        """In the order of the book, however they were read."""
        return sorted(self.savers, key=lambda saver: saver.number)


def worth(notes: Notes) -> int:
    """What these notes come to."""
    return sum(value * number for value, number in notes.items())


def as_data(facts: Facts) -> dict[str, Any]:
    """The facts as they are hashed and kept: plain words, whole numbers, nothing of zero notes."""
    customs, verdict = facts.customs, facts.verdict
    return {
        "v": VERSION,
        "pot": facts.pot_id,
        "kind": facts.kind.value,
        "belongs_to": facts.belongs_to.value,
        "date": facts.day.isoformat(),
        "notes": _some(facts.notes),
        "held": {kind.value: amount for kind, amount in facts.held.items() if amount},
        "box": facts.box_id,
        "charter": {
            "payout_step": customs.payout_step,
            "default_decision": customs.default_decision.value,
            "surplus_rule": customs.surplus_rule.value,
            "set_off_debt": customs.set_off_debt,
        },
        "difference": {
            "decision": verdict.outcome.value,
            "keeper": verdict.keeper_id,
            "paid_now": verdict.paid_now,
        },
        "members": {str(saver.number): _saver(saver) for saver in facts.savers},
    }


def _saver(saver: Saver) -> dict[str, Any]:
    return {
        "id": saver.member_id,
        "savings": saver.savings,
        "savings_days": saver.savings_days,
        "awaiting": saver.awaiting,
        "home": _some(saver.home),
        "debts": {
            debt.loan_id: {"interest": debt.interest, "principal": debt.principal}
            for debt in saver.debts
        },
        "decided": saver.decided._asdict() if saver.decided else None,
    }


def _some(notes: Notes) -> dict[str, int]:
    return {str(value): number for value, number in notes.items() if number}


def fingerprint(data: Mapping[str, Any]) -> str:
    """SHA-256 over the facts (`as_data`), whatever their order."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"solon/breaking/1 " + text.encode("ascii")).hexdigest()


class Change(NamedTuple):
    """A figure that is another now: of a member (her number) or of the pot (None).

    `what` is its name in the facts (`savings`, `notes.50000`, `debts.<loan>.interest`); of a
    member who came or went it is `member`. What is not there is None.
    """

    number: int | None
    what: str
    before: Any
    after: Any


def changes(shown: Mapping[str, Any], stands: Mapping[str, Any]) -> list[Change]:
    """What differs between the facts that were shown and those that stand (`as_data` of each)."""
    found = list(_differ(None, _without_members(shown), _without_members(stands)))
    for number in sorted({*shown["members"], *stands["members"]}, key=int):
        before, after = (data["members"].get(number) for data in (shown, stands))
        if before is None or after is None:
            ids = [one and one["id"] for one in (before, after)]
            found.append(Change(int(number), "member", *ids))
        else:
            found += _differ(int(number), before, after)
    return found


def _without_members(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "members"}


def _differ(number: int | None, before: Any, after: Any, name: str = "") -> Iterator[Change]:
    if not isinstance(before, Mapping) and not isinstance(after, Mapping):
        if before != after:
            yield Change(number, name, before, after)
        return
    one, other = before or {}, after or {}
    for key in sorted({*one, *other}):
        yield from _differ(number, one.get(key), other.get(key), f"{name}.{key}".lstrip("."))
