"""The cash book, voucher numbers and the trial balance, told as text; on both databases."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from app.access.queries import chapter_holding
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger import balances
from app.ledger.entry import CASH
from app.models.ledger import EntryRow
from app.reports import cash_book as books
from app.reports import trial_balance as trials
from app.reports import vouchers
from app.terms import BelongsTo, Place, PotKind
from tests.actions.books import balance_of, cash_book, numbers, told
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, dong, refused, tidy
from tests.till import Till

MONTH = date(2026, 10, 1)


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai", expense_limit=100_000)


@pytest.fixture
def till(doai: Chapter) -> Till:
    return Till(doai)


def a_story(till: Till, clock: StoryClock) -> None:
    """Two sheets, a count 2.000 short that the treasurer makes good, the pot opened, surplus
    found and spent, the expense taken back, a sheet remembered after the count."""
    clock.tell(TODAY - 7 * DAY)
    till.sheet("Lan 50.000/50, Hoa 10.000/10")
    till.sheet("Mai 4.000/4", on=TODAY - 9 * DAY)
    clock.tell(TODAY - 5 * DAY)
    short = till.counts("pot", 62_000)
    clock.tell(TODAY - 3 * DAY)
    till.settles(short, "keeper_owes")
    till.takes_debt(till.doai.treasurer.person_id, 1_500)
    till.moves("pot", "hand", 40_000)
    clock.tell(TODAY - 2 * DAY)
    till.signs(till.counts("hand", 46_500, "accepted"))
    wrong = till.spends(3_000, "hoa 20/10")
    till.doai.reverse(wrong)
    till.spends(2_000, "hoa 20/10")
    clock.tell(TODAY)
    till.signs(till.sheet("Hoa 7.000/7", on=TODAY - 6 * DAY, reason="sót"))
    till.moves("hand", "pot", 1_000)
    till.sheet("Hoa 1.000/1")


def test_all_cash_of_a_month(till: Till, clock: StoryClock) -> None:
    """What went from place to place, and the correction, are no lines: the cash did not change."""
    a_story(till, clock)
    assert told(till.doai) == tidy("""
        lợn 0
        11/10 (13/10) PT 2/2026 Thu tiền góp của 1 chị +4.000 = 4.000
        13/10 PT 1/2026 Thu tiền góp của 2 chị +60.000 = 64.000
        15/10 số Kiểm quỹ thấy thiếu -2.000 = 62.000
        17/10 PT 3/2026 Nguyễn Thị treasurer trả tiền thiếu +1.500 = 63.500
        18/10 số Kiểm quỹ thấy thừa +5.000 = 68.500
        18/10 PC 1/2026 Chi: hoa 20/10 -3.000 = 65.500 (hủy)
        18/10 số Hủy số 20 +3.000 = 68.500
        18/10 PC 2/2026 Chi: hoa 20/10 -2.000 = 66.500
        20/10 PT 4/2026 Thu tiền góp của 1 chị +1.000 = 67.500
        = 67.500
    """)


def test_each_place_has_its_own_book(till: Till, clock: StoryClock) -> None:
    a_story(till, clock)
    assert told(till.doai, place=Place.POT, from_on=TODAY - 5 * DAY) == tidy("""
        lợn 64.000
        15/10 số Kiểm quỹ thấy thiếu -2.000 = 62.000
        17/10 số Mở ra, lấy tiền lên tay -40.000 = 22.000
        20/10 số Cất tiền lại vào trong +1.000 = 23.000
        20/10 PT 4/2026 Thu tiền góp của 1 chị +1.000 = 24.000
        = 24.000
    """)
    assert told(till.doai, place=Place.HAND, from_on=MONTH, to_on=TODAY - 3 * DAY) == tidy("""
        lợn 0
        17/10 PT 3/2026 Nguyễn Thị treasurer trả tiền thiếu +1.500 = 1.500
        17/10 số Mở ra, lấy tiền lên tay +40.000 = 41.500
        = 41.500
    """)
    assert told(till.doai, place=Place.BANK) == tidy("""
        lợn 0
        = 0
    """)


def test_a_section_for_each_pot(till: Till) -> None:
    fund = till.doai.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="quỹ")
    till.sheet("Lan 5.000/5", on=TODAY - DAY)
    till.doai.sheet("Hoa 9.000/9", pot=fund)
    assert told(till.doai) == tidy("""
        lợn 0
        19/10 (20/10) PT 1/2026 Thu tiền góp của 1 chị +5.000 = 5.000
        = 5.000
        quỹ 0
        20/10 PT 2/2026 Thu tiền góp của 1 chị +9.000 = 9.000
        = 9.000
    """)
    assert told(till.doai, pot_id=fund).startswith("quỹ 0\n20/10 PT 2/2026")


def test_an_opening_balance_is_a_line(till: Till) -> None:
    till.opens("Lan 5.000, Hoa 1.000", pot=6_000, hand=500, on=TODAY - DAY)
    assert told(till.doai) == tidy("""
        lợn 0
        19/10 (20/10) số Số dư từ sổ cũ +6.500 = 6.500
        = 6.500
    """)
    assert balance_of(till.doai) == tidy("""
        Assets:Pig1:Cash:Hand 500 0
        Assets:Pig1:Cash:Pot 6.000 0
        Equity:Pig1:Surplus 0 500
        Liabilities:Pig1:Savings:M001 0 5.000
        Liabilities:Pig1:Savings:M002 0 1.000
        = 6.500
    """)


def test_the_days_are_the_vouchers(till: Till) -> None:
    """Asked for September, what was recorded in October for 30 September is there."""
    till.sheet("Lan 5.000/5", on=date(2026, 9, 30), reason="mưa bão")
    till.sheet("Lan 1.000/1", on=MONTH, reason="mưa bão")
    assert told(till.doai, to_on=date(2026, 9, 30)) == tidy("""
        lợn 0
        30/09 (20/10) PT 1/2026 Thu tiền góp của 1 chị +5.000 = 5.000
        = 5.000
    """)
    assert told(till.doai, from_on=MONTH, to_on=MONTH) == tidy("""
        lợn 5.000
        01/10 (20/10) PT 2/2026 Thu tiền góp của 1 chị +1.000 = 6.000
        = 6.000
    """)
    refused("period_turned", cash_book, till.doai, from_on=TODAY, to_on=MONTH)


def test_who_may_not_read_the_book(till: Till) -> None:
    asked = {"chapter_id": till.doai.id}
    for query in (books.cash_book, trials.trial_balance):
        refused(
            "not_your_office", till.doai.db.read_now, query, actor=till.doai.union.leader, **asked
        )
    other = a_chapter(till.doai.db, "Tư", under=till.doai.union, name="Chi hội thôn Đông")
    for query in (books.cash_book, trials.trial_balance):
        refused("not_found", till.doai.db.read_now, query, actor=other.head, **asked)
    refused("not_found", cash_book, till.doai, pot_id=other.pot)


# Numbers


def test_numbers_have_no_gap_over_the_years(till: Till, clock: StoryClock) -> None:
    """What is dated back into last year takes last year's next number, whatever came between."""
    clock.tell(date(2025, 12, 30))
    till.sheet("Lan 1.000/1")
    till.sheet("Hoa 1.000/1", on=date(2025, 12, 29))
    clock.tell(date(2026, 1, 2))
    till.sheet("Lan 1.000/1")
    late = till.sheet("Hoa 1.000/1", on=date(2025, 12, 31))
    till.doai.reverse(late)
    till.signs(till.counts("hand", 5_000, "accepted"))
    till.sheet("Mai 1.000/1", on=date(2026, 1, 1))
    till.spends(1_000)
    till.sheet("Mai 1.000/1", on=date(2025, 12, 31))
    assert numbers(till.doai) == [
        "PT 1/2025", "PT 2/2025", "PT 1/2026", "PT 3/2025", "-", "-", "-", "PT 2/2026",
        "PC 1/2026", "PT 4/2025",
    ]  # fmt: skip


