"""What is wrong with a file of `mappings/feeds` apart from the shape of its keys."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from app.errors import Mistake
from app.feeds.mapping import COLUMN, ENDPOINT
from app.files.feed_entry import FeedFile, IndicatorEntry
from app.files.fields import quoted
from app.files.yaml_document import Document, Path

LIST_COLUMN = "value"
"""The one column that a list has."""


def mistakes_of(document: Document, file: FeedFile) -> Iterator[Mistake]:
    """What is wrong with a mapping apart from the shape of its keys."""
    try:
        UUID(file.namespace)
    except ValueError:
        remedy = 'Write what `python3 -c "import uuid; print(uuid.uuid4())"` prints'
        yield document.mistake(("namespace",), f"{quoted(file.namespace)} is no UUID", remedy)
    if file.creator is not None and (file.creator.name is None) != (file.creator.since is None):
        yield document.mistake(("creator",), "`name` and `since` stand together", "Write both, or neither")
    yield from _form_mistakes(document, file)
    yield from _column_mistakes(document, file)
    for number, entry in enumerate(file.indicators):
        yield from _indicator_mistakes(document, ("indicators", number), entry)


def _form_mistakes(document: Document, file: FeedFile) -> Iterator[Mistake]:
    forms = [name for name, form in (("csv", file.csv), ("json", file.json_), ("list", file.list_)) if form is not None]
    if file.misp and (forms or file.indicators):
        yield document.mistake(("misp",), "Events of MISP say themselves what they hold", "Keep `misp`, or the rest")
    elif not file.misp and (not forms or not file.indicators):
        remedy = "Write `csv`, `json` or `list`, and `indicators`; or `misp: true`"
        yield document.mistake((), "The mapping does not say how a delivery is read", remedy)
    if file.csv is not None and file.list_ is not None:
        yield document.mistake(("list",), "`csv` and `list` can't be told apart", "Keep one, or write two mappings")
    if file.csv is not None and file.csv.delimiter == file.csv.comment:
        what = f"{quoted(file.csv.delimiter)} begins a comment as well"
        yield document.mistake(("csv", "delimiter"), what, "Write another sign, or leave `comment` out")
    if file.json_ is not None:
        yield from _same_words(document, ("json", "names"), file.json_.names)


def _column_mistakes(document: Document, file: FeedFile) -> Iterator[Mistake]:
    named = [name.lower() for each in file.indicators for name in each.to_template().columns() if name is not None]
    lacked = {name.lower() for name in file.optional_}
    for number, name in enumerate(file.optional_):
        if name.lower() not in named:
            what = f"The column {quoted(name)} is read by nothing"
            yield document.mistake(("optional", number), what, "Remove it, or write a column that `indicators` names")
    beyond = next((name for name in named if name != LIST_COLUMN and name not in lacked), None)
    if file.list_ is not None and file.csv is None and beyond is not None:
        remedy = f"Name the column {quoted(LIST_COLUMN)}, or write others under `optional`"
        yield document.mistake(("list",), f"A list has no column {quoted(beyond)}", remedy)


def _indicator_mistakes(document: Document, path: Path, entry: IndicatorEntry) -> Iterator[Mistake]:
    if len(entry.values) > 1 and any(ENDPOINT in (each.kind, *each.kinds.values()) for each in entry.values):
        yield document.mistake((*path, "values"), "An endpoint stands alone in its pattern", "Give it an entry")
    if entry.valid_for is not None and entry.valid_from is None:
        yield document.mistake((*path, "valid_for"), "`valid_for` counts from `valid_from`", "Write `valid_from` too")
    for number, value in enumerate(entry.values):
        if bool(value.kinds) != (value.kind_column is not None):
            what = "`kinds` and `kind_column` stand together"
            yield document.mistake((*path, "values", number), what, "Write both, or neither")
        yield from _same_words(document, (*path, "values", number, "kinds"), value.kinds)
    for number, family in enumerate(entry.malware):
        if family.families and family.name is not None:
            what = "`families` says the names already"
            yield document.mistake((*path, "malware", number, "name"), what, "Keep `families`, or `name`")
        yield from _same_words(document, (*path, "malware", number, "families"), family.families)
    for place, text in _texts(entry):
        if any(brace in COLUMN.sub("", text or "") for brace in "{}"):
            yield document.mistake((*path, *place), "A brace stands alone", "Write columns as `{column}`")


def _texts(entry: IndicatorEntry) -> Iterator[tuple[Path, str | None]]:
    """Every text in which columns stand in braces, with its place."""
    yield from ((("name",), entry.name), (("description",), entry.description))
    for number, reference in enumerate(entry.references):
        yield ("references", number, "url"), reference.url
        yield ("references", number, "external_id"), reference.external_id
    yield from ((("malware", number, "name"), family.name) for number, family in enumerate(entry.malware))


def _same_words(document: Document, path: Path, words: Iterable[str]) -> Iterator[Mistake]:
    """Words that are one where letter case does not matter: nobody knows which of both is meant."""
    before: dict[str, str] = {}
    for word in words:
        other = before.setdefault(word.lower(), word)
        if other != word:
            what = f"{quoted(other)} and {quoted(word)} are one word: letter case does not matter"
            yield document.mistake((*path, word), what, "Keep one")
