"""What memory and cold start are measured against: the smallest FastAPI + SQLModel application."""

from __future__ import annotations

import os
from collections.abc import Sequence

from fastapi import FastAPI
from sqlmodel import Field, Session, SQLModel, create_engine, select


class Note(SQLModel, table=True):
    """The one model."""

    id: int | None = Field(default=None, primary_key=True)
    words: str


engine = create_engine(os.environ.get("BARE_URL", "sqlite://"))
SQLModel.metadata.create_all(engine)
app = FastAPI()


@app.post("/notes")
def write(note: Note) -> Note:
    """Keep a note."""
    with Session(engine, expire_on_commit=False) as session:
        session.add(note)
        session.commit()
        return note


@app.get("/notes")
def read() -> Sequence[Note]:
    """The first notes."""
    with Session(engine) as session:
        return session.exec(select(Note).limit(5)).all()
