"""Somebody whose office has ended, and sheets that her phone handed over, told through the action."""

from __future__ import annotations

import hashlib
from datetime import date

from app import clock
from app.access.actions import add_person, new_office
from app.db.tx import Tx
from app.ledger.once import Ticket
from app.savings import holding
from app.savings.held import Held
from app.terms import Actor, Role
from tests.story import FAMILY, FOUNDED, Chapter, a_key


def an_outgoing(chapter: Chapter, name: str = "Cũ") -> Actor:
    """A deputy until today."""

    def make(tx: Tx) -> Actor:
        person = add_person(tx, name=f"{FAMILY} {name}", phone=None)
        office = new_office(person, chapter.id, Role.DEPUTY, FOUNDED)
        office.to_on = clock.today()
        tx.insert(office)
        return Actor(person, None)

    return chapter.db.write_now(make)


def left_behind(
    chapter: Chapter, lines: str, *, by: Actor | None = None, key: str = "", on: date | None = None,
    **more: str,
) -> str:  # fmt: skip
    """`Lan 5.000, Hoa 1.000` on her phone, handed over; the sheet's key."""
    amounts = {}
    numbers = {name: number for number, name in enumerate(chapter.members, 1)}
    for part in lines.split(", "):
        name, _, amount = part.rpartition(" ")
        amounts[f"amount-{numbers[name]}"] = [amount]
    day = (on or clock.today()).isoformat()
    form = {"pot_id": [chapter.pot], "date": [day]} | amounts
    form |= {name: [text] for name, text in more.items()}
    ticket = Ticket(key or a_key(), hashlib.sha256(repr(form).encode()).digest())
    held = chapter.db.write_now(
        holding.hand_over, actor=by or an_outgoing(chapter), chapter_id=chapter.id, ticket=ticket,
        form=form, kept_at=clock.now() - 3_600_000_000,
    )  # fmt: skip
    assert isinstance(held, Held)
    return held.id
