"""Rows to indicators."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.feeds.cells import BadCell, Cells
from app.feeds.drafts import Draft, made_id
from app.feeds.mapping import ANY_KIND, ENDPOINT, FeedMapping, IndicatorTemplate, ReferenceTemplate, ValueColumn
from app.feeds.rows import SHOWN_CHARS
from app.feeds.written_patterns import NO_PATTERN, pattern_of
from app.stix.observables import Observable, has_form, kind_named, kinds_of, normal, refang
from app.stix.observables.hosts import without_port
from app.stix.timestamps import from_datetime

PORTS = range(1, 65536)
LAST = datetime.max.replace(tzinfo=UTC)


def indicator_of(
    mapping: FeedMapping, template: IndicatorTemplate, cells: Cells, place: str, signer: str
) -> Draft | None:
    """The indicator that a row gives, None where it has none of the values. Raises BadCell.

    Its id is over the signer, and the kind and the normal form of the first value.
    """
    found = [value for column in template.values if (value := _value_of(column, cells)) is not None]
    if not found:
        return None
    (first, port), *_ = found
    key = (signer, first.kind, first.value, *((port,) if port else ()))
    created, modified = cells.instant(template.created), cells.instant(template.modified)
    valid_from = cells.instant(template.valid_from)
    tree = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": made_id("indicator", mapping.namespace, *key),
        **({"created_by_ref": mapping.creator.id} if mapping.creator else {}),
        "name": cells.filled(template.name) or first.value,
        "description": cells.filled(template.description),
        "indicator_types": list(template.indicator_types),
        "pattern": pattern_of([value for value, _ in found], port),
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": from_datetime(valid_from) if valid_from else "",
        "valid_until": _end(template, cells, valid_from),
        "confidence": _confidence(template, cells),
        "labels": sorted({*template.labels, *(text for name in template.label_columns for text in cells.texts(name))}),
        "external_references": _references(template.references, cells),
        "object_marking_refs": [mapping.marking] if mapping.marking else [],
    }
    kept = {name: value for name, value in tree.items() if value not in ("", None, [])}
    return Draft(kept, place, created or valid_from, modified, starts_with_version=valid_from is None)


def _value_of(column: ValueColumn, cells: Cells) -> tuple[Observable, int | None] | None:
    text = refang(cells.text(column.column))
    if not text:
        return None
    kind = column.kind
    if column.kind_column is not None:
        word = cells.text(column.kind_column)
        kind = column.kinds.get(word.lower(), column.kind) if word else column.kind
    if kind == ENDPOINT:
        return _endpoint(column, cells, text)
    known = kinds_of(text)[0] if kind == ANY_KIND else kind_named(kind) or kind
    if known in NO_PATTERN or not has_form(known, text) or (kind == ANY_KIND and known.startswith("file:")):
        wanted = "value that says of which kind it is" if kind == ANY_KIND else f"{known}, of which a pattern can speak"
        raise BadCell(column.column, f"`{text[:SHOWN_CHARS]}` is no {wanted}")
    return normal(known, text), None


def _endpoint(column: ValueColumn, cells: Cells, text: str) -> tuple[Observable, int]:
    host = without_port(text)
    port = cells.text(column.port_column) or text[len(host) :].lstrip(":")
    if not has_form("domain-name", host):
        raise BadCell(column.column, f"`{host[:SHOWN_CHARS]}` is neither an address nor a domain name")
    if not port:
        raise BadCell(column.port_column or column.column, "There is no port")
    if not port.isascii() or not port.isdigit() or len(port) > 5 or int(port) not in PORTS:
        raise BadCell(column.port_column or column.column, f"`{port[:SHOWN_CHARS]}` is no port")
    return normal("domain-name", host), int(port)


def _end(template: IndicatorTemplate, cells: Cells, valid_from: datetime | None) -> str:
    end = cells.instant(template.valid_until)
    if end is None and template.valid_for is not None and valid_from is not None:
        # the calendar ends, too
        end = valid_from + min(template.valid_for, LAST - valid_from)
    if end is None:
        return ""
    if valid_from is not None and end <= valid_from:
        raise BadCell(template.valid_until or template.valid_from or "", "It ends before it begins")
    return from_datetime(end)


def _confidence(template: IndicatorTemplate, cells: Cells) -> int | None:
    said = cells.confidence(template.confidence_column)
    return template.confidence if said is None else said


def _references(templates: Sequence[ReferenceTemplate], cells: Cells) -> list[dict[str, str]]:
    made = []
    for each in templates:
        told = {"url": cells.filled(each.url), "external_id": cells.filled(each.external_id)}
        kept = {name: text for name, text in told.items() if text}
        if kept:
            made.append({"source_name": each.source_name, **kept})
    return made
