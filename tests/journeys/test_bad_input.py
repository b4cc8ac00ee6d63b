"""Hostile and mistaken requests: each is refused clearly, in both languages, and changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from app.db.tx import Tx
from app.main import ROUTERS
from app.terms import Kept
from tests.broken import broken
from tests.journeys.doors import API, PROBLEM, Caller, Village, fields, problem
from tests.story import DAY, LAST_YEAR, TODAY, a_key

VIETNAMESE = re.compile(
    "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)
NOWHERE = "01900000-0000-7000-8000-000000000000"  # a well-formed id of nothing
UNSEEN = {
    "bidi": "\u202e",
    "a control": "\u0007",
    "zero width": "\u200b",
    "NUL": "\u0000",
    "private": "\ue000",
    "a line separator": "\u2028",
    "a byte order mark": "\ufeff",
}


@pytest.fixture
def still(lasting: Village) -> Village:
    """One village for all of them: since nothing here changes anything, they can share it."""
    return lasting


@dataclass
class Ask:
    """A request of the treasurer, and the refusal it earns."""

    name: str
    status: int
    code: str
    fields: list[str] | None = None
    path: Callable[[Village], str] = lambda v: v.sheets
    body: Callable[[Village], Any] = lambda v: v.sheet()
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


def asked(village: Village, ask: Ask, language: str) -> httpx2.Response:
    """Send it in a language."""
    headers = {"Idempotency-Key": a_key(), "Accept-Language": language}
    if ask.method == "GET":
        return village.treasurer("GET", ask.path(village), headers=headers)
    told = ask.body(village)
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers |= {"Content-Type": "application/json"} | ask.headers
    return village.treasurer(ask.method, ask.path(village), headers=headers, content=content)


def refused_in_both_languages(village: Village, ask: Ask) -> None:
    """The refusal, first in Vietnamese, then in English; the book stands as it stood."""
    before = village.everything()
    vi = problem(asked(village, ask, "vi"), ask.status, ask.code)
    en = problem(asked(village, ask, "en;q=0.9, vi;q=0.1"), ask.status, ask.code)
    if ask.fields is not None:
        assert fields(vi) == fields(en) == ask.fields
    for said in [vi["title"], vi["detail"], *(one["message"] for one in vi["errors"])]:
        assert VIETNAMESE.search(said), said
    for said in [en["title"], en["detail"], *(one["message"] for one in en["errors"])]:
        assert not VIETNAMESE.search(said), said
    assert village.everything() == before


def cases(asks: list[Ask]) -> pytest.MarkDecorator:
    """A test for each."""
    assert len({ask.name for ask in asks}) == len(asks)
    return pytest.mark.parametrize("ask", asks, ids=lambda ask: ask.name)


# Sheets


def sheet(name: str, status: int, code: str, at: str | None, **more: Any) -> Ask:
    """A sheet with some fields put in place of good ones."""
    return Ask(name, status, code, [at] if at else [], body=lambda v: v.sheet() | more)


def line(name: str, at: str, code: str = "invalid", **more: Any) -> Ask:
    """A sheet with a bad line."""

    def body(v: Village) -> dict[str, Any]:
        good = v.sheet()
        return good | {"lines": [good["lines"][0] | more]}

    return Ask(name, 422, code, [f"lines.0.{at}"], body=body)


def written(name: str, status: int, code: str, amount: str, at: str | None = None) -> Ask:
    """A sheet whose amount is written as no JSON library would."""

    def body(v: Village) -> bytes:
        return json.dumps(v.sheet()).replace('"amount": 1000', f'"amount": {amount}').encode()

    return Ask(name, status, code, [at] if at else [], body=body)


def _without(name: str) -> Callable[[Village], Any]:
    return lambda v: {key: value for key, value in v.sheet().items() if key != name}


SHEETS = [
    sheet("an unknown field", 422, "invalid", "treasurer", treasurer="me"),
    line("an unknown field in a line", "balance", balance=5),
    line("a fraction of a dong", "amount", amount=1000.5),
    line("a float that is whole", "amount", amount=1000.0),
    line("an amount in quotes", "amount", amount="1000"),
    line("true for money", "amount", amount=True),
    line("null for money", "amount", amount=None),
    line("a list for money", "amount", amount=[1000]),
    line("money below zero", "amount", amount=-1000),
    line("no money at all", "amount", amount=0),
    line("more money than there is", "amount", amount=10**13 + 1),
    line("a hundred digits of money", "amount", amount=10**100),
    line("less than a thousand", "amount", "too_little", amount=999, periods=0),
    line("too little for its days", "amount", "too_little", amount=1000, periods=2),
    line("days below zero", "periods", periods=-1),
    line("half a day", "periods", periods=0.5),
    line("days in quotes", "periods", periods="1"),
    line("true for days", "periods", periods=True),
    line("days without end", "periods", periods=10**9),
    line("a member nobody knows", "member_id", "member_unknown", member_id=NOWHERE),
    line("a member that is no id", "member_id", member_id="Lan"),
    line("an id in capitals", "member_id", member_id=NOWHERE.upper().replace("0", "A")),
    line("an id with something behind", "member_id", member_id=NOWHERE + "\n"),
    written("NaN", 422, "invalid", "NaN", "lines.0.amount"),
    written("Infinity", 422, "invalid", "Infinity", "lines.0.amount"),
    written("a thousand as 1e3", 422, "invalid", "1e3", "lines.0.amount"),
    written("minus nothing", 422, "invalid", "-0", "lines.0.amount"),
    written("more digits than Python reads", 400, "malformed", "1" + "0" * 5000),
    written("an amount with a dot of thousands", 422, "invalid", "1.000", "lines.0.amount"),
    Ask("broken JSON", 422, "invalid", body=lambda v: json.dumps(v.sheet()).encode()[:-1]),
    sheet("no line", 422, "invalid", "lines", lines=[]),
    sheet("lines that are no list", 422, "invalid", "lines", lines={"0": 1}),
    sheet("a pot nobody knows", 422, "pot_unknown", "pot_id", pot_id=NOWHERE),
    sheet("a pot that is no id", 422, "invalid", "pot_id", pot_id="lợn"),
    sheet("a group nobody knows", 422, "group_unknown", "group_id", group_id=NOWHERE),
    sheet("tomorrow", 422, "in_future", "date", date="2026-10-21"),
    sheet("the year 9999", 422, "in_future", "date", date="9999-12-31"),
    sheet("a late sheet without a reason", 422, "reason_needed", "reason", date="2026-10-01"),
    sheet(
        "before she joined", 422, "not_a_member_then", "lines.0.member_id",
        date="2025-10-19", reason="sổ cũ",
    ),
    *(
        sheet(f"the date {said!r}", 422, "invalid", "date", date=said)
        for said in ("20/10/2026", "2026-10-20T00:00:00Z", 20261020, "2026-02-30", "1899-12-31",
                     "2026-1-1", "", None, True, "２０２６-10-20")
    ),
    sheet("an endless note", 422, "invalid", "note", note="x" * 2001),
    sheet("a note that is a number", 422, "invalid", "note", note=5),
    sheet("a lone surrogate in a note", 422, "invalid", "note", note="\ud800"),
    *(
        sheet(f"{what} in a note", 422, "text_bad_character", "note", note=f"họp{unseen}")
        for what, unseen in UNSEEN.items()
    ),
    sheet("a bidi reason", 422, "text_bad_character", "reason", reason="\u202emuộn"),
    *(
        Ask(f"no {name}", 422, "invalid", [name], body=_without(name))
        for name in ("pot_id", "date", "lines")
    ),
    Ask("her money twice", 422, "member_twice", ["lines.1.member_id"],
        body=lambda v: v.sheet("Lan 1.000/1, Lan 2.000/2")),
    Ask("every problem at once", 422, "too_little", ["lines.0.amount", "lines.2.member_id"],
        body=lambda v: v.sheet(f"Lan 1.000/2, Hoa 1.000/1, {NOWHERE} 1.000/1")),
    Ask("the neighbours' pot", 422, "pot_unknown", ["pot_id"],
        body=lambda v: v.sheet() | {"pot_id": v.neighbour.pot}),
    Ask("the neighbours' member", 422, "member_unknown", ["lines.0.member_id"],
        body=lambda v: v.sheet(f"{v.neighbour.members['Tư']} 1.000/1")),
]  # fmt: skip


@cases(SHEETS)
def test_a_bad_sheet_is_refused(still: Village, ask: Ask) -> None:
    refused_in_both_languages(still, ask)


# Bodies


def body(name: str, status: int, code: str, content: bytes | None, **headers: str) -> Ask:
    """A sheet's body that is no JSON, or no body; None: a good one."""
    return Ask(
        name, status, code, headers={k.replace("_", "-"): v for k, v in headers.items()},
        body=lambda v: json.dumps(v.sheet()).encode() if content is None else content,
    )  # fmt: skip


