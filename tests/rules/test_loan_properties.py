"""Whatever is paid, in whatever order: what must hold of any loan."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from app.errors import Refusal
from app.loan_terms import LoanPlan, LoanState
from app.loans.dues import dues, owed
from app.loans.facts import Disbursed, Repaid, Rescheduled, Reversed
from app.loans.life import replay
from app.loans.loan import claims
from app.loans.schedule import UNIT, Terms, due_dates, elapsed
from app.loans.telling import added
from tests.rules.lending import Story

START = date(2024, 1, 31)  # its months are clipped, and Tết moves its first due date
PLANS = st.sampled_from(
    [("bullet", 1), ("bullet", 7), ("monthly", 1), ("monthly", 6), ("quarterly", 6)]
)
STORIES = st.builds(
    lambda plan, amount, rate, step: Story(
        amount, plan[1], plan[0], rate, on=f"{START:%d/%m/%Y}", step=step
    ),
    PLANS, st.integers(1, 20_000_000), st.integers(0, 166), st.sampled_from([1, 500, 1000]),
)  # fmt: skip
# Days from one payment to the next, and the share of what is owed that she brings, in percent.
PAYMENTS = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 100)), max_size=8)


def pay(story: Story, payments: list[tuple[int, int]]) -> date:
    day = START
    for days, percent in payments:
        day += timedelta(days=days)
        total = owed(story.loan, day).total
        if amount := -(-total * percent // 100):
            story.tell(Repaid(next(story.ids), day, amount))
    return day


@given(STORIES, PAYMENTS, st.integers(0, 400))
def test_payments_of_any_size_end_at_zero_and_never_below(
    story: Story, payments: list[tuple[int, int]], later: int
) -> None:
    day = pay(story, payments)
    for fact in story.facts:
        loan = replay(story.facts, fact.day)
        assert loan.principal >= 0
        assert all(claim.amount > 0 for claim in claims(loan))
        assert loan.principal == sum(row.principal_left for row in loan.rows)
        assert loan.principal + loan.repaid == loan.terms.amount
    day += timedelta(days=later)
    if rest := owed(story.loan, day).total:
        try:
            added(story.facts, Repaid("too much", day, rest + 1))
            raise AssertionError("more than is owed was taken")
        except Refusal as refusal:
            assert refusal.code == "overpaid"
        story.tell(Repaid("all of it", day, rest))
    loan = story.loan
    assert (loan.state, loan.principal, owed(loan, day).total) == (LoanState.CLOSED, 0, 0)
    assert story.ledger.get("loan") == 0
    assert owed(loan, day + timedelta(days=999)).total == 0


@given(STORIES, PAYMENTS, st.integers(0, 400))
def test_interest_never_goes_beyond_the_rate_on_what_was_out(
    story: Story, payments: list[tuple[int, int]], later: int
) -> None:
    """Paid and owed together: at most the rate on each day's principal, at most 20 % a year."""
    end = pay(story, payments) + timedelta(days=later)
    at_most, out, since = 0, story.loan.terms.amount, START
    for payment in [*story.loan.payments, None]:
        until = payment.day if payment else end
        at_most += out * (elapsed(START, until) - elapsed(START, since))
        out, since = out - (payment.principal if payment else 0), until
    interest = story.loan.interest + owed(story.loan, end).interest
    assert interest * UNIT <= at_most * story.loan.terms.rate_bp
    assert interest * 12 * 100 * (UNIT // 10_000) <= 20 * at_most


@given(STORIES, PAYMENTS, st.data())
def test_a_reversal_is_an_inverse(
    story: Story, payments: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Without the fact it takes back the loan is what it had been without it, and the ledger."""
    day = pay(story, payments)
    paid = [fact for fact in story.facts if isinstance(fact, Repaid)]
    assume(paid)
    mistake = data.draw(st.sampled_from(paid))
    never = [fact for fact in story.facts if fact is not mistake]
    story.tell(Reversed("reversal", day, mistake.id))
    assert story.loan == replay(never)
    loan = story.loan
    assert story.ledger["loan"] == loan.principal
    assert story.ledger["cash_hand"] == sum(p.amount for p in loan.payments) - loan.lent
    assert story.ledger.get("interest_income", 0) == -loan.interest


@given(STORIES, PAYMENTS)
def test_the_order_of_telling_changes_nothing(
    story: Story, payments: list[tuple[int, int]]
) -> None:
    """Told backwards, as far as the book takes it, the loan and its ledger come out the same."""
    pay(story, payments)
    days = [fact.day for fact in story.facts if isinstance(fact, Repaid)]
    assume(len(days) > 1 and len(set(days)) == len(days))
    paid = [fact for fact in story.facts if isinstance(fact, Repaid)]
    again = Story(
        story.loan.terms.amount, story.loan.terms.months, story.loan.terms.plan.value,
        story.loan.terms.rate_bp, on=f"{START:%d/%m/%Y}", step=story.loan.terms.step,
    )  # fmt: skip
    for fact in reversed(paid):
        try:
            again.tell(fact)
        except Refusal as refusal:
            assert refusal.code == "overpaid"
            assume(False)
    assert again.loan == story.loan
    assert {k: v for k, v in again.ledger.items() if v} == {
        k: v for k, v in story.ledger.items() if v
    }


@given(STORIES, PAYMENTS, st.sampled_from([("bullet", 5), ("monthly", 9), ("quarterly", 12)]))
def test_a_new_plan_changes_neither_principal_nor_what_is_owed(
    story: Story, payments: list[tuple[int, int]], plan: tuple[str, int]
) -> None:
    day = pay(story, payments)
    assume(story.loan.principal)
    before, kind = owed(story.loan, day), LoanPlan(plan[0])
    story.tell(Rescheduled("new", day, plan[1], kind, due_dates(day, plan[1], kind)))
    after = owed(story.loan, day)
    assert (after.principal, after.interest) == (before.principal, before.interest)
    assert after.days_overdue == after.due == 0
    assert sum(row.principal for row in story.loan.plan) == before.principal
    assert sum(due.principal for due in dues(story.loan, day)) == before.principal


@given(STORIES, PAYMENTS)
def test_what_is_to_come_is_what_will_be_owed(
    story: Story, payments: list[tuple[int, int]]
) -> None:
    """Who pays each sum on its day, as the page foretold, owes nothing at the end."""
    day = pay(story, payments)
    if late := owed(story.loan, day).due:
        story.tell(Repaid("arrears", day, late))
    foretold = dues(story.loan, day)
    for n, due in enumerate(foretold):
        if amount := owed(story.loan, due.due_on).due:
            story.tell(Repaid(f"due {n}", due.due_on, amount))
    paid = sum(p.amount for p in story.loan.payments if p.fact_id.startswith("due"))
    assert paid == sum(due.amount for due in foretold)
    assert owed(story.loan, max([day, *(due.due_on for due in foretold)])).total == 0


def test_terms_of_many_years_stay_whole() -> None:
    """Five years at the highest rate: no remainder is lost or made up on the way."""
    terms = Terms(123_456_789, 60, LoanPlan.MONTHLY, 166, 1)
    due = due_dates(START, 60, terms.plan)
    story = Story(123_456_789, 60, "monthly", 166, on=f"{START:%d/%m/%Y}", step=1)
    assert isinstance(story.facts[2], Disbursed) and story.facts[2].due == due
    for row in story.loan.plan:
        story.tell(Repaid(next(story.ids), row.due_on, row.principal + row.interest))
    assert story.loan.state is LoanState.CLOSED
