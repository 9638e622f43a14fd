"""One request of an analyst: who asks, and what every endpoint's parameters have in common."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from app.errors import MalformedRequest, NotKnown
from app.exchange import identify
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own_logs import Scope, require_analyst
from app.http.authentication import presented
from app.http.query import decoded_pairs
from app.stix.identifiers import is_identifier, is_type

PREFIX: Final = "/analyst/v1"
OBJECTS_DEFAULT: Final = 100
OBJECTS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """A request of an identified analyst or officer."""

    exchange: Exchange
    requester: Requester
    request: Request


async def called(request: Request) -> Call:
    """Who asks. Raises NotIdentified, NotPermitted for other roles, QueryTooLong, and MalformedRequest for a query that
    is unreadable or has a parameter twice: before anything else is read.
    """
    exchange: Exchange = request.app.state.exchange
    requester = await identify.identify(exchange, presented(request.headers))
    require_analyst(requester)
    names: set[str] = set()
    for name, _ in decoded_pairs(request.scope["query_string"], exchange.settings.query_chars_max):
        if name in names:
            raise MalformedRequest(f"{name} occurs more than once.")
        names.add(name)
    return Call(exchange, requester, request)


Called = Annotated[Call, Depends(called)]


def _types(text: str) -> str:
    wrong = next((each for each in text.split(",") if not is_type(each)), None)
    if wrong is not None:
        raise ValueError(f"`{wrong[:40]}` can't be a type of objects, such as indicator; commas stand between several")
    return text


Types = Annotated[str, AfterValidator(_types)]
"""Names of object types, with commas between them."""


class Parameters(BaseModel):
    """Parameters that an endpoint knows; others are refused, so that none is misspelt in vain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    partnership: str | None = Field(None, description="Only collections of this partnership, by its API root.")
    collection: str | None = Field(None, description="Only collections of this id or alias.")

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("U+0000 stands in no value")
        return value

    @property
    def scope(self) -> Scope:
        """Which collections are asked."""
        return Scope(self.partnership, self.collection)


class PageParameters(Parameters):
    """Parameters of what comes page by page."""

    limit: int = Field(OBJECTS_DEFAULT, ge=1, le=OBJECTS_MAX, description="The most entries of one page.")
    next: str | None = Field(
        None, description="`next` of the page before; the other parameters are repeated, `limit` may differ."
    )


def identifier(text: str, kind: str | None = None) -> str:
    """A STIX id from a request. Raises NotKnown where it is none, or not of this type."""
    if not is_identifier(text) or kind not in (None, text.partition("--")[0]):
        raise NotKnown
    return text
