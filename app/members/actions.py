"""A member joins, is put right, her need class is entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock, ids, names
from app.access.actions import add_person
from app.access.queries import chapter_holding, check_group, offices_held, reaches, require
from app.access.rules import May
from app.audit import trail
from app.db.tx import Tx
from app.errors import Conflict, Invalid
from app.members import rules
from app.members.rules import Correction, Need, NewMember
from app.models.chapter import Consent, Member, NeedClassRow
from app.terms import Act, Actor


@dataclass(frozen=True, slots=True)
class Joined:
    """The new membership."""

    id: str
    number: int
    person_id: str


def join(db: Tx, *, actor: Actor, chapter_id: str, new: NewMember) -> Joined:
    """Enter a member under the next number, or the one given.

    Raises Conflict `number_taken`; Invalid `in_future`, `before_chapter`, `group_unknown`.
    """
    require(db, actor=actor, may=May.KEEP_MEMBERS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    since = db.rows("SELECT from_on FROM unit WHERE id = ?", (chapter_id,))[0][0]
    rules.check_joining(new.joined_on, date.fromisoformat(since), clock.today())
    check_group(db, chapter_id, new.group_id)
    number = _number(db, chapter_id, new.number)
    person_id = _person(db, chapter_id, new)
    member_id = ids.new()
    db.insert(
        Member(
            chapter_id=chapter_id,
            number=number,
            id=member_id,
            person_id=person_id,
            group_id=new.group_id,
            joined_on=new.joined_on,
            next_of_kin=new.next_of_kin,
        )
    )
    on = new.consented_on or new.joined_on
    for purpose in dict.fromkeys(new.purposes):
        db.insert(Consent(chapter_id=chapter_id, member_id=member_id, purpose=purpose, on=on))
    seal = trail.seal(
        db,
        chapter_id=chapter_id,
        actor=actor,
        act=Act.MEMBER_JOINED,
        about=member_id,
        facts={
            "number": number,
            "person": person_id,
            "group": new.group_id,
            "joined_on": new.joined_on.isoformat(),
            "consent": sorted(new.purposes),
        },
        texts={
            "name": new.name,
            "phone": new.phone,
            "next_of_kin": new.next_of_kin,
            "need_class": _need_words(new.need),
        },
    )
    if new.need:
        _write_need(db, chapter_id, member_id, seal.seq, new.need)
    return Joined(member_id, number, person_id)


def correct(db: Tx, *, actor: Actor, member_id: str, correction: Correction) -> None:
    """Put a member's particulars right; before and after are sealed."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.KEEP_MEMBERS, unit_id=chapter_id)
    rules.check_something(correction)
    trail.open_book(db, chapter_id)
    person_id, number, *stands = db.rows(
        "SELECT m.person_id, m.number, p.name, p.phone, m.next_of_kin, m.group_id, m.joined_on"
        " FROM member m JOIN person p ON p.id = m.person_id WHERE m.chapter_id = ? AND m.id = ?",
        (chapter_id, member_id),
    )[0]
    columns = ("name", "phone", "next_of_kin", "group_id", "joined_on")
    before: dict[str, Any] = dict(zip(columns, stands, strict=True))
    wanted = {name: getattr(correction, name) for name in columns if name in correction.given}
    if joined := correction.joined_on:
        _check_new_joining(db, chapter_id, number, joined)
        wanted["joined_on"] = joined.isoformat()
    check_group(db, chapter_id, correction.group_id)
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if changed.keys() & {"name", "phone"}:
        _check_identity(db, actor, chapter_id, person_id)
    for name, value in changed.items():
        if name in ("name", "phone"):
            db.run(f"UPDATE person SET {name} = ? WHERE id = ?", (value, person_id))
        else:
            sql = f"UPDATE member SET {name} = ? WHERE chapter_id = ? AND id = ?"
            db.run(sql, (value, chapter_id, member_id))
    if "name" in changed:
        keys = (names.fold(changed["name"]), names.sort_key(changed["name"]), person_id)
        db.run("UPDATE person SET name_fold = ?, sort_key = ? WHERE id = ?", keys)
    personal = {name for name in changed if name in ("name", "phone", "next_of_kin")}
    trail.seal(
        db,
        chapter_id=chapter_id,
        actor=actor,
        act=Act.MEMBER_CORRECTED,
        about=member_id,
        facts={"changed": sorted(changed), "number": number}
        | {f"{name}.before": before[name] for name in sorted(changed.keys() - personal)}
        | {f"{name}.after": changed[name] for name in sorted(changed.keys() - personal)},
        texts={f"{name}.before": before[name] for name in personal}
        | {f"{name}.after": changed[name] for name in personal},
    )


