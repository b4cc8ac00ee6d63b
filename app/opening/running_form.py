"""Running loans of a paper book as they are typed: a block of fields for each. Pure.

What stays blank is filled in by `loans/bringing.py`; a block without anything typed is no loan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.cash.cash_form import Reading
from app.charter.charter_form import percent
from app.errors import Invalid
from app.loan_terms import LoanPlan, LoanPurpose
from app.loans.bringing import Running

BLANKS = 3  # to begin with, and more at a tap
MOST = 100
TYPED = ("member_id", "outstanding", "amount", "disbursed_on", "months", "rate", "guarantor_id")
PARTS = (*TYPED, "plan", "purpose")
# Where a refusal of the action stands: all that it says of an amount is that its interest is too high.
BESIDE = {part: part for part in PARTS} | {"amount": "rate", "monthly_rate_bp": "rate"}


def field(n: int, part: str) -> str:
    """The name of a field of the n-th block."""
    return f"loan-{n}-{part}"


def blocks(typed: Mapping[str, Sequence[str]]) -> int:
    """How many blocks the form has: what it had, and some more where more were asked for."""
    said = typed.get("loans", [""])[0]
    had = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else BLANKS
    more = BLANKS if typed.get("do", [""])[0] == "more" else 0
    return min(max(had, BLANKS) + more, MOST)


def fields(number: int) -> list[str]:
    """Every field of so many blocks."""
    return [field(n, part) for n in range(number) for part in PARTS]


def is_used(form: Mapping[str, str], n: int) -> bool:
    """Whether something was typed or chosen in a block."""
    return any(form[field(n, part)].strip() for part in TYPED)


def read(
    reading: Reading, number: int, members: Collection[str]
) -> list[tuple[int, Running]]:  # fmt: skip
    """Every loan with its block; what is not clear stays with `reading`. `members` are offered."""
    return [(n, _one(reading, n, members)) for n in range(number) if is_used(reading.form, n)]


def _one(reading: Reading, n: int, members: Collection[str]) -> Running:
    form = {part: reading.form[field(n, part)].strip() for part in PARTS}
    if not form["member_id"]:
        reading.wrong(Invalid("not_chosen", "Mời chị chọn."), field(n, "member_id"))
    for part in ("member_id", "guarantor_id"):
        if form[part] and form[part] not in members:
            unknown = Invalid("member_unknown", "Chi hội không có hội viên này.")
            reading.wrong(unknown, field(n, part))
    paid_out = field(n, "disbursed_on")
    return Running(
        member_id=form["member_id"],
        outstanding=reading.amount(field(n, "outstanding")),
        amount=reading.amount(field(n, "amount")) if form["amount"] else None,
        months=_months(reading, n, form["months"]),
        plan=_plan(reading, n, form["plan"]),
        purpose=_purpose(reading, n, form["purpose"]),
        disbursed_on=reading.day(paid_out, date.max) if form["disbursed_on"] else None,
        monthly_rate_bp=_rate(reading, n, form["rate"]),
        guarantor_id=form["guarantor_id"] or None,
    )


def _months(reading: Reading, n: int, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        unclear = Invalid("months_unclear", "Mấy tháng? Mời chị ghi số.")
        reading.wrong(unclear, field(n, "months"))
        return None
    return int(text)


def _plan(reading: Reading, n: int, text: str) -> LoanPlan:
    if text and text not in set(LoanPlan):
        reading.wrong(Invalid("plan_needed", "Trả thế nào? Mời chị chọn."), field(n, "plan"))
        return LoanPlan.BULLET
    return LoanPlan(text or LoanPlan.BULLET)


def _purpose(reading: Reading, n: int, text: str) -> LoanPurpose:
    if text and text not in set(LoanPurpose):
        needed = Invalid("purpose_needed", "Vay làm gì? Mời chị chọn.")
        reading.wrong(needed, field(n, "purpose"))
        return LoanPurpose.OTHER
    return LoanPurpose(text or LoanPurpose.OTHER)


def _rate(reading: Reading, n: int, text: str) -> int | None:
    try:
        return percent(text) if text else None
    except Invalid as unclear:
        reading.wrong(unclear, field(n, "rate"))
        return None
