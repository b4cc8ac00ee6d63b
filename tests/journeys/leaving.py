"""An officer's phone that still keeps sheets when her office ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from app.terms import Actor
from tests.journeys.doors import Village
from tests.journeys.holders import a_phone, at
from tests.story import a_key

KEPT = {"date": "2026-10-20", "amount-1": "5k", "amount-2": "", "amount-3": "2.000",
        "note": "mưa to"}  # fmt: skip
HELD = "Chức vụ của chị đã hết. Bảng này chi hội đang giữ để xem lại, chưa vào sổ."


@dataclass
class Phone:
    """A phone with its own secret, and what its outbox sends: to the book, or into review."""

    village: Village
    who: Actor
    secret: str

    def sends(self, key: str, **more: Any) -> httpx2.Response:
        """As ever: to the book, under her sign-in."""
        return self._post("gui", key, more, {"solon": self.village.token(self.who)})

    def hands_over(self, key: str = "", **more: Any) -> httpx2.Response:
        """Where it is not let in with it any more: known by its own secret alone."""
        return self._post("giu", key or a_key(), {"at": "1792460000000"} | more, {})

    def is_told(self, key: str, **more: Any) -> dict[str, Any]:
        """What became of it."""
        answer = self.hands_over(key, **more)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def _post(
        self, door: str, key: str, more: dict[str, Any], signed_in: dict[str, str]
    ) -> httpx2.Response:
        form = {"key": key, "person": self.who.person_id, "pot_id": self.village.chapter.pot}
        chapter = more.pop("chapter", self.village.chapter.id)
        cookies = {"solon_device": self.secret} | signed_in
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": said} | more.pop("headers", {})
        form = form | KEPT | more
        return at(self.village.app).post(f"/chi-hoi/{chapter}/{door}", data=form, headers=headers)


def a_phone_of(village: Village, who: Actor) -> Phone:
    """Enrolled."""
    return Phone(village, who, a_phone(village.db, village.app, who))
