"""Handovers as they are read: where the cash lies, what is signed, the record that is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock, money
from app.access.queries import (
    chapter_holding,
    offices_in_force,
    person_name,
    person_phone,
    require,
    unit_name,
)
from app.access.rules import May
from app.approvals.kinds import Proposal, Shown
from app.approvals.queries import in_reach
from app.cash import handover_rules as rules
from app.cash.handover_rules import Handed, Lying
from app.cash.queries import witnesses_named
from app.db.tx import Tx
from app.errors import Refusal, not_found
from app.ledger import balances
from app.ledger.entry import CASH_IN
from app.models.cash import Handover
from app.offices import queries as offices
from app.offices.queries import Seat
from app.offices.rules import changed_meanwhile
from app.terms import AccountKind, Actor, Kept, Place, Role


def treasurer(db: Tx, chapter_id: str) -> Seat | None:
    """Who holds the office today."""
    today = clock.today()
    seats = offices.seats(db, chapter_id, Role.TREASURER)
    return next((seat for seat in seats if seat.from_on <= today), None)


def lying(db: Tx, chapter_id: str, day: date) -> list[Lying]:
    """Every place of every pot, oldest pot first."""
    pots = db.rows("SELECT id, name, kept FROM pot WHERE chapter_id = ? ORDER BY id", (chapter_id,))
    return [
        Lying(id, name, Kept(kept), place, balances.balance(db, chapter_id, id, CASH_IN[place]),
              balances.cash_at_end(db, chapter_id, id, place, day))
        for id, name, kept in pots
        for place in Place
    ]  # fmt: skip


def figures(db: Tx, chapter_id: str) -> dict[str, Any]:
    """All that a treasurer answers for, as it is signed: cash by place, what pends, who owes."""
    sql = (
        "SELECT pot_id, kind, owner_id, balance FROM account WHERE chapter_id = ? AND balance <> 0"
        " AND kind IN ('cash_pot', 'cash_hand', 'cash_bank', 'receivable') ORDER BY pot_id, no"
    )
    rows = db.rows(sql, (chapter_id,))
    places = {kind.value: place for place, kind in CASH_IN.items()}
    owes = AccountKind.RECEIVABLE.value
    return {
        "places": sorted([pot, places[kind].value, sum_] for pot, kind, _, sum_ in rows
                         if kind != owes),
        "pending": [[one.pot_id, one.amount] for one in balances.pending(db, chapter_id)],
        "debts": [[pot, owner, sum_] for pot, kind, owner, sum_ in rows if kind == owes],
    }  # fmt: skip


def pot_names(db: Tx, chapter_id: str) -> dict[str, str]:
    """What each pot is called."""
    return dict(db.rows("SELECT id, name FROM pot WHERE chapter_id = ?", (chapter_id,)))


def may_sign_in(db: Tx, person_id: str) -> bool:
    """Whether an office lets her sign in today."""
    return bool(offices_in_force(db, person_id))


# The page


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may take over; without a phone no code would let her in."""

    person_id: str
    name: str
    has_phone: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """What an empty form rests on; no outgoing treasurer: there is nothing to hand over."""

    chapter_name: str
    outgoing_id: str | None
    outgoing: str
    lying: list[Lying]
    pending: list[tuple[str, int]]
    debts: list[tuple[str, str, int]]
    candidates: list[Candidate]
    waiting: str | None  # a handover that is to be signed already


def blank(db: Tx, *, actor: Actor, chapter_id: str, day: date) -> Blank:
    """Where the cash lies, who hands over, who may take over."""
    require(db, actor=actor, may=May.HAND_OVER, unit_id=chapter_id)
    sits = treasurer(db, chapter_id)
    stands, pots = figures(db, chapter_id), pot_names(db, chapter_id)
    waits = in_reach(db, actor=actor, state="waiting")
    return Blank(
        chapter_name=unit_name(db, chapter_id),
        outgoing_id=sits.person_id if sits else None,
        outgoing=person_name(db, sits.person_id) if sits else "",
        lying=lying(db, chapter_id, day),
        pending=[(pots[pot], amount) for pot, amount in stands["pending"]],
        debts=[(pots[pot], person_name(db, who), sum_) for pot, who, sum_ in stands["debts"]],
        candidates=_candidates(db, chapter_id, sits.person_id if sits else ""),
        waiting=next(
            (a.id for a in waits if a.kind == "handover" and a.chapter_id == chapter_id), None
        ),
    )


