"""The demo's loan book, told on different days: as old as a plain count by its rows says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.config import Settings
from app.db.engine import Database
from app.db.tx import Tx
from app.demo import story
from app.ledger import verify
from app.main import create_app
from app.terms import Role
from tests.journeys.doors import API, Caller
from tests.story import StoryClock, findings

FIRST = "Chi hội thôn Mẫu"
# A leap day, the year's ends, the first day of Tết, a public holiday, a month's end, a plain Sunday.
DAYS = [date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 6), date(2026, 9, 2),
        date(2027, 5, 31), date(2027, 7, 4)]  # fmt: skip
LATER = (0, 1, 30, 100)  # days after it was made, somebody looks again
STEP = 1000


@dataclass
class Counted:
    """A loan by its bare rows: what is out, by whom it is late, what it went through."""

    out: int
    days_late: int
    kinds: list[str] = field(default_factory=list)

    @property
    def age(self) -> str:
        """Its class, counted by hand."""
        if not self.days_late:
            return "on_time"
        return next(
            (name for last, name in ((30, "1_30"), (90, "31_90")) if self.days_late <= last),
            "over_90",
        )


def count(tx: Tx, chapter: str, today: date) -> dict[str, Counted]:
    """Every loan that was paid out: its rows were told, the ledger says what came back when."""
    lent = tx.rows("SELECT id, amount, months, plan FROM loan WHERE chapter_id = ?", (chapter,))
    every = {loan: _counted(tx, chapter, today, loan, *asked) for loan, *asked in lent}
    return {loan: one for loan, one in every.items() if one}


def _counted(
    tx: Tx, chapter: str, today: date, loan: str, amount: int, months: int, plan: str
) -> Counted | None:
    facts = tx.rows(
        "SELECT kind, day, months, plan, due, amount FROM loan_fact"
        " WHERE chapter_id = ? AND loan_id = ? ORDER BY no", (chapter, loan),
    )  # fmt: skip
    kinds = [kind for kind, *_ in facts]
    if "disbursed" not in kinds:
        return None
    back = tx.rows(
        "SELECT e.day, m.amount FROM movement m JOIN account a ON a.chapter_id = m.chapter_id"
        " AND a.no = m.credit_no JOIN entry e ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
        " WHERE a.chapter_id = ? AND a.kind = 'loan' AND a.owner_id = ?", (chapter, loan),
    )  # fmt: skip
    told = next(fact for fact in facts if fact[0] == "disbursed")
    begins, rows = 0, _rows(amount, months, plan, json.loads(told[4]))
    for kind, day, new_months, new_plan, due, _ in facts:
        if kind == "rescheduled":
            begins = sum(part for on, part in back if on <= day)
            rows = _rows(amount - begins, new_months, new_plan, json.loads(due))
    paid = sum(part for _, part in back)
    return Counted(amount - paid, _late(rows, paid - begins, today), kinds)


def _rows(amount: int, months: int, plan: str, due: list[str]) -> list[tuple[date, int]]:
    every = {"bullet": months, "monthly": 1, "quarterly": 3}[plan]
    number = months // every
    assert len(due) == number
    each = amount // number // STEP * STEP
    parts = [each] * (number - 1) + [amount - each * (number - 1)]
    return [(date.fromisoformat(on), part) for on, part in zip(due, parts, strict=True)]


def _late(rows: list[tuple[date, int]], paid: int, today: date) -> int:
    """Days since the first row that what came back does not reach."""
    for due_on, part in rows:
        if paid < part:
            return max((today - due_on).days, 0)
        paid -= part
    return 0


@dataclass
class Looked:
    """A demo as its treasurer sees it through the API."""

    db: Database
    client: TestClient
    with_pin: dict[str, str]
    chapter: str

    @property
    def keeper(self) -> Caller:
        """She signs in as the demo printed it: each time anew, since days go by."""
        answer = self.client.post(f"{API}/sessions", json=self.with_pin)
        return Caller(self.client, {"Authorization": f"Bearer {answer.json()['token']}"})

    def loans(self) -> dict[str, dict[str, Any]]:
        """Every loan of the chapter."""
        listed = self.keeper.get(f"{API}/chapters/{self.chapter}/loans").json()
        assert listed["next"] is None
        return {loan["id"]: loan for loan in listed["items"]}


@contextmanager
def looked_at(db: Database, settings: Settings, said: dict[str, Any]) -> Iterator[Looked]:
    """By the first chapter's treasurer."""
    (chapter,) = (one["id"] for one in said["chapters"] if one["name"] == FIRST)
    (person,) = (
        p for p in said["people"] if (p["role"], p["chapter_id"]) == (Role.TREASURER, chapter)
    )
    with TestClient(create_app(settings, db), raise_server_exceptions=False) as client:
        yield Looked(
            db, client, {"device_token": person["device_token"], "pin": person["pin"]}, chapter
        )


