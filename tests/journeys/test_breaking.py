"""A breaking through its doors, as an office's program would go."""

from __future__ import annotations

from typing import Any

import pytest

from app.terms import Kept
from tests.journeys.doors import API, Caller, Village, fields, problem
from tests.story import TODAY as DAY_ONE
from tests.story import a_key

TODAY = DAY_ONE.isoformat()
WITNESSES = ["Nguyễn Thị Chứng", "Nguyễn Thị Kiến"]


@pytest.fixture
def own(village: Village) -> Village:
    """Lan has 50.000 in the pig, Hoa 10.000."""
    village.chapter.sheet("Lan 50.000/50, Hoa 10.000/10")
    return village


def head(own: Village) -> Caller:
    return own.program(own.chapter.head)


def opened(own: Village, **more: Any) -> str:
    said = {"pot_id": own.chapter.pot, "date": TODAY} | more
    answer = own.treasurer.post(f"{API}/chapters/{own.chapter.id}/breakings", said)
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"id", "state"} and answer.json()["state"] == "open"
    return f"{API}/breakings/{answer.json()['id']}"


def counted(own: Village, at: str, notes: dict[str, int], **more: Any) -> dict[str, Any]:
    said = {"notes": notes, "witnesses": WITNESSES} | more
    answer = own.treasurer("PUT", f"{at}/count", json=said)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


PLAN = {"fingerprint", "counted", "book", "surplus", "carried", "lines", "totals",
        "exchange_needed"}  # fmt: skip
LINE = {"member_id", "savings", "share", "set_off", "take", "keep", "give", "payout", "notes"}


def test_the_whole_way(own: Village) -> None:
    """Opened, counted, decided, previewed, signed by two; a replay is the same bytes."""
    at = opened(own)
    told = counted(own, at, {"50000": 1, "10000": 1, "2000": 3},
                   difference={"decision": "accepted", "reason": "không rõ của ai"})  # fmt: skip
    assert (told["counted"], told["book"], told["difference"]) == (66_000, 60_000, 6_000)
    lan = own.chapter.members["Lan"]
    decided = own.treasurer("PUT", f"{at}/decisions", json={
        "lines": [{"member_id": lan, "take": None, "keep": 0, "give": 0}]
    })  # fmt: skip
    assert decided.status_code == 200 and decided.json()["state"] == "decided"
    plan = head(own).get(f"{at}/plan").json()
    assert plan.keys() >= PLAN and plan["surplus"] == 6_000 and plan["carried"] == 0
    hers = plan["lines"][0]
    assert hers.keys() >= LINE
    assert (hers["member_id"], hers["share"], hers["payout"]) == (lan, 5_000, 55_000)
    assert sum(int(value) * n for value, n in hers["notes"].items()) == 55_000
    assert plan["exchange_needed"][0].keys() == {"give", "get"}
    print_ = {"fingerprint": plan["fingerprint"]}
    first_key, second_key = a_key(), a_key()
    first = own.treasurer.post(f"{at}/signatures", print_, key=first_key)
    assert first.status_code == 202 and first.json()["state"] == "signed"
    problem(own.treasurer.post(f"{at}/signatures", print_, key=a_key()), 403, "same_person")
    second = head(own).post(f"{at}/signatures", print_, key=second_key)
    assert second.status_code == 200, second.text
    assert second.json()["state"] == "posted" and second.json()["receipt"].keys() == {"seq", "head"}
    for caller, key, before in ((own.treasurer, first_key, first), (head(own), second_key, second)):
        again = caller.post(f"{at}/signatures", print_, key=key)
        assert (again.status_code, again.content) == (before.status_code, before.content)
        assert again.headers["idempotent-replay"] == "true"
    shown = own.program(own.chapter.inspector).get(at).json()
    assert shown["state"] == "posted" and len(shown["trail"]) == 5
    assert head(own).get(f"{at}/plan").json() == plan | {"first_signer": "Nguyễn Thị treasurer"}
    balance = own.treasurer.get(f"{API}/members/{lan}/balance").json()
    assert (balance["savings"], balance["pots"][0]["periods_covered"]) == (0, 0)
    statement = own.treasurer.get(f"{API}/members/{lan}/statement").json()["items"]
    assert {(item["kind"], item["amount"]) for item in statement} == {
        ("breaking", -55_000), ("breaking", 5_000), ("sheet", 50_000),
    }  # fmt: skip
    book = own.treasurer.get(
        f"{API}/chapters/{own.chapter.id}/cash-book",
        params={"pot_id": own.chapter.pot, "place": "hand"},
    )
    assert book.status_code == 200 and "Mổ lợn" in book.text and "11000" in book.text


