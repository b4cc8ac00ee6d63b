"""What a member who leaves is paid, what waits, what moves to another book. Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app import money
from app.errors import Conflict, Invalid
from app.ledger.entry import Account, Entry, Transfer, cash
from app.terms import AccountKind, EntryKind, Leaving, Place

K = AccountKind


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody leaves, as the treasurer tells it."""

    day: date
    because: Leaving
    to_chapter_id: str | None = None
    next_of_kin: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Leaver:
    """A membership that ends, or has ended; `last_line_on` is the day of its last line."""

    number: int
    member_id: str
    person_id: str
    name: str
    joined_on: date
    left_on: date | None
    because: Leaving | None
    next_of_kin: str | None
    last_line_on: date | None


@dataclass(frozen=True, slots=True)
class Hers:
    """What she has in a pot, what the pot can pay her, what she owes it.

    `payable` is free cash (loans/free.py) as far as it is in hand; what waits for those who left
    before her is theirs. `owed` is all of her loans from this pot.
    """

    pot_id: str
    name: str
    savings: int
    payable: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class PotSettled:
    """A pot's part of a settlement: what she may claim, and what of it is paid in cash now.

    `set_off` of her savings has gone to what she owed, of which `owing` is left.
    """

    pot_id: str
    name: str
    claim: int
    paid: int
    set_off: int = 0
    owing: int = 0

    @property
    def awaiting(self) -> int:
        """What stays in her savings."""
        return self.claim - self.paid


def set_off(hers: Hers) -> int:
    """What goes to her loans before anything else."""
    return min(hers.savings, hers.owed)


def claim(hers: Hers) -> int:
    """Her savings less what she owes; of results not yet shared she gets nothing."""
    return hers.savings - set_off(hers)


def settle(pots: Sequence[Hers], step: int) -> list[PotSettled]:
    """Free cash pays in whole steps; the rest stays hers, to the đồng."""
    return [
        PotSettled(
            hers.pot_id,
            hers.name,
            claim(hers),
            _whole(max(min(claim(hers), hers.payable), 0), step),
            set_off(hers),
            hers.owed - set_off(hers),
        )
        for hers in pots
    ]


def _whole(amount: int, step: int) -> int:
    return amount // step * step


def pay(pots: Sequence[Hers], step: int, amount: int | None) -> list[PotSettled]:
    """What is paid of what waits: all that can be, or an amount of it, pot by pot.

    Raises Conflict `nothing_waits`, `below_step`, `no_free_cash`, `beyond_free_cash`, Invalid
    `not_whole`.
    """
    found = settle(pots, step)
    _check_payable(found, step)
    if amount is None:
        return found
    if amount % step:
        raise Invalid(
            "not_whole", "Tiền trả tính chẵn đến {step}.", field="amount", step=money.show(step)
        )
    most = sum(pot.paid for pot in found)
    if amount > most:
        raise Conflict(
            "beyond_free_cash", "Lúc này trả được nhiều nhất {most}.",
            field="amount", most=money.show(most),
        )  # fmt: skip
    paid = []
    for pot in found:
        part = min(pot.paid, amount)
        amount -= part
        paid.append(replace(pot, paid=part))
    return paid


def _check_payable(found: Sequence[PotSettled], step: int) -> None:
    waits = sum(pot.claim for pot in found)
    if not waits:
        raise Conflict("nothing_waits", "Chị ấy không còn tiền chờ lĩnh.")
    if all(pot.claim < step for pot in found):
        raise Conflict(
            "below_step", "Còn {waits}, chưa đủ {step} để trả bằng tiền mặt. Số lẻ vẫn là của chị.",
            waits=money.show(waits), step=money.show(step),
        )  # fmt: skip
    if not any(pot.paid for pot in found):
        raise Conflict(
            "no_free_cash", "Chưa trả được: thủ quỹ chưa đủ tiền cầm tay. Tiền vẫn chờ chị lĩnh."
        )


