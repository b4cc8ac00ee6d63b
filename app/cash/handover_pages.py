"""Handing over the cash on a phone, and the record that is printed and signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, names
from app.access.identity import Viewer, Viewing
from app.approvals.actions import Waiting
from app.cash import handing_over, handover_form, handovers, rules
from app.cash.api import words
from app.cash.handover_form import Table
from app.cash.handovers import Blank
from app.errors import Busy, Invalid, Refusal
from app.ledger import once
from app.offices.actions import Appointee
from app.web import forms, keys, language, render
from app.web.book import RealOnly, check_code
from app.web.fields import PathId, RealDb, Typed

# Offices, sessions and devices are of the real book: nothing of this is practised.
router = APIRouter(include_in_schema=False, dependencies=[RealOnly])
FIELDS = ("key", "date", "person_id", "name", "phone", "witnesses.0", "witnesses.1",
          "difference_reason", "reason")  # fmt: skip
# What the action calls a field, where the page calls it otherwise.
HERE = {"person": "person_id", "incoming": "person_id", "role": "person_id",
        "witnesses": "witnesses.1", "Idempotency-Key": ""}  # fmt: skip


@dataclass(slots=True)
class _Tried:
    """A handover as it was typed, and what became of it."""

    blank: Blank
    said: dict[str, str]
    day: date
    tables: list[Table]
    refusal: Refusal | None = None
    problems: list[Refusal] = field(default_factory=list)
    waits: Waiting | None = None


@router.get("/chi-hoi/{chapter_id}/ban-giao")
async def blank_handover(
    request: Request, db: RealDb, viewer: Viewing, chapter_id: PathId
) -> Response:
    """Nothing counted yet: what should be in her hand is not shown before she has counted."""
    return _show(request, viewer, chapter_id, await _read(db, viewer, chapter_id, {}))


@router.post("/chi-hoi/{chapter_id}/ban-giao")
async def hand_over(
    request: Request, db: RealDb, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Add up, or sign and ask for the second signature; a refused form comes back as typed."""
    tried = await _read(db, viewer, chapter_id, typed)
    if typed.get("do", [""])[0] == "sign":
        try:
            tried.waits = await _sign(request, db, viewer, chapter_id, typed, tried)
        except Refusal as refusal:
            tried.refusal = refusal
    if tried.waits is not None:
        return RedirectResponse(f"/ky/{tried.waits.approval_id}", 303)
    return _show(request, viewer, chapter_id, tried)


async def _read(db: RealDb, viewer: Viewer, chapter_id: str, typed: dict[str, list[str]]) -> _Tried:
    said, problems = forms.fields(typed, FIELDS), list[Refusal]()
    day = today = clock.today()
    try:
        day = forms.day(said["date"], today)
    except Invalid as refusal:
        problems.append(refusal)
    blank = await db.read(
        handovers.blank, actor=viewer.actor, chapter_id=chapter_id, day=min(day, today)
    )
    tables = handover_form.tables(blank.lying, typed)
    said["date"] = said["date"] or day.isoformat()
    problems += [problem for table in tables for problem in table.problems]
    wrong = Invalid.every(problems) if problems else None
    return _Tried(blank, said, day, tables, wrong, problems)


async def _sign(
    request: Request, db: RealDb, viewer: Viewer, chapter_id: str, typed: dict[str, list[str]],
    tried: _Tried,
) -> Waiting:  # fmt: skip
    said = tried.said
    if not said["key"]:
        raise Invalid("key_missing", "Trang chưa tải xong. Mời chị xem lại rồi ghi.")
    key = keys.checked(said["key"])
    if not await db.read(once.is_known, chapter_id=chapter_id, key=key):  # else: as answered then
        _check(viewer, tried)
    answer = await db.write(
        handing_over.hand_over,
        actor=viewer.actor,
        chapter_id=chapter_id,
        day=tried.day,
        outgoing_id=None,
        incoming=_incoming(said),
        counts=handover_form.counts(tried.tables),
        witnesses=[said["witnesses.0"], said["witnesses.1"]],
        difference_reason=words(said["difference_reason"], "difference_reason"),
        reason=words(said["reason"], "reason"),
        code_hours=request.app.state.settings.enrol_hours,
        ticket=keys.ticket(request, key, typed),
    )
    return answer.value


