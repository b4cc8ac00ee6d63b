"""What takes two women: the treasurer asks, the head signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from app import ids, money
from app.access.rules import digest
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.cash import moving
from app.demo.cast import Story, Told
from app.ledger import balances
from app.ledger.once import Ticket
from app.terms import Place


def ask(story: Story, act: Callable[..., Any], chapter: Told, **said: Any) -> Any:
    """The treasurer does it, or proposes it."""
    return story.db.write_now(
        act, actor=chapter.treasurer, chapter_id=chapter.id, ticket=ticket(said), **said
    ).value


def sign(story: Story, chapter: Told, waits: Waiting) -> dict[str, Any]:
    """The head gives the second signature."""
    return story.db.write_now(
        approvals.sign,
        actor=chapter.head,
        approval_id=waits.approval_id,
        fingerprint=waits.fingerprint,
    )


def open_pig(story: Story, chapter: Told, day: date, amount: int) -> None:
    """So much out of the box into her hand."""
    waits = story.db.write_now(
        moving.move_cash, actor=chapter.treasurer, pot_id=chapter.pot_id, day=day,
        source=Place.POT, target=Place.HAND, amount=amount, notes=notes(amount),
        witnesses=chapter.members[2:4], ticket=ticket(day),
    ).value  # fmt: skip
    sign(story, chapter, waits)


def there(story: Story, chapter: Told, place: Place, day: date) -> int:
    """What lies there at the end of a day, in đồng."""
    return story.db.read_now(balances.cash_at_end, chapter.id, chapter.pot_id, place, day)


def ticket(said: object) -> Ticket:
    """A fresh key for what is said."""
    return Ticket(ids.new(), digest(repr(said)))


def notes(amount: int) -> dict[str, int]:
    """An amount in the fewest notes."""
    found = {}
    for value in money.NOTES:
        found[str(value)], amount = divmod(amount, value)
    return {value: number for value, number in found.items() if number}
