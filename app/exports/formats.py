"""How one export is written: what a file of `mappings/exports` says, as values; and the rows that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Form(StrEnum):
    """What kind of text an export is."""

    LIST = "list"
    CSV = "csv"
    SURICATA = "suricata"
    ZEEK = "zeek"
    MISP = "misp"
    NDJSON = "ndjson"
    BUNDLE = "bundle"


OF_OBJECTS: Final = frozenset({Form.NDJSON, Form.BUNDLE})
"""The forms that hold objects as they are; the others hold the values of indicators."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One export. `kinds` None: every kind that the form can hold. `confidence_min` 0: no bound,
    so that what names no confidence is in.

    `valid`: only what holds now, neither revoked nor expired; always so for values. `scheme`: whether URLs keep theirs.
    `private`: whether what machines read holds addresses of private networks, too.
    """

    name: str
    title: str
    form: Form
    kinds: frozenset[str] | None = None
    confidence_min: int = 0
    valid: bool = True
    scheme: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written: the format, and where the rows come from. `file` is one of those that a MISP feed has.

    `source` names the place to people, `root/alias`; `collection` is its UUID. `values_max` bounds the values.
    """

    format: ExportFormat
    source: str
    collection: str
    values_max: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One version that the account is shown; `key` is what its row is known by, `tlp` the levels of its markings."""

    key: int
    tree: Mapping[str, Any]
    content: bytes
    tlp: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The STIX id."""
        return str(self.tree["id"])


@dataclass(frozen=True, slots=True)
class Written:
    """The text of an export, its media type, and the keys of the rows of which something stands in it."""

    body: bytes
    media_type: str
    used: frozenset[int]
