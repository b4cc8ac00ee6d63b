"""Where the copies lie: a file for each person, `practice/<person>.<mark>.<schema>.db`.

One each, not one a chapter: two officers do not write into each other's exercise, and throwing
away asks nobody. The mark is new for every copy, so a page of an older one is known as such; a copy
of an older schema is simply not found.
"""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID

from app import clock, ids
from app.db import apart, schema
from app.errors import Conflict, Gone
from app.practice import queries
from app.web.keys import UUID as MARK

DAYS = 7  # a copy is kept no longer
_DAY = 86_400_000


class Shelf:
    """The copies of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._making: set[str] = set()
        self._blank = threading.Lock()

    def make(self, rows: list[queries.Rows], *, person_id: str) -> str:
        """A fresh copy in place of whatever she practised on; its mark.

        Called outside any reading of the book: building a file takes long, and whoever wants
        to see a balance meanwhile must not wait for it. Raises Conflict `copying`.
        """
        if person_id in self._making:
            raise Conflict("copying", "Máy đang chép sổ tập. Mời chị đợi một chút.")
        self._making.add(person_id)
        try:
            self.sweep()
            mark = ids.new()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            apart.make(self._file(person_id, mark), rows, self._blank_file())
            for file in self._files(f"{person_id}.*"):
                if f".{mark}." not in file.name:
                    _delete(file)
            return mark
        finally:
            self._making.discard(person_id)

    def _blank_file(self) -> Path:
        """An empty file of today's schema, migrated once: a copy begins as a copy of it."""
        blank = self.folder.with_name(f"practice-blank.{schema.head()}.db")
        with self._blank:
            if not blank.exists():
                apart.blank(blank)
        return blank

    def find(self, person_id: str, mark: str) -> apart.Apart | None:
        """Her copy of this mark."""
        if not MARK.fullmatch(mark):
            return None
        file = self._file(person_id, mark)
        return apart.Apart(file, thrown_away) if file.exists() else None

    def throw(self, mark: str) -> None:
        """Delete the copy of a mark."""
        if MARK.fullmatch(mark):
            for file in self._files(f"*.{mark}.*"):
                _delete(file)

    def throw_all_of(self, person_id: str) -> None:
        """Delete whatever she practises on, here or on another phone."""
        for file in self._files(f"{person_id}.*"):
            _delete(file)

    def sweep(self) -> None:
        """Delete what was made more than a week ago: its mark says when."""
        oldest = clock.now() // 1000 - DAYS * _DAY
        for file in self._files("*.*.*"):
            _, _, mark = file.name.partition(".")
            if UUID(mark[:36]).int >> 80 < oldest:
                _delete(file)

    def _file(self, person_id: str, mark: str) -> Path:
        return self.folder.joinpath(f"{person_id}.{mark}.{schema.head()}.db")

    def _files(self, pattern: str) -> list[Path]:
        return list(self.folder.glob(pattern)) if self.folder.is_dir() else []


def thrown_away() -> Gone:
    """The copy a page was shown for is no more."""
    return Gone(
        "practice_gone",
        "Sổ tập này đã bỏ rồi, chưa ghi gì vào đâu cả. Từ giờ chị ở sổ thật.",
    )


def _delete(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}-journal").unlink(missing_ok=True)