def test_a_second_breaking_and_what_waits(own: Village) -> None:
    at = opened(own)
    told = {"pot_id": own.chapter.pot, "date": TODAY}
    again = own.treasurer.post(f"{API}/chapters/{own.chapter.id}/breakings", told)
    problem(again, 409, "breaking_already_open")
    sheet = own.treasurer.post(own.sheets, own.sheet(), key=a_key())
    problem(sheet, 409, "breaking_open")
    stopped = own.treasurer.post(f"{at}/abandon", {"reason": "mưa"}, key=a_key())
    assert stopped.status_code == 200 and stopped.json()["state"] == "abandoned"
    assert own.treasurer.post(own.sheets, own.sheet(), key=a_key()).status_code == 201


def test_entries_after_the_day(own: Village) -> None:
    told = {"pot_id": own.chapter.pot, "date": "2026-10-19"}
    answer = own.treasurer.post(f"{API}/chapters/{own.chapter.id}/breakings", told)
    assert fields(problem(answer, 409, "entries_after")) == ["date"]
    told = {"pot_id": own.chapter.pot, "date": "2026-10-21"}
    answer = own.treasurer.post(f"{API}/chapters/{own.chapter.id}/breakings", told)
    assert fields(problem(answer, 422, "in_future")) == ["date"]


BAD_COUNTS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"notes": {"3000": 1}}, "note_unknown", ["notes.3000"]),
    ({"notes": {"1000": -1}}, "note_count", ["notes.1000"]),
    ({"notes": {"1000": 1.0}}, "invalid", ["notes.1000"]),
    ({"notes": {"1000": "1"}}, "invalid", ["notes.1000"]),
    ({"notes": {"1000": True}}, "invalid", ["notes.1000"]),
    ({"notes": {}, "witnesses": ["Bà Chứng"]}, "witnesses_needed", ["witnesses"]),
    ({"notes": {}, "more": 1}, "invalid", ["more"]),
    ({"notes": {}, "difference": {"decision": "accepted", "reason": "x"}}, "outcome_unfit",
     ["difference.decision"]),
    ({"notes": {}, "difference": {"decision": "lost", "reason": "x"}}, "invalid",
     ["difference.decision"]),
]  # fmt: skip


@pytest.mark.parametrize(("told", "code", "where"), BAD_COUNTS)
def test_bad_counts(own: Village, told: dict[str, Any], code: str, where: list[str]) -> None:
    at = opened(own)
    before = own.everything()
    answer = own.treasurer("PUT", f"{at}/count", json={"witnesses": WITNESSES} | told)
    assert fields(problem(answer, 422, code)) == where
    assert own.everything() == before


BAD_LINES: list[tuple[dict[str, Any], str]] = [
    ({"take": 50_001, "keep": None, "give": 0}, "beyond_savings"),
    ({"take": 1, "keep": 1, "give": 1}, "not_all_savings"),
    ({"take": None, "keep": None, "give": 0}, "one_open"),
    ({"take": -1, "keep": None, "give": 0}, "invalid"),
    ({"take": 1.5, "keep": None, "give": 0}, "invalid"),
    ({"take": 0, "keep": None}, "invalid"),
]


@pytest.mark.parametrize(("line", "code"), BAD_LINES)
def test_bad_decisions(own: Village, line: dict[str, Any], code: str) -> None:
    at = opened(own)
    told = {"lines": [{"member_id": own.chapter.members["Lan"]} | line]}
    problem(own.treasurer("PUT", f"{at}/decisions", json=told), 409 if code != "invalid" else 422,
            "not_counted" if code != "invalid" else code)  # fmt: skip
    counted(own, at, {"50000": 1, "10000": 1})
    before = own.everything()
    problem(own.treasurer("PUT", f"{at}/decisions", json=told), 422, code)
    assert own.everything() == before


def test_a_member_came_between(own: Village) -> None:
    at = opened(own)
    counted(own, at, {"50000": 1, "10000": 1})
    stale = {"fingerprint": own.treasurer.get(f"{at}/plan").json()["fingerprint"]}
    assert own.treasurer.post(f"{at}/signatures", stale, key=a_key()).status_code == 202
    own.chapter.join("Na", on=DAY_ONE)
    said = problem(
        head(own).post(f"{at}/signatures", stale, key=a_key()), 409, "fingerprint_changed"
    )
    assert "số 4" in said["detail"]
    problem(head(own).post(f"{at}/signatures", stale), 400, "key_missing")


def test_pigs_from_home(own: Village) -> None:
    pot = own.chapter.open_pot(kept=Kept.HOME, name="ống tre")
    at = opened(own, pot_id=pot)
    lan = own.chapter.members["Lan"]
    counted(own, at, {}, home=[{"member_id": lan, "notes": {"20000": 3}}])
    line = own.treasurer.get(f"{at}/plan").json()["lines"][0]
    assert (line["member_id"], line["savings"], line["stays"]) == (lan, 60_000, 60_000)
    shown = own.treasurer.get(at).json()["count"]
    assert shown["home"] == [{"member_id": lan, "notes": {"20000": 3}}]
    assert shown["witnesses"] == ", ".join(WITNESSES)
