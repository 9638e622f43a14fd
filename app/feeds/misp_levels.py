"""The levels of a MISP event and of each of its parts, on all that tells of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.feeds.misp_parts import clusters, members, tags_of
from app.feeds.misp_tags import LEVEL
from app.stix.observables import IndexKey
from app.stix.observables.indexing import index_keys_in
from app.stix.references import references_in
from app.stix.vocabularies import SCO_TYPES

EVENT_TYPES = ("report", "grouping")
"""What the library makes of the event itself, with the event's UUID and the instant of its last change."""

_OF_NO_EVENT = frozenset({"identity", "marking-definition"})
NOT_OF_PARTS = frozenset({*EVENT_TYPES, *_OF_NO_EVENT})
"""What is made of no part of an event."""

_TAKEN_UP = frozenset({"pe", "pe-section", "registry-key-value"})
"""Objects of MISP that the library writes into what refers to them."""

_STRICTNESS = {"white": 0, "clear": 0, "green": 1, "amber": 2, "amber+strict": 3, "red": 4}
_ONLY_OF_TLP_2 = frozenset({"tlp:clear", "tlp:amber+strict"})

_Levels = Mapping[str, str]
"""The strictest tag of each kind: `tlp` to `tlp:red`."""


def marked(
    objects: Sequence[dict[str, Any]], event: Mapping[str, Any], tags: Mapping[str, str], first_tags: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The objects under the levels of the event and of the parts that they tell: the library marks some of them alone.

    The levels of a part are on what is made with its UUID, on what observed data of it names, and on whatever refers to
    any of that; those of all parts that tell a value, on whatever tells it. One level of TLP is on each, the strictest,
    in the version of TLP that the event's level is in. PAP, which the library leaves out, holds for all of the event.

    Organisations are not of one event, and stay as they are. So do galaxy clusters, but those that only parts stricter
    than the event name. `tags` are the definitions by tag, `first_tags` those of TLP 1.
    """
    own = _strictest(tag["name"] for tag in tags_of(event))
    parts = _levels_of_parts(event)
    pap = _strictest(tag for levels in parts.values() for kind, tag in levels.items() if kind == "pap")
    of_all = _strictest((*own.values(), *pap.values()))
    of_clusters = _levels_of_clusters(event, own, parts)
    found = {tree["id"]: parts.get(_uuid(tree), {}) for tree in objects if tree["type"] not in NOT_OF_PARTS}
    found |= {tree["id"]: of_clusters[_uuid(tree)] for tree in objects if _uuid(tree) in of_clusters}
    _spread(objects, found)
    if _share_values([tree for tree in objects if tree["id"] in found and _uuid(tree) not in of_clusters], found):
        _spread(objects, found)
    known = {*tags.values(), *first_tags.values()}
    newest = own.get("tlp") in _ONLY_OF_TLP_2
    for tree in objects:
        if tree["type"] in _OF_NO_EVENT:
            yield tree
            continue
        levels = found.get(tree["id"], {})
        if _uuid(tree) not in of_clusters:
            levels = _strictest((*of_all.values(), *levels.values()))
        ids = [(tags if newest else {**tags, **first_tags})[levels[kind]] for kind in ("tlp", "pap") if kind in levels]
        marks = [*(mark for mark in tree.get("object_marking_refs", ()) if mark not in known), *ids]
        rest = {name: value for name, value in tree.items() if name != "object_marking_refs"}
        yield {**rest, "object_marking_refs": marks} if marks else rest


def _strictest(tags: Iterator[str] | Sequence[str]) -> _Levels:
    found: dict[str, str] = {}
    for tag in tags:
        if LEVEL.match(tag):
            kind = tag.partition(":")[0]
            found[kind] = max(found.get(kind, tag), tag, key=_rank)
    return found


def _rank(tag: str) -> int:
    return _STRICTNESS[tag.partition(":")[2]]


def _levels_of_parts(event: Mapping[str, Any]) -> Mapping[str, _Levels]:
    """By UUID. An object has the levels of all its attributes, and they have its: what is made of it tells them all."""
    objects = {str(part.get("uuid")): part for part in members(event, "Object")}
    found: dict[str, _Levels] = {}
    for part in (*members(event, "Attribute"), *members(event, "EventReport"), *members(event, "Object")):
        tags = [tag["name"] for each in _taken_up(part, objects) for tag in tags_of(each, *members(each, "Attribute"))]
        for each in (part, *members(part, "Attribute")):
            uuid = str(each.get("uuid"))
            found[uuid] = _strictest((*found.get(uuid, {}).values(), *tags))
    return found


def _taken_up(part: Mapping[str, Any], objects: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The part, and the objects that are written into it."""
    found, seen = [part], {str(part.get("uuid"))}
    for each in found:
        for reference in members(each, "ObjectReference"):
            uuid = str(reference.get("referenced_uuid"))
            if uuid in objects and uuid not in seen and objects[uuid].get("name") in _TAKEN_UP:
                seen.add(uuid)
                found.append(objects[uuid])
    return found


def _levels_of_clusters(event: Mapping[str, Any], own: _Levels, parts: Mapping[str, _Levels]) -> Mapping[str, _Levels]:
    """By UUID, of each kind the least strict level of the parts that name the cluster; none that the event has too."""
    naming: dict[str, list[_Levels]] = defaultdict(list)
    for cluster in clusters({"Galaxy": event.get("Galaxy")}):
        naming[str(cluster["uuid"])].append({})
    for part in (*members(event, "Attribute"), *members(event, "Object"), *members(event, "EventReport")):
        for cluster in clusters(part):
            naming[str(cluster["uuid"])].append(parts[str(part.get("uuid"))])
    found: dict[str, _Levels] = {}
    for uuid, levels in naming.items():
        least = {
            kind: min((each[kind] for each in levels), key=_rank)
            for kind in ("tlp", "pap")
            if all(kind in each for each in levels)
        }
        found[uuid] = {kind: tag for kind, tag in least.items() if kind not in own or _rank(tag) > _rank(own[kind])}
    return found


def _spread(objects: Sequence[Mapping[str, Any]], found: dict[str, _Levels]) -> None:
    """Levels go from observed data and observables to observables that they name, and from all to what refers to it."""
    names = [
        (tree["id"], target, target.partition("--")[0] in SCO_TYPES and _tells_what_it_names(tree))
        for tree in objects
        if tree["id"] in found
        for _, target in references_in(tree)
        if target in found
    ]
    changed = True
    while changed:
        changed = False
        for source, target, both in names:
            for one, other in ((source, target), (target, source)) if both else ((source, target),):
                levels = _strictest((*found[one].values(), *found[other].values()))
                if levels != found[one]:
                    found[one], changed = levels, True


def _share_values(objects: Sequence[Mapping[str, Any]], found: dict[str, _Levels]) -> bool:
    """Put the levels of each value, as look-ups know it, on all objects that tell it, and say whether any is another.

    Who tells a value under RED did not mean it to be read beside that under GREEN.
    """
    if all(found[tree["id"]] == found[objects[0]["id"]] for tree in objects):
        return False
    values = {tree["id"]: index_keys_in(tree) for tree in objects}
    of_values: dict[IndexKey, _Levels] = {}
    for id_, keys in values.items():
        for key in keys:
            of_values[key] = _strictest((*of_values.get(key, {}).values(), *found[id_].values()))
    before = dict(found)
    for id_, keys in values.items():
        found[id_] = _strictest(
            tag for levels in (found[id_], *map(of_values.__getitem__, keys)) for tag in levels.values()
        )
    return found != before


def _tells_what_it_names(tree: Mapping[str, Any]) -> bool:
    return tree["type"] == "observed-data" or tree["type"] in SCO_TYPES


def _uuid(tree: Mapping[str, Any]) -> str:
    return str(tree["id"]).partition("--")[2]
