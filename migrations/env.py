"""Migrations run on the database of DATABASE_URL, or the one that was handed in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from app import config
from app.models import (
    access,
    approvals,
    breaking,
    cash,
    chapter,
    held,
    ledger,
    loans,
    trail,
    union,
)

TABLES = (
    access,
    approvals,
    breaking,
    cash,
    chapter,
    held,
    ledger,
    loans,
    trail,
    union,
)  # imported so that their tables are known


def run() -> None:
    """One transaction for all of it; batch mode where SQLite cannot alter a table."""
    url = context.config.attributes.get("url") or config.load().database_url
    engine = create_engine(url)
    with engine.begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        context.run_migrations()
    engine.dispose()


run()
