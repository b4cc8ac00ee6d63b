"""A loan is the replay of the facts that stand: its state, its rows, who paid what. Pure.

`replay` folds the facts of one loan. Nothing else knows how a loan changes (ADR 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from app import money
from app.errors import Conflict, Invalid
from app.loan_terms import LoanState
from app.loans.facts import (
    Applied,
    Approved,
    Brought,
    Died,
    Disbursed,
    Fact,
    Recovered,
    Refused,
    Repaid,
    Rescheduled,
    Reversed,
    Waived,
    WrittenOff,
)
from app.loans.loan import Claim, Loan, Payment, at, claims, days_overdue, growth
from app.loans.schedule import NEVER, Row, planned
from app.terms import N_

S = LoanState


def standing(facts: Iterable[Fact], on: date | None = None) -> list[Fact]:
    """The facts that count on a day as the book stood then, by their days, then as told.

    What was reversed counts until the day of its reversal, as in the ledger.
    """
    known = [fact for fact in facts if on is None or fact.day <= on]
    gone = {fact.of for fact in known if isinstance(fact, Reversed)}
    kept = [f for f in known if not isinstance(f, Reversed) and f.id not in gone]
    return sorted(kept, key=lambda fact: fact.day)


def replay(facts: Iterable[Fact], on: date | None = None) -> Loan:
    """The loan on a day (the day of its last fact where none is named), told from its facts.

    The first is Applied. Raises Conflict `loan_<state>` where a fact does not fit the state,
    Invalid `overpaid`, `nothing_paid` where an amount does not.
    """
    first, *rest = standing(facts, on)
    if not isinstance(first, Applied):
        raise unfit(S.APPLIED)
    loan = Loan(first.terms, S.APPLIED, first.day, first.day)
    for fact in rest:
        loan = _after(at(loan, fact.day), fact)
    return loan if on is None else at(loan, on)


def _settle(loan: Loan, amount: int, owed: Sequence[Claim], *, waive: bool = False) -> Loan:
    """`amount` goes to these claims in their order. Raises Invalid `overpaid`, `nothing_paid`."""
    check_amount(amount, sum(claim.amount for claim in owed), loan.on)
    rows, grown, left = list(loan.rows), loan.grown, amount
    principal = 0
    for claim in owed:
        part = min(left, claim.amount)
        left -= part
        row = rows[claim.row]
        if waive:
            rows[claim.row] = row._replace(waived=row.waived + part)
        elif claim.of_interest:
            rows[claim.row] = row._replace(interest_paid=row.interest_paid + part)
        else:
            if row.ends_on < loan.on <= row.due_on:
                grown -= growth(loan, part, row.ends_on, loan.on)
            rows[claim.row] = row._replace(principal_paid=row.principal_paid + part)
            principal += part
    interest = 0 if waive else amount - principal
    settled = replace(
        loan, rows=tuple(rows), grown=grown, principal=loan.principal - principal,
        repaid=loan.repaid + principal, interest=loan.interest + interest,
    )  # fmt: skip
    if settled.principal or claims(settled):
        return settled
    return replace(settled, state=S.CLOSED, ended_on=loan.on)


def check_amount(amount: int, owed: int, on: date) -> None:
    """Something, and no more than is owed. Raises Invalid `nothing_paid`, `overpaid`."""
    if amount < 1:
        raise Invalid("nothing_paid", "Mời chị ghi số tiền.", field="amount")
    if amount > owed:
        too_much = Invalid(
            "overpaid", "Ngày {day} chỉ còn phải trả {owed}.",
            field="amount", day=on.strftime("%d/%m/%Y"), owed=money.show(owed),
        )  # fmt: skip
        too_much.beside = {"owed": owed}
        raise too_much


def _disbursed(loan: Loan, fact: Disbursed) -> Loan:
    rows = _with_tail(planned(loan.terms, fact.day, fact.due))
    out = loan.terms.amount
    return replace(loan, state=S.RUNNING, disbursed_on=fact.day, began_on=fact.day, rows=rows,
                   principal=out, lent=out)  # fmt: skip


def _with_tail(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return (*rows, Row(NEVER, rows[-1].due_on, 0, 0))


def _brought(loan: Loan, fact: Brought) -> Loan:
    """The paper book's payments filled the rows in order; all interest until then is settled."""
    if interest := _interest(loan):
        loan = _settle(loan, sum(claim.amount for claim in interest), interest, waive=True)
    paid = loan.principal - fact.outstanding
    if not 0 < fact.outstanding <= loan.principal:
        raise Invalid("outstanding", "Số còn nợ phải lớn hơn 0, nhiều nhất là số đã vay.",
                      field="outstanding")  # fmt: skip
    principal = [claim for claim in claims(loan) if not claim.of_interest]
    return _settle(loan, paid, principal) if paid else loan


