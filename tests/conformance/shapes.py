"""What every answer of a TAXII 2.1 server has to be, whatever was asked: the tables of the standard as strict models.

They are written from the standard and know nothing of the product's own. `conforms` is asked about each answer that a
conformance test gets, so that the rows about all answers (TYP, ERR, CUS, T-NEG-04, T-NEG-05, T-CONF-02, T-CONF-05) are
tried with every request of these tests.
"""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tests.support.direct import Answer
from tests.support.exchanges import TAXII

FIRST, LAST = "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"
TIMESTAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
UUID_4 = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
MEDIA_TYPE = r"^application/taxii\+json;version=[0-9]+\.[0-9]+$"

INNER = re.compile(r"Traceback|[a-z]Error\b|(?i:SELECT |sql|psycopg|\.py\b|\.db\b|(?<!application)/[a-z]+/[a-z]+)")
"""What only the inside of a server knows: exceptions, SQL, files."""

Timestamp = Annotated[str, StringConstraints(pattern=TIMESTAMP)]
Identifier = Annotated[str, StringConstraints(pattern=UUID_4)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Text = Annotated[str, StringConstraints(min_length=1)]


def _is_root_url(url: str) -> str:
    assert re.match(r"^(https://[^/?]+/|/(?!/))[^?]*$", url), f"{url} is neither https nor relative to the host"
    return url


class Shape(BaseModel):
    """A resource: strict types, no null, no empty list; custom properties named as section 7.1.1 asks."""

    model_config = ConfigDict(strict=True, extra="allow")


class Discovery(Shape):
    """Section 4.1.1."""

    title: Text
    description: str = ""
    contact: str = ""
    default: Annotated[str, AfterValidator(_is_root_url)] = ""
    api_roots: list[Annotated[str, AfterValidator(_is_root_url)]] = []


class ApiRoot(Shape):
    """Section 4.2.1."""

    title: Text
    description: str = ""
    versions: Annotated[list[Annotated[str, StringConstraints(pattern=MEDIA_TYPE)]], Field(min_length=1)]
    max_content_length: Annotated[int, Field(gt=0, le=2**53 - 1)]


class StatusDetails(Shape):
    """Section 4.3.1, type status-details."""

    id: Text
    version: Text
    message: str = ""


class Status(Shape):
    """Section 4.3.1."""

    id: Identifier
    status: Literal["complete", "pending"]
    request_timestamp: Timestamp = ""
    total_count: Count
    success_count: Count
    successes: list[StatusDetails] = []
    failure_count: Count
    failures: list[StatusDetails] = []
    pending_count: Count
    pendings: list[StatusDetails] = []


class Collection(Shape):
    """Section 5.2.1."""

    id: Identifier
    title: Text
    description: str = ""
    alias: str = ""
    can_read: bool
    can_write: bool
    media_types: list[str] = []


class Collections(Shape):
    """Section 5.1.1."""

    collections: list[Collection] = []


class ManifestRecord(Shape):
    """Section 5.3.1, type manifest-record."""

    id: Text
    date_added: Timestamp
    version: Text
    media_type: str = ""


class Page(Shape):
    """What manifest, envelope and versions share; `next` on all three (A-03)."""

    more: bool = False
    next: str = ""


class Manifest(Page):
    """Section 5.3.1."""

    objects: list[ManifestRecord] = []


class Envelope(Page):
    """Section 3.7."""

    objects: list[dict[str, Any]] = []


class Versions(Page):
    """Section 5.8.1."""

    versions: list[Text] = []


class Error(Shape):
    """Section 3.6.1."""

    title: Text
    description: str = ""
    error_id: str = ""
    error_code: str = ""
    http_status: Annotated[str, StringConstraints(pattern=r"^[45]\d\d$")] = ""
    external_details: str = ""
    details: dict[str, Any] = {}


PAGES = (Manifest, Envelope, Versions)


def shape_of(method: str, segments: list[str], status: int) -> type[Shape] | None:
    """The resource that an answer to this request is, or None where the standard defines no body."""
    if status >= 400:
        return Error
    if method not in ("GET", "POST"):
        return None
    match segments:
        case ["taxii2"]:
            return Discovery
        case [_]:
            return ApiRoot
        case [_, "status", _]:
            return Status
        case [_, "collections"]:
            return Collections
        case [_, "collections", _]:
            return Collection
        case [_, "collections", _, "manifest"]:
            return Manifest
        case [_, "collections", _, "objects"]:
            return Status if method == "POST" else Envelope
        case [_, "collections", _, "objects", _]:
            return Envelope
        case [_, "collections", _, "objects", _, "versions"]:
            return Versions
    return None


def conforms(method: str, target: str, answer: Answer) -> None:
    """Raise AssertionError where this answer is none that a TAXII 2.1 server may give."""
    segments = target.partition("?")[0].strip("/").split("/")
    shape = shape_of(method, segments, answer.status)
    asked = f"{method} {target[:200]}: {answer.status}"
    assert answer.header("content-type") == TAXII or method == "OPTIONS", f"{asked} is not of the TAXII type"
    has_rows = False
    if shape is None or method == "HEAD":
        assert answer.body == b"", f"{asked} has a body"
    else:
        body = i_json(answer.body)
        resource = shape.model_validate(body)
        _nothing_empty(body, asked, objects=shape is Envelope)
        _custom_properties(resource, asked)
        _agrees(resource, answer, asked)
        has_rows = bool(body.get("versions") or body.get("objects")) if shape in PAGES else False
    if method != "HEAD":
        dated = [answer.header(FIRST) is not None, answer.header(LAST) is not None]
        assert dated == [has_rows, has_rows], f"{asked}: dates stand on pages that hold rows, and on nothing else"
    for name in (FIRST, LAST):
        value = answer.header(name)
        assert value is None or re.match(TIMESTAMP, value), f"{asked}: {name} is {value}"
    assert (answer.header(FIRST) or "") <= (answer.header(LAST) or ""), f"{asked}: first is later than last"


def i_json(body: bytes) -> Any:
    """The body as I-JSON (RFC 7493): UTF-8 without a byte order mark, no member twice, an object."""
    assert not body.startswith(b"\xef\xbb\xbf"), "there is a byte order mark"
    text = body.decode("utf-8")
    text.encode("utf-8")
    value = json.loads(text, object_pairs_hook=_no_member_twice, parse_constant=_no_constant)
    assert isinstance(value, dict), "the body is no object"
    return value


def _no_member_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a member stands twice among {names}"
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


def _nothing_empty(value: Any, asked: str, *, objects: bool) -> None:
    """No null and no empty list in TAXII's own properties; what stands inside STIX objects is theirs."""
    assert value is not None, f"{asked} holds null"
    assert value != [], f"{asked} holds an empty list"
    if isinstance(value, dict):
        for name, inner in value.items():
            if not (objects and name == "objects"):
                _nothing_empty(inner, asked, objects=False)
            else:
                assert inner != [], f"{asked} holds an empty list of objects"
    elif isinstance(value, list):
        for inner in value:
            _nothing_empty(inner, asked, objects=False)


def _custom_properties(resource: Shape, asked: str) -> None:
    for name in resource.model_extra or {}:
        assert re.match(r"^x_[a-z0-9_]{1,248}$", name), f"{asked} holds {name}, which is none of the standard's names"
    for value in resource.__dict__.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Shape):
                _custom_properties(inner, asked)


