"""GET {root}/ (TAXII 2.1 section 4.2)."""

from typing import Final

from app.exchange import catalogue
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import root_visible
from app.taxii.resources import ApiRoot


async def api_root(call: Call) -> TaxiiResponse:
    """One partnership of the caller's."""
    view = await catalogue.api_root(call.exchange, call.requester, call.root)
    return rendering.resource(
        ApiRoot(
            title=view.title,
            description=view.description,
            max_content_length=call.published.content_length_bytes_max,
        )
    )


API_ROOT: Final = TaxiiPath(
    template="/{root}/",
    offered={"GET": Method(api_root, gate=root_visible)},
    visible=root_visible,
)