def _repaid(loan: Loan, fact: Repaid) -> Loan:
    late = days_overdue(loan)
    after = _settle(loan, fact.amount, claims(loan))
    principal, interest = after.repaid - loan.repaid, after.interest - loan.interest
    paid = Payment(fact.id, fact.day, fact.amount, principal, interest, late, fact.set_off)
    return replace(after, payments=(*loan.payments, paid))


def _rescheduled(loan: Loan, fact: Rescheduled) -> Loan:
    """Unpaid interest becomes a fixed first row, never capital; the old plan is kept."""
    _check_principal(loan)
    unpaid = sum(claim.amount for claim in _interest(loan))
    terms = replace(loan.terms, amount=loan.principal, months=fact.months, plan=fact.plan)
    rows = planned(terms, fact.day, fact.due)
    if unpaid:
        brought = Row(rows[0].ends_on, rows[0].due_on, 0, unpaid, fixed=True)
        rows = (brought, *rows)
    return replace(loan, rows=_with_tail(rows), began_on=fact.day, grown=0,
                   old_plans=(*loan.old_plans, loan.plan))  # fmt: skip


# The state that each kind of fact needs.
NEEDS: dict[type[Fact], LoanState] = {
    Approved: S.APPLIED, Refused: S.APPLIED, Disbursed: S.APPROVED, Recovered: S.WRITTEN_OFF,
    **dict.fromkeys((Brought, Repaid, Rescheduled, Waived, WrittenOff, Died), S.RUNNING),
}  # fmt: skip


def _after(loan: Loan, fact: Fact) -> Loan:
    if loan.state is not NEEDS.get(type(fact)):
        raise unfit(loan.state)
    match fact:
        case Approved():
            loan = replace(loan, state=S.APPROVED, approved_on=fact.day)
        case Refused():
            loan = replace(loan, state=S.REFUSED, ended_on=fact.day)
        case Disbursed():
            loan = _disbursed(loan, fact)
        case Brought():
            loan = _brought(loan, fact)
        case Repaid():
            loan = _repaid(loan, fact)
        case Rescheduled():
            loan = _rescheduled(loan, fact)
        case Waived():
            loan = _settle(loan, fact.amount, _interest(loan), waive=True)
        case WrittenOff():
            _check_principal(loan)
            loan = replace(loan, state=S.WRITTEN_OFF, ended_on=fact.day,
                           principal=0, written_off=loan.principal)  # fmt: skip
        case Recovered():
            check_amount(fact.amount, loan.written_off - loan.recovered, fact.day)
            loan = replace(loan, recovered=loan.recovered + fact.amount)
        case Died():
            loan = replace(loan, died_on=fact.day)
    return loan


def _interest(loan: Loan) -> list[Claim]:
    return [claim for claim in claims(loan) if claim.of_interest]


def _check_principal(loan: Loan) -> None:
    if not loan.principal:
        raise Conflict("only_interest_left", "Gốc đã trả hết, chỉ còn tiền lãi.")


_STANDS = {
    S.APPLIED: N_("Đơn vay này chưa được duyệt."),
    S.APPROVED: N_("Khoản vay này đã duyệt, chưa trao tiền."),
    S.REFUSED: N_("Đơn vay này không được duyệt."),
    S.RUNNING: N_("Khoản vay này đã trao tiền rồi."),
    S.CLOSED: N_("Khoản vay này đã trả xong."),
    S.WRITTEN_OFF: N_("Khoản vay này đã xóa nợ."),
}


def unfit(state: LoanState) -> Conflict:
    """What was asked does not fit how the loan stands."""
    return Conflict(f"loan_{state}", _STANDS[state])
