"""The resources of TAXII 2.1 (sections 3.6, 3.7, 4 and 5) as they are written.

An absent property is left out: never null, never an empty list (section 2). Resources that are asked for now and then
are pydantic models; those that make up pages are plain typed dictionaries, since a page is built for every poll.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from app.taxii.media_types import TAXII_21

Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Resource(BaseModel):
    """A TAXII resource. `to_json` gives its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None and value not in ((), [])}

    def to_json(self) -> bytes:
        """The resource as UTF-8 JSON, in the order of the standard's tables."""
        return self.model_dump_json().encode()


class Discovery(Resource):
    """Section 4.1.1. `default`, if present, is one of `api_roots`, letter for letter."""

    title: str
    description: str | None = None
    contact: str | None = None
    default: str | None = None
    api_roots: tuple[str, ...] = ()


class ApiRoot(Resource):
    """Section 4.2.1. `max_content_length` is in octets of the request body."""

    title: str
    description: str | None = None
    versions: tuple[str, ...] = (TAXII_21,)
    max_content_length: Annotated[int, Field(gt=0, le=2**53 - 1)]


class CollectionResource(Resource):
    """Section 5.2.1, as one account sees the collection."""

    id: str
    title: str
    description: str | None = None
    alias: str | None = None
    can_read: bool
    can_write: bool
    media_types: tuple[str, ...] = ()


class Collections(Resource):
    """Section 5.1.1; `{}` where there is nothing to list."""

    collections: tuple[CollectionResource, ...] = ()


class StatusDetails(Resource):
    """Section 4.3.1: what became of one pushed object. `version` is its text, not a TAXII timestamp."""

    id: str
    version: str
    message: str | None = None


class Status(Resource):
    """Section 4.3.1: what became of one push. A list that is present is complete."""

    id: str
    status: Annotated[str, Field(pattern="^(complete|pending)$")]
    request_timestamp: str | None = None
    total_count: Count
    success_count: Count
    successes: tuple[StatusDetails, ...] = ()
    failure_count: Count
    failures: tuple[StatusDetails, ...] = ()
    pending_count: Count
    pendings: tuple[StatusDetails, ...] = ()


class ErrorMessage(Resource):
    """Section 3.6.1. `http_status` is a string."""

    title: str
    description: str | None = None
    error_id: str | None = None
    http_status: str | None = None


class ManifestRecord(TypedDict):
    """Section 5.3.1: one version of one object."""

    id: str
    date_added: str
    version: str
    media_type: str


class Manifest(TypedDict):
    """Section 5.3.1. `next` is missing from its table and present in its endpoint's (docs/protocol.md, A-03)."""

    more: NotRequired[Literal[True]]
    next: NotRequired[str]
    objects: NotRequired[list[ManifestRecord]]


class Versions(TypedDict):
    """Section 5.8.1. `next` as in the manifest."""

    more: NotRequired[Literal[True]]
    next: NotRequired[str]
    versions: NotRequired[list[str]]
