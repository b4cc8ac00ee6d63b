"""Beginning with what the paper book had: once for each pot, two signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from app.access.queries import require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.cash import queries, rules
from app.cash.rules import OpeningLine
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.errors import Invalid
from app.ledger import balances, differences, journal, once
from app.ledger.entry import Entry
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import entry_posted
from app.loans import bringing
from app.loans.bringing import Bringing, Running
from app.terms import Act, Actor, Place


def open_balances(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    day: date,
    cash: Mapping[Place, int],
    savings: Sequence[tuple[str, int]],
    loans: Sequence[Running],
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[Waiting]:
    """Propose what the paper book had as of a day: the first entry of the pot, two signatures.

    `savings` are members' ids with their đồng. Raises Invalid, Conflict `opened_already`,
    `entries_before`.
    """
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)

    def opening() -> Waiting:
        day_in_order(db, chapter_id, day, reason)
        said = {
            "pot": pot_id, "date": day.isoformat(),
            "cash": {place.value: sum_ for place, sum_ in cash.items()},
            "savings": [list(line) for line in savings],
            "loans": [bringing.payload(loan) for loan in loans], "reason": reason,
        }  # fmt: skip
        _opening(db, chapter_id, said)
        balances.open_cycle(db, chapter_id, pot_id, day)
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind="opening",
            about=pot_id,
            payload=said,
            texts={"reason": reason},
        )

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Waiting, act=opening)


def _opening(db: Tx, chapter_id: str, said: Mapping[str, Any]) -> tuple[Entry, int, list[Bringing]]:
    facts = queries.pot_facts(db, chapter_id, said["pot"])
    day = date.fromisoformat(said["date"])
    before, opened = queries.stands(db, chapter_id, facts.pot_id, day)
    rules.check_opens(before, opened)
    held = {Place(place): sum_ for place, sum_ in said["cash"].items()}
    for place, sum_ in held.items():
        if sum_:
            rules.check_kept_here(facts, place)
    running = [bringing.of_payload(loan) for loan in said.get("loans", ())]
    loans = bringing.read(db, chapter_id, facts.pot_id, day, running)
    entry, missing = rules.opening_entry(
        facts, day, held, _opening_lines(db, chapter_id, said["savings"]),
        [OpeningLine(loan.number, loan.loan_id, loan.outstanding) for loan in loans],
    )  # fmt: skip
    return entry, missing, loans


def _opening_lines(
    db: Tx, chapter_id: str, savings: Sequence[tuple[str, int]]
) -> list[OpeningLine]:
    numbers = dict(db.rows("SELECT id, number FROM member WHERE chapter_id = ?", (chapter_id,)))
    problems = []
    seen: set[str] = set()
    for n, (member_id, _) in enumerate(savings):
        if member_id not in numbers:
            problems.append(
                Invalid(
                    "member_unknown",
                    "Chi hội không có hội viên này.",
                    field=f"savings.{n}.member_id",
                )
            )
        elif member_id in seen:
            problems.append(
                Invalid(
                    "member_twice",
                    "Hội viên này có hai dòng trong phiếu.",
                    field=f"savings.{n}.member_id",
                )
            )
        seen.add(member_id)
    if problems:
        raise Invalid.every(problems)
    return [OpeningLine(numbers[member], member, amount) for member, amount in savings]


def open_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on the opening balances."""
    chapter_id, said = proposal.chapter_id, proposal.payload
    entry, missing, loans = _opening(db, chapter_id, said)
    posted = journal.post(
        db, actor=actor, chapter_id=chapter_id, act=Act.BALANCES_OPENED, entry=entry,
        facts=by_two(proposal) | bringing.sealed(loans), texts={"reason": said["reason"]},
    )  # fmt: skip
    bringing.write(db, chapter_id, posted.seal.seq, loans)
    if missing:
        differences.note(db, chapter_id=chapter_id, seq=posted.seal.seq, id=posted.entry_id,
                         pot_id=said["pot"], day=entry.day, amount=missing)  # fmt: skip
    return asdict(entry_posted(posted, entry)), {"id": posted.entry_id}
