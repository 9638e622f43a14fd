"""MISP events to STIX, by the library that MISP itself exports with."""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from app.feeds.drafts import Draft
from app.feeds.rows import NotAFeed, RowMistake
from app.stix.observables import normal
from app.stix.timestamps import is_timestamp, to_datetime

EVENT_TYPES = ("report", "grouping")
"""What the library makes of the event itself, with the event's UUID and the instant of its last change."""


def drafts_of_events(data: bytes) -> Iterator[Draft | RowMistake]:
    """The objects of each event: an event, a list of events, or the answer of a search. Raises NotAFeed.

    Ids are those that MISP gives, so that the same event has the same ids. What stands for the event comes last: who
    has it has the rest. An event that can't be converted is a mistake, and so is a part of one.
    """
    seen: set[str] = set()
    for number, event in enumerate(_events(data), 1):
        place = f"event {event.get('Event', {}).get('uuid') or number}"
        try:
            objects, wrong = _converted(event)
        except Exception as error:  # whatever the library raises for an event that it does not understand
            yield RowMistake(place, None, f"It can't be converted: {str(error)[:500] or type(error).__name__}")
            continue
        for tree in sorted(objects, key=lambda each: each["type"] in EVENT_TYPES):
            if tree["id"] not in seen:
                seen.add(tree["id"])
                yield _draft(tree, place)
        for what in wrong:
            yield RowMistake(place, None, what)


def _events(data: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"This is not JSON: {error}") from None
    found = document.get("response", document) if isinstance(document, dict) else document
    events = found if isinstance(found, list) else [found]
    for each in events:
        if not isinstance(each, dict) or not isinstance(each.get("Event"), dict):
            raise NotAFeed(
                "This is no MISP event. Give files of events, with `Event` at the top; to `comity load` also the "
                "folder of a feed, with its manifest.json."
            )
        yield each


def _converted(event: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    # Half of the libraries of the whole server: only who loads events waits for them, and holds them in memory.
    from misp_stix_converter import MISPtoSTIX21Parser

    logging.getLogger("pymisp").setLevel(logging.CRITICAL)  # it prints what is raised besides
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(dict(event))
    wrong = [str(message).strip().splitlines()[-1] for each in parser.errors.values() for message in each]
    return [_mended(json.loads(each.serialize())) for each in parser.stix_objects], wrong


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
