"""The words everyone uses (docs/glossary.md): enumerations, the actor, marks for translation. No logic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


def N_(text: str) -> str:
    """Mark a sentence for translation where it stands; the door translates it."""
    return text


def NN_(text: str) -> str:
    """Mark words that count: English tells a day from several days."""
    return text


class Level(StrEnum):
    """Levels of the Union's tree, from the top."""

    CENTRAL = "central"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    CHAPTER = "chapter"
    GROUP = "group"


class Role(StrEnum):
    """What an office lets a person do."""

    ADMINISTRATOR = "administrator"
    LEADER = "leader"
    CHAPTER_HEAD = "chapter_head"
    DEPUTY = "deputy"
    TREASURER = "treasurer"
    INSPECTOR = "inspector"


class PotKind(StrEnum):
    """Vessels."""

    PIG = "pig"
    BAMBOO_TUBE = "bamboo_tube"
    DONATION_BOX = "donation_box"


class Kept(StrEnum):
    """Where a pot stands."""

    CHAPTER = "chapter"
    HOME = "home"


class BelongsTo(StrEnum):
    """Whose the money in a pot is."""

    MEMBER = "member"
    FUND = "fund"


class Period(StrEnum):
    """What a chapter saves by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"


class Decision(StrEnum):
    """What happens to savings at a breaking when nothing is said."""

    KEEP = "keep"
    TAKE = "take"
    GIVE = "give"


class SurplusRule(StrEnum):
    """How a surplus is shared at a breaking."""

    BY_SAVINGS = "by_savings"
    BY_SAVINGS_DAYS = "by_savings_days"
    KEEP = "keep"


class NeedClass(StrEnum):
    """Hardship, entered from a certificate, never computed."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    HARDSHIP = "hardship"
    OTHER = "other"


class Purpose(StrEnum):
    """What a member consents to (Law 91/2025/QH15)."""

    SAVINGS = "savings"
    LOANS = "loans"
    CONTACT = "contact"
    NEED_CLASS = "need_class"
    STORIES = "stories"


class Verdict(StrEnum):
    """A member's word on a line of hers."""

    RIGHT = "right"
    WRONG = "wrong"


class Fate(StrEnum):
    """What became of a sheet that the chapter held."""

    RECORDED = "recorded"
    DROPPED = "dropped"


class Revoked(StrEnum):
    """Why a device opens the book no more."""

    REPORTED = "reported"
    PIN_RESET = "pin_reset"
    OFFICE_ENDED = "office_ended"


class AccountKind(StrEnum):
    """The accounts of a pot (domain: Ledger)."""

    CASH_POT = "cash_pot"
    CASH_HAND = "cash_hand"
    CASH_BANK = "cash_bank"
    LOAN = "loan"
    RECEIVABLE = "receivable"
    SHORTAGE_PENDING = "shortage_pending"
    CASH_SHORT = "cash_short"
    LOAN_LOSS = "loan_loss"
    EXPENSE = "expense"
    SAVINGS = "savings"
    FUND = "fund"
    OVERAGE_PENDING = "overage_pending"
    SURPLUS = "surplus"
    INTEREST_INCOME = "interest_income"
    CASH_OVER = "cash_over"
    LOAN_RECOVERED = "loan_recovered"
    OPENING = "opening"
    TRANSFER = "transfer"


class EntryKind(StrEnum):
    """What a group of movements is."""

    SHEET = "sheet"
    REVERSAL = "reversal"
    CORRECTION = "correction"
    COUNT = "count"
    SETTLEMENT = "settlement"
    DEBT_PAID = "debt_paid"
    CASH_MOVE = "cash_move"
    EXPENSE = "expense"
    OPENING = "opening"
    PAYOUT = "payout"
    TRANSFER = "transfer"
    DISBURSEMENT = "disbursement"
    REPAYMENT = "repayment"
    SET_OFF = "set_off"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"
    BREAKING = "breaking"


class Place(StrEnum):
    """Where cash is (domain: Ledger)."""

    POT = "pot"
    HAND = "hand"
    BANK = "bank"


