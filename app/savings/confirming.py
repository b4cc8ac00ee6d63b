"""A member says of her own line whether it is right; a "wrong" reaches the chapter head."""

from __future__ import annotations

from app import ids
from app.audit import trail
from app.db.tx import Tx
from app.errors import NotAllowed, not_found
from app.models.approvals import Confirmation
from app.terms import Act, Actor, Verdict


def confirm_line(
    db: Tx, *, actor: Actor, member_id: str, line_id: str, verdict: Verdict, note: str | None
) -> None:
    """Note her word on a line; she may change it, every word is sealed, the last counts.

    Raises NotAllowed for an officer, NotFound for another's line.
    """
    if actor.member is None:
        raise NotAllowed(
            "not_your_office", "Chỉ chính chị hội viên nói dòng của mình đúng hay sai."
        )
    if actor.member.member_id != member_id:
        raise not_found()
    chapter_id = actor.member.chapter_id
    trail.open_book(db, chapter_id)
    entry_id, line = ids.entry_and_line(line_id)
    row = db.row(
        "SELECT m.seq FROM entry e JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        " JOIN member b ON b.chapter_id = m.chapter_id AND b.number = m.member_no"
        " WHERE e.chapter_id = ? AND e.id = ? AND m.line = ? AND b.id = ?",
        (chapter_id, entry_id, line, member_id),
    )
    if row is None:
        raise not_found()
    seal = trail.seal(
        db,
        chapter_id=chapter_id,
        actor=actor,
        act=Act.LINE_CONFIRMED,
        about=entry_id,
        facts={"line": line, "entry_seq": row[0], "verdict": verdict.value},
        texts={"note": note},
    )
    db.insert(
        Confirmation(
            chapter_id=chapter_id,
            seq=seal.seq,
            member_id=member_id,
            entry_seq=row[0],
            line=line,
            verdict=verdict,
            note=note,
        )
    )
