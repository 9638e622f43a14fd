"""The OpenAPI document of the analyst API: what endpoints answer, with examples, for whoever may ask them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.routing import BaseRoute

from app.http.analyst.examples import example
from app.settings import Settings

Responses = dict[int | str, dict[str, Any]]

_REFUSALS: Final[Mapping[int, str]] = {
    400: "A parameter is not of its form.",
    401: "Nobody is known by these credentials.",
    403: "The account is neither an analyst's nor an officer's.",
    404: "There is nothing here that the account may know of.",
    422: "The body can't be read, or the answer would be too large.",
    503: "The request can't be served now; it may be repeated after Retry-After.",
}
_LIMITS: Final = (
    *("query_chars_max", "page_bytes_max", "answer_bytes_max", "object_bytes_max", "json_depth_max"),
    *("lookup_values_max", "lookup_body_bytes_max", "lookup_objects_max", "lookup_matches_max"),
    *("match_body_bytes_max", "match_observations_max", "match_indicators_max", "match_pattern_steps_max"),
    *("match_steps_max", "lookups_waiting_max", "pushes_waiting_max", "requests_per_minute_max"),
)
_SECURITY: Final = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def limits_told() -> Mapping[str, str]:
    """The settings that bound what analysts ask, each with what it says."""
    fields = {name: Settings.model_fields[name] for name in _LIMITS}
    return {name: field.description or "" for name, field in fields.items()}


def answers(shape: type[BaseModel], name: str) -> Responses:
    """The answers of an endpoint: this shape, with the example of this name, and refusals as TAXII error messages."""
    given: Responses = {200: {"model": shape, "content": {"application/json": {"example": example(name)}}}}
    return given | {status: {"description": text} for status, text in _REFUSALS.items()}


def body(shape: type[BaseModel]) -> dict[str, Any]:
    """The body of a request, for endpoints that read it themselves."""
    schema = shape.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def document(title: str, version: str, settings: Settings, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The document of these routes. FastAPI's own answer to wrong parameters is not given here."""
    made = get_openapi(title=f"{title}: the analyst API", version=version, routes=routes)
    limits = {name: {"value": getattr(settings, name), "description": each} for name, each in limits_told().items()}
    made["info"]["x-limits"] = limits
    made.setdefault("components", {})["securitySchemes"] = _SECURITY
    made["security"] = [{name: []} for name in _SECURITY]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"].get("schemas", {}).pop(name, None)
    return made
