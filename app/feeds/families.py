"""Families of malware that a row names: the family as an object, and that the indicator indicates it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.feeds.cells import Cells
from app.feeds.drafts import Draft, made_id
from app.feeds.mapping import FamilyTemplate, FeedMapping, IndicatorTemplate

_SHARED = ("created_by_ref", "object_marking_refs")


def families_of(
    mapping: FeedMapping, template: IndicatorTemplate, cells: Cells, indicator: Draft, signer: str
) -> Iterator[Draft]:
    """A draft of each family, and one of its relationship (STIX 2.1 sections 4.11 and 5.1).

    The id of a family is over the signer and the word that the feed has for it, so that it is one object however many
    rows name it; that of a relationship is over the two that it joins.
    """
    for each in template.malware:
        for word, name in _families(each, cells):
            malware = made_id("malware", mapping.namespace, signer, "malware", word)
            joined = made_id("relationship", mapping.namespace, signer, "indicates", indicator.id, malware)
            yield _beside(indicator, "malware", malware, name=name, is_family=True)
            yield _beside(
                indicator,
                "relationship",
                joined,
                relationship_type="indicates",
                source_ref=indicator.id,
                target_ref=malware,
            )


def _families(template: FamilyTemplate, cells: Cells) -> Iterator[tuple[str, str]]:
    """The word by which each family is known, and its name."""
    if template.families:
        known = (template.families.get(word.lower()) for word in cells.texts(template.column))
        yield from ((name, name) for name in dict.fromkeys(known) if name is not None)
    elif word := cells.text(template.column):
        yield word, cells.filled(template.name) or word


def _beside(indicator: Draft, type_: str, id_: str, /, **says: Any) -> Draft:
    """An object of the indicator's creator and markings, as old as it; the row says nothing of its changes."""
    shared = {name: indicator.tree[name] for name in _SHARED if name in indicator.tree}
    tree = {"type": type_, "spec_version": "2.1", "id": id_, **shared, **says}
    return replace(indicator, tree=tree, modified=None, starts_with_version=False)
