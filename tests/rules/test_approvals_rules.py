"""Whose second signature counts, and what exactly it is put under."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest

from app.approvals.rules import (
    BY_AN_APPOINTER,
    BY_THE_HEAD,
    BY_WHOEVER_TAKES_OVER,
    FOR_A_PIN,
    Signers,
    check_not_anothers,
    check_same,
    check_signer,
    fingerprint,
)
from app.errors import Conflict, NotAllowed
from app.terms import Role
from tests.story import refused, tidy

NAMES = {
    "head": Role.CHAPTER_HEAD,
    "deputy": Role.DEPUTY,
    "treasurer": Role.TREASURER,
    "inspector": Role.INSPECTOR,
    "leader": Role.LEADER,
    "administrator": Role.ADMINISTRATOR,
}
SITTING = "head deputy treasurer inspector"


def said(
    signer: str,
    signers: Signers = BY_THE_HEAD,
    *,
    sitting: str = SITTING,
    proposed_by: str = "treasurer",
    beneficiary: str | None = None,
    offices: str | None = None,
    named: str | None = None,
) -> str:
    """`signs`, or why not. People are called by their office; `offices` are hers where not."""
    held = {name: frozenset({NAMES[name]}) for name in sitting.split()}
    try:
        check_signer(
            person_id=signer,
            roles=frozenset(NAMES[name] for name in (offices or signer).split()),
            signers=signers,
            others={name: roles for name, roles in held.items() if name != signer},
            proposed_by=proposed_by,
            beneficiary_id=beneficiary,
            named=named,
        )
    except NotAllowed as refusal:
        return refusal.code
    return "signs"


@pytest.mark.parametrize(
    ("signers", "expected"),
    [
        (BY_THE_HEAD, "head deputy"),
        (FOR_A_PIN, "head deputy"),
        (BY_AN_APPOINTER, "head leader administrator"),
    ],
    ids=["the head's", "a PIN", "an appointer's"],
)
def test_who_signs_what_the_treasurer_proposed(signers: Signers, expected: str) -> None:
    able = [name for name in NAMES if said(name, signers) == "signs"]
    assert able == expected.split()


@pytest.mark.parametrize("signers", [BY_THE_HEAD, BY_AN_APPOINTER, FOR_A_PIN])
def test_the_treasurer_never_signs_for_the_head(signers: Signers) -> None:
    """Whoever signs receives the new officer's code: the treasurer must not hold the head's."""
    assert said("treasurer", signers, proposed_by="head") == "not_signer"
    assert said("deputy", signers, proposed_by="head") == "signs"


@pytest.mark.parametrize("signers", [BY_THE_HEAD, BY_AN_APPOINTER, FOR_A_PIN])
def test_the_same_person_never_gives_both_whatever_her_offices(signers: Signers) -> None:
    for many in range(1, len(NAMES) + 1):
        for offices in combinations(NAMES, many):
            found = said("she", signers, proposed_by="she", offices=" ".join(offices), sitting="")
            assert found == "same_person"


@pytest.mark.parametrize("signers", [BY_THE_HEAD, BY_AN_APPOINTER, FOR_A_PIN])
def test_who_gains_never_signs_whatever_her_offices(signers: Signers) -> None:
    for name in NAMES:
        assert said(name, signers, proposed_by="x", beneficiary=name, sitting="") == "beneficiary"
    every = " ".join(NAMES)
    assert said("she", signers, beneficiary="she", offices=every) == "beneficiary"


def test_whoever_is_named_signs_in_her_own_right() -> None:
    """An inspector elsewhere, named here; unnamed she would not, and never twice."""
    taking = BY_WHOEVER_TAKES_OVER
    assert said("inspector", taking, beneficiary="inspector", named="inspector") == "signs"
    assert said("inspector", taking, named="somebody") == "not_signer"
    assert said("head", taking, beneficiary="head") == "beneficiary"
    assert said("head", taking, proposed_by="head", named="head") == "same_person"


def test_naming_somebody_keeps_nobody_else_from_signing() -> None:
    """Where she will not, head or deputy sign; somebody above only where neither can."""
    taking = BY_WHOEVER_TAKES_OVER
    more = {"beneficiary": "inspector", "named": "inspector"}
    assert said("head", taking, **more) == said("deputy", taking, **more) == "signs"
    assert said("leader", taking, **more) == "not_signer"
    assert said("leader", taking, sitting="treasurer inspector", **more) == "signs"


def test_a_payload_names_under_the_kinds_own_key() -> None:
    payload = {"incoming_signs": "her", "person": "another"}
    assert BY_WHOEVER_TAKES_OVER.named_in(payload) == "her"
    assert BY_WHOEVER_TAKES_OVER.named_in({"incoming_signs": None}) is None
    assert BY_WHOEVER_TAKES_OVER.named_in({}) is None
    assert BY_THE_HEAD.named_in(payload) is None


def test_who_gains_and_proposes_is_told_that_she_signed() -> None:
    assert said("head", proposed_by="head", beneficiary="head") == "same_person"


def test_when_a_leader_stands_in() -> None:
    """Only where no head and no deputy can: vacant, proposing, or gaining."""
    cases = [
        # who sits, who proposed, who gains
        (SITTING, "treasurer", None),
        ("deputy treasurer", "treasurer", None),
        ("head treasurer", "treasurer", None),
        ("treasurer inspector", "treasurer", None),
        (SITTING, "head", None),
        (SITTING, "head", "deputy"),
        (SITTING, "deputy", "head"),
        (SITTING, "treasurer", "head"),
        ("head treasurer", "treasurer", "head"),
        ("head treasurer", "head", None),
        ("deputy treasurer", "deputy", None),
        ("", "treasurer", None),
    ]
    told = [
        f"{sitting or 'nobody'}; {by}; {gains or '-'}: "
        + said("leader", sitting=sitting, proposed_by=by, beneficiary=gains)
        for sitting, by, gains in cases
    ]
    assert "\n".join(told) == tidy("""
        head deputy treasurer inspector; treasurer; -: not_signer
        deputy treasurer; treasurer; -: not_signer
        head treasurer; treasurer; -: not_signer
        treasurer inspector; treasurer; -: signs
        head deputy treasurer inspector; head; -: not_signer
        head deputy treasurer inspector; head; deputy: signs
        head deputy treasurer inspector; deputy; head: signs
        head deputy treasurer inspector; treasurer; head: not_signer
        head treasurer; treasurer; head: signs
        head treasurer; head; -: signs
        deputy treasurer; deputy; -: signs
        nobody; treasurer; -: signs
    """)


def test_an_administrator_stands_in_for_a_pin_and_nothing_else_of_the_chapters() -> None:
    assert said("administrator", FOR_A_PIN, sitting="treasurer") == "signs"
    assert said("administrator", FOR_A_PIN) == "not_signer"
    assert said("administrator", BY_THE_HEAD, sitting="treasurer") == "not_signer"


def test_inspectors_and_treasurers_never_stand_in() -> None:
    for name in ("inspector", "treasurer"):
        for signers in (BY_THE_HEAD, FOR_A_PIN):
            assert said(name, signers, proposed_by="head", sitting="head") == "not_signer"


def test_whoever_holds_two_offices_signs_under_the_one_that_counts() -> None:
    assert said("she", offices="inspector deputy", sitting="treasurer head") == "signs"
    assert said("she", offices="leader treasurer", sitting="head") == "not_signer"
    assert said("she", offices="leader treasurer", sitting="inspector", proposed_by="x") == "signs"


def test_a_head_who_is_the_treasurer_too_leaves_it_to_her_deputy_or_above() -> None:
    her: dict[str, Any] = {"proposed_by": "head"}
    assert said("head", offices="head treasurer", **her) == "same_person"
    assert said("deputy", **her) == "signs"
    assert said("leader", sitting="head deputy", **her) == "not_signer"
    assert said("leader", sitting="head", **her) == "signs"


# The fingerprint

SIGNED: dict[str, Any] = {
    "approval_id": "0197a000-0000-7000-8000-000000000001",
    "chapter_id": "0197a000-0000-7000-8000-000000000002",
    "kind": "reversal",
    "payload": {"entry": "e", "lines": ["1", "2"], "reason": "ghi nhầm", "limit": None, "n": 1},
}

OTHERS: list[dict[str, Any]] = [
    {"entry": "f"}, {"lines": ["1"]}, {"lines": ["2", "1"]}, {"lines": ["1", "2", "3"]},
    {"lines": []}, {"reason": "ghi nhằm"}, {"reason": "ghi nhầm "}, {"reason": ""},
    {"limit": 0}, {"limit": ""}, {"n": "1"}, {"n": 2}, {"more": None},
]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"approval_id": "0197a000-0000-7000-8000-000000000003"},
        {"chapter_id": "0197a000-0000-7000-8000-000000000004"},
        {"kind": "charter"},
        *({"payload": SIGNED["payload"] | other} for other in OTHERS),
        {"payload": {"entry": "e"}},
        {"payload": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_fingerprint_is_of_every_part(change: dict[str, Any]) -> None:
    assert fingerprint(**(SIGNED | change)) != fingerprint(**SIGNED)


def test_a_fingerprint_is_of_the_content_and_not_of_how_it_was_written() -> None:
    turned = dict(reversed(SIGNED["payload"].items()))
    assert list(turned) != list(SIGNED["payload"])
    assert fingerprint(**(SIGNED | {"payload": turned})) == fingerprint(**SIGNED)
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(**SIGNED))


def test_no_part_runs_into_the_next() -> None:
    """Content moved from one part to its neighbour is other content."""
    one = SIGNED | {"kind": "ab", "payload": {"a": "bc"}}
    for other in ({"kind": "a", "payload": {"ba": "bc"}}, {"kind": "ab", "payload": {"ab": "c"}}):
        assert fingerprint(**(one | other)) != fingerprint(**one)


def test_she_signs_what_she_was_shown() -> None:
    check_same("ab", "ab")
    assert isinstance(refused("fingerprint_changed", check_same, "ab", "ac"), Conflict)


def test_the_same_act_is_proposed_by_one() -> None:
    check_not_anothers("she", "she")
    assert isinstance(refused("waits_already", check_not_anothers, "she", "another"), Conflict)
