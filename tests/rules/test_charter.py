"""What a charter may say: the movement's minimum, the law's rate, nothing unknown."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.charter.rules import Charter

LEAST = {"minimum_per_period": 1000, "period": "day"}


def test_what_is_left_out_has_the_contracts_default() -> None:
    assert Charter.model_validate(LEAST).model_dump(mode="json") == LEAST | {
        "payout_step": 1000,
        "default_decision": "keep",
        "surplus_rule": "by_savings",
        "set_off_debt": False,
        "loan_max_amount": None,
        "loan_max_months": None,
        "loan_savings_multiple": None,
        "loan_monthly_rate_bp": 0,
        "loans_stop_days_before": 0,
        "one_loan_at_a_time": True,
        "backdate_days": 7,
        "cash_limit": None,
        "expense_limit": 0,
        "grant_limit": 0,
        "leaver_shares_surplus": False,
        "words": "",
    }


@pytest.mark.parametrize("field", [*LEAST])
def test_what_cannot_be_left_out(field: str) -> None:
    with pytest.raises(ValidationError):
        Charter.model_validate({k: v for k, v in LEAST.items() if k != field})


@pytest.mark.parametrize(
    ("field", "last_right", "first_wrong"),
    [
        ("minimum_per_period", 1000, 999),
        ("loan_monthly_rate_bp", 166, 167),  # 20 % a year, Civil Code 2015, article 468
        ("loan_monthly_rate_bp", 0, -1),
        ("payout_step", 1, 0),
        ("backdate_days", 0, -1),
        ("expense_limit", 0, -1),
        ("cash_limit", None, -1),
        ("period", "season", "year"),
        ("default_decision", "give", "spend"),
    ],
)
def test_limits(field: str, last_right: Any, first_wrong: Any) -> None:
    assert Charter.model_validate(LEAST | {field: last_right})
    with pytest.raises(ValidationError):
        Charter.model_validate(LEAST | {field: first_wrong})


@pytest.mark.parametrize("amount", ["1000", 1000.0, True])
def test_money_is_a_whole_number_and_nothing_like_it(amount: Any) -> None:
    with pytest.raises(ValidationError):
        Charter.model_validate(LEAST | {"minimum_per_period": amount})


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError):
        Charter.model_validate(LEAST | {"loan_rate": 1})
