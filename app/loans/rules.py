"""Who may borrow, how much, and who says so. Pure; amounts in đồng.

The charter's limits refuse with 422, the state of the book with 409 (contract). A page that checks
while she types asks `standing_in_the_way`; an action asks the single checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app import money
from app.approvals.rules import BY_THE_HEAD, check_signer
from app.charter.rules import Charter
from app.errors import Conflict, Invalid, NotAllowed, Refusal
from app.loan_terms import LoanPlan, LoanState
from app.loans.life import unfit
from app.loans.loan import UNFINISHED, Loan
from app.loans.schedule import Terms, check_guard, stride
from app.terms import PotKind, Role

OFFICERS = frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER, Role.INSPECTOR})


# What she asks for


@dataclass(frozen=True, slots=True)
class Asked:
    """An application as it is told."""

    member_id: str
    amount: int
    months: int
    plan: LoanPlan
    guarantor_id: str | None = None


def terms(asked: Asked, charter: Charter) -> Terms:
    """What freezes when the application is made: her wishes, the charter's rate and step."""
    return Terms(
        asked.amount, asked.months, asked.plan, charter.loan_monthly_rate_bp, charter.payout_step
    )


def check_limits(asked: Asked, charter: Charter, savings: int) -> None:
    """The charter's limits and the law's, every problem at once.

    `savings` are her own on the day of the application. Raises Invalid `nothing_lent`, `months`,
    `not_quarters`, `beyond_amount`, `beyond_months`, `beyond_multiple`, `guarantor_herself`,
    `rate_beyond_law`.
    """
    problems = [*_malformed(asked), *_beyond_charter(asked, charter, savings)]
    if not problems:
        problems += _found(check_guard, terms(asked, charter))
    if problems:
        raise Invalid.every(problems)


def _malformed(asked: Asked) -> Iterable[Refusal]:
    if asked.amount < 1:
        yield Invalid("nothing_lent", "Mời chị ghi số tiền muốn vay.", field="amount")
    yield from _found(stride, asked.months, asked.plan)
    yield from _found(check_guarantor, asked.member_id, asked.guarantor_id)


def check_guarantor(member_id: str, guarantor_id: str | None) -> None:
    """Nobody vouches for herself. Raises Invalid `guarantor_herself`."""
    if guarantor_id == member_id:
        raise Invalid(
            "guarantor_herself", "Người bảo lãnh phải là người khác.", field="guarantor_id"
        )


def _beyond_charter(asked: Asked, charter: Charter, savings: int) -> Iterable[Refusal]:
    if charter.loan_max_amount is not None and asked.amount > charter.loan_max_amount:
        yield Invalid(
            "beyond_amount", "Quy ước cho vay một lần nhiều nhất {most}.",
            field="amount", most=money.show(charter.loan_max_amount),
        )  # fmt: skip
    yield from _found(check_months, asked.months, charter)
    times = charter.loan_savings_multiple
    if times is not None and asked.amount > times * savings:
        yield Invalid(
            "beyond_multiple",
            "Đã góp {savings}; quy ước cho vay nhiều nhất gấp {times} lần, là {most}.",
            field="amount", savings=money.show(savings), times=times,
            most=money.show(times * savings),
        )  # fmt: skip


def most_lent(charter: Charter, savings: int, free: int) -> int:
    """The largest sum that no limit and no lack of cash stands in the way of; never below zero."""
    times = charter.loan_savings_multiple
    bounds = (free, charter.loan_max_amount, None if times is None else times * savings)
    return max(min(bound for bound in bounds if bound is not None), 0)


def check_months(months: int, charter: Charter) -> None:
    """The charter's longest term; a new plan for a running loan keeps to it from its own day."""
    if charter.loan_max_months is not None and months > charter.loan_max_months:
        raise Invalid(
            "beyond_months", "Quy ước cho vay lâu nhất {most} tháng.",
            field="months", most=charter.loan_max_months,
        )  # fmt: skip


