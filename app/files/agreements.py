"""The files of `collections/` as the values that decisions rest on, or all that is wrong with them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from app.errors import Mistake, WrongFiles
from app.files.cross_checks import mapping_at, mistakes_about_signing, mistakes_across, mistakes_in
from app.files.editor_schema import schema_of
from app.files.fields import Entry
from app.files.mistakes import null_mistakes, repeat_mistakes, shape_mistakes
from app.files.names import Names
from app.files.partners_file import PARTNERS_FILE, PartnersFile
from app.files.partnership_file import PartnershipFile
from app.files.yaml_document import Document, read_document
from app.policy.partnership import Partners, Partnership

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Agreements:
    """All that the files say: the partners, each partnership under its API root, and the file that it stands in."""

    partners: Partners
    partnerships: Mapping[str, Partnership]
    sources: Mapping[str, str]


def read_agreements(texts: Mapping[str, str]) -> Agreements:
    """The meaning of partners.yaml and of one file for each partnership, given as file name and text.

    The order and the names of the files do not matter. Raises WrongFiles with every mistake of every file.
    """
    mistakes: list[Mistake] = []
    documents: list[Document] = []
    for file in sorted(texts):
        document, found = read_document(file, texts[file])
        mistakes.extend(found)
        documents.extend([document] if document is not None else [])
    partners = _read_partners(texts, documents, mistakes)
    partnerships = _read_partnerships(documents, mistakes)
    if mistakes or partners is None:
        raise WrongFiles(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line, mistake.what)))
    roots = sorted(partnerships)
    return Agreements(
        partners,
        partnerships={root: partnerships[root][0] for root in roots},
        sources={root: partnerships[root][1] for root in roots},
    )


def _read_partners(texts: Mapping[str, str], documents: Sequence[Document], mistakes: list[Mistake]) -> Partners | None:
    if PARTNERS_FILE not in texts:
        what = "There is no file that says who the partners are"
        mistakes.append(
            Mistake(PARTNERS_FILE, 0, what, "Write it, with `host` and `partners`; docs/files.md shows how")
        )
    document = _partners_document(documents)
    if document is None:
        return None
    file = _validated(document, PartnersFile, Names(frozenset(mapping_at(document, ("partners",)))), mistakes)
    return file.to_partners() if file is not None else None


def _read_partnerships(documents: Sequence[Document], mistakes: list[Mistake]) -> Mapping[str, tuple[Partnership, str]]:
    """Each partnership with the name of its file, by root."""
    partners = _partners_document(documents)
    known = frozenset(mapping_at(partners, ("partners",))) if partners is not None else None
    own = [document for document in documents if document.file != PARTNERS_FILE]
    read: dict[str, tuple[Partnership, str]] = {}
    for document in own:
        here = (frozenset(mapping_at(document, (key,))) for key in ("members", "groups", "collections"))
        names = Names(known, *here)
        file = _validated(document, PartnershipFile, names, mistakes)
        mistakes.extend(mistakes_in(document))
        if file is not None:
            partnership = file.to_partnership()
            read[partnership.root] = (partnership, document.file)
    mistakes.extend(mistakes_across(own))
    if partners is not None:
        mistakes.extend(mistakes_about_signing(partners, own))
    return read


def _partners_document(documents: Sequence[Document]) -> Document | None:
    return next((document for document in documents if document.file == PARTNERS_FILE), None)


def _validated(document: Document, shape: type[E], names: Names, mistakes: list[Mistake]) -> E | None:
    """The file by its shape, or None; what is wrong is added to `mistakes`."""
    found: list[Mistake] = []
    schema = schema_of(shape)
    file: E | None = None
    try:
        file = shape.model_validate(document.tree, context=names)
    except ValidationError as error:
        found.extend(shape_mistakes(document, error, schema))
    found.extend(null_mistakes(document, schema))
    found.extend(repeat_mistakes(document))
    mistakes.extend(found)
    return file if not found else None
