"""Members' cards: made by an officer, taken into use by the member (actions)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app import clock, ids
from app.access import attempts, keyring
from app.access.actions import new_code
from app.access.attempts import Counted
from app.access.queries import chapter_holding, require
from app.access.rules import May, code_digest, pin_trivial
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict, NotSignedIn, not_found
from app.models.access import Card
from app.models.chapter import Member
from app.terms import Act, Actor

CODE_DAYS = 14
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class CardMade:
    """A card's number and the code with which she sets her PIN, once."""

    card_id: str
    first_pin_code: str


def make_card(db: Tx, *, actor: Actor, member_id: str) -> CardMade:
    """A new card for a member; the one before, and what was signed in with it, ends."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.MAKE_CARDS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    return _make(db, actor, chapter_id, member_id)


def make_cards(
    db: Tx, *, actor: Actor, chapter_id: str, member_ids: Sequence[str], asked_at: int
) -> list[CardMade]:
    """New cards for members of one chapter, in their order, all or none.

    `asked_at` is the instant of the page that asked: sent a second time, it must not void the
    cards just printed. Raises Conflict `cards_made` where one of them got a card since, NotFound.
    """
    require(db, actor=actor, may=May.MAKE_CARDS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    these = f"({', '.join('?' for _ in member_ids)})"
    known = f"SELECT count(*) FROM member WHERE chapter_id = ? AND id IN {these}"
    if db.rows(known, (chapter_id, *member_ids))[0][0] != len(member_ids):
        raise not_found()
    since = f"SELECT 1 FROM card WHERE chapter_id = ? AND made_at >= ? AND member_id IN {these}"
    if db.row(since, (chapter_id, asked_at, *member_ids)):
        raise Conflict(
            "cards_made",
            "Thẻ vừa làm xong và mã chỉ hiện một lần. Nếu chưa in kịp, mời chị làm thẻ mới.",
        )
    return [_make(db, actor, chapter_id, member_id) for member_id in member_ids]


def end_cards(db: Tx, chapter_id: str, member_id: str) -> None:
    """Her card opens nothing any more, nor does what was signed in with it."""
    now = clock.now()
    old = "SELECT id FROM card WHERE chapter_id = ? AND member_id = ? AND revoked_at IS NULL"
    for (before,) in db.rows(old, (chapter_id, member_id)):
        db.run("UPDATE card SET revoked_at = ? WHERE id = ?", (now, before))
        db.run(
            "UPDATE session SET revoked_at = ? WHERE card_id = ? AND revoked_at IS NULL",
            (now, before),
        )


def _make(db: Tx, actor: Actor, chapter_id: str, member_id: str) -> CardMade:
    now, card_id, code = clock.now(), ids.new(), new_code()
    end_cards(db, chapter_id, member_id)
    db.insert(
        Card(
            id=card_id,
            chapter_id=chapter_id,
            member_id=member_id,
            first_code_hash=code_digest(code),
            code_expires_at=now + CODE_DAYS * _DAY,
            made_at=now,
        )
    )
    trail.seal(db, chapter_id=chapter_id, actor=actor, act=Act.CARD_MADE, about=member_id,
               facts={"card": card_id})  # fmt: skip
    return CardMade(card_id, code)


def take_card(
    db: Tx,
    *,
    card_id: str,
    first_pin_code: str,
    pin_hash: str,
    of_phone: bool = False,
    counted: Counted = (),
) -> None:
    """The member sets her PIN with the code that came with the card.

    Raises NotSignedIn `card_wrong` for an unknown card, a wrong, used or old code alike; Invalid
    `pin_trivial` for a piece of her phone number, but only told to who has the code.
    """
    known = keyring.known_card(db, card_id)
    if known is None:
        raise wrong_card()
    trail.open_book(db, known.chapter_id)
    taken = db.run(
        "UPDATE card SET pin_hash = ? WHERE id = ? AND first_code_hash = ? AND pin_hash IS NULL"
        " AND revoked_at IS NULL AND code_expires_at > ?",
        (pin_hash, card_id, code_digest(first_pin_code), clock.now()),
    )
    if not taken:
        raise wrong_card()
    if of_phone:
        raise pin_trivial()
    attempts.forgive(db, counted=counted)
    trail.seal(db, chapter_id=known.chapter_id, actor=Actor(known.person_id, None),
               act=Act.CARD_TAKEN, about=known.member_id, facts={"card": card_id})  # fmt: skip


def wrong_card() -> NotSignedIn:
    """One answer for whatever was wrong."""
    return NotSignedIn(
        "card_wrong",
        "Thẻ hoặc mã trên thẻ không đúng, đã dùng hoặc đã hết hạn. Mời chị hỏi thủ quỹ.",
        field="first_pin_code",
    )
