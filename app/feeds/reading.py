"""A delivery to drafts and mistakes: the one way in."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.feeds.cells import BadCell, Cells
from app.feeds.drafts import Draft, Together, identity_of
from app.feeds.families import families_of
from app.feeds.indicators import indicator_of
from app.feeds.mapping import FeedMapping
from app.feeds.misp import drafts_of_events
from app.feeds.rows import NotAFeed, Row, RowMistake, rows_of

VALUES_MAX = 1_000_000
"""Objects, lists, texts and numbers of one delivery of JSON: a short text of them may take much memory."""


def read_feed(mapping: FeedMapping, data: bytes, sender: str, latest: datetime) -> Sequence[Draft | RowMistake]:
    """The objects of a delivery, each once, and why rows are not among them; the parameters are as in `read_rows`."""
    return collected(read_rows(mapping, data, sender, latest))


def collected(rows: Iterable[Draft | RowMistake]) -> Sequence[Draft | RowMistake]:
    """What rows give, in the order of the first row about each thing; the mistakes stand behind."""
    things = Together()
    mistakes: list[RowMistake] = []
    for each in rows:
        if isinstance(each, RowMistake):
            mistakes.append(each)
        else:
            things.add(each)
    return [*things.drafts(), *mistakes, *things.mistakes()]


def read_rows(
    mapping: FeedMapping, data: bytes, sender: str, latest: datetime, rows_max: int | None = None
) -> Iterator[Draft | RowMistake]:
    """What each row of a delivery gives, as it stands there: rows about one thing are not put together yet.

    `sender` is the organisation that delivers it: where nobody signs, it is the creator, so that two organisations with
    one list do not send one object. No version may be later than `latest`. Of more rows than `rows_max` none is taken,
    and none of more values of JSON than VALUES_MAX, if rows are bounded. Raises NotAFeed, also while it is read.
    """
    values_max = None if rows_max is None else VALUES_MAX
    if mapping.misp:
        yield from drafts_of_events(data, mapping.tags, values_max)
        return
    signer = mapping.creator.id if mapping.creator else sender
    identity = identity_of(mapping.creator) if mapping.creator is not None else None
    rows = _bounded(rows_of(mapping, data, values_max), rows_max)
    if identity is not None:
        yield Draft(identity, "the mapping", dated=False)
    for row in rows:
        if isinstance(row, RowMistake):
            yield row
        else:
            yield from _of_row(mapping, row, signer, latest)


def _bounded(rows: Iterable[Row | RowMistake], rows_max: int | None) -> Iterator[Row | RowMistake]:
    for count, row in enumerate(rows, 1):
        if rows_max is not None and count > rows_max:
            raise NotAFeed(f"It has more than {rows_max} rows. Send it in several.")
        yield row


def _of_row(mapping: FeedMapping, row: Row, signer: str, latest: datetime) -> Iterator[Draft | RowMistake]:
    """The objects of a row, and its mistakes: a row that gives nothing at all is one."""
    cells = Cells(row, mapping.empty)
    gives = False
    for template in mapping.indicators:
        try:
            indicator = indicator_of(mapping, template, cells, signer, latest)
            if indicator is not None:
                families = list(families_of(mapping, template, cells, indicator, signer))
                gives = True
                yield indicator
                yield from families
        except BadCell as bad:
            gives = True
            yield bad.at(row.place)
    if not gives:
        yield _without_value(mapping, row)


def _without_value(mapping: FeedMapping, row: Row) -> RowMistake:
    first, *others = sorted(mapping.value_columns)
    if not others:
        return RowMistake(row.place, first, "There is no value")
    return RowMistake(row.place, None, f"There is no value in any of the columns {_listed(first, *others)}")


def _listed(*columns: str) -> str:
    return ", ".join(f"`{each}`" for each in columns)
