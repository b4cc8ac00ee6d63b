"""What is signed of a loan, in label and value."""

from __future__ import annotations

from app import money
from app.approvals.kinds import Proposal
from app.db.tx import Tx
from app.loan_terms import LoanPlan
from app.loans.kept import kept
from app.loans.words import PLAN_WORDS


def change_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """Whose loan, what is out, what shall become of it."""
    said = proposal.payload
    found = kept(db, proposal.chapter_id, said["loan"])
    principal, interest = said["owed"]
    return [
        ("member", f"{found.number} · {found.name}"),
        ("from_day", said["date"]),
        ("loan_principal", money.show(principal)),
        *([("loan_interest", money.show(interest))] if interest else []),
        *([("loan_months", str(said["months"])), ("loan_plan", PLAN_WORDS[LoanPlan(said["plan"])])]
          if "months" in said else []),
        *([("amount", money.show(said["amount"]))] if "amount" in said else []),
        ("reason", said["reason"]),
    ]  # fmt: skip
