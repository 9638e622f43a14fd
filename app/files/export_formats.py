"""The formats of `mappings/exports`: how collections are given to firewalls and other programs, a file for each."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, ValidationError

from app.errors import Mistake
from app.exports.formats import OF_OBJECTS, ExportFormat, Form
from app.exports.writing import is_for_machines, kinds_of
from app.files.editor_schema import schema_of
from app.files.fields import Confidence, Entry, Title, Truth, key, nearest, optional, quoted, refusal
from app.files.mapping_files import read_mappings
from app.files.mistakes import null_mistakes, repeat_mistakes, shape_mistakes
from app.files.yaml_document import Document
from app.stix.observables import kind_named
from app.stix.observables.kinds import names_of_kinds

FormWord: TypeAlias = Literal["list", "csv", "suricata", "zeek", "misp", "ndjson", "bundle"]


def _kind(value: str) -> str:
    kind = kind_named(value)
    if kind is None:
        remedy = nearest(value, names_of_kinds(), "Write a kind, such as `ipv4`, `domain`, `url` or `sha256`")
        raise refusal(f"{quoted(value)} is no kind of values", remedy)
    return kind


Kind: TypeAlias = Annotated[str, AfterValidator(_kind)]


class ExportFile(Entry):
    """All of one export."""

    title: Title = key("What it is for, in one line.", "Addresses for firewalls")
    form: FormWord = key("What kind of text it is.", "list")
    kinds: list[Kind] | None = optional(
        None, "The kinds of values; without it all that the form can hold.", ["ipv4"], min_length=1
    )
    confidence_min: Confidence = optional(0, "The least confidence; above 0, what names none is out.", 50)
    valid: Truth = optional(True, "Of objects: only what is neither revoked nor expired.", False)
    scheme: Truth = optional(True, "Of lists: whether URLs keep their scheme.", False)
    private: Truth = optional(False, "Of what machines read: also addresses of private networks.", True)


def read_export_formats(directory: str | Path) -> Mapping[str, ExportFormat]:
    """Every format by its name; none where there is no such directory. Raises WrongFiles with every mistake in any."""
    return read_mappings(directory, _read)


def _read(document: Document, name: str, mistakes: list[Mistake]) -> ExportFormat | None:
    schema = schema_of(ExportFile)
    wrong = [*null_mistakes(document, schema), *repeat_mistakes(document)]
    file = None
    try:
        file = ExportFile.model_validate(document.tree)
    except ValidationError as error:
        wrong.extend(shape_mistakes(document, error, schema))
    else:
        wrong.extend(_mistakes(document, file))
    mistakes.extend(wrong)
    if file is None or wrong:
        return None
    kinds = frozenset(file.kinds) if file.kinds is not None else None
    return ExportFormat(
        name, file.title, Form(file.form), kinds, file.confidence_min, file.valid, file.scheme, file.private
    )


def _mistakes(document: Document, file: ExportFile) -> Iterator[Mistake]:
    form = Form(file.form)
    if form in OF_OBJECTS and file.kinds is not None:
        yield document.mistake(("kinds",), "It holds objects, not values", "Leave `kinds` out")
        return
    if form not in OF_OBJECTS and not file.valid:
        yield document.mistake(("valid",), "Values are always of what holds now", "Leave `valid` out")
    if form is not Form.LIST and not file.scheme:
        yield document.mistake(("scheme",), "Only lists can leave schemes out", "Leave `scheme` out")
    if file.private and not is_for_machines(form):
        yield document.mistake(("private",), "Only what machines read leaves them out", "Leave `private` out")
    known = kinds_of(form)
    for number, kind in enumerate(file.kinds or ()):
        if known is not None and kind not in known:
            what = f"{quoted(kind)} has no place in this form"
            yield document.mistake(("kinds", number), what, f"Write one of {', '.join(sorted(known))}")
