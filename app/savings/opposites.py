"""The opposite of what stands in the book: looked at before it is signed, posted afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock, ids, money
from app.approvals.kinds import Proposal
from app.db.tx import Tx
from app.errors import Conflict, Invalid, not_found
from app.ledger import journal
from app.ledger.entry import Entry, cash_in
from app.savings import queries, rules
from app.savings.sheets import PostedEntry, posted_entry


def opposite(
    db: Tx, chapter_id: str, entry_id: str, line_ids: Sequence[str]
) -> tuple[PostedEntry, Entry]:
    """What would take these lines back (all of them where none is named). Raises NotFound."""
    found = posted_entry(db, chapter_id, entry_id)
    if found is None:
        raise not_found()
    rules.check_no_reversal(found.kind)
    wanted = {ids.entry_and_line(line_id) for line_id in line_ids}
    if any(of != entry_id for of, _ in wanted):
        raise Invalid("line_unknown", "Phiếu không có dòng này.", field="lines")
    today = clock.today()
    if found.cycle_no != journal.open_cycle(db, chapter_id, found.pot_id, today):
        raise Conflict("cycle_closed", "Lợn đó đã mổ, phiếu cũ không sửa được nữa.", field="lines")
    entry = rules.reversal_entry(
        pot_id=found.pot_id,
        seq=found.seq,
        lines=found.lines,
        wanted={line for _, line in wanted},
        today=today,
    )
    return found, entry


def line_ids(entry_id: str, entry: Entry) -> list[str]:
    """Which lines an opposite takes back: "all of it" must not mean fewer by the signature."""
    return [ids.of_line(entry_id, t.reverses[1]) for t in entry.transfers if t.reverses]


def reversal_shown(db: Tx, proposal: Proposal) -> list[tuple[str, str]]:
    """Which lines of which sheet, and why; also once they were taken back."""
    said = proposal.payload
    found = posted_entry(db, proposal.chapter_id, said["entry"])
    if found is None:
        raise not_found()
    wanted = {ids.entry_and_line(line_id)[1] for line_id in said["lines"]}
    chosen = [posted for posted in found.lines if posted.line in wanted]
    names = queries.names_of(db, proposal.chapter_id)
    shown = [("sheet", str(found.seq)), ("date", clock.day_of(found.recorded_at).isoformat())]
    for posted in chosen:
        number = posted.transfer.member_no or 0
        shown.append((f"{number} · {names.get(number, '')}", money.show(-cash_in(posted.transfer))))
    if any(posted.reversed for posted in chosen):
        shown.append(("no_longer", str(rules.reversed_already())))
    return [*shown, ("reason", said["reason"])]