BODIES = [
    body("nothing", 422, "invalid", b""),
    body("words", 422, "invalid", "góp một nghìn".encode()),
    body("a list", 422, "invalid", b"[]"),
    body("null", 422, "invalid", b"null"),
    body("no UTF-8", 422, "invalid", b"\xff\xfe"),
    body("JSON deeper than a well", 400, "malformed", b"[" * 100_000 + b"]" * 100_000),
    body("objects deeper than a well", 400, "malformed", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    body("a lone surrogate for a field", 422, "invalid", b'{"\\ud800": 1}'),
    body("a field named NUL", 422, "invalid", b'{"\\u0000": 1}'),
    body("plain text", 422, "invalid", None, Content_Type="text/plain"),
    body("a form", 422, "invalid", None, Content_Type="application/x-www-form-urlencoded"),
    body("nothing said of its type", 422, "invalid", None, Content_Type=""),
    body("a megabyte too much", 413, "too_large", b" " * 1_000_001),
]


@cases(BODIES)
def test_a_bad_body_is_refused(still: Village, ask: Ask) -> None:
    refused_in_both_languages(still, ask)


def drop_by_drop(told: bytes, size: int) -> Iterator[bytes]:
    """Good words, then blanks, in a body that does not say how long it is."""
    yield told
    for _ in range(size // 50_000):
        yield b" " * 50_000


def test_a_body_without_end_is_refused(still: Village) -> None:
    """Chunked: no Content-Length gives it away. What fits of it would make a sheet; it must not."""
    before = still.everything()
    headers = {"Content-Type": "application/json", "Idempotency-Key": a_key()}
    told = drop_by_drop(json.dumps(still.sheet()).encode(), 1_500_000)
    answer = still.treasurer("POST", still.sheets, content=told, headers=headers)
    problem(answer, 413, "too_large")
    form = f"do=record&confirmed=1&amount-3=1k&pot_id={still.chapter.pot}&key={a_key()}&note="
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    page = still.browser(still.chapter.treasurer)
    told = drop_by_drop(form.encode(), 1_500_000)
    answer = page("POST", f"{still.pages}/thu", content=told, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert still.everything() == before


def test_a_large_sheet_is_not_too_large(still: Village) -> None:
    """A thousand lines fit; the limit is for what no chapter would send."""
    told = still.sheet(", ".join(f"{NOWHERE[:-4]}{n:04x} 1.000/1" for n in range(1000)))
    answer = still.treasurer.post(still.sheets, told, key=a_key())
    said = problem(answer, 422, "member_unknown")
    assert len(said["errors"]) == 1000
    told["lines"].append(told["lines"][0])
    said = problem(still.treasurer.post(still.sheets, told, key=a_key()), 422, "invalid")
    assert fields(said) == ["lines"]


# Keys


KEYS = [
    *(
        Ask(f"the key {said!r}", 422, "key_form", ["Idempotency-Key"],
            headers={"Idempotency-Key": said})
        for said in ("", "sheet-412", NOWHERE[:-1], NOWHERE + "0", NOWHERE.replace("-", ""),
                     "{" + NOWHERE + "}", "g" + NOWHERE[1:])
    ),
    Ask("a bad key for a reversal", 422, "key_form", ["Idempotency-Key"],
        path=lambda v: f"{API}/entries/{NOWHERE}/reversal", body=lambda v: {"reason": "nhầm"},
        headers={"Idempotency-Key": "1"}),
]  # fmt: skip


@cases(KEYS)
def test_a_bad_key_is_refused(still: Village, ask: Ask) -> None:
    refused_in_both_languages(still, ask)


def test_a_missing_key_is_refused(still: Village) -> None:
    before = still.everything()
    problem(still.treasurer.post(still.sheets, still.sheet()), 400, "key_missing")
    path = f"{API}/entries/{NOWHERE}/reversal"
    problem(still.treasurer.post(path, {"reason": "nhầm"}), 400, "key_missing")
    assert still.everything() == before


# Ids that are missing, foreign, or none


def _of_neighbour(v: Village, what: str) -> str:
    entry = v.db.read_now(Tx.rows, "SELECT id FROM entry WHERE chapter_id = ?", (v.neighbour.id,))
    return {
        "chapters": v.neighbour.id,
        "members": v.neighbour.members["Tư"],
        "sheets": entry[0][0],
        "entries": entry[0][0],
    }[what]


SOMEBODYS = [
    ("GET", "chapters", "/charter", None),
    ("GET", "chapters", "/members", None),
    ("GET", "chapters", "/pots", None),
    ("GET", "chapters", "/sheets", None),
    ("GET", "chapters", "/trail", None),
    ("GET", "chapters", "/trail/head", None),
    ("GET", "members", "", None),
    ("GET", "members", "/balance", None),
    ("GET", "members", "/statement", None),
    ("GET", "sheets", "", None),
    ("PATCH", "members", "", {"phone": "0900000009"}),
    ("POST", "members", "/need-classes", {"class": "poor", "year": 2026}),
    ("POST", "entries", "/reversal", {"reason": "không phải của mình"}),
    ("POST", "chapters", "/sheets", "a sheet"),
    ("POST", "chapters", "/pots",
     {"kind": "pig", "name": "lợn", "kept": "chapter", "belongs_to": "member"}),
    ("POST", "chapters", "/members",
     {"name": "Ai Đó", "joined_on": "2026-10-20", "consent": {"purposes": [], "on": "2026-10-20"}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "what", "rest", "told"), SOMEBODYS, ids=[f"{m} {w}{r}" for m, w, r, _ in SOMEBODYS]
)
def test_what_is_foreign_is_as_if_it_were_not_there(
    still: Village, method: str, what: str, rest: str, told: Any
) -> None:
    before = still.everything()
    told = still.sheet() if told == "a sheet" else told
    said = []
    for id in (_of_neighbour(still, what), NOWHERE, "412", NOWHERE.upper().replace("0", "A")):
        path = f"{API}/{what}/{id}{rest}"
        more = {} if told is None else {"json": told}
        answer = still.treasurer(method, path, headers={"Idempotency-Key": a_key()}, **more)
        said.append(problem(answer, 404, "not_found"))
    assert said[0] == said[1] == said[2] == said[3]
    assert still.everything() == before


def test_a_line_of_another_sheet_cannot_be_taken_back(still: Village) -> None:
    sql = "SELECT id FROM entry WHERE chapter_id = ?"
    (entry,) = still.db.read_now(Tx.rows, sql, (still.chapter.id,))[0]
    foreign = _of_neighbour(still, "entries")
    before = still.everything()
    for bad, code in (
        (f"{foreign[:-4]}0001", "line_unknown"),
        (f"{entry[:-4]}0003", "line_unknown"),
        (f"{entry[:-4]}0000", "line_unknown"),
        ("1", "invalid"),
    ):
        told = {"lines": [bad], "reason": "nhầm"}
        answer = still.treasurer.post(f"{API}/entries/{entry}/reversal", told, key=a_key())
        problem(answer, 422, code)
    assert still.everything() == before


# Names and queries


def member(called: str, code: str, at: str, /, **more: Any) -> Ask:
    """A bad member."""
    good = {"name": "Hoàng Thị Một", "joined_on": "2026-10-20",
            "consent": {"purposes": ["savings"], "on": "2026-10-20"}}  # fmt: skip
    return Ask(called, 422, code, [at], body=lambda v: good | more,
               path=lambda v: f"{API}/chapters/{v.chapter.id}/members")  # fmt: skip


def seek(name: str, at: str, path: str, **params: str) -> Ask:
    """A bad query."""
    query = str(httpx2.QueryParams(params))
    return Ask(name, 422, "invalid", [at], method="GET",
               path=lambda v: f"{API}/chapters/{v.chapter.id}{path}?{query}")  # fmt: skip


PEOPLE = [
    *(
        member(f"{what} in a name", "text_bad_character", "name", name=f"Hoàng{unseen}Một")
        for what, unseen in UNSEEN.items()
    ),
    member("a name of nothing", "text_empty", "name", name=" \t "),
    member("a name that looks like nothing", "text_bad_character", "name", name="\u3164"),
    member("a name without end", "text_too_long", "name", name="M" * 101),
    member("a lone surrogate in a name", "invalid", "name", name="\udfff"),
    member("a name that is a list", "invalid", "name", name=["Một"]),
    member("a bidi next of kin", "text_bad_character", "next_of_kin", next_of_kin="\u2066Chồng"),
    member("a phone of letters", "phone_unclear", "phone", phone="gọi cho tôi"),
    member("the number nought", "invalid", "number", number=0),
    member("a number in quotes", "invalid", "number", number="7"),
    member("tomorrow's joining", "in_future", "joined_on", joined_on="2026-10-21"),
    member("joining before the chapter", "before_chapter", "joined_on", joined_on="2020-03-07"),
    member("a person nobody knows", "person_unknown", "person_id", person_id=NOWHERE),
    member("a group nobody knows", "group_unknown", "group_id", group_id=NOWHERE),
    member("a consent to anything", "invalid", "consent.purposes.0",
           consent={"purposes": ["everything"], "on": "2026-10-20"}),
    member("her people", "invalid", "ethnicity", ethnicity="x"),
    member("a class nobody knows", "invalid", "need_class.class",
           need_class={"class": "rich", "year": 2026}),
    member("a class of next year", "need_year", "need_class.year",
           need_class={"class": "poor", "year": 2027}),
    seek("NUL in a search", "q", "/members", q="L\u0000n"),
    seek("a control in a search", "q", "/members", q="\u001b[31m"),
    seek("an endless search", "q", "/members", q="x" * 101),
    seek("no limit", "limit", "/sheets", limit="0"),
    seek("a limit beyond the contract's", "limit", "/sheets", limit="201"),
    seek("a limit in words", "limit", "/sheets", limit="nhiều"),
    seek("a cursor of ours it is not", "after", "/sheets", after="x"),
    seek("a cursor beyond every number", "after", "/sheets", after="9" * 30),
    seek("a day that is none", "from", "/sheets", **{"from": "2026-02-30"}),
    seek("a trail from before it began", "after_seq", "/trail", after_seq="-1"),
    seek("a trail from beyond its end", "after_seq", "/trail", after_seq="9" * 30),
]  # fmt: skip


@cases(PEOPLE)
def test_bad_names_and_queries_are_refused(still: Village, ask: Ask) -> None:
    refused_in_both_languages(still, ask)


@pytest.mark.parametrize(
    "q", ["²", "①", "٣", "१", "%", "_", "!", "'", '"; --', "\u202e", "\ue000", "🐷", "9" * 99, "đ"]
)
def test_an_odd_search_finds_nobody(still: Village, q: str) -> None:
    """Signs of a pattern stand for themselves, and what only looks like a number is none."""
    found = still.treasurer.get(f"{API}/chapters/{still.chapter.id}/members", params={"q": q})
    assert found.status_code == 200, found.text
    assert found.json()["items"] == []
    page = still.browser(still.chapter.treasurer)
    assert page.get(f"{still.pages}/hoi-vien", params={"q": q}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/hoi-vien/{lan}?sau=x", "/hoi-vien/{lan}?sau=2026-10-20", "/hoi-vien/{lan}?sau=a.b.c",
     "/hoi-vien/{lan}?sau=2026-10-20.99999999999999999999999999999999.1", "/hoi-vien?q=%00",
     "/hoi-vien/{lan}?sau=2026-10-20.-99999999999999999999999999999999.1",
     "/hoi-vien/{lan}?sau=2026-02-30.1.1", "/hoi-vien/{lan}?sau=..", "/nhat-ky?truoc=x",
     "/nhat-ky?truoc=%C2%B2", "/nhat-ky?truoc=-1", "/nhat-ky?truoc=99999999999999999999",
     "/nhat-ky?day=x", "/nhat-ky?day=9999-12-31", "/nhat-ky?day=0001-01-01", "/nhat-ky?kind=x",
     "/nhat-ky?person=x", "/nhat-ky?person={nowhere}", "/thu?ngay=x", "/thu?ngay=0001-01-01",
     "/thu?ngay=9999-12-31", "/thu?pot=x"],
)  # fmt: skip
def test_an_odd_address_shows_its_page(still: Village, path: str) -> None:
    """A page's filters that make no sense filter nothing; nobody is shown a fault."""
    path = path.format(lan=still.chapter.members["Lan"], nowhere=NOWHERE)
    answer = still.browser(still.chapter.treasurer).get(still.pages + path)
    assert answer.status_code == 200, path


# Forms


def test_a_bad_form_is_refused_and_comes_back(still: Village) -> None:
    """What no form of ours sends: still a page, never a fault, and nothing in the book."""
    page, before = still.browser(still.chapter.treasurer), still.everything()
    good = {"do": "record", "confirmed": "1", "pot_id": still.chapter.pot, "date": "2026-10-20",
            "amount-1": "1k", "key": a_key()}  # fmt: skip
    for more in (
        {"key": "x"}, {"pot_id": "x"}, {"pot_id": NOWHERE},
        {"pot_id": still.neighbour.pot}, {"date": "x"}, {"date": "2026-10-21"},
        {"date": "1800-01-01"}, {"note": "x" * 3000}, {"note": "\u202e"}, {"note": "\x00"},
        {"amount-1": "\x00"}, {"amount-1": "9" * 60}, {"periods-1": "²"}, {"periods-1": "-1"},
        {"amount-1": "", "amount-99": "1k"},
    ):  # fmt: skip
        answer = page.send(f"{still.pages}/thu", good | more)
        assert answer.status_code == 422, (more, answer.text)
        assert 'role="alert"' in answer.text
    assert page.send(f"{still.pages}/thu", {"do": "everything"}).status_code == 200
    assert still.everything() == before


def test_a_bad_reversal_form_is_refused_and_comes_back(still: Village) -> None:
    sql = "SELECT id FROM entry WHERE chapter_id = ?"
    (entry,) = still.db.read_now(Tx.rows, sql, (still.chapter.id,))[0]
    page, before = still.browser(still.chapter.treasurer), still.everything()
    good = {"reason": "nhầm", "key": a_key()}
    for more in (
        {"key": "x"}, {"reason": "\u202e"}, {"reason": " "}, {"line": "x"}, {"line": ""},
        {"line": NOWHERE}, {"line": f"{entry[:-4]}000g"}, {"line": f"{entry[:-4]}0009"},
        {"line": [f"{entry[:-4]}0001", "x"]},
    ):  # fmt: skip
        answer = page.send(f"/phieu/{entry}/huy", good | more)
        assert answer.status_code == 422, (more, answer.status_code)
    for nowhere in (NOWHERE, "x", _of_neighbour(still, "entries")):
        assert page.send(f"/phieu/{nowhere}/huy", good).status_code == 404
    assert still.everything() == before


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (b"do=check&note=%ff%fe", "application/x-www-form-urlencoded", 200),
        (b"do=check&note=%ed%a0%80", "application/x-www-form-urlencoded", 200),
        (b"do=check&" + b"&".join(b"a%d=" % n for n in range(5000)),
         "application/x-www-form-urlencoded", 400),
        (b"do=record", "multipart/form-data", 400),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 200),
        (b'--x\r\nContent-Disposition: form-data; name="do"; filename="a"\r\n\r\nrecord\r\n--x--',
         "multipart/form-data; boundary=x", 400),
        (b'{"do": "record"}', "application/json", 200),
        (b"", "", 200),
    ],
)  # fmt: skip
def test_what_is_no_form_records_nothing(
    still: Village, content: bytes, type: str, status: int
) -> None:
    before = still.everything()
    page = still.browser(still.chapter.treasurer)
    answer = page("POST", f"{still.pages}/thu", content=content, headers={"Content-Type": type})
    assert answer.status_code == status
    assert still.everything() == before


