"""What stands on a page: records, objects, their order and their dates (TAXII 2.1 sections 3.2, 3.3, 3.7 and 5.3)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from app.probe.asking import DATE_HEADERS, Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import WINDOW_ROWS, Target
from app.probe.walking import FIRST, LAST, Row, items_of, rows_of, same, whole, with_query

FUTURE: Final = "added_after=9999-01-01T00:00:00.000000Z"
PAGE_SIZES: Final = (1, 3)
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@check("T-MAN-01", "5.3", Level.MUST, "The manifest can be read from its first page on, as far as it goes.")
def the_manifest_can_be_read(target: Target) -> None:
    """Most other checks rest on it, and do not apply where it fails."""
    whole(target.asker, f"{target.here}manifest/")


@check("T-HDR-01", "3.2", Level.MUST, "Pages name the dates of their first and last row in X-TAXII-Date-Added-*.")
def pages_name_their_dates(target: Target) -> None:
    """On objects, manifest, one object and its versions."""
    for page in _pages(target):
        for name in DATE_HEADERS:
            page.demand(name in page.headers, name)


@check("T-HDR-02", "3.2, 2", Level.MUST, "The dates of pages are TAXII timestamps: UTC, Z, six decimals.")
def dates_of_pages_are_timestamps(target: Target) -> None:
    """Only where they are given."""
    dated = [(page, name) for page in _pages(target) for name in DATE_HEADERS if name in page.headers]
    if not dated:
        raise DoesNotApply("no page names its dates, which is judged by itself")
    for page, name in dated:
        page.demand(bool(_TIMESTAMP.fullmatch(page.headers[name])), f"{name} as 2026-01-02T03:04:05.123456Z")


@check("T-HDR-03", "3.2", Level.MUST, "The dates of a page are those of its own first and last row.")
def dates_are_of_this_page(target: Target) -> None:
    """Compared with the manifest, at several page sizes and in the middle of a walk."""
    window = target.window(count=1)
    judged = 0
    for endpoint in ("manifest", "objects"):
        for limit in PAGE_SIZES:
            page = target.get(with_query(f"{target.here}{endpoint}/", window.query, f"limit={limit}"))
            judged += _judge_dates(page, window.rows)
        middle = f"added_after={window.rows[0].date_added}"
        page = target.get(with_query(f"{target.here}{endpoint}/", middle, "limit=2"))
        judged += _judge_dates(page, [each for each in window.rows if each.date_added > window.rows[0].date_added])
    if not judged:
        raise DoesNotApply("no page names its dates, which is judged by itself")


@check("T-HDR-07", "3.2", Level.ADVICE, "A page without rows names no dates.")
def an_empty_page_names_no_dates(target: Target) -> None:
    """A client that keeps the present instant misses what is committed a moment later under an earlier date."""
    page = target.get(f"{target.here}objects/?{FUTURE}")
    if page.status != 200:
        raise DoesNotApply("an empty page is no success here, which is judged by itself")
    for name in DATE_HEADERS:
        page.demand(name not in page.headers, f"no {name}")


@check("T-MAN-03", "5.3.1", Level.MUST, "Each manifest record has an id, a date_added and a version.")
def records_have_their_members(target: Target) -> None:
    """As strings."""
    for page, record in _records(target):
        for name in ("id", "date_added", "version"):
            page.demand(isinstance(record.get(name), str), f"`{name}` of {record.get('id')}, a string")


@check("T-TYP-05", "2, 5.3.1", Level.MUST, "date_added is a TAXII timestamp: UTC, Z, six decimals.")
def record_dates_are_timestamps(target: Target) -> None:
    """Of every record that was seen."""
    for page, record in _records(target):
        fits = isinstance(record.get("date_added"), str) and _TIMESTAMP.fullmatch(record["date_added"])
        page.demand(bool(fits), f"`date_added` of {record.get('id')} as 2026-01-02T03:04:05.123456Z")


@check("T-MAN-07", "5.2.1, 5.3.1", Level.MUST, "The media_type of a record is one of its collection's.")
def record_types_are_the_collections(target: Target) -> None:
    """A collection that lists none takes `application/stix+json` alone."""
    types = (target.collection or {}).get("media_types", ["application/stix+json"])
    if not types:
        raise DoesNotApply("`media_types` is empty, which is judged by itself")
    for page, record in _records(target):
        if "media_type" in record:
            page.demand(record["media_type"] in types, f"`media_type` of {record.get('id')} among {types}")


@check("T-MAN-09", "3.3", Level.MUST, "The manifest ascends by date added.")
def dates_ascend(target: Target) -> None:
    """Newest last."""
    for page, one, other in _pairs(target):
        page.demand(one.date_added <= other.date_added, f"{other.id} ({other.date_added}) before {one.id}")


@check("T-SORT-04", "3.3, 3.5", Level.ADVICE, "No two rows share a date, so that paging by dates splits no tie.")
def dates_differ(target: Target) -> None:
    """A page that ends within a tie loses the rest of it to who goes on by dates."""
    for page, one, other in _pairs(target):
        page.demand(one.date_added != other.date_added, f"a date of its own for {other.id}")


@check("T-OBJ-07", "3.7", Level.MUST, "The objects of an envelope are STIX objects, each with its type and id.")
def envelopes_hold_stix_objects(target: Target) -> None:
    """No bundle among them."""
    page = _objects(target)
    for stix in items_of(page):
        fits = isinstance(stix, Mapping) and isinstance(stix.get("type"), str) and isinstance(stix.get("id"), str)
        page.demand(fits and stix["type"] != "bundle", "objects with `type` and `id`")


@check("T-OBJ-08", "3.7", Level.SHOULD, "An envelope is no bundle: it has no type, id or spec_version.")
def an_envelope_is_no_bundle(target: Target) -> None:
    """TAXII 2.0 sent bundles."""
    page = _objects(target)
    page.demand(not {"type", "id", "spec_version"} & page.resource.keys(), "neither `type`, `id` nor `spec_version`")


@check("T-SORT-01", "3.3, 5.3", Level.MUST, "objects/ gives what the manifest lists, in the same order.")
def objects_follow_the_manifest(target: Target) -> None:
    """Ids, and versions where the objects name them."""
    window = target.window(count=1)
    page = _objects(target)
    objects = items_of(page)[: len(window.rows)]
    page.demand(
        bool(objects) and same(objects, window.rows[: len(objects)]), "the objects of the manifest in its order"
    )


def _pages(target: Target) -> list[Answer]:
    target.at_least(1)
    return [target.get(path).demand_status(200) for path in target.page_endpoints(limit=2).values()]


def _objects(target: Target) -> Answer:
    window = target.window(count=1)
    return target.get(with_query(f"{target.here}objects/", window.query, f"limit={WINDOW_ROWS}")).demand_status(200)


def _records(target: Target) -> list[tuple[Answer, Mapping[str, Any]]]:
    found = [(page, each) for page in target.manifest.pages for each in items_of(page) if isinstance(each, Mapping)]
    if not found:
        raise DoesNotApply("the collection holds no object")
    return found


def _pairs(target: Target) -> Iterator[tuple[Answer, Row, Row]]:
    target.at_least(2)
    every = [(page, row) for page in target.manifest.pages for row in rows_of(items_of(page))]
    for (_, one), (page, other) in pairwise(every):
        yield page, one, other


def _judge_dates(page: Answer, rows: Sequence[Row]) -> bool:
    """Whether the page could be judged: other rows than these, or none, have other dates."""
    items = items_of(page.demand_status(200))
    held = len(items)
    known = [each.get("id") for each in items] == [each.id for each in rows[:held]]
    if not held or not known or not all(name in page.headers for name in DATE_HEADERS):
        return False
    page.demand(page.headers[FIRST] == rows[0].date_added, f"{FIRST}: {rows[0].date_added}")
    page.demand(page.headers[LAST] == rows[held - 1].date_added, f"{LAST}: {rows[held - 1].date_added}")
    return True


CHECKS: Final[Sequence[Check]] = (
    the_manifest_can_be_read,
    pages_name_their_dates,
    dates_of_pages_are_timestamps,
    dates_are_of_this_page,
    an_empty_page_names_no_dates,
    records_have_their_members,
    record_dates_are_timestamps,
    record_types_are_the_collections,
    dates_ascend,
    dates_differ,
    envelopes_hold_stix_objects,
    an_envelope_is_no_bundle,
    objects_follow_the_manifest,
)
