"""The check of a whole book: its trail, its ledger, and what features keep beside them."""

from __future__ import annotations

from collections.abc import Iterator

from app.audit.trail import Finding
from app.breaking import check as breaking
from app.db.tx import Tx
from app.ledger import verify as ledger
from app.loans import check as loans

books = ledger.books  # every book there is


def verify(db: Tx, chapter_id: str, *, at_seq: int = 0, at_head: str = "") -> Iterator[Finding]:
    """Every finding of one book; `at_head` is a head noted earlier."""
    yield from ledger.verify(db, chapter_id, at_seq=at_seq, at_head=at_head)
    yield from loans.findings(db, chapter_id)
    yield from breaking.findings(db, chapter_id)
