"""POST /analyst/v1/sightings."""

from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from app.exchange import sight
from app.http.analyst import bodies, rendering
from app.http.analyst.call import PREFIX, Called, identifier
from app.http.analyst.documenting import answers, body
from app.http.analyst.shapes import ReportedShape
from app.http.taxii.status import as_status

ROUTER: Final = APIRouter(prefix=PREFIX)
COUNT_MAX: Final = 999_999_999


class ReportParameters(BaseModel):
    """What is reported of an indicator."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    partnership: str = Field(description="The partnership, by its API root.")
    collection: str = Field(description="The collection that the report goes to, by id or alias.")
    indicator: str = Field(description="The id of an indicator that the caller is shown in this partnership.")
    false_positive: bool = Field(default=False, description="It is none: an `opinion` is made, `strongly-disagree`.")
    count: int | None = Field(None, ge=0, le=COUNT_MAX, description="How often it was seen.")
    first_seen: str | None = Field(None, description="When it was seen first, such as 2026-01-02T03:04:05Z.")
    last_seen: str | None = Field(None, description="When it was seen last.")
    description: str | None = Field(None, min_length=1, description="What else there is to say; of an opinion, why.")

    @model_validator(mode="after")
    def _an_opinion_has_no_times(self) -> "ReportParameters":
        if self.false_positive and {self.count, self.first_seen, self.last_seen} != {None}:
            raise ValueError("`count`, `first_seen` and `last_seen` are of sightings, not of a false positive")
        return self

    def told(self) -> sight.Told:
        """What is told. Raises NotKnown where the id is that of no indicator."""
        if self.false_positive:
            kind, said = "opinion", {"opinion": "strongly-disagree", "explanation": self.description}
        else:
            kind = "sighting"
            said = {name: getattr(self, name) for name in ("first_seen", "last_seen", "count", "description")}
        given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        return sight.Told(self.partnership, self.collection, identifier(self.indicator, "indicator"), kind, given)


@ROUTER.post("/sightings", responses=answers(ReportedShape, "sightings"), openapi_extra=body(ReportParameters))
async def report(call: Called) -> Response:
    """Report that an indicator was seen, or that it is a false positive, to a collection that takes that.

    The exchange writes it as STIX, marks it like the indicator, and takes it as it takes a push: see its status.
    """
    with call.exchange.pushes.one(call.requester.partner):
        told = (await bodies.read(call, ReportParameters, call.exchange.settings.object_bytes_max)).told()
        reported = await sight.report(call.exchange, call.requester, told)
    status = as_status(reported.status).model_dump(exclude_defaults=True)
    return rendering.answer({"object": reported.made.raw, "status": status})
