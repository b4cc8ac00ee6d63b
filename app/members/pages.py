"""Finding a member and adding one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import clock, names
from app.access.identity import Viewing
from app.access.queries import require
from app.access.rules import May
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.members import actions, queries
from app.members.rules import Need, NewMember
from app.terms import Actor, NeedClass, Purpose
from app.web import forms, language, render
from app.web.fields import Db, PathId, Typed

T = TypeVar("T")
router = APIRouter(include_in_schema=False)
FIELDS = ("name", "number", "phone", "joined_on", "need_class", "need_year", "certificate",
          "next_of_kin")  # fmt: skip


@router.get("/chi-hoi/{chapter_id}/hoi-vien")
async def members(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, q: str = ""
) -> Response:
    """Everybody in book order, or whom the search finds."""
    wanted = "".join(c for c in q[:100] if c.isprintable())
    found, name = await db.read(_found, viewer.actor, chapter_id, wanted)
    today = clock.today().isoformat()
    rows = [
        {"id": m.id, "number": m.number, "name": m.name, "savings": m.savings,
         "left": m.left_on is not None}
        for m in found
    ]  # fmt: skip
    shown = {"chapter_id": chapter_id, "chapter_name": name, "q": wanted, "rows": rows,
             "count": len(rows) if wanted else sum(m.left_on is None or m.left_on >= today for m in found)}  # fmt: skip
    return render.page(request, "members/list.html", members=shown)


def _found(db: Tx, actor: Actor, chapter_id: str, q: str) -> tuple[list[queries.MemberShown], str]:
    found = queries.members(db, actor=actor, chapter_id=chapter_id, q=q, limit=2000)
    return found, queries.chapter_name(db, chapter_id)


@router.get("/chi-hoi/{chapter_id}/hoi-vien/moi")
async def new_member(request: Request, db: Db, viewer: Viewing, chapter_id: PathId) -> Response:
    """An empty form, for whoever may send it."""
    await db.read(require, actor=viewer.actor, may=May.KEEP_MEMBERS, unit_id=chapter_id)
    form: dict[str, object] = dict.fromkeys(FIELDS, "")
    form |= {"joined_on": clock.today().isoformat(), "consent": []}
    return await _form(request, db, viewer.actor, chapter_id, form, None)


@router.post("/chi-hoi/{chapter_id}/hoi-vien/moi")
async def join(
    request: Request, db: Db, viewer: Viewing, chapter_id: PathId, typed: Typed
) -> Response:
    """Enter a member; a name that is there already is asked about once."""
    form: dict[str, object] = {**forms.fields(typed, FIELDS), "consent": typed.get("consent", [])}
    try:
        new = _new_member(form)
        twins = await db.read(
            queries.same_name, actor=viewer.actor, chapter_id=chapter_id, name=new.name
        )
        if twins and "confirmed" not in typed:
            say = language.translations(language.of_request(request)).gettext
            warning = say("Đã có hội viên tên như vậy (số {numbers}).").format(
                numbers=", ".join(str(number) for number in twins)
            )
            return await _form(request, db, viewer.actor, chapter_id, form, None, warning)
        made = await db.write(actions.join, actor=viewer.actor, chapter_id=chapter_id, new=new)
    except Refusal as refusal:
        return await _form(request, db, viewer.actor, chapter_id, form, refusal)
    return RedirectResponse(f"/chi-hoi/{chapter_id}/hoi-vien/{made.id}", 303)


async def _form(
    request: Request,
    db: Db,
    actor: Actor,
    chapter_id: str,
    form: dict[str, object],
    refusal: Refusal | None,
    warning: str | None = None,
) -> Response:
    # Asking for the chapter's names also asks whether she may see them.
    await db.read(queries.same_name, actor=actor, chapter_id=chapter_id, name="?")
    name = await db.read(queries.chapter_name, chapter_id)
    return render.page(
        request,
        "members/new.html",
        forms.status(refusal),
        form=form,
        problems=forms.problems(request, refusal),
        warning=warning,
        chapter_id=chapter_id,
        chapter_name=name,
    )


def _new_member(form: dict[str, object]) -> NewMember:
    """What the form says. Raises Invalid with every problem at once."""
    text = {name: str(form[name]).strip() for name in FIELDS}
    problems: list[Refusal] = []

    def read(what: Callable[[], T]) -> T | None:
        try:
            return what()
        except Invalid as problem:
            problems.extend(problem.parts)
            return None

    name = read(lambda: names.clean(text["name"], longest=100, field="name"))
    phone = read(lambda: names.phone(text["phone"])) if text["phone"] else None
    joined_on = read(lambda: _day(text["joined_on"]))
    number = read(lambda: _number(text["number"])) if text["number"] else None
    kin = text["next_of_kin"]
    next_of_kin = read(lambda: names.clean(kin, longest=200, field="next_of_kin")) if kin else None
    need = read(lambda: _need(text)) if text["need_class"] else None
    if problems or name is None or joined_on is None:
        raise Invalid.every(problems)
    purposes = tuple(Purpose(p) for p in _listed(form["consent"]) if p in set(Purpose))
    return NewMember(
        name=name,
        joined_on=joined_on,
        number=number,
        phone=phone,
        need=need,
        purposes=purposes,
        consented_on=clock.today(),
        next_of_kin=next_of_kin,
    )


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field="joined_on") from None


def _number(text: str, field: str = "number") -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 1_000_000 and len(text) < 8):
        raise Invalid("number_unclear", "Cần một con số, ví dụ 12.", field=field)
    return int(text)


def _need(text: dict[str, str]) -> Need:
    if text["need_class"] not in set(NeedClass):
        raise Invalid("need_unknown", "Không có diện này.", field="need_class")
    year = _number(text["need_year"] or str(clock.today().year), "need_year")
    certificate = text["certificate"]
    if certificate:
        certificate = names.clean(certificate, longest=200, field="certificate")
    return Need(NeedClass(text["need_class"]), year, certificate or None)
