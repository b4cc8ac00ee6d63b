"""Every door × every role × own, foreign and missing ids, on both databases.

`wall_table.py` says who may do what; here each line of it is asked. What is not hers answers
exactly as what is nowhere: the same status, the same headers, the same words. A new door fails the
first test until it stands in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product, zip_longest
from typing import Any

import httpx2
import pytest
from starlette.routing import Mount, Route

from app import ids
from app.db.tx import Tx
from app.main import create_app
from tests.house.test_doors import SETTINGS, routes_of
from tests.journeys.doors import Village, unmade
from tests.journeys.holders import quick
from tests.journeys.wall_table import API_DOORS, KEY, PAGE_DOORS, ROLES, TOLD
from tests.journeys.wall_world import Things, World, a_world

PLACES = ("beside", "near", "far", "above")
# Those above a chapter reach its neighbours too; above the administrator is nobody.
NOT_FOREIGN = {"A": {"near"}, "P": {"near"}, "L": {"near"}}
UNITS = {"unit", "chapter", "commune", "office", "person", "officer", "approval"}  # A reaches all
OPEN = {"card", "new_card"}  # whoever holds a card opens its door
HEADERS = ("content-type", "location", "www-authenticate", "idempotent-replay", "cache-control")


@dataclass(frozen=True)
class Door:
    """A line of the table."""

    name: str
    method: str
    path: str
    slots: tuple[str, ...]
    expected: dict[str, str]
    told: dict[str, Any]

    @property
    def of_path(self) -> tuple[str, ...]:
        """The things in its path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def template(self) -> str:
        """Method and path as the application has them."""
        return re.sub(r"=\w+", "", self.name.partition(" #")[0])


def doors(table: str) -> Iterator[Door]:
    """The lines of a table."""
    for line in table.strip().splitlines()[1:]:
        *statuses, method, path = line.split(maxsplit=len(ROLES) + 1)
        name = f"{method} {path}"
        path = path.partition(" #")[0]
        path = re.sub(r"{(\w+)_id}", r"{\1}", re.sub(r"{\w+=(\w+)}", r"{\1}", path))
        told = TOLD.get(name, {})
        slots = re.findall(r"{(\w+)}", path) + re.findall(r"@(\w+)", repr(told))
        expected = dict(zip(ROLES, statuses, strict=True))
        yield Door(name, method, path, tuple(dict.fromkeys(slots)), expected, told)


DOORS = [*doors(API_DOORS), *doors(PAGE_DOORS)]


@pytest.fixture(scope="module")
def world(lasting: Village) -> Iterator[World]:
    """A world on each database in turn, found again as it was when the walk is over."""
    app: Any = lasting.app
    quick(app)
    made = a_world(lasting, app)
    before = lasting.everything()
    yield made
    made.book.close()
    assert lasting.everything() == before


# Asking


def ask(world: World, door: Door, role: str, things: Things) -> httpx2.Response:
    """One request; what it changed stands in the book until `forget`."""
    told = filled(door.told, things)
    path = door.path.format_map(things)
    headers = {"Idempotency-Key": KEY}
    api = path.startswith("/api/")
    if role != "N":
        token = world.tokens[role]
        headers |= {"Authorization": f"Bearer {token}"} if api else {"Cookie": f"solon={token}"}
    sent: dict[str, Any] = {}
    if door.method == "GET":
        sent["params"] = told
    elif told:
        sent["json" if api else "data"] = told
    world.village.client.cookies.clear()
    return world.village.client.request(door.method, path, headers=headers, **sent)


def filled(told: Any, things: Things) -> Any:
    """The body with ids in the place of its marks."""
    if isinstance(told, dict):
        named = {re.sub(r"@(\w+)", lambda m: things[m[1]], name): value
                 for name, value in told.items()}  # fmt: skip
        return {name: filled(value, things) for name, value in named.items()}
    if isinstance(told, list):
        return [filled(value, things) for value in told]
    return things[told[1:]] if isinstance(told, str) and told.startswith("@") else told


