"""A chapter that breaks its pig, in stories: opened, counted, decided, signed by two.

breaks = Breaks(doai)
breaks.opens()
breaks.counts(6_000)
breaks.decides("Lan 5.000/0/0, Hoa -/0/0")
breaks.breaks()
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app import clock
from app.breaking import actions, queries, signatures
from app.breaking.actions import CountedTogether, Opened
from app.breaking.posting import Broken
from app.breaking.queries import Planned
from app.breaking.signatures import Signed
from app.cash.writing import Decision
from app.db.tx import Tx
from app.terms import Actor, Outcome
from tests.story import Chapter, a_ticket
from tests.till import WITNESSES, Till, notes


class Breaks:
    """The breaking of a chapter's pot (its pig unless told otherwise)."""

    def __init__(self, doai: Chapter, pot: str = "") -> None:
        self.doai = doai
        self.till = Till(doai, pot)
        self.pot = self.till.pot
        self.id = ""

    # What people do

    def opens(self, *, on: date | None = None, by: Actor | None = None, **more: Any) -> Opened:
        opened = self.doai.db.write_now(
            actions.open_breaking,
            actor=by or self.doai.treasurer,
            chapter_id=self.doai.id,
            pot_id=self.pot,
            day=on or clock.today(),
            **more,
        )
        self.id = opened.id
        return opened

    def counts(
        self, counted: int | dict[str, int], decision: Outcome | str = Outcome.CARRIED, *,
        home: dict[str, int] | None = None, by: Actor | None = None,
        witnesses: Sequence[str] = WITNESSES, **more: Any,
    ) -> CountedTogether:  # fmt: skip
        """So much (or these notes) lies there; `home` is what each woman brought in her own pig."""
        outcome = Outcome(decision)
        said = None if outcome is Outcome.CARRIED else "đếm lại hai lần"
        vessels = [(self.doai.members.get(name, name), notes(amount))
                   for name, amount in (home or {}).items()]  # fmt: skip
        return self.doai.db.write_now(
            actions.count,
            actor=by or self.doai.treasurer,
            breaking_id=self.id,
            notes=counted if isinstance(counted, dict) else notes(counted),
            witnesses=witnesses,
            home=vessels,
            decision=Decision(outcome, said, **more),
        )

    def decides(self, lines: str, *, by: Actor | None = None) -> Opened:
        """`Lan 5.000/0/0, Hoa -/0/0`: take, keep, give; `-` is left open."""
        return self.doai.db.write_now(
            actions.decide, actor=by or self.doai.treasurer, breaking_id=self.id,
            lines=[self._line(piece.split()) for piece in lines.split(",")],
        )  # fmt: skip

    def _line(self, piece: Sequence[str]) -> tuple[str, int | None, int | None, int | None]:
        name, said = piece
        take, keep, give = (
            None if amount == "-" else int(amount.replace(".", "")) for amount in said.split("/")
        )
        return self.doai.members.get(name, name), take, keep, give

    def plan(self, by: Actor | None = None) -> Planned:
        return self.doai.db.read_now(
            queries.plan, actor=by or self.doai.treasurer, breaking_id=self.id
        )

    def signs(
        self, by: Actor | None = None, *, fingerprint: str = "", key: str | None = None
    ) -> Signed | Broken:
        """She signs what the plan shows now, unless told otherwise."""
        shown = fingerprint or self.plan(by).fingerprint
        return self.doai.db.write_now(
            signatures.sign, actor=by or self.doai.treasurer, breaking_id=self.id, fingerprint=shown,
            ticket=a_ticket(key, self.id, shown),
        ).value  # fmt: skip

    def breaks(self, by: tuple[Actor, Actor] | None = None) -> Broken:
        """Treasurer and head sign: it is in the book."""
        first, second = by or (self.doai.treasurer, self.doai.head)
        assert isinstance(self.signs(first), Signed)
        done = self.signs(second)
        assert isinstance(done, Broken)
        return done

    def book(self) -> int:
        """What pot and hand should hold."""
        sql = "SELECT sum(balance) FROM account WHERE pot_id = ? AND kind IN ('cash_pot', 'cash_hand')"
        return int(self.doai.db.read_now(Tx.rows, sql, (self.pot,))[0][0] or 0)

    def abandons(self, *, by: Actor | None = None, key: str | None = None) -> Opened:
        return self.doai.db.write_now(
            actions.abandon, actor=by or self.doai.treasurer, breaking_id=self.id,
            reason="mưa to, hoãn", ticket=a_ticket(key, self.id, "abandon"),
        ).value  # fmt: skip

    # How it stands

    def state(self) -> str:
        return self.doai.db.read_now(
            queries.one, actor=self.doai.treasurer, breaking_id=self.id
        ).state


def broken(
    doai: Chapter, *, on: date | None = None, pot: str = "", by: tuple[Actor, Actor] | None = None
) -> Breaks:
    """A breaking from first to last in which everything is as the book says."""
    breaks = Breaks(doai, pot)
    first = by[0] if by else None
    breaks.opens(on=on, by=first, reason="họp muộn")
    breaks.counts(breaks.book(), by=first)
    breaks.breaks(by)
    return breaks
