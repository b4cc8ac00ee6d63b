"""The order of those who wait for a loan, each place explained. Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.errors import Invalid
from app.terms import NeedClass

# Need first (domain: Loans); who gave no class waits with `other`.
NEED_ORDER = (NeedClass.POOR, NeedClass.NEAR_POOR, NeedClass.HARDSHIP, NeedClass.OTHER)


@dataclass(frozen=True, slots=True)
class Applicant:
    """One who waits: her class on that day, when she asked, loans she was paid before."""

    loan_id: str
    pot_id: str
    need: NeedClass | None
    applied_on: date
    past_loans: int
    amount: int


class Because(StrEnum):
    """What a place in the queue rests on, the first difference first."""

    NEED = "need"
    WAITS = "waits"
    PAST_LOANS = "past_loans"
    AMOUNT = "amount"


class Reason(NamedTuple):
    """One reason for a place; words.reasons says it."""

    because: Because
    value: NeedClass | int


class Place(NamedTuple):
    """A place in the queue, from 1."""

    place: int
    applicant: Applicant
    reasons: tuple[Reason, ...]


def queue(applicants: Iterable[Applicant], on: date) -> list[Place]:
    """Need class, waiting time, fewer past loans, smaller amount; then as they were told.

    The amount is a reason only where it decided.
    """
    waiting = sorted(applicants, key=_rank)
    alike = [_rank(applicant)[:3] for applicant in waiting]
    return [
        Place(n, a, _reasons(a, on, by_amount=alike.count(_rank(a)[:3]) > 1))
        for n, a in enumerate(waiting, 1)
    ]


def _rank(a: Applicant) -> tuple[int, date, int, int]:
    return NEED_ORDER.index(a.need or NeedClass.OTHER), a.applied_on, a.past_loans, a.amount


def _reasons(a: Applicant, on: date, *, by_amount: bool) -> tuple[Reason, ...]:
    found = [
        Reason(Because.NEED, a.need or NeedClass.OTHER),
        Reason(Because.WAITS, max((on - a.applied_on).days, 0)),
        Reason(Because.PAST_LOANS, a.past_loans),
    ]
    return (*found, Reason(Because.AMOUNT, a.amount)) if by_amount else tuple(found)


def passed_over(places: Sequence[Place], loan_id: str) -> list[Place]:
    """Those before her who wait for money of the same pot."""
    her = next(place for place in places if place.applicant.loan_id == loan_id)
    ahead = places[: her.place - 1]
    return [place for place in ahead if place.applicant.pot_id == her.applicant.pot_id]


def check_turn(passed: Sequence[Place], reason: str | None) -> None:
    """Out of order only with the meeting's reason. Raises Invalid `out_of_order`."""
    if passed and not (reason or "").strip():
        raise Invalid(
            "out_of_order", "Còn {ahead} chị đứng trước. Buổi họp quyết khác thì ghi lý do.",
            field="out_of_order_reason", ahead=len(passed),
        )  # fmt: skip
