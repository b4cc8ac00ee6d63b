"""A pig is opened, counted, decided about, signed by two, and posted as one entry."""

from __future__ import annotations

from datetime import date

import pytest

from app.breaking import queries
from app.breaking.opening import next_planned
from app.db.engine import Database
from app.db.tx import Tx
from app.terms import Kept
from tests.actions.settled import leave
from tests.broken import Breaks, broken
from tests.lent import Lends
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, refused
from tests.till import WITNESSES


@pytest.fixture
def doai(db: Database) -> Chapter:
    """Lan has 5.000, Hoa 1.000 in the pig."""
    chapter = a_chapter(db, "Lan Hoa")
    chapter.sheet("Lan 5.000/5, Hoa 1.000/1", on=TODAY - DAY)
    return chapter


def test_the_whole_way(doai: Chapter) -> None:
    """
    Two saved, one takes hers, the other keeps hers: the next pig begins with what was kept.
    """
    breaks = Breaks(doai)
    assert breaks.opens().state == "open"
    refused("breaking_open", doai.sheet, "Lan 1.000/1")
    counted = breaks.counts(6_000)
    assert (counted.counted, counted.book, counted.difference) == (6_000, 6_000, 0)
    assert counted.state == "counted"
    breaks.decides("Lan -/0/0")
    assert breaks.state() == "decided"
    done = breaks.breaks()
    assert done.state == "posted" and breaks.state() == "posted"
    assert (done.receipt.seq, done.receipt.head) == doai.head_now()
    doai.holds("""
        19/10 sheet  Lan 5.000/5, Hoa 1.000/1
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


def cycles(doai: Chapter) -> list[tuple[int, str, str | None]]:
    sql = "SELECT no, starts_on, closed_on FROM cycle WHERE pot_id = ? ORDER BY no"
    return [(*row,) for row in doai.db.read_now(Tx.rows, sql, (doai.pot,))]  # type: ignore[misc]


def test_one_cycle_closes_and_the_next_begins_that_day(doai: Chapter, clock: StoryClock) -> None:
    broken(doai, on=TODAY)
    assert cycles(doai) == [(1, "2025-10-20", "2026-10-20"), (2, "2026-10-20", None)]
    refused("cycle_closed", doai.sheet, "Lan 1.000/1", on=TODAY - DAY)
    refused("broken_today", Breaks(doai).opens)
    clock.tell(TODAY + DAY)
    doai.sheet("Lan 2.000/2")
    broken(doai)
    assert [no for no, *_ in cycles(doai)] == [1, 2, 3]
    doai.holds("""
        19/10 sheet Lan 5.000/5, Hoa 1.000/1
        21/10 sheet Lan 2.000/2
        lợn 8.000 Lan 7.000/0, Hoa 1.000/0
    """)


def test_a_pig_without_money_is_broken_too(db: Database) -> None:
    """No entry, but a record, a count and a new cycle."""
    doai = a_chapter(db, "")
    breaks = broken(doai)
    assert breaks.state() == "posted"
    assert cycles(doai)[1:] == [(2, "2026-10-20", None)]
    assert doai.findings() == []


# Opening


def test_nothing_lies_behind_the_day(doai: Chapter) -> None:
    breaks = Breaks(doai)
    said = refused("entries_after", breaks.opens, on=TODAY - 2 * DAY)
    assert said.values["day"] == "19/10/2026" and said.field == "date"
    breaks.opens(on=TODAY - DAY)


def test_a_count_and_a_new_plan_lie_behind_it_too(doai: Chapter, clock: StoryClock) -> None:
    lends = Lends(doai, doai.open_pot(name="heo"))
    lends.till.opens("Lan 9.000", hand=9_000)
    loan = lends.lent("Lan", 5_000, 1)
    clock.tell(TODAY + DAY)
    doai.signs(doai.head, lends.asks_to_reschedule(loan, 2))
    refused("entries_after", Breaks(doai, lends.pot).opens, on=TODAY)
    breaks = Breaks(doai)
    breaks.till.counts("pot", 6_000)
    refused("counted_later", breaks.opens, on=TODAY)


def test_not_in_the_future_and_not_before_the_pig(doai: Chapter) -> None:
    breaks = Breaks(doai)
    refused("in_future", breaks.opens, on=TODAY + DAY)
    refused("reason_needed", Breaks(doai, doai.open_pot(name="heo")).opens, on=TODAY - 9 * DAY)
    refused(
        "before_opening", Breaks(doai, doai.open_pot(name="mới", on=TODAY)).opens, on=TODAY - DAY
    )
    breaks.pot = doai.id
    refused("pot_unknown", breaks.opens)


def test_one_at_a_time(doai: Chapter) -> None:
    first, second = Breaks(doai), Breaks(doai)
    first.opens()
    refused("breaking_already_open", second.opens, by=doai.head)
    other = Breaks(doai, doai.open_pot(name="heo"))
    other.opens()
    going_on = doai.db.read_now(queries.open_of, actor=doai.inspector, chapter_id=doai.id)
    assert [of.id for of in going_on] == [first.id, other.id]
    first.abandons()
    second.opens(by=doai.head)


@pytest.mark.parametrize("who", ["inspector"])
def test_whose_office_it_is(doai: Chapter, who: str) -> None:
    breaks = Breaks(doai)
    refused("not_your_office", breaks.opens, by=getattr(doai, who))
    refused("not_your_office", breaks.opens, by=doai.union.leader)
    breaks.opens(by=doai.deputy)
    refused("not_your_office", breaks.counts, 6_000, by=getattr(doai, who))
    breaks.counts(6_000, by=doai.head)
    refused("not_your_office", breaks.decides, "Lan -/0/0", by=getattr(doai, who))
    refused("not_your_office", breaks.abandons, by=doai.union.leader)
    assert breaks.plan(by=getattr(doai, who)).plan.counted == 6_000
    assert breaks.plan(by=doai.union.leader).plan.counted == 6_000  # her commune's
    for far in (doai.union.provincial, doai.union.administrator):
        refused("not_found", breaks.plan, by=far)
    trung = a_chapter(doai.db, "Cúc", under=doai.union, name="Chi hội thôn Trung")
    refused("not_found", breaks.plan, by=trung.treasurer)


# Counting


def test_what_is_counted_is_checked(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    said = refused("note_unknown", breaks.counts, {"3000": 1, "1000": -1})
    assert [part.field for part in said.parts] == ["notes.3000", "notes.1000"]
    refused("witnesses_needed", breaks.counts, 6_000, witnesses=WITNESSES[:1])
    refused("outcome_unfit", breaks.counts, 7_000, "group_bears")
    refused("outcome_unfit", breaks.counts, 5_000, "accepted")
    refused("person_unknown", breaks.counts, 5_000, "keeper_owes", keeper_id=doai.id)
    refused("not_from_home", breaks.counts, 6_000, home={"Lan": 5_000})
    assert breaks.state() == "open"
    refused("not_counted", breaks.plan)
    refused("not_counted", breaks.decides, "Lan -/0/0")
    refused("not_counted", breaks.signs, fingerprint="0" * 64)


def test_vessels_from_home_are_checked(doai: Chapter) -> None:
    breaks = Breaks(doai, doai.open_pot(kept=Kept.HOME, name="ống tre"))
    breaks.opens()
    said = refused("member_unknown", breaks.counts, 0, home={doai.id: 1_000})
    assert said.field == "home.0.member_id"
    twice = {"Lan": 1_000, doai.members["Lan"]: 1_000}
    assert refused("member_twice", breaks.counts, 0, home=twice).field == "home.1.member_id"
    leave(doai, "Hoa")
    refused("member_unknown", breaks.counts, 0, home={"Hoa": 1_000})


def test_it_goes_on_on_another_phone_and_is_counted_again(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(5_000, "group_bears")
    breaks.decides("Lan -/0/0")
    breaks.counts(6_000, by=doai.head)
    shown = doai.db.read_now(queries.one, actor=doai.deputy, breaking_id=breaks.id)
    assert shown.count is not None and shown.count.counted == 6_000
    assert (shown.state, shown.witnesses) == ("decided", ", ".join(WITNESSES))
    breaks.breaks()
    doai.holds("""
        19/10 sheet  Lan 5.000/5, Hoa 1.000/1
        20/10 breaking Lan -5.000/0
        lợn 1.000 Lan 0/0, Hoa 1.000/0
    """)


# Decisions


def test_decisions_are_of_her_savings(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(6_000)
    refused("beyond_savings", breaks.decides, "Lan 5.001/0/-")
    refused("not_all_savings", breaks.decides, "Lan 4.000/0/0")
    refused("one_open", breaks.decides, "Lan -/-/0")
    refused("no_box", breaks.decides, "Lan 0/-/1.000")
    refused("member_unknown", breaks.decides, f"{doai.id} -/0/0")
    said = refused("member_twice", breaks.decides, "Lan -/0/0, Lan -/0/0")
    assert said.field == "lines.1.member_id"
    assert breaks.state() == "counted"
    breaks.decides("Lan 2.000/-/0, Hoa 1.000/0/0")
    lines = {line.number: line for line in breaks.plan().plan.lines}
    assert (lines[1].take, lines[1].keep) == (2_000, 3_000)
    assert lines[2].notes == {1_000: 1}


def test_nothing_follows_the_end(doai: Chapter) -> None:
    breaks = broken(doai)
    for act in (lambda: breaks.counts(6_000), lambda: breaks.decides("Lan -/0/0"), breaks.abandons,
                breaks.signs):  # fmt: skip
        refused("breaking_posted", act)
    posted = breaks.plan()
    assert posted.plan.counted == 6_000 and posted.first_signer == "Nguyễn Thị treasurer"


# The next one


@pytest.mark.parametrize(
    ("planned", "on", "then"),
    [
        (None, date(2026, 10, 20), None),
        (date(2026, 10, 20), date(2026, 10, 20), date(2027, 10, 20)),
        (date(2026, 10, 25), date(2026, 10, 20), date(2027, 10, 25)),
        (date(2026, 10, 1), date(2026, 10, 20), date(2027, 10, 1)),
        (date(2024, 2, 29), date(2026, 3, 8), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2026, 1, 20), date(2026, 12, 31)),
    ],
)
def test_the_next_breaking_is_planned_a_year_on(
    planned: date | None, on: date, then: date | None
) -> None:
    assert next_planned(planned, on) == then


def test_the_pot_says_so(doai: Chapter) -> None:
    doai.db.write_now(Tx.run, "UPDATE pot SET next_breaking_on = ?", (TODAY,))
    broken(doai)
    sql = "SELECT next_breaking_on FROM pot"
    assert doai.db.read_now(Tx.rows, sql) == [("2027-10-20",)]


# The minutes


def test_the_minutes_say_everything(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(5_000, "group_bears")
    breaks.decides("Lan -/0/0")
    refused("not_found", doai.db.read_now, queries.minutes, actor=doai.head, breaking_id=breaks.id)
    print_ = breaks.plan().fingerprint
    done = breaks.breaks()
    minutes = doai.db.read_now(queries.minutes, actor=doai.inspector, breaking_id=breaks.id)
    assert minutes.count.notes == {"5000": 1} and minutes.count.difference == -1_000
    assert minutes.shown.witnesses == ", ".join(WITNESSES)
    assert minutes.shown.reason == "đếm lại hai lần"
    assert (minutes.number, minutes.head) == (done.receipt.seq, done.receipt.head)
    assert len(minutes.code) == 9 and minutes.fingerprint == print_
    assert (minutes.first_signer, minutes.second_signer) == (
        "Nguyễn Thị treasurer", "Nguyễn Thị chapter_head",
    )  # fmt: skip
    assert minutes.names == {1: "Nguyễn Thị Lan", 2: "Nguyễn Thị Hoa"}
    lan, hoa = minutes.plan.lines
    assert (lan.savings, lan.share, lan.payout, hoa.stays) == (5_000, -1_000, 4_000, 1_000)


def statements(doai: Chapter, breaking_id: str) -> int:
    """How many it takes to show the plan."""

    def counted(tx: Tx) -> int:
        class Counting:
            asked = 0

            def __getattr__(self, name: str) -> object:
                return getattr(tx._cursor, name)

            def execute(self, *said: object) -> object:
                self.asked += 1
                return tx._cursor.execute(*said)

        cursor = Counting()
        queries.plan(Tx(cursor, postgres=tx._postgres), actor=doai.head, breaking_id=breaking_id)  # type: ignore[arg-type]
        return cursor.asked

    return doai.db.read_now(counted)


def test_a_plan_takes_as_many_statements_however_many_women(db: Database) -> None:
    asked: list[int] = []
    above = None
    for n in (2, 12):
        names = " ".join(f"Chị{i}" for i in range(n))
        doai = a_chapter(db, names, name=f"Chi hội {n}", set_off_debt=True,
                         surplus_rule="by_savings_days", loans_stop_days_before=0,
                         under=above)  # fmt: skip
        above = doai.union
        lends = Lends(doai)
        lends.till.opens(hand=1_000_000)
        for name in doai.members:
            loan = lends.asks(name, 10_000, 1)
            lends.approves(loan, out_of_order_reason="họp quyết")
            lends.pays_out(loan)
        doai.sheet(", ".join(f"{name} 1.000/1" for name in doai.members))
        breaks = Breaks(doai)
        breaks.opens()
        breaks.counts(breaks.book())
        asked.append(statements(doai, breaks.id))
    assert asked[0] == asked[1]