# The state of the book


def test_two_treasurers_at_once_are_refused(still: Village) -> None:
    """Replacing a sitting officer waits for a second signature; an inspector may have company."""
    leader = still.program(still.chapter.union.leader)
    told = {"person": {"name": "Ai Đó", "phone": "0900000009"}, "from": "2026-10-20"}
    path = f"{API}/units/{still.chapter.id}/offices"
    for role in ("treasurer", "chapter_head", "deputy"):
        answer = leader.post(path, told | {"role": role})
        assert answer.status_code == 202, answer.text
    before = still.everything()
    for role in ("administrator", "leader"):
        problem(leader.post(path, told | {"role": role}), 422, "role_not_here")
    for who in ({}, {"person_id": NOWHERE, "member_id": NOWHERE}):
        problem(
            leader.post(path, {"from": "2026-10-20", "role": "inspector"} | who),
            422,
            "one_person",
        )
    assert still.everything() == before


def test_before_the_pig_was_opened_is_refused(village: Village) -> None:
    late = village.chapter.open_pot(on=TODAY, name="lợn mới")
    before = village.everything()
    told = village.sheet(pot_id=late, date="2026-10-19")
    said = problem(village.treasurer.post(village.sheets, told, key=a_key()), 422, "before_opening")
    assert fields(said) == ["date"]
    assert village.everything() == before


