"""The demo story, told only through actions, on a clock of its own that its records are sealed with.

A chapter like the founding article's: nineteen women, 1,000 đ a day or more, five years of weekly
meetings; some are absent and catch up, some give more, the treasurer errs once and mends it.
Everybody's name is plainly invented.
"""

from __future__ import annotations

import json
import os
import random
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app import clock, ids
from app.access import actions as access
from app.access import cards, keyring
from app.access import queries as access_queries
from app.access.pins import Pins
from app.access.rules import ROLE_WORDS, digest
from app.charter.rules import Charter
from app.config import Settings
from app.db.engine import Database
from app.ledger.once import Ticket
from app.ledger.receipts import EntryPosted
from app.members import actions as members
from app.members.rules import Need, NewMember
from app.mending import actions as mending
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.savings import actions as savings
from app.savings.rules import Line
from app.terms import (
    Actor,
    BelongsTo,
    Kept,
    Level,
    NeedClass,
    Period,
    PotKind,
    Purpose,
    Role,
)
from app.union import actions as union

YEARS = 5
GIVEN = ("Sen", "Đào", "Huệ", "Cúc", "Mai", "Lan", "Hồng", "Ngọc", "Bích", "Thảo", "Yến", "Oanh",
         "Phượng", "Hạnh", "Liễu", "Nga", "Đức", "Dung", "Xuân")  # fmt: skip
PINS = ("407195", "518306", "629417", "730528", "841639", "952740", "163851")
CONSENT = (Purpose.SAVINGS, Purpose.LOANS, Purpose.CONTACT)


@dataclass
class Story:
    """Who has entered so far, and what the clock says."""

    db: Database
    settings: Settings
    start: date
    end: date
    now: int = 0
    shown: int = -1
    people: list[dict[str, Any]] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)
    chapters: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    # The same story every time; nothing here is a secret.
    chance: random.Random = field(default_factory=lambda: random.Random(19))  # noqa: S311

    def tick(self) -> int:
        """A second later."""
        self.now += 1_000_000
        return self.now

    def show_progress(self, day: date) -> None:
        """A bar of the years told so far, redrawn only where it grew."""
        days = (day - self.start).days
        full = 40 * days // max((self.end - self.start).days, 1)
        if full > self.shown:
            self.shown = full
            sys.stderr.write(f"\r  {day.year}  [{'█' * full}{'░' * (40 - full)}]")
            sys.stderr.flush()

    def on(self, day: date, hour: int = 8) -> None:
        """Go on to a day, never back."""
        self.now = max(self.now, clock.midnight(day) + hour * 3_600_000_000)


def tell(db: Database, settings: Settings) -> dict[str, Any]:
    """Fill an empty database; returns what `solon demo --json` prints."""
    today = clock.today()
    start = _years_before(today, YEARS)
    story = Story(db, settings, start, today, now=clock.midnight(start - timedelta(days=10)))
    with clock.told_by(story.tick, "demo"):
        admin, root = _union(story)
        province = _unit(story, admin, "Tỉnh Mẫu", Level.PROVINCE, root, date(2004, 1, 1))
        district = _unit(story, admin, "Huyện Mẫu", Level.DISTRICT, province, date(2004, 1, 1))
        commune = _unit(story, admin, "Xã Mẫu", Level.COMMUNE, district, date(2004, 1, 1))
        leader = _officer(story, admin, commune, Role.LEADER, "Mẫu Thị Tâm", start)
        _officer(story, admin, province, Role.LEADER, "Mẫu Thị Hòa", start)
        first = _chapter(story, leader, commune, "Chi hội thôn Mẫu", start, "Mẫu", GIVEN)
        neighbour = today - timedelta(days=200)
        _meetings(story, first, start, neighbour)
        story.on(neighbour)
        second = _chapter(story, leader, commune, "Chi hội thôn Bên", neighbour, "Thử", GIVEN[:8])
        _meetings(story, first, neighbour, today)
        story.now = clock.midnight(neighbour)
        _meetings(story, second, neighbour, today)
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


@dataclass
class _Chapter:
    id: str
    pot_id: str
    treasurer: Actor
    members: list[str]
    covered: list[int]
    since: date


