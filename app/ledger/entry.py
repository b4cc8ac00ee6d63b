"""Accounts, transfers, entries. Pure: an unbalanced entry cannot be written down.

An account belongs to one pot; a transfer is one positive amount from one account (credit) to
another (debit) of the same pot; an entry is a group of transfers posted together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app import money
from app.errors import Conflict
from app.terms import AccountKind, EntryKind

# Kinds whose balance is debit − credit; all others are credit − debit.
DEBIT_SIDE = frozenset(
    {
        AccountKind.CASH_POT,
        AccountKind.CASH_HAND,
        AccountKind.CASH_BANK,
        AccountKind.LOAN,
        AccountKind.RECEIVABLE,
        AccountKind.SHORTAGE_PENDING,
        AccountKind.CASH_SHORT,
        AccountKind.LOAN_LOSS,
        AccountKind.EXPENSE,
    }
)
CASH = (AccountKind.CASH_POT, AccountKind.CASH_HAND, AccountKind.CASH_BANK)
LARGEST = 10_000_000_000_000  # đồng in one line; far beyond any chapter, far below 64 bits


class Account(NamedTuple):
    """An account by what it is; `owner_id` is the pot's id where nobody owns it."""

    pot_id: str
    kind: AccountKind
    owner_id: str


class Transfer(NamedTuple):
    """`amount` đồng from `credit` to `debit`; whose line it is and how many periods it covers."""

    debit: Account
    credit: Account
    amount: int
    member_no: int | None = None
    periods: int = 0
    reverses: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the pen writes: numbered from line 1 in this order."""

    kind: EntryKind
    pot_id: str
    day: date
    transfers: tuple[Transfer, ...]


def change(kind: AccountKind, debit: int, credit: int) -> int:
    """What a debit and a credit do to a balance of this kind, in đồng."""
    return debit - credit if kind in DEBIT_SIDE else credit - debit


def cash_in(transfer: Transfer) -> int:
    """What a line brought in: negative where it took cash out, as a reversal does."""
    return transfer.amount if transfer.debit.kind in CASH else -transfer.amount


def keep_above_zero(balance: int, later: Iterable[tuple[date, int]], day: date) -> None:
    """Cash is never below zero at the end of any business day (domain: Saving).

    `balance` is what the account holds at the end of the last day, `later` what changed it on
    each day after `day`, newest first. Raises Conflict `cash_below_zero` naming the day.
    """
    ends = []
    for on, changed in later:
        ends.append((balance, on))
        balance -= changed
    lowest, worst = min([*ends, (balance, day)])
    if lowest < 0:
        raise Conflict(
            "cash_below_zero",
            "Cuối ngày {day} sổ sẽ thiếu {amount} tiền mặt. Mời chị xem lại ngày hoặc số tiền.",
            day=worst.strftime("%d/%m/%Y"),
            amount=money.show(-lowest),
        )
