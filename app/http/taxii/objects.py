"""{root}/collections/{id}/objects/ and …/objects/{object-id}/ (TAXII 2.1 sections 5.4 to 5.7)."""

from http import HTTPStatus
from typing import Final

from app.exchange import pull, push, withdraw
from app.http import negotiation, rendering
from app.http.query import decoded_pairs
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, may_read, may_withdraw, may_write
from app.http.taxii.page_requests import page_request
from app.http.taxii.status import as_status
from app.taxii.filters import Endpoint, parse_withdrawal


async def objects(call: Call) -> TaxiiResponse:
    """A page of the collection, as an envelope."""
    request = page_request(call, Endpoint.OBJECTS)
    return rendering.envelope(await pull.objects(call.exchange, call.requester, call.root, call.reference, request))


async def add(call: Call) -> TaxiiResponse:
    """Takes an envelope. The query is ignored: filters mean nothing here."""
    bytes_max = call.published.content_length_bytes_max
    negotiation.require_taxii_body(call.request.headers)
    negotiation.require_declared_length(call.request.headers, bytes_max)
    await may_write(call)  # nothing is read from who may not write here
    with call.exchange.pushes.one(call.requester.partner):
        body = await negotiation.read_body(call.request, bytes_max)
        status = await push.push(call.exchange, call.requester, call.root, call.reference, body)
    return rendering.resource(as_status(status), HTTPStatus.ACCEPTED)


async def one_object(call: Call) -> TaxiiResponse:
    """A page of the versions of one object, as an envelope."""
    request = page_request(call, Endpoint.OBJECT)
    page = await pull.one_object(call.exchange, call.requester, call.root, call.reference, call.object_id, request)
    return rendering.envelope(page)


async def delete(call: Call) -> TaxiiResponse:
    """Takes back what the caller's organisation contributed under this id."""
    pairs = decoded_pairs(call.request.scope["query_string"], call.published.query_chars_max)
    versions = parse_withdrawal(pairs)
    await withdraw.withdraw(call.exchange, call.requester, call.root, call.reference, call.object_id, versions)
    return rendering.nothing()


OBJECTS: Final = TaxiiPath(
    template="/{root}/collections/{reference}/objects/",
    offered={"GET": Method(objects, gate=may_read), "POST": Method(add, gate=may_write)},
    visible=collection_visible,
)
OBJECT: Final = TaxiiPath(
    template="/{root}/collections/{reference}/objects/{object_id}/",
    offered={"GET": Method(one_object, gate=may_read), "DELETE": Method(delete, gate=may_withdraw)},
    visible=collection_visible,
)
