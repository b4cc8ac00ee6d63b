"""Sheets and their reversal, told as a book: what goes in, what stands there, what is refused."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from app import ids
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Conflict, Invalid
from app.terms import BelongsTo, Kept, Level, Period, PotKind
from app.union import actions as union
from tests.story import (
    DAY,
    LAST_YEAR,
    TODAY,
    Chapter,
    StoryClock,
    a_chapter,
    counted,
    refused,
)

STORM = "mưa bão, chiều qua mới thu được"


@pytest.fixture
def doai(db: Database) -> Chapter:
    """Lan, Hoa and Mai, a pig that began a year ago, a thousand a day."""
    return a_chapter(db, "Lan Hoa Mai")


# What goes in


def test_a_meeting(doai: Chapter) -> None:
    doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    doai.holds("""
        20/10 sheet Lan 5.000/5, Hoa 1.000/1
        lợn 6.000 Lan 5.000/5, Hoa 1.000/1
    """)


def test_day_after_day(doai: Chapter, clock: StoryClock) -> None:
    doai.sheet("Lan 1.000/1, Hoa 1.000/1, Mai 1.000/1")
    clock.tell(TODAY + DAY)
    doai.sheet("Mai 2.000/2, Lan 500.000/100")
    doai.holds("""
        20/10 sheet Lan 1.000/1, Hoa 1.000/1, Mai 1.000/1
        21/10 sheet Mai 2.000/2, Lan 500.000/100
        lợn 505.000 Lan 501.000/101, Hoa 1.000/1, Mai 3.000/3
    """)


def test_a_second_sheet_of_the_same_day_is_added(doai: Chapter) -> None:
    doai.sheet("Lan 1.000/1, Hoa 1.000/1")
    doai.sheet("Lan 2.000/2")
    doai.holds("""
        20/10 sheet Lan 1.000/1, Hoa 1.000/1
        20/10 sheet Lan 2.000/2
        lợn 4.000 Lan 3.000/3, Hoa 1.000/1
    """)


def test_extra_money_covers_nothing(doai: Chapter) -> None:
    doai.sheet("Lan 1.500/0, Hoa 1.500/1")
    doai.holds("""
        20/10 sheet Lan 1.500/0, Hoa 1.500/1
        lợn 3.000 Lan 1.500/0, Hoa 1.500/1
    """)


def test_two_pots_are_two_books(doai: Chapter) -> None:
    fund = doai.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    doai.sheet("Lan 1.000/1")
    doai.sheet("Lan 9.000/9, Hoa 1.000/1", pot=fund)
    doai.holds("""
        20/10 sheet Lan 1.000/1
        20/10 sheet Lan 9.000/9, Hoa 1.000/1
        lợn 1.000 Lan 1.000/1
        quỹ 10.000 Lan 9.000/9, Hoa 1.000/1
    """)


def test_money_of_a_fund_pot_is_the_chapters_and_hers_only_by_name(doai: Chapter) -> None:
    fund = doai.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    doai.sheet("Lan 9.000/9", pot=fund)
    kinds = doai.db.read_now(Tx.rows, "SELECT kind, owner_id, balance FROM account ORDER BY no")
    assert kinds == [("cash_pot", fund, 9_000), ("fund", doai.members["Lan"], 9_000)]


def test_a_sheet_of_a_group(doai: Chapter) -> None:
    group = doai.db.write_now(
        union.create_unit, actor=doai.union.leader, name="Tổ 1", level=Level.GROUP,
        parent_id=doai.id, from_on=LAST_YEAR,
    )  # fmt: skip
    doai.sheet("Lan 1.000/1", group_id=group)
    refusal = refused("group_unknown", doai.sheet, "Lan 1.000/1", group_id=doai.union.commune)
    assert refusal.field == "group_id"
    assert counted(doai.db, "entry") == 1


# The receipt


def test_a_receipt_names_every_line_and_where_the_book_stands(doai: Chapter) -> None:
    before, _ = doai.head_now()
    posted = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    seq, head = doai.head_now()
    assert (posted.receipt.seq, posted.receipt.head) == (seq, head) == (before + 1, head)
    assert uuid.UUID(posted.id).version == 7
    assert posted.total == 6_000
    assert [(line.line_id, line.member_id, line.amount) for line in posted.lines] == [
        (ids.of_line(posted.id, 1), doai.members["Lan"], 5_000),
        (ids.of_line(posted.id, 2), doai.members["Hoa"], 1_000),
    ]


def test_every_seal_moves_the_head_by_one(doai: Chapter) -> None:
    first, second = doai.sheet("Lan 1.000/1"), doai.sheet("Lan 1.000/1")
    assert second.receipt.seq == first.receipt.seq + 1
    assert second.receipt.head != first.receipt.head


# What is refused, and leaves nothing


def test_a_refused_sheet_leaves_the_book_as_it_was(doai: Chapter) -> None:
    doai.sheet("Lan 1.000/1")
    before = doai.head_now()
    refused("too_little", doai.sheet, "Lan 5.000/5, Hoa 500/0")
    refused("pot_unknown", doai.sheet, "Lan 1.000/1", pot=ids.new())
    assert doai.head_now() == before
    doai.holds("""
        20/10 sheet Lan 1.000/1
        lợn 1.000 Lan 1.000/1
    """)


def test_members_and_pots_of_another_chapter_are_unknown(doai: Chapter) -> None:
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    stranger = trung.members["Cúc"]
    refusal = refused("member_unknown", doai.sheet, f"Lan 1.000/1, {stranger} 1.000/1")
    assert refusal.field == "lines.1.member_id"
    assert refused("pot_unknown", doai.sheet, "Lan 1.000/1", pot=trung.pot).field == "pot_id"
    assert counted(doai.db, "entry") == 0


def test_one_who_left_and_one_who_had_not_joined(doai: Chapter) -> None:
    doai.db.write_now(
        Tx.run, "UPDATE member SET left_on = ? WHERE id = ?", (TODAY - 2 * DAY, doai.members["Mai"])
    )
    doai.join("Cúc", on=TODAY)
    doai.sheet("Mai 1.000/1", on=TODAY - 2 * DAY)  # her last day
    refused("member_unknown", doai.sheet, "Mai 1.000/1")
    refused("not_a_member_then", doai.sheet, "Cúc 1.000/1", on=TODAY - DAY)
    doai.holds("""
        18/10 sheet Mai 1.000/1
        lợn 1.000 Mai 1.000/1
    """)


def test_a_pig_at_home_waits_for_breaking_day(doai: Chapter) -> None:
    tube = doai.open_pot(kind=PotKind.BAMBOO_TUBE, kept=Kept.HOME, name="ống tre")
    assert refused("home_pot", doai.sheet, "Lan 1.000/1", pot=tube).field == "pot_id"


def test_the_minimum_is_the_one_in_force_on_the_sheets_day(db: Database) -> None:
    doai = a_chapter(db, "Lan", minimum_per_period=2_000, period=Period.WEEK)
    raise_minimum(doai, TODAY, 5_000)
    refused("too_little", doai.sheet, "Lan 2.000/1")
    doai.sheet("Lan 2.000/1", on=TODAY - DAY)
    doai.sheet("Lan 5.000/1")
    doai.holds("""
        19/10 sheet Lan 2.000/1
        20/10 sheet Lan 5.000/1
        lợn 7.000 Lan 7.000/2
    """)


def raise_minimum(chapter: Chapter, on: date, minimum: int) -> None:
    """A later version of the charter, as its own action will write it."""
    columns = (
        "minimum_per_period, period, payout_step, default_decision, surplus_rule, set_off_debt,"
        " loan_monthly_rate_bp, loans_stop_days_before, one_loan_at_a_time, backdate_days,"
        " expense_limit, grant_limit, leaver_shares_surplus, words"
    )
    chapter.db.write_now(
        Tx.run,
        f"INSERT INTO charter (chapter_id, in_force_from, {columns}) SELECT chapter_id, ?, "
        f"{columns.replace('minimum_per_period', str(minimum), 1)} FROM charter",
        (on,),
    )


# Its day


def test_back_dating(doai: Chapter) -> None:
    doai.sheet("Lan 1.000/1", on=TODAY - 7 * DAY)
    refusal = refused("reason_needed", doai.sheet, "Lan 1.000/1", on=TODAY - 8 * DAY)
    assert refusal.field == "reason"
    doai.sheet("Lan 2.000/2", on=TODAY - 8 * DAY, reason=STORM)
    refused("in_future", doai.sheet, "Lan 1.000/1", on=TODAY + DAY)
    doai.holds("""
        13/10 sheet Lan 1.000/1
        12/10 sheet Lan 2.000/2
        lợn 3.000 Lan 3.000/3
    """)


def test_before_the_pig_was_there(doai: Chapter) -> None:
    doai.join("Cúc", on=date(2024, 1, 1))
    doai.sheet("Cúc 1.000/1", on=LAST_YEAR, reason=STORM)
    refusal = refused("before_opening", doai.sheet, "Cúc 1.000/1", on=LAST_YEAR - DAY, reason=STORM)
    assert isinstance(refusal, Invalid) and refusal.field == "date"


def test_nothing_enters_a_closed_cycle(doai: Chapter) -> None:
    """
    19/10  Lan puts in 1.000
    20/10  the pig is broken, a new one begins
    """
    doai.sheet("Lan 1.000/1", on=TODAY - DAY)
    break_the_pig(doai, TODAY)
    late = refused("cycle_closed", doai.sheet, "Lan 1.000/1", on=TODAY - DAY)
    assert isinstance(late, Conflict)
    assert "20/10/2026" in str(late)
    doai.sheet("Lan 3.000/3")
    assert doai.book().splitlines()[:-1] == ["19/10 sheet Lan 1.000/1", "20/10 sheet Lan 3.000/3"]


def test_a_pot_without_an_open_cycle_takes_nothing(doai: Chapter) -> None:
    close_cycle(doai, TODAY)
    assert isinstance(refused("pot_closed", doai.sheet, "Lan 1.000/1"), Conflict)


def close_cycle(chapter: Chapter, on: date) -> None:
    sql = "UPDATE cycle SET closed_on = ? WHERE chapter_id = ? AND closed_on IS NULL"
    chapter.db.write_now(Tx.run, sql, (on, chapter.id))


def break_the_pig(chapter: Chapter, on: date) -> None:
    """What a breaking will do to the cycles (by SQL until there is one)."""
    close_cycle(chapter, on)
    chapter.db.write_now(
        Tx.run,
        "INSERT INTO cycle (chapter_id, pot_id, no, starts_on) VALUES (?, ?, 2, ?)",
        (chapter.id, chapter.pot, on),
    )


# Taking back


def test_a_line_is_taken_back_in_sight_of_all(doai: Chapter) -> None:
    posted = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    back = doai.reverse(posted, "Lan")
    assert (back.total, [line.amount for line in back.lines]) == (-5_000, [-5_000])
    doai.sheet("Lan 4.000/4")
    doai.holds("""
        20/10 sheet Lan 5.000/5, Hoa 1.000/1
        20/10 reversal Lan -5.000/-5
        20/10 sheet Lan 4.000/4
        lợn 5.000 Lan 4.000/4, Hoa 1.000/1
    """)


def test_a_whole_sheet_and_then_what_is_left_of_one(doai: Chapter) -> None:
    first = doai.sheet("Lan 1.000/1, Hoa 2.000/2")
    doai.reverse(first)
    second = doai.sheet("Lan 3.000/3, Hoa 4.000/4, Mai 5.000/5")
    doai.reverse(second, "Hoa")
    doai.reverse(second)
    doai.holds("""
        20/10 sheet Lan 1.000/1, Hoa 2.000/2
        20/10 reversal Lan -1.000/-1, Hoa -2.000/-2
        20/10 sheet Lan 3.000/3, Hoa 4.000/4, Mai 5.000/5
        20/10 reversal Hoa -4.000/-4
        20/10 reversal Lan -3.000/-3, Mai -5.000/-5
        lợn 0 Lan 0/0, Hoa 0/0, Mai 0/0
    """)


def test_no_line_is_taken_back_twice(doai: Chapter) -> None:
    posted = doai.sheet("Lan 1.000/1, Hoa 2.000/2")
    doai.reverse(posted, "Lan")
    refused("reversed_already", doai.reverse, posted, "Lan")
    refused("reversed_already", doai.reverse, posted, "Lan", "Hoa")
    doai.reverse(posted)
    refused("reversed_already", doai.reverse, posted)
    assert counted(doai.db, "entry") == 3


def test_a_wrong_correction_is_mended_by_recording_anew(doai: Chapter) -> None:
    """Were a reversal taken back, its line would count again and still be shown as taken back."""
    posted = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    back = doai.reverse(posted, "Lan", reason="tưởng là nhầm")
    refused("reversal_stands", doai.reverse, back)
    refused("reversal_stands", doai.reverse, back, "Lan")
    doai.sheet("Lan 5.000/5")
    doai.holds("""
        20/10 sheet Lan 5.000/5, Hoa 1.000/1
        20/10 reversal Lan -5.000/-5
        20/10 sheet Lan 5.000/5
        lợn 6.000 Lan 5.000/5, Hoa 1.000/1
    """)


def test_a_fund_line_is_taken_back_from_the_fund(doai: Chapter) -> None:
    fund = doai.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    posted = doai.sheet("Lan 9.000/9, Hoa 1.000/1", pot=fund)
    doai.reverse(posted, "Lan")
    doai.holds("""
        20/10 sheet Lan 9.000/9, Hoa 1.000/1
        20/10 reversal Lan -9.000/-9
        lợn 0
        quỹ 1.000 Lan 0/0, Hoa 1.000/1
    """)


def test_a_back_dated_sheet_recorded_today_is_taken_back_today(doai: Chapter) -> None:
    posted = doai.sheet("Lan 5.000/5", on=TODAY - 3 * DAY)
    doai.reverse(posted)
    doai.holds("""
        17/10 sheet Lan 5.000/5
        20/10 reversal Lan -5.000/-5
        lợn 0 Lan 0/0
    """)


def test_what_was_recorded_yesterday_needs_the_head_too(doai: Chapter, clock: StoryClock) -> None:
    posted = doai.sheet("Lan 5.000/5")
    clock.tell(TODAY + DAY, minutes=0)
    waits = doai.asks_to_reverse(posted)
    assert counted(doai.db, "entry") == 1
    doai.signs(doai.head, waits)
    doai.holds("""
        20/10 sheet Lan 5.000/5
        21/10 reversal Lan -5.000/-5
        lợn 0 Lan 0/0
    """)


def test_until_midnight_it_is_the_same_day(doai: Chapter, clock: StoryClock) -> None:
    posted = doai.sheet("Lan 5.000/5")
    clock.tell(TODAY, minutes=24 * 60 - 1)
    doai.reverse(posted)
    assert doai.findings() == []


def test_lines_of_another_sheet_are_unknown(doai: Chapter) -> None:
    posted, other = doai.sheet("Lan 1.000/1"), doai.sheet("Lan 2.000/2, Hoa 1.000/1")
    for line_id in (other.lines[0].line_id, ids.of_line(posted.id, 2)):
        lines = [posted.lines[0], type(posted.lines[0])(line_id, doai.members["Lan"], 1)]
        wrong = type(posted)(posted.id, 0, lines, posted.receipt)
        assert refused("line_unknown", doai.reverse, wrong, "Lan").field == "lines"
    assert counted(doai.db, "entry") == 2


def test_only_the_treasurer_takes_back(doai: Chapter) -> None:
    posted = doai.sheet("Lan 1.000/1", by=doai.head)
    for officer in (doai.head, doai.deputy, doai.inspector):
        refused("not_your_office", doai.reverse, posted, by=officer)
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    refused("not_found", doai.reverse, posted, by=trung.treasurer)
    doai.reverse(posted)


def test_an_entry_that_is_not_there(doai: Chapter) -> None:
    posted = doai.sheet("Lan 1.000/1")
    missing = type(posted)(ids.for_entry(), 0, [], posted.receipt)
    refused("not_found", doai.reverse, missing)


def test_a_sheet_of_a_broken_pig_stays_as_it_is(doai: Chapter) -> None:
    posted = doai.sheet("Lan 1.000/1")
    break_the_pig(doai, TODAY)
    refused("cycle_closed", doai.reverse, posted)


def test_money_that_is_no_longer_there_cannot_be_taken_back(doai: Chapter) -> None:
    """Her savings went elsewhere meanwhile (by SQL, until they can): nothing falls below zero."""
    posted = doai.sheet("Lan 5.000/5, Hoa 5.000/5")
    sql = "UPDATE account SET balance = 4000 WHERE kind = 'savings' AND owner_id = ?"
    doai.db.write_now(Tx.run, sql, (doai.members["Lan"],))
    refused("below_zero", doai.reverse, posted, "Lan")
    doai.reverse(posted, "Hoa")


def test_the_reason_is_kept_beside_the_seal(doai: Chapter) -> None:
    posted = doai.sheet("Lan 1.000/1", on=TODAY - 8 * DAY, reason=STORM, note="họp tổ")
    doai.reverse(posted, reason="ghi nhầm tên")
    words = doai.db.read_now(
        Tx.rows,
        "SELECT t.name, t.words FROM trail_text t JOIN entry e ON e.chapter_id = t.chapter_id"
        " AND e.seq = t.seq ORDER BY t.seq, t.name",
    )
    assert words == [("note", "họp tổ"), ("reason", STORM), ("reason", "ghi nhầm tên")]
