"""The only pen for differences: found by a count, taken up by a decision or a correction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.db.tx import Tx
from app.models.cash import CORRECTED, Difference, Settled
from app.terms import Outcome


def note(
    db: Tx, *, chapter_id: str, seq: int, id: str, pot_id: str, day: date, amount: int
) -> None:
    """An entry of this number brought a difference to light."""
    db.insert(Difference(chapter_id=chapter_id, seq=seq, id=id, pot_id=pot_id, day=day,
                         amount=amount))  # fmt: skip


def settle(
    db: Tx,
    *,
    chapter_id: str,
    seq: int,
    outcome: Outcome | None,
    parts: Iterable[tuple[int, int]],
) -> None:
    """Entry `seq` took up these (difference, đồng); no outcome: a correction did."""
    word = outcome.value if outcome else CORRECTED
    rows = [(chapter_id, of, seq, word, amount) for of, amount in parts]
    if rows:
        db.insert_rows(Settled, "chapter_id difference_seq seq outcome amount", rows)
