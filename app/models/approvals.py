"""Second signatures, and what members say of their lines."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, binary, key, one_of, refers, uuid, whole


class ApprovalRow(SQLModel, table=True):
    """An act that waits for a second person; its payload never changes after it was proposed."""

    __tablename__ = "approval"
    __table_args__ = (
        refers("chapter_id", "book"),
        refers("proposed_by", "person", "id"),
        refers("decided_by", "person", "id"),
        one_of("state", ("waiting", "done", "refused"), "approval"),
        CheckConstraint(
            "decided_by <> proposed_by OR state <> 'done'", name="approval_two_persons"
        ),
        CheckConstraint(
            "state = 'waiting' OR decided_by IS NOT NULL", name="approval_decided_by_somebody"
        ),
        Index("approval_waiting", "chapter_id", "state"),
        Index("approval_by_beneficiary", "beneficiary_id", "state"),
        CLUSTERED,
    )
    chapter_id: str = key()
    id: str = key()
    kind: str
    about: str = uuid()
    payload: str
    fingerprint: bytes = binary()
    beneficiary_id: str | None = uuid(default=None)
    proposed_by: str = uuid()
    proposed_at: int = whole()
    state: str
    decided_by: str | None = uuid(default=None)
    decided_at: int | None = whole(default=None)
    result: str | None = None


class Confirmation(SQLModel, table=True):
    """A member's word on a line of hers: the last one counts."""

    __tablename__ = "confirmation"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("chapter_id member_id", "member", "chapter_id id"),
        refers("chapter_id entry_seq line", "movement", "chapter_id seq line"),
        one_of("verdict", ("right", "wrong"), "confirmation"),
        Index("confirmation_by_line", "chapter_id", "entry_seq", "line"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    member_id: str = uuid()
    entry_seq: int = whole()
    line: int
    verdict: str
    note: str | None = Field(default=None)
