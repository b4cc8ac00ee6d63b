"""A small vocabulary for stories about a chapter, and its accounts as a plain text book.

    doai = a_chapter(db, "Lan Hoa Mai")
    doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    doai.holds('''
        20/10 sheet  Lan 5.000/5, Hoa 1.000/1
        lợn 6.000    Lan 5.000/5, Hoa 1.000/1, Mai 0/0
    ''')

A line is a member, her đồng and how many periods it covers. Everything is done through the
actions; only the book is read by SQL, so that a test sees what is stored and not what is shown.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from textwrap import dedent
from typing import Any

import pytest

from app import clock
from app import verify as checks
from app.access import actions as access
from app.access import queries as access_queries
from app.access.rules import digest
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.charter.rules import Charter
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger.once import Answer, Ticket
from app.ledger.receipts import EntryPosted
from app.members import actions as members
from app.members.rules import NewMember
from app.mending import actions as mending
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.savings import actions as savings
from app.savings import confirming
from app.savings.rules import Line
from app.terms import (
    Actor,
    BelongsTo,
    Kept,
    Level,
    Membership,
    Period,
    PotKind,
    Purpose,
    Role,
    Verdict,
)
from app.union import actions as union

TODAY = date(2026, 10, 20)  # Vietnamese Women's Day, a Tuesday
LAST_YEAR = date(2025, 10, 20)  # the pig was broken, and a new one began
FOUNDED = date(2020, 3, 8)
MINUTE = 60_000_000
DAY = timedelta(days=1)
FAMILY = "Nguyễn Thị"  # of everybody in the stories
A_PHONE = "0912345678"


class StoryClock:
    """A clock that stands at nine in the morning of a business day, and never stops quite.

    Each look at it is a millisecond later, so that ids keep the order in which they were made.
    """

    def __init__(self, day: date) -> None:
        self._began = 0
        self._ticks = itertools.count()
        self.tell(day)

    def __call__(self) -> int:
        return self._began + next(self._ticks) * 1000

    def tell(self, day: date, *, minutes: int = 9 * 60) -> None:
        """It is now another day (or minute of the day)."""
        self._began = clock.midnight(day) + minutes * MINUTE
        self._ticks = itertools.count()

    def wait(self, *, minutes: int) -> None:
        """Some time goes by."""
        self._began += minutes * MINUTE


@dataclass
class Union:
    """The tree above the chapters, and who sits in it."""

    root: str
    province: str
    commune: str
    setup_token: str
    administrator: Actor
    provincial: Actor
    leader: Actor


@dataclass
class Chapter:
    """A chapter with its officers, members (by given name) and a pig."""

    db: Database
    union: Union
    id: str
    head: Actor
    deputy: Actor
    treasurer: Actor
    inspector: Actor
    pot: str = ""
    members: dict[str, str] = field(default_factory=dict)

    # What people do

    def join(self, name: str, *, on: date = LAST_YEAR, **more: Any) -> str:
        """A member joins; her id."""
        new = NewMember(name=f"{FAMILY} {name}", joined_on=on, **more)
        joined = self.db.write_now(members.join, actor=self.treasurer, chapter_id=self.id, new=new)
        self.members[name] = joined.id
        return joined.id

    def open_pot(
        self,
        *,
        on: date = LAST_YEAR,
        kind: PotKind = PotKind.PIG,
        kept: Kept = Kept.CHAPTER,
        belongs_to: BelongsTo = BelongsTo.MEMBER,
        name: str = "lợn",
    ) -> str:
        """A new vessel; its id."""
        return self.db.write_now(open_pot(self, on, kind, kept, belongs_to, name))

    def sheet(
        self,
        lines: str,
        *,
        on: date | None = None,
        pot: str = "",
        by: Actor | None = None,
        key: str | None = None,
        **more: Any,
    ) -> EntryPosted:
        """A sheet goes into the book."""
        return self.ask(lines, on=on, pot=pot, by=by, key=key, **more).value

    def ask(
        self,
        lines: str,
        *,
        on: date | None = None,
        pot: str = "",
        by: Actor | None = None,
        key: str | None = None,
        **more: Any,
    ) -> Answer[EntryPosted]:
        """The same, with all that the action answers."""
        pot_id, day = pot or self.pot, on or clock.today()
        return self.db.write_now(
            savings.post_sheet,
            actor=by or self.treasurer,
            chapter_id=self.id,
            pot_id=pot_id,
            day=day,
            lines=self.lines(lines),
            ticket=a_ticket(key, self.id, pot_id, day, lines, more),
            **more,
        )

    def reverse(
        self,
        entry: EntryPosted,
        *names: str,
        by: Actor | None = None,
        key: str | None = None,
        reason: str = "ghi nhầm",
    ) -> EntryPosted:
        """Lines of these members (all lines where nobody is named) are taken back."""
        wanted = {self.members[name] for name in names}
        line_ids = [line.line_id for line in entry.lines if line.member_id in wanted]
        return self.db.write_now(
            mending.reverse,
            actor=by or self.treasurer,
            entry_id=entry.id,
            line_ids=line_ids,
            reason=reason,
            ticket=a_ticket(key, entry.id, line_ids),
        ).value

    def asks_to_reverse(self, entry: EntryPosted, *names: str, **more: Any) -> Waiting:
        """The same for what was not recorded today: it waits for a second signature."""
        waits: Any = self.reverse(entry, *names, **more)
        assert isinstance(waits, Waiting)
        return waits

    def signs(self, by: Actor, waits: Waiting) -> dict[str, Any]:
        """The second signature, on exactly what waits."""
        return self.db.write_now(
            approvals.sign,
            actor=by,
            approval_id=waits.approval_id,
            fingerprint=waits.fingerprint,
        )

    def member(self, name: str) -> Actor:
        """A member, signed in with her card."""
        sql = "SELECT person_id FROM member WHERE id = ?"
        person = self.db.read_now(Tx.rows, sql, (self.members[name],))[0][0]
        return Actor(person, None, (), Membership(self.id, self.members[name]))

    def says(self, name: str, verdict: Verdict | str, of: EntryPosted, note: str = "") -> None:
        """Her word on her line of a sheet."""
        (line,) = [line for line in of.lines if line.member_id == self.members[name]]
        self.db.write_now(
            confirming.confirm_line,
            actor=self.member(name),
            member_id=line.member_id,
            line_id=line.line_id,
            verdict=Verdict(verdict),
            note=note or None,
        )

    def lines(self, text: str) -> list[Line]:
        """`Lan 5.000/5, Hoa 500/0` as lines; an unknown name stands for her own id."""
        found = []
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, amount, periods = re.fullmatch(r"(\S+) (-?[\d.]+)/(\d+)", part).groups()
            member_id = self.members.get(name, name)
            found.append(Line(member_id, int(amount.replace(".", "")), int(periods)))
        return found

    # How the book stands

    def book(self) -> str:
        """Every entry in the order of the book, then each pot with what is whose."""
        return self.db.read_now(_book, self)

    def holds(self, expected: str) -> None:
        """The book is exactly this text, and everything stored beside it adds up."""
        assert self.book() == tidy(expected)
        assert self.findings() == []

    def findings(self, **noted: Any) -> list[str]:
        """What `solon verify` would say of this chapter."""
        return findings(self.db, self.id, **noted)

    def head_now(self) -> tuple[int, str]:
        """Number and head of the last seal."""
        sql = "SELECT seq, head FROM book WHERE chapter_id = ?"
        seq, head = self.db.read_now(Tx.rows, sql, (self.id,))[0]
        return seq, bytes(head).hex()


def a_ticket(key: str | None, *said: Any) -> Ticket:
    """A client's key (a fresh one where none is given) and a digest of what it asks."""
    return Ticket(key or a_key(), hashlib.sha256(repr(said).encode()).digest())


