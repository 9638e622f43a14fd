"""Drafts: objects with the ids that they always have, and without the dates of a version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app.feeds.mapping import Creator
from app.stix.timestamps import from_datetime

_KEYS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Draft:
    """An object that waits for its version: `tree` without `created` and `modified`, and what the feed says of them.

    Where the feed does not say from when on an indicator is valid, that is the date of its first version
    (`starts_with_version`). `dated` is False for what has no versions, SCOs for one. `place` is where the feed has it.
    """

    tree: Mapping[str, Any]
    place: str
    created: datetime | None = None
    modified: datetime | None = None
    starts_with_version: bool = False
    dated: bool = True

    @property
    def id(self) -> str:
        """The object's id."""
        return str(self.tree["id"])


def identity_of(creator: Creator) -> Mapping[str, Any] | None:
    """The identity object of a creator, the same at any time; None where the mapping names somebody known."""
    if creator.name is None or creator.since is None:
        return None
    since = from_datetime(creator.since)
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": creator.id,
        "created": since,
        "modified": since,
        "name": creator.name,
        "identity_class": creator.identity_class,
    }


def made_id(type_: str, namespace: UUID, *key: str | int) -> str:
    """The id that an object with this key always has: a UUIDv5 in the namespace, over the key as JSON."""
    return f"{type_}--{uuid5(namespace, _KEYS.encode(key))}"


def together(one: Draft, other: Draft) -> Draft:
    """Two rows about one thing: labels and references of both, the longest time, the first row's words."""
    tree = dict(one.tree)
    for name in ("labels", "external_references"):
        members = {json.dumps(each, sort_keys=True): each for each in (*tree.get(name, ()), *other.tree.get(name, ()))}
        if members:
            tree[name] = [members[key] for key in sorted(members)]
    for name, choose in (("valid_from", min), ("valid_until", max), ("confidence", max)):
        values = [each[name] for each in (one.tree, other.tree) if name in each]
        if values:
            tree[name] = choose(values)
    return replace(
        one,
        tree=tree,
        created=min([each for each in (one.created, other.created) if each], default=None),
        modified=max([each for each in (one.modified, other.modified) if each], default=None),
        starts_with_version=one.starts_with_version and other.starts_with_version,
    )
