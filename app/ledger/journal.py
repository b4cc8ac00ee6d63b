"""The only pen: checks the cycle, writes an entry, keeps balances and totals, seals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import ids
from app.audit import trail
from app.audit.trail import Seal
from app.db.tx import Tx
from app.errors import Conflict
from app.ledger import balances
from app.ledger import entry as rules
from app.ledger.entry import Account, Entry
from app.models.chapter import Cycle
from app.models.ledger import (
    NEVER_BELOW_ZERO,
    AccountRow,
    DayTotal,
    EntryRow,
    MonthTotal,
    Movement,
)
from app.terms import AccountKind, Act, Actor, EntryKind

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry in the book: its id (lines are named after it) and its seal."""

    entry_id: str
    seal: Seal


def post(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    act: Act,
    entry: Entry,
    facts: Mapping[str, Any] | None = None,
    texts: Mapping[str, str | None] | None = None,
    breaking_id: str | None = None,
) -> Posted:
    """Write an entry into an open book (audit.trail.open_book came first).

    `breaking_id` is the breaking whose entry it is: nothing else enters a pot that is being
    broken. Raises Conflict `cycle_closed`, `breaking_open`, `below_zero`, `cash_below_zero`,
    `counted_since`; Invalid `before_opening`.
    """
    cycle_no = balances.open_cycle(db, chapter_id, entry.pot_id, entry.day, breaking_id)
    for other in entry.pots - {entry.pot_id}:
        balances.open_cycle(db, chapter_id, other, entry.day)
    _check_counted(db, chapter_id, entry)
    accounts = _accounts(db, chapter_id, entry)
    entry_id, seq = ids.for_entry(), trail.next_seq(db, chapter_id)
    lines = [
        (n, accounts[t.debit][0], accounts[t.credit][0], t.amount, t.member_no, t.periods,
         *(t.reverses or (None, None)))
        for n, t in enumerate(entry.transfers, 1)
    ]  # fmt: skip
    day = entry.day.isoformat()
    sealed = {"id": entry_id, "kind": entry.kind.value, "pot": entry.pot_id, "cycle": cycle_no,
              "day": day, "lines": lines}  # fmt: skip
    seal = trail.seal(
        db,
        chapter_id=chapter_id,
        actor=actor,
        act=act,
        about=entry_id,
        facts=facts,
        texts=texts,
        entry=sealed,
    )
    db.insert_rows(
        EntryRow,
        "chapter_id seq id kind pot_id cycle_no day",
        [(chapter_id, seq, entry_id, entry.kind.value, entry.pot_id, cycle_no, entry.day)],
    )
    db.insert_rows(
        Movement,
        "chapter_id seq line debit_no credit_no amount member_no periods reverses_seq reverses_line",
        [(chapter_id, seq, *line) for line in lines],
    )
    _keep_balances(db, chapter_id, entry, accounts)
    _keep_totals(db, chapter_id, entry)
    _check_past_days(db, chapter_id, entry)
    return Posted(entry_id, seal)


def _check_counted(db: Tx, chapter_id: str, entry: Entry) -> None:
    touched = {a[:2] for t in entry.transfers for a in (t.debit, t.credit) if a.kind in rules.CASH}
    for pot_id, kind in sorted(touched):
        on = balances.counted_on(db, chapter_id, pot_id, rules.PLACE_OF[kind])
        rules.check_not_counted(entry.day, on)


def _accounts(db: Tx, chapter_id: str, entry: Entry) -> dict[Account, tuple[int, int]]:
    """Number and balance of every account the entry touches; missing ones are opened."""
    found: dict[Account, tuple[int, int]] = {}
    sql = "SELECT kind, owner_id, no, balance FROM account WHERE chapter_id = ? AND pot_id = ?"
    for pot_id in {t.debit.pot_id for t in entry.transfers}:
        for kind, owner_id, no, balance in db.rows(sql, (chapter_id, pot_id)):
            found[Account(pot_id, kind, owner_id)] = (no, balance)
    needed = dict.fromkeys(a for t in entry.transfers for a in (t.debit, t.credit))
    missing = [account for account in needed if account not in found]
    if missing:
        last = db.row("SELECT max(no) FROM account WHERE chapter_id = ?", (chapter_id,))
        no = (last[0] if last else None) or 0
        rows = [(chapter_id, no + n, a.pot_id, a.kind.value, a.owner_id, 0, 0)
                for n, a in enumerate(missing, 1)]  # fmt: skip
        db.insert_rows(AccountRow, "chapter_id no pot_id kind owner_id balance periods", rows)
        found.update((account, (no + n, 0)) for n, account in enumerate(missing, 1))
    return found


