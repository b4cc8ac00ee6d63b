"""Finding members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import names
from app.access.queries import reach_member, require
from app.access.rules import May
from app.db.tx import Tx
from app.terms import Actor


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A member as her chapter's officers see her."""

    id: str
    chapter_id: str
    number: int
    person_id: str
    name: str
    phone: str | None
    group_id: str | None
    joined_on: str
    left_on: str | None
    next_of_kin: str | None
    savings: int


_MEMBER = (
    "SELECT m.id, m.chapter_id, m.number, m.person_id, p.name, p.phone, m.group_id, m.joined_on,"
    " m.left_on, m.next_of_kin, (SELECT coalesce(sum(a.balance), 0) FROM account a"
    "  WHERE a.chapter_id = m.chapter_id AND a.owner_id = m.id AND a.kind = 'savings')"
    " FROM member m JOIN person p ON p.id = m.person_id WHERE m.chapter_id = :chapter"
)


def members(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    q: str = "",
    on: date | None = None,
    after: int = 0,
    limit: int = 200,
) -> list[MemberShown]:
    """Members in book order, found by name without marks or by number; `on`: in force that day."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    wanted = names.fold(q)
    more = " AND m.number > :after"
    more += " AND m.joined_on <= :on AND (m.left_on IS NULL OR m.left_on >= :on)" if on else ""
    by_number = wanted.isascii() and wanted.isdigit()
    if by_number:
        more += " AND m.number = :number"
    elif wanted:
        more += " AND p.name_fold LIKE :like ESCAPE '!'"
    rows = db.rows(
        f"{_MEMBER}{more} ORDER BY m.number LIMIT :limit",
        {
            "chapter": chapter_id,
            "after": after,
            "on": on,
            "limit": limit,
            "number": min(int(wanted), 2**31 - 1) if by_number else 0,
            "like": names.like(wanted),
        },
    )
    return [MemberShown(*row) for row in rows]


def member(db: Tx, *, actor: Actor, member_id: str) -> MemberShown:
    """One member within reach. Raises NotFound."""
    chapter_id = reach_member(db, actor=actor, member_id=member_id)
    sql = f"{_MEMBER} AND m.id = :id"
    return MemberShown(*db.rows(sql, {"chapter": chapter_id, "id": member_id})[0])


def same_name(db: Tx, *, actor: Actor, chapter_id: str, name: str) -> list[int]:
    """Numbers of members who already bear this name: allowed, but the page asks."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    rows = db.rows(
        "SELECT m.number FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND p.name_fold = ? AND m.left_on IS NULL ORDER BY m.number",
        (chapter_id, names.fold(name)),
    )
    return [row[0] for row in rows]


def chapter_name(db: Tx, chapter_id: str) -> str:
    """What a page that was allowed to be shown is headed with."""
    row = db.row("SELECT name FROM unit WHERE id = ?", (chapter_id,))
    return str(row[0]) if row else ""
