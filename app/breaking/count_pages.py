"""Counting at a breaking: pot and hand together, then the pigs from home one after another."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import money
from app.access.identity import Viewer, Viewing
from app.breaking import decide_form, looks, one_by_one
from app.breaking.looks import CountBlank
from app.breaking.papers import worth
from app.breaking.steps import Counted, check_counted, check_goes_on
from app.cash import count_form, count_looks, counting
from app.cash.count_form import Filled
from app.cash.pages import keepers
from app.errors import Busy, Invalid, Refusal, not_found
from app.web import forms, language, render
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)
FIELDS = ("decision", "keeper_person_id", "reason", "book", "confirmed", *count_looks.WITNESSES)


@dataclass(slots=True)
class _Tried:
    """A count as it was typed, and what became of it."""

    blank: CountBlank
    said: dict[str, str]
    filled: Filled
    entered: bool
    refusal: Refusal | None = None
    question: str | None = None
    done: bool = False

    @property
    def difference(self) -> int:
        """Counted less book; below zero a shortage."""
        return self.filled.total - self.blank.book


@router.get("/mo-lon/{breaking_id}/dem")
async def blank_count(request: Request, db: Db, viewer: Viewing, breaking_id: PathId) -> Response:
    """Nothing counted yet, or what was counted, to be counted again."""
    blank = await db.read(looks.count_blank, actor=viewer.actor, breaking_id=breaking_id)
    said = dict.fromkeys(FIELDS, "")
    notes: dict[str, list[str]] = {}
    if (count := blank.shown.count) is not None:
        notes = {f"{count_form.NOTE}{value}": [str(n)] for value, n in count.notes.items()}
        said |= _said_before(blank, count)
    filled = count_form.read(notes)
    return await _show(request, db, _Tried(blank, said, filled, count is not None))


def _said_before(blank: CountBlank, count: Counted) -> dict[str, str]:
    seen = [*blank.shown.witnesses.split(", "), "", ""]
    chosen = (count.outcome, count.paid_now)
    decision = next((c for c, means in count_form.CHOICES.items() if means == chosen), "")
    return {
        **dict(zip(count_looks.WITNESSES, seen, strict=False)),
        "decision": decision if count.difference else "",
        "keeper_person_id": count.keeper_id or "",
        "reason": blank.shown.reason or "",
    }


@router.post("/mo-lon/{breaking_id}/dem")
async def count(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, typed: Typed
) -> Response:
    """One note more or less, add up, or record; a refused form comes back as it was typed."""
    do = typed.get("do", [""])[0]
    blank = await db.read(looks.count_blank, actor=viewer.actor, breaking_id=breaking_id)
    filled = count_form.step(count_form.read(typed), do)
    tried = _Tried(blank, forms.fields(typed, FIELDS), filled,
                   filled.entered or do in ("add", "record"))  # fmt: skip
    if filled.problems:
        tried.refusal = Invalid.every(filled.problems)
    elif do == "record":
        await _record(request, db, viewer, tried)
    if tried.done:
        home = "/lon-nha" if tried.blank.shown.kept == "home" else ""
        return RedirectResponse(f"/mo-lon/{breaking_id}{home}", 303)
    return await _show(request, db, tried)


async def _record(request: Request, db: Db, viewer: Viewer, tried: _Tried) -> None:
    """Into the book with it, unless there is something to ask first."""
    tried.question = _question(request, tried)
    if tried.question:
        return
    try:
        await db.write(
            one_by_one.count_common,
            actor=viewer.actor,
            breaking_id=tried.blank.shown.of.id,
            notes=tried.filled.notes,
            witnesses=[tried.said[name] for name in count_looks.WITNESSES],
            decision=count_looks.decided(tried.said, tried.difference),
        )
        tried.done = True
    except Refusal as refusal:
        tried.refusal = refusal


def _question(request: Request, tried: _Tried) -> str | None:
    """Nothing counted is worth asking; so is a book that is not the one she counted against."""
    say = language.translations(language.of_request(request)).gettext
    if not tried.filled.entered and not tried.said["confirmed"]:
        return say("Chưa ghi tờ tiền nào. Chỗ này không có tiền?")
    if tried.said["book"] not in ("", str(tried.blank.book)):
        return say("Trong sổ vừa thành {book}. Mời chị xem lại rồi ghi.").format(
            book=money.show(tried.blank.book)
        )
    return None


async def _show(request: Request, db: Db, tried: _Tried) -> Response:
    shown = tried.blank.shown
    check_goes_on(shown.of)
    lang = language.of_request(request)
    people = await db.read(counting.people, shown.of.chapter_id)
    treasurer = await db.read(counting.treasurer, shown.of.chapter_id)
    return render.page(
        request,
        "breaking/count.html",
        forms.status(tried.refusal),
        shown=shown,
        unsure=isinstance(tried.refusal, Busy),
        problems=count_looks.problems(request, tried.refusal),
        form=tried.said,
        path=f"/mo-lon/{shown.of.id}",
        count=count_looks.shown(tried.filled, tried.difference, tried.entered, lang)
        | {
            "book": tried.blank.book,
            "question": tried.question,
            "people": [name for _, name in people],
            "keepers": keepers(request, treasurer, people),
        },
    )


# Pigs from home


@router.get("/mo-lon/{breaking_id}/lon-nha")
async def vessels(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, q: str = "", xong: str = ""
) -> Response:
    """Who brought hers, what was in it, and whose is next."""
    shown, everybody = await db.read(looks.vessels, actor=viewer.actor, breaking_id=breaking_id)
    home = check_counted(shown.of).home
    rows = [
        {"id": id, "number": number, "name": name,
         "opened": id in home, "sum": worth(home.get(id, {}))}
        for id, number, name in everybody
    ]  # fmt: skip
    found = [row for row in rows if decide_form.matches(str(row["name"]), str(row["number"]), q)]
    return render.page(
        request,
        "breaking/vessels.html",
        shown=shown,
        path=f"/mo-lon/{breaking_id}",
        rows=found,
        q=q[:60],
        opened=sum(1 for row in rows if row["opened"]),
        everybody=len(rows),
        total=sum(worth(notes) for notes in home.values()),
        done=next((row for row in rows if str(row["number"]) == xong), None),
        following=next((row for row in rows if not row["opened"]), None),
    )


@router.get("/mo-lon/{breaking_id}/lon-nha/{member_id}")
async def blank_vessel(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, member_id: PathId
) -> Response:
    """One pig, notes by value."""
    return await _vessel(request, db, viewer, breaking_id, member_id, None, None)


@router.post("/mo-lon/{breaking_id}/lon-nha/{member_id}")
async def vessel(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, member_id: PathId, typed: Typed
) -> Response:
    """Record hers; "not opened" takes it out again."""
    do = typed.get("do", [""])[0]
    filled = count_form.step(count_form.read(typed), do)
    if do not in ("record", "remove") or (do == "record" and filled.problems):
        refusal = Invalid.every(filled.problems) if filled.problems else None
        return await _vessel(request, db, viewer, breaking_id, member_id, filled, refusal)
    try:
        await db.write(
            one_by_one.count_vessel,
            actor=viewer.actor,
            breaking_id=breaking_id,
            member_id=member_id,
            notes=filled.notes if do == "record" else None,
        )
    except Refusal as refused:
        return await _vessel(request, db, viewer, breaking_id, member_id, filled, refused)
    number = typed.get("number", [""])[0][:8]
    return RedirectResponse(f"/mo-lon/{breaking_id}/lon-nha?xong={number}", 303)


async def _vessel(
    request: Request, db: Db, viewer: Viewer, breaking_id: str, member_id: str,
    filled: Filled | None, refusal: Refusal | None,
) -> Response:  # fmt: skip
    shown, everybody = await db.read(looks.vessels, actor=viewer.actor, breaking_id=breaking_id)
    check_goes_on(shown.of)
    home = check_counted(shown.of).home
    who = next((row for row in everybody if row[0] == member_id), None)
    if who is None:
        raise not_found()
    if filled is None:
        notes = home.get(member_id, {})
        filled = count_form.read({f"{count_form.NOTE}{v}": [str(n)] for v, n in notes.items()})
    lang = language.of_request(request)
    return render.page(
        request,
        "breaking/vessel.html",
        forms.status(refusal),
        shown=shown,
        path=f"/mo-lon/{breaking_id}",
        number=who[1],
        name=who[2],
        member_id=member_id,
        opened=member_id in home,
        count=count_looks.shown(filled, filled.total, filled.entered, lang),
        unsure=isinstance(refusal, Busy),
        problems=forms.problems(request, refusal),
    )
