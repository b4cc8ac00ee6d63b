"""Two persons sign the same figures; with the second signature all of it is in the book, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app import ids
from app.access.queries import offices_in_force, require
from app.access.rules import May
from app.approvals.queries import officers, roles_towards
from app.breaking import gather, hands, kept, pen, rules, steps
from app.breaking.books import Purpose
from app.breaking.facts import changes
from app.breaking.facts import fingerprint as hashed
from app.breaking.rules import Plan
from app.breaking.steps import Breaking, Told
from app.breaking.telling import fingerprint_changed
from app.breaking.written import plan_data
from app.cash import writing
from app.db.tx import Tx
from app.ledger import differences, once
from app.ledger.entry import Entry, Transfer
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import Receipt, receipt
from app.loans import setting_off
from app.loans.setting_off import Joined
from app.models.cash import TOGETHER
from app.terms import AccountKind, Actor, EntryKind, Outcome, Role, Step


@dataclass(frozen=True, slots=True)
class Signed:
    """The first signature; another person signs the same fingerprint."""

    state: Literal["signed"]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Broken:
    """It is in the book; `entry_id` of its one entry, where money moved."""

    state: Literal["posted"]
    entry_id: str | None
    receipt: Receipt


def sign(
    db: Tx, *, actor: Actor, breaking_id: str, fingerprint: str, ticket: Ticket
) -> Answer[Signed | Broken]:
    """The first signature is kept, the second posts. A signature on other figures counts no more.

    Raises NotFound, NotAllowed `same_person`, `not_signer`, Conflict `not_counted`,
    `fingerprint_changed`, and whatever the plan, the loans and the pen raise.
    """
    chapter_id = kept.reached(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.SIGN_BREAKINGS, unit_id=chapter_id)

    def signing() -> Signed | Broken:
        return _sign(db, actor, kept.kept(db, chapter_id, breaking_id), fingerprint)

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=Signed | Broken,  # type: ignore[arg-type]
        act=signing,
    )


def _sign(db: Tx, actor: Actor, of: Breaking, shown: str) -> Signed | Broken:
    steps.check_goes_on(of)
    facts = gather.facts_of(db, of)
    data = gather.signed_data(of, facts)
    stands = hashed(data)
    before = of.signed
    if shown != stands:
        seen = before.payload if before and before.payload["fingerprint"] == shown else None
        raise fingerprint_changed(changes(seen["facts"], data) if seen else None)
    plan = rules.plan(facts)
    roles = roles_towards(db, actor, of.chapter_id)
    first_roles = _roles_now(db, of, before) if before else frozenset[Role]()
    if before is None or before.payload["fingerprint"] != stands or not first_roles:
        hands.check_first(roles)
        pen.tell(db, actor=actor, of=of, kind=Step.SIGNED,
                 payload={"fingerprint": stands, "facts": data},
                 facts={"fingerprint": stands})  # fmt: skip
        return Signed("signed", stands)
    hands.check_second(
        person_id=actor.person_id, roles=roles, first_id=before.by, first_roles=first_roles,
        others=officers(db, of.chapter_id, but=actor.person_id),
    )  # fmt: skip
    return _post(db, actor, of, before, plan, stands)


def _roles_now(db: Tx, of: Breaking, signed: Told) -> frozenset[Role]:
    """Whoever was put out of office since has signed nothing."""
    she = Actor(signed.by, None, tuple(offices_in_force(db, signed.by)))
    return roles_towards(db, she, of.chapter_id) & hands.FIRST


def _post(
    db: Tx, actor: Actor, of: Breaking, first: Told, plan: Plan, stands: str
) -> Signed | Broken:
    count = steps.check_counted(of)
    joined = _set_off(db, of, plan)
    entry = Entry(EntryKind.BREAKING, of.pot_id, of.day, tuple(_transfers(plan, joined)))
    said: dict[str, Any] = {"fingerprint": stands, "proposed_by": first.by}
    told = {"total": plan.totals.payout, "day": of.day.isoformat(), **said, **joined.facts}
    entry_id, seal = pen.post(
        db, actor=actor, of=of, entry=entry, payload={**said, "plan": plan_data(plan)},
        facts=told, texts=kept.texts_of(db, of.chapter_id, count.seq),
    )  # fmt: skip
    joined.note(seal.seq)
    count_id = entry_id or ids.new()
    writing.note_row(
        db, chapter_id=of.chapter_id, seq=seal.seq, id=count_id, pot_id=of.pot_id, place=TOGETHER,
        day=of.day, notes=count.notes, counted=count.counted, book=count.book,
    )  # fmt: skip
    if any(_pends(t) for t in entry.transfers):
        differences.note(db, chapter_id=of.chapter_id, seq=seal.seq, id=count_id, pot_id=of.pot_id,
                         day=of.day, amount=count.difference)  # fmt: skip
        if count.outcome is not Outcome.CARRIED:
            differences.settle(db, chapter_id=of.chapter_id, seq=seal.seq, outcome=count.outcome,
                               parts=[(seal.seq, abs(count.difference))])  # fmt: skip
    _plan_next(db, of)
    return Broken("posted", entry_id, receipt(seal))


def _pends(transfer: Transfer) -> bool:
    """Whether the count found a difference: what a donation box holds too much is a gift."""
    return (
        transfer.debit.kind is AccountKind.SHORTAGE_PENDING
        or transfer.credit.kind is AccountKind.OVERAGE_PENDING
    )


def _set_off(db: Tx, of: Breaking, plan: Plan) -> Joined:
    """The loans take what the plan takes for them, each as its own history divides it."""
    amounts: dict[str, int] = {}
    for line in plan.lines:
        for debt in line.set_off:
            part = debt.interest + debt.principal
            amounts[debt.loan_id] = amounts.get(debt.loan_id, 0) + part
    loans = {loan.id: loan for loan in gather.running_kept(db, of)} if amounts else {}
    return setting_off.join(db, loans=loans, amounts=amounts, day=of.day)


def _transfers(plan: Plan, joined: Joined) -> Iterator[Transfer]:
    """The plan's movements; where something is set off, as the loans are told of it."""
    by_member: Mapping[str, list[tuple[Transfer, ...]]] = _by_member(plan, joined)
    for purpose, transfer in plan.movements:
        if purpose is not Purpose.SET_OFF:
            yield transfer
        elif parts := by_member.get(transfer.debit.owner_id):
            yield from (t for part in parts for t in part)
            parts.clear()


def _by_member(plan: Plan, joined: Joined) -> dict[str, list[tuple[Transfer, ...]]]:
    return {
        line.member_id: [joined.transfers[loan] for loan in dict.fromkeys(d.loan_id for d in line.set_off)]
        for line in plan.lines
        if line.set_off
    }  # fmt: skip


def _plan_next(db: Tx, of: Breaking) -> None:
    """The next breaking is planned a year on."""
    row = db.rows(
        "SELECT next_breaking_on FROM pot WHERE chapter_id = ? AND id = ?",
        (of.chapter_id, of.pot_id),
    )[0]
    planned = gather.as_day(row[0])
    db.run(
        "UPDATE pot SET next_breaking_on = ? WHERE chapter_id = ? AND id = ?",
        (steps.next_planned(planned, of.day), of.chapter_id, of.pot_id),
    )