def _candidates(db: Tx, chapter_id: str, outgoing_id: str) -> list[Candidate]:
    """Members, and officers who are none; nobody who inspects what she would keep."""
    of = {"chapter": chapter_id, "today": clock.today(), "out": outgoing_id or chapter_id}
    holds = (
        "SELECT person_id FROM office WHERE unit_id = :chapter"
        " AND (to_on IS NULL OR to_on > :today) AND role"
    )
    rows = db.rows(
        "SELECT p.id, p.name, p.phone FROM person p WHERE p.id IN ("
        "SELECT person_id FROM member WHERE chapter_id = :chapter AND left_on IS NULL"
        f" UNION {holds} IN ('chapter_head', 'deputy')) AND p.id NOT IN ({holds} = 'inspector')"
        " AND p.id <> :out ORDER BY p.sort_key, p.id",
        of,
    )
    return [Candidate(id, name, phone is not None) for id, name, phone in rows]


# What is signed


def handover_shown(db: Tx, proposal: Proposal) -> Shown:
    """Both names, every place as counted and as booked, what is open; in label and value."""
    said, pots = proposal.payload, pot_names(db, proposal.chapter_id)
    office = said["office"]
    lines: list[tuple[str, str | Refusal]] = [
        ("outgoing", person_name(db, said["outgoing"])),
        ("incoming", office["name"] or person_name(db, office["person"])),
        ("phone", office["phone"] or person_phone(db, office["person"]) or ""),
        ("from_day", said["date"]),
        *_places(said, pots),
        *((f"pends.{pots[pot]}", money.show(amount)) for pot, amount in said["figures"]["pending"]),
        *(
            (f"owes.{person_name(db, who)}", f"{money.show(amount)} ({pots[pot]})")
            for pot, who, amount in said["figures"]["debts"]
        ),
        ("witnesses", ", ".join(witnesses_named(db, proposal.chapter_id, said["witnesses"]))),
        *((name, said[name]) for name in ("difference_reason", "reason") if said[name]),
    ]
    if said["outgoing"] != proposal.proposed_by:
        lines.insert(1, ("instead", person_name(db, proposal.proposed_by)))
    try:
        seat = treasurer(db, proposal.chapter_id)
        if seat is None or seat.person_id != said["outgoing"]:
            raise changed_meanwhile()
        rules.check_unchanged(said["figures"], figures(db, proposal.chapter_id), pots)
        day = date.fromisoformat(said["date"])
        rules.check_last_day(day, lying(db, proposal.chapter_id, day))
    except Refusal as refusal:  # what was signed stays readable afterwards
        lines.append(("no_longer", refusal))
    return lines


def _places(said: dict[str, Any], pots: dict[str, str]) -> Iterator[tuple[str, str]]:
    counted = {(one["pot"], one["place"]): one for one in said["counts"]}
    booked = {(pot, place): book for pot, place, book in said["figures"]["places"]}
    for pot, place in sorted(counted.keys() | booked.keys()):
        one, book = counted.get((pot, place)), booked.get((pot, place), 0)
        if one is None:
            yield f"as_it_lies.{place}.{pots[pot]}", money.show(book)
            continue
        yield f"counted.{place}.{pots[pot]}", money.show(one["counted"])
        if one["notes"]:
            yield "notes", notes_said(one["notes"])
        if one["counted"] != book:
            yield "book", money.show(book)
            yield "difference", money.show(one["counted"] - book)


