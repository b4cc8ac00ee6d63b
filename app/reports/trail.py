"""The trail as people read it: who did what, when, on which device, in plain words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import clock, money
from app.access.queries import person_name, require
from app.access.rules import ROLE_WORDS, May
from app.approvals.kinds import KINDS
from app.approvals.words import PLACES
from app.db.tx import Tx
from app.errors import not_found
from app.terms import N_, NN_, Act, Actor, Place, Role, Verdict

# Act → what a person would call it (also the filter's choices).
ACTS = {
    Act.SET_UP: N_("Thiết lập"),
    Act.UNIT_CREATED: N_("Lập đơn vị"),
    Act.CHAPTER_CREATED: N_("Lập chi hội"),
    Act.UNIT_MOVED: N_("Chuyển cấp trên"),
    Act.OFFICE_BEGAN: N_("Giao chức vụ"),
    Act.OFFICE_ENDED: N_("Thôi chức vụ"),
    Act.DEVICE_ENROLLED: N_("Nhận máy mới"),
    Act.DEVICE_REVOKED: N_("Bỏ máy"),
    Act.PIN_RESET: N_("Đặt lại mã PIN"),
    Act.UNLOCKED: N_("Mở khóa"),
    Act.RESCUE_BEGUN: N_("Cứu sổ"),
    Act.CARD_MADE: N_("Làm thẻ"),
    Act.CARD_TAKEN: N_("Nhận thẻ"),
    Act.PROPOSED: N_("Xin ký"),
    Act.REFUSED: N_("Không ký"),
    Act.CHARTER_SET: N_("Đổi quy ước"),
    Act.LINE_CONFIRMED: N_("Hội viên xác nhận"),
    Act.MEMBER_JOINED: N_("Hội viên vào"),
    Act.MEMBER_CORRECTED: N_("Sửa hội viên"),
    Act.NEED_CLASS_ENTERED: N_("Ghi diện khó khăn"),
    Act.POT_OPENED: N_("Nuôi lợn mới"),
    Act.SHEET_RECORDED: N_("Thu tiền"),
    Act.LINES_REVERSED: N_("Hủy dòng ghi nhầm"),
    Act.SHEET_HELD: N_("Giữ bảng thu"),
    Act.HELD_RECORDED: N_("Ghi bảng đang giữ"),
    Act.HELD_DROPPED: N_("Không ghi bảng đang giữ"),
    Act.MEMBER_LEFT: N_("Hội viên rời chi hội"),
    Act.PAID_OUT: N_("Trả tiền cho hội viên"),
    Act.SAVINGS_MOVED: N_("Chuyển tiền góp sang sổ khác"),
    Act.CASH_DELIVERED: N_("Giao tiền giữa hai chi hội"),
    Act.SHEET_CORRECTED: N_("Ghi thêm sau khi kiểm"),
    Act.CASH_COUNTED: N_("Kiểm quỹ"),
    Act.DIFFERENCE_SETTLED: N_("Xử lý tiền chênh"),
    Act.DEBT_PAID: N_("Trả tiền bù"),
    Act.CASH_MOVED: N_("Chuyển tiền"),
    Act.EXPENSE_PAID: N_("Chi tiền"),
    Act.BALANCES_OPENED: N_("Số dư đầu kỳ"),
    Act.HANDED_OVER: N_("Bàn giao"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A sealed record for whoever recomputes the chain."""

    seq: int
    at: str
    act: str
    record: str
    leaf: str
    head: str


def records(db: Tx, *, actor: Actor, chapter_id: str, after_seq: int, limit: int) -> list[Record]:
    """Sealed records in order."""
    require(db, actor=actor, may=May.READ_TRAIL, unit_id=chapter_id)
    rows = db.rows(
        "SELECT seq, at, act, content, leaf, head FROM trail"
        " WHERE chapter_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        (chapter_id, after_seq, limit),
    )
    return [
        Record(seq, clock.rfc3339(at), act, bytes(content).decode(), bytes(leaf).hex(),
               bytes(head).hex())
        for seq, at, act, content, leaf, head in rows
    ]  # fmt: skip


def head(db: Tx, *, actor: Actor, chapter_id: str) -> tuple[int, str]:
    """Where the book stands."""
    require(db, actor=actor, may=May.READ_TRAIL, unit_id=chapter_id)
    row = db.row("SELECT seq, head FROM book WHERE chapter_id = ?", (chapter_id,))
    if row is None:
        raise not_found()
    return row[0], bytes(row[1]).hex()