def test_a_reversed_voucher_keeps_its_number(till: Till) -> None:
    first = till.sheet("Lan 1.000/1, Hoa 2.000/2")
    till.sheet("Lan 1.000/1")
    till.doai.reverse(first, "Lan")
    shown = till.doai.db.read_now(vouchers.slip, actor=till.doai.head, entry_id=first.id)
    assert (str(shown.of.voucher), shown.of.reversed_by, shown.amount) == ("PT 1/2026", None, 3_000)
    back = till.doai.reverse(first)
    shown = till.doai.db.read_now(vouchers.slip, actor=till.doai.head, entry_id=first.id)
    assert (str(shown.of.voucher), shown.of.reversed_by) == ("PT 1/2026", back.receipt.seq)
    till.sheet("Lan 1.000/1")
    assert numbers(till.doai) == ["PT 1/2026", "PT 2/2026", "-", "-", "PT 3/2026"]


def test_what_a_slip_says(till: Till, clock: StoryClock) -> None:
    a_story(till, clock)
    said = []
    for (entry_id,) in till.doai.db.read_now(Tx.rows, "SELECT id FROM entry ORDER BY seq"):
        one = till.doai.db.read_now(vouchers.slip, actor=till.doai.head, entry_id=entry_id)
        number = one.of.voucher or "số"
        said.append(f"{number} {dong(one.amount)} {one.of.kind} {one.who}".strip())
    assert "\n".join(said) == tidy("""
        PT 1/2026 60.000 sheet
        PT 2/2026 4.000 sheet Nguyễn Thị Mai
        số 2.000 count
        số 2.000 settlement
        PT 3/2026 1.500 debt_paid Nguyễn Thị treasurer
        số 40.000 cash_move
        số 5.000 count
        số 5.000 settlement
        PC 1/2026 3.000 expense
        số 3.000 reversal
        PC 2/2026 2.000 expense
        số 7.000 correction
        số 1.000 cash_move
        PT 4/2026 1.000 sheet Nguyễn Thị Hoa
    """)
    assert one.units == ["Tỉnh Sông Hồng", "Xã Đồng Tâm", "Chi hội thôn Đoài"]