def _found(check: Callable[..., object], *of: object) -> list[Refusal]:
    try:
        check(*of)
    except Refusal as problem:
        return [problem]
    return []


# The state of the book


@dataclass(frozen=True, slots=True)
class BookState:
    """What the book says on a day about lending from a pot; `hers` are her other loans' states."""

    kind: PotKind
    next_breaking_on: date | None
    free: int
    hers: Sequence[LoanState] = ()


def spare(lowest: int, promised: int, due_to_leavers: int) -> int:
    """What a pot has beyond its promises (domain: Ledger); below zero, what it lacks for them.

    `lowest` is its cash in hand and bank, the least of any day from that day on; `promised` are
    approved and not yet paid loans and grants (without the one that is paid out now).
    """
    return lowest - promised - due_to_leavers


def free_cash(lowest: int, promised: int, due_to_leavers: int, *, breaking_open: bool) -> int:
    """What a pot can pay out: what it has to spare. Never below zero; zero while it is broken."""
    return 0 if breaking_open else max(spare(lowest, promised, due_to_leavers), 0)


def check_lends(kind: PotKind) -> None:
    """The donation box gives, it never lends. Raises Invalid `box_never_lends`."""
    if kind is PotKind.DONATION_BOX:
        raise Invalid("box_never_lends", "Thùng quyên góp chỉ cho, không cho vay.", field="pot_id")


def check_one_at_a_time(hers: Iterable[LoanState], charter: Charter) -> None:
    """One loan at a time, asked for or running. Raises Conflict `one_at_a_time`."""
    if charter.one_loan_at_a_time and UNFINISHED & set(hers):
        raise Conflict(
            "one_at_a_time", "Còn một khoản vay chưa xong. Quy ước: trả xong mới vay tiếp.",
            field="member_id",
        )  # fmt: skip


def stops_from(next_breaking_on: date | None, charter: Charter) -> date | None:
    """From which day on nothing new is lent until the pig is broken; None where nothing stops."""
    days = charter.loans_stop_days_before
    return next_breaking_on - timedelta(days=days) if days and next_breaking_on else None


def check_before_breaking(day: date, next_breaking_on: date | None, charter: Charter) -> None:
    """No new loan in the days before the pig is broken, nor after that day until it is.

    A charter that says 0 days stops nothing. Raises Conflict `breaking_soon`.
    """
    since = stops_from(next_breaking_on, charter)
    if since is not None and next_breaking_on is not None and day >= since:
        raise Conflict(
            "breaking_soon",
            "Mổ lợn ngày {day}: quy ước ngừng cho vay trước đó {days} ngày. Mời chị đợi mổ xong.",
            field="date", day=next_breaking_on.strftime("%d/%m/%Y"),
            days=charter.loans_stop_days_before,
        )  # fmt: skip


def check_free(amount: int, free: int) -> None:
    """Lent is what is there and not promised already. Raises Conflict `beyond_free_cash`."""
    if amount > free:
        raise Conflict(
            "beyond_free_cash", "Lợn này lúc này cho vay được nhiều nhất {most}.",
            field="amount", most=money.show(free),
        )  # fmt: skip


def standing_in_the_way(
    asked: Asked, charter: Charter, savings: int, book: BookState, day: date
) -> list[Refusal]:
    """Every reason why this cannot be lent today, readable; empty where it can.

    Limits refuse the application itself; too little free cash or a breaking only let it wait.
    """
    limits = _found(check_limits, asked, charter, savings)
    return [
        *_found(check_lends, book.kind),
        *(limits[0].parts if limits else ()),
        *_found(check_one_at_a_time, book.hers, charter),
        *_found(check_before_breaking, day, book.next_breaking_on, charter),
        *_found(check_free, asked.amount, book.free),
    ]


# Two hands


