"""A member leaves, moves or dies; what waits for her is paid later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.access.cards import end_cards
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.audit import trail
from app.audit.trail import Seal
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.ledger import journal, once
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import Receipt, receipt
from app.loans import setting_off
from app.models.chapter import Member
from app.settling import moving, queries, rules
from app.settling.queries import Plan
from app.settling.rules import Asked, Leaver, PotSettled
from app.terms import Act, Actor, Leaving

Shown = Sequence[tuple[str, int, int]]  # pot, claim, paid: what was confirmed or signed


@dataclass(frozen=True, slots=True)
class SettledPot:
    """A pot's part; `entry_id` of what was posted, where something was."""

    pot_id: str
    claim: int
    paid: int
    moved: int
    awaiting: int
    entry_id: str | None
    set_off: int = 0  # of her savings, to what she owed
    owing: int = 0  # what is left of that


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a member's savings. `to_member_id` is her membership in the other book."""

    member_id: str
    date: str
    reason_code: Leaving
    claim: int
    paid: int
    moved: int
    awaiting: int
    pots: list[SettledPot]
    to_member_id: str | None
    receipt: Receipt
    set_off: int = 0
    owing: int = 0


def leave(
    db: Tx, *, actor: Actor, member_id: str, asked: Asked, ticket: Ticket,
    shown: Shown | None = None,
) -> Answer[Settlement | Waiting]:  # fmt: skip
    """Her membership ends: what is hers is paid, waits, or moves along. A death takes two signatures.

    `shown` is what a page had shown before it was confirmed. Raises what queries.plan and the pen
    raise, Conflict `settlement_changed`, Invalid `chapter_unknown`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.SETTLE_MEMBERS, unit_id=chapter_id)
    if asked.to_chapter_id is not None:
        queries.check_other(db, chapter_id, asked.to_chapter_id)
        moving.open_both(db, chapter_id, asked.to_chapter_id)

    def leaving() -> Settlement | Waiting:
        rules.check_stays(queries.leaver(db, chapter_id, member_id))
        day_in_order(db, chapter_id, asked.day, asked.reason)
        plan = queries.plan(db, chapter_id=chapter_id, member_id=member_id, asked=asked)
        if shown is not None:
            rules.check_as_shown(plan.pots, shown)
        if asked.because is Leaving.DIED:
            return _propose(db, actor, chapter_id, plan)
        return _leave(db, actor, chapter_id, plan)

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=Settlement | Waiting,  # type: ignore[arg-type]
        act=leaving,
    )


def _propose(db: Tx, actor: Actor, chapter_id: str, plan: Plan) -> Waiting:
    return approvals.propose(
        db,
        actor=actor,
        chapter_id=chapter_id,
        kind="leaving_died",
        about=plan.leaver.member_id,
        payload={
            "member": plan.leaver.member_id, "date": plan.asked.day.isoformat(),
            "next_of_kin": plan.payee, "reason": plan.asked.reason,
            "pots": [[pot.pot_id, pot.claim, pot.paid] for pot in plan.pots],
            "set_off": sum(pot.set_off for pot in plan.pots),
        },
        texts={"next_of_kin": plan.payee, "reason": plan.asked.reason},
    )  # fmt: skip


def leave_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a death: exactly the figures that were signed, or nothing."""
    said, chapter_id = proposal.payload, proposal.chapter_id
    asked = Asked(date.fromisoformat(said["date"]), Leaving.DIED, None, said["next_of_kin"],
                  said["reason"])  # fmt: skip
    plan = queries.plan(db, chapter_id=chapter_id, member_id=said["member"], asked=asked)
    rules.check_as_shown(plan.pots, said["pots"])
    settled = _leave(db, actor, chapter_id, plan, proposal)
    return asdict(settled), {"id": said["member"]}


def _leave(
    db: Tx, actor: Actor, chapter_id: str, plan: Plan, proposal: Proposal | None = None
) -> Settlement:
    who, asked = plan.leaver, plan.asked
    db.run(
        "UPDATE member SET left_on = ?, left_because = ?, next_of_kin = ?"
        " WHERE chapter_id = ? AND id = ?",
        (asked.day, asked.because.value, asked.next_of_kin or who.next_of_kin, chapter_id,
         who.member_id),
    )  # fmt: skip
    seal = trail.seal(
        db,
        chapter_id=chapter_id,
        actor=actor,
        act=Act.MEMBER_LEFT,
        about=who.member_id,
        facts={"number": who.number, "left_on": asked.day.isoformat(),
               "because": asked.because.value, "to": asked.to_chapter_id,
               "claim": sum(pot.claim for pot in plan.pots)} | by_two(proposal),
        texts={"name": who.name, "next_of_kin": plan.payee, "reason": asked.reason},
    )  # fmt: skip
    seal = _set_off(db, actor, chapter_id, who, plan.pots, asked, proposal) or seal
    if plan.asked.to_chapter_id is not None:
        moved, member_id = moving.move(db, actor=actor, chapter_id=chapter_id, plan=plan)
        entries = {posted.pot_id: posted.entry_id for posted in moved}
        last = moved[-1].seal if moved else seal
        end_cards(db, chapter_id, who.member_id)
        return _settlement(who, asked.day, asked.because, plan.pots, entries, last, member_id)
    entries, last = _pay(db, actor, chapter_id, who, plan.pots, asked.day, plan.payee,
                         asked.reason, seal, proposal)  # fmt: skip
    _end_card(db, chapter_id, who, plan.pots)
    return _settlement(who, asked.day, asked.because, plan.pots, entries, last, None)


