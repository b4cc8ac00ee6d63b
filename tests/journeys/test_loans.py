"""A loan through its doors, as an office's program or a member's phone would go."""

from __future__ import annotations

from typing import Any

import pytest

from app.access import actions as access
from tests.actions.moving_story import opens
from tests.journeys.doors import API, Caller, Village, fields, problem
from tests.journeys.holders import a_card
from tests.story import TODAY as DAY_ONE
from tests.story import StoryClock, a_key

TODAY = DAY_ONE.isoformat()


@pytest.fixture
def own(village: Village) -> Village:
    """A pig with 2.000.000 in hand, 500.000 of it Lan's."""
    chapter = village.chapter
    chapter.signs(chapter.head, opens(chapter, {"Lan": 500_000}, hand=2_000_000))
    return village


def application(own: Village, name: str = "Lan", **more: Any) -> dict[str, Any]:
    return {
        "member_id": own.chapter.members[name], "pot_id": own.chapter.pot, "date": TODAY,
        "amount": 900_000, "months": 9, "plan": "monthly", "purpose": "livestock",
    } | more  # fmt: skip


def loans(own: Village) -> str:
    return f"{API}/chapters/{own.chapter.id}/loans"


def asked(own: Village, name: str = "Lan", **more: Any) -> str:
    answer = own.treasurer.post(loans(own), application(own, name, **more))
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"id", "state"} and answer.json()["state"] == "applied"
    return f"{API}/loans/{answer.json()['id']}"


def lent(own: Village, name: str = "Lan", **more: Any) -> str:
    loan = asked(own, name, **more)
    assert (
        own.program(own.chapter.head)
        .post(f"{loan}/approval", {"vote": {"yes": 12, "no": 1}})
        .status_code
        == 200
    )
    paid = own.treasurer.post(f"{loan}/disbursement", {"date": TODAY}, key=a_key())
    assert paid.status_code == 201, paid.text
    return loan


def test_the_whole_way(own: Village, clock: StoryClock) -> None:
    loan = asked(own, note="mua hai con lợn nái")
    queue = own.program(own.chapter.inspector).get(f"{loans(own)}/queue").json()["items"]
    assert queue == [{
        "loan_id": loan.rpartition("/")[2], "member_id": own.chapter.members["Lan"], "place": 1,
        "reasons": ["không thuộc diện khó khăn", "mới xin vay", "chưa vay lần nào"],
    }]  # fmt: skip
    agreed = own.program(own.chapter.head).post(f"{loan}/approval", {"vote": {"yes": 12, "no": 1}})
    assert agreed.status_code == 200 and agreed.json()["state"] == "approved"
    key = a_key()
    paid = own.treasurer.post(f"{loan}/disbursement", {"date": TODAY}, key=key)
    assert paid.status_code == 201, paid.text
    rows = paid.json()["schedule"]
    assert rows[0] == {"due_on": "2026-11-20", "principal": 100_000, "interest": 0}
    assert sum(row["principal"] for row in rows) == 900_000
    again = own.treasurer.post(f"{loan}/disbursement", {"date": TODAY}, key=key)
    assert again.content == paid.content and again.headers["idempotent-replay"] == "true"
    back = own.treasurer.post(f"{loan}/repayments", {"date": TODAY, "amount": 150_000}, key=a_key())
    assert back.status_code == 201, back.text
    said = back.json()
    assert (said["principal"], said["interest"], said["outstanding"]) == (150_000, 0, 750_000)
    assert said["receipt"].keys() == {"seq", "head"}
    too_much = own.treasurer.post(
        f"{loan}/repayments", {"date": TODAY, "amount": 750_001}, key=a_key()
    )
    assert problem(too_much, 422, "overpaid")["owed"] == 750_000
    mine = own.treasurer.get(f"{API}/members/{own.chapter.members['Lan']}/balance").json()
    assert (mine["savings"], mine["loans_outstanding"]) == (500_000, 750_000)
    (listed,) = own.program(own.chapter.head).get(f"{loans(own)}?state=running").json()["items"]
    assert (listed["outstanding"], listed["ageing"]) == (750_000, "on_time")
    closed = own.program(own.chapter.head).get(f"{loans(own)}?state=closed").json()
    assert (closed["items"], closed["next"], closed["totals"]["loans"]) == ([], None, 0)


HISTORY = {
    "id", "state", "member", "pot_id", "amount", "months", "plan", "purpose", "applied_on",
    "queue_place", "vote", "approvals", "disbursed_on", "schedule", "payments", "outstanding",
    "days_overdue", "reschedules", "visits", "trail",
}  # fmt: skip


