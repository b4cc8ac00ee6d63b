"""Who may do what, and what a PIN must be. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import pairwise
from typing import NamedTuple

from app.errors import Invalid, NotSignedIn, TooMany
from app.terms import N_, Level, Role

_READERS = frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER, Role.INSPECTOR})
_KEEPERS = frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER})  # the deputy stands in
_ABOVE = frozenset({Role.ADMINISTRATOR, Role.LEADER})


ROLE_WORDS = {
    Role.ADMINISTRATOR: N_("quản trị"),
    Role.LEADER: N_("cán bộ Hội"),
    Role.CHAPTER_HEAD: N_("chi hội trưởng"),
    Role.DEPUTY: N_("chi hội phó"),
    Role.TREASURER: N_("thủ quỹ"),
    Role.INSPECTOR: N_("ban kiểm tra"),
}
LEVEL_WORDS = {
    Level.CENTRAL: N_("Trung ương"),
    Level.PROVINCE: N_("Tỉnh"),
    Level.DISTRICT: N_("Huyện"),
    Level.COMMUNE: N_("Xã"),
    Level.CHAPTER: N_("Chi hội"),
    Level.GROUP: N_("Tổ"),
}


def not_signed_in() -> NotSignedIn:
    """One sentence for no token, an old one and a revoked one."""
    return NotSignedIn("not_signed_in", "Mời chị vào sổ bằng mã PIN.")


class May(Enum):
    """What needs an office, with the roles whose office allows it (contract: Who)."""

    READ_BOOK = ("read_book", _READERS)
    READ_TRAIL = ("read_trail", _READERS | {Role.LEADER})
    RECORD_SHEETS = ("record_sheets", _KEEPERS)
    REVERSE = ("reverse", frozenset({Role.TREASURER}))
    COUNT_CASH = ("count_cash", _KEEPERS)
    BREAK_PIGS = ("break_pigs", _KEEPERS)
    SIGN_BREAKINGS = ("sign_breakings", _KEEPERS | {Role.LEADER})
    READ_BREAKING = ("read_breaking", _READERS | {Role.LEADER})
    HANDLE_CASH = ("handle_cash", frozenset({Role.TREASURER}))
    HAND_OVER = ("hand_over", _KEEPERS)
    SETTLE_MEMBERS = ("settle_members", frozenset({Role.TREASURER}))
    READ_LOANS = ("read_loans", _READERS | {Role.LEADER})
    READ_LOANS_BELOW = ("read_loans_below", frozenset({Role.LEADER}))
    LEND = ("lend", frozenset({Role.TREASURER}))
    KEEP_LOANS = ("keep_loans", _KEEPERS)
    DECIDE_LOANS = (
        "decide_loans",
        frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.LEADER}),
    )
    KEEP_MEMBERS = ("keep_members", _KEEPERS)
    KEEP_POTS = ("keep_pots", _KEEPERS)
    APPOINT = ("appoint", _ABOVE | {Role.CHAPTER_HEAD})
    CREATE_UNITS = ("create_units", _ABOVE)
    READ_UNITS = ("read_units", _ABOVE)
    READ_OFFICES = ("read_offices", _ABOVE | {Role.CHAPTER_HEAD, Role.DEPUTY})
    MOVE_UNITS = ("move_units", frozenset({Role.ADMINISTRATOR}))
    RESET_PINS = ("reset_pins", _KEEPERS | {Role.LEADER})
    REVOKE_DEVICES = ("revoke_devices", _KEEPERS | {Role.LEADER})
    MAKE_CARDS = ("make_cards", _KEEPERS)
    CHANGE_CHARTER = ("change_charter", _KEEPERS)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may."""
        return self.value[1]


HANDING_OVER_DAYS = 30  # an outgoing officer's phone may still hand over what it keeps


class Term(NamedTuple):
    """An office with its days; `done_on` is when it ended in fact, where that was later."""

    role: Role
    from_on: date
    to_on: date | None
    done_on: date | None


