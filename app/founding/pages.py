"""The table on a page: paste it or choose a file, look at what it would do, then found it all."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.access.identity import Viewing
from app.access.queries import require, unit_name
from app.access.rules import LEVEL_WORDS, ROLE_WORDS, May
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.founding import actions, rules
from app.founding.actions import Founded, Rehearsed
from app.terms import Actor
from app.web import forms, language, render
from app.web.book import RealOnly
from app.web.fields import PathId, RealDb

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])


@router.get("/don-vi/{unit_id}/nhap")
async def blank(request: Request, db: RealDb, viewer: Viewing, unit_id: PathId) -> Response:
    """An empty table."""
    name = await db.read(_name, viewer.actor, unit_id)
    return _page(request, unit_id, name, "", [], None, rehearsed=False)


@router.post("/don-vi/{unit_id}/nhap")
async def found(request: Request, db: RealDb, viewer: Viewing, unit_id: PathId) -> Response:
    """Rehearse, or found; the codes are shown once."""
    name = await db.read(_name, viewer.actor, unit_id)
    form = await request.form(max_files=1, max_fields=10)
    table, file = form.get("table"), form.get("file")
    text = table if isinstance(table, str) else ""
    try:
        if isinstance(file, UploadFile) and file.size:
            text = _decoded(await file.read())
        rows = rules.read(text)
        act = actions.found if form.get("do") == "found" else actions.rehearse
        done = await db.write(
            act,
            actor=viewer.actor,
            unit_id=unit_id,
            rows=rows,
            code_hours=request.app.state.settings.enrol_hours,
        )
    except Rehearsed as told:
        return _page(request, unit_id, name, text, told.founded, None, rehearsed=True)
    except Refusal as refusal:
        return _page(request, unit_id, name, text, [], refusal, rehearsed=False)
    return _page(request, unit_id, name, "", done, None, rehearsed=False)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            "file_unreadable", "Tệp không đọc được. Lưu dạng CSV UTF-8, hoặc chép bảng dán vào ô.",
            field="table",
        ) from None  # fmt: skip


def _name(db: Tx, actor: Actor, unit_id: str) -> str:
    require(db, actor=actor, may=May.CREATE_UNITS, unit_id=unit_id)
    return unit_name(db, unit_id)


def _page(
    request: Request,
    unit_id: str,
    name: str,
    table: str,
    founded: list[Founded],
    refusal: Refusal | None,
    *,
    rehearsed: bool,
) -> Response:
    say = language.translations(language.of_request(request)).gettext
    done = [
        {"line": one.line, "name": one.name, "level_text": say(LEVEL_WORDS[one.level]),
         "new": one.new, "role_text": say(ROLE_WORDS[one.role]) if one.role else None,
         "person": one.person, "enrol_code": None if rehearsed else one.enrol_code}
        for one in founded
    ]  # fmt: skip
    faults = list(forms.problems(request, refusal).items())
    lines = [(field.removeprefix("line "), said) for field, said in faults if "line " in field]
    return render.page(
        request,
        "founding/table.html",
        forms.status(refusal),
        unit_id=unit_id,
        unit_name=name,
        table=table,
        done=done,
        rehearsed=rehearsed,
        problems={"table": faults[0][1]} if faults and not lines else {},
        faults=lines,
    )
