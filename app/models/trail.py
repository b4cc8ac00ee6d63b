"""The audit trail and the stored replies: what is sealed, and what is remembered beside it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, binary, key, refers, uuid, whole


class Book(SQLModel, table=True):
    """A chapter's book (or the Union's, under the root unit): the row every writer locks first.

    It holds the number and the head of the last sealed record.
    """

    __tablename__ = "book"
    __table_args__ = (refers("chapter_id", "unit", "id"),)
    chapter_id: str = key()
    seq: int = whole()
    head: bytes = binary()


class TrailRow(SQLModel, table=True):
    """A sealed record. Never changed or deleted; no gap, no fork."""

    __tablename__ = "trail"
    __table_args__ = (
        refers("chapter_id", "book"),
        refers("chapter_id prev_seq", "trail", "chapter_id seq"),
        CheckConstraint(
            "(seq = 1 AND prev_seq IS NULL) OR (prev_seq IS NOT NULL AND prev_seq = seq - 1)",
            name="trail_without_gap",
        ),
        Index("trail_by_person", "chapter_id", "person_id", "seq"),
        Index("trail_by_act", "chapter_id", "act", "seq"),
        Index("trail_by_time", "chapter_id", "at"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    prev_seq: int | None = whole(default=None)
    at: int = whole()
    act: str
    person_id: str | None = uuid(default=None)
    device_id: str | None = uuid(default=None)
    content: bytes = binary()
    leaf: bytes = binary()
    head: bytes = binary()


class TrailText(SQLModel, table=True):
    """Words and names that a record commits to: erasable, the record stays verifiable."""

    __tablename__ = "trail_text"
    __table_args__ = (refers("chapter_id seq", "trail"), CLUSTERED)
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    name: str = Field(primary_key=True)
    words: str
    salt: bytes = binary()


class StoredReply(SQLModel, table=True):
    """The answer given to an Idempotency-Key, kept for ever."""

    __tablename__ = "stored_reply"
    __table_args__ = (refers("chapter_id", "book"), CLUSTERED)
    chapter_id: str = key()
    key: str = key()
    request: bytes = binary()
    reply: bytes = binary()
