"""Counting notes, and the record of a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, money
from app.access.identity import Viewer, Viewing
from app.access.queries import holds, unit_name
from app.access.rules import May
from app.approvals.actions import Waiting
from app.cash import actions, count_form, count_looks, counting, queries
from app.cash.api import words
from app.cash.count_form import Filled
from app.cash.counting import CountBlank
from app.cash.pages import keepers, settling
from app.cash.writing import CARRIED, Counted
from app.errors import Busy, Invalid, Refusal
from app.ledger import once
from app.terms import Place
from app.web import forms, keys, language, render
from app.web.book import check_code
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("pot_id", "place", "date", "decision", "keeper_person_id", "reason", "book", "key",
          "witnesses.0", "witnesses.1", "confirmed")  # fmt: skip


@dataclass(slots=True)
class _Tried:
    """A count as it was typed, and what became of it."""

    blank: CountBlank
    said: dict[str, str]
    day: date
    filled: Filled
    entered: bool
    refusal: Refusal | None = None
    question: str | None = None
    done: Counted | Waiting | None = None

    @property
    def difference(self) -> int:
        """Counted less book; below zero a shortage."""
        return self.filled.total - self.blank.book


@router.get("/chi-hoi/{chapter_id}/kiem")
async def blank_count(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, pot: str = "", place: str = ""
) -> Response:
    """Nothing counted yet: the book's figure is not shown before she has counted something."""
    asked = {"pot_id": [pot if keys.UUID.fullmatch(pot) else ""], "place": [place]}
    return _show(request, chapter_id, await _read(db, viewer, chapter_id, asked))


