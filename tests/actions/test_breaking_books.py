"""What a breaking leaves in the book: each case with its expected accounts as text."""

from __future__ import annotations

import pytest

from app.access.queries import actor_of_session
from app.access.rules import digest
from app.approvals import queries as approvals
from app.cash.writing import Counted
from app.db.engine import Database
from app.db.tx import Tx
from app.ledger.receipts import Receipt
from app.terms import BelongsTo, Kept, PotKind
from tests.actions.settled import leave
from tests.actions.test_cards import make, opened, take
from tests.broken import Breaks, broken
from tests.lent import Lends
from tests.story import DAY, LAST_YEAR, TODAY, Chapter, StoryClock, a_chapter, refused
from tests.till import Till


@pytest.fixture
def doai(db: Database) -> Chapter:
    """Lan has 50.000, Hoa 10.000 in the pig."""
    chapter = a_chapter(db, "Lan Hoa", loans_stop_days_before=0)
    chapter.sheet("Lan 50.000/50, Hoa 10.000/10", on=TODAY - DAY)
    return chapter


# The difference


def short(doai: Chapter, *decision: str, **more: object) -> Breaks:
    """6.000 are missing."""
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(54_000, *decision, **more)  # type: ignore[arg-type]
    breaks.breaks()
    return breaks


