"""Loans: what was asked for, what happened to it since, visits afterwards. All written once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.loan_terms import FactKind, LoanPlan, LoanPurpose
from app.models.columns import CLUSTERED, key, one_of, refers, uuid, whole


class LoanRow(SQLModel, table=True):
    """An application with the terms that froze when it was made; everything later is a fact.

    `of_officer`: she kept or inspected the book then, so the commune is told. The note stands in
    the record's erasable texts.
    """

    __tablename__ = "loan"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("chapter_id member_id", "member", "chapter_id id"),
        refers("chapter_id guarantor_id", "member", "chapter_id id"),
        refers("chapter_id pot_id", "pot", "chapter_id id"),
        one_of("plan", LoanPlan, "loan"),
        one_of("purpose", LoanPurpose, "loan"),
        CheckConstraint("amount > 0 AND months > 0", name="loan_of_something"),
        Index("loan_by_member", "chapter_id", "member_id"),
        Index("loan_by_pot", "chapter_id", "pot_id"),
        Index("loan_by_id", "id"),  # a leader above does not say which chapter she looks into
        CLUSTERED,
    )
    chapter_id: str = key()
    id: str = key()
    seq: int = whole()
    member_id: str = uuid()
    pot_id: str = uuid()
    guarantor_id: str | None = uuid(default=None)
    purpose: str
    amount: int = whole()
    months: int
    plan: str
    rate_bp: int
    step: int = whole()
    applied_on: date
    of_officer: bool


class LoanOpen(SQLModel, table=True):
    """Which loans are not over: a bookmark, so that reading never grows with those that are.

    How a loan stands is told by its facts alone (ADR 13): every loan that may still change has a
    row, and whoever reads it replays it all the same.
    """

    __tablename__ = "loan_open"
    __table_args__ = (refers("chapter_id loan_id", "loan", "chapter_id id"), CLUSTERED)
    chapter_id: str = key()
    loan_id: str = key()


class LoanFactRow(SQLModel, table=True):
    """What happened to a loan, numbered from 1 as it was told; the loan is their replay (ADR 13).

    `entry_seq` is the entry that moved its money, `due` the due dates she was told (JSON), `of_no`
    the fact that is taken back; an approval keeps the meeting's vote and her place in the queue.
    """

    __tablename__ = "loan_fact"
    __table_args__ = (
        refers("chapter_id loan_id", "loan", "chapter_id id"),
        refers("chapter_id seq", "trail"),
        refers("chapter_id entry_seq", "entry", "chapter_id seq"),
        refers("chapter_id loan_id of_no", "loan_fact", "chapter_id loan_id no"),
        one_of("kind", FactKind, "loan_fact"),
        one_of("plan", LoanPlan, "loan_fact"),
        CheckConstraint("amount > 0", name="loan_fact_of_something"),
        CheckConstraint("(kind = 'reversed') = (of_no IS NOT NULL)", name="loan_fact_takes_back"),
        UniqueConstraint("chapter_id", "loan_id", "of_no", name="loan_fact_taken_back_once"),
        Index("loan_fact_by_entry", "chapter_id", "entry_seq"),
        CLUSTERED,
    )
    chapter_id: str = key()
    loan_id: str = key()
    no: int = Field(primary_key=True)
    seq: int = whole()
    entry_seq: int | None = whole(default=None)
    kind: str
    day: date
    amount: int | None = whole(default=None)
    months: int | None = None
    plan: str | None = None
    due: str | None = None
    of_no: int | None = None
    vote_yes: int | None = None
    vote_no: int | None = None
    place: int | None = None


class LoanVisit(SQLModel, table=True):
    """Somebody looked what the loan brought. What she saw stands in the record's texts.

    `left_poor_list`: her household left it; the fact's year is the day's.
    """

    __tablename__ = "loan_visit"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("chapter_id loan_id", "loan", "chapter_id id"),
        UniqueConstraint("chapter_id", "id", name="loan_visit_id"),
        Index("loan_visit_by_loan", "chapter_id", "loan_id"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    id: str = uuid()
    loan_id: str = uuid()
    day: date
    left_poor_list: bool
