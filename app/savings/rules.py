"""The saving rules: a line's minimum, its day, its periods; a sheet's entry and its reversal. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app import money
from app.charter.rules import check_day
from app.errors import Invalid, Refusal
from app.ledger.entry import Account, Entry, Transfer
from app.terms import NN_, AccountKind, BelongsTo, EntryKind, Kept, Period, PotKind

SMALLEST = 1000  # đồng of a line that covers no period
UNUSUAL = 2000  # times what she owes: asked about, never refused


class Line(NamedTuple):
    """What one member puts in: đồng, and how many periods it covers (0: extra or partial)."""

    member_id: str
    amount: int
    periods: int


class InForce(NamedTuple):
    """A membership: number in the book, from when to when (the leaving day included)."""

    number: int
    joined_on: date
    left_on: date | None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a sheet's rules rest on. `minimum` is the charter's on the sheet's day, in đồng."""

    pot_id: str
    belongs_to: BelongsTo
    kept: Kept
    minimum: int
    period: Period
    backdate_days: int
    members: Mapping[str, InForce]
    today: date


PERIOD_WORDS = {
    Period.DAY: NN_("ngày"),
    Period.WEEK: NN_("tuần"),
    Period.MONTH: NN_("tháng"),
    Period.SEASON: NN_("vụ"),
}


def periods_elapsed(period: Period, cycle_start: date, joined_on: date, day: date) -> int:
    """Begun periods from the later of joining and cycle start, both ends counted.

    Weeks are 7-day blocks from the cycle start, months calendar months, seasons half-years.
    """
    begin = max(cycle_start, joined_on)
    if day < begin:
        return 0
    return _ordinal(period, cycle_start, day) - _ordinal(period, cycle_start, begin) + 1


def _ordinal(period: Period, cycle_start: date, on: date) -> int:
    match period:
        case Period.DAY:
            return on.toordinal()
        case Period.WEEK:
            return (on - cycle_start).days // 7
        case Period.MONTH:
            return on.year * 12 + on.month
        case Period.SEASON:
            return on.year * 2 + (on.month > 6)


def suggested_periods(amount: int, minimum: int, behind: int) -> int:
    """What an amount covers when nobody says: what she is behind first, then in advance.

    A woman who is 7 days behind and gives 10,000 đ at 1,000 đ a day has covered 7 days and put
    3,000 đ in extra; one who is up to date pays in advance.
    """
    affordable = amount // minimum
    return min(affordable, behind) if behind > 0 else affordable


def check_line(line: Line, facts: SheetFacts, day: date, at: str) -> None:
    """`amount ≥ minimum × periods`; at least 1,000 đ where it covers none. Raises Invalid."""
    member = facts.members.get(line.member_id)
    if member is None:
        raise Invalid("member_unknown", "Chi hội không có hội viên này.", field=f"{at}.member_id")
    if day < member.joined_on or (member.left_on is not None and day > member.left_on):
        raise not_a_member_then(day, at)
    if line.amount < SMALLEST:
        raise Invalid(
            "too_little", "Ít nhất {least} một lần góp.",
            field=f"{at}.amount", least=money.show(SMALLEST),
        )  # fmt: skip
    if line.amount < facts.minimum * line.periods:
        raise Invalid(
            "too_little",
            "{amount} chưa đủ cho {periods} {word} (ít nhất {least}). Ghi {enough} {word}?",
            field=f"{at}.amount",
            amount=money.show(line.amount),
            periods=line.periods,
            word=PERIOD_WORDS[facts.period],
            least=money.show(facts.minimum * line.periods),
            enough=line.amount // facts.minimum,
        )


def not_a_member_then(day: date, at: str) -> Invalid:
    """She had not joined, or had left."""
    return Invalid(
        "not_a_member_then", "Ngày {day} chị ấy không ở trong chi hội.",
        field=f"{at}.member_id", day=day.strftime("%d/%m/%Y"),
    )  # fmt: skip


def is_unusual(amount: int, minimum: int, behind: int) -> bool:
    """So much more than she owes that a page asks whether a nought slipped in."""
    return amount > UNUSUAL * minimum * max(behind, 1)


def sheet_entry(
    facts: SheetFacts, day: date, lines: Sequence[Line], reason: str | None = None
) -> Entry:
    """The entry of one meeting's collection: cash in the pot, each woman's money as hers.

    In a fund pot the line goes to the fund, under her name for recognition. Raises Invalid with
    every problem at once, each at `lines.N.…`.
    """
    if facts.kept is Kept.HOME:
        raise Invalid("home_pot", "Lợn nuôi ở nhà chỉ ghi khi mổ lợn.", field="pot_id")
    check_day(day, facts.today, facts.backdate_days, reason)
    problems: list[Refusal] = []
    seen: set[str] = set()
    for n, line in enumerate(lines):
        try:
            if line.member_id in seen:
                raise Invalid(
                    "member_twice", "Hội viên này có hai dòng trong phiếu.",
                    field=f"lines.{n}.member_id",
                )  # fmt: skip
            check_line(line, facts, day, f"lines.{n}")
        except Invalid as problem:
            problems.append(problem)
        seen.add(line.member_id)
    if not lines:
        problems.append(Invalid("no_lines", "Phiếu chưa có ai góp.", field="lines"))
    if problems:
        raise Invalid.every(problems)
    pot = facts.pot_id
    cash = Account(pot, AccountKind.CASH_POT, pot)
    kind = AccountKind.SAVINGS if facts.belongs_to is BelongsTo.MEMBER else AccountKind.FUND
    transfers = tuple(
        Transfer(cash, Account(pot, kind, line.member_id), line.amount,
                 facts.members[line.member_id].number, line.periods)
        for line in lines
    )  # fmt: skip
    return Entry(EntryKind.SHEET, pot, day, transfers)


def check_correction(reason: str | None) -> None:
    """What belongs before a count is a correction, and says why (domain: Saving)."""
    if not reason:
        raise Invalid(
            "reason_needed",
            "Lợn đã kiểm sau ngày đó: ghi thêm thì cần lý do và chi hội trưởng ký.",
            field="reason",
        )


def check_pot(
    kind: PotKind,
    kept: Kept,
    belongs_to: BelongsTo,
    opened_on: date,
    next_breaking_on: date | None,
    chapter_from: date,
    today: date,
) -> None:
    """A vessel opens between the chapter's first day and today, and breaks after it opened."""
    if kind is PotKind.DONATION_BOX and (kept, belongs_to) != (Kept.CHAPTER, BelongsTo.FUND):
        raise Invalid(
            "box_is_a_fund", "Thùng quyên góp ở chi hội và thuộc quỹ chung.", field="belongs_to"
        )
    if kept is Kept.HOME and belongs_to is BelongsTo.FUND:
        raise Invalid("home_is_hers", "Lợn nuôi ở nhà là tiền của chị ấy.", field="belongs_to")
    if opened_on > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="opened_on")
    if opened_on < chapter_from:
        raise Invalid(
            "before_chapter", "Chi hội lập ngày {day}, chưa nuôi lợn trước ngày đó.",
            field="opened_on", day=chapter_from.strftime("%d/%m/%Y"),
        )  # fmt: skip
    if next_breaking_on is not None and next_breaking_on <= opened_on:
        raise Invalid("breaks_too_soon", "Ngày mổ phải sau ngày nuôi.", field="next_breaking_on")
