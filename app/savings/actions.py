"""Opening a pot, recording a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from app import clock, ids
from app.access.queries import check_group, require
from app.access.rules import May
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.approvals.kinds import Proposal
from app.audit import trail
from app.db.tx import Tx
from app.errors import Invalid
from app.ledger import balances, differences, journal, once
from app.ledger.entry import Entry
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import EntryPosted, entry_posted
from app.mending.queries import pends
from app.mending.rules import without_cash
from app.models.chapter import Cycle, Pot
from app.savings import queries, rules
from app.savings.rules import Line
from app.terms import Act, Actor, BelongsTo, EntryKind, Kept, Place, PotKind


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


def open_pig(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    name: str,
    belongs_to: BelongsTo,
    opened_on: date,
    next_breaking_on: date | None,
    ticket: Ticket,
) -> str:
    """The chapter's own pig, as its page opens it: once, and never two of one name.

    Returns its id. Raises Invalid `pot_name_taken`.
    """
    require(db, actor=actor, may=May.KEEP_POTS, unit_id=chapter_id)

    def opened() -> str:
        # The form comes filled in: opened anew by mistake, it would make the same pig twice.
        if queries.has_pot_named(db, chapter_id, name):
            raise Invalid(
                "pot_name_taken", "Chi hội đã có lợn tên này. Mời chị đặt tên khác.", field="name"
            )
        return open_pot(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind=PotKind.PIG,
            name=name,
            kept=Kept.CHAPTER,
            belongs_to=belongs_to,
            opened_on=opened_on,
            next_breaking_on=next_breaking_on,
        )

    return once.do_once(db, chapter_id=chapter_id, ticket=ticket, kind=str, act=opened).value


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
    counted: bool = False,
    settles: Sequence[str] = (),
) -> Answer[EntryPosted | Waiting]:
    """Record one meeting's collection, once. Raises what rules.sheet_entry and the pen raise.

    Dated before the pot's last count, or where she says that its money was `counted` there, it is
    a correction: it touches no cash, and waits for the chapter head's signature. `settles` are
    the held sheets that it is recorded for.
    """
    require(db, actor=actor, may=May.RECORD_SHEETS, unit_id=chapter_id)

    def record() -> EntryPosted | Waiting:
        entry = _sheet_entry(db, chapter_id, pot_id, day, lines, group_id, reason)
        if not _counted_since(db, chapter_id, pot_id, day, counted):
            posted = journal.post(
                db,
                actor=actor,
                chapter_id=chapter_id,
                act=Act.SHEET_RECORDED,
                entry=entry,
                facts={"group": group_id} if group_id else None,
                texts={"note": note, "reason": reason},
            )
            return entry_posted(posted, entry)
        balances.open_cycle(db, chapter_id, pot_id, day)  # what a breaking counted is closed
        rules.check_correction(reason)
        return approvals.propose(
            db,
            actor=actor,
            chapter_id=chapter_id,
            kind="correction",
            about=pot_id,
            payload={
                "pot": pot_id, "date": day.isoformat(), "lines": [list(line) for line in lines],
                "group": group_id, "note": note, "reason": reason, "key": ticket.key,
                "settles": list(settles),
            },
            texts={"note": note, "reason": reason},
        )  # fmt: skip

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=EntryPosted | Waiting,  # type: ignore[arg-type]
        act=record,
    )


def _sheet_entry(
    db: Tx, chapter_id: str, pot_id: str, day: date, lines: Sequence[Line], group_id: str | None,
    reason: str | None,
) -> Entry:  # fmt: skip
    facts = queries.sheet_facts(db, chapter_id, pot_id, day)
    check_group(db, chapter_id, group_id)
    return rules.sheet_entry(facts, day, lines, reason)


def _counted_since(db: Tx, chapter_id: str, pot_id: str, day: date, counted: bool) -> bool:
    on = balances.counted_on(db, chapter_id, pot_id, Place.POT)
    return on is not None and (day < on or (counted and day == on))


def correct_by_two(
    db: Tx, *, actor: Actor, proposal: Proposal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The second signature on a sheet dated before a count: counted cash stays as counted."""
    said, chapter_id = proposal.payload, proposal.chapter_id
    day, lines = date.fromisoformat(said["date"]), [Line(*line) for line in said["lines"]]
    entry = _sheet_entry(db, chapter_id, said["pot"], day, lines, said["group"], said["reason"])
    mended = without_cash(
        replace(entry, kind=EntryKind.CORRECTION, mends=EntryKind.SHEET),
        pends(db, chapter_id, said["pot"]),
    )
    # What pends can be taken up on the day a count found it, and not before.
    found = {one.seq: date.fromisoformat(one.day)
             for one in balances.pending(db, chapter_id, said["pot"])}  # fmt: skip
    entry = replace(mended.entry, day=max([day, *(found[seq] for seq, _ in mended.takes_up)]))
    facts = {"of": said["date"], "approval": proposal.id, "proposed_by": proposal.proposed_by}
    posted = journal.post(
        db,
        actor=actor,
        chapter_id=chapter_id,
        act=Act.SHEET_CORRECTED,
        entry=entry,
        facts=facts | ({"group": said["group"]} if said["group"] else {}),
        texts={"note": said["note"], "reason": said["reason"]},
    )
    differences.settle(db, chapter_id=chapter_id, seq=posted.seal.seq, outcome=None,
                       parts=mended.takes_up)  # fmt: skip
    answer = asdict(entry_posted(posted, entry))
    return answer, {"id": posted.entry_id}
