"""A delivery to drafts and mistakes: the one way in."""

from collections.abc import Sequence

from app.feeds.drafts import Draft, drafts_of, identity_of
from app.feeds.mapping import FeedMapping
from app.feeds.misp import drafts_of_events
from app.feeds.rows import RowMistake, rows_of


def read_feed(mapping: FeedMapping, data: bytes, sender: str) -> Sequence[Draft | RowMistake]:
    """The objects of a delivery, its creator's identity first, and why rows are not among them. Raises NotAFeed.

    `sender` is the organisation that delivers it.
    """
    if mapping.misp:
        return list(drafts_of_events(data))
    drafts = list(drafts_of(mapping, rows_of(mapping, data), sender))
    identity = identity_of(mapping.creator) if mapping.creator is not None else None
    return drafts if identity is None else [Draft(identity, "the mapping", dated=False), *drafts]