def _keep_balances(
    db: Tx, chapter_id: str, entry: Entry, accounts: dict[Account, tuple[int, int]]
) -> None:
    sums: dict[Account, int] = defaultdict(int)
    periods: dict[Account, int] = defaultdict(int)
    for t in entry.transfers:
        sums[t.debit] += rules.change(t.debit.kind, t.amount, 0)
        sums[t.credit] += rules.change(t.credit.kind, 0, t.amount)
        if t.periods:
            # The periods belong to whoever's claim the line changes: the account with an owner.
            periods[t.credit if t.periods > 0 else t.debit] += t.periods
    for account, changed in sums.items():
        if accounts[account][1] + changed < 0 and account.kind in NEVER_BELOW_ZERO:
            raise Conflict(
                "below_zero", "Trong sổ không còn đủ tiền cho việc này. Mời chị xem lại số dư."
            )
    db.add_to_rows(
        AccountRow,
        "chapter_id no",
        "balance periods",
        [(changed, periods[account], chapter_id, accounts[account][0])
         for account, changed in sums.items()],
    )  # fmt: skip


def _keep_totals(db: Tx, chapter_id: str, entry: Entry) -> None:
    sums: dict[tuple[str, AccountKind, EntryKind], list[int]] = {}
    for t in entry.transfers:
        flow = rules.flow_of(entry.flow, t.debit.kind, t.credit.kind)
        sums.setdefault((t.debit.pot_id, t.debit.kind, flow), [0, 0])[0] += t.amount
        sums.setdefault((t.credit.pot_id, t.credit.kind, flow), [0, 0])[1] += t.amount
    for model, column, day in (
        (DayTotal, "day", entry.day),
        (MonthTotal, "month", entry.day.replace(day=1)),
    ):
        rows = [
            (chapter_id, pot, kind.value, day, flow.value, *both)
            for (pot, kind, flow), both in sums.items()
        ]
        db.tally_rows(model, f"chapter_id pot_id kind {column} flow", "debit credit", rows)


def _check_past_days(db: Tx, chapter_id: str, entry: Entry) -> None:
    """An entry of an earlier day that takes cash out must leave every later day's end covered."""
    taken = {t.credit[:2] for t in entry.transfers if t.credit.kind in rules.CASH}
    for pot_id, kind in sorted(taken):
        balance, changes = balances.days_after(db, chapter_id, pot_id, kind, entry.day)
        rules.keep_above_zero(balance, changes, entry.day)


def hold(db: Tx, *, chapter_id: str, pot_id: str, breaking_id: str | None) -> None:
    """A breaking holds a pot's open cycle from here on; none: it lets go."""
    db.run(
        "UPDATE cycle SET breaking_id = ? WHERE chapter_id = ? AND pot_id = ? AND closed_on IS NULL",
        (breaking_id, chapter_id, pot_id),
    )


def begin_next_cycle(db: Tx, *, chapter_id: str, pot_id: str, no: int, day: date) -> None:
    """Cycle `no` closes on a breaking's day, the next begins that day; nobody has covered any of it."""
    db.run(
        "UPDATE cycle SET closed_on = ?, breaking_id = NULL"
        " WHERE chapter_id = ? AND pot_id = ? AND no = ?",
        (day, chapter_id, pot_id, no),
    )
    db.insert(Cycle(chapter_id=chapter_id, pot_id=pot_id, no=no + 1, starts_on=day))
    db.run(
        "UPDATE account SET periods = 0 WHERE chapter_id = ? AND pot_id = ?", (chapter_id, pot_id)
    )
