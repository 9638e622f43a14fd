"""The mappings of `mappings/feeds`: how feeds become STIX; each file is one, under the file's name."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from app.errors import Mistake
from app.feeds.mapping import FeedMapping
from app.files.editor_schema import schema_of
from app.files.feed_checks import mistakes_of
from app.files.feed_entry import FeedFile, forms_of
from app.files.mapping_files import read_mappings
from app.files.mistakes import null_mistakes, repeat_mistakes, shape_mistakes
from app.files.yaml_document import Document
from app.policy.markings import Registry
from app.policy.partnership import TlpLevel


def read_feed_mappings(directory: str | Path, registry: Registry) -> Mapping[str, FeedMapping]:
    """Every mapping by its name; none where there is no such directory. Raises WrongFiles with every mistake in any."""
    return read_mappings(directory, partial(_read, registry))


def _read(registry: Registry, document: Document, name: str, mistakes: list[Mistake]) -> FeedMapping | None:
    schema = schema_of(FeedFile)
    wrong = [*null_mistakes(document, schema), *repeat_mistakes(document)]
    file = None
    try:
        file = FeedFile.model_validate(document.tree)
    except ValidationError as error:
        wrong.extend(shape_mistakes(document, error, schema))
    else:
        wrong.extend(mistakes_of(document, file))
    mistakes.extend(wrong)
    return _meaning(name, file, registry) if file is not None and not wrong else None


def _tags(registry: Registry) -> Mapping[str, str]:
    """The definitions of the levels that MISP tags with; TLP 1 has `white` where TLP 2 has `clear`."""
    found = {f"tlp:{level}": registry.label(level) for level in TlpLevel}
    found["tlp:white"] = found["tlp:clear"]
    for level in ("clear", "white", "green", "amber", "red"):
        found[f"pap:{level}"] = min(registry.ids_of("pap", level), default=None)
    return {tag: marking for tag, marking in found.items() if marking is not None}


def _meaning(name: str, file: FeedFile, registry: Registry) -> FeedMapping:
    csv, json, lines = forms_of(file)
    return FeedMapping(
        name=name,
        title=file.title,
        namespace=UUID(file.namespace),
        creator=file.creator.to_creator() if file.creator is not None else None,
        marking=registry.label(TlpLevel(file.tlp)) if file.tlp is not None else None,
        csv=csv,
        json=json,
        lines=lines,
        misp=file.misp,
        tags=_tags(registry) if file.misp else {},
        empty=frozenset(text.lower() for text in file.empty),
        optional=frozenset(name.lower() for name in file.optional_),
        indicators=tuple(entry.to_template() for entry in file.indicators),
    )
