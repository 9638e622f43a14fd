"""What the shape of one value can't show: keys that must fit each other, in one file and over all of them.

The checks read the plain values and pass over whatever is not of its shape, since that is a mistake already. So one
reading finds the mistakes of both kinds.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.errors import Mistake
from app.files.fields import Duration, Instant
from app.files.yaml_document import Document, Path, Value, quoted

_INSTANT: Final = TypeAdapter(Instant)
_DURATION: Final = TypeAdapter(Duration)


def mapping_at(document: Document, path: Path) -> dict[str, Value]:
    """The mapping at `path`; an empty one where there is none."""
    value: Value = document.tree
    for part in path:
        value = value.get(str(part)) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def mistakes_in(document: Document) -> Iterator[Mistake]:
    """The mistakes that one partnership's file shows by itself."""
    yield from _dates(document)
    yield from _clients(document)
    yield from _shown_for(document)
    yield from _unmarked(document)
    yield from _acs(document)
    yield from _reviewed(document)
    yield from _reported(document)
    yield from _repeated(
        [(document, ("collections", alias, "title")) for alias in mapping_at(document, ("collections",))],
        "title",
        "Give each collection of a partnership a title of its own",
    )


def mistakes_across(documents: Sequence[Document]) -> Iterator[Mistake]:
    """The mistakes that only the files together show; `documents` are those of the partnerships."""
    yield from _repeated([(document, ("partnership",)) for document in documents], "partnership", "Rename one of them")
    yield from _repeated(
        [
            (document, ("collections", alias, "id"))
            for document in documents
            for alias in mapping_at(document, ("collections",))
        ],
        "id",
        'Give one of them the id that `python3 -c "import uuid; print(uuid.uuid4())"` prints',
    )


_SIGNED_BY_THE_EXCHANGE: Final = (
    ("release", "granular", "sanitise", "sanitised derivatives"),
    ("release", "attribution", "sanitise", "sanitised derivatives"),
    ("intake", "sightings", "anonymous", "anonymous reports"),
)


def mistakes_about_signing(partners: Document, documents: Sequence[Document]) -> Iterator[Mistake]:
    """What the exchange makes needs somebody who signs it, and that is nobody else."""
    identity = _text_at(partners, ("identity",))
    for name in mapping_at(partners, ("partners",)):
        signs_as = mapping_at(partners, ("partners", name)).get("identities")
        for number, each in enumerate(signs_as if isinstance(signs_as, list) else ()):
            if identity is not None and each == identity:
                what = f"{quoted(name)} signs as the exchange's own identity"
                remedy = "Take it out here; nobody but the exchange signs what it has made"
                yield partners.mistake(("partners", name, "identities", number), what, remedy)
    for document in documents if identity is None else ():
        for alias in mapping_at(document, ("collections",)):
            for side, key, word, made in _SIGNED_BY_THE_EXCHANGE:
                path: Path = ("collections", alias, side, key)
                if _text_at(document, path) == word:
                    what = f"The exchange has no identity to sign {made} with"
                    instead = "withhold" if side == "release" else "refuse"
                    remedy = f"Add `identity: identity--…` to {partners.file}, or write `{key}: {instead}`"
                    yield document.mistake(path, what, remedy)


def _text_at(document: Document, path: Path) -> str | None:
    value = mapping_at(document, path[:-1]).get(str(path[-1]))
    return value if isinstance(value, str) else None


def _repeated(places: Sequence[tuple[Document, Path]], what: str, remedy: str) -> Iterator[Mistake]:
    first: dict[str, tuple[Document, Path]] = {}
    for document, path in places:
        text = _text_at(document, path)
        if text is None:
            continue
        earlier = first.setdefault(text.strip().casefold(), (document, path))
        if earlier != (document, path):
            place = f"{earlier[0].file}:{earlier[0].line_of(earlier[1])}"
            yield document.mistake(path, f"The {what} {quoted(text)} is taken by {place}", remedy)


def _dates(document: Document) -> Iterator[Mistake]:
    path: Path = ("agreement", "expires")
    try:
        effective = _INSTANT.validate_python(_text_at(document, ("agreement", "effective")), strict=True)
        expires = _INSTANT.validate_python(_text_at(document, path), strict=True)
    except ValidationError:
        return
    if expires <= effective:
        what = "The agreement expires before it is in force"
        yield document.mistake(path, what, f"Write a date after {effective.date().isoformat()}")


