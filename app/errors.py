"""Refusals: what the book answers when it will not do a thing.

A refusal carries a stable `code`, a Vietnamese sentence (also the gettext message id, with
`{name}` placeholders) and its values. The core knows sentences; only `web` knows statuses.
"""

from __future__ import annotations

from collections.abc import Sequence


class Refusal(Exception):
    """Nothing was changed; `text.format(**values)` says why and what to do."""

    def __init__(self, code: str, text: str, /, *, field: str = "", **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.field = field
        self.values = values
        self.beside: dict[str, int] = {}  # figures a program reads without the sentence
        self.parts: tuple[Refusal, ...] = (self,) if field else ()

    def __str__(self) -> str:
        return self.text.format(**self.values)


class Malformed(Refusal):
    """The request itself cannot be read."""


class NotSignedIn(Refusal):
    """Nobody is known to be asking."""


class NotAllowed(Refusal):
    """Known, but this needs another office."""


class NotFound(Refusal):
    """Not there, or not yours to know: the two answers are the same."""


class Conflict(Refusal):
    """Against the state of the book."""


class Gone(Conflict):
    """The very book that was to be used is no longer there."""


class Invalid(Refusal):
    """Beside a field: not valid, or beyond the charter or the law."""

    @classmethod
    def every(cls, problems: Sequence[Refusal]) -> Invalid:
        """One refusal out of several, so that a form shows all of them at once."""
        first = problems[0]
        whole = cls(first.code, first.text, field=first.field, **first.values)
        whole.parts = tuple(problems)
        return whole


class TooMany(Refusal):
    """Too many attempts."""


class Busy(Refusal):
    """Try again with the same key: the outcome may be unknown."""


def not_found() -> NotFound:
    """The one sentence for everything that is missing or foreign."""
    return NotFound("not_found", "Không tìm thấy. Mời chị xem lại đường dẫn.")
