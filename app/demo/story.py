"""The demo story, told only through actions, on a clock of its own that its records are sealed with.

A chapter like the founding article's: nineteen women, 1,000 đ a day or more, five years of weekly
meetings; some are absent and catch up, some give more, the treasurer errs once and mends it. Several
borrow each year (`lending`), and each year the pig is broken (`yearly`). A young neighbour, and a chapter out of its paper book (`july`): counts, another treasurer, a farewell.
Everybody's name is plainly invented.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from typing import Any

from app import clock
from app.access.rules import ROLE_WORDS
from app.config import Settings
from app.db.engine import Database
from app.demo import july, lending, yearly
from app.demo.cast import GIVEN, YEARS, Story, a_chapter, a_union, a_unit, an_officer
from app.demo.years import meetings
from app.terms import (
    Level,
    Role,
)
from app.union import actions as union


def tell(db: Database, settings: Settings) -> dict[str, Any]:
    """Fill an empty database; returns what `solon demo --json` prints."""
    today = clock.today()
    start = years_before(today, YEARS)
    story = Story(db, settings, start, today, now=clock.midnight(start - timedelta(days=10)))
    with clock.told_by(story.tick, "demo"):
        admin, root = a_union(story)
        province = a_unit(story, admin, "Tỉnh Mẫu", Level.PROVINCE, root, date(2004, 1, 1))
        district = a_unit(story, admin, "Huyện Mẫu", Level.DISTRICT, province, date(2004, 1, 1))
        commune = a_unit(story, admin, "Xã Mẫu", Level.COMMUNE, district, date(2004, 1, 1))
        leader = an_officer(story, admin, commune, Role.LEADER, "Mẫu Thị Tâm", start)
        an_officer(story, admin, province, Role.LEADER, "Mẫu Thị Hòa", start)
        breakings = list(zip(yearly.days(today, YEARS), range(YEARS), strict=True))
        first = a_chapter(
            story, leader, commune, "Chi hội thôn Mẫu", start, "Mẫu", GIVEN, breakings[0][0]
        )
        neighbour = today - timedelta(days=200)
        lends = lending.book(story, first)
        meetings(story, first, start, neighbour, lends, breakings)
        story.on(neighbour)
        second = a_chapter(story, leader, commune, "Chi hội thôn Bên", neighbour, "Thử", GIVEN[:8])
        meetings(story, first, neighbour, today, lends, breakings)
        story.now = clock.midnight(neighbour)
        meetings(story, second, neighbour, today)
        july.tell(story, leader, commune, today)
        if today >= date(2025, 7, 1) > start:
            story.on(today)
            db.write_now(
                union.move_unit,
                actor=admin,
                unit_id=commune,
                parent_id=province,
                from_on=date(2025, 7, 1),
                reason="Không còn cấp huyện từ 01/07/2025",
            )
            story.units = [
                u | {"parent_id": province} if u["id"] == commune else u for u in story.units
            ]
    story.show_progress(today)
    sys.stderr.write("\n")
    told = {
        "people": story.people,
        "members": story.members,
        "units": story.units,
        "chapters": story.chapters,
    }
    _keep(settings, told)
    return told


def how_to_sign_in(told: dict[str, Any]) -> str:
    """Where to open and how to sign in as each role."""
    port = os.environ.get("PORT", "8000")
    units = {unit["id"]: unit["name"] for unit in told["units"]}
    rows = []
    for person in told["people"]:
        role = ROLE_WORDS[Role(person["role"])]
        link = f"http://127.0.0.1:{port}/vao?may={person['device_token']}"
        where = f"{person['name']}, {units[person['unit_id']]}"
        rows.append(f"  {role} · {where} · PIN {person['pin']}\n    {link}")
    for member in told["members"]:
        link = f"http://127.0.0.1:{port}/the/{member['card_id']}"
        rows.append(f"  hội viên · {member['name']} · PIN {member['pin']}\n    {link}")
    return "\n".join(["Vào thử với mã PIN / sign in with the PIN:", *rows])


def kept(settings: Settings) -> dict[str, Any] | None:
    """What an earlier demo printed, if this is a demo's data folder."""
    file = settings.data / "demo.json"
    return json.loads(file.read_text()) if file.exists() else None


def _keep(settings: Settings, told: dict[str, Any]) -> None:
    file = settings.data / "demo.json"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(told, out, ensure_ascii=False)


def years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
