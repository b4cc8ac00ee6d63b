"""Mistaken and hostile requests at every door of lending: the exact reason, and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import clock as the_clock
from app.config import Settings
from app.db.engine import open_database
from app.main import create_app
from app.settling import actions as settling
from app.settling.rules import Asked as Leaves
from app.terms import BelongsTo, Leaving, PotKind
from tests.broken import broken
from tests.conftest import postgres_book, sqlite_book
from tests.journeys.doors import API, Caller, Village, beside, plain, problem, seen
from tests.journeys.test_bad_input import (
    NOWHERE,
    UNSEEN,
    VIETNAMESE,
    said_in_both_languages,
)
from tests.lent import Lends
from tests.story import TODAY, StoryClock, a_chapter, a_key, a_ticket

DAY, TOMORROW, LONG_AGO = "2026-10-20", "2026-10-21", "2026-08-01"
PAID_OUT = date(2026, 8, 20)


@dataclass
class Lender:
    """A village with a loan in every state; free to borrow are Tám and Trưởng, the head herself."""

    village: Village
    loans: dict[str, str] = field(default_factory=dict)  # by state, and some by whose they are

    def who(self, by: str) -> Caller:
        """An officer's program."""
        return self.village.program(getattr(self.village.chapter, by))

    def named(self, said: Any) -> Any:
        """`@Lan` stands for her id, `@@Tư` for one of the neighbours', `@box` for a pot's."""
        chapter, neighbour = self.village.chapter, self.village.neighbour
        pots = {"@box": self.loans["box"], "@theirs": neighbour.pot}
        if isinstance(said, str) and said.startswith("@"):
            return pots.get(said) or (
                neighbour.members[said[2:]] if said[1] == "@" else chapter.members[said[1:]]
            )
        return said

    def path(self, of: str, door: str) -> str:
        """Where a door of a loan stands; of no loan it is the application's."""
        if not of:
            return f"{API}/chapters/{self.village.chapter.id}/loans"
        return f"{API}/loans/{self.loans[of]}/{door}"

    def application(self, **more: Any) -> dict[str, Any]:
        """A good one, but for what is told."""
        return {
            "member_id": self.village.chapter.members["Tám"], "pot_id": self.village.chapter.pot,
            "date": DAY, "amount": 300_000, "months": 9, "plan": "monthly", "purpose": "livestock",
        } | {name: self.named(said) for name, said in more.items()}  # fmt: skip


def told(lends: Lends, clock: StoryClock) -> dict[str, str]:
    """A loan in every state, by 20/10/2026."""
    chapter = lends.doai
    clock.tell(date(2026, 8, 1))
    chapter.join("Trưởng", person_id=chapter.head.person_id)
    savings = ", ".join(f"{name} 200.000" for name in chapter.members
                        if name not in ("Tám", "Trưởng"))  # fmt: skip
    lends.till.opens(savings + ", Tám 50.000, Trưởng 500.000", hand=4_500_000)
    clock.tell(PAID_OUT)
    loans = {
        state: lends.lent(name, 1_000_000, 5)
        if state != "refused"
        else lends.asks(name, 500_000)
        for state, name in (("running", "Mai"), ("closed", "Na"), ("written_off", "Sáu"),
                            ("refused", "Bảy"))
    }  # fmt: skip
    lends.repays(loans["closed"], 1_000_000)
    lends.refuses(loans["refused"])
    clock.tell(date(2026, 10, 1))
    lends.till.signs(lends.asks_to_write_off(loans["written_off"]))
    loans["approved"] = lends.asks("Hoa", 800_000)
    lends.approves(loans["approved"])
    clock.tell(date(2026, 10, 10))
    loans["applied"] = lends.asks("Lan", 700_000)
    loans["large"] = lends.asks("Bảy", 2_000_000)
    loans["heads"] = lends.asks("Trưởng", 300_000)
    settles = Leaves(date(2026, 10, 10), Leaving.LEFT, reason="đi xa")
    chapter.db.write_now(
        settling.leave, actor=chapter.treasurer, member_id=chapter.members["Chín"], asked=settles,
        ticket=a_ticket(None, "leaves"),
    )  # fmt: skip
    loans["box"] = chapter.open_pot(
        kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng"
    )
    return loans


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lender(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lender]:
    """One for all: nothing here changes anything, so they can share it."""
    house: Settings = request.getfixturevalue("house")
    book: AbstractContextManager[Settings]
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("lender")
        book = sqlite_book(house, request.getfixturevalue("migrated_file"), folder)
    else:
        book = postgres_book(house, request.getfixturevalue("postgres"))
    clock = StoryClock(date(2026, 7, 31))
    with book as settings, the_clock.told_by(clock, "story"):
        db = open_database(settings)
        try:
            chapter = a_chapter(
                db, "Lan Hoa Mai Na Sáu Bảy Tám Chín", loan_monthly_rate_bp=100,
                loan_max_amount=2_000_000, loan_max_months=12, loan_savings_multiple=10,
            )  # fmt: skip
            neighbour = a_chapter(db, "Tư Năm", under=chapter.union, name="Chi hội thôn Đông")
            loans = told(Lends(chapter), clock)
            loans["theirs"] = Lends(neighbour).asks("Tư", 100_000)
            clock.tell(TODAY)
            app = create_app(settings, db)
            with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
                yield Lender(Village(db, app, client, chapter, neighbour), loans)
        finally:
            db.close()


