"""Opening a pot, recording a sheet, mending what was recorded by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app import clock, ids
from app.access.queries import chapter_holding, check_group, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal
from app.audit import trail
from app.db.tx import Tx
from app.ledger import journal, once
from app.ledger.entry import Entry, cash_in
from app.ledger.once import Answer, Ticket
from app.models.chapter import Cycle, Pot
from app.models.ledger import EntryRow
from app.savings import opposites, queries, rules, sheets
from app.savings.rules import Line
from app.terms import Act, Actor, BelongsTo, Kept, PotKind


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A line in the book."""

    line_id: str
    member_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number of the seal and the head of the book after it."""

    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class SheetPosted:
    """What a recorded sheet (or a reversal) answers; `id` is the entry's."""

    id: str
    total: int
    lines: list[PostedLine]
    receipt: Receipt


def open_pot(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    kind: PotKind,
    name: str,
    kept: Kept,
    belongs_to: BelongsTo,
    opened_on: date,
    next_breaking_on: date | None,
) -> str:
    """A new vessel with its first cycle. Returns its id."""
    require(db, actor=actor, may=May.KEEP_POTS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    since = db.rows("SELECT from_on FROM unit WHERE id = ?", (chapter_id,))[0][0]
    rules.check_pot(kind, kept, belongs_to, opened_on, next_breaking_on,
                    date.fromisoformat(since), clock.today())  # fmt: skip
    pot_id = ids.new()
    db.insert(
        Pot(
            chapter_id=chapter_id,
            id=pot_id,
            kind=kind,
            name=name,
            kept=kept,
            belongs_to=belongs_to,
            opened_on=opened_on,
            next_breaking_on=next_breaking_on,
        ),
        Cycle(chapter_id=chapter_id, pot_id=pot_id, no=1, starts_on=opened_on),
    )
    facts = {
        "kind": kind.value,
        "kept": kept.value,
        "belongs_to": belongs_to.value,
        "opened_on": opened_on.isoformat(),
        "next_breaking_on": next_breaking_on.isoformat() if next_breaking_on else None,
    }
    trail.seal(db, chapter_id=chapter_id, actor=actor, act=Act.POT_OPENED, about=pot_id,
               facts=facts, texts={"name": name})  # fmt: skip
    return pot_id


def post_sheet(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    day: date,
    lines: Sequence[Line],
    ticket: Ticket,
    group_id: str | None = None,
    note: str | None = None,
    reason: str | None = None,
) -> Answer[SheetPosted]:
    """Record one meeting's collection, once. Raises what rules.sheet_entry and the pen raise."""
    require(db, actor=actor, may=May.RECORD_SHEETS, unit_id=chapter_id)

    def record() -> SheetPosted:
        facts = queries.sheet_facts(db, chapter_id, pot_id, day)
        check_group(db, chapter_id, group_id)
        entry = rules.sheet_entry(facts, day, lines, reason)
        posted = journal.post(
            db,
            actor=actor,
            chapter_id=chapter_id,
            act=Act.SHEET_RECORDED,
            entry=entry,
            facts={"group": group_id} if group_id else None,
            texts={"note": note, "reason": reason},
        )
        return _answer(posted, [(line.member_id, line.amount) for line in lines])

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=SheetPosted, act=record)


def _answer(posted: journal.Posted, lines: Sequence[tuple[str, int]]) -> SheetPosted:
    return SheetPosted(
        id=posted.entry_id,
        total=sum(amount for _, amount in lines),
        lines=[
            PostedLine(ids.of_line(posted.entry_id, n), member_id, amount)
            for n, (member_id, amount) in enumerate(lines, 1)
        ],
        receipt=Receipt(posted.seal.seq, posted.seal.head),
    )


def reverse(
    db: Tx,
    *,
    actor: Actor,
    entry_id: str,
    line_ids: Sequence[str],
    reason: str,
    ticket: Ticket,
) -> Answer[SheetPosted | Waiting]:
    """Take back a sheet, or some of its lines, by the opposite movements; each line once.

    What was not recorded today waits for the chapter head's signature. Raises Conflict
    `reversed_already`, `cycle_closed`, `below_zero`.
    """
    chapter_id = chapter_holding(db, actor=actor, model=EntryRow, id=entry_id)
    require(db, actor=actor, may=May.REVERSE, unit_id=chapter_id)

    def take_back() -> SheetPosted | Waiting:
        found, entry = opposites.opposite(db, chapter_id, entry_id, line_ids)
        if not rules.takes_two(clock.day_of(found.recorded_at), clock.today()):
            return _post_reversal(db, actor, chapter_id, found, entry, reason)
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind="reversal",
            about=entry_id,
            payload={
                "entry": entry_id,
                "lines": opposites.line_ids(entry_id, entry),
                "reason": reason,
            },
            texts={"reason": reason},
        )

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=SheetPosted | Waiting,  # type: ignore[arg-type]
        act=take_back,
    )


def reverse_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on an older reversal."""
    said = proposal.payload
    found, entry = opposites.opposite(db, proposal.chapter_id, said["entry"], said["lines"])
    posted = _post_reversal(db, actor, proposal.chapter_id, found, entry, said["reason"], proposal)
    answer = asdict(posted)
    return answer, {"id": posted.id}


def _post_reversal(
    db: Tx,
    actor: Actor,
    chapter_id: str,
    found: sheets.PostedEntry,
    entry: Entry,
    reason: str,
    proposal: Proposal | None = None,
) -> SheetPosted:
    facts = {"reverses": found.seq}
    both = {"approval": proposal.id, "proposed_by": proposal.proposed_by} if proposal else {}
    posted = journal.post(
        db,
        actor=actor,
        chapter_id=chapter_id,
        act=Act.LINES_REVERSED,
        entry=entry,
        facts=facts | both,
        texts={"reason": reason},
    )
    return _answer(posted, [(found.member_of(t), cash_in(t)) for t in entry.transfers])
