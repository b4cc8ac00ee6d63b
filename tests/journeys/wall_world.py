"""What the wall is walked in: three places with the same things in them, and a book that forgets.

*own* is a chapter, *near* its neighbour in the commune, *far* a chapter of another province;
*above* is the unit over the one who asks, with its officer; *beside* is what others have in her own
chapter: a fellow officer's sign-in, and for a member her neighbour's lines. Every request finds the book as it was
built: it runs in one transaction that is rolled back behind it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI

from app import ids
from app.access import actions as access
from app.approvals.actions import Waiting
from app.charter import actions as charters
from app.db import embedded, served
from app.db.tx import Tx
from app.offices import actions as offices
from app.offices.actions import Appointee
from app.terms import Actor, Kept, Level, Outcome, Place, Role
from app.union import actions as union
from tests.actions.moving_story import opens
from tests.broken import Breaks
from tests.journeys.doors import Village
from tests.journeys.holders import a_card, a_phone, her_card, member_and_inspector
from tests.journeys.wall_table import PIN
from tests.lent import Lends
from tests.outgoing import left_behind
from tests.story import FOUNDED, TODAY, Chapter, Union, a_chapter, a_charter, appointed
from tests.till import Till, handed_over_before

Things = dict[str, str]
OFFICERS = {"H": "head", "D": "deputy", "T": "treasurer", "I": "inspector"}
ABOVE = {"A": "administrator", "P": "provincial", "L": "leader"}
OVER = {"P": ("root", "A"), "L": ("province", "P")} | dict.fromkeys("HDTIM", ("commune", "L"))


class Forgetful:
    """The database of the doors: a transaction that never ends, and what was written in it.

    It stands in for both engines, so that one world serves thousands of requests and a page still
    reads what it has just written.
    """

    _WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (\w+)( SET \w+)?")
    # Counting guesses and noting that a session is in use are no change of the book.
    _ASIDE = ("INSERT INTO attempt", "UPDATE attempt SET tries", "UPDATE session SET used_at")

    def __init__(self, url: str) -> None:
        self.postgres = not url.startswith("sqlite")
        self._connection: Any = (
            served.connect(url.replace("+psycopg", "", 1))
            if self.postgres
            else embedded.connect(url.removeprefix("sqlite:///"))
        )
        self._cursor = self._connection.cursor()
        self.wrote: list[str] = []
        self._run("BEGIN")

    async def write(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """An action, undone alone where it raises, as the engines do."""
        noted = len(self.wrote)
        self._run("SAVEPOINT act")
        try:
            return action(Tx(self, postgres=self.postgres), *args, **more)
        except BaseException:
            self._run("ROLLBACK TO act")
            del self.wrote[noted:]
            raise

    async def read(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """A query; should it write, that is noted too."""
        return query(Tx(self, postgres=self.postgres), *args, **more)

    glance = read

    def forget(self) -> None:
        """The book as it was built."""
        self._run("ROLLBACK")
        self._run("BEGIN")
        self.wrote.clear()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _run(self, sql: str) -> None:
        self._cursor.execute(sql)

    # The cursor that `Tx` is given

    @property
    def rowcount(self) -> int:
        """How many rows the last statement touched."""
        return int(self._cursor.rowcount)

    def execute(self, sql: str, params: Any = ()) -> None:
        """A statement; one that changed rows is noted."""
        self._cursor.execute(sql, params)
        self._note(sql)

    def executemany(self, sql: str, rows: Any) -> None:
        """The same with many rows."""
        self._cursor.executemany(sql, rows)
        self._note(sql)

    def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        """All rows."""
        return self._cursor.fetchall()

    def _note(self, sql: str) -> None:
        said = self._WRITES.match(sql)
        if said and self._cursor.rowcount and said[0] not in self._ASIDE:
            self.wrote.append(said[0])


@dataclass
class World:
    """Everybody's doors, and the ids of what stands where."""

    village: Village
    book: Forgetful
    places: dict[str, Things]
    hers: dict[str, Things]
    above: dict[str, Things]
    beside: dict[str, Things]
    missing: Things
    tokens: dict[str, str]

    def place(self, where: str, role: str) -> Things:
        """What stands there for whoever asks."""
        if where == "missing":
            return self.missing
        if where in ("above", "beside"):
            return getattr(self, where).get(role, {})  # type: ignore[no-any-return]
        return self.places[where] | (self.hers.get(role, {}) if where == "own" else {})


