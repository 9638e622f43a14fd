"""Collections: the list, each of them, and what its booleans promise (TAXII 2.1 sections 5.1 and 5.2)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from app.probe.asking import Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import COLLECTIONS_TRIED_MAX, Target

ORDER_ASKED_TIMES: Final = 3
_UUID4: Final = re.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}")


@check("T-COLS-01", "5.1", Level.MUST, "collections/ answers 200 with a list of objects.")
def collections_are_listed(target: Target) -> None:
    """Without a collection the list is left out."""
    answer = _list(target)
    listed = answer.resource.get("collections", [])
    answer.demand(isinstance(listed, list) and all(isinstance(each, dict) for each in listed), "a list of objects")


@check("T-COL-02", "5.2.1", Level.MUST, "Each collection has an id, a title, can_read and can_write.")
def collections_have_their_members(target: Target) -> None:
    """Presence alone; the types of ids and booleans are judged by themselves."""
    for answer, entry in _entries(target):
        for name in ("id", "title", "can_read", "can_write"):
            answer.demand(name in entry, f"`{name}` of {entry.get('id')}")
        for name in ("title", "description", "alias"):
            answer.demand(isinstance(entry.get(name, ""), str), f"`{name}` of {entry.get('id')} as a string")


@check("T-TYP-02", "2", Level.MUST, "The id of a collection is a UUID of version 4.")
def collection_ids_are_uuids(target: Target) -> None:
    """The `identifier` of section 2."""
    for answer, entry in _entries(target):
        fits = isinstance(entry.get("id"), str) and _UUID4.fullmatch(entry["id"])
        answer.demand(bool(fits), f"{entry.get('id')!r} as a version 4 UUID")


@check("T-TYP-01", "2", Level.MUST, "can_read and can_write are JSON booleans.")
def collection_rights_are_booleans(target: Target) -> None:
    """Neither strings, nor numbers, nor null."""
    for answer, entry in _entries(target):
        for name in ("can_read", "can_write"):
            answer.demand(isinstance(entry.get(name), bool), f"`{name}` of {entry.get('id')} as true or false")


@check("T-COL-09", "5.2.1", Level.MUST, "media_types, where it is given, is a list of strings.")
def media_types_are_strings(target: Target) -> None:
    """An empty list is judged with all others."""
    for answer, entry in _entries(target):
        types = entry.get("media_types", [])
        strings = isinstance(types, list) and all(isinstance(each, str) for each in types)
        answer.demand(strings, f"`media_types` of {entry.get('id')} as a list of strings")


@check("T-COLS-03", "3.3", Level.MUST, "Collections come in the same order each time.")
def collections_keep_their_order(target: Target) -> None:
    """Asked a few times in a row."""
    first = [entry.get("id") for _, entry in _entries(target)]
    for _ in range(ORDER_ASKED_TIMES):
        again = target.asker.ask("GET", f"{target.at_root}collections/").demand_status(200)
        again.demand([each.get("id") for each in again.resource["collections"]] == first, f"the order {first}")


@check("T-COLS-04", "5.1", Level.ADVICE, "Collections are ordered by their id, as the interoperability tests want.")
def collections_are_ordered_by_id(target: Target) -> None:
    """As strings."""
    answer = _list(target)
    ids = [str(entry.get("id")) for _, entry in _entries(target)]
    answer.demand(ids == sorted(ids), "ids in ascending order")


@check("T-COLS-05", "5.1", Level.SHOULD, "collections/ is not paged: limit does not shorten it.")
def collections_are_not_paged(target: Target) -> None:
    """Paging of collections went with TAXII 2.0."""
    every = _list(target).resource
    short = target.get(f"{target.at_root}collections/?limit=1").demand_status(200)
    short.demand(short.resource == every, "the whole list, whatever the limit")


@check("T-COL-03", "5.2", Level.SHOULD, "A collection by itself is what the list says of it.")
def a_collection_is_as_listed(target: Target) -> None:
    """A client that reads one of them would not know which is true."""
    for _, entry in _entries(target)[:COLLECTIONS_TRIED_MAX]:
        answer = target.get(target.path_of(entry)).demand_status(200)
        answer.demand(answer.resource == entry, "the same resource as in collections/")


@check("T-COL-15", "5.2", Level.MUST, "A collection that does not exist is 404.")
def an_unknown_collection_is_404(target: Target) -> None:
    """Its id is random; asked for itself, its manifest and its objects."""
    for part in ("", "manifest/", "objects/"):
        target.get(f"{target.at_root}collections/{target.unknown}/{part}").demand_status(404)


@check("T-COL-16", "5.2", Level.ADVICE, "A collection whose id is no UUID is 404.")
def a_malformed_collection_is_404(target: Target) -> None:
    """400 is in the table too; clients know 404."""
    target.get(f"{target.at_root}collections/no-such-collection/").demand_status(404)


@check("T-COL-05", "5.2.1", Level.MUST, "Where can_read is true, manifest and objects can be read.")
def what_can_be_read_is_read(target: Target) -> None:
    """The first page, kept short."""
    for _, entry in _having(target, "can_read", right=True):
        for part in ("manifest", "objects"):
            target.get(f"{target.path_of(entry)}{part}/?limit=2").demand_status(200)


@check("T-SEC-19", "5.3, 5.4", Level.MUST, "Where can_read is false, manifest and objects are 403 or 404.")
def what_can_not_be_read_is_refused(target: Target) -> None:
    """An empty success would hide the refusal."""
    for _, entry in _having(target, "can_read", right=False):
        for part in ("manifest", "objects"):
            target.get(f"{target.path_of(entry)}{part}/?limit=2").demand_status(403, 404)


def _list(target: Target) -> Answer:
    return target.get(f"{target.at_root}collections/").demand_status(200)


def _entries(target: Target) -> list[tuple[Answer, dict[str, Any]]]:
    answer = _list(target)
    listed = answer.resource.get("collections")
    if not isinstance(listed, list) or not listed:
        raise DoesNotApply("the API root shows no collection to this account")
    return [(answer, each) for each in listed if isinstance(each, dict)]


def _having(target: Target, name: str, *, right: bool) -> list[tuple[Answer, dict[str, Any]]]:
    found = [each for each in _entries(target) if each[1].get(name) is right and isinstance(each[1].get("id"), str)]
    if not found:
        raise DoesNotApply(f"no collection has `{name}` {str(right).lower()} for this account")
    return found[:COLLECTIONS_TRIED_MAX]


CHECKS: Final[Sequence[Check]] = (
    collections_are_listed,
    collections_have_their_members,
    collection_ids_are_uuids,
    collection_rights_are_booleans,
    media_types_are_strings,
    collections_keep_their_order,
    collections_are_ordered_by_id,
    collections_are_not_paged,
    a_collection_is_as_listed,
    an_unknown_collection_is_404,
    a_malformed_collection_is_404,
    what_can_be_read_is_read,
    what_can_not_be_read_is_refused,
)
