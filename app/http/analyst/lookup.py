"""GET and POST /analyst/v1/lookup."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from app.errors import MalformedRequest, UnusableBody
from app.exchange import lookup, lookup_of_many
from app.exchange.entries import Entry
from app.exchange.lookup_of_many import OneOfMany
from app.http.analyst import bodies, rendering
from app.http.analyst.call import OBJECTS_DEFAULT, OBJECTS_MAX, PREFIX, Called, PageParameters, Parameters
from app.http.analyst.documenting import answers, body
from app.http.analyst.groups import by_reference
from app.http.analyst.shapes import LookUpShape, ManyLookUpsShape
from app.http.faults import EMPTY
from app.stix.vocabularies import SCO_TYPES

ROUTER: Final = APIRouter(prefix=PREFIX)


class LookUpParameters(PageParameters):
    """What is looked up."""

    value: str = Field(min_length=1, description="The value as people write it, defanged or not.")
    kind: str | None = Field(None, description="Its kind, where the form does not tell: `file:name`, `sha256` …")
    inside: bool = Field(default=False, description="Also what lies in it: in a network, under a domain, a technique.")


class ManyParameters(Parameters):
    """The body of a look-up of many values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    values: list[str] = Field(min_length=1, description="The values, defanged or not.")
    kind: str | None = Field(None, description="The kind of all of them, where their form does not tell.")
    limit: int = Field(OBJECTS_DEFAULT, ge=1, le=OBJECTS_MAX, description="The most objects named for one value.")


@ROUTER.get("/lookup", responses=answers(LookUpShape, "lookup"))
async def look_up(call: Called, asked: Annotated[LookUpParameters, Query()]) -> Response:
    """What names or covers a value: indicators, observables and others, with what refers to them.

    Each object is given in its newest version, newest date first. What has the form of an address, a URL, a hash and
    so on is looked up as that, and as no free text; what has the form of a domain name also as the name of a file, and
    hexadecimal digits as the serial number of a certificate.
    """
    question = lookup.Question(asked.value, asked.kind, asked.inside, asked.scope, asked.limit, asked.next)
    found = await lookup.look_up(call.exchange, call.requester, question)
    return rendering.answer(
        {
            "value": asked.value,
            "read_as": [rendering.value(each) for each in found.read_as],
            **_by_class(found.found),
            **by_reference(found.related),
            "more_related": found.more_related,
            "next": found.next,
        }
    )


@ROUTER.post("/lookup", responses=answers(ManyLookUpsShape, "lookup-many"), openapi_extra=body(ManyParameters))
async def look_up_many(call: Called) -> Response:
    """What names or covers each of up to 10,000 values. A value that stands twice is answered once."""
    settings = call.exchange.settings
    asked = await bodies.read(call, ManyParameters, settings.lookup_body_bytes_max)
    if len(asked.values) > settings.lookup_values_max:
        raise UnusableBody(f"Up to {settings.lookup_values_max} values are looked up at once.")
    if "" in asked.values:
        raise MalformedRequest(f"values.{asked.values.index('')}: This {EMPTY}.")
    found = await lookup_of_many.look_up_many(
        call.exchange, call.requester, asked.values, asked.kind, asked.scope, asked.limit
    )
    return rendering.answer(
        {
            "entries": rendering.in_list(rendering.written(rendering.entry(each)) for each in found.entries),
            "values": rendering.in_list(rendering.plain(_one_of_many(each)) for each in found.values),
        }
    )


def _one_of_many(one: OneOfMany) -> dict[str, Any]:
    return {
        "value": one.value,
        "read_as": [rendering.value(each) for each in one.read_as],
        "matches": [{"entry": number, **rendering.match(each)} for number, each in one.matches],
        "more": one.more,
    }


def _by_class(found: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {"indicators": [], "observables": [], "others": []}
    for entry, matches in found:
        groups[_class_of(entry)].append(rendering.entry(entry, matches))
    return groups


def _class_of(entry: Entry) -> str:
    if entry.type == "indicator":
        return "indicators"
    return "observables" if entry.type in SCO_TYPES else "others"
