"""Guesses are counted in the database, before anything is checked."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from app import clock
from app.access import rules
from app.access.rules import Subject
from app.db.tx import Tx

Counted = Sequence[tuple[Subject, bytes]]


def subjects(pepper: bytes, *, account: str, device: str = "", address: str = "") -> Counted:
    """What one guess is counted by: keyed hashes in one order, so that no two writers deadlock.

    The caller names an account by what was claimed, known or not, so both are counted alike.
    """
    named = ((Subject.ACCOUNT, account), (Subject.DEVICE, device), (Subject.ADDRESS, address))
    hashed = [
        (kind, hmac.new(pepper, f"{kind.value} {value}".encode(), hashlib.sha256).digest())
        for kind, value in named
        if value
    ]
    return sorted(hashed, key=lambda pair: pair[1])


def count(db: Tx, *, counted: Counted) -> None:
    """Count one guess. Raises TooMany where it may not even be looked at.

    All subjects are looked at before any is counted; a lock is told before a wait.
    """
    now = clock.now()
    stand: list[tuple[Subject, bytes, int, int]] = []
    for kind, subject in counted:
        db.run(
            "INSERT INTO attempt (subject, tries, last_at) VALUES (?, 0, 0)"
            " ON CONFLICT (subject) DO NOTHING",
            (subject,),
        )
        sql = f"SELECT tries, last_at FROM attempt WHERE subject = ?{db.for_update}"
        tries, last_at = db.rows(sql, (subject,))[0]
        if kind is Subject.ADDRESS and now - last_at >= rules.ADDRESS_WHILE:
            tries, last_at = 0, now  # an address is counted from the beginning of its while
        stand.append((kind, subject, tries, last_at))
    for kind, _, tries, last_at in sorted(stand, key=lambda one: list(Subject).index(one[0])):
        rules.check_attempt(kind, tries, last_at, now)
    for kind, subject, tries, last_at in stand:
        at = last_at if kind is Subject.ADDRESS else max(now, last_at)
        sql = "UPDATE attempt SET tries = ?, last_at = ? WHERE subject = ?"
        db.run(sql, (tries + 1, at, subject))


def forgive(db: Tx, *, counted: Counted) -> None:
    """A success clears account and device; the address gets its one try back."""
    for kind, subject in counted:
        if kind is Subject.ADDRESS:
            back = "UPDATE attempt SET tries = tries - 1 WHERE subject = ? AND tries > 0"
            db.run(back, (subject,))
        else:
            db.run("DELETE FROM attempt WHERE subject = ?", (subject,))
