"""The published description is true: whatever is sent, the API answers as it says it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from app.db.tx import Tx
from app.ledger.verify import books
from app.main import ROUTERS
from tests.journeys.doors import API, PROBLEM, Village
from tests.story import findings

pytestmark = pytest.mark.filterwarnings("error::UserWarning")
DESCRIPTION = "/api/openapi.json"
PRINTABLE = ("GET /api/v1/breakings/{breaking_id}/minutes",)  # all else is JSON
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
steadily = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def description(client: TestClient) -> dict[str, Any]:
    """What anybody may read."""
    answer = client.get(DESCRIPTION)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_only_the_api_is_described(description: dict[str, Any], app: FastAPI) -> None:
    assert description["openapi"].startswith("3.")
    assert all(path.startswith(f"{API}/") for path in description["paths"])
    assert f"{API}/chapters/{{chapter_id}}/sheets" in description["paths"]
    assert app.docs_url is None and app.redoc_url is None


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every call with its name."""
    for path, calls in description["paths"].items():
        for method, call in calls.items():
            yield f"{method.upper()} {path}", call


def test_every_call_says_what_it_may_answer(description: dict[str, Any]) -> None:
    """Refusals as they are sent: problem+json with its fields, and nothing else."""
    for name, call in operations(description):
        statuses = {int(status) for status in call["responses"]}
        assert {400, 401, 403, 404, 409, 413, 422, 503} <= statuses, name
        right = {status for status in statuses if status < 300}
        assert len(right - {202}) == 1 or right == {202}, name  # 202: it waits for a second hand
        for status, answer in call["responses"].items():
            if int(status) >= 400:
                (kind,) = answer["content"]
                assert kind == PROBLEM, name
                assert answer["content"][kind]["schema"]["$ref"].endswith("/Problem"), name
            elif status != "204" and "content" in answer:
                printed = ["text/html"] if name in PRINTABLE else ["application/json"]
                assert list(answer["content"]) == printed, name


def test_every_call_but_signing_in_asks_who_it_is(description: dict[str, Any]) -> None:
    open_calls = {name for name, call in operations(description) if not call.get("security")}
    assert open_calls == {
        f"POST {API}/setup",
        f"POST {API}/devices",
        f"POST {API}/sessions",
        f"POST {API}/cards/{{card_id}}/pin",
    }


def test_every_body_is_closed_and_money_is_whole(description: dict[str, Any]) -> None:
    """Unknown fields are refused, and nobody is told that a fraction would do."""
    schemas = description["components"]["schemas"]
    taken = [
        call["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, call in operations(description)
        if "requestBody" in call
    ]
    assert len(taken) >= 11
    for name in taken:
        assert schemas[name]["additionalProperties"] is False, name
    assert not re.search(r'"type": ?"number"', repr(description).replace("'", '"'))
    assert schemas["LineIn"]["properties"]["amount"]["type"] == "integer"


# Whatever is sent


class Told:
    """Sends cases as somebody and checks the answers; most ids lead to what is there."""

    def __init__(self, village: Village, who: str) -> None:
        actor = {
            "treasurer": village.chapter.treasurer,
            "administrator": village.chapter.union.administrator,
        }[who]
        self.headers = {"Authorization": f"Bearer {village.token(actor)}"}
        self.sent = 0
        first = "SELECT id FROM entry WHERE chapter_id = ? ORDER BY seq LIMIT 1"
        (entry,) = village.db.read_now(Tx.rows, first, (village.chapter.id,))[0]
        self.ids = {
            "chapter_id": village.chapter.id,
            "unit_id": village.chapter.union.commune,
            "parent_id": village.chapter.union.commune,
            "member_id": village.chapter.members["Lan"],
            "pot_id": village.chapter.pot,
            "entry_id": entry,
        }

    def __call__(self, case: schemathesis.Case) -> None:
        """Send and check."""
        self.sent += 1
        if self.sent % 4:
            case.path_parameters = self.led(case.path_parameters)
            case.body = self.led(case.body)
        case.call_and_validate(headers=self.headers, checks=CHECKS)

    def led(self, value: Any, name: str = "") -> Any:
        """The same with ids and days that exist; what is no id stays what it is."""
        if isinstance(value, dict):
            return {key: self.led(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.led(inner, name) for inner in value]
        if isinstance(value, str) and name in self.ids and UUID.fullmatch(value):
            return self.ids[name]
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return "2026-10-20"
        return value


@pytest.fixture(scope="module")
def described(lasting: Village) -> schemathesis.BaseSchema:
    """The description, with the application behind it in this process."""
    return schemathesis.openapi.from_asgi(DESCRIPTION, lasting.app)


def calls() -> list[tuple[str, str]]:
    """Every call of the API by method and path.

    Signing out is left to the first day: nobody would be signed in any more.
    """
    return [
        (method, str(route.path))
        for router in ROUTERS
        for route in router.routes
        for method in sorted(route.methods)
        if route.path.startswith(API) and method != "DELETE"
    ]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("who", ["treasurer", "administrator"])
@pytest.mark.parametrize(("method", "path"), calls(), ids=[f"{m} {p}" for m, p in calls()])
def test_whatever_is_sent(
    lasting: Village,
    described: schemathesis.BaseSchema,
    who: str,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    operation = described[path][method]
    told = Told(lasting, who)

    @given(operation.as_strategy(generation_mode=mode))
    @steadily
    def sends(case: schemathesis.Case) -> None:
        told(case)

    sends()
    assert told.sent >= 1


def test_and_the_books_still_add_up(lasting: Village) -> None:
    """After all that was sent above."""
    for book in lasting.db.read_now(books):
        assert findings(lasting.db, book) == []