def test_a_pig_at_home_takes_no_sheet(village: Village) -> None:
    home = village.chapter.open_pot(kept=Kept.HOME, name="lợn ở nhà")
    before = village.everything()
    told = village.sheet(pot_id=home)
    said = problem(village.treasurer.post(village.sheets, told, key=a_key()), 422, "home_pot")
    assert fields(said) == ["pot_id"]
    assert village.everything() == before


def test_nothing_enters_a_closed_cycle(village: Village) -> None:
    """The pig was broken on 19/10: no sheet of the days before, and no reversal of them either."""
    posted = village.recorded("Lan 1.000/1", date="2026-10-18")
    broken(village.chapter, on=TODAY - DAY)
    before = village.everything()
    treasurer = village.treasurer
    told = village.sheet(date="2026-10-18")
    assert fields(problem(treasurer.post(village.sheets, told, key=a_key()), 409, "cycle_closed"))
    answer = treasurer.post(
        f"{API}/entries/{posted['id']}/reversal", {"reason": "nhầm"}, key=a_key()
    )
    problem(answer, 409, "cycle_closed")
    assert village.everything() == before
    told = village.sheet(date="2026-10-19")
    assert treasurer.post(village.sheets, told, key=a_key()).status_code == 201


def test_a_closed_pot_takes_nothing(village: Village) -> None:
    village.db.write_now(Tx.run, "UPDATE cycle SET closed_on = '2026-10-19'")
    before = village.everything()
    answer = village.treasurer.post(village.sheets, village.sheet(), key=a_key())
    problem(answer, 409, "pot_closed")
    assert village.everything() == before