# The API


@dataclass
class Bad:
    """What somebody asks of a loan, and the refusal it earns."""

    name: str
    status: int
    code: str
    where: list[str] | None
    of: str
    door: str
    body: dict[str, Any]
    by: str = "treasurer"


def ask(name: str, code: str, where: str | None, status: int = 422, /, **more: Any) -> Bad:
    """A bad application."""
    return Bad(name, status, code, [where] if where else None, "", "", more)


def rows(door: str, good: dict[str, Any], *bad: tuple[Any, ...]) -> list[Bad]:
    """(what, status, code, field, of which loan, change, by whom) of one door."""
    found = []
    for what, status, code, where, of, change, *by in bad:
        found.append(Bad(f"{door} {what}", status, code, where if where is None else [where], of,
                         door, good | change, *by))  # fmt: skip
    return found


def amounts(door: str, good: dict[str, Any], of: str = "running") -> list[Bad]:
    """No amount of money at all."""
    wrong = {"in quotes": "1000", "none": None, "nothing": 0, "below zero": -1000, "half": 1000.5,
             "true": True, "a list": [1000], "beyond all": 10**13 + 1}  # fmt: skip
    return rows(door, good, *((f"{what} for money", 422, "invalid", "amount", of, {"amount": said})
                              for what, said in wrong.items()))  # fmt: skip


def states(door: str, good: dict[str, Any], *fit: str, by: str = "treasurer") -> list[Bad]:
    """In every state that the door is not for: how the loan stands is the reason."""
    every = ("applied", "approved", "running", "closed", "written_off", "refused")
    return rows(door, good, *((f"of one that is {state}", 409, f"loan_{state}", None, state, {}, by)
                              for state in every if state not in fit))  # fmt: skip