@dataclass(frozen=True, slots=True)
class Told:
    """One record in plain words; `head` makes the check code printed on slips."""

    seq: int
    at: str
    who: str
    device: str | None
    act: str
    values: dict[str, str]
    reason: str | None
    head: bytes
    entry_id: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the trail, newest first, and who can be filtered by."""

    items: list[Told]
    people: list[tuple[str, str]]
    older: int | None
    seq: int
    head: str


def page(
    db: Tx,
    *,
    actor: Actor,
    chapter_id: str,
    person_id: str | None = None,
    day: date | None = None,
    act: Act | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> Page:
    """The trail in plain words, filtered by person, day and kind: it names members."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    seq, head_hex = head(db, actor=actor, chapter_id=chapter_id)
    more, params = "", {"chapter": chapter_id, "limit": limit}
    if person_id:
        more, params["person"] = f"{more} AND t.person_id = :person", person_id
    if act:
        more, params["act"] = f"{more} AND t.act = :act", act.value
    if before_seq:
        more, params["before"] = f"{more} AND t.seq < :before", before_seq
    if day:
        more += " AND t.at >= :begins AND t.at < :ends"
        params["begins"] = clock.midnight(day)
        params["ends"] = clock.midnight(day) + 86_400_000_000
    rows = db.rows(
        "SELECT t.seq, t.at, p.name, d.label, t.content, t.head FROM trail t"
        " LEFT JOIN person p ON p.id = t.person_id LEFT JOIN device d ON d.id = t.device_id"
        f" WHERE t.chapter_id = :chapter{more} ORDER BY t.seq DESC LIMIT :limit",
        params,
    )
    people = db.rows(
        "SELECT p.id, p.name FROM person p WHERE EXISTS (SELECT 1 FROM trail t"
        " WHERE t.chapter_id = ? AND t.person_id = p.id) ORDER BY p.sort_key",
        (chapter_id,),
    )
    return Page(
        items=[_told(db, chapter_id, row) for row in rows],
        people=[(id, name) for id, name in people],
        older=rows[-1][0] if len(rows) == limit else None,
        seq=seq,
        head=head_hex,
    )


def _told(db: Tx, chapter_id: str, row: tuple[Any, ...]) -> Told:
    seq, at, who, device, content, head_hash = row
    sealed = json.loads(bytes(content))
    texts = dict(
        db.rows(
            "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?", (chapter_id, seq)
        )
    )
    return Told(
        seq=seq,
        at=f"{datetime.fromtimestamp(at // 1_000_000, clock.VIETNAM):%d/%m/%Y %H:%M}",
        who=who or "",
        device=device,
        act=sealed["act"],
        values=_values(db, chapter_id, sealed, texts),
        reason=texts.get("reason") or None,
        head=bytes(head_hash),
        entry_id=sealed["entry"]["id"] if sealed["entry"] else None,
    )


def _values(
    db: Tx, chapter_id: str, sealed: dict[str, Any], texts: dict[str, str]
) -> dict[str, str]:
    """What the sentence of an act is filled with."""
    facts, entry = sealed["facts"], sealed["entry"]
    values = {"name": texts.get("name") or texts.get("label") or "", "number": "", "total": ""}
    values |= {name: money.show(facts[name]) for name in ("counted", "book") if name in facts}
    ways = ("from", "to") if sealed["act"] == Act.CASH_MOVED else ()
    values |= {f"{way}_place": PLACES[Place(facts[way])] for way in ways}
    if entry:
        day = date.fromisoformat(entry["day"])
        values["total"] = money.show(sum(line[3] for line in entry["lines"]))
        values["amount"] = money.show(entry["lines"][0][3])
        values["lines"] = str(len(entry["lines"]))
        values["day"] = f"{day:%d/%m/%Y}"
    if sealed["act"] == Act.SHEET_HELD:
        day = date.fromisoformat(facts["day"])
        values["total"], values["lines"] = money.show(facts["total"]), str(facts["lines"])
        values["day"] = f"{day:%d/%m/%Y}"
    if "entry_seq" in facts:
        values["entry_seq"] = str(facts["entry_seq"])
    if "number" in facts:
        values["number"] = str(facts["number"])
    if "reverses" in facts:
        values["reverses"] = str(facts["reverses"])
    if "role" in facts:
        values["role"] = ROLE_WORDS[Role(facts["role"])]
    if "person" in facts:
        values["name"] = values["name"] or person_name(db, facts["person"])
    if "kind" in facts and facts["kind"] in KINDS:
        values["kind"] = KINDS[facts["kind"]].title
    if "verdict" in facts:
        values["verdict"] = VERDICTS[Verdict(facts["verdict"])]
    if sealed["act"] == Act.CHARTER_SET:
        values["from_day"] = f"{date.fromisoformat(facts['after']['in_force_from']):%d/%m/%Y}"
    if sealed["act"] in OF_A_MEMBER:
        values["number"] = _number(db, chapter_id, sealed)
    return values


