"""The trail as people read it: who did what, when, on which device, in plain words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import clock, money
from app.access.queries import person_name, require
from app.access.rules import ROLE_WORDS, May
from app.approvals.kinds import KINDS
from app.approvals.words import PLACES
from app.db.tx import Tx
from app.errors import not_found
from app.reports.queries import paper
from app.reports.trail_words import VERDICT_WORDS
from app.terms import Act, Actor, Place, Role, Verdict


@dataclass(frozen=True, slots=True)
class Record:
    """A sealed record for whoever recomputes the chain."""

    seq: int
    at: str
    act: str
    record: str
    leaf: str
    head: str


def records(db: Tx, *, actor: Actor, chapter_id: str, after_seq: int, limit: int) -> list[Record]:
    """Sealed records in order."""
    require(db, actor=actor, may=May.READ_TRAIL, unit_id=chapter_id)
    rows = db.rows(
        "SELECT seq, at, act, content, leaf, head FROM trail"
        " WHERE chapter_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        (chapter_id, after_seq, limit),
    )
    return [
        Record(seq, clock.rfc3339(at), act, bytes(content).decode(), bytes(leaf).hex(),
               bytes(head).hex())
        for seq, at, act, content, leaf, head in rows
    ]  # fmt: skip


def head(db: Tx, *, actor: Actor, chapter_id: str) -> tuple[int, str]:
    """Where the book stands."""
    require(db, actor=actor, may=May.READ_TRAIL, unit_id=chapter_id)
    row = db.row("SELECT seq, head FROM book WHERE chapter_id = ?", (chapter_id,))
    if row is None:
        raise not_found()
    return row[0], bytes(row[1]).hex()


@dataclass(frozen=True, slots=True)
class Told:
    """One record in plain words; `head` makes the check code printed on slips."""

    seq: int
    at: str
    who: str
    device: str | None
    act: str
    values: dict[str, str]
    reason: str | None
    head: bytes
    paper: str | None  # where the entry stands that it sealed


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the trail, newest first, and who can be filtered by."""

    items: list[Told]
    people: list[tuple[str, str]]
    older: int | None
    seq: int
    head: str


