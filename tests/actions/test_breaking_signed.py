"""Two persons sign the same figures: who they may be, what voids a signature, what is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from app.breaking import signatures
from app.breaking.posting import Broken
from app.breaking.signatures import Signed
from app.charter import actions as charters
from app.db.engine import Database
from app.errors import Refusal
from app.terms import Actor, Role
from tests.actions.seats import appoints, ends
from tests.broken import Breaks
from tests.story import TODAY, Chapter, a_chapter, a_charter, a_key, a_ticket, refused, sign_in


@pytest.fixture
def breaks(db: Database, doai: Chapter) -> Breaks:
    """Counted and ready to be signed."""
    found = Breaks(doai)
    found.opens()
    found.counts(6_000)
    return found


@pytest.fixture
def doai(db: Database) -> Chapter:
    chapter = a_chapter(db, "Lan Hoa")
    chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    return chapter


PAIRS = [
    ("treasurer", "head", "posted"),
    ("treasurer", "deputy", "posted"),
    ("head", "treasurer", "posted"),
    ("deputy", "treasurer", "posted"),
    ("head", "deputy", "not_signer"),
    ("deputy", "head", "not_signer"),
    ("treasurer", "inspector", "not_your_office"),
    ("treasurer", "leader", "not_signer"),
    ("head", "leader", "not_signer"),
    ("treasurer", "treasurer", "same_person"),
    ("head", "head", "same_person"),
]


def person(doai: Chapter, name: str) -> Actor:
    found: Actor = doai.union.leader if name == "leader" else getattr(doai, name)
    return found


@pytest.mark.parametrize(("first", "second", "told"), PAIRS)
def test_who_signs_after_whom(
    breaks: Breaks, doai: Chapter, first: str, second: str, told: str
) -> None:
    assert breaks.signs(person(doai, first)).state == "signed"
    assert breaks.state() == "signed"
    before = doai.head_now()
    if told == "posted":
        assert breaks.signs(person(doai, second)).state == "posted"
        return
    refused(told, breaks.signs, person(doai, second))
    assert doai.head_now() == before and breaks.state() == "signed"


@pytest.mark.parametrize("who", ["inspector", "leader"])
def test_who_never_signs_first(breaks: Breaks, doai: Chapter, who: str) -> None:
    told = {"inspector": "not_your_office", "leader": "not_signer"}[who]
    refused(told, breaks.signs, person(doai, who))
    assert breaks.state() == "counted"


def anew(doai: Chapter, actor: Actor) -> Actor:
    """She signs in again, with the offices she has by now."""
    return doai.db.write_now(sign_in, actor.person_id)


def test_one_person_with_two_offices_signs_once(breaks: Breaks, doai: Chapter) -> None:
    """Head and treasurer in one: the deputy is the other hand."""
    ends(doai, doai.union.leader, Role.TREASURER)
    appoints(doai, doai.union.administrator, Role.TREASURER, person_id=doai.head.person_id)
    both = anew(doai, doai.head)
    assert {office.role for office in both.offices} == {Role.CHAPTER_HEAD, Role.TREASURER}
    breaks.signs(both)
    refused("same_person", breaks.signs, both)
    refused("same_person", breaks.signs, doai.head)
    assert breaks.signs(doai.deputy).state == "posted"


def test_where_nobody_else_can_a_leader_signs(breaks: Breaks, doai: Chapter) -> None:
    for role in (Role.CHAPTER_HEAD, Role.DEPUTY):
        ends(doai, doai.union.leader, role)
    breaks.signs(doai.treasurer)
    refused("not_found", breaks.signs, doai.union.provincial)
    assert breaks.signs(doai.union.leader).state == "posted"


def test_without_a_treasurer_head_and_deputy_sign(breaks: Breaks, doai: Chapter) -> None:
    ends(doai, doai.union.leader, Role.TREASURER)
    breaks.signs(doai.head)
    assert breaks.signs(doai.deputy).state == "posted"


def test_whoever_was_put_out_of_office_signed_nothing(breaks: Breaks, doai: Chapter) -> None:
    breaks.signs(doai.treasurer)
    ends(doai, doai.union.leader, Role.TREASURER)
    assert breaks.signs(doai.head).state == "signed"
    assert breaks.signs(doai.deputy).state == "posted"


# What voids a signature


def test_a_new_count_or_new_decisions_void_it(breaks: Breaks, doai: Chapter) -> None:
    stale = breaks.signs(doai.treasurer)
    assert isinstance(stale, Signed)
    breaks.counts(6_000)
    assert breaks.state() == "counted"
    refused("fingerprint_changed", breaks.signs, doai.head, fingerprint=stale.fingerprint)
    assert breaks.signs(doai.head).state == "signed"
    breaks.decides("Lan -/0/0")
    assert breaks.state() == "decided"
    assert breaks.signs(doai.head).state == "signed"
    done = breaks.signs(doai.treasurer)
    assert isinstance(done, Broken)


def test_a_member_came_between_preview_and_signature(breaks: Breaks, doai: Chapter) -> None:
    """Shown anew, with what changed; the first signature counts no more."""
    seen = breaks.signs(doai.treasurer)
    assert isinstance(seen, Signed)
    assert breaks.plan().first_signer == "Nguyễn Thị treasurer"
    doai.join("Na", on=TODAY)
    said = refused("fingerprint_changed", breaks.signs, doai.head, fingerprint=seen.fingerprint)
    assert said.values == {"numbers": "3"} and "số 3" in str(said)
    refused("fingerprint_changed", breaks.signs, doai.head, fingerprint="0" * 64)
    assert breaks.plan().first_signer is None
    assert breaks.signs(doai.head).state == "signed"
    assert breaks.signs(doai.treasurer).state == "posted"


def test_the_charter_changed_between(breaks: Breaks, doai: Chapter) -> None:
    seen = breaks.signs(doai.treasurer)
    assert isinstance(seen, Signed)
    waits = doai.db.write_now(
        charters.propose_charter, actor=doai.treasurer, chapter_id=doai.id,
        charter=a_charter(default_decision="take"), on=TODAY,
    )  # fmt: skip
    doai.signs(doai.head, waits)
    said = refused("fingerprint_changed", breaks.signs, doai.head, fingerprint=seen.fingerprint)
    assert "quy ước" in str(said)
    breaks.breaks()
    breaks.till.stands("")


# Once


def test_a_key_is_answered_as_it_was(breaks: Breaks, doai: Chapter) -> None:
    first_key, second_key = a_key(), a_key()
    print_ = breaks.plan().fingerprint

    def sent(by: Actor, key: str) -> Any:
        return doai.db.write_now(
            signatures.sign, actor=by, breaking_id=breaks.id, fingerprint=print_,
            ticket=a_ticket(key, print_),
        )  # fmt: skip

    first = sent(doai.treasurer, first_key)
    assert sent(doai.treasurer, first_key).replayed
    second = sent(doai.head, second_key)
    again = sent(doai.head, second_key)
    assert again.replayed and again.json == second.json != first.json
    assert sent(doai.treasurer, first_key).value.state == "signed"
    refused("breaking_posted", breaks.signs, doai.treasurer)
    refused("key_reused", breaks.signs, doai.head, fingerprint="0" * 64, key=second_key)


def at_once(*acts: Any) -> list[str]:
    """What each is told."""
    start = threading.Barrier(len(acts))

    def run(act: Any) -> str:
        start.wait(60)
        try:
            return str(act().state)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as hands:
        return sorted(hands.map(run, acts))


def test_two_sign_at_the_same_instant(db: Database) -> None:
    """One is the first, the other the second, whoever was faster; it is posted once."""
    above = None
    for n in range(4):
        doai = a_chapter(db, "Lan", under=above, name=f"Chi hội {n}")
        above = doai.union
        doai.sheet("Lan 5.000/5")
        breaks = Breaks(doai)
        breaks.opens()
        breaks.counts(5_000)
        print_ = breaks.plan().fingerprint
        both = [partial(breaks.signs, by, fingerprint=print_) for by in (doai.head, doai.treasurer)]
        told = at_once(*both)
        assert told == ["posted", "signed"]
        assert doai.findings() == []


def test_two_heads_at_the_same_instant(db: Database, breaks: Breaks, doai: Chapter) -> None:
    """The treasurer has signed; head and deputy sign both: one posts, the other is told."""
    print_ = breaks.plan().fingerprint
    breaks.signs(doai.treasurer)
    told = at_once(
        *(partial(breaks.signs, by, fingerprint=print_) for by in (doai.head, doai.deputy))
    )
    assert told == ["breaking_posted", "posted"]
    assert doai.findings() == []


def test_a_sheet_and_the_opening_at_the_same_instant(db: Database, doai: Chapter) -> None:
    """Either the sheet is in the count's book, or it waits."""

    class State:
        state = "recorded"

    def sheet() -> Any:
        doai.sheet("Lan 1.000/1")
        return State

    breaks = Breaks(doai)
    told = at_once(sheet, breaks.opens)
    assert told in (["open", "recorded"], ["breaking_open", "open"])
    book = breaks.book()
    assert book == (7_000 if "recorded" in told else 6_000)
    assert breaks.counts(book).difference == 0
    breaks.breaks()
    assert doai.findings() == []
