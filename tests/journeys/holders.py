"""What lets people in, in somebody's hands: an officer's phone, a member's card, a PIN to type.

`QuickPins` stands where argon2 stands, because ten thousand guesses must not take ten minutes; it
counts how often a guess was really looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.testclient import TestClient

from app import clock, ids
from app.access import cards
from app.access.rules import digest
from app.db.engine import Database
from app.db.tx import Tx
from app.models.access import Device
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.terms import Actor, Role
from tests.story import TODAY, Chapter

PIN = "407195"
OTHER = "518306"
WRONG = "620417"


class QuickPins:
    """Hashes that cost nothing, and every look at a guess counted."""

    def __init__(self) -> None:
        self.looked_at = 0
        self.broken = False

    def hash(self, pin: str) -> str:
        """What is stored."""
        return f"quick {pin}"

    def matches(self, pin_hash: str | None, pin: str) -> bool:
        """Whether the PIN is right."""
        self.looked_at += 1
        if self.broken:
            raise MemoryError
        return pin_hash == self.hash(pin)


def quick(app: FastAPI) -> QuickPins:
    """This application looks at PINs without taking its time."""
    pins = QuickPins()
    app.state.pins = pins
    return pins


def at(app: FastAPI, address: str = "10.0.0.1", *, tls: bool = False) -> TestClient:
    """A browser or program at an address; over TLS where told."""
    return TestClient(
        app,
        base_url="https://so.example" if tls else "http://testserver",
        client=(address, 50_000),
        raise_server_exceptions=False,
        follow_redirects=False,
    )


def a_phone(db: Database, app: FastAPI, actor: Actor, pin: str = PIN, label: str = "máy") -> str:
    """The secret that another phone of hers keeps; her PIN is this one."""
    return db.write_now(_phone, actor, app.state.pins.hash(pin), label)


def _phone(tx: Tx, actor: Actor, pin_hash: str, label: str) -> str:
    secret = secrets.token_urlsafe(32)
    tx.run("UPDATE person SET pin_hash = ? WHERE id = ?", (pin_hash, actor.person_id))
    tx.insert(
        Device(id=ids.new(), person_id=actor.person_id, token_hash=digest(secret),
               label=label, enrolled_at=clock.now())
    )  # fmt: skip
    return secret


@dataclass(frozen=True)
class Card:
    """A member's card: the number on its face, the code on its strip."""

    id: str
    code: str

    @property
    def door(self) -> str:
        """Where its QR code leads."""
        return f"/the/{self.id}"


def a_card(chapter: Chapter, name: str) -> Card:
    """A new card out of the treasurer's hand; nobody has set its PIN."""
    made = chapter.db.write_now(
        cards.make_card, actor=chapter.treasurer, member_id=chapter.members[name]
    )
    return Card(made.card_id, made.first_pin_code)


def her_card(chapter: Chapter, app: FastAPI, name: str, pin: str = PIN) -> Card:
    """A card in use: the member has set its PIN."""
    card = a_card(chapter, name)
    chapter.db.write_now(
        cards.take_card, card_id=card.id, first_pin_code=card.code,
        pin_hash=app.state.pins.hash(pin),
    )  # fmt: skip
    return card


def member_and_inspector(chapter: Chapter, name: str, phone: str = "0977000111") -> Appointed:
    """A member who holds an office in her own chapter."""
    who = Appointee(member_id=chapter.join(name, phone=phone))
    made = chapter.db.write_now(
        offices.appoint, actor=chapter.union.leader, unit_id=chapter.id, role=Role.INSPECTOR,
        on=TODAY, code_hours=1, who=who,
    )  # fmt: skip
    assert isinstance(made, Appointed)
    return made
