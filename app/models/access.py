"""How people come in: setup tokens, codes, devices, cards, sessions, attempts. Secrets as hashes."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.columns import binary, key, one_of, refers, uuid, whole
from app.terms import Revoked


class SetupToken(SQLModel, table=True):
    """Makes an administrator, once."""

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
    __table_args__ = (
        refers("person_id", "person", "id"),
        one_of("revoked_why", Revoked, "device"),
        Index("device_by_person", "person_id"),
    )
    id: str = key()
    person_id: str = uuid()
    token_hash: bytes = binary(unique=True)
    label: str
    enrolled_at: int = whole()
    revoked_at: int | None = whole(default=None)
    revoked_why: str | None = None


class Card(SQLModel, table=True):
    """A member's printed card: its id is no secret and opens nothing without her own PIN.

    The PIN belongs to the card, not to the person: whoever hands out a card to an officer must
    not come near her officer's PIN.
    """

    __tablename__ = "card"
    __table_args__ = (
        refers("chapter_id member_id", "member", "chapter_id id"),
        Index("card_by_member", "chapter_id", "member_id"),
    )
    id: str = key()
    chapter_id: str = uuid()
    member_id: str = uuid()
    first_code_hash: bytes = binary()
    code_expires_at: int = whole()
    pin_hash: str | None = None
    made_at: int = whole()
    revoked_at: int | None = whole(default=None)


class SessionRow(SQLModel, table=True):
    """A sign-in that lasts: on an officer's device, or with a member's card."""

    __tablename__ = "session"
    __table_args__ = (
        refers("person_id", "person", "id"),
        refers("device_id", "device", "id"),
        refers("card_id", "card", "id"),
        Index("session_by_person", "person_id"),
    )
    id: str = key()
    token_hash: bytes = binary(unique=True)
    person_id: str = uuid()
    device_id: str | None = uuid(default=None)
    card_id: str | None = uuid(default=None)
    began_at: int = whole()
    used_at: int = whole()
    expires_at: int = whole()
    revoked_at: int | None = whole(default=None)


class Attempt(SQLModel, table=True):
    """Guesses against one subject (account, device or address), counted before they are checked.

    `subject` is a keyed hash: no phone, no address is kept.
    """

    __tablename__ = "attempt"
    subject: bytes = binary(primary_key=True)
    tries: int
    last_at: int = whole()


class View(SQLModel, table=True):
    """Who opened whose record: not sealed, readable by her whose record it is."""

    __tablename__ = "record_view"
    __table_args__ = (
        refers("chapter_id member_id", "member", "chapter_id id"),
        refers("viewer_id", "person", "id"),
    )
    chapter_id: str = key()
    member_id: str = key()
    viewer_id: str = key()
    at: int = whole(primary_key=True)
    why: str | None = Field(default=None)
