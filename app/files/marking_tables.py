"""The tables of `mappings/markings` that say what markings from elsewhere mean here: aliases of TLP, and caveats.

An operator adds files beside those that come with Comity. Each names its `kind`, where it comes from (`source`,
`licence`), and `entries`: which markings are meant (`ids`, exact statement `texts`, or an `extension` with exactly this
`body`), and what they mean.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from app.errors import Mistake
from app.files.fields import Country, Entry, ExtensionId, Level, MarkingId, quoted, refusal
from app.files.yaml_document import Document
from app.policy.markings import Registry, Tabled
from app.policy.partnership import TlpLevel


def _text(value: str) -> str:
    if not value or value != value.strip():
        raise refusal(f"{quoted(value)} begins or ends with a blank, or is empty", "Write the text between the blanks")
    return value


class TableEntry(Entry):
    """Which markings are meant: any of these."""

    ids: list[MarkingId] = Field(default=[])
    texts: list[Annotated[str, AfterValidator(_text)]] = Field(default=[])
    extension: ExtensionId | None = None
    body: dict[str, str] = Field(default={})


class AliasEntry(TableEntry):
    """Markings that stand for a TLP level."""

    level: Level

    def to_tabled(self) -> Tabled:
        """The entry as the value that derivation rests on."""
        return _tabled(self, level=TlpLevel(self.level))


class CaveatEntry(TableEntry):
    """Markings that are national caveats: a list of countries, or the control of the originator."""

    releasable_to: list[Country] = Field(default=[])
    control: Literal["originator"] | None = None

    def to_tabled(self) -> Tabled:
        """The entry as the value that derivation rests on."""
        return _tabled(
            self, releasable_to=frozenset(self.releasable_to), originator_control=self.control == "originator"
        )


class _TableFile(Entry):
    title: str
    source: str
    licence: str


class AliasFile(_TableFile):
    """A file of markings that stand for TLP levels."""

    kind: Literal["alias"]
    entries: list[AliasEntry] = Field(min_length=1)


class CaveatFile(_TableFile):
    """A file of national caveats."""

    kind: Literal["caveat"]
    entries: list[CaveatEntry] = Field(min_length=1)


TABLES: Final[Mapping[str, type[AliasFile] | type[CaveatFile]]] = {"alias": AliasFile, "caveat": CaveatFile}


def mistakes_of(document: Document, file: AliasFile | CaveatFile) -> Iterator[Mistake]:
    """What is wrong with the entries of one file, apart from their shape."""
    for number, entry in enumerate(file.entries):
        path = ("entries", number)
        if not entry.ids and not entry.texts and entry.extension is None:
            what = "The entry means no marking"
            yield document.mistake(path, what, "Write `ids`, `texts`, or `extension` with its `body`")
        if (entry.extension is None) != (not entry.body):
            what = "`extension` and `body` stand together"
            yield document.mistake(path, what, "Write both, or take out the one that is there")
        if isinstance(entry, CaveatEntry) and bool(entry.releasable_to) == (entry.control is not None):
            what = "A caveat is either a list of countries or a control"
            yield document.mistake(path, what, "Write `releasable_to: [NLD]` or `control: originator`")


def repeated(found: list[tuple[Document, AliasFile | CaveatFile]], registry: Registry) -> Iterator[Mistake]:
    """Ids and texts that mean two things, in one file or in several."""
    seen: dict[str, str] = {}
    for document, file in found:
        for number, entry in enumerate(file.entries):
            for key, values in (("ids", entry.ids), ("texts", entry.texts)):
                for position, value in enumerate(values):
                    path = ("entries", number, key, position)
                    if registry.get(value) is not None:
                        what = f"{quoted(value)} is a published definition, and means what that says"
                        yield document.mistake(path, what, "Take it out")
                    elif value in seen:
                        yield document.mistake(path, f"{quoted(value)} has its meaning from {seen[value]}", "Keep one")
                    else:
                        seen[value] = f"{document.file}:{document.line_of(path)}"


def _tabled(
    entry: TableEntry,
    level: TlpLevel | None = None,
    releasable_to: frozenset[str] = frozenset(),
    originator_control: bool = False,
) -> Tabled:
    return Tabled(
        level=level,
        releasable_to=releasable_to,
        originator_control=originator_control,
        ids=frozenset(entry.ids),
        texts=frozenset(entry.texts),
        extension=entry.extension or "",
        body=entry.body,
    )