REPAYS = {"date": DAY, "amount": 1000}
REASON = {"reason": "họp quyết"}
NEW_PLAN = {"months": 6, "plan": "monthly"} | REASON
VISITS = {"date": DAY, "note": "lợn lớn nhanh"}
FORBIDDEN = "not_your_office"
BAD = [
    ask("beyond the charter's amount", "beyond_amount", "amount", member_id="@Trưởng",
        amount=2_000_001),
    ask("beyond her savings", "beyond_multiple", "amount", amount=500_001),
    ask("beyond the charter's months", "beyond_months", "months", amount=100_000, months=13),
    ask("terms of zero", "invalid", "months", months=0),
    ask("terms below zero", "invalid", "months", months=-1),
    ask("terms in quotes", "invalid", "months", months="9"),
    ask("terms of half a month", "invalid", "months", months=0.5),
    ask("terms without end", "months", None, months=601),
    ask("a quarter too many", "not_quarters", "months", amount=100_000, months=8, plan="quarterly"),
    ask("a plan nobody knows", "invalid", "plan", plan="weekly"),
    ask("a plan in capitals", "invalid", "plan", plan="MONTHLY"),
    ask("no plan", "invalid", "plan", plan=None),
    ask("a purpose nobody knows", "invalid", "purpose", purpose="party"),
    ask("tomorrow", "in_future", "date", date=TOMORROW),
    ask("a day that is none", "invalid", "date", date="2026-02-30"),
    ask("late without a reason", "reason_needed", "reason", amount=1000, date="2026-10-01"),
    ask("before she joined", "before_joining", "date", date="2025-10-19", **REASON),
    ask("a member nobody knows", "member_unknown", "member_id", member_id=NOWHERE),
    ask("another chapter's member", "member_unknown", "member_id", member_id="@@Tư"),
    ask("a member that is no id", "invalid", "member_id", member_id="Lan"),
    ask("one who left", "left_already", "member_id", 409, member_id="@Chín"),
    ask("one who waits already", "one_at_a_time", "member_id", 409, member_id="@Lan"),
    ask("one who owes already", "one_at_a_time", "member_id", 409, member_id="@Mai"),
    ask("a pot nobody knows", "pot_unknown", "pot_id", pot_id=NOWHERE),
    ask("another chapter's pot", "pot_unknown", "pot_id", pot_id="@theirs"),
    ask("the donation box", "box_never_lends", "pot_id", pot_id="@box"),
    ask("her own word for herself", "guarantor_herself", "guarantor_id", amount=100_000,
        guarantor_id="@Tám"),
    ask("a guarantor nobody knows", "member_unknown", "guarantor_id", guarantor_id=NOWHERE),
    ask("another chapter's guarantor", "member_unknown", "guarantor_id", guarantor_id="@@Tư"),
    ask("a rate of her own", "invalid", "rate", rate=0),
    ask("an endless note", "invalid", "note", note="x" * 2001),
    *(ask(f"{what} in a note", "text_bad_character", "note", amount=1000, note=f"vay{sign}")
      for what, sign in UNSEEN.items()),
    *rows("approval", {},
          ("of her own", 403, "beneficiary", None, "heads", {}, "head"),
          ("by whoever pays it", 403, FORBIDDEN, None, "applied", {}),
          ("by the inspector", 403, FORBIDDEN, None, "applied", {}, "inspector"),
          ("before it was asked", 422, "before_last", "date", "applied", {"on": "2026-10-09"}, "head"),
          ("tomorrow", 422, "in_future", "on", "applied", {"on": TOMORROW}, "head"),
          ("of a lost vote", 422, "vote_lost", "vote", "applied", {"vote": {"yes": 5, "no": 5}},
           "head"),
          ("of hands below zero", 422, "invalid", "vote.no", "applied", {"vote": {"yes": 5, "no": -1}},
           "head"),
          ("of half a vote", 422, "invalid", "vote.no", "applied", {"vote": {"yes": 5}}, "head"),
          ("of hands in quotes", 422, "invalid", "vote.yes", "applied",
           {"vote": {"yes": "5", "no": 1}}, "head"),
          ("out of order", 422, "out_of_order", "out_of_order_reason", "large", {}, "head"),
          ("beyond free cash", 409, "beyond_free_cash", "amount", "large",
           {"out_of_order_reason": "họp quyết"}, "head")),
    *states("approval", {}, "applied", by="head"),
    *rows("refusal", {},
          ("by whoever pays it", 403, FORBIDDEN, None, "applied", {}),
          ("tomorrow", 422, "in_future", "on", "applied", {"on": TOMORROW}, "head"),
          ("before it was asked", 422, "before_last", "date", "applied", {"on": "2026-10-09"}, "head")),
    *states("refusal", {}, "applied", "approved", by="head"),
    *rows("disbursement", {"date": DAY},
          ("by whoever approved it", 403, FORBIDDEN, None, "approved", {}, "head"),
          ("before it was approved", 422, "before_last", "date", "approved",
           {"date": "2026-09-30"} | REASON),
          ("late without a reason", 422, "reason_needed", "reason", "approved",
           {"date": "2026-10-01"}),
          ("tomorrow", 422, "in_future", "date", "approved", {"date": TOMORROW}),
          ("on no day", 422, "invalid", "date", "approved", {"date": ""})),
    *states("disbursement", {"date": DAY}, "approved"),
    *amounts("repayments", REPAYS),
    *rows("repayments", REPAYS,
          ("too much", 422, "overpaid", "amount", "running", {"amount": 2_000_000}),
          ("before it was paid out", 422, "before_last", "date", "running",
           {"date": "2026-08-19"} | REASON),
          ("late without a reason", 422, "reason_needed", "reason", "running", {"date": LONG_AGO}),
          ("tomorrow", 422, "in_future", "date", "running", {"date": TOMORROW}),
          ("divided by herself", 422, "invalid", "interest", "running", {"interest": 0}),
          ("by the inspector", 403, FORBIDDEN, None, "running", {}, "inspector")),
    *states("repayments", REPAYS, "running"),
    *amounts("recoveries", REPAYS, "written_off"),
    *rows("recoveries", REPAYS,
          ("too much", 422, "overpaid", "amount", "written_off", {"amount": 1_000_001}),
          ("before it was lost", 422, "before_last", "date", "written_off",
           {"date": "2026-09-30"} | REASON)),
    *states("recoveries", REPAYS, "written_off"),
    *rows("reschedules", NEW_PLAN,
          ("of zero months", 422, "invalid", "months", "running", {"months": 0}),
          ("beyond the charter's months", 422, "beyond_months", "months", "running", {"months": 13}),
          ("a quarter too many", 422, "not_quarters", "months", "running",
           {"months": 5, "plan": "quarterly"}),
          ("of a plan nobody knows", 422, "invalid", "plan", "running", {"plan": "daily"}),
          ("without a reason", 422, "invalid", "reason", "running", {"reason": ""}),
          ("without a word", 422, "text_empty", "reason", "running", {"reason": "  "}),
          ("on a day of her own", 422, "invalid", "date", "running", {"date": DAY}),
          ("by the inspector", 403, FORBIDDEN, None, "running", {}, "inspector")),
    *states("reschedules", NEW_PLAN, "running"),
    *amounts("waivers", REPAYS | REASON),
    *rows("waivers", REPAYS | REASON,
          ("of principal", 422, "overpaid", "amount", "running", {"amount": 500_000}),
          ("before it was paid out", 422, "before_last", "date", "running", {"date": "2026-08-19"}),
          ("without a reason", 422, "invalid", "reason", "running", {"reason": ""})),
    *states("waivers", REPAYS | REASON, "running"),
    *rows("write-off", {"date": DAY} | REASON,
          ("before it was paid out", 422, "before_last", "date", "running", {"date": "2026-08-19"}),
          ("without a reason", 422, "invalid", "reason", "running", {"reason": ""}),
          ("without a word", 422, "text_empty", "reason", "running", {"reason": " "}),
          ("of a part", 422, "invalid", "amount", "running", {"amount": 1000}),
          ("tomorrow", 422, "in_future", "date", "running", {"date": TOMORROW})),
    *states("write-off", {"date": DAY} | REASON, "running"),
    *rows("visits", VISITS,
          ("before it was paid out", 422, "before_paid_out", "date", "running", {"date": "2026-08-19"}),
          ("tomorrow", 422, "in_future", "date", "running", {"date": TOMORROW}),
          ("without a word", 422, "invalid", "note", "running", {"note": ""}),
          ("with a number for yes", 422, "invalid", "left_poor_list", "running",
           {"left_poor_list": 1}),
          ("by the inspector", 403, FORBIDDEN, None, "running", {}, "inspector")),
    *states("visits", VISITS, "running", "closed", "written_off"),
]  # fmt: skip


