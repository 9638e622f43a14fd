"""POST /analyst/v1/match."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from app.exchange import match as matching
from app.http import negotiation
from app.http.analyst import rendering
from app.http.analyst.call import PREFIX, Called, PageParameters
from app.http.analyst.documenting import answers
from app.http.analyst.shapes import MatchedShape
from app.stix.matching.uploads import UploadForm

ROUTER: Final = APIRouter(prefix=PREFIX)

_FORMS: Final = {"application/json": UploadForm.JSON, "text/csv": UploadForm.CSV}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "A STIX bundle, or an object with `objects`, a list of STIX objects: observed data "
                    "and observables. Or an object with `values`, a list: each a text, or an object.",
                    "properties": {
                        "objects": {"type": "array", "items": {"type": "object"}},
                        "values": {
                            "type": "array",
                            "items": {
                                "anyOf": [
                                    {"type": "string"},
                                    {
                                        "type": "object",
                                        "required": ["type", "value"],
                                        "properties": {
                                            "type": {"type": "string", "description": "A kind, or an object path."},
                                            "value": {"type": ["string", "number", "boolean"]},
                                            "timestamp": {"type": "string", "format": "date-time"},
                                        },
                                    },
                                ]
                            },
                        },
                    },
                }
            },
            "text/csv": {
                "schema": {"type": "string", "description": "A header of kinds or object paths, `timestamp`; rows."}
            },
        },
    }
}


class MatchParameters(PageParameters):
    """Which indicators an upload is matched with."""

    valid: bool = Field(default=True, description="Only indicators that hold now.")


@ROUTER.post("/match", responses=answers(MatchedShape, "match"), openapi_extra=_BODY)
async def match(call: Called, asked: Annotated[MatchParameters, Query()]) -> Response:
    """The indicators whose STIX pattern the upload matches, newest date added first. Nothing of it is kept.

    Each observed data, value or row is one observation. What can't be decided is named, with the reason. While there
    is a `next`, there may be more: the upload is sent again.
    """
    headers = call.request.headers
    bytes_max = call.exchange.settings.match_body_bytes_max
    form = _FORMS[negotiation.require_body_of(headers, _FORMS)]
    negotiation.require_declared_length(headers, bytes_max)
    upload = await negotiation.read_body(call.request, bytes_max)
    question = matching.Question(upload, form, asked.valid, asked.scope, asked.limit, asked.next)
    found = await matching.match(call.exchange, call.requester, question)
    return rendering.answer(
        {
            "observations": found.observations,
            "tried": found.tried,
            "indicators": [
                {
                    **rendering.entry(each.entry),
                    "observed": list(each.places),
                    "more_observed": each.more_places or None,
                }
                for each in found.matches
            ],
            "undecided": [{**rendering.entry(entry), "reason": reason} for entry, reason in found.undecided],
            "next": found.next,
        }
    )
