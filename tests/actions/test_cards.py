"""A member's card: who makes it, how its PIN is set once, what ends it, and what it opens."""

from __future__ import annotations

from typing import Any

import pytest

from app.access import actions as access
from app.access import cards, devices, keyring
from app.access.cards import CardMade
from app.access.queries import actor_of_session
from app.access.rules import code_digest, digest
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import NotSignedIn
from app.members import queries as members
from app.reports import queries as reports
from app.savings import queries as savings
from app.terms import Actor, Membership
from tests.journeys.holders import member_and_inspector
from tests.story import Chapter, StoryClock, a_chapter, counted, refused, tidy

UNKNOWN = "0197a000-0000-7000-8000-000000000000"


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa Mai")


def make(doai: Chapter, name: str, *, by: Actor | None = None) -> CardMade:
    member_id = doai.members.get(name, name)
    return doai.db.write_now(cards.make_card, actor=by or doai.treasurer, member_id=member_id)


def make_for(
    doai: Chapter, names: str, *, asked_at: int, by: Actor | None = None
) -> list[CardMade]:
    return doai.db.write_now(
        cards.make_cards, actor=by or doai.treasurer, chapter_id=doai.id, asked_at=asked_at,
        member_ids=[doai.members.get(name, name) for name in names.split()],
    )  # fmt: skip


def take(doai: Chapter, card: CardMade, *, code: str = "", pin: str = "hers") -> None:
    doai.db.write_now(
        cards.take_card, card_id=card.card_id, first_pin_code=code or card.first_pin_code,
        pin_hash=pin,
    )  # fmt: skip


def opened(doai: Chapter, card: CardMade) -> str:
    """The token of a session that the card began."""
    known = doai.db.read_now(keyring.known_card, card.card_id)
    assert known is not None
    return doai.db.write_now(
        access.begin_session, person_id=known.person_id, card_id=card.card_id, hours=1
    )


def who(doai: Chapter, token: str) -> Actor | None:
    return doai.db.read_now(actor_of_session, digest(token))


def pin_of(doai: Chapter, card: CardMade) -> str | None:
    return str(doai.db.read_now(
        Tx.rows, "SELECT pin_hash FROM card WHERE id = ?", (card.card_id,)
    )[0][0])  # fmt: skip


# Who makes it


def test_who_makes_cards(doai: Chapter) -> None:
    """The deputy stands in; whoever is elsewhere finds no such member."""
    trung = a_chapter(doai.db, "Tư", under=doai.union, name="Chi hội thôn Trung")
    for by in (doai.treasurer, doai.head, doai.deputy):
        make(doai, "Lan", by=by)
    refused("not_your_office", make, doai, "Lan", by=doai.inspector)
    above = doai.union
    for by in (trung.treasurer, above.leader, above.provincial, above.administrator):
        refused("not_found", make, doai, "Lan", by=by)
    take(doai, lan := make(doai, "Lan"))
    herself = who(doai, opened(doai, lan))
    assert herself
    refused("not_found", make, doai, "Lan", by=herself)
    refused("not_found", make, doai, UNKNOWN)
    assert counted(doai.db, "card") == 4


def test_a_card_is_sealed_without_its_code(doai: Chapter) -> None:
    """Made and taken are two records; nobody who reads the trail can use them."""
    before, _ = doai.head_now()
    card = make(doai, "Hoa")
    take(doai, card)
    sql = "SELECT act, person_id, content FROM trail WHERE chapter_id = ? AND seq > ? ORDER BY seq"
    told = doai.db.read_now(Tx.rows, sql, (doai.id, before))
    assert [act for act, _, _ in told] == ["card_made", "card_taken"]
    assert [by == doai.treasurer.person_id for _, by, _ in told] == [True, False]
    for _, _, record in told:
        text = bytes(record).decode()
        assert card.card_id in text
        for secret in (card.first_pin_code, code_digest(card.first_pin_code).hex(), "hers"):
            assert secret not in text
    assert doai.findings() == []


def test_several_or_none(doai: Chapter, clock: StoryClock) -> None:
    trung = a_chapter(doai.db, "Tư", under=doai.union, name="Chi hội thôn Trung")
    refused("not_found", make_for, doai, f"Lan {trung.members['Tư']}", asked_at=clock())
    assert counted(doai.db, "card") == 0
    made = make_for(doai, "Hoa Lan", asked_at=clock())
    held = {name: doai.db.read_now(keyring.known_card, card.card_id)
            for name, card in zip(("Hoa", "Lan"), made, strict=True)}  # fmt: skip
    assert {name: card and card.member_id for name, card in held.items()} == {
        name: doai.members[name] for name in ("Hoa", "Lan")
    }
    refused("not_your_office", make_for, doai, "Mai", asked_at=clock(), by=doai.inspector)


def test_a_page_sent_twice_voids_nothing(doai: Chapter, clock: StoryClock) -> None:
    """A double tap: the cards on the sheet of paper stay good, also those of the others."""
    asked_at = clock()
    printed = make_for(doai, "Lan Hoa", asked_at=asked_at)
    refused("cards_made", make_for, doai, "Lan Hoa", asked_at=asked_at)
    refused("cards_made", make_for, doai, "Mai Hoa", asked_at=asked_at)
    for card in printed:
        take(doai, card)
    make_for(doai, "Mai", asked_at=asked_at)
    make_for(doai, "Lan Hoa", asked_at=clock())  # asked anew, on another page
    assert counted(doai.db, "card") == 5


# Her PIN, once


