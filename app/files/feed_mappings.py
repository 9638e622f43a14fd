"""The mappings of `mappings/feeds`: how feeds become STIX; each file is one, under the file's name."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from app.errors import Mistake, WrongFiles
from app.feeds.mapping import FeedMapping
from app.files.directory import read_directory
from app.files.editor_schema import schema_of
from app.files.feed_entry import FeedFile, forms_of, mistakes_of
from app.files.mistakes import null_mistakes, repeat_mistakes, shape_mistakes
from app.files.yaml_document import Document, read_document
from app.policy.markings import Registry


def read_feed_mappings(directory: str | Path, registry: Registry) -> Mapping[str, FeedMapping]:
    """Every mapping by its name; none where there is no such directory. Raises WrongFiles with every mistake in any."""
    folder = Path(directory)
    if not folder.is_dir():
        return {}
    read: dict[str, FeedMapping] = {}
    mistakes: list[Mistake] = []
    for name, text in read_directory(folder).items():
        document, found = read_document(str(folder / name), text)
        mistakes.extend(found)
        if document is not None and not found:
            mapping = _read(document, name.removesuffix(".yaml"), registry, mistakes)
            if mapping is not None:
                read[mapping.name] = mapping
    if mistakes:
        raise WrongFiles(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line, mistake.what)))
    return read


def _read(document: Document, name: str, registry: Registry, mistakes: list[Mistake]) -> FeedMapping | None:
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


def _meaning(name: str, file: FeedFile, registry: Registry) -> FeedMapping:
    csv, json, lines = forms_of(file)
    return FeedMapping(
        name=name,
        title=file.title,
        namespace=UUID(file.namespace),
        creator=file.creator.to_creator() if file.creator is not None else None,
        marking=registry.definition_of(file.tlp) if file.tlp is not None else None,
        csv=csv,
        json=json,
        lines=lines,
        misp=file.misp,
        empty=frozenset(text.lower() for text in file.empty),
        indicators=tuple(entry.to_template() for entry in file.indicators),
    )