def test_the_history_has_the_shape_of_the_contract(own: Village) -> None:
    loan = lent(own)
    own.treasurer.post(f"{loan}/repayments", {"date": TODAY, "amount": 100_000}, key=a_key())
    made = own.program(own.chapter.head).post(f"{loan}/visits", {"date": TODAY, "note": "lợn lớn nhanh",
                                            "left_poor_list": True})  # fmt: skip
    assert made.status_code == 201, made.text
    said = own.program(own.chapter.inspector).get(loan).json()
    assert said.keys() >= HISTORY
    assert said["vote"] == {"yes": 12, "no": 1} and said["queue_place"] == 1
    assert said["member"]["name"] == "Nguyễn Thị Lan"
    (paid,) = said["payments"]
    assert {k: paid[k] for k in ("date", "amount", "principal", "interest", "days_late")} == {
        "date": TODAY, "amount": 100_000, "principal": 100_000, "interest": 0, "days_late": 0
    }  # fmt: skip
    assert [visit["left_poor_list"] for visit in said["visits"]] == [True]
    assert said["trail"] == sorted(said["trail"]) and len(said["trail"]) == 5


def test_a_leader_above_the_commune_says_why_and_it_is_logged(own: Village) -> None:
    loan = lent(own, note="chữa bệnh")
    province = own.program(own.chapter.union.provincial)
    blind = province.get(loan).json()
    assert blind["member"]["name"] is None and blind["note"] == ""
    seen = province.get(loan, params={"purpose": "báo cáo 20/10"}).json()
    assert seen["member"]["name"] == "Nguyễn Thị Lan"
    looked = own.db.read_now(
        lambda tx: tx.rows("SELECT why FROM record_view WHERE viewer_id = ?",
                           (own.chapter.union.provincial.person_id,))
    )  # fmt: skip
    assert looked == [("báo cáo 20/10",)]


def test_a_new_plan_and_a_write_off_take_two(own: Village) -> None:
    loan = lent(own)
    waits = own.treasurer.post(
        f"{loan}/reschedules", {"months": 6, "plan": "quarterly", "reason": "mất mùa"}
    )
    assert waits.status_code == 202 and waits.json().keys() == {
        "approval_id", "fingerprint", "waits_for"
    }  # fmt: skip
    done = signed(own.program(own.chapter.head), waits.json())
    assert done["state"] == "done" and done["result"]["outstanding"] == 900_000
    assert own.program(own.chapter.head).get(loan).json()["reschedules"][0]["reason"] == "mất mùa"
    gone = own.treasurer.post(f"{loan}/write-off", {"date": TODAY, "reason": "đi xa"}, key=a_key())
    assert gone.status_code == 202, gone.text
    assert signed(own.program(own.chapter.head), gone.json())["result"]["state"] == "written_off"
    back = own.treasurer.post(f"{loan}/recoveries", {"date": TODAY, "amount": 50_000}, key=a_key())
    assert back.status_code == 201, back.text
    assert (back.json()["recovered"], back.json()["lost"]) == (50_000, 850_000)


def signed(by: Caller, waits: dict[str, Any]) -> Any:
    answer = by.post(f"{API}/approvals/{waits['approval_id']}/sign",
                     {"fingerprint": waits["fingerprint"]})  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_repayment_is_taken_back_at_the_common_door(own: Village) -> None:
    loan = lent(own)
    paid = own.treasurer.post(f"{loan}/repayments", {"date": TODAY, "amount": 90_000}, key=a_key())
    entry = f"{API}/entries/{paid.json()['id']}/reversal"
    assert own.treasurer.post(entry, {"reason": "ghi nhầm"}, key=a_key()).status_code == 201
    assert own.program(own.chapter.head).get(loan).json()["outstanding"] == 900_000


def test_a_member_asks_with_her_card(own: Village) -> None:
    member, card = own.chapter.member("Lan"), a_card(own.chapter, "Lan")
    token = own.db.write_now(
        access.begin_session, person_id=member.person_id, card_id=card.id, hours=1
    )
    lan = Caller(own.client, {"Authorization": f"Bearer {token}"})
    made = lan.post(loans(own), application(own))
    assert made.status_code == 201, made.text
    assert lan.get(f"{API}/loans/{made.json()['id']}").json()["state"] == "applied"
    problem(lan.post(loans(own), application(own, "Hoa")), 404, "not_found")


