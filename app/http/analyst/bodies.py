"""The JSON bodies that analysts send: bounded, and read by the shape that OpenAPI documents."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import UnusableBody
from app.http import negotiation
from app.http.analyst.call import Call

B = TypeVar("B", bound=BaseModel)


async def read(call: Call, shape: type[B], bytes_max: int) -> B:
    """The body. Raises UnsupportedMediaType, BodyTooLarge, UnusableBody."""
    headers = call.request.headers
    negotiation.require_json_body(headers)
    negotiation.require_declared_length(headers, bytes_max)
    try:
        return shape.model_validate_json(await negotiation.read_body(call.request, bytes_max))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise UnusableBody(f"{place}: {first['msg']}.") from None
