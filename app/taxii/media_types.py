"""Media types and their negotiation (TAXII 2.1 sections 1.6.8 and 3.1; RFC 9110 sections 8.3 and 12.5.1).

The server speaks `application/taxii+json;version=2.1`, and `application/json` where it tells what is not TAXII's. For
Accept:

* the versioned type, the bare type (read as the latest version), `application/*`, `*/*` and no header are served,
* among the ranges that match, the most specific one counts; `q=0` says no,
* letter case, blanks around `;` and quoting of values do not matter, nor do parameters other than `version` and `q`,
* a list member that does not parse is passed over; what is left decides.

For Content-Type: the versioned or the bare type, with whatever parameters beside `version`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

TAXII_21: Final = "application/taxii+json;version=2.1"
"""Written without a blank: clients compare it literally."""

JSON: Final = "application/json"

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  (RFC 9110 section 5.6.2, no secret)
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_RANGE: Final = re.compile(rf"[ \t]*({_TOKEN})/({_TOKEN})[ \t]*")
_PARAMETER: Final = re.compile(rf";[ \t]*(?:({_TOKEN})=({_TOKEN}|{_QUOTED}))?[ \t]*")
_SEPARATOR: Final = re.compile(r'\\.|[",]')
_ESCAPE: Final = re.compile(r"\\(.)")
_WEIGHT: Final = re.compile(r"0(?:\.[0-9]*)?|1(?:\.0*)?")
_ANY: Final[Mapping[tuple[str, str, str | None], int]] = {("*", "*", None): 0, ("application", "*", None): 1}
_SPECIFICITY: Final = {
    TAXII_21: {**_ANY, ("application", "taxii+json", None): 2, ("application", "taxii+json", "2.1"): 3},
    JSON: {**_ANY, ("application", "json", None): 2},
}


class MediaRange(NamedTuple):
    """One member of an Accept header, or a Content-Type; `weight` is its `q`."""

    type: str
    subtype: str
    version: str | None
    weight: float


def stix_media_type(spec_version: str) -> str:
    """The media type of STIX content of one specification version, `2.0` or `2.1`."""
    return f"application/stix+json;version={spec_version}"


def acceptable(accept_header: str | None, offered: str = TAXII_21) -> bool:
    """Whether what is offered, TAXII_21 or JSON, may be sent to who sent this Accept header. Never raises."""
    if accept_header is None or accept_header == offered or not accept_header.strip():
        return True
    best, weight = -1, 0.0
    for member in _members(accept_header):
        version = member.version if member.subtype == "taxii+json" else None
        specificity = _SPECIFICITY[offered].get((member.type, member.subtype, version), -1)
        if specificity > best or (specificity == best and member.weight > weight):
            best, weight = specificity, member.weight
    return best >= 0 and weight > 0


def content_type_supported(content_type_header: str | None) -> bool:
    """Whether a body declared like this is read as TAXII 2.1. A body without a declaration is not. Never raises."""
    if content_type_header == TAXII_21:
        return True
    declared = _parse(content_type_header or "", weighted=False)
    return declared is not None and declared[:3] in {
        ("application", "taxii+json", None),
        ("application", "taxii+json", "2.1"),
    }


def _members(header: str) -> Iterator[MediaRange]:
    """The members of a list that parse, in their order. A comma within quotes does not separate."""
    start, quoted = 0, False
    for match in _SEPARATOR.finditer(header + ","):
        if match.group() == '"':
            quoted = not quoted
        elif match.group() == "," and not quoted:
            member = _parse(header[start : match.start()])
            start = match.end()
            if member is not None:
                yield member


def _parse(text: str, *, weighted: bool = True) -> MediaRange | None:
    """One media type or range with its parameters; None if it is not of that form or says `version` twice.

    In a list `q` is a weight (RFC 9110 section 12.4.2), once and of its form; elsewhere it is a parameter like others.
    """
    match = _RANGE.match(text)
    if match is None:
        return None
    parameters: dict[str, str] = {}
    position = match.end()
    while position < len(text):
        parameter = _PARAMETER.match(text, position)
        if parameter is None:
            return None
        position = parameter.end()
        if parameter.group(1) is None:  # RFC 9110 section 5.6.6 allows an empty one: "type; ;q=1"
            continue
        name = parameter.group(1).lower()
        if name in parameters and name in ({"version", "q"} if weighted else {"version"}):
            return None
        parameters[name] = _unquoted(parameter.group(2))
    weight = parameters.get("q", "1") if weighted else "1"
    if not _WEIGHT.fullmatch(weight):
        return None
    return MediaRange(match.group(1).lower(), match.group(2).lower(), parameters.get("version"), float(weight))


def _unquoted(value: str) -> str:
    """A parameter's value without its quotes and their escapes."""
    return _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
