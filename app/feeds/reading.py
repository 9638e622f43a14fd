"""A delivery to drafts and mistakes: the one way in."""

from collections.abc import Iterable, Iterator, Sequence

from app.feeds.cells import BadCell, Cells
from app.feeds.drafts import Draft, identity_of, together
from app.feeds.families import families_of
from app.feeds.indicators import indicator_of
from app.feeds.mapping import FeedMapping, IndicatorTemplate
from app.feeds.misp import drafts_of_events
from app.feeds.rows import NotAFeed, Row, RowMistake, rows_of


def read_feed(
    mapping: FeedMapping, data: bytes, sender: str, rows_max: int | None = None
) -> Sequence[Draft | RowMistake]:
    """The objects of a delivery, its creator's identity first, and why rows are not among them. Raises NotAFeed.

    `sender` is the organisation that delivers it; of more rows than `rows_max` none is taken.
    """
    if mapping.misp:
        return list(drafts_of_events(data, mapping.tags))
    drafts = list(_drafts_of(mapping, _bounded(rows_of(mapping, data), rows_max), sender))
    identity = identity_of(mapping.creator) if mapping.creator is not None else None
    return drafts if identity is None else [Draft(identity, "the mapping", dated=False), *drafts]


def _bounded(rows: Iterable[Row | RowMistake], rows_max: int | None) -> Iterator[Row | RowMistake]:
    for count, row in enumerate(rows, 1):
        if rows_max is not None and count > rows_max:
            raise NotAFeed(f"It has more than {rows_max} rows. Send it in several.")
        yield row


def _drafts_of(mapping: FeedMapping, rows: Iterable[Row | RowMistake], sender: str) -> Iterator[Draft | RowMistake]:
    """One draft for each thing, in the order of its first row; rows about one thing are one draft.

    Where nobody signs, the sender is the creator, so that two organisations with one list do not send one object.
    """
    signer = mapping.creator.id if mapping.creator else sender
    drafts: dict[str, Draft] = {}
    mistakes: list[RowMistake] = []
    for row in rows:
        if isinstance(row, RowMistake):
            mistakes.append(row)
            continue
        for template in mapping.indicators:
            try:
                for draft in _of_row(mapping, template, row, signer):
                    there = drafts.get(draft.id)
                    drafts[draft.id] = draft if there is None else together(there, draft)
            except BadCell as bad:
                mistakes.append(bad.at(row))
    yield from drafts.values()
    yield from mistakes


def _of_row(mapping: FeedMapping, template: IndicatorTemplate, row: Row, signer: str) -> Iterator[Draft]:
    cells = Cells(row, mapping.empty)
    indicator = indicator_of(mapping, template, cells, row.place, signer)
    if indicator is not None:
        yield indicator
        yield from families_of(mapping, template, cells, indicator, signer)
