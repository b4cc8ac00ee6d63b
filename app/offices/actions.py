"""Appointing and ending; resetting PINs and lifting locks with a second signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock
from app.access import queries as access
from app.access.actions import add_person, issue_code, new_office
from app.access.attempts import Counted, forgive
from app.access.devices import end_devices
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal
from app.audit import trail
from app.db.tx import Tx
from app.errors import Invalid, not_found
from app.offices import queries, rules
from app.terms import Act, Actor, Level, Revoked, Role


@dataclass(frozen=True, slots=True)
class Appointed:
    """An office that began, and the code that lets the person's device in."""

    office_id: str
    person_id: str
    enrol_code: str


@dataclass(frozen=True, slots=True)
class Appointee:
    """A new person (name and phone), a known one, or a member: one of the three."""

    name: str | None = None
    phone: str | None = None
    person_id: str | None = None
    member_id: str | None = None


def appoint(
    db: Tx, *, actor: Actor, unit_id: str, role: Role, on: date, who: Appointee, code_hours: int
) -> Appointed | Waiting:
    """Appoint to a vacant office, or propose to replace whoever sits in it.

    Raises Invalid `role_not_here`, `person_unknown`.
    """
    queries.require_appointing(db, actor=actor, unit_id=unit_id)
    book = access.book_of(db, unit_id)
    trail.open_book(db, book)
    level = Level(db.rows("SELECT level FROM unit WHERE id = ?", (unit_id,))[0][0])
    rules.check_role_fits(role, level)
    rules.check_from(on, queries.unit_began(db, unit_id), clock.today())
    known = None if who.name is not None else _known_person(db, actor, unit_id, who)
    if known is not None:
        _check_known(db, actor, unit_id, role, known)
    sits = queries.sitting(db, unit_id, role)
    if not rules.takes_two(
        role,
        sitting=sits is not None,
        emptied_by=queries.emptied_by(db, unit_id, role),
        actor_id=actor.person_id,
        appointee_id=known,
    ):
        return _begin(db, actor, book, unit_id, role, on, who, known, code_hours)
    payload = {
        "unit": unit_id, "role": role.value, "from": on.isoformat(), "person": known,
        "name": who.name, "phone": who.phone, "replaces": sits, "hours": code_hours,
    }  # fmt: skip
    return approvals.propose(
        db,
        actor=actor,
        chapter_id=book,
        kind="replace_officer",
        about=unit_id,
        payload=payload,
        texts={"name": who.name, "phone": who.phone},
        beneficiary_id=known,
    )


def replace(db: Tx, *, actor: Actor, proposal: Proposal) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a replacement: the sitting officer's office ends, the other begins."""
    said = proposal.payload
    role, on = Role(said["role"]), date.fromisoformat(said["from"])
    sits = queries.sitting(db, said["unit"], role)
    if sits != said["replaces"]:
        raise rules.changed_meanwhile()
    for seat in queries.seats(db, said["unit"], role):  # one at a time, also those yet to begin
        if seat.to_on is None or seat.to_on > max(on, clock.today()):
            _end(db, actor, proposal.chapter_id, seat, max(on, clock.today()))
    who = Appointee(name=said["name"], phone=said["phone"], person_id=said["person"])
    made = _begin(db, actor, proposal.chapter_id, said["unit"], role, on, who, said["person"],
                  said["hours"], proposal)  # fmt: skip
    kept = {"office_id": made.office_id, "person_id": made.person_id}
    return kept | {"enrol_code": made.enrol_code}, kept


def _begin(
    db: Tx, actor: Actor, book: str, unit_id: str, role: Role, on: date, who: Appointee,
    person_id: str | None, code_hours: int, proposal: Proposal | None = None,
) -> Appointed:  # fmt: skip
    if person_id is None:
        person_id = add_person(db, name=who.name or "", phone=who.phone)
    else:
        _check_known(db, actor, unit_id, role, person_id)
    office = new_office(person_id, unit_id, role, on)
    db.insert(office)
    code = issue_code(db, person_id=person_id, hours=code_hours)
    facts = {"person": person_id, "unit": unit_id, "role": role.value, "from": on.isoformat()}
    if proposal:
        facts |= {"approval": proposal.id, "proposed_by": proposal.proposed_by}
    trail.seal(db, chapter_id=book, actor=actor, act=Act.OFFICE_BEGAN, about=office.id,
               facts=facts, texts={"name": who.name, "phone": who.phone})  # fmt: skip
    return Appointed(office.id, person_id, code)


def _check_known(db: Tx, actor: Actor, unit_id: str, role: Role, person_id: str) -> None:
    held = access.offices_held(db, person_id)
    here = frozenset(office.role for office in held if office.unit_id == unit_id)
    rules.check_duties(role, here - {role})
    out_of_reach = not all(
        queries.may_appoint(db, actor=actor, unit_id=office.unit_id) for office in held
    )
    rules.check_appointee(
        access.person_phone(db, person_id),
        role in here,
        out_of_reach and not access.has_pin(db, person_id),
    )


