"""Sheets that an outgoing officer's phone handed over, and what was decided of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from app.models.columns import CLUSTERED, binary, key, one_of, refers, uuid, whole
from app.terms import Fate


class HeldSheet(SQLModel, table=True):
    """A sheet nobody in office recorded: it waits until somebody in office decides. Written once.

    `id` is the key the phone gave the sheet, `request` the digest of what it sent under it, so that
    it can only ever come in once. The form as it was typed lies in the erasable words of the sealed
    record, which also says whose phone it was and when.
    """

    __tablename__ = "held_sheet"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("person_id", "person", "id"),
        CLUSTERED,
    )
    chapter_id: str = key()
    id: str = key()
    seq: int = whole()
    person_id: str = uuid()
    request: bytes = binary()
    kept_at: int | None = whole(default=None)  # by the phone's own clock


class HeldFate(SQLModel, table=True):
    """What became of it, once: the key lets no second reviewer decide otherwise. Written once."""

    __tablename__ = "held_fate"
    __table_args__ = (
        refers("chapter_id id", "held_sheet"),
        refers("chapter_id seq", "trail"),
        refers("chapter_id entry_seq", "entry", "chapter_id seq"),
        one_of("fate", Fate, "held_fate"),
        CheckConstraint(
            "(fate = 'recorded') = (entry_seq IS NOT NULL)", name="held_fate_has_its_entry"
        ),
        CLUSTERED,
    )
    chapter_id: str = key()
    id: str = key()
    seq: int = whole()
    fate: str
    entry_seq: int | None = whole(default=None)
