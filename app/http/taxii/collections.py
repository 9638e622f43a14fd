"""GET {root}/collections/ and GET {root}/collections/{id}/ (TAXII 2.1 sections 5.1 and 5.2)."""

from typing import Final

from app.exchange import catalogue
from app.exchange.catalogue import CollectionView
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, root_visible
from app.taxii.resources import CollectionResource, Collections


async def collections(call: Call) -> TaxiiResponse:
    """Every collection that the caller sees, ordered by id; there is no paging here."""
    views = await catalogue.collections(call.exchange, call.requester, call.root)
    return rendering.resource(Collections(collections=tuple(map(_as_resource, views))))


async def collection(call: Call) -> TaxiiResponse:
    """One collection, asked for by its id or its alias."""
    view = await catalogue.collection(call.exchange, call.requester, call.root, call.reference)
    return rendering.resource(_as_resource(view))


def _as_resource(view: CollectionView) -> CollectionResource:
    return CollectionResource(
        id=view.id,
        title=view.title,
        description=view.description,
        alias=view.alias,
        can_read=view.can_read,
        can_write=view.can_write,
        media_types=tuple(view.media_types),
    )


COLLECTIONS: Final = TaxiiPath(
    template="/{root}/collections/",
    offered={"GET": Method(collections, gate=root_visible)},
    visible=root_visible,
)
COLLECTION: Final = TaxiiPath(
    template="/{root}/collections/{reference}/",
    offered={"GET": Method(collection, gate=collection_visible)},
    visible=collection_visible,
)
