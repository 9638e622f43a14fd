"""GET /analyst/v1/changes."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import Field, field_validator
from starlette.responses import Response

from app.exchange import changes as changing
from app.http.analyst import rendering
from app.http.analyst.call import PREFIX, Called, PageParameters, Types
from app.http.analyst.documenting import answers
from app.http.analyst.shapes import ChangesShape
from app.taxii.timestamps import format_timestamp, parse_added_after

ROUTER: Final = APIRouter(prefix=PREFIX)


class ChangesParameters(PageParameters):
    """Since when, and of which types."""

    since: str | None = Field(None, description="Only what was added after this instant, such as 2026-01-02T03:04:05Z.")
    type: Types | None = Field(None, description="Only these STIX types, with commas between them.")

    @field_validator("since")
    @classmethod
    def _an_instant(cls, value: str | None) -> str | None:
        if value is not None:
            parse_added_after(value)
        return value


@ROUTER.get("/changes", responses=answers(ChangesShape, "changes"))
async def changes(call: Called, asked: Annotated[ChangesParameters, Query()]) -> Response:
    """What is new for the caller in all collections since a date, oldest first: the newest version of each object."""
    since = parse_added_after(asked.since) if asked.since is not None else None
    types = frozenset(asked.type.split(",")) if asked.type is not None else None
    question = changing.Question(since, types, asked.scope, asked.limit, asked.next)
    found = await changing.changes(call.exchange, call.requester, question)
    return rendering.answer(
        {
            "entries": [rendering.entry(each) for each in found.entries],
            "until": format_timestamp(found.until),
            "next": found.next,
        }
    )
