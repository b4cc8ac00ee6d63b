"""A chapter's cash in stories: counted, moved, spent, opened; and its accounts as plain text.

till = Till(doai)
till.sheet("Lan 5.000/5")
till.counts("pot", 4_000)
till.stands('''
    cash_pot 4.000
    savings Lan 5.000
    shortage_pending 1.000
''')
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock, ids, money
from app.approvals.actions import Waiting
from app.audit import trail
from app.cash import actions as cash
from app.cash import handovers, moving
from app.cash.writing import Counted, Decision
from app.db.tx import Tx
from app.ledger.entry import CASH, DEBIT_SIDE
from app.ledger.receipts import EntryPosted
from app.loans.bringing import Running
from app.models.cash import Handover
from app.opening import actions as opening
from app.terms import AccountKind, Act, Actor, Outcome, Place
from tests.story import Chapter, a_ticket, dong, tidy

WITNESSES = ("Nguyễn Thị Chứng", "Nguyễn Thị Kiến")


@dataclass
class Till:
    """The cash of a chapter's pot (its pig unless told otherwise)."""

    doai: Chapter
    pot: str = ""

    def __post_init__(self) -> None:
        self.pot = self.pot or self.doai.pot

    def sheet(self, lines: str, **more: Any) -> Any:
        """A meeting's collection."""
        return self.doai.sheet(lines, pot=self.pot, **more)

    def counts(
        self,
        place: Place | str,
        amount: int,
        decision: Outcome | str = Outcome.CARRIED,
        *,
        on: date | None = None,
        by: Actor | None = None,
        key: str | None = None,
        **more: Any,
    ) -> Counted | Any:
        """Somebody counts this much."""
        day, outcome = on or clock.today(), Outcome(decision)
        said = None if outcome is Outcome.CARRIED else "đếm lại hai lần"
        return self.doai.db.write_now(
            cash.count_cash,
            actor=by or self.doai.treasurer,
            chapter_id=self.doai.id,
            pot_id=self.pot,
            place=Place(place),
            day=day,
            notes=notes(amount),
            witnesses=WITNESSES,
            decision=Decision(outcome, said, **more),
            ticket=a_ticket(key, place, amount, day, outcome, more),
        ).value

    def settles(
        self, count: Counted, decision: Outcome | str, *, on: date | None = None, **more: Any
    ) -> EntryPosted | Any:
        """What was carried is decided."""
        day = on or clock.today()
        return self.doai.db.write_now(
            cash.settle_difference,
            actor=self.doai.treasurer,
            count_id=count.id,
            day=day,
            decision=Decision(Outcome(decision), "họp bàn", **more),
            ticket=a_ticket(None, count.id, decision, day),
        ).value

    def takes_debt(self, person_id: str, amount: int, *, on: date | None = None) -> EntryPosted:
        """A keeper pays what she owes."""
        day = on or clock.today()
        return self.doai.db.write_now(
            cash.take_debt,
            actor=self.doai.treasurer,
            chapter_id=self.doai.id,
            pot_id=self.pot,
            person_id=person_id,
            day=day,
            amount=amount,
            ticket=a_ticket(None, person_id, amount, day),
        ).value

    def asks_to_move(
        self, source: str, target: str, amount: int, *, on: date | None = None, **more: Any
    ) -> Waiting:
        """Cash shall go from one place to another."""
        day = on or clock.today()
        given: dict[str, Any] = {"notes": None, "witnesses": WITNESSES} | more
        return self.doai.db.write_now(
            moving.move_cash,
            actor=self.doai.treasurer,
            pot_id=self.pot,
            day=day,
            source=Place(source),
            target=Place(target),
            amount=amount,
            ticket=a_ticket(None, source, target, amount, day),
            **given,
        ).value

    def moves(self, source: str, target: str, amount: int, **more: Any) -> dict[str, Any]:
        """Both sign, and it has gone."""
        return self.signs(self.asks_to_move(source, target, amount, **more))

    def spends(
        self, amount: int, purpose: str = "thăm hỏi", *, on: date | None = None
    ) -> EntryPosted | Any:
        """Money goes out for something."""
        day = on or clock.today()
        return self.doai.db.write_now(
            moving.spend,
            actor=self.doai.treasurer,
            chapter_id=self.doai.id,
            pot_id=self.pot,
            day=day,
            amount=amount,
            purpose=purpose,
            note=None,
            ticket=a_ticket(None, amount, purpose, day),
        ).value

    def asks_to_open(
        self, savings: str = "", *, pot: int = 0, hand: int = 0, bank: int = 0,
        on: date | None = None, loans: Sequence[Running] = (),
    ) -> Waiting:  # fmt: skip
        """What the paper book had: `Lan 5.000, Hoa 1.000`."""
        day = on or clock.today()
        said = [piece.split() for piece in savings.split(",") if piece.strip()]
        return self.doai.db.write_now(
            opening.open_balances,
            actor=self.doai.treasurer,
            chapter_id=self.doai.id,
            pot_id=self.pot,
            day=day,
            cash={Place.POT: pot, Place.HAND: hand, Place.BANK: bank},
            savings=[
                (self.doai.members.get(name, name), int(amount.replace(".", "")))
                for name, amount in said
            ],
            loans=loans,
            ticket=a_ticket(None, savings, pot, hand, bank, day, loans),
        ).value

    def opens(self, savings: str = "", **more: Any) -> dict[str, Any]:
        """The same, signed by both."""
        return self.signs(self.asks_to_open(savings, **more))

    def signs(self, waits: Waiting, by: Actor | None = None) -> dict[str, Any]:
        """The second signature, the head's."""
        return self.doai.signs(by or self.doai.head, waits)

    def accounts(self) -> str:
        """Every account of the pot that holds something, by name."""
        return self.doai.db.read_now(self._accounts)

    def _accounts(self, tx: Tx) -> str:
        names = {member: name for name, member in self.doai.members.items()}
        officers = {
            getattr(self.doai, role).person_id: role
            for role in ("head", "deputy", "treasurer", "inspector")
        }
        rows = tx.rows(
            "SELECT kind, owner_id, balance FROM account WHERE chapter_id = ? AND pot_id = ?"
            " AND balance <> 0 ORDER BY kind, no",
            (self.doai.id, self.pot),
        )
        loans = tx.rows("SELECT id, member_id FROM loan WHERE chapter_id = ?", (self.doai.id,))
        whose = {self.pot: ""} | names | officers
        whose |= {loan: names.get(member, "somebody") for loan, member in loans}
        return "\n".join(
            " ".join(filter(None, (kind, whose.get(owner, "somebody"), dong(balance))))
            for kind, owner, balance in rows
        )

    def stands(self, expected: str) -> None:
        """The pot's accounts are exactly this text, and everything stored beside them adds up."""
        assert self.accounts() == tidy(expected)
        self.adds_up()

    def adds_up(self) -> None:
        """The identity of the pot, worked out here anew; and `solon verify` finds nothing."""
        sums: Counter[str] = Counter()
        sql = "SELECT kind, balance FROM account WHERE chapter_id = ? AND pot_id = ?"
        for kind, balance in self.doai.db.read_now(Tx.rows, sql, (self.doai.id, self.pot)):
            sums[kind] += balance
        debits = sum(sums[kind.value] for kind in DEBIT_SIDE)
        credits_ = sum(sums[kind.value] for kind in set(AccountKind) - DEBIT_SIDE)
        assert debits == credits_
        assert all(sums[kind.value] >= 0 for kind in CASH)
        assert self.doai.findings() == []

    def counted_cash_stays(self) -> None:
        """Nothing that was recorded after a count changes what had been there when it was made."""
        sql = (
            "SELECT count(*) FROM cash_count c JOIN entry e ON e.chapter_id = c.chapter_id"
            " AND e.pot_id = c.pot_id AND e.seq > c.seq AND e.day < c.day"
            " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
            " JOIN account a ON a.chapter_id = m.chapter_id AND a.no IN (m.debit_no, m.credit_no)"
            " AND a.kind = CASE c.place WHEN 'pot' THEN 'cash_pot' ELSE 'cash_hand' END"
            " WHERE c.chapter_id = ?"
        )
        assert self.doai.db.read_now(Tx.rows, sql, (self.doai.id,)) == [(0,)]


def handed_over_before(tx: Tx, chapter: Chapter, *counts: str) -> str:
    """The record of a handover with these counts; everybody keeps the office she has."""
    trail.open_book(tx, chapter.id)
    handover_id, they = ids.new(), list(counts)
    seal = trail.seal(
        tx, chapter_id=chapter.id, actor=chapter.head, act=Act.HANDED_OVER, about=handover_id,
        facts={"figures": handovers.figures(tx, chapter.id), "counts": they},
        texts={"witnesses": ", ".join(WITNESSES)},
    )  # fmt: skip
    tx.insert(Handover(
        chapter_id=chapter.id, seq=seal.seq, id=handover_id, day=clock.today(),
        outgoing_id=chapter.deputy.person_id, incoming_id=chapter.treasurer.person_id,
        first_signed_by=chapter.deputy.person_id, second_signed_by=chapter.head.person_id,
        counts=json.dumps(they),
    ))  # fmt: skip
    return handover_id


def notes(amount: int) -> dict[str, int]:
    """Fewest notes for an amount (down to 200 đ)."""
    found = {}
    for value in money.NOTES:
        number, amount = divmod(amount, value)
        if number:
            found[str(value)] = number
    assert amount == 0, "no notes for it"
    return found
