"""Taking back and correcting: the opposite of what stands; counted cash is never touched. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from app.errors import Conflict, Invalid
from app.ledger.entry import CASH, Entry, Transfer, common
from app.terms import AccountKind, EntryKind

K = AccountKind
# What a reversal can take back; a count is mended by counting again, a decision stands.
REVERSIBLE = frozenset(
    {EntryKind.SHEET, EntryKind.CORRECTION, EntryKind.EXPENSE, EntryKind.DEBT_PAID,
     EntryKind.CASH_MOVE, EntryKind.OPENING, EntryKind.DISBURSEMENT, EntryKind.REPAYMENT,
     EntryKind.WRITE_OFF, EntryKind.RECOVERY}
)  # fmt: skip
BY_LINES = frozenset({EntryKind.SHEET})  # others only as a whole
# Both ends are cash, or all of it is: once counted there is nothing to put in its place.
NOT_ONCE_COUNTED = frozenset({EntryKind.CASH_MOVE, EntryKind.OPENING})

Parts = list[tuple[int, int]]  # differences taken up: their number, đồng of each
Pends = Sequence[tuple[int, int]]  # differences still open, oldest first: number, đồng above zero


class StandingLine(NamedTuple):
    """A line as it stands in the book, and whether it was reversed."""

    line: int
    transfer: Transfer
    reversed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry as it stands, with what is needed to take lines of it back.

    `took_up` are the differences that it settled itself, as a correction does; `left` what still
    pends of one that it brought along, as a paper book does.
    """

    seq: int
    kind: EntryKind
    pot_id: str
    cycle_no: int
    recorded_at: int
    lines: list[StandingLine]
    took_up: Parts
    left: int = 0


