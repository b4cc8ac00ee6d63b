"""The living page of all components: whole, in both schemes, and only for whoever develops."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import config
from tests.house.syntax import ROOT
from tests.house.test_look import CSS, DARK, LIGHT, themes

PARTS = (ROOT / "templates" / "parts.html").read_text()
CASH = (ROOT / "static" / "css" / "cash.css").read_text()
BREAKING = (ROOT / "static" / "css" / "breaking.css").read_text()
# The frame around every page, and what only a script or the place on a page switches on.
ELSEWHERE = {
    "top", "leave", "who", "nav", "task", "plain", "slim", "on-desk", "door", "alone", "skip",
    "has", "open", "per", "js", "unsure", "fixed", "amount", "head", "founding", "of-chapter",
    "asks", "glance", "see", "large", "dock", "paper-head", "unseen", "void", "end", "done",
}  # fmt: skip
# The same of the cash pages: how wide a page is, what a choice or paper takes away.
CASH_ELSEWHERE = {
    "at-desk", "at-a-glance", "made", "roomy", "cash-tools", "for-paper", "wide-facts", "half", "on-paper",
    "because", "if-died", "if-moved", "of-other", "spending", "qr",
}  # fmt: skip


@pytest.fixture
def page(app: FastAPI, client: TestClient) -> str:
    """What whoever develops sees."""
    app.state.settings = replace(app.state.settings, developing=True)
    answer = client.get("/style")
    assert answer.status_code == 200
    return answer.text


def test_nobody_else_sees_it(client: TestClient) -> None:
    for path in ("/style", "/style.css"):
        assert client.get(path).status_code == 404


def test_the_environment_says_who_develops(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("SOLON_DATA", str(tmp_path_factory.mktemp("dev")))
    assert not config.load().developing
    monkeypatch.setenv("SOLON_DEV", "1")
    assert config.load().developing


def test_every_part_stands_on_it(page: str) -> None:
    """Each macro is called, each icon drawn, each class of the style sheet used."""
    template = (ROOT / "templates" / "style.html").read_text()
    macros = set(re.findall(r"{% macro (\w+)", PARTS)) - {"aside", "described"}  # within `field`
    used = set(re.findall(r"\b(\w+)\(", template))
    assert macros - used == set()
    icons = re.findall(r'^  "(\w+)": \'(.*)\',$', PARTS, re.MULTILINE)
    assert len(icons) > 25
    assert [name for name, drawn in icons if drawn not in page] == []
    shown = {one for words in re.findall(r'class="([^"]*)"', page) for one in words.split()}
    assert classes(CSS) - shown - ELSEWHERE == set()
    assert classes(BREAKING) - shown - ELSEWHERE == set()
    assert classes(CASH) - shown - ELSEWHERE - CASH_ELSEWHERE == set()


def classes(sheet: str) -> set[str]:
    """Every class that a style sheet knows."""
    rules = re.sub(r"\{[^{}]*\}", " ", re.sub(r"/\*.*?\*/", " ", sheet, flags=re.DOTALL))
    return set(re.findall(r"\.([a-z][\w-]*)", rules))


def test_both_schemes_stand_side_by_side(page: str, client: TestClient) -> None:
    """With the very colours of the style sheet."""
    assert page.count('<div class="light">') == page.count('<div class="dark">') == 1
    sheet = client.get("/style.css")
    assert sheet.headers["content-type"].startswith("text/css") and "/style.css" in page
    light, dark = re.findall(
        r"^\.(?:light, \.)?dark \{(.*?)\}", sheet.text, re.DOTALL | re.MULTILINE
    )[:2]
    for scheme, block in ((LIGHT, light), (DARK, dark)):
        colours = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", block))
        assert colours.items() <= themes()[scheme].items() and len(colours) > 10
