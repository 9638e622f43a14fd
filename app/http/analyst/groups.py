"""What refers to objects, sorted by what it says of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.exchange.entries import Entry
from app.http.analyst import rendering

_GROUPS: Final = {"sighting": "sightings", "relationship": "relationships"}


def by_reference(entries: Sequence[Entry]) -> Mapping[str, list[Any]]:
    """Sightings, relationships, and whatever else refers to something."""
    groups: dict[str, list[Any]] = {"sightings": [], "relationships": [], "references": []}
    for each in entries:
        groups[_GROUPS.get(each.type, "references")].append(rendering.entry(each))
    return groups
