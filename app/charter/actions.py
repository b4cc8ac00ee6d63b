"""Putting a charter in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import names
from app.charter.rules import Charter
from app.db.tx import Tx
from app.models.chapter import CharterRow


def put_in_force(db: Tx, *, chapter_id: str, charter: Charter, on: date) -> dict[str, Any]:
    """Write a version; returns the facts for the caller's seal (its words go to the texts)."""
    kept = charter.model_dump(mode="json")
    if charter.words:
        kept["words"] = names.clean(charter.words, longest=20_000, field="charter.words")
    db.insert(CharterRow(chapter_id=chapter_id, in_force_from=on, **kept))
    return {k: v for k, v in kept.items() if k != "words"} | {"in_force_from": on.isoformat()}
