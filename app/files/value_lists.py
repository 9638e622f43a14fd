"""The lists of values of `mappings/lists`: own assets, public services; each file is one list, under the file's name.

A file has a `title`, says where its values come from (`source`), and holds `networks` (addresses, CIDR), `domains`
(each with all that lies below it), `hashes` and other `values`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from app.errors import Mistake
from app.files.editor_schema import schema_of
from app.files.fields import Entry, key, optional
from app.files.mapping_files import read_mappings
from app.files.mistakes import null_mistakes, repeat_mistakes, shape_mistakes
from app.files.yaml_document import Document, quoted
from app.policy.value_lists import ValueList, forms_of
from app.stix.observables.hosts import name_of, network_of

_HASH = re.compile(r"[0-9a-fA-F]{32,128}\Z")
_DOMAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")


class ValueListFile(Entry):
    """All of one list."""

    title: str = key("What the list holds, in one line.", "Public resolvers")
    source: str = key("Where its values come from, so that somebody can renew them.", "the operators' own pages")
    networks: list[str] = optional([], "Addresses and networks, IPv4 and IPv6.", ["198.51.100.0/24"])
    domains: list[str] = optional([], "Domain names; each stands for all names below it, too.", ["example.org"])
    hashes: list[str] = optional([], "Hashes in hexadecimal, of any algorithm.", ["d41d8cd98f00b204e9800998ecf8427e"])
    values: list[str] = optional([], "Anything else that patterns and observables hold.", ["https://example.org/login"])


def read_value_lists(directory: str | Path) -> Mapping[str, ValueList]:
    """Every list by its name; none where there is no such directory. Raises WrongFiles with every mistake in any."""
    return read_mappings(directory, _read)


def _read(document: Document, name: str, mistakes: list[Mistake]) -> ValueList | None:
    wrong = list(_mistakes(document))
    mistakes.extend(wrong)
    return None if wrong else _meaning(name, document.tree)


def _mistakes(document: Document) -> Iterator[Mistake]:
    schema = schema_of(ValueListFile)
    try:
        ValueListFile.model_validate(document.tree)
    except ValidationError as error:
        yield from shape_mistakes(document, error, schema)
    yield from null_mistakes(document, schema)
    yield from repeat_mistakes(document)
    for name, (fits, remedy) in _FORMS.items():
        values = document.tree.get(name)
        for number, value in enumerate(values if isinstance(values, list) else ()):
            if isinstance(value, str) and not fits(value):
                yield document.mistake((name, number), f"{quoted(value)} does not belong under `{name}`", remedy)


def _is_network(text: str) -> bool:
    return network_of(text) is not None


def _is_domain(text: str) -> bool:
    return network_of(text) is None and _is_bare(text) and _DOMAIN.match(name_of(text)) is not None


def _is_bare(text: str) -> bool:
    return not any(sign in text for sign in "*:/")


def _is_hash(text: str) -> bool:
    return _HASH.match(text) is not None


_FORMS: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "networks": (_is_network, "Write an address or a network, such as `198.51.100.0/24`"),
    "domains": (_is_domain, "Write a name alone, without a scheme, a path or `*.`, such as `example.org`"),
    "hashes": (_is_hash, "Write 32 to 128 hexadecimal digits, or put it under `values`"),
}


def _meaning(name: str, tree: Mapping[str, Any]) -> ValueList:
    networks = (network_of(each) for each in tree.get("networks", ()))
    return ValueList(
        name=name,
        title=tree["title"],
        networks=tuple(network for network in networks if network is not None),
        domains=frozenset(map(name_of, tree.get("domains", ()))),
        hashes=_forms(tree.get("hashes", ())),
        values=_forms(tree.get("values", ())),
    )


def _forms(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(form for text in texts for form in forms_of(text))
