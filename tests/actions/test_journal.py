"""The pen itself: what no sheet can ask for yet, but every payment will."""

from __future__ import annotations

from datetime import date

import pytest

from app import money
from app.audit import trail
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Conflict
from app.ledger import journal
from app.ledger.entry import Account, Entry, Transfer
from app.ledger.journal import Posted
from app.terms import AccountKind as K
from app.terms import Act, EntryKind
from tests.story import DAY, TODAY, Chapter, a_chapter, counted, refused


@pytest.fixture
def doai(db: Database) -> Chapter:
    """
    18/10 Lan 1.000
    20/10 Lan 5.000
    """
    chapter = a_chapter(db, "Lan Hoa")
    chapter.sheet("Lan 1.000/1", on=TODAY - 2 * DAY)
    chapter.sheet("Lan 5.000/5")
    return chapter


def move(
    doai: Chapter, amount: int, *, on: date, out: K = K.CASH_POT, into: K = K.SAVINGS
) -> Posted:
    """Some money goes from one account of the pig to another."""
    lan = doai.members["Lan"]

    def account(kind: K) -> Account:
        return Account(doai.pot, kind, lan if kind is K.SAVINGS else doai.pot)

    def post(tx: Tx) -> Posted:
        trail.open_book(tx, doai.id)
        transfer = Transfer(account(into), account(out), amount, member_no=1)
        entry = Entry(EntryKind.REVERSAL, doai.pot, on, (transfer,))
        return journal.post(
            tx, actor=doai.treasurer, chapter_id=doai.id, act=Act.LINES_REVERSED, entry=entry
        )

    return doai.db.write_now(post)


def test_money_leaves_on_a_day_on_which_it_was_there(doai: Chapter) -> None:
    move(doai, 6_000, on=TODAY)
    doai.holds("""
        18/10 sheet Lan 1.000/1
        20/10 sheet Lan 5.000/5
        20/10 reversal Lan -6.000/0
        lợn 0 Lan 0/6
    """)


def test_money_never_leaves_before_it_came(doai: Chapter) -> None:
    """On the 19th the pig held 1.000, whatever it holds now."""
    refusal = refused("cash_below_zero", move, doai, 3_000, on=TODAY - DAY)
    assert isinstance(refusal, Conflict)
    assert refusal.values == {"day": "19/10/2026", "amount": money.show(2_000)}
    move(doai, 1_000, on=TODAY - DAY)
    assert doai.findings() == []


def test_money_that_a_later_day_used_is_not_there(doai: Chapter) -> None:
    """5.500 left on the 20th; of the 1.000 of the 18th only 500 can have left on the 19th."""
    move(doai, 5_500, on=TODAY)
    refused("below_zero", move, doai, 600, on=TODAY - DAY)
    move(doai, 500, on=TODAY - DAY)
    assert doai.findings() == []


def test_no_account_of_this_kind_is_overdrawn(doai: Chapter) -> None:
    refused("below_zero", move, doai, 6_001, on=TODAY)
    refused("below_zero", move, doai, 1, on=TODAY, out=K.CASH_BANK, into=K.CASH_POT)
    assert counted(doai.db, "entry") == 2


def test_cash_moves_from_place_to_place(doai: Chapter) -> None:
    move(doai, 2_000, on=TODAY, into=K.CASH_HAND)
    sql = "SELECT kind, balance FROM account WHERE kind LIKE 'cash%' ORDER BY kind"
    assert doai.db.read_now(Tx.rows, sql) == [("cash_hand", 2_000), ("cash_pot", 4_000)]
    refused("cash_below_zero", move, doai, 2_000, on=TODAY - DAY, into=K.CASH_BANK)
    assert doai.findings() == []


def test_the_database_itself_refuses_what_the_pen_would_not_write(doai: Chapter) -> None:
    for change in ("balance = -1", "kind = 'mattress'", "pot_id = chapter_id"):
        with pytest.raises(Exception, match=r"(?i)constraint"):
            doai.db.write_now(Tx.run, f"UPDATE account SET {change} WHERE kind = 'savings'")


@pytest.mark.parametrize("wrong", ["amount = 0", "amount = -5", "debit_no = credit_no"])
def test_a_movement_is_a_positive_amount_between_two(doai: Chapter, wrong: str) -> None:
    """Whoever writes it: the table has no room for another."""
    columns = {"line": "9", "debit_no": "debit_no", "credit_no": "credit_no", "amount": "amount"}
    name, _, value = wrong.partition(" = ")
    columns[name] = value
    with pytest.raises(Exception, match=r"(?i)constraint"):
        doai.db.write_now(
            Tx.run,
            "INSERT INTO movement (chapter_id, seq, line, debit_no, credit_no, amount, periods)"
            f" SELECT chapter_id, seq, {', '.join(columns.values())}, periods FROM movement",
        )
