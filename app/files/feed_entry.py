"""The shape of a file of `mappings/feeds`."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from app.feeds.mapping import (
    ANY_KIND,
    ENDPOINT,
    Creator,
    CsvForm,
    FamilyTemplate,
    IndicatorTemplate,
    JsonForm,
    ListForm,
    ReferenceTemplate,
    ValueColumn,
)
from app.feeds.written_patterns import NO_PATTERN
from app.files.fields import (
    Confidence,
    Duration,
    Entry,
    IdentityId,
    Instant,
    Level,
    Title,
    Truth,
    key,
    nearest,
    optional,
    quoted,
    refusal,
)
from app.stix.observables import kind_named
from app.stix.observables.kinds import names_of_kinds


def _kind(value: str) -> str:
    kind = kind_named(value)
    if value in (ANY_KIND, ENDPOINT) or (kind is not None and kind not in NO_PATTERN):
        return value
    remedy = nearest(value, (ANY_KIND, ENDPOINT, *names_of_kinds()), f"Write {quoted(ANY_KIND)}, or a kind")
    raise refusal(f"{quoted(value)} is no kind of values", remedy)


def _delimiter(value: str) -> str:
    if value == "\t" or _is_a_sign(value):
        return value
    raise refusal(
        f"{quoted(value)} is no delimiter", 'Write `,`, `;`, `|`, `"\\t"` or another sign that stands in no cell'
    )


def _comment_sign(value: str) -> str:
    if _is_a_sign(value):
        return value
    raise refusal(f"{quoted(value)} begins no comments", "Write `#`, `;` or another sign that begins no row")


def _is_a_sign(value: str) -> bool:
    return len(value) == 1 and value.isprintable() and not (value.isalnum() or value.isspace() or value == '"')


Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Kind: TypeAlias = Annotated[str, AfterValidator(_kind)]
Delimiter: TypeAlias = Annotated[str, AfterValidator(_delimiter)]
CommentSign: TypeAlias = Annotated[str, AfterValidator(_comment_sign)]


class CreatorEntry(Entry):
    """Who signs the objects."""

    id: IdentityId = key("The identity in whose name they are.", "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11")
    name: Title | None = optional(None, "Its name; the identity object then goes along.", "abuse.ch")
    identity_class: Text = optional("organization", "Its identity class (STIX 2.1 section 10.7).", "organization")
    since: Instant | None = optional(None, "`created` and `modified` of the identity object.", "2026-01-01")

    def to_creator(self) -> Creator:
        """The entry as the value that feeds rest on."""
        return Creator(self.id, self.name, self.identity_class, self.since)


class CsvEntry(Entry):
    """How the feed is as CSV."""

    delimiter: Delimiter = optional(",", "The sign between two cells.", ";")
    comment: CommentSign | None = optional(None, "The sign that begins a line which is no row.", "#")


class JsonEntry(Entry):
    """How the feed is as JSON."""

    rows: Text = optional("*", "The way to the rows; `*` is every member of a list or object.", "data.*")
    key: Text | None = optional(None, "The column that the name of a row's (or its list's) member is.", "id")
    names: dict[Text, Text] = optional({}, "Columns of the mapping, by their names in JSON.", {"ip_address": "dst_ip"})


class ListEntry(Entry):
    """How the feed is as a list: a value a line, the column `value`."""

    comment: CommentSign | None = optional(None, "The sign that begins what is no value.", "#")


class ValueEntry(Entry):
    """A column with a value."""

    column: Text = key("The column in which the value stands.", "ioc_value")
    kind: Kind = optional(ANY_KIND, "Its kind; `any`: as the value reads; `endpoint`: a host and a port.", "url")
    kind_column: Text | None = optional(None, "The column that says of which kind it is.", "ioc_type")
    kinds: dict[Text, Kind] = optional({}, "Kinds by the words of that column.", {"md5_hash": "md5"})
    port_column: Text | None = optional(None, "The column of an endpoint's port.", "dst_port")

    def to_column(self) -> ValueColumn:
        """The entry as the value that feeds rest on."""
        kinds = {word.lower(): kind for word, kind in self.kinds.items()}
        return ValueColumn(self.column, self.kind, self.kind_column, kinds, self.port_column)


class ReferenceEntry(Entry):
    """An external reference (STIX 2.1 section 2.5)."""

    source_name: Text = key("Its source.", "URLhaus")
    url: Text | None = optional(None, "Its URL; columns in braces.", "{urlhaus_link}")
    external_id: Text | None = optional(None, "The row's id there; columns in braces.", "{id}")

    def to_template(self) -> ReferenceTemplate:
        """The entry as the value that feeds rest on."""
        return ReferenceTemplate(self.source_name, self.url, self.external_id)


class FamilyEntry(Entry):
    """A column that names a family of malware."""

    column: Text = key("The column that names the family.", "fk_malware")
    name: Text | None = optional(None, "Its name; columns in braces. Left out: the cell.", "{malware_printable}")
    families: dict[Text, Text] = optional(
        {}, "The column is a list: its words for families, with their names. Others are none.", {"heodo": "Emotet"}
    )

    def to_template(self) -> FamilyTemplate:
        """The entry as the value that feeds rest on."""
        return FamilyTemplate(self.column, self.name, {word.lower(): name for word, name in self.families.items()})


class IndicatorEntry(Entry):
    """The indicator that a row gives."""

    values: list[ValueEntry] = key("The columns of its values.", [{"column": "url", "kind": "url"}], min_length=1)
    name: Text | None = optional(None, "Its name; columns in braces. Left out: the value.", "{malware} at {dst_ip}")
    description: Text | None = optional(None, "Its description; columns in braces.", "Reported by {reporter}.")
    indicator_types: list[Text] = optional([], "Its types (STIX 2.1 section 10.8).", ["malicious-activity"])
    labels: list[Text] = optional([], "Labels that it always has.", ["botnet"])
    label_columns: list[Text] = optional([], "Columns of labels, with commas between them.", ["tags"])
    confidence: Confidence | None = optional(None, "Its confidence, unless the row says another.", 75)
    confidence_column: Text | None = optional(None, "The column of its confidence.", "confidence_level")
    created: Text | None = optional(None, "The column of `created`; left out: that of `valid_from`.", "first_seen_utc")
    modified: Text | None = optional(None, "The column of `modified`.", "last_update")
    valid_from: Text | None = optional(None, "The column of `valid_from`; left out: first given.", "first_seen_utc")
    valid_until: Text | None = optional(None, "The column of `valid_until`.", "expires")
    valid_for: Duration | None = optional(None, "How long it is valid from then on, unless the row says.", "P90D")
    references: list[ReferenceEntry] = optional([], "Its external references.", [{"source_name": "URLhaus"}])
    malware: list[FamilyEntry] = optional([], "Families of malware that it indicates.", [{"column": "signature"}])

    def to_template(self) -> IndicatorTemplate:
        """The entry as the value that feeds rest on."""
        return IndicatorTemplate(
            values=tuple(each.to_column() for each in self.values),
            name=self.name,
            description=self.description,
            indicator_types=tuple(self.indicator_types),
            labels=tuple(self.labels),
            label_columns=tuple(self.label_columns),
            confidence=self.confidence,
            confidence_column=self.confidence_column,
            created=self.created,
            modified=self.modified,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            valid_for=self.valid_for,
            references=tuple(each.to_template() for each in self.references),
            malware=tuple(each.to_template() for each in self.malware),
        )


class FeedFile(Entry):
    """All of one mapping."""

    title: Title = key("What the feed is, in one line.", "URLhaus of abuse.ch")
    source: Text = key("Where it comes from.", "https://urlhaus.abuse.ch/api/")
    licence: Text = key("On which terms.", "CC0-1.0")
    namespace: str = key("A UUID of its own, over which ids are made.", "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10")
    creator: CreatorEntry | None = optional(None, "Who signs the objects. Left out: nobody.", {"id": "identity--…"})
    tlp: Level | None = optional(None, "Their TLP level. Left out: they are unmarked.", "clear")
    csv: CsvEntry | None = optional(None, "Read as CSV with a header.", {"comment": "#"})
    json_: JsonEntry | None = Field(
        default=None, alias="json", description="Read as JSON.", examples=[{"rows": "data.*"}]
    )
    list_: ListEntry | None = Field(
        default=None, alias="list", description="Read as a list, a value a line.", examples=[{"comment": "#"}]
    )
    misp: Truth = optional(False, "Read as MISP events; nothing but the words above stands beside it.", "true")
    empty: list[Text] = optional([], "Texts that stand for no value, in any letter case.", ["None"])
    optional_: list[Text] = Field(
        default=[], alias="optional", description="Columns that a delivery may lack.", examples=[["tags"]]
    )
    indicators: list[IndicatorEntry] = optional([], "What each row gives.", [{"values": [{"column": "value"}]}])


def forms_of(file: FeedFile) -> tuple[CsvForm | None, JsonForm | None, ListForm | None]:
    """The forms in which the mapping reads a delivery."""
    csv, json, lines = file.csv, file.json_, file.list_
    return (
        CsvForm(csv.delimiter, csv.comment) if csv is not None else None,
        JsonForm(tuple(json.rows.split(".")), json.key, json.names) if json is not None else None,
        ListForm(lines.comment) if lines is not None else None,
    )
