"""Accounts, transfers, entries. Pure: an unbalanced entry cannot be written down.

An account belongs to one pot; a transfer is one positive amount from one account (credit) to
another (debit) of the same pot; an entry is a group of transfers posted together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app import money
from app.errors import Conflict
from app.terms import AccountKind, EntryKind, Place

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
CASH_IN = {
    Place.POT: AccountKind.CASH_POT,
    Place.HAND: AccountKind.CASH_HAND,
    Place.BANK: AccountKind.CASH_BANK,
}
PLACE_OF = {kind: place for place, kind in CASH_IN.items()}
HERS = (AccountKind.SAVINGS, AccountKind.FUND)  # what a member's line changes
# What income plus surplus is made of: what came in less what it cost, until a breaking closes it.
RESULTS = (
    AccountKind.INTEREST_INCOME,
    AccountKind.CASH_OVER,
    AccountKind.LOAN_RECOVERED,
    AccountKind.SURPLUS,
)
COSTS = (AccountKind.CASH_SHORT, AccountKind.LOAN_LOSS, AccountKind.EXPENSE)
INCOME = RESULTS[:-1]  # closed into surplus (or the fund) at a breaking, like costs
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
    """What the pen writes: numbered from line 1 in this order.

    `mends` is the kind of what a reversal takes back or a correction stands for.
    """

    kind: EntryKind
    pot_id: str
    day: date
    transfers: tuple[Transfer, ...]
    mends: EntryKind | None = None

    @property
    def flow(self) -> EntryKind:
        """What its sums count as: a deposit taken back counts against deposits."""
        return self.mends or self.kind

    @property
    def pots(self) -> set[str]:
        """The pots it moves money in: its own, and the donation box where something is given."""
        return {t.debit.pot_id for t in self.transfers} | {self.pot_id}


# What the lines of a breaking count as, by the account that is debited and the one credited: a
# pig opened at home is saving, what is paid is a payout, wherever it stands.
_IN_A_BREAKING = {
    (AccountKind.CASH_HAND, AccountKind.SAVINGS): EntryKind.SHEET,
    (AccountKind.SAVINGS, AccountKind.CASH_HAND): EntryKind.PAYOUT,
    (AccountKind.SAVINGS, AccountKind.LOAN): EntryKind.SET_OFF,
    (AccountKind.SAVINGS, AccountKind.INTEREST_INCOME): EntryKind.SET_OFF,
    (AccountKind.CASH_HAND, AccountKind.CASH_POT): EntryKind.CASH_MOVE,
    (AccountKind.SHORTAGE_PENDING, AccountKind.CASH_HAND): EntryKind.COUNT,
    (AccountKind.CASH_HAND, AccountKind.OVERAGE_PENDING): EntryKind.COUNT,
}


def flow_of(flow: EntryKind, debit: AccountKind, credit: AccountKind) -> EntryKind:
    """What a line's sums count as in an entry of this flow."""
    if flow != EntryKind.BREAKING:
        return flow
    return _IN_A_BREAKING.get((debit, credit), flow)


def common(pot_id: str, kind: AccountKind) -> Account:
    """An account that nobody owns."""
    return Account(pot_id, kind, pot_id)


def cash(pot_id: str, place: Place) -> Account:
    """The cash of a pot in one place."""
    return common(pot_id, CASH_IN[place])


def change(kind: AccountKind, debit: int, credit: int) -> int:
    """What a debit and a credit do to a balance of this kind, in đồng."""
    return debit - credit if kind in DEBIT_SIDE else credit - debit


def earned(held: Mapping[AccountKind, int]) -> int:
    """Income plus surplus less costs: what expenses may use. `held` are balances by kind."""
    return sum(held.get(k, 0) for k in RESULTS) - sum(held.get(k, 0) for k in COSTS)


def signed(transfer: Transfer) -> int:
    """What a line brought in, in đồng: negative where it took out, as a reversal does."""
    brought = transfer.debit.kind in CASH or transfer.credit.kind in HERS
    return transfer.amount if brought else -transfer.amount


def whose(transfer: Transfer) -> str | None:
    """The member whose line it is, or nobody."""
    for account in (transfer.credit, transfer.debit):
        if account.kind in HERS and account.owner_id != account.pot_id:
            return account.owner_id
    return None


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


def check_not_counted(day: date, counted_on: date | None) -> None:
    """What was counted stays as it was counted. Raises Conflict `counted_since`.

    `counted_on` is the day of the last count of the cash an entry of `day` would touch.
    """
    if counted_on is not None and day < counted_on:
        raise Conflict(
            "counted_since",
            "Tiền này đã kiểm ngày {day}, không ghi lùi trước ngày đó được. Mời chị ghi từ ngày {day}.",
            field="date", day=counted_on.strftime("%d/%m/%Y"),
        )  # fmt: skip
