"""Loan histories in lists: a chapter's, all below a unit, one member's (contract: Loans, leaders)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app import names
from app.access.identity import SignedIn
from app.access.looking import leave_line, leave_lines
from app.loan_terms import LoanPurpose, LoanState
from app.loans import lists, member_history
from app.loans.api_lists import ListOut, OfMemberOut, list_out, of_member_out
from app.loans.listed import Wanted
from app.terms import NeedClass
from app.web.fields import AfterId, Day, Db, FromDay, Limit, PathId
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["loans"])
Purpose = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


def wanted(
    state: LoanState | None = None,
    need: NeedClass | None = None,
    overdue_days: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    purpose_code: LoanPurpose | None = None,
    officers: bool | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    since: FromDay = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
) -> Wanted:
    """The filters of a list; `overdue_days` at least, `from` and `to` the day it was paid out."""
    return Wanted(state, need, overdue_days, purpose_code, officers, since, until, q)


@router.get("/units/{unit_id}/loans")
async def below(
    db: Db, actor: SignedIn, unit_id: PathId, asked: Annotated[Wanted, Depends(wanted)],
    purpose: Purpose = None, after: AfterId = None, limit: Limit = 50,
) -> ListOut:  # fmt: skip
    """Loan histories below a unit, with totals. Above the commune a name takes a purpose."""
    why = names.clean(purpose, longest=200, field="purpose") if purpose else None
    shown, named = await db.read(
        lists.below,
        actor=actor,
        unit_id=unit_id,
        wanted=asked,
        purpose=why,
        after=after,
        limit=limit,
    )
    if named:
        await leave_lines(db, actor, lists.whom(shown), why)
    return list_out(shown, named=named)


@router.get("/members/{member_id}/loans")
async def of_member(
    db: Db, actor: SignedIn, member_id: PathId, purpose: Purpose = None
) -> OfMemberOut:
    """A member's loans across cycles and chapters, each with its history."""
    why = names.clean(purpose, longest=200, field="purpose") if purpose else None
    shown = await db.read(member_history.of_member, actor=actor, member_id=member_id, purpose=why)
    if shown.named:
        await leave_line(db, actor, shown.chapter_id, member_id, why)
    return of_member_out(shown)
