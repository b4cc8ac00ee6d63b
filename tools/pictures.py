"""Renew the pictures under docs/pictures from a fresh demo book: `make pictures`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

TO = Path(__file__).parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip


def main() -> None:
    """A demo, a server, a browser, a handful of pictures."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SOLON_DATA": folder}
        environment.pop("DATABASE_URL", None)
        solon = str(Path(sys.executable).parent / "solon")
        told = subprocess.run([solon, "demo", "--json"], env=environment, check=True,
                              stdout=subprocess.PIPE)  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen([solon, "serve", "--port", str(port)], env=environment)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=FLAGS
                )
                _take(browser, f"http://127.0.0.1:{port}", json.loads(told.stdout))
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def _take(browser: Browser, base: str, told: dict[str, Any]) -> None:
    treasurer = next(p for p in told["people"] if p["role"] == "treasurer")
    chapter, member = treasurer["chapter_id"], told["members"][4 % len(told["members"])]["id"]
    for name, width, height, scheme in (("phone", 360, 740, "light"), ("night", 360, 740, "dark"),
                                        ("desk", 1280, 800, "light")):  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="vi-VN",
            device_scale_factor=2 if width == 360 else 1,
        )
        page = context.new_page()
        page.goto(f"{base}/vao?may={treasurer['device_token']}")
        page.fill("input[name=pin]", treasurer["pin"])
        page.click('form[action="/vao"] button')
        _save(page, f"{base}/hom-nay", f"today-{name}")
        _save(page, f"{base}/chi-hoi/{chapter}/hoi-vien/{member}", f"member-{name}")
        page.goto(f"{base}/chi-hoi/{chapter}/thu")
        page.click("button[value=fill]")
        page.screenshot(path=TO / f"sheet-{name}.png")
        if name == "phone":
            _evening(page, base, chapter)
            _save(page, f"{base}/chi-hoi/{chapter}/nhat-ky", f"trail-{name}")
            _save(page, f"{base}/chi-hoi/{chapter}/vay", f"loans-{name}")
        if name == "desk":
            page.goto(f"{base}/chi-hoi/{chapter}/mo-lon")
            page.locator('a[href^="/mo-lon/"]').first.click()
            page.locator('a[href$="/bien-ban"]').click()
            page.wait_for_url("**/bien-ban")
            page.screenshot(path=TO / f"minutes-{name}.png", full_page=True)
            page.goto(f"{base}/chi-hoi/{chapter}/so-vay?state=closed")
            page.locator('main a[href^="/vay/"]').first.click()
            page.wait_for_url("**/vay/*")
            page.screenshot(path=TO / f"loan-{name}.png", full_page=True)
        context.close()


def _evening(page: Page, base: str, chapter: str) -> None:
    """The pictures of docs/treasurer.md: kept without a signal, sent, in the book, practised."""
    page.wait_for_timeout(2500)  # the worker settles in and keeps the pages
    page.context.set_offline(True)
    page.click(".foot button[value=record]")
    page.locator("[data-panel] [data-do=now]").click()
    page.wait_for_timeout(800)
    page.screenshot(path=TO / "kept-phone.png")
    _save(page, f"{base}/tren-may", "outbox-phone")
    page.context.set_offline(False)
    page.locator("[data-state=well]").wait_for(timeout=40_000)
    page.screenshot(path=TO / "sent-phone.png")
    page.locator("[data-do=open]:visible").first.click()
    page.wait_for_url("**/phieu/**")
    page.screenshot(path=TO / "receipt-phone.png")
    _save(page, f"{base}/them", "more-phone")
    page.locator(f'form[action="/chi-hoi/{chapter}/so-tap"] button').click()
    page.wait_for_url("**/hom-nay")
    page.screenshot(path=TO / "practice-phone.png")
    page.locator('form[action="/so-tap/bo"] button').click()


def _save(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.screenshot(path=TO / f"{name}.png")


if __name__ == "__main__":
    main()
