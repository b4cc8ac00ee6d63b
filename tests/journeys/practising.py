"""An officer's phone that practises, as a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2

from app.config import Settings
from app.db.apart import Apart
from app.practice.shelf import Shelf
from app.terms import Actor
from tests.journeys.doors import Village, hidden, plain
from tests.journeys.holders import at

BANNER = "SỔ TẬP không phải tiền thật"
GONE = "Sổ tập này đã bỏ rồi"


class Phone:
    """An officer's browser, signed in; its cookies are kept as a browser keeps them."""

    def __init__(self, village: Village, who: Actor, *, practising: bool = True) -> None:
        self.village = village
        self.client = at(village.app)
        self.client.cookies.set("solon", village.token(who))
        if practising:
            assert self.begins().headers["location"] == "/hom-nay"

    def begins(self) -> httpx2.Response:
        """The one tap."""
        return self.client.post(f"{self.village.pages}/so-tap")

    def throws_away(self) -> httpx2.Response:
        """The other one."""
        return self.client.post("/so-tap/bo")

    def get(self, path: str) -> httpx2.Response:
        """A page."""
        return self.client.get(path)

    @property
    def mark(self) -> str | None:
        """The copy that its cookie names."""
        return self.client.cookies.get("solon_practice")

    def fills_in(self, amount: str = "2.000") -> dict[str, str]:
        """A blank sheet as the phone got it, with an amount for the first member."""
        page = self.get(f"{self.village.pages}/thu").text
        form = {name: hidden(page, name) for name in ("pot_id", "key", "date")}
        if 'name="so_tap"' in page:
            form["so_tap"] = hidden(page, "so_tap")
        return form | {"amount-1": amount, "do": "record", "confirmed": "1"}

    def sends(self, form: dict[str, str]) -> httpx2.Response:
        """The sheet."""
        return self.client.post(f"{self.village.pages}/thu", data=form)

    def records(self, amount: str = "2.000") -> str:
        """A sheet that went in; its receipt."""
        answer = self.sends(self.fills_in(amount))
        assert answer.status_code == 303, plain(answer.text)
        return str(answer.headers["location"])


def a_story(village: Village, settings: Settings) -> Iterator[Village]:
    """A sheet is in either book; the folder of copies is left empty behind each test."""
    village.chapter.sheet("Lan 5.000/5, Hoa 1.000/1")
    village.neighbour.sheet("Tư 1.000/1")
    yield village
    for file in copies(settings):
        file.unlink()


def copies(settings: Settings) -> list[Path]:
    """Every file in the folder."""
    return sorted((settings.data / "practice").glob("*"))


def copy_of(phone: Phone) -> Apart:
    """What the treasurer's cookie names."""
    shelf: Shelf = phone.village.app.state.desk.shelf
    found = shelf.find(phone.village.chapter.treasurer.person_id, phone.mark or "")
    assert found is not None
    return found