class Outcome(StrEnum):
    """What becomes of a difference that a count found."""

    KEEPER_OWES = "keeper_owes"
    GROUP_BEARS = "group_bears"
    ACCEPTED = "accepted"
    CARRIED = "carried"


class Step(StrEnum):
    """What a breaking consists of, one numbered step each."""

    OPENED = "opened"
    COUNTED = "counted"
    DECIDED = "decided"
    SIGNED = "signed"
    POSTED = "posted"
    ABANDONED = "abandoned"


class Leaving(StrEnum):
    """Why a membership ends."""

    LEFT = "left"
    MOVED = "moved"
    DIED = "died"


class Act(StrEnum):
    """What was done: the kinds of sealed records."""

    SET_UP = "set_up"
    UNIT_CREATED = "unit_created"
    CHAPTER_CREATED = "chapter_created"
    UNIT_MOVED = "unit_moved"
    OFFICE_BEGAN = "office_began"
    OFFICE_ENDED = "office_ended"
    DEVICE_ENROLLED = "device_enrolled"
    DEVICE_REVOKED = "device_revoked"
    PIN_RESET = "pin_reset"
    UNLOCKED = "unlocked"
    RESCUE_BEGUN = "rescue_begun"
    CARD_MADE = "card_made"
    CARD_TAKEN = "card_taken"
    PROPOSED = "proposed"
    REFUSED = "refused"
    CHARTER_SET = "charter_set"
    LINE_CONFIRMED = "line_confirmed"
    MEMBER_JOINED = "member_joined"
    MEMBER_CORRECTED = "member_corrected"
    NEED_CLASS_ENTERED = "need_class_entered"
    POT_OPENED = "pot_opened"
    SHEET_RECORDED = "sheet_recorded"
    LINES_REVERSED = "lines_reversed"
    SHEET_HELD = "sheet_held"
    HELD_RECORDED = "held_recorded"
    HELD_DROPPED = "held_dropped"
    SHEET_CORRECTED = "sheet_corrected"
    CASH_COUNTED = "cash_counted"
    DIFFERENCE_SETTLED = "difference_settled"
    DEBT_PAID = "debt_paid"
    CASH_MOVED = "cash_moved"
    EXPENSE_PAID = "expense_paid"
    BALANCES_OPENED = "balances_opened"
    HANDED_OVER = "handed_over"
    MEMBER_LEFT = "member_left"
    PAID_OUT = "paid_out"
    SAVINGS_MOVED = "savings_moved"
    CASH_DELIVERED = "cash_delivered"
    LOAN_ASKED = "loan_asked"
    LOAN_APPROVED = "loan_approved"
    LOAN_REFUSED = "loan_refused"
    LOAN_PAID_OUT = "loan_paid_out"
    LOAN_REPAID = "loan_repaid"
    LOAN_RESCHEDULED = "loan_rescheduled"
    INTEREST_WAIVED = "interest_waived"
    LOAN_WRITTEN_OFF = "loan_written_off"
    LOAN_RECOVERED = "loan_recovered"
    LOAN_VISITED = "loan_visited"
    DEBT_SET_OFF = "debt_set_off"
    BORROWER_DIED = "borrower_died"
    BREAKING_OPENED = "breaking_opened"
    BREAKING_COUNTED = "breaking_counted"
    BREAKING_DECIDED = "breaking_decided"
    BREAKING_SIGNED = "breaking_signed"
    BREAKING_ABANDONED = "breaking_abandoned"
    PIG_BROKEN = "pig_broken"


@dataclass(frozen=True, slots=True)
class Office:
    """An appointment in force."""

    id: str
    role: Role
    unit_id: str
    level: Level


@dataclass(frozen=True, slots=True)
class Membership:
    """The one membership that a member's card opens."""

    chapter_id: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person on a device with her offices in force, or a member with her card."""

    person_id: str
    device_id: str | None
    offices: tuple[Office, ...] = ()
    member: Membership | None = None