def pay_out(
    db: Tx, *, actor: Actor, member_id: str, day: date, amount: int | None, ticket: Ticket,
    reason: str | None = None,
) -> Answer[Settlement]:  # fmt: skip
    """Pay what waits for whoever left, out of free cash. Raises what rules.pay and the pen raise."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.SETTLE_MEMBERS, unit_id=chapter_id)

    def paying() -> Settlement:
        charter = day_in_order(db, chapter_id, day, reason)
        who = queries.leaver(db, chapter_id, member_id)
        rules.check_left(who, day)
        found = queries.hers(db, chapter_id, who, day)
        pots = rules.pay(found, charter.payout_step, amount)
        because = who.because or Leaving.LEFT
        # A repayment that was taken back since may have made her owe something again.
        _set_off(db, actor, chapter_id, who, pots, Asked(day, Leaving.LEFT), None)
        payee = who.next_of_kin if because is Leaving.DIED else None
        entries, last = _pay(db, actor, chapter_id, who, pots, day, payee, reason, None)
        _end_card(db, chapter_id, who, pots)
        return _settlement(who, day, because, pots, entries, last, None)

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Settlement, act=paying)


def _set_off(
    db: Tx, actor: Actor, chapter_id: str, who: Leaver, pots: Sequence[PotSettled], asked: Asked,
    proposal: Proposal | None,
) -> Seal | None:  # fmt: skip
    """Her loans end growing if she died, and take of her savings what she owes; the last seal."""
    hers: dict[str, Any] = {"chapter_id": chapter_id, "member_id": who.member_id}
    told: dict[str, Any] = {"day": asked.day, "facts": by_two(proposal)}
    seal = None
    if asked.because is Leaving.DIED:
        seal = setting_off.note_death(db, actor=actor, **hers, **told)
    for pot in pots:
        if pot.set_off:
            seal = setting_off.set_off(
                db, actor=actor, pot_id=pot.pot_id, amount=pot.set_off, **hers, **told
            )
    return seal


def _pay(
    db: Tx, actor: Actor, chapter_id: str, who: Leaver, pots: Sequence[PotSettled], day: date,
    payee: str | None, reason: str | None, last: Seal | None,
    proposal: Proposal | None = None,
) -> tuple[dict[str, str], Seal]:  # fmt: skip
    """One entry a pot; the seal is the last that was set."""
    entries: dict[str, str] = {}
    for pot in pots:
        if pot.paid:
            posted = journal.post(
                db, actor=actor, chapter_id=chapter_id, act=Act.PAID_OUT,
                entry=rules.payout_entry(who, pot, day), facts={"number": who.number} | by_two(proposal),
                texts={"name": who.name, "payee": payee, "reason": reason},
            )  # fmt: skip
            entries[pot.pot_id], last = posted.entry_id, posted.seal
    assert last is not None  # whoever is paid nothing was refused, or has just left
    return entries, last


def _end_card(db: Tx, chapter_id: str, who: Leaver, pots: Sequence[PotSettled]) -> None:
    """Whoever left reads her own book for as long as a đồng in it is hers."""
    if not any(pot.awaiting for pot in pots):
        end_cards(db, chapter_id, who.member_id)


def _settlement(
    who: Leaver, day: date, because: Leaving, pots: Sequence[PotSettled], entries: dict[str, str],
    seal: Seal, to_member_id: str | None,
) -> Settlement:  # fmt: skip
    moves = because is Leaving.MOVED and to_member_id is not None
    parts = [
        SettledPot(
            pot_id=pot.pot_id,
            claim=pot.claim,
            paid=pot.paid,
            moved=pot.claim if moves else 0,
            awaiting=0 if moves else pot.awaiting,
            entry_id=entries.get(pot.pot_id),
            set_off=pot.set_off,
            owing=pot.owing,
        )
        for pot in pots
    ]
    return Settlement(
        member_id=who.member_id,
        date=day.isoformat(),
        reason_code=because,
        claim=sum(part.claim for part in parts),
        paid=sum(part.paid for part in parts),
        moved=sum(part.moved for part in parts),
        awaiting=sum(part.awaiting for part in parts),
        pots=parts,
        to_member_id=to_member_id,
        receipt=receipt(seal),
        set_off=sum(part.set_off for part in parts),
        owing=sum(part.owing for part in parts),
    )
