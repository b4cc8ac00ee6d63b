"""Handing over the cash: what is counted, what goes as it lies, who signs for whom. Pure; đồng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import money
from app.cash import rules
from app.cash.rules import PotFacts
from app.errors import Conflict, Invalid, NotAllowed, Refusal
from app.terms import BelongsTo, Kept, Place


@dataclass(frozen=True, slots=True)
class Lying:
    """A place where a pot's cash may lie: what the book says now, and at the end of a day."""

    pot_id: str
    pot_name: str
    kept: Kept
    place: Place
    book: int
    on_day: int


@dataclass(frozen=True, slots=True)
class Count:
    """Notes counted in a place, by value as text."""

    pot_id: str
    place: Place
    notes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Handed:
    """A place that is handed over: counted, or (None) as it lies, sealed or in the bank."""

    pot_id: str
    pot_name: str
    place: Place
    book: int
    notes: Mapping[str, int] | None = None
    counted: int | None = None

    @property
    def difference(self) -> int:
        """Counted less book; below zero a shortage."""
        return 0 if self.counted is None else self.counted - self.book


def handed(lying: Sequence[Lying], counts: Sequence[Count]) -> list[Handed]:
    """Every place with money, and whatever else was counted, in the order of `lying`.

    A pot may go on as it lies, sealed; cash in hand is counted. Raises Invalid with every problem:
    `pot_unknown`, `home_pot`, `bank_not_counted`, `counted_twice`, `note_*`, `hand_uncounted`.
    """
    problems: list[Refusal] = []
    found: dict[tuple[str, Place], tuple[Mapping[str, int], int]] = {}
    kept = {one.pot_id: one.kept for one in lying}
    for n, count in enumerate(counts):
        try:
            _check_place(n, count, kept, twice=(count.pot_id, count.place) in found)
            total = rules.sum_of(count.notes, f"counts.{n}.notes")
            found[count.pot_id, count.place] = (count.notes, total)
        except Invalid as refusal:
            problems += refusal.parts
    over = [
        Handed(one.pot_id, one.pot_name, one.place, one.book,
               *found.get((one.pot_id, one.place), (None, None)))
        for one in lying
        if one.book or (one.pot_id, one.place) in found
    ]  # fmt: skip
    problems += [
        Invalid(
            "hand_uncounted", "{pot}: sổ có {book} thủ quỹ cầm, mời chị đếm.",
            field="counts", pot=one.pot_name, book=money.show(one.book),
        )
        for one in over
        if one.place is Place.HAND and one.counted is None
    ]  # fmt: skip
    if problems:
        raise Invalid.every(problems)
    return over


def _check_place(n: int, count: Count, kept: Mapping[str, Kept], *, twice: bool) -> None:
    if count.pot_id not in kept:
        raise Invalid("pot_unknown", "Chi hội không có lợn này.", field=f"counts.{n}.pot_id")
    if twice:
        raise Invalid("counted_twice", "Chỗ này đếm hai lần.", field=f"counts.{n}.place")
    try:
        rules.check_countable(count.place)
        rules.check_kept_here(
            PotFacts(count.pot_id, kept[count.pot_id], BelongsTo.MEMBER), count.place
        )
    except Invalid as refusal:
        at = "pot_id" if refusal.code == "home_pot" else "place"
        raise Invalid(refusal.code, refusal.text, field=f"counts.{n}.{at}") from None


def check_last_day(day: date, lying: Sequence[Lying]) -> None:
    """Nothing moved after the day of the handover. Raises Conflict `moved_since`."""
    for one in lying:
        if one.book != one.on_day:
            raise Conflict(
                "moved_since", "Sau ngày {day} sổ còn ghi tiền của {pot}. Mời chị ghi ngày hôm nay.",
                field="date", day=day.strftime("%d/%m/%Y"), pot=one.pot_name,
            )  # fmt: skip


def check_explained(over: Sequence[Handed], reason: str | None) -> None:
    """What differs is posted, with a reason. Raises Invalid `difference_reason_needed`."""
    if any(one.difference for one in over) and not reason:
        raise Invalid(
            "difference_reason_needed", "Tiền đếm khác với sổ. Mời chị ghi vì sao.",
            field="difference_reason",
        )  # fmt: skip


def check_first(actor_id: str, outgoing_id: str, reason: str | None) -> None:
    """Whoever signs in the place of a treasurer who will not says why."""
    if actor_id != outgoing_id and not reason:
        raise Invalid(
            "stand_in_reason_needed", "Chị ký thay thủ quỹ. Mời chị ghi vì sao.", field="reason"
        )


def check_incoming(outgoing_id: str, incoming_id: str | None) -> None:
    """The cash goes to somebody else."""
    if incoming_id == outgoing_id:
        raise Invalid("same_treasurer", "Người nhận phải khác người giao.", field="incoming")


def signs_herself(
    incoming_id: str | None, *, holds_office: bool, first_is_outgoing: bool, first_is_head: bool
) -> str | None:
    """The new treasurer, where she may give the second signature in her own right.

    She can sign in already, and the first signature is the outgoing treasurer's or the head's: a
    deputy and whoever she brings along do not put a treasurer out between them.
    """
    return incoming_id if holds_office and (first_is_outgoing or first_is_head) else None


def check_second(actor_id: str, outgoing_id: str) -> None:
    """Whoever hands over does not sign for the one who takes over. Raises NotAllowed."""
    if actor_id == outgoing_id:
        raise NotAllowed(
            "outgoing_signs", "Chị là người giao, không ký thay người nhận. Cần một người khác ký."
        )


def check_unchanged(
    said: Mapping[str, Any], now: Mapping[str, Any], names: Mapping[str, str]
) -> None:
    """The book stands as it stood when it was counted. Raises Conflict `figures_changed`.

    Both are what `handovers.figures` finds; `names` are those of the pots.
    """
    if said == now:
        return
    before, after = (
        {(pot, place): book for pot, place, book in of["places"]} for of in (said, now)
    )
    for pot, place in sorted(before.keys() | after.keys()):
        if before.get((pot, place), 0) != (book := after.get((pot, place), 0)):
            raise Conflict(
                "figures_changed", "Số liệu vừa đổi: {pot} trong sổ nay là {book}. Mời chị đếm lại.",
                pot=names.get(pot, ""), book=money.show(book),
            )  # fmt: skip
    raise Conflict(
        "figures_changed", "Số liệu vừa đổi: khoản chênh hoặc khoản nợ. Mời chị xem lại."
    )


def not_treasurer() -> Invalid:
    """Only who keeps the cash hands it over; the same answer for whoever is unknown here."""
    return Invalid(
        "not_treasurer", "Chị này không giữ chức thủ quỹ của chi hội.", field="outgoing_person_id"
    )


def no_treasurer() -> Conflict:
    """There is nobody to take it from."""
    return Conflict("no_treasurer", "Chi hội chưa có thủ quỹ. Mời chị giao chức vụ thủ quỹ trước.")