# Balance


def test_the_trial_balance_of_any_day(till: Till, clock: StoryClock) -> None:
    a_story(till, clock)
    assert balance_of(till.doai, TODAY - 10 * DAY) == "= 0"
    assert balance_of(till.doai, TODAY - 5 * DAY) == tidy("""
        Assets:Pig1:Cash:Pot 62.000 0
        Assets:Pig1:ShortagePending 2.000 0
        Expenses:Pig1:CashShort 7.000 0
        Liabilities:Pig1:Savings:M001 0 50.000
        Liabilities:Pig1:Savings:M002 0 17.000
        Liabilities:Pig1:Savings:M003 0 4.000
        = 71.000
    """)
    code = till.doai.treasurer.person_id[-12:].upper()
    assert balance_of(till.doai) == tidy(f"""
        Assets:Pig1:Cash:Hand 43.500 0
        Assets:Pig1:Cash:Pot 24.000 0
        Assets:Pig1:Receivable:X{code} 500 0
        Expenses:Pig1:Activities 2.000 0
        Expenses:Pig1:CashShort 7.000 0
        Income:Pig1:CashOver 0 5.000
        Liabilities:Pig1:Savings:M001 0 50.000
        Liabilities:Pig1:Savings:M002 0 18.000
        Liabilities:Pig1:Savings:M003 0 4.000
        = 77.000
    """)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_book_ends_at_the_balance(
    till: Till, clock: StoryClock, seed: int
) -> None:
    """Random weeks: every line's balance follows from the one before, the last is the account's,
    no day ends below zero, numbers run 1, 2, 3, and debits are credits on each day."""
    chance, doai = Random(seed), till.doai
    clock.tell(date(2025, 12, 20))
    till.sheet("Lan 90.000/9, Hoa 90.000/9")
    till.moves("pot", "hand", 50_000)
    acts = (
        lambda on: till.sheet(f"Lan {chance.randint(1, 9)}000/1", on=on, reason="muộn"),
        lambda on: till.moves(*chance.sample(["pot", "hand", "bank"], 2),
                              chance.randint(1, 40) * 1_000, on=on, reason="muộn"),
        lambda on: till.spends(1_000, on=on),
        lambda on: till.counts("hand", chance.randint(0, 60) * 1_000),
        lambda on: doai.reverse(till.sheet("Hoa 3.000/3", on=on, reason="muộn")),
    )  # fmt: skip
    for week in range(40):
        today = date(2025, 12, 20) + week * DAY
        clock.tell(today)
        try:
            chance.choice(acts)(today - chance.randint(0, 6) * DAY)
        except Refusal:
            continue
    for place in (None, *Place):
        book = cash_book(doai, place=place, from_on=date(2025, 12, 1), to_on=today)
        (pot,) = book.pots
        holds = [
            doai.db.read_now(balances.balance, doai.id, pot.pot_id, kind)
            for kind in CASH if place is None or kind == f"cash_{place}"
        ]  # fmt: skip
        assert pot.opening == 0 and pot.closing == sum(holds)
        assert not pot.lines or pot.lines[-1].balance == pot.closing
        assert all(balance >= 0 for _, balance in pot.ends)
        for day in {line.of.day for line in pot.lines}:
            later = cash_book(doai, place=place, from_on=day, to_on=today).pots[0]
            assert later.opening == next(
                (line.balance for line in reversed(pot.lines) if line.of.day < day), 0
            )
            balance_of(doai, day)
    given = [line.of.voucher for line in cash_book(doai, from_on=date(2025, 12, 1)).pots[0].lines]
    for year in (2025, 2026):
        ranks = sorted(v.number for v in given if v and (v.series, v.year) == ("PT", year))
        assert ranks == list(range(1, len(ranks) + 1)) and ranks


def test_reading_reaches_no_entry_of_another_chapter(till: Till) -> None:
    other = a_chapter(till.doai.db, "Tư", under=till.doai.union, name="Chi hội thôn Đông")
    theirs = other.sheet("Tư 1.000/1")
    refused("not_found", till.doai.db.read_now, vouchers.slip, actor=till.doai.head,
            entry_id=theirs.id)  # fmt: skip
    assert till.doai.db.read_now(chapter_holding, actor=other.head, model=EntryRow, id=theirs.id)
