"""Words for stories in which a second person signs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import SQLModel

from app.approvals import actions as approvals
from app.approvals import queries
from app.approvals.actions import Waiting
from app.approvals.kinds import KINDS
from app.charter import actions as charter
from app.db.engine import Database
from app.db.tx import Tx
from app.terms import Actor
from tests.story import DAY, TODAY, Chapter, a_charter, sign_in


def state(db: Database, waits: Waiting) -> str:
    """`waiting`, `done` or `refused`."""
    sql = "SELECT state FROM approval WHERE id = ?"
    return str(db.read_now(Tx.rows, sql, (waits.approval_id,))[0][0])


def asked(db: Database, actor: Actor) -> list[str]:
    """What waits for her signature."""
    return [a.id for a in db.read_now(queries.waiting, actor=actor)]


def asked_of(chapter: Chapter) -> str:
    """Which officers, as they sign in now, are asked to sign something: `head deputy`."""
    people = {
        "head": chapter.head, "deputy": chapter.deputy, "treasurer": chapter.treasurer,
        "inspector": chapter.inspector, "leader": chapter.union.leader,
        "provincial": chapter.union.provincial, "administrator": chapter.union.administrator,
    }  # fmt: skip
    return " ".join(
        name
        for name, actor in people.items()
        if asked(chapter.db, chapter.db.write_now(sign_in, actor.person_id))
    )


def signs(db: Database, by: Actor, waits: Waiting) -> dict[str, Any]:
    """The second signature, on exactly what waits."""
    return db.write_now(
        approvals.sign, actor=by, approval_id=waits.approval_id, fingerprint=waits.fingerprint
    )


def refuses(db: Database, by: Actor, waits: Waiting, reason: str = "chưa rõ") -> None:
    """She does not sign, or takes back her own."""
    db.write_now(approvals.refuse, actor=by, approval_id=waits.approval_id, reason=reason)


def rules_from(
    chapter: Chapter, minimum: int, *, by: Actor | None = None, days: int = 1
) -> Waiting:
    """New rules are asked for, from that many days after 20/10."""
    return chapter.db.write_now(
        charter.propose_charter, actor=by or chapter.treasurer, chapter_id=chapter.id,
        charter=a_charter(minimum_per_period=minimum), on=TODAY + days * DAY,
    )  # fmt: skip


def asked_before_waiting_was_asked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two may wait for one line: so it was in books of before, and they keep what waits."""
    kind = replace(KINDS["reversal"], takes=lambda _: ())
    monkeypatch.setitem(KINDS, "reversal", kind)


def tables(db: Database) -> dict[str, list[str]]:
    """Every row of every table: equal before and after, nothing was changed."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    return {
        name: sorted(repr(row) for row in db.read_now(Tx.rows, f'SELECT * FROM "{name}"'))
        for name in names
    }


def last_seal(db: Database, book: str) -> dict[str, Any]:
    """What was sealed last in a book, as its bytes say it."""
    sql = "SELECT content FROM trail WHERE chapter_id = ? ORDER BY seq DESC LIMIT 1"
    found: dict[str, Any] = json.loads(bytes(db.read_now(Tx.rows, sql, (book,))[0][0]))
    return found


def sealed(db: Database) -> str:
    """All sealed bytes of all books."""
    rows = db.read_now(Tx.rows, "SELECT content FROM trail")
    return "\n".join(bytes(content).decode() for (content,) in rows)
