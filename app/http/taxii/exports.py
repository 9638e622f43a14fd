"""{root}/collections/{id}/exports/ and …/{format}/: a collection as firewalls and others read it. Not of the standard.

For an export `Accept` does not count: the path names the form, and firewalls send what they like.
"""

import re
from functools import partial
from typing import Final

from app.exchange import export
from app.exchange.export import Question
from app.exports.formats import ExportFormat
from app.exports.narrowing import narrowing_of
from app.http import rendering
from app.http.query import decoded_pairs
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.http.taxii.gates import collection_visible, may_read
from app.taxii.export_list import ExportEntry, Exports
from app.taxii.media_types import JSON

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


async def visible(call: Call) -> None:
    """The collection is one that the caller sees, and there is such a format."""
    await collection_visible(call)
    export.known_format(call.exchange, call.export)


async def may_export(call: Call) -> None:
    """The caller may read the collection, and there is such a format."""
    await may_read(call)
    export.known_format(call.exchange, call.export)


async def listing(call: Call) -> TaxiiResponse:
    """Which exports of the collection there are for the caller. The query is ignored, as where no filters are."""
    found = await export.formats(call.exchange, call.requester, call.root, call.reference)
    return rendering.document(Exports(exports=tuple(map(_entry, found))))


def _entry(found: ExportFormat) -> ExportEntry:
    kinds = tuple(sorted(found.kinds)) if found.kinds is not None else ()
    return ExportEntry(
        name=found.name, title=found.title, form=found.form, kinds=kinds, confidence_min=found.confidence_min or None
    )


async def answer(call: Call) -> TaxiiResponse:
    """The export, or 304 for who has it."""
    pairs = decoded_pairs(call.request.scope["query_string"], call.published.query_chars_max)
    question = Question(call.root, call.reference, call.export, narrowing_of(pairs), call.file)
    has = partial(is_at_hand, call.request.headers.getlist("if-none-match"))
    with call.exchange.exports.one(call.requester.partner):
        return rendering.export(await export.export(call.exchange, call.requester, question, has))


def is_at_hand(if_none_match: list[str], etag: str) -> bool:
    """Whether the caller names this entity tag among those that it has, compared weakly (RFC 9110 section 13.1.2)."""
    named = ",".join(if_none_match)
    return named.strip() == "*" or etag in _TAG.findall(named)


EXPORTS: Final = TaxiiPath(
    template="/{root}/collections/{reference}/exports/",
    offered={"GET": Method(listing, gate=may_read)},
    visible=collection_visible,
    media_type=JSON,
)
EXPORT: Final = TaxiiPath(
    template="/{root}/collections/{reference}/exports/{export}/",
    offered={"GET": Method(answer, gate=may_export)},
    visible=visible,
    media_type=None,
)
FILE: Final = TaxiiPath(
    template="/{root}/collections/{reference}/exports/{export}/{file}",
    offered={"GET": Method(answer, gate=may_export)},
    visible=visible,
    media_type=None,
)
