"""The sheet: filled in, added up, recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, ids
from app.access.identity import Viewer, Viewing
from app.approvals.actions import Waiting
from app.errors import Busy, Invalid, Refusal
from app.ledger import once
from app.ledger.once import Ticket
from app.ledger.receipts import EntryPosted
from app.savings import asking, holding, queries, rules, sheet_form
from app.savings.api import text
from app.savings.sheet_form import Filled, Row
from app.web import forms, keys, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
SHEET_FIELDS = (*sheet_form.FIELDS, "key")


@router.get("/chi-hoi/{chapter_id}/thu")
async def blank_sheet(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, pot: str = "", ngay: str = "",
    to: str = "", xong: str = "",
) -> Response:  # fmt: skip
    """An empty sheet for today, or the day asked for."""
    try:
        day = min(sheet_form.day_typed(ngay, clock.today()), clock.today())
    except Invalid:
        day = clock.today()
    blank = await _blank(db, viewer, chapter_id, pot, day, to)
    filled = sheet_form.read(blank.rows(), {}, blank.minimum)
    tried = Tried(blank, _Typed(day=day.isoformat()), filled, filled.rows)
    return _show(request, chapter_id, tried, opened=xong == "lon")


@router.post("/chi-hoi/{chapter_id}/thu")
async def sheet(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Fill, add up or record; a refused form comes back as it was typed."""
    tried = await attempt(request, db, viewer, chapter_id, typed)
    if tried.posted is not None:
        return RedirectResponse(f"/phieu/{tried.posted.id}", 303)
    if tried.waits is not None:
        return RedirectResponse(f"/ky/{tried.waits.approval_id}", 303)
    return _show(request, chapter_id, tried)


@dataclass(slots=True)
class _Typed:
    """The sheet's own fields, as typed."""

    pot_id: str = ""
    group_id: str = ""
    date: str = ""
    note: str = ""
    reason: str = ""
    key: str = ""
    replaces: str = ""  # the refused sheet on the phone that this one is recorded instead of
    held: str = ""  # the sheet of an outgoing officer that this one is recorded instead of
    counted: str = ""  # its money was there at the last count
    day: str = ""

    def __post_init__(self) -> None:
        self.replaces = self.replaces if keys.UUID.fullmatch(self.replaces) else ""
        self.held = self.held if keys.UUID.fullmatch(self.held) else ""
        self.date = self.date or self.day
        self.key = self.key or ids.new()


@dataclass(slots=True)
class Tried:
    """A sheet as it was sent, and what became of it: posted, asked about, or to be mended."""

    blank: queries.SheetBlank
    said: _Typed
    filled: Filled
    rows: list[Row]
    problems: dict[str, Refusal] = field(default_factory=dict)
    question: str | None = None
    posted: EntryPosted | None = None
    waits: Waiting | None = None  # for a second signature

    def sentences(self, lang: str) -> dict[str, str]:
        """What is wrong, by field; a row's with the member's name."""
        said = {name: language.sentence(p, lang) for name, p in self.problems.items()}
        return said | {
            f"amount-{row.number}": f"{row.name}: {language.sentence(row.problem, lang)}"
            for row in self.rows
            if row.problem
        }


async def attempt(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, typed: dict[str, list[str]],
    sent: Ticket | None = None,
) -> Tried:  # fmt: skip
    """Read a sheet's form and do what its button says; `sent` is how it came in at another time."""
    said = _Typed(**forms.fields(typed, SHEET_FIELDS))
    problems: dict[str, Refusal] = {}
    try:
        day = sheet_form.day_typed(said.date, clock.today())
    except Invalid as refusal:
        day, problems["date"] = clock.today(), refusal
    named = sheet_form.numbers(typed)
    blank = await _blank(
        db, viewer, chapter_id, said.pot_id, min(day, clock.today()), said.group_id, named
    )
    try:
        queries.check_named(blank, named)
    except Invalid as refusal:
        problems[""] = refusal
    if blank.pot and said.pot_id not in ("", blank.pot.id):
        problems["pot_id"] = queries.pot_unknown()
    said.pot_id = blank.pot.id if blank.pot else ""
    filled = sheet_form.read(blank.rows(), typed, blank.minimum)
    do = typed.get("do", ["check"])[0]
    if do == "record" and not any(typed.get("key", [])):  # sent twice it would be recorded twice
        problems[""] = Invalid("key_missing", "Trang chưa tải xong. Mời chị xem lại rồi ghi.")
    if do == "fill":
        rows = sheet_form.fill(filled, blank.minimum)
        again = {f"amount-{r.number}": [r.amount] for r in rows} | {
            f"periods-{r.number}": [r.periods] for r in rows
        }
        filled = sheet_form.read(blank.rows(), again, blank.minimum)
    tried = Tried(blank, said, filled, filled.rows, problems)
    if do != "record" or filled.problems or problems:
        return tried
    asked = "confirmed" in typed or await _answered(db, chapter_id, said.key)
    if not asked and (question := asking.question(request, blank, filled, day)):
        tried.question = question
        return tried
    try:
        done = await _record(request, db, viewer, chapter_id, said, day, filled, typed, sent)
        if isinstance(done, Waiting):
            tried.waits = done
        else:
            tried.posted = done
    except Refusal as refusal:
        if refusal.code == "key_reused":
            said.key = ids.new()  # a fresh sheet from the same page: ask, do not guess
        tried.rows, tried.problems = sheet_form.mark(filled, refusal, day)
    return tried


