"""How one feed becomes STIX: what a file of `mappings/feeds` says, as values."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

COLUMN: Final = re.compile(r"\{([^{}]+)\}")
"""A column, as a text names it."""

ANY_KIND = "any"
"""The value says of which kind it is."""

ENDPOINT = "endpoint"
"""A host and a port, `198.51.100.7:443`, or a host whose port stands in a column of its own."""


def columns_in(template: str | None) -> list[str]:
    """The columns that a text names."""
    return COLUMN.findall(template or "")


@dataclass(frozen=True, slots=True)
class Creator:
    """Who signs the objects. With a name, the identity object goes along; without one it is somebody known already."""

    id: str
    name: str | None = None
    identity_class: str = "organization"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CsvForm:
    """Tables with a header. `comment` begins lines that are no rows; the header may be one of them."""

    delimiter: str = ","
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class JsonForm:
    """JSON. `rows` leads to the rows, `*` being every member; `key` names a column for the last member's name;
    `names` are the mapping's columns by the names that they have in JSON.
    """

    rows: tuple[str, ...] = ("*",)
    key: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListForm:
    """A value a line, as the one column `value`. `comment` begins what is no value."""

    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column with a value, and of what kind it is: always (`kind`), or as the words of another column say."""

    column: str
    kind: str
    kind_column: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    port_column: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceTemplate:
    """An external reference; one whose texts are empty in a row is left out."""

    source_name: str
    url: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class FamilyTemplate:
    """The column that names a family of malware. `name` is a text that names columns; without it the name is the cell.

    With `families`, names by words in small letters, the column is a list in which these words alone are families.
    """

    column: str
    name: str | None = None
    families: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndicatorTemplate:
    """The indicator that a row gives; texts name columns in braces. Rows without any of the values give none.

    Several `values` are several ways to know one thing, and stand in one pattern. `malware` are families it indicates.
    """

    values: tuple[ValueColumn, ...]
    name: str | None = None
    description: str | None = None
    indicator_types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    label_columns: tuple[str, ...] = ()
    confidence: int | None = None
    confidence_column: str | None = None
    created: str | None = None
    modified: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    valid_for: timedelta | None = None
    references: tuple[ReferenceTemplate, ...] = ()
    malware: tuple[FamilyTemplate, ...] = ()

    def columns(self) -> Iterator[str | None]:
        """Every column that it reads, as the mapping writes them; None for each that it does without."""
        for value in self.values:
            yield from (value.column, value.kind_column, value.port_column)
        yield from (*columns_in(self.name), *columns_in(self.description), *self.label_columns, self.confidence_column)
        yield from (self.created, self.modified, self.valid_from, self.valid_until)
        for reference in self.references:
            yield from (*columns_in(reference.url), *columns_in(reference.external_id))
        for family in self.malware:
            yield from (family.column, *columns_in(family.name))


@dataclass(frozen=True, slots=True)
class FeedMapping:
    """One feed. `marking` is the id of a marking definition; `empty` are texts that stand for no value, and `optional`
    columns, in small letters, that a delivery may lack.

    Of MISP, `tags` are the marking definitions that tags such as `tlp:red` stand for, in small letters.
    """

    name: str
    title: str
    namespace: UUID
    creator: Creator | None = None
    marking: str | None = None
    csv: CsvForm | None = None
    json: JsonForm | None = None
    lines: ListForm | None = None
    misp: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    indicators: tuple[IndicatorTemplate, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that a delivery may have, by the keys that a mapping's file has for them."""
        read = {"csv": self.csv, "json": self.json, "list": self.lines, "misp": self.misp or None}
        return tuple(name for name, form in read.items() if form is not None)

    @property
    def columns(self) -> frozenset[str]:
        """Every column that it reads, in small letters."""
        return frozenset(name.lower() for each in self.indicators for name in each.columns() if name is not None)

    def lacking(self, there: Iterable[str]) -> Sequence[str]:
        """The columns that a delivery with these ones lacks, which are in small letters."""
        return sorted(self.columns - self.optional - frozenset(there))

    @property
    def value_columns(self) -> frozenset[str]:
        """The columns by which a header is known."""
        return frozenset(value.column for each in self.indicators for value in each.values)