@router.post("/chi-hoi/{chapter_id}/kiem")
async def count(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """One note more or less, add up, or record; a refused form comes back as it was typed."""
    tried = await _read(db, viewer, chapter_id, typed)
    if typed.get("do", [""])[0] == "record" and not tried.refusal:
        await _record(request, db, viewer, chapter_id, typed, tried)
    if isinstance(tried.done, Waiting):
        return RedirectResponse(f"/ky/{tried.done.approval_id}", 303)
    if tried.done is not None:
        return RedirectResponse(f"/kiem/{tried.done.id}", 303)
    return _show(request, chapter_id, tried)


async def _read(db: Db, viewer: Viewer, chapter_id: str, typed: dict[str, list[str]]) -> _Tried:
    said, do = forms.fields(typed, FIELDS), typed.get("do", [""])[0]
    problems: list[Refusal] = []
    day = today = clock.today()
    try:
        day = min(forms.day(said["date"], today), today)
    except Invalid as refusal:
        problems.append(refusal)
    blank = await db.read(counting.count_blank, actor=viewer.actor, chapter_id=chapter_id,
                          pot_id=said["pot_id"], place=said["place"], day=day)  # fmt: skip
    if do and not _is_spot(blank, said):
        problems.append(Invalid("pot_unknown", "Chi hội không có lợn này.", field="pot_id"))
    if do == "record" and not said["key"]:
        problems.append(
            Invalid("key_missing", "Trang chưa tải xong. Mời chị xem lại rồi ghi.", field="")
        )
    filled = count_form.step(count_form.read(typed), do)
    problems += filled.problems
    # What she wrote stands beside its sum; a future day is refused by the rule when it is recorded.
    said["date"] = said["date"] or day.isoformat()
    wrong = Invalid.every(problems) if problems else None
    return _Tried(blank, said, day, filled, filled.entered or do in ("add", "record"), wrong)


def _is_spot(blank: CountBlank, said: dict[str, str]) -> bool:
    spot = blank.spot
    return spot is not None and (spot.pot_id, spot.place.value) == (said["pot_id"], said["place"])


async def _record(
    request: Request, db: Db, viewer: Viewer, chapter_id: str, typed: dict[str, list[str]],
    tried: _Tried,
) -> None:  # fmt: skip
    """Into the book with it, unless there is something to ask first."""
    said = tried.said
    known = keys.UUID.fullmatch(said["key"]) is not None
    again = known and await db.read(once.is_known, chapter_id=chapter_id, key=said["key"])
    if not again and (question := _question(request, tried)):
        tried.question = question
        return
    try:
        decision = CARRIED if again else count_looks.decided(said, tried.difference)
        answer = await db.write(
            actions.count_cash,
            actor=viewer.actor,
            chapter_id=chapter_id,
            pot_id=said["pot_id"],
            place=Place(said["place"]),
            day=forms.day(said["date"], clock.today()),
            notes=tried.filled.notes,
            witnesses=[said["witnesses.0"], said["witnesses.1"]],
            decision=decision,
            ticket=keys.ticket(request, keys.checked(said["key"]), typed),
            reason=words(said["reason"], "reason"),
        )
        tried.done = answer.value
    except Refusal as refusal:
        tried.refusal = refusal


def _question(request: Request, tried: _Tried) -> str | None:
    """Nothing counted is worth asking; so is a book that is not the one she counted against."""
    say = language.translations(language.of_request(request)).gettext
    if not tried.filled.entered and not tried.said["confirmed"]:
        return say("Chưa ghi tờ tiền nào. Chỗ này không có tiền?")
    if tried.said["book"] not in ("", str(tried.blank.book)):
        return say("Hết ngày {day} trong sổ là {book}. Mời chị xem lại rồi ghi.").format(
            day=render.show_day(tried.day), book=money.show(tried.blank.book)
        )
    return None


def _show(request: Request, chapter_id: str, tried: _Tried) -> Response:
    blank, said, refusal = tried.blank, tried.said, tried.refusal
    lang = language.of_request(request)
    problems = count_looks.problems(request, refusal)
    unsure = isinstance(refusal, Busy)
    today = clock.today()
    return render.page(
        request,
        "cash/count.html",
        forms.status(refusal),
        unsure=unsure,
        problems=problems,
        form=said,
        count={
            "chapter_id": chapter_id,
            "chapter_name": blank.chapter_name,
            "spots": blank.spots,
            "spot": blank.spot,
            "one_pot": len({spot.pot_id for spot in blank.spots}) == 1,
            "counted_on": blank.counted_on,
            **count_looks.shown(tried.filled, tried.difference, tried.entered, lang),
            "book": blank.book,
            # Sent again after an unknown answer it must be the very same form.
            "book_sent": said["book"] if unsure else str(blank.book),
            "key": forms.next_key(said["key"], refusal),
            "question": tried.question,
            "people": [name for _, name in blank.people],
            "keepers": keepers(request, blank.treasurer, blank.people),
            "latest": today.isoformat(),
            "late": (today - tried.day).days > blank.backdate_days,
        },
    )


@router.get("/kiem/{count_id}")
async def record(request: Request, db: Db, viewer: Viewing, count_id: PathId) -> Response:
    """The record of a count, as it is printed and signed; what pends of it is settled below."""
    found = await db.read(queries.count, actor=viewer.actor, count_id=count_id)
    what = (
        await db.read(counting.difference, actor=viewer.actor, id=count_id)
        if found.difference
        else None
    )
    more = await settling(request, db, viewer, what, {}, None) if what else {"settle": None}
    recorded = datetime.fromtimestamp(found.recorded_at // 1_000_000, clock.VIETNAM)
    return render.page(
        request,
        "cash/record.html",
        count=found,
        what=what,
        witnesses=[name.strip() for name in found.witnesses.split(",") if name.strip()],
        recorded_at=f"{recorded:%d/%m/%Y %H:%M}",
        check_code=check_code(request, found.head),
        **more,
    )


@router.get("/chi-hoi/{chapter_id}/cac-lan-kiem")
async def counts(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """Every count, newest first."""
    found = await db.read(counting.counts, actor=viewer.actor, chapter_id=chapter_id)
    return render.page(
        request,
        "cash/counts.html",
        chapter_id=chapter_id,
        chapter_name=await db.read(unit_name, chapter_id),
        counts=found,
        may_count=holds(viewer.actor, May.COUNT_CASH, chapter_id),
    )
