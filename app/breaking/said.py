"""What was typed of a breaking, held against the members and their savings. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.breaking import decisions
from app.breaking.gather import Decisions, facts_of
from app.breaking.steps import Breaking
from app.cash import queries as cash
from app.cash.rules import sum_of
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.terms import Kept


def vessels(
    db: Tx, of: Breaking, home: Sequence[tuple[str, Mapping[str, int]]]
) -> dict[str, dict[str, int]]:
    """The notes of each vessel brought from home, by member. Raises Invalid with every problem."""
    pot = cash.pot_facts(db, of.chapter_id, of.pot_id)
    if home and pot.kept is not Kept.HOME:
        raise Invalid(
            "not_from_home", "Lợn này nuôi ở chi hội, không có lợn mang từ nhà.", field="home"
        )
    sql = "SELECT id FROM member WHERE chapter_id = ? AND joined_on <= ? AND left_on IS NULL"
    there = {row[0] for row in db.rows(sql, (of.chapter_id, of.day))}
    found: dict[str, dict[str, int]] = {}
    problems: list[Refusal] = []
    for n, (member_id, notes) in enumerate(home):
        try:
            if member_id not in there:
                raise Invalid("member_unknown", "Chi hội không có hội viên này.",
                              field=f"home.{n}.member_id")  # fmt: skip
            if member_id in found:
                raise Invalid("member_twice", "Hội viên này có hai con lợn trong danh sách.",
                              field=f"home.{n}.member_id")  # fmt: skip
            sum_of(notes, f"home.{n}.notes")
        except Invalid as problem:
            problems += problem.parts
            continue
        found[member_id] = {value: number for value, number in notes.items() if number}
    if problems:
        raise Invalid.every(problems)
    return found


def check_decisions(db: Tx, of: Breaking, lines: Decisions) -> None:
    """Every line of a member of this pot, once, within her savings. Raises Invalid, Conflict."""
    facts = facts_of(db, of, lines)
    known = {saver.member_id for saver in facts.savers}
    problems: list[Refusal] = []
    seen: set[str] = set()
    for n, (member_id, *_) in enumerate(lines):
        at_line = f"lines.{n}.member_id"
        if member_id not in known:
            problems.append(
                Invalid("member_unknown", "Chi hội không có hội viên này.", field=at_line)
            )
        elif member_id in seen:
            problems.append(Invalid("member_twice", "Hội viên này có hai dòng.", field=at_line))
        seen.add(member_id)
    if problems:
        raise Invalid.every(problems)
    decisions.check_decisions(facts)
