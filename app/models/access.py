"""How people come in: setup tokens, enrolment codes, devices, sessions. Tokens only as hashes."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.models.columns import binary, key, refers, uuid, whole


class SetupToken(SQLModel, table=True):
    """Makes the first administrator, once."""

    __tablename__ = "setup_token"
    token_hash: bytes = binary(primary_key=True)
    expires_at: int = whole()
    used_at: int | None = whole(default=None)


class Enrolment(SQLModel, table=True):
    """A single-use code that lets a person's device in."""

    __tablename__ = "enrolment"
    __table_args__ = (
        refers("person_id", "person", "id"),
        Index("enrolment_by_person", "person_id"),
    )
    code_hash: bytes = binary(primary_key=True)
    person_id: str = uuid()
    expires_at: int = whole()
    used_at: int | None = whole(default=None)


class Device(SQLModel, table=True):
    """A phone or computer that a person enrolled."""

    __tablename__ = "device"
    __table_args__ = (refers("person_id", "person", "id"), Index("device_by_person", "person_id"))
    id: str = key()
    person_id: str = uuid()
    token_hash: bytes = binary(unique=True)
    label: str
    enrolled_at: int = whole()
    revoked_at: int | None = whole(default=None)


class SessionRow(SQLModel, table=True):
    """A sign-in that lasts."""

    __tablename__ = "session"
    __table_args__ = (
        refers("person_id", "person", "id"),
        refers("device_id", "device", "id"),
        Index("session_by_person", "person_id"),
    )
    token_hash: bytes = binary(primary_key=True)
    person_id: str = uuid()
    device_id: str | None = uuid(default=None)
    began_at: int = whole()
    expires_at: int = whole()
    revoked_at: int | None = whole(default=None)