def status(answer: httpx2.Response) -> str:
    """As the table has it."""
    to_sign_in = answer.status_code == 303 and answer.headers["location"] == "/vao"
    return "vào" if to_sign_in else str(answer.status_code)


def said(answer: httpx2.Response, asked: list[str]) -> str:
    """All of an answer that somebody could tell another by, without the ids that were asked."""
    kept = {name: answer.headers.get(name) for name in HEADERS}
    kept["cookies"] = re.sub("=[^;]*", "", "; ".join(answer.headers.get_list("set-cookie")))
    fresh = r'(name="(?:key|asked_at)" value=")[^"]*'  # made anew for every form
    whole = f"{answer.status_code} {kept}\n" + re.sub(fresh, r"\1", unmade(answer.text))
    for id in asked:
        whole = whole.replace(id, "<asked>")
    return whole


def apart(here: str, there: str) -> str:
    """Where two answers part."""
    pairs = zip_longest(here.splitlines(), there.splitlines(), fillvalue="(nothing)")
    first = next((one, other) for one, other in pairs if one != other)
    return "{}, but of a missing one {}\n    {}\n    {}".format(
        here[:3], there[:3], *(text.strip()[:300] for text in first)
    )


# Which ids


def variants(door: Door) -> list[tuple[str, ...]]:
    """Each id of a door alone is another's, then all of them together; a card's code is no id."""
    slots = tuple(slot for slot in door.slots if slot != "code")
    alone: list[tuple[str, ...]] = [(slot,) for slot in slots]
    return alone if len(alone) < 2 else [*alone, slots]


def swapped(
    world: World, role: str, where: str, slots: tuple[str, ...], door: Door
) -> Things | None:
    """Her own things, with some of them from elsewhere; None where there is no such thing there."""
    own, other = world.place("own", role), world.place(where, role)
    if where != "missing" and not set(slots) <= other.keys():
        return None
    taken = {slot: other[slot] for slot in slots}
    if any(taken[slot] == own[slot] for slot in slots):
        return None
    return {slot: own[slot] for slot in door.slots} | taken


def reached_by_all_above(role: str, slots: tuple[str, ...]) -> bool:
    """Nothing of the tree is foreign to the administrator: it answers as her own does."""
    return role == "A" and bool(UNITS & set(slots))


# The walk


def test_every_door_is_in_the_table() -> None:
    app = create_app(SETTINGS, db=object())  # type: ignore[arg-type]
    there = {f"{m} {route.path}" for route in routes_of(app) for m in route.methods or ()}
    listed = {door.template for door in DOORS}
    assert there - listed == set(), "new doors: say in wall_table.py who may do what"
    assert listed - there == set(), "doors that are gone"
    plain = {route.path for route in app.routes if isinstance(route, (Route, Mount))}
    assert plain - {route.path for route in routes_of(app)} == {"/api/openapi.json", "/static"}


def test_the_table_is_whole() -> None:
    names = [door.name for door in DOORS]
    assert len(set(names)) == len(names)
    assert TOLD.keys() <= set(names)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_each_may_do_what_her_office_is_for(world: World, door: Door) -> None:
    """And whoever is refused changes nothing, and learns nothing of what is not hers to know."""
    wrong = []
    for role in ROLES:
        own = {slot: world.place("own", role)[slot] for slot in door.slots}
        answer = ask(world, door, role, own)
        wrote = list(world.book.wrote)
        world.book.forget()
        if status(answer) != door.expected[role]:
            wrong.append(
                f"{role}: {status(answer)}, not {door.expected[role]}: {answer.text[:300]}"
            )
        if answer.status_code >= 400 and wrote:
            wrong.append(f"{role} was refused ({answer.status_code}) and yet: {wrote}")
        if door.expected[role] == "404":
            wrong += differences(world, door, role, "own", own, door.of_path)
    assert not wrong, "\n".join([door.name, *wrong])


