"""The bytes that are sealed, version 1 (ADR 0004). Pure.

A record is ASCII JSON with sorted keys and no spaces, of exactly these fields:

    v        1
    chapter  the book (the Union's root unit for the Union's own)
    seq      number in the book, from 1 without gap
    at       microseconds since 1970 UTC
    clock    "real", or the name of a clock that is not
    by       person, "" at set-up        device   device, "" where there is none
    act      a word of terms.Act         about    the id of what it was done to
    facts    what, before and after: words of the glossary, ids, whole numbers; nothing personal
    texts    name → commitment of each free text or personal value
    entry    null, or {id, kind, pot, cycle, day, lines: [[line, debit, credit, amount, member,
             periods, reverses_seq, reverses_line], …]} with account and member numbers

    commitment = SHA-256(salt ‖ text)          leaf = SHA-256(0x00 ‖ record)
    head       = SHA-256(0x01 ‖ head before ‖ leaf), the first on SHA-256("solon/1 " ‖ chapter)
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

VERSION = 1


def record(
    *,
    chapter: str,
    seq: int,
    at: int,
    clock: str,
    by: str,
    device: str,
    act: str,
    about: str,
    facts: dict[str, Any],
    texts: dict[str, str],
    entry: dict[str, Any] | None,
) -> bytes:
    """The sealed bytes of one act."""
    fields = {
        "v": VERSION,
        "chapter": chapter,
        "seq": seq,
        "at": at,
        "clock": clock,
        "by": by,
        "device": device,
        "act": act,
        "about": about,
        "facts": facts,
        "texts": texts,
        "entry": entry,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def commitment(salt: bytes, text: str) -> str:
    """What a record says of a text that may one day be erased."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def genesis(chapter: str) -> bytes:
    """The head of an empty book."""
    return hashlib.sha256(b"solon/1 " + chapter.encode("ascii")).digest()


def leaf(content: bytes) -> bytes:
    """The hash of one record."""
    return hashlib.sha256(b"\x00" + content).digest()


def head(before: bytes, leaf_hash: bytes) -> bytes:
    """The head after one more record."""
    return hashlib.sha256(b"\x01" + before + leaf_hash).digest()


_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read for another


def check_code(head_hash: bytes) -> str:
    """Eight letters of a head for paper and voice: `K7Q2-9DXM` (40 bits)."""
    number = int.from_bytes(head_hash[:5], "big")
    letters = "".join(_LETTERS[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"
