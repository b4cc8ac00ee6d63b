"""Words for stories about who sits where."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock
from app.access import actions as access
from app.access import keyring
from app.access.queries import OFFICES, actor_of_session
from app.access.rules import code_digest, digest
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.db.tx import Tx
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.terms import Actor, Level, Role
from app.union import actions as union
from tests.story import FAMILY, FOUNDED, Chapter, appointed

NEW_PHONE = "0987000111"


def appoints(
    chapter: Chapter, by: Actor, role: Role, *, unit: str = "", on: date | None = None, **who: Any
) -> Any:
    """Somebody is appointed (`Mới` where nobody is named): Appointed, or Waiting."""
    more = who or {"name": f"{FAMILY} Mới", "phone": NEW_PHONE}
    return chapter.db.write_now(
        offices.appoint, actor=by, unit_id=unit or chapter.id, role=role,
        on=on or clock.today(), who=Appointee(**more), code_hours=24,
    )  # fmt: skip


def seat_of(chapter: Chapter, role: Role, unit: str = "") -> str:
    """The office that somebody holds now."""
    sql = "SELECT id FROM office WHERE unit_id = ? AND role = ? AND to_on IS NULL"
    (found,) = chapter.db.read_now(Tx.rows, sql, (unit or chapter.id, role.value))
    return str(found[0])


def ends(chapter: Chapter, by: Actor, role: Role, on: date | None = None) -> None:
    """Whoever holds it is out of office."""
    chapter.db.write_now(
        offices.end_office, actor=by, office_id=seat_of(chapter, role), on=on or clock.today(),
        reason="thôi việc",
    )  # fmt: skip


def sat(chapter: Chapter, role: Role, unit: str = "") -> str:
    """Everybody who ever held it: `treasurer 08/03/2020–20/10/2026, Mới 20/10/2026–`."""
    sql = f"{OFFICES} WHERE o.unit_id = ? AND o.role = ? ORDER BY o.id"
    rows = chapter.db.read_now(Tx.rows, sql, (unit or chapter.id, role.value))

    def day(text: str | None) -> str:
        return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""

    return ", ".join(
        f"{row[5].removeprefix(FAMILY).strip()} {day(row[6])}–{day(row[7])}" for row in rows
    )


def asks_in(
    chapter: Chapter, by: Actor, person_id: str, kind: str = "pin_reset", reason: str = "quên"
) -> Waiting:
    """A new PIN (or the end of a lock) is asked for."""
    return chapter.db.write_now(
        offices.propose_reset, actor=by, person_id=person_id, kind=kind, reason=reason,
        code_hours=24,
    )  # fmt: skip


def enters(db: Database, made: Appointed, pin: str | None = "her PIN") -> access.EnrolledDevice:
    """She lets her device in with her code, and sets her first PIN."""
    return db.write_now(
        access.enrol_device, enrol_code=made.enrol_code, person_id=made.person_id,
        new_pin_hash=pin, label="máy của chị",
    )  # fmt: skip


def sets_pin(db: Database, person_id: str) -> None:
    """She has been in before, and chose a PIN."""
    db.write_now(Tx.run, "UPDATE person SET pin_hash = 'hers' WHERE id = ?", (person_id,))


def begins(db: Database, person_id: str) -> str:
    """Her bearer token."""
    return db.write_now(access.begin_session, person_id=person_id, device_id=None, hours=12)


def opens(db: Database, token: str) -> Actor | None:
    """Whom a token stands for, if it still does."""
    return db.read_now(actor_of_session, digest(token))


def lets_in(db: Database, code: str) -> str | None:
    """Whom an enrolment code lets in, if it still does."""
    holder = db.read_now(keyring.holder_of_code, code_digest(code))
    return holder.person_id if holder else None


def another_commune(chapter: Chapter) -> tuple[str, Actor]:
    """A commune that has nothing to do with the chapter, and its leader."""

    def make(tx: Tx) -> tuple[str, Actor]:
        commune = union.create_unit(
            tx, actor=chapter.union.provincial, name="Xã Đoàn Kết", level=Level.COMMUNE,
            parent_id=chapter.union.province, from_on=FOUNDED,
        )  # fmt: skip
        return commune, appointed(tx, chapter.union.provincial, commune, Role.LEADER)

    return chapter.db.write_now(make)