def test_each_has_a_name_of_its_own() -> None:
    assert len({bad.name for bad in BAD}) == len(BAD)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_request_is_refused_for_its_reason(lender: Lender, bad: Bad) -> None:
    """In Vietnamese, then in English; the book stands as it stood."""
    before = lender.village.everything()
    body = bad.body if bad.of else lender.application(**bad.body)
    vi, en = (
        problem(
            lender.who(bad.by).post(lender.path(bad.of, bad.door), body, key=a_key(),
                                    headers={"Accept-Language": language}),
            bad.status, bad.code,
        )
        for language in ("vi", "en;q=0.9, vi;q=0.1")
    )  # fmt: skip
    said_in_both_languages(vi, en, bad.where)
    assert lender.village.everything() == before


DOORS = {
    "approval": {}, "refusal": {}, "disbursement": {"date": DAY}, "repayments": REPAYS,
    "recoveries": REPAYS, "reschedules": NEW_PLAN, "waivers": REPAYS | REASON,
    "write-off": {"date": DAY} | REASON, "visits": VISITS,
}  # fmt: skip


@pytest.mark.parametrize("door", ["", *DOORS])
@pytest.mark.parametrize("by", ["head", "treasurer"])
def test_another_chapters_loan_is_as_if_it_were_not_there(
    lender: Lender, door: str, by: str
) -> None:
    before = lender.village.everything()
    said = []
    for id in (lender.loans["theirs"], NOWHERE, "412", NOWHERE.upper().replace("0", "A")):
        path = f"{API}/loans/{id}"
        who = lender.who(by)
        answer = who.post(f"{path}/{door}", DOORS[door], key=a_key()) if door else who.get(path)
        said.append(problem(answer, 404, "not_found"))
    assert said[0] == said[1] == said[2] == said[3]
    assert lender.village.everything() == before


