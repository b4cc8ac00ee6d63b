"""Every door of the application: strict bodies, no rows in or out, bearer tokens for the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlmodel import SQLModel

from app.access.identity import owning, signed_in, viewing
from app.config import Settings
from app.main import create_app
from app.web.keys import key_of_header

SETTINGS = Settings(data=Path("nowhere"), database_url="", pepper=b"")
APP = create_app(SETTINGS, db=object())  # type: ignore[arg-type]
API = "/api/v1/"


def routes_of(router: Any) -> Iterator[APIRoute]:
    """All routes, also of routers that were included and not unrolled."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)


ROUTES = sorted(routes_of(APP), key=lambda route: (route.path, sorted(route.methods)))


def name(route: APIRoute) -> str:
    return f"{' '.join(sorted(route.methods))} {route.path}"


def models(annotation: Any) -> set[type[BaseModel]]:
    """Every model that an annotation mentions, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        return {annotation}.union(*(models(field.annotation) for field in fields))
    return set().union(*(models(part) for part in get_args(annotation)), set())


def signature(route: APIRoute) -> dict[str, Any]:
    return get_type_hints(route.endpoint, include_extras=True)


def test_all_doors_are_seen() -> None:
    """Or the tests below would look at nothing."""
    seen = {name(route) for route in ROUTES}
    assert {
        "POST /api/v1/setup", "POST /api/v1/devices", "POST /api/v1/sessions",
        "POST /api/v1/chapters/{chapter_id}/sheets", "POST /api/v1/entries/{entry_id}/reversal",
        "GET /api/v1/members/{member_id}/balance", "GET /healthz",
    } <= seen  # fmt: skip
    assert len(seen) == len(ROUTES) > 30


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_no_row_of_a_table_passes_a_door(route: APIRoute) -> None:
    """A table's class would take `role=administrator, balance=-5`, and give away its hashes."""
    said = set().union(*(models(part) for part in signature(route).values()))
    said |= models(route.response_model)
    rows = [model for model in said if issubclass(model, SQLModel)]
    assert rows == []


WITHOUT_A_BODY = {"POST /api/v1/members/{member_id}/card"}


@pytest.mark.parametrize("route", [r for r in ROUTES if r.path.startswith(API)], ids=name)
def test_bodies_are_strict(route: APIRoute) -> None:
    """Unknown fields are refused, at every depth."""
    body = signature(route).get("body")
    if body is None:
        assert route.methods <= {"GET", "DELETE"} or name(route) in WITHOUT_A_BODY
        return
    said = models(body)
    assert said
    for model in said:
        assert model.model_config.get("extra") == "forbid", model.__name__


@pytest.mark.parametrize("route", [r for r in ROUTES if r.path.startswith(API)], ids=name)
def test_a_whole_number_is_never_read_from_anything_else(route: APIRoute) -> None:
    """`"1000"`, `1000.0` and `true` are no money."""
    for model in models(signature(route).get("body")):
        for field_name, field in model.model_fields.items():
            if field.annotation in (int, bool) or int in get_args(field.annotation):
                strict = any(getattr(meta, "strict", None) for meta in field.metadata)
                inner = [m for part in get_args(field.annotation)
                         for m in getattr(part, "__metadata__", ())]  # fmt: skip
                strict |= any(getattr(meta, "strict", None) for meta in inner)
                assert strict, f"{model.__name__}.{field_name}"


# Where people come in, and what tells nothing about a book.
OPEN = {
    "POST /api/v1/setup", "POST /api/v1/devices", "POST /api/v1/sessions",
    "GET /vao", "POST /vao", "POST /vao/nguoi-khac", "POST /ra", "GET /thiet-lap",
    "POST /thiet-lap", "GET /may-moi", "POST /may-moi",
    "POST /api/v1/cards/{card_id}/pin", "GET /the/{card_id}", "POST /the/{card_id}",
    "POST /the/{card_id}/ma-pin",
    "GET /", "GET /healthz", "GET /readyz", "GET /style", "GET /style.css",
    "GET /khong-mang", "GET /manifest.webmanifest", "GET /sw.js", "GET /static/words.js",
}  # fmt: skip


# Where a phone's own secret is enough, because nothing else is left to know it by.
BY_PHONE = {"POST /chi-hoi/{chapter_id}/giu"}


def needs(dependant: Any) -> set[Any]:
    """Everything a door depends on, at any depth."""
    return {dependant.call}.union(*(needs(inner) for inner in dependant.dependencies), set())


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_a_door_asks_who_is_there(route: APIRoute) -> None:
    """Bearer tokens in the API, cookies on pages, and never one for the other."""
    asked = needs(route.dependant) & {signed_in, viewing, owning}
    if name(route) in OPEN:
        assert not asked
    elif name(route) in BY_PHONE:
        assert asked == {owning}
    else:
        assert asked == ({signed_in} if route.path.startswith(API) else {viewing})


def test_the_open_doors_are_there() -> None:
    assert {name(route) for route in ROUTES} >= OPEN | BY_PHONE


MONEY = {
    "POST /api/v1/members/{member_id}/leave", "POST /api/v1/members/{member_id}/payouts",
    "POST /api/v1/chapters/{chapter_id}/transfers",
    "POST /api/v1/chapters/{chapter_id}/sheets", "POST /api/v1/entries/{entry_id}/reversal",
    "POST /api/v1/chapters/{chapter_id}/counts", "POST /api/v1/counts/{count_id}/settlement",
    "POST /api/v1/chapters/{chapter_id}/receivable-payments",
    "POST /api/v1/chapters/{chapter_id}/handover",
    "POST /api/v1/chapters/{chapter_id}/expenses", "POST /api/v1/pots/{pot_id}/cash-moves",
    "POST /api/v1/chapters/{chapter_id}/opening-balances",
    "POST /api/v1/loans/{loan_id}/disbursement", "POST /api/v1/loans/{loan_id}/repayments",
    "POST /api/v1/loans/{loan_id}/recoveries", "POST /api/v1/loans/{loan_id}/write-off",
    "POST /api/v1/breakings/{breaking_id}/signatures",
    "POST /api/v1/breakings/{breaking_id}/abandon",
}  # fmt: skip


@pytest.mark.parametrize("route", [r for r in ROUTES if r.path.startswith(API)], ids=name)
def test_calls_that_move_money_need_a_key(route: APIRoute) -> None:
    assert (key_of_header in needs(route.dependant)) == (name(route) in MONEY)


def test_the_open_specification_holds_the_api_alone() -> None:
    paths = APP.openapi()["paths"]
    assert paths
    assert all(path.startswith(API) for path in paths)
    assert set(paths) == {r.path for r in ROUTES if r.path.startswith(API)}


def test_errors_are_problems() -> None:
    """RFC 9457 for every status that a door can answer with."""
    for path, methods in APP.openapi()["paths"].items():
        for method, call in methods.items():
            for status, said in call["responses"].items():
                if int(status) >= 400:
                    assert "application/problem+json" in said["content"], (method, path, status)
