"""The saving rules: minimum, periods, days, sheets, and where a pot may stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Refusal
from app.ledger.entry import Account, Transfer
from app.savings.rules import (
    InForce,
    Line,
    SheetFacts,
    check_pot,
    is_unusual,
    periods_elapsed,
    sheet_entry,
    suggested_periods,
)
from app.terms import AccountKind, BelongsTo, EntryKind, Kept, Period, PotKind
from tests.story import refused

TODAY = date(2026, 10, 20)
PIG = "pig"
FACTS = SheetFacts(
    pot_id=PIG,
    belongs_to=BelongsTo.MEMBER,
    kept=Kept.CHAPTER,
    minimum=1000,
    period=Period.DAY,
    backdate_days=7,
    members={
        "lan": InForce(1, date(2025, 10, 20), None),
        "hoa": InForce(2, date(2026, 10, 1), None),
        "mai": InForce(3, date(2025, 10, 20), date(2026, 9, 30)),
    },
    today=TODAY,
)


def lines(*parts: tuple[str, int, int]) -> list[Line]:
    return [Line(*part) for part in parts]


def refusals(act: Callable[..., Any], *args: Any, **more: Any) -> list[tuple[str, str]]:
    """Every problem of a refusal, as (field, code)."""
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    return [(part.field, part.code) for part in caught.value.parts or (caught.value,)]


# A line


@pytest.mark.parametrize(
    ("amount", "periods"),
    [
        (1_000, 1),  # the movement's thousand a day
        (7_000, 7),  # góp bù: a week made good at once
        (30_000, 30),  # góp trước: a month in advance
        (50_000, 1),  # more than the minimum
        (1_000, 0),  # extra money that covers nothing
        (1_500, 1),  # odd money
    ],
)
def test_enough(amount: int, periods: int) -> None:
    entry = sheet_entry(FACTS, TODAY, lines(("lan", amount, periods)))
    assert [(t.amount, t.periods) for t in entry.transfers] == [(amount, periods)]


@pytest.mark.parametrize(
    ("amount", "periods"),
    [
        (999, 1),  # a dong short of a day
        (6_999, 7),  # a dong short of seven days
        (999, 0),  # extra money is at least a thousand too
        (1, 0),
        (0, 0),
        (-1_000, 0),
    ],
)
def test_too_little(amount: int, periods: int) -> None:
    problem = refusals(sheet_entry, FACTS, TODAY, lines(("lan", amount, periods)))
    assert problem == [("lines.0.amount", "too_little")]


def test_the_refusal_says_what_would_be_enough() -> None:
    refusal = refused("too_little", sheet_entry, FACTS, TODAY, lines(("lan", 5_000, 7)))
    assert str(refusal) == (
        "5.000\N{NO-BREAK SPACE}₫ chưa đủ cho 7 ngày (ít nhất 7.000\N{NO-BREAK SPACE}₫)."
        " Ghi 5 ngày?"
    )


def test_the_charters_own_minimum_counts() -> None:
    weekly = replace(FACTS, minimum=10_000, period=Period.WEEK)
    assert sheet_entry(weekly, TODAY, lines(("lan", 20_000, 2)))
    refusal = refused("too_little", sheet_entry, weekly, TODAY, lines(("lan", 19_000, 2)))
    assert "Ghi 1 tuần?" in str(refusal)


@pytest.mark.parametrize(
    ("who", "day", "code"),
    [
        ("lan", date(2025, 10, 20), None),  # the very day she joined
        ("hoa", date(2026, 10, 1), None),
        ("hoa", date(2026, 9, 30), "not_a_member_then"),  # the day before
        ("mai", date(2026, 9, 30), None),  # her last day is hers
        ("mai", date(2026, 10, 1), "not_a_member_then"),
        ("xuân", TODAY, "member_unknown"),  # of another chapter, or of none
    ],
)
def test_only_members_of_that_day(who: str, day: date, code: str | None) -> None:
    line = lines((who, 1_000, 1))
    if code is None:
        assert sheet_entry(FACTS, day, line, reason="mưa bão")
    else:
        found = refusals(sheet_entry, FACTS, day, line, reason="mưa bão")
        assert found == [("lines.0.member_id", code)]


# Its day


@pytest.mark.parametrize(
    ("days_ago", "reason", "problem"),
    [
        (0, None, None),
        (7, None, None),  # the charter's limit itself
        (8, None, ("reason", "reason_needed")),
        (8, "", ("reason", "reason_needed")),
        (8, "mưa bão, chiều qua mới thu được", None),
        (300, "sổ cũ", None),
        (-1, None, ("date", "in_future")),
        (-1, "thu trước", ("date", "in_future")),
    ],
)
def test_the_day(days_ago: int, reason: str | None, problem: tuple[str, str] | None) -> None:
    day = TODAY - timedelta(days=days_ago)
    if problem is None:
        assert sheet_entry(FACTS, day, lines(("lan", 1_000, 1)), reason).day == day
    else:
        assert refusals(sheet_entry, FACTS, day, lines(("lan", 1_000, 1)), reason) == [problem]


def test_a_charter_may_allow_no_back_dating_without_a_reason() -> None:
    strict = replace(FACTS, backdate_days=0)
    yesterday = TODAY - timedelta(days=1)
    assert sheet_entry(strict, TODAY, lines(("lan", 1_000, 1)))
    found = refusals(sheet_entry, strict, yesterday, lines(("lan", 1_000, 1)))
    assert found == [("reason", "reason_needed")]


# A sheet


def test_each_womans_money_is_booked_as_hers() -> None:
    entry = sheet_entry(FACTS, TODAY, lines(("lan", 5_000, 5), ("hoa", 1_000, 1)))
    cash = Account(PIG, AccountKind.CASH_POT, PIG)
    assert (entry.kind, entry.pot_id, entry.day) == (EntryKind.SHEET, PIG, TODAY)
    assert entry.transfers == (
        Transfer(cash, Account(PIG, AccountKind.SAVINGS, "lan"), 5_000, 1, 5),
        Transfer(cash, Account(PIG, AccountKind.SAVINGS, "hoa"), 1_000, 2, 1),
    )


def test_in_a_fund_pot_the_money_is_the_chapters_under_her_name() -> None:
    fund = replace(FACTS, belongs_to=BelongsTo.FUND)
    (line,) = sheet_entry(fund, TODAY, lines(("hoa", 3_000, 3))).transfers
    assert line.credit == Account(PIG, AccountKind.FUND, "hoa")
    assert line.member_no == 2


def test_a_home_pot_is_not_fed_by_sheets() -> None:
    at_home = replace(FACTS, kept=Kept.HOME)
    found = refusals(sheet_entry, at_home, TODAY, lines(("lan", 1_000, 1)))
    assert found == [("pot_id", "home_pot")]


def test_nobody_has_two_lines() -> None:
    twice = lines(("lan", 1_000, 1), ("hoa", 1_000, 1), ("lan", 2_000, 2))
    assert refusals(sheet_entry, FACTS, TODAY, twice) == [("lines.2.member_id", "member_twice")]


def test_a_sheet_has_somebody_on_it() -> None:
    assert refusals(sheet_entry, FACTS, TODAY, []) == [("lines", "no_lines")]


def test_all_problems_are_said_at_once_each_beside_its_line() -> None:
    sheet = lines(
        ("lan", 500, 0), ("hoa", 1_000, 1), ("mai", 1_000, 1), ("ai", 1_000, 1), ("lan", 9, 9)
    )
    assert refusals(sheet_entry, FACTS, TODAY, sheet) == [
        ("lines.0.amount", "too_little"),
        ("lines.2.member_id", "not_a_member_then"),
        ("lines.3.member_id", "member_unknown"),
        ("lines.4.member_id", "member_twice"),
    ]


# Periods that have begun


START = date(2025, 10, 20)  # a Monday


@pytest.mark.parametrize(
    ("period", "joined", "day", "elapsed"),
    [
        # both ends count
        (Period.DAY, START, START, 1),
        (Period.DAY, START, date(2025, 10, 26), 7),
        (Period.DAY, START, date(2026, 10, 19), 365),
        (Period.DAY, START, date(2025, 10, 19), 0),  # not begun
        (Period.DAY, date(2020, 1, 1), date(2025, 10, 21), 2),  # an old member: from the cycle on
        (Period.DAY, date(2025, 10, 24), date(2025, 10, 26), 3),  # joined later
        (Period.DAY, date(2025, 10, 24), date(2025, 10, 23), 0),
        # weeks are blocks of seven days from the cycle's start
        (Period.WEEK, START, START, 1),
        (Period.WEEK, START, date(2025, 10, 26), 1),
        (Period.WEEK, START, date(2025, 10, 27), 2),
        # she joined on a Sunday: that week is hers, the next begins on Monday all the same
        (Period.WEEK, date(2025, 10, 26), date(2025, 10, 26), 1),
        (Period.WEEK, date(2025, 10, 26), date(2025, 10, 27), 2),
        (Period.WEEK, date(2025, 10, 29), date(2025, 11, 3), 2),
        # calendar months
        (Period.MONTH, START, date(2025, 10, 31), 1),
        (Period.MONTH, START, date(2025, 11, 1), 2),
        (Period.MONTH, START, date(2026, 10, 1), 13),
        (Period.MONTH, date(2025, 12, 31), date(2026, 1, 1), 2),
        # half-years
        (Period.SEASON, START, date(2025, 12, 31), 1),
        (Period.SEASON, START, date(2026, 1, 1), 2),
        (Period.SEASON, START, date(2026, 6, 30), 2),
        (Period.SEASON, START, date(2026, 7, 1), 3),
        (Period.SEASON, date(2026, 3, 8), date(2026, 10, 20), 2),
    ],
)
def test_periods_elapsed(period: Period, joined: date, day: date, elapsed: int) -> None:
    assert periods_elapsed(period, START, joined, day) == elapsed


@given(
    period=st.sampled_from(Period),
    start=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    joined=st.dates(date(2019, 1, 1), date(2027, 1, 1)),
    day=st.dates(date(2019, 1, 1), date(2029, 1, 1)),
)
def test_a_day_later_is_at_most_a_period_more(
    period: Period, start: date, joined: date, day: date
) -> None:
    before = periods_elapsed(period, start, joined, day)
    after = periods_elapsed(period, start, joined, day + timedelta(days=1))
    assert after - before in (0, 1)
    assert (before == 0) == (day < max(start, joined))


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    joined=st.dates(date(2019, 1, 1), date(2027, 1, 1)),
    day=st.dates(date(2019, 1, 1), date(2029, 1, 1)),
)
def test_days_are_counted_one_by_one(start: date, joined: date, day: date) -> None:
    begun = range(max(start, joined).toordinal(), day.toordinal() + 1)
    assert periods_elapsed(Period.DAY, start, joined, day) == len(begun)


@pytest.mark.parametrize(
    ("amount", "behind", "suggested"),
    [
        (10_000, 7, 7),  # made good, and 3.000 extra
        (5_000, 7, 5),  # as far as it goes
        (10_000, 0, 10),  # up to date: in advance
        (10_000, -3, 10),  # ahead already
        (999, 0, 0),
        (1_999, 0, 1),
    ],
)
def test_suggested_periods(amount: int, behind: int, suggested: int) -> None:
    assert suggested_periods(amount, 1_000, behind) == suggested


@given(
    amount=st.integers(1_000, 10**7),
    minimum=st.integers(1_000, 10**6),
    behind=st.integers(-50, 400),
)
def test_a_suggestion_is_never_refused(amount: int, minimum: int, behind: int) -> None:
    facts = replace(FACTS, minimum=minimum)
    periods = suggested_periods(amount, minimum, behind)
    assert sheet_entry(facts, TODAY, lines(("lan", amount, periods)))


@pytest.mark.parametrize(
    ("amount", "behind", "asked"),
    [(2_000_000, 0, False), (2_000_001, 0, True), (2_000_001, 1, True), (60_000_001, 30, True),
     (60_000_000, 30, False)],
)  # fmt: skip
def test_a_nought_too_many_is_asked_about(amount: int, behind: int, asked: bool) -> None:
    assert is_unusual(amount, 1000, behind) is asked


# Where a pot may stand


FOUNDED = date(2020, 3, 8)
PIG_OF_MEMBERS = (PotKind.PIG, Kept.CHAPTER, BelongsTo.MEMBER)


@pytest.mark.parametrize(
    ("kind", "kept", "belongs_to", "problem"),
    [
        (PotKind.PIG, Kept.CHAPTER, BelongsTo.MEMBER, None),
        (PotKind.PIG, Kept.CHAPTER, BelongsTo.FUND, None),
        (PotKind.PIG, Kept.HOME, BelongsTo.MEMBER, None),
        (PotKind.BAMBOO_TUBE, Kept.HOME, BelongsTo.MEMBER, None),
        (PotKind.BAMBOO_TUBE, Kept.HOME, BelongsTo.FUND, "home_is_hers"),
        (PotKind.DONATION_BOX, Kept.CHAPTER, BelongsTo.FUND, None),
        (PotKind.DONATION_BOX, Kept.CHAPTER, BelongsTo.MEMBER, "box_is_a_fund"),
        (PotKind.DONATION_BOX, Kept.HOME, BelongsTo.FUND, "box_is_a_fund"),
    ],
)
def test_ways_of_keeping_a_pot(
    kind: PotKind, kept: Kept, belongs_to: BelongsTo, problem: str | None
) -> None:
    pot = (kind, kept, belongs_to, TODAY, None, FOUNDED, TODAY)
    if problem is None:
        check_pot(*pot)
    else:
        assert refusals(check_pot, *pot) == [("belongs_to", problem)]


@pytest.mark.parametrize(
    ("opened_on", "breaks_on", "problem"),
    [
        (TODAY, None, None),
        (FOUNDED, None, None),  # may lie years back
        (TODAY + timedelta(days=1), None, ("opened_on", "in_future")),
        (FOUNDED - timedelta(days=1), None, ("opened_on", "before_chapter")),
        (TODAY, TODAY + timedelta(days=1), None),
        (TODAY, TODAY, ("next_breaking_on", "breaks_too_soon")),
        (TODAY, FOUNDED, ("next_breaking_on", "breaks_too_soon")),
    ],
)
def test_the_days_of_a_pot(
    opened_on: date, breaks_on: date | None, problem: tuple[str, str] | None
) -> None:
    pot = (*PIG_OF_MEMBERS, opened_on, breaks_on, FOUNDED, TODAY)
    if problem is None:
        check_pot(*pot)
    else:
        assert refusals(check_pot, *pot) == [problem]