# The pages

GOOD_FORM = {"amount": "900k", "months": "9", "plan": "monthly", "purpose": "livestock",
             "date": DAY, "do": "ask"}  # fmt: skip
ASKED_BADLY = [
    ({"member_id": ""}, "member_id", "Mời chị chọn."),
    ({"member_id": "Lan"}, "member_id", "Mời chị chọn."),
    ({"member_id": NOWHERE}, "member_id", "không có hội viên này"),
    ({"member_id": "@@Tư"}, "member_id", "không có hội viên này"),
    ({"member_id": "@Mai"}, "member_id", "Còn một khoản vay chưa xong"),
    ({"member_id": "@Chín"}, "member_id", "đã rời chi hội"),
    ({"pot_id": "@theirs"}, "", "không có lợn này"),  # no field to choose from: one pig lends
    ({"pot_id": "@box"}, "", "không cho vay"),
    ({"pot_id": "lợn"}, "", "Mời chị chọn."),
    ({"guarantor_id": "Lan"}, "guarantor_id", "Mời chị chọn."),
    ({"guarantor_id": "@Tám"}, "guarantor_id", "phải là người khác"),
    ({"guarantor_id": "@@Tư"}, "guarantor_id", "không có hội viên này"),
    ({"amount": ""}, "amount", "số tiền"),
    ({"amount": "0"}, "amount", "số tiền"),
    ({"amount": "nhiều"}, "amount", "Chưa rõ"),
    ({"amount": "10.5"}, "amount", "Chưa rõ"),
    ({"amount": "-5k"}, "amount", "dấu trừ"),
    ({"amount": "300"}, "amount", "“300” là 300.000 ₫ phải không chị?"),
    ({"amount": "9" * 60}, "amount", ""),
    ({"amount": "\x00"}, "amount", ""),
    ({"amount": "500.001"}, "amount", "gấp 10 lần"),
    ({"amount": "2.000.001", "member_id": "@Trưởng"}, "amount", "nhiều nhất"),
    ({"months": ""}, "months", "Mấy tháng?"),
    ({"months": "chín"}, "months", "Mấy tháng?"),
    ({"months": "٣"}, "months", "Mấy tháng?"),
    ({"months": "0"}, "months", "từ 1 đến 600 tháng"),
    ({"months": "13"}, "months", "lâu nhất 12 tháng"),
    ({"months": "8", "plan": "quarterly"}, "months", "chia hết cho 3"),
    ({"plan": "weekly"}, "plan", "Trả thế nào?"),
    ({"purpose": ""}, "purpose", "Vay làm gì?"),
    ({"purpose": "party"}, "purpose", "Vay làm gì?"),
    ({"date": "hôm qua"}, "date", "Ngày"),
    ({"date": TOMORROW}, "date", "Ngày này chưa tới."),
    ({"date": "2026-10-01"}, "reason", "Ghi lùi quá 7 ngày thì cần lý do."),
    ({"date": "2025-10-19", "reason": "sổ cũ"}, "date", "vào chi hội ngày 20/10/2025"),
    ({"note": "x" * 2001}, "note", "2000"),
    ({"note": "\u202e"}, "note", ""),
]