def a_key() -> str:
    """A UUID that a client made."""
    return str(uuid.uuid4())


def a_charter(**more: Any) -> Charter:
    """1,000 đồng a day, unless told otherwise."""
    return Charter(**{"minimum_per_period": 1000, "period": Period.DAY} | more)


def a_union(db: Database) -> Union:
    """The root, a province and a commune, with an administrator and two leaders."""
    return db.write_now(_union)


def a_chapter(
    db: Database,
    names: str = "Lan Hoa Mai",
    *,
    under: Union | None = None,
    name: str = "Chi hội thôn Đoài",
    pig_from: date = LAST_YEAR,
    **charter: Any,
) -> Chapter:
    """A chapter in one breath: officers, members by given name, numbered from 1, and a pig."""
    return db.write_now(_chapter, db, names.split(), under, name, pig_from, a_charter(**charter))


def _union(tx: Tx) -> Union:
    made = access.initialise(tx)
    set_up = access.set_up(
        tx, setup_token=made.setup_token, name=f"{FAMILY} Quản", phone=A_PHONE,
        pin_hash="not a PIN", label="máy",
    )  # fmt: skip
    administrator = sign_in(tx, set_up.person_id)
    units = [made.root_unit_id]
    for name, level in (("Tỉnh Sông Hồng", Level.PROVINCE), ("Xã Đồng Tâm", Level.COMMUNE)):
        units.append(
            union.create_unit(tx, actor=administrator, name=name, level=level,
                              parent_id=units[-1], from_on=FOUNDED)
        )  # fmt: skip
    root, province, commune = units
    provincial = appointed(tx, administrator, province, Role.LEADER)
    leader = appointed(tx, administrator, commune, Role.LEADER)
    return Union(root, province, commune, made.setup_token, administrator, provincial, leader)


