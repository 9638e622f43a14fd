"""The TAXII 2.1 endpoints, with feeds and exports beside them, a module for each kind; `PATHS` are all of them."""

from typing import Final

from app.http.route import TaxiiPath
from app.http.taxii import api_roots, collections, discovery, exports, feeds, manifest, objects, status, versions

PATHS: Final[tuple[TaxiiPath, ...]] = (
    discovery.DISCOVERY,
    api_roots.API_ROOT,
    status.STATUS,
    collections.COLLECTIONS,
    collections.COLLECTION,
    manifest.MANIFEST,
    objects.OBJECTS,
    feeds.FEEDS,
    feeds.FEED,
    feeds.DRY_RUN,
    exports.EXPORTS,
    exports.EXPORT,
    exports.FILE,
    objects.OBJECT,
    versions.VERSIONS,
)
"""Literal segments go before named ones: `/taxii2/` is discovery, never an API root."""