def named(value: Any) -> str:
    return " ".join(f"{name}={said[:20]!r}" for name, said in value.items()) if isinstance(
        value, dict
    ) else ""  # fmt: skip


@pytest.mark.parametrize(("change", "where", "says"), ASKED_BADLY, ids=named)
@pytest.mark.parametrize("do", ["ask", "try"])
def test_a_bad_application_comes_back(
    lender: Lender, change: dict[str, str], where: str, says: str, do: str
) -> None:
    """With its sentence beside the field; trying it beforehand is not harsher than asking."""
    village, before = lender.village, lender.village.everything()
    form = {"member_id": "@Tám", "pot_id": village.chapter.pot} | GOOD_FORM | {"amount": "300k"}
    form |= {"do": do} | change
    form = {name: lender.named(said) for name, said in form.items()}
    answer = village.browser(village.chapter.treasurer).send(f"{village.pages}/vay/moi", form)
    assert village.everything() == before
    if do == "try":
        assert answer.status_code in (200, 409, 422), plain(answer.text)
        return
    assert answer.status_code in (409, 422), plain(answer.text)
    sentence = beside(answer.text, where) if where else seen(answer.text)
    assert says in sentence and VIETNAMESE.search(sentence)


DONE_BADLY = [
    ("running", "tra", {"amount": ""}, "amount", "số tiền"),
    ("running", "tra", {"amount": "nhiều"}, "amount", "Chưa rõ"),
    ("running", "tra", {"amount": "1.500k"}, "amount", "Chưa rõ"),
    ("running", "tra", {"amount": "-1k"}, "amount", "dấu trừ"),
    ("running", "tra", {"amount": "2tr"}, "amount", "chỉ còn phải trả"),
    ("running", "tra", {"amount": "1k", "date": TOMORROW}, "date", "Ngày này chưa tới."),
    ("running", "tra", {"amount": "1k", "date": "x"}, "date", "Ngày"),
    ("running", "tra", {"amount": "1k", "date": "2026-08-19", "reason": "sổ cũ"}, "date",
     "Đã ghi lần trao tiền ngày 20/08/2026."),
    ("running", "tra", {"amount": "1k", "date": LONG_AGO}, "reason", "cần lý do"),
    ("running", "cach-tra", {"months": "0", "plan": "monthly", "reason": "mất mùa"}, "months",
     "từ 1 đến 600 tháng"),
    ("running", "cach-tra", {"months": "x", "plan": "monthly", "reason": "mất mùa"}, "months",
     "Mấy tháng?"),
    ("running", "cach-tra", {"months": "13", "plan": "monthly", "reason": "mất mùa"}, "months",
     "lâu nhất 12 tháng"),
    ("running", "cach-tra", {"months": "6", "plan": "x", "reason": "mất mùa"}, "plan",
     "Trả thế nào?"),
    ("running", "cach-tra", {"months": "6", "plan": "monthly", "reason": " "}, "reason",
     "còn trống"),
    ("running", "mien-lai", {"amount": "500k", "reason": "ốm"}, "amount", "chỉ còn phải trả"),
    ("running", "xoa-no", {"reason": ""}, "reason", "còn trống"),
    ("running", "xoa-no", {"reason": "đi xa", "date": "2026-08-19"}, "date", "lần trao tiền"),
    ("running", "tham", {"note": ""}, "note", ""),
    ("running", "tham", {"note": "ổn", "date": "2026-08-19"}, "date", "Trao tiền ngày 20/08/2026"),
    ("written_off", "thu-lai", {"amount": "2tr"}, "amount", "chỉ còn phải trả"),
    ("approved", "trao", {"date": "2026-09-30", "reason": "muộn"}, "date", "lần duyệt vay"),
    ("approved", "trao", {"date": TOMORROW}, "date", "Ngày này chưa tới."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "viec", "change", "where", "says"), DONE_BADLY,
    ids=[f"{viec} {named(change)}" for _, viec, change, _, _ in DONE_BADLY],
)  # fmt: skip
def test_a_bad_form_of_a_loan_comes_back(
    lender: Lender, of: str, viec: str, change: dict[str, str], where: str, says: str
) -> None:
    village, before = lender.village, lender.village.everything()
    page = village.browser(village.chapter.treasurer)
    form = {"viec": viec, "key": a_key(), "date": DAY} | change
    answer = page.send(f"/vay/{lender.loans[of]}", form)
    assert answer.status_code in (409, 422), plain(answer.text)
    sentence = beside(answer.text, where)
    assert says in sentence and VIETNAMESE.search(sentence)
    assert village.everything() == before


