"""Who opened whose record, and all that is held on one person (Law 91/2025/QH15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app import clock
from app.access.queries import my_offices
from app.db.tx import Tx
from app.errors import not_found
from app.terms import Actor, Role

HOUR = 3_600_000_000


def is_daily_work(actor: Actor, chapter_id: str) -> bool:
    """Her own record, and the treasurer's daily work, leave no line."""
    return actor.member is not None or any(
        o.role is Role.TREASURER and o.unit_id == chapter_id for o in actor.offices
    )


def note_view(db: Tx, *, actor: Actor, chapter_id: str, member_id: str) -> None:
    """Leave a line that she can read: who opened her record, to the hour."""
    db.run(
        "INSERT INTO record_view (chapter_id, member_id, viewer_id, at, why)"
        " VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
        (chapter_id, member_id, actor.person_id, clock.now() // HOUR * HOUR),
    )


@dataclass(frozen=True, slots=True)
class RecordView:
    """Somebody opened my record; `at` in microseconds, to the hour."""

    name: str
    at: int
    why: str | None


def my_views(db: Tx, *, actor: Actor) -> list[RecordView]:
    """Who opened my record, newest first."""
    if actor.member is not None:
        where, who = "v.chapter_id = ? AND v.member_id = ?", (actor.member.chapter_id,
                                                              actor.member.member_id)  # fmt: skip
    else:
        where, who = "m.person_id = ? AND v.viewer_id <> ?", (actor.person_id, actor.person_id)
    rows = db.rows(
        "SELECT p.name, v.at, v.why FROM record_view v JOIN person p ON p.id = v.viewer_id"
        " JOIN member m ON m.chapter_id = v.chapter_id AND m.id = v.member_id"
        f" WHERE {where} ORDER BY v.at DESC, p.id LIMIT 500",
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
        "SELECT m.chapter_id, u.name, m.id, m.number, m.joined_on, m.left_on, m.next_of_kin"
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
        offices = my_offices(db, actor.person_id)
        data["offices"] = [
            {"role": o.role, "unit": o.unit_name, "from": o.from_on, "to": o.to_on} for o in offices
        ]
        devices = db.rows(
            "SELECT label, enrolled_at FROM device WHERE person_id = ? ORDER BY enrolled_at",
            (actor.person_id,),
        )
        data["devices"] = [{"label": d[0], "enrolled_at": clock.rfc3339(d[1])} for d in devices]
    return data


def _membership(db: Tx, row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("chapter_id", "chapter", "member_id", "number", "joined_on", "left_on", "next_of_kin")
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
    return held
