"""The fingerprint of a breaking, and what changed between two looks. Pure.

Two persons sign the same facts: `as_data` lists them by hand, `fingerprint` is their hash,
`changes` says what became another figure since. Signatures and the trail's head are no facts: a
signature may not change what it signs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.breaking.facts import Facts, Notes, Saver

VERSION = 1


def as_data(facts: Facts) -> dict[str, Any]:
    """The facts as they are hashed and kept: plain words, whole numbers, nothing of zero notes."""
    customs, verdict = facts.customs, facts.verdict
    return {
        "v": VERSION,
        "pot": facts.pot_id,
        "kind": facts.kind.value,
        "belongs_to": facts.belongs_to.value,
        "date": facts.day.isoformat(),
        "notes": _some(facts.notes),
        "held": {kind.value: amount for kind, amount in facts.held.items() if amount},
        "box": facts.box_id,
        "charter": {
            "payout_step": customs.payout_step,
            "default_decision": customs.default_decision.value,
            "surplus_rule": customs.surplus_rule.value,
            "set_off_debt": customs.set_off_debt,
        },
        "difference": {
            "decision": verdict.outcome.value,
            "keeper": verdict.keeper_id,
            "paid_now": verdict.paid_now,
        },
        "members": {str(saver.number): _saver(saver) for saver in facts.savers},
    }


def _saver(saver: Saver) -> dict[str, Any]:
    return {
        "id": saver.member_id,
        "savings": saver.savings,
        "savings_days": saver.savings_days,
        "awaiting": saver.awaiting,
        "home": _some(saver.home),
        "debts": _debts(saver),
        "decided": saver.decided._asdict() if saver.decided else None,
    }


def _debts(saver: Saver) -> dict[str, dict[str, int]]:
    """What is due by loan; the order in which money settles it follows from the loan."""
    found: dict[str, dict[str, int]] = {}
    for debt in saver.debts:
        due = found.setdefault(debt.loan_id, {"interest": 0, "principal": 0})
        due["interest"] += debt.interest
        due["principal"] += debt.principal
    return found


def _some(notes: Notes) -> dict[str, int]:
    return {str(value): number for value, number in notes.items() if number}


def fingerprint(data: Mapping[str, Any]) -> str:
    """SHA-256 over the facts (`as_data`), whatever their order."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"solon/breaking/1 " + text.encode("ascii")).hexdigest()


class Change(NamedTuple):
    """A figure that is another now: of a member (her number) or of the pot (None).

    `what` is its name in the facts (`savings`, `notes.50000`, `debts.<loan>.interest`); of a
    member who came or went it is `member`. What is not there is None.
    """

    number: int | None
    what: str
    before: Any
    after: Any


def changes(shown: Mapping[str, Any], stands: Mapping[str, Any]) -> list[Change]:
    """What differs between the facts that were shown and those that stand (`as_data` of each)."""
    found = list(_differ(None, _without_members(shown), _without_members(stands)))
    for number in sorted({*shown["members"], *stands["members"]}, key=int):
        before, after = (data["members"].get(number) for data in (shown, stands))
        if before is None or after is None:
            ids = [one and one["id"] for one in (before, after)]
            found.append(Change(int(number), "member", *ids))
        else:
            found += _differ(int(number), before, after)
    return found


def _without_members(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "members"}


def _differ(number: int | None, before: Any, after: Any, name: str = "") -> Iterator[Change]:
    if not isinstance(before, Mapping) and not isinstance(after, Mapping):
        if before != after:
            yield Change(number, name, before, after)
        return
    one, other = before or {}, after or {}
    for key in sorted({*one, *other}):
        yield from _differ(number, one.get(key), other.get(key), f"{name}.{key}".lstrip("."))
