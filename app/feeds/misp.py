"""MISP events to STIX, by the library that MISP itself exports with."""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from app.feeds.drafts import Draft
from app.feeds.rows import NotAFeed, RowMistake, document_of, require_text
from app.stix.observables import normal
from app.stix.timestamps import is_timestamp, to_datetime

EVENT_TYPES = ("report", "grouping")
"""What the library makes of the event itself, with the event's UUID and the instant of its last change."""

_OF_NO_EVENT = frozenset({"identity", "marking-definition"})
_LEVEL = re.compile(r"(?:tlp|pap):", re.IGNORECASE)
_CLUSTERS = UUID("8d5f3a60-1c7e-4b92-a4d8-e06b7f219c53")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def drafts_of_events(data: bytes, tags: Mapping[str, str]) -> Iterator[Draft | RowMistake]:
    """The objects of each event: an event, a list of events, or the answer of a search. Raises NotAFeed.

    Ids are those that MISP gives, so that the same event has the same ids. What stands for the event comes last: who
    has it has the rest. An event that can't be converted is a mistake, and so is a part of one.

    `tags` are the definitions of levels by tag. What is tagged with another level is not taken: nobody knows who may
    have it.
    """
    seen: set[str] = set()
    for number, event in enumerate(_events(data), 1):
        place = f"event {event.get('Event', {}).get('uuid') or number}"
        try:
            objects, wrong = _converted(_prepared(event), tags)
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
    require_text(data)
    document = document_of(data)
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
    from misp_stix_converter import MISPtoSTIX21Parser

    logging.getLogger("pymisp").setLevel(logging.CRITICAL)  # it prints what is raised besides
    levels = {tag["name"] for tag in _tags(event["Event"]) if _LEVEL.match(tag["name"])}
    unknown = sorted(levels - tags.keys())
    if unknown:
        return [], [f"Its tag `{unknown[0]}` is no level that is known. Tag it with one of {', '.join(sorted(tags))}"]
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(event)
    wrong = [str(message).strip().splitlines()[-1] for each in parser.errors.values() for message in each]
    objects = [_mended(json.loads(each.serialize())) for each in parser.stix_objects]
    pap = sorted(tags[name] for name in levels if name.startswith("pap:"))
    return [*_marked_like_the_event(objects, event, pap)], wrong


def _marked_like_the_event(
    objects: Sequence[dict[str, Any]], event: Mapping[str, Any], pap: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The objects, those of the event under its markings too: the library marks with those the event alone, and what
    is said of an event in MISP is said of all that is in it. It leaves PAP out, which here holds for all of the event.

    Galaxy clusters and organisations are not of one event, and stay as they are.
    """
    event_s = [mark for each in objects if each["type"] in EVENT_TYPES for mark in each.get("object_marking_refs", ())]
    event_s += pap
    clusters = {str(cluster.get("uuid")).lower() for cluster in _clusters(event["Event"])}
    for each in objects:
        uuid = each["id"].partition("--")[2]
        own = each.get("object_marking_refs", [])
        marks = [*own, *(mark for mark in event_s if mark not in own)]
        if marks == own or each["type"] in _OF_NO_EVENT or uuid in clusters:
            yield each
        else:
            yield {**each, "object_marking_refs": marks}


def _prepared(event: Mapping[str, Any]) -> dict[str, Any]:
    """A copy as the library wants it: tags of levels in small letters, which it would not know otherwise, UUIDs too, of
    which it makes ids, and one for each galaxy cluster: old events have some without, and those would cost the event.
    """
    copy: dict[str, Any] = json.loads(json.dumps(event), object_hook=_with_small_uuids)
    for cluster in _clusters(copy["Event"]):
        if not _UUID.fullmatch(str(cluster.get("uuid"))):
            cluster["uuid"] = str(uuid5(_CLUSTERS, f"{cluster.get('type')} {cluster.get('value')}"))
    for tag in _tags(copy["Event"]):
        tag["name"] = str(tag.get("name", "")).strip()
        if _LEVEL.match(tag["name"]):
            tag["name"] = tag["name"].lower()
    return copy


def _with_small_uuids(part: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.lower() if name.endswith("uuid") and _UUID.fullmatch(str(value)) else value
        for name, value in part.items()
    }


def _tagged(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The event and its attributes: what has tags and galaxies."""
    yield event
    yield from _dicts(event, "Attribute")
    for part in _dicts(event, "Object"):
        yield from _dicts(part, "Attribute")


def _tags(event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in _tagged(event):
        yield from _dicts(part, "Tag")


def _clusters(event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in _tagged(event):
        for galaxy in _dicts(part, "Galaxy"):
            yield from _dicts(galaxy, "GalaxyCluster")


def _dicts(tree: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    members = tree.get(name)
    return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []


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
