"""Who may borrow, in which order, and who says so: from plain facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charter.rules import Charter
from app.loan_terms import LoanPlan, LoanState
from app.loans import queue, rules, words
from app.loans.queue import Applicant
from app.loans.rules import Asked, BookState
from app.loans.schedule import Terms
from app.terms import NeedClass, Period, PotKind, Role
from app.web import language
from tests.rules.lending import d
from tests.story import refused

TODAY = d("20/10/2026")
CHARTER = Charter(
    minimum_per_period=1000, period=Period.DAY, loan_max_amount=5_000_000, loan_max_months=12,
    loan_savings_multiple=3, loan_monthly_rate_bp=50, loans_stop_days_before=14,
)  # fmt: skip
OPEN = Charter(minimum_per_period=1000, period=Period.DAY)
ASKED = Asked("lan", 3_000_000, 10, LoanPlan.MONTHLY)
BOOK = BookState(PotKind.PIG, d("1/2/2027"), 4_000_000)


# Limits of the charter and the law


def test_the_terms_freeze_the_charters_rate_and_step() -> None:
    assert rules.terms(ASKED, CHARTER) == Terms(3_000_000, 10, LoanPlan.MONTHLY, 50, 1000)


def test_at_its_limits_the_charter_lends() -> None:
    rules.check_limits(replace(ASKED, amount=5_000_000, months=12), CHARTER, 1_700_000)
    rules.check_limits(replace(ASKED, amount=3_000_000), CHARTER, 1_000_000)
    rules.check_limits(replace(ASKED, amount=10**12, months=600), OPEN, 0)


@pytest.mark.parametrize(
    ("asked", "savings", "code", "field"),
    [
        (replace(ASKED, amount=5_001_000), 9_000_000, "beyond_amount", "amount"),
        (replace(ASKED, months=13), 9_000_000, "beyond_months", "months"),
        (replace(ASKED, amount=3_000_001), 1_000_000, "beyond_multiple", "amount"),
        (replace(ASKED, months=0), 9_000_000, "months", "months"),
        (replace(ASKED, plan=LoanPlan.QUARTERLY), 9_000_000, "not_quarters", "months"),
        (replace(ASKED, amount=0), 9_000_000, "nothing_lent", "amount"),
        (replace(ASKED, guarantor_id="lan"), 9_000_000, "guarantor_herself", "guarantor_id"),
    ],
)
def test_beyond_its_limits_it_says_which(asked: Asked, savings: int, code: str, field: str) -> None:
    assert refused(code, rules.check_limits, asked, CHARTER, savings).field == field


def test_every_limit_is_named_at_once() -> None:
    asked = replace(ASKED, amount=6_000_000, months=13, guarantor_id="lan")
    found = refused("guarantor_herself", rules.check_limits, asked, CHARTER, 0)
    assert [part.code for part in found.parts] == [
        "guarantor_herself", "beyond_amount", "beyond_months", "beyond_multiple"]  # fmt: skip


LIMITS = st.none() | st.integers(0, 2_000)


@given(LIMITS, st.none() | st.integers(0, 3), st.integers(0, 1_000), st.integers(-500, 2_000))
def test_the_most_is_lent_and_a_dong_more_is_not(
    limit: int | None, times: int | None, savings: int, free: int
) -> None:
    """What she is told while she types is what the single checks keep."""
    charter = OPEN.model_copy(update={"loan_max_amount": limit, "loan_savings_multiple": times})
    most = rules.most_lent(charter, savings, free)
    book = replace(BOOK, free=free)

    def lent(amount: int) -> bool:
        asked = replace(ASKED, amount=amount)
        return not rules.standing_in_the_way(asked, charter, savings, book, TODAY)

    assert most == 0 or lent(most)
    assert not lent(most + 1)


def test_the_multiple_is_explained() -> None:
    found = refused("beyond_multiple", rules.check_limits, ASKED, CHARTER, 500_000)
    assert str(found).replace("\N{NO-BREAK SPACE}", " ") == (
        "Đã góp 500.000 ₫; quy ước cho vay nhiều nhất gấp 3 lần, là 1.500.000 ₫."
    )


def test_a_rate_beyond_the_law_is_refused_with_its_article() -> None:
    usury = CHARTER.model_copy(update={"loan_monthly_rate_bp": 167})
    assert "Điều 468" in str(refused("rate_beyond_law", rules.check_limits, ASKED, usury, 10**7))


# The state of the book


@pytest.mark.parametrize("state", LoanState)
def test_one_loan_at_a_time(state: LoanState) -> None:
    unfinished = state in (LoanState.APPLIED, LoanState.APPROVED, LoanState.RUNNING)
    if unfinished:
        refused("one_at_a_time", rules.check_one_at_a_time, [state], CHARTER)
    else:
        rules.check_one_at_a_time([state], CHARTER)
    several = CHARTER.model_copy(update={"one_loan_at_a_time": False})
    rules.check_one_at_a_time([state], several)


@pytest.mark.parametrize(
    ("day", "stops"), [("17/1/2027", False), ("18/1/2027", True), ("1/2/2027", True),
                       ("9/2/2027", True)],
)  # fmt: skip
def test_loans_stop_before_the_pig_is_broken(day: str, stops: bool) -> None:
    """Fourteen days before 1 February, and on until it is broken."""
    if stops:
        found = refused(
            "breaking_soon", rules.check_before_breaking, d(day), d("1/2/2027"), CHARTER
        )
        assert found.values == {"day": "01/02/2027", "days": 14}
    else:
        rules.check_before_breaking(d(day), d("1/2/2027"), CHARTER)
    rules.check_before_breaking(d(day), None, CHARTER)
    rules.check_before_breaking(d(day), d("1/2/2027"), OPEN)


def test_free_cash_is_what_nobody_else_waits_for() -> None:
    assert rules.free_cash(1_000, 300, 200, breaking_open=False) == 500
    assert rules.free_cash(1_000, 900, 200, breaking_open=False) == 0
    assert rules.free_cash(1_000, 0, 0, breaking_open=True) == 0
    rules.check_free(500, 500)
    assert refused("beyond_free_cash", rules.check_free, 501, 500).field == "amount"


def test_the_box_gives_and_never_lends() -> None:
    rules.check_lends(PotKind.PIG)
    refused("box_never_lends", rules.check_lends, PotKind.DONATION_BOX)


def test_all_that_stands_in_the_way_while_she_types() -> None:
    assert rules.standing_in_the_way(ASKED, CHARTER, 1_000_000, BOOK, TODAY) == []
    book = BookState(PotKind.DONATION_BOX, d("25/10/2026"), 10, (LoanState.RUNNING,))
    asked = replace(ASKED, amount=9_000_000, months=20)
    found = rules.standing_in_the_way(asked, CHARTER, 0, book, TODAY)
    assert [problem.code for problem in found] == [
        "box_never_lends", "beyond_amount", "beyond_months", "beyond_multiple", "one_at_a_time",
        "breaking_soon", "beyond_free_cash"]  # fmt: skip


# The queue


def waits(
    name: str, need: str | None, days: int, past: int = 0, amount: int = 1_000_000, pot: str = "pig"
) -> Applicant:
    on = TODAY - timedelta(days=days)
    return Applicant(name, pot, NeedClass(need) if need else None, on, past, amount)


def order(*applicants: Applicant) -> str:
    return " ".join(place.applicant.loan_id for place in queue.queue(applicants, TODAY))


def test_need_comes_first_then_waiting_then_fewer_loans_then_the_smaller_sum() -> None:
    assert (
        order(
            waits("dịu", None, 90),
            waits("cúc", "hardship", 90),
            waits("lan", "poor", 1, 5),
            waits("mai", "near_poor", 90),
            waits("hoa", "poor", 41),
        )
        == "hoa lan mai cúc dịu"
    )
    assert order(waits("a", "poor", 5, 2), waits("b", "poor", 5, 1)) == "b a"
    assert order(waits("a", "poor", 5, 1, 900), waits("b", "poor", 5, 1, 800)) == "b a"


def test_who_gave_no_class_waits_with_the_others() -> None:
    assert order(waits("a", None, 5), waits("b", "other", 6)) == "b a"
    assert order(waits("a", None, 6), waits("b", "other", 5)) == "a b"


def test_told_at_once_they_stay_in_the_order_they_were_told() -> None:
    alike = [waits(name, "poor", 5) for name in "cab"]
    assert order(*alike) == "c a b"


def said(place: queue.Place, to: str = "vi") -> str:
    told = [words.told(reason) for reason in place.reasons]
    return " · ".join(language.filled(text, values, to) for text, values in told)


def test_each_place_is_explained_in_a_line() -> None:
    places = queue.queue(
        [waits("lan", "poor", 41), waits("mai", "near_poor", 0, 2), waits("hoa", None, 1, 1)],
        TODAY,
    )
    assert [f"{place.place} {said(place)}" for place in places] == [
        "1 hộ nghèo · chờ 41 ngày · chưa vay lần nào",
        "2 hộ cận nghèo · mới xin vay · đã vay 2 lần",
        "3 không thuộc diện khó khăn · chờ 1 ngày · đã vay 1 lần",
    ]
    assert said(places[0], "en") == "poor household · has waited 41 days · never borrowed before"
    assert said(places[2], "en").endswith("has waited 1 day · borrowed 1 time before")


def test_the_sum_is_a_reason_where_it_decided() -> None:
    first, second, third = queue.queue(
        [waits("a", "poor", 5, 0, 900_000), waits("b", "poor", 5, 0, 800_000),
         waits("c", "poor", 4)], TODAY,
    )  # fmt: skip
    assert said(first).endswith("· vay 800.000\N{NO-BREAK SPACE}₫")
    assert said(second).endswith("· vay 900.000\N{NO-BREAK SPACE}₫")
    assert not said(third).endswith("₫")


def test_passing_over_whoever_waits_longer_needs_the_meetings_reason() -> None:
    """Whoever waits for another pig's money is not passed over."""
    places = queue.queue(
        [waits("hoa", "poor", 9), waits("mai", "poor", 8, pot="heo"), waits("lan", None, 9)], TODAY
    )
    passed = queue.passed_over(places, "lan")
    assert [place.applicant.loan_id for place in passed] == ["hoa"]
    assert queue.passed_over(places, "mai") == []
    for reason in (None, "", "  "):
        found = refused("out_of_order", queue.check_turn, passed, reason)
        assert (found.field, found.values) == ("out_of_order_reason", {"ahead": 1})
    queue.check_turn(passed, "Chị Lan cần tiền mổ gấp")
    queue.check_turn([], None)


