"""Breaking a pig: worked examples by name, each with the book that is expected afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.breaking import books, prints
from app.breaking.facts import Decided, Saver, Verdict
from app.breaking.prints import as_data, changes, fingerprint
from app.breaking.rules import plan
from app.breaking.shares import Weight, divide, note_step, payable
from app.errors import Conflict
from app.terms import AccountKind as K
from app.terms import BelongsTo, Outcome, PotKind
from tests.rules.breaking import (
    DAY,
    Pig,
    adds_up,
    handed,
    moved,
    notes,
    planned,
    reasons,
    shown,
)
from tests.story import refused, tidy


def lan_hoa_mai(lines: str = "Lan 500.000, Hoa 300.000, Mai 200.000", **more: object) -> Pig:
    pig = Pig("Lan Hoa Mai", **more)  # type: ignore[arg-type]
    pig.saves(lines)
    return pig


# Two years of a chapter


def first_year() -> Pig:
    """Lan, Hoa, Mai from 20/10/2024; Cúc joins late, Đào leaves; a loan earns, a loan is lost."""
    pig = Pig("Lan Hoa Mai Đào", day=date(2024, 10, 20))
    pig.saves("Lan 100.000, Hoa 100.000, Mai 50.000, Đào 80.000")
    pig.until(date(2025, 4, 20))
    pig.joins("Cúc")
    pig.saves("Lan 265.000, Hoa 83.000, Mai 132.500, Cúc 90.000, Đào 20.000")
    pig.opens()
    pig.lends("Hoa", 300_000)
    pig.lends("Mai", 40_000)
    pig.until(date(2025, 6, 1))
    pig.repays("Hoa", 200_000, 18_000)
    pig.move(K.LOAN_LOSS, "loan Mai", 40_000)  # written off
    pig.move(K.CASH_HAND, K.LOAN_RECOVERED, 25_000)  # and something of it came back
    pig.move(K.EXPENSE, K.CASH_HAND, 2_000)
    pig.leaves("Đào", 60_000)
    pig.until(date(2025, 10, 20))
    return pig


def test_the_first_year_a_shortage_interest_a_loss_and_a_leaver() -> None:
    """920.500 saved, 60.000 paid to Đào; interest 18.000, recovered 25.000, lost 40.000, spent 2.000.

    4.000 are missing and the group bears them: a loss of 3.000 on savings of 820.500, in steps:
    Lan 1,33, Hoa 0,67, Mai 0,67 (0,6673), Cúc 0,33 of a thousand. Đào waits for 40.000, bears nothing.
    """
    pig = first_year()
    pig.holds("""
        cash_hand 761.500
        loan 100.000: Hoa 100.000
        loan_loss 40.000
        expense 2.000
        savings 860.500: Lan 365.000, Hoa 183.000, Mai 182.500, Đào 40.000, Cúc 90.000
        interest_income 18.000
        loan_recovered 25.000
    """)
    made = pig.breaks(
        counted="500k×1 200k×1 50k×1 5k×1 2k×1 500×1", outcome="group_bears", default="keep",
        set_off=True, due={"Hoa": (3_000, 50_000)}, decided={"Mai": "100.000 - 0"},
    )  # fmt: skip
    planned(made, """
        Lan 365.000 − 1.000 = 0 364.000 0 → 0
        Hoa 183.000 − 1.000 − 3.000 − 50.000 = 0 129.000 0 → 0
        Mai 182.500 − 1.000 = 100.000 81.500 0 → 100.000
        Đào 40.000 = 40.000 0 0 → 40.000
        Cúc 90.000 = 0 90.000 0 → 0
        carried 0
    """)  # fmt: skip
    pig.holds("""
        cash_hand 617.500
        loan 50.000: Hoa 50.000
        savings 664.500: Lan 364.000, Hoa 129.000, Mai 81.500, Cúc 90.000
        interest_income 3.000
    """)
    assert reasons(made, "Đào") == ["awaits amount=40000"]
    assert handed(made) == {"Mai": "100k×1", "Đào": "20k×2"}
    assert made.exchange_needed == ({200_000: 1}, notes("100k×1 50k×1 20k×2 10k×1"))


def test_the_second_year_begins_with_the_interest_of_the_set_off() -> None:
    """The 3.000 set off on the first breaking's day are income of the second, which is 12.500.

    Of 352.242.500 đồng × days Lan has 151.160.000, Hoa 47.085.000, Mai 66.247.500, Cúc 87.750.000:
    5,15 · 1,60 · 2,26 · 2,99 of a thousand.
    """
    pig = first_year()
    pig.breaks(counted=757_500, outcome="group_bears", default="keep", set_off=True,
               due={"Hoa": (3_000, 50_000)})  # fmt: skip
    pig.until(date(2026, 4, 20))
    pig.saves("Lan 100.000, Cúc 300.000")
    pig.repays("Hoa", 50_000, 9_500)
    pig.until(date(2026, 10, 20))
    made = pig.breaks(rule="by_savings_days")
    planned(made, """
        Lan 464.000 + 5.000 = 469.000 0 0 → 469.000
        Hoa 129.000 + 2.000 = 131.000 0 0 → 131.000
        Mai 181.500 + 2.000 = 183.500 0 0 → 183.000
        Đào 0 = 0 0 0 → 0
        Cúc 390.000 + 3.000 = 393.000 0 0 → 393.000
        carried 500
    """)  # fmt: skip
    pig.holds("""
        cash_hand 1.000
        savings 500: Mai 500
        surplus 500
    """)


# Results


def test_every_result_is_closed_and_the_surplus_from_before_is_shared_too() -> None:
    pig = lan_hoa_mai()
    pig.opens()
    for kind, amount in ((K.SURPLUS, 2_000), (K.INTEREST_INCOME, 9_000), (K.CASH_OVER, 1_000)):
        pig.move(K.CASH_HAND, kind, amount)
    pig.move(K.EXPENSE, K.CASH_HAND, 2_000)
    made = pig.breaks(default="keep")
    assert moved(made) == tidy("""
        closed: interest_income > surplus 9.000
        closed: cash_over > surplus 1.000
        closed: surplus > expense 2.000
        shared: surplus > savings Lan 5.000
        shared: surplus > savings Hoa 3.000
        shared: surplus > savings Mai 2.000
    """)
    assert (made.surplus, made.carried) == (10_000, 0)
    assert reasons(made, "Hoa") == [
        "shared_by_savings surplus=10000 hers=300000 all=1000000 share=3000",
        "by_default choice=keep amount=303000",
    ]


def test_results_below_zero_by_corrections_are_closed_the_other_way() -> None:
    pig = lan_hoa_mai()
    pig.opens()
    pig.move(K.INTEREST_INCOME, K.CASH_HAND, 1_000)
    pig.move(K.CASH_HAND, K.CASH_SHORT, 5_000)
    made = pig.breaks(default="keep")
    assert "closed: surplus > interest_income 1.000\nclosed: cash_short > surplus 5.000" in moved(
        made
    )
    assert made.surplus == 4_000


def test_a_fund_pot_closes_into_the_fund_and_shares_nothing() -> None:
    pig = Pig("Lan", belongs_to=BelongsTo.FUND)
    pig.move(K.CASH_HAND, "fund Lan", 200_000)
    pig.move(K.CASH_HAND, K.INTEREST_INCOME, 7_000)
    pig.move(K.EXPENSE, K.CASH_HAND, 2_000)
    made = pig.breaks()
    assert moved(made) == tidy("""
        closed: interest_income > fund 7.000
        closed: fund > expense 2.000
    """)
    pig.holds("""
        cash_hand 205.000
        fund 205.000: Lan 200.000
    """)


# Counting


def test_opened_and_counted_before_anything_else() -> None:
    """The box in the pot is opened for what it should hold; what is missing is missed in hand."""
    pig = lan_hoa_mai()
    made = pig.breaks(counted=988_000, default="keep")
    assert moved(made) == tidy("""
        opened: cash_hand > cash_pot 1.000.000
        found: shortage_pending > cash_hand 12.000
    """)
    assert (made.counted, made.book, made.surplus) == (988_000, 1_000_000, 0)


@pytest.mark.parametrize(
    ("counted", "outcome", "expected"),
    [
        (988_000, "keeper_owes", "receivable chị Giữ > shortage_pending 12.000"),
        (988_000, "group_bears", "cash_short > shortage_pending 12.000"),
        (1_012_000, "accepted", "overage_pending > cash_over 12.000"),
    ],
)
def test_what_becomes_of_the_difference(counted: int, outcome: str, expected: str) -> None:
    keeper = "chị Giữ" if outcome == "keeper_owes" else None
    pig = lan_hoa_mai()
    made = pig.breaks(counted=counted, outcome=outcome, keeper=keeper, default="keep")
    assert f"decided: {expected}" in moved(made)
    assert made.surplus == {"keeper_owes": 0, "group_bears": -12_000, "accepted": 12_000}[outcome]


def test_what_the_keeper_pays_now_is_in_hand_but_pays_nobody_today() -> None:
    """Its notes were not counted: it is there tomorrow, or the cash is counted again with it."""
    pig = lan_hoa_mai()
    made = pig.breaks(counted=988_000, outcome="keeper_owes", keeper="chị Giữ", paid_now=True)
    assert made.totals.payout == 988_000
    pig.holds("""
        cash_hand 12.000
        savings 12.000: Lan 6.000, Hoa 4.000, Mai 2.000
    """)


def test_a_verdict_that_does_not_fit_the_difference_is_refused() -> None:
    facts = lan_hoa_mai().facts(counted=988_000, outcome="accepted")
    refused("outcome_unfit", plan, facts)
    refused("keeper_needed", plan, replace(facts, verdict=Verdict(Outcome.KEEPER_OWES)))


def test_more_in_the_donation_box_than_booked_is_a_gift() -> None:
    box = Pig("", kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND)
    box.move(K.CASH_POT, K.FUND, 50_000)
    assert moved(box.breaks(counted=62_000)) == tidy("""
        opened: cash_hand > cash_pot 50.000
        found: cash_hand > fund 12.000
    """)


# Shares


def test_the_odd_step_goes_to_the_largest_remainder() -> None:
    """10.000 on 3 equal thirds and a bit: 3,4 · 3,3 · 3,3 of a thousand."""
    found = divide(10, [Weight(1, 33), Weight(2, 34), Weight(3, 33)])
    assert found == {1: 3, 2: 4, 3: 3}


@pytest.mark.parametrize(
    ("steps", "weights", "expected"),
    [
        (1, [(1, 5), (2, 5)], {1: 1, 2: 0}),  # all equal: the lower number
        (3, [(1, 1), (2, 3), (3, 2)], {1: 0, 2: 2, 3: 1}),  # ½ · 1½ · 1: the larger weight
        (5, [(1, 0), (2, 7)], {1: 0, 2: 5}),  # no weight, nothing
        (5, [(1, 0), (2, 0)], {1: 0, 2: 0}),
        (0, [(1, 9)], {1: 0}),
        (5, [], {}),
    ],
)
def test_ties(steps: int, weights: list[tuple[int, int]], expected: dict[int, int]) -> None:
    assert divide(steps, [Weight(*w) for w in weights]) == expected


def test_a_step_she_cannot_bear_goes_to_the_next() -> None:
    """6 on 990 and 10.500: 0,52 and 5,48; the first has not a whole thousand, the other bears it."""
    assert divide(6, [Weight(1, 990, 0), Weight(2, 10_500, 10)]) == {1: 0, 2: 6}
    assert divide(6, [Weight(1, 990, 0), Weight(2, 5_500, 5)]) == {1: 0, 2: 5}


def test_a_loss_takes_nobody_below_zero_and_the_rest_is_carried() -> None:
    pig = lan_hoa_mai("Lan 2.500, Hoa 1.200, Mai 800")
    pig.opens()
    pig.move(K.LOAN_LOSS, K.CASH_HAND, 4_000)
    made = pig.breaks(rule="keep")
    planned(made, """
        Lan 2.500 − 2.000 = 500 0 0 → 0
        Hoa 1.200 − 1.000 = 200 0 0 → 0
        Mai 800 = 800 0 0 → 0
        carried -1.000
    """)  # fmt: skip
    assert reasons(made, "Hoa")[0] == "loss_borne loss=4000 hers=1200 all=4500 share=1000"
    pig.holds("""
        cash_hand 500
        savings 1.500: Lan 500, Hoa 200, Mai 800
        surplus -1.000
    """)


def test_kept_surplus_bears_a_loss_first() -> None:
    pig = lan_hoa_mai()
    pig.opens()
    pig.move(K.CASH_HAND, K.SURPLUS, 6_000)
    pig.move(K.LOAN_LOSS, K.CASH_HAND, 5_500)
    made = pig.breaks(default="keep")
    assert (made.surplus, made.carried, made.totals.share) == (500, 500, 0)


def test_kept_by_the_charter_a_surplus_stays_whole() -> None:
    pig = lan_hoa_mai()
    pig.opens()
    pig.move(K.CASH_HAND, K.INTEREST_INCOME, 6_500)
    assert pig.breaks(rule="keep").carried == 6_500
    assert pig.of(K.SURPLUS) == 6_500


def test_savings_days_count_when_the_money_came() -> None:
    """Both have 100.000 at the end: Lan for 365 days, Hoa for 73. 12.000 go 5 : 1."""
    pig = Pig("Lan Hoa")
    pig.saves("Lan 100.000")
    pig.until(DAY - timedelta(days=73))
    pig.saves("Hoa 100.000")
    pig.until(DAY)
    pig.move(K.CASH_HAND, K.INTEREST_INCOME, 12_000)
    made = pig.breaks(rule="by_savings_days", default="keep")
    planned(made, """
        Lan 100.000 + 10.000 = 0 110.000 0 → 0
        Hoa 100.000 + 2.000 = 0 102.000 0 → 0
        carried 0
    """)  # fmt: skip
    assert reasons(made, "Hoa")[0] == (
        "shared_by_savings_days surplus=12000 hers=7300000 all=43800000 share=2000"
    )


# Set-off


def test_what_is_due_is_set_off_interest_first_up_to_savings_and_share() -> None:
    pig = lan_hoa_mai()
    pig.opens()
    pig.lends("Lan", 400_000)
    pig.lends("Mai", 500_000)
    pig.move(K.CASH_HAND, K.INTEREST_INCOME, 10_000)
    due = {"Lan": (4_000, 96_000), "Mai": (6_000, 500_000)}
    assert pig.facts(due=due).savers[0].debts[0].interest == 4_000
    made = pig.breaks(due=due, set_off=True, default="keep")
    planned(made, """
        Lan 500.000 + 5.000 − 4.000 − 96.000 = 0 405.000 0 → 0
        Hoa 300.000 + 3.000 = 0 303.000 0 → 0
        Mai 200.000 + 2.000 − 6.000 − 196.000 = 0 0 0 → 0
        carried 0
    """)  # fmt: skip
    assert reasons(made, "Mai")[1] == "set_off due=506000 amount=202000 left=304000"
    pig.holds("""
        cash_hand 110.000
        loan 608.000: Lan 304.000, Mai 304.000
        savings 708.000: Lan 405.000, Hoa 303.000
        interest_income 10.000
    """)


def test_without_the_charters_word_no_debt_is_touched() -> None:
    pig = lan_hoa_mai()
    made = pig.breaks(due={"Lan": (4_000, 96_000)}, default="keep")
    assert made.totals.interest == made.totals.principal == 0


# Decisions


@pytest.mark.parametrize(
    ("said", "due", "expected"),
    [
        ("- 300.000 0", (0, 0), (205_000, 300_000, 0)),  # the open one takes the rest and the share
        ("200.000 - 0", (0, 0), (200_000, 305_000, 0)),
        ("200.000 300.000 0", (0, 0), (205_000, 300_000, 0)),  # two named: the default (take)
        ("0 500.000 0", (0, 0), (0, 505_000, 0)),  # the only one that is not zero
        ("0 400.000 100.000", (0, 0), (5_000, 400_000, 100_000)),
        ("- 300.000 200.000", (0, 105_000), (0, 200_000, 200_000)),  # less: the open one first,
        ("0 300.000 -", (0, 305_000), (0, 200_000, 0)),  # then keep,
        ("200.000 100.000 -", (0, 405_000), (100_000, 0, 0)),  # give, then take
        ("200.000 100.000 200.000", (0, 405_000), (0, 0, 100_000)),
        ("- 500.000 0", (0, 5_000), (0, 500_000, 0)),
    ],
)
def test_where_share_and_set_off_fall(
    said: str, due: tuple[int, int], expected: tuple[int, int, int]
) -> None:
    """Lan has 500.000, her share is 5.000."""
    pig = lan_hoa_mai(box=True)
    pig.move(K.CASH_HAND, K.INTEREST_INCOME, 10_000)
    facts = pig.facts(decided={"Lan": said}, due={"Lan": due}, set_off=True)
    line = plan(facts).lines[0]
    assert (line.take, line.keep, line.give) == expected
    adds_up(facts, plan(facts))


def test_a_cut_is_told() -> None:
    pig = lan_hoa_mai(box=True)
    made = pig.breaks(decided={"Lan": "- 300.000 200.000"}, due={"Lan": (0, 105_000)}, set_off=True)
    assert reasons(made, "Lan") == [
        "set_off due=105000 amount=105000 left=0",
        "rest_on choice=take amount=-105000",
        "cut short=105000 keep=105000 give=0 take=0",
    ]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("- - 0", "one_open"),
        ("- - -", "one_open"),
        ("-1 - 0", "decided_below_zero"),
        ("500.001 - 0", "beyond_savings"),
        ("300.000 200.001 -", "beyond_savings"),
        ("300.000 199.999 0", "not_all_savings"),
        ("300.000 - 1", "no_box"),
        ("300.000 200.000 -", "no_box"),
    ],
)
def test_what_cannot_be_decided(said: str, code: str) -> None:
    one = [None if word == "-" else int(word.replace(".", "")) for word in said.split()]
    pig = lan_hoa_mai()
    facts = pig.facts()
    savers = (replace(facts.savers[0], decided=Decided(*one)), *facts.savers[1:])
    found = refused(code, plan, replace(facts, savers=savers))
    assert found.field == "lines.Lan"
    assert isinstance(found, Conflict) == (code == "no_box")


def test_every_wrong_decision_is_told_at_once() -> None:
    facts = lan_hoa_mai().facts(decided={"Lan": "500.001 - 0", "Mai": "0 0 0"})
    found = refused("beyond_savings", plan, facts)
    assert [(part.field, part.code) for part in found.parts] == [
        ("lines.Lan", "beyond_savings"), ("lines.Mai", "not_all_savings"),
    ]  # fmt: skip


def test_who_left_decides_nothing() -> None:
    pig = lan_hoa_mai()
    pig.left.add("Lan")
    refused("awaits_collection", plan, pig.facts(decided={"Lan": "0 - 0"}))


def test_the_charter_says_give_but_no_box_is_open() -> None:
    made = lan_hoa_mai().breaks(default="give")
    assert made.totals.keep == 1_000_000
    assert reasons(made, "Lan") == ["no_box", "by_default choice=keep amount=500000"]
    named = lan_hoa_mai().breaks(default="give", decided={"Lan": "200.000 300.000 0"})
    assert reasons(named, "Lan") == []  # nothing falls on the charter's choice


def test_a_gift_leaves_the_pig_and_enters_the_box() -> None:
    pig = lan_hoa_mai("Lan 500.000, Hoa 300.500, Mai 200.000", box=True)
    made = pig.breaks(decided={"Lan": "0 - 50.000", "Hoa": "0 0 300.500"}, default="keep")
    assert reasons(made, "Hoa") == ["odd amount=500 step=1000"]
    assert shown(made.gift_notes) == "200k×1 100k×1 50k×1"
    assert made.exchange_needed == ({500_000: 1}, notes("200k×1 100k×2 50k×2"))
    pig.holds("""
        cash_hand 650.500
        savings 650.500: Lan 450.000, Hoa 500, Mai 200.000
        box cash_hand 350.000
        box fund 350.000
    """)


# Cash limit


def test_cash_that_does_not_suffice_is_shared_by_take() -> None:
    """700.000 are lent: 300.000 in notes for 500.000, 300.000 and 100.000 of 200.000."""
    pig = lan_hoa_mai()
    pig.opens()
    pig.lends("Lan", 700_000)
    made = pig.breaks(decided={"Mai": "100.000 - 0"})
    planned(made, """
        Lan 500.000 = 500.000 0 0 → 167.000
        Hoa 300.000 = 300.000 0 0 → 100.000
        Mai 200.000 = 100.000 100.000 0 → 33.000
        carried 0
    """)  # fmt: skip
    assert reasons(made, "Mai")[-1] == "cash_short wanted=900000 there=300000 stays=67000"
    pig.holds("""
        loan 700.000: Lan 700.000
        savings 700.000: Lan 333.000, Hoa 200.000, Mai 167.000
    """)


def test_who_awaits_is_paid_first_and_gifts_last() -> None:
    pig = lan_hoa_mai(box=True)
    pig.opens()
    pig.lends("Mai", 650_000)
    pig.left.add("Hoa")
    made = pig.breaks(decided={"Lan": "20.000 0 480.000"}, default="keep")
    planned(made, """
        Lan 500.000 = 20.000 0 480.000 → 20.000, gift 30.000
        Hoa 300.000 = 300.000 0 0 → 300.000
        Mai 200.000 = 0 200.000 0 → 0
        carried 0
    """)  # fmt: skip
    assert reasons(made, "Lan") == ["gifts_short wanted=480000 there=30000 stays=450000"]


def test_nobody_is_paid_more_than_she_takes_by_rounding() -> None:
    """3.000 on 1.500 and 1.600: 1,45 and 1,55 of a thousand, but no second one is taken by either."""
    pig = Pig("Lan Hoa")
    pig.saves("Lan 1.500, Hoa 1.600")
    pig.opens()
    pig.move(K.LOAN, K.CASH_HAND, 100)
    made = pig.breaks(counted="1k×3")
    assert [line.payout for line in made.lines] == [1_000, 1_000]
    assert reasons(made, "Lan")[-1] == "odd amount=500 step=1000"


# Notes


def test_pigs_at_home_pay_their_own_notes_first() -> None:
    pig = Pig("Lan Hoa")
    made = pig.breaks(home={"Lan": "10k×3 5k×1 2k×2", "Hoa": "50k×1 20k×2 1k×1"})
    assert moved(made) == tidy("""
        opened_at_home: cash_hand > savings Lan 39.000
        opened_at_home: cash_hand > savings Hoa 91.000
        payout: savings Lan > cash_hand 39.000
        payout: savings Hoa > cash_hand 91.000
    """)
    assert handed(made) == {"Lan": "10k×3 5k×1 2k×2", "Hoa": "50k×1 20k×2 1k×1"}
    assert (made.opened, made.counted, made.book) == (130_000, 0, 0)
    assert reasons(made, "Lan")[0] == "opened amount=39000"


def test_an_exchange_is_asked_only_where_it_is_needed() -> None:
    """Three twenties make 60.000 though a fifty lies there; no ten is needed."""
    pig = Pig("Lan Hoa")
    pig.saves("Lan 60.000, Hoa 50.000")
    made = pig.breaks(counted="50k×1 20k×3")
    assert made.exchange_needed is None
    assert handed(made) == {"Lan": "20k×3", "Hoa": "50k×1"}
    again = Pig("Lan Hoa")
    again.saves("Lan 60.000, Hoa 50.000")
    made = again.breaks(counted="100k×1 10k×1")
    assert made.exchange_needed is not None
    assert made.exchange_needed == ({100_000: 1}, {50_000: 2})


def test_her_own_notes_stand_back_where_only_so_no_exchange_is_needed() -> None:
    """Her own fifty would leave a ten that nobody has; three twenties of the others make 60.000."""
    pig = Pig("Lan Hoa")
    pig.saves("Lan 10.000, Hoa 50.000")
    made = pig.breaks(counted="20k×3", home={"Lan": "50k×1"}, decided={"Hoa": "- 0 0"})
    assert made.exchange_needed is None
    assert handed(made) == {"Lan": "20k×3", "Hoa": "50k×1"}


def test_nobody_is_sent_to_fetch_notes_of_200_for_thousands() -> None:
    """Four of them make no thousand, so they stay where they are."""
    pig = Pig("Lan")
    pig.saves("Lan 5.800")
    made = pig.breaks(counted="5k×1 200×4", decided={"Lan": "3.000 - 0"})
    assert made.exchange_needed == ({5_000: 1}, notes("2k×2 1k×1"))


@pytest.mark.parametrize(
    ("step", "expected"), [(1000, 1000), (500, 500), (200, 200), (1, 200), (250, 500), (300, 600)]
)
def test_a_step_that_no_notes_make_is_widened(step: int, expected: int) -> None:
    assert note_step(step) == expected


@pytest.mark.parametrize(
    ("cash", "step", "expected"),
    [
        (5_000, 1000, 5_000), (5_500, 1000, 5_000), (5_400, 1000, 5_000),
        (1_100, 1000, 0),  # 500 and three 200: a thousand would leave 100
        (2_300, 1000, 1_000), (500, 200, 0), (700, 200, 200), (0, 1000, 0), (300, 1000, 0),
    ],
)  # fmt: skip
def test_what_is_left_must_be_notes_too(cash: int, step: int, expected: int) -> None:
    assert payable(cash, step) == expected


# Fingerprint


def test_the_fingerprint_is_of_the_facts_whatever_their_order() -> None:
    facts = lan_hoa_mai().facts(home={"Lan": "5k×1"}, due={"Hoa": (1, 2)}, decided={"Mai": "- 0 0"})
    turned = replace(
        facts,
        savers=facts.savers[::-1],
        notes=dict(reversed([*facts.notes.items(), (200, 0)])),
        held={**dict(reversed(facts.held.items())), K.EXPENSE: 0},
    )
    assert fingerprint(as_data(turned)) == fingerprint(as_data(facts))
    assert changes(as_data(facts), as_data(turned)) == []
    assert len(fingerprint(as_data(facts))) == 64


def test_any_other_figure_is_another_fingerprint_and_is_told() -> None:
    pig = lan_hoa_mai()
    facts = pig.facts(due={"Hoa": (1_000, 2_000)}, decided={"Mai": "- 0 0"})
    shown_first = as_data(facts)
    lan, hoa, mai = facts.savers
    for other, expected in [
        (replace(facts, savers=(replace(lan, savings=1), hoa, mai)), (1, "savings", 500_000, 1)),
        (replace(facts, savers=(lan, replace(hoa, debts=()), mai)),
         (2, "debts.Hoa.interest", 1_000, None)),
        (replace(facts, savers=(lan, hoa, replace(mai, decided=None))), (3, "decided.give", 0, None)),
        (replace(facts, savers=(lan, hoa, replace(mai, awaiting=True))), (3, "awaiting", False, True)),
        (replace(facts, savers=(replace(lan, home={500: 1}), hoa, mai)), (1, "home.500", None, 1)),
        (replace(facts, savers=(replace(lan, savings_days=9), hoa, mai)), (1, "savings_days", 0, 9)),
        (replace(facts, savers=(*facts.savers, Saver("Cúc", 4))), (4, "member", None, "Cúc")),
        (replace(facts, savers=facts.savers[1:]), (1, "member", "Lan", None)),
        (replace(facts, notes={500_000: 1}), (None, "notes.500000", 2, 1)),
        (replace(facts, day=DAY), (None, "date", "2025-10-20", "2026-10-20")),
        (replace(facts, box_id="box"), (None, "box", None, "box")),
        (replace(facts, held={**facts.held, K.EXPENSE: 5}), (None, "held.expense", None, 5)),
        (replace(facts, verdict=Verdict(Outcome.ACCEPTED)),
         (None, "difference.decision", "carried", "accepted")),
        (replace(facts, customs=replace(facts.customs, payout_step=500)),
         (None, "charter.payout_step", 1000, 500)),
    ]:  # fmt: skip
        assert expected in changes(shown_first, as_data(other))
        assert fingerprint(as_data(other)) != fingerprint(shown_first)


def test_the_hashed_bytes_are_these() -> None:
    """Kept between two signatures: what is hashed changes only with a new version."""
    assert prints.VERSION == 1
    assert fingerprint(as_data(Pig("Lan").facts())) == (
        "2717d54cea6cb8f06ec6b99d668d9ac7da400824f3a98b78078ed49629e914ba"
    )


def test_a_plan_says_what_it_opens_with() -> None:
    """The surplus is known before anybody's share, from the facts alone."""
    facts = lan_hoa_mai().facts(counted=1_003_000, outcome="accepted")
    assert books.surplus(facts) == 3_000
