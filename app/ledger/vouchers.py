"""Voucher numbers (số phiếu thu, phiếu chi): read out of the book, never stored (ADR 10).

The number of an entry is its rank by `seq` among the chapter's entries of its series whose day
lies in the same year. Entries are never changed or deleted and each new one has a larger `seq`,
so a number once given stays, and no number is left out: what is back-dated into last year takes
last year's next number. A reversed entry keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.db.tx import Tx
from app.terms import EntryKind


class Series(StrEnum):
    """Receipts and payments are numbered apart, as treasurers do."""

    RECEIPT = "PT"
    PAYMENT = "PC"


# What else will bring in or pay out (donations, grants) joins here when it comes.
SERIES = {
    EntryKind.SHEET: Series.RECEIPT,
    EntryKind.DEBT_PAID: Series.RECEIPT,
    EntryKind.EXPENSE: Series.PAYMENT,
    EntryKind.PAYOUT: Series.PAYMENT,
    EntryKind.DISBURSEMENT: Series.PAYMENT,
    EntryKind.REPAYMENT: Series.RECEIPT,
    EntryKind.RECOVERY: Series.RECEIPT,
}


class Voucher(NamedTuple):
    """`PT 12/2026`: the twelfth receipt of the book of 2026."""

    series: Series
    number: int
    year: int

    def __str__(self) -> str:
        return f"{self.series} {self.number}/{self.year}"


def voucher(db: Tx, chapter_id: str, seq: int, kind: EntryKind, day: date) -> Voucher | None:
    """The number of one entry; none for what is no receipt and no payment."""
    return vouchers(db, chapter_id, [(seq, kind, day)]).get(seq)


def vouchers(
    db: Tx, chapter_id: str, entries: Iterable[tuple[int, EntryKind, date]]
) -> dict[int, Voucher]:
    """The numbers of entries by `seq`: the years they lie in are read, not the whole history."""
    last: dict[tuple[Series, int], int] = {}
    for seq, kind, day in entries:
        if kind in SERIES:
            book = (SERIES[kind], day.year)
            last[book] = max(seq, last.get(book, 0))
    return {
        seq: Voucher(series, rank, year)
        for (series, year), until in last.items()
        for rank, seq in enumerate(_in_order(db, chapter_id, series, year, until), 1)
    }


def _in_order(db: Tx, chapter_id: str, series: Series, year: int, until: int) -> list[int]:
    kinds = ", ".join(f"'{kind}'" for kind, of in SERIES.items() if of is series)
    rows = db.rows(
        f"SELECT seq FROM entry WHERE chapter_id = ? AND kind IN ({kinds})"
        " AND day >= ? AND day <= ? AND seq <= ? ORDER BY seq",
        (chapter_id, date(year, 1, 1), date(year, 12, 31), until),
    )
    return [row[0] for row in rows]
