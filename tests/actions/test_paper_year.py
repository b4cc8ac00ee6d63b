"""A chapter begins with its exercise book in July and loses a member in November: the whole half
year in one book, every identity looked at after each step; on both databases.
"""

from __future__ import annotations

from datetime import date

import pytest

from app.cash import handovers
from app.db.engine import Database
from app.db.tx import Tx
from app.terms import Role
from tests.actions.books import balance_of, numbers, told
from tests.actions.paper_year import KIN, PaperYear
from tests.actions.seats import sat
from tests.actions.two_hands import last_seal
from tests.story import StoryClock, tidy


@pytest.fixture
def year(db: Database, clock: StoryClock) -> PaperYear:
    return PaperYear(db, clock)


def test_month_by_month(year: PaperYear) -> None:
    """Every figure is worked out by hand from the days that `PaperYear` tells."""
    year.july()
    year.till.stands("""
        cash_hand 32.500
        cash_pot 479.000
        savings Lan 206.000
        savings Hoa 177.500
        savings Mai 121.000
        surplus 7.000
    """)
    year.august()
    year.till.stands("""
        cash_hand 32.500
        cash_pot 516.500
        savings Lan 227.000
        savings Hoa 198.000
        savings Mai 121.000
        shortage_pending 4.000
        surplus 7.000
    """)
    year.september()
    year.till.stands("""
        cash_hand 34.000
        cash_over 6.000
        cash_pot 613.500
        receivable treasurer 2.500
        savings Lan 255.000
        savings Hoa 198.000
        savings Mai 184.000
        surplus 7.000
    """)
    year.october()
    year.till.stands("""
        cash_hand 72.000
        cash_over 6.000
        cash_pot 665.500
        expense 12.000
        receivable somebody 2.500
        savings Lan 276.000
        savings Hoa 258.000
        savings Mai 205.000
        surplus 7.000
    """)
    year.november()
    year.till.stands("""
        cash_hand 45.500
        cash_over 6.000
        cash_pot 529.000
        expense 12.000
        savings Lan 319.000
        savings Hoa 500
        savings Mai 254.000
        surplus 7.000
    """)


def test_the_books_at_the_end(year: PaperYear) -> None:
    """The cash book ends at the balance, the balance balances, and no number is left out."""
    doai = year.whole().doai
    assert told(doai, from_on=date(2026, 7, 1)) == tidy(f"""
        lợn 0
        01/07 số Số dư từ sổ cũ +432.500 = 432.500
        12/07 PT 1/2026 Thu tiền góp của 3 chị +36.000 = 468.500
        26/07 PT 2/2026 Thu tiền góp của 3 chị +43.000 = 511.500
        16/08 PT 3/2026 Thu tiền góp của 2 chị +41.500 = 553.000
        31/08 số Kiểm quỹ thấy thiếu -4.000 = 549.000
        20/09 PT 4/2026 Nguyễn Thị treasurer trả tiền thiếu +1.500 = 550.500
        27/09 PT 5/2026 Thu tiền góp của 2 chị +91.000 = 641.500
        30/09 số Kiểm quỹ thấy thừa +6.000 = 647.500
        11/10 PC 1/2026 Chi: thăm ốm -12.000 = 635.500
        18/10 PT 6/2026 Thu tiền góp của 2 chị +81.000 = 716.500
        25/10 PT 7/2026 Thu tiền góp của 1 chị +21.000 = 737.500
        08/11 PT 8/2026 Thu tiền góp của 3 chị +57.500 = 795.000
        15/11 PC 2/2026 Trả tiền cho {KIN} -72.000 = 723.000
        21/11 PT 9/2026 Nguyễn Thị treasurer trả tiền thiếu +2.500 = 725.500
        22/11 PC 3/2026 Trả tiền cho {KIN} -207.000 = 518.500
        29/11 PT 10/2026 Thu tiền góp của 2 chị +56.000 = 574.500
        = 574.500
    """)
    assert balance_of(doai) == tidy("""
        Assets:Pig1:Cash:Hand 45.500 0
        Assets:Pig1:Cash:Pot 529.000 0
        Equity:Pig1:Surplus 0 7.000
        Expenses:Pig1:Activities 12.000 0
        Income:Pig1:CashOver 0 6.000
        Liabilities:Pig1:Savings:M001 0 319.000
        Liabilities:Pig1:Savings:M002 0 500
        Liabilities:Pig1:Savings:M003 0 254.000
        = 586.500
    """)
    assert balance_of(doai, date(2026, 8, 31)) == tidy("""
        Assets:Pig1:Cash:Hand 32.500 0
        Assets:Pig1:Cash:Pot 516.500 0
        Assets:Pig1:ShortagePending 4.000 0
        Equity:Pig1:Surplus 0 7.000
        Liabilities:Pig1:Savings:M001 0 227.000
        Liabilities:Pig1:Savings:M002 0 198.000
        Liabilities:Pig1:Savings:M003 0 121.000
        = 553.000
    """)
    given = [number for number in numbers(doai) if number != "-"]
    assert [n for n in given if n.startswith("PT")] == [f"PT {n}/2026" for n in range(1, 11)]
    assert [n for n in given if n.startswith("PC")] == [f"PC {n}/2026" for n in range(1, 4)]


def test_who_kept_the_cash(year: PaperYear) -> None:
    """What the first still owes is written into the record; from then on Mai's hand records."""
    doai = year.whole().doai
    assert sat(doai, Role.TREASURER) == "treasurer 08/03/2020–18/10/2026, Mai 18/10/2026–"
    record = doai.db.read_now(
        handovers.handover, actor=doai.head, handover_id=year.made["handover"]
    )
    assert (record.counted, record.total) == (716_500, 716_500)
    assert (record.pending, record.debts) == ([], [("lợn", "Nguyễn Thị treasurer", 2_500)])
    sql = (
        "SELECT DISTINCT e.day > ?, t.person_id FROM entry e JOIN trail t"
        " ON t.chapter_id = e.chapter_id AND t.seq = e.seq WHERE e.kind IN ('sheet', 'debt_paid')"
    )
    by = {(bool(after), who) for after, who in doai.db.read_now(Tx.rows, sql, (record.date,))}
    assert by == {(False, year.first.person_id), (True, doai.treasurer.person_id)}
    assert last_seal(doai.db, doai.id)["by"] == doai.treasurer.person_id


def test_a_death_takes_two_and_what_hands_can_hold(year: PaperYear) -> None:
    """Hoa's 279.500: 72.000 were in hand that day, 207.000 a week later, 500 no note pays."""
    year.whole()
    died, rest = year.died, year.rest
    assert (died["claim"], died["paid"], died["awaiting"]) == (279_500, 72_000, 207_500)
    assert (rest.claim, rest.paid, rest.awaiting) == (207_500, 207_000, 500)
