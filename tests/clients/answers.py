"""What breaks one client or another, and so must be in no answer: one look at everything that passed."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from tests.clients.proxy import Passed
from tests.support.exchanges import TAXII

FIRST, LAST = "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"
DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})000Z")
PAGE = re.compile(r"/[^/]+/collections/[^/]+/(objects|manifest)/?")
ROOT = re.compile(r"/[^/]+/?")
COLLECTIONS = re.compile(r"/[^/]+/collections/?")
VERSION_2_0 = "application/vnd.oasis.taxii+json; version=2.0"


def objections(passed: Sequence[Passed]) -> list[str]:
    """Everything that some client could not live with, in words."""
    return [f"{each.method} {each.target} {each.status}: {why}" for each in passed for why in _objections(each)]


def _objections(each: Passed) -> Iterator[str]:
    if each.given["Content-Type"] != TAXII:
        yield f"the media type is {each.given['Content-Type']}; clients compare it literally"
    if VERSION_2_0 in (each.asked["Accept"] or "") and TAXII not in each.asked["Accept"]:
        if each.status != 406:
            yield "a probe for TAXII 2.0 has to be told 406"
        return
    if each.status != (202 if each.method == "POST" else 200):
        yield f"a request that is right was refused: {each.body!r}"
        return
    body = json.loads(each.body)
    if _holds_null(body):
        yield "null: clients take it for a wrong type"
    if [] in body.values():
        yield "an empty list"
    if each.method == "POST":
        yield from _status(body)
    elif PAGE.fullmatch(each.path):
        yield from _page(each, body)
    elif each.path.strip("/") == "taxii2":
        yield from _discovery(body)
    elif COLLECTIONS.fullmatch(each.path):
        yield from _collections(body["collections"])
    elif ROOT.fullmatch(each.path) and not (body["title"] and isinstance(body["max_content_length"], int)):
        yield "an API root without a title, or without a length to split by"


def _page(each: Passed, body: Mapping[str, Any]) -> Iterator[str]:
    objects = body.get("objects", [])
    if body.get("more", True) is not True or ("more" in body) != ("next" in body):
        yield "`more` is true or absent, and `next` stands exactly beside it: one client looks at this, one at that"
    if "next" in body and not (objects and body["next"] and isinstance(body["next"], str)):
        yield "a page that is empty with more to come, or no word to go on with: cursors are reset, walks never end"
    if len(objects) > int(each.query.get("limit") or len(objects)):
        yield "more than was asked for"
    first, last = each.given[FIRST], each.given[LAST]
    if (first is None) != (not objects) or (last is None) != (not objects):
        yield "the dates added stand on each page that has objects, and on no other"
    elif objects and not (DATE.fullmatch(first) and DATE.fullmatch(last) and first <= last):
        yield f"dates added of another form than whole milliseconds with six digits: {first}, {last}"
    elif len(objects) > 1 and first == last:
        yield "two rows of one date"


def _discovery(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("default") not in body["api_roots"]:
        yield "`default` is not one of the API roots, letter by letter"
    if not all(re.fullmatch(r"https://[^/]+/[^/]+/", root) for root in body["api_roots"]):
        yield "an API root that is not absolute, or does not end in a slash"


def _collections(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    titles = [each["title"] for each in found]
    if len(set(titles)) < len(titles) or any("." in title for title in titles):
        yield "titles by which no client can choose"
    for each in found:
        if type(each["can_read"]) is not bool or type(each["can_write"]) is not bool:
            yield "rights that are no booleans"
        if str(UUID(each["id"], version=4)) != each["id"]:
            yield "an id that is no UUID of version 4"


def _status(body: Mapping[str, Any]) -> Iterator[str]:
    counts = [body[f"{name}_count"] for name in ("success", "failure", "pending")]
    listed = [len(body.get(name, [])) for name in ("successes", "failures", "pendings")]
    if counts != listed or sum(counts) != body["total_count"]:
        yield f"counts {counts} of {body['total_count']}, and {listed} in the lists"


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    if isinstance(value, list):
        return any(map(_holds_null, value))
    return value is None
