"""The sealed bytes, version 1, pinned: whoever changes them must make a version 2 (ADR 0004)."""

from __future__ import annotations

import hashlib
import json
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit import chain

CHAPTER = "0197a000-0000-7000-8000-000000000001"
ENTRY = "0197a000-0000-7000-8000-0000000e0000"
POT = "0197a000-0000-7000-8000-00000000000d"
SALT = bytes(range(16))
FIELDS: dict[str, Any] = {
    "chapter": CHAPTER,
    "seq": 1,
    "at": 1_792_467_000_000_000,
    "clock": "real",
    "by": "0197a000-0000-7000-8000-0000000000aa",
    "device": "0197a000-0000-7000-8000-0000000000bb",
    "act": "sheet_recorded",
    "about": ENTRY,
    "facts": {"group": "0197a000-0000-7000-8000-00000000000c"},
    "texts": {"note": chain.commitment(SALT, "họp tổ 2")},
    "entry": {
        "id": ENTRY,
        "kind": "sheet",
        "pot": POT,
        "cycle": 1,
        "day": "2026-10-20",
        "lines": [(1, 1, 2, 5_000, 1, 5, None, None), (2, 1, 3, 1_000, 2, 1, None, None)],
    },
}
GOLDEN = (
    b'{"about":"0197a000-0000-7000-8000-0000000e0000","act":"sheet_recorded",'
    b'"at":1792467000000000,"by":"0197a000-0000-7000-8000-0000000000aa",'
    b'"chapter":"0197a000-0000-7000-8000-000000000001","clock":"real",'
    b'"device":"0197a000-0000-7000-8000-0000000000bb",'
    b'"entry":{"cycle":1,"day":"2026-10-20","id":"0197a000-0000-7000-8000-0000000e0000",'
    b'"kind":"sheet","lines":[[1,1,2,5000,1,5,null,null],[2,1,3,1000,2,1,null,null]],'
    b'"pot":"0197a000-0000-7000-8000-00000000000d"},'
    b'"facts":{"group":"0197a000-0000-7000-8000-00000000000c"},"seq":1,'
    b'"texts":{"note":"f5e300bcced65f3ed62d3e4548d2a89e4dca448ba30dcf55a0ee9dcf3f2195f3"},"v":1}'
)
GENESIS = "20ce7337dc8e50df3f11ede854de7ba18ecffc1ffcb7fd94c8fd920a1517c40a"
LEAF = "a3305765e3c814d75987035fd7390a6e6c6f11b7754c4a7f8642aaddcbb4c1df"
HEAD = "68485dd650acb41a5288f628b588a2b56238c80461f16814e93588ffb1f09ffe"
CODE = "F367-VPLJ"


def test_the_golden_record_byte_for_byte() -> None:
    assert chain.record(**FIELDS) == GOLDEN


def test_its_hashes_and_the_code_that_is_read_aloud() -> None:
    genesis = chain.genesis(CHAPTER)
    head = chain.head(genesis, chain.leaf(GOLDEN))
    assert genesis.hex() == GENESIS
    assert chain.leaf(GOLDEN).hex() == LEAF
    assert head.hex() == HEAD
    assert chain.check_code(head) == CODE


def test_anybody_can_recompute_them_with_sha256_alone() -> None:
    def sha(data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    leaf = sha(b"\x00" + GOLDEN)
    assert sha(b"\x01" + sha(b"solon/1 " + CHAPTER.encode()) + leaf).hex() == HEAD
    assert sha(SALT + "họp tổ 2".encode()).hex() == json.loads(GOLDEN)["texts"]["note"]


def test_the_fields_are_exactly_these() -> None:
    assert set(json.loads(GOLDEN)) == FIELDS.keys() | {"v"}
    assert json.loads(GOLDEN)["v"] == chain.VERSION == 1


def test_the_bytes_are_ascii_whatever_a_fact_says() -> None:
    sealed = chain.record(**FIELDS | {"facts": {"name": "Xã Đồng Tâm\u2028"}})
    assert b'"name":"X\\u00e3 \\u0110\\u1ed3ng T\\u00e2m\\u2028"' in sealed
    assert sealed.isascii()


@pytest.mark.parametrize("field", [*FIELDS])
def test_a_change_of_any_field_changes_the_leaf(field: str) -> None:
    other: Any = {"facts": {}, "texts": {}, "entry": None, "seq": 2, "at": 0}.get(field, "another")
    changed = chain.record(**FIELDS | {field: other})
    assert chain.leaf(changed) != chain.leaf(GOLDEN)


def heads(records: list[bytes]) -> bytes:
    return reduce(lambda head, one: chain.head(head, chain.leaf(one)), records, b"\x00" * 32)


RECORDS = st.lists(st.binary(max_size=40), min_size=2, max_size=8, unique=True)


@given(RECORDS, st.data())
def test_no_record_can_be_dropped_doubled_swapped_or_bent(
    records: list[bytes], data: st.DataObject
) -> None:
    n = data.draw(st.integers(0, len(records) - 2))
    bit = data.draw(st.integers(0, 7))
    dropped = records[:n] + records[n + 1 :]
    doubled = [*records[: n + 1], *records[n:]]
    swapped = [*records[:n], records[n + 1], records[n], *records[n + 2 :]]
    bent = [*records[:n], bytes([1 << bit, *records[n]]), *records[n + 1 :]]
    for other in (dropped, doubled, swapped, bent):
        assert heads(other) != heads(records)


def test_a_record_is_never_taken_for_a_head() -> None:
    """Leaves and heads are hashed apart, so nobody can pass off one as the other."""
    before, leaf = b"a" * 32, b"b" * 32
    assert chain.head(before, leaf) != chain.leaf(before + leaf)


def test_two_books_never_share_a_beginning() -> None:
    assert chain.genesis(CHAPTER) != chain.genesis(POT)


@given(st.binary(min_size=16, max_size=16), st.text())
def test_a_commitment_holds_the_words_and_the_salt(salt: bytes, words: str) -> None:
    held = chain.commitment(salt, words)
    assert held != chain.commitment(salt, words + ".")
    assert held != chain.commitment(bytes([salt[0] ^ 1]) + salt[1:], words)
    assert len(held) == 64


@given(st.binary(min_size=32, max_size=32))
def test_a_check_code_has_forty_bits_in_letters_that_are_not_mistaken(head: bytes) -> None:
    code = chain.check_code(head)
    assert len(code) == 9 and code[4] == "-"
    assert not set(code) & set("01IO")
    assert code == chain.check_code(head[:5] + b"\x00" * 27)
    assert code != chain.check_code(bytes([*head[:4], head[4] ^ 1, *head[5:]]))