APPLICANTS = st.lists(
    st.builds(
        Applicant, st.uuids().map(str), st.just("pig"), st.none() | st.sampled_from(NeedClass),
        st.dates(date(2026, 9, 1), TODAY), st.integers(0, 3), st.integers(1, 4),
    ), unique_by=lambda a: a.loan_id,
)  # fmt: skip


@given(APPLICANTS, st.randoms())
def test_the_queue_does_not_depend_on_who_is_told_first(
    applicants: list[Applicant], chance: object
) -> None:
    shuffled = list(applicants)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    def ranks(told: list[Applicant]) -> list[tuple[object, ...]]:
        return [(p.applicant.need or NeedClass.OTHER, p.applicant.applied_on,
                 p.applicant.past_loans, p.applicant.amount)
                for p in queue.queue(told, TODAY)]  # fmt: skip

    assert ranks(shuffled) == ranks(applicants)


# Two hands

HEAD, DEPUTY, TREASURER, LEADER = (
    frozenset({role}) for role in (Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER, Role.LEADER)
)
OFFICES = {"head": HEAD, "deputy": DEPUTY, "treasurer": TREASURER, "leader": LEADER}


def approve(
    who: str, borrower: str = "lan", proposed_by: str = "treasurer",
    offices: dict[str, frozenset[Role]] = OFFICES,
) -> None:  # fmt: skip
    others = {person: held for person, held in offices.items() if person != who}
    rules.check_approver(
        person_id=who, roles=offices.get(who, frozenset()), others=others,
        proposed_by=proposed_by, borrower_id=borrower,
    )  # fmt: skip


