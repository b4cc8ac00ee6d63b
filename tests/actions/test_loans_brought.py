"""A paper book with loans that run: told with their old days, and as late as they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.approvals import queries as approvals
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.errors import Refusal
from app.loan_terms import LoanPlan
from app.loans.bringing import Running
from app.loans.kept import all_kept
from app.loans.queries import standing
from app.terms import BelongsTo, PotKind
from tests.lent import Lends
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_key, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai", loan_monthly_rate_bp=100)


@pytest.fixture
def lends(doai: Chapter) -> Lends:
    return Lends(doai)


def lan(doai: Chapter, outstanding: int = 600_000, **more: Any) -> Running:
    """Lan borrowed 900.000 for nine months on 20/7/2026 and paid three rows back."""
    old: dict[str, Any] = {"amount": 900_000, "months": 9, "plan": LoanPlan.MONTHLY,
                           "disbursed_on": date(2026, 7, 20)}  # fmt: skip
    return Running(doai.members["Lan"], outstanding, **(old | more))


def test_what_is_out_belongs_to_the_pot(lends: Lends, doai: Chapter) -> None:
    lends.till.opens("Hoa 500.000, Mai 200.000", hand=300_000, loans=[lan(doai)])
    lends.loans("Lan running 600.000 of 900.000")
    lends.till.stands("""
        cash_hand 300.000
        loan Lan 600.000
        savings Hoa 500.000
        savings Mai 200.000
        surplus 200.000
    """)


def test_its_rows_are_as_late_as_they_are(lends: Lends, doai: Chapter, clock: StoryClock) -> None:
    """Two of three rows were paid by 20/10; the third is late from 20/10 on, interest apart."""
    lends.till.opens(hand=100_000, loans=[lan(doai, 700_000)])
    (loan,) = [of.id for of in doai.db.read_now(all_kept, doai.id)]
    assert standing(lends.kept(loan), TODAY).owed.due == 100_000
    late = standing(lends.kept(loan), TODAY + 11 * DAY)
    assert (late.owed.overdue, late.owed.days_overdue) == (100_000, 11)
    clock.tell(date(2026, 11, 20))
    assert refused("overpaid", lends.repays, loan, 707_001).beside == {"owed": 707_000}
    lends.repays(loan, 707_000)
    lends.loans("Lan closed 0 of 900.000")


def test_what_the_paper_does_not_say_is_filled_in(lends: Lends, doai: Chapter) -> None:
    lends.till.opens(loans=[Running(doai.members["Lan"], 250_000)])
    (of,) = doai.db.read_now(all_kept, doai.id)
    terms = of.applied.terms
    assert (terms.amount, terms.months, terms.plan, terms.rate_bp) == (250_000, 12, "bullet", 100)
    assert of.loan.disbursed_on == TODAY
    lends.till.stands("""
        loan Lan 250.000
        surplus 250.000
    """)


def test_what_two_sign_names_the_loans(lends: Lends, doai: Chapter) -> None:
    waits = lends.till.asks_to_open("Hoa 500.000", hand=300_000, loans=[lan(doai)])
    assert isinstance(waits, Waiting)
    (approval,) = doai.db.read_now(approvals.waiting, actor=doai.head)
    shown = dict(doai.db.read_now(approvals.shown, approval))
    assert shown["lent.1 · Nguyễn Thị Lan"] == "600.000\N{NO-BREAK SPACE}₫"
    assert shown["rest"] == "400.000\N{NO-BREAK SPACE}₫"


def test_an_opening_taken_back_takes_its_loans_back(lends: Lends, doai: Chapter) -> None:
    opened = lends.till.opens("Hoa 500.000", hand=300_000, loans=[lan(doai)])
    lends.takes_back(opened["id"])
    lends.loans("Lan refused 0 of 900.000")
    lends.till.stands("")
    lends.till.opens("Hoa 500.000", hand=300_000, loans=[lan(doai, 500_000)])
    lends.loans("""
        Lan refused 0 of 900.000
        Lan running 500.000 of 900.000
    """)


def test_not_once_she_has_paid_since(lends: Lends, doai: Chapter) -> None:
    opened = lends.till.opens(hand=300_000, loans=[lan(doai)])
    (of,) = doai.db.read_now(all_kept, doai.id)
    paid = lends.repays(of.id, 50_000)
    refused("later_first", lends.takes_back, opened["id"])
    lends.takes_back(paid.id)
    lends.takes_back(opened["id"])
    lends.loans("Lan refused 0 of 900.000")


def problems(refusal: Refusal) -> list[tuple[str, str]]:
    return [(part.field, part.code) for part in refusal.parts]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"outstanding": 900_001}, ("loans.0.outstanding", "outstanding")),
        ({"disbursed_on": TODAY + DAY}, ("loans.0.disbursed_on", "paid_out_later")),
        ({"plan": LoanPlan.QUARTERLY, "months": 8}, ("loans.0.months", "not_quarters")),
        ({"monthly_rate_bp": 167}, ("loans.0.amount", "rate_beyond_law")),
        ({"guarantor_id": a_key()}, ("loans.0.guarantor_id", "member_unknown")),
    ],
    ids=["beyond", "later", "quarters", "rate", "guarantor"],
)
def test_what_no_paper_can_say(
    lends: Lends, doai: Chapter, more: dict[str, Any], problem: tuple[str, str]
) -> None:
    before = doai.head_now()
    refusal = refused(problem[1], lends.till.asks_to_open, loans=[lan(doai, **more)])
    assert problems(refusal) == [problem]
    assert doai.head_now() == before


def test_strangers_and_boxes_do_not_borrow(lends: Lends, doai: Chapter) -> None:
    refused("member_unknown", lends.till.asks_to_open, loans=[Running(a_key(), 1_000)])
    box = Lends(doai, doai.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND,
                                    name="thùng"))  # fmt: skip
    refused("box_never_lends", box.till.asks_to_open, loans=[lan(doai)])
