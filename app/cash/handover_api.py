"""Handing over the cash over HTTP (contract: Savings and cash)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from app import names
from app.access.identity import SignedIn
from app.approvals.api import WaitingOut
from app.cash import handing_over
from app.cash.api import Notes, Witnesses, words
from app.cash.handover_rules import Count
from app.errors import Invalid
from app.offices.actions import Appointee
from app.offices.api import PersonIn
from app.terms import Place
from app.web import keys
from app.web.fields import Day, Db, Id, In, PathId, Words
from app.web.keys import REPLAY, Key
from app.web.problems import RESPONSES

router = APIRouter(prefix="/api/v1", responses=RESPONSES, tags=["cash"])


class IncomingIn(In):
    """Who takes over: a new person, or one known by her id or membership; exactly one."""

    person: PersonIn | None = None
    person_id: Id | None = None
    member_id: Id | None = None


class CountedIn(In):
    pot_id: Id
    place: Place
    notes: Notes


class HandoverIn(In):
    date: Day
    outgoing_person_id: Id | None = None
    incoming: IncomingIn
    counts: Annotated[list[CountedIn], Field(max_length=100)]
    witnesses: Witnesses
    difference_reason: Words | None = None
    reason: Words | None = None


@router.post("/chapters/{chapter_id}/handover", status_code=202, response_model=WaitingOut,
             responses={202: REPLAY})  # fmt: skip
async def hand_over(
    request: Request, db: Db, actor: SignedIn, key: Key, chapter_id: PathId, body: HandoverIn
) -> Response:
    """Counted cash from the outgoing to the incoming treasurer; a second person signs."""
    with keys.running(chapter_id, key):
        answer = await db.write(
            handing_over.hand_over,
            actor=actor,
            chapter_id=chapter_id,
            day=body.date,
            outgoing_id=body.outgoing_person_id,
            incoming=_appointee(body.incoming),
            counts=[Count(one.pot_id, one.place, one.notes) for one in body.counts],
            witnesses=body.witnesses,
            difference_reason=words(body.difference_reason, "difference_reason"),
            reason=words(body.reason, "reason"),
            code_hours=request.app.state.settings.enrol_hours,
            ticket=keys.ticket(request, key, body),
        )
    return keys.reply(answer, 202)


def _appointee(who: IncomingIn) -> Appointee:
    if sum(one is not None for one in (who.person, who.person_id, who.member_id)) != 1:
        raise Invalid(
            "one_person", "Cần đúng một trong ba: person, person_id, member_id.", field="incoming"
        )
    if who.person is None:
        return Appointee(person_id=who.person_id, member_id=who.member_id)
    name = names.clean(who.person.name, longest=100, field="incoming.person.name")
    return Appointee(name=name, phone=names.phone(who.person.phone))
