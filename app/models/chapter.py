"""A chapter's charter, members, pots and cycles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, key, one_of, refers, uuid, whole
from app.terms import (
    BelongsTo,
    Decision,
    Kept,
    Leaving,
    NeedClass,
    Period,
    PotKind,
    Purpose,
    SurplusRule,
)


class CharterRow(SQLModel, table=True):
    """The chapter's own rules, in force from a date until the next version."""

    __tablename__ = "charter"
    __table_args__ = (
        refers("chapter_id", "book"),
        one_of("period", Period, "charter"),
        one_of("default_decision", Decision, "charter"),
        one_of("surplus_rule", SurplusRule, "charter"),
        CheckConstraint("minimum_per_period >= 1000", name="charter_minimum"),
        CheckConstraint("loan_monthly_rate_bp BETWEEN 0 AND 166", name="charter_rate"),
    )
    chapter_id: str = key()
    in_force_from: date = Field(primary_key=True)
    minimum_per_period: int = whole()
    period: str
    payout_step: int = whole()
    default_decision: str
    surplus_rule: str
    set_off_debt: bool
    loan_max_amount: int | None = whole(default=None)
    loan_max_months: int | None = None
    loan_savings_multiple: int | None = None
    loan_monthly_rate_bp: int
    loans_stop_days_before: int
    one_loan_at_a_time: bool
    backdate_days: int
    cash_limit: int | None = whole(default=None)
    expense_limit: int = whole()
    grant_limit: int = whole()
    leaver_shares_surplus: bool
    words: str


class Member(SQLModel, table=True):
    """A person's membership in one chapter, with a number in the book that never changes."""

    __tablename__ = "member"
    __table_args__ = (
        refers("chapter_id", "book"),
        refers("person_id", "person", "id"),
        refers("group_id", "unit", "id"),
        UniqueConstraint("chapter_id", "id", name="member_id"),
        CheckConstraint("number > 0", name="member_number"),
        CheckConstraint(
            "left_on IS NULL OR left_on >= joined_on", name="member_left_after_joining"
        ),
        one_of("left_because", Leaving, "member"),
        Index("member_by_person", "person_id"),
    )
    chapter_id: str = key()
    number: int = Field(primary_key=True)
    id: str = uuid()
    person_id: str = uuid()
    group_id: str | None = uuid(default=None)
    joined_on: date
    left_on: date | None = None
    left_because: str | None = None
    moved_from: str | None = uuid(default=None)  # her membership in the book she came from
    next_of_kin: str | None = None


class Consent(SQLModel, table=True):
    """What a member agreed to, per purpose (Law 91/2025/QH15)."""

    __tablename__ = "consent"
    __table_args__ = (
        refers("chapter_id member_id", "member", "chapter_id id"),
        one_of("purpose", Purpose, "consent"),
        CLUSTERED,
    )
    chapter_id: str = key()
    member_id: str = key()
    purpose: str = Field(primary_key=True)
    on: date = Field(sa_column_kwargs={"name": "given_on"})


class NeedClassRow(SQLModel, table=True):
    """A hardship class: a fact with its year and certificate."""

    __tablename__ = "need_class"
    __table_args__ = (
        refers("chapter_id member_id", "member", "chapter_id id"),
        refers("chapter_id seq", "trail"),
        one_of("class", NeedClass, "need_class"),
        CLUSTERED,
    )
    chapter_id: str = key()
    member_id: str = key()
    seq: int = whole(primary_key=True)
    need_class: str = Field(sa_column_kwargs={"name": "class"})
    year: int
    certificate: str | None = None


class Pot(SQLModel, table=True):
    """A physical vessel with money."""

    __tablename__ = "pot"
    __table_args__ = (
        refers("chapter_id", "book"),
        one_of("kind", PotKind, "pot"),
        one_of("kept", Kept, "pot"),
        one_of("belongs_to", BelongsTo, "pot"),
    )
    chapter_id: str = key()
    id: str = key()
    kind: str
    name: str
    kept: str
    belongs_to: str
    opened_on: date
    next_breaking_on: date | None = None


class Cycle(SQLModel, table=True):
    """From one breaking to the next; a breaking's date closes one and begins another.

    `breaking_id` is the breaking that is open on it: the pen lets nothing else into the pot then,
    and one cycle can name but one (ADR 15).
    """

    __tablename__ = "cycle"
    __table_args__ = (
        refers("chapter_id pot_id", "pot", "chapter_id id"),
        CheckConstraint("closed_on IS NULL OR closed_on >= starts_on", name="cycle_in_order"),
        CheckConstraint("closed_on IS NULL OR breaking_id IS NULL", name="cycle_closed_is_free"),
        Index(
            "cycle_one_open",
            "chapter_id",
            "pot_id",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        CLUSTERED,
    )
    chapter_id: str = key()
    pot_id: str = key()
    no: int = Field(primary_key=True)
    starts_on: date
    closed_on: date | None = None
    breaking_id: str | None = uuid(default=None)
