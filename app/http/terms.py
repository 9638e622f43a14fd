"""GET {root}/terms/: what the caller may read and push there, for machines to read. No endpoint of TAXII's."""

from typing import Final

from app.exchange.account_terms import account_terms
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import root_visible
from app.taxii.media_types import JSON


async def terms(call: Call) -> TaxiiResponse:
    """The terms of one partnership of the caller's, in its own view. The query is ignored, as where no filters are."""
    return rendering.document(await account_terms(call.exchange, call.requester, call.root))


TERMS: Final = TaxiiPath(
    template="/{root}/terms/",
    offered={"GET": Method(terms, gate=root_visible)},
    visible=root_visible,
    media_type=JSON,
)
