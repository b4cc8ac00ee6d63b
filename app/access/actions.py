"""Setting up, appointing, enrolling a device, beginning and ending a session."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from app import clock, ids, names
from app.access import attempts, queries
from app.access.attempts import Counted
from app.access.rules import code_digest, digest
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict, NotSignedIn
from app.models.access import Device, Enrolment, SessionRow, SetupToken
from app.models.union import OfficeRow, Person, Unit
from app.terms import Act, Actor, Level, Role

SETUP_MINUTES = 30
NOBODY = Actor(person_id="", device_id=None)
UNION_NAME = "Hội Liên hiệp Phụ nữ Việt Nam"
UNION_FOUNDED = date(1930, 10, 20)
_MINUTE = 60_000_000


def new_code() -> str:
    """Ten letters and digits that are not read for one another (50 bits)."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    drawn = "".join(secrets.choice(letters) for _ in range(10))
    return f"{drawn[:5]}-{drawn[5:]}"


@dataclass(frozen=True, slots=True)
class Initialised:
    """An empty Union and the token that makes its first administrator."""

    setup_token: str
    root_unit_id: str


def initialise(db: Tx) -> Initialised:
    """Create the root unit and a setup token; a token nobody used may be asked for again.

    Raises Conflict `not_empty` where somebody has set the book up.
    """
    if not queries.is_empty(db):
        return _another_token(db)
    root = ids.new()
    db.insert(Unit(id=root, level=Level.CENTRAL, name=UNION_NAME, from_on=UNION_FOUNDED))
    trail.begin_book(db, root)
    token = _setup_token(db)
    trail.seal(db, chapter_id=root, actor=NOBODY, act=Act.UNIT_CREATED, about=root)
    return Initialised(token, root)


def _another_token(db: Tx) -> Initialised:
    root = db.row("SELECT id FROM unit WHERE level = 'central'")
    if root is None or db.row("SELECT 1 FROM person LIMIT 1"):
        raise Conflict("not_empty", "Cơ sở dữ liệu đã có sổ, không tạo lại được.")
    db.run("DELETE FROM setup_token")  # the lost one is void
    return Initialised(_setup_token(db), root[0])


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """The person and the secret her device keeps."""

    person_id: str
    device_token: str


def set_up(
    db: Tx, *, setup_token: str, name: str, phone: str, pin_hash: str, label: str
) -> EnrolledDevice:
    """Make the first administrator. Raises NotSignedIn for a wrong, used or old token."""
    root = db.row("SELECT u.id FROM unit u JOIN book b ON b.chapter_id = u.id"
                  " WHERE u.level = 'central'")  # fmt: skip
    if root is None:
        raise _wrong_token()
    trail.open_book(db, root[0])
    used = db.run(
        "UPDATE setup_token SET used_at = ? WHERE token_hash = ? AND used_at IS NULL"
        " AND expires_at > ?",
        (clock.now(), digest(setup_token), clock.now()),
    )
    if not used:
        raise _wrong_token()
    person_id = add_person(db, name=name, phone=phone)
    db.run("UPDATE person SET pin_hash = ? WHERE id = ?", (pin_hash, person_id))
    device_id, token = _add_device(db, person_id, label)
    me = Actor(person_id, device_id)
    db.insert(new_office(person_id, root[0], Role.ADMINISTRATOR, clock.today()))
    trail.seal(db, chapter_id=root[0], actor=me, act=Act.SET_UP, about=person_id,
               texts={"name": name, "phone": phone, "label": label})  # fmt: skip
    return EnrolledDevice(person_id, token)


def _wrong_token() -> NotSignedIn:
    return NotSignedIn(
        "setup_token_wrong",
        "Mã thiết lập không đúng, đã dùng hoặc đã hết hạn. Mời chị xin mã mới.",
        field="setup_token",
    )


def new_office(person_id: str, unit_id: str, role: Role, on: date) -> OfficeRow:
    """An appointment from a day on."""
    return OfficeRow(id=ids.new(), person_id=person_id, unit_id=unit_id, role=role, from_on=on)


def add_person(db: Tx, *, name: str, phone: str | None) -> str:
    """A new human being; nobody is ever merged by phone number."""
    person_id = ids.new()
    db.insert(
        Person(
            id=person_id,
            name=name,
            name_fold=names.fold(name),
            sort_key=names.sort_key(name),
            phone=phone,
        )
    )
    return person_id


def issue_code(db: Tx, *, person_id: str, hours: int) -> str:
    """A fresh enrolment code for a person; earlier ones are void."""
    code = new_code()
    void = "UPDATE enrolment SET expires_at = 0 WHERE person_id = ? AND used_at IS NULL"
    db.run(void, (person_id,))
    expires = clock.now() + hours * 60 * _MINUTE
    db.insert(Enrolment(code_hash=code_digest(code), person_id=person_id, expires_at=expires))
    return code


def _add_device(db: Tx, person_id: str, label: str) -> tuple[str, str]:
    device_id, token = ids.new(), secrets.token_urlsafe(32)
    db.insert(
        Device(
            id=device_id,
            person_id=person_id,
            token_hash=digest(token),
            label=label,
            enrolled_at=clock.now(),
        )
    )
    return device_id, token


