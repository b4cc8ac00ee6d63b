"""A loan from the hand it is put into to its last đồng: worked examples, each with its ledger."""

from __future__ import annotations

import pytest

from app.ledger.entry import Account
from app.loan_terms import LoanPlan, LoanState
from app.loans import dues
from app.loans.books import Accounts, transfers
from app.loans.facts import (
    Applied,
    Approved,
    Brought,
    Died,
    Disbursed,
    Recovered,
    Refused,
    Repaid,
    Reversed,
    Waived,
    WrittenOff,
)
from app.loans.life import replay
from app.loans.loan import at, days_overdue
from app.loans.schedule import Terms, due_dates
from app.loans.telling import added
from app.terms import AccountKind as K
from app.web import language
from tests.rules.lending import ACCOUNTS, PIG, Story, d
from tests.story import refused


def three_months(rate: int = 100) -> Story:
    """3.000.000 in three months from 10/3/2025: 10/4, 10/5, 10/6, a million each."""
    return Story(3_000_000, 3, "monthly", rate, on="10/3/2025")


# Paid as planned


def test_paid_on_its_days_it_closes_at_zero() -> None:
    story = three_months()
    assert story.pay("10/4/2025", 1_030_000) == (1_000_000, 30_000)
    assert story.pay("10/5/2025", 1_020_000) == (1_000_000, 20_000)
    assert story.loan.state is LoanState.RUNNING
    assert story.pay("10/6/2025", 1_010_000) == (1_000_000, 10_000)
    loan = story.loan
    assert (loan.state, loan.principal, loan.ended_on) == (LoanState.CLOSED, 0, d("10/6/2025"))
    assert [p.days_late for p in loan.payments] == [0, 0, 0]
    assert story.ledger == {
        "loan": 0, "cash_hand": 60_000, "interest_income": -60_000,
    }  # fmt: skip


def test_what_is_owed_today() -> None:
    """On the day half of April is over: 15 of 30 days of 1 % on 2 million are 10.000."""
    story = three_months()
    story.pay("10/4/2025", 1_030_000)
    owed = story.owed("25/4/2025")
    assert (owed.principal, owed.interest, owed.due, owed.overdue) == (2_000_000, 10_000, 0, 0)
    assert story.owed("10/5/2025").due == 1_020_000
    assert story.owed("10/5/2025").overdue == 0
    late = story.owed("11/5/2025")
    assert (late.due, late.overdue, late.days_overdue) == (1_020_000, 1_020_000, 1)
    assert late.overdue_principal == 1_000_000


