"""A chapter that lends, in stories: asked, approved, paid out, paid back; each loan as one line.

lends = Lends(doai, hand=2_000_000)
loan = lends.lent("Lan", 900_000, 9)
lends.repays(loan, 100_000)
lends.loans('''
    Lan running 800.000 of 900.000
''')
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock
from app.approvals.actions import Waiting
from app.ledger.receipts import EntryPosted, Receipt
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans import actions, changing, paying
from app.loans.kept import Kept, all_kept, kept
from app.loans.paying import Back, PaidBack, PaidOut
from app.loans.rules import Asked
from app.terms import Actor
from tests.story import Chapter, a_ticket, dong, tidy
from tests.till import Till


class Lends:
    """What a chapter lends out of a pot (its pig unless told otherwise)."""

    def __init__(self, doai: Chapter, pot: str = "") -> None:
        self.doai = doai
        self.till = Till(doai, pot)
        self.pot = self.till.pot

    # What people do

    def asks(
        self, name: str, amount: int, months: int = 10, plan: str = "monthly", *,
        on: date | None = None, by: Actor | None = None, purpose: str = "livestock",
        guarantor: str | None = None, pot: str = "", **more: Any,
    ) -> str:  # fmt: skip
        """She asks; the loan's id."""
        asked = Asked(
            self.doai.members.get(name, name), amount, months, LoanPlan(plan),
            self.doai.members.get(guarantor, guarantor) if guarantor else None,
        )  # fmt: skip
        made = self.doai.db.write_now(
            actions.apply,
            actor=by or self.doai.treasurer,
            chapter_id=self.doai.id,
            pot_id=pot or self.pot,
            day=on or clock.today(),
            asked=asked,
            purpose=LoanPurpose(purpose),
            **more,
        )
        assert made.state == "applied"
        return made.id

    def approves(self, loan: str, by: Actor | None = None, **more: Any) -> None:
        """The head, unless somebody else is told."""
        made = self.doai.db.write_now(
            actions.approve, actor=by or self.doai.head, loan_id=loan, **more
        )
        assert (made.id, made.state) == (loan, "approved")

    def refuses(self, loan: str, by: Actor | None = None, **more: Any) -> None:
        made = self.doai.db.write_now(
            actions.refuse, actor=by or self.doai.head, loan_id=loan, **more
        )
        assert (made.id, made.state) == (loan, "refused")

    def pays_out(
        self, loan: str, *, on: date | None = None, by: Actor | None = None, key: str | None = None
    ) -> PaidOut:
        day = on or clock.today()
        return self.doai.db.write_now(
            paying.disburse, actor=by or self.doai.treasurer, loan_id=loan, day=day,
            ticket=a_ticket(key, "out", loan, day),
        ).value  # fmt: skip

    def lent(self, name: str, amount: int, months: int = 10, plan: str = "monthly",
             **more: Any) -> str:  # fmt: skip
        """All three: asked, approved and paid out on one day."""
        loan = self.asks(name, amount, months, plan, **more)
        self.approves(loan)
        self.pays_out(loan, on=more.get("on"))
        return loan

    def repays(
        self, loan: str, amount: int, *, on: date | None = None, key: str | None = None,
        by: Actor | None = None,
    ) -> PaidBack:  # fmt: skip
        day = on or clock.today()
        return self.doai.db.write_now(
            paying.repay, actor=by or self.doai.treasurer, loan_id=loan, day=day, amount=amount,
            ticket=a_ticket(key, "back", loan, day, amount), reason="ghi muộn",
        ).value  # fmt: skip

    def recovers(self, loan: str, amount: int, *, on: date | None = None) -> Back:
        day = on or clock.today()
        return self.doai.db.write_now(
            paying.recover, actor=self.doai.treasurer, loan_id=loan, day=day, amount=amount,
            ticket=a_ticket(None, "again", loan, day, amount),
        ).value  # fmt: skip

    def asks_to_reschedule(self, loan: str, months: int, plan: str = "monthly",
                           **more: Any) -> Waiting:  # fmt: skip
        return self.doai.db.write_now(
            changing.reschedule, actor=more.get("by", self.doai.treasurer), loan_id=loan,
            months=months, plan=LoanPlan(plan), reason="mất mùa",
        )  # fmt: skip

    def asks_to_waive(self, loan: str, amount: int, *, on: date | None = None) -> Waiting:
        return self.doai.db.write_now(
            changing.waive, actor=self.doai.treasurer, loan_id=loan, day=on or clock.today(),
            amount=amount, reason="ốm nặng",
        )  # fmt: skip

    def asks_to_write_off(self, loan: str, *, on: date | None = None) -> Waiting:
        day = on or clock.today()
        return self.doai.db.write_now(
            changing.write_off, actor=self.doai.treasurer, loan_id=loan, day=day,
            reason="đi biệt tích", ticket=a_ticket(None, "lost", loan, day),
        ).value  # fmt: skip

    def takes_back(self, entry_id: str) -> Any:
        """The entry is reversed; where it takes two, both sign."""
        done = self.asks_to_take_back(entry_id)
        return self.till.signs(done) if isinstance(done, Waiting) else done

    def asks_to_take_back(self, entry_id: str) -> Any:
        """The treasurer reverses it, or asks for the second signature."""
        return self.doai.reverse(EntryPosted(entry_id, 0, [], Receipt(0, "")))

    # How the loans stand

    def kept(self, loan: str) -> Kept:
        return self.doai.db.read_now(kept, self.doai.id, loan)

    def loans(self, expected: str) -> None:
        """Every loan is exactly this text, and `solon verify` finds nothing."""
        names = {member: name for name, member in self.doai.members.items()}
        lines = [
            f"{names[of.member_id]} {of.state.value} {dong(of.loan.principal)}"
            f" of {dong(of.applied.terms.amount)}"
            for of in self.doai.db.read_now(all_kept, self.doai.id)
        ]
        assert "\n".join(lines) == tidy(expected)
        self.till.adds_up()
