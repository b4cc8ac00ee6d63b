"""A member's card: what its QR code opens, her first PIN, signing in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.access import keyring, signing
from app.access.identity import OPEN, cookie, forget, leave_practice, remember
from app.errors import Refusal
from app.web import forms, render
from app.web.fields import PathId, RealDb, Typed

router = APIRouter(include_in_schema=False)
TAKE = ("first_pin_code", "pin", "pin_again")


@router.get("/the/{card_id}")
async def card(request: Request, db: RealDb, card_id: PathId, moi: str = "") -> Response:
    """Shows, never uses up. Unknown and void cards ask for a PIN like any other; no name yet."""
    known = await db.glance(keyring.known_card, card_id)
    if known is not None and known.pin_hash is None:
        return _take_page(request, card_id, dict.fromkeys(TAKE, ""), None)
    return _pin_page(request, card_id, None, fresh=bool(moi))


@router.post("/the/{card_id}")
async def sign_in(request: Request, db: RealDb, card_id: PathId, typed: Typed) -> Response:
    """Open her own book; whatever was open in this browser is closed."""
    pin = forms.fields(typed, ("pin",))["pin"]
    before = request.cookies.get(cookie("solon", request), "")
    try:
        token, _ = await signing.sign_in_with_card(request, db, card_id, pin, instead_of=before)
    except Refusal as refusal:
        return _pin_page(request, card_id, refusal)
    response = RedirectResponse("/so-cua-toi", 303)
    leave_practice(response, request)
    remember(response, request, "solon", token, 0)
    forget(response, request, OPEN)
    return response


@router.post("/the/{card_id}/ma-pin")
async def take(request: Request, db: RealDb, card_id: PathId, typed: Typed) -> Response:
    """Set the card's PIN with the code of its strip, then go on to sign in."""
    form = forms.fields(typed, TAKE)
    try:
        signing.same_twice(form["pin"], form["pin_again"])
        await signing.take_card(request, db, card_id, form["first_pin_code"], form["pin"])
    except Refusal as refusal:
        return _take_page(request, card_id, form, refusal)
    return RedirectResponse(f"/the/{card_id}?moi=1", 303)


def _pin_page(
    request: Request, card_id: str, refusal: Refusal | None, *, fresh: bool = False
) -> Response:
    return render.page(
        request,
        "access/card.html",
        forms.status(refusal),
        card_id=card_id,
        problems=forms.problems(request, refusal),
        fresh=fresh,
    )


def _take_page(
    request: Request, card_id: str, form: dict[str, str], refusal: Refusal | None
) -> Response:
    return render.page(
        request,
        "access/card_new.html",
        forms.status(refusal),
        card_id=card_id,
        form={"first_pin_code": form["first_pin_code"][:40]},
        problems=forms.problems(request, refusal),
    )
