"""The preview: who gets which notes, what goes on; two persons sign exactly this."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import ids
from app.access.identity import Viewer, Viewing
from app.breaking import looks, pages, papers, signatures
from app.breaking.looks import Standing
from app.breaking.steps import STATE_WORDS, check_counted, check_goes_on
from app.errors import Busy, Conflict, Refusal
from app.terms import Step
from app.web import forms, keys, language, render
from app.web.book import NO_CODE, practice
from app.web.fields import Db, PathId, Typed

router = APIRouter(include_in_schema=False)


@router.get("/mo-lon/{breaking_id}/ky")
async def preview(request: Request, db: Db, viewer: Viewing, breaking_id: PathId) -> Response:
    """What signing would post, woman by woman."""
    return await _show(request, db, viewer, breaking_id, {}, None)


@router.post("/mo-lon/{breaking_id}/ky")
async def sign(
    request: Request, db: Db, viewer: Viewing, breaking_id: PathId, typed: Typed
) -> Response:
    """The first signature, or the second, with which it is in the book."""
    form = forms.fields(typed, ("fingerprint", "key", "seen"))
    try:
        await db.write(
            signatures.sign,
            actor=viewer.actor,
            breaking_id=breaking_id,
            fingerprint=form["fingerprint"],
            ticket=keys.ticket(request, keys.of_form(form["key"]), typed),
        )
    except Refusal as refusal:
        return await _show(request, db, viewer, breaking_id, form, refusal)
    return RedirectResponse(f"/mo-lon/{breaking_id}", 303)


async def _show(
    request: Request, db: Db, viewer: Viewer, breaking_id: str, form: dict[str, str],
    refusal: Refusal | None,
) -> Response:  # fmt: skip
    found = await db.read(looks.standing, actor=viewer.actor, breaking_id=breaking_id)
    of = found.shown.of
    if of.last(Step.POSTED) or (refusal is None and not found.planned):
        _check_may_be_shown(found)
        return RedirectResponse(f"/mo-lon/{breaking_id}", 303)
    if found.planned is None:
        raise refusal or Conflict("not_counted", "Chưa đếm tiền. Mời chị đếm trước.")
    lang = language.of_request(request)
    plan = found.planned.plan
    fingerprint = found.planned.fingerprint
    seen = form.get("seen", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else None
    # The same form sent again settles what is not certain; other figures are another signature.
    again = isinstance(refusal, Busy)
    return render.page(
        request,
        "breaking/sign.html",
        forms.status(refusal),
        **pages.about(request, found),
        lines=[
            papers.line_shown(line, found.names.get(line.number, ""), lang)
            for line in plan.lines
            if papers.matters(line)
        ],
        fingerprint=form["fingerprint"] if again else fingerprint,
        check=language.translations(lang).gettext(NO_CODE)
        if practice(request)
        else papers.short(fingerprint),
        key=form["key"] if again else ids.new(),
        steps=len(of.steps),
        since=[(deed, papers.moment(deed.at)) for deed in found.deeds if since and deed.no > since],
        states=STATE_WORDS,
        unsure=again,
        problems=forms.problems(request, refusal),
    )


def _check_may_be_shown(found: Standing) -> None:
    """Why there is nothing to sign, where the breaking's own page would not say it."""
    if not found.shown.of.last(Step.POSTED):
        check_goes_on(found.shown.of)
        check_counted(found.shown.of)
