"""Creating a unit below one's own."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from app import clock, money, names
from app.access.identity import Viewer, Viewing
from app.access.queries import require
from app.access.rules import LEVEL_WORDS, May
from app.approvals.words import PERIODS
from app.charter.charter_form import at
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Invalid, Refusal
from app.terms import Actor, Level, Period
from app.union import actions, queries, rules
from app.web import forms, language, render
from app.web.book import RealOnly
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False, dependencies=[RealOnly])
FIELDS = ("level", "name", "from", "minimum", "period", "words")


@router.get("/don-vi/{unit_id}/moi")
async def new_unit(request: Request, db: RealDb, viewer: Viewing, unit_id: PathId) -> Response:
    """An empty form."""
    above = await db.read(_above, viewer.actor, unit_id)
    levels = rules.levels_below(Level(above.level), clock.today())
    form = {"level": levels[0] if levels else "", "name": "", "from": clock.today().isoformat(),
            "minimum": money.show(1000), "period": "day", "words": ""}  # fmt: skip
    return _form(request, above, levels, form, None)


@router.post("/don-vi/{unit_id}/moi")
async def create(
    request: Request, db: RealDb, viewer: Viewing, unit_id: PathId, typed: Typed
) -> Response:
    """Create it; its first officer comes next."""
    form = forms.fields(typed, FIELDS)
    try:
        made = await _create(db, viewer, unit_id, form)
    except Refusal as refusal:
        above = await db.read(_above, viewer.actor, unit_id)
        levels = rules.levels_below(Level(above.level), clock.today())
        return _form(request, above, levels, form, refusal)
    return RedirectResponse(f"/don-vi/{made}/chuc-vu?xong=lap", 303)


async def _create(db: RealDb, viewer: Viewer, unit_id: str, form: dict[str, str]) -> str:
    """Everything that is wrong at once. Raises Invalid, and what the action raises."""
    problems: list[Refusal] = []
    name, charter, level, on = "", None, None, None
    try:
        level = _level(form["level"])
    except Invalid as problem:
        problems.append(problem)
    try:
        name = names.clean(form["name"], longest=200, field="name")
    except Invalid as problem:
        problems.append(problem)
    try:
        on = _day(form["from"])
    except Invalid as problem:
        problems.append(problem)
    if level is Level.CHAPTER:
        try:
            charter = _charter(form)
        except Invalid as problem:
            problems.append(problem)
    if problems or level is None or on is None:
        raise Invalid.every(problems)
    return await db.write(
        actions.create_unit,
        actor=viewer.actor,
        name=name,
        level=level,
        parent_id=unit_id,
        from_on=on,
        charter=charter,
    )


def _level(text: str) -> Level:
    try:
        return Level(text)
    except ValueError:
        raise Invalid("level_missing", "Mời chị chọn cấp.", field="level") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field="from") from None


def _charter(form: dict[str, str]) -> Charter:
    """The first rules: what nobody said yet is as the movement has it."""
    try:
        minimum = money.parse(form["minimum"])
    except Invalid as problem:
        raise at(problem, "minimum") from None
    words = form["words"].strip()
    try:
        return Charter(minimum_per_period=minimum, period=Period(form["period"]), words=words)
    except ValidationError as error:
        fault = error.errors()[0]
        if fault["loc"][0] == "words":
            raise Invalid("text_too_long", "Dài quá rồi. Mời chị viết gọn lại, nhiều nhất"
                          " {longest} chữ cái.", field="words", longest=20_000) from None  # fmt: skip
        raise Invalid(
            "minimum_range", "Mức góp từ {least} đến {most}.", field="minimum",
            least=money.show(1000), most=money.show(100_000_000),
        ) from None  # fmt: skip
    except ValueError:
        raise Invalid("choice_missing", "Mời chị chọn một trong các mục.", field="period") from None


def _above(db: Tx, actor: Actor, unit_id: str) -> queries.UnitShown:
    require(db, actor=actor, may=May.CREATE_UNITS, unit_id=unit_id)
    return queries.unit(db, actor=actor, unit_id=unit_id)


def _form(
    request: Request,
    above: queries.UnitShown,
    levels: list[Level],
    form: dict[str, str],
    refusal: Refusal | None,
) -> Response:
    say = language.translations(language.of_request(request)).gettext
    problems = forms.problems(request, refusal)
    if "charter.words" in problems:
        problems["words"] = problems.pop("charter.words")
    return render.page(
        request,
        "union/new.html",
        forms.status(refusal),
        above=above,
        levels=[(level.value, say(LEVEL_WORDS[level])) for level in levels],
        periods=[(period.value, say(text)) for period, text in PERIODS.items()],
        form=form,
        problems=problems,
        today=clock.today().isoformat(),
    )