def _known_person(db: Tx, actor: Actor, unit_id: str, who: Appointee) -> str:
    """A member of this chapter, or a person who holds an office in the actor's reach."""
    if who.member_id is not None:
        sql = "SELECT person_id FROM member WHERE chapter_id = ? AND id = ?"
        row = db.row(sql, (unit_id, who.member_id))
        if row:
            return str(row[0])
    elif who.person_id is not None:
        sql = "SELECT 1 FROM member WHERE chapter_id = ? AND person_id = ?"
        if db.row(sql, (unit_id, who.person_id)):
            return who.person_id
        for (unit,) in db.rows("SELECT unit_id FROM office WHERE person_id = ?", (who.person_id,)):
            if {o.unit_id for o in actor.offices} & access.units_above(db, unit).keys():
                return who.person_id
    raise Invalid("person_unknown", "Không tìm thấy người này trong chi hội.", field="person")


def end_office(db: Tx, *, actor: Actor, office_id: str, on: date, reason: str) -> None:
    """End an appointment; whoever has no office left is signed out at once.

    Raises NotFound, Invalid `in_future`, `before_office`, Conflict `office_ended`.
    """
    seat = queries.seat(db, office_id)
    queries.require_appointing(db, actor=actor, unit_id=seat.unit_id)
    book = access.book_of(db, seat.unit_id)
    trail.open_book(db, book)
    seat = queries.seat(db, office_id)
    if seat.to_on is not None:
        raise rules.already_ended()
    rules.check_end(on, seat.from_on, clock.today())
    _end(db, actor, book, seat, on, reason)


def _end(
    db: Tx, actor: Actor, book: str, seat: queries.Seat, on: date, reason: str | None = None
) -> None:
    on = max(on, seat.from_on)
    sql = "UPDATE office SET to_on = ?, ended_by = ?, ended_at = ? WHERE id = ?"
    db.run(sql, (on, actor.person_id, clock.now(), seat.id))
    if not access.my_offices(db, seat.person_id):
        _sign_out(db, seat.person_id)
    facts = {"person": seat.person_id, "unit": seat.unit_id, "role": seat.role.value,
             "to": on.isoformat()}  # fmt: skip
    trail.seal(db, chapter_id=book, actor=actor, act=Act.OFFICE_ENDED, about=seat.id,
               facts=facts, texts={"reason": reason})  # fmt: skip


def _sign_out(db: Tx, person_id: str) -> None:
    """End an officer's sessions; what she opened with her member's card goes on."""
    db.run(
        "UPDATE session SET revoked_at = ? WHERE person_id = ? AND card_id IS NULL"
        " AND revoked_at IS NULL",
        (clock.now(), person_id),
    )


def propose_reset(
    db: Tx, *, actor: Actor, person_id: str, kind: str, reason: str, code_hours: int
) -> Waiting:
    """Propose to reset an officer's PIN (`pin_reset`) or lift her lock (`unlock`).

    Raises NotFound where she is out of reach.
    """
    book = _book_of_person(db, actor, person_id)
    trail.open_book(db, book)
    return approvals.propose(
        db,
        actor=actor,
        chapter_id=book,
        kind=kind,
        about=person_id,
        payload={"person": person_id, "reason": reason, "hours": code_hours},
        texts={"reason": reason},
        beneficiary_id=person_id,
    )


def _book_of_person(db: Tx, actor: Actor, person_id: str) -> str:
    """Where her reset is signed: all her offices, held or yet to begin, within the actor's reach.

    Her PIN opens every office of hers: two officers of one chapter must not come into another's
    or the commune's by it. Whoever holds offices in several units is signed for at the top.
    """
    units = {office.unit_id for office in access.offices_held(db, person_id)}
    if not units:
        raise not_found()
    for unit_id in units:
        access.require(db, actor=actor, may=May.RESET_PINS, unit_id=unit_id)
    return _book_of_units(db, units)


def _book_of_units(db: Tx, units: set[str]) -> str:
    return access.book_of(db, next(iter(units))) if len(units) == 1 else access.root(db)


def _check_still_there(db: Tx, proposal: Proposal) -> None:
    """She may have risen since it was proposed: then others must sign."""
    held = access.offices_held(db, proposal.payload["person"])
    if not held or _book_of_units(db, {o.unit_id for o in held}) != proposal.chapter_id:
        raise rules.changed_meanwhile()


def reset_pin(
    db: Tx, *, actor: Actor, proposal: Proposal, counted: Counted
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a reset: no PIN, no device, no session; a new code to begin anew."""
    _check_still_there(db, proposal)
    person_id = proposal.payload["person"]
    db.run("UPDATE person SET pin_hash = NULL WHERE id = ?", (person_id,))
    end_devices(db, person_id=person_id, why=Revoked.PIN_RESET)
    _sign_out(db, person_id)
    forgive(db, counted=counted)
    return _begin_anew(db, actor, proposal, Act.PIN_RESET)


def unlock(
    db: Tx, *, actor: Actor, proposal: Proposal, counted: Counted
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a lock: her guesses are forgiven."""
    _check_still_there(db, proposal)
    forgive(db, counted=counted)
    return _begin_anew(db, actor, proposal, Act.UNLOCKED)


def _begin_anew(
    db: Tx, actor: Actor, proposal: Proposal, act: Act
) -> tuple[dict[str, Any], dict[str, Any]]:
    person_id = proposal.payload["person"]
    code = issue_code(db, person_id=person_id, hours=proposal.payload["hours"])
    facts = {"approval": proposal.id, "proposed_by": proposal.proposed_by, "person": person_id}
    trail.seal(db, chapter_id=proposal.chapter_id, actor=actor, act=act, about=person_id,
               facts=facts, texts={"reason": proposal.payload["reason"]})  # fmt: skip
    return {"person_id": person_id, "enrol_code": code}, {"person_id": person_id}
