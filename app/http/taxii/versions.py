"""GET {root}/collections/{id}/objects/{object-id}/versions/ (TAXII 2.1 section 5.8)."""

from typing import Final

from app.exchange import pull
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, may_read
from app.http.taxii.page_requests import page_request
from app.taxii.filters import Endpoint


async def versions(call: Call) -> TaxiiResponse:
    """A page of the versions of one object, in the order in which they were added."""
    request = page_request(call, Endpoint.VERSIONS)
    page = await pull.versions(call.exchange, call.requester, call.root, call.reference, call.object_id, request)
    return rendering.versions(page)


VERSIONS: Final = TaxiiPath(
    template="/{root}/collections/{reference}/objects/{object_id}/versions/",
    offered={"GET": Method(versions, gate=may_read)},
    visible=collection_visible,
)
