"""One treasurer hands the cash to the next: counted, signed by two, and the first one is out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from app import clock, ids
from app.access import devices
from app.access.queries import offices_held, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal, by_two
from app.audit import trail
from app.cash import actions, handovers, queries
from app.cash import handover_rules as rules
from app.cash.handover_rules import Count
from app.cash.rules import check_count_day
from app.charter.queries import day_in_order
from app.db.tx import Tx
from app.ledger import balances, once
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import receipt
from app.models.cash import Handover
from app.offices import actions as offices
from app.offices import queries as seats
from app.offices.actions import Appointee
from app.terms import Act, Actor, Revoked, Role


def hand_over(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    day: date,
    outgoing_id: str | None,
    incoming: Appointee,
    counts: Sequence[Count],
    witnesses: Sequence[str],
    difference_reason: str | None,
    reason: str | None,
    code_hours: int,
    ticket: Ticket,
) -> Answer[Waiting]:
    """The first signature: the outgoing treasurer's, or the head's for one who will not.

    Nothing is posted before the second. Raises Invalid, Conflict `no_treasurer`, `moved_since`.
    """
    require(db, actor=actor, may=May.HAND_OVER, unit_id=chapter_id)

    def handing() -> Waiting:
        sits = handovers.treasurer(db, chapter_id)
        if sits is None:
            raise rules.no_treasurer()
        if outgoing_id not in (None, sits.person_id):
            raise rules.not_treasurer()
        known = _known(db, actor, chapter_id, sits.person_id, incoming)
        rules.check_first(actor.person_id, sits.person_id, reason)
        seen = queries.witnesses_named(db, chapter_id, witnesses)
        counted = _counted(db, chapter_id, day, counts, difference_reason, reason)
        said = {
            "date": day.isoformat(), "outgoing": sits.person_id, "counts": counted,
            "figures": handovers.figures(db, chapter_id), "witnesses": list(witnesses),
            "difference_reason": difference_reason, "reason": reason,
            "incoming_signs": _signs_herself(db, actor, chapter_id, sits.person_id, known),
            "office": {
                "unit": chapter_id, "role": Role.TREASURER.value, "person": known,
                "name": incoming.name, "phone": incoming.phone, "hours": code_hours,
                "replaces": seats.sitting(db, chapter_id, Role.TREASURER),
            },
        }  # fmt: skip
        return approvals.propose(
            db, actor=actor, chapter_id=chapter_id, kind="handover", about=chapter_id,
            payload=said, beneficiary_id=known,
            texts={"name": incoming.name, "phone": incoming.phone, "witnesses": ", ".join(seen),
                   "difference_reason": difference_reason, "reason": reason},
        )  # fmt: skip

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=Waiting, act=handing)


def _known(
    db: Tx, actor: Actor, chapter_id: str, outgoing_id: str, incoming: Appointee
) -> str | None:
    """Who takes over, where the book knows her; None for a new person."""
    if incoming.name is not None:
        return None
    person_id = seats.known_person(db, actor=actor, unit_id=chapter_id,
                                   person_id=incoming.person_id, member_id=incoming.member_id)  # fmt: skip
    rules.check_incoming(outgoing_id, person_id)
    seats.check_known(db, actor=actor, unit_id=chapter_id, role=Role.TREASURER, person_id=person_id)
    return person_id


def _counted(
    db: Tx, chapter_id: str, day: date, counts: Sequence[Count], difference_reason: str | None,
    reason: str | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """What was counted, as it is signed; every rule of a count is asked now and again then."""
    day_in_order(db, chapter_id, day, reason or difference_reason)
    lying = handovers.lying(db, chapter_id, day)
    rules.check_last_day(day, lying)
    over = rules.handed(lying, counts)
    rules.check_explained(over, difference_reason)
    for one in over:
        if one.counted is not None:
            balances.open_cycle(db, chapter_id, one.pot_id, day)
            before = balances.counted_on(db, chapter_id, one.pot_id, one.place)
            check_count_day(day, before)
    return [
        {"pot": one.pot_id, "place": one.place.value, "counted": one.counted,
         "notes": {value: n for value, n in (one.notes or {}).items() if n}}
        for one in over
        if one.counted is not None
    ]  # fmt: skip


def _signs_herself(
    db: Tx, actor: Actor, chapter_id: str, outgoing_id: str, known: str | None
) -> str | None:
    here = {office.role for office in actor.offices if office.unit_id == chapter_id}
    return rules.signs_herself(
        known,
        holds_office=known is not None and handovers.may_sign_in(db, known),
        first_is_outgoing=actor.person_id == outgoing_id,
        first_is_head=Role.CHAPTER_HEAD in here,
    )


def hand_over_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature. In one transaction the counts are posted, the office passes on, and
    the first treasurer is out: her sessions, and her devices where she holds no other office.
    """
    chapter_id, said = proposal.chapter_id, proposal.payload
    outgoing = said["outgoing"]
    rules.check_second(actor.person_id, outgoing)
    names = handovers.pot_names(db, chapter_id)
    rules.check_unchanged(said["figures"], handovers.figures(db, chapter_id), names)
    # Sums that are equal now may lie on other days: the counts would find what nobody misses.
    day = date.fromisoformat(said["date"])
    rules.check_last_day(day, handovers.lying(db, chapter_id, day))
    counts = [
        actions.count_by_two(db, actor=actor, proposal=proposal, count=one)
        for one in said["counts"]
    ]
    begun, _ = offices.replace(
        db,
        actor=actor,
        proposal=replace(proposal, payload=said["office"] | {"from": clock.today().isoformat()}),
    )
    devices.sign_out(db, person_id=outgoing)
    if not offices_held(db, outgoing):
        devices.end_devices(db, person_id=outgoing, why=Revoked.OFFICE_ENDED)
    handover_id = ids.new()
    seen = queries.witnesses_named(db, chapter_id, said["witnesses"])
    seal = trail.seal(
        db, chapter_id=chapter_id, actor=actor, act=Act.HANDED_OVER, about=handover_id,
        facts=by_two(proposal) | {
            "outgoing": outgoing, "incoming": begun["person_id"], "day": said["date"],
            "counts": [count.id for count in counts], "figures": said["figures"],
        },
        texts={"witnesses": ", ".join(seen), "reason": said["reason"],
               "difference_reason": said["difference_reason"]},
    )  # fmt: skip
    db.insert(Handover(
        chapter_id=chapter_id, seq=seal.seq, id=handover_id, day=date.fromisoformat(said["date"]),
        outgoing_id=outgoing, incoming_id=begun["person_id"],
        first_signed_by=proposal.proposed_by, second_signed_by=actor.person_id,
        counts=json.dumps([count.id for count in counts]),
    ))  # fmt: skip
    answer = {"id": handover_id, "person_id": begun["person_id"], "receipt": asdict(receipt(seal)),
              "counts": [asdict(count) for count in counts]}  # fmt: skip
    if actor.person_id != begun["person_id"]:  # whoever signs herself is in already
        answer["enrol_code"] = begun["enrol_code"]
    return answer, {"id": handover_id}
