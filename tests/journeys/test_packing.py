"""What is gzipped, and what never is."""

from __future__ import annotations

import httpx2
import pytest

from app.web.render import static
from tests.journeys.doors import Caller, Village, hidden, seen
from tests.story import a_key

PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def keeper(lasting: Village) -> Caller:
    """The treasurer at her pages."""
    return lasting.browser(lasting.chapter.treasurer)


def packed(answer: httpx2.Response) -> bool:
    """Whether it came gzipped."""
    return answer.headers.get("content-encoding") == "gzip"


def test_pages_and_files_are_packed_for_whoever_unpacks(lasting: Village, keeper: Caller) -> None:
    """And a cache between is told that there are two of each."""
    for path in (
        "/hom-nay",
        f"{lasting.pages}/thu",
        static("css/solon.css"),
        static("js/sheet.js"),
    ):
        whole = keeper.get(path, headers={"Accept-Encoding": "identity"})
        short = keeper.get(path, headers=PACKED)
        assert (packed(whole), packed(short)) == (False, True), path
        assert int(short.headers["content-length"]) < int(whole.headers["content-length"]) // 2
        for answer in (whole, short):
            assert "Accept-Encoding" in answer.headers["vary"]
        assert len(short.content) == len(whole.content)
        assert short.headers["content-security-policy"]


def test_a_sheet_that_comes_back_is_packed(lasting: Village, keeper: Caller) -> None:
    """It is as long as the first one, and holds no code."""
    form = {"amount-1": "5", "do": "check"}
    assert packed(keeper.send(f"{lasting.pages}/thu", form, headers=PACKED))


def test_an_answer_with_a_code_is_never_packed(lasting: Village, keeper: Caller) -> None:
    """Cards here; every answer to a POST that must not be kept goes the same way."""
    page = keeper.get(f"{lasting.pages}/the").text
    form = {"asked_at": hidden(page, "asked_at"), "member": [lasting.chapter.members["Mai"]]}
    cards = keeper.send(f"{lasting.pages}/the", form, headers=PACKED)
    assert cards.status_code == 200 and "Mai" in seen(cards.text)
    assert cards.headers["cache-control"] == "no-store"
    assert len(cards.content) > 1000 and not packed(cards)


def test_the_api_is_left_alone(lasting: Village) -> None:
    path = f"/api/v1/chapters/{lasting.chapter.id}/members"
    assert not packed(lasting.treasurer.get(path, headers=PACKED))
    long = lasting.nobody().get("/api/openapi.json", headers=PACKED)
    assert len(long.content) > 1000 and not packed(long)
    posted = lasting.treasurer.post(
        lasting.sheets, lasting.sheet("Lan 2.000/2"), key=a_key(), headers=PACKED
    )
    assert posted.status_code == 201 and not packed(posted)
