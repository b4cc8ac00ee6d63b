"""Entries as they stand, and what would take them back: looked at before it is signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app import clock, ids, money
from app.approvals.kinds import Proposal, Shown
from app.db.tx import Tx
from app.errors import Conflict, Invalid, Refusal, not_found
from app.ledger import balances
from app.ledger.entry import PLACE_OF, Account, Transfer, earned, signed
from app.mending import rules
from app.mending.kinds import FOLLOWERS
from app.mending.rules import Mended, Pends, Standing, StandingLine
from app.terms import AccountKind, EntryKind

REVERSED_BY = (
    "(SELECT r.seq FROM movement r WHERE r.chapter_id = m.chapter_id"
    " AND r.reverses_seq = m.seq AND r.reverses_line = m.line)"
)


def standing(db: Tx, chapter_id: str, entry_id: str) -> Standing | None:
    """An entry with its movements and which of them were reversed."""
    head = db.row(
        "SELECT e.seq, e.kind, e.pot_id, e.cycle_no, t.at FROM entry e"
        " JOIN trail t ON t.chapter_id = e.chapter_id AND t.seq = e.seq"
        " WHERE e.chapter_id = ? AND e.id = ?",
        (chapter_id, entry_id),
    )
    if head is None:
        return None
    rows = db.rows(
        "SELECT m.line, d.pot_id, d.kind, d.owner_id, c.pot_id, c.kind, c.owner_id, m.amount,"
        f" m.member_no, m.periods, {REVERSED_BY} FROM movement m"
        " JOIN account d ON d.chapter_id = m.chapter_id AND d.no = m.debit_no"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " WHERE m.chapter_id = ? AND m.seq = ? ORDER BY m.line",
        (chapter_id, head[0]),
    )
    lines = [
        StandingLine(
            r[0],
            Transfer(
                Account(r[1], AccountKind(r[2]), r[3]),
                Account(r[4], AccountKind(r[5]), r[6]),
                *r[7:10],
            ),
            r[10] is not None,
        )
        for r in rows
    ]
    seq, kind, pot_id, cycle_no, at = head
    took_up = balances.taken_by(db, chapter_id, seq)
    own = balances.pending_one(db, chapter_id, entry_id)
    left = abs(own.amount) if own else 0
    return Standing(seq, EntryKind(kind), pot_id, cycle_no, at, lines, took_up, left)


def opposite(
    db: Tx, chapter_id: str, entry_id: str, line_ids: Sequence[str]
) -> tuple[Standing, Mended]:
    """What would take these lines back (all of them where none is named). Raises NotFound."""
    found = standing(db, chapter_id, entry_id)
    if found is None:
        raise not_found()
    rules.check_reversible(found.kind, bool(line_ids))
    wanted = {ids.entry_and_line(line_id) for line_id in line_ids}
    if any(of != entry_id for of, _ in wanted):
        raise Invalid("line_unknown", "Phiếu không có dòng này.", field="lines")
    today = clock.today()
    if found.cycle_no != balances.open_cycle(db, chapter_id, found.pot_id, today):
        raise Conflict("cycle_closed", "Lợn đó đã mổ, phiếu cũ không sửa được nữa.", field="lines")
    lines = rules.chosen(found, {line for _, line in wanted})
    rules.check_unspent(lines, earned(balances.held(db, chapter_id, found.pot_id)))
    back = rules.opposites(found, lines)
    follower = FOLLOWERS.get(found.kind)
    follow = follower(db, chapter_id, found.seq, today, back) if follower else rules.NOTHING
    counted = _counted_since(db, chapter_id, found)
    pending = pends(db, chapter_id, found.pot_id)
    return found, rules.reversal(found, back, today, counted, pending, follow)


def _counted_since(db: Tx, chapter_id: str, found: Standing) -> Callable[[AccountKind], bool]:
    return lambda kind: balances.counted_after(
        db, chapter_id, found.pot_id, PLACE_OF[kind], found.seq
    )


def counted_since(db: Tx, chapter_id: str, found: Standing) -> bool:
    """Whether cash that an entry touched was counted after it."""
    touched = {a.kind for p in found.lines for a in (p.transfer.debit, p.transfer.credit)}
    return any(map(_counted_since(db, chapter_id, found), touched & PLACE_OF.keys()))


def pends(db: Tx, chapter_id: str, pot_id: str) -> Callable[[AccountKind], Pends]:
    """What pends in a pot, by the account it pends on, for the rules."""

    def of(kind: AccountKind) -> Pends:
        short = kind is AccountKind.SHORTAGE_PENDING
        found = balances.pending(db, chapter_id, pot_id)
        return [(one.seq, abs(one.amount)) for one in found if (one.amount < 0) == short]

    return of


def line_ids(entry_id: str, mended: Mended) -> list[str]:
    """Which lines an opposite takes back: "all of it" must not mean fewer by the signature."""
    return [ids.of_line(entry_id, t.reverses[1]) for t in mended.entry.transfers if t.reverses]


def names_of(db: Tx, chapter_id: str) -> dict[int, str]:
    """Members' names by their numbers, for what is shown to sign."""
    rows = db.rows(
        "SELECT m.number, p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ?",
        (chapter_id,),
    )
    return dict(rows)


def reversal_shown(db: Tx, proposal: Proposal) -> Shown:
    """Which lines of which entry, and why; also once they were taken back."""
    said = proposal.payload
    found = standing(db, proposal.chapter_id, said["entry"])
    if found is None:
        raise not_found()
    wanted = {ids.entry_and_line(line_id)[1] for line_id in said["lines"]}
    chosen = [posted for posted in found.lines if posted.line in wanted]
    names = names_of(db, proposal.chapter_id)
    shown: list[tuple[str, str | Refusal]] = [
        ("sheet", str(found.seq)),
        ("date", clock.day_of(found.recorded_at).isoformat()),
    ]
    for posted in chosen:
        number = posted.transfer.member_no
        who = f"{number} · {names.get(number, '')}" if number else "amount"
        shown.append((who, money.show(-signed(posted.transfer))))
    if any(posted.reversed for posted in chosen):
        shown.append(("no_longer", rules.reversed_already()))
    elif counted_since(db, proposal.chapter_id, found):
        shown.append(("counted_since", ""))
    return [*shown, ("reason", said["reason"])]
