"""What may be told of a loan next, and what may be taken back. Pure.

Facts come in the order of their days, but money may be told late: a repayment of an earlier day
goes between the others, and whichever was a mistake is taken out; those after it are settled
anew by the replay, and the ledger follows by the difference (loans/books.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.errors import Conflict, Invalid, Refusal
from app.loans.facts import (
    Applied,
    Approved,
    Brought,
    Died,
    Disbursed,
    Fact,
    Recovered,
    Refused,
    Repaid,
    Rescheduled,
    Reversed,
    Waived,
    WrittenOff,
)
from app.loans.life import replay, standing
from app.loans.loan import Loan
from app.terms import N_

FACT_WORDS: dict[type[Fact], str] = {
    Applied: N_("đơn vay"),
    Approved: N_("lần duyệt vay"),
    Refused: N_("lần từ chối"),
    Disbursed: N_("lần trao tiền"),
    Brought: N_("số dư từ sổ cũ"),
    Repaid: N_("lần trả nợ"),
    Rescheduled: N_("lần gia hạn"),
    Waived: N_("lần miễn lãi"),
    WrittenOff: N_("lần xóa nợ"),
    Recovered: N_("lần thu lại nợ đã xóa"),
    Died: N_("việc chị ấy qua đời"),
}


def added(facts: Sequence[Fact], new: Fact) -> Loan:
    """The loan once `new` is told too; nothing is changed where it raises.

    Raises Invalid `before_last` (dated before what it rests on), Conflict `reversed_later`,
    `later_first`, `not_standing`, and whatever `life.replay` raises.
    """
    if isinstance(new, Reversed):
        _check_reversible(facts, new)
        return replay([*facts, new])
    money = isinstance(new, Repaid)
    rests_on = [fact for fact in standing(facts)
                if fact.day > new.day and not (money and isinstance(fact, Repaid))]  # fmt: skip
    if rests_on:
        raise Invalid(
            "before_last", "Đã ghi {what} ngày {day}. Mời chị chọn từ ngày đó trở đi.",
            field="date", what=FACT_WORDS[type(rests_on[-1])],
            day=rests_on[-1].day.strftime("%d/%m/%Y"),
        )  # fmt: skip
    after = replay([*facts, new])
    _check_days_between([*facts, new], new)
    return after


def _check_days_between(facts: Sequence[Fact], new: Fact) -> None:
    """A mistake stands in the book until its reversal: until then both must fit (ledger)."""
    for reversal in (f for f in facts if isinstance(f, Reversed) and f.day > new.day):
        try:
            replay(facts, reversal.day - timedelta(days=1))
        except Refusal:
            raise Conflict(
                "reversed_later", "Lần ghi nhầm mới hủy ngày {day}. Mời chị ghi lại từ ngày đó.",
                field="date", day=reversal.day.strftime("%d/%m/%Y"),
            ) from None  # fmt: skip


def _check_reversible(facts: Sequence[Fact], reversal: Reversed) -> None:
    """A repayment under later repayments, anything else only as the last."""
    stands = standing(facts)
    at = next((n for n, fact in enumerate(stands) if fact.id == reversal.of), None)
    if at is None or isinstance(stands[at], Applied):
        raise Conflict("not_standing", "Việc này không còn trong sổ để hủy.")
    for fact in stands[at + 1 :]:
        if not (isinstance(stands[at], Repaid) and isinstance(fact, Repaid)):
            raise Conflict(
                "later_first", "Mời chị hủy {what} ngày {day} trước.",
                what=FACT_WORDS[type(fact)], day=fact.day.strftime("%d/%m/%Y"),
            )  # fmt: skip
