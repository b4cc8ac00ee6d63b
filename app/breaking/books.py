"""What the book is told of a breaking, each movement with its purpose. Pure; amounts in đồng."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from app.breaking.facts import Facts
from app.cash.rules import difference_entry, settlement_entry
from app.ledger.entry import (
    COSTS,
    RESULTS,
    Account,
    Transfer,
    cash,
    change,
    common,
    earned,
)
from app.terms import AccountKind, BelongsTo, Outcome, Place, PotKind

if TYPE_CHECKING:
    from app.breaking.plan import Line

K = AccountKind


class Purpose(StrEnum):
    """What a movement of a breaking is for."""

    OPENED = "opened"
    OPENED_AT_HOME = "opened_at_home"
    FOUND = "found"
    DECIDED = "decided"
    CLOSED = "closed"
    SHARED = "shared"
    LOSS_BORNE = "loss_borne"
    SET_OFF = "set_off"
    PAYOUT = "payout"
    GIFT = "gift"


class Movement(NamedTuple):
    """A transfer and what it is for."""

    purpose: Purpose
    transfer: Transfer


def counted(facts: Facts) -> list[Movement]:
    """Opened, counted, reconciled: all cash is in hand, and the difference where it was decided."""
    hand = cash(facts.pot_id, Place.HAND)
    found = _one(Purpose.OPENED, hand, cash(facts.pot_id, Place.POT),
                 facts.held.get(K.CASH_POT, 0))  # fmt: skip
    for saver in facts.by_number:
        hers = Account(facts.pot_id, K.SAVINGS, saver.member_id)
        found += _one(Purpose.OPENED_AT_HOME, hand, hers, saver.opened, saver.number)
    return found + list(_reconciled(facts))


def _reconciled(facts: Facts) -> Iterator[Movement]:
    pot, day, verdict = facts.pot_id, facts.day, facts.verdict
    difference = facts.counted - facts.book
    if difference > 0 and facts.kind is PotKind.DONATION_BOX:
        gift = Transfer(cash(pot, Place.HAND), common(pot, K.FUND), difference)
        yield Movement(Purpose.FOUND, gift)  # nobody knows whose: an anonymous gift
    elif difference:
        for transfer in difference_entry(pot, Place.HAND, day, difference).transfers:
            yield Movement(Purpose.FOUND, transfer)
        if verdict.outcome is not Outcome.CARRIED:
            settled = settlement_entry(
                pot, day, difference, verdict.outcome, verdict.keeper_id, verdict.paid_now
            )
            for transfer in settled.transfers:
                yield Movement(Purpose.DECIDED, transfer)


def surplus(facts: Facts) -> int:
    """What is to be shared or borne: results after the count, with the surplus from before."""
    return earned(_held(facts))


def _held(facts: Facts) -> dict[AccountKind, int]:
    return after(facts.held, (told.transfer for told in counted(facts)), facts.pot_id)


def after(
    held: Mapping[AccountKind, int], transfers: Iterable[Transfer], pot_id: str
) -> dict[AccountKind, int]:
    """A pot's balances by kind once these transfers are in the book."""
    then = Counter(held)
    for transfer in transfers:
        if transfer.debit.pot_id == pot_id:
            then[transfer.debit.kind] += change(transfer.debit.kind, transfer.amount, 0)
            then[transfer.credit.kind] += change(transfer.credit.kind, 0, transfer.amount)
    return dict(then)


def closed(facts: Facts) -> list[Movement]:
    """Results into surplus, in a fund pot into the fund; each may be below zero by corrections."""
    fund = facts.belongs_to is BelongsTo.FUND
    into = common(facts.pot_id, K.FUND if fund else K.SURPLUS)
    held = _held(facts)
    found: list[Movement] = []
    for kind in (*RESULTS, *COSTS):
        if kind is not into.kind:
            own = common(facts.pot_id, kind)
            amount = held.get(kind, 0) if kind in RESULTS else -held.get(kind, 0)
            debit, credit = (own, into) if amount > 0 else (into, own)
            found += _one(Purpose.CLOSED, debit, credit, abs(amount))
    return found


def shared(facts: Facts, lines: Iterable[Line]) -> list[Movement]:
    """Shares or losses, set-off, payouts and gifts, member by member."""
    found: list[Movement] = []
    for line in lines:
        found += _hers(facts, line)
    given = sum(line.gift for line in lines)
    if facts.box_id is not None:
        box = facts.box_id
        found += _one(Purpose.GIFT, cash(box, Place.HAND), common(box, K.FUND), given)
    return found


def _hers(facts: Facts, line: Line) -> list[Movement]:
    pot, no = facts.pot_id, line.number
    hers = Account(pot, K.SAVINGS, line.member_id)
    pool, hand = common(pot, K.SURPLUS), cash(pot, Place.HAND)
    found = _one(Purpose.SHARED, pool, hers, line.share, no)
    found += _one(Purpose.LOSS_BORNE, hers, pool, -line.share, no)
    for debt in line.set_off:
        loan = Account(pot, K.LOAN, debt.loan_id)
        income = common(pot, K.INTEREST_INCOME)
        found += _one(Purpose.SET_OFF, hers, income, debt.interest, no)
        found += _one(Purpose.SET_OFF, hers, loan, debt.principal, no)
    found += _one(Purpose.PAYOUT, hers, hand, line.payout, no)
    return found + _one(Purpose.GIFT, hers, hand, line.gift, no)


def _one(
    purpose: Purpose, debit: Account, credit: Account, amount: int, number: int | None = None
) -> list[Movement]:
    return [Movement(purpose, Transfer(debit, credit, amount, number))] if amount > 0 else []