def enrol_device(
    db: Tx,
    *,
    enrol_code: str,
    person_id: str,
    new_pin_hash: str | None,
    label: str,
    counted: Counted = (),
) -> EnrolledDevice:
    """Use up a code and let a device in; sets the person's first PIN, never replaces one.

    The door has checked phone and PIN. Raises NotSignedIn `code_wrong` where the code was used
    meanwhile.
    """
    sql = "SELECT unit_id FROM office WHERE person_id = ? ORDER BY from_on LIMIT 1"
    of = db.row(sql, (person_id,))
    if of is None:
        raise wrong_code()
    book = queries.book_of(db, of[0])
    trail.open_book(db, book)
    used = db.run(
        "UPDATE enrolment SET used_at = ? WHERE code_hash = ? AND person_id = ?"
        " AND used_at IS NULL AND expires_at > ?",
        (clock.now(), code_digest(enrol_code), person_id, clock.now()),
    )
    if not used:
        raise wrong_code()
    if new_pin_hash is not None:
        set_first = "UPDATE person SET pin_hash = ? WHERE id = ? AND pin_hash IS NULL"
        if not db.run(set_first, (new_pin_hash, person_id)):
            raise wrong_code()
    device_id, token = _add_device(db, person_id, label)
    attempts.forgive(db, counted=counted)
    trail.seal(db, chapter_id=book, actor=Actor(person_id, device_id), act=Act.DEVICE_ENROLLED,
               about=device_id, texts={"label": label})  # fmt: skip
    return EnrolledDevice(person_id, token)


def wrong_code() -> NotSignedIn:
    """One answer for a wrong phone, a wrong PIN and a wrong, used or old code."""
    return NotSignedIn(
        "code_wrong",
        "Số điện thoại, mã vào máy hoặc mã PIN không đúng, hoặc mã đã dùng hay hết hạn.",
        field="enrol_code",
    )


def begin_session(
    db: Tx,
    *,
    person_id: str,
    hours: int,
    device_id: str | None = None,
    card_id: str | None = None,
    pin_hash: str | None = None,
    counted: Counted = (),
    instead_of: str = "",
) -> str:
    """A new session; its token is kept only as a hash. The guesses before it are forgiven.

    `pin_hash` is the PIN at rest that was found right (None: not asked for); `instead_of` the token of the session that
    this one follows in the same browser. Raises NotSignedIn `pin_wrong` where the device or card
    was revoked, or the PIN changed, while the PIN was being checked.
    """
    if device_id is not None or card_id is not None:
        _check_unchanged(db, device_id, card_id, pin_hash)
    token, now = secrets.token_urlsafe(32), clock.now()
    db.insert(
        SessionRow(
            id=ids.new(),
            token_hash=digest(token),
            person_id=person_id,
            device_id=device_id,
            card_id=card_id,
            began_at=now,
            used_at=now,
            expires_at=now + hours * 60 * _MINUTE,
        )
    )
    attempts.forgive(db, counted=counted)
    if instead_of:
        end_session(db, token=instead_of)
    return token


def _check_unchanged(
    db: Tx, device_id: str | None, card_id: str | None, pin_hash: str | None
) -> None:
    """Holds the row until the session is written: whoever revokes waits, and then ends it too."""
    if card_id is not None:
        sql = "SELECT pin_hash FROM card WHERE id = ? AND revoked_at IS NULL"
        row = db.row(f"{sql}{db.for_update}", (card_id,))
    else:
        sql = (
            "SELECT p.pin_hash FROM device d JOIN person p ON p.id = d.person_id"
            " WHERE d.id = ? AND d.revoked_at IS NULL"
        )
        row = db.row(f"{sql}{db.for_update}", (device_id,))
    if row is None or (pin_hash is not None and row[0] != pin_hash):
        raise pin_wrong()


def pin_wrong() -> NotSignedIn:
    """One answer for an unknown device or card and a wrong PIN."""
    return NotSignedIn("pin_wrong", "Máy hoặc thẻ chưa được nhận, hoặc mã PIN sai.", field="pin")


def end_session(db: Tx, *, token: str) -> None:
    """Sign out."""
    sql = "UPDATE session SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL"
    db.run(sql, (clock.now(), digest(token)))


def touch_session(db: Tx, *, token_hash: bytes) -> None:
    """Note that a session is in use."""
    db.run("UPDATE session SET used_at = ? WHERE token_hash = ?", (clock.now(), token_hash))


def rescue(db: Tx) -> str:
    """At the server's own shell: a new setup token, sealed in the Union's trail.

    Raises Conflict `nothing_to_rescue` where there is no Union yet.
    """
    root = db.row("SELECT id FROM unit WHERE level = 'central'")
    if root is None:
        raise Conflict("nothing_to_rescue", "Chưa có sổ nào ở đây. Chạy solon init.")
    trail.open_book(db, root[0])
    token = _setup_token(db)
    trail.seal(db, chapter_id=root[0], actor=NOBODY, act=Act.RESCUE_BEGUN, about=root[0])
    return token


def _setup_token(db: Tx) -> str:
    token = secrets.token_urlsafe(32)
    expires = clock.now() + SETUP_MINUTES * _MINUTE
    db.insert(SetupToken(token_hash=digest(token), expires_at=expires))
    return token
