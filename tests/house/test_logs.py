"""The watch over the logs of the whole run sees what it should, and turns a run red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.access.actions import new_code
from tests.faults.serving import ROOT
from tests.journeys.holders import PIN
from tests.log_watch import findings

TOKEN = "YQVItesMg74LOn_DrYvTOrh5Ov3IwKWLT4SinaQRhXg"
PERSONAL = {
    "Đã gọi chị Lan": "a name or a note",
    "no Person('Nguyễn Thị Lan')": "a name or a note",
    "no person nguyen thi lan": "a family",
    "bad input 0912345678": "a phone",
    "bad input '+84 912 345 678'": "a phone",
    "phone=0912.345.678, label": "a phone",
    f"pin {PIN} refused": "a PIN",
    f"code {new_code()} refused": "a code",
    f"Bearer {TOKEN}": "a token",
    f"cookie: __Host-solon={TOKEN}; x": "a token",
    "$argon2id$v=19$m=19456": "a hash of a PIN",
}
HARMLESS = (
    "ERROR solon unexpected MemoryError at /srv/app/web/problems.py:175",
    "INFO uvicorn.error Started server process [407195123]",
    "INFO alembic.runtime.migration Running upgrade  -> 2026_10_20_0900_first, first",
    "INFO solon entry 0197a000-0000-7000-8000-000000000000 at 1760925600000000",
    "Sổ Lợn: http://127.0.0.1:8000",
)


@pytest.mark.parametrize(
    ("line", "what"), [pytest.param(*one, id=f"{n}") for n, one in enumerate(PERSONAL.items())]
)
def test_what_may_not_be_logged(line: str, what: str) -> None:
    assert [found.partition(": ")[0] for found in findings([line])].count(what) == 1


def test_what_may_be_logged() -> None:
    assert findings(HARMLESS) == []


STORY = """
import logging
pytest_plugins = ["tests.log_watch"]

def test_something(tmp_path_factory):
    {act}
"""
ACTS = {
    "nothing": ("pass", 0),
    "a place": ('logging.getLogger("solon").error("unexpected KeyError at app.py:1")', 0),
    "a client": ('logging.getLogger("httpx2").info("POST /the/0912345678")', 0),
    "a phone": ('logging.getLogger("solon").debug("phone %s", "0912345678")', 1),
    "a library": ('logging.getLogger("uvicorn.error").info("GET /?pin=407195")', 1),
    "a traceback": (
        "try: {}['Nguyễn Thị Lan']\n    except KeyError: logging.exception('oh')", 1
    ),
    "a server": (
        "(tmp_path_factory.mktemp('data') / 'served-1.log').write_text('x\\n0912345678')", 1
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_a_run_turns_red(tmp_path: Path, act: str) -> None:
    """A run of its own with one passing test, in which something is logged."""
    done, wrong = ACTS[act]
    (tmp_path / "test_story.py").write_text(STORY.format(act=done))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path,
         "--basetemp", tmp_path / "base", tmp_path / "test_story.py"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    shutil.rmtree(tmp_path / "base")  # or the watch over this run would read it too
    assert run.returncode == wrong, run.stdout
    assert "1 passed" in run.stdout
    assert ("personal data in logs" in run.stdout) is bool(wrong)