def _chapter(
    tx: Tx,
    db: Database,
    names: Sequence[str],
    under: Union | None,
    name: str,
    pig_from: date,
    charter: Charter,
) -> Chapter:
    above = under or _union(tx)
    chapter_id = union.create_unit(
        tx, actor=above.leader, name=name, level=Level.CHAPTER, parent_id=above.commune,
        from_on=FOUNDED, charter=charter,
    )  # fmt: skip
    officers = {
        role.value.removeprefix("chapter_"): appointed(tx, above.leader, chapter_id, role)
        for role in (Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER, Role.INSPECTOR)
    }
    chapter = Chapter(db, above, chapter_id, **officers)
    for given in names:
        new = NewMember(name=f"{FAMILY} {given}", joined_on=LAST_YEAR,
                        purposes=(Purpose.SAVINGS,))  # fmt: skip
        joined = members.join(tx, actor=chapter.treasurer, chapter_id=chapter_id, new=new)
        chapter.members[given] = joined.id
    pig = (pig_from, PotKind.PIG, Kept.CHAPTER, BelongsTo.MEMBER, "lợn")
    chapter.pot = open_pot(chapter, *pig)(tx)
    return chapter


def appointed(tx: Tx, by: Actor, unit_id: str, role: Role, *, on: date = FOUNDED) -> Actor:
    """Somebody new in an office, signed in."""
    who = Appointee(name=f"{FAMILY} {role.value}", phone=A_PHONE)
    made = offices.appoint(tx, actor=by, unit_id=unit_id, role=role, on=on, who=who, code_hours=24)
    assert isinstance(made, Appointed)
    return sign_in(tx, made.person_id)


def sign_in(tx: Tx, person_id: str) -> Actor:
    """The actor that a fresh session stands for."""
    token = access.begin_session(tx, person_id=person_id, device_id=None, hours=12)
    actor = access_queries.actor_of_session(tx, digest(token))
    assert actor is not None
    return actor


