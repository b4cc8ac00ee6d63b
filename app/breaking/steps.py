"""A breaking as the replay of its steps: how it stands, what was counted last, who signed. Pure.

Steps are numbered and never change. A new count or new decisions make what was signed before void:
whoever signed saw other figures (ADR 15).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import Conflict
from app.terms import N_, Outcome, Step

ENDS = (Step.POSTED, Step.ABANDONED)
STATE_WORDS = {
    "open": N_("Đã mở, chưa đếm"),
    "counted": N_("Đã đếm"),
    "decided": N_("Đã ghi ý của các chị"),
    "signed": N_("Một người đã ký"),
    "posted": N_("Đã vào sổ"),
    "abandoned": N_("Đã dừng"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A step: its number, its record, who did it and when (microseconds)."""

    no: int
    seq: int
    kind: Step
    payload: Mapping[str, Any]
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: all cash of the pot in pot and hand together, and the vessels from home.

    `notes` are numbers by value as text; `home` the same by member; `book` is what pot and hand
    should have held.
    """

    no: int
    seq: int
    notes: Mapping[str, int]
    home: Mapping[str, Mapping[str, int]]
    counted: int
    book: int
    outcome: Outcome
    keeper_id: str | None
    paid_now: bool

    @property
    def difference(self) -> int:
        """Below zero a shortage, in đồng."""
        return self.counted - self.book


@dataclass(frozen=True, slots=True)
class Breaking:
    """A breaking of a pot on a day, which closes cycle `cycle_no`."""

    chapter_id: str
    id: str
    seq: int
    pot_id: str
    cycle_no: int
    day: date
    steps: tuple[Told, ...] = ()

    def last(self, *kinds: Step) -> Told | None:
        """The last step of these kinds."""
        return next((told for told in reversed(self.steps) if told.kind in kinds), None)

    @property
    def count(self) -> Counted | None:
        """The count that stands."""
        told = self.last(Step.COUNTED)
        if told is None:
            return None
        said = told.payload
        decided = said["difference"]
        return Counted(
            told.no, told.seq, said["notes"], dict(said["home"]), said["counted"], said["book"],
            Outcome(decided["outcome"]), decided["keeper"], decided["paid_now"],
        )  # fmt: skip

    @property
    def decisions(self) -> list[tuple[str, int | None, int | None, int | None]]:
        """Who said how much she takes, keeps and gives of her savings; one of them may be open."""
        told = self.last(Step.DECIDED)
        return [tuple(line) for line in told.payload["lines"]] if told else []

    @property
    def signed(self) -> Told | None:
        """The first signature, unless something was counted or decided after it."""
        told = self.last(Step.SIGNED, Step.COUNTED, Step.DECIDED)
        return told if told is not None and told.kind is Step.SIGNED else None

    @property
    def state(self) -> str:
        """open, counted, decided, signed, posted or abandoned."""
        end = self.last(*ENDS)
        if end is not None:
            return end.kind.value
        if self.signed is not None:
            return "signed"
        if self.count is None:
            return "open"
        return "decided" if self.last(Step.DECIDED) else "counted"

    @property
    def next_no(self) -> int:
        """The number of the next step."""
        return len(self.steps) + 1


def canonical(payload: Mapping[str, Any]) -> str:
    """A payload as it is stored."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"))


def digest(payload: str) -> str:
    """What the sealed record says of it: a plan of 300 members need not be in the trail twice."""
    return hashlib.sha256(payload.encode("ascii")).hexdigest()


def check_goes_on(breaking: Breaking) -> None:
    """Raises Conflict `breaking_posted`, `breaking_abandoned` where nothing can follow."""
    if breaking.state == Step.POSTED:
        raise Conflict("breaking_posted", "Lần mổ này đã vào sổ rồi, không sửa được nữa.")
    if breaking.state == Step.ABANDONED:
        raise Conflict("breaking_abandoned", "Lần mổ này đã dừng. Mời chị mở lần mổ mới.")


def check_counted(breaking: Breaking) -> Counted:
    """The count that everything else rests on. Raises Conflict `not_counted`."""
    if breaking.count is None:
        raise Conflict("not_counted", "Chưa đếm tiền. Mời chị đếm trước.")
    return breaking.count
