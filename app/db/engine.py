"""The two engines behind one face: `await write(action, …)`, `await read(query, …)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from app.config import Settings
from app.db.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """What doors are given."""

    postgres: bool

    async def write(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """Run an action in a transaction; answers after the commit, raises after the roll-back."""
        ...

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """Run a query on a connection that cannot write."""
        ...

    async def glance(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """A point read of a few rows: inline on SQLite, where a thread would cost more."""
        ...

    def write_now(
        self, action: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """`write` for commands, which have no event loop."""
        ...

    def read_now(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """`read` for commands: one snapshot, beside a running server."""
        ...

    def raw(self) -> Any:
        """A fresh driver connection that only reads (backup, doctor)."""
        ...

    def close(self) -> None:
        """Finish what is running, then let go."""
        ...


def open_database(settings: Settings, *, readonly: bool = False) -> Database:
    """The engine that `DATABASE_URL` names.

    `readonly` takes no writer's lock, so that commands which only read run beside a server.
    """
    url = settings.database_url
    if url.startswith("sqlite:///"):
        from app.db.embedded import Embedded

        return Embedded(url.removeprefix("sqlite:///"), readonly=readonly)
    if url.startswith("postgresql+psycopg://"):
        from app.db.served import Served

        return Served(url.replace("+psycopg", "", 1))
    raise SystemExit("DATABASE_URL: sqlite:///FILE hoặc/or postgresql+psycopg://…")