def open_pot(
    chapter: Chapter, on: date, kind: PotKind, kept: Kept, belongs_to: BelongsTo, name: str
) -> Callable[[Tx], str]:
    """The action that opens a vessel, waiting for its transaction."""
    return lambda tx: savings.open_pot(
        tx, actor=chapter.treasurer, chapter_id=chapter.id, kind=kind, name=name, kept=kept,
        belongs_to=belongs_to, opened_on=on, next_breaking_on=None,
    )  # fmt: skip


def refused(code: str, act: Callable[..., Any], /, *args: Any, **more: Any) -> Refusal:
    """The act is refused for this reason."""
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    assert caught.value.code == code
    return caught.value


def findings(db: Database, book: str, **noted: Any) -> list[str]:
    """What `solon verify` would say of a book."""
    return db.read_now(lambda tx: [found.what for found in checks.verify(tx, book, **noted)])


def counted(db: Database, table: str) -> int:
    """How many rows a table has."""
    return int(db.read_now(Tx.rows, f"SELECT count(*) FROM {table}")[0][0])


def tidy(text: str) -> str:
    """A book as written in a test: without its margin, with single blanks."""
    lines = dedent(text).strip().splitlines()
    return "\n".join(re.sub(" +", " ", line).strip() for line in lines)


def dong(amount: int) -> str:
    """`-1.000`."""
    return f"{amount:,}".replace(",", ".")


def _book(tx: Tx, chapter: Chapter) -> str:
    names = {member_id: name for name, member_id in chapter.members.items()}
    return "\n".join([*_entries(tx, chapter.id, names), *_pots(tx, chapter.id, names)])


def _entries(tx: Tx, chapter_id: str, names: dict[str, str]) -> list[str]:
    """`20/10 sheet Lan 5.000/5, Hoa 1.000/1`, by number; what takes money out is negative."""
    sql = (
        "SELECT e.seq, e.day, e.kind, b.id, m.amount, m.periods, c.kind FROM entry e"
        " JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        " JOIN account c ON c.chapter_id = m.chapter_id AND c.no = m.credit_no"
        " JOIN member b ON b.chapter_id = m.chapter_id AND b.number = m.member_no"
        " WHERE e.chapter_id = ? ORDER BY e.seq, m.line"
    )
    entries: dict[int, list[str]] = {}
    for seq, day, kind, member_id, amount, periods, credit in tx.rows(sql, (chapter_id,)):
        signed = amount if credit in ("savings", "fund") else -amount
        head = f"{date.fromisoformat(day):%d/%m} {kind}"
        line = f"{names[member_id]} {dong(signed)}/{periods}"
        entries.setdefault(seq, [head]).append(line)
    return [f"{head} {', '.join(lines)}" for head, *lines in entries.values()]


def _pots(tx: Tx, chapter_id: str, names: dict[str, str]) -> list[str]:
    """`lợn 6.000 Lan 5.000/5, Hoa 1.000/1`: stored cash, then stored balances and periods."""
    sql = (
        "SELECT p.name, a.kind, a.owner_id, a.balance, a.periods FROM pot p LEFT JOIN account a"
        " ON a.chapter_id = p.chapter_id AND a.pot_id = p.id WHERE p.chapter_id = ?"
        " ORDER BY p.id, a.no"
    )
    pots: dict[str, list[Any]] = {}
    for pot, kind, owner, balance, periods in tx.rows(sql, (chapter_id,)):
        cash, whose = pots.setdefault(pot, [0, {}])
        if kind and kind.startswith("cash"):
            pots[pot][0] = cash + balance
        elif kind:
            whose[owner] = f"{names.get(owner, kind)} {dong(balance)}/{periods}"
    return [
        f"{pot} {dong(cash)} {', '.join(whose[m] for m in names if m in whose)}".rstrip()
        for pot, (cash, whose) in pots.items()
    ]
