"""What an act that moved money answers."""

from __future__ import annotations

from dataclasses import dataclass

from app import ids
from app.audit.trail import Seal
from app.ledger.entry import Entry, signed, whose
from app.ledger.journal import Posted


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number of the seal and the head of the book after it."""

    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A member's line in the book; negative where it took out."""

    line_id: str
    member_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class EntryPosted:
    """An entry in the book with its members' lines. `id` is the entry's."""

    id: str
    total: int
    lines: list[PostedLine]
    receipt: Receipt


def receipt(seal: Seal) -> Receipt:
    """What a receipt shows of a seal."""
    return Receipt(seal.seq, seal.head)


def entry_posted(posted: Posted, entry: Entry) -> EntryPosted:
    """The answer of an entry: its members' lines, or where it has none the sum of all it moved."""
    lines = [
        PostedLine(ids.of_line(posted.entry_id, n), owner, signed(t))
        for n, t in enumerate(entry.transfers, 1)
        if (owner := whose(t)) is not None
    ]
    total = sum(line.amount for line in lines) if lines else sum(map(signed, entry.transfers))
    return EntryPosted(posted.entry_id, total, lines, receipt(posted.seal))
