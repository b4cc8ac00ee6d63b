"""Counting, differences, moves, expenses, opening balances. Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import money
from app.errors import Conflict, Invalid, Refusal
from app.ledger.entry import LARGEST, Account, Entry, Transfer, cash, common, earned
from app.terms import AccountKind, BelongsTo, EntryKind, Kept, Outcome, Place

K = AccountKind
MOST_NOTES = 1_000_000  # of one value; more is a slip of the finger
WITNESSES = 2
BY_TWO = frozenset({Outcome.GROUP_BEARS, Outcome.ACCEPTED})


@dataclass(frozen=True, slots=True)
class PotFacts:
    """What every act on a pot's cash rests on."""

    pot_id: str
    kept: Kept
    belongs_to: BelongsTo


def sum_of(notes: Mapping[str, int], field: str = "notes") -> int:
    """What these notes come to. Keys are values as text: `{"500000": 2}`.

    Raises Invalid with every unknown note and wrong number at once.
    """
    problems: list[Refusal] = []
    total = 0
    for value, number in notes.items():
        if value not in {str(note) for note in money.NOTES}:
            problems.append(
                Invalid(
                    "note_unknown",
                    "Không có tờ tiền này: {value}.",
                    field=f"{field}.{value[:12]}",
                    value=value[:12],
                )
            )
        elif not 0 <= number <= MOST_NOTES:
            problems.append(
                Invalid(
                    "note_count",
                    "Số tờ từ 0 đến {most}.",
                    field=f"{field}.{value}",
                    most=MOST_NOTES,
                )
            )
        else:
            total += int(value) * number
    if problems:
        raise Invalid.every(problems)
    return total


def check_witnesses(witnesses: Sequence[str]) -> None:
    """At least two people, each once (`witnesses` are ids or names)."""
    if len(set(witnesses)) < WITNESSES:
        raise Invalid("witnesses_needed", "Cần tên hai người khác nhau.", field="witnesses")


def check_kept_here(facts: PotFacts, place: Place) -> None:
    """Notes lie in a pot or in hand; pigs at home are opened on breaking day."""
    if facts.kept is Kept.HOME and place is Place.POT:
        raise Invalid("home_pot", "Lợn nuôi ở nhà chỉ mở khi mổ lợn.", field="pot_id")


def check_countable(place: Place) -> None:
    """What lies in a bank is no notes."""
    if place is Place.BANK:
        raise Invalid("bank_not_counted", "Tiền ở ngân hàng không đếm bằng tờ.", field="place")


