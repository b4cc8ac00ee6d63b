"""Who is asking: bearer tokens for the API, cookies for the pages; signing in for both."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from starlette.responses import Response

from app import clock
from app.access import actions, keyring, leavers, queries, rules
from app.access.leavers import Owner
from app.db.engine import Database
from app.db.tx import Tx
from app.errors import Busy
from app.terms import N_, Actor, Level, Role
from app.web.book import Desk
from app.web.fields import Db, RealDb

_bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions")
MEMBER_WORD = N_("hội viên")
PRACTICE = "solon_practice"  # names the copy that this browser's pages are of
OPEN = "solon_open"
DEVICE_DAYS = 400  # browsers keep a cookie no longer


async def signed_in(
    db: Db, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    """The actor behind a bearer token."""
    if credentials is None:
        raise rules.not_signed_in()
    token_hash = rules.digest(credentials.credentials)
    actor = await db.glance(queries.actor_of_session, token_hash)
    if actor is None:
        raise rules.not_signed_in()
    await _note_use(db, token_hash)
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]
_HOUR = 3_600_000_000
_used: dict[bytes, int] = {}


async def _note_use(db: Database, token_hash: bytes) -> None:
    """Keep a session's last use to the hour, so that reading does not write each time.

    A note that could not be written holds nobody up: the next request writes it.
    """
    now = clock.now()
    if now - _used.get(token_hash, 0) < _HOUR:
        return
    if len(_used) > 10_000:
        _used.clear()
    _used[token_hash] = await db.glance(keyring.last_use, token_hash)
    if now - _used[token_hash] < _HOUR:
        return
    with suppress(Busy):
        await db.write(actions.touch_session, token_hash=token_hash)
        _used[token_hash] = now


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page."""

    actor: Actor
    name: str
    role: Role | None  # None: a member with her card
    role_text: str
    unit_id: str
    chapter_id: str | None
    chapter_name: str | None
    may_record: bool
    left: bool = False  # she kept a book until lately: her phone may have sheets to hand over


def _viewer(db: Tx, token_hash: bytes) -> Viewer | None:
    actor = queries.actor_of_session(db, token_hash)
    if actor is None:
        return None
    name = queries.person_name(db, actor.person_id)
    if actor.member is not None:
        chapter_id = actor.member.chapter_id
        return Viewer(actor, name, None, MEMBER_WORD, chapter_id, chapter_id,
                      queries.unit_name(db, chapter_id), may_record=False)  # fmt: skip
    if not actor.offices:
        return None
    offices = queries.my_offices(db, actor.person_id)
    of_chapters = {o.unit_id for o in actor.offices if o.level is Level.CHAPTER}
    shown = next((o for o in offices if o.unit_id in of_chapters), offices[0])
    in_chapter = shown.unit_id in of_chapters
    role = Role(shown.role)
    may_record = in_chapter and role in rules.May.RECORD_SHEETS.roles
    return Viewer(
        actor=actor,
        name=name,
        role=role,
        role_text=rules.ROLE_WORDS[role],
        unit_id=shown.unit_id,
        chapter_id=shown.unit_id if in_chapter else None,
        chapter_name=shown.unit_name if in_chapter else None,
        may_record=may_record,
        left=not may_record and leavers.has_left(db, actor.person_id),
    )


async def viewing(request: Request, db: RealDb) -> Viewer:
    """Who is signed in on this page, by the real book even where she practises on a copy."""
    token = request.cookies.get(cookie("solon", request), "")
    token_hash = rules.digest(token)
    viewer = await db.glance(_viewer, token_hash) if token else None
    if viewer is None:
        raise rules.not_signed_in()
    await _note_use(db, token_hash)
    request.state.viewer = viewer
    return viewer


Viewing = Annotated[Viewer, Depends(viewing)]


async def owning(request: Request, db: RealDb) -> Owner:
    """Whose phone this is, known by its own secret alone: enough to hand over, for nothing else."""
    token = request.cookies.get(cookie("solon_device", request), "")
    found = await db.glance(leavers.owner, rules.digest(token)) if token else None
    if found is None:
        raise rules.not_signed_in()
    return found


Owning = Annotated[Owner, Depends(owning)]


def cookie(name: str, request: Request) -> str:
    """`__Host-` where there is TLS; a plain name on loopback, where browsers refuse the other."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def remember(
    response: Response, request: Request, name: str, value: str, days: int, *, scripts: bool = False
) -> None:
    """Set one of our cookies; 0 days: until the browser closes; `scripts` may read it."""
    response.set_cookie(
        cookie(name, request),
        value,
        max_age=days * 86400 or None,
        path="/",
        secure=request.url.scheme == "https",
        httponly=not scripts,
        samesite="strict",
    )


def say_open(response: Response, request: Request) -> None:
    """Until when she is in, for her phone: what it keeps later than that waits for her word."""
    ends = clock.now() // 1_000_000 + request.app.state.settings.session_hours * 3600
    remember(response, request, OPEN, str(ends), 0, scripts=True)


def forget(response: Response, request: Request, name: str) -> None:
    """Take one of our cookies away."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie(name, request), path="/", secure=secure, httponly=True)


def leave_practice(response: Response, request: Request) -> None:
    """Whoever signs in or out stands before the real book; what was practised is thrown away."""
    if mark := request.cookies.get(cookie(PRACTICE, request)):
        desk: Desk = request.app.state.desk
        desk.throw(mark)
        forget(response, request, PRACTICE)