# Unknown fields, wherever there is a body


def bodies() -> list[tuple[str, str]]:
    """Every call of the API that takes a body."""
    return [
        (method, str(route.path))
        for router in ROUTERS
        for route in router.routes
        if getattr(route, "body_field", None) is not None
        for method in sorted(route.methods)
    ]


def test_there_are_bodies_to_try() -> None:
    assert {("POST", f"{API}/setup"), ("POST", f"{API}/chapters/{{chapter_id}}/sheets")} < set(
        bodies()
    )
    assert len(bodies()) >= 11


@pytest.mark.parametrize(("method", "path"), bodies(), ids=[f"{m} {p}" for m, p in bodies()])
def test_an_unknown_field_is_named(still: Village, method: str, path: str) -> None:
    """`{}` and `role=admin, balance=-5` are no requests."""
    before = still.everything()
    path = re.sub(r"\{\w+\}", still.chapter.id, path)
    key = {"Idempotency-Key": a_key()}
    told = {"balance": -5, "is_admin": True}
    for body in (told, {}):
        answer = still.treasurer(method, path, json=body, headers=key)
        if body or answer.status_code == 422:
            said = problem(answer, 422, "invalid")
            assert set(body) <= set(fields(said)), path
        else:
            problem(answer, 404, "not_found")  # a correction of nothing, of nobody
    assert still.everything() == before


