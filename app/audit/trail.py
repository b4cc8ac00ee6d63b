"""The only pen that seals, and the check of what it sealed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app import clock
from app.audit import chain
from app.db.tx import Tx
from app.errors import not_found
from app.models.trail import Book, TrailRow, TrailText
from app.terms import Act, Actor


@dataclass(frozen=True, slots=True)
class Seal:
    """Where an act stands in the book: what a receipt shows."""

    seq: int
    head: str
    at: int


def open_book(db: Tx, chapter_id: str) -> None:
    """Lock a book before reading anything that a write rests on.

    Two writers of one chapter come one after the other; without this PostgreSQL loses updates.
    Acts on several books open them in ascending order of id.
    """
    if chapter_id not in db.books:
        sql = f"SELECT seq, head FROM book WHERE chapter_id = ?{db.for_update}"
        found = db.row(sql, (chapter_id,))
        if found is None:
            raise not_found()
        db.books[chapter_id] = (found[0], bytes(found[1]))


def begin_book(db: Tx, chapter_id: str) -> None:
    """A new empty book."""
    head = chain.genesis(chapter_id)
    db.insert(Book(chapter_id=chapter_id, seq=0, head=head))
    db.books[chapter_id] = (0, head)


def next_seq(db: Tx, chapter_id: str) -> int:
    """The number the next seal of an open book will have."""
    return db.books[chapter_id][0] + 1


def seal(
    db: Tx,
    *,
    chapter_id: str,
    actor: Actor,
    act: Act,
    about: str,
    facts: Mapping[str, Any] | None = None,
    texts: Mapping[str, str | None] | None = None,
    entry: dict[str, Any] | None = None,
) -> Seal:
    """Append a record to an open book, in the transaction of what it seals.

    `facts` may hold ids, whole numbers and words of the glossary. Names, phones and free text go
    to `texts`: the record gets their salted commitment, the words stay where they can be erased.
    """
    before_seq, before = db.books[chapter_id]
    seq, at = before_seq + 1, clock.now()
    kept = [
        (chapter_id, seq, name, words, secrets.token_bytes(16))
        for name, words in (texts or {}).items()
        if words
    ]
    content = chain.record(
        chapter=chapter_id,
        seq=seq,
        at=at,
        clock=clock.name(),
        by=actor.person_id,
        device=actor.device_id or "",
        act=act.value,
        about=about,
        facts=dict(facts or {}),
        texts={name: chain.commitment(salt, words) for _, _, name, words, salt in kept},
        entry=entry,
    )
    leaf = chain.leaf(content)
    head = chain.head(before, leaf)
    db.insert_rows(
        TrailRow,
        "chapter_id seq prev_seq at act person_id device_id content leaf head",
        [(chapter_id, seq, before_seq or None, at, act.value, actor.person_id or None,
          actor.device_id, content, leaf, head)],
    )  # fmt: skip
    db.run("UPDATE book SET seq = ?, head = ? WHERE chapter_id = ?", (seq, head, chapter_id))
    if kept:
        db.insert_rows(TrailText, "chapter_id seq name words salt", kept)
    db.books[chapter_id] = (seq, head)
    return Seal(seq, head.hex(), at)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, and where."""

    chapter_id: str
    what: str


def verify(db: Tx, chapter_id: str, *, at_seq: int = 0, at_head: str = "") -> Iterator[Finding]:
    """Recompute a book's chain from its stored bytes; `at_head` is a head noted earlier."""
    head, expected = chain.genesis(chapter_id), 1
    last: tuple[int, bytes] = (0, head)
    words = _texts(db, chapter_id)
    for row in _records(db, chapter_id):
        seq, content = row[0], bytes(row[5])
        if seq != expected:
            yield Finding(chapter_id, f"trail {expected}: missing")
        expected = seq + 1
        head = chain.head(head, chain.leaf(content))
        if bytes(row[6]) != chain.leaf(content) or bytes(row[7]) != head:
            yield Finding(chapter_id, f"trail {seq}: broken seal")
            head = bytes(row[7])
        yield from _faults_of(chapter_id, row, content, words.get(seq, {}))
        if seq == at_seq and head.hex() != at_head:
            yield Finding(chapter_id, f"trail {seq}: not the head that was noted")
        last = (seq, head)
    if at_seq > last[0]:
        yield Finding(chapter_id, f"trail {at_seq}: gone, the book ends at {last[0]}")
    stands = db.row("SELECT seq, head FROM book WHERE chapter_id = ?", (chapter_id,))
    if stands is None or (stands[0], bytes(stands[1])) != last:
        yield Finding(chapter_id, "book: its head is not the last record's")


def _faults_of(
    chapter_id: str, row: tuple[Any, ...], content: bytes, words: dict[str, tuple[str, bytes]]
) -> Iterator[Finding]:
    seq = row[0]
    try:
        fields = json.loads(content)
        sealed = (fields["chapter"], fields["seq"], fields["at"], fields["act"],
                  fields["by"] or None, fields["device"] or None)  # fmt: skip
        texts: dict[str, str] = dict(fields["texts"])
    except (ValueError, KeyError, TypeError):
        yield Finding(chapter_id, f"trail {seq}: unreadable")
        return
    if sealed != (chapter_id, *row[:5]):
        yield Finding(chapter_id, f"trail {seq}: columns are not what was sealed")
    for name, (text, salt) in words.items():
        # An erased text has an empty word and stays erased; a changed one is found here.
        if text and texts.get(name) != chain.commitment(salt, text):
            yield Finding(chapter_id, f"trail {seq}: {name} is not what was sealed")


def _records(db: Tx, chapter_id: str) -> Iterator[tuple[Any, ...]]:
    """All records in order, a thousand at a time."""
    after = 0
    sql = (
        "SELECT seq, at, act, person_id, device_id, content, leaf, head FROM trail"
        " WHERE chapter_id = ? AND seq > ? ORDER BY seq LIMIT 1000"
    )
    while rows := db.rows(sql, (chapter_id, after)):
        yield from rows
        after = rows[-1][0]


def _texts(db: Tx, chapter_id: str) -> dict[int, dict[str, tuple[str, bytes]]]:
    found: dict[int, dict[str, tuple[str, bytes]]] = {}
    sql = "SELECT seq, name, words, salt FROM trail_text WHERE chapter_id = ?"
    for seq, name, words, salt in db.rows(sql, (chapter_id,)):
        found.setdefault(seq, {})[name] = (words, bytes(salt))
    return found
