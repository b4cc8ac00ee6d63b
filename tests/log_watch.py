"""Watches what the whole run logs: no name, phone, PIN, code or token may stand in a line.

Added to `tests/conftest.py` by one line, `pytest_plugins = ["tests.log_watch"]`. Every record of
this process is kept, tracebacks and all, and the lines that `solon serve` wrote in processes of its
own; at the very end they are read. What the tests' own clients say of their requests is theirs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.journeys.holders import OTHER, WRONG
from tests.journeys.holders import PIN as ONE
from tests.story import FAMILY

CLIENTS = ("httpx", "httpx2", "httpcore", "hypothesis", "schemathesis", "playwright", "asyncio")
SERVED = "served-*.log"  # what tests/faults/serving.py lets servers write
GREETING = "Sổ Lợn: http://"  # the first line of `solon serve`
PINS = "|".join((ONE, OTHER, WRONG))

PERSONAL = {
    # A name or a note has a Vietnamese letter in it; nothing that is logged needs one.
    "a name or a note": re.compile("[\u00c0-\u024f\u0300-\u036f\u1ea0-\u1ef9]"),
    "a family": re.compile(rf"\b(?:{FAMILY}|Nguyen Thi|Tran Thi)\b", re.I),
    "a phone": re.compile(r"(?<![\w.])(?:\+?84|0084|0)[ .-]?[1-9](?:[ .-]?\d){8}(?!\w)"),
    "a PIN": re.compile(rf"(?<!\d)(?:{PINS})(?!\d)"),
    "a code": re.compile(r"\b[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}\b"),
    "a token": re.compile(r"(?<![\w/-])(?=[\w-]*\d)[\w-]{43}(?![\w-])"),
    "a hash of a PIN": re.compile(r"\$argon2"),
}


def findings(lines: Iterable[str]) -> list[str]:
    """What stands in these lines that may not: `a phone: unexpected … 0912…`."""
    return [
        f"{what}: {line.strip()[:200]}"
        for line in lines
        if not line.startswith(GREETING)
        for what, pattern in PERSONAL.items()
        if pattern.search(line)
    ]


class Watch(logging.Handler):
    """Keeps every line, formatted as a log would be, with the exception behind it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: dict[str, None] = {}  # in order, each once
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, unless it is a test's own client that speaks."""
        if record.name.partition(".")[0] not in CLIENTS:
            for line in self.format(record).splitlines():
                self.lines[line] = None


@pytest.fixture(scope="session", autouse=True)
def log_watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Set up before everything and torn down after it: what it finds fails the run."""
    watch, root, ours = Watch(), logging.getLogger(), logging.getLogger("solon")
    before = root.level, ours.level
    root.addHandler(watch)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield watch
    root.removeHandler(watch)
    root.setLevel(before[0])
    ours.setLevel(before[1])
    files = tmp_path_factory.getbasetemp().rglob(SERVED)
    served = [line for file in files for line in file.read_text().splitlines()]
    found = findings([*watch.lines, *served])
    assert found == [], "personal data in logs:\n" + "\n".join(found)