def test_overpaying_is_refused_with_what_is_owed_today() -> None:
    story = three_months()
    found = refused("overpaid", story.pay, "25/3/2025", 3_014_001)
    assert (found.field, found.values["day"]) == ("amount", "25/03/2025")
    assert found.values["owed"] == "3.014.000\N{NO-BREAK SPACE}₫"  # 15 of 31 days: 14.516
    assert len(story.facts) == 3
    assert story.pay("25/3/2025", 3_014_000) == (3_000_000, 14_000)
    assert story.loan.state is LoanState.CLOSED
    refused("loan_closed", story.pay, "26/3/2025", 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_repayment(amount: int) -> None:
    assert refused("nothing_paid", three_months().pay, "10/4/2025", amount).field == "amount"


# The order of allocation


def test_the_order_in_which_money_settles() -> None:
    """On 20 May nothing was paid yet: two rows are due, ten days have run since.

    owed: interest 30.000 + 30.000, principal 2.000.000, accrued 3.000.000 × 1 % × 10/31 = 9.677
    down to 9.000, future 1.000.000
    """
    story = three_months()
    assert story.pay("20/5/2025", 35_000) == (0, 35_000)  # all interest that was due, in part
    assert story.loan.rows[0].interest_left == 0
    assert story.loan.rows[1].interest_left == 25_000
    assert story.pay("20/5/2025", 1_025_000) == (1_000_000, 25_000)  # then the oldest principal
    assert story.pay("20/5/2025", 1_000_000) == (1_000_000, 0)
    assert story.pay("20/5/2025", 10_000) == (1_000, 9_000)  # accrued, then ahead
    assert [row.principal_left for row in story.loan.plan] == [0, 0, 999_000]


def test_future_principal_fills_the_next_rows_first() -> None:
    story = three_months(0)
    story.pay("12/3/2025", 1_500_000)
    assert [row.principal_left for row in story.loan.plan] == [0, 500_000, 1_000_000]
    assert story.owed("10/4/2025").due == 0
    assert story.owed("10/5/2025").due == 500_000


def test_paid_in_between_interest_runs_by_days() -> None:
    """A million back after 10 of 31 days: 3 million for 10 days, 2 million for 21."""
    story = Story(3_000_000, 3, "bullet", 100, on="10/3/2025", step=1)
    assert story.pay("20/3/2025", 1_009_677) == (1_000_000, 9_677)
    owed = story.owed("10/4/2025")
    assert owed.interest == (3_000_000 * 10 + 2_000_000 * 21) // 31 // 100 - 9_677
    assert story.owed("10/6/2025").interest == owed.interest + 40_000  # two more whole months


def test_late_interest_runs_at_the_same_rate_on_principal_alone() -> None:
    """A month's loan, two months late: 1 % of the million each month, none on the interest."""
    story = Story(1_000_000, 1, "bullet", 100, on="10/3/2025")
    assert story.owed("10/4/2025").interest == 10_000
    assert story.owed("10/5/2025").interest == 20_000
    assert story.owed("10/6/2025").interest == 30_000
    assert story.pay("10/6/2025", 1_010_000) == (1_000_000, 10_000)  # due, then what ran since
    owed = story.owed("10/9/2025")
    assert (owed.principal, owed.interest) == (0, 20_000)  # nothing grows without principal
    assert owed.days_overdue == (d("10/9/2025") - d("10/4/2025")).days
    assert (owed.due, owed.overdue, owed.overdue_principal) == (20_000, 20_000, 0)
    assert story.pay("10/9/2025", 20_000) == (0, 20_000)
    assert story.loan.state is LoanState.CLOSED


def test_a_loan_without_interest_owes_none_however_late() -> None:
    assert three_months(0).owed("10/6/2030").interest == 0


def test_a_moved_due_date_changes_no_interest() -> None:
    """Due on 2/2/2025, in Tết, so on 3/2: who pays then pays what she would have on the 2nd."""

    def lent() -> Story:
        return Story(31_000_000, 2, "monthly", 100, on="2/1/2025", step=1)

    on_the_day, moved, late = lent(), lent(), lent()
    assert moved.rows()[0].startswith("03/02/2025")
    on_the_day.pay("2/2/2025", 15_810_000)
    moved.pay("3/2/2025", 15_810_000)
    assert moved.owed("2/3/2025") == on_the_day.owed("2/3/2025")
    assert moved.loan.payments[0].days_late == 0
    assert moved.owed("3/2/2025").overdue == 0
    late.pay("4/2/2025", 15_810_000)
    assert late.loan.payments[0].days_late == 1
    two_days = 15_500_000 * 2 // 28 // 100  # from the day itself
    assert late.owed("2/3/2025").interest - on_the_day.owed("2/3/2025").interest == two_days


def test_within_the_grace_of_a_holiday_nothing_has_run() -> None:
    story = Story(31_000_000, 1, "monthly", 100, on="2/1/2025", step=1)
    assert story.owed("2/2/2025").interest == story.owed("3/2/2025").interest == 310_000
    assert story.owed("4/2/2025").interest == 310_000 + 31_000_000 * 2 // 28 // 100
    story.pay("3/2/2025", 10_310_000)
    assert story.owed("3/2/2025").interest == 0
    assert story.owed("4/2/2025").interest == 21_000_000 * 2 // 28 // 100


# Ageing


@pytest.mark.parametrize(
    ("on", "days", "class_"),
    [
        ("10/4/2025", 0, "on_time"),
        ("11/4/2025", 1, "1_30"),
        ("10/5/2025", 30, "1_30"),
        ("11/5/2025", 31, "31_90"),
        ("9/7/2025", 90, "31_90"),
        ("10/7/2025", 91, "over_90"),
    ],
)
def test_a_loan_ages_by_its_oldest_unpaid_row(on: str, days: int, class_: str) -> None:
    loan = at(three_months().loan, d(on))
    assert days_overdue(loan) == days
    assert dues.ageing(days) == class_


def test_a_paid_row_no_longer_ages_the_loan() -> None:
    story = three_months()
    story.pay("20/5/2025", 1_060_000)
    assert story.owed("20/5/2025").days_overdue == 10
    assert story.loan.payments[0].days_late == 40


def test_all_that_is_out_has_an_age() -> None:
    """Thirty days late and on time; 306 days late; a class that nobody is in is there too."""
    late, punctual = three_months().loan, Story(500_000, 24, "bullet", on="10/3/2025").loan
    found = dues.by_age([late, punctual], d("10/5/2025"))
    assert [(aged.age.value, aged.loans, aged.principal) for aged in found] == [
        ("on_time", 1, 500_000), ("1_30", 1, 3_000_000), ("31_90", 0, 0), ("over_90", 0, 0)]  # fmt: skip
    older = dues.by_age([late, punctual], d("10/2/2026"))
    assert [aged.principal for aged in older] == [500_000, 0, 0, 3_000_000]


def test_par30_counts_all_that_is_out_of_whoever_is_late() -> None:
    late, punctual = three_months().loan, Story(500_000, 9, "bullet", on="10/3/2025").loan
    assert dues.par30([late, punctual], d("10/5/2025")) == 0
    assert dues.par30([late, punctual], d("11/5/2025")) == 3_000_000


# Taken back


def test_a_reversal_restores_everything() -> None:
    story = three_months()
    story.pay("10/4/2025", 500_000)
    before, ledger = story.loan, dict(story.ledger)
    story.pay("20/4/2025", 100_000)
    story.take_back("2", "25/4/2025")
    assert story.loan == before
    assert story.ledger == ledger


def test_a_closed_loan_runs_again() -> None:
    story = three_months(0)
    story.pay("10/4/2025", 3_000_000)
    story.take_back("1", "12/4/2025")
    assert (story.loan.state, story.loan.principal) == (LoanState.RUNNING, 3_000_000)
    story.pay("12/4/2025", 3_000_000)


def test_what_was_paid_later_is_divided_anew() -> None:
    """The first payment was another woman's: the second now pays the interest first.

    The opposite of its lines, and what the second is divided by now.
    """
    story = three_months()
    first = story.tell(Repaid("first", d("10/4/2025"), 1_030_000))
    story.pay("10/5/2025", 1_020_000)
    before = story.loan
    story.take_back("first", "15/5/2025")
    assert story.loan.payments[0][2:5] == (1_020_000, 960_000, 60_000)
    assert story.ledger == {
        "loan": 2_040_000, "cash_hand": 1_020_000 - 3_000_000, "interest_income": -60_000,
    }  # fmt: skip
    opposite = [t._replace(debit=t.credit, credit=t.debit) for t in first]
    told = transfers(ACCOUNTS, before, story.loan, opposite)
    assert [(t.debit.kind, t.credit.kind, t.amount) for t in told] == [
        (K.LOAN, K.INTEREST_INCOME, 40_000)
    ]


def test_decisions_are_taken_back_before_what_they_rest_on() -> None:
    story = three_months()
    story.pay("10/4/2025", 1_030_000)
    story.reschedule("20/4/2025", 6, "monthly")
    found = refused("later_first", story.take_back, "1", "21/4/2025")
    assert found.values == {"what": "lần gia hạn", "day": "20/04/2025"}
    refused("later_first", story.take_back, "paid out", "21/4/2025")
    refused("not_standing", story.take_back, "asked", "21/4/2025")
    refused("not_standing", story.take_back, "nothing", "21/4/2025")
    story.take_back("2", "21/4/2025")
    refused("not_standing", story.take_back, "2", "21/4/2025")
    story.take_back("1", "21/4/2025")
    story.take_back("paid out", "21/4/2025")
    assert story.loan.state is LoanState.APPROVED
    assert set(story.ledger.values()) == {0}


def test_what_was_paid_out_is_not_taken_back_under_a_repayment() -> None:
    story = three_months()
    story.pay("10/4/2025", 1_030_000)
    found = refused("later_first", story.take_back, "paid out", "11/4/2025")
    assert found.values["what"] == "lần trả nợ"


def test_the_day_before_a_reversal_the_mistake_stood() -> None:
    """As in the ledger: a reversal counts on its own day."""
    story = three_months(0)
    story.pay("10/4/2025", 1_000_000)
    story.take_back("1", "15/4/2025")
    assert replay(story.facts, d("14/4/2025")).principal == 2_000_000
    assert replay(story.facts, d("15/4/2025")).principal == 3_000_000


# Told late


def test_a_repayment_told_late_goes_between_the_others() -> None:
    """Both orders of telling end in the same loan and the same ledger."""
    late, at_once = three_months(), three_months()
    at_once.pay("25/3/2025", 700_000)
    at_once.pay("10/4/2025", 500_000)
    late.tell(Repaid("2", d("10/4/2025"), 500_000))
    late.tell(Repaid("1", d("25/3/2025"), 700_000))
    assert late.loan == at_once.loan
    assert late.ledger == at_once.ledger


def test_no_later_payment_becomes_too_much() -> None:
    story = three_months(0)
    story.pay("10/4/2025", 2_500_000)
    assert refused("overpaid", story.pay, "25/3/2025", 600_000).values["day"] == "10/04/2025"
    story.pay("25/3/2025", 500_000)


def test_dates_come_in_their_order() -> None:
    story = three_months()
    found = refused("before_last", story.pay, "9/3/2025", 1)
    assert (found.field, found.values["what"]) == ("date", "lần trao tiền")
    assert "has the paying out of 10/03/2025" in language.sentence(found, "en")
    story.pay("10/4/2025", 30_000)
    assert refused("before_last", story.pay, "9/3/2025", 1).values["day"] == "10/03/2025"
    found = refused("before_last", story.reschedule, "9/4/2025", 6, "monthly")
    assert found.values == {"what": "lần trả nợ", "day": "10/04/2025"}


def test_between_a_mistake_and_its_reversal_both_must_fit() -> None:
    """Until the 15th the mistake is in the book: with 600.000 more she had overpaid."""
    story = three_months(0)
    story.pay("10/4/2025", 2_500_000)
    story.take_back("1", "15/4/2025")
    found = refused("reversed_later", story.pay, "10/4/2025", 600_000)
    assert found.values["day"] == "15/04/2025"
    story.pay("10/4/2025", 500_000)
    story.pay("15/4/2025", 600_000)


# Reschedule, waive, write off, recover, die


def test_a_new_plan_takes_unpaid_interest_along_and_never_as_capital() -> None:
    """On 20 May: 60.000 of interest was due, 9.000 had accrued; 3 million in six more months."""
    story = three_months()
    story.reschedule("20/5/2025", 6, "quarterly")
    assert story.rows() == [
        "20/08/2025 0 + 69000",
        "20/08/2025 1500000 + 90000",
        "20/11/2025 1500000 + 45000",
    ]
    loan = story.loan
    assert [row.principal for row in loan.old_plans[0]] == [1_000_000] * 3
    assert (loan.principal, loan.interest) == (3_000_000, 0)
    assert story.owed("20/5/2025").days_overdue == 0
    assert story.owed("20/8/2025").due == 1_659_000
    assert story.pay("21/8/2025", 1_659_000) == (1_500_000, 159_000)


def test_fixed_interest_is_paid_before_what_accrues_and_never_grows() -> None:
    story = three_months()
    story.reschedule("20/5/2025", 6, "bullet")
    assert story.owed("20/5/2025").interest == 69_000
    assert story.pay("20/6/2025", 70_000) == (0, 70_000)
    assert story.loan.rows[0].interest_left == 0
    assert story.owed("20/11/2025").interest == 6 * 30_000 - 1_000


def test_a_new_plan_counts_its_months_from_its_own_day() -> None:
    """From 25/1 to 25/2 is one month, whatever day the loan was paid out."""
    story = Story(31_000_000, 3, "bullet", 100, on="10/1/2025", step=1)
    story.reschedule("25/1/2025", 1, "bullet")
    assert story.owed("25/2/2025").interest == 150_000 + 310_000


def test_a_plan_needs_principal() -> None:
    story = Story(1_000_000, 1, "bullet", 100, on="10/3/2025")
    story.pay("10/5/2025", 1_010_000)
    refused("only_interest_left", story.reschedule, "11/5/2025", 3, "monthly")
    refused("only_interest_left", story.tell, WrittenOff("off", d("11/5/2025")))
    assert story.tell(Waived("let go", d("11/5/2025"), 10_000)) == ()
    assert story.loan.state is LoanState.CLOSED


def test_interest_is_waived_oldest_first_and_leaves_no_entry() -> None:
    story = three_months()
    assert story.tell(Waived("let go", d("20/5/2025"), 40_000)) == ()
    assert [row.interest_left for row in story.loan.rows[:2]] == [0, 20_000]
    found = refused("overpaid", story.tell, Waived("more", d("20/5/2025"), 29_001))
    assert found.values["owed"] == "29.000\N{NO-BREAK SPACE}₫"
    assert story.loan.principal == 3_000_000


def test_a_write_off_and_what_came_back_after_all() -> None:
    story = three_months()
    story.pay("10/4/2025", 1_030_000)
    story.tell(WrittenOff("off", d("1/12/2025")))
    loan = story.loan
    assert (loan.state, loan.written_off, loan.principal) == (LoanState.WRITTEN_OFF, 2_000_000, 0)
    assert story.owed("1/1/2026").total == story.owed("1/1/2026").days_overdue == 0
    refused("loan_written_off", story.pay, "2/12/2025", 1)
    story.tell(Recovered("back", d("1/2/2026"), 500_000))
    assert story.ledger == {
        "loan": 0, "cash_hand": 1_530_000 - 3_000_000, "interest_income": -30_000,
        "loan_loss": 2_000_000, "loan_recovered": -500_000,
    }  # fmt: skip
    refused("overpaid", story.tell, Recovered("too much", d("2/2/2026"), 1_500_001))
    story.take_back("back", "3/2/2026")
    story.take_back("off", "3/2/2026")
    assert story.loan.state is LoanState.RUNNING
    assert story.ledger["loan"] == 2_000_000
    assert story.ledger["loan_loss"] == story.ledger["loan_recovered"] == 0


def test_a_death_ends_interest_and_leaves_the_plan() -> None:
    """25 March is 15 of 31 days: 14.516, down to 14.000, however long it takes her people."""
    story = three_months()
    story.tell(Died("died", d("25/3/2025")))
    assert story.owed("25/3/2025").interest == 14_000
    assert story.owed("10/4/2025").due == 1_014_000
    assert story.owed("10/4/2027").interest == 14_000
    assert story.pay("10/4/2027", 3_014_000) == (3_000_000, 14_000)


def test_a_debt_is_set_off_against_her_savings() -> None:
    story = three_months()
    hers = Account(PIG, K.SAVINGS, "lan")
    before = story.loan
    after = added(story.facts, Repaid("set off", d("10/4/2025"), 100_000, set_off=True))
    told = transfers(Accounts(PIG, "loan", 7, hers), before, after)
    assert [(t.debit, t.credit.kind, t.amount, t.member_no) for t in told] == [
        (hers, K.LOAN, 70_000, 7),
        (hers, K.INTEREST_INCOME, 30_000, 7),
    ]
    assert after.payments[0].set_off


def test_a_running_loan_of_a_paper_book() -> None:
    """Six months, four paid by the day the book was opened: two rows are left, one is late."""
    story = Story(6_000_000, 6, "monthly", 100, on="10/3/2025")
    story.tell(Brought("brought", d("15/8/2025"), 2_000_000))
    loan = story.loan
    assert (loan.principal, loan.interest) == (2_000_000, 0)
    assert [row.principal_left for row in loan.plan] == [0, 0, 0, 0, 1_000_000, 1_000_000]
    owed = story.owed("15/8/2025")
    assert (owed.interest, owed.overdue, owed.days_overdue) == (0, 1_000_000, 5)
    assert story.owed("15/9/2025").interest > 0
    for outstanding in (0, 6_000_001):
        other = Story(6_000_000, 6, "monthly", on="10/3/2025")
        refused("outstanding", other.tell, Brought("b", d("15/8/2025"), outstanding))


# States


def test_facts_fit_the_state() -> None:
    terms = Terms(1_000_000, 1, LoanPlan.BULLET)
    day = d("10/3/2025")
    asked = [Applied("1", day, terms)]
    out = Disbursed("3", day, due_dates(day, 1, LoanPlan.BULLET))
    assert replay(asked).state is LoanState.APPLIED
    refused("loan_applied", added, asked, out)
    refused("loan_applied", added, asked, Repaid("2", day, 1))
    no = [*asked, Refused("2", day)]
    assert replay(no).state is LoanState.REFUSED
    refused("loan_refused", added, no, Approved("3", day))
    yes = [*asked, Approved("2", day)]
    assert replay(yes).state is LoanState.APPROVED
    refused("loan_approved", added, yes, Repaid("3", day, 1))
    refused("loan_running", added, [*yes, out], Approved("4", day))
    refused("loan_running", added, [*yes, out], Recovered("4", day, 1))
    found = refused("before_last", added, asked, Approved("2", d("9/3/2025")))
    assert found.values["what"] == "đơn vay"
    refused("not_standing", added, yes, Reversed("3", day, "3"))


def test_a_loan_that_does_not_run_earns_nothing() -> None:
    """An application that waited for weeks; a loan paid off early, whose plan stays as it was."""
    day = d("10/3/2025")
    asked = Applied("1", day, Terms(3_000_000, 3, LoanPlan.MONTHLY, 100))
    agreed = added([asked], Approved("2", d("1/4/2025")))
    assert (agreed.applied_on, agreed.approved_on) == (day, d("1/4/2025"))
    story = three_months()
    story.pay("20/3/2025", 3_009_000)
    assert at(story.loan, d("1/1/2026")).rows == story.loan.rows
    assert at(story.loan, d("1/1/2026")).on == d("1/1/2026")


def test_the_ledger_of_paying_out() -> None:
    story = three_months()
    assert story.ledger == {"loan": 3_000_000, "cash_hand": -3_000_000}


# Ahead


def test_the_next_seven_days_and_what_is_late() -> None:
    story = three_months()
    assert dues.late_and_soon(story.loan, d("2/4/2025")) == ([], [])
    late, (soon,) = dues.late_and_soon(story.loan, d("3/4/2025"))
    assert (late, soon.due_on, soon.principal, soon.interest) == (
        [], d("10/4/2025"), 1_000_000, 30_000)  # fmt: skip
    assert [len(found) for found in dues.late_and_soon(story.loan, d("10/4/2025"))] == [0, 1]
    (late_one,), soon_ones = dues.late_and_soon(story.loan, d("11/4/2025"))
    assert (late_one.amount, soon_ones) == (1_030_000, [])


def test_what_is_to_come_counts_with_what_was_paid_early() -> None:
    """A million early on 10/3: 2 million earn 20.000, 20.000, 10.000."""
    story = three_months()
    story.pay("10/3/2025", 1_000_000)
    assert [(due.principal, due.interest) for due in dues.dues(story.loan, d("10/3/2025"))] == [
        (0, 20_000), (1_000_000, 20_000), (1_000_000, 10_000)]  # fmt: skip


def test_the_interest_after_the_term_is_to_come_too() -> None:
    story = Story(1_000_000, 1, "bullet", 100, on="10/3/2025")
    assert [due.amount for due in dues.dues(story.loan, d("10/5/2025"))] == [1_010_000, 10_000]
    assert dues.dues(replay(story.facts[:2]), d("10/5/2025")) == []
