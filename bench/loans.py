"""What reading a chapter's loans costs, and that it does not grow with those that are over.

    python -m bench.loans [running] [payments of each] [closed …]

The loans go straight into the tables, as bench/fill.py puts sheets: their facts are what a replay
reads; nothing is posted in the ledger for them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Any

from app import clock, ids
from app.access import queries as access
from app.access.rules import digest
from app.db.engine import Database, open_database
from app.loan_terms import LoanPlan
from app.loans import looks, outlook
from app.loans.schedule import add_months, due_dates
from app.reports import today
from bench.fill import Pen
from bench.world import Chapter, make, settings

AMOUNT, MONTHS = 1_200_000, 12
LOAN = (
    "INSERT INTO loan (chapter_id, id, seq, member_id, pot_id, purpose, amount, months, plan, rate_bp,"
    " step, applied_on, of_officer) VALUES (?, ?, 1, ?, ?, 'seed', ?, ?, 'monthly', ?, 1000, ?, ?)"
)
FACT = (
    "INSERT INTO loan_fact (chapter_id, loan_id, no, seq, kind, day, amount, due)"
    " VALUES (?, ?, ?, 1, ?, ?, ?, ?)"
)
OPEN = "INSERT INTO loan_open (chapter_id, loan_id) VALUES (?, ?)"


def write(pen: Pen, chapter: Chapter, n: int, payments: int, *, closed: bool) -> None:
    """A loan with so many payments; one that runs still owes most of it."""
    months = MONTHS if closed else 2 * MONTHS
    on = add_months(clock.today(), -MONTHS) - timedelta(days=n % 28)
    loan_id = ids.new()
    member = chapter.member_ids[n % len(chapter.member_ids)]
    pen.run(LOAN, (chapter.id, loan_id, member, chapter.pot_id, AMOUNT, months, 0 if closed else 50,
                   on.isoformat(), False))  # fmt: skip
    due = due_dates(on, months, LoanPlan.MONTHLY)
    facts: list[tuple[str, date, int | None, str | None]] = [
        ("approved", on, None, None),
        ("disbursed", on, None, json.dumps([day.isoformat() for day in due])),
    ]
    each = AMOUNT // payments if closed else AMOUNT // 4 // payments
    facts += [("repaid", min(due[m % MONTHS], clock.today()), each, None) for m in range(payments)]
    for no, (kind, day, amount, told) in enumerate(facts, 1):
        pen.run(FACT, (chapter.id, loan_id, no, kind, day.isoformat(), amount, told))
    if not closed:
        pen.run(OPEN, (chapter.id, loan_id))


def timed(db: Database, read: Callable[..., Any], **more: Any) -> float:
    """Milliseconds of a reading, the median of five."""
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        db.read_now(read, **more)
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


def measure(running: int, payments: int, closed: int) -> None:
    """One book; a line of figures."""
    with tempfile.TemporaryDirectory() as data:
        url = f"sqlite:///{data}/solon.db"
        (chapter,) = make(url, data, [320]).chapters
        pen = Pen(url)
        pen.run("BEGIN IMMEDIATE")
        for n in range(running + closed):
            write(pen, chapter, n, payments, closed=n >= running)
        pen.run("COMMIT")
        pen.close()
        db = open_database(settings(url, data))
        actor = db.read_now(access.actor_of_session, digest(chapter.token))
        figures = {
            name: timed(db, read, actor=actor, chapter_id=chapter.id)
            for name, read in {
                "Today": today.today, "what is due": outlook.coming_due,
                "the page of loans": looks.board, "forecast": outlook.forecasts,
            }.items()
        }  # fmt: skip
        db.close()
    told = ", ".join(f"{name} {ms:.0f} ms" for name, ms in figures.items())
    print(f"{running} running with {payments} payments each, {closed} closed: {told}")


def main(running: int = 300, payments: int = 12, *closed: int) -> None:
    """Without and with those that are over."""
    for over in closed or (0, 1000):
        measure(running, payments, over)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