def test_the_head_approves_and_the_deputy_in_her_place() -> None:
    approve("head")
    approve("deputy")
    approve("head", proposed_by="lan")
    approve("deputy", borrower="head")


def test_nobody_approves_her_own_loan_or_proposal() -> None:
    refused("beneficiary", approve, "head", borrower="head")
    refused("same_person", approve, "head", proposed_by="head")
    refused("beneficiary", approve, "treasurer", borrower="treasurer", proposed_by="lan")


def test_the_treasurer_approves_nothing_under_whatever_office() -> None:
    refused("treasurer_pays", approve, "treasurer", proposed_by="lan")
    both = {**OFFICES, "head": HEAD | TREASURER}
    refused("treasurer_pays", approve, "head", proposed_by="lan", offices=both)
    approve("deputy", proposed_by="lan", offices=both)


def test_the_commune_signs_where_nobody_in_the_chapter_can() -> None:
    refused("not_signer", approve, "leader")
    alone = {"head": HEAD, "treasurer": TREASURER, "leader": LEADER}
    refused("not_signer", approve, "leader", offices=alone)
    approve("leader", borrower="head", offices=alone)
    approve("leader", offices={"leader": LEADER, "treasurer": TREASURER})
    approve("leader", proposed_by="lan", offices={"leader": LEADER, "head": HEAD | TREASURER})
    refused("not_signer", approve, "stranger")


def test_whoever_approved_does_not_pay_out() -> None:
    rules.check_payer("treasurer", "head")
    refused("same_person", rules.check_payer, "head", "head")


@pytest.mark.parametrize(("vote", "passes"), [(None, True), ((12, 0), True), ((7, 6), True),
                                              ((6, 6), False), ((0, 0), False), ((1, 9), False)])  # fmt: skip
def test_the_meeting_agrees_by_more_hands(vote: tuple[int, int] | None, passes: bool) -> None:
    if passes:
        rules.check_vote(vote)
    else:
        assert refused("vote_lost", rules.check_vote, vote).field == "vote"


def test_an_officers_loan_is_told_to_the_commune() -> None:
    assert rules.is_an_officers("head", OFFICES)
    assert rules.is_an_officers("mai", {"mai": frozenset({Role.INSPECTOR})})
    assert not rules.is_an_officers("lan", OFFICES)
    assert not rules.is_an_officers("leader", OFFICES)
