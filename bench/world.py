"""What is measured on: chapters with forty members each, made by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app import clock, config, ids, verify
from app.access import actions as access
from app.access import queries
from app.access.rules import digest
from app.charter.rules import Charter
from app.config import Settings
from app.db import schema
from app.db.engine import Database, open_database
from app.ledger.once import Ticket
from app.members import actions as members
from app.members.rules import NewMember
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.savings import actions as savings
from app.savings.rules import Line
from app.terms import Actor, BelongsTo, Kept, Level, PotKind, Role
from app.union import actions as union

MEMBERS = 40
AMOUNT = 5_000  # đồng a line
OPENED = date(2024, 1, 1)
HOURS = 12


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with a pot and a treasurer who is signed in."""

    id: str
    pot_id: str
    member_ids: list[str]
    treasurer_id: str
    token: str


@dataclass(frozen=True, slots=True)
class World:
    """A database with its chapters."""

    url: str
    data: str
    chapters: list[Chapter]


def settings(url: str, data: str) -> Settings:
    """Settings of a database of ours."""
    return Settings(Path(data), url, config.secret(Path(data) / "pepper"))


def make(url: str, data: str, sizes: Sequence[int]) -> World:
    """Migrate, set up the Union, and found a chapter of each size; one sheet opens its accounts."""
    own = settings(url, data)
    if url.startswith("sqlite"):
        open_database(own).close()
    schema.migrate(url)
    db = open_database(own)
    try:
        begun = db.write_now(access.initialise)
        first = db.write_now(
            access.set_up,
            setup_token=begun.setup_token,
            name="Quản Trị",
            phone="0912345678",
            pin_hash="-",
            label="bench",
        )
        admin, _ = _signed_in(db, first.person_id)
        commune = db.write_now(
            union.create_unit,
            actor=admin,
            name="Xã Đo",
            level=Level.COMMUNE,
            parent_id=begun.root_unit_id,
            from_on=date(2000, 1, 1),
        )
        made = [_chapter(db, admin, commune, n, size) for n, size in enumerate(sizes)]
    finally:
        db.close()
    return World(url, data, made)


def _signed_in(db: Database, person_id: str) -> tuple[Actor, str]:
    token = db.write_now(access.begin_session, person_id=person_id, device_id=None, hours=HOURS)
    actor = db.read_now(queries.actor_of_session, digest(token))
    assert actor is not None
    return actor, token


def _chapter(db: Database, admin: Actor, commune: str, n: int, size: int) -> Chapter:
    chapter_id = db.write_now(
        union.create_unit,
        actor=admin,
        name=f"Chi hội {n}",
        level=Level.CHAPTER,
        parent_id=commune,
        from_on=OPENED,
        charter=Charter(minimum_per_period=1000, period="day"),
    )
    office = db.write_now(
        offices.appoint,
        actor=admin,
        unit_id=chapter_id,
        role=Role.TREASURER,
        on=OPENED,
        who=Appointee(name="Thủ Quỹ", phone=f"0912{n:06d}"),
        code_hours=1,
    )
    assert isinstance(office, Appointed)
    treasurer, token = _signed_in(db, office.person_id)
    joined = [
        db.write_now(
            members.join,
            actor=treasurer,
            chapter_id=chapter_id,
            new=NewMember(name=f"Hội Viên {m}", joined_on=OPENED, phone=None),
        )
        for m in range(size)
    ]
    pot_id = db.write_now(
        savings.open_pot,
        actor=treasurer,
        chapter_id=chapter_id,
        kind=PotKind.PIG,
        name="Lợn",
        kept=Kept.CHAPTER,
        belongs_to=BelongsTo.MEMBER,
        opened_on=OPENED,
        next_breaking_on=None,
    )
    db.write_now(
        savings.post_sheet,
        actor=treasurer,
        chapter_id=chapter_id,
        pot_id=pot_id,
        day=clock.today(),
        lines=[Line(member.id, AMOUNT, 1) for member in joined],
        ticket=Ticket(ids.new(), bytes(32)),
    )
    return Chapter(chapter_id, pot_id, [m.id for m in joined], office.person_id, token)


def findings(url: str, data: str) -> list[str]:
    """What the product's own check finds in all books: nothing, or the figures are worth nothing."""
    db = open_database(settings(url, data), readonly=True)
    try:
        return [
            finding.what
            for book in db.read_now(verify.books)
            for finding in db.read_now(lambda tx, b=book: list(verify.verify(tx, b)))  # type: ignore[misc]
        ]
    finally:
        db.close()