def _clients(document: Document) -> Iterator[Mistake]:
    members = mapping_at(document, ("members",))
    principals = {name: _text_at(document, ("members", name, "client_of")) for name in members}
    for name in members:
        path = ("members", name, "client_of")
        if principals[name] == name:
            yield document.mistake(path, f"{quoted(name)} is its own client", "Name another member, or remove the key")
        elif _leads_back(name, principals):
            what = f"{quoted(name)} is a client of its own client"
            yield document.mistake(path, what, "Remove one `client_of` of the circle")


def _leads_back(name: str, principals: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    current = principals.get(name)
    while current is not None and current not in seen:
        if current == name:
            return True
        seen.add(current)
        current = principals.get(current)
    return False


def _shown_for(document: Document) -> Iterator[Mistake]:
    for alias in mapping_at(document, ("collections",)):
        path: Path = ("collections", alias, "release", "shown_for")
        written = [_text_at(document, (*path[:-1], name)) for name in ("embargo", "shown_for")]
        if None in written:
            continue
        try:
            embargo, shown_for = (_DURATION.validate_python(each) for each in written)
        except ValidationError:
            continue
        if shown_for <= embargo:
            what = "A version is shown no longer before its embargo has ended, so nobody is ever shown it"
            yield document.mistake(path, what, "Make `shown_for` longer than `embargo`, or remove one of them")


def _unmarked(document: Document) -> Iterator[Mistake]:
    for alias in mapping_at(document, ("collections",)):
        path: Path = ("collections", alias, "intake", "unmarked")
        level = _text_at(document, path)
        taken = mapping_at(document, path[:-1]).get("tlp")
        if level is None or level == "refuse" or taken == "all":
            continue
        if not isinstance(taken, list) or level not in taken:
            what = f"Unmarked objects are taken as {quoted(level)}, and `intake.tlp` does not take that level"
            yield document.mistake(path, what, f"Add {quoted(level)} to `intake.tlp`, or write `unmarked: refuse`")


def _acs(document: Document) -> Iterator[Mistake]:
    """Every ACS marking has a classification, so that terms without any release nothing."""
    for alias in mapping_at(document, ("collections",)):
        path: Path = ("collections", alias, "release", "acs")
        accepted = mapping_at(document, path)
        if accepted and not accepted.get("classification"):
            what = "`acs` accepts no classification, so nothing that carries an ACS marking is ever released"
            yield document.mistake(path, what, "Add `classification: [U]`, or take `acs` out")


def _reviewed(document: Document) -> Iterator[Mistake]:
    """What goes to review has to be taken at all: a refusal goes before a review."""
    for alias in mapping_at(document, ("collections",)):
        intake: Path = ("collections", alias, "intake")
        for name in ("types", "tlp"):
            taken, path = mapping_at(document, intake).get(name, []), (*intake, "review", name)
            reviewed = mapping_at(document, path[:-1]).get(name)
            if taken == "all" or not isinstance(reviewed, list) or not isinstance(taken, list):
                continue
            for number, each in enumerate(reviewed):
                if isinstance(each, str) and each not in taken:
                    what = f"{quoted(each)} goes to review, and `intake.{name}` does not take it"
                    yield document.mistake((*path, number), what, f"Add it to `intake.{name}`, or take it out here")


def _reported(document: Document) -> Iterator[Mistake]:
    """What analysts report is a sighting or an opinion of STIX 2.1, which has to be taken where anything is."""
    for alias in mapping_at(document, ("collections",)):
        path: Path = ("collections", alias, "intake", "sightings")
        intake = mapping_at(document, path[:-1])
        if _text_at(document, path) not in ("named", "anonymous"):
            continue
        for name, wanted in (("types", "sighting"), ("types", "opinion"), ("spec_versions", "2.1")):
            taken = intake.get(name)
            if isinstance(taken, list) and taken and wanted not in taken:
                what = f"Analysts report here, and `intake.{name}` does not take {quoted(wanted)}"
                remedy = f"Add {quoted(wanted)} to `intake.{name}`, or write `sightings: refuse`"
                yield document.mistake(path, what, remedy)