def check_count_day(day: date, counted_on: date | None) -> None:
    """Counts come in the order of their days. Raises Conflict `counted_later`."""
    if counted_on is not None and day < counted_on:
        raise Conflict(
            "counted_later", "Đã kiểm ngày {day} rồi. Mời chị ghi ngày đếm từ ngày đó trở đi.",
            field="date", day=counted_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def difference_entry(pot_id: str, place: Place, day: date, difference: int) -> Entry:
    """What a count found beyond the book (above zero) or missing (below), as pending."""
    there = cash(pot_id, place)
    transfer = (
        Transfer(common(pot_id, K.SHORTAGE_PENDING), there, -difference)
        if difference < 0
        else Transfer(there, common(pot_id, K.OVERAGE_PENDING), difference)
    )
    return Entry(EntryKind.COUNT, pot_id, day, (transfer,))


def check_outcome(difference: int, outcome: Outcome, keeper_id: str | None) -> None:
    """A shortage is owed or borne, an overage accepted; either may be carried on."""
    fits = {
        Outcome.KEEPER_OWES: difference < 0,
        Outcome.GROUP_BEARS: difference < 0,
        Outcome.ACCEPTED: difference > 0,
        Outcome.CARRIED: True,
    }[outcome]
    if difference and not fits:
        raise Invalid(
            "outcome_unfit",
            "Tiền thiếu thì người giữ bù hoặc chi hội chịu; tiền thừa thì nhận vào. Hoặc để theo dõi.",
            field="difference.decision",
        )
    if difference and outcome is Outcome.KEEPER_OWES and keeper_id is None:
        raise Invalid("keeper_needed", "Ai bù khoản thiếu?", field="difference.keeper_person_id")


def settlement_entry(
    pot_id: str, day: date, pending: int, outcome: Outcome, keeper_id: str | None, paid_now: bool
) -> Entry:
    """What becomes of a pending difference (below zero a shortage); all of it."""
    amount = abs(pending)
    shortage, overage = common(pot_id, K.SHORTAGE_PENDING), common(pot_id, K.OVERAGE_PENDING)
    match outcome:
        case Outcome.KEEPER_OWES:
            owes = Account(pot_id, K.RECEIVABLE, keeper_id or "")
            transfers = [Transfer(owes, shortage, amount)]
            if paid_now:
                transfers.append(Transfer(cash(pot_id, Place.HAND), owes, amount))
        case Outcome.GROUP_BEARS:
            transfers = [Transfer(common(pot_id, K.CASH_SHORT), shortage, amount)]
        case Outcome.ACCEPTED:
            transfers = [Transfer(overage, common(pot_id, K.CASH_OVER), amount)]
        case Outcome.CARRIED:
            raise Invalid("outcome_needed", "Mời chị chọn cách xử lý.", field="decision")
    return Entry(EntryKind.SETTLEMENT, pot_id, day, tuple(transfers))


def check_still_pends(pending: int) -> None:
    """A difference is settled once. Raises Conflict `settled_already`."""
    if pending == 0:
        raise settled_already()


def settled_already() -> Conflict:
    """Somebody was faster, or a correction explained it."""
    return Conflict("settled_already", "Khoản chênh này đã xử lý rồi.")


def as_it_pends(difference_id: str, pending: int) -> str:
    """What a decision takes up: of what became less since, another may be asked for."""
    return f"{difference_id} {pending}"


def difference_asked(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The one difference that a waiting decision is about."""
    return (as_it_pends(payload["difference"], payload["amount"]),)


def moved_on(asked: int, left: int) -> Conflict | None:
    """What was asked for `asked` đồng finds `left` still pending (both signed): nobody signs unread."""
    if left == 0:
        return settled_already()
    if left == asked:
        return None
    return Conflict(
        "difference_changed",
        "Tiền chênh nay còn {sum}, khác lúc xin ký. Mời thủ quỹ xin lại.",
        sum=money.show(abs(left)),
    )


def check_settled_after(day: date, found_on: date) -> None:
    """A difference is settled on the day it was found or later."""
    if day < found_on:
        raise Invalid(
            "before_count", "Khoản chênh này tìm thấy ngày {day}. Mời chị ghi từ ngày đó.",
            field="date", day=found_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def debt_entry(pot_id: str, person_id: str, day: date, amount: int, owed: int) -> Entry:
    """Whoever owed a shortage pays, into hand. Raises Invalid `overpaid`."""
    if amount > owed:
        raise Invalid(
            "overpaid", "Ngày {day} chỉ còn nợ {owed}.",
            field="amount", day=day.strftime("%d/%m/%Y"), owed=money.show(owed),
        )  # fmt: skip
    paid = Transfer(cash(pot_id, Place.HAND), Account(pot_id, K.RECEIVABLE, person_id), amount)
    return Entry(EntryKind.DEBT_PAID, pot_id, day, (paid,))


def move_entry(
    pot_id: str, day: date, source: Place, target: Place, amount: int, there: int,
    notes: Mapping[str, int] | None,
) -> Entry:  # fmt: skip
    """Cash from one place to another. `there` is the least cash in `source` from that day on."""
    if source is target:
        raise Invalid("same_place", "Mời chị chọn hai nơi khác nhau.", field="to")
    check_there(amount, there)
    if notes is not None and (counted := sum_of(notes)) != amount:
        raise Invalid(
            "notes_differ", "Các tờ tiền cộng lại là {counted}, không phải {amount}.",
            field="notes", counted=money.show(counted), amount=money.show(amount),
        )  # fmt: skip
    moved = Transfer(cash(pot_id, target), cash(pot_id, source), amount)
    return Entry(EntryKind.CASH_MOVE, pot_id, day, (moved,))


def check_there(amount: int, there: int) -> None:
    """Nothing leaves a place that is not there; nothing moves for nothing. Raises `not_there`."""
    if amount < 1:
        raise Invalid("nothing_moved", "Mời chị ghi số tiền.", field="amount")
    if amount > there:
        raise Conflict(
            "not_there", "Chỗ đó chỉ có {there}.", field="amount", there=money.show(max(there, 0))
        )


def expense_entry(facts: PotFacts, day: date, amount: int, there: int, allowed: int) -> Entry:
    """A visit, a celebration, a prize, out of hand.

    `allowed` is income plus surplus (in a fund pot the fund); never savings. Raises Conflict
    `beyond_income`, `not_there`.
    """
    check_there(amount, there)
    if amount > allowed:
        raise Conflict(
            "beyond_income",
            "Tiền lãi và tiền dư chỉ còn {allowed}; tiền góp của các chị không dùng để chi.",
            field="amount", allowed=money.show(max(allowed, 0)),
        )  # fmt: skip
    paid = Transfer(common(facts.pot_id, K.EXPENSE), cash(facts.pot_id, Place.HAND), amount)
    return Entry(EntryKind.EXPENSE, facts.pot_id, day, (paid,))


def allowed_expense(facts: PotFacts, held: Mapping[AccountKind, int]) -> int:
    """Income plus surplus less costs; in a fund pot the fund too. `held` are balances by kind."""
    own = held.get(K.FUND, 0) if facts.belongs_to is BelongsTo.FUND else 0
    return own + earned(held)


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """What one member had in the paper book, or still owed: her number, whose account, đồng."""

    number: int
    owner_id: str
    amount: int


def opening_entry(
    facts: PotFacts, day: date, held: Mapping[Place, int], lines: Sequence[OpeningLine],
    loans: Sequence[OpeningLine] = (),
) -> tuple[Entry, int]:  # fmt: skip
    """The paper book as of a day, through an opening account that ends at zero.

    `loans` are what is still out, by loan. What is left beyond the members' is surplus (the fund
    in a fund pot); what is missing pends as a shortage. Returns the entry and that difference (0 or below).
    """
    if not any(held.values()) and not lines and not loans:
        raise Invalid("nothing_opened", "Chưa có số nào để ghi.", field="cash")
    pot = facts.pot_id
    opening = common(pot, K.OPENING)
    hers = K.SAVINGS if facts.belongs_to is BelongsTo.MEMBER else K.FUND
    has = sum(held.values()) + sum(loan.amount for loan in loans)
    theirs = sum(line.amount for line in lines)
    rest = has - theirs
    if max(has, theirs) > LARGEST:
        raise Invalid("too_much", "Số tiền lớn quá.", field="cash")
    transfers = [Transfer(cash(pot, place), opening, sum_) for place, sum_ in held.items() if sum_]
    transfers += [
        Transfer(Account(pot, K.LOAN, loan.owner_id), opening, loan.amount, loan.number)
        for loan in loans
    ]
    transfers += [
        Transfer(opening, Account(pot, hers, line.owner_id), line.amount, line.number)
        for line in lines
    ]
    if rest > 0:
        kept = K.SURPLUS if facts.belongs_to is BelongsTo.MEMBER else K.FUND
        transfers.append(Transfer(opening, common(pot, kept), rest))
    elif rest < 0:
        transfers.append(Transfer(common(pot, K.SHORTAGE_PENDING), opening, -rest))
    return Entry(EntryKind.OPENING, pot, day, tuple(transfers)), min(rest, 0)


def check_opens(has_entries_until: bool, opened_already: bool) -> None:
    """Once, before anything else: the opening is how a book begins."""
    if opened_already:
        raise Conflict("opened_already", "Lợn này đã ghi số dư đầu kỳ rồi.")
    if has_entries_until:
        raise Conflict(
            "entries_before", "Đã có phiếu từ ngày đó trở về trước. Số dư đầu kỳ phải ghi trước.",
            field="date",
        )  # fmt: skip
