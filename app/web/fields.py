"""The field types of requests: strict, bounded, the same in every door."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.db.engine import Database
from app.ledger.entry import LARGEST
from app.web import book

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class In(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: Any) -> date:
    """Only `YYYY-MM-DD`; Python alone would take numbers and instants too."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = date.min
        if found.year >= 1900:
            return found
    raise PydanticCustomError("day_form", "YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Id = Annotated[str, Field(pattern=UUID_PATTERN, json_schema_extra={"format": "uuid"})]
PathId = Annotated[str, Path(pattern=UUID_PATTERN, json_schema_extra={"format": "uuid"})]
Dong = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]
Small = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Line = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=2000)]
FromDay = Annotated[Day | None, Query(alias="from")]
Limit = Annotated[int, Query(ge=1, le=200)]
AfterId = Annotated[str | None, Query(pattern=UUID_PATTERN, alias="after")]
AfterSeq = Annotated[int | None, Query(ge=0, le=2**53, alias="after")]


Db = Annotated[Database, Depends(book.database)]
RealDb = Annotated[Database, Depends(book.real_book)]
Typed = Annotated[dict[str, list[str]], Depends(book.typed)]