def test_the_first_pin_is_set_once(doai: Chapter) -> None:
    card = make(doai, "Lan")
    held = doai.db.read_now(keyring.known_card, card.card_id)
    assert held is not None and held.pin_hash is None
    take(doai, card, code=card.first_pin_code.lower().replace("-", " "))
    assert pin_of(doai, card) == "hers"
    refused("card_wrong", take, doai, card, pin="the treasurer's")
    assert pin_of(doai, card) == "hers"


def test_whatever_is_wrong_is_one_answer(doai: Chapter, clock: StoryClock) -> None:
    taken, revoked, wrong, late = (make(doai, name) for name in ("Lan", "Hoa", "Mai", "Hoa"))
    take(doai, taken)
    unknown = CardMade(UNKNOWN, taken.first_pin_code)
    answers = [
        refused("card_wrong", take, doai, taken),
        refused("card_wrong", take, doai, revoked),
        refused("card_wrong", take, doai, wrong, code="AAAAA-AAAAA"),
        refused("card_wrong", take, doai, wrong, code=late.first_pin_code),
        refused("card_wrong", take, doai, unknown),
    ]
    clock.wait(minutes=14 * 24 * 60)
    answers.append(refused("card_wrong", take, doai, late))
    told = {(type(answer), str(answer), answer.field) for answer in answers}
    assert len(told) == 1 and told.pop()[0] is NotSignedIn


@pytest.mark.parametrize(("days", "good"), [(13, True), (14, False), (400, False)])
def test_a_strip_is_good_for_two_weeks(
    doai: Chapter, clock: StoryClock, days: int, good: bool
) -> None:
    card = make(doai, "Lan")
    clock.wait(minutes=days * 24 * 60)
    if good:
        take(doai, card)
    else:
        refused("card_wrong", take, doai, card)


# What ends it


def test_a_new_card_ends_the_old_one(doai: Chapter) -> None:
    old, hoas = make(doai, "Lan"), make(doai, "Hoa")
    take(doai, old)
    take(doai, hoas)
    token, other = opened(doai, old), opened(doai, hoas)
    new = make(doai, "Lan", by=doai.head)
    assert who(doai, token) is None
    assert doai.db.read_now(keyring.known_card, old.card_id) is None
    assert who(doai, other), "only hers"
    take(doai, new, pin="another")
    assert who(doai, opened(doai, new))


def test_a_new_card_leaves_her_office_alone(doai: Chapter) -> None:
    """Sen is an inspector too: what she opened on her own phone goes on."""
    person = member_and_inspector(doai, "Sen").person_id
    token = doai.db.write_now(access.begin_session, person_id=person, hours=1)
    take(doai, make(doai, "Sen"))
    make(doai, "Sen")
    assert who(doai, token)


# What it opens


def test_a_card_opens_her_own_book_and_nothing_else(doai: Chapter) -> None:
    """
    20/10 sheet  Sen 5.000/5, Hoa 1.000/1
    """
    member_and_inspector(doai, "Sen")
    doai.sheet("Sen 5.000/5, Hoa 1.000/1")
    take(doai, card := make(doai, "Sen"))
    sen = who(doai, opened(doai, card))
    assert sen == Actor(sen.person_id if sen else "", None, (),
                        Membership(doai.id, doai.members["Sen"]))  # fmt: skip
    read = doai.db.read_now
    assert read(reports.balance, actor=sen, member_id=doai.members["Sen"]).savings == 5000
    assert len(read(reports.statement, actor=sen, member_id=doai.members["Sen"])) == 1
    for other in ("Hoa", "Mai"):
        of = {"actor": sen, "member_id": doai.members[other]}
        refused("not_found", read, reports.balance, **of)
        refused("not_found", read, reports.statement, **of)
        refused("not_found", read, members.member, **of)
    refused("not_found", read, members.members, actor=sen, chapter_id=doai.id)
    refused("not_found", read, savings.pots, actor=sen, chapter_id=doai.id)
    refused("not_found", doai.sheet, "Sen 1.000/1", by=sen)
    assert doai.book().startswith(
        tidy(str(test_a_card_opens_her_own_book_and_nothing_else.__doc__))
    )


def test_a_cards_pin_is_not_her_officers_pin(doai: Chapter) -> None:
    """Whoever hands a card to an officer sets a PIN of the card, and comes near no office."""
    made = member_and_inspector(doai, "Sen")
    doai.db.write_now(
        access.enrol_device, enrol_code=made.enrol_code, person_id=made.person_id,
        new_pin_hash="the officer's", label="máy",
    )  # fmt: skip
    take(doai, card := make(doai, "Sen"), pin="the card's")

    def pins() -> tuple[Any, str | None]:
        sql = "SELECT pin_hash FROM person WHERE id = ?"
        return doai.db.read_now(Tx.rows, sql, (made.person_id,))[0][0], pin_of(doai, card)

    assert pins() == ("the officer's", "the card's")
    with_card = opened(doai, card)
    with_phone = doai.db.write_now(access.begin_session, person_id=made.person_id, hours=1)
    changes = (
        (with_card, "the card's", "a new one of the card"),
        (with_phone, "the officer's", "a new one of hers"),
    )
    for token, old, pin in changes:
        actor = who(doai, token)
        assert actor
        doai.db.write_now(devices.change_pin, actor=actor, old_hash=old, pin_hash=pin, token=token)
    assert pins() == ("a new one of hers", "a new one of the card")
    assert who(doai, with_card) and who(doai, with_phone), "neither ends the other"
