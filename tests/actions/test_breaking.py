"""A pig is opened, counted, decided about, signed by two, and posted as one entry."""

from __future__ import annotations

from app.db.engine import Database
from tests.broken import Breaks
from tests.story import TODAY, a_chapter, refused


def test_the_whole_way(db: Database) -> None:
    """
    Two saved, one takes hers, the other keeps hers: the next pig begins with what was kept.
    """
    doai = a_chapter(db, "Lan Hoa")
    doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    breaks = Breaks(doai)
    assert breaks.opens().state == "open"
    refused("breaking_open", doai.sheet, "Lan 1.000/1")
    counted = breaks.counts(6_000)
    assert (counted.counted, counted.book, counted.difference) == (6_000, 6_000, 0)
    breaks.decides("Lan -/0/0")
    assert breaks.state() == "decided"
    done = breaks.breaks()
    assert done.state == "posted" and breaks.state() == "posted"
    doai.holds("""
        20/10 sheet  Lan 5.000/5, Hoa 1.000/1
        20/10 breaking Lan -5.000/0
        lợn 1.000 Lan 0/0, Hoa 1.000/0
    """)
    breaks.till.stands("""
        cash_hand 1.000
        savings Hoa 1.000
    """)
    doai.sheet("Lan 1.000/1", on=TODAY)
    breaks.till.stands("""
        cash_hand 1.000
        cash_pot 1.000
        savings Lan 1.000
        savings Hoa 1.000
    """)
