"""Settings from the environment; secrets are made at first start, never defaulted."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where the book lives and the few numbers an operator may turn."""

    data: Path
    database_url: str
    pepper: bytes
    session_hours: int = 12
    enrol_hours: int = 24
    body_limit: int = 1_000_000
    trusted_proxies: str = ""
    developing: bool = False


def load() -> Settings:
    """`DATABASE_URL`, `SOLON_DATA`; default: a SQLite file under the user's data folder.

    `SOLON_TRUSTED_PROXIES`: addresses whose X-Forwarded-For is believed, with commas.
    `SOLON_DEV=1`: the living page of all components stands at /style.
    """
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    data = Path(os.environ.get("SOLON_DATA") or Path(home) / "solon")
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{data / 'solon.db'}"
    return Settings(
        data=data,
        database_url=url,
        pepper=secret(data / "pepper"),
        trusted_proxies=os.environ.get("SOLON_TRUSTED_PROXIES", ""),
        developing=os.environ.get("SOLON_DEV") == "1",
    )


def secret(file: Path) -> bytes:
    """32 random bytes kept in a file of mode 0600, made on first use."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(file.read_text().strip())
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_hex(32))
    return bytes.fromhex(file.read_text().strip())
