"""All that the plan of a breaking rests on (fingerprinted by prints.py). Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.terms import AccountKind, BelongsTo, Decision, Outcome, PotKind, SurplusRule

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
