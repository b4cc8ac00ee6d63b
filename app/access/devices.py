"""A lost phone is reported in one step; sign-ins are ended, PINs changed (actions)."""

from __future__ import annotations

from app import clock
from app.access import attempts, keyring, queries
from app.access.attempts import Counted
from app.access.rules import digest
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict, not_found
from app.terms import Act, Actor, Revoked


def revoke_device(db: Tx, *, actor: Actor, device_id: str) -> None:
    """End a device and all its sessions: one's own, or a fellow officer's lost phone."""
    owner = keyring.owner_of_device(db, device_id)
    keyring.check_reach(db, actor=actor, person_id=owner)
    units = queries.units_of_person(db, owner)
    book = queries.book_of(db, units[0]) if units else queries.root(db)
    trail.open_book(db, book)
    now = clock.now()
    ended = "UPDATE device SET revoked_at = ?, revoked_why = ? WHERE id = ?"
    db.run(ended, (now, Revoked.REPORTED.value, device_id))
    db.run(
        "UPDATE session SET revoked_at = ? WHERE device_id = ? AND revoked_at IS NULL",
        (now, device_id),
    )
    trail.seal(db, chapter_id=book, actor=actor, act=Act.DEVICE_REVOKED, about=device_id,
               facts={"person": owner})  # fmt: skip


def end_devices(db: Tx, *, person_id: str, why: Revoked) -> None:
    """End all her devices within a larger act; only those that end with her office may hand over."""
    sql = (
        "UPDATE device SET revoked_at = ?, revoked_why = ?"
        " WHERE person_id = ? AND revoked_at IS NULL"
    )
    db.run(sql, (clock.now(), why.value, person_id))


def revoke_session(db: Tx, *, actor: Actor, session_id: str) -> None:
    """End one of one's own sign-ins. Raises NotFound."""
    hers, of = _hers(actor)
    ended = db.run(
        f"UPDATE session SET revoked_at = ? WHERE id = ? AND {hers} AND revoked_at IS NULL",
        (clock.now(), session_id, *of),
    )
    if not ended:
        raise not_found()


def revoke_sessions(db: Tx, *, actor: Actor) -> None:
    """End all of one's own sign-ins, this one too."""
    hers, of = _hers(actor)
    db.run(
        f"UPDATE session SET revoked_at = ? WHERE {hers} AND revoked_at IS NULL",
        (clock.now(), *of),
    )


def _hers(actor: Actor) -> tuple[str, tuple[str, ...]]:
    """An officer's sessions on her devices, or those of a member's one card."""
    if actor.member is None:
        return "person_id = ? AND card_id IS NULL", (actor.person_id,)
    cards = "card_id IN (SELECT id FROM card WHERE chapter_id = ? AND member_id = ?)"
    return cards, (actor.member.chapter_id, actor.member.member_id)


def change_pin(
    db: Tx, *, actor: Actor, old_hash: str | None, pin_hash: str, token: str, counted: Counted = ()
) -> None:
    """A new PIN, for her devices or her card; every other session of hers ends.

    Raises Conflict `pin_changed` where the old one is not at rest any more.
    """
    if actor.member:
        sql = "SELECT card_id FROM session WHERE token_hash = ?"
        of = db.rows(sql, (digest(token),))[0][0]
        others = "card_id = ?"
        update = "UPDATE card SET pin_hash = ? WHERE id = ? AND pin_hash = ?"
    else:
        of = actor.person_id
        others = "card_id IS NULL AND person_id = ?"
        update = "UPDATE person SET pin_hash = ? WHERE id = ? AND pin_hash = ?"
    if not db.run(update, (pin_hash, of, old_hash)):
        raise Conflict("pin_changed", "Mã PIN vừa đổi ở nơi khác. Mời chị vào sổ lại.")
    db.run(
        f"UPDATE session SET revoked_at = ? WHERE {others} AND token_hash <> ?"
        " AND revoked_at IS NULL",
        (clock.now(), of, digest(token)),
    )
    attempts.forgive(db, counted=counted)
