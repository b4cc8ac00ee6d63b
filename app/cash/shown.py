"""What is signed of counts, moves, expenses and opening balances, in label and value."""

from __future__ import annotations

from app import money
from app.approvals.kinds import Proposal, Shown
from app.cash import rules
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger import balances


def difference_shown(db: Tx, proposal: Proposal) -> Shown:
    """Which difference, and what shall become of it."""
    said = proposal.payload
    lines: list[tuple[str, str | Refusal]] = [
        ("pot", _pot_name(db, proposal.chapter_id, said["pot"])),
        ("date", said["date"]),
        ("difference", money.show(said["amount"])),
        ("outcome", said["outcome"]),
        ("reason", said["reason"]),
    ]
    found = balances.pending_one(db, proposal.chapter_id, said["difference"])
    if (refusal := rules.moved_on(said["amount"], found.amount if found else 0)) is not None:
        lines.append(("no_longer", refusal))
    return lines


def cash_move_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """How much goes where, who saw it."""
    said = proposal.payload
    lines = [
        ("pot", _pot_name(db, proposal.chapter_id, said["pot"])),
        ("from_day", said["date"]),
        ("from_place", said["from"]),
        ("to_place", said["to"]),
        ("amount", money.show(said["amount"])),
    ]
    if said["witnesses"]:
        lines.append(("witnesses", ", ".join(said["witnesses"])))
    return [*lines, *_reason(said["reason"])]


def expense_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """How much for what."""
    said = proposal.payload
    lines = [
        ("pot", _pot_name(db, proposal.chapter_id, said["pot"])),
        ("from_day", said["date"]),
        ("amount", money.show(said["amount"])),
        ("purpose", said["purpose"]),
    ]
    return [*lines, *([("note", said["note"])] if said["note"] else []), *_reason(said["reason"])]


def opening_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """The paper book's figures, member by member."""
    said = proposal.payload
    names_ = {
        row[0]: f"{row[1]} · {row[2]}"
        for row in db.rows(
            "SELECT m.id, m.number, p.name FROM member m JOIN person p ON p.id = m.person_id"
            " WHERE m.chapter_id = ?",
            (proposal.chapter_id,),
        )
    }
    places = [(f"cash_{place}", money.show(sum_)) for place, sum_ in said["cash"].items() if sum_]
    hers = [(names_.get(member, ""), money.show(amount)) for member, amount in said["savings"]]
    out = [(loan["member_id"], loan["outstanding"]) for loan in said.get("loans", ())]
    lent = [(f"lent.{names_.get(member, '')}", money.show(amount)) for member, amount in out]
    rest = sum(said["cash"].values()) + sum(amount for _, amount in out)
    rest -= sum(amount for _, amount in said["savings"])
    left = [("rest" if rest > 0 else "missing", money.show(abs(rest)))] if rest else []
    return [
        ("pot", _pot_name(db, proposal.chapter_id, said["pot"])),
        ("from_day", said["date"]),
        *places,
        *hers,
        *lent,
        *left,
        *_reason(said["reason"]),
    ]


def _reason(reason: str | None) -> list[tuple[str, str]]:
    return [("reason", reason)] if reason else []


def _pot_name(db: Tx, chapter_id: str, pot_id: str) -> str:
    row = db.row("SELECT name FROM pot WHERE chapter_id = ? AND id = ?", (chapter_id, pot_id))
    return str(row[0]) if row else ""