async def _answered(db: Db, chapter_id: str, key: str) -> bool:
    """A second tap of a sheet that is in the book: its receipt, not another question."""
    known = keys.UUID.fullmatch(key) is not None
    return known and await db.read(once.is_known, chapter_id=chapter_id, key=key)


async def _blank(
    db: Db, viewer: Viewer, chapter_id: str, pot_id: str, day: date, group_id: str,
    named: Collection[int] = (),
) -> queries.SheetBlank:  # fmt: skip
    return await db.read(
        queries.sheet_blank,
        actor=viewer.actor,
        chapter_id=chapter_id,
        pot_id=pot_id,
        day=day,
        group_id=group_id,
        named=named,
    )


async def _record(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, said: _Typed, day: date,
    filled: Filled, typed: dict[str, list[str]], sent: Ticket | None,
) -> EntryPosted | Waiting:  # fmt: skip
    if not filled.lines:
        raise Invalid("no_lines", "Phiếu chưa có ai góp.", field="lines")
    answer = await db.write(
        holding.record,
        actor=viewer.actor,
        chapter_id=chapter_id,
        pot_id=said.pot_id,
        day=day,
        lines=filled.lines,
        ticket=sent or keys.ticket(request, keys.checked(said.key), typed),
        held_id=said.held or None,
        group_id=said.group_id or None,
        note=text(said.note, "note"),
        reason=text(said.reason, "reason"),
        counted=bool(said.counted),
    )
    return answer.value


def _show(request: Request, chapter_id: str, tried: Tried, *, opened: bool = False) -> Response:
    blank, said, rows, filled = tried.blank, tried.said, tried.rows, tried.filled
    lang = language.of_request(request)
    today = clock.today()
    try:
        age = (today - date.fromisoformat(said.date)).days
    except ValueError:
        age = 0
    unsure = any(isinstance(problem, Busy) for problem in tried.problems.values())
    sentences = tried.sentences(lang)
    counted_on = _counted_on(blank, said.date)
    response = render.page(
        request,
        "savings/sheet.html",
        503 if unsure else 422 if sentences else 200,
        unsure=unsure,
        problems=sentences,
        broken=blank.broken,
        sheet={
            "chapter_id": chapter_id,
            "chapter_name": blank.chapter_name,
            "pots": blank.pots,
            "pot_id": blank.pot.id if blank.pot else "",
            "date": said.date,
            "latest": today.isoformat(),
            "paid_on": blank.day,
            "minimum": blank.minimum,
            "period_word": rules.PERIOD_WORDS[blank.period],
            "rows": [_row(row, lang) for row in rows],
            "total": filled.total,
            "payers": len(filled.lines),
            "key": said.key,
            "groups": blank.groups,
            "group_id": blank.group_id or "",
            "note": said.note,
            "replaces": said.replaces,
            "held": said.held,
            "reason": said.reason,
            "late": age > blank.backdate_days or said.date < counted_on,
            "counted_on": counted_on,
            "counted": bool(said.counted) or said.date < counted_on,
            "question": tried.question,
            "opened": blank.pot.name if opened and blank.pot else "",
        },
    )
    # Going back to a half-typed sheet must find it as it was left: the browser may keep this page.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _counted_on(blank: queries.SheetBlank, typed: str) -> str:
    """The day of the last count, where this sheet's day is not after it."""
    on = blank.counted_on.isoformat() if blank.counted_on else ""
    return on if typed <= on else ""


def _row(row: Row, lang: str) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ("number", "member_id", "name", "behind", "paid",
                                                   "amount", "periods", "folded")}  # fmt: skip
    return shown | {"problem": language.sentence(row.problem, lang) if row.problem else None}