def _union(story: Story) -> tuple[Actor, str]:
    made = story.db.write_now(access.initialise)
    pins = Pins(story.settings.pepper)
    device = story.db.write_now(
        access.set_up,
        setup_token=made.setup_token,
        name="Mẫu Thị Quản",
        phone="0900000001",
        pin_hash=pins.hash(PINS[0]),
        label="Máy của quản trị",
    )
    story.units.append(
        {"id": made.root_unit_id, "name": access.UNION_NAME, "level": "central", "parent_id": None}
    )
    return _enter(story, device, Role.ADMINISTRATOR, "Mẫu Thị Quản", made.root_unit_id, None)


def _enter(
    story: Story,
    device: access.EnrolledDevice,
    role: Role,
    name: str,
    unit_id: str,
    chapter_id: str | None,
) -> tuple[Actor, str]:
    """Note how she signs in; returns her as an actor, and her unit."""
    n = len(story.people)
    story.people.append(
        {
            "role": role.value,
            "name": name,
            "phone": story.db.read_now(access_queries.person_phone, device.person_id),
            "pin": PINS[n % len(PINS)],
            "device_token": device.device_token,
            "unit_id": unit_id,
            "chapter_id": chapter_id,
        }
    )
    known = story.db.read_now(keyring.known_device, digest(device.device_token))
    token = story.db.write_now(
        access.begin_session,
        person_id=device.person_id,
        device_id=known.device_id if known else None,
        hours=1,
    )
    actor = story.db.read_now(access_queries.actor_of_session, digest(token))
    story.db.write_now(access.end_session, token=token)
    assert actor is not None
    return actor, unit_id


def _unit(story: Story, actor: Actor, name: str, level: Level, parent: str, since: date) -> str:
    unit_id = story.db.write_now(
        union.create_unit, actor=actor, name=name, level=level, parent_id=parent, from_on=since
    )
    story.units.append({"id": unit_id, "name": name, "level": level.value, "parent_id": parent})
    return unit_id


def _officer(
    story: Story,
    by: Actor,
    unit_id: str,
    role: Role,
    name: str,
    since: date,
    member_id: str | None = None,
) -> Actor:
    """Appoint, enrol her phone, sign in."""
    n = len(story.people)
    chapter_id = unit_id if any(c["id"] == unit_id for c in story.chapters) else None
    made = story.db.write_now(
        offices.appoint,
        actor=by,
        unit_id=unit_id,
        role=role,
        on=min(since, clock.today()),
        who=Appointee(member_id=member_id)
        if member_id
        else Appointee(name=name, phone=f"09000000{n + 1:02d}"),
        code_hours=1,
    )
    assert isinstance(made, Appointed)
    device = story.db.write_now(
        access.enrol_device,
        enrol_code=made.enrol_code,
        person_id=made.person_id,
        new_pin_hash=Pins(story.settings.pepper).hash(PINS[n % len(PINS)]),
        label=f"Điện thoại của {name.rpartition(' ')[2]}",
    )
    return _enter(story, device, role, name, unit_id, chapter_id)[0]


