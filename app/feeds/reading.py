"""A delivery to drafts and mistakes: the one way in."""

from collections.abc import Iterable, Iterator, Sequence

from app.feeds.drafts import Draft, drafts_of, identity_of
from app.feeds.mapping import FeedMapping
from app.feeds.misp import drafts_of_events
from app.feeds.rows import NotAFeed, Row, RowMistake, rows_of


def read_feed(
    mapping: FeedMapping, data: bytes, sender: str, rows_max: int | None = None
) -> Sequence[Draft | RowMistake]:
    """The objects of a delivery, its creator's identity first, and why rows are not among them. Raises NotAFeed.

    `sender` is the organisation that delivers it; of more rows than `rows_max` none is taken.
    """
    if mapping.misp:
        return list(drafts_of_events(data))
    drafts = list(drafts_of(mapping, _bounded(rows_of(mapping, data), rows_max), sender))
    identity = identity_of(mapping.creator) if mapping.creator is not None else None
    return drafts if identity is None else [Draft(identity, "the mapping", dated=False), *drafts]


def _bounded(rows: Iterable[Row | RowMistake], rows_max: int | None) -> Iterator[Row | RowMistake]:
    for count, row in enumerate(rows, 1):
        if rows_max is not None and count > rows_max:
            raise NotAFeed(f"It has more than {rows_max} rows. Send it in several.")
        yield row
