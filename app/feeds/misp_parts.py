"""The parts of a MISP event, and the event as the library of MISP wants it."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from app.feeds.misp_shapes import NotAnEvent, is_uuid, without_misshapen
from app.feeds.misp_tags import UnreadTag, level_of
from app.visible_text import shown

_DELETABLE = ("Attribute", "Object", "EventReport", "ObjectReference")
_TAGS = frozenset({"tag", "tags", "eventtag", "attributetag"})
_CLUSTERS = UUID("8d5f3a60-1c7e-4b92-a4d8-e06b7f219c53")


def prepared(event: Mapping[str, Any], levels: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """A copy as the library wants it: tags of levels as it knows them, UUIDs in small letters, of which it makes ids,
    and one for each galaxy cluster: old events have some without, and those would cost the event.
    What was deleted in MISP, which still exports it, is not in it: the library does not ask.
    Nor are parts that are in no shape of MISP's; with the copy comes what is wrong with those.

    `levels` are the tags of levels that are known. Raises NotAnEvent: of tags in another shape than MISP gives them,
    and of those that name another level, nobody would know who may have what they are on.
    """
    copy: dict[str, Any] = json.loads(json.dumps(event), object_hook=_with_small_uuids)
    wrong = without_misshapen(copy["Event"])
    for part in tagged(copy["Event"]):
        _require_tags(part)
    for part in (copy["Event"], *members(copy["Event"], "Object")):
        part |= {name: _live(part[name]) for name in _DELETABLE if isinstance(part.get(name), list)}
    for cluster in clusters(copy["Event"]):
        if not is_uuid(cluster.get("uuid")):
            cluster["uuid"] = str(uuid5(_CLUSTERS, f"{cluster.get('type')} {cluster.get('value')}"))
    for place, part in _places(copy["Event"]):
        for tag in tags_of(part):
            tag["name"] = _read(tag["name"].strip(), place, levels)
    return copy, wrong


def _read(tag: str, place: str, levels: Collection[str]) -> str:
    """The tag with its level as the library knows it."""
    try:
        return level_of(tag, levels) or tag
    except UnreadTag as error:
        known = ", ".join(sorted(levels))
        raise NotAnEvent(
            f"{place} tag `{shown(tag)}` {error}. Write one of {known} in its stead, or take it off"
        ) from None


def _places(event: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What has tags, and the words by which a person finds them."""
    yield "Its", event
    for name, called in (("Attribute", "attribute"), ("Object", "object"), ("EventReport", "event report")):
        for part in members(event, name):
            yield f"Its {called} <{part['uuid']}>: the", part
            for each in members(part, "Attribute"):
                yield f"Its attribute <{each['uuid']}> in the object <{part['uuid']}>: the", each


def _require_tags(part: Mapping[str, Any]) -> None:
    other = next((name for name in part if name != "Tag" and name.lower() in _TAGS), None)
    if other is not None:
        raise NotAnEvent(f"A `{other}` in it is nothing that MISP exports. Write tags as MISP exports them, as `Tag`")
    tags = part.get("Tag", [])
    if not isinstance(tags, list) or not all(
        isinstance(tag, dict) and isinstance(tag.get("name"), str) for tag in tags
    ):
        raise NotAnEvent("A `Tag` in it is no list of objects with a text `name`. Write tags as MISP exports them")


def _live(parts: list[Any]) -> list[Any]:
    return [part for part in parts if not (isinstance(part, dict) and _is_deleted(part))]


def _is_deleted(part: Mapping[str, Any]) -> bool:
    """Whether the part, or all that it consists of, was deleted."""
    if part.get("deleted") in (True, "1"):
        return True
    attributes = members(part, "Attribute")
    return bool(attributes) and all(map(_is_deleted, attributes))


def _with_small_uuids(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value.lower() if name.endswith("uuid") and is_uuid(value) else value for name, value in part.items()}


def tagged(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The event and all its parts: what has tags and galaxies."""
    yield event
    for part in (*members(event, "Attribute"), *members(event, "Object"), *members(event, "EventReport")):
        yield part
        yield from members(part, "Attribute")


def tags_of(*parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The tags of these parts themselves."""
    for part in parts:
        yield from members(part, "Tag")


def clusters(*parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The galaxy clusters of the parts, and of the parts of those."""
    for whole in parts:
        for part in tagged(whole):
            for galaxy in members(part, "Galaxy"):
                yield from members(galaxy, "GalaxyCluster")


def members(tree: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in the list of this name; none where there is no list."""
    found = tree.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