# Who asks


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic dXNlcjpwYXNz", "Bearer " + "x" * 10_000,
     "Bearer \u00ff\u00fe", "bearer", "Token x", "Bearer ' OR 1=1 --"],
)  # fmt: skip
def test_a_garbage_token_is_nobody(still: Village, authorization: str) -> None:
    before = still.everything()
    nobody = Caller(still.client, {"Authorization": authorization.encode("latin-1")})  # type: ignore[dict-item]
    for answer in (
        nobody.get(f"{API}/me"),
        nobody.get(f"{API}/chapters/{still.chapter.id}/members"),
        nobody.post(still.sheets, still.sheet(), key=a_key()),
    ):
        said = problem(answer, 401, "not_signed_in")
        assert VIETNAMESE.search(said["detail"])
        assert answer.headers["www-authenticate"] == "Bearer"
    assert still.everything() == before


def test_a_cookie_does_not_open_the_api(still: Village) -> None:
    token = still.token(still.chapter.treasurer)
    before = still.everything()
    for name in ("solon", "__Host-solon", "token", "Authorization"):
        caller = Caller(still.client, {"Cookie": f"{name}={token}"})
        problem(caller.get(f"{API}/me"), 401, "not_signed_in")
        problem(caller.post(still.sheets, still.sheet(), key=a_key()), 401, "not_signed_in")
    assert still.everything() == before


