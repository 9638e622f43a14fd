"""Drafts: objects with the ids that they always have, and without the dates of a version."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app.feeds.mapping import Creator
from app.feeds.rows import RowMistake
from app.stix.timestamps import from_datetime

_KEYS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

MEMBERS_MAX = 1000
"""Labels, and external references, that one object has of several rows."""

_LISTS = ("labels", "external_references")


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


class Together:
    """What rows give, each thing once, in the order of the first row about it.

    Of several rows about one it has the labels and references of all, the longest time, and the first row's words.
    """

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        # of what several rows are about: the members of its lists by their JSON, so that no row looks at those before
        self._lists: dict[str, dict[str, dict[str, Any]]] = {}
        self._left_out: dict[tuple[str, str], RowMistake] = {}

    def __len__(self) -> int:
        return len(self._drafts)

    def __contains__(self, object_id: str) -> bool:
        return object_id in self._drafts

    def add(self, draft: Draft) -> None:
        """Put in what one row gives."""
        there = self._drafts.setdefault(draft.id, draft)
        if there is draft:
            return
        if draft.id not in self._lists:
            self._lists[draft.id] = {name: _by_json(there.tree.get(name, ())) for name in _LISTS}
        for name, members in self._lists[draft.id].items():
            new = {key: each for key, each in _by_json(draft.tree.get(name, ())).items() if key not in members}
            if new and len(members) + len(new) > MEMBERS_MAX:
                self._left_out.setdefault((draft.id, name), _too_many(draft, name))
            else:
                members.update(new)
        self._drafts[draft.id] = _longest(there, draft)

    def drafts(self) -> list[Draft]:
        """The things."""
        return [self._whole(each) for each in self._drafts.values()]

    def mistakes(self) -> list[RowMistake]:
        """What is left out of them: labels and references past MEMBERS_MAX, once for each thing."""
        return list(self._left_out.values())

    def _whole(self, draft: Draft) -> Draft:
        lists = {name: members for name, members in self._lists.get(draft.id, {}).items() if members}
        ordered = {name: [members[key] for key in sorted(members)] for name, members in lists.items()}
        return replace(draft, tree={**draft.tree, **ordered}) if ordered else draft


def _by_json(members: Iterable[Any]) -> dict[str, Any]:
    return {json.dumps(each, sort_keys=True): each for each in members}


def _too_many(draft: Draft, name: str) -> RowMistake:
    what = f"{draft.id} would have more than {MEMBERS_MAX} `{name}` with those of this row, which are left out"
    return RowMistake(draft.place, None, what)


def _longest(one: Draft, other: Draft) -> Draft:
    """The first row's words, with the longest time of both and the higher confidence."""
    tree = dict(one.tree)
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
