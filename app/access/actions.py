"""Setting up, appointing, enrolling a device, beginning and ending a session."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from app import clock, ids, names
from app.access import queries, rules
from app.access.rules import May, code_digest, digest
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict, Invalid, NotSignedIn, not_found
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
    root, token = ids.new(), secrets.token_urlsafe(32)
    db.insert(Unit(id=root, level=Level.CENTRAL, name=UNION_NAME, from_on=UNION_FOUNDED))
    trail.begin_book(db, root)
    expires = clock.now() + SETUP_MINUTES * _MINUTE
    db.insert(SetupToken(token_hash=digest(token), expires_at=expires))
    trail.seal(db, chapter_id=root, actor=NOBODY, act=Act.UNIT_CREATED, about=root)
    return Initialised(token, root)


def _another_token(db: Tx) -> Initialised:
    root = db.row("SELECT id FROM unit WHERE level = 'central'")
    if root is None or db.row("SELECT 1 FROM person LIMIT 1"):
        raise Conflict("not_empty", "Cơ sở dữ liệu đã có sổ, không tạo lại được.")
    token = secrets.token_urlsafe(32)
    expires = clock.now() + SETUP_MINUTES * _MINUTE
    db.run("DELETE FROM setup_token")  # the lost one is void
    db.insert(SetupToken(token_hash=digest(token), expires_at=expires))
    return Initialised(token, root[0])


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
    db.insert(_office(person_id, root[0], Role.ADMINISTRATOR, clock.today()))
    trail.seal(db, chapter_id=root[0], actor=me, act=Act.SET_UP, about=person_id,
               texts={"name": name, "phone": phone, "label": label})  # fmt: skip
    return EnrolledDevice(person_id, token)


def _wrong_token() -> NotSignedIn:
    return NotSignedIn(
        "setup_token_wrong",
        "Mã thiết lập không đúng, đã dùng hoặc đã hết hạn. Mời chị xin mã mới.",
        field="setup_token",
    )


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


@dataclass(frozen=True, slots=True)
class Appointed:
    """An office that began, and the code that lets the person's device in."""

    office_id: str
    person_id: str
    enrol_code: str


def appoint(
    db: Tx,
    *,
    actor: Actor,
    unit_id: str,
    role: Role,
    on: date,
    name: str | None = None,
    phone: str | None = None,
    person_id: str | None = None,
    member_id: str | None = None,
    code_hours: int,
) -> Appointed:
    """Appoint a person to a vacant office: a new person, a known one, or a member.

    Raises Invalid `role_not_here`, `person_unknown`; Conflict `second_signature_needed`.
    """
    under = queries.require(db, actor=actor, may=May.APPOINT, unit_id=unit_id)
    book = queries.book_of(db, unit_id)
    trail.open_book(db, book)
    level = Level(db.rows("SELECT level FROM unit WHERE id = ?", (unit_id,))[0][0])
    rules.check_role_fits(role, level)
    if under.unit_id == unit_id and under.role is Role.LEADER:
        raise not_found()  # a leader's reach is below her own unit
    if role in rules.ONE_AT_A_TIME and _sitting(db, unit_id, role, on):
        raise Conflict(
            "second_signature_needed", "Chức vụ này đang có người giữ; thay người cần hai chữ ký."
        )
    if name is not None:
        person_id = add_person(db, name=name, phone=phone)
    else:
        person_id = _known_person(db, actor, unit_id, person_id, member_id)
    office = _office(person_id, unit_id, role, on)
    db.insert(office)
    code = new_code()
    _add_code(db, person_id, code, code_hours)
    trail.seal(
        db,
        chapter_id=book,
        actor=actor,
        act=Act.OFFICE_BEGAN,
        about=office.id,
        facts={"person": person_id, "unit": unit_id, "role": role.value, "from": on.isoformat()},
        texts={"name": name, "phone": phone},
    )
    return Appointed(office.id, person_id, code)


def _sitting(db: Tx, unit_id: str, role: Role, on: date) -> bool:
    sql = "SELECT 1 FROM office WHERE unit_id = ? AND role = ? AND (to_on IS NULL OR to_on > ?)"
    return db.row(sql, (unit_id, role.value, on)) is not None


def _known_person(
    db: Tx, actor: Actor, unit_id: str, person_id: str | None, member_id: str | None
) -> str:
    """A member of this chapter, or a person who already holds an office in the actor's reach."""
    if member_id is not None:
        sql = "SELECT person_id FROM member WHERE chapter_id = ? AND id = ?"
        row = db.row(sql, (unit_id, member_id))
        if row:
            return str(row[0])
    elif person_id is not None:
        sql = "SELECT 1 FROM member WHERE chapter_id = ? AND person_id = ?"
        if db.row(sql, (unit_id, person_id)):
            return person_id
        for (unit,) in db.rows("SELECT unit_id FROM office WHERE person_id = ?", (person_id,)):
            if {o.unit_id for o in actor.offices} & queries.units_above(db, unit).keys():
                return person_id
    raise Invalid("person_unknown", "Không tìm thấy người này trong chi hội.", field="person")


def _office(person_id: str, unit_id: str, role: Role, on: date) -> OfficeRow:
    return OfficeRow(id=ids.new(), person_id=person_id, unit_id=unit_id, role=role, from_on=on)


def _add_code(db: Tx, person_id: str, code: str, hours: int) -> None:
    expires = clock.now() + hours * 60 * _MINUTE
    db.insert(Enrolment(code_hash=code_digest(code), person_id=person_id, expires_at=expires))


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
    db: Tx, *, enrol_code: str, person_id: str, new_pin_hash: str | None, label: str
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


def begin_session(db: Tx, *, person_id: str, device_id: str | None, hours: int) -> str:
    """A new session; its token, which is kept only as a hash."""
    token = secrets.token_urlsafe(32)
    db.insert(
        SessionRow(
            token_hash=digest(token),
            person_id=person_id,
            device_id=device_id,
            began_at=clock.now(),
            expires_at=clock.now() + hours * 60 * _MINUTE,
        )
    )
    return token


def end_session(db: Tx, *, token: str) -> None:
    """Sign out."""
    sql = "UPDATE session SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL"
    db.run(sql, (clock.now(), digest(token)))
