"""The column types and constraint shapes all tables share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.dialects.postgresql import UUID
from sqlmodel import Field

# Text on SQLite, native on PostgreSQL; text in Python on both.
UUID_TEXT = String(36).with_variant(UUID(as_uuid=False), "postgresql")

# Keys are the table itself on SQLite: one tree instead of two for each row.
CLUSTERED = {"sqlite_with_rowid": False}


def key(**more: Any) -> Any:
    """A UUID that is part of the primary key."""
    return Field(primary_key=True, sa_type=UUID_TEXT, **more)


def uuid(**more: Any) -> Any:
    """A UUID column."""
    return Field(sa_type=UUID_TEXT, **more)


def whole(**more: Any) -> Any:
    """A 64-bit whole number: đồng, microseconds, sequence numbers."""
    return Field(sa_type=BigInteger, **more)


def binary(**more: Any) -> Any:
    """Bytes."""
    return Field(sa_type=LargeBinary, **more)


def one_of(column: str, values: Iterable[str], table: str) -> CheckConstraint:
    """`column` is one of these words (or null where the column may be)."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{table}_{column}_known")


def refers(columns: str, table: str, to: str = "") -> ForeignKeyConstraint:
    """A foreign key by space-separated column names; the same names there unless `to`."""
    there = (to or columns).split()
    return ForeignKeyConstraint(columns.split(), [f"{table}.{name}" for name in there])
