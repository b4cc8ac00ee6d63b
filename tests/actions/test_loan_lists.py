"""Lists of loans: what SQL says of each loan is what its replay says; filters, totals, pages."""

from __future__ import annotations

from datetime import date

import pytest

from app.db.engine import Database
from app.db.tx import Tx
from app.loan_terms import LoanPurpose, LoanState
from app.loans import found
from app.loans.listed import Found, Totals, Wanted
from app.members import actions as members
from app.members.rules import Need, need_on
from app.terms import NeedClass
from tests.actions.moving_story import opens
from tests.journeys.holders import member_and_inspector
from tests.lent import Lends
from tests.story import TODAY, Chapter, StoryClock, a_chapter

S = LoanState
BEFORE_OTHERS = {"out_of_order_reason": "họp bàn"}


@pytest.fixture
def doai(db: Database) -> Chapter:
    """A chapter that lends at half a per cent a month, with 9.000.000 in hand."""
    doai = a_chapter(
        db, "Lan Hoa Mai Sen Cúc Tư", loan_monthly_rate_bp=50, loans_stop_days_before=0
    )
    doai.signs(doai.head, opens(doai, {"Lan": 500_000}, hand=9_000_000))
    return doai


@pytest.fixture
def lends(doai: Chapter) -> Lends:
    return Lends(doai)


def lists(doai: Chapter, unit: str = "", **wanted: object) -> Found:
    return doai.db.read_now(found.find, unit or doai.id, Wanted(**wanted))  # type: ignore[arg-type]


def names(doai: Chapter, shown: Found) -> str:
    """Whose loans, in their order: `Lan Hoa`."""
    known = {member: name for name, member in doai.members.items()}
    return " ".join(known[line.standing.of.member_id] for line in shown.lines)


def a_loan_of_each_kind(lends: Lends, clock: StoryClock) -> dict[str, str]:
    """Asked, approved, refused, out and late, paid back, lost and partly recovered."""
    loans = {"asked": lends.asks("Lan", 300_000, 3)}
    loans["approved"] = lends.asks("Hoa", 400_000, 4, purpose="school")
    lends.approves(loans["approved"], **BEFORE_OTHERS)
    loans["refused"] = lends.asks("Mai", 500_000, 5)
    lends.refuses(loans["refused"])
    loans["out"] = lends.asks("Sen", 600_000, 6)
    lends.approves(loans["out"], **BEFORE_OTHERS)
    lends.pays_out(loans["out"])
    loans["closed"] = lends.asks("Cúc", 100_000, 1, purpose="health")
    lends.approves(loans["closed"], **BEFORE_OTHERS)
    lends.pays_out(loans["closed"])
    lends.repays(loans["closed"], 100_000)
    loans["lost"] = lends.asks("Tư", 200_000, 2)
    lends.approves(loans["lost"], **BEFORE_OTHERS)
    lends.pays_out(loans["lost"])
    lends.repays(loans["lost"], 50_000)
    lends.till.signs(lends.asks_to_write_off(loans["lost"]))
    lends.recovers(loans["lost"], 30_000)
    clock.tell(date(2026, 12, 25))
    return loans


def test_every_state_is_said_as_its_replay_says_it(
    doai: Chapter, lends: Lends, clock: StoryClock
) -> None:
    loans = a_loan_of_each_kind(lends, clock)
    for state in S:
        shown = lists(doai, state=state)
        assert {line.standing.loan.state for line in shown.lines} == {state}
    assert [line.standing.of.id for line in lists(doai).lines] == list(loans.values())
    kept = sum(len(lists(doai, state=state).lines) for state in S)
    assert kept == len(loans)


def test_totals_are_those_of_the_replays(doai: Chapter, lends: Lends, clock: StoryClock) -> None:
    """66 days after the first payment of 100.000 was due: late, and at risk."""
    a_loan_of_each_kind(lends, clock)
    assert lists(doai).totals == Totals(
        loans=6, borrowers=6, lent=900_000, repaid=150_000, outstanding=600_000,
        written_off=150_000, recovered=30_000, late=1, overdue=200_000, par30=600_000,
        left_poor_list=0,
    )  # fmt: skip
    assert lists(doai, state=S.CLOSED).totals == Totals(1, 1, 100_000, 100_000, 0, 0, 0, 0, 0, 0, 0)


def test_a_loan_on_which_only_interest_is_left_still_runs(
    doai: Chapter, lends: Lends, clock: StoryClock
) -> None:
    """Its account is empty, as that of one which was paid back in time."""
    late, back = lends.lent("Lan", 1_000_000, 1), lends.lent("Hoa", 1_000_000, 1)
    clock.tell(date(2026, 11, 20))
    lends.repays(back, 1_005_000)
    clock.tell(date(2027, 2, 20))
    lends.repays(late, 1_005_000)  # the interest of three months more stays
    assert names(doai, lists(doai, state=S.RUNNING)) == "Lan"
    assert names(doai, lists(doai, state=S.CLOSED)) == "Hoa"
    lends.repays(late, 15_000)
    assert names(doai, lists(doai, state=S.RUNNING)) == ""


def test_what_was_taken_back_counts_for_nothing(doai: Chapter, lends: Lends) -> None:
    loan = lends.asks("Lan", 300_000, 3)
    lends.approves(loan)
    paid = lends.pays_out(loan)
    lends.takes_back(paid.id)
    assert names(doai, lists(doai, state=S.APPROVED)) == "Lan"
    assert lists(doai).totals.lent == 0


