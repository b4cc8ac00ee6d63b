"""What the stories of leaving are told with."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock
from app.approvals.actions import Waiting
from app.cash import moving as cash
from app.settling import actions as settling
from app.settling import moving, queries
from app.settling.actions import Settlement
from app.settling.rules import Asked
from app.terms import Actor, Leaving, Place
from tests.story import Chapter, a_ticket


def in_hand(chapter: Chapter, amount: int, *, pot: str = "", on: date | None = None) -> None:
    """So much out of the pig into hand, or back where it is negative; two sign, as always."""
    source, target = (Place.POT, Place.HAND) if amount > 0 else (Place.HAND, Place.POT)
    waits = chapter.db.write_now(
        cash.move_cash, actor=chapter.treasurer, pot_id=pot or chapter.pot,
        day=on or clock.today(),
        source=source, target=target, amount=abs(amount), notes=None, witnesses=(),
        ticket=a_ticket(None, amount),
    ).value  # fmt: skip
    chapter.signs(chapter.head, waits)


def leave(
    chapter: Chapter, name: str, because: Leaving = Leaving.LEFT, *, on: date | None = None,
    by: Actor | None = None, key: str | None = None, shown: Any = None, **more: Any,
) -> Any:  # fmt: skip
    """She leaves: the settlement, or what waits for a signature."""
    asked = Asked(on or clock.today(), because, **more)
    answer: Settlement | Waiting = chapter.db.write_now(
        settling.leave, actor=by or chapter.treasurer, member_id=chapter.members[name],
        asked=asked, ticket=a_ticket(key, name, asked), shown=shown,
    ).value  # fmt: skip
    return answer


def pay(
    chapter: Chapter, name: str, amount: int | None = None, *, on: date | None = None,
    by: Actor | None = None,
) -> Settlement:  # fmt: skip
    """What waits is paid, as far as cash goes or so much of it."""
    found: Settlement = chapter.db.write_now(
        settling.pay_out, actor=by or chapter.treasurer, member_id=chapter.members[name],
        day=on or clock.today(), amount=amount, ticket=a_ticket(None, name, amount),
    ).value  # fmt: skip
    return found


def deliver(
    giving: Chapter, receiving: Chapter, amount: int, *, on: date | None = None,
    by: Actor | None = None,
) -> Waiting:  # fmt: skip
    """Cash out of the giving chapter's pig, for the other to sign."""
    waits: Waiting = giving.db.write_now(
        moving.deliver, actor=by or giving.treasurer, chapter_id=giving.id, pot_id=giving.pot,
        to_chapter_id=receiving.id, day=on or clock.today(), amount=amount,
        ticket=a_ticket(None, amount),
    ).value  # fmt: skip
    return waits


def open_between(chapter: Chapter) -> list[tuple[str, int]]:
    """Which chapter, and how much is to be given (or, below zero, to come)."""
    found = chapter.db.read_now(queries.between, chapter.id)
    return [(one.chapter_name, one.amount) for one in found]
