"""The trail: without gap or fork, nothing personal in what is sealed, every tampering found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.access import actions as access
from app.audit import chain
from app.audit.trail import open_book
from app.db.engine import Database
from app.db.tx import Tx
from app.members import actions as members
from app.members.rules import Correction, Need
from app.offices import actions as offices
from app.offices.actions import Appointee
from app.terms import NeedClass, Purpose, Role
from app.union import actions as union
from tests.actions.conftest import Thief
from tests.story import TODAY, Chapter, a_chapter, findings, refused

SECRETS = (
    "Trần Thị Bí Mật", "0987654321", "Ông Bí Ẩn, chồng", "HN-0042", "chị ấy ốm", "ghi nhầm nhà",
    "Trần Thị Công Khai", "0911222333", "Cán Bộ Mới", "0977888999", "máy của cháu", "sáp nhập xã",
)  # fmt: skip


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


@pytest.fixture
def busy(doai: Chapter) -> Chapter:
    """A chapter in which everything that takes a name, a phone or free text was done."""
    db, treasurer = doai.db, doai.treasurer
    secret = doai.join(
        "Bí", phone=SECRETS[1], next_of_kin=SECRETS[2], consented_on=TODAY,
        need=Need(NeedClass.POOR, 2026, SECRETS[3]), purposes=(Purpose.SAVINGS, Purpose.LOANS),
    )  # fmt: skip
    db.write_now(Tx.run, "UPDATE person SET name = ? WHERE phone = ?", (SECRETS[0], SECRETS[1]))
    posted = doai.sheet("Bí 1.000/1, Lan 1.000/1", note=SECRETS[4], reason=SECRETS[4])
    doai.reverse(posted, "Bí", reason=SECRETS[5])
    changes = Correction(name=SECRETS[6], phone=SECRETS[7], given=frozenset({"name", "phone"}))
    db.write_now(members.correct, actor=treasurer, member_id=secret, correction=changes)
    need = Need(NeedClass.HARDSHIP, 2026, SECRETS[3])
    db.write_now(members.enter_need_class, actor=treasurer, member_id=secret, need=need)
    appointed = db.write_now(
        offices.appoint, actor=doai.head, unit_id=doai.id, role=Role.INSPECTOR, on=TODAY,
        who=Appointee(name=SECRETS[8], phone=SECRETS[9]), code_hours=24,
    )  # fmt: skip
    db.write_now(
        access.enrol_device, enrol_code=appointed.enrol_code, person_id=appointed.person_id,
        new_pin_hash="hash", label=SECRETS[10],
    )  # fmt: skip
    db.write_now(
        union.move_unit, actor=doai.union.administrator, unit_id=doai.id,
        parent_id=doai.union.province, from_on=TODAY, reason=SECRETS[11],
    )  # fmt: skip
    return doai


def records(db: Database, book: str) -> list[dict[str, Any]]:
    sql = "SELECT content FROM trail WHERE chapter_id = ? ORDER BY seq"
    return [json.loads(bytes(content)) for (content,) in db.read_now(Tx.rows, sql, (book,))]


# What is sealed


def test_every_act_is_a_record(busy: Chapter) -> None:
    acts = [record["act"] for record in records(busy.db, busy.id)]
    assert acts == [
        "chapter_created", *["office_began"] * 4, *["member_joined"] * 2, "pot_opened",
        "member_joined", "sheet_recorded", "lines_reversed", "member_corrected",
        "need_class_entered", "office_began", "device_enrolled", "unit_moved",
    ]  # fmt: skip
    above = [record["act"] for record in records(busy.db, busy.union.root)]
    assert above == ["unit_created", "set_up", *["unit_created"] * 2, *["office_began"] * 2]


def test_nothing_personal_is_sealed(busy: Chapter) -> None:
    """Names, phones, kin, certificates, need classes and free text are only committed to."""
    contents = busy.db.read_now(Tx.rows, "SELECT content FROM trail")
    sealed = b"".join(bytes(content) for (content,) in contents).decode("ascii")
    stored = {
        words
        for sql in ("SELECT name FROM person", "SELECT phone FROM person",
                    "SELECT words FROM trail_text", "SELECT certificate FROM need_class",
                    "SELECT next_of_kin FROM member", "SELECT label FROM device")
        for (words,) in busy.db.read_now(Tx.rows, sql)
        if words
    }  # fmt: skip
    assert len(stored) > 20
    for words in {*SECRETS, *stored, "hardship", "poor"}:
        assert json.dumps(words)[1:-1] not in sealed, words


def test_the_words_stand_beside_the_seal_under_their_commitment(busy: Chapter) -> None:
    rows = busy.db.read_now(Tx.rows, "SELECT chapter_id, seq, name, words, salt FROM trail_text")
    books = {busy.id: records(busy.db, busy.id)}
    books[busy.union.root] = records(busy.db, busy.union.root)
    for book, seq, name, words, salt in rows:
        assert books[book][seq - 1]["texts"][name] == chain.commitment(bytes(salt), words)
    salts = [bytes(salt) for *_, salt in rows]
    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} == {16}


def test_a_record_says_who_and_when_and_by_which_clock(busy: Chapter) -> None:
    for seq, record in enumerate(records(busy.db, busy.id), 1):
        assert (record["seq"], record["chapter"], record["clock"]) == (seq, busy.id, "story")
        assert record["by"]
    sheet = next(r for r in records(busy.db, busy.id) if r["act"] == "sheet_recorded")
    assert sheet["by"] == busy.treasurer.person_id
    lan, bi = busy.members["Lan"], busy.members["Bí"]
    sql = "SELECT owner_id, no FROM account WHERE kind = 'savings'"
    account = dict(busy.db.read_now(Tx.rows, sql))
    assert sheet["entry"]["lines"] == [
        [1, 1, account[bi], 1_000, 3, 1, None, None],
        [2, 1, account[lan], 1_000, 1, 1, None, None],
    ]


def test_a_correction_says_what_was_changed(busy: Chapter) -> None:
    corrected = next(r for r in records(busy.db, busy.id) if r["act"] == "member_corrected")
    assert corrected["facts"] == {"changed": ["name", "phone"], "number": 3}
    assert set(corrected["texts"]) == {"name.before", "name.after", "phone.before", "phone.after"}


def test_the_chain_is_recomputed_from_the_bytes_alone(busy: Chapter) -> None:
    head = chain.genesis(busy.id)
    sql = "SELECT content FROM trail WHERE chapter_id = ? ORDER BY seq"
    for (content,) in busy.db.read_now(Tx.rows, sql, (busy.id,)):
        head = chain.head(head, chain.leaf(bytes(content)))
    assert head.hex() == busy.head_now()[1]


def test_a_busy_book_gives_no_finding(busy: Chapter) -> None:
    assert busy.findings() == []
    assert findings(busy.db, busy.union.root) == []


# No gap and no fork, whoever tries


def insert_record(chapter: Chapter, seq: int, prev_seq: int | None) -> None:
    chapter.db.write_now(
        Tx.run,
        "INSERT INTO trail (chapter_id, seq, prev_seq, at, act, content, leaf, head)"
        " VALUES (?, ?, ?, 0, 'sheet_recorded', ?, ?, ?)",
        (chapter.id, seq, prev_seq, b"{}", b"", b""),
    )


@pytest.mark.parametrize(
    ("ahead", "back"),
    [
        (2, 1),  # leaves out a number
        (2, 2),  # and pretends not to
        (1, 2),  # forks off the one before
        (0, 1),  # the same number again
        (1, None),  # a second beginning
    ],
)
def test_a_gap_or_a_fork_cannot_be_written(doai: Chapter, ahead: int, back: int | None) -> None:
    last, _ = doai.head_now()
    seq = last + ahead
    with pytest.raises(Exception, match=r"(?i)constraint|written once|violates"):
        insert_record(doai, seq, None if back is None else seq - back)
    assert doai.head_now()[0] == last


def test_what_is_written_past_the_pen_is_found(doai: Chapter) -> None:
    last, _ = doai.head_now()
    insert_record(doai, last + 1, last)
    assert f"trail {last + 1}: broken seal" in doai.findings()
    assert "book: its head is not the last record's" in doai.findings()


# Tampering


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("at = at + 1", "columns are not what was sealed"),
        ("act = 'lines_reversed'", "columns are not what was sealed"),
        ("person_id = NULL", "columns are not what was sealed"),
        ("person_id = chapter_id", "columns are not what was sealed"),
        ("device_id = chapter_id", "columns are not what was sealed"),
        ("leaf = head", "broken seal"),
        ("head = leaf", "broken seal"),
    ],
)
def test_each_column_tampered_with_is_found(
    doai: Chapter, thief: Thief, change: str, fault: str
) -> None:
    seq = doai.sheet("Lan 1.000/1").receipt.seq
    doai.sheet("Lan 1.000/1")
    thief.drop_triggers()
    thief.change("trail", change, "chapter_id = ? AND seq = ?", (doai.id, seq))
    assert f"trail {seq}: {fault}" in doai.findings()


def rewrite(
    chapter: Chapter, thief: Thief, seq: int, change: dict[str, Any], *, mend: bool
) -> None:
    """Change what a record says; `mend` makes its leaf fit again."""
    thief.drop_triggers()
    fields = records(chapter.db, chapter.id)[seq - 1] | change
    content = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    where = ("chapter_id = ? AND seq = ?", (content, chapter.id, seq))
    thief.change("trail", "content = ?", *where)
    if mend:
        thief.change("trail", "leaf = ?", where[0], (chain.leaf(content), chapter.id, seq))


@pytest.mark.parametrize("mend", [False, True])
def test_a_changed_record_is_found(doai: Chapter, thief: Thief, mend: bool) -> None:
    seq = doai.sheet("Lan 1.000/1").receipt.seq
    doai.sheet("Hoa 1.000/1")
    rewrite(doai, thief, seq, {"facts": {"group": "another"}}, mend=mend)
    assert doai.findings() == [f"trail {seq}: broken seal"]


TEXTS_GONE = b"""{"act":"","at":0,"by":"","chapter":"","device":"","seq":0,"texts":null}"""


@pytest.mark.parametrize("content", [b"not json", b"[]", b"{}", b"null", b"\xff", TEXTS_GONE])
def test_unreadable_bytes_are_a_finding_and_no_crash(
    doai: Chapter, thief: Thief, content: bytes
) -> None:
    seq = doai.sheet("Lan 1.000/1", note="họp tổ").receipt.seq
    thief.drop_triggers()
    thief.change("trail", "content = ?", "chapter_id = ? AND seq = ?", (content, doai.id, seq))
    assert f"trail {seq}: unreadable" in doai.findings()


def test_a_record_of_another_book_is_found(doai: Chapter, thief: Thief) -> None:
    seq = doai.sheet("Lan 1.000/1").receipt.seq
    rewrite(doai, thief, seq, {"chapter": doai.union.root}, mend=True)
    assert f"trail {seq}: columns are not what was sealed" in doai.findings()


@pytest.mark.parametrize("change", ["seq = seq - 1", "head = ?"])
def test_the_books_own_row_is_checked(doai: Chapter, thief: Thief, change: str) -> None:
    doai.sheet("Lan 1.000/1")
    params = (b"0" * 32, doai.id) if "?" in change else (doai.id,)
    thief.change("book", change, "chapter_id = ?", params)
    assert doai.findings() == ["book: its head is not the last record's"]


def go_back(chapter: Chapter, thief: Thief, after: int) -> None:
    """Take everything after a record away, tidily: all that is left fits together."""
    thief.drop_triggers()
    for table in ("movement", "entry", "trail_text", "trail"):
        thief.run(f"DELETE FROM {table} WHERE chapter_id = ? AND seq > ?", (chapter.id, after))
    for table in ("account", "day_total", "month_total"):
        thief.run(f"DELETE FROM {table} WHERE chapter_id = ?", (chapter.id,))
    last = "(SELECT head FROM trail WHERE chapter_id = ? AND seq = ?)"
    thief.change("book", f"seq = ?, head = {last}", "chapter_id = ?",
                 (after, chapter.id, after, chapter.id))  # fmt: skip


def test_a_book_that_went_back_is_betrayed_by_a_head_on_paper(doai: Chapter, thief: Thief) -> None:
    """A whole day is gone, and everything fits: only the slip in a drawer knows."""
    before, _ = doai.head_now()
    slip = doai.sheet("Lan 1.000/1").receipt
    assert doai.findings(at_seq=slip.seq, at_head=slip.head) == []
    go_back(doai, thief, before)
    assert doai.findings() == []
    gone = [f"trail {slip.seq}: gone, the book ends at {before}"]
    assert doai.findings(at_seq=slip.seq, at_head=slip.head) == gone


def test_a_book_that_was_written_anew_is_betrayed_too(doai: Chapter, thief: Thief) -> None:
    before, _ = doai.head_now()
    slip = doai.sheet("Lan 9.000/9").receipt
    go_back(doai, thief, before)
    doai.sheet("Lan 1.000/1")
    assert doai.findings() == []
    other = [f"trail {slip.seq}: not the head that was noted"]
    assert doai.findings(at_seq=slip.seq, at_head=slip.head) == other


@pytest.mark.parametrize("which", ["first", "middle"])
def test_a_record_taken_out_is_found(doai: Chapter, thief: Thief, which: str) -> None:
    middle = doai.sheet("Lan 1.000/1").receipt.seq
    doai.sheet("Lan 1.000/1")
    thief.drop_triggers()
    seq = 1 if which == "first" else middle
    assert thief.run("DELETE FROM trail WHERE chapter_id = ? AND seq = ?", (doai.id, seq)) == 1
    assert f"trail {seq}: missing" in doai.findings()


# What may be forgotten


def test_a_person_can_be_forgotten_and_the_trail_still_verifies(busy: Chapter) -> None:
    erase = "UPDATE trail_text SET words = '' WHERE chapter_id = ?"
    assert busy.db.write_now(Tx.run, erase, (busy.id,)) > 5
    assert busy.findings() == []
    busy.db.write_now(Tx.run, "DELETE FROM trail_text WHERE chapter_id = ?", (busy.id,))
    assert busy.findings() == []


def test_but_words_cannot_be_changed(busy: Chapter) -> None:
    sql = "UPDATE trail_text SET words = 'bão' WHERE chapter_id = ? AND name = 'note'"
    assert busy.db.write_now(Tx.run, sql, (busy.id,)) == 1
    (found,) = busy.findings()
    assert found.endswith("note is not what was sealed")


def test_nor_put_in_later(doai: Chapter) -> None:
    seq = doai.sheet("Lan 1.000/1").receipt.seq
    doai.db.write_now(
        Tx.run,
        "INSERT INTO trail_text (chapter_id, seq, name, words, salt) VALUES (?, ?, ?, ?, ?)",
        (doai.id, seq, "note", "đã thỏa thuận", b"salt"),
    )
    assert doai.findings() == [f"trail {seq}: note is not what was sealed"]


def test_nobody_seals_in_a_book_that_is_not_there(doai: Chapter) -> None:
    refused("not_found", doai.db.write_now, open_book, doai.union.commune)
