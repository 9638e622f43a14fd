"""The value that a cell holds: of which kind it is, in its normal form, and nothing that only resembles a value.

A look-up asks for a doubtful value and finds nothing. An indicator of it would block what nobody meant.
"""

import re

from app.feeds.cells import BadCell, Cells
from app.feeds.mapping import ANY_KIND, ENDPOINT, ValueColumn
from app.feeds.rows import SHOWN_CHARS
from app.feeds.written_patterns import NO_PATTERN
from app.stix.observables import Observable, is_formed, kind_named, kinds_of, normal, refang
from app.stix.observables.hosts import is_public_suffix, network_of, without_port
from app.stix.observables.kinds import HOSTS
from app.stix.observables.urls import email_of, url_of

PORTS = range(1, 65536)
AS_NUMBERS = range(1, 2**32)
FILE_ENDINGS = frozenset(
    ["7z", "apk", "bat", "bin", "cmd", "csv", "dat", "dll", "doc", "docm", "docx", "exe", "hta", "html", "iso", "jar",
     "jpg", "js", "json", "lnk", "log", "msi", "pdf", "php", "png", "ppt", "pptx", "ps1", "rar", "rtf", "scr", "sys",
     "tar", "tmp", "txt", "vbs", "wsf", "xls", "xlsm", "xlsx", "xml"]
)  # fmt: skip
"""What names of files end in, and no domain name: none of them is a top-level domain."""

_PORT_BEHIND = re.compile(r"(?:\[[^\]]*\]|[^:]+):([0-9]+)")
_DIGITS = re.compile(r"[0-9]+")
_NO_PATH = re.compile(r"/[0-9./]*")
_LOCAL_PART = re.compile(r'"[^"]+"|[^\s@:;,<>()\[\]"\\]+')
_BLANK = re.compile(r"\s")


def value_of(column: ValueColumn, cells: Cells) -> tuple[Observable, int | None] | None:
    """The value in its normal form, with its port if it is an endpoint; None where there is none. Raises BadCell."""
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
    value = normal(known, text)
    if known in NO_PATTERN or not is_formed(value) or (kind == ANY_KIND and known.startswith("file:")):
        wanted = "value that says of which kind it is" if kind == ANY_KIND else f"{known}, of which a pattern can speak"
        raise _bad(column.column, text, f"is no {wanted}")
    wrong = _amiss(value, text) or (_doubtful(value, text) if kind == ANY_KIND else None)
    if wrong is not None:
        raise _bad(column.column, text, wrong)
    return value, None


def _endpoint(column: ValueColumn, cells: Cells, text: str) -> tuple[Observable, int]:
    host = without_port(text)
    port = cells.text(column.port_column) or text[len(host) :].lstrip(":")
    value = normal("domain-name", host)
    if not is_formed(value):
        raise _bad(column.column, host, "is neither an address nor a domain name")
    if not port:
        raise BadCell(column.port_column or column.column, "There is no port")
    if not _is_port(port):
        raise _bad(column.port_column or column.column, port, "is no port")
    wrong = _amiss(value, host)
    if wrong is not None:
        raise _bad(column.column, host, wrong)
    return value, int(port)


def _amiss(value: Observable, text: str) -> str | None:
    """What is wrong with a value that has the form of its kind, as far as that goes."""
    if value.kind in HOSTS:
        port = _PORT_BEHIND.fullmatch(text)
        if port is not None and not _is_port(port[1]):
            return "has no port from 1 to 65535"
        network = network_of(value.value)
        if network is not None and network.prefixlen == 0:
            return "covers every address there is"
        return "has a wildcard that is not its first label" if "*" in value.value else None
    if value.kind == "autonomous-system":
        return None if int(value.value) in AS_NUMBERS else f"has no number from 1 to {AS_NUMBERS[-1]}"
    if value.kind == "email-addr":
        parts = email_of(value.value)
        return None if parts is not None and _LOCAL_PART.fullmatch(parts[0]) else "is more than one e-mail address"
    url = url_of(value.value) if value.kind == "url" else None
    return "has no port from 1 to 65535" if url is not None and url.port and not _is_port(url.port) else None


def _doubtful(value: Observable, text: str) -> str | None:
    """What keeps a value from saying of which kind it is, though it has the form of one."""
    if value.kind == "autonomous-system" and text.isdigit():
        return "may be any number. Write an autonomous system as AS64496"
    if value.kind == "domain-name" and value.value.rpartition(".")[2] in FILE_ENDINGS:
        return "may be the name of a file, and is in no top-level domain"
    if value.kind == "domain-name" and is_public_suffix(value.value):
        return "is a public suffix: nobody's name, and above those of many"
    url = url_of(value.value) if value.kind == "url" else None
    if url is None:
        return None
    if _BLANK.search(text):
        return "is a URL with blanks in it. Write one value a line, and a blank of a URL as %20"
    if not url.scheme and not url.port and network_of(url.host) is not None and _NO_PATH.fullmatch(url.rest):
        return "is no network: the prefix behind its slash is none. If it is a URL, write its scheme"
    return None


def _is_port(text: str) -> bool:
    return len(text) <= 5 and text.isascii() and _DIGITS.fullmatch(text) is not None and int(text) in PORTS


def _bad(column: str, text: str, what: str) -> BadCell:
    return BadCell(column, f"`{text[:SHOWN_CHARS]}` {what}")
