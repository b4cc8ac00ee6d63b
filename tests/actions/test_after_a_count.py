"""Once cash was counted, what was booked wrong is mended without touching it, by two."""

from __future__ import annotations

import pytest

from app.approvals.actions import Waiting
from app.db.engine import Database
from app.ledger.receipts import EntryPosted
from app.terms import Actor
from tests.actions.moving_story import book, counts, held, holds, move
from tests.actions.two_hands import tables
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    """Lan 5,000 and Hoa 1,000 on the sheet."""
    return a_chapter(db)


def late(
    chapter: Chapter, lines: str, *, by: Actor | None = None, reason: str | None = "sót chị"
) -> Waiting:
    """A sheet of yesterday, sent after the count."""
    waits = chapter.ask(lines, on=TODAY - DAY, by=by, reason=reason).value
    assert isinstance(waits, Waiting)
    return waits


def test_a_forgotten_line_comes_out_of_what_was_too_much(doai: Chapter) -> None:
    """Hoa gave a thousand that nobody wrote down; the count found it, and now it has a name.

    It is hers from the day of the count: before that nothing pended that it could come out of.
    """
    doai.sheet("Lan 5.000/5", on=TODAY - DAY)
    counts(doai, 6_000)
    assert held(doai) == "cash_pot 6.000, savings Lan 5.000, overage_pending 1.000"
    before = book(doai)
    waits = late(doai, "Hoa 1.000/1")
    assert book(doai) == before
    doai.signs(doai.head, waits)
    holds(doai, """
        19/10 sheet
        cash_pot < savings Lan 5.000
        20/10 count
        cash_pot < overage_pending 1.000
        20/10 correction
        cash_short < savings Hoa 1.000
        overage_pending < cash_short 1.000
        cash_pot 6.000, savings Lan 5.000, savings Hoa 1.000
    """)  # fmt: skip


def test_what_the_count_did_not_find_is_cash_short(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5", on=TODAY - DAY)
    counts(doai, 5_000)
    doai.signs(doai.head, late(doai, "Hoa 1.000/1"))
    assert held(doai) == "cash_pot 5.000, savings Lan 5.000, cash_short 1.000, savings Hoa 1.000"
    assert doai.findings() == []


def test_it_says_why_and_two_sign(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5", on=TODAY - DAY)
    counts(doai, 5_000)
    before = tables(doai.db)
    refused("reason_needed", doai.ask, "Hoa 1.000/1", on=TODAY - DAY)
    assert tables(doai.db) == before
    refused("same_person", doai.signs, doai.treasurer, late(doai, "Hoa 1.000/1"))


def test_of_the_day_of_the_count_or_later_it_is_a_sheet(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5", on=TODAY - DAY)
    counts(doai, 5_000, on=TODAY)
    assert isinstance(doai.sheet("Hoa 1.000/1", on=TODAY), EntryPosted)


def test_too_much_was_booked_and_the_count_missed_it(doai: Chapter) -> None:
    """Lan's five were one: the four that were missing are taken up, in two steps of the book."""
    sheet = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    counts(doai, 2_000)
    assert held(doai).endswith("shortage_pending 4.000")
    waits = doai.asks_to_reverse(sheet, "Lan")
    doai.signs(doai.head, waits)
    holds(doai, """
        20/10 sheet
        cash_pot < savings Lan 5.000
        cash_pot < savings Hoa 1.000
        20/10 count
        shortage_pending < cash_pot 4.000
        20/10 reversal
        savings Lan < cash_over 5.000
        cash_over < shortage_pending 4.000
        cash_pot 2.000, savings Hoa 1.000, cash_over 1.000
    """)  # fmt: skip


def test_nothing_pends_so_it_is_cash_over(doai: Chapter) -> None:
    sheet = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    counts(doai, 6_000)
    doai.signs(doai.head, doai.asks_to_reverse(sheet))
    assert held(doai) == "cash_pot 6.000, cash_over 6.000"
    assert doai.findings() == []


def test_counted_between_asking_and_signing(doai: Chapter, clock: StoryClock) -> None:
    """What was asked before the count is done as the book stands now: cash as it was counted."""
    sheet = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    clock.tell(TODAY + DAY)
    waits = doai.asks_to_reverse(sheet, "Hoa")
    counts(doai, 5_000)
    doai.signs(doai.head, waits)
    assert held(doai) == "cash_pot 5.000, savings Lan 5.000"
    assert doai.findings() == []


def test_a_correction_is_taken_back_like_a_sheet(doai: Chapter) -> None:
    """What it took up pends again."""
    doai.sheet("Lan 5.000/5", on=TODAY - DAY)
    counts(doai, 6_000)
    result = doai.signs(doai.head, late(doai, "Hoa 1.000/1"))
    made = EntryPosted(result["id"], 0, [], None)  # type: ignore[arg-type]
    taken = doai.reverse(made)
    assert isinstance(taken, EntryPosted)  # no cash of it was counted since
    assert held(doai) == "cash_pot 6.000, savings Lan 5.000, overage_pending 1.000"
    assert doai.findings() == []


def test_a_counted_move_stands(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5")
    done = doai.signs(doai.head, move(doai, "pot", "hand", 5_000))
    counts(doai, 5_000, place="hand")
    moved = EntryPosted(done["id"], 0, [], None)  # type: ignore[arg-type]
    before = tables(doai.db)
    refused("counted_move", doai.reverse, moved)
    assert tables(doai.db) == before


def test_a_count_of_an_earlier_day_saw_nothing_of_it(doai: Chapter, clock: StoryClock) -> None:
    """Yesterday's count, written down after today's sheet: that cash was never counted."""
    doai.sheet("Hoa 1.000/1", on=TODAY - DAY)
    mistaken = doai.sheet("Lan 5.000/5")
    counts(doai, 1_000, on=TODAY - DAY)
    doai.reverse(mistaken)
    assert held(doai) == "cash_pot 1.000, savings Hoa 1.000"
    assert doai.findings() == []
