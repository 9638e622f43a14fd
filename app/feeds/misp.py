"""MISP events to STIX, by the library that MISP itself exports with."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.feeds.drafts import Draft
from app.feeds.misp_levels import EVENT_TYPES, NOT_OF_PARTS, marked
from app.feeds.misp_parts import prepared
from app.feeds.misp_shapes import NotAnEvent, is_uuid
from app.feeds.rows import NotAFeed, RowMistake, document_of, require_text
from app.stix.observables import normal
from app.stix.timestamps import is_timestamp, to_datetime
from app.visible_text import shown

_LOST = "Failed validation"
"""How the library begins a warning of what it leaves out; other warnings tell in which form something is given."""

_TOLD_MAX = 100


def drafts_of_events(
    data: bytes, tags: Mapping[str, str], values_max: int | None = None
) -> Iterator[Draft | RowMistake]:
    """The objects of each event: an event, a list of events, or the answer of a search, of at most `values_max` values.
    Raises NotAFeed.

    Ids are those that MISP gives, so that the same event has the same ids. What stands for the event comes last: who
    has it has the rest. An event that can't be converted is a mistake, and so is a part of one. Of an event that has
    lost all its parts nothing is given.

    `tags` are the definitions of levels by tag. An event with a tag that says in any other way who may have something
    is not taken: nobody knows who may have it.
    """
    seen: set[str] = set()
    for number, event in enumerate(_events(data, values_max), 1):
        uuid = event["Event"].get("uuid")
        place = f"event {uuid if is_uuid(uuid) else number}"
        try:
            copy, misshapen = prepared(event, tags.keys())
            objects, wrong = _converted(copy, tags)
        except NotAnEvent as error:
            yield RowMistake(place, None, str(error))
            continue
        except Exception as error:  # whatever the library raises for an event that it does not understand
            yield RowMistake(place, None, _words(str(error) or type(error).__name__))
            continue
        if (told := [*misshapen, *wrong]) and _is_empty(objects):
            objects = []
        for tree in sorted(objects, key=lambda each: each["type"] in EVENT_TYPES):
            if tree["id"] not in seen:
                seen.add(tree["id"])
                yield _draft(tree, place)
        if len(told) > _TOLD_MAX:
            told[_TOLD_MAX:] = [f"{len(told) - _TOLD_MAX} more of its parts are not taken"]
        for what in told:
            yield RowMistake(place, None, what)


def _is_empty(objects: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing of the event is left but itself, and the note in which the library says that it has nothing."""
    of_event = [each["id"].partition("--")[2] for each in objects if each["type"] in EVENT_TYPES]
    return all(each["type"] in NOT_OF_PARTS or each["id"].partition("--")[2] in of_event for each in objects)


def _events(data: bytes, values_max: int | None) -> Iterator[Mapping[str, Any]]:
    require_text(data)
    document = document_of(data, values_max)
    found = document.get("response", document) if isinstance(document, dict) else document
    events = found if isinstance(found, list) else [found]
    for each in events:
        if not isinstance(each, dict) or not isinstance(each.get("Event"), dict):
            raise NotAFeed(
                "This is no MISP event. Give files of events, with `Event` at the top; to `comity load` also the "
                "folder of a feed, with its manifest.json."
            )
        yield each


def _converted(event: dict[str, Any], tags: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    # Half of the libraries of the whole server: only who loads events waits for them, and holds them in memory.
    from misp_stix_converter import MISPtoSTIX21Mapping, MISPtoSTIX21Parser

    logging.getLogger("pymisp").setLevel(logging.CRITICAL)  # it prints what is raised besides
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(event)
    lost = [str(each) for messages in parser.warnings.values() for each in messages if str(each).startswith(_LOST)]
    wrong = [*map(_words, lost), *(_words(str(each)) for messages in parser.errors.values() for each in messages)]
    objects = [_mended(json.loads(each.serialize())) for each in parser.stix_objects]
    first = {tag: known.id for tag in tags if (known := MISPtoSTIX21Mapping.tlp_markings(tag)) is not None}
    return [*marked(objects, event["Event"], tags, first)], wrong


def _words(message: str) -> str:
    """What the library says: of which part, and why; what is between is of its own insides."""
    first, *rest = message.strip().splitlines() or [""]
    return f"The MISP library does not take it: {shown(' '.join([first, *rest[-1:]]))}"


def _mended(tree: dict[str, Any]) -> dict[str, Any]:
    """The object, its registry key with the hive written out: MISP and the library take `HKLM`, STIX does not."""
    if tree["type"] != "windows-registry-key" or "key" not in tree:
        return tree
    return {**tree, "key": normal("windows-registry-key", str(tree["key"])).value}


def _draft(tree: dict[str, Any], place: str) -> Draft:
    created, modified = str(tree.get("created")), str(tree.get("modified"))
    if not is_timestamp(created) or not is_timestamp(modified):
        return Draft(tree, place, dated=False)
    return Draft(
        tree={name: value for name, value in tree.items() if name not in ("created", "modified")},
        place=place,
        created=to_datetime(created),
        modified=to_datetime(modified),
    )