def _check_identity(db: Tx, actor: Actor, chapter_id: str, person_id: str) -> None:
    """Name and phone belong to the person, in whatever book or office she stands.

    The phone lets an officer's device in: only she herself, or whoever appoints to all her
    offices, corrects it. Another chapter's member is not this chapter's to rename. One sentence
    for both, so that it does not tell which.
    """
    if person_id == actor.person_id:
        return
    elsewhere = db.row(
        "SELECT 1 FROM member WHERE person_id = ? AND chapter_id <> ? AND left_on IS NULL",
        (person_id, chapter_id),
    )
    units = [office.unit_id for office in offices_held(db, person_id)]
    below = all(reaches(db, actor=actor, may=May.APPOINT, unit_id=unit) for unit in units)
    if elsewhere or not below:
        raise Conflict(
            "identity_held",
            "Tên và số điện thoại của chị này do chính chị ấy hoặc người bổ nhiệm chị ấy sửa.",
        )


def enter_need_class(db: Tx, *, actor: Actor, member_id: str, need: Need) -> None:
    """Enter a hardship class as certified; earlier ones stay."""
    chapter_id = chapter_holding(db, actor=actor, model=Member, id=member_id)
    require(db, actor=actor, may=May.KEEP_MEMBERS, unit_id=chapter_id)
    trail.open_book(db, chapter_id)
    rules.check_need(need, clock.today())
    seal = trail.seal(db, chapter_id=chapter_id, actor=actor, act=Act.NEED_CLASS_ENTERED,
                      about=member_id, texts={"need_class": _need_words(need)})  # fmt: skip
    _write_need(db, chapter_id, member_id, seal.seq, need)


def _need_words(need: Need | None) -> str | None:
    return f"{need.need_class} {need.year} {need.certificate or ''}".strip() if need else None


def _write_need(db: Tx, chapter_id: str, member_id: str, seq: int, need: Need) -> None:
    rules.check_need(need, clock.today())
    db.insert(
        NeedClassRow(
            chapter_id=chapter_id,
            member_id=member_id,
            seq=seq,
            need_class=need.need_class,
            year=need.year,
            certificate=need.certificate,
        )
    )


def _number(db: Tx, chapter_id: str, wanted: int | None) -> int:
    if wanted is None:
        last = db.row("SELECT max(number) FROM member WHERE chapter_id = ?", (chapter_id,))
        return ((last[0] if last else None) or 0) + 1
    sql = "SELECT 1 FROM member WHERE chapter_id = ? AND number = ?"
    if db.row(sql, (chapter_id, wanted)):
        raise Conflict(
            "number_taken", "Số {number} trong sổ đã có người. Mời chị chọn số khác.",
            field="number", number=wanted,
        )  # fmt: skip
    return wanted


def _person(db: Tx, chapter_id: str, new: NewMember) -> str:
    """A new person, or one this chapter knows already: an officer or a member who came back."""
    if new.person_id is None:
        return add_person(db, name=new.name, phone=new.phone)
    knows = db.row(
        "SELECT 1 FROM office WHERE unit_id = :chapter AND person_id = :person"
        " UNION SELECT 1 FROM member WHERE chapter_id = :chapter AND person_id = :person",
        {"chapter": chapter_id, "person": new.person_id},
    )
    if not knows:
        raise Invalid(
            "person_unknown", "Không tìm thấy người này trong chi hội.", field="person_id"
        )
    sql = "SELECT 1 FROM member WHERE chapter_id = ? AND person_id = ? AND left_on IS NULL"
    if db.row(sql, (chapter_id, new.person_id)):
        raise Conflict("member_already", "Người này đã là hội viên của chi hội.", field="person_id")
    return new.person_id


def _check_new_joining(db: Tx, chapter_id: str, number: int, joined_on: date) -> None:
    since = db.rows("SELECT from_on FROM unit WHERE id = ?", (chapter_id,))[0][0]
    rules.check_joining(joined_on, date.fromisoformat(since), clock.today())
    left = db.row("SELECT left_on FROM member WHERE chapter_id = ? AND number = ?",
                  (chapter_id, number))  # fmt: skip
    if left and left[0] and joined_on.isoformat() > left[0]:
        raise Conflict(
            "left_before", "Chị ấy đã rời chi hội ngày {day}.",
            field="joined_on", day=f"{date.fromisoformat(left[0]):%d/%m/%Y}",
        )  # fmt: skip
    first = db.row(
        "SELECT min(e.day) FROM movement m JOIN entry e"
        " ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
        " WHERE m.chapter_id = ? AND m.member_no = ?",
        (chapter_id, number),
    )
    if first and first[0] and joined_on.isoformat() > first[0]:
        raise Conflict(
            "has_lines_before", "Chị ấy đã có dòng ghi trước ngày này.", field="joined_on"
        )
