"""The JSON bodies that analysts send: bounded, as strict as what is pushed, and of the shape that OpenAPI documents."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import MalformedRequest, UnusableBody
from app.http import faults, negotiation
from app.http.analyst.call import Call
from app.stix.json_faults import JsonLimits
from app.stix.strict_json import JsonRefused, parse

B = TypeVar("B", bound=BaseModel)


async def read(call: Call, shape: type[B], bytes_max: int) -> B:
    """The body. Raises MalformedRequest for a query, UnsupportedMediaType, BodyTooLarge, UnusableBody."""
    if call.request.scope["query_string"]:
        raise MalformedRequest("All that is asked here stands in the body; there are no query parameters.")
    headers = call.request.headers
    negotiation.require_json_body(headers)
    negotiation.require_declared_length(headers, bytes_max)
    raw = await negotiation.read_body(call.request, bytes_max)
    limits = JsonLimits(depth_max=call.exchange.settings.json_depth_max, object_bytes_max=bytes_max)
    try:
        element = parse(raw, limits)
        if element.refusals:
            raise UnusableBody(" ".join(element.refusals))
        return shape.model_validate(element.tree)
    except JsonRefused as refused:
        raise UnusableBody(refused.reason) from None
    except ValidationError as error:
        raise UnusableBody(faults.told(error.errors(include_url=False)[0], "the body")) from None
