"""Who opens another's record leaves a line that she can read: doors call this behind the read."""

from __future__ import annotations

from app import clock
from app.db.engine import Database
from app.db.tx import Tx
from app.terms import Actor, Role

HOUR = 3_600_000_000
_noted: dict[tuple[str, str], int] = {}


def is_daily_work(actor: Actor, chapter_id: str) -> bool:
    """Her own record, and the treasurer's daily work, leave no line."""
    return actor.member is not None or any(
        o.role is Role.TREASURER and o.unit_id == chapter_id for o in actor.offices
    )


def note_view(
    db: Tx, *, actor: Actor, chapter_id: str, member_id: str, why: str | None = None
) -> None:
    """Leave a line: who opened her record, to the hour; where a purpose was told, each time.

    A member who exists only in somebody's practice copy leaves none.
    """
    sql = "SELECT 1 FROM member WHERE chapter_id = ? AND id = ?"
    if db.row(sql, (chapter_id, member_id)) is None:
        return
    now = clock.now()
    db.run(
        "INSERT INTO record_view (chapter_id, member_id, viewer_id, at, why)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (chapter_id, member_id, actor.person_id, now if why else now // HOUR * HOUR, why),
    )


def note_views(
    db: Tx, *, actor: Actor, whom: list[tuple[str, str]], why: str | None = None
) -> None:
    """A line in each record that a list opened to her (chapter and member)."""
    for chapter_id, member_id in whom:
        note_view(db, actor=actor, chapter_id=chapter_id, member_id=member_id, why=why)


async def leave_lines(
    db: Database, actor: Actor, whom: list[tuple[str, str]], why: str | None = None
) -> None:
    """As `leave_line`, for all whose names stand on one page."""
    fresh = [
        at for at in dict.fromkeys(whom)
        if why or _noted.get((actor.person_id, at[1])) != clock.now() // HOUR
    ]  # fmt: skip
    if fresh:
        await db.write(note_views, actor=actor, whom=fresh, why=why)
        _noted.update({(actor.person_id, at[1]): clock.now() // HOUR for at in fresh})


async def leave_line(
    db: Database, actor: Actor, chapter_id: str, member_id: str, why: str | None = None
) -> None:
    """Once an hour, or with a purpose each time; daily work leaves none."""
    hour = clock.now() // HOUR
    at = (actor.person_id, member_id)
    if is_daily_work(actor, chapter_id) or (why is None and _noted.get(at) == hour):
        return
    if len(_noted) > 10_000:
        _noted.clear()
    await db.write(note_view, actor=actor, chapter_id=chapter_id, member_id=member_id, why=why)
    _noted[at] = hour
