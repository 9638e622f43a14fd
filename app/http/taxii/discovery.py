"""GET /taxii2/ (TAXII 2.1 section 4.1)."""

from typing import Final

from app.exchange import catalogue
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath, open_to_everyone
from app.taxii.resources import Discovery


async def discovery(call: Call) -> TaxiiResponse:
    """The caller's API roots, as absolute URLs that end in a slash; the first one is the default."""
    published = call.published
    base_url = published.base_url.rstrip("/")
    roots = await catalogue.api_roots(call.exchange, call.requester)
    urls = tuple(f"{base_url}/{view.root}/" for view in roots)
    return rendering.resource(
        Discovery(
            title=published.title,
            description=published.description,
            contact=published.contact,
            default=urls[0] if urls else None,
            api_roots=urls,
        )
    )


DISCOVERY: Final = TaxiiPath(
    template="/taxii2/",
    offered={"GET": Method(discovery, gate=open_to_everyone)},
    visible=open_to_everyone,
)
