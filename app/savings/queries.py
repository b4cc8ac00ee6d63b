"""What the savings rules rest on, and sheets as they stand in the book."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from app import clock, money
from app.access.queries import require
from app.access.rules import May
from app.approvals.kinds import Proposal
from app.charter.queries import in_force
from app.db.tx import Tx
from app.errors import Invalid
from app.ledger import balances
from app.ledger.balances import Broken
from app.mending.queries import REVERSED_BY
from app.savings.rules import InForce, SheetFacts, periods_elapsed
from app.savings.sheet_form import Row
from app.terms import Actor, BelongsTo, Kept, Period, Place


@dataclass(frozen=True, slots=True)
class PotShown:
    """A pot with its open cycle."""

    id: str
    kind: str
    name: str
    kept: str
    belongs_to: str
    opened_on: str
    next_breaking_on: str | None
    cycle_starts_on: str | None


_POT = (
    "SELECT p.id, p.kind, p.name, p.kept, p.belongs_to, p.opened_on, p.next_breaking_on,"
    " c.starts_on FROM pot p LEFT JOIN cycle c ON c.chapter_id = p.chapter_id"
    " AND c.pot_id = p.id AND c.closed_on IS NULL WHERE p.chapter_id = ?"
)


def pots(db: Tx, *, actor: Actor, chapter_id: str) -> list[PotShown]:
    """The chapter's pots, oldest first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return pots_of(db, chapter_id)


def pots_of(db: Tx, chapter_id: str) -> list[PotShown]:
    """The same, for whoever was asked already."""
    return [PotShown(*row) for row in db.rows(f"{_POT} ORDER BY p.id", (chapter_id,))]


def has_pot_named(db: Tx, chapter_id: str, name: str) -> bool:
    """Whether a pot is called so already, in whatever case; tones tell names apart."""
    rows = db.rows("SELECT name FROM pot WHERE chapter_id = ?", (chapter_id,))
    return name.casefold() in {row[0].casefold() for row in rows}


def sheet_facts(db: Tx, chapter_id: str, pot_id: str, day: date) -> SheetFacts:
    """Everything a sheet's rules need, in three statements whatever the history.

    Raises Invalid `pot_unknown`.
    """
    pot = db.row(f"{_POT} AND p.id = ?", (chapter_id, pot_id))
    if pot is None:
        raise pot_unknown()
    _, charter = in_force(db, chapter_id, day)
    members = db.rows(
        "SELECT id, number, joined_on, left_on FROM member WHERE chapter_id = ?"
        " AND (left_on IS NULL OR left_on >= ?)",
        (chapter_id, day),
    )
    as_date = date.fromisoformat
    return SheetFacts(
        pot_id=pot_id,
        belongs_to=BelongsTo(pot[4]),
        kept=Kept(pot[3]),
        minimum=charter.minimum_per_period,
        period=charter.period,
        backdate_days=charter.backdate_days,
        members={
            id: InForce(number, as_date(joined), as_date(left) if left else None)
            for id, number, joined, left in members
        },
        today=clock.today(),
    )


@dataclass(frozen=True, slots=True)
class MemberDue:
    """A member in force on a day, with what she covered and what has begun."""

    number: int
    member_id: str
    name: str
    covered: int
    elapsed: int

    @property
    def behind(self) -> int:
        """Periods begun and not covered."""
        return max(self.elapsed - self.covered, 0)


@dataclass(frozen=True, slots=True)
class SheetBlank:
    """Everything an empty sheet shows. Amounts in đồng."""

    chapter_name: str
    pots: list[PotShown]
    pot: PotShown | None
    minimum: int
    period: Period
    backdate_days: int
    members: list[MemberDue]
    day: date
    paid: dict[int, int]  # what stands on that day already, by the member's number
    counted_on: date | None
    groups: list[tuple[str, str]]  # id and name of each tổ
    group_id: str | None
    broken: list[Broken]  # the pot is being broken: what is recorded now waits

    def rows(self) -> list[Row]:
        """A row for everybody on it, nothing typed yet."""
        return [
            Row(m.number, m.member_id, m.name, m.behind, self.paid.get(m.number, 0))
            for m in self.members
        ]


def sheet_blank(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str | None, day: date, group_id: str = "",
    named: Collection[int] = (),
) -> SheetBlank:  # fmt: skip
    """The whole chapter (or one group of it) in book order, for one pot and day."""
    require(db, actor=actor, may=May.RECORD_SHEETS, unit_id=chapter_id)
    return blank_of(db, chapter_id, pot_id, day, group_id, named)


def blank_of(
    db: Tx, chapter_id: str, pot_id: str | None, day: date, group_id: str, named: Collection[int]
) -> SheetBlank:
    """The same, for whoever was asked already; who is `named` on it stays on it."""
    feeding = [pot for pot in pots_of(db, chapter_id) if pot.kept == Kept.CHAPTER]
    pot = next((p for p in feeding if p.id == pot_id), feeding[0] if feeding else None)
    _, charter = in_force(db, chapter_id, day)
    name = db.rows("SELECT name FROM unit WHERE id = ?", (chapter_id,))[0][0]
    groups = groups_of(db, chapter_id)
    group = group_id if group_id in dict(groups) else None
    due = members_due(db, chapter_id, pot, charter.period, day, group, named) if pot else []
    return SheetBlank(
        chapter_name=name,
        pots=feeding,
        pot=pot,
        minimum=charter.minimum_per_period,
        period=charter.period,
        backdate_days=charter.backdate_days,
        members=due,
        day=day,
        counted_on=balances.counted_on(db, chapter_id, pot.id, Place.POT) if pot else None,
        paid=paid_on(db, chapter_id, pot.id, day, group) if pot else {},
        groups=groups,
        group_id=group,
        broken=[one for one in balances.broken_now(db, chapter_id) if pot and one.pot_id == pot.id],
    )


