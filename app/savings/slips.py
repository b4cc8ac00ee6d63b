"""What stands on paper: a sheet's slip, and one for each woman in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app import clock
from app.savings.rules import PERIOD_WORDS
from app.savings.sheets import SheetShown
from app.web import qr


@dataclass(frozen=True, slots=True)
class OwnSlip:
    """What one woman gave; `amount` in đồng."""

    number: int
    name: str
    amount: int
    periods: int


def each(found: SheetShown) -> list[OwnSlip]:
    """A slip for each woman with a line that stands: paper for what was taken back would be a lie."""
    standing = [line for line in found.lines if not line.reversed]
    names = {line.number: line.name for line in standing}
    return [
        OwnSlip(
            number,
            name,
            sum(line.amount for line in standing if line.number == number),
            sum(line.periods for line in standing if line.number == number),
        )
        for number, name in names.items()
    ]


def shown(found: SheetShown, base: str, code: str) -> dict[str, Any]:
    """A slip as the templates show it; `code` is the check code of its head, or none in practice.

    Its link leads to this page with the check code behind the `#`: the code never leaves the
    phone, and the page says so where paper and book differ.
    """
    recorded = datetime.fromtimestamp(found.recorded_at // 1_000_000, clock.VIETNAM)
    word = PERIOD_WORDS[found.period]
    link = f"{base}phieu/{found.id}#{code}"
    return {
        "chapter_id": found.chapter_id,
        "chapter_name": found.chapter_name,
        "entry_id": found.id,
        "number": found.seq,
        "voucher": found.voucher,
        "check_code": code,
        "link": link,
        "qr": qr.drawn(link),
        "date": found.date,
        "recorded_at": f"{recorded:%d/%m/%Y %H:%M}",
        "recorded_by": found.recorded_by,
        "signed_by": found.signed_by,
        "pot_name": found.pot_name,
        "total": found.total,
        "taken_back": sum(line.reversed for line in found.lines),
        "left": sum(line.amount for line in found.lines if not line.reversed),
        "payers": len({line.number for line in found.lines}),
        "lines": [asdict(line) | {"period_word": word} for line in found.lines],
        "period_word": word,
        "note": found.note,
        "reason": found.reason,
        "kind": found.kind,
        "reversed_by": None if each(found) else found.reversed_by,
        "reverses": found.reverses,
    }