def check_approver(
    *, person_id: str, roles: frozenset[Role], others: Mapping[str, frozenset[Role]],
    proposed_by: str, borrower_id: str,
) -> None:  # fmt: skip
    """The head approves; never the borrower, who proposed, or whoever pays it out as treasurer.

    Ids are persons'; `roles` are hers towards the chapter, `others` those of everybody else in its
    offices. The deputy stands in for the head; a leader above where neither can. Raises
    NotAllowed `same_person`, `beneficiary`, `treasurer_pays`, `not_signer`.
    """
    if person_id not in (proposed_by, borrower_id) and Role.TREASURER in roles:
        raise NotAllowed("treasurer_pays", "Thủ quỹ chi tiền, nên cần một người khác duyệt.")
    able = {who: held for who, held in others.items() if Role.TREASURER not in held}
    check_signer(
        person_id=person_id, roles=roles, signers=BY_THE_HEAD, others=able,
        proposed_by=proposed_by, beneficiary_id=borrower_id,
    )  # fmt: skip


def check_payer(person_id: str, approved_by: str) -> None:
    """Whoever approved does not pay out, under whatever office. Raises NotAllowed `same_person`."""
    if person_id == approved_by:
        raise NotAllowed("same_person", "Chị đã duyệt khoản này, cần người khác trao tiền.")


def check_in_hand(amount: int, there: int) -> None:
    """She is paid out of hand. Raises Conflict `not_in_hand`; `there` is the least from then on."""
    if amount > there:
        raise Conflict(
            "not_in_hand", "Tiền cầm tay chỉ có {there}. Mời chị lấy tiền về tay trước.",
            field="amount", there=money.show(max(there, 0)),
        )  # fmt: skip


def check_decided_on(day: date, today: date) -> None:
    """A meeting that was held. Raises Invalid `in_future`."""
    if day > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="on")


def check_belongs(joined_on: date, left_on: date | None, day: date) -> None:
    """A member borrows while she is one. Raises Invalid `before_joining`, Conflict `left_already`."""
    if left_on is not None:
        raise Conflict(
            "left_already", "Chị ấy đã rời chi hội ngày {day}.",
            field="member_id", day=left_on.strftime("%d/%m/%Y"),
        )  # fmt: skip
    if day < joined_on:
        raise Invalid(
            "before_joining", "Chị ấy vào chi hội ngày {day}. Mời chị chọn từ ngày đó.",
            field="date", day=joined_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_visit(day: date, loan: Loan, today: date) -> None:
    """She is visited once the money is hers. Raises Invalid, Conflict `loan_<state>`."""
    if loan.disbursed_on is None:
        raise unfit(loan.state)
    if day > today:
        raise Invalid("in_future", "Ngày này chưa tới.", field="date")
    if day < loan.disbursed_on:
        raise Invalid(
            "before_paid_out", "Trao tiền ngày {day}. Mời chị chọn từ ngày đó trở đi.",
            field="date", day=loan.disbursed_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_unchanged(stands: Sequence[int], shown: Sequence[int]) -> None:
    """What two sign is what is owed by now. Raises Conflict `loan_changed`."""
    if list(stands) != list(shown):
        raise Conflict("loan_changed", "Khoản vay vừa đổi. Mời chị từ chối rồi xin lại.")


def loan_asked(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The one loan that a waiting change is about: while it waits, nobody asks for the like."""
    return (payload["loan"],)


def check_vote(vote: tuple[int, int] | None) -> None:
    """More for than against, where the meeting voted (yes, no). Raises Invalid `vote_lost`."""
    if vote is not None and vote[0] <= vote[1]:
        raise Invalid(
            "vote_lost", "Buổi họp có {yes} người đồng ý, {no} người không: chưa duyệt được.",
            field="vote", yes=vote[0], no=vote[1],
        )  # fmt: skip


def is_an_officers(borrower_id: str, officers: Mapping[str, frozenset[Role]]) -> bool:
    """Whether the borrower keeps or inspects the book: the commune is told (domain: Loans)."""
    return bool(officers.get(borrower_id, frozenset()) & OFFICERS)
