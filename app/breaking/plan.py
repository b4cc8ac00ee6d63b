"""What becomes of everybody's savings: the shape of the plan. Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.breaking.books import Movement
from app.breaking.facts import Debt
from app.breaking.notes import Exchange
from app.breaking.reasons import Reason


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one member's savings.

    claim = savings + share − set-off = take + keep + give; of these `payout` and `gift` leave in
    notes, the rest stays hers. `why` explains it, sentence by sentence.
    """

    member_id: str
    number: int
    awaiting: bool
    savings: int
    share: int
    set_off: tuple[Debt, ...]
    take: int
    keep: int
    give: int
    payout: int
    gift: int
    notes: Mapping[int, int]
    why: tuple[Reason, ...]

    @property
    def interest(self) -> int:
        """Interest that was set off."""
        return sum(debt.interest for debt in self.set_off)

    @property
    def principal(self) -> int:
        """Principal that was set off."""
        return sum(debt.principal for debt in self.set_off)

    @property
    def stays(self) -> int:
        """Her savings in the next cycle."""
        return self.take + self.keep + self.give - self.payout - self.gift


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of all lines."""

    savings: int
    share: int
    interest: int
    principal: int
    take: int
    keep: int
    give: int
    payout: int
    gift: int
    stays: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole breaking.

    `counted` and `book` are without the pigs at home, which come to `opened`. `surplus` is what
    was to be shared (below zero: borne), `carried` what of it was not; in a fund pot all of it,
    into the fund. `gift_notes` go into the donation box.
    """

    counted: int
    book: int
    opened: int
    surplus: int
    carried: int
    lines: tuple[Line, ...]
    totals: Totals
    gift_notes: Mapping[int, int]
    exchange_needed: Exchange | None
    movements: tuple[Movement, ...]
