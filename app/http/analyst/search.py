"""GET /analyst/v1/search."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field
from starlette.responses import Response

from app.exchange import search as searching
from app.http.analyst import rendering
from app.http.analyst.call import PREFIX, Called, PageParameters, Types
from app.http.analyst.documenting import answers
from app.http.analyst.shapes import FoundShape
from app.stix.identifiers import is_identifier, type_of
from app.stix.timestamps import is_timestamp
from app.taxii.timestamps import parse_added_after

ROUTER: Final = APIRouter(prefix=PREFIX)

_TECHNIQUE: Final = re.compile(r"[a-z]{1,3}[0-9]{4}(\.[0-9]{3})?", re.IGNORECASE)


def _stix_instant(text: str) -> str:
    if not is_timestamp(text):
        raise ValueError("not a timestamp such as 2026-01-02T03:04:05Z")
    return text


def _technique(text: str) -> str:
    if _TECHNIQUE.fullmatch(text) is None:
        raise ValueError("no id of ATT&CK such as T1059 or T1059.001")
    return text


def _identity(text: str) -> str:
    if not is_identifier(text) or type_of(text) != "identity":
        raise ValueError("no id of an identity, such as identity--311b2d2d-f010-4473-83ec-1edf84858f4c")
    return text


def _marking(text: str) -> str:
    if ":" not in text and (not is_identifier(text) or type_of(text) != "marking-definition"):
        raise ValueError("neither a level such as tlp:amber nor the id of a marking-definition")
    return text


def _date_added(text: str) -> str:
    parse_added_after(text)
    return text


StixInstant = Annotated[str, AfterValidator(_stix_instant)]
DateAdded = Annotated[str, AfterValidator(_date_added)]


class SearchParameters(PageParameters):
    """What is searched for: all that is given has to fit."""

    text: str | None = Field(None, description="Words, all of which the object's texts hold, in any letter case.")
    type: Types | None = Field(None, description="One of these STIX types, with commas between them.")
    label: str | None = Field(None, description="One of its labels, in any letter case.")
    marking: Annotated[str, AfterValidator(_marking)] | None = Field(
        None, description="The id of one of its markings, or a level such as `tlp:amber`."
    )
    created_by_ref: Annotated[str, AfterValidator(_identity)] | None = Field(
        None, description="The identity that signed it."
    )
    technique: Annotated[str, AfterValidator(_technique)] | None = Field(
        None, description="An ATT&CK id of the object, such as T1059 with its sub-techniques."
    )
    valid: bool | None = Field(None, description="Whether it holds now.")
    confidence_min: int | None = Field(None, ge=0, le=100)
    confidence_max: int | None = Field(None, ge=0, le=100)
    created_after: StixInstant | None = Field(None, description="Of the object's `created`; exclusive, as all bounds.")
    created_before: StixInstant | None = None
    modified_after: StixInstant | None = Field(None, description="Of the version, as TAXII's manifest has it.")
    modified_before: StixInstant | None = None
    added_after: DateAdded | None = Field(None, description="Of the date added, as in TAXII.")
    added_before: DateAdded | None = None


_COMPARED: Final = (
    *("confidence_min", "confidence_max", "created_after", "created_before"),
    *("modified_after", "modified_before"),
)


@ROUTER.get("/search", responses=answers(FoundShape, "search"))
async def search(call: Called, asked: Annotated[SearchParameters, Query()]) -> Response:
    """What fits all that is asked for, newest date added first; of each object its newest version.

    Nothing is ranked and nothing counted: both would tell of what others hold.
    """
    question = searching.Question(
        text=asked.text,
        types=frozenset(asked.type.split(",")) if asked.type is not None else None,
        label=asked.label,
        marking=asked.marking,
        creator=asked.created_by_ref,
        technique=asked.technique,
        valid=asked.valid,
        compared={name: value for name in _COMPARED if (value := getattr(asked, name)) is not None},
        added_after=parse_added_after(asked.added_after) if asked.added_after is not None else None,
        added_before=parse_added_after(asked.added_before) if asked.added_before is not None else None,
        scope=asked.scope,
        limit=asked.limit,
        next=asked.next,
    )
    found = await searching.search(call.exchange, call.requester, question)
    return rendering.answer({"entries": [rendering.entry(each) for each in found.entries], "next": found.next})
