"""A member moves to another chapter: her savings by mirrored entries, the cash by two hands (ADR 11)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app import ids
from app.access.queries import require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.audit import trail
from app.audit.trail import Seal
from app.cash.queries import pot_facts
from app.cash.rules import check_there
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.ledger import balances, journal, once
from app.ledger.entry import Entry, check_not_counted
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import entry_posted
from app.models.chapter import Consent, Member
from app.settling import queries, rules
from app.settling.queries import Plan
from app.terms import Act, Actor, Place, Purpose


def open_both(db: Tx, chapter_id: str, other_id: str) -> None:
    """Two books, in the order in which everybody opens them: else two moves could wait for ever."""
    for book in sorted((chapter_id, other_id)):
        trail.open_book(db, book)


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry of the book she left."""

    pot_id: str
    entry_id: str
    seal: Seal


def move(db: Tx, *, actor: Actor, chapter_id: str, plan: Plan) -> tuple[list[Moved], str]:
    """Her savings leave this book and enter the other, with a new membership there; both are open.

    No cash moves: nobody may put cash into another chapter's book. Returns what was posted here
    and her new membership's id.
    """
    who, day, there = plan.leaver, plan.asked.day, plan.asked.to_chapter_id or ""
    new_id, number = _join(db, actor, chapter_id, plan)
    moved = []
    for pot in (pot for pot in plan.pots if pot.claim):
        posted = journal.post(
            db, actor=actor, chapter_id=chapter_id, act=Act.SAVINGS_MOVED,
            entry=rules.moved_out(who, pot, day, there),
            facts={"number": who.number, "to": there}, texts={"name": who.name},
        )  # fmt: skip
        moved.append(Moved(pot.pot_id, posted.entry_id, posted.seal))
    if total := sum(pot.claim for pot in plan.pots):
        entry = rules.moved_in(plan.to_pot_id or "", day, chapter_id, new_id, number, total)
        journal.post(db, actor=actor, chapter_id=there, act=Act.SAVINGS_MOVED, entry=entry,
                     facts={"number": number, "from": chapter_id},
                     texts={"name": who.name})  # fmt: skip
    return moved, new_id


def _join(db: Tx, actor: Actor, chapter_id: str, plan: Plan) -> tuple[str, int]:
    """The same woman under the next number of the other book; what she agreed to goes along."""
    who, day, there = plan.leaver, plan.asked.day, plan.asked.to_chapter_id or ""
    last = db.row("SELECT max(number) FROM member WHERE chapter_id = ?", (there,))
    number, new_id = ((last[0] if last else None) or 0) + 1, ids.new()
    db.insert(
        Member(
            chapter_id=there,
            number=number,
            id=new_id,
            person_id=who.person_id,
            joined_on=day,
            moved_from=who.member_id,
            next_of_kin=plan.asked.next_of_kin or who.next_of_kin,
        )
    )
    consents = db.rows(
        "SELECT purpose, given_on FROM consent WHERE chapter_id = ? AND member_id = ?"
        " ORDER BY purpose",
        (chapter_id, who.member_id),
    )
    for purpose, on in consents:
        db.insert(Consent(chapter_id=there, member_id=new_id, purpose=Purpose(purpose),
                          on=date.fromisoformat(on)))  # fmt: skip
    trail.seal(
        db, chapter_id=there, actor=actor, act=Act.MEMBER_JOINED, about=new_id,
        facts={"number": number, "person": who.person_id, "group": None,
               "joined_on": day.isoformat(), "consent": [purpose for purpose, _ in consents],
               "moved_from": who.member_id},
        texts={"name": who.name},
    )  # fmt: skip
    return new_id, number


def deliver(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    to_chapter_id: str,
    day: date,
    amount: int,
    ticket: Ticket,
    reason: str | None = None,
) -> Answer[Waiting]:
    """Propose to hand over the cash of savings that moved; whoever receives it signs.

    It waits in the receiving book. Raises Invalid `pot_unknown`, `chapter_unknown`, Conflict
    `nothing_owed`, `beyond_owed`, `not_there`.
    """
    require(db, actor=actor, may=May.HANDLE_CASH, unit_id=chapter_id)
    pot_facts(db, chapter_id, pot_id)
    queries.check_other(db, chapter_id, to_chapter_id)
    open_both(db, chapter_id, to_chapter_id)

    def delivering() -> Waiting:
        day_in_order(db, chapter_id, day, reason)
        said = {"from_chapter": chapter_id, "to_chapter": to_chapter_id, "pot": pot_id,
                "date": day.isoformat(), "amount": amount, "reason": reason}  # fmt: skip
        for book, entry in _both(db, said):
            balances.open_cycle(db, book, entry.pot_id, day)
            check_not_counted(day, balances.counted_on(db, book, entry.pot_id, Place.HAND))
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=to_chapter_id,
            kind="delivery",
            about=pot_id,
            payload=said | {"key": ticket.key},
            texts={"reason": reason},
        )

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Waiting, act=delivering)


def _both(db: Tx, said: dict[str, Any]) -> list[tuple[str, Entry]]:
    """The entries of both books, the giving one's first, as the books stand now."""
    here, there, pot_id, amount = (said[name] for name in
                                   ("from_chapter", "to_chapter", "pot", "amount"))  # fmt: skip
    day = date.fromisoformat(said["date"])
    rules.check_owed(amount, queries.owed(db, here, pot_id, there, day), day)
    check_there(amount, balances.lowest_cash(db, here, pot_id, Place.HAND, day))
    into = rules.received(queries.expected(db, there, here), day, amount, here)
    return [(here, rules.given(pot_id, day, amount, there)), *((there, entry) for entry in into)]


def deliver_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """She who receives the cash signs: it leaves the one book and enters the other, or neither."""
    said = proposal.payload
    done = [
        (
            entry,
            journal.post(
                db, actor=actor, chapter_id=book, act=Act.CASH_DELIVERED, entry=entry,
                facts={"from": said["from_chapter"], "to": said["to_chapter"]} | by_two(proposal),
                texts={"reason": said["reason"]},
            ),
        )
        for book, entry in _both(db, said)
    ]  # fmt: skip
    entry, posted = done[-1]  # of her own book
    return asdict(entry_posted(posted, entry)), {"id": posted.entry_id}
