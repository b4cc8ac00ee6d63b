"""How a second signature is asked for and given at the doors."""

from __future__ import annotations

from typing import Any

import httpx2
from starlette.testclient import TestClient

from app.terms import Actor, Role
from tests.journeys.doors import API, Caller, Village
from tests.story import DAY, TODAY, StoryClock, a_key

PHONE = "0987000111"
PIN, OTHER_PIN = "407195", "518306"
RULES = {
    "minimum_per_period": 2000, "period": "week", "payout_step": 500, "default_decision": "take",
    "surplus_rule": "by_savings_days", "set_off_debt": True, "loan_max_amount": 5_000_000,
    "loan_max_months": 12, "loan_savings_multiple": None, "loan_monthly_rate_bp": 50,
    "loans_stop_days_before": 30, "one_loan_at_a_time": False, "backdate_days": 3,
    "cash_limit": 20_000_000, "expense_limit": 200_000, "grant_limit": 300_000,
    "leaver_shares_surplus": True, "words": "Thu vào sáng chủ nhật.",
    "in_force_from": "2026-10-21",
}  # fmt: skip


def next_morning(village: Village, clock: StoryClock) -> None:
    """It is 21/10; everybody signs in anew."""
    clock.tell(TODAY + DAY)
    village.tokens.clear()
    for of in (village.chapter, village.neighbour):
        for officer in (of.head, of.deputy, of.treasurer, of.inspector):
            village.token(officer)
    above = village.chapter.union
    for officer in (above.leader, above.provincial, above.administrator):
        village.token(officer)


def waits(answer: httpx2.Response) -> dict[str, str]:
    """The answer is: it waits."""
    assert answer.status_code == 202, answer.text
    said: dict[str, str] = answer.json()
    assert set(said) == {"approval_id", "fingerprint", "waits_for"}
    assert len(bytes.fromhex(said["fingerprint"])) == 32 and said["waits_for"]
    return said


def reversal_waits(village: Village, sheet: dict[str, Any], *names: str) -> dict[str, str]:
    """Lines of a sheet of yesterday are to be taken back."""
    wanted = {village.chapter.members[name] for name in names}
    lines = [line["line_id"] for line in sheet["lines"] if line["member_id"] in wanted]
    body = {"lines": lines, "reason": "Ghi nhầm phong bì"}
    path = f"{API}/entries/{sheet['id']}/reversal"
    return waits(village.treasurer.post(path, body, key=a_key()))


def sign(by: Caller, what: dict[str, str], **more: Any) -> httpx2.Response:
    """She signs what she was shown."""
    body = {"fingerprint": what["fingerprint"]} | more
    return by.post(f"{API}/approvals/{what['approval_id']}/sign", body)


def done(answer: httpx2.Response) -> dict[str, Any]:
    """The answer is: it was done; its result."""
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    assert set(said) == {"state", "result"} and said["state"] == "done"
    result: dict[str, Any] = said["result"]
    return result


def listed(by: Caller, state: str = "waiting") -> list[dict[str, Any]]:
    """What a list of approvals holds for her."""
    answer = by.get(f"{API}/approvals", params={"state": state})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def asked(village: Village) -> str:
    """Which officers find something in their list of what waits."""
    of, above = village.chapter, village.chapter.union
    people: dict[str, Actor] = {
        "head": of.head, "deputy": of.deputy, "treasurer": of.treasurer,
        "inspector": of.inspector, "leader": above.leader, "provincial": above.provincial,
        "administrator": above.administrator, "neighbour": village.neighbour.head,
    }  # fmt: skip
    return " ".join(name for name, who in people.items() if listed(village.program(who)))


def appoint(by: Caller, unit_id: str, role: Role, name: str = "Nguyễn Thị Mới") -> httpx2.Response:
    """Somebody new is appointed from today."""
    body = {"person": {"name": name, "phone": PHONE}, "role": role.value, "from": "2026-10-20"}
    return by.post(f"{API}/units/{unit_id}/offices", body)


def enters(client: TestClient, code: str, pin: str = PIN) -> str:
    """Her device is let in; its token."""
    body = {"phone": PHONE, "enrol_code": code, "pin": pin, "label": "máy của chị"}
    answer = client.post(f"{API}/devices", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["device_token"])


def signs_in(client: TestClient, device: str, pin: str = PIN) -> httpx2.Response:
    """Her PIN on her device."""
    return client.post(f"{API}/sessions", json={"device_token": device, "pin": pin})