def check_stays(leaver: Leaver) -> None:
    """One leaves once. Raises Conflict `left_already`."""
    if leaver.left_on is not None:
        raise Conflict(
            "left_already", "Chị ấy đã rời chi hội ngày {day}.",
            day=leaver.left_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_leaving(leaver: Leaver, asked: Asked, pots: Sequence[Hers]) -> None:
    """The last day lies on or after her last line; whoever died is paid through her next of kin.

    Raises Invalid `before_joining`, `next_of_kin_needed`, `to_chapter_needed`, `to_chapter_unfit`;
    Conflict `left_already`, `has_lines_after`.
    """
    check_stays(leaver)
    if asked.day < leaver.joined_on:
        raise Invalid(
            "before_joining", "Chị ấy vào chi hội ngày {day}. Mời chị chọn từ ngày đó.",
            field="date", day=leaver.joined_on.strftime("%d/%m/%Y"),
        )  # fmt: skip
    if leaver.last_line_on is not None and asked.day < leaver.last_line_on:
        raise Conflict(
            "has_lines_after", "Chị ấy còn dòng ghi ngày {day}. Ngày rời phải từ ngày đó trở đi.",
            field="date", day=leaver.last_line_on.strftime("%d/%m/%Y"),
        )  # fmt: skip
    if asked.because is Leaving.MOVED and asked.to_chapter_id is None:
        raise Invalid("to_chapter_needed", "Chị ấy chuyển sang chi hội nào?", field="to_chapter_id")
    if asked.because is not Leaving.MOVED and asked.to_chapter_id is not None:
        raise Invalid(
            "to_chapter_unfit", "Chỉ ghi chi hội mới khi chị ấy chuyển đi.", field="to_chapter_id"
        )
    if asked.because is Leaving.DIED and any(map(claim, pots)) and not payee(leaver, asked):
        raise Invalid("next_of_kin_needed", "Ai nhận thay chị ấy?", field="next_of_kin")


def payee(leaver: Leaver, asked: Asked) -> str | None:
    """Who receives it in her place: named now, else in advance; nobody where she comes herself."""
    if asked.because is not Leaving.DIED:
        return None
    return asked.next_of_kin or leaver.next_of_kin


def check_left(leaver: Leaver, day: date) -> None:
    """What waits is paid after she left. Raises Conflict `not_left`, Invalid `before_leaving`."""
    if leaver.left_on is None:
        raise Conflict("not_left", "Chị ấy còn ở chi hội, không có tiền chờ lĩnh.")
    if day < leaver.left_on:
        raise Invalid(
            "before_leaving", "Chị ấy rời chi hội ngày {day}. Mời chị chọn từ ngày đó.",
            field="date", day=leaver.left_on.strftime("%d/%m/%Y"),
        )  # fmt: skip


def check_as_shown(stands: Sequence[PotSettled], shown: Sequence[tuple[str, int, int]]) -> None:
    """What two sign, or one confirmed, is what is posted. Raises Conflict `settlement_changed`."""
    if [(pot.pot_id, pot.claim, pot.paid) for pot in stands] != [tuple(pot) for pot in shown]:
        raise Conflict(
            "settlement_changed", "Chưa ghi gì: số liệu vừa đổi. Mời chị xem lại tiền của chị ấy."
        )


def payout_entry(leaver: Leaver, pot: PotSettled, day: date) -> Entry:
    """Out of hand, into hers."""
    paid = Transfer(
        Account(pot.pot_id, K.SAVINGS, leaver.member_id),
        cash(pot.pot_id, Place.HAND),
        pot.paid,
        leaver.number,
    )
    return Entry(EntryKind.PAYOUT, pot.pot_id, day, (paid,))


def between(pot_id: str, chapter_id: str) -> Account:
    """What a pot owes another chapter's pigs (above zero), or is owed by them (below)."""
    return Account(pot_id, K.TRANSFER, chapter_id)


def moved_out(leaver: Leaver, pot: PotSettled, day: date, to_chapter_id: str) -> Entry:
    """Her savings end here; until the cash is handed over, the pot owes it to the other chapter."""
    out = Transfer(
        Account(pot.pot_id, K.SAVINGS, leaver.member_id),
        between(pot.pot_id, to_chapter_id),
        pot.claim,
        leaver.number,
    )
    return Entry(EntryKind.TRANSFER, pot.pot_id, day, (out,))


def moved_in(
    pot_id: str, day: date, from_chapter_id: str, member_id: str, number: int, amount: int
) -> Entry:
    """The mirror of it in the other book."""
    came = Transfer(
        between(pot_id, from_chapter_id), Account(pot_id, K.SAVINGS, member_id), amount, number
    )
    return Entry(EntryKind.TRANSFER, pot_id, day, (came,))


def check_owed(amount: int, owed: int, day: date) -> None:
    """Nobody hands over more than moved. Raises Conflict `nothing_owed`, `beyond_owed`."""
    on = f"{day:%d/%m/%Y}"
    if owed <= 0:
        raise Conflict(
            "nothing_owed", "Ngày {day} lợn này không có tiền phải giao cho chi hội ấy.",
            field="date", day=on,
        )  # fmt: skip
    if amount > owed:
        raise Conflict(
            "beyond_owed", "Ngày {day} lợn này chỉ còn phải giao {owed} cho chi hội ấy.",
            field="amount", day=on, owed=money.show(owed),
        )  # fmt: skip


def given(pot_id: str, day: date, amount: int, to_chapter_id: str) -> Entry:
    """The cash goes out of hand here."""
    out = Transfer(between(pot_id, to_chapter_id), cash(pot_id, Place.HAND), amount)
    return Entry(EntryKind.TRANSFER, pot_id, day, (out,))


def received(
    expected: Sequence[tuple[str, int]], day: date, amount: int, from_chapter_id: str
) -> list[Entry]:
    """And into hand there, all of it; `expected` are the pots with what each waits for.

    Where members moved both ways, less may be waited for than comes: what the one pot owes was
    offset against what another of its own book waits for. The first pot takes in the rest and
    owes it back, so that no đồng is between the books.
    """
    parts: dict[str, int] = {}
    rest = amount
    for pot_id, waits in expected:
        parts[pot_id] = max(min(waits, rest), 0)
        rest -= parts[pot_id]
    parts[expected[0][0]] += rest
    return [
        Entry(
            EntryKind.TRANSFER, pot_id, day,
            (Transfer(cash(pot_id, Place.HAND), between(pot_id, from_chapter_id), part),),
        )
        for pot_id, part in parts.items()
        if part
    ]  # fmt: skip