def test_a_shortage_is_carried(doai: Chapter) -> None:
    breaks = short(doai)
    breaks.till.stands("""
        cash_hand 54.000
        savings Lan 50.000
        savings Hoa 10.000
        shortage_pending 6.000
    """)
    sql = "SELECT id FROM difference"
    ((count_id,),) = doai.db.read_now(Tx.rows, sql)
    found = Counted(count_id, 54_000, 60_000, -6_000, Receipt(0, ""))
    waits = breaks.till.settles(found, "group_bears")
    breaks.till.signs(waits)
    breaks.till.stands("""
        cash_hand 54.000
        cash_short 6.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_the_keeper_owes_it(doai: Chapter) -> None:
    short(doai, "keeper_owes").till.stands("""
        cash_hand 54.000
        receivable treasurer 6.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_the_keeper_pays_at_once(doai: Chapter) -> None:
    breaks = short(doai, "keeper_owes", paid_now=True, keeper_id=doai.head.person_id)
    breaks.till.stands("""
        cash_hand 60.000
        savings Lan 50.000
        savings Hoa 10.000
    """)


def test_the_group_bears_it_by_savings(doai: Chapter) -> None:
    """6.000 by 5 to 1; nothing waits for another signature: two signed already."""
    breaks = short(doai, "group_bears")
    breaks.till.stands("""
        cash_hand 54.000
        savings Lan 45.000
        savings Hoa 9.000
    """)
    doai.holds(
        """
        19/10 sheet Lan 50.000/50, Hoa 10.000/10
        20/10 breaking Lan -5.000/0, Hoa -1.000/0
        lợn 54.000 Lan 45.000/0, Hoa 9.000/0
    """.replace(", cash_short 0/0", "")
    )
    assert doai.db.read_now(approvals.waiting, actor=doai.head) == []


def test_an_overage_is_accepted_and_shared(doai: Chapter) -> None:
    """7.000: five sixths are 5.833, one sixth 1.167; whole steps, the last by largest remainder."""
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(67_000, "accepted")
    breaks.breaks()
    breaks.till.stands("""
        cash_hand 67.000
        savings Lan 56.000
        savings Hoa 11.000
    """)


def test_an_overage_is_carried(doai: Chapter) -> None:
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(67_000)
    breaks.breaks()
    breaks.till.stands("""
        cash_hand 67.000
        overage_pending 7.000
        savings Lan 50.000
        savings Hoa 10.000
    """)
    breaks.till.counted_cash_stays()


# Two years


def test_two_years_of_a_chapter(db: Database, clock: StoryClock) -> None:
    """Interest, an expense, a share; then a write-off, a recovery, a late joiner, a loss.

    First year: Lan 600.000, Hoa 300.000 and Mai 100.000 in the pig, opened to lend 500.000 to Mai
    at 1 % a month; she pays all back after two months: 10.000 interest. 2.000 for a visit.
    8.000 are shared 6 : 3 : 1 in whole steps: 5.000, 2.000 and 1.000 (4,8; 2,4; 0,8).
    Mai takes all of hers.
    """
    clock.tell(LAST_YEAR)
    doai = a_chapter(db, "Lan Hoa Mai", loans_stop_days_before=0, loan_monthly_rate_bp=100)
    lends = Lends(doai)
    till = lends.till
    doai.sheet("Lan 600.000/300, Hoa 300.000/300, Mai 100.000/100")
    till.moves("pot", "hand", 600_000)
    loan = lends.lent("Mai", 500_000, 2, "bullet")
    clock.tell(LAST_YEAR.replace(month=12))
    assert lends.repays(loan, 510_000).interest == 10_000
    till.signs(till.spends(2_000))
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(1_008_000)
    breaks.decides("Mai -/0/0")
    breaks.breaks()
    till.stands("""
        cash_hand 907.000
        savings Lan 605.000
        savings Hoa 302.000
    """)
    clock.tell(TODAY.replace(month=1))
    doai.join("Na", on=TODAY.replace(month=1))
    doai.sheet("Na 93.000/90, Lan 10.000/10")
    lost = lends.lent("Hoa", 200_000, 1, "bullet")
    clock.tell(TODAY.replace(month=3))
    till.signs(lends.asks_to_write_off(lost))
    clock.tell(TODAY)
    lends.recovers(lost, 99_000)
    # Lost 200.000, recovered 99.000: 101.000 over 615.000, 302.000 and 93.000.
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(909_000)
    breaks.breaks()
    till.stands("""
        cash_hand 909.000
        savings Lan 553.000
        savings Hoa 272.000
        savings Na 84.000
    """)


def test_shares_by_savings_and_days(db: Database, clock: StoryClock) -> None:
    """Lan's 1.000 lay ten days, Hoa's 9.000 one: 10 to 9 of what the old book brought along."""
    clock.tell(TODAY - 10 * DAY)
    doai = a_chapter(db, "Lan Hoa", surplus_rule="by_savings_days", pig_from=TODAY - 10 * DAY)
    till = Till(doai)
    till.opens(pot=19_000)
    doai.sheet("Lan 1.000/1")
    wrong = doai.sheet("Hoa 5.000/5")
    doai.reverse(wrong)
    clock.tell(TODAY - DAY)
    doai.sheet("Hoa 9.000/9")
    clock.tell(TODAY)
    doai.sheet("Hoa 50.000/50")  # today counts for nothing
    broken(doai)
    till.stands("""
        cash_hand 79.000
        savings Lan 11.000
        savings Hoa 68.000
    """)
    # What was kept counts every day: 11.000 × 20 + 1.000 × 10 and 68.000 × 20, that is 23 to 136.
    clock.tell(TODAY + 10 * DAY)
    doai.sheet("Lan 1.000/1")
    clock.tell(TODAY + 20 * DAY)
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(80_000 + 159_000, "accepted")
    breaks.breaks()
    till.stands("""
        cash_hand 239.000
        savings Lan 35.000
        savings Hoa 204.000
    """)


# Loans


def test_what_is_due_is_set_off_and_its_interest_is_next_years(
    db: Database, clock: StoryClock
) -> None:
    """Hoa owes 100.000 and 3.000 interest since yesterday, and has 40.000: interest goes first."""
    clock.tell(TODAY.replace(month=7, day=19))
    doai = a_chapter(db, "Lan Hoa", loans_stop_days_before=0, loan_monthly_rate_bp=100,
                     set_off_debt=True)  # fmt: skip
    lends = Lends(doai)
    doai.sheet("Lan 200.000/100, Hoa 40.000/20")
    lends.till.moves("pot", "hand", 200_000)
    loan = lends.lent("Hoa", 100_000, 3, "bullet")
    clock.tell(TODAY)
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(140_000)
    _, hoa = breaks.plan().plan.lines
    assert (hoa.set_off, hoa.interest, hoa.stays) == (40_000, 3_000, 0)
    breaks.breaks()
    lends.till.stands("""
        cash_hand 140.000
        interest_income 3.000
        loan Hoa 63.000
        savings Lan 200.000
    """)
    lends.loans("Hoa running 63.000 of 100.000")
    (paid,) = lends.kept(loan).loan.payments
    assert (paid.set_off, paid.principal, paid.interest) == (True, 37_000, 3_000)
    clock.tell(TODAY + DAY)
    lends.repays(loan, 63_000)
    lends.loans("Hoa closed 0 of 100.000")


def test_interest_after_the_term_is_set_off_last(db: Database, clock: StoryClock) -> None:
    """The plan divides it as the loan's own history does: what grew after the term comes last."""
    clock.tell(TODAY.replace(month=4, day=19))
    doai = a_chapter(db, "Lan Hoa", loans_stop_days_before=0, loan_monthly_rate_bp=100,
                     set_off_debt=True)  # fmt: skip
    lends = Lends(doai)
    doai.sheet("Lan 200.000/100, Hoa 40.000/20")
    lends.till.moves("pot", "hand", 200_000)
    loan = lends.lent("Hoa", 100_000, 3, "bullet")
    clock.tell(TODAY)
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(140_000)
    _, hoa = breaks.plan().plan.lines
    assert (hoa.set_off, hoa.interest) == (40_000, 3_000)
    breaks.breaks()
    (paid,) = lends.kept(loan).loan.payments
    assert (paid.principal, paid.interest) == (37_000, 3_000)
    assert doai.findings() == []


def test_cash_that_is_lent_out_cannot_be_taken(db: Database) -> None:
    """30.000 of 60.000 are out: takes are paid by half, in steps; the rest stays savings."""
    doai = a_chapter(db, "Lan Hoa Mai", loans_stop_days_before=0)
    lends = Lends(doai)
    doai.sheet("Lan 40.000/40, Hoa 20.000/20")
    lends.till.moves("pot", "hand", 30_000)
    lends.lent("Mai", 30_000, 2)
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(30_000)
    breaks.decides("Lan -/0/0, Hoa -/0/0")
    breaks.breaks()
    lends.till.stands("""
        loan Mai 30.000
        savings Lan 20.000
        savings Hoa 10.000
    """)


# Leavers, gifts, other pots


def test_whoever_waits_is_paid_first_and_shares_nothing(doai: Chapter) -> None:
    token = her_token(doai, "Hoa")
    leave(doai, "Hoa")
    assert doai.db.read_now(actor_of_session, digest(token)) is not None
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(67_000, "accepted")
    breaks.decides("Lan -/0/0")
    breaks.breaks()
    breaks.till.stands("")
    doai.holds("""
        19/10 sheet Lan 50.000/50, Hoa 10.000/10
        20/10 breaking Lan 7.000/0, Lan -57.000/0, Hoa -10.000/0
        lợn 0 Lan 0/0, Hoa 0/0
    """)
    assert doai.db.read_now(actor_of_session, digest(token)) is None


def her_token(doai: Chapter, name: str) -> str:
    card = make(doai, name)
    take(doai, card)
    return opened(doai, card)


def test_a_gift_goes_to_the_box_in_the_same_entry(doai: Chapter) -> None:
    box = doai.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng")
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(60_000)
    breaks.decides("Lan 0/-/20.000, Hoa 0/0/-")
    breaks.breaks()
    breaks.till.stands("""
        cash_hand 30.000
        savings Lan 30.000
    """)
    Till(doai, box).stands("""
        cash_hand 30.000
        fund 30.000
    """)


def test_a_box_that_is_being_opened_or_was_counted_since_takes_none(
    doai: Chapter, clock: StoryClock
) -> None:
    box = doai.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng")
    other = Breaks(doai, box)
    other.opens()
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(60_000)
    refused("no_box", breaks.decides, "Lan 0/-/20.000")
    other.abandons()
    breaks.decides("Lan 0/-/20.000")
    stale = breaks.plan().fingerprint
    breaks.signs(fingerprint=stale)
    other.opens()
    refused("no_box", breaks.plan)
    refused("fingerprint_changed", breaks.signs, doai.head, fingerprint=stale)
    other.abandons()  # then it is again what the treasurer signed
    assert breaks.signs(doai.head).state == "posted"
    assert doai.findings() == []


def test_pigs_from_home_are_opened_one_by_one(db: Database) -> None:
    """Each is one deposit of its woman; her own notes come back to her."""
    doai = a_chapter(db, "Lan Hoa")
    pot = doai.open_pot(kept=Kept.HOME, name="ống tre")
    breaks = Breaks(doai, pot)
    breaks.opens()
    breaks.counts(0, home={"Lan": 2_040_000, "Hoa": 83_500})
    breaks.decides("Lan -/0/0")
    lan, hoa = breaks.plan().plan.lines
    assert lan.notes == {500_000: 4, 20_000: 2} and hoa.stays == 83_500
    breaks.breaks()
    breaks.till.stands("""
        cash_hand 83.500
        savings Hoa 83.500
    """)
    sql = "SELECT flow, credit FROM day_total WHERE kind = 'savings' AND credit > 0"
    assert doai.db.read_now(Tx.rows, sql) == [("sheet", 2_123_500)]


def test_a_fund_pot_shares_nothing_out(db: Database) -> None:
    doai = a_chapter(db, "Lan Hoa")
    pot = doai.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    doai.sheet("Lan 5.000/5, Hoa 1.000/1", pot=pot)
    breaks = Breaks(doai, pot)
    breaks.opens()
    breaks.counts(5_000, "group_bears")
    breaks.breaks()
    breaks.till.stands("""
        cash_hand 5.000
        fund Lan 5.000
        fund Hoa 1.000
        fund -1.000
    """)


def test_a_donation_box_holds_more_than_booked(db: Database) -> None:
    """Nobody knows whose: an anonymous gift, and nothing pends."""
    doai = a_chapter(db, "Lan Hoa")
    box = doai.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng")
    breaks = Breaks(doai, box)
    breaks.opens()
    breaks.counts(35_000)
    breaks.breaks()
    breaks.till.stands("""
        cash_hand 35.000
        fund 35.000
    """)


def test_what_lies_in_the_bank_stays_there(db: Database) -> None:
    doai = a_chapter(db, "Lan Hoa")
    till = Till(doai)
    till.opens("Lan 5.000, Hoa 1.000", bank=4_000, hand=2_000)
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(2_000)
    breaks.decides("Lan -/0/0")
    breaks.breaks()
    till.stands("""
        cash_bank 4.000
        savings Lan 3.000
        savings Hoa 1.000
    """)


def test_what_the_lines_count_as(doai: Chapter) -> None:
    """For roll-ups: what was paid out is a payout, shares and openings are no saving."""
    breaks = Breaks(doai)
    breaks.opens()
    breaks.counts(67_000, "accepted")
    breaks.decides("Lan -/0/0")
    breaks.breaks()
    sql = (
        "SELECT flow, kind, debit, credit FROM day_total WHERE day = '2026-10-20'"
        " AND kind IN ('savings', 'cash_hand') ORDER BY flow, kind"
    )
    assert doai.db.read_now(Tx.rows, sql) == [
        ("breaking", "savings", 0, 7_000),
        ("cash_move", "cash_hand", 60_000, 0),
        ("count", "cash_hand", 7_000, 0),
        ("payout", "cash_hand", 0, 56_000),
        ("payout", "savings", 56_000, 0),
    ]
