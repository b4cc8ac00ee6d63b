"""A sheet left on an outgoing officer's phone: handed over, recorded by somebody in office, or dropped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from app.access.leavers import require_left
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict, Invalid, TooMany, not_found
from app.ledger import once
from app.ledger.once import Answer, Ticket
from app.models.held import HeldFate, HeldSheet
from app.savings import actions, held, queries, sheet_form
from app.savings.actions import SheetPosted
from app.savings.held import Form, Held
from app.savings.rules import Line
from app.terms import Act, Actor, Fate

WAITING = 20  # of one person in one chapter: more than an honest phone keeps
LARGEST = 60_000  # characters of a form: a chapter of a thousand


def hand_over(
    db: Tx, *, actor: Actor, chapter_id: str, ticket: Ticket, form: Form, kept_at: int | None
) -> Held | SheetPosted:
    """Hold a sheet of an outgoing officer, once; asked again, say what became of it.

    `ticket` is the one the outbox would have recorded it under: what came into the book before
    her office ended is answered as posted. Nothing is posted here, under nobody's name. Raises
    as leavers.require_left, unless she handed this very sheet over before.
    """
    if not _is_hers(db, chapter_id, ticket.key, actor.person_id):
        require_left(db, actor=actor, chapter_id=chapter_id)
    trail.open_book(db, chapter_id)
    found = held.find(db, chapter_id, ticket.key)
    if found is not None:
        if (found.person_id, found.request) != (actor.person_id, ticket.request):
            raise once.key_reused()
        return found
    before = once.replay(db, chapter_id=chapter_id, ticket=ticket, kind=SheetPosted)
    if before is not None:
        return before.value
    whose = [person for _, person, _ in queries.held_waiting(db, chapter_id)]
    if whose.count(actor.person_id) >= WAITING:
        raise TooMany(
            "held_enough",
            "Chưa vào sổ: chi hội đang giữ {n} bảng của chị, xem bớt rồi mới nhận thêm.",
            n=WAITING,
        )
    kept = {name: list(values) for name, values in form.items() if any(values)}
    day, total, lines = _check(db, chapter_id, kept)
    seal = trail.seal(
        db,
        chapter_id=chapter_id,
        actor=actor,
        act=Act.SHEET_HELD,
        about=ticket.key,
        facts={"day": day.isoformat(), "total": total, "lines": lines},
        texts={"form": json.dumps(kept, ensure_ascii=False, sort_keys=True)},
    )
    db.insert(
        HeldSheet(
            chapter_id=chapter_id,
            id=ticket.key,
            seq=seal.seq,
            person_id=actor.person_id,
            request=ticket.request,
            kept_at=kept_at,
        )
    )
    held_now = held.find(db, chapter_id, ticket.key)
    assert held_now is not None
    return held_now


def _is_hers(db: Tx, chapter_id: str, held_id: str, person_id: str) -> bool:
    sql = "SELECT 1 FROM held_sheet WHERE chapter_id = ? AND id = ? AND person_id = ?"
    return db.row(sql, (chapter_id, held_id, person_id)) is not None


def _check(db: Tx, chapter_id: str, form: dict[str, list[str]]) -> tuple[date, int, int]:
    """A form that the sheet's page made: its fields, its pot, its members, amounts that are clear.

    What merely fits no more (a day too old, a line below the minimum) is for whoever reviews it.
    """
    sheet_form.check_kept(form, LARGEST)
    day, blank, filled = held.read(db, chapter_id, form)
    pot, group = (form.get(name, [""])[0] for name in ("pot_id", "group_id"))
    if blank.pot is None or blank.pot.id != pot:
        raise queries.pot_unknown()
    if (blank.group_id or "") != group:
        raise Invalid("group_unknown", "Chi hội không có tổ này.", field="group_id")
    queries.check_named(blank, sheet_form.numbers(form))
    unclear = [row.problem for row in filled.rows if row.problem]
    if unclear:
        raise Invalid.every(unclear)
    if not filled.lines:
        raise Invalid("no_lines", "Phiếu chưa có ai góp.", field="lines")
    return day, filled.total, len(filled.lines)


def record(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    pot_id: str,
    day: date,
    lines: Sequence[Line],
    ticket: Ticket,
    held_id: str | None = None,
    group_id: str | None = None,
    note: str | None = None,
    reason: str | None = None,
) -> Answer[SheetPosted]:
    """actions.post_sheet; what is held under this key, or was opened as `held_id`, is settled by it.

    In one transaction, under the name of whoever records. Raises NotFound, and Conflict
    `held_decided` where another was faster.
    """
    require(db, actor=actor, may=May.RECORD_SHEETS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    known = once.is_known(db, chapter_id=chapter_id, key=ticket.key)
    settles = []
    for id in dict.fromkeys(filter(None, (held_id, ticket.key))):
        found = held.find(db, chapter_id, id)
        if found is None and id == held_id:
            raise not_found()
        if found is not None and not known:
            check_waits(found)
            settles.append(found)
    answer = actions.post_sheet(
        db,
        actor=actor,
        chapter_id=chapter_id,
        pot_id=pot_id,
        day=day,
        lines=lines,
        ticket=ticket,
        group_id=group_id,
        note=note,
        reason=reason,
    )
    for found in settles:
        _decide(db, actor, found, Fate.RECORDED, answer.value.receipt.seq, None)
    return answer


def drop(db: Tx, *, actor: Actor, held_id: str, reason: str) -> None:
    """It is not recorded, and why. Raises NotFound, NotAllowed, Conflict `held_decided`."""
    chapter_id = chapter_holding(db, actor=actor, model=HeldSheet, id=held_id)
    require(db, actor=actor, may=May.RECORD_SHEETS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    found = held.find(db, chapter_id, held_id)
    assert found is not None  # rows of this table are never deleted
    check_waits(found)
    _decide(db, actor, found, Fate.DROPPED, None, reason)


def check_waits(found: Held) -> None:
    """Nobody has decided. Raises Conflict `held_decided`."""
    if found.fate is Fate.RECORDED:
        raise Conflict(
            "held_decided", "Bảng này chị {who} đã ghi vào sổ số {n} rồi, không ghi lần nữa.",
            who=found.decided_by or "", n=found.number or 0,
        )  # fmt: skip
    if found.fate is Fate.DROPPED:
        raise Conflict(
            "held_decided", "Bảng này chị {who} đã xem và không ghi: {why}",
            who=found.decided_by or "", why=found.reason or "",
        )  # fmt: skip


_ACTS = {Fate.RECORDED: Act.HELD_RECORDED, Fate.DROPPED: Act.HELD_DROPPED}


def _decide(
    db: Tx, actor: Actor, found: Held, fate: Fate, entry_seq: int | None, reason: str | None
) -> None:
    facts = {"person": found.person_id} | ({"entry_seq": entry_seq} if entry_seq else {})
    seal = trail.seal(db, chapter_id=found.chapter_id, actor=actor, act=_ACTS[fate],
                      about=found.id, facts=facts, texts={"reason": reason})  # fmt: skip
    db.insert(
        HeldFate(
            chapter_id=found.chapter_id, id=found.id, seq=seal.seq, fate=fate, entry_seq=entry_seq
        )
    )