def a_world(village: Village, app: FastAPI) -> World:
    """Built once; from then on the doors have the forgetful book. Pins are quick already."""
    db, own = village.db, village.chapter
    away = db.write_now(_another_province, own.union)
    far = a_chapter(db, "Tám Chín", under=away, name="Chi hội thôn Nam")
    places, cards = {}, {}
    for name, chapter, pin in (("own", own, PIN), ("near", village.neighbour, "629438"),
                               ("far", far, "730549")):  # fmt: skip
        places[name], cards[name] = _things(chapter, app, pin)
    people = {role: getattr(own.union, name) for role, name in ABOVE.items()}
    people |= {role: getattr(own, name) for role, name in OFFICERS.items()}
    for actor in people.values():
        a_phone(db, app, actor)
    tokens = {role: village.token(actor) for role, actor in people.items()} | {"M": cards["own"]}
    hers = {role: db.read_now(_mine, actor) for role, actor in people.items()}
    hers["M"] = {"session": db.read_now(_session_of_card, places["own"]["card"])}
    above = {
        role: hers[over] | db.read_now(_seat, getattr(own.union, unit), people[over].person_id)
        for role, (unit, over) in OVER.items()
    }
    waits = db.write_now(_of_the_union, own.union)
    for things in above.values():
        things |= {"approval": waits.approval_id, "fingerprint": waits.fingerprint}
    book = Forgetful(app.state.settings.database_url)
    app.state.db = book
    beside = {role: {"session": hers["T" if role != "T" else "H"]["session"]} for role in people}
    beside["M"] = _neighbours(own, places["own"]) | {
        "session": hers["T"]["session"], "device": hers["T"]["mine"], "mine": hers["T"]["mine"]
    }  # fmt: skip
    return World(village, book, places, hers, above, beside, _missing(), tokens)


def _neighbours(chapter: Chapter, things: Things) -> Things:
    """What another member has: Lan, on the second line of the sheet."""
    line = ids.of_line(things["entry"], 2)
    return {"member": next(iter(chapter.members.values())), "line": line, "hers": things["loan"]}


def _missing() -> Things:
    """An id in the form of its kind, of a thing that is nowhere."""
    found: Things = defaultdict(ids.new)
    found |= {"line": ids.of_line(ids.for_entry(), 1), "entry": ids.for_entry()}
    return found | {"fingerprint": "0" * 64, "print": "0" * 64, "code": "BBBBB-BBBBB"}


def _another_province(tx: Tx, here: Union) -> Union:
    """Two units and two leaders of their own, under the same root."""
    units = [here.root]
    for name, level in (("Tỉnh Núi Xanh", Level.PROVINCE), ("Xã Bình An", Level.COMMUNE)):
        made = union.create_unit(tx, actor=here.administrator, name=name, level=level,
                                 parent_id=units[-1], from_on=FOUNDED)  # fmt: skip
        units.append(made)
    _, province, commune = units
    leaders = [appointed(tx, here.administrator, unit, Role.LEADER) for unit in units[1:]]
    return replace(here, province=province, commune=commune, provincial=leaders[0],
                   leader=leaders[1])  # fmt: skip


def _things(chapter: Chapter, app: FastAPI, pin: str) -> tuple[Things, str]:
    """One thing of every kind in a chapter, and the session of its member Sen, who inspects too."""
    db, first = chapter.db, next(iter(chapter.members))
    inspects = member_and_inspector(chapter, "Sen")
    a_phone(db, app, Actor(inspects.person_id, None), pin)
    chapter.join("Na", phone="0977000222")
    count = _a_shortage(chapter)
    sheet = chapter.sheet(f"Sen 1.000/1, {first} 1.000/1")
    waits = db.write_now(charters.propose_charter, actor=chapter.treasurer, chapter_id=chapter.id,
                         charter=a_charter(minimum_per_period=3000), on=TODAY)  # fmt: skip
    card, new_card = her_card(chapter, app, "Sen", pin), a_card(chapter, first)
    token = db.write_now(access.begin_session, person_id=inspects.person_id, card_id=card.id,
                         hours=12)  # fmt: skip
    things = {
        "unit": chapter.id, "chapter": chapter.id, "commune": chapter.union.commune,
        "group": db.write_now(_group, chapter), "pot": chapter.pot,
        "fresh": chapter.open_pot(name="lợn chưa ghi"), "rich": _with_surplus(chapter),
        "member": chapter.members["Sen"], "person": inspects.person_id,
        "office": inspects.office_id, "officer": chapter.treasurer.person_id,
        "hand": chapter.treasurer.person_id, "count": count,
        "candidate": chapter.members["Na"], "entry": sheet.id, "line": sheet.lines[0].line_id,
        "approval": waits.approval_id, "fingerprint": waits.fingerprint,
        "held": left_behind(chapter, f"{first} 1.000"),
        "card": card.id, "new_card": new_card.id, "code": new_card.code,
    }  # fmt: skip
    things |= _loans(chapter, things["rich"], first) | _breakings(chapter)
    things["handover"] = db.write_now(handed_over_before, chapter, things["count"])
    of_na = "SELECT person_id FROM member WHERE id = ?"
    of_sen = "SELECT id FROM device WHERE person_id = ?"
    things["candidate_person"] = db.read_now(Tx.rows, of_na, (things["candidate"],))[0][0]
    things["device"] = db.read_now(Tx.rows, of_sen, (inspects.person_id,))[0][0]
    things["mine"] = things["device"]
    things["session"] = db.read_now(_session_of_card, card.id)
    return things, token


