"""The ledger: accounts with their balances, entries, movements, totals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, key, one_of, refers, uuid, whole
from app.terms import AccountKind, EntryKind

# Accounts that can never be overdrawn (domain, "Always true").
NEVER_BELOW_ZERO = (
    "cash_pot",
    "cash_hand",
    "cash_bank",
    "loan",
    "receivable",
    "shortage_pending",
    "overage_pending",
    "savings",
)
_never = ", ".join(f"'{kind}'" for kind in NEVER_BELOW_ZERO)


class AccountRow(SQLModel, table=True):
    """An account of one pot. Balance on its own side (assets and costs: debit − credit).

    `owner_id` is the member, loan or person whose account it is; the pot's own id otherwise.
    `periods` counts what the owner's lines cover in the open cycle.
    """

    __tablename__ = "account"
    __table_args__ = (
        refers("chapter_id pot_id", "pot", "chapter_id id"),
        UniqueConstraint("chapter_id", "pot_id", "kind", "owner_id", name="account_once"),
        one_of("kind", AccountKind, "account"),
        CheckConstraint(f"balance >= 0 OR kind NOT IN ({_never})", name="account_never_below_zero"),
        Index("account_by_owner", "chapter_id", "owner_id"),
        CLUSTERED,
    )
    chapter_id: str = key()
    no: int = Field(primary_key=True)
    pot_id: str = uuid()
    kind: str
    owner_id: str = uuid()
    balance: int = whole()
    periods: int


class EntryRow(SQLModel, table=True):
    """A group of movements posted together, sealed by the record of the same number."""

    __tablename__ = "entry"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("chapter_id pot_id cycle_no", "cycle", "chapter_id pot_id no"),
        UniqueConstraint("chapter_id", "id", name="entry_id"),
        one_of("kind", EntryKind, "entry"),
        Index("entry_by_day", "chapter_id", "pot_id", "day"),
        Index("entry_by_kind", "chapter_id", "kind", "day"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    id: str = uuid()
    kind: str
    pot_id: str = uuid()
    cycle_no: int
    day: date


class Movement(SQLModel, table=True):
    """One positive amount from one account (credit) to another (debit)."""

    __tablename__ = "movement"
    __table_args__ = (
        refers("chapter_id seq", "entry"),
        refers("chapter_id debit_no", "account", "chapter_id no"),
        refers("chapter_id credit_no", "account", "chapter_id no"),
        refers("chapter_id member_no", "member", "chapter_id number"),
        refers("chapter_id reverses_seq reverses_line", "movement", "chapter_id seq line"),
        CheckConstraint("amount > 0", name="movement_positive"),
        CheckConstraint("debit_no <> credit_no", name="movement_between_two"),
        Index("movement_by_member", "chapter_id", "member_no", "seq"),
        Index(
            "movement_reversed_once",
            "chapter_id",
            "reverses_seq",
            "reverses_line",
            unique=True,
            sqlite_where=text("reverses_seq IS NOT NULL"),
            postgresql_where=text("reverses_seq IS NOT NULL"),
        ),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    line: int = Field(primary_key=True)
    debit_no: int
    credit_no: int
    amount: int = whole()
    member_no: int | None = None
    periods: int
    reverses_seq: int | None = whole(default=None)
    reverses_line: int | None = None


class DayTotal(SQLModel, table=True):
    """What went through all accounts of one kind in a pot on a business day, by what it was.

    `flow` is the kind of the entry; of a reversal or correction, of what it mends: deposits net of
    reversals are one sum.
    """

    __tablename__ = "day_total"
    __table_args__ = (
        refers("chapter_id pot_id", "pot", "chapter_id id"),
        one_of("kind", AccountKind, "day_total"),
        one_of("flow", EntryKind, "day_total"),
        CLUSTERED,
    )
    chapter_id: str = key()
    pot_id: str = key()
    kind: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    flow: str = Field(primary_key=True)
    debit: int = whole()
    credit: int = whole()


class MonthTotal(SQLModel, table=True):
    """The same by calendar month (its first day), so that reading never grows with history."""

    __tablename__ = "month_total"
    __table_args__ = (
        refers("chapter_id pot_id", "pot", "chapter_id id"),
        one_of("kind", AccountKind, "month_total"),
        one_of("flow", EntryKind, "month_total"),
        CLUSTERED,
    )
    chapter_id: str = key()
    pot_id: str = key()
    kind: str = Field(primary_key=True)
    month: date = Field(primary_key=True)
    flow: str = Field(primary_key=True)
    debit: int = whole()
    credit: int = whole()
