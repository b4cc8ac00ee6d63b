"""Who opens another's record leaves a line: pages and API call this behind the read."""

from __future__ import annotations

from app import clock
from app.db.engine import Database
from app.reports import records
from app.terms import Actor

_noted: dict[tuple[str, str], int] = {}


async def leave_line(db: Database, actor: Actor, chapter_id: str, member_id: str) -> None:
    """Whoever opens another's record leaves a line, once an hour; daily work leaves none."""
    hour = clock.now() // records.HOUR
    at = (actor.person_id, member_id)
    if records.is_daily_work(actor, chapter_id) or _noted.get(at) == hour:
        return
    if len(_noted) > 10_000:
        _noted.clear()
    await db.write(records.note_view, actor=actor, chapter_id=chapter_id, member_id=member_id)
    _noted[at] = hour
