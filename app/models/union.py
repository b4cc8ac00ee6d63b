"""The Union's own tables: units with dated parents, people, offices."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.columns import key, one_of, refers, uuid, whole
from app.terms import Level, Role


class Unit(SQLModel, table=True):
    """A node of the Union's tree."""

    __tablename__ = "unit"
    __table_args__ = (one_of("level", Level, "unit"),)
    id: str = key()
    level: str
    name: str
    from_on: date


class UnitParent(SQLModel, table=True):
    """Under which unit a unit stands, from a date until the next row's date."""

    __tablename__ = "unit_parent"
    __table_args__ = (
        refers("unit_id", "unit", "id"),
        refers("parent_id", "unit", "id"),
        CheckConstraint("unit_id <> parent_id", name="unit_parent_not_itself"),
        Index("unit_parent_by_parent", "parent_id"),
    )
    unit_id: str = key()
    from_on: date = Field(primary_key=True)
    to_on: date | None = None
    parent_id: str = uuid()


class Person(SQLModel, table=True):
    """A human being: deletable identity. Never merged by phone number."""

    __tablename__ = "person"
    id: str = key()
    name: str
    name_fold: str
    sort_key: str
    phone: str | None = Field(default=None, index=True)
    pin_hash: str | None = None
    erased_at: int | None = whole(default=None)


class OfficeRow(SQLModel, table=True):
    """An appointment: person, unit, role, from, to."""

    __tablename__ = "office"
    __table_args__ = (
        refers("person_id", "person", "id"),
        refers("unit_id", "unit", "id"),
        one_of("role", Role, "office"),
        Index("office_by_person", "person_id"),
        Index("office_by_unit", "unit_id"),
    )
    id: str = key()
    person_id: str = uuid()
    unit_id: str = uuid()
    role: str
    from_on: date
    to_on: date | None = None
    ended_by: str | None = uuid(default=None)
    ended_at: int | None = whole(default=None)
