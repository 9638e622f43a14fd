"""Answers for analysts as JSON; objects stand in them as the bytes that came in, never written anew."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import to_json
from starlette.responses import Response

from app.exchange.entries import Entry
from app.exchange.lookup import Match
from app.stix.observables import Observable
from app.stix.validity import confidence_of
from app.taxii.timestamps import format_timestamp

HEADERS: Final = {
    "cache-control": "no-store",
    "vary": "Authorization, X-API-Key",
    "x-content-type-options": "nosniff",
}


def answer(value: Mapping[str, Any]) -> Response:
    """The answer that holds this value; bytes in it are JSON already, and keys without a value are left out."""
    return Response(written(value), media_type="application/json", headers=HEADERS)


def entry(shown: Entry, matches: Sequence[Match] = ()) -> Mapping[str, Any]:
    """One version, where it stands and what it says of itself."""
    return {
        "id": shown.row.stix_id,
        "type": shown.type,
        "version": shown.row.version_text,
        "partnership": shown.log.root,
        "collection": shown.log.place.collection.alias,
        "collection_id": shown.log.place.collection.id,
        "date_added": format_timestamp(shown.row.date_added),
        "matches": [match(each) for each in matches] or None,
        "valid": shown.valid,
        "valid_from": shown.validity.valid_from,
        "valid_until": shown.validity.valid_until,
        "revoked": shown.validity.revoked,
        "confidence": confidence_of(shown.tree),
        "tlp": list(shown.tlp),
        "created_by_ref": shown.creator,
        "created_by": shown.named,
        "object": shown.content,
    }


def match(found: Match) -> Mapping[str, str]:
    """A value that an entry names, and how it stands to the one that was asked for."""
    return {**value(found.observable), "how": found.how}


def value(observable: Observable) -> Mapping[str, str]:
    """A value in its normal form, with its kind."""
    return {"kind": observable.kind, "value": observable.value}


def plain(value: object) -> bytes:
    """A value in which no object stands, written at once."""
    return to_json(value)


def written(value: object) -> bytes:
    """A value as it stands in an answer."""
    return b"".join(_written(value))


def in_list(values: Iterable[bytes]) -> bytes:
    """Thousands of values, each written as it is made: were all there at once, and none could be freed before the last,
    the garbage collector would look through them again and again.
    """
    return b"[" + b",".join(values) + b"]"


def _written(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, Mapping):
        yield from _framed(b"{", value.items(), b"}")
    elif isinstance(value, list):
        yield b"["
        for number, each in enumerate(value):
            if number:
                yield b","
            yield from _written(each)
        yield b"]"
    else:
        yield json.dumps(value).encode()


def _framed(opening: bytes, items: Any, closing: bytes) -> Iterator[bytes]:
    before = opening
    for name, each in items:
        if each is not None:
            yield before + json.dumps(name).encode() + b":"
            yield from _written(each)
            before = b","
    yield closing if before == b"," else opening + closing
