"""Counting cash: what was counted, what differed, what became of the difference; handovers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, key, one_of, refers, uuid, whole
from app.terms import Outcome, Place

TOGETHER = "together"  # pot and hand in one, as a breaking counts them
CORRECTED = "corrected"  # a correction took it up, nobody decided


class CashCount(SQLModel, table=True):
    """Notes counted in one place of a pot, or in both together. `notes` is JSON: value to number.

    The witnesses stand in the record's erasable texts; `book` is what should have been there.
    """

    __tablename__ = "cash_count"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("chapter_id pot_id", "pot", "chapter_id id"),
        UniqueConstraint("chapter_id", "id", name="cash_count_id"),
        one_of("place", (Place.POT, Place.HAND, TOGETHER), "cash_count"),
        CheckConstraint("counted >= 0 AND book >= 0", name="cash_count_not_negative"),
        Index("cash_count_by_place", "chapter_id", "pot_id", "place", "day", "seq"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    id: str = uuid()
    pot_id: str = uuid()
    place: str
    day: date
    notes: str
    counted: int = whole()
    book: int = whole()


class Difference(SQLModel, table=True):
    """What pends after a count (or from an old book): below zero a shortage. Shown until settled.

    `id` is the count's (or the opening entry's), `seq` that of the entry which posted it.
    """

    __tablename__ = "difference"
    __table_args__ = (
        refers("chapter_id seq", "entry"),
        UniqueConstraint("chapter_id", "id", name="difference_id"),
        CheckConstraint("amount <> 0", name="difference_is_one"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    id: str = uuid()
    pot_id: str = uuid()
    day: date
    amount: int = whole()


class Settled(SQLModel, table=True):
    """How much of a difference an entry took up, and how; negative where that was taken back."""

    __tablename__ = "difference_settled"
    __table_args__ = (
        refers("chapter_id difference_seq", "difference", "chapter_id seq"),
        refers("chapter_id seq", "entry"),
        one_of("outcome", (*Outcome, CORRECTED), "difference_settled"),
        CheckConstraint("amount <> 0", name="difference_settled_is_some"),
        CLUSTERED,
    )
    chapter_id: str = key()
    difference_seq: int = whole(primary_key=True)
    seq: int = whole(primary_key=True)
    outcome: str
    amount: int = whole()


class Handover(SQLModel, table=True):
    """One treasurer hands the cash to the next. `counts` is JSON: the ids of its counts."""

    __tablename__ = "handover"
    __table_args__ = (
        refers("chapter_id seq", "trail"),
        refers("outgoing_id", "person", "id"),
        refers("incoming_id", "person", "id"),
        refers("first_signed_by", "person", "id"),
        refers("second_signed_by", "person", "id"),
        UniqueConstraint("chapter_id", "id", name="handover_id"),
        CLUSTERED,
    )
    chapter_id: str = key()
    seq: int = whole(primary_key=True)
    id: str = uuid()
    day: date
    outgoing_id: str = uuid()
    incoming_id: str = uuid()
    first_signed_by: str = uuid()
    second_signed_by: str = uuid()
    counts: str = Field()
