"""What a charter may say. Pure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.errors import Conflict, Invalid
from app.terms import Decision, Period, SurplusRule

HIGHEST = 10_000_000_000_000
LEAST = 1_000  # the movement's minimum a period, in đồng
MOST_PER_PERIOD = 100_000_000
Amount = Annotated[int, Field(strict=True, ge=0, le=HIGHEST)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000)]
YesNo = Annotated[bool, Field(strict=True)]


class Charter(BaseModel):
    """A chapter's rules: amounts in đồng, rates in basis points a month, times in days or months.

    The saving minimum is the movement's 1,000 đ; 166 basis points a month keep a loan without
    fees within 20 % a year (Civil Code 2015, art. 468).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    minimum_per_period: Annotated[int, Field(strict=True, ge=LEAST, le=MOST_PER_PERIOD)]
    period: Period
    payout_step: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1000
    default_decision: Decision = Decision.KEEP
    surplus_rule: SurplusRule = SurplusRule.BY_SAVINGS
    set_off_debt: YesNo = False
    loan_max_amount: Amount | None = None
    loan_max_months: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None
    loan_savings_multiple: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None
    loan_monthly_rate_bp: Annotated[int, Field(strict=True, ge=0, le=166)] = 0
    loans_stop_days_before: Count = 0
    one_loan_at_a_time: YesNo = True
    backdate_days: Count = 7
    cash_limit: Amount | None = None
    expense_limit: Amount = 0
    grant_limit: Amount = 0
    leaver_shares_surplus: YesNo = False
    words: Annotated[str, Field(max_length=20_000)] = ""


def check_rests_on(shown: dict[str, Any], stands: Charter) -> None:
    """What changes is signed against the rules it was shown with. Raises `charter_changed`."""
    if shown != stands.model_dump(mode="json"):
        raise Conflict(
            "charter_changed", "Quy ước vừa đổi từ khi xin ký. Mời chị bấm “Không ký” rồi xin lại."
        )


def check_in_force_from(on: date, latest: date, today: date) -> None:
    """New rules begin today or later, after the version before: never behind anybody's back."""
    if on < today:
        raise Invalid(
            "charter_too_early", "Quy ước mới bắt đầu từ hôm nay trở đi.", field="in_force_from"
        )
    if on <= latest:
        raise Conflict(
            "charter_already", "Đã có quy ước bắt đầu từ ngày {day}. Mời chị chọn ngày sau đó.",
            field="in_force_from", day=latest.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_day(day: date, today: date, backdate_days: int, reason: str | None) -> None:
    """Never the future; older than the charter's limit only with a reason."""
    if day > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="date")
    if (today - day).days > backdate_days and not reason:
        raise Invalid(
            "reason_needed", "Ghi lùi quá {days} ngày thì cần lý do.",
            field="reason", days=backdate_days,
        )  # fmt: skip