def _chapter(
    story: Story,
    leader: Actor,
    commune: str,
    name: str,
    since: date,
    family: str,
    given: tuple[str, ...],
) -> _Chapter:
    """A chapter with its head, members, officers and plastic pig."""
    db = story.db
    story.on(since)
    chapter_id = db.write_now(
        union.create_unit,
        actor=leader,
        name=name,
        level=Level.CHAPTER,
        parent_id=commune,
        from_on=since,
        charter=Charter(
            minimum_per_period=1000,
            period=Period.DAY,
            words="Mỗi chị mỗi ngày góp ít nhất 1.000 đồng. Cả chi hội cùng đếm khi mổ lợn.",
        ),
    )
    story.units.append({"id": chapter_id, "name": name, "level": "chapter", "parent_id": commune})
    story.chapters.append({"id": chapter_id, "name": name, "pots": []})
    head = _officer(story, leader, chapter_id, Role.CHAPTER_HEAD, f"{family} Thị {given[0]}", since)
    joined: list[str] = []
    for n, word in enumerate(given):
        member = db.write_now(
            members.join,
            actor=head,
            chapter_id=chapter_id,
            new=NewMember(
                name=f"{family} Thị {word}",
                joined_on=since,
                phone=f"0900001{len(story.chapters)}{n:02d}",
                person_id=head.person_id if n == 0 else None,
                purposes=CONSENT,
                need=Need(NeedClass.POOR, since.year, "Giấy mẫu 01") if n == 4 else None,
            ),
        )
        joined.append(member.id)
        if n in (4, 5) and len(story.chapters) == 1:
            _give_card(story, head, chapter_id, member.id, f"{family} Thị {word}")
    treasurer = _officer(story, head, chapter_id, Role.TREASURER, f"{family} Thị {given[1]}", since,
                         joined[1])  # fmt: skip
    if len(story.chapters) == 1:
        _officer(story, head, chapter_id, Role.DEPUTY, f"{family} Thị {given[2]}", since, joined[2])
        _officer(
            story, head, chapter_id, Role.INSPECTOR, f"{family} Thị {given[3]}", since, joined[3]
        )
    pot_id = db.write_now(
        savings.open_pot,
        actor=treasurer,
        chapter_id=chapter_id,
        kind=PotKind.PIG,
        name="Lợn nhựa chi hội",
        kept=Kept.CHAPTER,
        belongs_to=BelongsTo.MEMBER,
        opened_on=since,
        next_breaking_on=None,
    )
    story.chapters[-1]["pots"].append({"id": pot_id, "kind": "pig"})
    return _Chapter(chapter_id, pot_id, treasurer, joined, [0] * len(joined), since)


def _give_card(story: Story, by: Actor, chapter_id: str, member_id: str, name: str) -> None:
    """A printed card, taken into use by its member."""
    card = story.db.write_now(cards.make_card, actor=by, member_id=member_id)
    pin = PINS[len(story.members)]
    story.db.write_now(
        cards.take_card,
        card_id=card.card_id,
        first_pin_code=card.first_pin_code,
        pin_hash=Pins(story.settings.pepper).hash(pin),
    )
    story.members.append(
        {"id": member_id, "name": name, "card_id": card.card_id, "pin": pin,
         "chapter_id": chapter_id}
    )  # fmt: skip


def _meetings(story: Story, chapter: _Chapter, since: date, until: date) -> None:
    """A sheet a week: whoever comes covers all days begun since she last gave."""
    for day in (since + timedelta(days=n) for n in range(6, (until - since).days, 7)):
        story.on(day, hour=16)
        story.show_progress(day)
        begun = (day - chapter.since).days + 1
        lines = []
        for i, member_id in enumerate(chapter.members):
            owed = begun - chapter.covered[i]
            if story.chance.random() < 0.06 and until - day > timedelta(days=20):
                continue  # absent today; she catches up when she comes
            extra = 1000 * story.chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 3))
            lines.append(Line(member_id, owed * 1000 + extra, owed))
            chapter.covered[i] = begun
        posted = _post(story, chapter, day, lines)
        if day - since == timedelta(days=146):
            _err_and_mend(story, chapter, day, posted)


def _post(
    story: Story, chapter: _Chapter, day: date, lines: list[Line], note: str | None = None
) -> EntryPosted:
    posted = story.db.write_now(
        savings.post_sheet,
        actor=chapter.treasurer,
        chapter_id=chapter.id,
        pot_id=chapter.pot_id,
        day=day,
        lines=lines,
        ticket=Ticket(ids.new(), digest(day.isoformat())),
        note=note,
    ).value
    assert isinstance(posted, EntryPosted)
    return posted


def _err_and_mend(story: Story, chapter: _Chapter, day: date, posted: EntryPosted) -> None:
    """She wrote a line for the wrong woman: takes it back, writes it for the right one."""
    wrong = _post(story, chapter, day, [Line(chapter.members[6], 5000, 0)], "góp thêm")
    story.db.write_now(
        mending.reverse,
        actor=chapter.treasurer,
        entry_id=wrong.id,
        line_ids=[wrong.lines[0].line_id],
        reason="Ghi nhầm tên",
        ticket=Ticket(ids.new(), digest(posted.id)),
    )
    _post(story, chapter, day, [Line(chapter.members[7], 5000, 0)], "góp thêm")


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


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