@pytest.mark.parametrize(
    ("wanted", "whose"),
    [
        ({"purpose": LoanPurpose.SCHOOL}, "Hoa"),
        ({"late": 1}, "Sen"),
        ({"late": 35}, "Sen"),
        ({"late": 36}, ""),
        ({"need": NeedClass.POOR}, "Mai"),
        ({"need": NeedClass.OTHER}, "Lan Hoa Sen Cúc Tư"),
        ({"officers": True}, ""),
        ({"q": "cuc"}, "Cúc"),
        ({"q": "%"}, ""),
        ({"q": "2"}, "Hoa"),
        ({"since": TODAY}, "Lan Hoa Mai Sen Cúc Tư"),
        ({"until": date(2026, 10, 19)}, ""),
        ({"state": S.RUNNING, "late": 36}, ""),
    ],
)  # fmt: skip
def test_filters(
    doai: Chapter, lends: Lends, clock: StoryClock, wanted: dict[str, object], whose: str
) -> None:
    """Sen's row of 20/11 is 35 days late on 25/12."""
    for kind, year in ((NeedClass.NEAR_POOR, 2024), (NeedClass.POOR, 2025)):
        doai.db.write_now(
            members.enter_need_class, actor=doai.treasurer, member_id=doai.members["Mai"],
            need=Need(kind, year),
        )  # fmt: skip
    a_loan_of_each_kind(lends, clock)
    shown = lists(doai, **wanted)
    assert names(doai, shown) == whose
    assert shown.totals.loans == len(whose.split())


def test_the_class_is_the_one_that_the_rule_says(doai: Chapter, lends: Lends) -> None:
    """Of the year she asked, whatever was entered in which order."""
    P, N, H = NeedClass.POOR, NeedClass.NEAR_POOR, NeedClass.HARDSHIP
    entered: dict[str, list[tuple[int, str]]] = {
        "Lan": [(2024, N), (2026, P)], "Hoa": [(2026, P), (2024, N)], "Mai": [(2025, N), (2025, H)],
        "Sen": [(2023, H), (2025, P), (2024, N)], "Cúc": [],
    }  # fmt: skip
    for name, classes in entered.items():
        for year, kind in classes:
            doai.db.write_now(
                members.enter_need_class, actor=doai.treasurer, member_id=doai.members[name],
                need=Need(NeedClass(kind), year),
            )  # fmt: skip
        lends.asks(name, 100_000, 1)
    shown = lists(doai)
    assert [line.need for line in shown.lines] == [
        need_on(classes, TODAY.year) or NeedClass.OTHER for classes in entered.values()
    ]


def test_pages_follow_on_each_other_either_way(doai: Chapter, lends: Lends) -> None:
    every = [lends.asks(name, 100_000, 1) for name in ("Lan", "Hoa", "Mai", "Sen", "Cúc")]
    for newest_first in (False, True):
        seen: list[str] = []
        after = None
        for _ in range(3):
            shown = doai.db.read_now(
                found.find, doai.id, Wanted(), after=after, limit=2, newest_first=newest_first
            )
            assert shown.totals.loans == 5
            seen += [line.standing.of.id for line in shown.lines]
            after = shown.next
        assert after is None
        assert seen == (every[::-1] if newest_first else every)


def test_a_unit_finds_the_loans_of_its_chapters_alone(doai: Chapter, lends: Lends) -> None:
    lends.asks("Lan", 100_000, 1)
    other = a_chapter(doai.db, "Năm", under=doai.union, name="Chi hội thôn Đông")
    other.signs(other.head, opens(other, {}, hand=500_000))
    Lends(other).asks("Năm", 200_000, 2)
    for unit, loans in ((doai.union.commune, 2), (doai.union.root, 2), (doai.id, 1), (other.id, 1)):
        assert lists(doai, unit).totals.loans == loans


def test_statements_do_not_grow_with_loans(
    doai: Chapter, lends: Lends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of ten loans takes as many statements as a page of one."""
    asked: list[str] = []
    rows = Tx.rows

    def counted(tx: Tx, sql: str, params: object = ()) -> object:
        asked.append(sql)
        return rows(tx, sql, params)  # type: ignore[arg-type]

    lends.lent("Lan", 100_000, 1)
    monkeypatch.setattr(Tx, "rows", counted)
    lists(doai)
    few = len(asked)
    monkeypatch.setattr(Tx, "rows", rows)
    for name in ("Hoa", "Mai", "Sen", "Cúc"):
        lends.lent(name, 100_000, 1)
    asked.clear()
    monkeypatch.setattr(Tx, "rows", counted)
    lists(doai)
    assert len(asked) == few


def test_the_officers_own_loans_are_counted_while_they_are_open(
    doai: Chapter, lends: Lends
) -> None:
    commune = doai.union.commune

    def flagged() -> int:
        return doai.db.read_now(found.officers_open, commune)

    lends.lent("Lan", 100_000, 1)
    assert flagged() == 0
    member_and_inspector(doai, "Na")
    loan = lends.lent("Na", 100_000, 1)
    assert flagged() == 1
    assert names(doai, lists(doai, officers=True)) == "Na"
    lends.repays(loan, 100_000)
    assert flagged() == 0
