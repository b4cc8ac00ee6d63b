"""What taking an entry back means where a feature keeps more of it than its lines.

A loan is the replay of its facts, so its repayment is not undone by opposite lines alone. Features
stand above this room: each tells here, through main, what follows.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.db.tx import Tx
from app.ledger.entry import Transfer
from app.mending.rules import Follow
from app.terms import EntryKind


class Follower(Protocol):
    """What else it comes to that entry `seq` is taken back today by these opposite lines.

    Raises a Refusal where it cannot be taken back.
    """

    def __call__(
        self,
        db: Tx,
        chapter_id: str,
        seq: int,
        today: date,
        opposite: tuple[Transfer, ...],
        /,
    ) -> Follow: ...


FOLLOWERS: dict[EntryKind, Follower] = {}


def register(kind: EntryKind, follower: Follower) -> None:
    """Called once for each by main."""
    FOLLOWERS[kind] = follower