@pytest.mark.parametrize("door", [d for d in DOORS if d.slots], ids=lambda door: door.name)
def test_what_is_foreign_answers_as_what_is_missing(world: World, door: Door) -> None:
    wrong = []
    for role, slots in product(ROLES, variants(door)):
        for where in (p for p in PLACES if p not in NOT_FOREIGN.get(role, ())):
            things = swapped(world, role, where, slots, door)
            if things is not None:
                wrong += differences(world, door, role, where, things, slots)
    assert not wrong, "\n".join([door.name, *wrong])


def differences(
    world: World, door: Door, role: str, where: str, things: Things, slots: tuple[str, ...]
) -> list[str]:
    """How a foreign id's answer differs from a missing one's, for one role; what it changed."""
    at = f"{role}, {where} {'+'.join(slots)}"
    answer = ask(world, door, role, things)
    wrote = list(world.book.wrote)
    world.book.forget()
    if reached_by_all_above(role, slots) and where != "own":
        as_own = status(answer) in (door.expected[role], "422")  # the rest of the body is her own
        return [] if as_own else [f"{at}: {status(answer)}, her own {door.expected[role]}"]
    wrong = [f"{at}: {status(answer)}, and yet {wrote}"] if wrote else []
    let_in = answer.status_code < 400 and status(answer) != "vào"
    if let_in and set(slots) & set(door.of_path) - OPEN and role != "N":
        wrong.append(f"{at}: {status(answer)} for what is not hers")
    nowhere = swapped(world, role, "missing", slots, door)
    assert nowhere is not None
    none = ask(world, door, role, nowhere)
    wrong += [f"{at}: missing, and yet {world.book.wrote}"] if world.book.wrote else []
    world.book.forget()
    here = said(answer, [things[slot] for slot in slots])
    there = said(none, [nowhere[slot] for slot in slots])
    if here != there:
        wrong.append(f"{at}: {apart(here, there)}")
    return wrong


# That the walk can see


TABLES = {
    "unit": "unit", "chapter": "book", "commune": "unit", "group": "unit", "pot": "pot",
    "member": "member", "candidate": "member", "person": "person", "officer": "person",
    "candidate_person": "person", "hand": "person", "office": "office", "entry": "entry",
    "approval": "approval", "card": "card", "new_card": "card", "device": "device",
    "mine": "device", "session": "session", "held": "held_sheet",
    "count": "cash_count", "handover": "handover", "fresh": "pot", "rich": "pot",
    "loan": "loan", "hers": "loan", "asked": "loan", "agreed": "loan", "lost": "loan",
    "breaking": "breaking", "ready": "breaking", "home": "breaking", "broken": "breaking",
}  # fmt: skip


def test_what_is_foreign_is_really_there(world: World) -> None:
    """Or it would be compared with itself."""
    around = [*world.beside.values(), *world.above.values(), *world.places.values()]
    kinds = {slot for door in DOORS for slot in door.slots} - {
        "line",
        "fingerprint",
        "print",
        "code",
    }
    assert kinds == TABLES.keys()
    for things, kind in product(around, kinds):
        table = "unit" if kind == "chapter" and things in world.above.values() else TABLES[kind]
        column = "chapter_id" if table == "book" else "id"
        sql = f"SELECT count(*) FROM {table} WHERE {column} = ?"
        if kind in things:
            assert world.village.db.read_now(Tx.rows, sql, (things[kind],)) == [(1,)], kind
    lines = {things["line"] for things in around if "line" in things}
    sql = "SELECT e.id, m.line FROM entry e JOIN movement m"
    sql += " ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
    assert lines <= {ids.of_line(*row) for row in world.village.db.read_now(Tx.rows, sql)}


def test_what_is_written_is_noted_and_forgotten(world: World) -> None:
    """Or "nothing was changed" would prove nothing."""
    (sheet,) = [door for door in DOORS if door.name == "POST /api/v1/chapters/{chapter_id}/sheets"]
    for _ in range(2):
        answer = ask(world, sheet, "T", world.place("own", "T"))
        assert answer.status_code == 201 and "idempotent-replay" not in answer.headers
        assert "INSERT INTO entry" in world.book.wrote
        world.book.forget()
