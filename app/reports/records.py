"""Who opened whose record, and all that is held on one person (Law 91/2025/QH15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app import clock, ids
from app.access.queries import OFFICES
from app.db.tx import Tx
from app.errors import not_found
from app.loans import history
from app.terms import Actor


@dataclass(frozen=True, slots=True)
class RecordView:
    """Somebody opened my record; `at` in microseconds, to the hour."""

    name: str
    at: int
    why: str | None


def my_views(db: Tx, *, actor: Actor) -> list[RecordView]:
    """Who opened my record, newest first."""
    where, who = "m.person_id = ?", [actor.person_id, actor.person_id]
    if actor.member is not None:
        where = "v.chapter_id = ? AND v.member_id = ?"
        who = [actor.member.chapter_id, actor.member.member_id, actor.person_id]
    rows = db.rows(
        "SELECT p.name, v.at, v.why FROM record_view v JOIN person p ON p.id = v.viewer_id"
        " JOIN member m ON m.chapter_id = v.chapter_id AND m.id = v.member_id"
        f" WHERE {where} AND v.viewer_id <> ? ORDER BY v.at DESC, p.id LIMIT 500",
        who,
    )
    return [RecordView(*row) for row in rows]


def my_data(db: Tx, *, actor: Actor) -> dict[str, Any]:
    """All data held on me; a card's session shows only that membership's."""
    person = db.row(
        "SELECT id, name, phone FROM person WHERE id = ? AND erased_at IS NULL", (actor.person_id,)
    )
    if person is None:
        raise not_found()
    data: dict[str, Any] = {"person": dict(zip(("id", "name", "phone"), person, strict=True))}
    memberships = db.rows(
        "SELECT m.chapter_id, u.name, m.id, m.number, m.joined_on, m.left_on, m.next_of_kin,"
        " m.left_because, m.moved_from"
        " FROM member m JOIN unit u ON u.id = m.chapter_id WHERE m.person_id = ? ORDER BY m.id",
        (actor.person_id,),
    )
    data["memberships"] = [
        _membership(db, row) for row in memberships
        if actor.member is None or row[2] == actor.member.member_id
    ]  # fmt: skip
    data["views"] = [
        {"who": v.name, "at": clock.rfc3339(v.at), "why": v.why} for v in my_views(db, actor=actor)
    ]
    if actor.member is None:
        data |= _as_officer(db, actor.person_id)
    cards = "card_id IS NOT NULL" if actor.member else "card_id IS NULL"
    sessions = db.rows(
        f"SELECT began_at, used_at FROM session WHERE person_id = ? AND {cards} ORDER BY began_at",
        (actor.person_id,),
    )
    data["sign_ins"] = [
        {"began_at": clock.rfc3339(began), "last_used_at": clock.rfc3339(used)}
        for began, used in sessions
    ]
    return data


def _as_officer(db: Tx, person_id: str) -> dict[str, Any]:
    """Her offices, past ones too, and her devices."""
    offices = db.rows(f"{OFFICES} WHERE o.person_id = ? ORDER BY o.from_on, o.id", (person_id,))
    devices = db.rows(
        "SELECT label, enrolled_at, revoked_at FROM device WHERE person_id = ?"
        " ORDER BY enrolled_at",
        (person_id,),
    )
    return {
        "offices": [{"role": o[1], "unit": o[3], "from": o[6], "to": o[7]} for o in offices],
        "devices": [
            {"label": label, "enrolled_at": clock.rfc3339(since),
             "revoked_at": clock.rfc3339(until) if until else None}
            for label, since, until in devices
        ],
    }  # fmt: skip


def _membership(db: Tx, row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("chapter_id", "chapter", "member_id", "number", "joined_on", "left_on", "next_of_kin",
             "left_because", "moved_from")  # fmt: skip
    held = dict(zip(names, row, strict=True))
    where = (row[0], row[2])
    held["savings"] = db.rows(
        "SELECT coalesce(sum(balance), 0) FROM account WHERE chapter_id = ? AND owner_id = ?"
        " AND kind = 'savings'",
        where,
    )[0][0]
    held["savings"] = int(held["savings"])
    held["consents"] = [
        {"purpose": purpose, "on": on}
        for purpose, on in db.rows(
            "SELECT purpose, given_on FROM consent WHERE chapter_id = ? AND member_id = ?"
            " ORDER BY purpose",
            where,
        )
    ]
    held["need_classes"] = [
        {"class": kind, "year": year, "certificate": certificate}
        for kind, year, certificate in db.rows(
            "SELECT class, year, certificate FROM need_class WHERE chapter_id = ? AND member_id = ?"
            " ORDER BY seq",
            where,
        )
    ]
    held["lines"] = _lines(db, row[0], row[3])
    held["loans"] = history.held(db, chapter_id=row[0], member_id=row[2])
    held["words"] = [
        {"line_id": ids.of_line(entry, line), "verdict": verdict, "note": note}
        for entry, line, verdict, note in db.rows(
            "SELECT e.id, c.line, c.verdict, c.note FROM confirmation c JOIN entry e"
            " ON e.chapter_id = c.chapter_id AND e.seq = c.entry_seq"
            " WHERE c.chapter_id = ? AND c.member_id = ? ORDER BY c.seq",
            where,
        )
    ]
    held["cards"] = [
        {"card_id": card, "made_at": clock.rfc3339(made),
         "revoked_at": clock.rfc3339(until) if until else None}
        for card, made, until in db.rows(
            "SELECT id, made_at, revoked_at FROM card WHERE chapter_id = ? AND member_id = ?"
            " ORDER BY made_at", where,
        )
    ]  # fmt: skip
    return held


def _lines(db: Tx, chapter_id: str, number: int) -> list[dict[str, Any]]:
    """What changed her savings; her loans have a history of their own."""
    rows = db.rows(
        "SELECT e.id, m.line, e.day, e.kind, CASE WHEN c.kind IN ('savings', 'fund')"
        " THEN m.amount ELSE -m.amount END, m.periods FROM movement m"
        " JOIN entry e ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
        " WHERE m.chapter_id = ? AND m.member_no = ?"
        "  AND (c.kind IN ('savings', 'fund') OR d.kind IN ('savings', 'fund'))"
        " ORDER BY m.seq, m.line",
        (chapter_id, number),
    )
    return [
        {"line_id": ids.of_line(entry, line), "date": day, "kind": kind, "amount": amount,
         "periods": periods}
        for entry, line, day, kind, amount, periods in rows
    ]  # fmt: skip