def page(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    person_id: str | None = None,
    day: date | None = None,
    act: Act | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> Page:
    """The trail in plain words, filtered by person, day and kind: it names members."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    seq, head_hex = head(db, actor=actor, chapter_id=chapter_id)
    more, params = "", {"chapter": chapter_id, "limit": limit}
    if person_id:
        more, params["person"] = f"{more} AND t.person_id = :person", person_id
    if act:
        more, params["act"] = f"{more} AND t.act = :act", act.value
    if before_seq:
        more, params["before"] = f"{more} AND t.seq < :before", before_seq
    if day:
        more += " AND t.at >= :begins AND t.at < :ends"
        params["begins"] = clock.midnight(day)
        params["ends"] = clock.midnight(day) + 86_400_000_000
    rows = db.rows(
        "SELECT t.seq, t.at, p.name, d.label, t.content, t.head FROM trail t"
        " LEFT JOIN person p ON p.id = t.person_id LEFT JOIN device d ON d.id = t.device_id"
        f" WHERE t.chapter_id = :chapter{more} ORDER BY t.seq DESC LIMIT :limit",
        params,
    )
    people = db.rows(
        "SELECT p.id, p.name FROM person p WHERE EXISTS (SELECT 1 FROM trail t"
        " WHERE t.chapter_id = ? AND t.person_id = p.id) ORDER BY p.sort_key",
        (chapter_id,),
    )
    return Page(
        items=[_told(db, chapter_id, row) for row in rows],
        people=[(id, name) for id, name in people],
        older=rows[-1][0] if len(rows) == limit else None,
        seq=seq,
        head=head_hex,
    )


def _told(db: Tx, chapter_id: str, row: tuple[Any, ...]) -> Told:
    seq, at, who, device, content, head_hash = row
    sealed = json.loads(bytes(content))
    texts = dict(
        db.rows(
            "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?", (chapter_id, seq)
        )
    )
    return Told(
        seq=seq,
        at=f"{datetime.fromtimestamp(at // 1_000_000, clock.VIETNAM):%d/%m/%Y %H:%M}",
        who=who or "",
        device=device,
        act=sealed["act"],
        values=_values(db, chapter_id, sealed, texts),
        reason=texts.get("reason") or None,
        head=bytes(head_hash),
        paper=paper(entry["kind"], entry["id"]) if (entry := sealed["entry"]) else None,
    )


def _values(
    db: Tx, chapter_id: str, sealed: dict[str, Any], texts: dict[str, str]
) -> dict[str, str]:
    """What the sentence of an act is filled with."""
    facts, entry = sealed["facts"], sealed["entry"]
    values = {"name": texts.get("name") or texts.get("label") or "", "number": "", "total": ""}
    values |= {name: money.show(facts[name]) for name in ("counted", "book") if name in facts}
    ways = ("from", "to") if sealed["act"] == Act.CASH_MOVED else ()
    values |= {f"{way}_place": PLACES[Place(facts[way])] for way in ways}
    if entry:
        day = date.fromisoformat(entry["day"])
        values["total"] = money.show(sum(line[3] for line in entry["lines"]))
        values["amount"] = money.show(entry["lines"][0][3])
        values["lines"] = str(len(entry["lines"]))
        values["day"] = f"{day:%d/%m/%Y}"
    if sealed["act"] == Act.SHEET_HELD:
        day = date.fromisoformat(facts["day"])
        values["total"], values["lines"] = money.show(facts["total"]), str(facts["lines"])
        values["day"] = f"{day:%d/%m/%Y}"
    if "entry_seq" in facts:
        values["entry_seq"] = str(facts["entry_seq"])
    if "number" in facts:
        values["number"] = str(facts["number"])
    if "reverses" in facts:
        values["reverses"] = str(facts["reverses"])
    if "role" in facts:
        values["role"] = ROLE_WORDS[Role(facts["role"])]
    if "person" in facts:
        values["name"] = values["name"] or person_name(db, facts["person"])
    if "kind" in facts and facts["kind"] in KINDS:
        values["kind"] = KINDS[facts["kind"]].title
    if "asked" in facts:
        values["asked"] = money.show(facts["asked"][1]) if "loan" in facts else ""
    if "verdict" in facts:
        values["verdict"] = VERDICT_WORDS[Verdict(facts["verdict"])]
    if sealed["act"] == Act.CHARTER_SET:
        values["from_day"] = f"{date.fromisoformat(facts['after']['in_force_from']):%d/%m/%Y}"
    if sealed["act"] in OF_A_MEMBER:
        values["number"] = _number(db, chapter_id, sealed)
    return values | (_of_a_breaking(facts) if sealed["act"] in OF_A_BREAKING else {})


OF_A_BREAKING = (Act.BREAKING_OPENED, Act.BREAKING_DECIDED, Act.PIG_BROKEN)


def _of_a_breaking(facts: dict[str, Any]) -> dict[str, str]:
    told = {"lines": str(facts.get("lines", "")), "paid": money.show(facts.get("paid", 0))}
    return told | (
        {"day": f"{date.fromisoformat(facts['day']):%d/%m/%Y}"} if "day" in facts else {}
    )


OF_A_MEMBER = (Act.NEED_CLASS_ENTERED, Act.CARD_MADE, Act.CARD_TAKEN, Act.LINE_CONFIRMED)


def _number(db: Tx, chapter_id: str, sealed: dict[str, Any]) -> str:
    """The number in the book of whom a record is about, or who made it with her card."""
    column, of = ("id", sealed["about"])
    if sealed["act"] == Act.LINE_CONFIRMED:
        column, of = ("person_id", sealed["by"])
    sql = f"SELECT number FROM member WHERE chapter_id = ? AND {column} = ? ORDER BY number DESC"
    row = db.row(sql, (chapter_id, of))
    return str(row[0]) if row else ""
