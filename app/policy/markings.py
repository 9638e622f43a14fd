"""Marking definitions: the registry that everybody knows, and who may define a marking for whom.

A marking reference resolves to the registry first (design, decision 5): an id that stands there means what the
registry says, whatever a partner sends under it. TLP 1.0 instances are those of STIX 2.1 section 7.2.1.4, and no
others may be used; TLP 2.0 instances are those of the OASIS extension.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.policy.partnership import Terms, TlpLevel
from app.stix.objects import StixObject
from app.stix.timestamps import is_timestamp, version_key

Definition = Mapping[str, Any]
"""The JSON of one marking-definition, as parsed."""

Resolver = Callable[[str], Definition | None]
"""From a marking id to the definition that stands for it, the registry left aside; None where nothing does."""

MARKING_DEFINITION = "marking-definition"
PAP_EXTENSION = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
"""The extension by which the OASIS common object repository gives PAP."""


class Judgement(StrEnum):
    """How a definition that somebody sends compares with the registry."""

    EQUAL = "equal"
    ALTERED = "altered"
    NOT_THE_REGISTRYS = "not the registry's"


@dataclass(frozen=True, slots=True)
class Registered:
    """One definition of the registry. `level` is the kind's own word, a TLP level where the kind is "tlp"."""

    kind: str
    level: str
    definition: Definition

    @property
    def id(self) -> str:
        """The marking-definition id."""
        return str(self.definition["id"])

    @property
    def extension(self) -> str:
        """The extension-definition id that gives it meaning, or "" where STIX itself does."""
        return next(iter(self.definition.get("extensions", {})), "")


@dataclass(frozen=True, slots=True)
class Tabled:
    """One row of an operator's tables: what markings are meant, and what they mean in this exchange.

    Meant are those of these `ids`, statements of exactly these `texts`, and definitions whose `extension` has exactly
    this `body`. They stand for a TLP level, or are national caveats: `releasable_to` lists countries (ISO 3166
    alpha-3), `originator_control` leaves every further release to the originator.
    """

    level: TlpLevel | None = None
    releasable_to: frozenset[str] = frozenset()
    originator_control: bool = False
    ids: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    extension: str = ""
    body: Mapping[str, str] = field(default_factory=dict)


class Registry:
    """The definitions that everybody knows, by id, and the tables of what others mean."""

    def __init__(self, registered: Iterable[Registered], tables: Iterable[Tabled] = ()) -> None:
        rows = list(tables)
        self._by_id = {entry.id: entry for entry in registered}
        self._tabled = {marking_id: row for row in rows for marking_id in row.ids}
        self._tabled_texts = {text: row for row in rows for text in row.texts}
        self._tabled_bodies = [row for row in rows if row.extension]
        self.extensions = frozenset(entry.extension for entry in self._by_id.values() if entry.extension)
        """The extensions whose only instances are the registry's."""

    def get(self, marking_id: str) -> Registered | None:
        """The entry under this id, or None."""
        return self._by_id.get(marking_id)

    def tabled(self, marking_id: str) -> Tabled | None:
        """What the tables say of this id, or None."""
        return self._tabled.get(marking_id)

    def level_of(self, marking_id: str) -> tuple[str, str] | None:
        """The kind and the level that this id stands for, in the registry or in the tables; None where it is none."""
        entry, row = self.get(marking_id), self.tabled(marking_id)
        if entry is not None:
            return entry.kind, entry.level
        return ("tlp", row.level) if row is not None and row.level is not None else None

    def label(self, level: TlpLevel) -> str | None:
        """The id of the newest definition that the registry has of this level, or None."""
        of_level = [entry for entry in self._by_id.values() if (entry.kind, entry.level) == ("tlp", level)]
        newest = max(of_level, key=lambda entry: str(entry.definition.get("created")), default=None)
        return newest.id if newest is not None else None

    @property
    def levels(self) -> Sequence[str]:
        """Every level that an id stands for, as `kind:level`."""
        known = filter(None, map(self.level_of, (*self._by_id, *self._tabled)))
        return sorted({f"{kind}:{level}" for kind, level in known})

    def ids_of(self, kind: str, level: str) -> frozenset[str]:
        """All ids that stand for this level, in the registry or in the tables."""
        return frozenset(
            marking_id for marking_id in (*self._by_id, *self._tabled) if self.level_of(marking_id) == (kind, level)
        )

    def tabled_text(self, text: str) -> Tabled | None:
        """What the tables say of a statement of this text, or None. Blanks at its ends do not count."""
        return self._tabled_texts.get(text.strip())

    def tabled_body(self, extension: str, body: object) -> Tabled | None:
        """What the tables say of this body of an extension, or None."""
        if not isinstance(body, dict):
            return None
        said = {name: value for name, value in body.items() if name != "extension_type"}
        return next((row for row in self._tabled_bodies if (row.extension, row.body) == (extension, said)), None)

    def judge(self, definition: Definition) -> Judgement:
        """Whether a definition is the registry's, an altered form of one of the registry's, or neither.

        `created` may be written in any way that means the same instant. A TLP 1.0 definition may lack
        `spec_version` and `name`, as its STIX 2.0 form does.
        """
        entry = self._by_id.get(str(definition.get("id")))
        if entry is None:
            return Judgement.NOT_THE_REGISTRYS
        ours, theirs = dict(entry.definition), dict(definition)
        if "definition_type" in ours:
            for name in ("spec_version", "name"):
                theirs.setdefault(name, ours.get(name))
        same_instant = _instant(ours.pop("created", None)) == _instant(theirs.pop("created", None))
        return Judgement.EQUAL if same_instant and ours == theirs else Judgement.ALTERED


def resolves_for(definition: Definition, contributed_by: str, obj: StixObject, submitter: str, terms: Terms) -> bool:
    """Whether a definition contributed by a member of this partnership may stand for a marking of an object.

    It may if the object's own submitter contributed it, or if its creator is the object's creator and that is an
    identity of a member. What others contribute neither resolves a reference nor contradicts it (decision 5).
    """
    if contributed_by == submitter:
        return True
    creator = signer(obj)
    return definition.get("created_by_ref") == creator and bool(terms.owners_of(creator))


def signer(obj: StixObject) -> str | None:
    """The identity in whose name an object stands: its `created_by_ref`; for an identity without one, its own id."""
    if obj.created_by_ref is not None:
        return obj.created_by_ref
    return obj.id if obj.type == "identity" else None


def _instant(value: object) -> object:
    return version_key(value) if isinstance(value, str) and is_timestamp(value) else value
