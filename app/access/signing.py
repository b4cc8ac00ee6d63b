"""Signing in, letting devices and cards in, changing a PIN: counted first, checked off the loop."""

from __future__ import annotations

import asyncio

from fastapi import Request

from app import clock, names
from app.access import actions, attempts, cards, devices, keyring, rules
from app.access.actions import EnrolledDevice
from app.access.attempts import Counted
from app.access.keyring import KnownCard, KnownDevice
from app.access.pins import Pins
from app.config import Settings
from app.db.engine import Database
from app.errors import Invalid
from app.terms import Actor


async def sign_in(
    request: Request, db: Database, device_token: str, pin: str, instead_of: str = ""
) -> tuple[str, str]:
    """A session token and whose it is. Raises NotSignedIn `pin_wrong`, TooMany."""
    known = await db.glance(keyring.known_device, rules.digest(device_token))
    account = known.person_id if known else f"device {device_token}"
    counted = _counted(request, account, device_token)
    device_id = known.device_id if known else None
    return await _begin(request, db, known, pin, counted, instead_of, device_id=device_id)


async def sign_in_with_card(
    request: Request, db: Database, card_id: str, pin: str, instead_of: str = ""
) -> tuple[str, str]:
    """A member's session and whose it is. Raises NotSignedIn `pin_wrong`, TooMany."""
    known = await db.glance(keyring.known_card, card_id)
    counted = _counted(request, f"card {card_id}", "")
    return await _begin(request, db, known, pin, counted, instead_of, card_id=card_id)


async def _begin(
    request: Request, db: Database, known: KnownDevice | KnownCard | None, pin: str,
    counted: Counted, instead_of: str, *, device_id: str | None = None, card_id: str | None = None,
) -> tuple[str, str]:  # fmt: skip
    """Count the guess, look at it, begin the session: the same for a device and a card."""
    await db.write(attempts.count, counted=counted)
    right = await asyncio.to_thread(_pins(request).matches, known.pin_hash if known else None, pin)
    if known is None or not right:
        raise actions.pin_wrong()
    token = await db.write(
        actions.begin_session,
        person_id=known.person_id,
        device_id=device_id,
        card_id=card_id,
        hours=_settings(request).session_hours,
        pin_hash=known.pin_hash,
        counted=counted,
        instead_of=instead_of,
    )
    return token, known.person_id


async def take_card(
    request: Request, db: Database, card_id: str, first_pin_code: str, pin: str
) -> None:
    """A member sets the PIN of her card. Raises NotSignedIn `card_wrong`, TooMany."""
    known = await db.glance(keyring.known_card, card_id)
    rules.check_pin(pin, None, clock.today())
    counted = _counted(request, f"take {card_id}", "")
    await db.write(attempts.count, counted=counted)
    of_phone = known is not None and rules.is_of_phone(pin, known.phone)
    pin_hash = await asyncio.to_thread(_pins(request).hash, pin)
    await db.write(
        cards.take_card,
        card_id=card_id,
        first_pin_code=first_pin_code,
        pin_hash=pin_hash,
        of_phone=of_phone,
        counted=counted,
    )


async def enrol(
    request: Request, db: Database, phone: str, enrol_code: str, pin: str, label: str
) -> EnrolledDevice:
    """Let a device in. A person who has a PIN must know it; else this becomes her first.

    Known and unknown phones are counted and answered alike.
    """
    label = names.clean(label, longest=60, field="label")
    number = names.phone(phone)
    rules.check_pin(pin, number, clock.today())
    counted = _counted(request, f"phone {number}", "")
    await db.write(attempts.count, counted=counted)
    pins = _pins(request)
    holder = await db.glance(keyring.holder_of_code, rules.code_digest(enrol_code))
    if holder is not None and holder.pin_hash is not None:  # a guess at her PIN, by another door
        hers = attempts.subjects(_settings(request).pepper, account=holder.person_id)
        await db.write(attempts.count, counted=hers)
        counted = sorted([*counted, *hers], key=lambda pair: pair[1])
    known = await asyncio.to_thread(pins.matches, holder.pin_hash if holder else None, pin)
    first = await asyncio.to_thread(pins.hash, pin)
    if holder is None or holder.phone != number or (holder.pin_hash is not None and not known):
        raise actions.wrong_code()
    return await db.write(
        actions.enrol_device,
        enrol_code=enrol_code,
        person_id=holder.person_id,
        new_pin_hash=None if holder.pin_hash else first,
        label=label,
        counted=counted,
    )


async def change_pin(
    request: Request, db: Database, actor: Actor, token: str, old_pin: str, new_pin: str
) -> None:
    """A new PIN for whoever knows the old one; all her other sessions end."""
    pin_hash, phone, card_id = await db.read(keyring.my_pin, rules.digest(token))
    rules.check_pin(new_pin, phone, clock.today())
    counted = _counted(request, f"card {card_id}" if card_id else actor.person_id, "")
    await db.write(attempts.count, counted=counted)
    if not await asyncio.to_thread(_pins(request).matches, pin_hash, old_pin):
        raise Invalid("pin_wrong", "Mã PIN cũ không đúng.", field="old_pin")
    new_hash = await asyncio.to_thread(_pins(request).hash, new_pin)
    await db.write(
        devices.change_pin,
        actor=actor,
        old_hash=pin_hash,
        pin_hash=new_hash,
        token=token,
        counted=counted,
    )


def account_subjects(pepper: bytes, person_id: str, phone: str | None) -> Counted:
    """What an officer's locks are kept under, signing in and enrolling, for whoever lifts them."""
    named = [person_id, *([f"phone {phone}"] if phone else [])]
    pairs = [attempts.subjects(pepper, account=name) for name in named]
    return sorted((pair for of in pairs for pair in of), key=lambda pair: pair[1])


def _counted(request: Request, account: str, device: str) -> Counted:
    address = request.client.host if request.client else ""
    return attempts.subjects(
        _settings(request).pepper,
        account=account,
        device=device,
        address=rules.household(address),
    )


async def set_up(
    request: Request, db: Database, setup_token: str, name: str, phone: str, pin: str
) -> EnrolledDevice:
    """Make an administrator, with this device."""
    name = names.clean(name, longest=100, field="name")
    number = names.phone(phone)
    rules.check_pin(pin, number, clock.today())
    pin_hash = await asyncio.to_thread(_pins(request).hash, pin)
    return await db.write(
        actions.set_up,
        setup_token=setup_token.strip(),  # copied with the blanks it was printed with
        name=name,
        phone=number,
        pin_hash=pin_hash,
        label="Máy thiết lập",
    )


def same_twice(pin: str, again: str) -> None:
    """A PIN is typed twice on a page."""
    if pin != again:
        raise Invalid("pin_differs", "Hai lần gõ mã PIN chưa giống nhau.", field="pin_again")


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _pins(request: Request) -> Pins:
    pins: Pins = request.app.state.pins
    return pins
