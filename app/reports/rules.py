"""Periods, accounts by name, the line of a balance: what reports work out. Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.errors import Invalid
from app.ledger.entry import CASH, CASH_IN
from app.terms import AccountKind, Place, PotKind

K = AccountKind
DAY = timedelta(days=1)


class Period(NamedTuple):
    """From one day to another, both counted."""

    first: date
    last: date


def period(from_on: date | None, to_on: date | None, today: date) -> Period:
    """What was asked for; by default the month so far. Raises Invalid `period_turned`."""
    last = to_on or max(today, from_on or today)
    found = Period(from_on or last.replace(day=1), last)
    if found.first > found.last:
        raise Invalid("period_turned", "Ngày cuối phải sau ngày đầu.", field="to")
    return found


def months_beside(of: Period, today: date) -> tuple[Period, Period | None]:
    """The month before a period, and the one behind its end unless that is still to come."""
    before = of.first.replace(day=1) - DAY
    earlier = Period(before.replace(day=1), before)
    begins = month_after(of.last)
    if begins > today:
        return earlier, None
    return earlier, Period(begins, min(month_after(begins) - DAY, today))


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1)


def kinds_in(place: Place | None) -> tuple[AccountKind, ...]:
    """The cash of a place; of all places together where none is named."""
    return CASH if place is None else (CASH_IN[place],)


def steps(
    opening: int, ends: Sequence[tuple[date, int]], over: Period, wide: int, tall: int
) -> str:
    """A balance by day as a path of an SVG: level through each day, a step where it changed.

    `ends` are the days on which it changed, with what was there at their end.
    """
    days = max((over.last - over.first).days + 1, 1)
    most = max([opening, *(balance for _, balance in ends), 1])
    path = [f"M0 {tall - tall * opening // most}"]
    for day, balance in ends:
        at = wide * (day - over.first).days // days
        path.append(f"H{at}V{tall - tall * balance // most}")
    return "".join([*path, f"H{wide}"])


# Accounts as the exports name them, in the syntax of beancount: `Assets:Pig1:Cash:Pot`.
POTS = {PotKind.PIG: "Pig", PotKind.BAMBOO_TUBE: "Tube", PotKind.DONATION_BOX: "Box"}
ACCOUNTS = {
    K.CASH_POT: "Assets:{pot}:Cash:Pot",
    K.CASH_HAND: "Assets:{pot}:Cash:Hand",
    K.CASH_BANK: "Assets:{pot}:Cash:Bank",
    K.LOAN: "Assets:{pot}:Loans",
    K.RECEIVABLE: "Assets:{pot}:Receivable",
    K.SHORTAGE_PENDING: "Assets:{pot}:ShortagePending",
    K.SAVINGS: "Liabilities:{pot}:Savings",
    K.OVERAGE_PENDING: "Liabilities:{pot}:OveragePending",
    K.FUND: "Equity:{pot}:Fund",
    K.SURPLUS: "Equity:{pot}:Surplus",
    K.OPENING: "Equity:{pot}:Opening",
    K.TRANSFER: "Equity:{pot}:Transfer",
    K.INTEREST_INCOME: "Income:{pot}:Interest",
    K.CASH_OVER: "Income:{pot}:CashOver",
    K.LOAN_RECOVERED: "Income:{pot}:LoanRecovered",
    K.EXPENSE: "Expenses:{pot}:Activities",
    K.CASH_SHORT: "Expenses:{pot}:CashShort",
    K.LOAN_LOSS: "Expenses:{pot}:LoanLoss",
}


def pot_code(kind: PotKind, number: int) -> str:
    """`Pig1`: pots are numbered in the order in which the chapter opened them."""
    return f"{POTS[kind]}{number}"


def account_name(kind: AccountKind, pot: str, owner: str | None) -> str:
    """What an account is called outside; `owner` as `owner_code` has it, or nobody."""
    name = ACCOUNTS[kind].format(pot=pot)
    return f"{name}:{owner}" if owner else name


def owner_code(owner_id: str, member_no: int | None) -> str:
    """`M003`, a member by number; whoever is no member by the end of a reference, never by name."""
    return f"M{member_no:03}" if member_no else f"X{owner_id[-12:].upper()}"