def keeps_book(terms: Iterable[Term], today: date) -> bool:
    """Whether she keeps this book today."""
    return any(
        t.from_on <= today and (t.to_on is None or t.to_on > today)
        for t in terms
        if t.role in May.RECORD_SHEETS.roles
    )


def left_lately(terms: Sequence[Term], today: date) -> bool:
    """Whether she kept this book until lately and does no more."""
    ends = [
        term.done_on
        for term in terms
        if term.role in May.RECORD_SHEETS.roles and term.to_on is not None and term.to_on <= today
    ]
    lately = any(end and (today - end).days <= HANDING_OVER_DAYS for end in ends)
    return lately and not keeps_book(terms, today)


FREE_TRIES = 3  # before an account or device has to wait
LOCKS_AT = 10  # tries of an account; two persons lift the lock
ADDRESS_TRIES = 150  # of one address in a while: a whole meeting behind one router
ADDRESS_WHILE = 15 * 60 * 1_000_000  # microseconds
_SECOND = 1_000_000


class Subject(Enum):
    """What guesses are counted by."""

    ACCOUNT = "account"
    DEVICE = "device"
    ADDRESS = "address"


def check_attempt(subject: Subject, tries: int, last_at: int, now: int) -> None:
    """Whether one more guess may be looked at. Raises TooMany `locked` or `too_many`.

    `tries` counts those that were not followed by a success; times in microseconds.
    """
    if subject is Subject.ADDRESS:
        if tries >= ADDRESS_TRIES and now - last_at < ADDRESS_WHILE:
            raise TooMany("too_many", "Nhiều người thử quá. Mời chị đợi 15 phút rồi thử lại.")
        return
    if subject is Subject.ACCOUNT and tries >= LOCKS_AT:
        raise TooMany(
            "locked", "Đã khóa vì thử sai nhiều lần. Nhờ ban chi hội mở khóa hoặc làm thẻ mới."
        )
    wait = 2 ** min(tries - FREE_TRIES, 12) * _SECOND if tries >= FREE_TRIES else 0
    # A clock set back must not let guesses through: the wait holds until it has passed.
    if now < last_at + wait:
        seconds = -(-(last_at + wait - now) // _SECOND)
        raise TooMany(
            "too_many", "Mời chị đợi {seconds} giây rồi thử lại.", seconds=min(seconds, 4096)
        )


def check_pin(pin: str, phone: str | None, today: date) -> None:
    """Six to twelve digits, not one that a neighbour would try first. Raises Invalid `pin_*`."""
    if not (6 <= len(pin) <= 12 and pin.isascii() and pin.isdigit()):
        raise Invalid("pin_form", "Mã PIN gồm 6 đến 12 chữ số.", field="pin")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    halves = len(pin) % 2 == 0 and pin[: len(pin) // 2] == pin[len(pin) // 2 :]
    pairs = len(set(pin)) <= 2
    years = {pin[:4], pin[-4:]} & {str(year) for year in range(today.year - 110, today.year + 1)}
    run = steps <= {0} or steps <= {1} or steps <= {9}
    if run or halves or pairs or years or is_of_phone(pin, phone):
        raise pin_trivial()


def is_of_phone(pin: str, phone: str | None) -> bool:
    """Whether a PIN is a piece of the phone number."""
    return phone is not None and (pin in phone or pin in f"84{phone[1:]}")


def pin_trivial() -> Invalid:
    """What a neighbour would try first."""
    return Invalid(
        "pin_trivial",
        "Mã PIN này dễ đoán (số lặp, số liền nhau, năm sinh, số điện thoại). Mời chị chọn số khác.",
        field="pin",
    )


def household(address: str) -> str:
    """What an address is counted as: of IPv6 the /64, for whoever has one address has them all."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known, 64), strict=False))
    return address


def digest(token: str) -> bytes:
    """How tokens and codes are kept at rest; they carry enough chance to need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def code_digest(code: str) -> bytes:
    """An enrolment code as people type it: case, blanks and dashes do not matter."""
    return digest("".join(c for c in code.upper() if c.isalnum()))