@dataclass(frozen=True, slots=True)
class Follow:
    """What else taking an entry back comes to in the feature that told it (mending/kinds.py).

    `transfers` besides the opposite lines, never of cash; `facts` for the sealed record; `note`
    writes the feature's own rows under the number of that record.
    """

    transfers: tuple[Transfer, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: Callable[[int], None] | None = None


NOTHING = Follow()


@dataclass(frozen=True, slots=True)
class Mended:
    """The entry that mends, how much of which differences it takes up, and what follows."""

    entry: Entry
    takes_up: Parts
    follow: Follow = NOTHING


def takes_two(recorded_on: date, today: date, counted_since: bool) -> bool:
    """The treasurer alone may mend what was recorded today, as long as nobody counted since."""
    return recorded_on != today or counted_since


def reversed_already() -> Conflict:
    """Each line is taken back once."""
    return Conflict("reversed_already", "Dòng này đã hủy rồi.")


def lines_asked(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Which lines a reversal asks for: while it waits, none of them is asked for again."""
    return tuple(payload["lines"])


def check_reversible(kind: EntryKind, by_lines: bool) -> None:
    """A reversal stands: what it took back by mistake is recorded anew, so no line flickers."""
    if kind is EntryKind.REVERSAL:
        raise Conflict("reversal_stands", "Phiếu hủy không hủy được. Mời chị ghi lại phiếu thu.")
    if kind not in REVERSIBLE:
        raise Conflict(
            "not_reversible", "Việc này không hủy được. Mời chị kiểm quỹ lại nếu tiền chưa khớp."
        )
    if by_lines and kind not in BY_LINES:
        raise Invalid("whole_only", "Phiếu này chỉ hủy được cả phiếu.", field="lines")


def chosen(found: Standing, wanted: set[int]) -> list[StandingLine]:
    """The lines to take back: those wanted, else all that still stand."""
    if wanted - {posted.line for posted in found.lines}:
        raise Invalid("line_unknown", "Phiếu không có dòng này.", field="lines")
    lines = [p for p in found.lines if (p.line in wanted if wanted else not p.reversed)]
    if not lines or any(posted.reversed for posted in lines):
        raise reversed_already()
    return lines


def check_unspent(lines: Sequence[StandingLine], earned: int) -> None:
    """Surplus that paid for something stays: else savings would have (domain: Expenses never
    exceed income plus surplus). `earned` is what they may still use. Raises Conflict `spent_since`.
    """
    surplus = sum(p.transfer.amount for p in lines if p.transfer.credit.kind is K.SURPLUS)
    if surplus > max(earned, 0):
        raise Conflict(
            "spent_since", "Tiền dư trong số đầu kỳ đã chi rồi nên không hủy được. Mời chị hủy khoản"
            " chi trước.",
        )  # fmt: skip


def opposites(found: Standing, lines: Iterable[StandingLine]) -> tuple[Transfer, ...]:
    """The same lines the other way round; each names the line it takes back."""
    return tuple(
        p.transfer._replace(debit=p.transfer.credit, credit=p.transfer.debit,
                            periods=-p.transfer.periods, reverses=(found.seq, p.line))
        for p in lines
    )  # fmt: skip


def reversal(
    found: Standing,
    opposite: tuple[Transfer, ...],
    today: date,
    counted: Callable[[AccountKind], bool],
    pends: Callable[[AccountKind], Pends],
    follow: Follow = NOTHING,
) -> Mended:
    """The opposite of some lines, dated today; where the cash was counted since, without it.

    `counted` says of a kind of cash whether it was counted after the entry, `pends` what pends
    on an account. Raises Conflict `counted_move`.
    """
    touched = {a.kind for t in opposite for a in (t.debit, t.credit)} & set(CASH)
    flow = EntryKind.SHEET if found.kind is EntryKind.CORRECTION else found.kind
    entry = Entry(EntryKind.REVERSAL, found.pot_id, today, opposite + follow.transfers, flow)
    back = [(seq, -amount) for seq, amount in found.took_up]
    back += [(found.seq, found.left)] if found.left else []
    if not any(counted(kind) for kind in touched):
        return Mended(entry, back, follow)
    if found.kind in NOT_ONCE_COUNTED:
        raise Conflict(
            "counted_move", "Tiền đã kiểm sau lần này nên không hủy được. Mời chị ghi một lần mới."
        )
    mended = without_cash(entry, pends)
    return Mended(mended.entry, back + mended.takes_up, follow)


def without_cash(entry: Entry, pends: Callable[[AccountKind], Pends]) -> Mended:
    """The same entry where counted cash is not touched (domain: Saving, Ledger).

    What would take cash out goes against shortage pending, else cash over; what would bring some
    in against overage pending, else cash short. Each line keeps its one opposite: what pends is
    taken up by a transfer of its own at the end.
    """
    pot = entry.pot_id
    short, over = common(pot, K.CASH_SHORT), common(pot, K.CASH_OVER)
    into = sum(t.amount for t in entry.transfers if t.debit.kind in CASH)
    out = sum(t.amount for t in entry.transfers if t.credit.kind in CASH)
    transfers = [
        t._replace(
            debit=short if t.debit.kind in CASH else t.debit,
            credit=over if t.credit.kind in CASH else t.credit,
        )
        for t in entry.transfers
    ]
    shortage, overage = (take_up(pends(kind), most) for kind, most in
                         ((K.SHORTAGE_PENDING, out), (K.OVERAGE_PENDING, into)))  # fmt: skip
    if shortage:
        pending = common(pot, K.SHORTAGE_PENDING)
        transfers.append(Transfer(over, pending, sum(part for _, part in shortage)))
    if overage:
        pending = common(pot, K.OVERAGE_PENDING)
        transfers.append(Transfer(pending, short, sum(part for _, part in overage)))
    return Mended(replace(entry, transfers=tuple(transfers)), shortage + overage)


def take_up(pends: Iterable[tuple[int, int]], most: int) -> Parts:
    """Up to `most` đồng out of what pends, oldest first."""
    parts = []
    for seq, amount in pends:
        part = min(amount, most)
        if part > 0:
            parts.append((seq, part))
            most -= part
    return parts
