"""UUIDv7 (RFC 9562): ids that sort by the time they were made."""

from __future__ import annotations

import os
import re

from app import clock

LINES = 0xFFFF  # lines an entry can have


def new() -> str:
    """A fresh id."""
    return _text(_bits())


def for_entry() -> str:
    """An id with its last 16 bits zero, so that its lines can be named after it."""
    return _text(_bits() & ~LINES)


def is_one(text: str) -> bool:
    """Whether a text has the form of an id: PostgreSQL cannot be asked for anything else."""
    return re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def of_line(entry_id: str, line: int) -> str:
    """The id of a line: its entry's, with the line number in the last four digits."""
    return f"{entry_id[:32]}{line:04x}"


def entry_and_line(line_id: str) -> tuple[str, int]:
    """Back from a line's id."""
    return f"{line_id[:32]}0000", int(line_id[32:], 16)


def _bits() -> int:
    random = int.from_bytes(os.urandom(10), "big")
    at = clock.now() // 1000
    return (
        (at << 80) | (0x7 << 76) | ((random >> 62 & 0xFFF) << 64) | (2 << 62) | random & (2**62 - 1)
    )


def _text(bits: int) -> str:
    h = f"{bits:032x}"
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
