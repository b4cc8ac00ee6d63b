"""How a journey knocks: a program with a bearer token, or a browser with a cookie."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from app.access import actions as access
from app.db.engine import Database
from app.db.tx import Tx
from app.terms import Actor
from tests.story import Chapter, a_chapter, a_key

API = "/api/v1"
PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """One person's door to the application: headers that say who she is."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """A request; `headers` are added to those that say who asks."""
        headers = self.headers | more.pop("headers", {})
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> httpx2.Response:
        """Read."""
        return self("GET", path, **more)

    def post(
        self, path: str, json: Any = None, *, key: str | None = None, **more: Any
    ) -> httpx2.Response:
        """Do; `key` is the client's key."""
        headers = more.pop("headers", {}) | ({"Idempotency-Key": key} if key else {})
        return self("POST", path, json=json, headers=headers, **more)

    def send(self, path: str, form: dict[str, Any], **more: Any) -> httpx2.Response:
        """Send a page's form."""
        return self("POST", path, data=form, **more)


@dataclass
class Village:
    """A chapter, its neighbour, and everybody's doors."""

    db: Database
    app: FastAPI
    client: TestClient
    chapter: Chapter
    neighbour: Chapter
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        union = self.chapter.union
        for of in (self.chapter, self.neighbour):
            for officer in (of.head, of.deputy, of.treasurer, of.inspector):
                self.token(officer)
        for officer in (union.leader, union.provincial, union.administrator):
            self.token(officer)

    def token(self, actor: Actor) -> str:
        """Her session; everybody signed in when the village began, so asking changes nothing."""
        person = actor.person_id
        if person not in self.tokens:
            self.tokens[person] = self.db.write_now(
                access.begin_session, person_id=person, device_id=None, hours=12
            )
        return self.tokens[person]

    def program(self, actor: Actor) -> Caller:
        """She asks the API."""
        return Caller(self.client, {"Authorization": f"Bearer {self.token(actor)}"})

    def browser(self, actor: Actor) -> Caller:
        """She opens pages."""
        return Caller(self.client, {"Cookie": f"solon={self.token(actor)}"})

    def nobody(self) -> Caller:
        """Somebody who is not signed in."""
        return Caller(self.client)

    @property
    def treasurer(self) -> Caller:
        """The chapter's treasurer, at the API."""
        return self.program(self.chapter.treasurer)

    @property
    def sheets(self) -> str:
        """Where the chapter's sheets are sent."""
        return f"{API}/chapters/{self.chapter.id}/sheets"

    @property
    def pages(self) -> str:
        """Where the chapter's pages stand."""
        return f"/chi-hoi/{self.chapter.id}"

    def sheet(self, lines: str = "Lan 1.000/1", **more: Any) -> dict[str, Any]:
        """A sheet as a program sends it: `Lan 5.000/5, Hoa 1.000/1`."""
        told = [
            {"member_id": line.member_id, "amount": line.amount, "periods": line.periods}
            for line in self.chapter.lines(lines)
        ]
        return {"pot_id": self.chapter.pot, "date": "2026-10-20", "lines": told} | more

    def recorded(self, lines: str = "Lan 1.000/1", **more: Any) -> dict[str, Any]:
        """A sheet that is in the book."""
        answer = self.treasurer.post(self.sheets, self.sheet(lines, **more), key=a_key())
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def everything(self) -> str:
        """A digest of every row of every table: equal before and after, nothing was changed."""
        return self.db.read_now(_digest)


def a_village(db: Database, app: FastAPI, client: TestClient) -> Village:
    """Two chapters of one commune, all officers signed in."""
    chapter = a_chapter(db, "Lan Hoa Mai")
    neighbour = a_chapter(db, "Tư Năm", under=chapter.union, name="Chi hội thôn Đông")
    return Village(db, app, client, chapter, neighbour)


def _digest(tx: Tx) -> str:
    found = hashlib.sha256()
    for table in SQLModel.metadata.sorted_tables:
        if table.name == "attempt":  # guesses are counted even where nothing else happens
            continue
        kept = [column.name for column in table.columns]
        if table.name == "session":  # a session's last use is noted when it is used
            kept.remove("used_at")
        names = ", ".join(f'"{name}"' for name in kept)
        rows = tx.rows(f'SELECT {names} FROM "{table.name}"')
        found.update(repr((table.name, sorted(repr(row) for row in rows))).encode())
    return found.hexdigest()


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The answer is this refusal, as RFC 9457 wants it; its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    said: dict[str, Any] = answer.json()
    beside = ["owed"] if code == "overpaid" and "/loans/" in str(answer.request.url) else []
    assert list(said) == ["type", "title", "status", "detail", "code", "errors", *beside]
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert said["code"] == code, said
    assert said["title"] and said["detail"] and "{" not in said["detail"]
    for one in said["errors"]:
        assert list(one) == ["field", "message"]
        assert one["field"] and one["message"] and "{" not in one["message"]
    return said


def fields(said: dict[str, Any]) -> list[str]:
    """The fields a refusal points at."""
    return [one["field"] for one in said["errors"]]


def hidden(html: str, name: str) -> str:
    """What a form's field stands at."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', html)
    assert found, f"no field {name}"
    return unescape(found[1])


def beside(html: str, name: str) -> str:
    """The sentence beside a field."""
    found = re.search(
        rf'<p class="problem" id="p-{re.escape(name)}">.*?</svg>(.*?)</p>', html, re.S
    )
    assert found, f"nothing beside {name}"
    return plain(found[1])


def seen(html: str) -> str:
    """A page's words."""
    unseen = r"<(script|style|template)\b.*?</\1>|<[^>]* hidden>[^<]*<"
    return plain(re.sub(unseen, "<", html[html.index("<body") :], flags=re.S))


def unmade(html: str) -> str:
    """A page without the instant at which it was made."""
    return re.sub(r' data-made="\d+"', "", html)


def plain(html: str) -> str:
    """Words without their tags, single plain blanks between them."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())
