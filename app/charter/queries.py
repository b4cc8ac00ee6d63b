"""Which charter is in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock
from app.approvals.kinds import Proposal
from app.charter.rules import Charter, check_day
from app.db.tx import Tx
from app.errors import not_found
from app.terms import Decision, Period, SurplusRule

FIELDS = tuple(Charter.model_fields)
_KINDS = {
    "period": Period,
    "default_decision": Decision,
    "surplus_rule": SurplusRule,
    "set_off_debt": bool,
    "one_loan_at_a_time": bool,
    "leaver_shares_surplus": bool,
}


_THAT_DAY = (
    " FROM charter WHERE chapter_id = ?"
    " ORDER BY in_force_from > ?, CASE WHEN in_force_from > ? THEN in_force_from END,"
    " in_force_from DESC LIMIT 1"
)
_WHOLE = f"SELECT in_force_from, {', '.join(FIELDS)}{_THAT_DAY}"
_PERIOD = f"SELECT period{_THAT_DAY}"


def in_force(db: Tx, chapter_id: str, on: date) -> tuple[date, Charter]:
    """The version in force on a day (the first one for any day before it) and since when."""
    row = db.row(_WHOLE, (chapter_id, on, on))
    if row is None:
        raise not_found()
    return date.fromisoformat(row[0]), _charter(row[1:])


def day_in_order(db: Tx, chapter_id: str, day: date, reason: str | None) -> Charter:
    """The charter in force on an act's day, once the day itself is in order."""
    _, charter = in_force(db, chapter_id, day)
    check_day(day, clock.today(), charter.backdate_days, reason)
    return charter


def _charter(row: tuple[Any, ...]) -> Charter:
    """Both databases hold only what the model let in, so nothing is checked a second time."""
    values: dict[str, Any] = {
        k: _KINDS[k](v) if k in _KINDS else v for k, v in zip(FIELDS, row, strict=True)
    }
    return Charter.model_construct(**values)


def versions(db: Tx, chapter_id: str) -> list[tuple[date, Charter]]:
    """Every version with its first day, newest first."""
    names = ", ".join(FIELDS)
    rows = db.rows(
        f"SELECT in_force_from, {names} FROM charter WHERE chapter_id = ?"
        " ORDER BY in_force_from DESC",
        (chapter_id,),
    )
    return [(date.fromisoformat(row[0]), _charter(row[1:])) for row in rows]


def latest(db: Tx, chapter_id: str) -> tuple[date, Charter]:
    """The newest version, in force already or not."""
    return in_force(db, chapter_id, date.max)


def period_in_force(db: Tx, chapter_id: str, on: date) -> Period:
    """Only what the chapter saves by, for reads that need no more."""
    row = db.row(_PERIOD, (chapter_id, on, on))
    if row is None:
        raise not_found()
    return Period(row[0])


def charter_shown(_: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """Only what changes, before and after."""
    old, new = proposal.payload["before"], proposal.payload["charter"]
    lines = [("from", proposal.payload["from"])]
    return lines + [(f"charter.{k}", f"{old[k]} → {new[k]}") for k in new if new[k] != old[k]]