@pytest.fixture
def told(
    sqlite_db: Database, sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Database, Settings]:
    """Where a demo is to be told; a year instead of five."""
    monkeypatch.setattr(story, "YEARS", 1)
    return sqlite_db, replace(sqlite_settings, data=tmp_path)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_it_is_as_old_as_it_is(
    told: tuple[Database, Settings], clock: StoryClock, today: date
) -> None:
    """On that day every class has a loan; then, and on later days, each is in the class it is."""
    clock.tell(today)
    said = story.tell(*told)
    with looked_at(*told, said) as demo:
        for later in LATER:
            clock.tell(today + timedelta(days=later))
            found = demo.db.read_now(count, demo.chapter, today + timedelta(days=later))
            shown = demo.loans()
            running = {loan for loan, one in shown.items() if one["state"] == "running"}
            assert running == {loan for loan, one in found.items() if one.out}
            for loan in running:
                one = shown[loan]
                assert (one["outstanding"], one["days_overdue"], one["ageing"]) == (
                    found[loan].out, found[loan].days_late, found[loan].age,
                )  # fmt: skip
            if not later:
                ages = Counter(found[loan].age for loan in running)
                assert set(ages) == {"on_time", "1_30", "31_90", "over_90"}, ages
        books = demo.db.read_now(verify.books)
        assert [line for book in books for line in findings(demo.db, book)] == []


@pytest.mark.parametrize("today", [DAYS[0], DAYS[3]], ids=str)
def test_every_way_in_which_a_loan_can_stand(
    told: tuple[Database, Settings], clock: StoryClock, today: date
) -> None:
    clock.tell(today)
    said = story.tell(*told)
    with looked_at(*told, said) as demo:
        shown = demo.loans().values()
        found = demo.db.read_now(count, demo.chapter, today)
        keeper = demo.keeper
        states = Counter(loan["state"] for loan in shown)
        assert {"applied", "approved", "running", "closed", "written_off"} == set(states)
        assert {loan["plan"] for loan in shown} == {"bullet", "monthly", "quarterly"}
        assert len({loan["purpose"] for loan in shown}) >= 5
        new_plans = [loan for loan in shown if "rescheduled" in found_kinds(found, loan)]
        assert [loan["state"] for loan in new_plans] == ["running"]

        def history(loan: dict[str, Any]) -> dict[str, Any]:
            return dict(keeper.get(f"{API}/loans/{loan['id']}").json())

        (lost,) = (history(loan) for loan in shown if loan["state"] == "written_off")
        assert 0 < lost["recovered"] < lost["written_off"]
        ended = [history(loan) for loan in shown if loan["state"] == "closed"]
        assert any(visit["left_poor_list"] for loan in ended for visit in loan["visits"])
        needs = {history(loan)["member"]["need_class"] for loan in shown}
        assert {"poor", "near_poor", "hardship"} <= needs
        assert any(history(loan)["out_of_order_reason"] for loan in shown)
        queue = keeper.get(f"{API}/chapters/{demo.chapter}/loans/queue").json()["items"]
        assert [place["place"] for place in queue] == [1, 2, 3]


def found_kinds(found: dict[str, Counted], loan: dict[str, Any]) -> list[str]:
    return found[loan["id"]].kinds if loan["id"] in found else []


def test_five_years_of_lending(
    sqlite_db: Database, sqlite_settings: Settings, tmp_path: Path, clock: StoryClock
) -> None:
    """Several a year, the head's own by the deputy's hand; beside it the movement's 33 million."""
    today = date(2026, 11, 24)
    clock.tell(today)
    settings = replace(sqlite_settings, data=tmp_path)
    said = story.tell(sqlite_db, settings)
    with looked_at(sqlite_db, settings, said) as demo:
        shown = list(demo.loans().values())
        paid_out = Counter(
            (today - date.fromisoformat(loan["disbursed_on"])).days // 365
            for loan in shown if loan["disbursed_on"]
        )  # fmt: skip
        assert set(paid_out) == {0, 1, 2, 3, 4} and min(paid_out.values()) >= 3
        officers = [loan for loan in shown if loan["of_officer"]]
        heads = demo.keeper.get(f"{API}/loans/{officers[-1]['id']}").json()
        assert {loan["number"] for loan in officers} == {1, 3, 4}
        assert heads["state"] == "closed"
        rows = demo.db.read_now(
            Tx.rows, "SELECT kind, sum(balance) FROM account WHERE chapter_id = ? GROUP BY kind",
            (demo.chapter,),
        )  # fmt: skip
        held = {kind: int(sum_) for kind, sum_ in rows}
        found = demo.db.read_now(count, demo.chapter, today)
        assert held["loan"] == sum(
            one.out for one in found.values() if "written_off" not in one.kinds
        )
        assert held["savings"] > 33_000_000