def _a_shortage(chapter: Chapter) -> str:
    """A count that missed 1.000, before the sheet; the treasurer owes what an earlier one missed."""
    till = Till(chapter)
    till.sheet("Na 3.000/3")
    till.counts(Place.POT, 2_000, Outcome.KEEPER_OWES)
    return str(till.counts(Place.POT, 1_000).id)


def _with_surplus(chapter: Chapter) -> str:
    """A pot whose paper book had more than its members."""
    pot = chapter.open_pot(name="lợn dư tiền")
    chapter.signs(chapter.head, opens(chapter, {}, pot=pot, hand=9_000))
    return pot


def _loans(chapter: Chapter, pot: str, first: str) -> Things:
    """A loan in every state a door asks for; Sen's own was refused."""
    lends = Lends(chapter, pot)
    second = list(chapter.members)[1]
    lost = lends.lent(first, 1_000, 1)
    lends.till.signs(lends.asks_to_write_off(lost))
    agreed = lends.asks(second, 1_000, 1)
    lends.approves(agreed)
    hers = lends.asks("Sen", 1_000, 1)
    lends.refuses(hers)
    return {"lost": lost, "agreed": agreed, "hers": hers, "loan": lends.lent("Na", 1_000, 1),
            "asked": lends.asks(first, 1_000, 1)}  # fmt: skip


def _breakings(chapter: Chapter) -> Things:
    """One that was opened, one that was counted and waits for its signatures, one from home, one over."""
    opened, ready, broken = (
        Breaks(chapter, chapter.open_pot(name=name)) for name in ("heo", "heo đếm", "heo mổ")
    )
    home = Breaks(chapter, chapter.open_pot(name="heo nhà", kept=Kept.HOME))
    home.opens()
    home.counts(0)
    broken.till.sheet("Na 1.000/1, Sen 1.000/1")
    broken.opens()
    broken.counts(2_000)
    broken.decides("Na -/0/0, Sen -/0/0")  # nothing of it is left in the hand that others hand over
    broken.breaks()
    opened.opens()
    ready.opens()
    ready.counts(0)
    return {"breaking": opened.id, "ready": ready.id, "print": ready.plan().fingerprint,
            "home": home.id, "broken": broken.id}  # fmt: skip


def _group(tx: Tx, chapter: Chapter) -> str:
    return union.create_unit(tx, actor=chapter.union.leader, name="Tổ Bờ Ao", level=Level.GROUP,
                             parent_id=chapter.id, from_on=FOUNDED)  # fmt: skip


def _mine(tx: Tx, actor: Actor) -> Things:
    """Her own phone and her sign-in at the village's doors."""
    last = " WHERE person_id = ? ORDER BY id DESC LIMIT 1"
    of = (actor.person_id,)
    return {"mine": tx.rows(f"SELECT id FROM device{last}", of)[0][0],
            "session": tx.rows(f"SELECT id FROM session{last}", of)[0][0]}  # fmt: skip


def _session_of_card(tx: Tx, card_id: str) -> str:
    return str(tx.rows("SELECT id FROM session WHERE card_id = ?", (card_id,))[0][0])


def _seat(tx: Tx, unit_id: str, person_id: str) -> Things:
    """A unit above and who sits in it."""
    sql = "SELECT id FROM office WHERE unit_id = ? AND person_id = ?"
    device = tx.rows("SELECT id FROM device WHERE person_id = ?", (person_id,))[0][0]
    return {"unit": unit_id, "chapter": unit_id, "office": tx.rows(sql, (unit_id, person_id))[0][0],
            "person": person_id, "officer": person_id, "candidate_person": person_id,
            "device": device}  # fmt: skip


def _of_the_union(tx: Tx, here: Union) -> Waiting:
    """The administrator would lead the commune too: that waits in the Union's own book."""
    who = Appointee(person_id=here.administrator.person_id)
    made = offices.appoint(tx, actor=here.administrator, unit_id=here.commune, role=Role.LEADER,
                           on=TODAY, who=who, code_hours=1)  # fmt: skip
    assert isinstance(made, Waiting)
    return made
