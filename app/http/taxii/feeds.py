"""{root}/collections/{id}/feeds/{mapping}/: a feed's own format in, a status resource out. Not of the standard."""

from http import HTTPStatus
from typing import Final

from app.errors import BodyTooLarge, MalformedRequest, UnusableBody
from app.exchange import feed
from app.http import negotiation, rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, may_write
from app.http.taxii.status import as_status


async def visible(call: Call) -> None:
    """The collection is one that the caller sees, and there is such a mapping."""
    await collection_visible(call)
    feed.known_mapping(call.exchange, call.mapping)


async def may_feed(call: Call) -> None:
    """The caller may write to the collection, and there is such a mapping."""
    await visible(call)
    await may_write(call)


async def deliver(call: Call) -> TaxiiResponse:
    """Takes a delivery of a feed. It has no parameters, so that nobody asks in vain for it to be tried only."""
    if call.request.scope["query_string"]:
        raise MalformedRequest("A delivery has no parameters: what is sent here is taken.")
    negotiation.require_feed_body(call.request.headers)
    negotiation.require_declared_length(call.request.headers, call.published.content_length_bytes_max)
    await may_feed(call)  # nothing is read from who may not write here
    with call.exchange.pushes.one(call.requester.partner):
        body = await _body(call)
        status = await feed.feed(call.exchange, call.requester, call.root, call.reference, call.mapping, body)
    return rendering.resource(as_status(status), HTTPStatus.ACCEPTED)


async def _body(call: Call) -> bytes:
    """The delivery. One that is too long is 422: 413 is for what is longer than the API root says."""
    bytes_max = feed.bytes_max(call.exchange, feed.known_mapping(call.exchange, call.mapping))
    too_long = UnusableBody(f"A delivery of up to {bytes_max} octets is taken here. Send this one in several.")
    try:
        negotiation.require_declared_length(call.request.headers, bytes_max)
        return await negotiation.read_body(call.request, bytes_max)
    except BodyTooLarge:
        raise too_long from None


FEED: Final = TaxiiPath(
    template="/{root}/collections/{reference}/feeds/{mapping}/",
    offered={"POST": Method(deliver, gate=may_feed)},
    visible=visible,
)