def _agrees(resource: Shape, answer: Answer, asked: str) -> None:
    """What a schema can't say."""
    match resource:
        case Error():
            assert resource.http_status in ("", str(answer.status)), f"{asked} says {resource.http_status}"
            assert not INNER.search(answer.body.decode()), f"{asked} tells of the inside: {answer.body!r}"
        case Discovery() if resource.default:
            assert resource.default in resource.api_roots, f"{asked}: {resource.default} is none of the roots"
        case Status():
            lists = (resource.successes, resource.failures, resource.pendings)
            counts = (resource.success_count, resource.failure_count, resource.pending_count)
            assert sum(counts) == resource.total_count, f"{asked}: {counts} are not {resource.total_count}"
            assert all(len(each) in (0, count) for each, count in zip(lists, counts, strict=True)), asked
            assert len(resource.failures) == resource.failure_count, f"{asked} does not list its failures"
        case Envelope():
            assert all("type" in each and "id" in each for each in resource.objects), f"{asked}: no STIX object"
            assert all(each["type"] != "bundle" for each in resource.objects), f"{asked} holds a bundle"
            assert not {"type", "id", "spec_version"} & answer_members(answer), f"{asked} is a bundle"
    if isinstance(resource, Page):
        assert resource.more == bool(resource.next), f"{asked}: next is there exactly when there is more"


def answer_members(answer: Answer) -> set[str]:
    """The names of the members of the body."""
    return set(json.loads(answer.body))
