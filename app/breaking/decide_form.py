"""What members say, as a form: one choice takes the rest, parts may be named beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app import money, names
from app.breaking.written import LineShown, PlanShown
from app.errors import Invalid, Refusal
from app.terms import Decision

PAGE = 50  # members at a time, where there are more than WHOLE
WHOLE = 60
Said = tuple[str, int | None, int | None, int | None]  # member, take, keep, give


@dataclass(slots=True)
class Row:
    """A member's: `choice` takes what no part is named of; parts as typed, by choice.

    Amounts in đồng: `claim` is what she decides about, `savings` of it are hers without share and
    set-off.
    """

    member_id: str
    number: int
    name: str
    line: LineShown
    choice: Decision
    parts: dict[Decision, str] = field(default_factory=dict)
    problem: Refusal | None = None

    @property
    def claim(self) -> int:
        """What she has after share and set-off."""
        return self.line.savings + self.line.share - self.line.set_off

    @property
    def split(self) -> bool:
        """Whether she names parts."""
        return any(typed.strip() for typed in self.parts.values())


def rows(plan: PlanShown, names_: Mapping[int, str], default: Decision) -> list[Row]:
    """Everybody who has something to decide about, in book order; who awaits is paid all of it."""
    return [
        Row(line.member_id, line.number, names_.get(line.number, ""), line, default)
        for line in plan.lines
        if not line.awaiting and line.savings + line.share - line.set_off > 0
    ]


def told(every: Sequence[Row], said: Sequence[Said]) -> None:
    """Fill in what was said before."""
    by_member = {row.member_id: row for row in every}
    for member_id, *amounts in said:
        row = by_member.get(member_id)
        if row is None:
            continue
        given = dict(zip((Decision.TAKE, Decision.KEEP, Decision.GIVE), amounts, strict=True))
        left = [choice for choice, amount in given.items() if amount is None]
        row.choice = left[0] if left else max(given, key=lambda choice: given[choice] or 0)
        row.parts = {choice: figures(amount) for choice, amount in given.items() if amount}


def typed(every: Sequence[Row], form: Mapping[str, Sequence[str]]) -> list[Row]:
    """Fill in what was typed; the rows that the form had."""
    found = []
    for row in every:
        chosen = form.get(f"c-{row.number}", [""])[0]
        if chosen in set(Decision):
            row.choice = Decision(chosen)
            row.parts = {
                choice: form.get(part(choice, row.number), [""])[0][:40] for choice in Decision
            }
            found.append(row)
    return found


def part(choice: Decision, number: int) -> str:
    """The field of a part."""
    return f"{choice.value}-{number}"


def lines(every: Sequence[Row], default: Decision) -> list[Said]:
    """What these say; who leaves all to the charter says nothing. Raises Invalid, each at its row."""
    found, problems = [], list[Refusal]()
    for row in every:
        if row.choice is default and not row.split:
            continue
        try:
            found.append(_line(row))
        except Invalid as refusal:
            row.problem = refusal
            problems.append(Invalid(refusal.code, refusal.text, field=f"r-{row.number}",
                                    **refusal.values))  # fmt: skip
    if problems:
        raise Invalid.every(problems)
    return found


def _line(row: Row) -> Said:
    amounts: dict[Decision, int | None] = {}
    for choice in Decision:
        text = row.parts.get(choice, "").strip()
        amounts[choice] = None if choice is row.choice else 0
        if text:
            try:
                amounts[choice] = money.parse(text)
            except Invalid as refusal:
                if isinstance(suggested := refusal.values.get("suggested"), int):
                    row.parts[choice] = figures(suggested)
                raise
    return (row.member_id, amounts[Decision.TAKE], amounts[Decision.KEEP], amounts[Decision.GIVE])


def mark(every: Sequence[Row], refusal: Refusal) -> Refusal:
    """The rules speak of members (`lines.<id>`); the form of rows."""
    of = {row.member_id: row for row in every}
    marked = []
    for one in refusal.parts or (refusal,):
        row = of.get(one.field.removeprefix("lines."))
        if row is not None:
            row.problem = one
            one.field = f"r-{row.number}"
        marked.append(one)
    return Invalid.every(marked) if len(marked) > 1 else marked[0]


def matches(name: str, number: str, q: str) -> bool:
    """By name without marks, or by number."""
    wanted = names.fold(q)
    return not wanted or wanted == number or wanted in names.fold(name)


def figures(amount: int) -> str:
    """`340.000`: as it stands in a field."""
    return money.show(amount).partition("\N{NO-BREAK SPACE}")[0]