def check_named(blank: SheetBlank, named: Collection[int]) -> None:
    """Nobody is named whom the chapter never had: her line would be dropped without a word."""
    strangers = set(named) - {member.number for member in blank.members}
    if strangers:
        raise Invalid("member_unknown", "Chi hội không có hội viên này.", field="lines")


def held_waiting(db: Tx, chapter_id: str) -> list[tuple[str, str, str]]:
    """Sheets of outgoing officers that wait for a look: id, whose, her name; oldest first."""
    rows = db.rows(
        "SELECT h.id, h.person_id, p.name FROM held_sheet h JOIN person p ON p.id = h.person_id"
        " WHERE h.chapter_id = ? AND NOT EXISTS (SELECT 1 FROM held_fate f"
        "  WHERE f.chapter_id = h.chapter_id AND f.id = h.id) ORDER BY h.seq",
        (chapter_id,),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def groups_of(db: Tx, chapter_id: str) -> list[tuple[str, str]]:
    """The groups (tổ) right below a chapter, by name."""
    rows = db.rows(
        "SELECT u.id, u.name FROM unit_parent x JOIN unit u ON u.id = x.unit_id"
        " WHERE x.parent_id = ? AND x.to_on IS NULL AND u.level = 'group' ORDER BY u.name, u.id",
        (chapter_id,),
    )
    return [(row[0], row[1]) for row in rows]


def members_due(
    db: Tx, chapter_id: str, pot: PotShown, period: Period, day: date, group_id: str | None = None,
    named: Collection[int] = (),
) -> list[MemberDue]:  # fmt: skip
    """Members in force on a day or since, with their periods in the pot's open cycle.

    Whoever joined later stays on a sheet that is put back to an earlier day, and whoever is
    `named` by her number though she left or went to another group: what was typed for her must
    be refused with a sentence, not dropped.
    """
    also = f" OR m.number IN ({', '.join(map(str, sorted(named)))})" if named else ""
    rows = db.rows(
        "SELECT m.number, m.id, p.name, m.joined_on, coalesce(sum(a.periods), 0) FROM member m"
        " JOIN person p ON p.id = m.person_id"
        " LEFT JOIN account a ON a.chapter_id = m.chapter_id AND a.pot_id = :pot"
        "  AND a.owner_id = m.id AND a.kind IN ('savings', 'fund')"
        " WHERE m.chapter_id = :chapter AND ((m.joined_on <= :latest"
        "  AND (m.left_on IS NULL OR m.left_on >= :day)"
        f"{' AND m.group_id = :group' if group_id else ''}){also})"
        " GROUP BY m.number, m.id, p.name, m.joined_on ORDER BY m.number",
        {
            "pot": pot.id,
            "chapter": chapter_id,
            "day": day,
            "latest": clock.today(),
            "group": group_id,
        },
    )
    starts = date.fromisoformat(pot.cycle_starts_on or pot.opened_on)
    return [
        MemberDue(
            number, id, name, int(covered),
            periods_elapsed(period, starts, date.fromisoformat(joined), day),
        )
        for number, id, name, joined, covered in rows
    ]  # fmt: skip


def paid_on(
    db: Tx, chapter_id: str, pot_id: str, day: date, group_id: str | None = None
) -> dict[int, int]:
    """What each member (of a group), by her number, gave to a pot on a day: đồng, no reversed line."""
    of_group = (
        " AND m.member_no IN (SELECT number FROM member WHERE chapter_id = :chapter"
        " AND group_id = :group)"
    )
    rows = db.rows(
        "SELECT m.member_no, sum(m.amount) FROM entry e"
        " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        " WHERE e.chapter_id = :chapter AND e.pot_id = :pot AND e.day = :day"
        f" AND e.kind IN ('sheet', 'correction') AND {REVERSED_BY} IS NULL{of_group if group_id else ''}"
        " AND m.member_no IS NOT NULL GROUP BY m.member_no",
        {"chapter": chapter_id, "pot": pot_id, "day": day, "group": group_id},
    )
    return {number: int(amount) for number, amount in rows}


def correction_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """A sheet dated before a count: whose money, how much, and why only now."""
    said = proposal.payload
    names = {
        row[0]: f"{row[1]} · {row[2]}"
        for row in db.rows(
            "SELECT m.id, m.number, p.name FROM member m JOIN person p ON p.id = m.person_id"
            " WHERE m.chapter_id = ?",
            (proposal.chapter_id,),
        )
    }
    lines = [(names.get(member, ""), money.show(amount)) for member, amount, _ in said["lines"]]
    return [("from_day", said["date"]), *lines, ("counted_since", ""), ("reason", said["reason"])]


def pot_unknown() -> Invalid:
    """Missing and foreign alike."""
    return Invalid("pot_unknown", "Chi hội không có lợn này.", field="pot_id")