VERDICTS = {Verdict.RIGHT: N_("đúng"), Verdict.WRONG: N_("sai")}
OF_A_MEMBER = (Act.NEED_CLASS_ENTERED, Act.CARD_MADE, Act.CARD_TAKEN, Act.LINE_CONFIRMED)


def _number(db: Tx, chapter_id: str, sealed: dict[str, Any]) -> str:
    """The number in the book of whom a record is about, or who made it with her card."""
    column, of = ("id", sealed["about"])
    if sealed["act"] == Act.LINE_CONFIRMED:
        column, of = ("person_id", sealed["by"])
    sql = f"SELECT number FROM member WHERE chapter_id = ? AND {column} = ? ORDER BY number DESC"
    row = db.row(sql, (chapter_id, of))
    return str(row[0]) if row else ""


# The sentence of each act; the page translates it and fills it in.
SENTENCES = {
    Act.SET_UP: N_("Thiết lập sổ, quản trị đầu tiên: {name}"),
    Act.UNIT_CREATED: N_("Lập đơn vị mới"),
    Act.CHAPTER_CREATED: N_("Lập chi hội và quy ước đầu tiên"),
    Act.UNIT_MOVED: N_("Chuyển sang đơn vị cấp trên khác"),
    Act.OFFICE_BEGAN: N_("Giao chức vụ {role} cho {name}"),
    Act.OFFICE_ENDED: N_("{name} thôi chức vụ {role}"),
    Act.DEVICE_ENROLLED: N_("Nhận máy mới: {name}"),
    Act.DEVICE_REVOKED: N_("Bỏ một máy của {name}"),
    Act.PIN_RESET: N_("Đặt lại mã PIN của {name}, hai người đã ký"),
    Act.UNLOCKED: N_("Mở khóa cho {name}, hai người đã ký"),
    Act.RESCUE_BEGUN: N_("Cứu sổ: cấp mã thiết lập mới tại máy chủ"),
    Act.CARD_MADE: N_("Làm thẻ cho hội viên số {number}"),
    Act.CARD_TAKEN: N_("Hội viên số {number} nhận thẻ và đặt mã PIN"),
    Act.PROPOSED: N_("Xin chữ ký thứ hai: {kind}"),
    Act.REFUSED: N_("Không ký: {kind}"),
    Act.CHARTER_SET: N_("Quy ước mới, bắt đầu từ {from_day}, hai người đã ký"),
    Act.LINE_CONFIRMED: N_(
        "Hội viên số {number} nói một dòng của phiếu số {entry_seq} là {verdict}"
    ),
    Act.MEMBER_JOINED: N_("Hội viên số {number} vào chi hội: {name}"),
    Act.MEMBER_CORRECTED: N_("Sửa thông tin hội viên số {number}"),
    Act.NEED_CLASS_ENTERED: N_("Ghi diện khó khăn cho hội viên số {number}"),
    Act.POT_OPENED: N_("Bắt đầu nuôi: {name}"),
    Act.SHEET_RECORDED: NN_("Thu {total} của {lines} chị, ngày {day}"),
    Act.LINES_REVERSED: NN_("Hủy {lines} dòng của phiếu số {reverses}, {total}"),
    Act.SHEET_HELD: NN_(
        "Máy gửi sau khi thôi chức vụ: {total} của {lines} chị, ngày {day}. Đang giữ, chưa vào sổ"
    ),
    Act.HELD_RECORDED: N_("Bảng đang giữ của {name} đã vào sổ số {entry_seq}"),
    Act.HELD_DROPPED: N_("Không ghi bảng đang giữ của {name}"),
    Act.MEMBER_LEFT: N_("Hội viên số {number} rời chi hội: {name}"),
    Act.PAID_OUT: N_("Trả {total} cho hội viên số {number}: {name}"),
    Act.SAVINGS_MOVED: N_("Chuyển {total} của hội viên số {number}: {name}"),
    Act.CASH_DELIVERED: N_("Giao {total} giữa hai chi hội"),
    Act.SHEET_CORRECTED: N_("Ghi thêm sau khi kiểm quỹ, {total}, ngày {day}, hai người đã ký"),
    Act.CASH_COUNTED: N_("Kiểm quỹ: đếm được {counted}, trong sổ {book}"),
    Act.DIFFERENCE_SETTLED: N_("Xử lý tiền chênh {amount}"),
    Act.DEBT_PAID: N_("{name} trả tiền bù {amount}"),
    Act.CASH_MOVED: N_("Chuyển {amount}: {from_place} → {to_place}, ngày {day}, hai người đã ký"),
    Act.EXPENSE_PAID: N_("Chi {amount}, ngày {day}"),
    Act.BALANCES_OPENED: N_("Ghi số dư đầu kỳ từ sổ cũ, hai người đã ký"),
    Act.HANDED_OVER: N_("Bàn giao tiền cho thủ quỹ mới, hai người đã ký"),
}
