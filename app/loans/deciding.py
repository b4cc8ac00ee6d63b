"""Who may decide about a loan: the rule with what the book says of her. Reads only."""

from __future__ import annotations

from app.access.queries import require
from app.access.rules import May
from app.approvals.queries import officers, roles_towards
from app.db.tx import Tx
from app.errors import Refusal
from app.loans import rules
from app.loans.kept import Kept
from app.terms import Actor


def check_decides(db: Tx, actor: Actor, of: Kept) -> None:
    """Whether she may decide about a loan. Raises NotAllowed (rules.check_approver)."""
    require(db, actor=actor, may=May.DECIDE_LOANS, unit_id=of.chapter_id)
    rules.check_approver(
        person_id=actor.person_id,
        roles=roles_towards(db, actor, of.chapter_id),
        others=officers(db, of.chapter_id, but=actor.person_id),
        proposed_by=of.proposed_by,
        borrower_id=of.person_id,
    )


def decides(db: Tx, actor: Actor, of: Kept) -> bool:
    """The same as a question: what a page shows its buttons by."""
    try:
        check_decides(db, actor, of)
    except Refusal:
        return False
    return True