@pytest.mark.parametrize(
    "of", ["applied", "approved", "running", "closed", "written_off", "refused"]
)
def test_what_does_not_fit_a_loan_is_a_page_not_a_fault(lender: Lender, of: str) -> None:
    """Every act on a loan in every state, with what it needs: the page, a reason, nothing written."""
    village = lender.village
    fits = {"applied": ("duyet", "khong-duyet"), "approved": ("khong-duyet", "trao"),
            "running": ("tra", "tham", "cach-tra", "mien-lai", "xoa-no"),
            "written_off": ("thu-lai", "tham"), "closed": ("tham",), "refused": ()}  # fmt: skip
    form = {"date": DAY, "amount": "1k", "months": "6", "plan": "monthly", "reason": "họp quyết",
            "note": "ổn", "yes": "9", "no": "1"}  # fmt: skip
    before = village.everything()
    for viec in ("duyet", "khong-duyet", "trao", "tra", "thu-lai", "tham", "cach-tra", "mien-lai",
                 "xoa-no", "", "everything", "\x00"):  # fmt: skip
        if viec in fits[of]:
            continue
        officer = village.chapter.head if "duyet" in viec else village.chapter.treasurer
        answer = village.browser(officer).send(
            f"/vay/{lender.loans[of]}", form | {"viec": viec, "key": a_key()}
        )
        assert answer.status_code in (409, 422), (viec, answer.status_code, plain(answer.text))
        assert 'role="alert"' in answer.text, viec
    assert village.everything() == before


def test_a_head_approves_no_loan_of_her_own_on_the_page(lender: Lender) -> None:
    village, before = lender.village, lender.village.everything()
    head = village.browser(village.chapter.head)
    path = f"/vay/{lender.loans['heads']}"
    assert 'value="duyet"' not in head.get(path).text
    before = village.everything()
    form = {"viec": "duyet", "key": a_key(), "date": DAY, "yes": "9", "no": "0"}
    answer = head.send(path, form)
    assert answer.status_code == 403 and "cho chính chị" in plain(answer.text)
    for bad in ({"yes": "x"}, {"no": "-1"}, {"yes": "1", "no": "2"}, {"date": "x"}):
        said = head.send(
            f"/vay/{lender.loans['applied']}", form | {"out_of_order_reason": "họp"} | bad
        )
        assert said.status_code == 422 and 'role="alert"' in said.text, bad
    assert village.everything() == before


# A closed cycle


def test_nothing_of_a_loan_enters_a_closed_cycle(village: Village, clock: StoryClock) -> None:
    """The pig was broken on 19/10: nothing is told of the days before, whichever door."""
    lends = Lends(village.chapter)
    clock.tell(date(2026, 10, 1))
    lends.till.opens("Lan 100.000", hand=3_000_000)
    running, lost = lends.lent("Lan", 900_000), lends.lent("Hoa", 900_000)
    lends.till.signs(lends.asks_to_write_off(lost))
    agreed = lends.asks("Mai", 100_000)
    lends.approves(agreed)
    clock.tell(TODAY)
    broken(village.chapter, on=TODAY - timedelta(days=1))
    before = village.everything()
    late = {"date": "2026-10-18"} | REASON
    for path, body in (
        (f"loans/{agreed}/disbursement", late),
        (f"loans/{running}/repayments", late | {"amount": 1000}),
        (f"loans/{running}/write-off", late),
        (f"loans/{lost}/recoveries", late | {"amount": 1000}),
    ):
        said = problem(
            village.treasurer.post(f"{API}/{path}", body, key=a_key()), 409, "cycle_closed"
        )
        assert "19/10/2026" in said["detail"] and VIETNAMESE.search(said["detail"])
    assert village.everything() == before
