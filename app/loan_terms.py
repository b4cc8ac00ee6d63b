"""The words of lending: how it is paid back, what for, how it stands (docs/glossary.md). No logic."""

from __future__ import annotations

from enum import StrEnum


class LoanPlan(StrEnum):
    """How a loan is paid back: at once after its months, each month, each quarter."""

    BULLET = "bullet"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class LoanPurpose(StrEnum):
    """What a loan is for."""

    LIVESTOCK = "livestock"
    SEED = "seed"
    SCHOOL = "school"
    HEALTH = "health"
    HOUSE = "house"
    OTHER = "other"


class LoanState(StrEnum):
    """How a loan stands."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    RUNNING = "running"
    CLOSED = "closed"
    WRITTEN_OFF = "written_off"


class Ageing(StrEnum):
    """By the days since its oldest unpaid row was due."""

    ON_TIME = "on_time"
    UP_TO_30 = "1_30"
    UP_TO_90 = "31_90"
    OVER_90 = "over_90"


class FactKind(StrEnum):
    """What is written down of a loan after it was asked for (loans/facts.py, ADR 13)."""

    APPROVED = "approved"
    REFUSED = "refused"
    DISBURSED = "disbursed"
    BROUGHT = "brought"
    REPAID = "repaid"
    SET_OFF = "set_off"
    RESCHEDULED = "rescheduled"
    WAIVED = "waived"
    WRITTEN_OFF = "written_off"
    RECOVERED = "recovered"
    DIED = "died"
    REVERSED = "reversed"