def notes_said(notes: dict[str, int]) -> str:
    """`2 × 500.000 ₫ · 1 × 1.000 ₫`, the largest first."""
    of = sorted(((int(value), number) for value, number in notes.items() if number), reverse=True)
    times = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
    return " · ".join(f"{number}{times}{money.show(value)}" for value, number in of)


# The record


@dataclass(frozen=True, slots=True)
class HandoverShown:
    """A handover as its record says it; moments in microseconds, amounts in đồng."""

    id: str
    chapter_id: str
    chapter_name: str
    date: str
    outgoing: str
    incoming: str
    first_by: str
    second_by: str
    first_instead: bool  # another signed for the outgoing treasurer
    second_instead: bool
    places: list[Handed]
    pending: list[tuple[str, int]]  # pot, what pends with what this handover found
    debts: list[tuple[str, str, int]]  # pot, who, what she owes
    witnesses: str
    difference_reason: str | None
    reason: str | None
    at: int
    seq: int
    head: str

    @property
    def counted(self) -> int:
        """All notes that were counted."""
        return sum(place.counted or 0 for place in self.places)

    @property
    def total(self) -> int:
        """All that changed hands: as counted, and by the book where it was not."""
        return sum(p.book if p.counted is None else p.counted for p in self.places)


def handover(db: Tx, *, actor: Actor, handover_id: str) -> HandoverShown:
    """A handover within reach. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=Handover, id=handover_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    row = db.row(
        "SELECT h.seq, h.day, h.outgoing_id, h.incoming_id, h.first_signed_by, h.second_signed_by,"
        " h.counts, t.at, t.head, t.content, u.name FROM handover h"
        " JOIN trail t ON t.chapter_id = h.chapter_id AND t.seq = h.seq"
        " JOIN unit u ON u.id = h.chapter_id WHERE h.chapter_id = ? AND h.id = ?",
        (chapter_id, handover_id),
    )
    if row is None:
        raise not_found()
    seq, day, outgoing, incoming, first, second, counts, at, head, content, chapter = row
    sql = "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?"
    texts = dict(db.rows(sql, (chapter_id, seq)))
    stood, pots = json.loads(bytes(content))["facts"]["figures"], pot_names(db, chapter_id)
    places = list(_handed(db, chapter_id, json.loads(counts), stood, pots))
    found = [(place.pot_name, place.difference) for place in places if place.difference]
    return HandoverShown(
        id=handover_id,
        chapter_id=chapter_id,
        chapter_name=chapter,
        date=day,
        outgoing=person_name(db, outgoing),
        incoming=person_name(db, incoming),
        first_by=person_name(db, first),
        second_by=person_name(db, second),
        first_instead=first != outgoing,
        second_instead=second != incoming,
        places=places,
        pending=[*((pots[pot], amount) for pot, amount in stood["pending"]), *found],
        debts=[(pots[pot], person_name(db, who), sum_) for pot, who, sum_ in stood["debts"]],
        witnesses=texts.get("witnesses", ""),
        difference_reason=texts.get("difference_reason") or None,
        reason=texts.get("reason") or None,
        at=at,
        seq=seq,
        head=bytes(head).hex(),
    )


def _handed(
    db: Tx, chapter_id: str, counts: list[str], stood: dict[str, Any], pots: dict[str, str]
) -> Iterator[Handed]:
    """The counts of a handover and what went on as it lay, pot by pot."""
    rows = [
        db.rows("SELECT pot_id, place, notes, counted, book FROM cash_count"
                " WHERE chapter_id = ? AND id = ?", (chapter_id, id))[0]
        for id in counts
    ]  # fmt: skip
    done = {(row[0], row[1]): row for row in rows}
    booked = {(pot, place): book for pot, place, book in stood["places"]}
    order = [place.value for place in Place]
    for pot, place in sorted(done.keys() | booked, key=lambda at: (at[0], order.index(at[1]))):
        name, counted = pots[pot], done.get((pot, place))
        if counted is None:
            yield Handed(pot, name, Place(place), booked[pot, place])
        else:
            yield Handed(pot, name, Place(place), counted[4], json.loads(counted[2]), counted[3])
