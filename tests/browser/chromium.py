"""Where the browser of these tests comes from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

ON_PATH = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser, as quiet as it can be made."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found(playwright),
            args=[*QUIET],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


def found(playwright: Playwright) -> str:
    """One on the path, else Playwright's own, else the system's packages; never none."""
    own = Path(playwright.chromium.executable_path)
    for look in (lambda: None, download, install):
        look()
        there = next(filter(None, map(shutil.which, ON_PATH)), None)
        if there or own.exists():
            return there or str(own)
    pytest.fail(
        "These tests need a Chromium: none on the path, Playwright could not download its own,"
        " and apt-get could not install one. Install chromium and run them again."
    )


def download() -> None:
    """Playwright's own download."""
    attempt(sys.executable, "-m", "playwright", "install", "chromium")


def install() -> None:
    """The system's package, where we may."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempt("apt-get", "update", "--quiet")
        attempt("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium")


def attempt(*command: str) -> None:
    """Whatever comes of it, what counts is whether there is a browser afterwards."""
    subprocess.run(command, capture_output=True, timeout=900, check=False)
