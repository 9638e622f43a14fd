"""Rows to indicators."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.feeds.cells import BadCell, Cells
from app.feeds.drafts import Draft, made_id
from app.feeds.mapping import FeedMapping, IndicatorTemplate, ReferenceTemplate
from app.feeds.values import value_of
from app.feeds.written_patterns import pattern_of
from app.stix.timestamps import from_datetime

LAST = datetime.max.replace(tzinfo=UTC)


def indicator_of(
    mapping: FeedMapping, template: IndicatorTemplate, cells: Cells, signer: str, latest: datetime
) -> Draft | None:
    """The indicator that a row gives, None where it has none of the values. Raises BadCell.

    Its id is over the signer, and the kind and the normal form of the first value. No version may be later than
    `latest`.
    """
    found = [value for column in template.values if (value := value_of(column, cells)) is not None]
    if not found:
        return None
    (first, port), *_ = found
    key = (signer, first.kind, first.value, *((port,) if port else ()))
    valid_from = cells.instant(template.valid_from)
    created = cells.instant_until(latest, template.created) or cells.instant_until(latest, template.valid_from)
    modified = cells.instant_until(latest, template.modified)
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
    kept = {name: value for name, value in tree.items() if value or value == 0}
    return Draft(kept, cells.place, created, modified, starts_with_version=valid_from is None)


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
