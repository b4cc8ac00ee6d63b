"""Breakings: one row each, and the numbered steps whose replay says how it stands. Written once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, key, one_of, refers, uuid, whole
from app.terms import Step


class BreakingRow(SQLModel, table=True):
    """A pot is opened on a day, which closes the cycle of that number. Everything later is a step."""

    __tablename__ = "breaking"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("chapter_id pot_id cycle_no", "cycle", "chapter_id pot_id no"),
        Index("breaking_by_pot", "chapter_id", "pot_id"),
        Index("breaking_by_id", "id"),  # a leader above does not say which chapter she looks into
        CLUSTERED,
    )
    chapter_id: str = key()
    id: str = key()
    seq: int = whole()
    pot_id: str = uuid()
    cycle_no: int
    day: date


class BreakingStep(SQLModel, table=True):
    """What was done in a breaking, numbered from 1; sealed by the record of number `seq`.

    `payload` is canonical JSON of ids, words of the glossary and whole numbers; names and reasons
    stand in the record's erasable texts.
    """

    __tablename__ = "breaking_step"
    __table_args__ = (
        refers("chapter_id breaking_id", "breaking", "chapter_id id"),
        refers("chapter_id seq", "trail"),
        one_of("kind", Step, "breaking_step"),
        UniqueConstraint("chapter_id", "seq", name="breaking_step_sealed_once"),
        CLUSTERED,
    )
    chapter_id: str = key()
    breaking_id: str = key()
    no: int = Field(primary_key=True)
    seq: int = whole()
    kind: str
    payload: str