NOBODY = "01900000-0000-7000-8000-000000000000"  # a well-formed id of nothing
BAD = [
    ({"amount": "900"}, 422, "invalid", "amount"), ({"amount": 0}, 422, "invalid", "amount"),
    ({"amount": 1.5}, 422, "invalid", "amount"), ({"amount": True}, 422, "invalid", "amount"),
    ({"months": 0}, 422, "invalid", "months"), ({"months": 601}, 422, "months", "months"),
    ({"months": 8, "plan": "quarterly"}, 422, "not_quarters", "months"),
    ({"plan": "weekly"}, 422, "invalid", "plan"), ({"purpose": "party"}, 422, "invalid", "purpose"),
    ({"date": "2026-10-21"}, 422, "in_future", "date"),
    ({"date": "2026-10-01"}, 422, "reason_needed", "reason"),
    ({"date": "2019-01-01", "reason": "sổ cũ"}, 422, "before_joining", "date"),
    ({"member_id": NOBODY}, 422, "member_unknown", "member_id"),
    ({"pot_id": NOBODY}, 422, "pot_unknown", "pot_id"),
    ({"guarantor_id": NOBODY}, 422, "member_unknown", "guarantor_id"),
    ({"rate": 5}, 422, "invalid", "rate"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "status", "code", "where"), BAD, ids=lambda x: str(x)[:40])
def test_a_bad_application_changes_nothing(
    own: Village, change: dict[str, Any], status: int, code: str, where: str
) -> None:
    before = own.everything()
    answer = own.treasurer.post(loans(own), application(own, **change))
    assert fields(problem(answer, status, code)) == [where]
    assert own.everything() == before


@pytest.mark.parametrize(
    ("door", "body", "status", "code"),
    [
        ("repayments", {"date": TODAY, "amount": 900_001}, 422, "overpaid"),
        ("repayments", {"date": "2026-10-19", "amount": 1_000}, 422, "before_last"),
        ("repayments", {"date": "2026-10-21", "amount": 1_000}, 422, "in_future"),
        ("repayments", {"date": TODAY, "amount": "1000"}, 422, "invalid"),
        ("repayments", {"date": TODAY, "amount": -1}, 422, "invalid"),
        ("disbursement", {"date": TODAY}, 409, "loan_running"),
        ("recoveries", {"date": TODAY, "amount": 1_000}, 409, "loan_running"),
        ("write-off", {"date": TODAY, "reason": ""}, 422, "invalid"),
        ("write-off", {"date": "2026-10-19", "reason": "đi xa"}, 422, "before_last"),
        ("reschedules", {"months": 0, "plan": "monthly", "reason": "mất mùa"}, 422, "invalid"),
        ("reschedules", {"months": 5, "plan": "quarterly", "reason": "mất mùa"}, 422,
         "not_quarters"),
        ("waivers", {"date": TODAY, "amount": 1_000, "reason": "ốm"}, 422, "overpaid"),
        ("visits", {"date": "2026-10-19", "note": "ổn"}, 422, "before_paid_out"),
        ("visits", {"date": TODAY, "note": "ổn", "left_poor_list": 1}, 422, "invalid"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_running_loan_refuses(
    own: Village, door: str, body: dict[str, Any], status: int, code: str
) -> None:
    loan = lent(own)
    before = own.everything()
    problem(own.treasurer.post(f"{loan}/{door}", body, key=a_key()), status, code)
    assert own.everything() == before


def test_money_needs_a_key(own: Village) -> None:
    loan = lent(own)
    problem(own.treasurer.post(f"{loan}/repayments", {"date": TODAY, "amount": 1_000}), 400,
            "key_missing")  # fmt: skip


def test_a_closed_loan_takes_nothing_more(own: Village) -> None:
    loan = lent(own)
    own.treasurer.post(f"{loan}/repayments", {"date": TODAY, "amount": 900_000}, key=a_key())
    assert own.program(own.chapter.head).get(loan).json()["state"] == "closed"
    more = own.treasurer.post(f"{loan}/repayments", {"date": TODAY, "amount": 1}, key=a_key())
    problem(more, 409, "loan_closed")


def test_a_running_loan_of_a_paper_book(village: Village) -> None:
    chapter = village.chapter
    body = {"pot_id": chapter.pot, "date": TODAY, "cash": {"hand": 100_000},
            "loans": [{"member_id": chapter.members["Lan"], "outstanding": 400_000,
                       "amount": 900_000, "months": 9, "plan": "monthly",
                       "disbursed_on": "2026-05-20", "purpose": "seed"}]}  # fmt: skip
    path = f"{API}/chapters/{chapter.id}/opening-balances"
    waits = village.treasurer.post(path, body, key=a_key())
    assert waits.status_code == 202, waits.text
    signed(village.program(village.chapter.head), waits.json())
    (loan,) = village.program(village.chapter.head).get(loans(village)).json()["items"]
    assert (loan["state"], loan["outstanding"], loan["disbursed_on"]) == (
        "running", 400_000, "2026-05-20"
    )  # fmt: skip
