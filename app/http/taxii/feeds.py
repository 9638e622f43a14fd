"""{root}/collections/{id}/feeds/, …/{mapping}/ and …/dry-run/: a feed's own format in, what becomes of it out. Not of
the standard.

A dry run is a resource of its own, and no parameter: whoever mistypes its path gets 404, and a proxy or an older server
that does not know it takes nothing.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from app.errors import BodyTooLarge, MalformedRequest, UnusableBody
from app.exchange import feed, trial
from app.exchange.push_status import FAILURE, SUCCESS
from app.exchange.trial import Tried
from app.feeds.mapping import FeedMapping
from app.http import negotiation, rendering
from app.http.query import decoded_pairs
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, may_write
from app.http.taxii.status import as_details, as_status
from app.taxii.feed_list import FeedEntry, Feeds
from app.taxii.media_types import JSON
from app.taxii.trials import Trial

OBJECTS_SHOWN = 3
OBJECTS_SHOWN_MAX = 100


async def visible(call: Call) -> None:
    """The collection is one that the caller sees, and there is such a mapping."""
    await collection_visible(call)
    feed.known_mapping(call.exchange, call.mapping)


async def may_feed(call: Call) -> None:
    """The caller may write to the collection, and there is such a mapping."""
    await visible(call)
    await may_write(call)


async def listing(call: Call) -> TaxiiResponse:
    """By which mappings the caller may deliver to the collection. The query is ignored, as where no filters are."""
    found = await feed.mappings(call.exchange, call.requester, call.root, call.reference)
    return rendering.document(Feeds(feeds=tuple(_entry(call, each) for each in found)))


def _entry(call: Call, mapping: FeedMapping) -> FeedEntry:
    return FeedEntry(
        name=mapping.name,
        title=mapping.title,
        forms=mapping.forms,
        bytes_max=feed.bytes_max(call.exchange, mapping),
        objects_max=call.exchange.settings.push_objects_max,
    )


async def deliver(call: Call) -> TaxiiResponse:
    """Takes a delivery of a feed. It has no parameters, so that nobody asks in vain for it to be tried only."""
    if call.request.scope["query_string"]:
        raise MalformedRequest("A delivery has no parameters: what is sent here is taken. To try it, use …/dry-run/.")
    await _require_delivery(call)
    with call.exchange.pushes.one(call.requester.partner):
        body = await _body(call)
        status = await feed.feed(call.exchange, call.requester, call.root, call.reference, call.mapping, body)
    return rendering.resource(as_status(status), HTTPStatus.ACCEPTED)


async def dry_run(call: Call) -> TaxiiResponse:
    """Tells what would become of a delivery, and takes nothing of it. `objects` is how many of them are shown."""
    count = _count(decoded_pairs(call.request.scope["query_string"], call.published.query_chars_max))
    await _require_delivery(call)
    with call.exchange.pushes.one(call.requester.partner):
        body = await _body(call)
        here = call.exchange, call.requester, call.root, call.reference
        tried = await trial.try_delivery(*here, call.mapping, body)
    return rendering.document(as_trial(tried, count))


def as_trial(tried: Tried, count: int) -> Trial:
    """A trial as it is written: like the status that a push would get, and with the first objects."""
    successes, failures = ([each for each in tried.outcomes if each.result == result] for result in (SUCCESS, FAILURE))
    return Trial(
        total_count=len(tried.outcomes),
        success_count=len(successes),
        successes=tuple(map(as_details, successes)),
        failure_count=len(failures),
        failures=tuple(map(as_details, failures)),
        objects=tuple(each.tree for each in tried.first_objects(count)),
    )


def _count(pairs: Sequence[tuple[str, str]]) -> int:
    match pairs:
        case []:
            return OBJECTS_SHOWN
        case [("objects", text)] if text.isascii() and text.isdigit() and len(text) <= len(str(OBJECTS_SHOWN_MAX)):
            if int(text) <= OBJECTS_SHOWN_MAX:
                return int(text)
    raise MalformedRequest(
        f"A dry run has one parameter, `objects`: how many are shown, from 0 to {OBJECTS_SHOWN_MAX}."
    )


async def _require_delivery(call: Call) -> None:
    negotiation.require_feed_body(call.request.headers)
    negotiation.require_declared_length(call.request.headers, call.published.content_length_bytes_max)
    await may_feed(call)  # nothing is read from who may not write here


async def _body(call: Call) -> bytes:
    """The delivery. One that is too long is 422: 413 is for what is longer than the API root says."""
    bytes_max = feed.bytes_max(call.exchange, feed.known_mapping(call.exchange, call.mapping))
    too_long = UnusableBody(f"A delivery of up to {bytes_max} octets is taken here. Send this one in several.")
    try:
        negotiation.require_declared_length(call.request.headers, bytes_max)
        return await negotiation.read_body(call.request, bytes_max)
    except BodyTooLarge:
        raise too_long from None


FEEDS: Final = TaxiiPath(
    template="/{root}/collections/{reference}/feeds/",
    offered={"GET": Method(listing, gate=may_write)},
    visible=collection_visible,
    media_type=JSON,
)
FEED: Final = TaxiiPath(
    template="/{root}/collections/{reference}/feeds/{mapping}/",
    offered={"POST": Method(deliver, gate=may_feed)},
    visible=visible,
)
DRY_RUN: Final = TaxiiPath(
    template="/{root}/collections/{reference}/feeds/{mapping}/dry-run/",
    offered={"POST": Method(dry_run, gate=may_feed)},
    visible=visible,
    media_type=JSON,
)
