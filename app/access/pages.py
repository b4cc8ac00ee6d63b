"""Signing in, enrolling a phone, setting up: the first pages anybody sees."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.access import actions, identity, keyring, leavers, queries, rules, signing
from app.access.identity import OPEN, cookie, forget, leave_practice, remember, say_open
from app.errors import NotAllowed, Refusal
from app.web import forms, render
from app.web.fields import RealDb, Typed

router = APIRouter(include_in_schema=False)
SIGN_IN = ("device_token", "pin")
ENROL = ("phone", "enrol_code", "label", "pin", "pin_again")
SET_UP = ("setup_token", "name", "phone", "pin", "pin_again")


@router.get("/vao")
async def sign_in_form(request: Request, db: RealDb, may: str = "") -> Response:
    """The PIN of this phone's owner; `may` fills in the code of a phone not seen before."""
    token = may[:200] or request.cookies.get(cookie("solon_device", request), "")
    return await _sign_in_page(request, db, {"device_token": token, "pin": ""}, None)


async def _sign_in_page(
    request: Request, db: RealDb, form: dict[str, str], refusal: Refusal | None
) -> Response:
    known = keeper = ended = None
    if form["device_token"]:
        known = await db.glance(keyring.known_device, rules.digest(form["device_token"]))
    if own := request.cookies.get(cookie("solon_device", request), ""):
        keeper = await db.read(leavers.who_left, rules.digest(own))
        ended = await db.read(leavers.office_ended, rules.digest(own))
    return render.page(
        request,
        "access/sign_in.html",
        forms.status(refusal),
        form=form | {"pin": ""},
        problems=forms.problems(request, refusal),
        person_name=known.person_name if known else None,
        keeper=keeper,
        ended=ended,
        role=rules.ROLE_WORDS[ended.role] if ended else "",
    )


@router.post("/vao")
async def sign_in(request: Request, db: RealDb, typed: Typed) -> Response:
    """Begin a session on this phone."""
    form = forms.fields(typed, SIGN_IN)
    before = request.cookies.get(cookie("solon", request), "")
    try:
        token, person_id = await signing.sign_in(
            request, db, form["device_token"], form["pin"], instead_of=before
        )
        if not await db.read(queries.my_offices, person_id):
            await db.write(actions.end_session, token=token)
            raise NotAllowed("no_office", "Chị không còn giữ chức vụ nào, không mở sổ được.")
    except Refusal as refusal:
        return await _sign_in_page(request, db, form, refusal)
    response = RedirectResponse("/hom-nay", 303)
    leave_practice(response, request)
    remember(response, request, "solon", token, 0)
    say_open(response, request)
    remember(response, request, "solon_device", form["device_token"], identity.DEVICE_DAYS)
    return response


@router.post("/vao/nguoi-khac")
async def somebody_else(request: Request) -> Response:
    """Forget whose phone this is."""
    response = RedirectResponse("/vao", 303)
    forget(response, request, "solon_device")
    return response


@router.post("/ra")
async def sign_out(request: Request, db: RealDb) -> Response:
    """End the session."""
    token = request.cookies.get(cookie("solon", request), "")
    await db.write(actions.end_session, token=token)
    response = RedirectResponse("/vao", 303)
    leave_practice(response, request)
    forget(response, request, "solon")
    forget(response, request, OPEN)
    return response


@router.get("/may-moi")
async def enrol_form(request: Request) -> Response:
    """For a phone that is not known yet."""
    return _page(request, "access/enrol.html", dict.fromkeys(ENROL, ""), None)


@router.post("/may-moi")
async def enrol(request: Request, db: RealDb, typed: Typed) -> Response:
    """Use the code, keep the phone's secret in its cookie, go on to sign in."""
    form = forms.fields(typed, ENROL)
    try:
        signing.same_twice(form["pin"], form["pin_again"])
        made = await signing.enrol(
            request, db, form["phone"], form["enrol_code"], form["pin"], form["label"]
        )
    except Refusal as refusal:
        return _page(request, "access/enrol.html", form, refusal)
    return _known_phone(request, made.device_token)


@router.get("/thiet-lap")
async def setup_form(request: Request) -> Response:
    """For the one who installed the book."""
    return _page(request, "access/setup.html", dict.fromkeys(SET_UP, ""), None)


@router.post("/thiet-lap")
async def set_up(request: Request, db: RealDb, typed: Typed) -> Response:
    """Make the first administrator."""
    form = forms.fields(typed, SET_UP)
    try:
        signing.same_twice(form["pin"], form["pin_again"])
        made = await signing.set_up(
            request, db, form["setup_token"], form["name"], form["phone"], form["pin"]
        )
    except Refusal as refusal:
        return _page(request, "access/setup.html", form, refusal)
    return _known_phone(request, made.device_token)


def _known_phone(request: Request, device_token: str) -> Response:
    response = RedirectResponse("/vao", 303)
    remember(response, request, "solon_device", device_token, identity.DEVICE_DAYS)
    return response


def _page(
    request: Request, template: str, form: dict[str, str], refusal: Refusal | None
) -> Response:
    shown = {name: "" if name.startswith("pin") else text for name, text in form.items()}
    return render.page(
        request,
        template,
        forms.status(refusal),
        form=shown,
        problems=forms.problems(request, refusal),
    )
