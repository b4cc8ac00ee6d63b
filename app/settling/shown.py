"""What is signed of a death and of cash handed over, in label and value; a settlement on paper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import money
from app.access.queries import chapter_holding, require, unit_name
from app.access.rules import May
from app.approvals.kinds import Proposal
from app.approvals.queries import hands
from app.db.tx import Tx
from app.errors import not_found
from app.models.chapter import Member
from app.settling import queries, rules
from app.settling.rules import Asked, Leaver
from app.terms import Actor, Leaving


def death_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """Whose savings, what is paid to whom, what waits. Raises what signing it would raise."""
    said = proposal.payload
    who = queries.leaver(db, proposal.chapter_id, said["member"])
    claim, paid = (sum(pot[n] for pot in said["pots"]) for n in (1, 2))
    lines = [
        ("member", f"{who.number} · {who.name}"),
        ("died_on", said["date"]),
        *([("set_off", money.show(said["set_off"]))] if said.get("set_off") else []),
        ("savings", money.show(claim)),
        ("paid_now", money.show(paid)),
        *([("awaiting", money.show(claim - paid))] if claim > paid else []),
        *([("next_of_kin", said["next_of_kin"])] if said["next_of_kin"] else []),
        *([("reason", said["reason"])] if said["reason"] else []),
    ]
    if who.left_on is None:
        asked = Asked(date.fromisoformat(said["date"]), Leaving.DIED, None, said["next_of_kin"])
        plan = queries.plan(
            db, chapter_id=proposal.chapter_id, member_id=said["member"], asked=asked
        )
        rules.check_as_shown(plan.pots, said["pots"])
    return lines


def delivery_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """Which chapter hands how much to which."""
    said = proposal.payload
    return [
        ("from_chapter", unit_name(db, said["from_chapter"])),
        ("to_chapter", unit_name(db, said["to_chapter"])),
        ("from_day", said["date"]),
        ("amount", money.show(said["amount"])),
        *([("reason", said["reason"])] if said["reason"] else []),
    ]


def beside(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The giving chapter: its book is written too, and its treasurer proposed it."""
    return (str(payload["from_chapter"]),)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A payment or a move; `amount` in đồng."""

    entry_id: str
    seq: int
    kind: str
    day: str
    pot_name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Slip:
    """A settlement as the book has it by now."""

    chapter_id: str
    chapter_name: str
    leaver: Leaver
    to_chapter_name: str
    lines: list[SlipLine]
    awaiting: int
    payable: int
    recorded_by: str
    signed_by: str | None
    seq: int
    head: str

    @property
    def claim(self) -> int:
        """What was hers when she left, with what came to it since."""
        return sum(line.amount for line in self.lines) + self.awaiting


def slip(db: Tx, *, actor: Actor, member_id: str) -> Slip | None:
    """Her settlement; None where she has not left. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    who = queries.leaver(db, chapter_id, member_id)
    if who.left_on is None:
        return None
    seq, head, facts = _record(db, chapter_id, member_id)
    # At a breaking whoever waits is paid first: nothing else of her happens there any more.
    rows = db.rows(
        "SELECT e.id, e.seq, CASE e.kind WHEN 'breaking' THEN 'payout' ELSE e.kind END, e.day,"
        " p.name, sum(m.amount) FROM movement m"
        " JOIN entry e ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
        " JOIN pot p ON p.chapter_id = e.chapter_id AND p.id = e.pot_id"
        " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no AND d.owner_id = ?"
        " WHERE m.chapter_id = ? AND m.member_no = ? AND e.seq > ?"
        " AND e.kind IN ('set_off', 'payout', 'transfer', 'breaking')"
        " GROUP BY e.id, e.seq, e.kind, e.day, p.name ORDER BY e.day, e.seq",
        (member_id, chapter_id, who.number, seq),
    )
    recorded_by, signed_by = hands(db, chapter_id, seq)
    waits = queries.waiter(db, chapter_id, member_id)
    return Slip(
        chapter_id=chapter_id,
        chapter_name=unit_name(db, chapter_id),
        leaver=who,
        to_chapter_name=unit_name(db, facts["to"]) if facts["to"] else "",
        lines=[
            SlipLine(id, seq, kind, day, pot_name, int(amount))
            for id, seq, kind, day, pot_name, amount in rows
        ],
        awaiting=waits.awaiting,
        payable=waits.payable,
        recorded_by=recorded_by,
        signed_by=signed_by,
        seq=seq,
        head=head,
    )


def _record(db: Tx, chapter_id: str, member_id: str) -> tuple[int, str, dict[str, str | None]]:
    """The sealed record of her leaving."""
    rows = db.rows(
        "SELECT seq, head, content FROM trail WHERE chapter_id = ?"
        " AND act = 'member_left' ORDER BY seq DESC",
        (chapter_id,),
    )
    for seq, head, content in rows:
        sealed = json.loads(bytes(content))
        if sealed["about"] == member_id:
            return seq, bytes(head).hex(), sealed["facts"]
    raise not_found()
