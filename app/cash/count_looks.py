"""What every counting form shows and asks, at any count and at a breaking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from app import names
from app.cash import count_form, rules
from app.cash.api import words
from app.cash.count_form import Filled, Row
from app.cash.writing import Decision
from app.errors import Invalid, Refusal
from app.terms import Outcome
from app.web import forms, language

WITNESSES = ("witnesses.0", "witnesses.1")


def decided(said: Mapping[str, str], difference: int) -> Decision:
    """What she decided, with everything that is missing at once. Raises Invalid."""
    problems: list[Refusal] = []
    outcome, paid_now = Outcome.CARRIED, False
    seen = [said[name].strip().casefold() for name in WITNESSES]
    try:
        rules.check_witnesses([name for name in seen if name])
    except Invalid as refusal:
        refusal.field = WITNESSES[seen.index("") if "" in seen else 1]
        problems.append(refusal)
    if difference:
        try:
            outcome, paid_now = count_form.decided(said["decision"])
        except Invalid as refusal:
            problems.append(refusal)
        try:
            names.clean(said["reason"], longest=2000, field="reason")
        except Invalid as refusal:
            problems.append(refusal)
    if problems:
        raise Invalid.every(problems)
    return Decision(outcome, words(said["reason"], "reason"), said["keeper_person_id"] or None,
                    paid_now)  # fmt: skip


def shown(filled: Filled, difference: int, entered: bool, lang: str) -> dict[str, Any]:
    """The rows, their sum, and what is asked about a difference.

    Counting blind is the better control: whoever knows the figure finds it. So nothing of the book
    is shown before the first note; from then on the difference runs along, for a slip is found
    while the notes still lie on the table.
    """
    over = [choice for choice in _choices(count_form.OVER, lang) if choice[0] != "carried"]
    return {
        "rows": [_row(row, lang) for row in filled.rows],
        "total": filled.total,
        "entered": entered,
        "difference": difference,
        "differs": difference if entered else 0,
        "short": _choices(count_form.SHORT, lang),
        "over": over,
    }


def problems(request: Request, refusal: Refusal | None) -> dict[str, str]:
    """What is wrong, beside the fields of the form."""
    said = forms.problems(request, refusal)
    return {name.removeprefix("difference."): sentence for name, sentence in said.items()}


def _choices(of: tuple[str, ...], lang: str) -> list[tuple[str, str]]:
    say = language.translations(lang).gettext
    return [(choice, say(count_form.CHOICE_WORDS[choice])) for choice in of]


def _row(row: Row, lang: str) -> dict[str, Any]:
    problem = language.sentence(row.problem, lang) if row.problem else None
    return {"value": row.value, "typed": row.typed, "sum": row.sum, "folded": row.folded,
            "problem": problem}  # fmt: skip
