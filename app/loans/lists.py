"""Who may read which list of loans, and whose names stand on it. Reads only."""

from __future__ import annotations

from app.access.queries import require
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Invalid
from app.loans import found
from app.loans.history import is_named
from app.loans.listed import Found, Wanted
from app.terms import Actor


def below(
    db: Tx, *, actor: Actor, unit_id: str, wanted: Wanted, purpose: str | None = None,
    after: str | None = None, limit: int = 50, newest_first: bool = False,
) -> tuple[Found, bool]:  # fmt: skip
    """Loans of all chapters below a leader's unit, and whether their names are shown.

    Above the commune only for a purpose, which the door writes into each record (domain: People);
    without names nobody is looked for by hers: Invalid `purpose_needed`. Raises NotFound, NotAllowed.
    """
    require(db, actor=actor, may=May.READ_LOANS_BELOW, unit_id=unit_id)
    named = is_named(db, actor, unit_id, purpose)
    if wanted.q.strip() and not named:
        raise Invalid("purpose_needed", "Tìm theo tên thì mời chị ghi xem để làm gì.",
                      field="purpose")  # fmt: skip
    shown = found.find(db, unit_id, wanted, after=after, limit=limit, newest_first=newest_first,
                       named=named)  # fmt: skip
    return shown, named


def of_chapter(
    db: Tx, *, actor: Actor, chapter_id: str, wanted: Wanted, after: str | None = None,
    limit: int = 200, newest_first: bool = False,
) -> Found:  # fmt: skip
    """A chapter's loans for its officers. Raises NotFound, NotAllowed."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return found.find(db, chapter_id, wanted, after=after, limit=limit, newest_first=newest_first)


def whom(shown: Found) -> list[tuple[str, str]]:
    """Chapter and member of everybody on the page."""
    return [(line.standing.of.chapter_id, line.standing.of.member_id) for line in shown.lines]
