"""Which version a draft is: none where it says what its sender has said already, else a new one.

A feed repeats itself with every delivery, and often has no date of its last change. What counts is what the sender has
given before, and nobody else's objects.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.feeds.drafts import Draft
from app.stix.timestamps import from_datetime, is_before, to_datetime

_OF_THE_VERSION = frozenset({"created", "modified"})
_FIRST = ("type", "spec_version", "id", "created_by_ref")
_MILLISECOND = timedelta(milliseconds=1)


def version_of(draft: Draft, known: Mapping[str, Any] | None, now: datetime) -> Mapping[str, Any]:
    """The object to push. `known` is the newest version of it that its sender has given, if there is one.

    * The same content: the version that is known, so that nothing is added.
    * Other content: a new version, as of `draft.modified` if that is later than the one known, else as of `now`.
    * Nothing known: `draft.created`, else `now`.
    """
    if not draft.dated:
        return draft.tree
    if known is None:
        created = draft.created or now
        first = from_datetime(created)
        changed = draft.modified is not None and draft.modified > created
        return _dated(draft, first, from_datetime(draft.modified) if changed and draft.modified else first, first)
    created_text, known_text = str(known.get("created")), str(known.get("modified"))
    repeated = _dated(draft, created_text, known_text, str(known.get("valid_from")))
    if repeated == known:
        return repeated
    said = from_datetime(draft.modified) if draft.modified is not None else created_text
    if not is_before(known_text, said):
        said = from_datetime(max(now, to_datetime(known_text) + _MILLISECOND))
    return _dated(draft, created_text, said, str(known.get("valid_from")))


def _dated(draft: Draft, created: str, modified: str, started: str) -> Mapping[str, Any]:
    tree: dict[str, Any] = {name: value for name, value in draft.tree.items() if name not in _OF_THE_VERSION}
    if draft.starts_with_version:
        tree["valid_from"] = started
    head: dict[str, Any] = {name: tree.pop(name) for name in _FIRST if name in tree}
    return {**head, "created": created, "modified": modified, **tree}