def test_a_bearer_token_does_not_open_the_pages(still: Village) -> None:
    caller = still.treasurer
    before = still.everything()
    form = {"do": "record", "confirmed": "1", "amount-1": "1k", "key": a_key(),
            "pot_id": still.chapter.pot, "date": "2026-10-20"}  # fmt: skip
    for answer in (
        caller.get("/hom-nay"),
        caller.get(f"{still.pages}/thu"),
        caller.send(f"{still.pages}/thu", form),
        caller.send(f"{still.pages}/hoi-vien/moi", {"name": "Ai Đó"}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/vao")
    assert still.everything() == before


def test_a_wrong_pin_and_a_wrong_device_are_one_answer(still: Village) -> None:
    before = still.everything()
    nobody = still.nobody()
    for device, pin in (("x", "407195"), ("\x00", "407195"), ("x", ""), ("x", "\x00" * 20)):
        answer = nobody.post(f"{API}/sessions", {"device_token": device, "pin": pin})
        assert fields(problem(answer, 401, "pin_wrong")) == ["pin"]
    enrol = {"phone": "0912345678", "enrol_code": "AAAAA-AAAAA", "pin": "407195", "label": "máy"}
    assert fields(problem(nobody.post(f"{API}/devices", enrol), 401, "code_wrong")) == [
        "enrol_code"
    ]
    for more, code in (
        ({"pin": "123456"}, "pin_trivial"), ({"pin": "40719"}, "pin_form"),
        ({"pin": "٤٠٧١٩٥"}, "pin_form"), ({"label": "\u202e"}, "text_bad_character"),
        ({"phone": "12"}, "phone_unclear"),
    ):  # fmt: skip
        problem(nobody.post(f"{API}/devices", enrol | more), 422, code)
    setup = {"setup_token": "đoán", "name": "Ai Đó", "phone": "0900000009", "pin": "407195"}
    problem(nobody.post(f"{API}/setup", setup), 401, "setup_token_wrong")
    assert still.everything() == before


# Forms of other sites


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:8000"},
    {"Origin": "http://["},
    {"Origin": "testserver"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]


def page_posts() -> list[str]:
    """Every page that takes a form."""
    return [
        str(route.path)
        for router in ROUTERS
        for route in router.routes
        if "POST" in getattr(route, "methods", ()) and not route.path.startswith(API)
    ]


def test_there_are_forms_to_try() -> None:
    assert {"/vao", "/ra", "/chi-hoi/{chapter_id}/thu", "/phieu/{entry_id}/huy"} < set(page_posts())


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_of_another_site_is_refused(still: Village, headers: dict[str, str]) -> None:
    before = still.everything()
    page = still.browser(still.chapter.treasurer)
    form = {"do": "record", "confirmed": "1", "amount-1": "1k", "key": a_key(),
            "pot_id": still.chapter.pot, "date": "2026-10-20", "name": "Ai Đó",
            "reason": "nhầm"}  # fmt: skip
    (entry,) = still.db.read_now(
        Tx.rows, "SELECT id FROM entry WHERE chapter_id = ?", (still.chapter.id,)
    )[0]
    for form_of in page_posts():
        path = re.sub(r"\{\w+\}", entry, form_of.replace("{chapter_id}", still.chapter.id))
        answer = page.send(path, form, headers=headers)
        assert answer.status_code == 403, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "set-cookie" not in answer.headers
    assert still.everything() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_a_form_of_our_own_is_taken(still: Village, headers: dict[str, str]) -> None:
    page = still.browser(still.chapter.treasurer)
    answer = page.send(f"{still.pages}/thu", {"do": "fill"}, headers=headers)
    assert answer.status_code == 200


def test_links_from_elsewhere_may_lead_here(still: Village) -> None:
    """Reading changes nothing, and the API has no cookie that a foreign page could use."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    page = still.browser(still.chapter.treasurer)
    assert page.get("/hom-nay", headers=headers).status_code == 200
    assert still.treasurer.get(f"{API}/me", headers=headers).status_code == 200


def test_problem_pages_and_problem_json_never_mix(still: Village) -> None:
    """A program never has to read HTML, a person never JSON, whatever they say they accept."""
    for accept in ("text/html", "application/json", "*/*", "image/png"):
        headers = {"Accept": accept}
        answer = still.nobody().get(f"{API}/me", headers=headers)
        assert answer.headers["content-type"] == PROBLEM
        answer = still.nobody().get("/nowhere", headers=headers)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_the_pig_began_before_these_stories() -> None:
    """Or `before she joined` above would be refused for another reason."""
    assert LAST_YEAR.isoformat() == "2025-10-20"