def _check(viewer: Viewer, tried: _Tried) -> None:
    """Everything that is missing at once. Raises Invalid."""
    said = tried.said
    found = [p for p in tried.problems if p.field == "date"]
    found += handover_form.unclear(tried.tables)
    try:
        _incoming(said)
    except Invalid as refusal:
        found += refusal.parts
    seen = [said[f"witnesses.{n}"].strip().casefold() for n in range(rules.WITNESSES)]
    try:
        rules.check_witnesses([name for name in seen if name])
    except Invalid as refusal:
        refusal.field = f"witnesses.{seen.index('') if '' in seen else 1}"
        found.append(refusal)
    if any(table.difference for table in tried.tables) and not said["difference_reason"].strip():
        found.append(
            Invalid(
                "difference_reason_needed", "Tiền đếm khác với sổ. Mời chị ghi vì sao.",
                field="difference_reason",
            )
        )  # fmt: skip
    if viewer.actor.person_id != tried.blank.outgoing_id and not said["reason"].strip():
        found.append(
            Invalid(
                "stand_in_reason_needed", "Chị ký thay thủ quỹ. Mời chị ghi vì sao.",
                field="reason",
            )
        )  # fmt: skip
    if found:
        raise Invalid.every(found)


def _incoming(said: dict[str, str]) -> Appointee:
    """Somebody of the list, or a new person. Raises Invalid with every problem."""
    if said["person_id"]:
        if said["name"].strip() or said["phone"].strip():
            raise Invalid(
                "one_person_page", "Chọn hội viên, hoặc ghi tên người mới; một trong hai thôi.",
                field="person_id",
            )  # fmt: skip
        if not keys.UUID.fullmatch(said["person_id"]):
            raise Invalid(
                "person_unknown", "Không tìm thấy người này trong chi hội.", field="person_id"
            )
        return Appointee(person_id=said["person_id"])
    if not said["name"].strip() and not said["phone"].strip():
        raise Invalid("incoming_needed", "Ai nhận quỹ? Mời chị chọn.", field="person_id")
    problems: list[Refusal] = []
    name = phone = ""
    try:
        name = names.clean(said["name"], longest=100, field="name")
    except Invalid as refusal:
        problems += refusal.parts
    try:
        phone = names.phone(said["phone"])
    except Invalid as refusal:
        problems += refusal.parts
    if problems:
        raise Invalid.every(problems)
    return Appointee(name=name, phone=phone)


def _show(request: Request, viewer: Viewer, chapter_id: str, tried: _Tried) -> Response:
    blank, said, refusal = tried.blank, tried.said, tried.refusal
    problems = {
        HERE.get(name, name): sentence
        for name, sentence in forms.problems(request, refusal).items()
    }
    lang = language.of_request(request)
    counted = [table for table in tried.tables if table.filled.entered]
    return render.page(
        request,
        "cash/handover.html",
        forms.status(refusal),
        unsure=isinstance(refusal, Busy),
        problems=problems,
        form=said,
        handover={
            "chapter_id": chapter_id,
            "blank": blank,
            "mine": viewer.actor.person_id == blank.outgoing_id,
            "key": forms.next_key(said["key"], refusal),
            "tables": [_table(table, lang) for table in tried.tables],
            "bank": [one for one in blank.lying if one.place == "bank" and one.book],
            "counted": bool(counted),
            "total": sum(table.filled.total for table in counted),
            "difference": sum(table.difference for table in counted),
            "differs": any(table.difference for table in counted),
            "people": [one.name for one in blank.candidates],
            "latest": clock.today().isoformat(),
            "late": tried.day < clock.today(),
        },
    )


def _table(table: Table, lang: str) -> dict[str, Any]:
    said = {p.field: language.sentence(p, lang) for p in table.problems}
    rows = [
        {"name": f"{table.name}-{row.value}", "value": row.value, "typed": row.typed,
         "sum": row.sum, "problem": said.get(f"{table.name}-{row.value}")}
        for row in table.filled.rows
    ]  # fmt: skip
    return {
        "name": table.name, "pot_name": table.lies.pot_name, "place": table.lies.place.value,
        "book": table.lies.book, "needed": table.needed, "rows": rows,
        "entered": table.filled.entered, "total": table.filled.total,
        "difference": table.difference, "wrong": bool(said),
        "known": bool(table.lies.book or table.filled.entered or said),
    }  # fmt: skip


@router.get("/ban-giao/{handover_id}")
async def record(request: Request, db: RealDb, viewer: Viewing, handover_id: PathId) -> Response:
    """The record of a handover, for A4 and ink."""
    found = await db.read(handovers.handover, actor=viewer.actor, handover_id=handover_id)
    at = datetime.fromtimestamp(found.at // 1_000_000, clock.VIETNAM)
    return render.page(
        request,
        "cash/handover_record.html",
        handover=found,
        witnesses=[name.strip() for name in found.witnesses.split(",") if name.strip()],
        at=f"{at:%d/%m/%Y %H:%M}",
        check_code=check_code(request, found.head),
    )
