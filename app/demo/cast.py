"""Who enters the story: units, chapters, officers with their phones, members with their cards."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app import clock
from app.access import actions as access
from app.access import cards, keyring
from app.access import queries as access_queries
from app.access.pins import Pins
from app.access.rules import digest
from app.charter.rules import Charter
from app.config import Settings
from app.db.engine import Database
from app.members import actions as members
from app.members.rules import Need, NewMember
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.savings import actions as savings
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
# Whose household was on a list, or has its troubles, by place in the chapter.
NEEDS = {4: NeedClass.POOR, 7: NeedClass.POOR, 8: NeedClass.NEAR_POOR, 9: NeedClass.HARDSHIP,
         12: NeedClass.NEAR_POOR, 13: NeedClass.HARDSHIP, 16: NeedClass.POOR}  # fmt: skip
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


@dataclass
class Told:
    id: str
    pot_id: str
    head: Actor
    treasurer: Actor
    members: list[str]
    covered: list[int]
    since: date
    deputy: Actor | None = None


def a_union(story: Story) -> tuple[Actor, str]:
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
    return enter(story, device, Role.ADMINISTRATOR, "Mẫu Thị Quản", made.root_unit_id, None)


def enter(
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


def a_unit(story: Story, actor: Actor, name: str, level: Level, parent: str, since: date) -> str:
    unit_id = story.db.write_now(
        union.create_unit, actor=actor, name=name, level=level, parent_id=parent, from_on=since
    )
    story.units.append({"id": unit_id, "name": name, "level": level.value, "parent_id": parent})
    return unit_id


def an_officer(
    story: Story,
    by: Actor,
    unit_id: str,
    role: Role,
    name: str,
    since: date,
    member_id: str | None = None,
) -> Actor:
    """Appoint, enrol her phone, sign in."""
    made = story.db.write_now(
        offices.appoint,
        actor=by,
        unit_id=unit_id,
        role=role,
        on=min(since, clock.today()),
        who=Appointee(member_id=member_id)
        if member_id
        else Appointee(name=name, phone=f"09000000{len(story.people) + 1:02d}"),
        code_hours=1,
    )
    assert isinstance(made, Appointed)
    return let_in(story, made.person_id, made.enrol_code, unit_id, role, name)


def let_in(story: Story, person_id: str, code: str, unit_id: str, role: Role, name: str) -> Actor:
    """She enters by the code she was handed, on a phone of her own."""
    chapter_id = unit_id if any(c["id"] == unit_id for c in story.chapters) else None
    device = story.db.write_now(
        access.enrol_device,
        enrol_code=code,
        person_id=person_id,
        new_pin_hash=Pins(story.settings.pepper).hash(PINS[len(story.people) % len(PINS)]),
        label=f"Điện thoại của {name.rpartition(' ')[2]}",
    )
    return enter(story, device, role, name, unit_id, chapter_id)[0]


def a_chapter(
    story: Story,
    leader: Actor,
    commune: str,
    name: str,
    since: date,
    family: str,
    given: tuple[str, ...],
    breaks_on: date | None = None,
) -> Told:
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
            loan_max_amount=5_000_000,
            loan_max_months=24,
            loan_monthly_rate_bp=50,
            words="Mỗi chị mỗi ngày góp ít nhất 1.000 đồng. Cả chi hội cùng đếm khi mổ lợn. "
            "Ai khó nhất vay trước. Lãi nửa phần trăm một tháng, trả chậm cũng không thêm.",
        ),
    )
    story.units.append({"id": chapter_id, "name": name, "level": "chapter", "parent_id": commune})
    story.chapters.append({"id": chapter_id, "name": name, "pots": []})
    head = an_officer(
        story, leader, chapter_id, Role.CHAPTER_HEAD, f"{family} Thị {given[0]}", since
    )
    joined = _join_all(story, head, chapter_id, since, family, given)
    treasurer = an_officer(story, head, chapter_id, Role.TREASURER, f"{family} Thị {given[1]}", since,
                         joined[1])  # fmt: skip
    deputy = None
    if len(story.chapters) == 1:
        deputy = an_officer(
            story, head, chapter_id, Role.DEPUTY, f"{family} Thị {given[2]}", since, joined[2]
        )
        an_officer(
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
        next_breaking_on=breaks_on,
    )
    story.chapters[-1]["pots"].append({"id": pot_id, "kind": "pig"})
    return Told(chapter_id, pot_id, head, treasurer, joined, [0] * len(joined), since, deputy)


def _join_all(
    story: Story, head: Actor, chapter_id: str, since: date, family: str, given: tuple[str, ...]
) -> list[str]:
    joined: list[str] = []
    for n, word in enumerate(given):
        member = story.db.write_now(
            members.join,
            actor=head,
            chapter_id=chapter_id,
            new=NewMember(
                name=f"{family} Thị {word}",
                joined_on=since,
                phone=f"0900001{len(story.chapters)}{n:02d}",
                person_id=head.person_id if n == 0 else None,
                purposes=CONSENT,
                need=_need(n, since),
            ),
        )
        joined.append(member.id)
        if n in (4, 5) and len(story.chapters) == 1:
            give_card(story, head, chapter_id, member.id, f"{family} Thị {word}")
    return joined


def _need(n: int, since: date) -> Need | None:
    need_class = NEEDS.get(n)
    if need_class is None:
        return None
    listed = need_class in (NeedClass.POOR, NeedClass.NEAR_POOR)
    return Need(need_class, since.year, f"Giấy mẫu {n:02d}" if listed else None)


def give_card(story: Story, by: Actor, chapter_id: str, member_id: str, name: str) -> None:
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
