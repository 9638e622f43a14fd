"""GET {root}/collections/{id}/manifest/ (TAXII 2.1 section 5.3)."""

from typing import Final

from app.exchange import pull
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, may_read
from app.http.taxii.page_requests import page_request
from app.taxii.filters import Endpoint


async def manifest(call: Call) -> TaxiiResponse:
    """A page of the collection, as manifest records."""
    request = page_request(call, Endpoint.MANIFEST)
    return rendering.manifest(await pull.manifest(call.exchange, call.requester, call.root, call.reference, request))


MANIFEST: Final = TaxiiPath(
    template="/{root}/collections/{reference}/manifest/",
    offered={"GET": Method(manifest, gate=may_read)},
    visible=collection_visible,
)
